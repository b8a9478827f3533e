//! What one line says.

mod members;
mod opened;

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::error::{Error, Kind};
use crate::json::{self, Cursor, Syntax};

use members::{Members, integer, object, stream, text, unquote};
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

/// A BATCH message. What stands at the message is said of each of its records, as at a RECORD message.
#[derive(Debug)]
pub struct Batch<'a> {
    /// The stream's name.
    pub stream: Cow<'a, str>,
    /// Where the files are: URLs, or paths.
    pub manifest: Vec<String>,
    /// How they are written.
    pub encoding: Encoding,
    /// Singer's table version.
    pub version: Option<i64>,
    /// When the tap read the records, as it was sent.
    pub time_extracted: Option<Cow<'a, str>>,
    /// The text of the top-level `sequence`.
    pub sequence: Option<&'a str>,
}

/// How the files of a BATCH message are written, in the tap's words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Encoding {
    /// What is in them.
    pub format: Option<String>,
    /// What was done to them as a whole.
    pub compression: Option<String>,
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
            manifest: urls(members.manifest)?,
            encoding: encoding(members.encoding)?,
            version: integer("BATCH", "version", members.version)?,
            time_extracted: text("BATCH", "time_extracted", members.time_extracted)?,
            sequence: members.sequence,
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

fn urls(value: Option<&str>) -> Result<Vec<String>, Error> {
    let value = value.ok_or(Kind::Missing("BATCH", "manifest"))?;
    serde_json::from_str(value)
        .map_err(|_| Kind::Malformed("BATCH", "manifest", "an array of strings").into())
}

fn encoding(value: Option<&str>) -> Result<Encoding, Error> {
    let value = object("BATCH", "encoding", value)?;
    let wrong = || Kind::Malformed("BATCH", "encoding", "an object whose format and compression are strings");
    let members: Map<String, Value> = serde_json::from_str(value).map_err(|_| wrong())?;
    let member = |name: &str| match members.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(wrong()),
    };
    Ok(Encoding { format: member("format")?, compression: member("compression")? })
}

/// A record by itself, as the lines of a BATCH message's files are. The whole line is checked to be JSON.
///
/// # Errors
/// Where it is no object.
pub fn bare_record(line: &str) -> Result<(), Error> {
    let mut cursor = Cursor::new(line);
    cursor.allow_words(true);
    let kind = cursor.peek().map_err(not_json)?;
    cursor.skip().and_then(|_| cursor.end()).map_err(not_json)?;
    if kind == json::Kind::Object { Ok(()) } else { Err(Kind::NotARecord.into()) }
}
