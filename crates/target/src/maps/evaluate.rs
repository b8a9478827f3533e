//! What an expression gives for one record.

use std::borrow::Cow;

use super::expression::{Comparison, Expression};
use super::value::{self, NoOrder};

/// The values of one record that expressions read, as JSON text: `None` for one that the record does not have.
pub(super) type Values<'a> = [Option<&'a str>];

impl Expression<usize> {
    /// The value, as JSON text; `None` where it is that of a property that the record does not have.
    ///
    /// # Errors
    /// Where values are compared that have no order.
    pub(super) fn value<'a>(&'a self, values: &Values<'a>) -> Result<Option<Cow<'a, str>>, NoOrder> {
        Ok(Some(match self {
            Expression::Property(place) => return Ok(read(values, *place).map(Cow::Borrowed)),
            Expression::Constant(json) => Cow::Borrowed(json),
            Expression::Hash(hash, of) => value::hashed(*hash, &of.or_null(values)?),
            Expression::Cast(cast, of) => match of.or_null(values)? {
                Cow::Borrowed(json) => value::cast(*cast, json),
                Cow::Owned(json) => Cow::Owned(value::cast(*cast, &json).into_owned()),
            },
            condition => value::boolean(condition.is_true(values)?),
        }))
    }

    /// Whether it is so.
    ///
    /// # Errors
    /// Where values are compared that have no order.
    pub(super) fn is_true(&self, values: &Values<'_>) -> Result<bool, NoOrder> {
        Ok(match self {
            Expression::Compare(a, how, b) => value::compare(&a.or_null(values)?, *how, &b.or_null(values)?)?,
            Expression::Among(of, list) => {
                let of = of.or_null(values)?;
                for one in list {
                    if value::compare(&of, Comparison::Equal, &one.or_null(values)?)? {
                        return Ok(true);
                    }
                }
                false
            }
            Expression::IsNull(of) => of.or_null(values)? == "null",
            Expression::Not(of) => !of.is_true(values)?,
            Expression::And(a, b) => a.is_true(values)? && b.is_true(values)?,
            Expression::Or(a, b) => a.is_true(values)? || b.is_true(values)?,
            _ => value::is_true(&self.or_null(values)?),
        })
    }

    fn or_null<'a>(&'a self, values: &Values<'a>) -> Result<Cow<'a, str>, NoOrder> {
        Ok(self.value(values)?.unwrap_or(Cow::Borrowed("null")))
    }
}

fn read<'a>(values: &Values<'a>, place: usize) -> Option<&'a str> {
    values.get(place).copied().flatten()
}
