//! What a stream's JSON Schema says about its columns.
//!
//! Each property becomes one [`Property`]: its column type, which kinds of JSON value it may have, and what must hold inside it.
//! What the decoder proves by itself (types, `required`, `properties` and `items` at any depth) needs no validator; a schema that
//! asserts more than that has [`Shape::asserts_more`] set, and its records go through the jsonschema library as well.

use serde_json::{Map, Value};

use crate::types::Type;

/// How deep `$ref` and combinations are followed before a schema counts as "anything".
const MAX_DEPTH: usize = 32;

/// Kinds of JSON value, as a set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kinds(u8);

impl Kinds {
    /// No kind.
    pub const NONE: Kinds = Kinds(0);
    /// `null`.
    pub const NULL: Kinds = Kinds(1);
    /// `true` and `false`.
    pub const BOOLEAN: Kinds = Kinds(2);
    /// Whole numbers.
    pub const INTEGER: Kinds = Kinds(4);
    /// Numbers that are not whole.
    pub const FRACTION: Kinds = Kinds(8);
    /// Strings.
    pub const STRING: Kinds = Kinds(16);
    /// Objects.
    pub const OBJECT: Kinds = Kinds(32);
    /// Arrays.
    pub const ARRAY: Kinds = Kinds(64);
    /// Every kind.
    pub const ANY: Kinds = Kinds(127);

    /// Both sets together.
    #[must_use]
    pub const fn with(self, other: Kinds) -> Kinds {
        Kinds(self.0 | other.0)
    }

    /// What both have.
    #[must_use]
    pub const fn both(self, other: Kinds) -> Kinds {
        Kinds(self.0 & other.0)
    }

    /// Whether any of `other` is in this set.
    #[must_use]
    pub const fn any_of(self, other: Kinds) -> bool {
        self.0 & other.0 != 0
    }

    fn named(name: &str) -> Kinds {
        match name {
            "null" => Kinds::NULL,
            "boolean" => Kinds::BOOLEAN,
            "integer" => Kinds::INTEGER,
            "number" => Kinds::INTEGER.with(Kinds::FRACTION),
            "string" => Kinds::STRING,
            "object" => Kinds::OBJECT,
            "array" => Kinds::ARRAY,
            _ => Kinds::NONE,
        }
    }
}

impl std::fmt::Display for Kinds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let named = [
            (Kinds::BOOLEAN, "boolean"),
            (Kinds::FRACTION, "number"),
            (Kinds::INTEGER, "integer"),
            (Kinds::STRING, "string"),
            (Kinds::OBJECT, "object"),
            (Kinds::ARRAY, "array"),
            (Kinds::NULL, "null"),
        ];
        let held = named.iter().filter(|(kind, name)| {
            self.any_of(*kind) && !(*name == "integer" && self.any_of(Kinds::FRACTION))
        });
        let names: Vec<_> = held.map(|(_, name)| *name).collect();
        f.write_str(&names.join(" or "))
    }
}

/// A bound of a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bound {
    /// The bound.
    pub value: f64,
    /// The same where it is a whole number of 64 bits, so that long integers compare exactly.
    pub whole: Option<i64>,
    /// Whether the bound itself is out.
    pub exclusive: bool,
}

/// What a value must be.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Check {
    /// The kinds it may have.
    pub kinds: Kinds,
    /// The fewest and the most characters of a string.
    pub length: (Option<u64>, Option<u64>),
    /// What a number must not be below.
    pub minimum: Option<Bound>,
    /// What a number must not be above.
    pub maximum: Option<Bound>,
    /// What an object's members must be.
    pub members: Vec<(String, Check)>,
    /// The members that an object must have.
    pub required: Vec<String>,
    /// What an array's elements must be.
    pub items: Option<Box<Check>>,
}

impl Check {
    /// A check of kinds alone.
    #[must_use]
    pub fn of(kinds: Kinds) -> Check {
        Check { kinds, ..Check::default() }
    }

    /// Whether there is anything to look at inside an object or an array.
    #[must_use]
    pub fn looks_inside(&self) -> bool {
        !self.members.is_empty() || !self.required.is_empty() || self.items.is_some()
    }

    /// Whether any value passes.
    #[must_use]
    pub fn is_anything(&self) -> bool {
        *self == Check::of(Kinds::ANY)
    }
}

/// A property of a stream's records.
#[derive(Clone, Debug, PartialEq)]
pub struct Property {
    /// Its name.
    pub name: String,
    /// The type of its column.
    pub ty: Type,
    /// What its values must be.
    pub check: Check,
    /// Whether every record must have it.
    pub required: bool,
}

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
    let reader = Reader { root: schema };
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
    Ok(Shape { properties: properties.collect(), asserts_more: asserts_more(schema) })
}

/// A schema read: the column type and the check.
struct Node {
    ty: Type,
    check: Check,
}

struct Reader<'a> {
    root: &'a Value,
}

impl Reader<'_> {
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
        let target = merged.remove("$ref").and_then(|target| self.resolve(target.as_str()?));
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

    /// The schema that a local reference points to.
    fn resolve(&self, target: &str) -> Option<Value> {
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
    "anyOf",
    "oneOf",
    "$ref",
    "$dynamicRef",
    "$recursiveRef",
    "disallow",
    "extends",
];

/// The words that the decoder proves where they stand beside the type.
const BOUNDS: &[&str] =
    &["minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"];

/// Whether a schema asserts more than types, bounds, members, required members and items.
fn asserts_more(schema: &Value) -> bool {
    let Value::Object(object) = schema else { return *schema == Value::Bool(false) };
    object.iter().any(|(word, value)| match (word.as_str(), value) {
        ("additionalProperties", Value::Bool(true) | Value::Null) => false,
        ("properties", Value::Object(members)) => members.values().any(asserts_more),
        // What is merged is not added up: two bounds of one kind are the validator's business.
        ("allOf", Value::Array(parts)) => parts.iter().any(|part| asserts_more(part) || has_bounds(part)),
        ("items", Value::Array(_)) => true,
        ("items", items) => asserts_more(items),
        // Draft 4 has true and false here.
        ("exclusiveMinimum" | "exclusiveMaximum", Value::Bool(_)) => true,
        (word, _) => ASSERTIONS.contains(&word),
    })
}

/// Whether a bound stands anywhere in a schema.
fn has_bounds(schema: &Value) -> bool {
    match schema {
        Value::Object(object) => {
            object.iter().any(|(word, value)| BOUNDS.contains(&word.as_str()) || has_bounds(value))
        }
        Value::Array(parts) => parts.iter().any(has_bounds),
        _ => false,
    }
}
