//! What is inside a property: which objects become columns, which arrays tables, and what stays whole.

use serde_json::{Value, json};
use target::schema::{Inside, Nesting, Part, parts, read};

/// The parts in a few words: `a{b:integer, c[text]}`.
fn shown(parts: &[Part]) -> String {
    let one = |part: &Part| {
        let name = &part.property.name;
        match &part.inside {
            Inside::Value => format!("{name}:{}", part.property.ty),
            Inside::Object(members) => format!("{name}{{{}}}", shown(members)),
            Inside::Array(element) => format!("{name}[{}]", shown(std::slice::from_ref(element))),
        }
    };
    parts.iter().map(one).collect::<Vec<_>>().join(", ")
}

#[track_caller]
fn check(schema: &Value, nesting: Option<Nesting>, expected: &str) {
    let shape = read(schema).unwrap();
    assert_eq!(shown(&parts(schema, &shape.properties, nesting)), expected, "{schema}");
}

const ALL: Option<Nesting> = Some(Nesting { depth: 8, arrays: true });

fn of(property: &Value) -> Value {
    json!({"properties": {"a": property}})
}

#[test]
fn nothing_is_taken_apart_where_nothing_is_asked_for() {
    let nested = json!({"type": "object", "properties": {"b": {"type": "integer"}}});
    check(&of(&nested), None, "a:json");
    check(&of(&nested), ALL, "a{b:integer}");
    check(&of(&nested), Some(Nesting { depth: 0, arrays: true }), "a:json");
}

#[test]
fn objects_are_taken_apart_to_the_depth_that_is_asked_for() {
    let inner = json!({"type": ["null", "object"], "properties": {"c": {"type": "string"}}});
    let outer = json!({"type": "object", "properties": {"b": inner, "d": {"type": "boolean"}}});
    check(&of(&outer), ALL, "a{b{c:text}, d:boolean}");
    check(&of(&outer), Some(Nesting { depth: 1, arrays: true }), "a{b:json, d:boolean}");
}

#[test]
fn arrays_are_taken_apart_only_for_tables() {
    let of_objects =
        json!({"type": "array", "items": {"type": "object", "properties": {"b": {"type": "integer"}}}});
    check(&of(&of_objects), ALL, "a[value{b:integer}]");
    check(&of(&of_objects), Some(Nesting { depth: 8, arrays: false }), "a:json");
    check(&of(&json!({"type": "array"})), ALL, "a[value:json]");
    check(
        &of(&json!({"type": "array", "items": {"type": "array", "items": {"type": "number"}}})),
        ALL,
        "a[value[value:number]]",
    );
    // The elements of a tuple are of different kinds.
    check(&of(&json!({"type": "array", "items": [{"type": "integer"}]})), ALL, "a:json");
}

#[test]
fn what_may_be_something_else_stays_whole() {
    let members = json!({"b": {"type": "integer"}});
    check(&of(&json!({"type": ["object", "string"], "properties": members})), ALL, "a:json");
    check(&of(&json!({"type": "object"})), ALL, "a:json");
    check(&of(&json!({"properties": members})), ALL, "a:json");
    let object = json!({"type": "object", "properties": members});
    check(&of(&json!({"anyOf": [object, {"type": "integer"}]})), ALL, "a:json");
    check(&of(&json!({"anyOf": [object, {"type": "null"}]})), ALL, "a{b:integer}");
    check(&of(&json!({"oneOf": [{"type": "null"}, object]})), ALL, "a{b:integer}");
}

#[test]
fn references_are_followed_until_they_come_back() {
    let schema = json!({
        "properties": {"a": {"$ref": "#/$defs/plain"}, "tree": {"$ref": "#/$defs/node"}, "all": {"$ref": "#"}},
        "$defs": {
            "plain": {"type": "object", "properties": {"b": {"type": "integer"}}},
            "node": {"type": "object", "properties": {
                "left": {"$ref": "#/$defs/node"},
                "more": {"type": "array", "items": {"allOf": [{"$ref": "#/$defs/node"}]}},
                "plain": {"$ref": "#/$defs/plain"}
            }}
        }
    });
    check(&schema, ALL, "a{b:integer}, tree{left:json, more[value:json], plain{b:integer}}, all:json");
}

#[test]
fn arrays_without_end_have_an_end() {
    let mut property = json!({"type": "integer"});
    for _ in 0..20 {
        property = json!({"type": "array", "items": property});
    }
    let schema = of(&property);
    let parts = parts(&schema, &read(&schema).unwrap().properties, ALL);
    assert_eq!(shown(&parts).matches('[').count(), 8);
}
