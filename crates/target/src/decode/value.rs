//! One JSON value → one cell of a column, or why not.

use singer::json::{Cursor, Kind, Text};

use super::digits::{self, Place};
use super::route::Slot;
use super::{Limits, Nul, Reason, check, encoding, nul};
use crate::column::{Column, Values};
use crate::schema::{Check, Encoding, Kinds};
use crate::time::{self, TimeError};
use crate::types::Type;

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
            let text = json(cursor, &slot.property.check, validate, self.limits.nul, self.unescaped)?;
            if cursor.saw_levels() > self.limits.levels {
                return Err(Reason::TooDeep(self.limits.levels));
            }
            if cursor.saw_word() {
                return Err(Reason::NotFinite(ty));
            }
            self.column.push_text(text);
            return Ok(());
        }
        let check = &slot.property.check;
        let place = Place { allowed, key: slot.key, limits: self.limits };
        match found {
            Kind::String => {
                let text = cursor.string()?;
                if validate {
                    check::kind(allowed, found, None)?;
                }
                self.string(text, check, place, validate)
            }
            Kind::Number => {
                let text = cursor.number()?;
                if validate {
                    check::kind(allowed, found, Some(text))?;
                    check::range(check, text)?;
                }
                digits::push(self.column, text, place)
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
                    Values::Text { .. } if ty.is_text() => {
                        digits::text(self.column, if value { "true" } else { "false" }, place)?;
                    }
                    _ => return Err(check::misplaced(allowed, found, ty)),
                }
                Ok(())
            }
            Kind::Object | Kind::Array if ty.is_text() => {
                let text = json(cursor, check, validate, self.limits.nul, self.unescaped)?;
                digits::text(self.column, text, place)
            }
            Kind::Object | Kind::Array => Err(check::misplaced(allowed, found, ty)),
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

    #[inline]
    fn string(&mut self, value: Text<'_>, check: &Check, place: Place, validate: bool) -> Result<(), Reason> {
        let ty = self.column.ty();
        let text = match value.plain() {
            Some(text) => text,
            None => {
                self.unescaped.clear();
                value.unescape_into(self.unescaped).map_err(|_| Reason::LoneSurrogate)?;
                if validate {
                    check::length(check, self.unescaped)?;
                }
                // Only an escape can bring U+0000.
                nul::text(self.unescaped, self.limits.nul)?;
                self.unescaped.as_str()
            }
        };
        if validate && value.plain().is_some() {
            check::length(check, text)?;
        }
        let timely = |error| match error {
            TimeError::Malformed => Reason::Malformed(ty),
            TimeError::TooPrecise => place.too_narrow(ty, text, Reason::TooPrecise(ty)),
        };
        match &mut self.column.values {
            Values::Text { .. } if ty.is_text() => return digits::text(self.column, text, place),
            Values::Long(values) if !ty.is_numeric() => values.push(match ty {
                Type::Time => time::time(text).map_err(timely)?,
                _ => time::timestamp(text).map_err(timely)?,
            }),
            Values::Date(values) => values.push(time::date(text).map_err(timely)?),
            Values::Uuid(values) => {
                values.push(uuid::Uuid::try_parse(text).map_err(|_| Reason::Malformed(ty))?.as_u128());
            }
            Values::Bytes { bytes, offsets } => {
                let start = bytes.len();
                let decoded = match check.encoding {
                    Some(Encoding::Base64) => encoding::base64(text, bytes),
                    Some(Encoding::Base16) => encoding::base16(text, bytes),
                    _ => return Err(check::misplaced(check.kinds, Kind::String, ty)),
                };
                if !decoded {
                    bytes.truncate(start);
                    return Err(Reason::Encoding(check.encoding.map_or("", Encoding::name)));
                }
                offsets.push(crate::column::end(bytes.len()));
            }
            _ if ty.is_numeric() && check.encoding == Some(Encoding::Decimal) => {
                return match is_number(text) {
                    true => digits::push(self.column, text, place),
                    false => Err(Reason::Malformed(ty)),
                };
            }
            _ => return Err(check::misplaced(check.kinds, Kind::String, ty)),
        }
        self.column.valid();
        Ok(())
    }
}

/// Whether a text is a number as JSON writes it, or one of the words for none, and nothing else.
fn is_number(text: &str) -> bool {
    let mut cursor = Cursor::new(text);
    cursor.allow_words(true);
    cursor.number().is_ok() && cursor.position() == text.len()
}

/// Consumes any value and returns its text as it was sent, but for U+0000 that the destination cannot hold. `rewritten` is memory
/// for a text that is another one then.
fn json<'t, 'r: 't>(
    cursor: &mut Cursor<'r>,
    check: &Check,
    validate: bool,
    zero: Nul,
    rewritten: &'t mut String,
) -> Result<&'t str, Reason> {
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
    let text = cursor.text_from(start);
    match zero {
        _ if !cursor.saw_nul() => Ok(text),
        Nul::Held => Ok(text),
        Nul::Reject => Err(Reason::Nul),
        how => {
            rewritten.clear();
            nul::json(text, how, rewritten);
            Ok(rewritten)
        }
    }
}
