//! One stream: from its SCHEMA to the batch that its records are collected in.

use std::sync::Arc;

use sha2::{Digest, Sha256};
use singer::message;

use crate::batch::{Envelope, Mode, Open};
use crate::clock::Now;
use crate::config::{KeyChoice, LoadMethod, StreamSettings};
use crate::decode::{Decoder, Invalid, Reason};
use crate::destination::Abilities;
use crate::error::{Error, Result};
use crate::flush::{Counts, LatestView, Load, Reject};
use crate::merge::Tie;
use crate::names;
use crate::number;
use crate::plan::{self, Change};
use crate::schema::{self, Property};
use crate::sequence::{Arrivals, Choice, Source, Unusable};
use crate::table::{Column, Memory, Role, Stored, System, Table, TableName};
use crate::time;
use crate::types::Type;

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
                stream: message.stream.clone().into_owned(),
                mode: mode.name().to_owned(),
                keys: key_names,
                ..Memory::default()
            },
        };
        let table = Arc::new(table);
        let mut stream = Self {
            name: message.stream.clone().into_owned(),
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
                .column(System::RecordHash.name())
                .filter(|_| hashed)
                .and_then(|hash| table.columns.iter().position(|column| column.name == hash.name)),
            arrivals: Arrivals::after(memory.arrival_sequence),
            memory,
            decoder,
            open: Open::new(Arc::clone(&table)),
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
        let source = match &self.source {
            Some(source) => source.clone(),
            None => {
                let source = if record.sequence.is_some() { Source::Message } else { Source::Arrival };
                self.settle_source(source.clone()).map_err(Refusal::Error)?;
                source
            }
        };
        self.decoder.decode(record.record, self.open.rows(), self.open.columns())?;
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
            Source::Property { .. } => {
                let rows = self.open.rows();
                let columns = self.open.columns();
                self.sequence_column
                    .and_then(|place| columns.get(place))
                    .filter(|column| column.rows() > rows)
                    .and_then(crate::column::Column::last_order)
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
                     all new ones: update {0} set _sdc_sequence = -1, and update {1}._sdc_tables set sequence_source = '{2}' \
                     where table_name = '{3}'",
                    crate::sql::qualified(table),
                    crate::sql::quote(&table.schema),
                    named.replace('\'', "''"),
                    table.name.replace('\'', "''"),
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
        let open = std::mem::replace(&mut self.open, Open::new(Arc::clone(&self.table)));
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
        })
    }
}

/// Merge where there is a key and nothing else is asked for.
fn mode(settings: &StreamSettings, keyed: bool) -> Mode {
    match settings.load_method {
        Some(LoadMethod::Append) => Mode::Append { unique: keyed && settings.append_unique },
        _ if !keyed => Mode::Append { unique: false },
        _ => Mode::Merge(settings.on_tie),
    }
}

fn system_columns(settings: &StreamSettings, mode: Mode) -> Vec<System> {
    match mode {
        _ if settings.add_record_metadata => System::ALL.to_vec(),
        Mode::Merge(_) => vec![System::DeletedAt, System::Sequence, System::TableVersion],
        Mode::Append { unique: true } => vec![System::Sequence],
        Mode::Append { unique: false } => Vec::new(),
    }
}

/// A column's name for each property. The property `_sdc_deleted_at` is what the system column is for.
fn column_names(
    properties: &[Property],
    stored: Option<&Stored>,
    system: &[System],
    abilities: &Abilities,
) -> Vec<String> {
    let deleted_at = System::DeletedAt.name();
    let marks = |name: &str| name == deleted_at && system.contains(&System::DeletedAt);
    let reserved: Vec<&str> =
        system.iter().map(|system| system.name()).chain([System::RecordHash.name()]).collect();
    let existing: Vec<&str> = stored
        .iter()
        .flat_map(|stored| &stored.table.columns)
        .filter(
            |column| !matches!(column.role, Role::System(system_column) if system.contains(&system_column)),
        )
        .map(|column| column.name.as_str())
        .collect();
    let others: Vec<&str> =
        properties.iter().map(|property| property.name.as_str()).filter(|name| !marks(name)).collect();
    let mut named = names::columns(&others, &existing, &reserved, &abilities.names).into_iter();
    properties
        .iter()
        .filter_map(|property| if marks(&property.name) { Some(deleted_at.to_owned()) } else { named.next() })
        .collect()
}

#[allow(clippy::too_many_arguments)]
fn wanted(
    name: TableName,
    properties: &[Property],
    names: &[String],
    keys: &[String],
    hashed: bool,
    system: &[System],
    abilities: &Abilities,
) -> Result<Table> {
    for key in keys {
        match properties.iter().find(|property| property.name == *key) {
            None => {
                return Err(Error::input(format!(
                    "the key property {key:?} is not in the schema's properties"
                ))
                .hint("mend the tap, or set key_properties for this stream"));
            }
            Some(property) if property.ty == Type::Json => {
                return Err(Error::input(format!(
                    "the key property {key:?} may be {}: keys must be of one type that can be compared",
                    property.check.kinds
                ))
                .hint("mend the tap's schema, or set key_properties for this stream"));
            }
            Some(_) => {}
        }
    }
    let mut columns: Vec<Column> = properties
        .iter()
        .zip(names)
        .filter(|(_, name)| !system.iter().any(|system| system.name() == name.as_str()))
        .map(|(property, name)| {
            let key = keys.contains(&property.name);
            Column {
                name: name.clone(),
                ty: (abilities.storage)(property.ty),
                nullable: !key,
                role: if key { Role::Key } else { Role::Value },
            }
        })
        .collect();
    columns.extend(hashed.then(|| System::RecordHash.column()));
    columns.extend(system.iter().map(|system| system.column()));
    Ok(Table { name, columns })
}

/// Demands that the stored table was made for rows like these.
fn agree(wanted: &Table, stored: Option<&Stored>, mode: Mode) -> Result<()> {
    let Some(stored) = stored else { return Ok(()) };
    let table = &wanted.name.name;
    let Some(memory) = &stored.memory else {
        return match mode {
            Mode::Append { .. } => Ok(()),
            Mode::Merge(_) => Err(Error::usage(
                "the table was not made by this loader, so its rows have no sequences to compare with",
            )
            .in_table(table)
            .hint(
                "load into another schema (default_target_schema), rename the table, or append (load_method)",
            )),
        };
    };
    let mut keys: Vec<&str> =
        wanted.keys().into_iter().map(|key| wanted.columns[key].name.as_str()).collect();
    let mut stored_keys: Vec<&str> = memory.keys.iter().map(String::as_str).collect();
    keys.sort_unstable();
    stored_keys.sort_unstable();
    if keys != stored_keys {
        return Err(Error::usage(format!(
            "the table's key is {stored_keys:?}, and the stream's is {keys:?}"
        ))
        .in_table(table)
        .hint("set key_properties for this stream to the table's key, or load into another schema"));
    }
    if memory.mode != mode.name() {
        return Err(Error::usage(format!(
            "the table is in {} mode, and this load in {} mode",
            memory.mode,
            mode.name()
        ))
        .in_table(table)
        .hint("set load_method for this stream to what the table has, or load into another schema"));
    }
    Ok(())
}

/// The columns that rows are decoded for: those that are wanted, in the types that they will have.
fn loaded(wanted: &Table, existing: Option<&Table>, changes: &[Change]) -> Table {
    let after = plan::after(existing, wanted, changes);
    let columns = wanted.columns.iter().map(|column| {
        let ty = after.column(&column.name).map_or(column.ty, |column| column.ty);
        Column { ty, ..column.clone() }
    });
    Table { name: wanted.name.clone(), columns: columns.collect() }
}

/// The view `<table>_latest`, for an appended table whose rows have keys and sequences.
fn latest(table: Table, mode: Mode, abilities: &Abilities) -> Option<LatestView> {
    let ordered = !table.keys().is_empty() && table.system(System::Sequence).is_some();
    if !matches!(mode, Mode::Append { .. }) || !ordered {
        return None;
    }
    let name = names::table(&format!("{}_latest", table.name.name), &[], &[], &abilities.names);
    Some(LatestView { name: TableName { schema: table.name.schema.clone(), name }, table })
}

fn incompatible(incompatible: plan::Incompatible) -> Error {
    let plan::Incompatible { column, key, stored, wanted } = incompatible;
    let what = match (key, stored) {
        (true, Type::Foreign) => {
            format!("the key column {column:?} is missing or of a type that is not {wanted}")
        }
        (true, _) => format!(
            "the key column {column:?} is {stored}, and the schema says {wanted}: keys never change type"
        ),
        (false, _) => {
            format!("the column {column:?} is {stored}, which cannot become {wanted} without a loss")
        }
    };
    Error::usage(what).hint("load into another schema (default_target_schema), or mend the tap's schema")
}

fn unusable(unusable: Unusable) -> Error {
    let what = match unusable {
        Unusable::NoReplicationKey => {
            "sequence is replication_key, but the SCHEMA has no bookmark_properties".to_owned()
        }
        Unusable::NoProperty(name) => {
            format!("the sequence property {name:?} is not in the schema's properties")
        }
        Unusable::Unordered(name, ty) => {
            format!("the sequence property {name:?} is {ty}: it must be an integer, a date-time or a date")
        }
    };
    Error::usage(what).hint("set \"sequence\" for this stream to a source that its records have")
}

/// The hash of a whole record: the same for records that differ only in spaces and in the order of members.
fn record_hash(record: &str) -> String {
    let mut canonical = String::with_capacity(record.len());
    // The record has been decoded, so it is JSON.
    let _ = crate::canonical::write(record, &mut canonical);
    names::hex(&Sha256::digest(canonical.as_bytes()))
}
