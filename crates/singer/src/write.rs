//! Writing messages, one line each. Every function appends to a buffer that the caller owns and flushes.

use std::io::{self, Write};

use serde::Serialize;

/// What stands around the record in a RECORD message.
#[derive(Clone, Copy, Debug, Default)]
pub struct RecordHead<'a> {
    /// The stream's name.
    pub stream: &'a str,
    /// Singer's table version.
    pub version: Option<i64>,
    /// When the tap read the record: RFC 3339.
    pub time_extracted: Option<&'a str>,
    /// The order that guards the record's key (an extension that Stitch's Import API knows).
    pub sequence: Option<i64>,
}

/// Writes a SCHEMA message.
///
/// # Errors
/// What `out` returns.
pub fn schema(
    out: &mut impl Write,
    stream: &str,
    schema: &impl Serialize,
    key_properties: &[&str],
    bookmark_properties: &[&str],
) -> io::Result<()> {
    out.write_all(br#"{"type":"SCHEMA","stream":"#)?;
    json(out, stream)?;
    out.write_all(br#","schema":"#)?;
    json(out, schema)?;
    out.write_all(br#","key_properties":"#)?;
    json(out, key_properties)?;
    if !bookmark_properties.is_empty() {
        out.write_all(br#","bookmark_properties":"#)?;
        json(out, bookmark_properties)?;
    }
    out.write_all(b"}\n")
}

/// Writes a RECORD message around `record`, the raw JSON text of an object.
///
/// # Errors
/// What `out` returns.
pub fn record(out: &mut impl Write, head: &RecordHead<'_>, record: &[u8]) -> io::Result<()> {
    out.write_all(br#"{"type":"RECORD","stream":"#)?;
    json(out, head.stream)?;
    out.write_all(br#","record":"#)?;
    out.write_all(record)?;
    if let Some(version) = head.version {
        write!(out, r#","version":{version}"#)?;
    }
    if let Some(time) = head.time_extracted {
        out.write_all(br#","time_extracted":"#)?;
        json(out, time)?;
    }
    if let Some(sequence) = head.sequence {
        write!(out, r#","sequence":{sequence}"#)?;
    }
    out.write_all(b"}\n")
}

/// Writes a STATE message around `value`.
///
/// # Errors
/// What `out` returns.
pub fn state(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    out.write_all(br#"{"type":"STATE","value":"#)?;
    json(out, value)?;
    out.write_all(b"}\n")
}

/// Writes an ACTIVATE_VERSION message.
///
/// # Errors
/// What `out` returns.
pub fn activate_version(out: &mut impl Write, stream: &str, version: i64) -> io::Result<()> {
    out.write_all(br#"{"type":"ACTIVATE_VERSION","stream":"#)?;
    json(out, stream)?;
    writeln!(out, r#","version":{version}}}"#)
}

fn json(out: &mut impl Write, value: &(impl Serialize + ?Sized)) -> io::Result<()> {
    serde_json::to_writer(out, value).map_err(io::Error::from)
}
