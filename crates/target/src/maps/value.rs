//! Values as JSON text, and what Python would make of them.

use std::borrow::Cow;
use std::cmp::Ordering;

use md5::Md5;
use sha2::Sha256;
use singer::json::{Cursor, Kind};

use super::expression::{Cast, Comparison, Hash};
use crate::names::hex;
use crate::number;

/// The kind of a value, which is well-formed.
fn kind(json: &str) -> Kind {
    let mut cursor = Cursor::new(json);
    cursor.allow_words(true);
    cursor.peek().unwrap_or(Kind::Null)
}

/// The text that a string holds. Half a surrogate pair is in no text: then it is the string as it was sent.
fn unquoted(json: &str) -> Cow<'_, str> {
    let string = Cursor::new(json).string();
    string.ok().and_then(|string| string.text().ok()).unwrap_or(Cow::Borrowed(json))
}

/// The value's text, as Python's `str` has it for texts, whole numbers and booleans; other values as they were sent. `None` for null.
fn shown(json: &str) -> Option<Cow<'_, str>> {
    Some(match kind(json) {
        Kind::Null => return None,
        Kind::String => unquoted(json),
        Kind::Boolean => Cow::Borrowed(if json == "true" { "True" } else { "False" }),
        Kind::Number if json == "-0" => Cow::Borrowed("0"),
        Kind::Number | Kind::Object | Kind::Array => Cow::Borrowed(json),
    })
}

/// The hash of a value's text, in hexadecimal digits between quotes; null stays null.
pub(super) fn hashed(hash: Hash, json: &str) -> Cow<'static, str> {
    let Some(text) = shown(json) else { return Cow::Borrowed("null") };
    let digits = match hash {
        Hash::Md5 => hex(&<Md5 as md5::Digest>::digest(text.as_bytes())),
        Hash::Sha256 => hex(&<Sha256 as sha2::Digest>::digest(text.as_bytes())),
    };
    Cow::Owned(format!("\"{digits}\""))
}

/// The value as another type. One that cannot become of it stays as it is, for the decoder to refuse.
pub(super) fn cast(cast: Cast, json: &str) -> Cow<'_, str> {
    match (cast, kind(json)) {
        (Cast::Boolean, _) => boolean(is_true(json)),
        (_, Kind::Null | Kind::Object | Kind::Array)
        | (Cast::Text, Kind::String)
        | (Cast::Number, Kind::Number) => Cow::Borrowed(json),
        (Cast::Text, Kind::Number | Kind::Boolean) => {
            Cow::Owned(format!("\"{}\"", shown(json).unwrap_or_default()))
        }
        (Cast::Integer, Kind::Number) => truncated(json),
        (Cast::Integer, Kind::Boolean) => Cow::Borrowed(if json == "true" { "1" } else { "0" }),
        (Cast::Number, Kind::Boolean) => Cow::Borrowed(if json == "true" { "1.0" } else { "0.0" }),
        (Cast::Integer, Kind::String) => integer(&unquoted(json)).map_or(Cow::Borrowed(json), Cow::Owned),
        (Cast::Number, Kind::String) => float(&unquoted(json)).map_or(Cow::Borrowed(json), Cow::Owned),
    }
}

/// `true` or `false`.
pub(super) fn boolean(value: bool) -> Cow<'static, str> {
    Cow::Borrowed(if value { "true" } else { "false" })
}

/// A number without what stands behind the point, digit by digit.
fn truncated(json: &str) -> Cow<'_, str> {
    if number::is_word(json) || number::is_integral(json) {
        return Cow::Borrowed(json);
    }
    let parts = number::parts(json);
    // It is no whole number, so the exponent of its last digit is below zero.
    let whole = (parts.digits.len() as i64 + parts.exponent).max(0) as usize;
    let digits: String = parts.digits.iter().take(whole).map(char::from).collect();
    Cow::Owned(match (digits.is_empty(), parts.negative) {
        (true, _) => "0".to_owned(),
        (false, true) => format!("-{digits}"),
        (false, false) => digits,
    })
}

/// A sign and digits, with space around them and zeros before them, as a number of JSON.
fn integer(text: &str) -> Option<String> {
    let text = text.trim();
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits = digits.trim_start_matches('0');
    Some(match (digits, text.starts_with('-')) {
        ("", _) => "0".to_owned(),
        (digits, true) => format!("-{digits}"),
        (digits, false) => digits.to_owned(),
    })
}

/// A number as Python's `float` reads it, as one of JSON, or as one of the words that a record may have.
fn float(text: &str) -> Option<String> {
    let text = text.trim();
    let negative = text.starts_with('-');
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let sign = if negative { "-" } else { "" };
    match unsigned.to_ascii_lowercase().as_str() {
        "nan" => return Some("NaN".to_owned()),
        "inf" | "infinity" => return Some(format!("{sign}Infinity")),
        _ => {}
    }
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let power = exponent.map(|text| text.strip_prefix(['-', '+']).unwrap_or(text));
    let is_number = digits(whole) && digits(fraction) && !(whole.is_empty() && fraction.is_empty());
    if !is_number || power.is_some_and(|power| power.is_empty() || !digits(power)) {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let mut json = format!("{sign}{}", if whole.is_empty() { "0" } else { whole });
    for (mark, part) in [(".", Some(fraction).filter(|part| !part.is_empty())), ("e", exponent)] {
        if let Some(part) = part {
            json.push_str(mark);
            json.push_str(part);
        }
    }
    Some(json)
}

/// Whether Python takes the value for true: not null, false, zero, or empty.
pub(super) fn is_true(json: &str) -> bool {
    match kind(json) {
        Kind::Null => false,
        Kind::Boolean => json == "true",
        Kind::Number => number::is_word(json) || !number::parts(json).digits.is_empty(),
        Kind::String => json.len() > 2,
        // Something stands between its ends.
        Kind::Object | Kind::Array => !json[1..json.len() - 1].trim().is_empty(),
    }
}

/// Values of kinds that have no order among each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NoOrder {
    pub(super) kinds: [&'static str; 2],
}

/// Compares two values. Whole numbers and others compare digit by digit, texts by their characters, and booleans count as 0 and 1.
/// Nothing is less than null, or greater.
///
/// # Errors
/// Where an order is asked for of values that have none.
pub(super) fn compare(a: &str, how: Comparison, b: &str) -> Result<bool, NoOrder> {
    let (a_kind, b_kind) = (kind(a), kind(b));
    let number = |kind: Kind| matches!(kind, Kind::Number | Kind::Boolean);
    let ordering = if number(a_kind) && number(b_kind) {
        Some(numbers(as_number(a), as_number(b)))
    } else if a_kind == Kind::String && b_kind == Kind::String {
        Some(Some(unquoted(a).cmp(&unquoted(b))))
    } else {
        None
    };
    let is = |wanted: &[Ordering]| ordering.flatten().is_some_and(|ordering| wanted.contains(&ordering));
    use Ordering::{Equal, Greater, Less};
    let wanted: &[Ordering] = match how {
        Comparison::Equal | Comparison::Unequal => {
            let equal = match ordering {
                Some(ordering) => ordering == Some(Equal),
                None => a_kind == b_kind && same(a, b),
            };
            return Ok(equal == (how == Comparison::Equal));
        }
        _ if a_kind == Kind::Null || b_kind == Kind::Null => return Ok(false),
        _ if ordering.is_none() => return Err(NoOrder { kinds: [a_kind.name(), b_kind.name()] }),
        Comparison::Less => &[Less],
        Comparison::LessOrEqual => &[Less, Equal],
        Comparison::Greater => &[Greater],
        Comparison::GreaterOrEqual => &[Greater, Equal],
    };
    Ok(is(wanted))
}

fn as_number(json: &str) -> &str {
    match json {
        "true" => "1",
        "false" => "0",
        number => number,
    }
}

/// How two numbers compare; NaN with nothing.
fn numbers(a: &str, b: &str) -> Option<Ordering> {
    if number::is_word(a) || number::is_word(b) {
        let double = |text: &str| match number::is_word(text) {
            true => number::word(text),
            // Any number is on the same side of infinity.
            false => 0.0,
        };
        return double(a).partial_cmp(&double(b));
    }
    Some(number::compare(a, b))
}

/// Whether two values of one kind are written alike, but for spaces and the order of members.
fn same(a: &str, b: &str) -> bool {
    let canonical = |json: &str| {
        let mut text = String::new();
        crate::canonical::write(json, &mut text).ok().map(|()| text)
    };
    canonical(a) == canonical(b)
}
