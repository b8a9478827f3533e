//! The short way and the long one: a bound that every value meets sends a property's values the long way, and what becomes of them must
//! not differ.

use proptest::prelude::*;
use serde_json::{Value, json};
use target::decode::{Limits, Nul};
use target::types::Type;

use super::columns::{Stage, one, shown};
use crate::support::dice::cases;

const TYPES: [Type; 12] = [
    Type::Boolean,
    Type::SmallInteger,
    Type::Integer,
    Type::BigInteger,
    Type::Number,
    Type::Double,
    Type::Decimal { precision: 9, scale: 2 },
    Type::Decimal { precision: 38, scale: 20 },
    Type::Date,
    Type::Timestamp,
    Type::LocalTimestamp,
    Type::Text,
];

/// What becomes of a value, in words.
fn fate(schema: &Value, ty: Type, key: bool, validate: bool, sent: &str) -> String {
    let keys: &[usize] = if key { &[0] } else { &[] };
    let limits = Limits { nul: Nul::Reject, decimals: true, levels: usize::MAX };
    let mut stage = Stage::limited(&one(schema), keys, validate, limits, |_| ty);
    match stage.take(&format!("{{\"a\":{sent}}}")) {
        Ok(()) => shown(ty, &stage.finish()[0], 0),
        Err(invalid) => invalid.to_string(),
    }
}

fn alike(types: &Value, ty: Type, key: bool, validate: bool, sent: &str) {
    let short = json!({"type": types});
    let long = json!({"type": types, "minLength": 0, "minimum": -1e307});
    let (short, long) = (fate(&short, ty, key, validate, sent), fate(&long, ty, key, validate, sent));
    assert_eq!(short, long, "{sent} as {types} in {ty}, key {key}, validated {validate}");
}

fn types() -> impl Strategy<Value = Value> {
    let types = ["null", "boolean", "integer", "number", "string", "object"];
    prop::sample::subsequence(types.to_vec(), 1..=4).prop_map(|types| json!(types))
}

fn sent() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "-?(0|[1-9][0-9]{0,19})(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?",
        2 => "-?[1-9]?[0-9]{1}(\\.[0-9]{1,3})?",
        1 => "\"[0-9]{4}-[01][0-9]-[0-3][0-9]([T ][0-2][0-9]:[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,8})?(Z|[+-][01][0-9]:?00)?)?\"",
        1 => "\"[a-z\u{e9}\u{1f600}]{0,40}(\\\\n|\\\\u00e9|\\\\ud83d\\\\ude00|\\\\ud83d|\\\\u0000)?[a-z]{0,3}\"",
        1 => prop::sample::select(vec!["null", "true", "false", "NaN", "Infinity", "-0", "-0.0", "0.00", "{}", "[1]", "nul", "tru", "1.", "\"x"])
            .prop_map(str::to_owned),
    ]
}

#[test]
fn edges_of_the_short_way() {
    let edges = [
        "999999999999999",
        "1000000000000000",
        "9007199254740993",
        "999999999999999999",
        "9223372036854775807",
        "-9223372036854775808",
        "0.000000000000000001",
        "123456789012345.678",
        "0.1",
        "-0",
        "-0.0",
        "1e2",
        "9999999.99",
        "10000000.00",
        "0.001",
        "32767",
        "32768",
        "\"2024-02-29\"",
        "\"2023-02-29\"",
        "\"0000-01-01\"",
        "\"9999-12-31T23:59:59.999999Z\"",
        "\"2024-01-01T00:00:00.0000001Z\"",
        "\"2024-01-01T24:00:00Z\"",
    ];
    for ty in TYPES {
        for sent in edges {
            for key in [false, true] {
                alike(&json!(["number", "string"]), ty, key, true, sent);
                alike(&json!(["integer", "string"]), ty, key, true, sent);
            }
        }
    }
}

proptest! {
    #![proptest_config(cases(4000))]

    #[test]
    fn no_value_goes_elsewhere_the_short_way(
        ty in prop::sample::select(TYPES.to_vec()),
        types in types(),
        sent in sent(),
        key in any::<bool>(),
        validate in any::<bool>(),
    ) {
        alike(&types, ty, key, validate, &sent);
    }
}
