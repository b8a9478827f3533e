//! Which type holds a value that its column does not.

use super::{DECIMAL_DIGITS, Type, decimal};
use crate::{number, time};

/// Digits after the point that a double's column gets when it becomes a decimal, where there is room for them.
const ROOMY_SCALE: u8 = 20;

/// The type that a column of type `column` must become to hold the value `sent`, which it does not hold; `None` where there is no
/// such type that both the values in the column and the new one fit in. `decimals` says whether the destination has decimals of any
/// length.
///
/// `sent` is a number as JSON has it, or a text without its quotes. It is not asked whether the column holds the value.
#[must_use]
pub fn needed(column: Type, sent: &str, decimals: bool) -> Option<Type> {
    match column {
        Type::Varchar { .. } => Some(Type::Text),
        Type::Date => time::timestamp(sent).is_ok().then_some(Type::Timestamp),
        // No wider type of whole or decimal digits has a NaN either, and the others hold it.
        column if !column.is_numeric() || number::is_word(sent) => None,
        column if decimals => exact(column, sent),
        column => limited(column, sent),
    }
}

/// The digits before and after the point.
fn digits(sent: &str) -> (u64, u64) {
    let parts = number::parts(sent);
    let length = parts.digits.len() as i64;
    if length == 0 {
        return (0, 0);
    }
    ((length + parts.exponent).max(0).unsigned_abs(), (-parts.exponent).max(0).unsigned_abs())
}

/// The decimal with so many digits before and after the point, where one is long enough.
fn short(whole: u64, fraction: u64) -> Option<Type> {
    let (whole, fraction) = (u8::try_from(whole).ok()?, u8::try_from(fraction).ok()?);
    let fits = whole.checked_add(fraction).is_some_and(|digits| digits <= DECIMAL_DIGITS);
    fits.then(|| decimal(whole, fraction))
}

/// The same with 38 digits, of which up to 20 are left for those behind the point.
fn roomy(whole: u64, fraction: u64) -> Option<Type> {
    short(whole, fraction)?;
    let (whole, fraction) = (u8::try_from(whole).ok()?, u8::try_from(fraction).ok()?);
    let scale = fraction.max(ROOMY_SCALE.min(DECIMAL_DIGITS - whole));
    Some(Type::Decimal { precision: DECIMAL_DIGITS, scale })
}

/// Where there are decimals of any length.
fn exact(column: Type, sent: &str) -> Option<Type> {
    let (whole, fraction) = digits(sent);
    match column {
        _ if number::too_long(sent) => None,
        Type::SmallInteger | Type::ShortInteger if number::integer(sent).is_some() => Some(Type::Integer),
        Type::BigInteger if fraction == 0 => None,
        column if column.digits().is_some() && fraction == 0 => Some(Type::BigInteger),
        Type::Decimal { precision, scale } => {
            let wider = short(whole.max((precision - scale).into()), fraction.max(scale.into()));
            Some(wider.unwrap_or(Type::Number))
        }
        Type::Number => None,
        _ => Some(Type::Number),
    }
}

/// Where a decimal has 38 digits at the most. Text holds every number.
fn limited(column: Type, sent: &str) -> Option<Type> {
    let (whole, fraction) = digits(sent);
    let wider = match column {
        Type::SmallInteger | Type::ShortInteger if number::integer(sent).is_some() => Some(Type::Integer),
        Type::Decimal { precision, scale } => {
            short(whole.max((precision - scale).into()), fraction.max(scale.into()))
        }
        // What is in the column already has digits on both sides, but nobody knows how many.
        Type::Double => roomy(whole, fraction),
        column => {
            let whole = whole.max(column.digits().unwrap_or(DECIMAL_DIGITS).into());
            if fraction == 0 {
                short(whole, 0).map(|_| decimal(DECIMAL_DIGITS, 0))
            } else {
                roomy(whole, fraction)
            }
        }
    };
    Some(wider.unwrap_or(Type::Text))
}

/// Whether a stored column keeps its type although the schema wants another one, because only values can tell that it is too narrow:
/// such a column takes what it can hold exactly, and [`needed`] says what it must become for the rest.
#[must_use]
pub fn keeps(stored: Type, wanted: Type) -> bool {
    match (stored, wanted) {
        (Type::Double, wanted) => wanted.is_numeric(),
        (Type::SmallInteger | Type::ShortInteger, wanted) => {
            wanted == Type::BigInteger || wanted.digits().is_some()
        }
        (Type::LocalTimestamp, Type::Timestamp) | (Type::Varchar { .. }, Type::Text) => true,
        _ => false,
    }
}

/// Whether a column may become another type because of a value in it. Only such a value turns a number into text.
#[must_use]
pub fn widens_by_value(from: Type, to: Type) -> bool {
    match (from, to) {
        (Type::Date, Type::Timestamp) | (Type::Varchar { .. }, Type::Text) => true,
        (Type::Double, Type::Decimal { .. }) => true,
        (Type::Number, _) => false,
        (from, Type::Text) => from.is_numeric(),
        (from, to) => from != to && from.is_numeric() && to.is_numeric() && to.holds(from),
    }
}
