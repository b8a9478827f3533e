//! Numbers, read while they are passed.

use super::{Cursor, Walk};

/// A number as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number<'a> {
    /// Its text.
    pub text: &'a str,
    /// Its digits as one whole number, without the point, where it has at most [`Number::SHORT`] digits and no exponent.
    pub short: Option<u64>,
    /// How many of the digits stand behind the point.
    pub scale: u8,
    /// Whether it begins with a minus.
    pub negative: bool,
}

impl Number<'_> {
    /// The most digits of a number that is read while it is passed: as many as fit 64 bits, whatever they are, with a sign.
    pub const SHORT: usize = 18;
}

impl<'a> Cursor<'a> {
    /// Consumes a number, or one of the words where they are allowed, and returns its text.
    ///
    /// # Errors
    /// Where it breaks the grammar.
    #[inline]
    pub fn number(&mut self) -> Walk<&'a str> {
        self.read_number().map(|number| number.text)
    }

    /// As [`Cursor::number`], with the number's value where it is a short one.
    ///
    /// # Errors
    /// Where it breaks the grammar.
    #[inline]
    pub fn read_number(&mut self) -> Walk<Number<'a>> {
        let start = self.at;
        let negative = self.byte() == Some(b'-');
        self.at += usize::from(negative);
        let whole = self.at;
        let mut value = 0;
        match self.byte() {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.digits(&mut value),
            Some(b'N' | b'I') if self.words => return self.number_word(start),
            _ => return self.err("expected a digit"),
        }
        let mut digits = self.at - whole;
        let mut scale = 0;
        if self.byte() == Some(b'.') {
            self.at += 1;
            scale = self.some_digits(&mut value)?;
            digits += scale;
        }
        let mut short = (digits <= Number::SHORT).then_some(value);
        if let Some(b'e' | b'E') = self.byte() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.byte() {
                self.at += 1;
            }
            self.some_digits(&mut value)?;
            short = None;
        }
        // Where it is too much for 8 bits nobody asks.
        Ok(Number { text: &self.text[start..self.at], short, scale: scale as u8, negative })
    }

    #[cold]
    fn number_word(&mut self, start: usize) -> Walk<Number<'a>> {
        let negative = self.at > start;
        self.word(if self.byte() == Some(b'N') && !negative { "NaN" } else { "Infinity" })?;
        self.word = true;
        Ok(Number { text: &self.text[start..self.at], short: None, scale: 0, negative })
    }

    /// Passes digits, and appends them to `value`; what is too long for it wraps.
    #[inline]
    fn digits(&mut self, value: &mut u64) {
        while let Some(digit @ b'0'..=b'9') = self.byte() {
            *value = value.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
            self.at += 1;
        }
    }

    /// The same with at least one; how many there are.
    #[inline]
    fn some_digits(&mut self, value: &mut u64) -> Walk<usize> {
        let start = self.at;
        self.digits(value);
        if self.at == start { self.err("expected a digit") } else { Ok(self.at - start) }
    }
}
