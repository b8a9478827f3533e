//! One stream: from its SCHEMA to the batch that its records are collected in.

mod arrays;
mod find;
mod layout;
mod open;
mod order;
mod settle;
mod shadow;
mod share;
mod spread;
mod take;
mod versions;
mod wanted;

use std::sync::Arc;

use singer::message;

use crate::batch::{Mode, Open};
use crate::clock::Now;
use crate::column::Spare;
use crate::decode::Decoder;
use crate::error::{Error, Result};
use crate::flush::{Counts, Distribution, Extras, LatestView, Load, Spread, Tombstones};
use crate::merge::Tie;
use crate::plan::Change;
use crate::sequence::Source;
use crate::shard::Sharing;
use crate::sheet::Sheet;
use crate::table::{Memory, Table, TableName};

use arrays::ArrayTable;
pub use find::{Finder, Tables};
pub use layout::Floors;
pub use open::With;
use order::{Mark, Order};
use shadow::Shadowed;
pub use take::Refusal;
use versions::Versions;

/// A stream that is being loaded.
#[derive(Debug)]
pub struct Stream {
    name: String,
    /// What it was opened with, to know a repetition by.
    said: Said,
    table: Arc<Table>,
    /// DDL that the next load has to do.
    changes: Vec<Change>,
    /// The view that the next load has to make.
    view: Option<LatestView>,
    /// What its tables get when they are made.
    extras: Arc<Extras>,
    /// Whether the table has to be remembered although no row came.
    news: bool,
    mode: Mode,
    /// Whether a record that lacks a property leaves its column as it is.
    keep: bool,
    order: Order,
    versions: Versions,
    mark: Option<Mark>,
    /// The place of the hash column, where the hash of the record is the key.
    hash_column: Option<usize>,
    memory: Memory,
    decoder: Decoder,
    open: Open,
    /// The bytes that a row of the table takes besides its texts.
    width: usize,
    /// How many records one flush carries at most, whatever the settings say.
    most: u64,
    /// The bytes of the lines of the records that wait.
    lines: usize,
    /// The tables of its arrays, and for each the rows that wait.
    arrays: Vec<ArrayTable>,
    sheets: Vec<Sheet>,
    tombstones: Option<Tombstones>,
    /// What the table takes the place of at the run's end, in an overwrite.
    shadow: Option<Shadowed>,
    /// How its rows lie over the nodes of a cluster.
    spread: Option<Spread>,
    counts: Counts,
    /// Which of its records are loaded here, where not all of them are.
    sharing: Option<Sharing>,
    /// Whether what is sent under its name is not what is loaded.
    mapped: bool,
}

/// What a SCHEMA message says of a stream, and the types that values have asked for.
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

impl Said {
    /// The JSON Schema's text.
    #[must_use]
    pub fn schema(&self) -> &str {
        &self.schema
    }

    /// The message again.
    #[must_use]
    pub fn message<'a>(&'a self, stream: &'a str) -> message::Schema<'a> {
        message::Schema {
            stream: stream.into(),
            schema: &self.schema,
            key_properties: self.key_properties.clone(),
            bookmark_properties: self.bookmark_properties.clone(),
        }
    }
}

impl Stream {
    /// The table that the stream is loaded into.
    #[must_use]
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// The table that a person knows: in an overwrite the one whose content is replaced in the end.
    #[must_use]
    pub fn shown(&self) -> &TableName {
        self.shadow.as_ref().map_or(&self.table.name, Shadowed::name)
    }

    /// The places of all tables that are the stream's.
    pub fn tables(&self) -> impl Iterator<Item = &TableName> {
        let tombstones = self.tombstones.iter().map(|tombstones| &tombstones.table);
        let own = std::iter::once(&self.table.name);
        own.chain(self.arrays.iter().map(ArrayTable::name)).chain(tombstones)
    }

    /// How much of a commit's room its tables take: one that is made or changed takes as much as five that are only loaded.
    #[must_use]
    pub fn weight(&self) -> usize {
        let changes = !self.changes.is_empty() || self.arrays.iter().any(|array| !array.changes.is_empty());
        self.tables().count() * if changes { 5 } else { 1 }
    }

    /// How rows join the table.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Whether it takes the place of its table's content at the end of the run.
    #[must_use]
    pub fn overwrites(&self) -> bool {
        self.shadow.is_some()
    }

    /// Whether `message` says nothing new.
    #[must_use]
    pub fn repeats(&self, message: &message::Schema<'_>) -> bool {
        self.said == message.into()
    }

    /// What its SCHEMA said.
    #[must_use]
    pub fn said(&self) -> &Said {
        &self.said
    }

    /// Whether the next flush has something of this stream to carry.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.news || self.versions.is_pending() || self.has_records()
    }

    /// How many records came for the next flush, refused ones too.
    #[must_use]
    pub fn received(&self) -> u64 {
        self.counts.received
    }

    /// Whether as many came for it as one flush carries at most: so many by the settings, or fewer.
    #[inline]
    #[must_use]
    pub fn is_enough(&self, most: u64) -> bool {
        self.received() >= self.most.min(most)
    }

    /// The memory that its waiting rows take at most, in bytes, from what is known without a look at them: no text is longer than its line.
    #[inline]
    #[must_use]
    pub fn estimate(&self) -> usize {
        self.fixed() + self.lines
    }

    /// The memory that its waiting rows take, in bytes.
    #[must_use]
    pub fn held(&self) -> usize {
        self.fixed() + self.open.text_bytes() + self.sheets.iter().map(Sheet::text_bytes).sum::<usize>()
    }

    /// What the waiting rows take besides their texts.
    #[inline]
    fn fixed(&self) -> usize {
        let elements = self.arrays.iter().zip(&self.sheets).map(|(array, sheet)| sheet.rows() * array.width);
        self.open.rows() * self.width + elements.sum::<usize>()
    }

    /// Whether records wait for the next flush.
    #[must_use]
    pub fn has_records(&self) -> bool {
        self.counts != Counts::default()
    }

    /// Takes over what was learned under an earlier SCHEMA of this run.
    pub fn follow(&mut self, earlier: &Stream) {
        self.versions.follow(&earlier.versions);
        self.follow_share(earlier);
        self.mapped = earlier.mapped;
    }

    /// Says whether its records come by way of maps.
    pub fn go_through_maps(&mut self, mapped: bool) {
        self.mapped = mapped;
    }

    /// Whether its records come by way of maps: then a line with its name is not for it as it is.
    #[inline]
    #[must_use]
    pub fn goes_through_maps(&self) -> bool {
        self.mapped
    }

    /// Takes an ACTIVATE_VERSION. Whether it is to be committed now.
    pub fn activate(&mut self, version: i64) -> bool {
        self.versions.activate(version)
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
            *tie = if source == Source::Message { Tie::Keep } else { self.order.on_tie };
        }
        if let (Mode::Append { unique }, Source::Arrival) = (&mut self.mode, &source) {
            *unique = false;
        }
        self.order.source = Some(source);
        Ok(())
    }

    /// Fills the rows that come into spare memory, if none are there yet. Not before they come: a stream that is done would hold the
    /// memory of a batch for ever. Whether the record that comes is the first one.
    pub fn fill_into(&mut self, spare: &mut Spare) -> bool {
        let first = !self.has_records();
        if first {
            self.open = Open::over(Arc::clone(&self.table), self.keep, spare);
        }
        first
    }

    /// Hands over everything that has been taken since the last time. With `last` nothing comes next.
    ///
    /// # Errors
    /// Only where the loader itself is at fault.
    pub fn load(&mut self, now: Now, last: bool) -> Result<Load> {
        let next = Open::new(Arc::clone(&self.table), self.keep);
        let mut open = std::mem::replace(&mut self.open, next);
        if let Some(version) = self.versions.running() {
            open.belong(version);
        }
        let batch = if open.rows() > 0 { Some(open.seal(self.mode, now.micros())?) } else { None };
        if self.order.source == Some(Source::Arrival) {
            self.memory.arrival_sequence = self.memory.arrival_sequence.max(Some(self.order.arrivals.last()));
        }
        let activate = self.versions.take();
        // Where others load the rest, it is active once they have all come so far.
        let active = activate.map(|activate| activate.version).filter(|_| self.sharing.is_none());
        self.memory.active_version = self.memory.active_version.max(active);
        self.news = false;
        self.lines = 0;
        let like = self.shadow.as_ref().map(|shadowed| shadowed.name().clone());
        let distribution = self.spread.clone().map(|spread| Distribution { spread, like });
        let mut children = Vec::with_capacity(self.arrays.len());
        for (array, sheet) in self.arrays.iter_mut().zip(&mut self.sheets) {
            let sheet = std::mem::replace(sheet, array.sheet());
            children.push(array.load(sheet, batch.as_ref())?);
        }
        let swaps = match self.shadow.take_if(|_| last) {
            None => Vec::new(),
            Some(shadowed) => {
                let arrays = self.arrays.iter().filter_map(ArrayTable::swap);
                std::iter::once(shadowed.swap(&self.memory)).chain(arrays).collect()
            }
        };
        Ok(Load {
            stream: self.name.clone(),
            table: Arc::clone(&self.table),
            changes: std::mem::take(&mut self.changes),
            view: self.view.take(),
            shard: self.sharing.as_ref().map(Sharing::shard),
            extras: Arc::clone(&self.extras),
            mode: self.mode,
            skip_unchanged: self.order.skip_unchanged,
            batch,
            memory: self.memory.clone(),
            counts: std::mem::take(&mut self.counts),
            tombstones: self.tombstones.clone(),
            activate,
            children,
            swaps,
            distribution,
        })
    }
}

/// A SCHEMA message as it is remembered.
fn written(message: &message::Schema<'_>) -> String {
    let text = |value: &str| serde_json::Value::from(value).to_string();
    let list = |names: &[String]| serde_json::Value::from(names).to_string();
    format!(
        "{{\"type\":\"SCHEMA\",\"stream\":{},\"schema\":{},\"key_properties\":{},\"bookmark_properties\":{}}}",
        text(&message.stream),
        message.schema,
        list(&message.key_properties),
        list(&message.bookmark_properties)
    )
}

/// A stream's name as a database can hold it: Postgres has no U+0000.
#[must_use]
pub fn storable(stream: &str) -> String {
    stream.replace('\0', "\u{fffd}")
}
