//! The protocol from outside: lines, JSON and messages, held against serde_json and against each other.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

/// The walk over JSON text.
mod json;
/// Bytes into numbered lines.
mod lines;
/// What a line says, and writing it.
mod message;
mod opened;
/// Random JSON text.
mod random;

use proptest::test_runner::Config;

/// So many cases, and no file of past failures: a failure belongs into a test of its own.
fn cases(cases: u32) -> Config {
    Config { cases, failure_persistence: None, ..Config::default() }
}
