//! What one commit carries, and what it did.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use crate::batch::{Mode, Sealed};
use crate::plan::Change;
use crate::table::{Memory, Table, TableName};

/// Everything up to one point of the input: all of it in one transaction.
#[derive(Debug)]
pub struct Flush {
    /// Its id, written in its own transaction.
    pub id: FlushId,
    /// When it was sealed, in microseconds since 1970.
    pub sealed_at: i64,
    /// One for each stream that has rows or changes, in the order of the tables' names: that is the order in which locks are taken.
    pub loads: Vec<Load>,
    /// The records that were refused.
    pub rejects: Vec<Reject>,
    /// The last bookmark before that point, as JSON text.
    pub bookmark: Option<String>,
}

/// The id of a flush: the run's, and its number in the run.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// How rows join the table.
    pub mode: Mode,
    /// The rows, if any came.
    pub batch: Option<Sealed>,
    /// What is to be remembered of the table.
    pub memory: Memory,
    /// What has been counted so far: received, rejected, bytes, and what lost inside the batch.
    pub counts: Counts,
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
    /// The table that it was meant for.
    pub table: String,
    /// Why, without any of its values.
    pub reason: String,
    /// The record as it was sent.
    pub record: String,
    /// Its line in the input.
    pub line: u64,
    /// Its sequence as it was sent, where it had one of 64 bits.
    pub sequence: Option<i64>,
}

/// What became of the records of a stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
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
    }
}

/// The counts of one commit, by stream.
pub type StreamCounts = BTreeMap<String, Counts>;
