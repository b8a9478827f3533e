//! What must hold for any bytes at all. The fuzz targets (`fuzz/`) run these checks over what libFuzzer makes up, and [`super::fuzzed`]
//! over the kept corpora and changes of them.
//!
//! Each holds the loader against something else that does the same: a few plain lines, serde_json, the jsonschema library.

/// The reader of lines.
pub(crate) mod lines;
/// What a line says.
pub(crate) mod messages;
/// Records into columns.
pub(crate) mod records;
/// Schemas, and streams that are opened with them.
pub(crate) mod schemas;
/// JSON's tokens, for the checks.
mod tokens;

/// A check of any bytes.
pub(crate) type Check = fn(&[u8]);

/// The checks, each under the name of its fuzz target.
pub(crate) const CHECKS: [(&str, Check); 4] = [
    ("lines", lines::check),
    ("messages", messages::check),
    ("records", records::check),
    ("schemas", schemas::check),
];
