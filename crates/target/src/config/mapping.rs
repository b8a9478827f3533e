//! Where the streams of a source's schemas go, who may read there, and what is indexed: `schema_mapping`, as other loaders have it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;

use super::{Config, Settings};
use crate::error::{Error, Result};
use crate::flush::Extras;

/// What stands between the parts of a stream's name, where there is a mapping of schemas.
pub(super) const SEPARATOR: &str = "-";

/// The name of the setting that says who may read.
pub(super) const READERS: &str = "default_target_schema_select_permission";

/// The schemas of the source that go to a schema of their own.
#[derive(Clone, Debug, Default)]
pub(super) struct Mapping {
    entries: BTreeMap<String, Entry>,
    /// The roles that may read where an entry does not say it.
    readers: Vec<String>,
}

/// Where the streams of one schema of the source go.
#[derive(Clone, Debug)]
struct Entry {
    schema: String,
    readers: Vec<String>,
    /// By table: the columns of each index.
    indices: BTreeMap<String, Vec<Vec<String>>>,
}

/// An entry as it is given.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    target_schema: String,
    #[serde(alias = "target_schema_select_permission")]
    target_schema_select_permissions: Option<Value>,
    #[serde(default)]
    indices: Option<BTreeMap<String, Value>>,
}

impl Config {
    /// What the settings say of the schemas of the source.
    pub(super) fn mapping(&self) -> Result<Mapping> {
        let given = self.default_target_schema_select_permission.as_ref();
        let readers = given.map(|given| roles(given).ok_or_else(|| unreadable(READERS))).transpose()?;
        let readers = readers.unwrap_or_default();
        let entries = self.schema_mapping.iter().flatten().map(|(source, given)| {
            let entry = entry(given, &readers)
                .map_err(|what| Error::usage(format!("setting schema_mapping: {source:?}: {what}")))?;
            Ok((source.clone(), entry))
        });
        Ok(Mapping { entries: entries.collect::<Result<_>>()?, readers })
    }
}

fn entry(given: &Value, readers: &[String]) -> Result<Entry, String> {
    if let Value::String(schema) = given {
        return entry(&serde_json::json!({"target_schema": schema}), readers);
    }
    let given = Given::deserialize(given).map_err(|error| error.to_string())?;
    if given.target_schema.is_empty() {
        return Err("target_schema is empty".to_owned());
    }
    let readers = match &given.target_schema_select_permissions {
        None | Some(Value::Null) => readers.to_vec(),
        Some(given) => {
            roles(given).ok_or_else(|| unreadable("target_schema_select_permissions").to_string())?
        }
    };
    let indices = given.indices.into_iter().flatten().map(|(table, given)| {
        let indices = indices(&given).ok_or_else(|| {
            format!("indices: {table:?}: it is a list of indices, each of them a column, or columns with commas between")
        })?;
        Ok((table, indices))
    });
    Ok(Entry { schema: given.target_schema, readers, indices: indices.collect::<Result<_, String>>()? })
}

/// The columns of each index.
fn indices(given: &Value) -> Option<Vec<Vec<String>>> {
    let indices: Option<Vec<Vec<String>>> = match given {
        Value::Array(list) => list.iter().map(|index| index.as_str().map(parts)).collect(),
        Value::String(index) => Some(vec![parts(index)]),
        _ => None,
    };
    indices.filter(|indices| indices.iter().all(|columns| !columns.is_empty()))
}

/// The roles in a value: a text, a list, or an object with `users` and `groups`, which are roles alike.
fn roles(given: &Value) -> Option<Vec<String>> {
    let of_list = |list: &Vec<Value>| list.iter().map(|role| role.as_str().map(parts)).collect();
    let roles: Option<Vec<Vec<String>>> = match given {
        Value::Null => Some(Vec::new()),
        Value::String(text) => Some(vec![parts(text)]),
        Value::Array(list) => of_list(list),
        Value::Object(object) if object.keys().all(|kind| kind == "users" || kind == "groups") => {
            object.values().map(roles).collect()
        }
        _ => None,
    };
    let roles: BTreeSet<String> = roles?.into_iter().flatten().collect();
    Some(roles.into_iter().collect())
}

/// The names in a text, with commas between.
fn parts(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

fn unreadable(setting: &str) -> Error {
    Error::usage(format!("{setting}: it is a role, a list of roles, or an object with users and groups"))
}

impl Mapping {
    /// Whether anything is mapped.
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The schemas that streams are mapped to.
    pub(super) fn schemas(&self) -> BTreeSet<&str> {
        self.entries.values().map(|entry| entry.schema.as_str()).collect()
    }

    /// Whether it asks for what only some databases have: roles that may read, and indices.
    pub(super) fn asks_for(&self) -> (bool, bool) {
        let readers =
            !self.readers.is_empty() || self.entries.values().any(|entry| !entry.readers.is_empty());
        (readers, self.entries.values().any(|entry| !entry.indices.is_empty()))
    }
}

impl Settings {
    fn entry_of(&self, stream: &str) -> Option<&Entry> {
        let parts: Vec<&str> = stream.split(self.stream_name_separator.as_deref()?).collect();
        let source = match parts[..] {
            [schema, _] | [_, schema, _, ..] => schema,
            _ => return None,
        };
        self.mapping.entries.get(source)
    }

    /// What a stream's table is to be called.
    #[must_use]
    pub fn table_of<'a>(&self, stream: &'a str) -> &'a str {
        let separator = self.stream_name_separator.as_deref();
        let last = separator.and_then(|separator| stream.rsplit_once(separator)).map(|(_, last)| last);
        last.filter(|last| !last.is_empty()).unwrap_or(stream)
    }

    /// The schema for a stream's tables; the destination's default where none is set.
    #[must_use]
    pub fn schema_of(&self, stream: &str) -> Option<&str> {
        self.entry_of(stream).map(|entry| entry.schema.as_str()).or(self.schema.as_deref())
    }

    /// What a stream's tables get when they are made.
    #[must_use]
    pub fn extras_of(&self, stream: &str) -> Extras {
        let Some(entry) = self.entry_of(stream) else {
            return Extras { readers: self.mapping.readers.clone(), indices: Vec::new() };
        };
        let indices = entry.indices.get(self.table_of(stream)).cloned().unwrap_or_default();
        Extras { readers: entry.readers.clone(), indices }
    }

    /// The schemas that streams are mapped to, besides the run's: `own`.
    #[must_use]
    pub fn other_schemas(&self, own: &str) -> Vec<String> {
        self.mapping.schemas().into_iter().filter(|schema| *schema != own).map(str::to_owned).collect()
    }

    /// The schemas that tables stand in, each with the roles that may use it if it is made. The run's is `own`.
    #[must_use]
    pub fn readers(&self, own: &str) -> BTreeMap<String, Vec<String>> {
        let mapped = self.mapping.entries.values().map(|entry| (entry.schema.as_str(), &entry.readers));
        let mut readers: BTreeMap<String, BTreeSet<&String>> = BTreeMap::new();
        for (schema, roles) in mapped.chain([(own, &self.mapping.readers)]) {
            readers.entry(schema.to_owned()).or_default().extend(roles);
        }
        readers.into_iter().map(|(schema, roles)| (schema, roles.into_iter().cloned().collect())).collect()
    }
}
