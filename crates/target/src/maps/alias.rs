//! The new name of a stream.

use super::parse::Stop;
use super::tokens::{Word, tokens};

/// The name for the name that a stream was sent with.
pub(super) const STREAM_NAME: &str = "__stream_name__";

/// What a new name may be.
const ALIAS: &str = "expected a text in quotes, __stream_name__, or these with + between";

/// A part of a stream's new name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// A text.
    Text(String),
    /// The name that the stream was sent with.
    StreamName,
}

/// Reads the new name of a stream: a text in quotes, `__stream_name__`, several of them with `+` between, or the name itself.
pub(super) fn read(text: &str) -> Result<Vec<Part>, Stop> {
    let plain = |char: char| char.is_alphanumeric() || matches!(char, '_' | '-' | '.');
    if !text.is_empty() && text.chars().all(plain) && text != STREAM_NAME {
        return Ok(vec![Part::Text(text.to_owned())]);
    }
    let tokens = tokens(text)?;
    let mut parts = Vec::new();
    for (place, token) in tokens.iter().enumerate() {
        match (place % 2 == 0, &token.word) {
            (true, Word::Text(text)) => parts.push(Part::Text(text.clone())),
            (true, Word::Name(STREAM_NAME)) => parts.push(Part::StreamName),
            (false, Word::Sign("+")) => {}
            (false, Word::End) => return Ok(parts),
            _ => return Err(Stop::at(token.column, ALIAS)),
        }
    }
    Err(Stop::at(1, ALIAS))
}
