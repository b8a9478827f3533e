//! What one line says.

use std::borrow::Cow;

use crate::error::{Error, Kind};
use crate::json::{self, Cursor, Syntax};

/// A Singer message. Raw JSON in it borrows from the line.
#[derive(Debug)]
pub enum Message<'a> {
    /// What the stream's records look like from here on.
    Schema(Schema<'a>),
    /// One record.
    Record(Record<'a>),
    /// The tap's bookmark: opaque JSON text.
    State(&'a str),
    /// All versions of the stream older than this one are over.
    ActivateVersion(ActivateVersion<'a>),
    /// Records in files.
    Batch(Batch<'a>),
}

/// A SCHEMA message.
#[derive(Debug)]
pub struct Schema<'a> {
    /// The stream's name.
    pub stream: Cow<'a, str>,
    /// The JSON Schema's text.
    pub schema: &'a str,
    /// The properties whose values identify a record; none for a stream without keys.
    pub key_properties: Vec<String>,
    /// The properties that the tap resumes by.
    pub bookmark_properties: Vec<String>,
}

/// A RECORD message.
#[derive(Debug)]
pub struct Record<'a> {
    /// The stream's name.
    pub stream: Cow<'a, str>,
    /// The record's text: well-formed JSON, in which numbers may be `NaN`, `Infinity` or `-Infinity`; not yet looked into.
    pub record: &'a str,
    /// Singer's table version.
    pub version: Option<i64>,
    /// When the tap read the record, as it was sent.
    pub time_extracted: Option<Cow<'a, str>>,
    /// The text of the top-level `sequence`: whether it is an order that can be used is the target's business.
    pub sequence: Option<&'a str>,
}

/// An ACTIVATE_VERSION message.
#[derive(Debug)]
pub struct ActivateVersion<'a> {
    /// The stream's name.
    pub stream: Cow<'a, str>,
    /// The version that stays.
    pub version: i64,
}

/// A BATCH message.
#[derive(Debug)]
pub struct Batch<'a> {
    /// The stream's name.
    pub stream: Cow<'a, str>,
    /// Where the files are and how they are written: JSON text.
    pub manifest: Option<&'a str>,
    /// The `encoding` member: JSON text.
    pub encoding: Option<&'a str>,
}

/// The members of any message that are looked at, as raw text.
#[derive(Default)]
struct Members<'a> {
    kind: Option<Cow<'a, str>>,
    stream: Option<&'a str>,
    schema: Option<&'a str>,
    key_properties: Option<&'a str>,
    bookmark_properties: Option<&'a str>,
    record: Option<&'a str>,
    version: Option<&'a str>,
    time_extracted: Option<&'a str>,
    sequence: Option<&'a str>,
    value: Option<&'a str>,
    manifest: Option<&'a str>,
    encoding: Option<&'a str>,
}

/// Says what `line` is. The whole line is checked to be JSON.
///
/// # Errors
/// Where it is no Singer message; the error's `line` is 0, for the caller to set.
pub fn parse(line: &str) -> Result<Message<'_>, Error> {
    let members = read_members(line)?;
    let kind = members.kind.as_deref().ok_or(Kind::NotAMessage)?;
    if kind.eq_ignore_ascii_case("RECORD") {
        Ok(Message::Record(Record {
            stream: stream("RECORD", members.stream)?,
            record: object("RECORD", "record", members.record)?,
            version: integer("RECORD", "version", members.version)?,
            time_extracted: text("RECORD", "time_extracted", members.time_extracted)?,
            sequence: members.sequence,
        }))
    } else if kind.eq_ignore_ascii_case("STATE") {
        Ok(Message::State(members.value.ok_or(Kind::Missing("STATE", "value"))?))
    } else if kind.eq_ignore_ascii_case("SCHEMA") {
        Ok(Message::Schema(Schema {
            stream: stream("SCHEMA", members.stream)?,
            schema: object("SCHEMA", "schema", members.schema)?,
            key_properties: names("key_properties", members.key_properties)?,
            bookmark_properties: names("bookmark_properties", members.bookmark_properties)?,
        }))
    } else if kind.eq_ignore_ascii_case("ACTIVATE_VERSION") {
        let version = integer("ACTIVATE_VERSION", "version", members.version)?;
        Ok(Message::ActivateVersion(ActivateVersion {
            stream: stream("ACTIVATE_VERSION", members.stream)?,
            version: version.ok_or(Kind::Missing("ACTIVATE_VERSION", "version"))?,
        }))
    } else if kind.eq_ignore_ascii_case("BATCH") {
        Ok(Message::Batch(Batch {
            stream: stream("BATCH", members.stream)?,
            manifest: members.manifest,
            encoding: members.encoding,
        }))
    } else {
        Err(Kind::UnknownType(kind.chars().take(40).collect()).into())
    }
}

fn read_members(line: &str) -> Result<Members<'_>, Error> {
    let mut cursor = Cursor::new(line);
    if cursor.peek().map_err(not_json)? != json::Kind::Object {
        cursor.skip().and_then(|_| cursor.end()).map_err(not_json)?;
        return Err(Kind::NotAMessage.into());
    }
    let mut members = Members::default();
    let mut walk = || -> Result<(), Syntax> {
        cursor.enter_object()?;
        let mut first = true;
        while let Some(name) = cursor.member(&mut first)? {
            // Python writes them for numbers of its own, and a record is not to stop a load for that.
            cursor.allow_words(name.plain() == Some("record"));
            let null = cursor.peek()? == json::Kind::Null;
            let value = Some(cursor.skip()?).filter(|_| !null);
            cursor.allow_words(false);
            // Of a member that stands twice the last one counts, as serde_json and Python have it.
            match name.plain() {
                Some("type") => members.kind = value.and_then(unquote),
                Some("stream") => members.stream = value,
                Some("record") => members.record = value,
                Some("version") => members.version = value,
                Some("time_extracted") => members.time_extracted = value,
                Some("sequence") => members.sequence = value,
                Some("value") => members.value = value,
                Some("schema") => members.schema = value,
                Some("key_properties") => members.key_properties = value,
                Some("bookmark_properties") => members.bookmark_properties = value,
                Some("manifest") => members.manifest = value,
                Some("encoding") => members.encoding = value,
                _ => {}
            }
        }
        cursor.end()
    };
    walk().map_err(not_json)?;
    Ok(members)
}

fn not_json(syntax: Syntax) -> Error {
    Kind::NotJson(syntax.at, syntax.reason).into()
}

/// The text of a value that is a string.
fn unquote(value: &str) -> Option<Cow<'_, str>> {
    let mut cursor = Cursor::new(value);
    cursor.string().ok()?.text().ok()
}

fn stream<'a>(message: &'static str, value: Option<&'a str>) -> Result<Cow<'a, str>, Error> {
    text(message, "stream", value)?.ok_or_else(|| Kind::Missing(message, "stream").into())
}

fn text<'a>(
    message: &'static str,
    member: &'static str,
    value: Option<&'a str>,
) -> Result<Option<Cow<'a, str>>, Error> {
    let Some(value) = value else { return Ok(None) };
    unquote(value).map(Some).ok_or_else(|| Kind::Malformed(message, member, "a string").into())
}

fn object<'a>(message: &'static str, member: &'static str, value: Option<&'a str>) -> Result<&'a str, Error> {
    let value = value.ok_or(Kind::Missing(message, member))?;
    if value.starts_with('{') { Ok(value) } else { Err(Kind::Malformed(message, member, "an object").into()) }
}

fn integer(message: &'static str, member: &'static str, value: Option<&str>) -> Result<Option<i64>, Error> {
    let Some(value) = value else { return Ok(None) };
    value.parse().map(Some).map_err(|_| Kind::Malformed(message, member, "an integer of 64 bits").into())
}

fn names(member: &'static str, value: Option<&str>) -> Result<Vec<String>, Error> {
    let Some(value) = value else { return Ok(Vec::new()) };
    serde_json::from_str(value).map_err(|_| Kind::Malformed("SCHEMA", member, "an array of strings").into())
}
