//! What one commit carries, and what it did.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::RecordBatch;
use serde::{Deserialize, Serialize};

use crate::batch::{Mode, Sealed};
use crate::plan::Change;
use crate::shard::Shard;
use crate::table::{Memory, Role, System, Table, TableName};

/// Everything up to one point of the input: all of it in one transaction.
#[derive(Debug)]
pub struct Flush {
    /// The pipeline that the run is of, where it has a name: then only its newest run may commit.
    pub state_id: Option<String>,
    /// Its id, written in its own transaction.
    pub id: FlushId,
    /// When it was sealed, in microseconds since 1970.
    pub sealed_at: i64,
    /// One for each stream that has rows or changes, in the order of the tables' names: that is the order in which locks are taken.
    pub loads: Vec<Load>,
    /// The records that were refused.
    pub rejects: Vec<Reject>,
    /// The rows of `_sdc_rejected` that this flush sends through again: they go, whatever becomes of them now.
    pub replayed: Vec<Replayed>,
    /// The last bookmark before that point, as JSON text.
    pub bookmark: Option<String>,
}

/// The id of a flush: the run's, and its number in the run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FlushId {
    /// The run's id.
    pub load: String,
    /// From 1.
    pub number: u64,
}

/// What one flush brings to one table.
#[derive(Debug)]
pub struct Load {
    /// The stream.
    pub stream: String,
    /// The table as it will be once `changes` are made.
    pub table: Arc<Table>,
    /// The DDL to do first.
    pub changes: Vec<Change>,
    /// The view of the newest rows that the table is to have, if it is to be made.
    pub view: Option<LatestView>,
    /// The share of the stream's records that the rows are of, where others load the rest.
    pub shard: Option<Shard>,
    /// What its tables get besides, those of them that it makes.
    pub extras: Arc<Extras>,
    /// How rows join the table.
    pub mode: Mode,
    /// Whether a row is left alone that one of the same version would give the values that it has.
    pub skip_unchanged: bool,
    /// The rows, if any came.
    pub batch: Option<Sealed>,
    /// What is to be remembered of the table.
    pub memory: Memory,
    /// What has been counted so far: received, rejected, bytes, and what lost inside the batch.
    pub counts: Counts,
    /// Where deleted keys are remembered, where the table has or gets such a place.
    pub tombstones: Option<Tombstones>,
    /// The version that becomes the table's active one, if one does.
    pub activate: Option<Activation>,
    /// The tables of the stream's arrays, with their rows.
    pub children: Vec<Child>,
    /// The tables whose content this load's takes the place of, once its own rows are written: the stream's, then those of its arrays.
    pub swaps: Vec<Swap>,
    /// How the table lies over the nodes of a cluster, where the load makes it.
    pub distribution: Option<Distribution>,
}

/// How a table that is made lies over the nodes of a cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Distribution {
    /// How its rows do.
    pub spread: Spread,
    /// The table that it is like instead, where that is there: what it is the shadow of.
    pub like: Option<TableName>,
}

/// How the rows of a table lie over the nodes of a cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spread {
    /// By the value of this column.
    By(String),
    /// All of them on each node.
    Everywhere,
}

/// What a table gets when it is made, besides its columns: where a database has such things.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extras {
    /// The roles that may read it.
    pub readers: Vec<String>,
    /// The columns of each index.
    pub indices: Vec<Vec<String>>,
}

impl Extras {
    /// What the table of one of the stream's arrays gets: indices name columns of the stream's own.
    #[must_use]
    pub fn of_array(&self) -> Self {
        Self { readers: self.readers.clone(), indices: Vec::new() }
    }
}

/// Where the keys of deleted rows are remembered, each with its version and sequence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tombstones {
    /// The table. It is made where it is not there.
    pub table: TableName,
    /// Whether rows that are deleted go there now. Otherwise they stay, marked, and what is there only keeps older rows out.
    pub hard: bool,
    /// How long they stay, in microseconds.
    pub retention: Option<i64>,
}

impl Tombstones {
    /// The place's definition: the key of `table`, the version, the sequence, and when the delete was committed.
    #[must_use]
    pub fn definition(&self, table: &Table) -> Table {
        let keys = table.columns.iter().filter(|column| column.role == Role::Key).cloned();
        let system = [System::Sequence, System::TableVersion, System::BatchedAt].map(System::column);
        Table { name: self.table.clone(), columns: keys.chain(system).collect() }
    }
}

/// A version that becomes the active one: rows of older ones are over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Activation {
    /// The version.
    pub version: i64,
    /// Whether the rows go; otherwise they are marked as deleted.
    pub hard: bool,
}

/// What one flush brings to the table of one array. Its rows belong to the rows of the load: those of a row that loses are not
/// written, and those of a row that is replaced go.
#[derive(Debug)]
pub struct Child {
    /// The table as it will be once `changes` are made.
    pub table: Arc<Table>,
    /// The DDL to do first.
    pub changes: Vec<Change>,
    /// What is to be remembered of the table.
    pub memory: Memory,
    /// Its columns that say whose a row is, each with the column of the load's table that it repeats: the key, or where there is no
    /// key the sequence.
    pub source: Vec<(String, String)>,
    /// The rows, each with its parent's place in the load's batch.
    pub rows: Option<ChildRows>,
}

/// Rows of an array's table.
#[derive(Clone, Debug)]
pub struct ChildRows {
    /// The rows.
    pub rows: RecordBatch,
    /// For each, the place in [`Sealed::all`] of the row that it belongs to.
    pub parents: Vec<u32>,
}

/// A table whose content is replaced by that of its shadow.
#[derive(Debug)]
pub struct Swap {
    /// The shadow, which goes.
    pub shadow: TableName,
    /// The table as it will be once `changes` are made. The shadow has these columns.
    pub table: Arc<Table>,
    /// The DDL to do first.
    pub changes: Vec<Change>,
    /// What is to be remembered of the table.
    pub memory: Memory,
}

/// A view of the newest row of each key of an appended table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LatestView {
    /// Its place.
    pub name: TableName,
    /// The table, with all the columns that it will have, in their order.
    pub table: Table,
}

/// A record that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    /// When, in microseconds since 1970.
    pub at: i64,
    /// The schema of the table that it was meant for, where that is not the run's.
    pub schema: Option<String>,
    /// The table.
    pub table: String,
    /// Why, without any of its values.
    pub reason: String,
    /// The record as it was sent.
    pub record: String,
    /// Its line in the input.
    pub line: u64,
    /// Where it stood in a file that this line names, where it did.
    pub place: Option<String>,
    /// Its sequence, where it had one of 64 bits: as it was sent, or of its arrival.
    pub sequence: Option<i64>,
    /// Its table version.
    pub table_version: Option<i64>,
    /// Its `time_extracted` as it was sent.
    pub time_extracted: Option<String>,
}

impl Reject {
    /// What it is known by once it is in `_sdc_rejected`, where the run `load_id` has refused it.
    #[must_use]
    pub fn name(&self, load_id: &str) -> Replayed {
        Replayed {
            load_id: load_id.to_owned(),
            line: self.line,
            schema: self.schema.clone(),
            table: self.table.clone(),
            place: self.place.clone(),
        }
    }

    /// What a person calls the table.
    #[must_use]
    pub fn shown(&self) -> String {
        match &self.schema {
            Some(schema) => format!("{schema}.{}", self.table),
            None => self.table.clone(),
        }
    }

    /// The memory that it takes, in bytes.
    #[must_use]
    pub fn held(&self) -> usize {
        let place = self.place.as_ref().map_or(0, String::len);
        let schema = self.schema.as_ref().map_or(0, String::len);
        size_of::<Self>() + schema + self.table.len() + self.reason.len() + self.record.len() + place
    }
}

/// A row of `_sdc_rejected`: the run that wrote it, the record's line in that run's input, and the table that it was for. A line may be for
/// several tables, where stream maps make several streams of one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Replayed {
    /// The run's id.
    pub load_id: String,
    /// The line.
    pub line: u64,
    /// The table's schema, where that is not the run's.
    pub schema: Option<String>,
    /// The table.
    pub table: String,
    /// Where in a file that this line names.
    pub place: Option<String>,
}

/// What became of the records of a stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Counts {
    /// Records that came.
    pub received: u64,
    /// Rows whose key was new, or that were appended.
    pub inserted: u64,
    /// Rows that took the place of an older one.
    pub replaced: u64,
    /// Rows that lost to a newer one.
    pub stale: u64,
    /// Rows that lost to one of the same version, or that the table held already.
    pub duplicate: u64,
    /// Rows that marked their key as deleted.
    pub deleted: u64,
    /// Records that were refused.
    pub rejected: u64,
    /// Bytes of input.
    pub bytes: u64,
    /// Stored rows of older versions that an activation removed or marked. They are no records of this load.
    pub ended: u64,
}

impl Counts {
    /// What is not accounted for: received less all outcomes. Anything but 0 is a bug.
    #[must_use]
    pub fn remainder(&self) -> i128 {
        let outcomes =
            [self.inserted, self.replaced, self.stale, self.duplicate, self.deleted, self.rejected];
        i128::from(self.received) - outcomes.iter().map(|&count| i128::from(count)).sum::<i128>()
    }

    /// Adds what another flush counted.
    pub fn add(&mut self, other: &Counts) {
        self.received += other.received;
        self.inserted += other.inserted;
        self.replaced += other.replaced;
        self.stale += other.stale;
        self.duplicate += other.duplicate;
        self.deleted += other.deleted;
        self.rejected += other.rejected;
        self.bytes += other.bytes;
        self.ended += other.ended;
    }
}

/// The counts of one commit, by stream.
pub type StreamCounts = BTreeMap<String, Counts>;
