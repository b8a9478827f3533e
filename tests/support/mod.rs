//! What the tests share: a throwaway Postgres, folders, the binaries, tables as text.

/// An SSH server before a database.
#[cfg(feature = "postgres")]
pub(crate) mod bastion;
/// Random numbers from a seed.
pub(crate) mod dice;
/// Files of records, and the messages that name them.
pub(crate) mod files;
/// A fresh folder for each test.
pub(crate) mod folder;
/// A DuckLake.
#[cfg(all(feature = "duckdb", feature = "postgres"))]
pub(crate) mod lake;
/// Loads within this process.
#[cfg(all(feature = "duckdb", feature = "postgres"))]
pub(crate) mod loaded;
/// Loads put together by hand.
#[cfg(all(feature = "duckdb", feature = "postgres"))]
pub(crate) mod loads;
/// Singer messages as text.
pub(crate) mod messages;
/// A place to load into: memory, DuckDB or Postgres.
#[cfg(all(feature = "duckdb", feature = "postgres"))]
pub(crate) mod place;
/// A PgBouncer before it.
#[cfg(feature = "postgres")]
pub(crate) mod pooler;
/// A throwaway Postgres.
#[cfg(feature = "postgres")]
pub(crate) mod postgres;
/// The real binaries.
#[cfg(feature = "postgres")]
pub(crate) mod programs;
/// A server that speaks TLS, and the certificates for it.
#[cfg(feature = "postgres")]
pub(crate) mod secure;
/// What the set-up of the tests has made.
#[cfg(feature = "postgres")]
pub(crate) mod setup;
/// An object store.
#[cfg(all(feature = "duckdb", feature = "postgres"))]
pub(crate) mod store;
/// Any destination's table as plain text.
#[cfg(all(feature = "duckdb", feature = "postgres"))]
pub(crate) mod table;
