//! What must hold inside a JSON value: the kinds of its members and elements, at any depth.

use singer::json::{Cursor, Kind};

use super::{Reason, kind_of};
use crate::number;
use crate::schema::{Check, Kinds};

/// Demands that a value of kind `kind` is allowed; a number's text is looked at where only whole ones are.
pub(super) fn kind(allowed: Kinds, kind: Kind, number_text: Option<&str>) -> Result<(), Reason> {
    let mut found = kind_of(kind);
    if let Some(text) = number_text.filter(|_| !allowed.any_of(Kinds::FRACTION)) {
        found = if number::is_integral(text) { Kinds::INTEGER } else { Kinds::FRACTION };
    }
    if allowed.any_of(found) { Ok(()) } else { Err(Reason::Kind(allowed, kind.name())) }
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
        Kind::Number => kind(check.kinds, found, Some(cursor.number()?)),
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
    let mut missing: Vec<&str> = check.required.iter().map(String::as_str).collect();
    while let Some(name) = cursor.member(&mut first)? {
        let Ok(name) = name.text() else {
            cursor.skip()?;
            continue;
        };
        missing.retain(|required| *required != name);
        let member = match check.members.get(guess) {
            Some((member, _)) if *member == name => Some(guess),
            _ => check.members.iter().position(|(member, _)| *member == name),
        };
        match member {
            Some(place) => {
                guess = place + 1;
                walk(cursor, &check.members[place].1)?;
            }
            None => drop(cursor.skip()?),
        }
    }
    if missing.is_empty() { Ok(()) } else { Err(Reason::Schema("lacks a required member".into())) }
}
