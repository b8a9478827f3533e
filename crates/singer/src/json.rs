//! Walking JSON text in one pass, without building anything.
//!
//! A [`Cursor`] accepts exactly the grammar of RFC 8259. It leaves the meaning of what it passes to its caller: numbers come
//! back as their text, strings as their text with a note whether escapes are in it.

use std::borrow::Cow;

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

/// A string as it stands between its quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text<'a> {
    raw: &'a str,
    escaped: bool,
}

/// A `\u` escape that stands for half a surrogate pair: valid JSON, but no Unicode text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoneSurrogate;

impl<'a> Text<'a> {
    /// The text between the quotes, with its escapes as they are.
    #[must_use]
    pub fn raw(self) -> &'a str {
        self.raw
    }

    /// The text itself where no escape is in it.
    #[must_use]
    pub fn plain(self) -> Option<&'a str> {
        (!self.escaped).then_some(self.raw)
    }

    /// The text, with its escapes resolved where there are any.
    ///
    /// # Errors
    /// [`LoneSurrogate`]; no text can hold it.
    pub fn text(self) -> Result<Cow<'a, str>, LoneSurrogate> {
        if !self.escaped {
            return Ok(Cow::Borrowed(self.raw));
        }
        let mut out = String::with_capacity(self.raw.len());
        self.unescape_into(&mut out)?;
        Ok(Cow::Owned(out))
    }

    /// Appends the text to `out`, with its escapes resolved. On an error `out` holds a part of it.
    ///
    /// # Errors
    /// [`LoneSurrogate`]; no text can hold it.
    pub fn unescape_into(self, out: &mut String) -> Result<(), LoneSurrogate> {
        if !self.escaped {
            out.push_str(self.raw);
            return Ok(());
        }
        let mut rest = self.raw;
        while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
            out.push_str(&rest[..at]);
            let escape = rest.as_bytes()[at + 1];
            rest = &rest[at + 2..];
            match escape {
                b'n' => out.push('\n'),
                b't' => out.push('\t'),
                b'r' => out.push('\r'),
                b'b' => out.push('\u{8}'),
                b'f' => out.push('\u{c}'),
                b'u' => {
                    let high = hex4(rest);
                    rest = &rest[4..];
                    let code = match high {
                        0xD800..0xDC00 if rest.starts_with("\\u") => match hex4(&rest[2..]) {
                            low @ 0xDC00..0xE000 => {
                                rest = &rest[6..];
                                0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)
                            }
                            _ => return Err(LoneSurrogate),
                        },
                        code => code,
                    };
                    out.push(char::from_u32(code).ok_or(LoneSurrogate)?);
                }
                quoted => out.push(quoted as char),
            }
        }
        out.push_str(rest);
        Ok(())
    }
}

/// Four hexadecimal digits that the cursor has checked.
fn hex4(text: &str) -> u32 {
    u32::from_str_radix(&text[..4], 16).unwrap_or(0)
}

/// A place in JSON text.
#[derive(Clone, Debug)]
pub struct Cursor<'a> {
    text: &'a str,
    at: usize,
    nul: bool,
    lone_surrogate: bool,
}

type Walk<T> = Result<T, Syntax>;

impl<'a> Cursor<'a> {
    /// A cursor at the start of `text`.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        Self { text, at: 0, nul: false, lone_surrogate: false }
    }

    /// Begins anew to watch for odd text: see [`Cursor::saw_nul`] and [`Cursor::saw_lone_surrogate`].
    pub fn watch(&mut self) {
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

    fn err<T>(&self, reason: &'static str) -> Walk<T> {
        Err(Syntax { at: self.at, reason })
    }

    #[inline]
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    #[inline]
    fn space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.byte() {
            self.at += 1;
        }
    }

    /// What the next value is; nothing of it is consumed.
    ///
    /// # Errors
    /// Where no value begins here.
    #[inline]
    pub fn peek(&mut self) -> Walk<Kind> {
        self.space();
        match self.byte() {
            Some(b'"') => Ok(Kind::String),
            Some(b'-' | b'0'..=b'9') => Ok(Kind::Number),
            Some(b'n') => Ok(Kind::Null),
            Some(b't' | b'f') => Ok(Kind::Boolean),
            Some(b'{') => Ok(Kind::Object),
            Some(b'[') => Ok(Kind::Array),
            Some(_) => self.err("expected a value"),
            None => self.err("unexpected end"),
        }
    }

    /// Consumes `true` or `false`.
    ///
    /// # Errors
    /// Where neither stands here.
    pub fn boolean(&mut self) -> Walk<bool> {
        let value = self.byte() == Some(b't');
        self.word(if value { "true" } else { "false" }).map(|()| value)
    }

    /// Consumes `null`.
    ///
    /// # Errors
    /// Where it does not stand here.
    pub fn null(&mut self) -> Walk<()> {
        self.word("null")
    }

    fn word(&mut self, word: &str) -> Walk<()> {
        if self.text.as_bytes()[self.at..].starts_with(word.as_bytes()) {
            self.at += word.len();
            Ok(())
        } else {
            self.err("expected a value")
        }
    }

    /// Consumes a number and returns its text.
    ///
    /// # Errors
    /// Where it breaks the grammar.
    #[inline]
    pub fn number(&mut self) -> Walk<&'a str> {
        let start = self.at;
        if self.byte() == Some(b'-') {
            self.at += 1;
        }
        match self.byte() {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.digits(),
            _ => return self.err("expected a digit"),
        }
        if self.byte() == Some(b'.') {
            self.at += 1;
            self.some_digits()?;
        }
        if let Some(b'e' | b'E') = self.byte() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.byte() {
                self.at += 1;
            }
            self.some_digits()?;
        }
        Ok(&self.text[start..self.at])
    }

    #[inline]
    fn digits(&mut self) {
        while let Some(b'0'..=b'9') = self.byte() {
            self.at += 1;
        }
    }

    fn some_digits(&mut self) -> Walk<()> {
        let start = self.at;
        self.digits();
        if self.at == start { self.err("expected a digit") } else { Ok(()) }
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
        let mut escaped = false;
        loop {
            self.at += plain_length(&self.text.as_bytes()[self.at..]);
            match self.byte() {
                Some(b'"') => {
                    let raw = &self.text[start..self.at];
                    self.at += 1;
                    return Ok(Text { raw, escaped });
                }
                Some(b'\\') => {
                    escaped = true;
                    self.escape()?;
                }
                Some(_) => return self.err("control character in a string"),
                None => return self.err("unexpected end in a string"),
            }
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

    /// Enters an object. [`Cursor::member`] then gives its members.
    ///
    /// # Errors
    /// Where no object begins here.
    pub fn enter_object(&mut self) -> Walk<()> {
        self.space();
        if self.byte() != Some(b'{') {
            return self.err("expected an object");
        }
        self.at += 1;
        Ok(())
    }

    /// The next member's name, with the cursor at its value; `None` once the object is left. `first` is true for the first call
    /// in an object, and is cleared.
    ///
    /// # Errors
    /// Where the grammar is broken.
    #[inline]
    pub fn member(&mut self, first: &mut bool) -> Walk<Option<Text<'a>>> {
        self.space();
        match self.byte() {
            Some(b'}') => {
                self.at += 1;
                return Ok(None);
            }
            Some(b',') if !*first => {
                self.at += 1;
                self.space();
            }
            _ if *first => {}
            _ => return self.err("expected a comma or the end of the object"),
        }
        *first = false;
        let name = self.string()?;
        self.space();
        if self.byte() != Some(b':') {
            return self.err("expected a colon");
        }
        self.at += 1;
        self.space();
        Ok(Some(name))
    }

    /// Consumes any value and returns its text.
    ///
    /// # Errors
    /// Where the grammar is broken anywhere in it.
    pub fn skip(&mut self) -> Walk<&'a str> {
        self.space();
        let start = self.at;
        let mut nest = Nest::default();
        loop {
            // A value begins here.
            match self.peek()? {
                Kind::Null => self.null()?,
                Kind::Boolean => drop(self.boolean()?),
                Kind::Number => drop(self.number()?),
                Kind::String => drop(self.string()?),
                Kind::Object => {
                    self.at += 1;
                    self.space();
                    if self.byte() == Some(b'}') {
                        self.at += 1;
                    } else {
                        nest.push(true);
                        self.name()?;
                        continue;
                    }
                }
                Kind::Array => {
                    self.at += 1;
                    self.space();
                    if self.byte() == Some(b']') {
                        self.at += 1;
                    } else {
                        nest.push(false);
                        continue;
                    }
                }
            }
            // A value has ended here.
            loop {
                let Some(object) = nest.top() else { return Ok(&self.text[start..self.at]) };
                self.space();
                match (self.byte(), object) {
                    (Some(b','), true) => {
                        self.at += 1;
                        self.space();
                        self.name()?;
                        break;
                    }
                    (Some(b','), false) => {
                        self.at += 1;
                        break;
                    }
                    (Some(b'}'), true) | (Some(b']'), false) => {
                        self.at += 1;
                        nest.pop();
                    }
                    (None, _) => return self.err("unexpected end"),
                    _ => return self.err("expected a comma or the end of the value"),
                }
            }
        }
    }

    fn name(&mut self) -> Walk<()> {
        self.string()?;
        self.space();
        if self.byte() != Some(b':') {
            return self.err("expected a colon");
        }
        self.at += 1;
        Ok(())
    }

    /// Enters an array. [`Cursor::element`] then gives its elements.
    ///
    /// # Errors
    /// Where no array begins here.
    pub fn enter_array(&mut self) -> Walk<()> {
        self.space();
        if self.byte() != Some(b'[') {
            return self.err("expected an array");
        }
        self.at += 1;
        Ok(())
    }

    /// Whether another element follows, with the cursor at it; false once the array is left. `first` is true for the first call in
    /// an array, and is cleared.
    ///
    /// # Errors
    /// Where the grammar is broken.
    pub fn element(&mut self, first: &mut bool) -> Walk<bool> {
        self.space();
        match self.byte() {
            // After a comma `peek` or `skip` refuses the bracket.
            Some(b']') => {
                self.at += 1;
                return Ok(false);
            }
            Some(b',') if !*first => self.at += 1,
            _ if *first => {}
            _ => return self.err("expected a comma or the end of the array"),
        }
        *first = false;
        self.space();
        Ok(true)
    }

    /// The place in the text, in bytes.
    #[must_use]
    pub fn position(&self) -> usize {
        self.at
    }

    /// The text from `start`, a former [`Cursor::position`], up to here.
    #[must_use]
    pub fn text_from(&self, start: usize) -> &'a str {
        &self.text[start..self.at]
    }

    /// Demands that nothing but space is left.
    ///
    /// # Errors
    /// Where something is.
    pub fn end(&mut self) -> Walk<()> {
        self.space();
        if self.at == self.text.len() { Ok(()) } else { self.err("more after the end of the value") }
    }
}

/// The number of bytes at the start of `bytes` that a string may hold as they are: up to a quote, a backslash or a control
/// character. Eight at a time: strings are most of what a record is.
#[inline]
fn plain_length(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGH: u64 = ONES << 7;
    let mut at = 0;
    while let Some(chunk) = bytes.get(at..at + 8).and_then(|chunk| <[u8; 8]>::try_from(chunk).ok()) {
        let word = u64::from_le_bytes(chunk);
        let zero = |word: u64| word.wrapping_sub(ONES) & !word;
        let control = word.wrapping_sub(ONES * 0x20) & !word;
        let stop =
            (zero(word ^ (ONES * u64::from(b'"'))) | zero(word ^ (ONES * u64::from(b'\\'))) | control) & HIGH;
        if stop != 0 {
            return at + (stop.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    while let Some(&byte) = bytes.get(at) {
        if byte == b'"' || byte == b'\\' || byte < 0x20 {
            break;
        }
        at += 1;
    }
    at
}

/// The open containers around a place, a bit for each (1 = object): any depth, and no allocation up to 128.
#[derive(Default)]
struct Nest {
    bits: u128,
    depth: usize,
    full: Vec<u128>,
}

impl Nest {
    fn push(&mut self, object: bool) {
        if self.depth > 0 && self.depth.is_multiple_of(128) {
            self.full.push(self.bits);
        }
        self.bits = self.bits << 1 | u128::from(object);
        self.depth += 1;
    }

    fn top(&self) -> Option<bool> {
        (self.depth > 0).then_some(self.bits & 1 == 1)
    }

    fn pop(&mut self) {
        self.depth -= 1;
        self.bits >>= 1;
        if self.depth > 0 && self.depth.is_multiple_of(128) {
            self.bits = self.full.pop().unwrap_or_default();
        }
    }
}
