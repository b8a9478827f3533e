//! The settings of a DuckLake, and of a database in MotherDuck.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::texts::words;
use super::{Config, Target};
use crate::lake::Lake;
use crate::motherduck::MotherDuck;

/// How an object store is reached, as it was given. It holds a key, so it is not shown.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct ObjectStore {
    pub key_id: Option<String>,
    pub secret: Option<String>,
    pub session_token: Option<String>,
    pub region: Option<String>,
    pub endpoint: Option<String>,
    pub url_style: Option<String>,
    pub use_ssl: Option<bool>,
}

impl ObjectStore {
    /// What is set, by DuckDB's names.
    fn named(&self) -> BTreeMap<String, String> {
        let use_ssl = self.use_ssl.map(|is_used| is_used.to_string());
        let named = [
            ("key_id", &self.key_id),
            ("secret", &self.secret),
            ("session_token", &self.session_token),
            ("region", &self.region),
            ("endpoint", &self.endpoint),
            ("url_style", &self.url_style),
            ("use_ssl", &use_ssl),
        ];
        named.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value.clone()?))).collect()
    }
}

impl Config {
    /// The destination with what is said of lakes and of MotherDuck, where it is one.
    pub(super) fn over_extensions(&self, target: Target) -> Target {
        match target {
            Target::DuckLake(lake) => Target::DuckLake(self.in_lake(lake)),
            Target::MotherDuck(database) => Target::MotherDuck(self.in_motherduck(database)),
            target => target,
        }
    }

    fn in_lake(&self, mut lake: Lake) -> Lake {
        lake.data_path = self.data_path.clone();
        lake.extension_directory = self.extension_directory.clone();
        lake.store = self.s3.as_ref().map(ObjectStore::named);
        lake.settings = words(self.settings.clone());
        lake
    }

    fn in_motherduck(&self, mut database: MotherDuck) -> MotherDuck {
        database.token = database.token.or_else(|| self.motherduck_token.clone());
        database.extension_directory = self.extension_directory.clone();
        database.settings = words(self.settings.clone());
        database
    }
}
