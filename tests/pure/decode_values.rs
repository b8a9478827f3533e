//! One value into one cell: stored exactly, or refused with its reason.

use serde_json::{Value, json};
use target::decode::Reason;
use target::schema::Kinds;
use target::types::Type;

use super::columns::{Stage, one, shown};

/// The value of property `a` as it is stored.
fn stored(property: &Value, storage: Type, text: &str, key: bool) -> Result<String, Reason> {
    let keys = if key { &[0][..] } else { &[] };
    let mut stage = Stage::stored(&one(property), keys, true, true, |_| storage);
    let taken = stage.take(&format!(r#"{{"a":{text}}}"#));
    taken.map_err(|invalid| {
        assert_eq!(invalid.property.as_deref(), Some("a"));
        invalid.reason
    })?;
    Ok(shown(storage, &stage.finish()[0], 0))
}

#[track_caller]
fn check(property: &Value, storage: Type, text: &str, expected: Result<&str, Reason>) {
    assert_eq!(stored(property, storage, text, false), expected.map(str::to_owned), "{text} as {storage}");
}

fn wider(column: Type, needed: Type) -> Result<&'static str, Reason> {
    Err(Reason::Wider { column, needed })
}

#[test]
fn numbers_are_stored_exactly_or_refused() {
    let (integer, number) = (json!({"type": "integer"}), json!({"type": "number"}));
    for (text, expected) in [
        ("0", Ok("0")),
        ("-0", Ok("0")),
        ("12.0", Ok("12")),
        ("1e3", Ok("1000")),
        ("9223372036854775807", Ok("9223372036854775807")),
        ("-9223372036854775808", Ok("-9223372036854775808")),
        ("9223372036854775808", wider(Type::Integer, Type::BigInteger)),
        ("1e400", wider(Type::Integer, Type::BigInteger)),
        ("1e16001", Err(Reason::Range(Type::Integer))),
        ("1.5", Err(Reason::Kind(Kinds::INTEGER, "number"))),
        ("1e-5", Err(Reason::Kind(Kinds::INTEGER, "number"))),
        ("\"1\"", Err(Reason::Kind(Kinds::INTEGER, "string"))),
        ("true", Err(Reason::Kind(Kinds::INTEGER, "boolean"))),
        ("null", Err(Reason::Kind(Kinds::INTEGER, "null"))),
        ("[1]", Err(Reason::Kind(Kinds::INTEGER, "array"))),
    ] {
        check(&integer, Type::Integer, text, expected);
    }
    for text in ["0.1", "-0.10", "123456789012345678901234567890.123456789", "1e-7", "1E+300"] {
        check(&number, Type::Number, text, Ok(text));
    }
    check(&number, Type::Number, "1e16001", Err(Reason::Range(Type::Number)));
    check(&number, Type::Number, "1e-16001", Err(Reason::Range(Type::Number)));
    check(&number, Type::Number, &"9".repeat(16_001), Err(Reason::Range(Type::Number)));
    check(&number, Type::BigInteger, "123456789012345678901234567890", Ok("123456789012345678901234567890"));
    check(&number, Type::BigInteger, "1.5", wider(Type::BigInteger, Type::Number));
    check(&number, Type::Integer, "1.5", wider(Type::Integer, Type::Number));
    check(&number, Type::Double, "0.1", Ok("0.1"));
    check(&number, Type::Double, "9007199254740993", wider(Type::Double, Type::Number));
    check(&number, Type::Double, "1e309", wider(Type::Double, Type::Number));
    let decimal = Type::Decimal { precision: 5, scale: 2 };
    check(&number, decimal, "123.45", Ok("123.45"));
    check(&number, decimal, "-1.2e2", Ok("-120.00"));
    check(&number, decimal, "999.990", Ok("999.99"));
    check(&number, decimal, "1000", wider(decimal, Type::Decimal { precision: 6, scale: 2 }));
    check(&number, decimal, "0.001", wider(decimal, Type::Decimal { precision: 6, scale: 3 }));
    // A column of numbers that became text; one of text and numbers keeps what was sent.
    check(&number, Type::Text, "1.50", Ok("1.5"));
    check(&number, Type::Text, "10e399", Ok("1e400"));
    check(&json!({"type": ["number", "string"]}), Type::Text, "1.50", Ok("1.50"));
    check(&number, Type::Boolean, "1", Err(Reason::NoPlace(Type::Boolean, "number")));
}

#[test]
fn a_key_number_is_written_in_one_way() {
    for text in ["120", "120.0", "1.2e2", "12E+1", "1200e-1"] {
        assert_eq!(
            stored(&json!({"type": "number"}), Type::Number, text, true).as_deref(),
            Ok("120"),
            "{text}"
        );
    }
    assert_eq!(stored(&json!({"type": "number"}), Type::Number, "-0.0", true).as_deref(), Ok("0"));
    assert_eq!(
        stored(&json!({"type": "number"}), Type::Number, "1e401", true),
        Err(Reason::Range(Type::Number))
    );
}

#[test]
fn texts_are_stored_as_they_are() {
    let string = json!({"type": "string"});
    for (text, expected) in [
        (r#""""#, ""),
        (r#""plain""#, "plain"),
        (r#""tab\tquote\"slash\/back\\""#, "tab\tquote\"slash/back\\"),
        (r#""\u00e9\ud83d\ude00é😀""#, "é😀é😀"),
        (r#""nul\u0000""#, "nul\0"),
    ] {
        check(&string, Type::Text, text, Ok(expected));
    }
    check(&string, Type::Text, r#""\ud800""#, Err(Reason::LoneSurrogate));
    check(&string, Type::Text, "1", Err(Reason::Kind(Kinds::STRING, "number")));
    check(&json!({"type": ["string", "boolean"]}), Type::Text, "true", Ok("true"));
}

#[test]
fn times_are_stored_as_instants() {
    let timed = |format: &str| json!({"type": "string", "format": format});
    check(&timed("date-time"), Type::Timestamp, r#""1970-01-01T01:00:00.5+01:00""#, Ok("500000"));
    check(&timed("date-time"), Type::Timestamp, r#""1970-01-01T01:00:00.5\u002b01:00""#, Ok("500000"));
    check(&timed("date-time"), Type::Timestamp, r#""yesterday""#, Err(Reason::Malformed(Type::Timestamp)));
    check(
        &timed("date-time"),
        Type::Timestamp,
        r#""2024-01-01T00:00:00.0000001Z""#,
        Err(Reason::TooPrecise(Type::Timestamp)),
    );
    check(&timed("date"), Type::Date, r#""2024-02-29""#, Ok("2024-02-29"));
    check(&timed("date"), Type::Date, r#""2023-02-29""#, Err(Reason::Malformed(Type::Date)));
    check(&timed("date"), Type::Timestamp, r#""1970-01-02""#, Ok("86400000000"));
    check(&timed("time"), Type::Time, r#""00:00:01.5""#, Ok("1500000"));
    check(&timed("date-time"), Type::Text, r#""whatever""#, Ok("whatever"));
}

#[test]
fn uuids_booleans_and_json_are_stored() {
    let uuid = json!({"type": "string", "format": "uuid"});
    check(
        &uuid,
        Type::Uuid,
        r#""67E55044-10b1-426f-9247-bb680e5fe0c8""#,
        Ok("67e5504410b1426f9247bb680e5fe0c8"),
    );
    check(&uuid, Type::Uuid, r#""67e55044""#, Err(Reason::Malformed(Type::Uuid)));
    check(&json!({"type": "boolean"}), Type::Boolean, "true", Ok("true"));
    check(&json!({"type": "boolean"}), Type::Boolean, "0", Err(Reason::Kind(Kinds::BOOLEAN, "number")));
    for text in ["null", "1.50", "\"x\\u0000\"", r#"{ "b" : [1, {}] , "b":2}"#, "[]"] {
        let expected = if text == "null" { "NULL" } else { text };
        check(&json!({}), Type::Json, text, Ok(expected));
    }
    check(&json!({"type": ["null", "integer"]}), Type::Integer, "null", Ok("NULL"));
}

#[test]
fn what_is_inside_objects_and_arrays_is_held_against_the_schema() {
    let object = json!({"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}, "l": {"items": {"type": ["string", "null"]}}}});
    let lacks = || Reason::Schema("lacks a required member".into());
    for (text, expected) in [
        (r#"{"n":1,"x":[[]],"l":["a",null]}"#, None),
        (r#"{"n":1.0,"l":5}"#, None),
        (r#"{"\u006e":1}"#, None),
        ("{}", Some(lacks())),
        (r#"{"l":[]}"#, Some(lacks())),
        (r#"{"n":"1"}"#, Some(Reason::Kind(Kinds::INTEGER, "string"))),
        (r#"{"n":1.5}"#, Some(Reason::Kind(Kinds::INTEGER, "number"))),
        (r#"{"n":null}"#, Some(Reason::Kind(Kinds::INTEGER, "null"))),
        (r#"{"l":["a",1],"n":1}"#, Some(Reason::Kind(Kinds::STRING.with(Kinds::NULL), "number"))),
        (r#"{"n":1,"l":[["a"]]}"#, Some(Reason::Kind(Kinds::STRING.with(Kinds::NULL), "array"))),
        (r#"{"n":1,"n":"x"}"#, Some(Reason::Kind(Kinds::INTEGER, "string"))),
    ] {
        check(&object, Type::Json, text, expected.map_or(Ok(text), Err));
    }
    let lists =
        json!({"type": "array", "items": {"type": "array", "items": {"type": "object", "required": ["x"]}}});
    check(&lists, Type::Json, r#"[[{"x":0}],[]]"#, Ok(r#"[[{"x":0}],[]]"#));
    check(&lists, Type::Json, r#"[[{"x":0},{"y":0}]]"#, Err(lacks()));
    check(&lists, Type::Json, "{}", Err(Reason::Kind(Kinds::ARRAY, "object")));
}

#[test]
fn bounds_hold_for_what_they_are_of() {
    let number = json!({"type": ["number", "string"], "minimum": 1, "exclusiveMaximum": 9007199254740993_i64, "minLength": 2, "maxLength": 3});
    let below = || Err(Reason::Bound("below the minimum"));
    let above = || Err(Reason::Bound("above the maximum"));
    let short = || Err(Reason::Bound("shorter than minLength"));
    let long = || Err(Reason::Bound("longer than maxLength"));
    for (text, expected) in [
        ("1", Ok("1")),
        ("1.0", Ok("1.0")),
        ("0.99", below()),
        ("-5", below()),
        ("9007199254740992", Ok("9007199254740992")),
        ("9007199254740993", above()),
        ("1e300", above()),
        (r#""é€""#, Ok("é€")),
        (r#""😀😀😀""#, Ok("😀😀😀")),
        (r#""\u00e9\u00e9\u00e9""#, Ok("ééé")),
        (r#""\u00e9""#, short()),
        (r#""😀""#, short()),
        (r#""abcd""#, long()),
        (r#""""#, short()),
    ] {
        check(&number, Type::Text, text, expected);
    }
    // A double has not so many digits.
    let fine = json!({"type": ["number", "string"], "exclusiveMinimum": -0.1, "exclusiveMaximum": 1, "enum": [0, 1, 1e300]});
    check(&fine, Type::Text, "0.0", Ok("0.0"));
    let fine = json!({"type": ["number", "string"], "exclusiveMinimum": -0.1, "exclusiveMaximum": 1, "not": {"const": 5}});
    check(&fine, Type::Text, "0.99999999999999999999", Ok("0.99999999999999999999"));
    check(&fine, Type::Text, "-0.09999999999999999999", Ok("-0.09999999999999999999"));
    check(&fine, Type::Text, "-0.1", below());
    check(&fine, Type::Text, "1.00000000000000000000", above());
    let wide = json!({"type": ["number", "string"], "maximum": 18446744073709551615_u64, "minimum": -1e300});
    check(&wide, Type::Text, "18446744073709551615", Ok("18446744073709551615"));
    check(&wide, Type::Text, "18446744073709551616", above());
    check(&wide, Type::Text, "-1e999999999", below());
    let inside = json!({"type": "array", "items": {"maximum": 3, "exclusiveMinimum": 1, "maxLength": 1}});
    for (text, expected) in [
        (r#"[2,3,"é"]"#, Ok(r#"[2,3,"é"]"#)),
        ("[1]", below()),
        ("[2,3.5]", above()),
        (r#"["\u00e9x"]"#, long()),
    ] {
        check(&inside, Type::Json, text, expected);
    }
}
