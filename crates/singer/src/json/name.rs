//! Names of members that are expected.

use super::{Cursor, ends_plain};

/// How many bytes of a name are compared at once.
const WIDTH: usize = 16;

/// The name of a member, and how most writers write it: to recognise it in what comes without looking for its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    name: String,
    /// The name between quotes, and the colon. Empty where escapes would be in it: those can be written in several ways.
    written: String,
    /// The first bytes of that, and which of them there are.
    start: u128,
    mask: u128,
}

impl Name {
    /// The name `name`.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let escapes = name.bytes().any(ends_plain);
        let written = if escapes { String::new() } else { format!("\"{name}\":") };
        let (mut start, mut mask) = ([0; WIDTH], [0; WIDTH]);
        for ((start, mask), &byte) in start.iter_mut().zip(&mut mask).zip(written.as_bytes()) {
            (*start, *mask) = (byte, u8::MAX);
        }
        Self {
            name: name.to_owned(),
            written,
            start: u128::from_le_bytes(start),
            mask: u128::from_le_bytes(mask),
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.name
    }

    /// Whether `bytes` begin with the name as it is written.
    #[inline]
    fn begins(&self, bytes: &[u8]) -> bool {
        let written = self.written.as_bytes();
        match bytes.first_chunk::<WIDTH>() {
            Some(chunk) if written.len() <= WIDTH => u128::from_le_bytes(*chunk) & self.mask == self.start,
            _ => bytes.starts_with(written),
        }
    }
}

impl Cursor<'_> {
    /// Passes the next member's name where it is `name` as most writers write it, with no space or one behind the comma and the colon; the
    /// cursor is at its value then. Otherwise nothing is passed, and it may be the same name all the same: see [`Cursor::member`].
    #[inline]
    pub fn passes(&mut self, name: &Name, first: &mut bool) -> bool {
        let bytes = self.text.as_bytes();
        let mut at = self.at;
        if !*first {
            if bytes.get(at) != Some(&b',') {
                return false;
            }
            at += 1;
            at += usize::from(bytes.get(at) == Some(&b' '));
        }
        if name.written.is_empty() || !bytes.get(at..).is_some_and(|rest| name.begins(rest)) {
            return false;
        }
        at += name.written.len();
        at += usize::from(bytes.get(at) == Some(&b' '));
        self.at = at;
        *first = false;
        true
    }
}
