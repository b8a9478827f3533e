//! What can be wrong with a line, and where it stood.

use std::fmt;

/// A line that is no Singer message. It never holds a value of a record.
#[derive(Debug, PartialEq, Eq)]
pub struct Error {
    /// The line's number in the input, from 1; 0 where the caller has not said yet.
    pub line: u64,
    /// What is wrong.
    pub kind: Kind,
}

/// What is wrong with a line.
#[derive(Debug, PartialEq, Eq)]
pub enum Kind {
    /// The line is not JSON; the byte in the line (from 0) and the reason.
    NotJson(usize, &'static str),
    /// The line holds bytes that are not UTF-8.
    NotUtf8,
    /// The line is JSON but no object with a `type`.
    NotAMessage,
    /// The line of a file is JSON but no object.
    NotARecord,
    /// A `type` that Singer does not have.
    UnknownType(String),
    /// A message of this type lacks this member.
    Missing(&'static str, &'static str),
    /// This member of a message of this type is not what it must be.
    Malformed(&'static str, &'static str, &'static str),
    /// The line is longer than this many bytes.
    TooLong(usize),
}

impl Error {
    /// The same error, said of line `line`.
    #[must_use]
    pub fn at(self, line: u64) -> Self {
        Self { line, ..self }
    }
}

impl From<Kind> for Error {
    fn from(kind: Kind) -> Self {
        Self { line: 0, kind }
    }
}

impl std::error::Error for Error {}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::NotJson(at, reason) => write!(f, "not JSON: {reason} at byte {at} of the line"),
            Kind::NotUtf8 => write!(f, "not UTF-8"),
            Kind::NotAMessage => write!(f, "not a Singer message: expected an object with a \"type\""),
            Kind::NotARecord => write!(f, "not a record: expected an object"),
            Kind::UnknownType(name) => write!(f, "unknown message type {name:?}"),
            Kind::Missing(message, member) => write!(f, "{message} without {member:?}"),
            Kind::Malformed(message, member, expected) => {
                write!(f, "{message} whose {member:?} is not {expected}")
            }
            Kind::TooLong(limit) => write!(f, "longer than {limit} bytes"),
        }
    }
}
