//! Rows of one stream on their way to one commit: open while rows come, sealed for the destination.
//!
//! A sealed batch in merge mode has one row per key, the newest: both databases refuse, or get wrong, a merge that meets a row twice.
//! Sealing is the fold of [`crate::merge::decide`] over the rows of each key in their order of arrival, so it does not
//! matter where batches begin and end.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Int64Array, RecordBatch, TimestampMicrosecondArray, UInt32Array};
use arrow::compute::take_record_batch;
use arrow::datatypes::Schema;
use arrow::row::{RowConverter, SortField};

use crate::column::{self, Column};
use crate::error::{Error, Result};
use crate::merge::{Outcome, Tie, Version, decide};
use crate::table::{Role, System, Table};

/// How rows join the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// One row per key, the newest.
    Merge(Tie),
    /// Every row. With `unique`, a key and sequence that the table holds is not appended again.
    Append {
        /// Whether a row can be recognised, and is to be.
        unique: bool,
    },
}

impl Mode {
    /// The word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Mode::Merge(_) => "merge",
            Mode::Append { .. } => "append",
        }
    }
}

/// What stands around a record, as the row has it.
#[derive(Clone, Copy, Debug)]
pub struct Envelope {
    /// The order that guards the key.
    pub sequence: i64,
    /// Singer's table version.
    pub table_version: Option<i64>,
    /// When the tap read it, in microseconds since 1970.
    pub extracted_at: Option<i64>,
    /// When it reached the loader, in microseconds since 1970.
    pub received_at: i64,
}

/// Rows that wait for a commit.
#[derive(Debug)]
pub struct Open {
    table: Arc<Table>,
    columns: Vec<Column>,
    envelopes: Vec<Envelope>,
}

impl Open {
    /// An empty batch for `table`.
    #[must_use]
    pub fn new(table: Arc<Table>, _keep: bool) -> Self {
        let columns = table.columns.iter().map(|column| Column::new(column.ty)).collect();
        Self { table, columns, envelopes: Vec::new() }
    }

    /// The number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.envelopes.len()
    }

    /// The columns, for the decoder to write the next row into.
    pub fn columns(&mut self) -> &mut [Column] {
        &mut self.columns
    }

    /// Takes the row that was written.
    pub fn push(&mut self, envelope: Envelope) {
        self.envelopes.push(envelope);
    }

    /// Says which table version the rows belong to that were sent without one.
    pub fn belong(&mut self, version: i64) {
        for envelope in &mut self.envelopes {
            envelope.table_version.get_or_insert(version);
        }
    }

    /// Gives up the row that was written.
    pub fn discard(&mut self) {
        let rows = self.rows();
        for column in &mut self.columns {
            column.truncate(rows);
        }
    }

    /// Ends the batch at `now`, in microseconds since 1970.
    ///
    /// # Errors
    /// Only where the loader itself is at fault.
    pub fn seal(self, mode: Mode, now: i64) -> Result<Sealed> {
        let rows = self.rows();
        let envelopes = &self.envelopes;
        let times = |of: &dyn Fn(&Envelope) -> Option<i64>| -> ArrayRef {
            let times: TimestampMicrosecondArray = envelopes.iter().map(of).collect();
            Arc::new(times.with_timezone("UTC"))
        };
        let mut arrays = Vec::with_capacity(self.columns.len());
        let mut fields = Vec::with_capacity(self.columns.len());
        for (meant, decoded) in self.table.columns.iter().zip(self.columns) {
            fields.push(column::field(&meant.name, meant.ty));
            arrays.push(match meant.role {
                Role::System(System::ExtractedAt) => times(&|envelope| envelope.extracted_at),
                Role::System(System::ReceivedAt) => times(&|envelope| Some(envelope.received_at)),
                Role::System(System::BatchedAt) => times(&|_| Some(now)),
                Role::System(System::Sequence) => {
                    Arc::new(Int64Array::from_iter_values(envelopes.iter().map(|envelope| envelope.sequence)))
                }
                Role::System(System::TableVersion) => {
                    Arc::new(envelopes.iter().map(|envelope| envelope.table_version).collect::<Int64Array>())
                }
                _ => decoded.finish(rows),
            });
        }
        let rows = RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
            .map_err(|error| Error::bug("a batch does not fit its table").caused_by(error))?;
        let versions: Vec<Version> = envelopes
            .iter()
            .map(|envelope| Version {
                table_version: envelope.table_version.unwrap_or(0),
                sequence: envelope.sequence,
            })
            .collect();
        let keys = self.table.keys();
        let (winners, lost) = match mode {
            Mode::Append { unique: false } => (None, Lost::default()),
            Mode::Append { unique: true } => {
                // Key and sequence alone say whether a row is there already; the first one stays.
                let alike = versions
                    .iter()
                    .map(|version| Version { table_version: 0, ..*version })
                    .collect::<Vec<_>>();
                fold(&rows, &keys, &alike, true, Tie::Keep)?
            }
            Mode::Merge(tie) => fold(&rows, &keys, &versions, false, tie)?,
        };
        Ok(Sealed { rows, winners, lost })
    }
}

/// Rows that lost to another row of their batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lost {
    /// To a newer one.
    pub stale: u64,
    /// To one of the same version.
    pub duplicate: u64,
}

/// A batch that is ready for the destination.
#[derive(Clone, Debug)]
pub struct Sealed {
    rows: RecordBatch,
    /// The rows that count, in the order of their keys; `None` where all do.
    winners: Option<Vec<u32>>,
    lost: Lost,
}

impl Sealed {
    /// The rows that count.
    #[must_use]
    pub fn count(&self) -> usize {
        self.winners.as_ref().map_or(self.rows.num_rows(), Vec::len)
    }

    /// All rows, those that lost too.
    #[must_use]
    pub fn all(&self) -> &RecordBatch {
        &self.rows
    }

    /// The places in [`Sealed::all`] of the rows that count, in an order that is good to write.
    pub fn places(&self) -> impl Iterator<Item = usize> + '_ {
        let all = if self.winners.is_none() { 0..self.rows.num_rows() } else { 0..0 };
        self.winners.iter().flatten().map(|&place| place as usize).chain(all)
    }

    /// The rows that count, by themselves.
    ///
    /// # Errors
    /// Only where the loader itself is at fault.
    pub fn compact(&self) -> Result<RecordBatch> {
        let Some(winners) = &self.winners else { return Ok(self.rows.clone()) };
        take_record_batch(&self.rows, &UInt32Array::from(winners.clone()))
            .map_err(|error| Error::bug("a batch cannot be compacted").caused_by(error))
    }

    /// The rows that lost inside the batch.
    #[must_use]
    pub fn lost(&self) -> Lost {
        self.lost
    }
}

/// One row for each key, or with `by_sequence` for each key and sequence: the places of the winners by key, and what the others
/// lost to. `None` where every row wins and the keys come in order.
fn fold(
    rows: &RecordBatch,
    keys: &[usize],
    versions: &[Version],
    by_sequence: bool,
    tie: Tie,
) -> Result<(Option<Vec<u32>>, Lost)> {
    let mut parts: Vec<ArrayRef> = keys.iter().map(|&key| Arc::clone(rows.column(key))).collect();
    if by_sequence {
        parts.push(Arc::new(Int64Array::from_iter_values(versions.iter().map(|version| version.sequence))));
    }
    if let [only] = parts.as_slice()
        && let Some(whole) = only.as_any().downcast_ref::<Int64Array>()
        && whole.null_count() == 0
    {
        return Ok(fold_by(whole.values(), versions, tie));
    }
    let comparable = || -> arrow::error::Result<arrow::row::Rows> {
        let fields = parts.iter().map(|part| SortField::new(part.data_type().clone())).collect();
        RowConverter::new(fields)?.convert_columns(&parts)
    };
    let comparable = comparable().map_err(|error| Error::bug("keys cannot be compared").caused_by(error))?;
    let keys: Vec<_> = comparable.iter().collect();
    Ok(fold_by(&keys, versions, tie))
}

fn fold_by<K: Ord>(keys: &[K], versions: &[Version], tie: Tie) -> (Option<Vec<u32>>, Lost) {
    let mut lost = Lost::default();
    if keys.is_sorted_by(|a, b| a < b) {
        return (None, lost);
    }
    let mut order: Vec<u32> = (0..).take(keys.len()).collect();
    order.sort_unstable_by(|&a, &b| keys[a as usize].cmp(&keys[b as usize]).then(a.cmp(&b)));
    let mut winners: Vec<u32> = Vec::with_capacity(keys.len());
    for row in order {
        let version = versions[row as usize];
        let holder = winners.last_mut().filter(|holder| keys[**holder as usize] == keys[row as usize]);
        let Some(holder) = holder else {
            winners.push(row);
            continue;
        };
        let held = versions[*holder as usize];
        match decide(Some(held), version, tie) {
            Outcome::Replace => {
                if held == version {
                    lost.duplicate += 1;
                } else {
                    lost.stale += 1;
                }
                *holder = row;
            }
            Outcome::Duplicate => lost.duplicate += 1,
            Outcome::Stale | Outcome::Insert => lost.stale += 1,
        }
    }
    (Some(winners), lost)
}
