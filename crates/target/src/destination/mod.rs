//! Where rows go: one trait, and an implementation for each destination.

#[cfg(any(feature = "duckdb", feature = "postgres"))]
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::batch::Sealed;
use crate::decode::Limits;
use crate::error::{Error, Result};
use crate::flush::{Counts, Flush, FlushId, Load, Reject, Replayed, StreamCounts};
use crate::names::Rules;
use crate::shard::Shard;
use crate::sql::Dialect;
use crate::status::Standing;
use crate::table::{Memory, Stored, TableName};
use crate::types::Type;

#[cfg_attr(not(any(feature = "duckdb", feature = "postgres")), allow(dead_code))]
mod distributing;
#[cfg(feature = "duckdb")]
pub mod duckdb;
#[cfg_attr(not(any(feature = "duckdb", feature = "postgres")), allow(dead_code))]
mod guarded;
#[cfg_attr(not(any(feature = "duckdb", feature = "postgres")), allow(dead_code))]
mod load;
pub mod memory;
#[cfg(feature = "postgres")]
pub mod postgres;
pub mod rehearsal;
pub mod retrying;
#[cfg_attr(not(any(feature = "duckdb", feature = "postgres")), allow(dead_code))]
mod session;
pub mod silence;
mod terms;
pub mod watched;
#[cfg_attr(not(any(feature = "duckdb", feature = "postgres")), allow(dead_code))]
mod whole;

/// What a destination can hold.
#[derive(Clone, Copy)]
pub struct Abilities {
    /// Its rules for names.
    pub names: Rules,
    /// What its values may be.
    pub limits: Limits,
    /// The type as which it stores a type.
    pub storage: fn(Type) -> Type,
    /// How many rows of a table with so many columns one commit carries at most.
    pub most_rows: fn(usize) -> u64,
    /// The schema for tables where no setting names one.
    pub default_schema: &'static str,
    /// How its statements are spelled.
    pub dialect: &'static dyn Dialect,
}

impl std::fmt::Debug for Abilities {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Abilities")
            .field("names", &self.names)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// A database that rows are loaded into.
///
/// One loader calls it from one thread: [`Destination::describe`] for each stream when its SCHEMA comes, [`Destination::commit`] for
/// each flush, in the order of the input. The caller has folded each batch to one row per key, and has ordered the loads by table.
pub trait Destination: Send {
    /// What it can hold. Never changes.
    fn abilities(&self) -> Abilities;

    /// The table as it exists, with what the `_sdc_tables` of its schema remembers of it; `None` where there is none.
    ///
    /// # Errors
    /// Of class destination.
    fn describe(&mut self, table: &TableName) -> Result<Option<Stored>>;

    /// Begins the run `load` of the pipeline `state_id`: from here on no flush of its earlier runs is committed.
    ///
    /// # Errors
    /// Of class destination.
    fn begin(&mut self, state_id: &str, load: &str) -> Result<()>;

    /// Carries out everything in `flush` in one transaction: DDL, rows, rejects, what is remembered, the counts and the bookmark.
    ///
    /// After `Ok` all of it is durable. After an error of class destination nothing happened. After one of class unknown
    /// everything or nothing did, and [`Destination::committed`] tells. A flush that was committed is never committed again.
    /// It is shared with a destination that was given up, which may have it still.
    ///
    /// # Errors
    /// Of class destination or unknown.
    fn commit(&mut self, flush: &Arc<Flush>) -> Result<Receipt>;

    /// What became of each stream's records in a flush, if it was committed.
    ///
    /// # Errors
    /// Of class destination.
    fn committed(&mut self, flush: &FlushId) -> Result<Option<StreamCounts>>;

    /// The bookmark of the last commit that had one, as JSON text: of the loads of this shard, or of those of everything.
    ///
    /// # Errors
    /// Of class destination.
    fn bookmark(&mut self, shard: Option<Shard>) -> Result<Option<String>>;

    /// The refused records that have not been sent through again, the oldest first, each with what it is called by.
    ///
    /// # Errors
    /// Of class destination.
    fn rejected(&mut self) -> Result<Vec<(Replayed, Reject)>>;

    /// Whether every stored value of a column, of type `from`, is the same value as `to`.
    ///
    /// # Errors
    /// Of class destination.
    fn fits(&mut self, table: &TableName, column: &str, from: Type, to: Type) -> Result<bool>;

    /// Runs the statements by which a table of another loader becomes this one's, and remembers it so from then on: in one transaction.
    /// Where it is remembered by then nothing happens: a second loader was faster, and its rows have sequences that must stay.
    ///
    /// # Errors
    /// Of class destination: then nothing happened.
    fn administer(&mut self, statements: &[String], memory: &Memory, table: &TableName) -> Result<()>;
}

/// A database that is looked at, and that nothing is written to.
pub trait Inspect: Destination {
    /// The statements that a load runs before anything else: those that make the schema and the loader's own tables, where they are not
    /// there.
    fn preparations(&self) -> Vec<String>;

    /// The statements that a load runs before the first table of the schema is loaded into, where that is not the run's.
    ///
    /// # Errors
    /// Of class destination.
    fn preparations_in(&mut self, schema: &str) -> Result<Vec<String>>;

    /// What was loaded, into the run's schema and into these others, and the last loads, at most so many.
    ///
    /// # Errors
    /// Of class destination.
    fn standing(&mut self, others: &[String], loads: usize) -> Result<Standing>;
}

/// Proof that a flush was committed, and what it did. Only a destination can make one.
#[derive(Debug)]
pub struct Receipt {
    flush: FlushId,
    counts: StreamCounts,
}

impl Receipt {
    /// The flush that was committed.
    #[must_use]
    pub fn flush(&self) -> &FlushId {
        &self.flush
    }

    /// What became of each stream's records.
    #[must_use]
    pub fn counts(&self) -> &StreamCounts {
        &self.counts
    }
}

/// What a destination says of the rows of one batch.
#[derive(Clone, Copy, Debug, Default)]
struct Written {
    inserted: u64,
    replaced: u64,
    deleted: u64,
    stale: u64,
    duplicate: u64,
    ended: u64,
}

/// Refuses a flush of a pipeline whose newest run is another one.
fn check_newest(flush: &Flush, newest: Option<&str>) -> Result<()> {
    match &flush.state_id {
        Some(state_id) if newest != Some(&flush.id.load) => {
            Err(Error::destination(format!("a newer run of the pipeline {state_id:?} has begun"))
                .hint("this one may not commit any more; what its last bookmark does not cover is left to the newer one"))
        }
        _ => Ok(()),
    }
}

/// What is only looked at is not brought up to date.
#[cfg(any(feature = "duckdb", feature = "postgres"))]
fn outdated() -> Error {
    Error::destination("the loader's own tables are of an earlier version of it")
        .hint("load something: the first load brings them up to date")
}

/// The counts of a load, once the rows of `batch`, which are what is left of its own, are written.
fn settle(load: &Load, batch: Option<&Sealed>, written: Written) -> Counts {
    let lost = batch.map(Sealed::lost).unwrap_or_default();
    Counts {
        inserted: written.inserted,
        replaced: written.replaced,
        deleted: written.deleted,
        stale: written.stale + lost.stale,
        duplicate: written.duplicate + lost.duplicate,
        ended: load.counts.ended + written.ended,
        ..load.counts
    }
}

/// What is stored of the counts: their sum, and the text of all streams' in JSON.
#[cfg(any(feature = "duckdb", feature = "postgres"))]
fn totals(counts: &StreamCounts) -> Result<(Counts, String)> {
    let mut sum = Counts::default();
    counts.values().for_each(|stream| sum.add(stream));
    let text = serde_json::to_string(counts)
        .map_err(|error| Error::bug("counts cannot be written").caused_by(error))?;
    Ok((sum, text))
}

/// The counts that are stored as `text`.
#[cfg(any(feature = "duckdb", feature = "postgres"))]
fn counted(text: &str) -> Result<StreamCounts> {
    serde_json::from_str(text)
        .map_err(|error| Error::destination("the counts in _sdc_loads cannot be read").caused_by(error))
}

/// A list of names as `_sdc_tables` has it.
#[cfg(feature = "duckdb")]
fn json(names: &[String]) -> String {
    serde_json::Value::from(names).to_string()
}

/// The list of names that is stored so.
#[cfg(any(feature = "duckdb", feature = "postgres"))]
fn names(json: Option<&str>) -> Vec<String> {
    json.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default()
}

/// The versions that are stored as `json`: see [`Memory::activated`].
#[cfg(any(feature = "duckdb", feature = "postgres"))]
fn activated(json: Option<&str>) -> BTreeMap<Shard, i64> {
    json.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default()
}

/// The versions as `_sdc_tables` has them: see [`Memory::activated`].
#[cfg(feature = "duckdb")]
fn versions(activated: &BTreeMap<Shard, i64>) -> Option<String> {
    serde_json::to_string(activated).ok().filter(|_| !activated.is_empty())
}

/// The refused records that are sent through again: of each run the lines with their tables and their places in files, as a list in JSON.
#[cfg(any(feature = "duckdb", feature = "postgres"))]
fn lines_by_run(replayed: &[Replayed]) -> Vec<(&str, String)> {
    let mut runs: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for Replayed { load_id, line, schema, table, place } in replayed {
        let (schema, place) = (schema.as_deref().unwrap_or_default(), place.as_deref().unwrap_or_default());
        // With the lengths of the names, so that no two of these are one text.
        let at =
            format!("{line} {} {schema} {} {table} {place}", schema.chars().count(), table.chars().count());
        runs.entry(load_id).or_default().push(at);
    }
    runs.into_iter().map(|(run, lines)| (run, serde_json::Value::from(lines).to_string())).collect()
}

/// Refuses counts that leave a remainder: a row that is nowhere, or counted twice.
fn check_identity(counts: &StreamCounts) -> Result<()> {
    match counts.iter().find(|(_, counts)| counts.remainder() != 0) {
        None => Ok(()),
        Some((stream, counts)) => Err(Error::bug(format!(
            "received {} records, but {} of them are not accounted for",
            counts.received,
            counts.remainder()
        ))
        .in_stream(stream)),
    }
}
