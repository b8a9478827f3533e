//! Values out of the common: NaN and infinity, U+0000, text that stands for numbers and for bytes, multiples.

use arrow::array::Array;
use serde_json::{Value, json};
use target::decode::{Limits, Nul, Reason};
use target::schema::Kinds;
use target::types::Type;

use super::columns::{Stage, one, shown};

fn limits(nul: Nul) -> Limits {
    Limits { nul, decimals: true, levels: usize::MAX }
}

/// The value of property `a` in a column of type `ty`.
fn stored_with(property: &Value, ty: Type, text: &str, nul: Nul) -> Result<String, Reason> {
    let mut stage = Stage::limited(&one(property), &[], true, limits(nul), |_| ty);
    stage.take(&format!(r#"{{"a":{text}}}"#)).map_err(|invalid| invalid.reason)?;
    Ok(shown(ty, &stage.finish()[0], 0))
}

#[track_caller]
fn check(property: &Value, ty: Type, text: &str, expected: Result<&str, Reason>) {
    let found = stored_with(property, ty, text, Nul::Reject);
    assert_eq!(found, expected.map(str::to_owned), "{text} as {ty} of {property}");
}

const DECIMAL: Type = Type::Decimal { precision: 10, scale: 2 };

#[test]
fn nan_and_infinity_are_stored_where_the_type_has_them() {
    let number = json!({"type": "number"});
    for (word, double) in [("NaN", "NaN"), ("Infinity", "inf"), ("-Infinity", "-inf")] {
        check(&number, Type::Double, word, Ok(double));
        check(&number, Type::Number, word, Ok(word));
        check(&json!({"type": ["number", "string"]}), Type::Text, word, Ok(word));
        for ty in [Type::Integer, Type::ShortInteger, Type::BigInteger, DECIMAL] {
            check(&number, ty, word, Err(Reason::NotFinite(ty)));
        }
        check(&json!({"type": "integer"}), Type::Integer, word, Err(Reason::NotFinite(Type::Integer)));
        check(&json!({"type": "integer"}), Type::Number, word, Err(Reason::NotFinite(Type::Integer)));
        check(&json!({}), Type::Json, word, Err(Reason::NotFinite(Type::Json)));
        check(&json!({}), Type::Json, &format!(r#"{{"b":[1,{word}]}}"#), Err(Reason::NotFinite(Type::Json)));
        check(&json!({"type": "string"}), Type::Text, word, Err(Reason::Kind(Kinds::STRING, "number")));
        check(&json!({"type": "boolean"}), Type::Boolean, word, Err(Reason::Kind(Kinds::BOOLEAN, "number")));
    }
    check(
        &json!({"type": "number", "maximum": 5}),
        Type::Number,
        "Infinity",
        Err(Reason::Bound("above the maximum")),
    );
    check(&json!({"type": "number", "maximum": 5}), Type::Number, "-Infinity", Ok("-Infinity"));
    // What Python does not write is not JSON.
    for word in ["nan", "-NaN", "inf", "Inf", "+Infinity", "Nan", "N", "-I"] {
        assert!(
            matches!(stored_with(&number, Type::Number, word, Nul::Held), Err(Reason::Syntax(_))),
            "{word}"
        );
    }
    // A key is a number or it is none.
    let mut keyed = Stage::new(&one(&number), &[0], true, true);
    assert_eq!(keyed.take(r#"{"a":NaN}"#).unwrap_err().reason, Reason::NotFinite(Type::Number));
}

/// The library reads JSON, which has none of these.
#[test]
fn the_validator_is_asked_about_records_with_nan_and_with_numbers_beyond_doubles() {
    let schema = json!({"properties": {"n": {"type": "number"}, "e": {"enum": ["one", "NaN 1e999 \" Infinity", null]}}});
    let mut stage = Stage::new(&schema, &[], true, true);
    for record in [
        r#"{"n":NaN,"e":"one"}"#,
        r#"{"n":-Infinity,"e":"NaN 1e999 \" Infinity"}"#,
        r#"{"e":"NaN 1e999 \" Infinity","n":-1e999}"#,
        r#"{"n":1e400,"e":null}"#,
        r#"{"unknown":[Infinity, -1e400 , {"x":NaN}],"e":"one"}"#,
    ] {
        assert_eq!(stage.take(record), Ok(()), "{record}");
    }
    assert!(stage.take(r#"{"n":NaN,"e":"two"}"#).is_err());
    assert!(stage.take(r#"{"n":1,"e":NaN}"#).is_err());
}

#[test]
fn u_0000_is_held_refused_left_out_or_replaced_at_any_depth() {
    let (string, any) = (json!({"type": "string"}), json!({}));
    for (property, ty, text, strip, replace) in [
        (&string, Type::Text, r#""a\u0000b""#, "ab", "a\u{fffd}b"),
        (&string, Type::Text, r#""\u0000""#, "", "\u{fffd}"),
        (&string, Type::Text, r#""a\\u0000""#, r"a\u0000", r"a\u0000"),
        (&any, Type::Json, r#"{"k\u0000":["\u0000x"]}"#, r#"{"k":["x"]}"#, "{\"k\u{fffd}\":[\"\u{fffd}x\"]}"),
        (&any, Type::Json, r#""\\u0000 \\\u0000""#, r#""\\u0000 \\""#, "\"\\\\u0000 \\\\\u{fffd}\""),
        (
            &any,
            Type::Json,
            r#""\\\\u0000\u0001\u00e9""#,
            r#""\\\\u0000\u0001\u00e9""#,
            r#""\\\\u0000\u0001\u00e9""#,
        ),
    ] {
        assert_eq!(stored_with(property, ty, text, Nul::Strip).as_deref(), Ok(strip), "{text}");
        assert_eq!(stored_with(property, ty, text, Nul::Replace).as_deref(), Ok(replace), "{text}");
        let found = stored_with(property, ty, text, Nul::Reject);
        assert_eq!(found == Err(Reason::Nul), strip != replace, "{text}");
        assert!(stored_with(property, ty, text, Nul::Held).is_ok(), "{text}");
    }
    let deep = format!(r#"{}"\u0000"{}"#, "[".repeat(500), "]".repeat(500));
    assert_eq!(stored_with(&any, Type::Json, &deep, Nul::Strip), Ok(deep.replace(r"\u0000", "")));
    // A destination that holds it is not asked what to do about it.
    assert_eq!(limits(Nul::Held).with_nul(Nul::Strip).nul, Nul::Held);
    assert_eq!(limits(Nul::Reject).with_nul(Nul::Strip).nul, Nul::Strip);
}

#[test]
fn text_that_stands_for_a_number_is_stored_as_one() {
    let schema = json!({"type": ["null", "number", "string"], "format": "singer.decimal", "precision": 10, "scale": 2});
    for (text, expected) in [
        (r#""12.50""#, Ok("12.50")),
        (r#""-0.5""#, Ok("-0.50")),
        (r#""1E+2""#, Ok("100.00")),
        (r#""0E-10""#, Ok("0.00")),
        ("12.5", Ok("12.50")),
        ("null", Ok("NULL")),
        (
            r#""123456789.5""#,
            Err(Reason::Wider { column: DECIMAL, needed: Type::Decimal { precision: 11, scale: 2 } }),
        ),
        (
            r#""0.125""#,
            Err(Reason::Wider { column: DECIMAL, needed: Type::Decimal { precision: 11, scale: 3 } }),
        ),
        (r#""NaN""#, Err(Reason::NotFinite(DECIMAL))),
        (r#""""#, Err(Reason::Malformed(DECIMAL))),
        (r#"" 1""#, Err(Reason::Malformed(DECIMAL))),
        (r#""1 ""#, Err(Reason::Malformed(DECIMAL))),
        (r#""+1""#, Err(Reason::Malformed(DECIMAL))),
        (r#"".5""#, Err(Reason::Malformed(DECIMAL))),
        (r#""1,5""#, Err(Reason::Malformed(DECIMAL))),
        (r#""twelve""#, Err(Reason::Malformed(DECIMAL))),
        (
            "true",
            Err(Reason::Kind(
                Kinds::INTEGER.with(Kinds::FRACTION).with(Kinds::STRING).with(Kinds::NULL),
                "boolean",
            )),
        ),
    ] {
        check(&schema, DECIMAL, text, expected);
    }
    let digits = "123456789012345678901234567890.12345678901234567890";
    check(&schema, Type::Number, &format!("{digits:?}"), Ok(digits));
    check(&schema, Type::Number, r#""NaN""#, Ok("NaN"));
    check(&schema, Type::Text, r#"" twelve ""#, Ok(" twelve "));
    check(&json!({"type": ["number", "string"]}), DECIMAL, r#""1""#, Err(Reason::NoPlace(DECIMAL, "string")));
}

#[test]
fn text_in_base64_is_stored_as_its_bytes() {
    let schema = json!({"type": ["null", "string"], "contentEncoding": "base64"});
    for (text, expected) in [
        ("", Some("")),
        ("AA==", Some("00")),
        ("AA", Some("00")),
        ("AAE=", Some("0001")),
        ("AAE", Some("0001")),
        ("AAEC", Some("000102")),
        ("+/+/", Some("fbffbf")),
        ("-_-_", Some("fbffbf")),
        ("aGVs\\r\\nbG8=\\n", Some("68656c6c6f")),
        // One digit too many, bits left over, padding where it is not, other characters.
        ("A", None),
        ("AAAAA", None),
        ("AB==", None),
        ("AAF=", None),
        ("AA=", None),
        ("AA===", None),
        ("AAEC=", None),
        ("AA==AA==", None),
        ("=", None),
        ("AA EC", None),
        ("AAé", None),
        ("AA\\u0000", None),
    ] {
        let expected = expected.ok_or(Reason::Encoding("base64"));
        let found = stored_with(&schema, Type::Bytes, &format!("\"{text}\""), Nul::Held);
        assert_eq!(found, expected.map(str::to_owned), "{text}");
    }
    check(&schema, Type::Text, r#""not base64!""#, Ok("not base64!"));
    check(&schema, Type::Bytes, "null", Ok("NULL"));
}

#[test]
fn text_in_base16_is_stored_as_its_bytes() {
    let schema = json!({"type": "string", "contentEncoding": "base16"});
    for (text, expected) in [
        ("", Some("")),
        ("00fF", Some("00ff")),
        ("DEADBEEF", Some("deadbeef")),
        ("0", None),
        ("0g", None),
        ("0x00", None),
        ("\\\\x00", None),
        ("00 00", None),
        ("é0", None),
    ] {
        let expected = expected.ok_or(Reason::Encoding("base16"));
        check(&schema, Type::Bytes, &format!("\"{text}\""), expected);
    }
}

#[test]
fn json_that_is_too_deep_for_the_destination_is_refused() {
    let limits = Limits { levels: 3, ..limits(Nul::Held) };
    for (schema, fits, deep) in [
        (json!({}), "[[[1],[]],{}]", "[[[[1]]]]"),
        (json!({"type": "object"}), r#"{"a":{"b":[]}}"#, r#"{"a":{"b":[{"c":1}]}}"#),
        (json!({"items": {"type": "array"}}), "[[[[]]]]", "[[[[[1]]]]]"),
    ] {
        let mut stage = Stage::limited(&one(&schema), &[], true, limits, |ty| ty);
        assert_eq!(stage.take(&format!(r#"{{"a":{fits}}}"#)), Ok(()), "{fits}");
        let refused = stage.take(&format!(r#"{{"a":{deep}}}"#)).unwrap_err();
        assert_eq!(refused.reason, Reason::TooDeep(3), "{deep}");
        assert_eq!(stage.take(r#"{"unknown":[[[[[]]]]]}"#), Ok(()), "what goes nowhere may be deep");
    }
}

#[test]
fn multiples_are_counted_digit_by_digit() {
    let refused = || Err(Reason::Bound("not a multiple of multipleOf"));
    for (of, text, fits) in [
        ("0.01", "19.99", true),
        ("0.01", "1.1", true),
        ("0.01", "4.35", true),
        ("0.01", "0.001", false),
        ("0.01", "0.010000000000000000001", false),
        ("0.1", "123456789012345678901234567890.1", true),
        ("1e-20", "0.12345678901234567891", true),
        ("1e-20", "0.123456789012345678912", false),
        ("1e-20", "1e300", true),
        ("3", "111111111111111111111111111111", true),
        ("3", "111111111111111111111111111112", false),
        ("3", "3e999999999", true),
        ("7", "1e999999999", false),
        ("0.3", "0.9", true),
        ("0.3", "1", false),
        ("2.5", "-7.5", true),
        ("18446744073709551615", "36893488147419103230", true),
        ("18446744073709551615", "36893488147419103231", false),
        ("1000", "0", true),
        ("1000", "-0.0e5", true),
        ("1000", "1100", false),
        ("1000", "11e5", true),
    ] {
        let schema: Value =
            serde_json::from_str(&format!(r#"{{"type":["number","string"],"multipleOf":{of}}}"#)).unwrap();
        check(&schema, Type::Text, text, if fits { Ok(text) } else { refused() });
    }
    // What is not covered here the validator does not get.
    let inside = json!({"type": "array", "items": {"multipleOf": 0.01}, "minItems": 1});
    check(&inside, Type::Json, "[0.07, 19.99, 1e-2]", Ok("[0.07, 19.99, 1e-2]"));
    check(&inside, Type::Json, "[0.071]", refused());
}

#[test]
fn a_column_that_somebody_else_made_takes_what_it_holds() {
    let (integer, string) =
        (json!({"type": "integer"}), json!({"type": ["string", "boolean", "integer", "object"]}));
    let wider = |column, needed| Err(Reason::Wider { column, needed });
    let (small, short) = (Type::SmallInteger, Type::ShortInteger);
    check(&integer, small, "-32768", Ok("-32768"));
    check(&integer, small, "32768", wider(small, Type::Integer));
    check(&integer, short, "2147483647.0", Ok("2147483647"));
    check(&integer, short, "2147483648", wider(short, Type::Integer));
    check(&integer, short, "1e20", wider(short, Type::BigInteger));
    let five = Type::Varchar { length: 5 };
    check(&string, five, r#""ééééé""#, Ok("ééééé"));
    check(&string, five, r#""abcdef""#, wider(five, Type::Text));
    check(&string, five, "true", Ok("true"));
    check(&string, five, "123456", wider(five, Type::Text));
    check(&string, five, r#"{"a":1}"#, wider(five, Type::Text));
    let instant = json!({"type": "string", "format": "date-time"});
    check(&instant, Type::LocalTimestamp, r#""1970-01-01T02:00:00+01:00""#, Ok("3600000000"));
    let date = json!({"type": "string", "format": "date"});
    check(&date, Type::Date, r#""2024-01-01T12:00:00Z""#, wider(Type::Date, Type::Timestamp));
    let mut keyed = Stage::stored(&one(&integer), &[0], true, true, |_| short);
    assert_eq!(keyed.take(r#"{"a":2147483648}"#).unwrap_err().reason, Reason::Range(short));
}

/// Members that are null are recognised in one piece where they are written without spaces.
#[test]
fn a_null_is_a_null_in_whatever_spelling() {
    let long = "c_is_a_name_too_long_to_be_seen_at_once";
    let number = json!({"type": ["null", "integer"]});
    let schema = json!({"properties": {"a": number, "b": number, long: number, "t": {"type": "string"}}});
    let end = r#""t":"a text, so that enough bytes come behind""#;
    for (members, expected) in [
        (r#""a":1,"b":null,"LONG":2,"#, Ok("1 null 2")),
        (r#""a": 1, "b": null, "LONG": 2, "#, Ok("1 null 2")),
        (r#""a":1 ,"b" :null ,"LONG":null ,"#, Ok("1 null null")),
        (r#""a":1,"b":null,"LONG":null,"#, Ok("1 null null")),
        (r#""a":null,"b":null,"b":7,"LONG":3,"#, Ok("null 7 3")),
        (r#""a":null,"b":7,"b":null,"#, Ok("null null null")),
        (r#""LONG":null,"b":null,"a":5,"b":6,"#, Ok("5 6 null")),
        (r#""a":1,"b":nul,"#, Err("expected a value")),
        (r#""a":1,"b":nullx,"#, Err("expected a comma or the end of the object")),
        (r#""a":1,"b":null"LONG":null,"#, Err("expected a comma or the end of the object")),
        (r#""a":1,"b":null,,"#, Err("expected a string")),
    ] {
        let record = format!("{{{}{end}}}", members.replace("LONG", long));
        let mut stage = Stage::limited(&schema, &[], true, limits(Nul::Held), |ty| ty);
        let found = stage.take(&record).map(|()| {
            let arrays = stage.finish();
            let cell = |at: usize| match arrays[at].is_null(0) {
                true => "null".to_owned(),
                false => shown(Type::Integer, &arrays[at], 0),
            };
            [0, 1, 2].map(cell).join(" ")
        });
        match (found, expected) {
            (Ok(found), Ok(expected)) => assert_eq!(found, expected, "{record}"),
            (Err(invalid), Err(expected)) => {
                assert!(invalid.to_string().contains(expected), "{invalid}: {record}")
            }
            (found, expected) => panic!("{found:?} and not {expected:?}: {record}"),
        }
    }
}
