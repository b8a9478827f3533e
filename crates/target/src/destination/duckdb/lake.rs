//! A DuckLake: a catalog in a DuckDB file or in Postgres, and files of rows in a folder or an object store. It has DuckDB's statements, and
//! as many loaders at once as like to.

use std::time::Duration;

use super::turns::{CONFLICTS, again_and_again, says};
use super::{DuckDb, HELD, Store, failed, patiently};
use crate::error::{Error, Result};
use crate::lake::Lake;
use crate::sql::ducklake as sql;

/// What it says besides where another one makes the same lake.
const MADE: &str = "already exists";

/// What it says of a catalog without a lake, where only is looked.
const NO_LAKE: &str = "creating a new DuckLake is explicitly disabled";

impl DuckDb {
    /// Opens a lake, which is made where it is not there, and makes the schema and the loader's own tables in it. DuckDB may use so much
    /// memory: see [`DuckDb::limit_memory`].
    ///
    /// # Errors
    /// Of class usage where DuckDB cannot read the limit; else of class destination.
    pub fn open_lake(lake: &Lake, schema: &str, limit: Option<&str>) -> Result<Self> {
        // Two loaders that make the same lake, or the same tables, stand against each other as well.
        let stands_against = |error: &Error| says(error, &CONFLICTS) || says(error, &[MADE]);
        let mut duckdb = again_and_again(stands_against, || Self::enter(lake, schema, limit, false))?;
        duckdb.insist_on(|duckdb| duckdb.prepare().map_err(|error| failed("prepare the schema", error)))?;
        Ok(duckdb)
    }

    /// As [`DuckDb::open_lake`], but waits so long for another process to let go of a catalog in a file, which `say` is told once.
    ///
    /// # Errors
    /// As [`DuckDb::open_lake`].
    pub fn open_lake_within(
        lake: &Lake,
        schema: &str,
        limit: Option<&str>,
        wait: Duration,
        say: impl FnOnce(&str),
    ) -> Result<Self> {
        patiently(wait, say, || Self::open_lake(lake, schema, limit))
    }

    /// Opens a lake to look; where there is none, an empty database in memory.
    ///
    /// # Errors
    /// As [`DuckDb::open_lake`]; where the loader's own tables are of an earlier version, too.
    pub fn attach_lake(lake: &Lake, schema: &str, limit: Option<&str>) -> Result<Self> {
        Self::enter(lake, schema, limit, true)?.looking()
    }

    pub(super) fn enter(lake: &Lake, schema: &str, limit: Option<&str>, looks: bool) -> Result<Self> {
        let (duckdb, theirs) = Self::start(Store::Lake, schema, limit, &lake.settings)?;
        let run = |statement: &str| duckdb.connection.execute_batch(statement);
        duckdb.load_extensions(lake.extensions(), lake.extension_directory.as_deref())?;
        run(sql::INLINE).map_err(|error| failed("set its session", error))?;
        duckdb.set(&theirs)?;
        if let Some(store) = &lake.store {
            let set = run(&sql::object_store(store));
            set.map_err(|_| Error::usage("setting s3: DuckDB cannot take it as a secret"))?;
        }
        let attach = sql::attach(&lake.catalog, lake.data_path.as_deref(), looks);
        let is_nowhere = looks && lake.file().is_some_and(|path| !path.exists());
        let attached = match is_nowhere {
            true => run(&sql::attach_nothing()),
            false => run(&attach).or_else(|error| match error.to_string().contains(NO_LAKE) {
                true => run(&sql::attach_nothing()),
                false => Err(error),
            }),
        };
        attached.map_err(|error| unattached(lake, &error))?;
        Ok(duckdb)
    }

    /// Keeps a lake small. With `before`, an instant in microseconds since 1970, what was only there before it goes. Says what was done, and
    /// how much of it.
    ///
    /// # Errors
    /// Of class destination: what was done before stays done.
    pub fn maintain(&mut self, before: Option<i64>) -> Result<Vec<(&'static str, u64)>> {
        let steps = sql::tidy().into_iter().chain(before.map(sql::expire).into_iter().flatten());
        let step = |(what, query): (&'static str, String)| {
            let done = self.insist_on(|duckdb| {
                let count = duckdb.connection.query_row(&query, [], |row| row.get::<_, u64>(0));
                count.map_err(|error| failed("tidy the lake up", error))
            });
            done.map(|count| (what, count))
        };
        steps.map(step).collect()
    }
}

/// Why a lake cannot be attached. DuckDB's words hold the catalog's, and with those a password.
fn unattached(lake: &Lake, error: &::duckdb::Error) -> Error {
    let mut said = error.to_string().replace(&lake.catalog, &lake.to_string());
    if let Some(password) = lake.connection().as_ref().and_then(|info| info.get("password")) {
        said = said.replace(password, "…");
    }
    let failed = Error::destination(format!("DuckDB cannot open the lake {lake}: {said}"));
    if said.contains(HELD) {
        return failed
            .hint("only one process at a time can use a catalog in a file; one in Postgres many")
            .passing();
    }
    match said.contains("DATA_PATH") || said.contains("data path") {
        true => failed.hint("set data_path to the folder of the lake's files"),
        false => failed.hint(
            "it looks like ducklake:lake.ducklake, or ducklake:postgres:dbname=lake host=db with data_path",
        ),
    }
}
