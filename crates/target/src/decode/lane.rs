//! The short way for the values that most columns hold: a plain text, a short number, an instant, a null. What a value is and where it
//! goes is decided at once by the column and the first byte.
//!
//! Whatever is out of the ordinary goes the long way, [`super::value`], which also says what is wrong with a value. The short way never
//! decides otherwise than the long one does.

use singer::json::{Cursor, Kind, Number};

use crate::column::{Column, Values};
use crate::schema::{Kinds, Property};
use crate::time;
use crate::types::Type;

/// Which values of a property may go the short way: those that its schema allows without a look at the value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lane {
    texts: bool,
    wholes: bool,
    numbers: bool,
    booleans: bool,
    pub(super) nulls: bool,
}

/// Powers of ten that a double holds exactly, and more than are needed.
const POWERS: [f64; 19] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18];

impl Lane {
    pub(super) fn new(property: &Property, key: bool, validate: bool) -> Self {
        let check = &property.check;
        let allows = |kinds: Kinds| !validate || check.kinds.any_of(kinds);
        let bounded = check.minimum.is_some() || check.maximum.is_some() || check.multiple.is_some();
        let free = !validate || !bounded;
        Self {
            texts: allows(Kinds::STRING) && (!validate || check.length == (None, None)),
            wholes: allows(Kinds::INTEGER.with(Kinds::FRACTION)) && free,
            // As a key a number is written in one way, and zero has no sign.
            numbers: allows(Kinds::FRACTION) && free && !key,
            booleans: allows(Kinds::BOOLEAN),
            nulls: allows(Kinds::NULL) && !key,
        }
    }

    /// Takes the value that comes next into the column. False where it must go the long way: then nothing was taken.
    #[inline]
    pub(super) fn take(self, cursor: &mut Cursor<'_>, column: &mut Column) -> bool {
        let Ok(found) = cursor.peek() else { return false };
        match found {
            Kind::String if self.texts => Self::text(cursor, column),
            Kind::Number if self.wholes => self.number(cursor, column),
            Kind::Boolean if self.booleans => match &mut column.values {
                Values::Boolean(values) => {
                    let Ok(value) = cursor.boolean() else { return false };
                    values.push(value);
                    column.valid();
                    true
                }
                _ => false,
            },
            _ => false,
        }
    }

    #[inline]
    fn text(cursor: &mut Cursor<'_>, column: &mut Column) -> bool {
        let ty = column.ty();
        if !matches!(ty, Type::Text | Type::Timestamp | Type::LocalTimestamp | Type::Date) {
            return false;
        }
        let start = cursor.position();
        let Some(text) = cursor.string().ok().and_then(|text| text.plain()) else {
            cursor.back_to(start);
            return false;
        };
        let taken = match &mut column.values {
            Values::Text { .. } => {
                column.push_text(text);
                return true;
            }
            Values::Long(values) => time::timestamp(text).map(|instant| values.push(instant)).is_ok(),
            Values::Date(values) => time::date(text).map(|day| values.push(day)).is_ok(),
            _ => false,
        };
        match taken {
            true => column.valid(),
            false => cursor.back_to(start),
        }
        taken
    }

    #[inline]
    fn number(self, cursor: &mut Cursor<'_>, column: &mut Column) -> bool {
        let start = cursor.position();
        let taken = match cursor.read_number() {
            Ok(number) => self.push(number, column),
            Err(_) => false,
        };
        if !taken {
            cursor.back_to(start);
        }
        taken
    }

    #[inline]
    fn push(self, number: Number<'_>, column: &mut Column) -> bool {
        let Some(digits) = number.short else { return false };
        if number.scale > 0 && !self.numbers {
            return false;
        }
        let ty = column.ty();
        match &mut column.values {
            Values::Long(values) if ty == Type::Integer && number.scale == 0 => {
                let Ok(value) = i64::try_from(digits) else { return false };
                values.push(if number.negative { -value } else { value });
            }
            // Up to fifteen digits a double holds the very number, and dividing by a power of ten rounds as reading it would.
            Values::Double(values) if self.numbers && digits < 1_000_000_000_000_000 => {
                let value = digits as f64 / POWERS[usize::from(number.scale)];
                values.push(if number.negative { -value } else { value });
            }
            Values::Decimal(values) => {
                let Type::Decimal { precision, scale } = ty else { return false };
                let Some(zeros @ ..=18) = scale.checked_sub(number.scale) else { return false };
                let value = i128::from(digits) * 10_i128.pow(u32::from(zeros));
                if value >= 10_i128.pow(u32::from(precision)) {
                    return false;
                }
                values.push(if number.negative { -value } else { value });
            }
            Values::Text { .. } if ty == Type::Number && self.numbers => {
                column.push_text(number.text);
                return true;
            }
            _ => return false,
        }
        column.valid();
        true
    }
}
