//! The schemas of a record's properties, as they were written.

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::{MAX_REFERENCE_DEPTH, Reader};

/// What a schema says of the properties of its records, for another schema to be made of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listed {
    /// The schema of each property, in the schema's order.
    pub properties: IndexMap<String, Value>,
    /// The properties that a record must have.
    pub required: Vec<String>,
    /// What the schemas of properties refer to, and the draft that they are of.
    pub around: Map<String, Value>,
}

/// The words of a schema that say nothing of its records.
const AROUND: [&str; 3] = ["$schema", "definitions", "$defs"];

/// Reads the properties of a stream's schema, also where `$ref`, `allOf`, `anyOf` or `oneOf` bring them.
#[must_use]
pub fn listed(schema: &Value) -> Listed {
    let Value::Object(object) = schema else { return Listed::default() };
    let reader = Reader::new(schema);
    let top = reader.merged(object, 0);
    let mut properties = IndexMap::new();
    reader.list(&top, 0, &mut properties);
    let mut required: Vec<String> = Vec::new();
    let must = top.get("required").and_then(Value::as_array).into_iter().flatten();
    required.extend(must.filter_map(|name| name.as_str().map(str::to_owned)));
    let around = AROUND.iter().filter_map(|word| Some(((*word).to_owned(), object.get(*word)?.clone())));
    Listed { properties, required, around: around.collect() }
}

impl Reader<'_> {
    fn list(&self, object: &Map<String, Value>, depth: usize, found: &mut IndexMap<String, Value>) {
        for (name, schema) in object.get("properties").and_then(Value::as_object).into_iter().flatten() {
            match found.get_mut(name) {
                Some(other) if other != schema => *other = json!({"anyOf": [other.take(), schema]}),
                Some(_) => {}
                None => drop(found.insert(name.clone(), schema.clone())),
            }
        }
        let options = ["anyOf", "oneOf"].iter().filter_map(|word| object.get(*word)?.as_array()).flatten();
        for option in options.filter_map(Value::as_object).filter(|_| depth < MAX_REFERENCE_DEPTH) {
            self.list(&self.merged(option, depth + 1), depth + 1, found);
        }
    }
}
