//! Which schemas assert more than the decoder proves.

use serde_json::Value;

use super::MAX_DEPTH;

/// The words of JSON Schema that assert something the decoder does not prove by itself.
const ASSERTIONS: &[&str] = &[
    "enum",
    "const",
    "pattern",
    "multipleOf",
    "divisibleBy",
    "minItems",
    "maxItems",
    "uniqueItems",
    "contains",
    "minContains",
    "maxContains",
    "prefixItems",
    "additionalItems",
    "unevaluatedItems",
    "minProperties",
    "maxProperties",
    "propertyNames",
    "patternProperties",
    "additionalProperties",
    "unevaluatedProperties",
    "dependencies",
    "dependentRequired",
    "dependentSchemas",
    "if",
    "not",
    "allOf",
    "anyOf",
    "oneOf",
    "$ref",
    "$dynamicRef",
    "$recursiveRef",
    "disallow",
    "extends",
];

/// Whether a schema asserts more than types, bounds, members, required members and items.
pub(super) fn asserts_more(schema: &Value, depth: usize) -> bool {
    if depth > MAX_DEPTH {
        return true;
    }
    let Value::Object(object) = schema else { return *schema == Value::Bool(false) };
    object.iter().any(|(word, value)| match (word.as_str(), value) {
        ("additionalProperties", Value::Bool(true) | Value::Null) => false,
        ("properties", Value::Object(members)) => {
            members.values().any(|member| asserts_more(member, depth + 1))
        }
        ("items", Value::Array(_)) => true,
        ("items", items) => asserts_more(items, depth + 1),
        ("minLength" | "maxLength", length) => length.as_u64().is_none(),
        // Draft 4 has true and false for two of these.
        ("minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum", bound) => !bound.is_number(),
        (word, _) => ASSERTIONS.contains(&word),
    })
}
