//! Dialects of JSON Schema, and the hints that taps write into it.

use serde_json::{Value, json};
use target::schema::{Encoding, read};

use super::columns::Stage;

/// The column type of a property.
#[track_caller]
fn check(property: &Value, expected: &str) {
    let shape = read(&json!({"properties": {"a": property}})).unwrap();
    assert_eq!(shape.properties[0].ty.to_string(), expected, "{property}");
}

#[test]
fn a_multiple_that_is_a_power_of_ten_says_how_many_digits_there_are() {
    for (of, expected) in [
        (json!(0.01), "decimal(38,2)"),
        (json!(0.000001), "decimal(38,6)"),
        (json!(1e-20), "decimal(38,20)"),
        (json!(1e-38), "decimal(38,38)"),
        (json!(1e-39), "number"),
        (json!(1), "decimal(38,0)"),
        (json!(1.0), "decimal(38,0)"),
        (json!(10), "number"),
        (json!(0.05), "number"),
        (json!(0), "number"),
        (json!(-0.1), "number"),
        (json!("0.1"), "number"),
    ] {
        check(&json!({"type": ["null", "number"], "multipleOf": of}), expected);
        check(&json!({"type": "integer", "multipleOf": of}), "integer");
    }
    check(&json!({"type": ["number", "string"], "multipleOf": 0.01}), "text");
    check(&json!({"multipleOf": 0.01}), "json");
    check(&json!({"anyOf": [{"type": "number", "multipleOf": 0.01}, {"type": "null"}]}), "decimal(38,2)");
}

#[test]
fn the_hints_for_decimals_are_taken() {
    let pair = json!({"scale_precision": "(38,20)"});
    for (property, expected) in [
        (
            json!({"type": ["null", "number", "string"], "format": "singer.decimal", "additionalProperties": pair}),
            "decimal(38,20)",
        ),
        (
            json!({"type": ["null", "string"], "format": "singer.decimal", "additionalProperties": {"scale_precision": " ( 10 , 2 ) "}}),
            "decimal(10,2)",
        ),
        (json!({"type": ["null", "string"], "format": "singer.decimal"}), "number"),
        (
            json!({"type": ["string"], "format": "x-singer.decimal", "precision": 10, "scale": 2}),
            "decimal(10,2)",
        ),
        (json!({"type": ["string"], "format": "x-singer.decimal", "precision": 10}), "number"),
        (json!({"type": ["string"], "format": "x-singer.decimal", "precision": 40, "scale": 2}), "number"),
        (json!({"type": ["string"], "format": "x-singer.decimal", "precision": 5, "scale": 6}), "number"),
        (json!({"type": "number", "x-singer.decimal": {"precision": 12, "scale": 3}}), "decimal(12,3)"),
        (json!({"type": "integer", "x-singer.decimal": true, "precision": 30, "scale": 0}), "decimal(30,0)"),
        (
            json!({"type": ["string", "integer"], "format": "singer.decimal", "precision": 30, "scale": 0}),
            "decimal(30,0)",
        ),
        (json!({"type": "number", "x-singer.decimal": false, "precision": 12, "scale": 3}), "number"),
        (json!({"type": ["boolean", "string"], "format": "singer.decimal"}), "text"),
        (json!({"type": "number", "precision": 12, "scale": 3}), "number"),
    ] {
        check(&property, expected);
    }
}

#[test]
fn an_encoding_makes_bytes_of_text_alone() {
    for (property, expected, encoding) in [
        (json!({"type": ["null", "string"], "contentEncoding": "base64"}), "bytes", Some(Encoding::Base64)),
        (json!({"type": "string", "contentEncoding": "BASE16"}), "bytes", Some(Encoding::Base16)),
        (json!({"type": "string", "contentEncoding": "quoted-printable"}), "text", None),
        (json!({"type": ["string", "integer"], "contentEncoding": "base64"}), "text", Some(Encoding::Base64)),
        (json!({"type": "integer", "contentEncoding": "base64"}), "integer", None),
        (json!({"contentEncoding": "base64"}), "json", None),
        (
            json!({"anyOf": [{"type": "string", "contentEncoding": "base64"}, {"type": "null"}]}),
            "bytes",
            Some(Encoding::Base64),
        ),
        (
            json!({"anyOf": [{"type": "string", "contentEncoding": "base64"}, {"type": "string", "contentEncoding": "base16"}]}),
            "text",
            None,
        ),
    ] {
        let shape = read(&json!({"properties": {"a": property}})).unwrap();
        let found = &shape.properties[0];
        assert_eq!((found.ty.to_string().as_str(), found.check.encoding), (expected, encoding), "{property}");
    }
}

#[test]
fn the_properties_of_options_are_columns_too() {
    let schema = json!({
        "type": "object", "properties": {"id": {"type": "integer"}},
        "anyOf": [
            {"properties": {"a": {"type": "integer"}, "b": {"type": "string"}}, "required": ["a"]},
            {"$ref": "#/definitions/other"}
        ],
        "definitions": {"other": {"properties": {"a": {"type": "number"}, "c": {"type": "boolean"}}}}
    });
    let shape = read(&schema).unwrap();
    let columns: Vec<String> = shape
        .properties
        .iter()
        .map(|property| format!("{} {} {}", property.name, property.ty, property.required))
        .collect();
    assert_eq!(columns, ["id integer false", "a number false", "b text false", "c boolean false"]);
    assert!(shape.asserts_more);
}

/// Loads each record, and demands that exactly the good ones are taken.
#[track_caller]
fn holds(schema: &Value, good: &[&str], bad: &[&str]) {
    let mut stage = Stage::new(schema, &[], true, true);
    for record in good {
        assert_eq!(stage.take(record), Ok(()), "{record} by {schema}");
    }
    for record in bad {
        assert!(stage.take(record).is_err(), "{record} by {schema}");
    }
}

/// A record of one option may have anything where only another one says what a property is.
#[test]
fn what_an_option_says_of_a_property_does_not_bind_the_records_of_another() {
    for word in ["anyOf", "oneOf"] {
        let schema = json!({
            "type": "object", "properties": {"kind": {"type": "string"}}, "required": ["kind"],
            word: [
                {"properties": {"kind": {"const": "issue"}, "state": {"type": "integer", "minimum": 1}}},
                {"properties": {"kind": {"const": "commit"}, "sha": {"type": "string", "maxLength": 3}}},
                {"type": "null"}
            ]
        });
        holds(
            &schema,
            &[
                r#"{"kind":"issue","state":1}"#,
                r#"{"kind":"issue","state":1,"sha":null}"#,
                r#"{"kind":"issue","sha":"longer"}"#,
                r#"{"kind":"commit","sha":"abc"}"#,
                r#"{"kind":"commit","sha":"abc","state":null}"#,
                r#"{"kind":"commit","state":0}"#,
            ],
            &[
                r#"{"kind":"issue","state":null}"#,
                r#"{"kind":"issue","state":0}"#,
                r#"{"kind":"commit","sha":"longer"}"#,
                r#"{"kind":"commit","sha":null}"#,
                r#"{"kind":"other"}"#,
                r#"{"kind":null}"#,
                // The schema allows it, and the column cannot hold it.
                r#"{"kind":"commit","state":"open"}"#,
            ],
        );
        // What all options say, or the schema itself, binds.
        let schema = json!({
            "properties": {"a": {"type": "integer"}},
            word: [
                {"properties": {"b": {"type": "integer"}, "a": {"minimum": 1}}},
                {"properties": {"b": {"type": "boolean"}}}
            ]
        });
        let shape = read(&schema).unwrap();
        let kinds: Vec<String> = shape
            .properties
            .iter()
            .map(|property| format!("{} {}", property.name, property.check.kinds))
            .collect();
        assert_eq!(kinds, ["a integer", "b boolean or integer"]);
    }
}

const DRAFTS: [&str; 7] = [
    "http://json-schema.org/draft-03/schema#",
    "http://json-schema.org/draft-04/schema#",
    "http://json-schema.org/draft-06/schema",
    "http://json-schema.org/draft-07/schema#",
    "https://json-schema.org/draft/2019-09/schema",
    "https://json-schema.org/draft/2020-12/schema",
    "https://example.com/my-own-schema",
];

/// The words of all drafts mean what they mean where they come from, whatever the schema calls itself.
#[test]
fn a_schema_of_any_draft_is_taken() {
    let named = DRAFTS.iter().map(|draft| json!({"$schema": draft}));
    for mut schema in named.chain([json!({})]) {
        schema["type"] = json!("object");
        schema["properties"] = json!({
            "flags": {"type": "number", "minimum": 0, "exclusiveMinimum": true, "maximum": 10, "exclusiveMaximum": false},
            "bounds": {"type": "number", "exclusiveMinimum": 0, "maximum": 10},
            "whole": {"type": "integer"},
            "at": {"type": "string", "format": "date-time"},
            "list": {"type": "array", "items": [{"type": "integer"}], "additionalItems": {"type": "string"}},
            "either": {"anyOf": [{"type": "number", "maximum": 5, "exclusiveMaximum": true}, {"$ref": "#/definitions/word"}]},
            "slip": {"type": ["null", "string"], "required": false, "inclusion": "available", "selected": true, "metadata": {"a": 1}},
            "type": {"type": "string", "enum": ["a", "b"]}
        });
        schema["definitions"] = json!({"word": {"type": "string", "minLength": 1}});
        schema["dependencies"] = json!({"whole": ["flags"], "list": {"required": ["at"]}});
        holds(
            &schema,
            &[
                "{}",
                r#"{"flags":10,"bounds":10,"whole":1.0}"#,
                r#"{"at":"2024-01-01 12:00:00","list":[1,"a","b"]}"#,
                r#"{"either":4.5}"#,
                r#"{"either":"x","slip":null,"type":"a"}"#,
            ],
            &[
                r#"{"flags":0}"#,
                r#"{"flags":10.5}"#,
                r#"{"bounds":0}"#,
                r#"{"whole":1}"#,
                r#"{"list":[1]}"#,
                r#"{"at":"2024-01-01","list":["a"]}"#,
                r#"{"at":"2024-01-01","list":[1,2]}"#,
                r#"{"at":"soon"}"#,
                r#"{"either":5}"#,
                r#"{"either":""}"#,
                r#"{"type":"c"}"#,
            ],
        );
    }
}

#[test]
fn draft_3_has_words_of_its_own() {
    let schema = json!({
        "$schema": "http://json-schema.org/draft-03/schema#", "type": "object",
        "properties": {
            "id": {"type": "integer", "required": true},
            "any": {"type": "any"},
            "price": {"type": "number", "divisibleBy": 0.01},
            "other": {"type": ["string", {"type": "object", "properties": {"n": {"type": "integer", "required": true}}}]},
            "not": {"disallow": ["string"]},
            "more": {"extends": {"type": "string"}, "maxLength": 3}
        }
    });
    let shape = read(&schema).unwrap();
    let types: Vec<String> = shape.properties.iter().map(|property| property.ty.to_string()).collect();
    assert_eq!(types, ["integer", "json", "decimal(38,2)", "json", "json", "json"]);
    holds(
        &schema,
        &[
            r#"{"id":1}"#,
            r#"{"id":1,"any":[1],"price":0.07,"other":"x","not":5,"more":"abc"}"#,
            r#"{"id":1,"other":{"n":1}}"#,
        ],
        &[
            "{}",
            r#"{"id":1,"price":0.071}"#,
            r#"{"id":1,"other":5}"#,
            r#"{"id":1,"not":"x"}"#,
            r#"{"id":1,"more":"abcd"}"#,
        ],
    );
}

#[test]
fn the_validator_does_not_get_what_the_decoder_proves_better() {
    let schema = json!({
        "properties": {
            "multipleOf": {"type": "number", "multipleOf": 0.01},
            "list": {"items": {"multipleOf": 1e-20}, "minItems": 1},
            "either": {"anyOf": [{"multipleOf": 3}], "multipleOf": 2},
            "over": {"allOf": [{"anyOf": [{"type": "number"}]}], "maximum": 5},
            "value": {"const": {"multipleOf": 2, "exclusiveMinimum": true}}
        }
    });
    let rest = read(&schema).unwrap().rest;
    let at = |pointer: &str| rest.pointer(pointer).is_some();
    assert!(!at("/properties/multipleOf/multipleOf") && !at("/properties/list/items/multipleOf"));
    assert!(at("/properties/either/multipleOf") && at("/properties/either/anyOf/0/multipleOf"));
    assert!(at("/properties/over/maximum"), "what lies over it leaves the decoder with the kinds alone");
    assert!(at("/properties/value/const/multipleOf") && at("/properties/value/const/exclusiveMinimum"));
    assert!(at("/properties/multipleOf/type"));
}

/// Bounds beside words that bring other schemas are demanded by one or the other.
#[test]
fn no_bound_is_lost_between_the_decoder_and_the_validator() {
    for more in [
        json!({}),
        json!({"allOf": [{"anyOf": [{"type": "number"}]}]}),
        json!({"anyOf": [{"type": "number"}, {"type": "null"}]}),
        json!({"allOf": [{"maximum": 100}]}),
        json!({"$ref": "#/definitions/number"}),
    ] {
        let mut property = json!({"type": "number", "maximum": 5, "exclusiveMinimum": 0, "multipleOf": 0.5});
        property.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let schema = json!({
            "properties": {"a": property, "l": {"type": "array", "items": property}},
            "definitions": {"number": {"anyOf": [{"type": "number"}]}}
        });
        holds(
            &schema,
            &[r#"{"a":5}"#, r#"{"l":[0.5,4.5]}"#],
            &[r#"{"a":5.5}"#, r#"{"a":0}"#, r#"{"a":0.7}"#, r#"{"l":[6]}"#, r#"{"l":[1,0.1]}"#],
        );
    }
}
