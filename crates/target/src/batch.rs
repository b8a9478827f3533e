//! Rows of one stream on their way to one commit: open while rows come, sealed for the destination.
//!
//! A sealed batch in merge mode has one row per key, the newest: both databases refuse, or get wrong, a merge that meets a row twice.
//! Sealing is the fold of [`crate::merge::decide`] over the rows of each key in their order of arrival, so it does not
//! matter where batches begin and end. A destination may know more than the loader did when the batch was sealed: [`Sealed::since`]
//! folds again without the rows that are over.

mod fold;
mod system;

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, RecordBatch, StringArray, UInt32Array};
use arrow::compute::{filter_record_batch, take_record_batch};
use arrow::datatypes::Schema;

use crate::column::{self, Column, Spare};
use crate::error::{Error, Result};
use crate::merge::{Tie, Version};
use crate::table::{Role, System, Table};
use crate::types::Type;

use fold::{Overlay, Rule, fold};

/// What becomes of a table that an overwrite replaces, in words.
pub const OVERWRITTEN: &str = "overwritten at the end";

/// How rows join the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// One row per key, the newest.
    Merge(Tie),
    /// Every row. With `unique`, a key, version and sequence that the table holds is not appended again.
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

    /// What becomes of rows with these key columns, in words.
    #[must_use]
    pub fn in_words(self, keys: &[&str]) -> String {
        match self {
            Mode::Merge(_) => format!("merged by {}", keys.join(", ")),
            Mode::Append { .. } if keys.is_empty() => "appended: it has no key".to_owned(),
            Mode::Append { .. } => "appended".to_owned(),
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

/// The column of a staging table that says which columns each row carries: a `1` or a `0` for each column.
pub const CARRIED: &str = "_sdc_carried";

/// Rows that wait for a commit.
#[derive(Debug)]
pub struct Open {
    table: Arc<Table>,
    columns: Vec<Column>,
    envelopes: Vec<Envelope>,
    /// For each row and column whether the record had it; `None` where nobody asks.
    carried: Option<Vec<bool>>,
}

impl Open {
    /// An empty batch for `table`. With `keep` a row leaves alone what its record does not carry.
    #[must_use]
    pub fn new(table: Arc<Table>, keep: bool) -> Self {
        Self::over(table, keep, &mut Spare::default())
    }

    /// The same, filled into spare memory as long as there is some.
    #[must_use]
    pub fn over(table: Arc<Table>, keep: bool, spare: &mut Spare) -> Self {
        let columns = table.columns.iter();
        // The batch makes the arrays of system columns itself.
        let columns = columns.map(|column| match column.role {
            Role::System(_) => Column::new(column.ty),
            _ => Column::over(column.ty, spare),
        });
        let columns = columns.collect();
        Self { table, columns, envelopes: Vec::new(), carried: keep.then(Vec::new) }
    }

    /// The number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.envelopes.len()
    }

    /// The bytes that a row of `table` takes besides its texts. With `keep` as in [`Open::new`].
    #[must_use]
    pub fn width(table: &Table, keep: bool) -> usize {
        let columns = table.columns.iter().map(|column| column::width(column.ty) + usize::from(keep));
        columns.sum::<usize>() + size_of::<Envelope>() + size_of::<Version>()
    }

    /// The bytes that its texts take.
    #[must_use]
    pub fn text_bytes(&self) -> usize {
        self.columns.iter().map(Column::text_bytes).sum()
    }

    /// The columns, for the decoder to write the next row into.
    pub fn columns(&mut self) -> &mut [Column] {
        &mut self.columns
    }

    /// Takes the row that was written.
    pub fn push(&mut self, envelope: Envelope) {
        let row = self.rows();
        if let Some(carried) = &mut self.carried {
            let columns = self.table.columns.iter().zip(&self.columns);
            carried.extend(columns.map(|(meant, column)| meant.role != Role::Value || column.rows() > row));
        }
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
        let mut arrays = Vec::with_capacity(self.columns.len());
        let mut fields = Vec::with_capacity(self.columns.len());
        for (meant, decoded) in self.table.columns.iter().zip(self.columns) {
            fields.push(column::field(&meant.name, meant.ty));
            arrays.push(
                match meant.role {
                    Role::System(system) => system::array(system, meant.ty, &self.envelopes, now),
                    _ => None,
                }
                .unwrap_or_else(|| decoded.finish(rows)),
            );
        }
        let rows = RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
            .map_err(|error| Error::bug("a batch does not fit its table").caused_by(error))?;
        let versions = self.envelopes.iter().map(|envelope| Version {
            table_version: envelope.table_version.unwrap_or(0),
            sequence: envelope.sequence,
        });
        let given = Given {
            table: self.table,
            mode,
            rows,
            versions: versions.collect(),
            // What is appended takes the place of nothing.
            carried: self.carried.filter(|_| matches!(mode, Mode::Merge(_))),
        };
        Sealed::of(Arc::new(given), None, false)
    }
}

/// Rows that lost to another row of their batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lost {
    /// To a newer one, or to the version that is active.
    pub stale: u64,
    /// To one of the same version.
    pub duplicate: u64,
}

/// The rows as they came.
#[derive(Debug)]
struct Given {
    table: Arc<Table>,
    mode: Mode,
    rows: RecordBatch,
    versions: Vec<Version>,
    carried: Option<Vec<bool>>,
}

/// A batch that is ready for the destination.
#[derive(Clone, Debug)]
pub struct Sealed {
    given: Arc<Given>,
    rows: RecordBatch,
    /// For each row and column whether the row says what is to be there.
    carried: Option<Arc<Vec<bool>>>,
    /// The rows that count, in the order of their keys; `None` where all do.
    winners: Option<Arc<Vec<u32>>>,
    lost: Lost,
}

impl Sealed {
    /// Rows that all count, for `table`.
    #[must_use]
    pub fn whole(table: Arc<Table>, rows: RecordBatch) -> Self {
        let given = Given {
            table,
            mode: Mode::Append { unique: false },
            rows: rows.clone(),
            versions: Vec::new(),
            carried: None,
        };
        Self { given: Arc::new(given), rows, carried: None, winners: None, lost: Lost::default() }
    }

    /// Folds what was given: all of it, or the rows of these places. With `ends` a deleted row leaves nothing behind.
    fn of(given: Arc<Given>, among: Option<Vec<u32>>, ends: bool) -> Result<Self> {
        let stale = among.as_ref().map_or(0, |among| given.versions.len() - among.len()) as u64;
        let keys = given.table.keys();
        let mut overlay = given.carried.as_ref().map(|carried| {
            let deleted_at = given.table.system(System::DeletedAt).filter(|_| ends);
            Overlay::new(given.table.columns.len(), carried, deleted_at.map(|at| given.rows.column(at)))
        });
        let (winners, mut lost) = match given.mode {
            Mode::Append { unique: false } => (among, Lost::default()),
            Mode::Append { unique: true } => {
                // Key, version and sequence say whether a row is there already; the first one stays. A table may not know its
                // rows' versions.
                let versioned = given.table.system(System::TableVersion).is_some();
                let known = |version: &Version| Version {
                    table_version: if versioned { version.table_version } else { 0 },
                    ..*version
                };
                let alike: Vec<Version> = given.versions.iter().map(known).collect();
                let rule = Rule { keys: &keys, by_sequence: true, tie: Tie::Keep };
                fold(&given.rows, &alike, among, rule, None)?
            }
            Mode::Merge(tie) => {
                let rule = Rule { keys: &keys, by_sequence: false, tie };
                fold(&given.rows, &given.versions, among, rule, overlay.as_mut())?
            }
        };
        lost.stale += stale;
        let rows = match &overlay {
            Some(overlay) => overlay.lay(&given.rows)?,
            None => given.rows.clone(),
        };
        let carried = overlay.map(|overlay| Arc::new(overlay.carried));
        Ok(Self { given, rows, carried, winners: winners.map(Arc::new), lost })
    }

    /// The batch without the rows of versions below `floor`: those are stale. With `ends` a deleted row is not stored, so the rows
    /// after it find nothing to keep.
    ///
    /// # Errors
    /// Only where the loader itself is at fault.
    pub fn since(&self, floor: Option<i64>, ends: bool) -> Result<Self> {
        let over = |version: &Version| floor.is_some_and(|floor| version.table_version < floor);
        let versions = &self.given.versions;
        let refold = ends && self.given.carried.is_some();
        if !refold && (floor.is_none() || !versions.iter().any(over)) {
            return Ok(self.clone());
        }
        let among = (0..).zip(versions).filter(|(_, version)| !over(version)).map(|(place, _)| place);
        Self::of(Arc::clone(&self.given), Some(among.collect()), ends)
    }

    /// The rows that came, all of them, once nobody else needs them.
    #[must_use]
    pub fn into_rows(self) -> Option<RecordBatch> {
        drop(self.rows);
        Arc::into_inner(self.given).map(|given| given.rows)
    }

    /// The rows that count.
    #[must_use]
    pub fn count(&self) -> usize {
        self.winners.as_ref().map_or(self.rows.num_rows(), |winners| winners.len())
    }

    /// All rows, those that lost too.
    #[must_use]
    pub fn all(&self) -> &RecordBatch {
        &self.rows
    }

    /// The places in [`Sealed::all`] of the rows that count, in an order that is good to write.
    pub fn places(&self) -> impl Iterator<Item = usize> + '_ {
        let all = if self.winners.is_none() { 0..self.rows.num_rows() } else { 0..0 };
        self.winners.iter().flat_map(|winners| winners.iter()).map(|&place| place as usize).chain(all)
    }

    /// The rows that count, by themselves.
    ///
    /// # Errors
    /// Only where the loader itself is at fault.
    pub fn compact(&self) -> Result<RecordBatch> {
        let Some(winners) = &self.winners else { return Ok(self.rows.clone()) };
        take_record_batch(&self.rows, &UInt32Array::from_iter_values(winners.iter().copied()))
            .map_err(|error| Error::bug("a batch cannot be compacted").caused_by(error))
    }

    /// The rows that lost inside the batch.
    #[must_use]
    pub fn lost(&self) -> Lost {
        self.lost
    }

    /// Whether the row at `place` says what is to be in the column; otherwise what is stored stays.
    #[must_use]
    pub fn carries(&self, place: usize, column: usize) -> bool {
        self.carried.as_ref().is_none_or(|carried| carried[place * self.given.table.columns.len() + column])
    }

    /// Whether rows leave alone what their records do not carry.
    #[must_use]
    pub fn keeps(&self) -> bool {
        self.carried.is_some()
    }

    /// Whether a row that counts leaves a column to what is stored.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        let width = self.given.table.columns.len();
        self.carried.as_ref().is_some_and(|carried| {
            self.places().any(|place| carried[place * width..][..width].contains(&false))
        })
    }

    /// The batch with one more column, which says of each row what it carries; and its table.
    ///
    /// # Errors
    /// Only where the loader itself is at fault.
    pub fn marked(&self) -> Result<(Table, Self)> {
        let width = self.given.table.columns.len();
        let marks = (0..self.rows.num_rows()).map(|place| -> String {
            (0..width).map(|column| if self.carries(place, column) { '1' } else { '0' }).collect()
        });
        let marks: ArrayRef = Arc::new(StringArray::from_iter_values(marks));
        let mut table = (*self.given.table).clone();
        table.columns.push(crate::table::Column {
            name: CARRIED.to_owned(),
            ty: Type::Text,
            nullable: true,
            role: Role::Value,
        });
        let mut fields: Vec<_> = self.rows.schema().fields().iter().cloned().collect();
        fields.push(Arc::new(column::field(CARRIED, Type::Text)));
        let arrays = self.rows.columns().iter().cloned().chain([marks]).collect();
        let rows = RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
            .map_err(|error| Error::bug("a batch cannot be marked").caused_by(error))?;
        Ok((table, Self { rows, ..self.clone() }))
    }

    /// Of rows that belong to rows of this batch, each to the one at its place in `parents`, those whose row counts.
    ///
    /// # Errors
    /// Only where the loader itself is at fault.
    pub fn children(&self, rows: &RecordBatch, parents: &[u32]) -> Result<RecordBatch> {
        let mut counts = vec![false; self.rows.num_rows()];
        self.places().for_each(|place| counts[place] = true);
        let kept: BooleanArray = parents.iter().map(|&parent| counts.get(parent as usize).copied()).collect();
        filter_record_batch(rows, &kept)
            .map_err(|error| Error::bug("the rows of an array cannot be selected").caused_by(error))
    }
}
