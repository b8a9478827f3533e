//! What is left of the records of an input: the newest of each key, however they were batched.

use std::collections::BTreeMap;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::Int64Type;
use arrow::row::{RowConverter, SortField};
use sha2::{Digest, Sha256};

use crate::batch::{Mode, Sealed};
use crate::error::{Error, Result};
use crate::flush::Load;
use crate::merge::{Outcome, Tie, Version, decide};
use crate::table::{Role, System};

/// What a key that is kept in mind takes of memory, in bytes, with its part of the tree that it is in.
const KEY_BYTES: usize = 64;

/// What a load would do to one stream.
#[derive(Clone, Debug, Default)]
pub struct Planned {
    /// The table, by its full name.
    pub table: String,
    /// What becomes of the rows, in words.
    pub how: String,
    /// Where the sequences come from, as `_sdc_tables` has it; `None` where no record has said so.
    pub order: Option<String>,
    /// Records that came.
    pub received: u64,
    /// Records that would be refused.
    pub rejected: u64,
    /// Rows that would be left of the others: the newest of each key, or where all are appended each.
    pub rows: u64,
    /// Keys whose newest record is a delete; of what is appended, records that are deletes.
    pub deleted: u64,
    /// Whether there were more keys than are kept in mind: then some that came again are counted as rows.
    pub at_most: bool,
    /// The version that would become the active one.
    pub activates: Option<i64>,
}

impl Planned {
    /// Records that would lose to another one of the input, or to the version that is active.
    #[must_use]
    pub fn repeated(&self) -> u64 {
        self.received.saturating_sub(self.rejected + self.rows + self.deleted)
    }
}

/// The newest record of a key: its version, and whether it is a delete.
type Newest = (Version, bool);

/// The keys that have come.
pub(super) struct Tally {
    /// By stream.
    keys: BTreeMap<String, BTreeMap<[u8; 16], Newest>>,
    /// How many keys may still be kept in mind.
    room: usize,
}

impl Tally {
    /// One that keeps keys in mind for so many bytes.
    pub(super) fn within(memory: usize) -> Self {
        Self { keys: BTreeMap::new(), room: memory / KEY_BYTES }
    }

    /// Counts what is left of the rows of a load.
    ///
    /// # Errors
    /// Only where the loader itself is at fault.
    pub(super) fn count(&mut self, planned: &mut Planned, load: &Load, batch: &Sealed) -> Result<()> {
        let deletes = batch.all().column_by_name(System::DeletedAt.name());
        let is_delete = |place: usize| deletes.is_some_and(|deletes| deletes.is_valid(place));
        let tie = match load.mode {
            Mode::Merge(tie) => tie,
            Mode::Append { unique: true } => Tie::Keep,
            Mode::Append { unique: false } => {
                let deleted = batch.places().filter(|&place| is_delete(place)).count() as u64;
                planned.deleted += deleted;
                planned.rows += batch.count() as u64 - deleted;
                return Ok(());
            }
        };
        let known = self.keys.entry(load.stream.clone()).or_default();
        let versions = versions(batch);
        for (place, key) in batch.places().zip(identities(load, batch)?) {
            let (version, deletes) = (versions(place), is_delete(place));
            let held = known.get(&key).copied();
            if held.is_none() && self.room == 0 {
                planned.at_most = true;
            } else if held.is_none() {
                self.room -= 1;
            }
            let wins = matches!(
                decide(held.map(|(version, _)| version), version, tie),
                Outcome::Insert | Outcome::Replace
            );
            if !wins {
                continue;
            }
            if let Some((_, was_delete)) = held {
                *if was_delete { &mut planned.deleted } else { &mut planned.rows } -= 1;
            }
            *if deletes { &mut planned.deleted } else { &mut planned.rows } += 1;
            if held.is_some() || !planned.at_most {
                known.insert(key, (version, deletes));
            }
        }
        Ok(())
    }
}

/// What tells the rows of a batch that count from others: the hash of the key, and of what is appended the version too.
fn identities(load: &Load, batch: &Sealed) -> Result<Vec<[u8; 16]>> {
    let system = [System::Sequence, System::TableVersion].map(Role::System);
    let versioned = matches!(load.mode, Mode::Append { .. });
    let tells = |role: Role| role == Role::Key || (versioned && system.contains(&role));
    let columns = load.table.columns.iter().zip(batch.all().columns());
    let columns: Vec<ArrayRef> =
        columns.filter(|(column, _)| tells(column.role)).map(|(_, array)| array.clone()).collect();
    let rows = || -> arrow::error::Result<arrow::row::Rows> {
        let fields = columns.iter().map(|column| SortField::new(column.data_type().clone())).collect();
        RowConverter::new(fields)?.convert_columns(&columns)
    };
    let rows = rows().map_err(|error| Error::bug("keys cannot be compared").caused_by(error))?;
    let hash = |place: usize| {
        let hash = Sha256::digest(rows.row(place).as_ref());
        let mut short = [0; 16];
        short.copy_from_slice(&hash[..16]);
        short
    };
    Ok(batch.places().map(hash).collect())
}

/// The versions of the rows of a batch, by their places.
fn versions(batch: &Sealed) -> impl Fn(usize) -> Version {
    let whole = |system: System| {
        let column = batch.all().column_by_name(system.name()).cloned();
        move |place: usize| {
            let column = column.as_ref()?.as_primitive_opt::<Int64Type>()?;
            column.is_valid(place).then(|| column.value(place))
        }
    };
    let (sequence, table_version) = (whole(System::Sequence), whole(System::TableVersion));
    move |place| Version {
        table_version: table_version(place).unwrap_or(0),
        sequence: sequence(place).unwrap_or(i64::MIN),
    }
}
