//! Which schemas assert more than the decoder proves.

use serde_json::Value;

use super::MAX_DEPTH;
use super::hints::multiple;

/// The words of JSON Schema that assert something the decoder does not prove by itself.
const ASSERTIONS: &[&str] = &[
    "enum",
    "const",
    "pattern",
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
        // Draft 4's flags of the other two.
        ("exclusiveMinimum" | "exclusiveMaximum", Value::Bool(_)) => false,
        ("minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum", bound) => !bound.is_number(),
        ("multipleOf" | "divisibleBy", _) => multiple(object).is_none(),
        // Where a decimal's digits are.
        ("additionalProperties", Value::Object(more)) if more.contains_key("scale_precision") => false,
        (word, _) => ASSERTIONS.contains(&word),
    })
}
