//! Names of members that are expected.

use super::{Cursor, ends_plain};

/// How many bytes of a name are compared at once.
const WIDTH: usize = 16;

/// Some bytes that are recognised at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Pattern<const N: usize> {
    bytes: [u128; N],
    /// Which of them there are.
    mask: [u128; N],
}

impl<const N: usize> Pattern<N> {
    /// The first bytes of `text`.
    fn new(text: &[u8]) -> Self {
        let mut pattern = Self { bytes: [0; N], mask: [0; N] };
        for (place, &byte) in text.iter().enumerate().take(N * WIDTH) {
            let shift = 8 * (place % WIDTH);
            pattern.bytes[place / WIDTH] |= u128::from(byte) << shift;
            pattern.mask[place / WIDTH] |= u128::from(u8::MAX) << shift;
        }
        pattern
    }

    #[inline(always)]
    fn fits(&self, place: usize, chunk: [u8; WIDTH]) -> bool {
        u128::from_le_bytes(chunk) & self.mask[place] == self.bytes[place]
    }
}

/// The name of a member, and how most writers write it: to recognise it in what comes without looking for its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    name: String,
    /// The name between quotes, and the colon. Empty where escapes would be in it: those can be written in several ways.
    written: String,
    /// How that begins.
    start: Pattern<1>,
    /// The whole member behind another one where it is null, and its length; 0 where it is longer than can be compared at once.
    null: Pattern<2>,
    null_length: usize,
}

impl Name {
    /// The name `name`.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let escapes = name.bytes().any(ends_plain);
        let written = if escapes { String::new() } else { format!("\"{name}\":") };
        let null = format!(",{written}null");
        let null_length = if written.is_empty() || null.len() > 2 * WIDTH { 0 } else { null.len() };
        let (start, null) = (Pattern::new(written.as_bytes()), Pattern::new(null.as_bytes()));
        Self { name: name.to_owned(), written, start, null, null_length }
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
            Some(chunk) if written.len() <= WIDTH => self.start.fits(0, *chunk),
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

    /// Passes the next member with its value where it is `name` and null, behind another member and without spaces. Otherwise nothing is
    /// passed, and it may be that member all the same.
    #[inline]
    pub fn passes_null_member(&mut self, name: &Name) -> bool {
        let rest = &self.text.as_bytes()[self.at..];
        let Some((low, rest)) = rest.split_first_chunk() else { return false };
        let Some(high) = rest.first_chunk() else { return false };
        let passes = name.null.fits(0, *low) && name.null.fits(1, *high) && name.null_length > 0;
        self.at += if passes { name.null_length } else { 0 };
        passes
    }
}
