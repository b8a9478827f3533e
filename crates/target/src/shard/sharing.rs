//! Which loader's a record is: the hash of its key as it was sent, in one walk over the record and without any memory of its own.

use singer::json::{Cursor, Kind, Name, Syntax, Text};

use super::Shard;
use crate::number;
use crate::time;

/// Deeper than this a value is taken as it was sent, as in [`crate::canonical`]: the stack has an end.
const MAX_DEPTH: usize = 256;

/// The most memory that is kept from record to record, in bytes.
const MAX_TEXT: usize = 1 << 16;

/// How the records of one stream are shared out.
#[derive(Debug)]
pub struct Sharing {
    shard: Shard,
    /// The key's properties in the order of their names; none where the whole record decides.
    keys: Vec<Name>,
    /// The hashes of their values in the record at hand.
    values: Vec<Option<u64>>,
    /// Memory for a text whose escapes are resolved.
    text: String,
    elsewhere: u64,
}

impl Sharing {
    /// The share of `shard` in a stream with these key properties. Records without a key are shared out by all that they say.
    #[must_use]
    pub fn new(shard: Shard, keys: &[String]) -> Self {
        let mut names: Vec<&String> = keys.iter().collect();
        names.sort_unstable();
        names.dedup();
        let keys: Vec<Name> = names.into_iter().map(|name| Name::new(name)).collect();
        Self { shard, values: vec![None; keys.len()], keys, text: String::new(), elsewhere: 0 }
    }

    /// Whose share it is.
    #[must_use]
    pub fn shard(&self) -> Shard {
        self.shard
    }

    /// Whether a record with this hash is this loader's.
    #[inline]
    #[must_use]
    pub fn holds(&self, hash: u64) -> bool {
        self.shard.holds(hash)
    }

    /// How many records were another loader's.
    #[must_use]
    pub fn elsewhere(&self) -> u64 {
        self.elsewhere
    }

    /// Counts records that were another loader's.
    pub fn count(&mut self, elsewhere: u64) {
        self.elsewhere += elsewhere;
    }

    /// The hash of a record. What is no JSON is taken as it is.
    #[must_use]
    pub fn hash(&mut self, record: &str) -> u64 {
        let hash = self.hash_at(&mut Cursor::new(record));
        hash.unwrap_or_else(|_| mixed(fed(START, record.as_bytes())))
    }

    /// The hash of the record where the cursor stands, which is then behind it. Where its key cannot be read, that of all that it says.
    ///
    /// # Errors
    /// Where it is not JSON.
    pub fn hash_at(&mut self, cursor: &mut Cursor<'_>) -> Result<u64, Syntax> {
        cursor.allow_words(true);
        let start = cursor.position();
        if let Some(hash) = self.key(cursor)? {
            return Ok(hash);
        }
        cursor.back_to(start);
        whole(cursor, 0).map(mixed)
    }

    /// The hash of the key of the record where the cursor stands; `None` where a part of the key is missing, null, or no text.
    fn key(&mut self, cursor: &mut Cursor<'_>) -> Result<Option<u64>, Syntax> {
        if self.keys.is_empty() || cursor.peek()? != Kind::Object {
            return Ok(None);
        }
        self.values.fill(None);
        let mut first = true;
        cursor.enter_object()?;
        loop {
            let place = match self.keys.iter().position(|key| cursor.passes(key, &mut first)) {
                Some(place) => Some(place),
                None => {
                    let Some(name) = cursor.member(&mut first)? else { break };
                    let is = |text: &str| self.keys.iter().position(|key| key.as_str() == text);
                    match name.plain() {
                        Some(name) => is(name),
                        None => name.text().ok().and_then(|name| is(&name)),
                    }
                }
            };
            match place {
                // Of a property that stands twice the last one counts.
                Some(place) => self.values[place] = value(cursor, &mut self.text)?,
                None => _ = cursor.skip()?,
            }
        }
        if self.text.capacity() > MAX_TEXT {
            self.text = String::new();
        }
        let parts = self.values.iter().try_fold(START, |hash, part| Some(fed(hash, &(*part)?.to_le_bytes())));
        Ok(parts.map(mixed))
    }
}

/// The hash of one part of a key; `None` where it is none.
fn value(cursor: &mut Cursor<'_>, unescaped: &mut String) -> Result<Option<u64>, Syntax> {
    Ok(match cursor.peek()? {
        Kind::Null => {
            cursor.null()?;
            None
        }
        Kind::String => {
            let sent: Text<'_> = cursor.string()?;
            match sent.plain() {
                Some(plain) => Some(text(plain)),
                None => {
                    unescaped.clear();
                    sent.unescape_into(unescaped).ok().map(|()| text(unescaped))
                }
            }
        }
        // As a column of text has them.
        _ => Some(text(cursor.skip()?)),
    })
}

/// The hash of a value by its text: one for all texts that some type of column takes for one value. A number is a number however it
/// is written, and so is an instant; of any other text the letters and digits count, without their case: what is left out is how UUIDs
/// and bytes are written in several ways. Texts that differ in nothing else fall together.
fn text(text: &str) -> u64 {
    let bytes = text.as_bytes();
    if bytes.contains(&0) || text.contains(REPLACEMENT) {
        // Settings take U+0000 away, or put the other in its place.
        return self::text(&text.replace(['\0', REPLACEMENT], ""));
    }
    if let Ok(whole) = text.parse::<i64>() {
        return fed(fed(START, b"n"), &whole.to_le_bytes());
    }
    if bytes.first().is_some_and(|byte| byte.is_ascii_digit() || *byte == b'-') {
        if is_number(text) {
            return any_number(text);
        }
        let time = match bytes {
            [_, _, b':', ..] => time::time(text),
            [_, _, _, _, b'-', ..] => time::timestamp(text),
            _ => Err(time::TimeError::Malformed),
        };
        if let Ok(micros) = time {
            return fed(fed(START, b"t"), &micros.to_le_bytes());
        }
    }
    let counts = |byte: &u8| byte.is_ascii_alphanumeric() || !byte.is_ascii();
    let parts = bytes.iter().filter(|byte| counts(byte));
    parts.fold(fed(START, b"x"), |hash, byte| step(hash, byte.to_ascii_lowercase()))
}

/// Whether a text is a number as JSON writes it, and nothing else.
fn is_number(text: &str) -> bool {
    let mut cursor = Cursor::new(text);
    cursor.number().is_ok() && cursor.position() == text.len()
}

/// The hash of a number that is not written as a whole one of 64 bits.
fn any_number(text: &str) -> u64 {
    let start = fed(START, b"n");
    if let Some(whole) = number::integer(text) {
        return fed(start, &whole.to_le_bytes());
    }
    let parts = number::parts(text);
    if parts.exponent < 0 {
        // Decimals that are one double may be one key.
        let double: f64 = text.parse().unwrap_or_default();
        return fed(start, &double.to_bits().to_le_bytes());
    }
    let digits = parts.digits.iter().fold(step(start, u8::from(parts.negative)), step);
    fed(digits, &parts.exponent.to_le_bytes())
}

/// The hash of a value with all that is in it: one for all orders of members, and with or without spaces, as [`crate::canonical`] has it.
fn whole(cursor: &mut Cursor<'_>, depth: usize) -> Result<u64, Syntax> {
    let mut first = true;
    match cursor.peek()? {
        Kind::Object if depth < MAX_DEPTH => {
            cursor.enter_object()?;
            let mut sum: u64 = 0;
            while let Some(name) = cursor.member(&mut first)? {
                let name = step(fed(START, name.raw().as_bytes()), b':');
                sum = sum.wrapping_add(mixed(fed(name, &whole(cursor, depth + 1)?.to_le_bytes())));
            }
            Ok(fed(fed(START, b"{"), &sum.to_le_bytes()))
        }
        Kind::Array if depth < MAX_DEPTH => {
            cursor.enter_array()?;
            let mut hash = fed(START, b"[");
            while cursor.element(&mut first)? {
                hash = fed(hash, &whole(cursor, depth + 1)?.to_le_bytes());
            }
            Ok(hash)
        }
        _ => Ok(fed(START, cursor.skip()?.as_bytes())),
    }
}

/// What may take the place of U+0000.
const REPLACEMENT: char = '\u{fffd}';

/// Where FNV-1a of 64 bits begins.
const START: u64 = 0xcbf2_9ce4_8422_2325;

/// FNV-1a of 64 bits, one byte on.
#[inline]
fn step(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
}

#[inline]
fn fed(hash: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(hash, |hash, byte| step(hash, *byte))
}

/// Lets every bit of a hash depend on all of them: the end of MurmurHash3. FNV alone leaves the low bits to themselves.
#[inline]
fn mixed(mut hash: u64) -> u64 {
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}
