//! What the tests share: a throwaway Postgres, folders, the binaries, tables as text.

/// A fresh folder for each test.
pub(crate) mod folder;
/// Loads put together by hand.
pub(crate) mod loads;
/// Singer messages as text.
pub(crate) mod messages;
/// A place to load into: memory, DuckDB or Postgres.
pub(crate) mod place;
/// A throwaway Postgres.
pub(crate) mod postgres;
/// The real binaries.
pub(crate) mod programs;
/// Any destination's table as plain text.
pub(crate) mod table;
