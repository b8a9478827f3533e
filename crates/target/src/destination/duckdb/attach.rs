//! A file that is looked at: it is opened for reading, which leaves it and the log beside it as they are. Others can look at it at the same
//! time, and nobody can write to it meanwhile.

use std::fs;
use std::path::Path;
use std::time::Duration;

use ::duckdb::{AccessMode, Config, Connection};

use super::{DuckDb, Store, failed, patiently, sql, unopened};
use crate::error::Result;

/// Whether a database is there. An empty file holds none: whoever writes to it makes one in it.
pub(super) fn holds_database(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|file| file.len() > 0)
}

/// Opens a file for reading.
pub(super) fn read_only(path: &Path) -> ::duckdb::Result<Connection> {
    Connection::open_with_flags(path, Config::default().access_mode(AccessMode::ReadOnly)?)
}

impl DuckDb {
    /// Opens the file at `path` to look; where there is none, an empty database in memory.
    ///
    /// # Errors
    /// Of class destination; where the loader's own tables are of an earlier version, too.
    pub fn attach(path: &Path, schema: &str) -> Result<Self> {
        let connection = match holds_database(path) {
            true => read_only(path).map_err(unopened)?,
            false => Connection::open_in_memory().map_err(|error| failed("open a database", error))?,
        };
        let duckdb = Self::over(connection, Store::File, schema);
        duckdb.connection.execute_batch(sql::SESSION).map_err(|error| failed("set its session", error))?;
        duckdb.looking()
    }

    /// As [`DuckDb::attach`], but waits so long for another process to let go of the file, which `say` is told once.
    ///
    /// # Errors
    /// As [`DuckDb::attach`]; of a file that is held it says by whom.
    pub fn attach_within(path: &Path, schema: &str, wait: Duration, say: impl FnOnce(&str)) -> Result<Self> {
        patiently(wait, say, || Self::attach(path, schema))
    }
}
