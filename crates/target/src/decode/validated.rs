//! A record as the validator reads it.

use serde_json::Value;

use crate::number;

/// What stands for infinity, and for numbers beyond doubles: no schema tells them from the greatest double. What is special about
/// them the decoder has looked at.
const GREATEST: &str = "1.7976931348623157e308";

/// Reads a record; `None` where it is nested too deep, or is no Unicode text.
pub(super) fn read(record: &str) -> Option<Value> {
    if let Ok(value) = serde_json::from_str(record) {
        return Some(value);
    }
    let mut tame = String::with_capacity(record.len() + GREATEST.len());
    let mut rest = record;
    while let Some(at) = rest.find(['"', '-', 'N', 'I', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']) {
        tame.push_str(&rest[..at]);
        rest = &rest[at..];
        let string = rest.starts_with('"');
        let length = if string { string_length(rest) } else { number_length(rest) };
        let (token, after) = rest.split_at(length);
        let negative = token.starts_with('-');
        let beyond = !string && (number::is_word(token) || token.parse::<f64>().is_ok_and(f64::is_infinite));
        match beyond {
            true => tame.extend([if negative { "-" } else { "" }, GREATEST]),
            false => tame.push_str(token),
        }
        rest = after;
    }
    tame.push_str(rest);
    serde_json::from_str(&tame).ok()
}

/// The length of the string that the text begins with, in bytes.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    let end = text.bytes().skip(1).position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    end.map_or(text.len(), |end| end + 2)
}

/// The length of the number or word that the text begins with, in bytes.
fn number_length(text: &str) -> usize {
    let part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    text.bytes().position(|byte| !part(&byte)).unwrap_or(text.len())
}
