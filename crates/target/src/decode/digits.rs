//! One number → one cell: exactly, or not at all.

use singer::json::Kind;

use super::{Limits, Reason, check};
use crate::column::{Column, Values, end};
use crate::number;
use crate::schema::Kinds;
use crate::types::{self, Type};

/// The most characters that a key number may take when its exponent is written out.
const KEY_DIGITS: usize = 400;

/// What is known of the place that a value goes to.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// The kinds that the schema allows.
    pub(super) allowed: Kinds,
    /// Whether the column is part of the key: its type never changes then.
    pub(super) key: bool,
    pub(super) limits: Limits,
}

impl Place {
    /// Why a column of type `ty` refuses `sent`: that it needs a wider type, where there is one, else `otherwise`.
    pub(super) fn too_narrow(self, ty: Type, sent: &str, otherwise: Reason) -> Reason {
        if self.key {
            return otherwise;
        }
        match types::needed(ty, sent, self.limits.decimals) {
            Some(needed) => Reason::Wider { column: ty, needed },
            None => otherwise,
        }
    }
}

/// Pushes a number, which is as JSON has it or one of the words for none.
#[inline]
pub(super) fn push(column: &mut Column, sent: &str, place: Place) -> Result<(), Reason> {
    let ty = column.ty();
    if number::is_word(sent) {
        return word(column, sent, place);
    }
    match &mut column.values {
        Values::Long(values) if ty.digits().is_some() => {
            let value = number::integer(sent).filter(|value| fits(ty, *value));
            values.push(value.ok_or_else(|| whole(ty, sent, place))?);
        }
        Values::Double(values) => {
            let refused = || place.too_narrow(ty, sent, Reason::Inexact(ty));
            let value = number::double(sent).ok_or_else(refused)?;
            // As a key zero has no sign.
            values.push(if place.key { value + 0.0 } else { value });
        }
        Values::Decimal(values) => {
            let Type::Decimal { precision, scale } = ty else { return Err(Reason::Range(ty)) };
            let limit = 10_i128.checked_pow(u32::from(precision));
            let value =
                number::scaled(sent, scale).ok_or_else(|| place.too_narrow(ty, sent, Reason::Inexact(ty)))?;
            if limit.is_some_and(|limit| value.abs() >= limit) {
                return Err(place.too_narrow(ty, sent, Reason::Range(ty)));
            }
            values.push(value);
        }
        // Where only numbers come, the column was one of numbers, or might have been: each is written as those were that it held.
        Values::Text { .. } if ty.is_text() && !place.allowed.any_of(Kinds::STRING) => {
            return text(column, &number::one_way(sent), place);
        }
        Values::Text { .. } if ty.is_text() => return text(column, sent, place),
        Values::Text { text, offsets } if ty != Type::Json => {
            if ty == Type::BigInteger && !number::is_integral(sent) {
                return Err(whole(ty, sent, place));
            }
            if number::too_long(sent) {
                return Err(Reason::Range(ty));
            }
            // Two ways to write one number must be one key.
            match place.key {
                true => text.push_str(&number::plain(sent, KEY_DIGITS).ok_or(Reason::Range(ty))?),
                false => text.push_str(sent),
            }
            offsets.push(end(text.len()));
        }
        _ => return Err(check::misplaced(place.allowed, Kind::Number, ty)),
    }
    column.valid();
    Ok(())
}

fn fits(ty: Type, value: i64) -> bool {
    match ty {
        Type::SmallInteger => i16::try_from(value).is_ok(),
        Type::ShortInteger => i32::try_from(value).is_ok(),
        _ => true,
    }
}

/// Why a column of whole numbers refuses one.
fn whole(ty: Type, sent: &str, place: Place) -> Reason {
    if number::is_integral(sent) || place.allowed.any_of(Kinds::FRACTION) {
        return place.too_narrow(ty, sent, Reason::Range(ty));
    }
    match ty {
        Type::BigInteger => Reason::Kind(Kinds::INTEGER, "number"),
        ty => Reason::Range(ty),
    }
}

/// Pushes NaN or infinity.
fn word(column: &mut Column, sent: &str, place: Place) -> Result<(), Reason> {
    let ty = column.ty();
    match &mut column.values {
        Values::Text { .. } if ty.is_text() => return text(column, sent, place),
        Values::Double(values) if !place.key => values.push(number::word(sent)),
        Values::Text { text, offsets } if ty == Type::Number && !place.key => {
            text.push_str(sent);
            offsets.push(end(text.len()));
        }
        _ if ty.is_numeric() => return Err(Reason::NotFinite(ty)),
        _ => return Err(check::misplaced(place.allowed, Kind::Number, ty)),
    }
    column.valid();
    Ok(())
}

/// Pushes text that is not too long for the column.
#[inline]
pub(super) fn text(column: &mut Column, sent: &str, place: Place) -> Result<(), Reason> {
    let ty = column.ty();
    if let Type::Varchar { length } = ty {
        // Characters are not counted where the bytes are few enough.
        let fits = sent.len() <= length as usize || sent.chars().count() <= length as usize;
        if !fits {
            return Err(place.too_narrow(ty, sent, Reason::Range(ty)));
        }
    }
    column.push_text(sent);
    Ok(())
}
