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
//!   Boolean   Number  Timestamp  Time    Uuid   Bytes  (any two of these meet in Text)
//!           /   |   \     |
//!   BigInteger  |  Double Date
//!        \   Decimal(p,s)
//!         \    /
//!         Integer
//! ```
//!
//! Nullability is not part of a type: it is the column's. How a type is spelled is a dialect's business.

use std::fmt;

/// The greatest precision, in digits, of a decimal that fits 128 bits in every destination.
pub const DECIMAL_DIGITS: u8 = 38;
/// The digits that any integer of 64 bits fits in.
const INTEGER_DIGITS: u8 = 19;

/// The type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Type {
    /// True or false.
    Boolean,
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
    /// Text of any Unicode.
    Text,
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
        use Type::{BigInteger, Date, Decimal, Double, Foreign, Integer, Json, Number, Text, Timestamp};
        match (self, other) {
            (a, b) if a == b => a,
            (Json | Foreign, _) | (_, Json | Foreign) => Json,
            (Integer, BigInteger) | (BigInteger, Integer) => BigInteger,
            (Integer, Decimal { precision, scale }) | (Decimal { precision, scale }, Integer) => {
                decimal(INTEGER_DIGITS.max(precision - scale), scale)
            }
            (Decimal { precision: p, scale: s }, Decimal { precision: q, scale: t }) => {
                decimal((p - s).max(q - t), s.max(t))
            }
            (a, b) if a.is_numeric() && b.is_numeric() => {
                debug_assert!([a, b].iter().any(|t| matches!(t, Double | Number | BigInteger)));
                Number
            }
            (Date, Timestamp) | (Timestamp, Date) => Timestamp,
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
        use Type::{BigInteger, Decimal, Double, Integer, Number};
        matches!(self, Integer | BigInteger | Decimal { .. } | Number | Double)
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
            Type::Integer => "integer",
            Type::BigInteger => "big integer",
            Type::Decimal { precision, scale } => return write!(f, "decimal({precision},{scale})"),
            Type::Number => "number",
            Type::Double => "double",
            Type::Date => "date",
            Type::Time => "time",
            Type::Timestamp => "timestamp",
            Type::Text => "text",
            Type::Uuid => "uuid",
            Type::Bytes => "bytes",
            Type::Json => "json",
            Type::Foreign => "foreign",
        };
        f.write_str(name)
    }
}
