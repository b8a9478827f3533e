//! Lines in, flushes out: which stream a record belongs to, and when it is time to commit.
//!
//! The intake does no I/O. What it must know of the destination's tables it asks through a function; what is to be committed it hands
//! over as a [`Flush`].

use std::sync::Arc;

use indexmap::IndexMap;
use singer::{Message, message};

use crate::batch::Mode;
use crate::clock::Now;
use crate::config::{OnInvalid, Settings};
use crate::destination::Abilities;
use crate::error::{Error, Result};
use crate::flush::{Flush, FlushId, Reject};
use crate::names;
use crate::sql::LEDGER_TABLES;
use crate::stream::{Refusal, Stream, storable};
use crate::table::{Stored, TableName};

/// What was done with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It was taken.
    Taken,
    /// It was taken, and it is time to flush.
    Full,
    /// It was not taken: flush, and give it again.
    FlushFirst,
}

/// Tells what exists under a table's name.
pub type Describe<'a> = dyn FnMut(&TableName) -> Result<Option<Stored>> + 'a;

/// What has been taken and not yet flushed.
#[derive(Debug)]
pub struct Intake {
    settings: Arc<Settings>,
    abilities: Abilities,
    load_id: String,
    streams: IndexMap<String, Stream>,
    rejects: Vec<Reject>,
    rejected: u64,
    bookmark: Option<String>,
    flushes: u64,
    rows: usize,
    bytes: usize,
    /// When the oldest thing that waits came.
    since: Option<Now>,
    notes: Vec<String>,
}

impl Intake {
    /// An intake for a run with the id `load_id`.
    #[must_use]
    pub fn new(settings: Arc<Settings>, abilities: Abilities, load_id: String) -> Self {
        Self {
            settings,
            abilities,
            load_id,
            streams: IndexMap::new(),
            rejects: Vec::new(),
            rejected: 0,
            bookmark: None,
            flushes: 0,
            rows: 0,
            bytes: 0,
            since: None,
            notes: Vec::new(),
        }
    }

    /// Takes one line of the input.
    ///
    /// # Errors
    /// Where the line cannot be taken; everything before it is still here, to be flushed.
    pub fn line(&mut self, number: u64, line: &str, now: Now, describe: &mut Describe<'_>) -> Result<Step> {
        self.message(number, line, now, describe).map_err(|error| error.at_line(number))
    }

    fn message(&mut self, number: u64, line: &str, now: Now, describe: &mut Describe<'_>) -> Result<Step> {
        match message::parse(line)? {
            Message::Record(record) => {
                let Some(stream) = self.streams.get_mut(&*record.stream) else {
                    return Err(Error::input("a RECORD before its SCHEMA")
                        .in_stream(&record.stream)
                        .hint("the tap must send the stream's SCHEMA first"));
                };
                match stream.take(&record, line.len(), now) {
                    Ok(()) => {}
                    Err(Refusal::Invalid(invalid))
                        if self.settings.on_invalid_record == OnInvalid::Reject =>
                    {
                        let reject = stream.reject(&record, line.len(), number, &invalid, now);
                        self.rejects.push(reject);
                        self.rejected += 1;
                    }
                    Err(Refusal::Invalid(invalid)) => {
                        return Err(Error::input(invalid.to_string()).in_stream(&record.stream).hint(
                            "mend the tap, or set on_invalid_record to \"reject\" to put such records into _sdc_rejected",
                        ));
                    }
                    Err(Refusal::Error(error)) => return Err(error),
                }
                self.rows += 1;
                // A row costs what it was sent as, and some bytes for each column that it lacks.
                self.bytes += line.len() + 9 * stream.table().columns.len();
                self.since.get_or_insert(now);
                self.count_rejects()?;
                Ok(self.step())
            }
            Message::State(value) => {
                if value.bytes().filter(|byte| !byte.is_ascii_whitespace()).eq(*b"{}") {
                    self.notes.push(format!(
                        "line {number}: an empty STATE is not passed on: it would wipe the bookmark"
                    ));
                } else {
                    self.bookmark = Some(value.to_owned());
                    self.since.get_or_insert(now);
                }
                Ok(Step::Taken)
            }
            Message::Schema(schema) => self.schema(&schema, now, describe),
            Message::ActivateVersion(message) => {
                self.notes.push(format!(
                    "line {number}: stream {:?}: ACTIVATE_VERSION is not acted on: rows of older versions stay",
                    message.stream
                ));
                Ok(Step::Taken)
            }
            Message::Batch(batch) => Err(Error::input("BATCH messages are not supported")
                .in_stream(&batch.stream)
                .hint("configure the tap to send RECORD messages (remove batch_config)")),
        }
    }

    fn count_rejects(&self) -> Result<()> {
        match self.settings.max_rejects {
            Some(most) if self.rejected > most => {
                Err(Error::input(format!("more than {most} records were rejected"))
                    .hint("look into _sdc_rejected, or raise max_rejects"))
            }
            _ => Ok(()),
        }
    }

    fn schema(
        &mut self,
        message: &message::Schema<'_>,
        now: Now,
        describe: &mut Describe<'_>,
    ) -> Result<Step> {
        let name = &*message.stream;
        if let Some(stream) = self.streams.get(name) {
            if stream.repeats(message) {
                return Ok(Step::Taken);
            }
            if stream.is_pending() {
                return Ok(Step::FlushFirst);
            }
        }
        let stream = self.open(message, describe).map_err(|error| error.in_stream(name))?;
        if !self.streams.contains_key(name) {
            self.notes.push(announce(name, &stream));
        }
        self.streams.insert(name.to_owned(), stream);
        self.since.get_or_insert(now);
        Ok(Step::Taken)
    }

    fn open(&self, message: &message::Schema<'_>, describe: &mut Describe<'_>) -> Result<Stream> {
        let name = &*message.stream;
        let schema = self.settings.schema.clone().unwrap_or_else(|| self.abilities.default_schema.to_owned());
        let others: Vec<&str> = self
            .streams
            .iter()
            .filter(|(other, _)| *other != name)
            .map(|(_, stream)| stream.table().name.name.as_str())
            .collect();
        let mut table =
            TableName { schema, name: names::table(name, &others, &LEDGER_TABLES, &self.abilities.names) };
        let mut stored = describe(&table)?;
        // A table of another stream whose name differs in case only stays that stream's.
        let foreign =
            |stored: &Stored| stored.memory.as_ref().is_some_and(|memory| memory.stream != storable(name));
        if let Some(other) = stored.as_ref().filter(|stored| foreign(stored)) {
            let others = [other.table.name.name.as_str()];
            table.name = names::table(name, &others, &LEDGER_TABLES, &self.abilities.names);
            stored = describe(&table)?;
        }
        Stream::new(message, table, stored.as_ref(), &self.settings.of(name), &self.abilities)
    }

    fn step(&self) -> Step {
        let full = self.rows >= self.settings.batch_size_rows || self.bytes >= self.settings.batch_size_bytes;
        if full { Step::Full } else { Step::Taken }
    }

    /// When it will be time to flush even if no more lines come.
    #[must_use]
    pub fn due(&self) -> Option<Now> {
        self.since.map(|since| since.after(self.settings.batch_wait_limit))
    }

    /// Hands over everything that waits; `None` where nothing does.
    ///
    /// # Errors
    /// Only where the loader itself is at fault.
    pub fn flush(&mut self, now: Now) -> Result<Option<Flush>> {
        let mut loads = Vec::new();
        for stream in self.streams.values_mut().filter(|stream| stream.is_pending()) {
            loads.push(stream.load(now)?);
        }
        self.rows = 0;
        self.bytes = 0;
        self.since = None;
        if loads.is_empty() && self.bookmark.is_none() && self.rejects.is_empty() {
            return Ok(None);
        }
        loads.sort_by(|a, b| a.table.name.cmp(&b.table.name));
        self.flushes += 1;
        Ok(Some(Flush {
            id: FlushId { load: self.load_id.clone(), number: self.flushes },
            sealed_at: now.micros(),
            loads,
            rejects: std::mem::take(&mut self.rejects),
            replayed: Vec::new(),
            bookmark: self.bookmark.take(),
        }))
    }

    /// How many records were rejected.
    #[must_use]
    pub fn rejected(&self) -> u64 {
        self.rejected
    }

    /// What a person should know, since the last time.
    pub fn notes(&mut self) -> Vec<String> {
        std::mem::take(&mut self.notes)
    }
}

/// How a stream will be loaded, in words.
fn announce(name: &str, stream: &Stream) -> String {
    let table = &stream.table().name;
    let keys: Vec<&str> =
        stream.table().keys().into_iter().map(|key| stream.table().columns[key].name.as_str()).collect();
    let how = match stream.mode() {
        Mode::Merge(_) => format!("merged by {}", keys.join(", ")),
        Mode::Append { .. } if keys.is_empty() => "appended: it has no key".to_owned(),
        Mode::Append { .. } => "appended".to_owned(),
    };
    format!("{name} → {}.{}, {how}", table.schema, table.name)
}
