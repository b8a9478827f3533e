//! A database that DuckDB reaches by its extensions, and not as a file.

use std::collections::BTreeMap;

use ::duckdb::Connection;

use super::{DuckDb, Store, failed, made};
use crate::destination::outdated;
use crate::error::Result;
use crate::sql::duckdb as sql;
use crate::sql::duckdb::extensions::{extension_directory, install_extension, load_extension};

impl DuckDb {
    /// DuckDB without a file, and those of the settings that it does not know before the extensions are there: they may be theirs.
    pub(super) fn start(
        store: Store,
        schema: &str,
        limit: Option<&str>,
        settings: &BTreeMap<String, String>,
    ) -> Result<(Self, BTreeMap<String, String>)> {
        let connection = Connection::open_in_memory().map_err(|error| failed("start", error))?;
        let mut duckdb = Self::over(connection, store, schema);
        duckdb.limit_memory(limit)?;
        let run = |statement: &str| duckdb.connection.execute_batch(statement);
        run(sql::SESSION).map_err(|error| failed("set its session", error))?;
        let mut theirs = settings.clone();
        theirs.retain(|name, value| run(&sql::set(name, value)).is_err());
        Ok((duckdb, theirs))
    }

    /// Loads what DuckDB needs besides: from a folder, where DuckDB has one of its own, or from the network and into that.
    pub(super) fn load_extensions(
        &self,
        names: impl Iterator<Item = &'static str>,
        folder: Option<&str>,
    ) -> Result<()> {
        let run = |statement: String| self.connection.execute_batch(&statement);
        if let Some(folder) = folder {
            run(extension_directory(folder)).map_err(|error| failed("set extension_directory", error))?;
        }
        for name in names {
            if run(load_extension(name)).is_ok() {
                continue;
            }
            let loaded = run(install_extension(name)).and_then(|()| run(load_extension(name)));
            loaded.map_err(|error| {
                failed(&format!("load its extension {name}"), error)
                    .hint("it comes from extensions.duckdb.org; where that is not reached, set extension_directory to a folder that has it")
            })?;
        }
        Ok(())
    }

    /// The database to look at: what the loader keeps for itself is there as this version has it, or not at all.
    pub(super) fn looking(mut self) -> Result<Self> {
        let needed = self.needed().map_err(|error| failed("look for its own tables", error))?;
        self.remembers = needed.is_empty();
        match self.remembers || needed == made(self.store, &self.schema) {
            true => Ok(self),
            false => Err(outdated()),
        }
    }
}
