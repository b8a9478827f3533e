//! The lattice: its laws hold for every pair and triple of a list that has each type, and decimals of many lengths.

use target::types::{DECIMAL_DIGITS, Type};

const SIMPLE: [Type; 16] = [
    Type::Boolean,
    Type::SmallInteger,
    Type::ShortInteger,
    Type::Integer,
    Type::BigInteger,
    Type::Number,
    Type::Double,
    Type::Date,
    Type::Time,
    Type::Timestamp,
    Type::LocalTimestamp,
    Type::Text,
    Type::Uuid,
    Type::Bytes,
    Type::Json,
    Type::Foreign,
];

fn varchar(length: u32) -> Type {
    Type::Varchar { length }
}

fn decimal(precision: u8, scale: u8) -> Type {
    Type::Decimal { precision, scale }
}

/// Every simple type, and decimals at the edges of what they hold.
fn all() -> Vec<Type> {
    let mut types = SIMPLE.to_vec();
    types.extend([1, 12, 255].map(varchar));
    for precision in [1, 2, 5, 9, 10, 18, 19, 20, 28, 37, DECIMAL_DIGITS] {
        let scales = [0, 1, precision / 2, precision.saturating_sub(19), precision - 1, precision];
        types.extend(scales.map(|scale| decimal(precision, scale)));
    }
    types.sort();
    types.dedup();
    types
}

#[test]
fn the_order_of_two_types_does_not_matter_to_their_join() {
    for a in all() {
        assert_eq!(a.join(a), a);
        for b in all() {
            assert_eq!(a.join(b), b.join(a), "{a} and {b}");
        }
    }
}

#[test]
fn the_order_of_three_types_does_not_matter_to_their_join() {
    let types = all();
    for &a in &types {
        for &b in &types {
            for &c in &types {
                assert_eq!(a.join(b).join(c), a.join(b.join(c)), "{a}, {b} and {c}");
            }
        }
    }
}

#[test]
fn json_holds_every_type_and_no_other_type_does() {
    for a in all() {
        assert_eq!(a.join(Type::Json), Type::Json);
        assert!(Type::Json.holds(a));
        assert_eq!(all().iter().all(|&b| a.holds(b)), a == Type::Json, "{a}");
    }
}

#[test]
fn holding_is_a_partial_order() {
    let types = all();
    for &a in &types {
        assert!(a.holds(a));
        for &b in &types {
            assert!(a == b || !(a.holds(b) && b.holds(a)), "{a} and {b} hold each other");
            for &c in &types {
                assert!(!(a.holds(b) && b.holds(c)) || a.holds(c), "{a} holds {b} holds {c}");
            }
        }
    }
}

#[test]
fn a_join_is_the_least_type_that_holds_both() {
    let types = all();
    for &a in &types {
        for &b in &types {
            let join = a.join(b);
            assert!(join.holds(a) && join.holds(b), "{join} does not hold {a} and {b}");
            for &c in &types {
                assert!(!(c.holds(a) && c.holds(b)) || c.holds(join), "{c} holds {a} and {b} but not {join}");
            }
        }
    }
}

/// What holds what, said without the join: by the digits on either side of the point.
#[test]
fn a_decimal_holds_what_has_no_more_digits_on_either_side_of_the_point() {
    for a in all() {
        for b in all() {
            let Type::Decimal { precision: p, scale: s } = a else { continue };
            let expected = match b {
                Type::Decimal { precision: q, scale: t } => s >= t && p - s >= q - t,
                // The least integer of 64 bits has 19 digits.
                Type::Integer => p - s >= 19,
                Type::ShortInteger => p - s >= 10,
                Type::SmallInteger => p - s >= 5,
                _ => false,
            };
            assert_eq!(a.holds(b), expected, "{a} holds {b}");
        }
    }
}

#[test]
fn no_join_is_a_decimal_that_is_too_long() {
    for a in all() {
        for b in all() {
            if let Type::Decimal { precision, scale } = a.join(b) {
                assert!(scale <= precision && precision <= DECIMAL_DIGITS, "{a} and {b}");
            }
        }
    }
}

#[track_caller]
fn check(a: Type, b: Type, expected: Type) {
    assert_eq!(a.join(b), expected, "{a} and {b}");
}

#[test]
fn joins_are_these() {
    use Type::{
        BigInteger, Boolean, Bytes, Date, Double, Foreign, Integer, Json, LocalTimestamp, Number,
        ShortInteger, SmallInteger, Text, Time, Timestamp, Uuid,
    };
    for (a, b, expected) in [
        (SmallInteger, ShortInteger, ShortInteger),
        (SmallInteger, Integer, Integer),
        (ShortInteger, BigInteger, BigInteger),
        (SmallInteger, Double, Number),
        (SmallInteger, decimal(5, 2), decimal(7, 2)),
        (ShortInteger, decimal(38, 20), decimal(38, 20)),
        (Date, LocalTimestamp, LocalTimestamp),
        (LocalTimestamp, Timestamp, Timestamp),
        (varchar(5), varchar(7), varchar(7)),
        (varchar(5), Text, Text),
        (varchar(5), Integer, Text),
        (varchar(5), Json, Json),
        (Integer, BigInteger, BigInteger),
        (Integer, Double, Number),
        (Integer, Number, Number),
        (BigInteger, Double, Number),
        (Double, Number, Number),
        (Integer, decimal(5, 2), decimal(21, 2)),
        (Integer, decimal(38, 19), decimal(38, 19)),
        (Integer, decimal(38, 20), Number),
        (BigInteger, decimal(38, 0), Number),
        (Double, decimal(5, 2), Number),
        (decimal(5, 2), decimal(7, 4), decimal(7, 4)),
        (decimal(5, 0), decimal(5, 5), decimal(10, 5)),
        (decimal(38, 0), decimal(38, 38), Number),
        (Date, Timestamp, Timestamp),
        (Date, Time, Text),
        (Time, Timestamp, Text),
        (Boolean, Integer, Text),
        (Uuid, Text, Text),
        (Uuid, Bytes, Text),
        (Number, Text, Text),
        (Text, Json, Json),
        (Foreign, Text, Json),
        (Foreign, Foreign, Foreign),
    ] {
        check(a, b, expected);
    }
}

#[test]
fn numbers_are_the_numeric_types() {
    use Type::{BigInteger, Double, Integer, Number, ShortInteger, SmallInteger};
    for ty in all() {
        let expected = matches!(
            ty,
            SmallInteger | ShortInteger | Integer | BigInteger | Number | Double | Type::Decimal { .. }
        );
        assert_eq!(ty.is_numeric(), expected, "{ty}");
    }
}
