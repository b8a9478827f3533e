//! Records into columns: what is stored, what is refused and why, and that a refusal leaves nothing behind.

use arrow::array::Array;
use serde_json::json;
use target::decode::{Invalid, Reason};
use target::schema::Kinds;
use target::types::Type;

use super::columns::{Stage, one, shown};

const PEOPLE: &str = r#"{
    "type": "object", "required": ["name"],
    "properties": {"id": {"type": "integer"}, "name": {"type": ["string", "null"]}, "age": {"type": "integer"}, "notes": {"type": ["array", "null"]}}
}"#;

fn people(nul: bool) -> Stage {
    Stage::new(&serde_json::from_str(PEOPLE).unwrap(), &[0], true, nul)
}

#[track_caller]
fn refused(record: &str, property: Option<&str>, reason: &Reason) {
    let mut stage = people(true);
    let expected = Invalid { property: property.map(str::to_owned), reason: reason.clone() };
    assert_eq!(stage.take(record), Err(expected), "{record}");
}

#[test]
fn each_fault_has_its_reason() {
    refused(r#"{"name":"x"}"#, Some("id"), &Reason::NoKey);
    refused(r#"{"id":null,"name":"x"}"#, Some("id"), &Reason::NoKey);
    refused(r#"{"id":1}"#, Some("name"), &Reason::Missing);
    refused(r#"{"id":1,"name":5}"#, Some("name"), &Reason::Kind(Kinds::STRING.with(Kinds::NULL), "number"));
    refused(r#"{"id":1,"name":"x","age":null}"#, Some("age"), &Reason::Kind(Kinds::INTEGER, "null"));
    let wider = Reason::Wider { column: Type::Integer, needed: Type::BigInteger };
    refused(r#"{"id":1,"name":"x","age":99999999999999999999}"#, Some("age"), &wider);
    refused(r#"{"id":99999999999999999999,"name":"x"}"#, Some("id"), &Reason::Range(Type::Integer));
    refused("[]", None, &Reason::Syntax("expected an object"));
    refused(r#"{"id":1,"name":"x"} x"#, None, &Reason::Syntax("more after the end of the value"));
}

#[test]
fn a_refusal_leaves_the_columns_as_they_were() {
    let mut spoilt = people(true);
    let mut clean = people(true);
    let good = [
        r#"{"id":1,"name":"one","age":10,"notes":["x"]}"#,
        r#"{"id":2,"name":"two"}"#,
        r#"{"notes":[3],"age":30,"name":null,"id":3}"#,
    ];
    let bad = [
        r#"{"id":9,"name":"bad","age":9,"notes":5}"#,
        r#"{"notes":["bad"],"name":"bad","age":"x","id":9}"#,
        r#"{"age":9,"notes":["bad"],"id":9}"#,
        r#"{"id":9,"name":"bad","age":9"#,
        r#"{"id":9,"id":null,"name":"bad"}"#,
    ];
    for record in good {
        clean.take(record).unwrap();
        for bad in bad {
            assert!(spoilt.take(bad).is_err(), "{bad}");
        }
        spoilt.take(record).unwrap();
    }
    assert_eq!(spoilt.finish(), clean.finish());
}

#[test]
fn the_order_of_members_and_their_spelling_do_not_matter() {
    let spellings = [
        r#"{"id":1,"name":"x","age":2,"notes":[1]}"#,
        r#"{"notes":[1],"age":2,"name":"x","id":1}"#,
        r#" { "age" : 2 , "id" : 1.0 , "notes" : [1] , "name" : "\u0078" } "#,
        r#"{"other":{"id":7},"\u0069d":1,"name":"x","n\u006ftes":[1],"age":2,"":0}"#,
        r#"{"id":5,"name":"y","id":1,"age":2,"name":"x","notes":null,"notes":[1]}"#,
        r#"{"name":null,"age":3,"notes":[1],"age":2,"id":1,"name":"x"}"#,
    ];
    // Each after each: where the last record had its members makes no difference.
    for first in spellings {
        for second in spellings {
            let mut stage = people(true);
            stage.take(first).unwrap();
            stage.take(second).unwrap();
            let types = [Type::Integer, Type::Text, Type::Integer, Type::Json];
            let arrays = stage.finish();
            for row in 0..2 {
                let row: Vec<String> =
                    types.iter().zip(&arrays).map(|(ty, array)| shown(*ty, array, row)).collect();
                assert_eq!(row, ["1", "x", "2", "[1]"], "{first} then {second}");
            }
        }
    }
}

#[test]
fn a_member_that_is_missing_is_null_even_after_records_that_had_it() {
    let mut stage = people(true);
    for record in
        [r#"{"id":1,"name":"x","age":2}"#, r#"{"id":2,"name":"y"}"#, r#"{"id":3,"name":"z","age":4,"age":5}"#]
    {
        stage.take(record).unwrap();
    }
    let arrays = stage.finish();
    let ages: Vec<String> = (0..3).map(|row| shown(Type::Integer, &arrays[2], row)).collect();
    assert_eq!(ages, ["2", "NULL", "5"]);
    assert_eq!(arrays[3].null_count(), 3);
}

#[test]
fn u_0000_is_refused_where_the_destination_cannot_hold_it() {
    for (record, property) in
        [(r#"{"id":1,"name":"\u0000"}"#, "name"), (r#"{"id":1,"name":"x","notes":["\u0000"]}"#, "notes")]
    {
        let refused = people(false).take(record).unwrap_err();
        assert_eq!((refused.property.as_deref(), refused.reason), (Some(property), Reason::Nul), "{record}");
        assert_eq!(people(true).take(record), Ok(()), "{record}");
    }
}

#[test]
fn half_a_surrogate_pair_is_refused_everywhere() {
    for (record, property) in
        [(r#"{"id":1,"name":"\ud800"}"#, "name"), (r#"{"id":1,"name":"x","notes":[{"\udfff":1}]}"#, "notes")]
    {
        let refused = people(true).take(record).unwrap_err();
        assert_eq!(
            (refused.property.as_deref(), refused.reason),
            (Some(property), Reason::LoneSurrogate),
            "{record}"
        );
    }
}

/// What goes nowhere cannot be a reason to refuse the next property.
#[test]
fn odd_text_that_no_column_takes_spoils_nothing() {
    for record in [
        r#"{"unknown":"\u0000","id":1,"name":"x","notes":[1]}"#,
        r#"{"\ud800":0,"id":1,"name":"x","notes":[1]}"#,
        r#"{"unknown":[{"a":"\udc00"}],"notes":[1],"name":"x","id":1}"#,
    ] {
        assert_eq!(people(false).take(record), Ok(()), "{record}");
    }
}

#[test]
fn without_validation_only_the_columns_types_count() {
    let schema = json!({"required": ["b"], "properties": {
        "a": {"type": "integer", "maximum": 5}, "b": {"type": "object", "required": ["x"]}, "c": {"type": "string"}
    }});
    let mut stage = Stage::new(&schema, &[], false, true);
    for record in ["{}", r#"{"a":null,"b":null}"#, r#"{"a":9,"b":{}}"#, r#"{"b":[1]}"#] {
        assert_eq!(stage.take(record), Ok(()), "{record}");
    }
    assert!(stage.take(r#"{"a":"x"}"#).is_err());
    assert!(stage.take(r#"{"a":1.5}"#).is_err());
    let mut keyed = Stage::new(&schema, &[0], false, true);
    assert_eq!(keyed.take("{}").unwrap_err().reason, Reason::NoKey);
}

#[test]
fn the_validator_is_asked_about_the_rest_and_keeps_values_to_itself() {
    let schema = json!({"properties": {
        "a/b~c": {"type": "string", "pattern": "^[0-9]+$"},
        "n": {"type": "integer", "minimum": 10, "maximum": 20},
        "e": {"enum": ["one", "two"]},
        "o": {"type": "object", "additionalProperties": false}
    }});
    let mut stage = Stage::new(&schema, &[], true, true);
    assert_eq!(stage.take(r#"{"a/b~c":"123","n":15,"e":"two","o":{}}"#), Ok(()));
    for (record, property) in [
        (r#"{"a/b~c":"s3cr3t"}"#, "a/b~c"),
        (r#"{"n":31337}"#, "n"),
        (r#"{"e":"s3cr3t"}"#, "e"),
        (r#"{"o":{"x":"s3cr3t"}}"#, "o"),
    ] {
        let invalid = stage.take(record).unwrap_err();
        assert_eq!(invalid.property.as_deref(), Some(property), "{record}");
        let said = format!("{invalid} {invalid:?}");
        assert!(!said.contains("s3cr3t") && !said.contains("31337"), "{said}");
    }
    assert_eq!(stage.rows, 1);
}

#[test]
fn no_message_holds_a_value() {
    let secret = "31337";
    for (property, text) in [
        (json!({"type": "integer"}), "\"31337\""),
        (json!({"type": "integer"}), "3133700000000000000000"),
        (json!({"type": "integer"}), "1.31337"),
        (json!({"type": "string"}), "31337"),
        (json!({"type": "string"}), "\"31337\\ud800\""),
        (json!({"type": "string", "format": "date"}), "\"31337\""),
        (json!({"type": "string", "format": "uuid"}), "\"31337\""),
        (json!({"type": "object", "required": ["x"]}), r#"{"y":31337}"#),
        (json!({"type": "array", "items": {"type": "null"}}), "[31337]"),
        (json!({"type": "string", "maxLength": 2}), "\"31337\""),
        (json!({"type": "integer", "multipleOf": 2}), "31337"),
        (json!({"type": "array", "uniqueItems": true}), "[31337,31337]"),
        (json!({"anyOf": [{"type": "null"}, {"const": 2}]}), "31337"),
        (json!({"type": "object", "additionalProperties": {"type": "null"}}), r#"{"a":31337}"#),
        (json!({"type": "object", "additionalProperties": false}), r#"{"x":31337}"#),
        (json!({"type": "object", "unevaluatedProperties": false}), r#"{"x":31337}"#),
        (json!({"type": "object", "dependentRequired": {"a": ["b"]}}), r#"{"a":"31337"}"#),
    ] {
        let mut stage = Stage::new(&one(&property), &[], true, true);
        let invalid = stage.take(&format!(r#"{{"a":{text}}}"#)).expect_err(&property.to_string());
        let said = format!("{invalid} {invalid:?}");
        assert!(!said.contains(secret), "{property}: {said}");
    }
}
