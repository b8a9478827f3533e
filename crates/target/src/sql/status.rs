//! What was loaded, by the loader's own tables.

use super::ledger::{LOADS, REJECTED, TABLES};
use super::{Dialect, qualified, quote};
use crate::table::TableName;
use crate::types::Type;

/// The counts of `_sdc_loads`, in the order in which they are asked for.
const COUNTS: [&str; 8] =
    ["received", "inserted", "replaced", "stale", "duplicate", "deleted", "rejected", "bytes"];

/// The tables that are remembered: name, stream and mode.
#[must_use]
pub fn tables(schema: &str) -> String {
    format!("select table_name, stream, mode from {}.{TABLES} order by table_name", quote(schema))
}

/// How many rows a table has.
#[must_use]
pub fn count(table: &TableName) -> String {
    format!("select count(*) from {}", qualified(table))
}

/// The last loads, the newest first: the run's id, its commits, when its first batch was sealed and its last commit was made in
/// microseconds since 1970, the counts, and how many bookmarks it has committed.
#[must_use]
pub fn loads(dialect: &dyn Dialect, schema: &str, most: usize) -> String {
    format!(
        "select load_id, count(*), {}, {}, {}, count(bookmark) from {}.{LOADS} {}",
        dialect.micros("min(sealed_at)"),
        dialect.micros("max(committed_at)"),
        sums(dialect),
        quote(schema),
        newest(most)
    )
}

/// The streams of the last loads: the run's id and the stream's name.
#[must_use]
pub fn streams(dialect: &dyn Dialect, schema: &str, most: usize) -> String {
    let loads = format!("{}.{LOADS}", quote(schema));
    format!(
        "select distinct load_id, {} as stream from {loads} where load_id in (select load_id from {loads} {}) order by 1, 2",
        dialect.members("streams"),
        newest(most)
    )
}

/// When each stream was committed last, in microseconds since 1970.
#[must_use]
pub fn last_commits(dialect: &dyn Dialect, schema: &str) -> String {
    format!(
        "select stream, {} from (select committed_at, {} as stream from {}.{LOADS}) as commits group by stream",
        dialect.micros("max(committed_at)"),
        dialect.members("streams"),
        quote(schema)
    )
}

/// All loads together: how many, their commits, and the counts.
#[must_use]
pub fn totals(dialect: &dyn Dialect, schema: &str) -> String {
    format!("select count(distinct load_id), count(*), {} from {}.{LOADS}", sums(dialect), quote(schema))
}

/// How many refused records have not been sent through again.
#[must_use]
pub fn rejects(schema: &str) -> String {
    format!("select count(*) from {}.{REJECTED}", quote(schema))
}

fn sums(dialect: &dyn Dialect) -> String {
    let integer = dialect.type_name(Type::Integer);
    let sums = COUNTS.iter().map(|count| format!("cast(coalesce(sum({count}), 0) as {integer})"));
    sums.collect::<Vec<_>>().join(", ")
}

fn newest(most: usize) -> String {
    format!("group by load_id order by max(committed_at) desc, load_id limit {most}")
}
