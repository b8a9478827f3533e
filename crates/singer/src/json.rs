//! Walking JSON text in one pass, without building anything.
//!
//! A [`Cursor`] accepts exactly the grammar of RFC 8259, and where [`Cursor::allow_words`] says so the three words that Python writes
//! for what is no number: `NaN`, `Infinity`, `-Infinity`. It leaves the meaning of what it passes to its caller: numbers come
//! back as their text, strings as their text with a note whether escapes are in it.

mod containers;
mod name;
mod nest;
mod number;
mod plain;
mod text;

pub use name::Name;
pub use number::Number;
use plain::{ends_plain, plain_length};
use text::hex4;
pub use text::{LoneSurrogate, Text};

/// Text that is not JSON: the byte where it shows, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Syntax {
    /// The byte in the text, from 0.
    pub at: usize,
    /// What is wrong there.
    pub reason: &'static str,
}

/// What a value is, seen from its first byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Kind {
    Null,
    Boolean,
    Number,
    String,
    Object,
    Array,
}

impl Kind {
    /// The name that JSON Schema has for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Kind::Null => "null",
            Kind::Boolean => "boolean",
            Kind::Number => "number",
            Kind::String => "string",
            Kind::Object => "object",
            Kind::Array => "array",
        }
    }
}

/// A place in JSON text.
#[derive(Clone, Debug)]
pub struct Cursor<'a> {
    text: &'a str,
    at: usize,
    nul: bool,
    lone_surrogate: bool,
    words: bool,
    word: bool,
    deepest: usize,
}

type Walk<T> = Result<T, Syntax>;

impl<'a> Cursor<'a> {
    /// A cursor at the start of `text`.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        Self { text, at: 0, nul: false, lone_surrogate: false, words: false, word: false, deepest: 0 }
    }

    /// Whether `NaN`, `Infinity` and `-Infinity` count as numbers from here on. At first they do not.
    #[inline]
    pub fn allow_words(&mut self, allowed: bool) {
        self.words = allowed;
    }

    /// Begins anew to watch for odd values: see [`Cursor::saw_nul`], [`Cursor::saw_lone_surrogate`], [`Cursor::saw_word`] and
    /// [`Cursor::saw_levels`].
    pub fn watch(&mut self) {
        self.deepest = 0;
        self.word = false;
        self.nul = false;
        self.lone_surrogate = false;
    }

    /// Whether a string was passed that holds U+0000, as an escape.
    #[must_use]
    pub fn saw_nul(&self) -> bool {
        self.nul
    }

    /// Whether a string was passed that holds half a surrogate pair, as an escape: valid JSON, but no text.
    #[must_use]
    pub fn saw_lone_surrogate(&self) -> bool {
        self.lone_surrogate
    }

    /// Whether one of the words was passed that stand for no number.
    #[must_use]
    pub fn saw_word(&self) -> bool {
        self.word
    }

    /// How many levels the deepest value had that was skipped.
    #[must_use]
    pub fn saw_levels(&self) -> usize {
        self.deepest
    }

    fn err<T>(&self, reason: &'static str) -> Walk<T> {
        Err(Syntax { at: self.at, reason })
    }

    #[inline]
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    #[inline]
    fn space(&mut self) {
        while let Some(byte) = self.byte() {
            // One comparison mostly tells: nothing that means something is below the space.
            if byte > b' ' || !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                break;
            }
            self.at += 1;
        }
    }

    /// What the next value is; nothing of it is consumed.
    ///
    /// # Errors
    /// Where no value begins here.
    #[inline(always)]
    pub fn peek(&mut self) -> Walk<Kind> {
        self.space();
        match self.byte() {
            Some(b'"') => Ok(Kind::String),
            Some(b'-' | b'0'..=b'9') => Ok(Kind::Number),
            Some(b'n') => Ok(Kind::Null),
            Some(b't' | b'f') => Ok(Kind::Boolean),
            Some(b'{') => Ok(Kind::Object),
            Some(b'[') => Ok(Kind::Array),
            Some(b'N' | b'I') if self.words => Ok(Kind::Number),
            Some(_) => self.err("expected a value"),
            None => self.err("unexpected end"),
        }
    }

    /// Consumes `true` or `false`.
    ///
    /// # Errors
    /// Where neither stands here.
    #[inline]
    pub fn boolean(&mut self) -> Walk<bool> {
        let value = self.byte() == Some(b't');
        self.word(if value { "true" } else { "false" }).map(|()| value)
    }

    /// Consumes `null`.
    ///
    /// # Errors
    /// Where it does not stand here.
    #[inline]
    pub fn null(&mut self) -> Walk<()> {
        self.word("null")
    }

    /// Passes `null` where it stands right here; otherwise nothing is passed.
    #[inline]
    pub fn passes_null(&mut self) -> bool {
        let null = self.text.as_bytes()[self.at..].first_chunk() == Some(b"null");
        self.at += if null { 4 } else { 0 };
        null
    }

    fn word(&mut self, word: &str) -> Walk<()> {
        if self.text.as_bytes()[self.at..].starts_with(word.as_bytes()) {
            self.at += word.len();
            Ok(())
        } else {
            self.err("expected a value")
        }
    }

    /// Consumes a string.
    ///
    /// # Errors
    /// Where it breaks the grammar.
    #[inline]
    pub fn string(&mut self) -> Walk<Text<'a>> {
        if self.byte() != Some(b'"') {
            return self.err("expected a string");
        }
        self.at += 1;
        let start = self.at;
        self.at += plain_length(&self.text.as_bytes()[start..]);
        if self.byte() != Some(b'"') {
            return self.odd_string(start);
        }
        let raw = &self.text[start..self.at];
        self.at += 1;
        Ok(Text::new(raw, false))
    }

    /// The rest of a string from `start`, with the cursor at the first byte that does not stand for itself.
    fn odd_string(&mut self, start: usize) -> Walk<Text<'a>> {
        loop {
            match self.byte() {
                Some(b'"') => {
                    let raw = &self.text[start..self.at];
                    self.at += 1;
                    return Ok(Text::new(raw, true));
                }
                Some(b'\\') => self.escape()?,
                Some(_) => return self.err("control character in a string"),
                None => return self.err("unexpected end in a string"),
            }
            self.at += plain_length(&self.text.as_bytes()[self.at..]);
        }
    }

    fn escape(&mut self) -> Walk<()> {
        match self.text.as_bytes().get(self.at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                self.at += 2;
                Ok(())
            }
            Some(b'u') => {
                let code = self.hex_escape()?;
                match code {
                    0 => self.nul = true,
                    0xDC00..0xE000 => self.lone_surrogate = true,
                    0xD800..0xDC00 => {
                        let low = self.text.as_bytes()[self.at..].starts_with(b"\\u");
                        if !(low && (0xDC00..0xE000).contains(&self.hex_escape()?)) {
                            self.lone_surrogate = true;
                        }
                    }
                    _ => {}
                }
                Ok(())
            }
            _ => self.err("invalid escape"),
        }
    }

    fn hex_escape(&mut self) -> Walk<u32> {
        let digits = self.text.as_bytes().get(self.at + 2..self.at + 6);
        match digits.filter(|digits| digits.iter().all(u8::is_ascii_hexdigit)) {
            Some(_) => {
                let code = hex4(&self.text[self.at + 2..]);
                self.at += 6;
                Ok(code)
            }
            None => self.err("invalid escape"),
        }
    }

    /// The place in the text, in bytes.
    #[inline]
    #[must_use]
    pub fn position(&self) -> usize {
        self.at
    }

    /// Goes back to `position`, a former [`Cursor::position`].
    #[inline]
    pub fn back_to(&mut self, position: usize) {
        self.at = position;
    }

    /// The text from `start`, a former [`Cursor::position`], up to here.
    #[inline]
    #[must_use]
    pub fn text_from(&self, start: usize) -> &'a str {
        &self.text[start..self.at]
    }

    /// Demands that nothing but space is left.
    ///
    /// # Errors
    /// Where something is.
    #[inline]
    pub fn end(&mut self) -> Walk<()> {
        self.space();
        if self.at == self.text.len() { Ok(()) } else { self.err("more after the end of the value") }
    }
}
