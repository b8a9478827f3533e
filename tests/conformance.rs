//! What every destination must do: Singer text in, tables out, over memory, DuckDB and Postgres.

/// Append mode.
mod appending;
/// Where in the table a batch's keys lie.
mod bounds;
/// Transactions, bookmarks, and what is written down of them.
mod committing;
/// Soft deletes.
mod deleting;
/// Tables follow their schemas.
mod evolving;
/// Records in files.
mod files;
/// Names and values that are made to break SQL, at random.
mod hostile;
/// Which records are one.
mod keys;
/// At the limits, and what stands in the way of a change.
mod limits;
/// What a load can carry besides rows.
mod loads;
/// Maps of streams.
mod mapping;
/// The law: one row per key, the newest.
mod merging;
/// Names that a database would rather not have.
mod naming;
/// Objects as columns, arrays as tables.
mod nesting;
/// Values out of the common, and those that no column can hold.
mod odd_values;
/// Tables that somebody else made.
mod others;
/// What one run brings takes the place of what was there.
mod overwriting;
/// Streams that other loaders fail at.
mod peers;
/// Which schema tables stand in.
mod placing;
/// Records that cannot be loaded.
mod rejecting;
/// What JSON Schemas of all dialects become, and what they let in.
mod schemas;
/// Where sequences come from.
mod sequences;
/// Tables and how they change.
mod tables;
/// What is stored is what was sent.
mod values;
/// Table versions.
mod versions;
