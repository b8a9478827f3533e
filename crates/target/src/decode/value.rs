//! One JSON value → one cell of a column, or why not.

use singer::json::{Cursor, Kind, Text};

use super::route::Slot;
use super::{Limits, Reason, check};
use crate::column::{Column, Values, end};
use crate::number;
use crate::schema::{Check, Kinds};
use crate::time::{self, TimeError};
use crate::types::Type;

/// The most characters that a key number may take when its exponent is written out.
const KEY_DIGITS: usize = 400;
/// Digits on either side of the point up to which every destination that has decimals of any length holds them.
const NUMBER_DIGITS: i64 = 16_000;

/// A column with what is needed to write a value into it.
pub(super) struct Sink<'a> {
    pub(super) column: &'a mut Column,
    pub(super) limits: Limits,
    /// Memory for a text whose escapes are resolved.
    pub(super) unescaped: &'a mut String,
}

impl Sink<'_> {
    /// Consumes the next value and pushes it.
    #[inline]
    pub(super) fn take(
        &mut self,
        cursor: &mut Cursor<'_>,
        slot: &Slot,
        validate: bool,
    ) -> Result<(), Reason> {
        let found = cursor.peek()?;
        let allowed = slot.property.check.kinds;
        let ty = self.column.ty();
        if found == Kind::Null {
            return self.null(cursor, slot, validate);
        }
        if ty == Type::Json {
            return self.json(cursor, &slot.property.check, validate);
        }
        let check = &slot.property.check;
        match found {
            Kind::String => {
                let text = cursor.string()?;
                if validate {
                    check::kind(allowed, found, None)?;
                }
                self.string(text, check, validate)
            }
            Kind::Number => {
                let text = cursor.number()?;
                if validate {
                    check::kind(allowed, found, Some(text))?;
                    check::range(check, text)?;
                }
                self.number(text, allowed, slot.key)
            }
            Kind::Boolean => {
                let value = cursor.boolean()?;
                if validate {
                    check::kind(allowed, found, None)?;
                }
                match &mut self.column.values {
                    Values::Boolean(values) => {
                        values.push(value);
                        self.column.valid();
                    }
                    Values::Text { .. } if ty == Type::Text => {
                        self.column.push_text(if value { "true" } else { "false" });
                    }
                    _ => return Err(Reason::Kind(allowed, found.name())),
                }
                Ok(())
            }
            Kind::Object | Kind::Array if ty == Type::Text => self.json(cursor, check, validate),
            Kind::Object | Kind::Array => Err(Reason::Kind(allowed, found.name())),
            Kind::Null => Ok(()),
        }
    }

    fn null(&mut self, cursor: &mut Cursor<'_>, slot: &Slot, validate: bool) -> Result<(), Reason> {
        cursor.null()?;
        if slot.key {
            return Err(Reason::NoKey);
        }
        if validate && !slot.property.check.kinds.any_of(Kinds::NULL) {
            return Err(Reason::Kind(slot.property.check.kinds, Kind::Null.name()));
        }
        self.column.push_null();
        Ok(())
    }

    /// Any value, as the text that was sent.
    fn json(&mut self, cursor: &mut Cursor<'_>, check: &Check, validate: bool) -> Result<(), Reason> {
        let start = cursor.position();
        cursor.watch();
        if validate {
            check::walk(cursor, check)?;
        } else {
            cursor.skip()?;
        }
        if cursor.saw_lone_surrogate() {
            return Err(Reason::LoneSurrogate);
        }
        if cursor.saw_nul() && !self.limits.nul {
            return Err(Reason::Nul);
        }
        self.column.push_text(cursor.text_from(start));
        Ok(())
    }

    #[inline]
    fn string(&mut self, value: Text<'_>, check: &Check, validate: bool) -> Result<(), Reason> {
        let text = match value.plain() {
            Some(text) => text,
            None => {
                self.unescaped.clear();
                value.unescape_into(self.unescaped).map_err(|_| Reason::LoneSurrogate)?;
                // Only an escape can bring U+0000.
                if !self.limits.nul && self.unescaped.contains('\0') {
                    return Err(Reason::Nul);
                }
                self.unescaped.as_str()
            }
        };
        if validate {
            check::length(check, text)?;
        }
        let ty = self.column.ty();
        let timely = |error| match error {
            TimeError::Malformed => Reason::Malformed(ty),
            TimeError::TooPrecise => Reason::TooPrecise(ty),
        };
        match &mut self.column.values {
            Values::Text { text: held, ends } if ty == Type::Text => {
                held.push_str(text);
                ends.push(end(held.len()));
            }
            Values::Long(values) => values.push(match ty {
                Type::Timestamp => time::timestamp(text).map_err(timely)?,
                Type::Time => time::time(text).map_err(timely)?,
                _ => return Err(Reason::Kind(check.kinds, "string")),
            }),
            Values::Date(values) => values.push(time::date(text).map_err(timely)?),
            Values::Uuid(values) => {
                values.push(uuid::Uuid::try_parse(text).map_err(|_| Reason::Malformed(ty))?.as_u128());
            }
            _ => return Err(Reason::Kind(check.kinds, "string")),
        }
        self.column.valid();
        Ok(())
    }

    #[inline]
    fn number(&mut self, sent: &str, allowed: Kinds, key: bool) -> Result<(), Reason> {
        let ty = self.column.ty();
        match &mut self.column.values {
            Values::Long(values) if ty == Type::Integer => {
                values.push(number::integer(sent).ok_or(Reason::Range(ty))?);
            }
            Values::Double(values) => {
                let value = number::double(sent).ok_or(Reason::Inexact(ty))?;
                // As a key zero has no sign.
                values.push(if key { value + 0.0 } else { value });
            }
            Values::Decimal(values) => {
                let Type::Decimal { precision, scale } = ty else { return Err(Reason::Range(ty)) };
                let limit = 10_i128.checked_pow(u32::from(precision));
                let value = number::scaled(sent, scale).ok_or(Reason::Inexact(ty))?;
                if limit.is_some_and(|limit| value.abs() >= limit) {
                    return Err(Reason::Range(ty));
                }
                values.push(value);
            }
            Values::Text { text, ends } if ty != Type::Json => {
                if ty == Type::BigInteger && !number::is_integral(sent) {
                    return Err(Reason::Kind(Kinds::INTEGER, "number"));
                }
                if ty != Type::Text && too_long(sent) {
                    return Err(Reason::Range(ty));
                }
                // Two ways to write one number must be one key.
                match key && ty != Type::Text {
                    true => text.push_str(&number::plain(sent, KEY_DIGITS).ok_or(Reason::Range(ty))?),
                    false => text.push_str(sent),
                }
                ends.push(end(text.len()));
            }
            _ => return Err(Reason::Kind(allowed, "number")),
        }
        self.column.valid();
        Ok(())
    }
}

/// Whether a number has more digits than a database's decimals have.
fn too_long(sent: &str) -> bool {
    if !sent.contains(['e', 'E']) {
        return sent.len() as i64 > NUMBER_DIGITS;
    }
    let parts = number::parts(sent);
    let length = parts.digits.len() as i64;
    length.max((length + parts.exponent).abs()).max(parts.exponent.abs()) > NUMBER_DIGITS
}
