//! Words → parameters: `host=db.example.com password='it\'s secret'`.

use std::iter::Peekable;
use std::str::Chars;

use super::{Conninfo, malformed};
use crate::error::Result;

/// Reads words. A value with blanks stands between single quotes; a backslash makes the next character plain.
pub(super) fn parse(text: &str) -> Result<Conninfo> {
    let mut info = Conninfo::default();
    let mut rest = text.chars().peekable();
    for number in 1.. {
        skip_blanks(&mut rest);
        if rest.peek().is_none() {
            break;
        }
        let mut keyword = String::new();
        while let Some(next) = rest.next_if(|next| *next != '=' && !next.is_ascii_whitespace()) {
            keyword.push(next);
        }
        skip_blanks(&mut rest);
        if rest.next() != Some('=') {
            return Err(malformed(&format!("word {number} is not of the form name=value")));
        }
        skip_blanks(&mut rest);
        let value = value(&mut rest)?;
        if !info.set(&keyword, value) {
            return Err(malformed(&format!("word {number} is no parameter that libpq has")));
        }
    }
    Ok(info)
}

fn skip_blanks(rest: &mut Peekable<Chars<'_>>) {
    while rest.next_if(char::is_ascii_whitespace).is_some() {}
}

fn value(rest: &mut Peekable<Chars<'_>>) -> Result<String> {
    let quoted = rest.next_if_eq(&'\'').is_some();
    let mut value = String::new();
    loop {
        match rest.peek() {
            Some(next) if !quoted && next.is_ascii_whitespace() => return Ok(value),
            Some('\'') if quoted => {
                rest.next();
                return Ok(value);
            }
            None if quoted => return Err(malformed("a value has no closing quote")),
            None => return Ok(value),
            Some(_) => {}
        }
        match rest.next() {
            Some('\\') => value.extend(rest.next()),
            next => value.extend(next),
        }
    }
}
