//! What a stream's JSON Schema says about its columns.
//!
//! Each property becomes one [`Property`]: its column type, which kinds of JSON value it may have, and what must hold inside it.
//! What the decoder proves by itself (types, `required`, `properties` and `items` at any depth) needs no validator; a schema that
//! asserts more than that has [`Shape::asserts_more`] set, and its records go through the jsonschema library as well.

mod asserts;
mod check;
mod hints;
mod listed;
mod nested;
mod rest;

use std::cell::{Cell, RefCell};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde_json::{Map, Value};
use singer::json::Name;

use crate::types::Type;

use asserts::asserts_more;
pub use check::{Bound, Check, Encoding, Kinds, Members, Property};
pub use listed::{Listed, listed};
pub use nested::{ELEMENT, Inside, Nesting, Part, parts};

/// How deep `$ref` and combinations are followed before a schema counts as "anything".
const MAX_DEPTH: usize = 32;

/// How deep in a property `$ref` is followed.
const MAX_REFERENCE_DEPTH: usize = 6;
/// How many are followed inside properties.
const MAX_REFERENCES: usize = 5_000;
/// How many values are in all that references are followed to, before only what stands at the top of it is read.
const MAX_FOLLOWED: usize = 200_000;

/// What a schema says.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    /// The properties, in the schema's order.
    pub properties: Vec<Property>,
    /// Whether the schema asserts something that is not in `properties`.
    pub asserts_more: bool,
    /// The schema for the validator, of the draft 2019-09 or 2020-12 whatever the tap wrote, without what the decoder proves better.
    pub rest: Value,
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
    if top.get("properties").is_some_and(|properties| !properties.is_object()) {
        return Err("\"properties\" is not an object".into());
    }
    let required: BTreeSet<String> = reader.required(&top).into_iter().collect();
    let mut properties: IndexMap<String, Property> = IndexMap::new();
    for (name, node) in reader.members(&top, 0) {
        match properties.get_mut(&name) {
            None => {
                let required = required.contains(&name);
                let property = Property { required, name: name.clone(), ty: node.ty, check: node.check };
                properties.insert(name, property);
            }
            // Of options each has its say, and the validator holds the record against them.
            Some(property) => {
                let encodings = [property.check.encoding, node.check.encoding];
                let (ty, encoding) = together(property.ty.join(node.ty), &encodings);
                property.ty = ty;
                property.check = Check { encoding, ..Check::of(property.check.kinds.with(node.check.kinds)) };
            }
        }
    }
    let unknown = |name: &String| !properties.contains_key(name);
    let asserts_more = asserts_more(schema, 0) || required.iter().any(unknown);
    let properties = properties.into_values().collect();
    Ok(Shape { properties, asserts_more, rest: if asserts_more { rest::rest(schema) } else { Value::Null } })
}

/// A schema read: the column type and the check.
struct Node {
    ty: Type,
    check: Check,
}

/// What texts stand for where several schemas may say it of a column of type `ty`: text stays text unless all say the same.
fn together(ty: Type, encodings: &[Option<Encoding>]) -> (Type, Option<Encoding>) {
    let first = encodings.first().copied().flatten();
    match ty {
        Type::Bytes if encodings.iter().any(|encoding| *encoding != first) => (Type::Text, None),
        ty if ty.is_numeric() => (ty, encodings.iter().flatten().next().copied()),
        ty => (ty, first),
    }
}

/// Names in their order, each once.
fn sorted(mut names: Vec<String>) -> Vec<String> {
    names.sort_unstable();
    names.dedup();
    names
}

/// Words that say what is inside a value, and nothing of its type.
const INNER: [&str; 5] = ["properties", "patternProperties", "items", "definitions", "$defs"];

/// How many values a value is, with all that are in it.
fn size(value: &Value) -> usize {
    1 + match value {
        Value::Array(elements) => elements.iter().map(size).sum(),
        Value::Object(members) => members.values().map(size).sum(),
        _ => 0,
    }
}

struct Reader<'a> {
    root: &'a Value,
    /// Whether a property says itself that it is required.
    draft3: bool,
    /// How many references inside properties have been followed.
    references: Cell<usize>,
    /// How many values were in what references were followed to.
    followed: Cell<usize>,
    /// How many are in each.
    sizes: RefCell<BTreeMap<String, usize>>,
}

impl<'a> Reader<'a> {
    fn new(root: &'a Value) -> Self {
        Self {
            root,
            draft3: rest::is_draft_3(root),
            references: Cell::new(0),
            followed: Cell::new(0),
            sizes: RefCell::default(),
        }
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
        let kinds = hints::kinds(&object);
        let check = Check {
            kinds,
            length: (hints::length(&object, "minLength"), hints::length(&object, "maxLength")),
            minimum: hints::bound(&object, "minimum", "exclusiveMinimum", Ordering::Greater),
            maximum: hints::bound(&object, "maximum", "exclusiveMaximum", Ordering::Less),
            multiple: hints::multiple(&object),
            encoding: hints::encoding(&object, kinds),
            members: match object.get("properties") {
                Some(Value::Object(members)) if kinds.any_of(Kinds::OBJECT) => members
                    .iter()
                    .map(|(name, schema)| (Name::new(name), self.node(schema, depth + 1).check))
                    .filter(|(_, check)| !check.is_anything())
                    .collect(),
                _ => Members::default(),
            },
            required: if kinds.any_of(Kinds::OBJECT) { sorted(self.required(&object)) } else { Vec::new() },
            items: match object.get("items") {
                Some(items @ Value::Object(_)) if kinds.any_of(Kinds::ARRAY) => {
                    Some(Box::new(self.node(items, depth + 1).check)).filter(|check| !check.is_anything())
                }
                _ => None,
            },
        };
        Node { ty: hints::column_type(&object, kinds), check }
    }

    /// The properties of a schema of records: its own, and those of its options. A record of one option may have anything where only another
    /// one says what a property is: that gives the column its type, and demands nothing.
    fn members(&self, object: &Map<String, Value>, depth: usize) -> Vec<(String, Node)> {
        let mut found = Vec::new();
        let own = object.get("properties").and_then(Value::as_object);
        found.extend(own.into_iter().flatten().map(|(name, schema)| (name.clone(), self.node(schema, 0))));
        for options in ["anyOf", "oneOf"].iter().filter_map(|word| object.get(*word)?.as_array()) {
            let options = options.iter().filter_map(|option| self.option(option, depth));
            let options: Vec<Vec<(String, Node)>> = options.collect();
            let mut say: BTreeMap<String, usize> = BTreeMap::new();
            for option in &options {
                let names: BTreeSet<&String> = option.iter().map(|(name, _)| name).collect();
                names.into_iter().for_each(|name| *say.entry(name.clone()).or_default() += 1);
            }
            let all = options.len();
            // What the schema itself says of a property holds in every option.
            let more = |name: &String| own.is_none_or(|own| !own.contains_key(name));
            found.extend(options.into_iter().flatten().filter(|(name, _)| more(name)).map(
                |(name, mut node)| {
                    if say[&name] < all {
                        node.check = Check { encoding: node.check.encoding, ..Check::of(Kinds::ANY) };
                    }
                    (name, node)
                },
            ));
        }
        found
    }

    /// The properties of an option; `None` where it is none of objects.
    fn option(&self, option: &Value, depth: usize) -> Option<Vec<(String, Node)>> {
        match option {
            Value::Object(option) if depth < MAX_REFERENCE_DEPTH => {
                let option = self.merged(option, depth + 1);
                let takes_objects =
                    !option.contains_key("type") || hints::kinds_of_type(&option).any_of(Kinds::OBJECT);
                takes_objects.then(|| self.members(&option, depth + 1))
            }
            Value::Bool(false) => None,
            _ => Some(Vec::new()),
        }
    }

    /// The members that an object must have.
    fn required(&self, object: &Map<String, Value>) -> Vec<String> {
        let listed = object.get("required").and_then(Value::as_array).into_iter().flatten();
        let mut names: Vec<String> = listed.filter_map(|name| name.as_str().map(str::to_owned)).collect();
        if let (true, Some(Value::Object(members))) = (self.draft3, object.get("properties")) {
            let says_so = |member: &Value| member.get("required") == Some(&Value::Bool(true));
            names.extend(members.iter().filter(|(_, member)| says_so(member)).map(|(name, _)| name.clone()));
        }
        names
    }

    /// One of several: the kinds of all, and the type that holds all. What they demand inside is the validator's business.
    fn options(&self, object: &Map<String, Value>, options: &[Value], depth: usize) -> Node {
        let mut kinds = Kinds::NONE;
        let mut ty: Option<Type> = None;
        let mut encodings = Vec::new();
        let own = if object.contains_key("type") { hints::kinds_of_type(object) } else { Kinds::ANY };
        for option in options {
            let node = self.node(option, depth + 1);
            kinds = kinds.with(node.check.kinds);
            if node.check.kinds != Kinds::NULL {
                ty = Some(ty.map_or(node.ty, |ty| ty.join(node.ty)));
                encodings.push(node.check.encoding);
            }
        }
        let kinds = kinds.both(own);
        let (ty, encoding) = together(ty.unwrap_or(Type::Json), &encodings);
        Node { ty, check: Check { encoding, ..Check::of(kinds) } }
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
        let found = self.root.pointer(target.strip_prefix('#')?)?;
        let known = self.sizes.borrow().get(target).copied();
        let size = known.unwrap_or_else(|| {
            let size = size(found);
            self.sizes.borrow_mut().insert(target.to_owned(), size);
            size
        });
        self.followed.set(self.followed.get().saturating_add(size));
        if self.followed.get() <= MAX_FOLLOWED {
            return Some(found.clone());
        }
        let Value::Object(found) = found else { return None };
        let top = found.iter().filter(|(word, _)| !INNER.contains(&word.as_str()));
        (depth == 0)
            .then(|| top.map(|(word, value)| (word.clone(), value.clone())).collect::<Map<_, _>>().into())
    }
}
