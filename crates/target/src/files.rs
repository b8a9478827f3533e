//! Records in files: what a BATCH message names, as lines.
//!
//! A file of any format is read as text with one record on each line, so that a record in a file goes the way of one in a RECORD
//! message. What a message means ([`Files`], [`Row`]) is decided without I/O; [`open`] reads. When to read, and what becomes of the
//! lines, is left to the loop and to the intake.

mod cells;
mod manifest;
mod open;
mod parquet;
mod place;

use crate::error::Error;

pub use manifest::{Compression, Files, Format, Row};
pub use open::{Lines, open};

/// What is wrong with a line of a file.
#[must_use]
pub fn refused(error: &singer::Error) -> Error {
    Error::input(error.to_string()).hint(match error.kind {
        singer::Kind::TooLong(_) => "raise max_memory, or max_record_bytes, if such a record is meant to be",
        _ => "each line of the file must be one record: an object in JSON, without a message around it",
    })
}
