//! The settings → what becomes of which stream.

use std::fmt;
use std::sync::Arc;

use glob::Pattern;
use serde_json::{Map, Value};

use super::alias::{self, Part};
use super::expression::{Expression, Named};
use super::parse::{self, SUPPORTED, Stop};
use crate::error::{Error, Result};

/// The word for what is dropped, where JSON's null cannot be written.
const NULL: &str = "__NULL__";
/// The member for all that is not named.
const ELSE: &str = "__else__";

/// What becomes of all streams.
#[derive(Clone)]
pub struct Maps {
    entries: Vec<Entry>,
    /// Whether streams that no entry is about are dropped.
    drops_others: bool,
}

/// Without what stands in `stream_map_config`.
impl fmt::Debug for Maps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Maps").field("entries", &self.entries.len()).finish_non_exhaustive()
    }
}

#[derive(Clone)]
struct Entry {
    /// The streams that it is about.
    of: Pattern,
    /// The name of the stream that it makes besides the one that is there.
    besides: Option<String>,
    /// What becomes of them; `None` where they are dropped.
    map: Option<Arc<StreamMap>>,
}

/// A stream that is loaded for one that is sent.
#[derive(Clone, Debug)]
pub struct Output {
    /// Its name.
    pub stream: String,
    /// What becomes of its records; `None` where they stay as they are.
    pub map: Option<Arc<StreamMap>>,
}

/// What becomes of one stream.
pub struct StreamMap {
    pub(super) alias: Option<Vec<Part>>,
    /// The records that stay.
    pub(super) filter: Option<Rule>,
    /// The key; `None` where it stays as it is.
    pub(super) keys: Option<Vec<String>>,
    /// Whether properties that are not named go.
    pub(super) drops_others: bool,
    /// The properties that are named; `None` where they are dropped.
    pub(super) properties: Vec<(String, Option<Rule>)>,
}

impl fmt::Debug for StreamMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamMap").finish_non_exhaustive()
    }
}

/// An expression with its text.
pub(super) struct Rule {
    pub(super) text: String,
    pub(super) expression: Expression<Named>,
}

impl Maps {
    /// Reads the settings `stream_maps` and `stream_map_config`.
    ///
    /// # Errors
    /// Where something in them is not supported; the error says where.
    pub fn read(maps: &Map<String, Value>, config: &Map<String, Value>) -> Result<Self> {
        let mut all = Self { entries: Vec::new(), drops_others: false };
        for (name, given) in maps {
            let entry = match (name.as_str(), given) {
                (ELSE, given) if is_null(given) => {
                    all.drops_others = true;
                    continue;
                }
                (ELSE, _) => Err(format!("{ELSE} may be null or {NULL:?} only")),
                (name, _) if name.starts_with("__") => Err(format!("{name:?} is not supported")),
                (_, given) if is_null(given) => Ok((name.clone(), None, None)),
                (_, Value::Object(given)) => {
                    let map = StreamMap::read(given, config).map_err(|error| error.in_stream(name))?;
                    Ok(match source(given) {
                        Some(source) => (source, Some(name.clone()), Some(map)),
                        None => (name.clone(), None, Some(map)),
                    })
                }
                _ => Err(format!("{name:?} must be an object, or null to drop the stream")),
            };
            let (of, besides, map) = entry.map_err(|what| Error::usage(format!("stream_maps: {what}")))?;
            let of = Pattern::new(&of)
                .map_err(|error| Error::usage(format!("stream_maps: {of:?}: {error}")).in_stream(name))?;
            all.entries.push(Entry { of, besides, map: map.map(Arc::new) });
        }
        Ok(all)
    }

    /// What is loaded for a stream: nothing, where it is dropped. Of several entries that are about it the last one counts, as in the
    /// SDK; each that has a `__source__` adds one.
    #[must_use]
    pub fn of(&self, stream: &str) -> Vec<Output> {
        let mut own = (!self.drops_others).then(|| Output { stream: stream.to_owned(), map: None });
        let mut besides = Vec::new();
        for entry in &self.entries {
            if entry.of.as_str() != stream && !entry.of.matches(stream) {
                continue;
            }
            let output = entry.map.as_ref().map(|map| {
                let name = entry.besides.clone().unwrap_or_else(|| map.name(stream));
                Output { stream: name, map: Some(Arc::clone(map)) }
            });
            match entry.besides {
                None => own = output,
                Some(_) => besides.extend(output),
            }
        }
        own.into_iter().chain(besides).collect()
    }
}

fn is_null(value: &Value) -> bool {
    value.is_null() || value.as_str() == Some(NULL)
}

fn source(given: &Map<String, Value>) -> Option<String> {
    given.get("__source__").and_then(Value::as_str).map(str::to_owned)
}

impl StreamMap {
    fn read(given: &Map<String, Value>, config: &Map<String, Value>) -> Result<Self> {
        let mut map =
            Self { alias: None, filter: None, keys: None, drops_others: false, properties: Vec::new() };
        for (name, given) in given {
            let must = |what: &str| Error::usage(format!("stream_maps: {name} must be {what}"));
            match (name.as_str(), given) {
                (ELSE, given) if is_null(given) => map.drops_others = true,
                (ELSE, _) => return Err(must(&format!("null or {NULL:?}"))),
                ("__filter__", Value::Null) => {}
                ("__filter__", given) => {
                    let text = given.as_str().ok_or_else(|| must("an expression in a text"))?;
                    let expression =
                        parse::condition(text, config).map_err(|stop| refused(name, text, &stop))?;
                    map.filter = Some(Rule { text: text.to_owned(), expression });
                }
                ("__alias__", given) => {
                    let text = given.as_str().ok_or_else(|| must("a text"))?;
                    let parts = alias::read(text).map_err(|stop| refused(name, text, &stop))?;
                    map.alias = Some(parts);
                }
                ("__source__", Value::String(source)) if !source.is_empty() => {}
                ("__source__", _) => return Err(must("a stream's name")),
                ("__key_properties__", given) => {
                    map.keys =
                        Some(keys(given).ok_or_else(|| must("a list of properties, or null for none"))?)
                }
                (other, _) if other.starts_with("__") && other.ends_with("__") => {
                    return Err(Error::usage(format!("stream_maps: {other} is not supported")).hint(
                        "supported are __alias__, __source__, __filter__, __key_properties__ and __else__",
                    ));
                }
                (property, given) if is_null(given) => map.properties.push((property.to_owned(), None)),
                (property, Value::String(text)) => {
                    let expression =
                        parse::value(text, config).map_err(|stop| refused(property, text, &stop))?;
                    let rule = Rule { text: text.clone(), expression };
                    map.properties.push((property.to_owned(), Some(rule)));
                }
                (property, _) => {
                    return Err(Error::usage(format!(
                        "stream_maps: property {property:?} must be an expression in a text, or null to drop it"
                    )));
                }
            }
        }
        Ok(map)
    }

    /// The name that the stream gets.
    fn name(&self, sent: &str) -> String {
        let Some(parts) = &self.alias else { return sent.to_owned() };
        let part = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::StreamName => sent.to_owned(),
        };
        parts.iter().map(part).collect()
    }
}

fn keys(given: &Value) -> Option<Vec<String>> {
    if given.is_null() {
        return Some(Vec::new());
    }
    given.as_array()?.iter().map(|key| key.as_str().map(str::to_owned)).collect()
}

/// An expression that is not supported, with the place where it stops to be.
pub(super) fn refused(of: &str, text: &str, stop: &Stop) -> Error {
    let Stop { column, reason } = stop;
    let of = if of.starts_with("__") { of.to_owned() } else { format!("property {of:?}") };
    Error::usage(format!("stream_maps: {of}: column {column} of {text:?}: {reason}")).hint(SUPPORTED)
}
