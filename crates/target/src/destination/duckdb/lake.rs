//! A DuckLake: a catalog in a DuckDB file or in Postgres, and files of rows in a folder or an object store. It has DuckDB's statements, and
//! as many loaders at once as like to.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use ::duckdb::{Connection, Transaction};
use backon::{BackoffBuilder, ExponentialBuilder};

use super::{DuckDb, HELD, Store, failed, made, patiently};
use crate::destination::{Receipt, outdated};
use crate::error::{Error, Result};
use crate::flush::Flush;
use crate::lake::Lake;
use crate::sql::{duckdb, ducklake as sql};

/// What DuckLake says of a commit that came too late, and Postgres of one in the catalog: nothing of it happened.
const CONFLICTS: [&str; 4] = [
    "Transaction conflict",
    "could not serialize access",
    "deadlock detected",
    "duplicate key value violates unique constraint",
];

/// What it says besides where another one makes the same lake.
const MADE: &str = "already exists";

/// What it says of a catalog without a lake, where only is looked.
const NO_LAKE: &str = "creating a new DuckLake is explicitly disabled";

/// What is said where the way to the catalog is lost.
const LOST: [&str; 4] =
    ["server closed the connection", "connection to server", "Connection refused", "terminating connection"];

/// The pauses before a commit that came too late is made anew, each longer by chance: one of those that stood against each other has gone
/// through, so it is never for ever.
const PAUSES: (Duration, Duration) = (Duration::from_millis(20), Duration::from_secs(1));

/// So often a commit may come too late.
const MOST: usize = 1_000;

impl DuckDb {
    /// Opens a lake, which is made where it is not there, and makes the schema and the loader's own tables in it. DuckDB may use so much
    /// memory (`512MB`).
    ///
    /// # Errors
    /// Of class usage where DuckDB cannot read the limit; else of class destination.
    pub fn open_lake(lake: &Lake, schema: &str, limit: &str) -> Result<Self> {
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
        limit: &str,
        wait: Duration,
        say: impl FnOnce(&str),
    ) -> Result<Self> {
        patiently(wait, say, || Self::open_lake(lake, schema, limit))
    }

    /// Opens a lake to look; where there is none, an empty database in memory.
    ///
    /// # Errors
    /// As [`DuckDb::open_lake`]; where the loader's own tables are of an earlier version, too.
    pub fn attach_lake(lake: &Lake, schema: &str, limit: &str) -> Result<Self> {
        let mut duckdb = Self::enter(lake, schema, limit, true)?;
        let needed = duckdb.needed().map_err(|error| failed("look for its own tables", error))?;
        duckdb.remembers = needed.is_empty();
        match duckdb.remembers || needed == made(Store::Lake, schema) {
            true => Ok(duckdb),
            false => Err(outdated()),
        }
    }

    pub(super) fn enter(lake: &Lake, schema: &str, limit: &str, looks: bool) -> Result<Self> {
        let connection = Connection::open_in_memory().map_err(|error| failed("start", error))?;
        let duckdb = Self::over(connection, Store::Lake, schema);
        duckdb.limit_memory(limit)?;
        let run = |statement: &str| duckdb.connection.execute_batch(statement);
        run(duckdb::SESSION).map_err(|error| failed("set its session", error))?;
        // What is not known before the extensions are there may be theirs.
        let mut theirs = lake.settings.clone();
        theirs.retain(|name, value| run(&duckdb::set(name, value)).is_err());
        duckdb.load_extensions(lake)?;
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

    /// Loads what DuckDB needs besides: from its folder of extensions, or from the network and into that.
    fn load_extensions(&self, lake: &Lake) -> Result<()> {
        let run = |statement: String| self.connection.execute_batch(&statement);
        if let Some(folder) = &lake.extension_directory {
            run(sql::extension_directory(folder))
                .map_err(|error| failed("set extension_directory", error))?;
        }
        for name in lake.extensions() {
            if run(sql::load_extension(name)).is_ok() {
                continue;
            }
            let loaded = run(sql::install_extension(name)).and_then(|()| run(sql::load_extension(name)));
            loaded.map_err(|error| {
                failed(&format!("load its extension {name}"), error)
                    .hint("it comes from extensions.duckdb.org; where that is not reached, set extension_directory to a folder that has it")
            })?;
        }
        Ok(())
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

    /// Does something in a transaction that others can stand against, until it goes through.
    pub(super) fn insist_on<T>(&mut self, mut work: impl FnMut(&mut Self) -> Result<T>) -> Result<T> {
        match self.store {
            Store::File => work(self),
            Store::Lake => again_and_again(|error| says(error, &CONFLICTS), || work(self)),
        }
    }

    /// Carries a flush out, again and again while others go first.
    pub(super) fn insist(&mut self, flush: &Arc<Flush>) -> Result<Receipt> {
        let mut is_first = true;
        self.insist_on(|duckdb| {
            // An answer that was lost may have been a yes.
            if !std::mem::take(&mut is_first)
                && let Some(counts) = crate::destination::Destination::committed(duckdb, &flush.id)?
            {
                return Ok(Receipt { flush: flush.id.clone(), counts });
            }
            duckdb.attempt(flush)
        })
    }
}

/// Does something that others can stand against, as errors say, until it goes through.
fn again_and_again<T>(
    stands_against: impl Fn(&Error) -> bool,
    mut work: impl FnMut() -> Result<T>,
) -> Result<T> {
    let pauses = ExponentialBuilder::new().with_min_delay(PAUSES.0).with_max_delay(PAUSES.1);
    let mut pauses = pauses.with_max_times(MOST).with_jitter().build();
    loop {
        match work() {
            Err(error) if stands_against(&error) => match pauses.next() {
                Some(pause) => thread::sleep(pause),
                None => return Err(error),
            },
            Err(error) if says(&error, &LOST) => return Err(error.passing()),
            done => return done,
        }
    }
}

/// Takes a turn in these schemas among those who write to the lake. Of a file there is one writer.
pub(super) fn take_turns<'a>(
    store: Store,
    transaction: &Transaction<'_>,
    schemas: impl IntoIterator<Item = &'a str>,
) -> Result<()> {
    if store == Store::File {
        return Ok(());
    }
    let schemas: BTreeSet<&str> = schemas.into_iter().collect();
    schemas.into_iter().try_for_each(|schema| {
        transaction.execute_batch(&sql::take_turn(schema)).map_err(|error| failed("take its turn", error))
    })
}

fn says(error: &Error, words: &[&str]) -> bool {
    let said = error.to_string();
    words.iter().any(|word| said.contains(word))
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
