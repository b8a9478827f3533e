//! A line says what serde_json reads in it, and a record that is read in one walk is the one that is read in two.

use serde_json::value::RawValue;
use singer::message::{self, Message, Opener, Record};
use singer::write::{self, RecordHead};
use singer::{Error, Kind};

use super::tokens::{members, tamed};

/// The bytes are lines of text.
pub(crate) fn check(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut opener = Opener::default();
    for line in text.lines() {
        let parsed = message::parse(line);
        assert_eq!(said(&parsed), expected(line), "{line}");
        if let Some(record) = at_once(&mut opener, line) {
            assert_eq!(format!("RECORD {record:?}"), said(&parsed), "in one walk: {line}");
        }
        if let Ok(Message::Record(record)) = &parsed {
            written_again(record);
        }
    }
}

/// A message, or why there is none, in words that both ways have.
fn said(parsed: &Result<Message<'_>, Error>) -> String {
    match parsed {
        Ok(Message::Record(record)) => format!("RECORD {record:?}"),
        Ok(Message::State(value)) => format!("STATE {value}"),
        Ok(Message::Schema(schema)) => format!("SCHEMA {schema:?}"),
        Ok(Message::ActivateVersion(activate)) => format!("ACTIVATE_VERSION {activate:?}"),
        Ok(Message::Batch(batch)) => format!("BATCH {batch:?}"),
        Err(Error { kind, .. }) => match kind {
            Kind::NotJson(..) => "not JSON".to_owned(),
            Kind::NotAMessage => "not a message".to_owned(),
            Kind::UnknownType(name) => format!("unknown {name:?}"),
            Kind::Missing(..) | Kind::Malformed(..) => "refused".to_owned(),
            other => format!("{other:?}"),
        },
    }
}

/// The same, by serde_json.
fn expected(line: &str) -> String {
    let (json, words) = tamed(line);
    if serde_json::from_str::<&RawValue>(&json).is_err() {
        return "not JSON".to_owned();
    }
    let Some(all) = members(&json) else {
        return if words.is_empty() { "not a message" } else { "not JSON" }.to_owned();
    };
    // Only a record may hold what is no number.
    let records = || all.iter().filter(|(name, _)| name.as_deref() == Some("record"));
    if !words.iter().all(|word| records().any(|(_, at)| at.start <= word.start && word.end <= at.end)) {
        return "not JSON".to_owned();
    }
    let any = |name: &str| {
        let last = all.iter().rfind(|(other, _)| other.as_deref() == Some(name));
        last.map(|(_, at)| &line[at.clone()])
    };
    let one = |name: &str| any(name).filter(|raw| *raw != "null");
    let text = |raw: &str| serde_json::from_str::<String>(raw).ok();
    let Some(kind) = one("type").and_then(text) else { return "not a message".to_owned() };
    let refused = || Some("refused".to_owned());
    let read = || -> Option<String> {
        let stream = || one("stream").and_then(text);
        // Missing is none, and anything but a text, or but a number, is refused.
        let time = || one("time_extracted").map_or(Some(None), |raw| text(raw).map(Some));
        let version = || one("version").map_or(Some(None), |raw| raw.parse::<i64>().ok().map(Some));
        let names = |name: &str| one(name).map_or(Some(Vec::new()), |raw| serde_json::from_str(raw).ok());
        let object = |name: &str| one(name).filter(|raw| raw.starts_with('{'));
        let parsed = match kind.to_ascii_uppercase().as_str() {
            "RECORD" => Message::Record(Record {
                stream: stream()?.into(),
                record: object("record")?,
                version: version()?,
                time_extracted: time()?.map(Into::into),
                sequence: one("sequence"),
            }),
            "STATE" => Message::State(any("value")?),
            "SCHEMA" => Message::Schema(message::Schema {
                stream: stream()?.into(),
                schema: object("schema")?,
                key_properties: names("key_properties")?,
                bookmark_properties: names("bookmark_properties")?,
            }),
            "ACTIVATE_VERSION" => Message::ActivateVersion(message::ActivateVersion {
                stream: stream()?.into(),
                version: version()??,
            }),
            "BATCH" => Message::Batch(message::Batch {
                stream: stream()?.into(),
                manifest: one("manifest").and_then(|raw| serde_json::from_str(raw).ok())?,
                encoding: encoding(object("encoding")?)?,
                version: version()?,
                time_extracted: time()?.map(Into::into),
                sequence: one("sequence"),
            }),
            _ => return Some(format!("unknown {:?}", kind.chars().take(40).collect::<String>())),
        };
        Some(said(&Ok(parsed)))
    };
    read().or_else(refused).unwrap_or_default()
}

fn encoding(raw: &str) -> Option<message::Encoding> {
    let members: serde_json::Value = serde_json::from_str(raw).ok()?;
    let member = |name: &str| match &members[name] {
        serde_json::Value::Null => Some(None),
        value => value.as_str().map(|text| Some(text.to_owned())),
    };
    Some(message::Encoding { format: member("format")?, compression: member("compression")? })
}

/// The record of a line that is read in one walk; `None` where that is left to the other way.
fn at_once<'a>(opener: &mut Opener, line: &'a str) -> Option<Record<'a>> {
    let mut opened = opener.open(line)?;
    opened.cursor.allow_words(true);
    let record = opened.cursor.skip().ok()?;
    opened.close(record)
}

/// What is written of a record is read as the same record.
fn written_again(record: &Record<'_>) {
    let head = RecordHead {
        stream: &record.stream,
        version: record.version,
        time_extracted: record.time_extracted.as_deref(),
        sequence: record.sequence.and_then(|sequence| sequence.parse().ok()),
    };
    let mut line = Vec::new();
    write::record(&mut line, &head, record.record.as_bytes()).unwrap();
    let sequence = head.sequence.map(|sequence| sequence.to_string());
    let same = Record {
        stream: record.stream.clone(),
        record: record.record,
        version: record.version,
        time_extracted: record.time_extracted.clone(),
        sequence: sequence.as_deref(),
    };
    let line = std::str::from_utf8(&line).unwrap();
    assert_eq!(said(&message::parse(line.trim_end())), format!("RECORD {same:?}"), "{line}");
}
