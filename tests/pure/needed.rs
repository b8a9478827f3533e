//! What a column must become for a value that it does not hold.

use proptest::prelude::*;
use target::decode::{Limits, Nul, Reason};
use target::types::{Type, keeps, needed, widens_by_value};

use super::columns::{Stage, one};
use crate::support::dice::cases;

fn decimal(precision: u8, scale: u8) -> Type {
    Type::Decimal { precision, scale }
}

const VARCHAR: Type = Type::Varchar { length: 5 };

/// Column, value, and the type that it must become: where decimals have any length, and where they have 38 digits.
#[test]
fn a_value_says_what_its_column_must_become() {
    use Type::{
        BigInteger, Boolean, Date, Double, Integer, Json, Number, ShortInteger, SmallInteger, Text,
        Timestamp, Uuid,
    };
    let (forty, long) = ("1".repeat(40), "9".repeat(17_000));
    for (column, sent, exact, limited) in [
        (SmallInteger, "32768", Some(Integer), Some(Integer)),
        (ShortInteger, "-2147483649", Some(Integer), Some(Integer)),
        (ShortInteger, "1e3", Some(Integer), Some(Integer)),
        (ShortInteger, "9223372036854775808", Some(BigInteger), Some(decimal(38, 0))),
        (ShortInteger, "0.5", Some(Number), Some(decimal(38, 20))),
        (Integer, "9223372036854775808", Some(BigInteger), Some(decimal(38, 0))),
        (Integer, "1e37", Some(BigInteger), Some(decimal(38, 0))),
        (Integer, "1e38", Some(BigInteger), Some(Text)),
        (Integer, &forty, Some(BigInteger), Some(Text)),
        (Integer, "1.5", Some(Number), Some(decimal(38, 19))),
        (Integer, "0.12345678901234567891", Some(Number), Some(Text)),
        (BigInteger, "1.5", Some(Number), Some(Text)),
        (decimal(5, 2), "1000", Some(decimal(6, 2)), Some(decimal(6, 2))),
        (decimal(5, 2), "0.001", Some(decimal(6, 3)), Some(decimal(6, 3))),
        (decimal(5, 2), "-12345.6789", Some(decimal(9, 4)), Some(decimal(9, 4))),
        (decimal(38, 20), "1e18", Some(Number), Some(Text)),
        (decimal(38, 0), &forty, Some(Number), Some(Text)),
        (decimal(38, 0), "0.1", Some(Number), Some(Text)),
        (Double, "9007199254740993", Some(Number), Some(decimal(38, 20))),
        (Double, "0.1234567890123456789", Some(Number), Some(decimal(38, 20))),
        (Double, "0.1234567890123456789012345", Some(Number), Some(decimal(38, 25))),
        (Double, "123456789012345678901234.5", Some(Number), Some(decimal(38, 14))),
        (Double, "1e-38", Some(Number), Some(decimal(38, 38))),
        (Double, "1e-39", Some(Number), Some(Text)),
        (Double, "1e400", Some(Number), Some(Text)),
        (Double, &forty, Some(Number), Some(Text)),
        (Number, &long, None, Some(Text)),
        (Double, &long, None, Some(Text)),
        (Integer, &long, None, Some(Text)),
        (Integer, "NaN", None, None),
        (decimal(5, 2), "-Infinity", None, None),
        (VARCHAR, "longer than five", Some(Text), Some(Text)),
        (Date, "2024-01-01T12:00:00Z", Some(Timestamp), Some(Timestamp)),
        (Date, "2024-01-01T00:00:00+02:00", Some(Timestamp), Some(Timestamp)),
        (Date, "2024-01-01T12:00:00.0000001Z", None, None),
        (Date, "tomorrow", None, None),
        (Boolean, "1", None, None),
        (Uuid, "x", None, None),
        (Json, "1", None, None),
    ] {
        assert_eq!(needed(column, sent, true), exact, "{sent} in {column}");
        if column != Number {
            assert_eq!(needed(column, sent, false), limited, "{sent} in {column}, with short decimals");
        }
    }
}

#[test]
fn a_column_that_a_value_widens_may_be_widened_so() {
    use Type::{
        BigInteger, Date, Double, Integer, Json, Number, ShortInteger, SmallInteger, Text, Timestamp,
    };
    for (from, to, expected) in [
        (SmallInteger, Integer, true),
        (ShortInteger, decimal(38, 20), true),
        (Integer, BigInteger, true),
        (Integer, decimal(38, 20), false),
        (Integer, Text, true),
        (Double, decimal(38, 20), true),
        (Double, Number, true),
        (Double, Text, true),
        (decimal(5, 2), decimal(6, 3), true),
        (decimal(5, 2), decimal(5, 3), false),
        (decimal(5, 2), Text, true),
        (Number, Text, false),
        (Number, Integer, false),
        (Integer, Integer, false),
        (VARCHAR, Text, true),
        (Date, Timestamp, true),
        (Timestamp, Text, false),
        (Integer, Json, false),
        (Type::LocalTimestamp, Timestamp, false),
    ] {
        assert_eq!(widens_by_value(from, to), expected, "{from} to {to}");
    }
    assert!(keeps(Double, Number) && keeps(ShortInteger, Integer) && keeps(VARCHAR, Text));
    assert!(!keeps(ShortInteger, Number) && !keeps(Integer, BigInteger) && !keeps(Date, Timestamp));
}

fn columns() -> impl Strategy<Value = Type> {
    let decimals = (1..=38_u8).prop_flat_map(|precision| (Just(precision), 0..=precision));
    prop_oneof![
        Just(Type::SmallInteger),
        Just(Type::ShortInteger),
        Just(Type::Integer),
        Just(Type::Double),
        decimals.prop_map(|(precision, scale)| decimal(precision, scale)),
    ]
}

fn numbers() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "-?(0|[1-9][0-9]{0,21})(\\.[0-9]{1,21})?([eE][+-]?[0-9])?",
        1 => "-?[1-9][0-9]{0,44}",
        1 => any::<i64>().prop_map(|value| value.to_string()),
    ]
}

proptest! {
    #![proptest_config(cases(2000))]

    /// One step is enough: the column that a value asks for takes that value.
    #[test]
    fn the_wider_column_takes_the_value(column in columns(), sent in numbers(), decimals in any::<bool>()) {
        let limits = Limits { nul: Nul::Held, decimals, levels: usize::MAX };
        let schema = one(&serde_json::json!({"type": "number"}));
        let record = format!(r#"{{"a":{sent}}}"#);
        let take = |ty: Type| Stage::limited(&schema, &[], true, limits, |_| ty).take(&record);
        let Err(refused) = take(column) else { return Ok(()) };
        let Reason::Wider { column: from, needed } = refused.reason else {
            return Err(TestCaseError::fail(format!("{sent} in {column}: {refused}")));
        };
        prop_assert_eq!(from, column);
        prop_assert!(widens_by_value(column, needed), "{} to {}", column, needed);
        prop_assert_eq!(take(needed), Ok(()), "{} as {}", sent, needed);
        prop_assert!(!refused.to_string().contains(&sent) || sent.len() < 3, "{}", refused);
    }
}
