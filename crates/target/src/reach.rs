//! From settings to a destination: to load into it, to look at it, or to see whether it would do.

#[cfg(feature = "duckdb")]
use std::sync::{Arc, Mutex, PoisonError};

use crate::check::Found;
use crate::config::{Settings, Target};
use crate::destination::{Destination, Inspect};
use crate::error::{Error, Result};
use crate::lake::Lake;

/// Opens the destination that the settings name, to load into it. What may pass by itself is told to `say`, at once and from any thread.
///
/// # Errors
/// Where it cannot be opened.
#[cfg_attr(not(any(feature = "postgres", feature = "duckdb")), allow(unused_variables))]
pub fn open(settings: &Settings, say: impl FnMut(&str) + Send + 'static) -> Result<Box<dyn Destination>> {
    settings.check_distribution()?;
    match &settings.target {
        #[cfg(feature = "postgres")]
        Target::Postgres(url) => {
            use crate::destination::postgres::{DEFAULT_SCHEMA, Opener, Waits};
            use crate::destination::retrying::{Retries, Retrying};

            let schema = settings.schema.as_deref().unwrap_or(DEFAULT_SCHEMA);
            let waits = Waits { lock: settings.lock_timeout, statement: settings.statement_timeout };
            let opener = Opener::new(url.clone(), schema.to_owned(), waits);
            let mut opener = opener.with_readers(settings.readers(schema));
            let open = Box::new(move || -> Result<Box<dyn Destination>> { Ok(Box::new(opener.open()?)) });
            Ok(Box::new(Retrying::new(open, Retries::of(settings.max_retries), say)?))
        }
        #[cfg(feature = "duckdb")]
        Target::DuckDb(path) => {
            use crate::destination::duckdb::{DEFAULT_SCHEMA, DuckDb};
            use crate::destination::retrying::{Retries, Retrying};

            let schema = settings.schema.clone().unwrap_or_else(|| DEFAULT_SCHEMA.to_owned());
            let (path, limit) = (path.clone(), settings.duckdb_memory_limit.clone());
            let (wait, log) = (settings.lock_timeout, Arc::new(Mutex::new(say)));
            let (theirs, waits) = (settings.duckdb_settings.clone(), Arc::clone(&log));
            let mut was_lost = false;
            let open = Box::new(move || -> Result<Box<dyn Destination>> {
                let say = |words: &str| waits.lock().unwrap_or_else(PoisonError::into_inner)(words);
                let mut duckdb = DuckDb::open_within(&path, &schema, wait, say)?;
                duckdb.limit_memory(limit.as_deref())?;
                duckdb.set(&theirs)?;
                // A file is lost only where there was no room in memory.
                if std::mem::replace(&mut was_lost, true) {
                    duckdb.be_sparing()?;
                }
                Ok(Box::new(duckdb))
            });
            let say = move |words: &str| log.lock().unwrap_or_else(PoisonError::into_inner)(words);
            Ok(Box::new(Retrying::new(open, Retries::of(settings.max_retries), say)?))
        }
        #[cfg(feature = "duckdb")]
        Target::DuckLake(lake) => {
            use crate::destination::duckdb::{DEFAULT_SCHEMA, DuckDb};
            use crate::destination::retrying::{Retries, Retrying};

            let schema = settings.schema.clone().unwrap_or_else(|| DEFAULT_SCHEMA.to_owned());
            let (lake, limit) = (lake.clone(), settings.duckdb_memory_limit.clone());
            let (wait, log) = (settings.lock_timeout, Arc::new(Mutex::new(say)));
            let waits = Arc::clone(&log);
            let open = Box::new(move || -> Result<Box<dyn Destination>> {
                let say = |words: &str| waits.lock().unwrap_or_else(PoisonError::into_inner)(words);
                Ok(Box::new(DuckDb::open_lake_within(&lake, &schema, limit.as_deref(), wait, say)?))
            });
            let say = move |words: &str| log.lock().unwrap_or_else(PoisonError::into_inner)(words);
            Ok(Box::new(Retrying::new(open, Retries::of(settings.max_retries), say)?))
        }
        #[cfg(feature = "duckdb")]
        Target::MotherDuck(database) => {
            use crate::destination::duckdb::{DEFAULT_SCHEMA, DuckDb};
            use crate::destination::retrying::{Retries, Retrying};

            let schema = settings.schema.clone().unwrap_or_else(|| DEFAULT_SCHEMA.to_owned());
            let (database, limit) = (database.clone(), settings.duckdb_memory_limit.clone());
            let open = Box::new(move || -> Result<Box<dyn Destination>> {
                Ok(Box::new(DuckDb::open_motherduck(&database, &schema, limit.as_deref())?))
            });
            Ok(Box::new(Retrying::new(open, Retries::of(settings.max_retries), say)?))
        }
        #[cfg(not(feature = "postgres"))]
        Target::Postgres(_) => Err(not_built(settings)),
        #[cfg(not(feature = "duckdb"))]
        Target::DuckDb(_) | Target::DuckLake(_) | Target::MotherDuck(_) => Err(not_built(settings)),
    }
}

/// Opens the destination to look: nothing is made and nothing is written. A DuckDB file that is not there is as an empty one.
///
/// # Errors
/// Where it cannot be opened.
#[cfg_attr(not(feature = "duckdb"), allow(unused_variables))]
pub fn attach(settings: &Settings, say: impl FnMut(&str) + Send + 'static) -> Result<Box<dyn Inspect>> {
    settings.check_distribution()?;
    match &settings.target {
        #[cfg(feature = "postgres")]
        Target::Postgres(url) => {
            use crate::destination::postgres::{DEFAULT_SCHEMA, Postgres};

            let schema = settings.schema.as_deref().unwrap_or(DEFAULT_SCHEMA);
            Ok(Box::new(Postgres::attach(url, schema)?.with_readers(settings.readers(schema))))
        }
        #[cfg(feature = "duckdb")]
        Target::DuckDb(path) => {
            use crate::destination::duckdb::{DEFAULT_SCHEMA, DuckDb};

            let schema = settings.schema.as_deref().unwrap_or(DEFAULT_SCHEMA);
            let mut duckdb = DuckDb::attach_within(path, schema, settings.lock_timeout, say)?;
            duckdb.limit_memory(settings.duckdb_memory_limit.as_deref())?;
            duckdb.set(&settings.duckdb_settings)?;
            Ok(Box::new(duckdb))
        }
        #[cfg(feature = "duckdb")]
        Target::DuckLake(lake) => {
            use crate::destination::duckdb::{DEFAULT_SCHEMA, DuckDb};

            let schema = settings.schema.as_deref().unwrap_or(DEFAULT_SCHEMA);
            Ok(Box::new(DuckDb::attach_lake(lake, schema, settings.duckdb_memory_limit.as_deref())?))
        }
        #[cfg(feature = "duckdb")]
        Target::MotherDuck(database) => {
            use crate::destination::duckdb::{DEFAULT_SCHEMA, DuckDb};

            let schema = settings.schema.as_deref().unwrap_or(DEFAULT_SCHEMA);
            Ok(Box::new(DuckDb::attach_motherduck(
                database,
                schema,
                settings.duckdb_memory_limit.as_deref(),
            )?))
        }
        #[cfg(not(feature = "postgres"))]
        Target::Postgres(_) => Err(not_built(settings)),
        #[cfg(not(feature = "duckdb"))]
        Target::DuckDb(_) | Target::DuckLake(_) | Target::MotherDuck(_) => Err(not_built(settings)),
    }
}

/// [`attach`], to a DuckDB file that is there.
///
/// # Errors
/// As [`attach`]; where there is no such file.
pub fn attach_to_what_is_there(
    settings: &Settings,
    say: impl FnMut(&str) + Send + 'static,
) -> Result<Box<dyn Inspect>> {
    match &settings.target {
        Target::DuckDb(path) if !path.exists() => {
            Err(Error::destination(format!("there is no file {}", path.display())))
        }
        Target::DuckLake(lake) if is_missing(lake) => Err(no_lake(lake)),
        _ => attach(settings, say),
    }
}

/// Whether the file of its catalog is not there. Of one in Postgres only the server knows.
fn is_missing(lake: &Lake) -> bool {
    lake.file().is_some_and(|path| !path.exists())
}

fn no_lake(lake: &Lake) -> Error {
    Error::destination(format!("there is no lake {lake}"))
}

/// Keeps the destination small, where that is not done by itself; what was done, and how much of it. With `before`, an instant in
/// microseconds since 1970, the past before it goes too.
///
/// # Errors
/// Where nothing is to be done by a loader, or something fails.
#[cfg_attr(not(feature = "duckdb"), allow(unused_variables))]
pub fn maintain(
    settings: &Settings,
    before: Option<i64>,
    say: impl FnMut(&str) + Send + 'static,
) -> Result<Vec<(&'static str, u64)>> {
    match &settings.target {
        Target::DuckLake(lake) if is_missing(lake) => Err(no_lake(lake)),
        #[cfg(feature = "duckdb")]
        Target::DuckLake(lake) => {
            use crate::destination::duckdb::{DEFAULT_SCHEMA, DuckDb};

            let schema = settings.schema.as_deref().unwrap_or(DEFAULT_SCHEMA);
            let (limit, wait) = (settings.duckdb_memory_limit.as_deref(), settings.lock_timeout);
            DuckDb::open_lake_within(lake, schema, limit, wait, say)?.maintain(before)
        }
        #[cfg(not(feature = "duckdb"))]
        Target::DuckLake(_) => Err(not_built(settings)),
        Target::Postgres(_) | Target::DuckDb(_) | Target::MotherDuck(_) => Err(Error::usage(format!(
            "there is nothing to be done for {}",
            settings.target
        ))
        .hint(
            "Postgres and MotherDuck tidy up by themselves, and DuckDB when a load ends; it is for a DuckLake",
        )),
    }
}

/// Takes down what is found of the destination, for a load that is to begin there. Nothing is changed.
///
/// # Errors
/// Where nothing can be found out.
#[cfg_attr(not(any(feature = "postgres", feature = "duckdb")), allow(unused_variables))]
pub fn check(settings: &Settings, found: &mut Found) -> Result<()> {
    settings.check_distribution()?;
    match &settings.target {
        #[cfg(feature = "postgres")]
        Target::Postgres(url) => {
            use crate::destination::postgres::{DEFAULT_SCHEMA, check};

            let schema = settings.schema.as_deref().unwrap_or(DEFAULT_SCHEMA);
            check(url, schema, &settings.readers(schema), settings.distributes(), found)
        }
        #[cfg(feature = "duckdb")]
        Target::DuckDb(path) => {
            use crate::destination::duckdb::{DEFAULT_SCHEMA, check};

            let schema = settings.schema.as_deref().unwrap_or(DEFAULT_SCHEMA);
            check(path, schema, &settings.other_schemas(schema), found)
        }
        #[cfg(feature = "duckdb")]
        Target::DuckLake(lake) => {
            use crate::destination::duckdb::{DEFAULT_SCHEMA, check_lake};

            let schema = settings.schema.as_deref().unwrap_or(DEFAULT_SCHEMA);
            check_lake(
                lake,
                schema,
                &settings.other_schemas(schema),
                settings.duckdb_memory_limit.as_deref(),
                found,
            )
        }
        #[cfg(feature = "duckdb")]
        Target::MotherDuck(database) => {
            use crate::destination::duckdb::{DEFAULT_SCHEMA, check_motherduck};

            let (schema, limit) = (
                settings.schema.as_deref().unwrap_or(DEFAULT_SCHEMA),
                settings.duckdb_memory_limit.as_deref(),
            );
            check_motherduck(database, schema, &settings.other_schemas(schema), limit, found)
        }
        #[cfg(not(feature = "postgres"))]
        Target::Postgres(_) => Err(not_built(settings)),
        #[cfg(not(feature = "duckdb"))]
        Target::DuckDb(_) | Target::DuckLake(_) | Target::MotherDuck(_) => Err(not_built(settings)),
    }
}

#[cfg(not(all(feature = "postgres", feature = "duckdb")))]
fn not_built(settings: &Settings) -> Error {
    Error::usage(format!("this build cannot load into {}", settings.target))
        .hint("build it with the feature of that name")
}
