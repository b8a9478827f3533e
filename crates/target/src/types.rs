//! Column types, and which of them holds the values of which.
//!
//! `Type` is a lattice: [`Type::join`] is the least type that holds every value of both, and it is commutative, associative and
//! idempotent, with [`Type::Json`] as its one top.
//!
//! ```text
//!                       Json
//!                        |
//!                       Text
//!       ________________/ | \____________________________
//!      /        |         |        |       |      |      |
//!   Boolean   Number  Timestamp  Time    Uuid   Bytes  Varchar(n)  (any two of these meet in Text)
//!           /   |   \     |
//!   BigInteger  |  Double LocalTimestamp
//!        \   Decimal(p,s)      |
//!         \    /             Date
//!         Integer
//!            |
//!       ShortInteger
//!            |
//!       SmallInteger
//! ```
//!
//! The small integers, [`Type::LocalTimestamp`] and [`Type::Varchar`] are of tables that somebody else made: no schema becomes one of
//! them. Such a column keeps its type for as long as it holds the values that come; [`needed`] says what it must become then.
//!
//! Nullability is not part of a type: it is the column's. How a type is spelled is a dialect's business.

mod needed;

use std::fmt;

pub use needed::{keeps, needed, widens_by_value};

/// The greatest precision, in digits, of a decimal that fits 128 bits in every destination.
pub const DECIMAL_DIGITS: u8 = 38;

/// The type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Type {
    /// True or false.
    Boolean,
    /// A whole number of 16 bits.
    SmallInteger,
    /// A whole number of 32 bits.
    ShortInteger,
    /// A whole number of 64 bits.
    Integer,
    /// A whole number of any length.
    BigInteger,
    /// A decimal of at most `precision` digits, `scale` of them after the point.
    Decimal {
        /// Digits in all, at most [`DECIMAL_DIGITS`].
        precision: u8,
        /// Digits after the point.
        scale: u8,
    },
    /// A decimal of any length: what JSON calls a number.
    Number,
    /// A binary floating-point number of 64 bits.
    Double,
    /// A calendar day.
    Date,
    /// A time of day, to the microsecond.
    Time,
    /// An instant, to the microsecond, in UTC.
    Timestamp,
    /// The same in a column that has no zone: UTC's date and time of day.
    LocalTimestamp,
    /// Text of any Unicode.
    Text,
    /// Text of at most so many characters.
    Varchar {
        /// Characters, not bytes.
        length: u32,
    },
    /// A UUID.
    Uuid,
    /// Bytes.
    Bytes,
    /// Any JSON value.
    Json,
    /// A type of the destination's that this loader never writes: a column that somebody else made.
    Foreign,
}

impl Type {
    /// The least type that holds every value of both.
    ///
    /// `Foreign` joins with itself only to itself, and with any other type to `Json`: there is nothing it is known to hold.
    #[must_use]
    pub fn join(self, other: Type) -> Type {
        use Type::{
            BigInteger, Date, Decimal, Double, Foreign, Json, LocalTimestamp, Number, Text, Timestamp,
            Varchar,
        };
        match (self, other) {
            (a, b) if a == b => a,
            (Json | Foreign, _) | (_, Json | Foreign) => Json,
            (Decimal { precision: p, scale: s }, Decimal { precision: q, scale: t }) => {
                decimal((p - s).max(q - t), s.max(t))
            }
            (whole, Decimal { precision, scale }) | (Decimal { precision, scale }, whole)
                if whole.digits().is_some() =>
            {
                decimal(whole.digits().unwrap_or_default().max(precision - scale), scale)
            }
            (BigInteger, whole) | (whole, BigInteger) if whole.digits().is_some() => BigInteger,
            // Of two integers the one with more digits.
            (a, b) if a.digits().is_some() && b.digits().is_some() => {
                if a.digits() > b.digits() {
                    a
                } else {
                    b
                }
            }
            (a, b) if a.is_numeric() && b.is_numeric() => {
                debug_assert!([a, b].iter().any(|t| matches!(t, Double | Number | BigInteger)));
                Number
            }
            (Date | LocalTimestamp, Timestamp) | (Timestamp, Date | LocalTimestamp) => Timestamp,
            (Date, LocalTimestamp) | (LocalTimestamp, Date) => LocalTimestamp,
            (Varchar { length: a }, Varchar { length: b }) => Varchar { length: a.max(b) },
            _ => Text,
        }
    }

    /// Whether every value of `other` is a value of this type.
    #[must_use]
    pub fn holds(self, other: Type) -> bool {
        self.join(other) == self
    }

    /// Whether values of this type are numbers.
    #[must_use]
    pub fn is_numeric(self) -> bool {
        use Type::{BigInteger, Decimal, Double, Number};
        self.digits().is_some() || matches!(self, BigInteger | Decimal { .. } | Number | Double)
    }

    /// The digits of the longest number, where this is an integer of so many bits.
    pub(crate) fn digits(self) -> Option<u8> {
        match self {
            Type::SmallInteger => Some(5),
            Type::ShortInteger => Some(10),
            Type::Integer => Some(19),
            _ => None,
        }
    }

    /// Whether this is text, of any length or of some.
    #[must_use]
    pub fn is_text(self) -> bool {
        matches!(self, Type::Text | Type::Varchar { .. })
    }
}

/// The decimal with so many digits before and after the point, or [`Type::Number`] where none is long enough.
fn decimal(whole: u8, scale: u8) -> Type {
    let precision = whole + scale;
    if precision <= DECIMAL_DIGITS { Type::Decimal { precision, scale } } else { Type::Number }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Type::Boolean => "boolean",
            Type::SmallInteger => "16-bit integer",
            Type::ShortInteger => "32-bit integer",
            Type::Integer => "integer",
            Type::BigInteger => "big integer",
            Type::Decimal { precision, scale } => return write!(f, "decimal({precision},{scale})"),
            Type::Number => "number",
            Type::Double => "double",
            Type::Date => "date",
            Type::Time => "time",
            Type::Timestamp => "timestamp",
            Type::LocalTimestamp => "timestamp without zone",
            Type::Text => "text",
            Type::Varchar { length } => return write!(f, "text({length})"),
            Type::Uuid => "uuid",
            Type::Bytes => "bytes",
            Type::Json => "json",
            Type::Foreign => "foreign",
        };
        f.write_str(name)
    }
}
