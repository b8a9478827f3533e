//! The schema of mapped records.

use serde_json::{Map, Value, json};

use super::expression::{Cast, Expression, Which};
use super::plan::{Rule, StreamMap};
use super::text::stays;
use crate::error::{Error, Result};
use crate::schema::{Listed, listed};

/// What is loaded of a stream's records.
pub(super) struct Made {
    /// The JSON Schema's text.
    pub(super) schema: String,
    /// The key.
    pub(super) keys: Vec<String>,
    /// The properties that the tap resumes by.
    pub(super) bookmarks: Vec<String>,
    /// What it was made from.
    pub(super) sent: Listed,
    /// The properties that go through without being named, where others do not.
    pub(super) kept: Vec<String>,
}

/// Makes the schema of the records that `map` makes of those that `schema` describes.
///
/// # Errors
/// Where the schema is none, or does not have what the map needs.
pub(super) fn make(map: &StreamMap, schema: &str, keys: &[String], bookmarks: &[String]) -> Result<Made> {
    let schema: Value = serde_json::from_str(schema)
        .map_err(|error| Error::input("the schema cannot be read").caused_by(error))?;
    // What is none is refused in the same words as for other streams.
    crate::schema::read(&schema).map_err(Error::input)?;
    let sent = listed(&schema);
    let keys = map.keys.clone().unwrap_or_else(|| keys.to_vec());
    let kept = |name: &str| stays(name, !map.drops_others) || keys.iter().any(|key| key == name);
    let mut properties: Map<String, Value> = Map::new();
    let stay = sent.properties.iter().filter(|(name, _)| kept(name));
    properties.extend(stay.map(|(name, schema)| (name.clone(), schema.clone())));
    let mut required: Vec<String> = sent.required.iter().filter(|name| kept(name)).cloned().collect();
    for (name, rule) in &map.properties {
        required.retain(|other| other != name);
        let Some(rule) = rule else {
            if keys.contains(name) {
                return Err(Error::usage(format!(
                    "stream_maps: property {name:?} is of the key, and is dropped"
                ))
                .hint("set __key_properties__ to the properties that are the key, or to null"));
            }
            properties.shift_remove(name);
            continue;
        };
        properties.insert(name.clone(), kind(name, rule, &sent));
        if source(name, rule).is_some_and(|source| sent.required.iter().any(|required| required == source)) {
            required.push(name.clone());
        }
    }
    if let Some(key) = keys.iter().find(|key| !properties.contains_key(*key)) {
        return Err(Error::usage(format!(
            "stream_maps: the key property {key:?} is not among the mapped properties"
        ))
        .hint("set __key_properties__ to the properties that are the key, or to null"));
    }
    if properties.is_empty() && !sent.properties.is_empty() {
        return Err(Error::usage("stream_maps: no property is left")
            .hint("name the properties that are to stay, or set the stream to null to drop it"));
    }
    let bookmarks = bookmarks.iter().filter_map(|bookmark| now(map, bookmark, &properties)).collect();
    let kept = sent.properties.keys().filter(|name| kept(name)).cloned().collect();
    let mut schema = sent.around.clone();
    schema.insert("type".into(), "object".into());
    schema.insert("properties".into(), properties.into());
    if !required.is_empty() {
        schema.insert("required".into(), required.into());
    }
    Ok(Made { schema: Value::from(schema).to_string(), keys, bookmarks, sent, kept })
}

/// The property whose value a rule passes on as it is.
fn source<'a>(name: &'a str, rule: &'a Rule) -> Option<&'a str> {
    match &rule.expression {
        Expression::Property(named) => match &named.which {
            Which::Property(source) | Which::Optional(source) => Some(source),
            Which::Own => Some(name),
            Which::StreamName => None,
        },
        _ => None,
    }
}

/// What a property that the tap resumes by is called now, if it is still there.
fn now(map: &StreamMap, bookmark: &str, properties: &Map<String, Value>) -> Option<String> {
    let named = |name: &str| map.properties.iter().find(|(other, _)| other == name);
    let stays = properties.contains_key(bookmark) && named(bookmark).is_none();
    if stays {
        return Some(bookmark.to_owned());
    }
    let passed = |(name, rule): &(String, Option<Rule>)| {
        rule.as_ref().and_then(|rule| source(name, rule)).is_some_and(|source| source == bookmark)
    };
    let renamed = map.properties.iter().find(|rule| passed(rule)).map(|(name, _)| name.clone());
    renamed.or_else(|| properties.contains_key(bookmark).then(|| bookmark.to_owned()))
}

/// The schema of what a rule gives.
fn kind(name: &str, rule: &Rule, sent: &Listed) -> Value {
    if let Some(source) = source(name, rule) {
        return sent.properties.get(source).cloned().unwrap_or_else(|| nullable("string"));
    }
    match &rule.expression {
        Expression::Property(_) | Expression::Hash(..) | Expression::Cast(Cast::Text, _) => {
            nullable("string")
        }
        Expression::Cast(Cast::Integer, _) => nullable("integer"),
        Expression::Cast(Cast::Number, _) => nullable("number"),
        Expression::Constant(json) => match json.as_bytes().first() {
            Some(b'n') => match sent.properties.get(name) {
                Some(schema) => json!({"anyOf": [schema, {"type": "null"}]}),
                None => nullable("string"),
            },
            Some(b'"') => nullable("string"),
            Some(b't' | b'f') => nullable("boolean"),
            Some(b'[') => nullable("array"),
            Some(b'{') => nullable("object"),
            _ if json.contains(['.', 'e', 'E']) => nullable("number"),
            _ => nullable("integer"),
        },
        _ => nullable("boolean"),
    }
}

fn nullable(kind: &str) -> Value {
    json!({"type": [kind, "null"]})
}
