//! The members of a message.

use std::borrow::Cow;

use super::Record;
use crate::error::{Error, Kind};
use crate::json::Cursor;

/// The members of any message that are looked at, as raw text. One that is null is as good as missing.
#[derive(Clone, Debug, Default)]
pub(super) struct Members<'a> {
    pub(super) kind: Option<&'a str>,
    pub(super) stream: Option<&'a str>,
    pub(super) schema: Option<&'a str>,
    pub(super) key_properties: Option<&'a str>,
    pub(super) bookmark_properties: Option<&'a str>,
    pub(super) record: Option<&'a str>,
    pub(super) version: Option<&'a str>,
    pub(super) time_extracted: Option<&'a str>,
    pub(super) sequence: Option<&'a str>,
    pub(super) value: Option<&'a str>,
    pub(super) manifest: Option<&'a str>,
    pub(super) encoding: Option<&'a str>,
}

impl<'a> Members<'a> {
    /// Takes a member. Of one that stands twice the last one counts, as serde_json and Python have it.
    #[inline]
    pub(super) fn put(&mut self, name: &str, raw: &'a str) {
        let value = Some(raw).filter(|raw| *raw != "null");
        match name {
            "type" => self.kind = value,
            "stream" => self.stream = value,
            "record" => self.record = value,
            "version" => self.version = value,
            "time_extracted" => self.time_extracted = value,
            "sequence" => self.sequence = value,
            // A bookmark may be any value, and null is one.
            "value" => self.value = Some(raw),
            "schema" => self.schema = value,
            "key_properties" => self.key_properties = value,
            "bookmark_properties" => self.bookmark_properties = value,
            "manifest" => self.manifest = value,
            "encoding" => self.encoding = value,
            _ => {}
        }
    }

    /// The RECORD message that they are.
    pub(super) fn record(self) -> Result<Record<'a>, Error> {
        Ok(Record {
            stream: stream("RECORD", self.stream)?,
            record: object("RECORD", "record", self.record)?,
            version: integer("RECORD", "version", self.version)?,
            time_extracted: text("RECORD", "time_extracted", self.time_extracted)?,
            sequence: self.sequence,
        })
    }
}

/// The text of a value that is a string.
pub(super) fn unquote(value: &str) -> Option<Cow<'_, str>> {
    let mut cursor = Cursor::new(value);
    cursor.string().ok()?.text().ok()
}

pub(super) fn stream<'a>(message: &'static str, value: Option<&'a str>) -> Result<Cow<'a, str>, Error> {
    text(message, "stream", value)?.ok_or_else(|| Kind::Missing(message, "stream").into())
}

pub(super) fn text<'a>(
    message: &'static str,
    member: &'static str,
    value: Option<&'a str>,
) -> Result<Option<Cow<'a, str>>, Error> {
    let Some(value) = value else { return Ok(None) };
    unquote(value).map(Some).ok_or_else(|| Kind::Malformed(message, member, "a string").into())
}

pub(super) fn object<'a>(
    message: &'static str,
    member: &'static str,
    value: Option<&'a str>,
) -> Result<&'a str, Error> {
    let value = value.ok_or(Kind::Missing(message, member))?;
    if value.starts_with('{') { Ok(value) } else { Err(Kind::Malformed(message, member, "an object").into()) }
}

pub(super) fn integer(
    message: &'static str,
    member: &'static str,
    value: Option<&str>,
) -> Result<Option<i64>, Error> {
    let Some(value) = value else { return Ok(None) };
    value.parse().map(Some).map_err(|_| Kind::Malformed(message, member, "an integer of 64 bits").into())
}
