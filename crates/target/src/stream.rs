//! One stream: from its SCHEMA to the batch that its records are collected in.

mod wanted;

use std::sync::Arc;

use sha2::{Digest, Sha256};
use singer::message;

use crate::batch::{Envelope, Mode, Open};
use crate::clock::Now;
use crate::config::{KeyChoice, StreamSettings};
use crate::decode::{Decoder, Invalid, Reason};
use crate::destination::Abilities;
use crate::error::{Error, Result};
use crate::flush::{Counts, LatestView, Load, Reject};
use crate::merge::Tie;
use crate::names;
use crate::number;
use crate::plan::{self, Change};
use crate::schema::{self, Property};
use crate::sequence::{Arrivals, Choice, Source};
use crate::table::{Memory, Stored, System, Table, TableName};
use crate::time;

use wanted::{agree, column_names, incompatible, latest, loaded, mode, system_columns, unusable, wanted};

/// A stream that is being loaded.
#[derive(Debug)]
pub struct Stream {
    name: String,
    /// What its SCHEMA said, to know a repetition by.
    said: Said,
    table: Arc<Table>,
    /// DDL that the next load has to do.
    changes: Vec<Change>,
    /// The view that the next load has to make.
    view: Option<LatestView>,
    /// Whether the table has to be remembered although no row came.
    news: bool,
    mode: Mode,
    on_tie: Tie,
    choice: Choice,
    source: Option<Source>,
    /// The place of the property that is the sequence, where one is.
    sequence_column: Option<usize>,
    /// The place of the hash column, where the hash of the record is the key.
    hash_column: Option<usize>,
    arrivals: Arrivals,
    memory: Memory,
    decoder: Decoder,
    open: Open,
    counts: Counts,
}

/// What a SCHEMA message says of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    schema: String,
    key_properties: Vec<String>,
    bookmark_properties: Vec<String>,
}

impl From<&message::Schema<'_>> for Said {
    fn from(message: &message::Schema<'_>) -> Self {
        Self {
            schema: message.schema.to_owned(),
            key_properties: message.key_properties.clone(),
            bookmark_properties: message.bookmark_properties.clone(),
        }
    }
}

/// Why a record was not taken.
#[derive(Debug)]
pub enum Refusal {
    /// It cannot be loaded; others can.
    Invalid(Invalid),
    /// The load cannot go on.
    Error(Error),
}

impl From<Invalid> for Refusal {
    fn from(invalid: Invalid) -> Self {
        Refusal::Invalid(invalid)
    }
}

impl Stream {
    /// A stream as `message` describes it, for the table as it exists.
    ///
    /// # Errors
    /// Where the schema is none, or the table cannot take such rows.
    pub fn new(
        message: &message::Schema<'_>,
        name: TableName,
        stored: Option<&Stored>,
        settings: &StreamSettings,
        abilities: &Abilities,
    ) -> Result<Self> {
        let value: serde_json::Value = serde_json::from_str(message.schema)
            .map_err(|error| Error::input("the schema cannot be read").caused_by(error))?;
        let shape = schema::read(&value).map_err(Error::input)?;
        let keys: &[String] = match &settings.key_properties {
            Some(KeyChoice::Properties(keys)) => keys,
            Some(KeyChoice::RecordHash) => &[],
            None => &message.key_properties,
        };
        let hashed = settings.key_properties == Some(KeyChoice::RecordHash);
        let mode = mode(settings, !keys.is_empty() || hashed);
        let system = system_columns(settings, mode);
        let columns = column_names(&shape.properties, stored, &system, abilities);
        let wanted = wanted(name, &shape.properties, &columns, keys, hashed, &system, abilities)?;
        agree(&wanted, stored, mode)?;
        let existing = stored.map(|stored| &stored.table);
        let changes = plan::plan(existing, &wanted, abilities.storage).map_err(incompatible)?;
        let table = loaded(&wanted, existing, &changes);
        let view = settings
            .latest_view
            .then(|| latest(plan::after(existing, &wanted, &changes), mode, abilities))
            .flatten();
        let type_of = |name: &str| {
            shape.properties.iter().find(|property| property.name == name).map(|property| property.ty)
        };
        let choice = settings.sequence.clone();
        let source = choice.resolve(&message.bookmark_properties, type_of).map_err(unusable)?;
        let places: Vec<(Property, usize)> = shape
            .properties
            .iter()
            .zip(&columns)
            .filter_map(|(property, column)| {
                Some((property.clone(), table.columns.iter().position(|c| c.name == *column)?))
            })
            .collect();
        let sequence_column = match &source {
            Some(Source::Property { name, .. }) => {
                places.iter().find(|(property, _)| property.name == *name).map(|(_, place)| *place)
            }
            _ => None,
        };
        let validator = match settings.validate_records && shape.asserts_more {
            true => Some(jsonschema::validator_for(&value).map_err(|error| {
                Error::input(format!("not a JSON Schema: {}", error.masked()))
                    .hint("mend the tap, or set validate_records to false")
            })?),
            false => None,
        };
        let decoder =
            Decoder::new(places, &table.keys(), validator, settings.validate_records, abilities.limits);
        let key_names = table.keys().into_iter().map(|key| table.columns[key].name.clone()).collect();
        let memory = match stored.and_then(|stored| stored.memory.clone()) {
            Some(memory) => memory,
            None => Memory {
                stream: storable(&message.stream),
                mode: mode.name().to_owned(),
                keys: key_names,
                ..Memory::default()
            },
        };
        let table = Arc::new(table);
        let mut stream = Self {
            name: storable(&message.stream),
            said: message.into(),
            news: view.is_some()
                || !changes.is_empty()
                || stored.is_none_or(|stored| stored.memory.is_none()),
            changes,
            view,
            mode,
            on_tie: settings.on_tie,
            choice,
            source: None,
            sequence_column,
            hash_column: table
                .columns
                .iter()
                .position(|column| hashed && column.name == System::RecordHash.name()),
            arrivals: Arrivals::after(memory.arrival_sequence),
            memory,
            decoder,
            open: Open::new(Arc::clone(&table), false),
            counts: Counts::default(),
            table,
        };
        if let Some(source) = source {
            stream.settle_source(source)?;
        }
        Ok(stream)
    }

    /// The table that the stream is loaded into.
    #[must_use]
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// How rows join the table.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Whether `message` says nothing new.
    #[must_use]
    pub fn repeats(&self, message: &message::Schema<'_>) -> bool {
        self.said == message.into()
    }

    /// Whether the next flush has something of this stream to carry.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.news || self.counts != Counts::default()
    }

    /// Takes a record of `bytes` bytes of input.
    ///
    /// # Errors
    /// See [`Refusal`]; the stream is then as it was.
    pub fn take(&mut self, record: &message::Record<'_>, bytes: usize, now: Now) -> Result<(), Refusal> {
        self.decoder.decode(record.record, self.open.rows(), self.open.columns())?;
        let source = match &self.source {
            Some(source) => source.clone(),
            None => {
                // The first record that can be loaded decides.
                let source = if record.sequence.is_some() { Source::Message } else { Source::Arrival };
                if let Err(error) = self.settle_source(source.clone()) {
                    self.open.discard();
                    return Err(Refusal::Error(error));
                }
                source
            }
        };
        match self.envelope(record, &source, now) {
            Ok(envelope) => {
                if let Some(place) = self.hash_column {
                    self.open.columns()[place].push_text(&record_hash(record.record));
                }
                self.open.push(envelope);
                self.counts.received += 1;
                self.counts.bytes += bytes as u64;
                Ok(())
            }
            Err(reason) => {
                self.open.discard();
                Err(Invalid { property: None, reason }.into())
            }
        }
    }

    /// Counts a record that was refused, and makes its reject.
    pub fn reject(
        &mut self,
        record: &message::Record<'_>,
        bytes: usize,
        line: u64,
        why: &Invalid,
        now: Now,
    ) -> Reject {
        self.counts.received += 1;
        self.counts.rejected += 1;
        self.counts.bytes += bytes as u64;
        Reject {
            at: now.micros(),
            table: self.table.name.name.clone(),
            reason: why.to_string(),
            record: record.record.to_owned(),
            line,
            sequence: record.sequence.and_then(number::integer),
            table_version: record.version,
            time_extracted: record.time_extracted.as_deref().map(str::to_owned),
        }
    }

    fn envelope(
        &mut self,
        record: &message::Record<'_>,
        source: &Source,
        now: Now,
    ) -> Result<Envelope, Reason> {
        let extracted_at = match record.time_extracted.as_deref() {
            Some(text) => Some(time::timestamp(text).map_err(|_| Reason::TimeExtracted)?),
            None => None,
        };
        let sequence = match source {
            Source::Message => match record.sequence {
                Some(text) => number::integer(text).ok_or(Reason::Sequence("not an integer of 64 bits"))?,
                None => return Err(Reason::Sequence("missing from the message")),
            },
            Source::Property { unit, .. } => {
                let rows = self.open.rows();
                let columns = self.open.columns();
                self.sequence_column
                    .and_then(|place| columns.get(place))
                    .filter(|column| column.rows() > rows)
                    .and_then(|column| column.last_order(*unit))
                    .ok_or(Reason::Sequence("the property that it comes from is missing or null"))?
            }
            Source::TimeExtracted => extracted_at.ok_or(Reason::Sequence("time_extracted is missing"))?,
            Source::Arrival => {
                if self.choice == Choice::Auto && record.sequence.is_some() {
                    return Err(Reason::Sequence(
                        "the message has one, and the stream's first records had none",
                    ));
                }
                self.arrivals.next(now.nanos())
            }
        };
        Ok(Envelope { sequence, table_version: record.version, extracted_at, received_at: now.micros() })
    }

    /// Decides for a source, unless the table's sequences come from another one.
    fn settle_source(&mut self, source: Source) -> Result<()> {
        let named = source.to_string();
        match &self.memory.sequence_source {
            Some(stored) if *stored != named => {
                let table = &self.table.name;
                return Err(Error::usage(format!(
                    "the table's sequences come from {stored}, and this load's from {named}: they cannot be compared"
                ))
                .in_stream(&self.name)
                .in_table(&table.name)
                .hint(format!(
                    "set \"sequence\" for this stream to what the table has; or, to change the source, put the stored rows below \
                     all new ones: {}",
                    crate::sql::resequence(table, &named)
                )));
            }
            Some(_) => {}
            None => {
                self.memory.sequence_source = Some(named);
                self.news = true;
            }
        }
        // A message's sequence is never replaced by its equal: "greater than", as in Stitch.
        if let Mode::Merge(tie) = &mut self.mode {
            *tie = if source == Source::Message { Tie::Keep } else { self.on_tie };
        }
        if let (Mode::Append { unique }, Source::Arrival) = (&mut self.mode, &source) {
            *unique = false;
        }
        self.source = Some(source);
        Ok(())
    }

    /// Hands over everything that has been taken since the last time.
    ///
    /// # Errors
    /// Only where the loader itself is at fault.
    pub fn load(&mut self, now: Now) -> Result<Load> {
        let open = std::mem::replace(&mut self.open, Open::new(Arc::clone(&self.table), false));
        let batch = if open.rows() > 0 { Some(open.seal(self.mode, now.micros())?) } else { None };
        if self.source == Some(Source::Arrival) {
            self.memory.arrival_sequence = Some(self.arrivals.last());
        }
        self.news = false;
        Ok(Load {
            stream: self.name.clone(),
            table: Arc::clone(&self.table),
            changes: std::mem::take(&mut self.changes),
            view: self.view.take(),
            mode: self.mode,
            batch,
            memory: self.memory.clone(),
            counts: std::mem::take(&mut self.counts),
            tombstones: None,
            activate: None,
            children: Vec::new(),
            swaps: Vec::new(),
        })
    }
}

/// A stream's name as a database can hold it: Postgres has no U+0000.
#[must_use]
pub fn storable(stream: &str) -> String {
    stream.replace('\0', "\u{fffd}")
}

/// The hash of a whole record: the same for records that differ only in spaces and in the order of members.
fn record_hash(record: &str) -> String {
    let mut canonical = String::with_capacity(record.len());
    // The record has been decoded, so it is JSON.
    let _ = crate::canonical::write(record, &mut canonical);
    names::hex(&Sha256::digest(canonical.as_bytes()))
}
