//! A database in MotherDuck. It has DuckDB's statements, as many loaders at once as like to, and is far away: what reads the batch is here.

use super::turns::{CONFLICTS, again_and_again, says};
use super::{DuckDb, Store, failed};
use crate::error::{Error, Result};
use crate::motherduck::MotherDuck;
use crate::sql::motherduck as sql;

impl DuckDb {
    /// Opens a database in MotherDuck, and makes the schema and the loader's own tables in it. DuckDB may use so much memory here:
    /// see [`DuckDb::limit_memory`].
    ///
    /// # Errors
    /// Of class usage where DuckDB cannot read the limit; else of class destination.
    pub fn open_motherduck(database: &MotherDuck, schema: &str, limit: Option<&str>) -> Result<Self> {
        let stands_against = |error: &Error| says(error, &CONFLICTS);
        let mut duckdb = again_and_again(stands_against, || Self::visit(database, schema, limit))?;
        duckdb.insist_on(|duckdb| duckdb.prepare().map_err(|error| failed("prepare the schema", error)))?;
        Ok(duckdb)
    }

    /// Opens a database in MotherDuck to look.
    ///
    /// # Errors
    /// As [`DuckDb::open_motherduck`]; where the loader's own tables are of an earlier version, too.
    pub fn attach_motherduck(database: &MotherDuck, schema: &str, limit: Option<&str>) -> Result<Self> {
        Self::visit(database, schema, limit)?.looking()
    }

    pub(super) fn visit(database: &MotherDuck, schema: &str, limit: Option<&str>) -> Result<Self> {
        let (duckdb, theirs) = Self::start(Store::MotherDuck, schema, limit, &database.settings)?;
        duckdb.load_extensions(database.extensions(), database.extension_directory.as_deref())?;
        duckdb.set(&theirs)?;
        let run = |statement: &str| duckdb.connection.execute_batch(statement);
        if let Some(token) = &database.token {
            run(&sql::token(token)).map_err(|_| Error::usage("DuckDB cannot set motherduck_token"))?;
        }
        run(&sql::attach(&database.place, &database.database))
            .map_err(|error| unattached(database, &error))?;
        Ok(duckdb)
    }
}

/// Why a database cannot be attached. What is said may hold the token.
fn unattached(database: &MotherDuck, error: &::duckdb::Error) -> Error {
    let said = error.to_string();
    let said = database.token.as_ref().map_or(said.clone(), |token| said.replace(token, "…"));
    Error::destination(format!("DuckDB cannot open {database}: {said}")).hint(
        "the database must be there (CREATE DATABASE), and motherduck_token must be allowed to write to it",
    )
}
