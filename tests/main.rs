//! The one test binary: DuckDB is linked once.
//!
//! The pure rooms are tested without any destination (`--no-default-features` builds just those).

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)]

/// Which room may use which.
mod architecture;
/// What the programs are built of.
mod dependencies;
/// The definition of the loader for Meltano is what the schema of the settings says.
mod plugin;
/// The rooms that know no database: types, names, plans, the fold, decoding, times, numbers.
mod pure;
/// Every SQL statement, in one file per dialect.
mod sql;

/// The binaries at the terminal: exit codes, messages, what goes to stdout.
#[cfg(all(feature = "duckdb", feature = "postgres"))]
mod cli;
/// The comparison with other loaders: every line of it has a test.
#[cfg(all(feature = "duckdb", feature = "postgres"))]
mod compared;
/// What every destination must do, over memory, DuckDB and Postgres.
#[cfg(all(feature = "duckdb", feature = "postgres"))]
mod conformance;
/// How a Postgres is reached: TLS, passwords, services, the environment.
#[cfg(feature = "postgres")]
mod connecting;
/// What breaks, over and over: faults at random, processes that are killed, servers that go away.
#[cfg(all(feature = "duckdb", feature = "postgres"))]
mod faults;
/// Streams in files, with the tables and bookmarks that they must give everywhere.
#[cfg(all(feature = "duckdb", feature = "postgres"))]
mod golden;
/// Random streams from the tap through the real binaries, against the reference.
#[cfg(all(feature = "duckdb", feature = "postgres"))]
mod model;
/// Tables whose rows lie in pieces: in partitions, and over the nodes of a cluster.
#[cfg(feature = "postgres")]
mod pieces;
/// The README's commands.
#[cfg(all(feature = "duckdb", feature = "postgres"))]
mod readme;
/// Random values of every type through the real binary and back.
#[cfg(all(feature = "duckdb", feature = "postgres"))]
mod roundtrip;
/// The examples of the documents that the law comes from.
#[cfg(all(feature = "duckdb", feature = "postgres"))]
mod seeds;
/// The page of settings is what their schema says.
#[cfg(all(feature = "duckdb", feature = "postgres"))]
mod settings_page;
/// What the tests share: a throwaway Postgres, folders, the binaries, tables as text.
#[cfg_attr(not(all(feature = "duckdb", feature = "postgres")), allow(dead_code))]
mod support;
/// The page of types is what the code does.
#[cfg(all(feature = "duckdb", feature = "postgres"))]
mod types_page;
