//! JSON Schema into columns: which type, which kinds of value, and whether the validator is needed besides.

use std::time::Duration;

use serde_json::{Value, json};
use target::schema::{Check, Kinds, Shape, read};

use super::in_a_process_of_its_own;

/// The properties in a few words: name, column type, kinds of value, and `!` where every record must have it.
fn columns(shape: &Shape) -> Vec<String> {
    let said = shape.properties.iter().map(|property| {
        let required = if property.required { "!" } else { "" };
        format!("{}{required}: {} of {}", property.name, property.ty, property.check.kinds)
    });
    said.collect()
}

#[track_caller]
fn check(property: &Value, expected: &str) {
    let shape = read(&json!({"properties": {"a": property}})).unwrap();
    assert_eq!(columns(&shape), [format!("a: {expected}")], "{property}");
}

const ANY: &str = "json of boolean or number or string or object or array or null";

#[test]
fn types_become_columns() {
    for (ty, expected) in [
        (json!("boolean"), "boolean of boolean"),
        (json!("integer"), "integer of integer"),
        (json!("number"), "number of number"),
        (json!("string"), "text of string"),
        (json!("object"), "json of object"),
        (json!("array"), "json of array"),
        (json!("null"), "json of null"),
        (json!(["null", "integer"]), "integer of integer or null"),
        (json!(["string", "null"]), "text of string or null"),
        (json!(["integer", "number"]), "number of number"),
        (json!(["integer", "string"]), "text of integer or string"),
        (json!(["boolean", "integer"]), "text of boolean or integer"),
        (json!(["string", "object", "null"]), "json of string or object or null"),
        (json!(["boolean", "integer", "number", "string", "array", "object", "null"]), ANY),
    ] {
        check(&json!({"type": ty}), expected);
    }
}

#[test]
fn formats_become_types_of_their_own() {
    for (format, expected) in
        [("date-time", "timestamp"), ("date", "date"), ("time", "time"), ("uuid", "uuid"), ("email", "text")]
    {
        check(
            &json!({"type": ["null", "string"], "format": format}),
            &format!("{expected} of string or null"),
        );
    }
    // Where other kinds may come too, the column is what holds all of them.
    check(&json!({"type": ["string", "integer"], "format": "date-time"}), "text of integer or string");
    check(&json!({"type": "integer", "format": "date-time"}), "integer of integer");
}

#[test]
fn what_says_nothing_may_be_anything() {
    for property in [
        json!({}),
        json!(true),
        json!({"description": "x"}),
        json!({"format": "date-time"}),
        json!(false),
        json!(5),
    ] {
        check(&property, ANY);
    }
}

#[test]
fn enumerated_values_say_their_kinds() {
    check(&json!({"enum": ["a", "b", null]}), "text of string or null");
    check(&json!({"enum": [1, 2]}), "integer of integer");
    check(&json!({"enum": [1, 2.5]}), "number of number");
    check(&json!({"enum": [true, {"a": 1}, []]}), "json of boolean or object or array");
    check(&json!({"const": "x"}), "text of string");
    check(&json!({"const": null}), "json of null");
    check(&json!({"type": "string", "enum": ["a", 1]}), "text of string");
}

#[test]
fn of_several_options_the_column_holds_all() {
    for word in ["anyOf", "oneOf"] {
        check(
            &json!({word: [{"type": "string", "format": "date-time"}, {"type": "null"}]}),
            "timestamp of string or null",
        );
        check(&json!({word: [{"type": "null"}, {"type": "integer"}]}), "integer of integer or null");
        check(&json!({word: [{"type": "integer"}, {"type": "number"}]}), "number of number");
        check(
            &json!({word: [{"type": "string", "format": "date-time"}, {"type": ["string", "null"]}]}),
            "text of string or null",
        );
        check(&json!({word: [{"type": "object"}, {"type": "string"}]}), "json of string or object");
        check(&json!({word: [{"type": "null"}]}), "json of null");
        check(
            &json!({word: [{"anyOf": [{"type": "integer"}, {"type": "null"}]}, {"type": "boolean"}]}),
            "text of boolean or integer or null",
        );
        check(
            &json!({"type": ["string", "null"], word: [{"type": "string"}, {"type": "integer"}]}),
            "text of string",
        );
    }
}

#[test]
fn references_are_followed() {
    let schema = json!({
        "properties": {
            "a": {"$ref": "#/definitions/when"},
            "b": {"$ref": "#/$defs/one~1two"},
            "c": {"$ref": "#/definitions/again"},
            "d": {"$ref": "#/definitions/gone"},
            "e": {"$ref": "https://example.com/schema.json"},
            "f": {"$ref": "#/definitions/when", "type": ["null", "string"]},
            "g": {"$ref": 5}
        },
        "definitions": {"when": {"type": "string", "format": "date"}, "again": {"$ref": "#/definitions/when"}},
        "$defs": {"one/two": {"type": "integer"}}
    });
    let shape = read(&schema).unwrap();
    let expected = ["a: date of string", "b: integer of integer", "c: date of string"].map(str::to_owned);
    let mut expected = expected.to_vec();
    expected.extend([
        format!("d: {ANY}"),
        format!("e: {ANY}"),
        "f: date of string or null".to_owned(),
        format!("g: {ANY}"),
    ]);
    assert_eq!(columns(&shape), expected);
    assert!(shape.asserts_more);
}

#[test]
fn all_parts_add_up() {
    let schema = json!({
        "properties": {"id": {"type": "integer"}},
        "required": ["id"],
        "allOf": [
            {"properties": {"name": {"type": "string"}}, "required": ["name"]},
            {"$ref": "#/definitions/timed"}
        ],
        "definitions": {"timed": {"properties": {"at": {"type": "string", "format": "date-time"}}, "required": ["at"]}}
    });
    let expected = ["id!: integer of integer", "name!: text of string", "at!: timestamp of string"];
    assert_eq!(columns(&read(&schema).unwrap()), expected);
    check(&json!({"allOf": [{"type": "string"}, {"format": "date"}]}), "date of string");
    // What stands nearer wins.
    let twice = json!({
        "properties": {"a": {"type": "integer"}},
        "allOf": [{"properties": {"a": {"type": "string"}, "b": {"type": "null"}}}, {"properties": {"b": {"type": "string"}}}]
    });
    assert_eq!(columns(&read(&twice).unwrap()), ["a: integer of integer", "b: json of null"]);
}

#[test]
fn a_reference_to_itself_ends() {
    let shape = read(&json!({"$ref": "#"})).unwrap();
    assert_eq!(columns(&shape), [""; 0]);
    let list = json!({
        "properties": {"head": {"$ref": "#/definitions/node"}},
        "definitions": {"node": {"type": "object", "properties": {"next": {"$ref": "#/definitions/node"}}}}
    });
    assert_eq!(columns(&read(&list).unwrap()), ["head: json of object"]);
    check(&json!({"allOf": [{"$ref": "#/properties/a"}], "type": "string"}), "text of string");
}

/// A tree: each node has two more. Followed to any depth it has more nodes than there is memory.
#[test]
fn a_tree_that_refers_to_itself_is_read_at_once() {
    const NAME: &str = "pure::schema::a_tree_that_refers_to_itself_is_read_at_once";
    if in_a_process_of_its_own(NAME, Duration::from_secs(5)) {
        let node = json!({"$ref": "#/definitions/node"});
        let tree = json!({
            "properties": {"root": node},
            "definitions": {"node": {"type": ["object", "null"], "properties": {"left": node, "right": node}}}
        });
        assert_eq!(columns(&read(&tree).unwrap()), ["root: json of object or null"]);
    }
}

/// Each definition refers to the next one twice.
#[test]
fn definitions_that_share_others_are_read_at_once() {
    const NAME: &str = "pure::schema::definitions_that_share_others_are_read_at_once";
    if in_a_process_of_its_own(NAME, Duration::from_secs(5)) {
        let mut definitions = serde_json::Map::new();
        for level in 0..31 {
            let next = json!({"$ref": format!("#/definitions/d{}", level + 1)});
            definitions.insert(format!("d{level}"), json!({"allOf": [next, next]}));
        }
        definitions.insert("d31".into(), json!({"type": "string"}));
        let schema = json!({"properties": {"a": {"$ref": "#/definitions/d0"}}, "definitions": definitions});
        assert_eq!(read(&schema).unwrap().properties.len(), 1);
    }
}

#[test]
fn what_does_not_describe_objects_is_refused() {
    for schema in [json!(true), json!([]), json!("object"), json!(null)] {
        assert!(read(&schema).is_err(), "{schema}");
    }
    assert_eq!(
        read(&json!({"type": "array"})).unwrap_err(),
        "the schema describes a array, and records are objects"
    );
    assert!(read(&json!({"type": ["string", "null"]})).is_err());
    assert!(read(&json!({"anyOf": [{"type": "string"}, {"type": "null"}]})).is_err());
    assert!(read(&json!({"properties": []})).is_err());
    for schema in
        [json!({}), json!({"type": "object"}), json!({"type": ["null", "object"]}), json!({"properties": {}})]
    {
        assert_eq!(columns(&read(&schema).unwrap()), [""; 0], "{schema}");
    }
}

#[test]
fn properties_keep_the_order_of_the_schema() {
    let schema = json!({"properties": {"b": {}, "a": {"type": "integer"}, "": {"type": "null"}, "B": true}});
    let names: Vec<String> =
        read(&schema).unwrap().properties.into_iter().map(|property| property.name).collect();
    assert_eq!(names, ["b", "a", "", "B"]);
}

#[test]
fn what_must_hold_inside_is_kept_where_it_says_something() {
    let schema = json!({"properties": {"a": {
        "type": ["object", "array"],
        "properties": {"any": {}, "n": {"type": "integer"}, "deep": {"type": "object", "required": ["x"]}},
        "required": ["n"],
        "items": {"type": "string"}
    }}});
    let check = read(&schema).unwrap().properties.remove(0).check;
    let names: Vec<&str> = check.members.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!((names, &check.required), (vec!["n", "deep"], &vec!["n".to_owned()]));
    assert_eq!(check.members.get(1).unwrap().1.required, ["x"]);
    let items = Check::of(Kinds::STRING);
    assert_eq!(check.items.as_deref(), Some(&items));
    assert!(check.looks_inside() && !items.looks_inside());
    // Of a value that is no object nothing is asked inside.
    let text = json!({"properties": {"a": {"type": "string", "properties": {"b": {"type": "integer"}}, "required": ["b"]}}});
    assert!(!read(&text).unwrap().properties[0].check.looks_inside());
}

#[track_caller]
fn asserts_more(schema: &Value, expected: bool) {
    assert_eq!(read(schema).unwrap().asserts_more, expected, "{schema}");
}

#[test]
fn what_the_decoder_proves_needs_no_validator() {
    for property in [
        json!({"type": "integer"}),
        json!({"type": ["string", "null"], "format": "date-time"}),
        json!({"type": "object", "properties": {"x": {"type": "array", "items": {"type": "string"}}}, "required": ["x"]}),
        json!({"title": "t", "description": "d", "default": 1, "examples": [], "$comment": "c", "deprecated": true}),
        json!({"additionalProperties": true}),
        json!({"type": ["string", "null"], "minLength": 1, "maxLength": 40}),
        json!({"type": "number", "minimum": 0, "exclusiveMaximum": 10.5}),
        json!({"items": {"minimum": 1, "exclusiveMinimum": 0, "maximum": 3}}),
        json!({"type": "number", "multipleOf": 1e-20, "minimum": 0, "exclusiveMinimum": true, "exclusiveMaximum": false}),
        json!({"type": "string", "contentEncoding": "base64", "inclusion": "available", "selected": true, "metadata": []}),
        json!({"type": ["null", "number", "string"], "format": "singer.decimal", "additionalProperties": {"scale_precision": "(38,20)"}}),
        json!(true),
    ] {
        asserts_more(&json!({"type": "object", "properties": {"a": property}, "required": ["a"]}), false);
    }
    asserts_more(
        &json!({"$schema": "http://json-schema.org/draft-07/schema#", "$id": "x", "definitions": {"a": {"enum": []}}}),
        false,
    );
}

#[test]
fn every_other_assertion_needs_the_validator_at_any_depth() {
    for (word, value) in [
        ("enum", json!([{}])),
        ("const", json!({})),
        ("pattern", json!("^a")),
        ("multipleOf", json!(0)),
        ("minItems", json!(1)),
        ("maxItems", json!(1)),
        ("uniqueItems", json!(true)),
        ("contains", json!({})),
        ("prefixItems", json!([{}])),
        ("items", json!([{}])),
        ("items", json!(false)),
        ("minProperties", json!(1)),
        ("maxProperties", json!(1)),
        ("propertyNames", json!({})),
        ("patternProperties", json!({})),
        ("additionalProperties", json!(false)),
        ("additionalProperties", json!({"type": "string"})),
        ("unevaluatedProperties", json!(false)),
        ("dependencies", json!({})),
        ("dependentRequired", json!({})),
        ("dependentSchemas", json!({})),
        ("if", json!({})),
        ("not", json!({"type": "object", "required": ["zz"]})),
        ("anyOf", json!([{}])),
        ("oneOf", json!([{}])),
        ("$ref", json!("#/definitions/x")),
        // Lengths that are whole only by their value.
        ("maxLength", json!(1.0)),
        ("minLength", json!(1e0)),
        ("allOf", json!([{"minimum": 3}])),
    ] {
        asserts_more(&json!({word: value, "properties": {}}), true);
        asserts_more(&json!({"properties": {"a": {word: value}}}), true);
        asserts_more(&json!({"properties": {"a": {"items": {"properties": {"b": {word: value}}}}}}), true);
        asserts_more(&json!({"allOf": [{"properties": {"a": {word: value}}}]}), true);
    }
    asserts_more(&json!({"properties": {"a": false}}), true);
}

/// What the decoder does not look at must not pass unseen.
#[test]
fn what_the_decoder_does_not_prove_needs_the_validator() {
    // A required member that is no property has no column to be missing from.
    asserts_more(&json!({"properties": {"a": {"type": "integer"}}, "required": ["b"]}), true);
    // Of two parts that say something of one property the decoder knows the nearer one only.
    asserts_more(
        &json!({"properties": {"a": {}}, "allOf": [{"properties": {"a": {"type": "integer"}}}]}),
        true,
    );
    asserts_more(
        &json!({"properties": {"a": {"allOf": [{"type": ["string", "null"]}, {"type": "string"}]}}}),
        true,
    );
    asserts_more(&json!({"properties": {"a": {"maximum": 9, "allOf": [{"maximum": 3}]}}}), true);
    // Deeper than it follows.
    let deep = (0..40).fold(json!({"type": "integer"}), |inner, _| json!({"type": "array", "items": inner}));
    asserts_more(&json!({"properties": {"a": deep}}), true);
}
