//! What must hold inside a JSON value: the kinds of its members and elements, at any depth.

use std::cmp::Ordering;

use singer::json::{Cursor, Kind};

use super::{Reason, kind_of};
use crate::number;
use crate::schema::{Bound, Check, Kinds};
use crate::types::Type;

/// Demands that a value of kind `kind` is allowed; a number's text is looked at where only whole ones are.
#[inline]
pub(super) fn kind(allowed: Kinds, kind: Kind, number_text: Option<&str>) -> Result<(), Reason> {
    let mut found = kind_of(kind);
    if number_text.is_some_and(number::is_word)
        && !allowed.any_of(Kinds::FRACTION)
        && allowed.any_of(Kinds::INTEGER)
    {
        return Err(Reason::NotFinite(Type::Integer));
    }
    if let Some(text) = number_text.filter(|_| !allowed.any_of(Kinds::FRACTION)) {
        found = if number::is_integral(text) { Kinds::INTEGER } else { Kinds::FRACTION };
    }
    if allowed.any_of(found) { Ok(()) } else { Err(Reason::Kind(allowed, kind.name())) }
}

/// Why a column of type `ty` has no place for a value of kind `kind`: the schema forbids it, or only the column does.
#[cold]
pub(super) fn misplaced(allowed: Kinds, kind: Kind, ty: Type) -> Reason {
    match allowed.any_of(kind_of(kind)) {
        true => Reason::NoPlace(ty, kind.name()),
        false => Reason::Kind(allowed, kind.name()),
    }
}

/// Demands that a string is as long as it must be, in characters.
#[inline]
pub(super) fn length(check: &Check, text: &str) -> Result<(), Reason> {
    let (min, max) = check.length;
    let bytes = text.len() as u64;
    // A character has one to four bytes, so the bytes alone mostly tell.
    if min.is_none_or(|min| bytes >= min.saturating_mul(4)) && max.is_none_or(|max| bytes <= max) {
        return Ok(());
    }
    let count = text.chars().count() as u64;
    if min.is_some_and(|min| count < min) {
        return Err(Reason::Bound("shorter than minLength"));
    }
    if max.is_some_and(|max| count > max) {
        return Err(Reason::Bound("longer than maxLength"));
    }
    Ok(())
}

/// Demands that a number is within its bounds, and a multiple of what it must be. Of what is no number it is the column that speaks.
#[inline]
pub(super) fn range(check: &Check, text: &str) -> Result<(), Reason> {
    if check.multiple.is_some_and(|multiple| !number::is_word(text) && !multiple.divides(text)) {
        return Err(Reason::Bound("not a multiple of multipleOf"));
    }
    if check.minimum.is_none() && check.maximum.is_none() {
        return Ok(());
    }
    let against = |bound: &Bound| match (number::integer(text), bound.whole) {
        (Some(value), Some(whole)) => Some(value.cmp(&whole)),
        // Infinity is beyond every bound, and NaN beyond none.
        _ if number::is_word(text) => number::word(text).partial_cmp(&0.0),
        _ => Some(number::compare(text, &bound.number)),
    };
    let beyond = |bound: &Bound, side| {
        let found = against(bound);
        found == Some(side) || (bound.exclusive && found == Some(Ordering::Equal))
    };
    if check.minimum.as_ref().is_some_and(|minimum| beyond(minimum, Ordering::Less)) {
        return Err(Reason::Bound("below the minimum"));
    }
    if check.maximum.as_ref().is_some_and(|maximum| beyond(maximum, Ordering::Greater)) {
        return Err(Reason::Bound("above the maximum"));
    }
    Ok(())
}

/// Walks over the next value and demands what `check` says of it.
pub(super) fn walk(cursor: &mut Cursor<'_>, check: &Check) -> Result<(), Reason> {
    let found = cursor.peek()?;
    match found {
        Kind::Object if check.looks_inside() => {
            kind(check.kinds, found, None)?;
            object(cursor, check)
        }
        Kind::Array if check.items.is_some() => {
            kind(check.kinds, found, None)?;
            let Some(items) = &check.items else { return Ok(()) };
            cursor.enter_array()?;
            let mut first = true;
            while cursor.element(&mut first)? {
                walk(cursor, items)?;
            }
            Ok(())
        }
        Kind::Number => {
            let text = cursor.number()?;
            kind(check.kinds, found, Some(text))?;
            range(check, text)
        }
        Kind::String => {
            kind(check.kinds, found, None)?;
            let text = cursor.string()?;
            match check.length {
                (None, None) => Ok(()),
                _ => length(check, &text.text().map_err(|_| Reason::LoneSurrogate)?),
            }
        }
        _ => {
            kind(check.kinds, found, None)?;
            cursor.skip()?;
            Ok(())
        }
    }
}

fn object(cursor: &mut Cursor<'_>, check: &Check) -> Result<(), Reason> {
    cursor.enter_object()?;
    let mut first = true;
    let mut guess = 0;
    let mut missing = Missing::new(&check.required);
    loop {
        // Objects mostly have their members in one order.
        let member = match check.members.get(guess) {
            Some((name, member)) if cursor.passes(name, &mut first) => {
                missing.met(name.as_str());
                Some((guess, member))
            }
            _ => {
                let Some(name) = cursor.member(&mut first)? else { break };
                let Ok(name) = name.text() else {
                    cursor.skip()?;
                    continue;
                };
                missing.met(&name);
                check.members.find(&name)
            }
        };
        match member {
            Some((place, member)) => {
                guess = place + 1;
                walk(cursor, member)?;
            }
            None => drop(cursor.skip()?),
        }
    }
    if missing.count == 0 { Ok(()) } else { Err(Reason::Schema("lacks a required member".into())) }
}

/// The required members that have not come yet.
struct Missing<'a> {
    /// In the order of their names.
    required: &'a [String],
    came: Vec<bool>,
    count: usize,
}

impl<'a> Missing<'a> {
    fn new(required: &'a [String]) -> Self {
        Self { required, came: vec![false; required.len()], count: required.len() }
    }

    fn met(&mut self, name: &str) {
        if self.count > 0
            && let Ok(place) = self.required.binary_search_by(|required| required.as_str().cmp(name))
            && !std::mem::replace(&mut self.came[place], true)
        {
            self.count -= 1;
        }
    }
}
