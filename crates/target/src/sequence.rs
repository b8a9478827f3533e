//! Where a record's sequence comes from.

use std::fmt;

use crate::types::Type;

/// The setting `sequence`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// `message` if the stream's records carry one, else `arrival`.
    #[default]
    Auto,
    /// The top-level `sequence` of the RECORD message.
    Message,
    /// A property of the record.
    Property(String),
    /// The first of SCHEMA's `bookmark_properties`.
    ReplicationKey,
    /// The RECORD's `time_extracted`.
    TimeExtracted,
    /// The order of arrival.
    Arrival,
}

/// What a sequence of a property counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Whatever the tap counts: only the order matters.
    Opaque,
    /// Microseconds since 1970-01-01T00:00Z.
    Microseconds,
}

/// Where the sequences of a table come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The top-level `sequence` of the RECORD message: an opaque integer.
    Message,
    /// A property of the record.
    Property {
        /// The property's name.
        name: String,
        /// What it counts.
        unit: Unit,
    },
    /// The RECORD's `time_extracted`, in microseconds.
    TimeExtracted,
    /// The order of arrival, in nanoseconds.
    Arrival,
}

/// Why the setting names no source for a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// The stream's SCHEMA has no `bookmark_properties`.
    NoReplicationKey,
    /// The schema has no such property.
    NoProperty(String),
    /// The property's type has no order that can be used.
    Unordered(String, Type),
}

impl Choice {
    /// The source for a stream, where it does not depend on the records. `type_of` is the type that the schema gives a property.
    ///
    /// # Errors
    /// Where there is none.
    pub fn resolve(
        &self,
        bookmark_properties: &[String],
        type_of: impl Fn(&str) -> Option<Type>,
    ) -> Result<Option<Source>, Unusable> {
        let property = |name: &str| match type_of(name) {
            Some(Type::Integer) => Ok(Some(Source::Property { name: name.to_owned(), unit: Unit::Opaque })),
            Some(Type::Timestamp | Type::Date) => {
                Ok(Some(Source::Property { name: name.to_owned(), unit: Unit::Microseconds }))
            }
            Some(other) => Err(Unusable::Unordered(name.to_owned(), other)),
            None => Err(Unusable::NoProperty(name.to_owned())),
        };
        match self {
            Choice::Auto => Ok(None),
            Choice::Message => Ok(Some(Source::Message)),
            Choice::TimeExtracted => Ok(Some(Source::TimeExtracted)),
            Choice::Arrival => Ok(Some(Source::Arrival)),
            Choice::Property(name) => property(name),
            Choice::ReplicationKey => {
                property(bookmark_properties.first().ok_or(Unusable::NoReplicationKey)?)
            }
        }
    }
}

impl Source {
    /// The property that it is, where it is one.
    #[must_use]
    pub fn property(&self) -> Option<&str> {
        match self {
            Source::Property { name, .. } => Some(name),
            _ => None,
        }
    }
}

/// As `_sdc_tables` remembers it: two sources with the same text may share a table.
impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Message => f.write_str("message"),
            Source::Property { name, unit: Unit::Opaque } => write!(f, "property {name}"),
            Source::Property { name, unit: Unit::Microseconds } => {
                write!(f, "property {name} (microseconds)")
            }
            Source::TimeExtracted => f.write_str("time_extracted (microseconds)"),
            Source::Arrival => f.write_str("arrival (nanoseconds)"),
        }
    }
}

/// The order of arrival: nanoseconds since 1970, strictly increasing, and above everything that the table holds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Arrivals {
    last: i64,
}

impl Arrivals {
    /// Arrivals after `stored`, the greatest that the table holds.
    #[must_use]
    pub fn after(stored: Option<i64>) -> Self {
        Self { last: stored.unwrap_or(0) }
    }

    /// The sequence of a record that arrives at `now`, in nanoseconds since 1970.
    pub fn next(&mut self, now: i64) -> i64 {
        self.last = now.max(self.last + 1);
        self.last
    }

    /// The greatest so far.
    #[must_use]
    pub fn last(&self) -> i64 {
        self.last
    }
}
