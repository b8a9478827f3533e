//! The schema for the validator: in one dialect, whatever the tap wrote, and without what the decoder proves better.
//!
//! Drafts 3 to 7, and schemas that name none, become 2019-09, which has what they have: references beside other words, lists of
//! `items`, formats that say something of a value but demand nothing (the decoder has its own say about times). A schema is not
//! refused for a word of another draft.

use serde_json::{Map, Value, json};

use super::MAX_DEPTH;
use super::hints::multiple;

/// Whether the schema says that it is of draft 3.
pub(super) fn is_draft_3(schema: &Value) -> bool {
    names(schema, "draft-03")
}

fn names(schema: &Value, draft: &str) -> bool {
    schema.get("$schema").and_then(Value::as_str).is_some_and(|named| named.contains(draft))
}

/// The schema that the validator gets.
pub(super) fn rest(schema: &Value) -> Value {
    let newest = names(schema, "2020-12") || uses(schema, &["prefixItems", "$dynamicRef"], 0);
    let mut rest = schema.clone();
    Draft { three: is_draft_3(schema), newest }.schema(&mut rest, true, 0);
    if let Value::Object(object) = &mut rest {
        let draft = if newest { "2020-12" } else { "2019-09" };
        object.insert("$schema".into(), format!("https://json-schema.org/draft/{draft}/schema").into());
    }
    rest
}

/// Whether any of the words is a member of any object in it. More is found than words of the schema; then it is of the newest draft.
fn uses(value: &Value, words: &[&str], depth: usize) -> bool {
    match value {
        _ if depth > MAX_DEPTH => false,
        Value::Object(object) => {
            object.iter().any(|(word, inner)| words.contains(&word.as_str()) || uses(inner, words, depth + 1))
        }
        Value::Array(list) => list.iter().any(|inner| uses(inner, words, depth + 1)),
        _ => false,
    }
}

/// Words that bring other schemas.
const COMBINED: &[&str] = &["$ref", "allOf", "anyOf", "oneOf"];
/// Words that the decoder compares digit by digit.
const BOUNDS: &[&str] = &["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"];
/// Words whose value is a schema.
const ONE: &[&str] = &[
    "items",
    "additionalItems",
    "unevaluatedItems",
    "contains",
    "additionalProperties",
    "unevaluatedProperties",
    "propertyNames",
    "not",
    "if",
    "then",
    "else",
];
/// Words whose value is a list of schemas.
const LIST: &[&str] = &["allOf", "anyOf", "oneOf", "prefixItems", "items"];
/// Words whose value is an object of schemas.
const NAMED: &[&str] = &["properties", "patternProperties", "definitions", "$defs", "dependentSchemas"];

struct Draft {
    three: bool,
    newest: bool,
}

impl Draft {
    /// Rewrites a schema. `proved` is true where the decoder holds numbers against their bounds and `multipleOf` itself.
    fn schema(&self, schema: &mut Value, proved: bool, depth: usize) {
        let Value::Object(object) = schema else { return };
        if depth > 4 * MAX_DEPTH {
            return;
        }
        object.remove("$schema");
        // A member that is required by a flag is draft 3's, and the decoder sees to it; elsewhere it is a slip.
        if object.get("required").is_some_and(Value::is_boolean) {
            object.remove("required");
        }
        if self.three {
            of_draft_3(object);
        }
        exclusive(object, "minimum", "exclusiveMinimum");
        exclusive(object, "maximum", "exclusiveMaximum");
        dependencies(object);
        // What lies over the schema may take the decoder's mind off its own words.
        let alone = COMBINED.iter().all(|word| !object.contains_key(*word));
        let proved = proved && depth <= MAX_DEPTH && alone;
        if proved {
            if multiple(object).is_some() {
                object.remove("multipleOf");
            }
            object.retain(|word, value| !(BOUNDS.contains(&word.as_str()) && value.is_number()));
        }
        if self.newest && object.get("items").is_some_and(Value::is_array) {
            let rest = object.remove("additionalItems");
            if let Some(items) = object.remove("items") {
                object.insert("prefixItems".into(), items);
            }
            object.extend(rest.map(|rest| ("items".to_owned(), rest)));
        }
        if object.get("additionalProperties").is_some_and(|more| more.get("scale_precision").is_some()) {
            object.remove("additionalProperties");
        }
        for (word, value) in object.iter_mut() {
            let inside = proved && matches!(word.as_str(), "properties" | "items");
            match value {
                Value::Object(members) if NAMED.contains(&word.as_str()) => {
                    members.values_mut().for_each(|member| self.schema(member, inside, depth + 1));
                }
                Value::Array(list) if LIST.contains(&word.as_str()) => {
                    list.iter_mut().for_each(|one| self.schema(one, false, depth + 1));
                }
                one @ Value::Object(_) if ONE.contains(&word.as_str()) => self.schema(one, inside, depth + 1),
                _ => {}
            }
        }
    }
}

/// Turns a flag of a bound into the bound that later drafts have.
fn exclusive(object: &mut Map<String, Value>, word: &str, flag: &str) {
    if let Some(Value::Bool(set)) = object.get(flag).cloned() {
        object.remove(flag);
        if set && let Some(bound) = object.remove(word) {
            object.insert(flag.to_owned(), bound);
        }
    }
}

/// Splits `dependencies` into the two words that took its place.
fn dependencies(object: &mut Map<String, Value>) {
    let Some(Value::Object(all)) = object.remove("dependencies") else { return };
    let (mut names, mut schemas) = (Map::new(), Map::new());
    for (name, on) in all {
        match on {
            Value::String(one) => drop(names.insert(name, json!([one]))),
            Value::Array(list) => drop(names.insert(name, list.into())),
            schema => drop(schemas.insert(name, schema)),
        }
    }
    for (word, members) in [("dependentRequired", names), ("dependentSchemas", schemas)] {
        if !members.is_empty() && !object.contains_key(word) {
            object.insert(word.to_owned(), members.into());
        }
    }
}

/// Words of draft 3 that have other names now.
fn of_draft_3(object: &mut Map<String, Value>) {
    if let Some(number) = object.remove("divisibleBy") {
        object.entry("multipleOf").or_insert(number);
    }
    match object.remove("extends") {
        Some(Value::Array(parts)) => drop(object.insert("allOf".into(), parts.into())),
        Some(part) => drop(object.insert("allOf".into(), json!([part]))),
        None => {}
    }
    if let Some(types) = object.remove("disallow") {
        object.insert("not".into(), json!({"type": types}));
    }
    let any = |ty: &Value| ty == "any";
    match object.get("type") {
        Some(Value::Array(types)) if types.iter().any(|ty| any(ty) || ty.is_object()) => {
            let options: Vec<Value> = types
                .iter()
                .map(|ty| match ty {
                    ty if any(ty) => json!(true),
                    Value::Object(schema) => schema.clone().into(),
                    ty => json!({"type": ty}),
                })
                .collect();
            object.remove("type");
            object.insert("anyOf".into(), options.into());
        }
        Some(ty) if any(ty) => drop(object.remove("type")),
        _ => {}
    }
}
