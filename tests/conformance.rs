//! What every destination must do: Singer text in, tables out, over memory, DuckDB and Postgres.

/// Append mode.
mod appending;
/// Transactions, bookmarks, and what is written down of them.
mod committing;
/// Soft deletes.
mod deleting;
/// Which records are one.
mod keys;
/// What a load can carry besides rows.
mod loads;
/// The law: one row per key, the newest.
mod merging;
/// Names that a database would rather not have.
mod naming;
/// Records that cannot be loaded.
mod rejecting;
/// Where sequences come from.
mod sequences;
/// Tables and how they change.
mod tables;
/// What is stored is what was sent.
mod values;
