//! What a BATCH message says.

use std::borrow::Cow;
use std::path::PathBuf;

use serde_json::Value;
use singer::message;

use super::place;
use crate::error::{Error, Result};
use crate::schema::{self, Property};

/// The files of a BATCH message, and what it says of the records in them.
#[derive(Clone, Debug, PartialEq)]
pub struct Files {
    /// The message's line in the input.
    pub line: u64,
    /// The stream.
    pub stream: String,
    /// How they are written.
    pub format: Format,
    /// Where they are, in the order in which they are read.
    pub paths: Vec<PathBuf>,
    /// What the stream's schema says of its properties, where the files need that.
    pub properties: Vec<Property>,
    version: Option<i64>,
    time_extracted: Option<String>,
    sequence: Option<String>,
}

/// How files are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A record in JSON on each line. Without a compression the first bytes of a file say which one it has.
    Jsonl(Option<Compression>),
    /// Parquet, which says by itself how it is compressed.
    Parquet,
}

/// What was done to a file as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Compression {
    None,
    Gzip,
    Zstd,
}

impl Format {
    fn read(encoding: &message::Encoding) -> Result<Format> {
        let compression = match encoding.compression.as_deref() {
            None => Ok(None),
            Some("none") => Ok(Some(Compression::None)),
            Some("gzip") => Ok(Some(Compression::Gzip)),
            Some("zstd") => Ok(Some(Compression::Zstd)),
            Some(other) => Err(Error::input(format!("BATCH whose files are compressed by {other:?}"))
                .hint("set batch_config.encoding.compression of the tap to \"gzip\", \"zstd\" or \"none\"")),
        };
        match encoding.format.as_deref() {
            Some("jsonl") => compression.map(Format::Jsonl),
            // The tap's word for what is inside of the file changes nothing.
            Some("parquet") => Ok(Format::Parquet),
            other => {
                let what = match other {
                    Some(other) => format!("BATCH whose files are of the format {other:?}"),
                    None => "BATCH that does not say the format of its files".to_owned(),
                };
                Err(Error::input(what)
                    .hint("set batch_config.encoding.format of the tap to \"jsonl\" or \"parquet\""))
            }
        }
    }
}

impl Files {
    /// Reads the message on line `line`. `schema` is what the stream's SCHEMA said.
    ///
    /// # Errors
    /// Where it names what cannot be read; then none of its files is.
    pub fn read(batch: &message::Batch<'_>, line: u64, schema: &str) -> Result<Files> {
        let format = Format::read(&batch.encoding)?;
        let properties = match format {
            Format::Jsonl(_) => Vec::new(),
            Format::Parquet => {
                let schema: Value = serde_json::from_str(schema).unwrap_or_default();
                schema::read(&schema).map(|shape| shape.properties).unwrap_or_default()
            }
        };
        Ok(Files {
            line,
            stream: batch.stream.to_string(),
            format,
            paths: batch.manifest.iter().map(|entry| place::path(entry)).collect::<Result<_>>()?,
            properties,
            version: batch.version,
            time_extracted: batch.time_extracted.as_deref().map(str::to_owned),
            sequence: batch.sequence.map(str::to_owned),
        })
    }

    /// Says of an error that it is about the file at `place`, and where in it.
    #[must_use]
    pub fn locate(&self, place: usize, number: Option<u64>, error: Error) -> Error {
        let error = error.at_line(self.line).in_stream(&self.stream);
        match self.paths.get(place) {
            Some(_) => error.in_file(&self.within(place, number)),
            None => error,
        }
    }

    /// A place in the file at `place`, in words.
    fn within(&self, place: usize, number: Option<u64>) -> String {
        let path = format!("{:?}", self.paths[place].to_string_lossy());
        match (number, self.format) {
            (None, _) => path,
            (Some(number), Format::Jsonl(_)) => format!("{path}, line {number}"),
            (Some(number), Format::Parquet) => format!("{path}, row {number}"),
        }
    }
}

/// A record in a file.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// The message that names the file.
    pub files: &'a Files,
    /// The file's place among them.
    pub file: usize,
    /// The line in the file, from 1; of a parquet file the row.
    pub number: u64,
    /// The line: one that is not blank.
    pub text: &'a str,
}

impl<'a> Row<'a> {
    /// The record, as a RECORD message would have it. Whether it is one has not been looked at.
    #[must_use]
    pub fn record(&self) -> message::Record<'a> {
        let Files { stream, version, time_extracted, sequence, .. } = self.files;
        message::Record {
            stream: Cow::Borrowed(stream),
            record: self.text.trim_ascii(),
            version: *version,
            time_extracted: time_extracted.as_deref().map(Cow::Borrowed),
            sequence: sequence.as_deref(),
        }
    }

    /// Where it stands, in words.
    #[must_use]
    pub fn place(&self) -> String {
        self.files.within(self.file, Some(self.number))
    }

    /// Says of an error that it is about this record.
    #[must_use]
    pub fn locate(&self, error: Error) -> Error {
        self.files.locate(self.file, Some(self.number), error)
    }
}
