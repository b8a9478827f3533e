//! A RECORD message that is read once: whoever knows the schema walks over the record where it stands in the line.

use std::borrow::Cow;
use std::ops::Range;

use super::Record;
use super::members::{Members, integer};
use crate::json::{Cursor, Kind};

/// A RECORD message, read up to its record. What stands behind that is not known yet, and the line may turn out to be no message at
/// all: only [`Opened::close`] says so.
#[derive(Clone, Debug)]
pub struct Opened<'a> {
    /// At the record; the walk over it is the caller's.
    pub cursor: Cursor<'a>,
    stream: &'a str,
    time_extracted: Option<&'a str>,
    members: Members<'a>,
}

/// Opens RECORD messages, and remembers how the last one began: most of a stream's begin alike.
#[derive(Debug, Default)]
pub struct Opener {
    /// The line up to the brace of its record, where nothing stands there but the type and the stream.
    start: String,
    /// Where the stream's name is in that.
    stream: Range<usize>,
}

impl Opener {
    /// Reads `line` up to its record, where it is a RECORD message as most taps write it: the type and the stream come first, without
    /// escapes. `None` says nothing about any other line: see [`super::parse`].
    #[inline]
    pub fn open<'a>(&mut self, line: &'a str) -> Option<Opened<'a>> {
        if self.start.is_empty() || !line.as_bytes().starts_with(self.start.as_bytes()) {
            return self.read(line);
        }
        let mut cursor = Cursor::new(line);
        cursor.back_to(self.start.len() - 1);
        let (stream, members) = (&line[self.stream.clone()], Members::default());
        Some(Opened { cursor, stream, time_extracted: None, members })
    }

    fn read<'a>(&mut self, line: &'a str) -> Option<Opened<'a>> {
        let mut cursor = Cursor::new(line);
        let mut members = Members::default();
        let (mut kind, mut stream, mut time_extracted) = (None, None, None);
        let mut end = 0;
        let mut others = false;
        let mut first = true;
        cursor.enter_object().ok()?;
        loop {
            match cursor.member(&mut first).ok()??.plain()? {
                "type" => kind = Some(cursor.string().ok()?.plain()?),
                "stream" => {
                    stream = Some(cursor.string().ok()?.plain()?);
                    end = cursor.position() - 1;
                }
                "record" => break,
                name => {
                    others = true;
                    match name {
                        "time_extracted" => time_extracted = plain(&mut cursor)?,
                        name => members.put(name, cursor.skip().ok()?),
                    }
                }
            }
        }
        let is_record = kind?.eq_ignore_ascii_case("RECORD") && cursor.peek().ok()? == Kind::Object;
        is_record.then_some(())?;
        let stream = stream?;
        self.start.clear();
        if !others {
            self.start.push_str(&line[..=cursor.position()]);
            self.stream = end - stream.len()..end;
        }
        Some(Opened { cursor, stream, time_extracted, members })
    }
}

impl<'a> Opened<'a> {
    /// The stream's name.
    #[must_use]
    pub fn stream(&self) -> &'a str {
        self.stream
    }

    /// Reads the rest of the line, once the cursor is behind the record, which is `record`. `None` where that is not what the rest of a
    /// RECORD message looks like.
    #[must_use]
    pub fn close(mut self, record: &'a str) -> Option<Record<'a>> {
        let mut first = false;
        self.cursor.allow_words(false);
        while let Some(name) = self.cursor.member(&mut first).ok()? {
            match name.plain()? {
                // One that stands twice would take the place of what has been read.
                "type" | "stream" | "record" => return None,
                "time_extracted" => self.time_extracted = plain(&mut self.cursor)?,
                name => self.members.put(name, self.cursor.skip().ok()?),
            }
        }
        self.cursor.end().ok()?;
        let Members { version, sequence, .. } = self.members;
        Some(Record {
            stream: Cow::Borrowed(self.stream),
            record,
            version: integer("RECORD", "version", version).ok()?,
            time_extracted: self.time_extracted.map(Cow::Borrowed),
            sequence,
        })
    }
}

/// The text that comes, or null; `None` for anything else and for one with escapes.
fn plain<'a>(cursor: &mut Cursor<'a>) -> Option<Option<&'a str>> {
    match cursor.peek().ok()? {
        Kind::Null => cursor.null().ok().map(|()| None),
        _ => cursor.string().ok()?.plain().map(Some),
    }
}
