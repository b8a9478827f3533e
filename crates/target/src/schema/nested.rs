//! What is inside a property: the members of objects and the elements of arrays that get columns and tables of their own.

use serde_json::{Map, Value};

use super::hints::kinds;
use super::{Kinds, Property, Reader};

/// The name of the column of an element that is no object.
pub const ELEMENT: &str = "value";

/// Deeper than this an array is JSON.
const MAX_LEVELS: usize = 8;

/// How nested data is taken apart.
#[derive(Clone, Copy, Debug)]
pub struct Nesting {
    /// How many levels of objects become columns.
    pub depth: usize,
    /// Whether arrays become tables.
    pub arrays: bool,
}

/// A property with what is inside it.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// The property.
    pub property: Property,
    /// What is inside.
    pub inside: Inside,
}

/// What is inside a property.
#[derive(Clone, Debug, PartialEq)]
pub enum Inside {
    /// Nothing that is looked for: the value goes into one column.
    Value,
    /// An object's members.
    Object(Vec<Part>),
    /// An array's element.
    Array(Box<Part>),
}

/// The properties of a stream's schema, taken apart as `nesting` says. An object without declared members, a schema that refers to
/// itself, and what may be of several kinds stay whole.
#[must_use]
pub fn parts(schema: &Value, properties: &[Property], nesting: Option<Nesting>) -> Vec<Part> {
    let whole = |property: &Property| Part { property: property.clone(), inside: Inside::Value };
    let (Some(nesting), Value::Object(object)) = (nesting, schema) else {
        return properties.iter().map(whole).collect();
    };
    let reader = Reader::new(schema);
    let top = reader.merged(object, 0);
    let members = top.get("properties").and_then(Value::as_object);
    let part = |property: &Property| {
        let schema = members.and_then(|members| members.get(&property.name));
        let inside = schema.map_or(Inside::Value, |schema| {
            let mut walk = Walk { reader: &reader, nesting, followed: references(object) };
            walk.inside(schema, nesting.depth, 0)
        });
        Part { property: property.clone(), inside }
    };
    properties.iter().map(part).collect()
}

struct Walk<'a> {
    reader: &'a Reader<'a>,
    nesting: Nesting,
    /// The references that were followed to come here.
    followed: Vec<String>,
}

impl Walk<'_> {
    fn inside(&mut self, schema: &Value, depth: usize, levels: usize) -> Inside {
        let Value::Object(object) = schema else { return Inside::Value };
        let targets = references(object);
        if targets.iter().any(|target| target == "#" || self.followed.contains(target)) {
            return Inside::Value;
        }
        let length = self.followed.len();
        self.followed.extend(targets);
        let inside = self.merged(&self.reader.merged(object, 1), depth, levels);
        self.followed.truncate(length);
        inside
    }

    fn merged(&mut self, object: &Map<String, Value>, depth: usize, levels: usize) -> Inside {
        for word in ["anyOf", "oneOf"] {
            let Some(Value::Array(options)) = object.get(word) else { continue };
            let null = |option: &Value| option.as_object().is_some_and(|option| kinds(option) == Kinds::NULL);
            let mut others = options.iter().filter(|option| !null(option));
            return match (others.next(), others.next()) {
                (Some(only), None) => self.inside(only, depth, levels),
                _ => Inside::Value,
            };
        }
        let of = |kind: Kinds| {
            let kinds = kinds(object);
            kinds.with(Kinds::NULL) == kind.with(Kinds::NULL)
        };
        match (object.get("properties"), object.get("items")) {
            (Some(Value::Object(members)), _) if of(Kinds::OBJECT) && depth > 0 && !members.is_empty() => {
                let needed = self.reader.required(object);
                let part = |(name, schema): (&String, &Value)| Part {
                    property: self.property(name, schema, needed.contains(name)),
                    inside: self.inside(schema, depth - 1, levels),
                };
                Inside::Object(members.iter().map(part).collect())
            }
            (_, Some(items @ Value::Object(_))) if self.tables(of(Kinds::ARRAY), levels) => {
                let inside = self.inside(items, self.nesting.depth, levels + 1);
                Inside::Array(Box::new(Part { property: self.property(ELEMENT, items, false), inside }))
            }
            (_, None | Some(Value::Bool(true))) if self.tables(of(Kinds::ARRAY), levels) => {
                let property = self.property(ELEMENT, &Value::Bool(true), false);
                Inside::Array(Box::new(Part { property, inside: Inside::Value }))
            }
            _ => Inside::Value,
        }
    }

    fn tables(&self, array: bool, levels: usize) -> bool {
        array && self.nesting.arrays && levels < MAX_LEVELS
    }

    fn property(&self, name: &str, schema: &Value, required: bool) -> Property {
        let node = self.reader.node(schema, 1);
        Property { name: name.to_owned(), ty: node.ty, required, check: node.check }
    }
}

/// The references of a schema, and of those that it is put together of.
fn references(object: &Map<String, Value>) -> Vec<String> {
    let parts =
        object.get("allOf").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object);
    let all = std::iter::once(object).chain(parts);
    all.filter_map(|part| part.get("$ref")?.as_str().map(str::to_owned)).collect()
}
