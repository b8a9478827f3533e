//! Settings as they were given, by whatever name and however written: in files, and in the environment.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::Environment;
use super::known::Known;
use super::texts;
use crate::error::{Error, Result};

/// What the names of variables begin with that are settings, from the weakest: for pipelines that ran with another loader, theirs.
const PREFIXES: [&str; 3] = ["TARGET_DUCKDB_", "TARGET_POSTGRES_", "TARGET_LASTWORD_"];

/// What settings are given to single streams in.
const STREAMS: &str = "streams";

/// Settings as they were given.
#[derive(Clone, Debug, Default)]
pub struct Given(pub(super) Map<String, Value>);

impl Given {
    /// Those of the text of a file. `${NAME}` in a text is the variable of that name, `$${` is `${`.
    ///
    /// # Errors
    /// Where it is not an object in JSON, or a variable is not set.
    pub fn read(text: &str, environment: &Environment) -> Result<Self> {
        let given: Map<String, Value> =
            serde_json::from_str(text).map_err(|error| Error::usage(format!("in the settings: {error}")))?;
        let mut settings = Map::new();
        for (name, mut value) in given {
            texts::expand(&mut value, environment).map_err(|variable| {
                Error::usage(format!("setting {name}: there is no variable {variable}")).hint(format!(
                    "export it, or write $${{{variable}}} where these characters themselves are meant"
                ))
            })?;
            put(&mut settings, &path(&name), value);
        }
        Ok(Self(settings))
    }

    /// Those of the environment: `TARGET_LASTWORD_` and a setting's name, in upper case.
    #[must_use]
    pub fn of_environment(environment: &Environment) -> Self {
        let mut settings = Map::new();
        for prefix in PREFIXES {
            for (name, value) in environment.beginning(prefix) {
                let name = name.to_ascii_lowercase();
                if Known::get().common().find(&name).is_some() {
                    settings.insert(name, Value::from(value));
                }
            }
        }
        Self(settings)
    }

    /// The variables of the text of an `.env` file.
    ///
    /// # Errors
    /// Where a line of it is no variable.
    pub fn variables(text: &str) -> Result<BTreeMap<String, String>> {
        dotenvy::from_read_iter(text.as_bytes())
            .collect::<Result<_, _>>()
            .map_err(|error| Error::usage(format!("in .env: {error}")))
    }

    /// With `later` over these: an object in both is put together, of anything else the later one counts.
    #[must_use]
    pub fn under(mut self, later: Self) -> Self {
        for (name, value) in later.0 {
            put(&mut self.0, &[&name], value);
        }
        self
    }
}

/// The members that lead to a setting. Programs that know no objects join their names with dots.
fn path(name: &str) -> Vec<&str> {
    // A stream's name may have dots itself.
    let of_stream = name.strip_prefix(STREAMS).and_then(|rest| rest.strip_prefix('.'));
    match of_stream.and_then(|rest| rest.rsplit_once('.')) {
        Some((stream, setting)) => vec![STREAMS, stream, setting],
        None if Known::get().common().find(name).is_some() => vec![name],
        None => name.split('.').collect(),
    }
}

/// Sets the member that `path` leads to.
fn put(settings: &mut Map<String, Value>, path: &[&str], value: Value) {
    let Some((name, rest)) = path.split_first() else { return };
    let there = settings.entry((*name).to_owned()).or_insert(Value::Null);
    match (rest, value) {
        ([], Value::Object(members)) if there.is_object() => {
            let Value::Object(there) = there else { return };
            members.into_iter().for_each(|(name, value)| put(there, &[&name], value));
        }
        ([], value) => *there = value,
        (rest, value) => {
            if !there.is_object() {
                *there = Value::Object(Map::new());
            }
            if let Value::Object(there) = there {
                put(there, rest, value);
            }
        }
    }
}
