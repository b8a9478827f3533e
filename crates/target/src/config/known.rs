//! The settings that there are, as schemas/config.schema.json has them: that file alone says what a setting is called and what it takes.

use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::texts;

/// The settings, as JSON Schema.
static SCHEMA: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../../schemas/config.schema.json")).unwrap_or_default()
});

static NONE: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);

/// How alike a name must be to what was written for it to be meant, from 0 to 1.
const ALIKE: f64 = 0.7;

/// The settings that there are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known(&'static Value);

impl Known {
    pub(super) fn get() -> Self {
        Self(&SCHEMA)
    }

    /// The schema itself.
    pub(super) fn schema(self) -> &'static Value {
        self.0
    }

    /// Those that are given once.
    pub(super) fn common(self) -> Place {
        self.place("/properties")
    }

    /// Those that a stream can have for itself.
    pub(super) fn of_stream(self) -> Place {
        self.place("/definitions/stream/properties")
    }

    fn place(self, pointer: &str) -> Place {
        let properties = self.0.pointer(pointer).and_then(Value::as_object);
        Place { root: self.0, properties: properties.unwrap_or(&NONE) }
    }
}

/// A place that settings stand in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    root: &'static Value,
    properties: &'static Map<String, Value>,
}

impl Place {
    /// The settings in it.
    pub(super) fn all(self) -> impl Iterator<Item = Setting> {
        self.properties.iter().map(move |(name, schema)| {
            let target = schema.get("$ref").and_then(Value::as_str);
            let resolved = target.and_then(|target| self.root.pointer(target.trim_start_matches('#')));
            Setting { name, schema: resolved.unwrap_or(schema) }
        })
    }

    /// The setting of this name, or that has it for another name.
    pub(super) fn find(self, name: &str) -> Option<Setting> {
        self.all().find(|setting| setting.name == name || setting.aliases().any(|alias| alias == name))
    }

    /// The name that was probably meant.
    pub(super) fn nearest(self, name: &str) -> Option<&'static str> {
        nearest(name, self.all().filter(|setting| setting.ignored().is_none()).map(|setting| setting.name))
    }
}

/// The word that was probably meant.
fn nearest<'a>(word: &str, words: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    words
        .map(|known| (strsim::normalized_damerau_levenshtein(&word, known), known))
        .filter(|(alike, _)| *alike >= ALIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, known)| known)
}

/// A setting.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting {
    /// Its name.
    pub(super) name: &'static str,
    /// What it takes.
    pub(super) schema: &'static Value,
}

impl Setting {
    /// Other names for it.
    pub(super) fn aliases(self) -> impl Iterator<Item = &'static str> {
        self.schema["aliases"].as_array().into_iter().flatten().filter_map(Value::as_str)
    }

    /// Why it has no effect, where it has none.
    pub(super) fn ignored(self) -> Option<&'static str> {
        self.schema["ignored"].as_str()
    }

    /// Whether nobody may see its value.
    pub(super) fn is_secret(self) -> bool {
        self.schema["writeOnly"] == true
    }

    /// The settings that stand within it, where it is an object of such.
    pub(super) fn members(self) -> Option<Place> {
        let properties = self.schema["properties"].as_object();
        properties.map(|properties| Place { root: self.schema, properties })
    }

    /// The kinds of value that it takes, as JSON Schema calls them.
    fn kinds(self) -> Vec<&'static str> {
        match &self.schema["type"] {
            Value::String(kind) => vec![kind],
            Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// The value that is meant: who knows nothing but texts writes all of them so. Null, and no text where there must be more, is no value.
    pub(super) fn meant(self, value: Value) -> Option<Value> {
        let kinds = self.kinds();
        match value {
            Value::Null => None,
            Value::String(text) if !kinds.is_empty() && !kinds.contains(&"string") => {
                let meant = texts::meant(&text, &kinds);
                if meant.is_none() && text.trim().is_empty() {
                    None
                } else {
                    meant.or(Some(Value::from(text)))
                }
            }
            // JSON Schema has it that 5.0 is an integer.
            Value::Number(number) if kinds.contains(&"integer") && !number.is_i64() && !number.is_u64() => {
                let whole = number.as_f64().filter(|number| number.fract() == 0.0 && number.abs() < 9e15);
                Some(whole.map_or(Value::Number(number), |whole| Value::from(whole as i64)))
            }
            value => Some(value),
        }
    }

    /// What is wrong with a value that it cannot take: what it got and what it takes, and the word that was probably meant.
    pub(super) fn fault(self, value: &Value) -> (String, Option<&'static str>) {
        let words = self.schema["enum"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let meant = value.as_str().and_then(|word| nearest(word, words));
        (format!("got {}; it takes {}", self.shown(value), self.takes()), meant)
    }

    /// A value for people. What may hold a secret is not shown.
    fn shown(self, value: &Value) -> String {
        match value {
            Value::Object(_) => "an object".to_owned(),
            Value::Array(_) => "a list".to_owned(),
            Value::String(_) if self.is_secret() => "a text".to_owned(),
            Value::Number(_) if self.is_secret() => "a number".to_owned(),
            Value::String(text) if text.chars().count() > 60 => "a long text".to_owned(),
            value => value.to_string(),
        }
    }

    /// What it takes, in words.
    fn takes(self) -> String {
        if let Some(words) = self.schema["enum"].as_array() {
            let words: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
            return format!("one of {}", words.join(", "));
        }
        let (least, most) = (&self.schema["minimum"], &self.schema["maximum"]);
        let bounds = match (least.is_null(), most.is_null()) {
            (true, true) => String::new(),
            (false, true) => format!(" from {least}"),
            (true, false) => format!(" up to {most}"),
            (false, false) => format!(" from {least} to {most}"),
        };
        let kinds: Vec<String> = self.kinds().into_iter().map(|kind| named(kind, &bounds)).collect();
        let examples = self.schema["examples"].as_array().into_iter().flatten().map(Value::to_string);
        let examples: Vec<String> = examples.take(4).collect();
        match kinds.is_empty() {
            true => format!("a value such as {}", examples.join(", ")),
            false => format!("{}, such as {}", kinds.join(" or "), examples.join(", ")),
        }
    }
}

/// A kind of value, as a person calls it.
fn named(kind: &str, bounds: &str) -> String {
    match kind {
        "boolean" => "true or false".to_owned(),
        "integer" => format!("a whole number{bounds}"),
        "number" => format!("a number{bounds}"),
        "string" => "a text".to_owned(),
        "array" => "a list".to_owned(),
        "object" => "an object".to_owned(),
        other => other.to_owned(),
    }
}
