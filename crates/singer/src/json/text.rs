//! Strings and their escapes.

use std::borrow::Cow;

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
    pub(super) fn new(raw: &'a str, escaped: bool) -> Self {
        Self { raw, escaped }
    }

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
pub(super) fn hex4(text: &str) -> u32 {
    u32::from_str_radix(&text[..4], 16).unwrap_or(0)
}
