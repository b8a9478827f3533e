//! What one line says.

mod members;
mod opened;

use std::borrow::Cow;

use crate::error::{Error, Kind};
use crate::json::{self, Cursor, Syntax};

use members::{Members, integer, object, stream, unquote};
pub use opened::{Opened, Opener};

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

/// Says what `line` is. The whole line is checked to be JSON.
///
/// # Errors
/// Where it is no Singer message; the error's `line` is 0, for the caller to set.
pub fn parse(line: &str) -> Result<Message<'_>, Error> {
    let members = read_members(line)?;
    let kind = members.kind.and_then(unquote).ok_or(Kind::NotAMessage)?;
    if kind.eq_ignore_ascii_case("RECORD") {
        members.record().map(Message::Record)
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
            // Half a surrogate pair is in no name that is looked for.
            let name = name.text().unwrap_or_default();
            // Python writes them for numbers of its own, and a record is not to stop a load for that.
            cursor.allow_words(name == "record");
            let raw = cursor.skip()?;
            cursor.allow_words(false);
            members.put(&name, raw);
        }
        cursor.end()
    };
    walk().map_err(not_json)?;
    Ok(members)
}

fn not_json(syntax: Syntax) -> Error {
    Kind::NotJson(syntax.at, syntax.reason).into()
}

fn names(member: &'static str, value: Option<&str>) -> Result<Vec<String>, Error> {
    let Some(value) = value else { return Ok(Vec::new()) };
    serde_json::from_str(value).map_err(|_| Kind::Malformed("SCHEMA", member, "an array of strings").into())
}
