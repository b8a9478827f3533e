//! What the fuzz targets run: the checks of the test suite, from where they stand.

#![allow(dead_code, clippy::unwrap_used)]

/// What must hold for any bytes.
#[path = "../../tests/pure/checks/mod.rs"]
mod checks;
/// A decoder with its columns.
#[path = "../../tests/pure/columns.rs"]
mod columns;
/// A loader over memory.
#[path = "../../tests/pure/stage.rs"]
mod stage;

/// The reader of lines, of which the first two bytes say how it reads.
pub fn lines(bytes: &[u8]) {
    checks::lines::check(bytes);
}

/// Lines of messages.
pub fn messages(bytes: &[u8]) {
    checks::messages::check(bytes);
}

/// A schema.
pub fn schemas(bytes: &[u8]) {
    checks::schemas::check(bytes);
}

/// A line with a schema, and lines with records.
pub fn records(bytes: &[u8]) {
    checks::records::check(bytes);
}
