//! What a stream's JSON Schema says about its columns.
//!
//! Each property becomes one [`Property`]: its column type, which kinds of JSON value it may have, and what must hold inside it.
//! What the decoder proves by itself (types, `required`, `properties` and `items` at any depth) needs no validator; a schema that
//! asserts more than that has [`Shape::asserts_more`] set, and its records go through the jsonschema library as well.

mod asserts;
mod check;
mod nested;

use std::cell::Cell;

use serde_json::{Map, Value};

use crate::types::Type;

use asserts::asserts_more;
pub use check::{Bound, Check, Kinds, Property};
pub use nested::{ELEMENT, Inside, Nesting, Part, parts};

/// How deep `$ref` and combinations are followed before a schema counts as "anything".
const MAX_DEPTH: usize = 32;

/// How deep in a property `$ref` is followed.
const MAX_REFERENCE_DEPTH: usize = 6;
/// How many are followed inside properties.
const MAX_REFERENCES: usize = 5_000;

/// What a schema says.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    /// The properties, in the schema's order.
    pub properties: Vec<Property>,
    /// Whether the schema asserts something that is not in `properties`.
    pub asserts_more: bool,
}

/// Reads a stream's schema.
///
/// # Errors
/// Why it cannot be one, in words.
pub fn read(schema: &Value) -> Result<Shape, String> {
    let Value::Object(object) = schema else { return Err("the schema is not an object".into()) };
    let reader = Reader::new(schema);
    let top = reader.merged(object, 0);
    let kinds = reader.node(&Value::Object(top.clone()), 0).check.kinds;
    if !kinds.any_of(Kinds::OBJECT) {
        return Err(format!("the schema describes a {kinds}, and records are objects"));
    }
    let properties = match top.get("properties") {
        None => &Map::new(),
        Some(Value::Object(properties)) => properties,
        Some(_) => return Err("\"properties\" is not an object".into()),
    };
    let required = required(&top);
    let properties = properties.iter().map(|(name, schema)| {
        let node = reader.node(schema, 0);
        Property { name: name.clone(), ty: node.ty, required: required.contains(name), check: node.check }
    });
    let properties: Vec<Property> = properties.collect();
    let unknown = |name: &String| properties.iter().all(|property| property.name != *name);
    let asserts_more = asserts_more(schema, 0) || required.iter().any(unknown);
    Ok(Shape { properties, asserts_more })
}

/// A schema read: the column type and the check.
struct Node {
    ty: Type,
    check: Check,
}

struct Reader<'a> {
    root: &'a Value,
    /// How many references inside properties have been followed.
    references: Cell<usize>,
}

impl<'a> Reader<'a> {
    fn new(root: &'a Value) -> Self {
        Self { root, references: Cell::new(0) }
    }

    fn node(&self, schema: &Value, depth: usize) -> Node {
        let anything = || Node { ty: Type::Json, check: Check::of(Kinds::ANY) };
        let Value::Object(object) = schema else { return anything() };
        if depth > MAX_DEPTH {
            return anything();
        }
        let object = self.merged(object, depth);
        for word in ["anyOf", "oneOf"] {
            if let Some(Value::Array(options)) = object.get(word) {
                return self.options(&object, options, depth);
            }
        }
        let kinds = kinds(&object);
        let check = Check {
            kinds,
            length: (length(&object, "minLength"), length(&object, "maxLength")),
            minimum: bound(&object, "minimum", "exclusiveMinimum", f64::max),
            maximum: bound(&object, "maximum", "exclusiveMaximum", f64::min),
            members: match object.get("properties") {
                Some(Value::Object(members)) if kinds.any_of(Kinds::OBJECT) => members
                    .iter()
                    .map(|(name, schema)| (name.clone(), self.node(schema, depth + 1).check))
                    .filter(|(_, check)| !check.is_anything())
                    .collect(),
                _ => Vec::new(),
            },
            required: if kinds.any_of(Kinds::OBJECT) { required(&object) } else { Vec::new() },
            items: match object.get("items") {
                Some(items @ Value::Object(_)) if kinds.any_of(Kinds::ARRAY) => {
                    Some(Box::new(self.node(items, depth + 1).check)).filter(|check| !check.is_anything())
                }
                _ => None,
            },
        };
        Node { ty: column_type(kinds, object.get("format").and_then(Value::as_str)), check }
    }

    /// One of several: the kinds of all, and the type that holds all. What they demand inside is the validator's business.
    fn options(&self, object: &Map<String, Value>, options: &[Value], depth: usize) -> Node {
        let mut kinds = Kinds::NONE;
        let mut ty: Option<Type> = None;
        let own = if object.contains_key("type") { kinds_of_type(object) } else { Kinds::ANY };
        for option in options {
            let node = self.node(option, depth + 1);
            kinds = kinds.with(node.check.kinds);
            if node.check.kinds != Kinds::NULL {
                ty = Some(ty.map_or(node.ty, |ty| ty.join(node.ty)));
            }
        }
        let kinds = kinds.both(own);
        Node { ty: ty.unwrap_or(Type::Json), check: Check::of(kinds) }
    }

    /// The schema with its `$ref` and `allOf` laid over it: what stands nearer wins, and properties add up.
    fn merged(&self, object: &Map<String, Value>, depth: usize) -> Map<String, Value> {
        let mut merged = object.clone();
        if depth > MAX_DEPTH {
            return merged;
        }
        let target = merged.remove("$ref").and_then(|target| self.resolve(target.as_str()?, depth));
        let parts = match merged.remove("allOf") {
            Some(Value::Array(parts)) => parts,
            _ => Vec::new(),
        };
        for part in target.into_iter().chain(parts) {
            let Value::Object(part) = part else { continue };
            for (word, value) in self.merged(&part, depth + 1) {
                match (merged.get_mut(&word), value) {
                    (None, value) => drop(merged.insert(word, value)),
                    (Some(Value::Object(here)), Value::Object(more)) if word == "properties" => {
                        for (name, schema) in more {
                            here.entry(name).or_insert(schema);
                        }
                    }
                    (Some(Value::Array(here)), Value::Array(more)) if word == "required" => here.extend(more),
                    _ => {}
                }
            }
        }
        merged
    }

    /// The schema that a local reference points to. Inside properties only so many are followed, and not too deep: a schema that
    /// refers to itself has no end, and what is not read here the validator holds the records against.
    fn resolve(&self, target: &str, depth: usize) -> Option<Value> {
        if depth > 0 {
            self.references.set(self.references.get() + 1);
            if depth > MAX_REFERENCE_DEPTH || self.references.get() > MAX_REFERENCES {
                return None;
            }
        }
        let pointer = target.strip_prefix('#')?;
        self.root.pointer(pointer).cloned()
    }
}

fn length(object: &Map<String, Value>, word: &str) -> Option<u64> {
    object.get(word).and_then(Value::as_u64)
}

/// The tighter of the bounds that a schema sets with `word` and with `exclusive`.
fn bound(
    object: &Map<String, Value>,
    word: &str,
    exclusive: &str,
    tighter: impl Fn(f64, f64) -> f64,
) -> Option<Bound> {
    let read = |word: &str, exclusive| {
        let number = object.get(word)?.as_number()?;
        Some(Bound { value: number.as_f64()?, whole: number.as_i64(), exclusive })
    };
    match (read(word, false), read(exclusive, true)) {
        (Some(open), Some(closed)) if tighter(open.value, closed.value) != closed.value => Some(open),
        (open, closed) => closed.or(open),
    }
}

fn required(object: &Map<String, Value>) -> Vec<String> {
    match object.get("required") {
        Some(Value::Array(names)) => {
            names.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect()
        }
        _ => Vec::new(),
    }
}

fn kinds_of_type(object: &Map<String, Value>) -> Kinds {
    match object.get("type") {
        Some(Value::String(name)) => Kinds::named(name),
        Some(Value::Array(names)) => names
            .iter()
            .filter_map(Value::as_str)
            .fold(Kinds::NONE, |kinds, name| kinds.with(Kinds::named(name))),
        _ => Kinds::ANY,
    }
}

/// The kinds that a schema allows: from `type`, or from its `enum` or `const`.
fn kinds(object: &Map<String, Value>) -> Kinds {
    if object.contains_key("type") {
        return kinds_of_type(object);
    }
    let of = |value: &Value| match value {
        Value::Null => Kinds::NULL,
        Value::Bool(_) => Kinds::BOOLEAN,
        Value::Number(number) if number.is_f64() => Kinds::INTEGER.with(Kinds::FRACTION),
        Value::Number(_) => Kinds::INTEGER,
        Value::String(_) => Kinds::STRING,
        Value::Array(_) => Kinds::ARRAY,
        Value::Object(_) => Kinds::OBJECT,
    };
    match (object.get("enum"), object.get("const")) {
        (Some(Value::Array(values)), _) if !values.is_empty() => {
            values.iter().fold(Kinds::NONE, |kinds, value| kinds.with(of(value)))
        }
        (_, Some(value)) => of(value),
        _ => Kinds::ANY,
    }
}

/// The column type for the kinds of value that a property may have.
fn column_type(kinds: Kinds, format: Option<&str>) -> Type {
    if kinds == Kinds::ANY {
        return Type::Json;
    }
    let text = match format {
        Some("date-time") => Type::Timestamp,
        Some("date") => Type::Date,
        Some("time") => Type::Time,
        Some("uuid") => Type::Uuid,
        _ => Type::Text,
    };
    let types = [
        (Kinds::BOOLEAN, Type::Boolean),
        (Kinds::FRACTION, Type::Number),
        (Kinds::INTEGER, Type::Integer),
        (Kinds::STRING, text),
        (Kinds::OBJECT, Type::Json),
        (Kinds::ARRAY, Type::Json),
    ];
    let held = types.iter().filter(|(kind, _)| kinds.any_of(*kind)).map(|(_, ty)| *ty);
    held.reduce(Type::join).unwrap_or(Type::Json)
}
