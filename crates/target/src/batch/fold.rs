//! The fold: of the rows of each key one stays, as [`crate::merge::decide`] has it.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Int64Array, RecordBatch, UInt32Array};
use arrow::compute::take;
use arrow::row::{RowConverter, SortField};

use super::Lost;
use crate::error::{Error, Result};
use crate::merge::{Outcome, Tie, Version, decide};

/// What makes rows one, and which of them stays.
pub(super) struct Rule<'a> {
    /// The places of the key columns.
    pub(super) keys: &'a [usize],
    /// Whether rows of one key with different versions or sequences are different.
    pub(super) by_sequence: bool,
    pub(super) tie: Tie,
}

/// Rows that leave alone what their records do not carry: for each row and column, where its value comes from.
pub(super) struct Overlay<'a> {
    width: usize,
    sources: Vec<u32>,
    pub(super) carried: Vec<bool>,
    /// Where it is not NULL the row is gone, and there is nothing to keep of it.
    deleted_at: Option<&'a ArrayRef>,
}

impl<'a> Overlay<'a> {
    pub(super) fn new(width: usize, carried: &[bool], deleted_at: Option<&'a ArrayRef>) -> Self {
        let rows = carried.len().checked_div(width).unwrap_or_default();
        let sources = (0..).take(rows).flat_map(|row| std::iter::repeat_n(row, width)).collect();
        Self { width, sources, carried: carried.to_vec(), deleted_at }
    }

    /// The row `new` takes the place of the row `old`.
    fn replace(&mut self, old: u32, new: u32) {
        let gone = self.deleted_at.is_some_and(|at| at.is_valid(old as usize));
        for column in 0..self.width {
            let (from, to) = (old as usize * self.width + column, new as usize * self.width + column);
            if self.carried[to] {
                continue;
            }
            self.carried[to] = self.carried[from] || gone;
            if !gone {
                self.sources[to] = self.sources[from];
            }
        }
    }

    /// The rows with their values from where they come from.
    pub(super) fn lay(&self, rows: &RecordBatch) -> Result<RecordBatch> {
        let columns = rows.columns().iter().enumerate().map(|(column, array)| {
            let sources = self.sources.iter().skip(column).step_by(self.width.max(1)).copied();
            if sources.clone().zip(0..).all(|(source, row): (u32, u32)| source == row) {
                return Ok(Arc::clone(array));
            }
            take(array, &UInt32Array::from_iter_values(sources), None)
        });
        let columns: arrow::error::Result<Vec<ArrayRef>> = columns.collect();
        columns
            .and_then(|columns| RecordBatch::try_new(rows.schema(), columns))
            .map_err(|error| Error::bug("rows cannot be laid over each other").caused_by(error))
    }
}

/// One row for each key, or with `by_sequence` for each key, version and sequence: the places of the winners by key, and what the others
/// lost to. `None` where every row wins and the keys come in order. `among` are the places of the rows that take part, in order.
pub(super) fn fold(
    rows: &RecordBatch,
    versions: &[Version],
    among: Option<Vec<u32>>,
    rule: Rule<'_>,
    overlay: Option<&mut Overlay<'_>>,
) -> Result<(Option<Vec<u32>>, Lost)> {
    let Rule { keys, by_sequence, tie } = rule;
    let mut parts: Vec<ArrayRef> = keys.iter().map(|&key| Arc::clone(rows.column(key))).collect();
    if by_sequence {
        parts.push(Arc::new(Int64Array::from_iter_values(versions.iter().map(|version| version.sequence))));
        let of_table = versions.iter().map(|version| version.table_version);
        parts.push(Arc::new(Int64Array::from_iter_values(of_table)));
    }
    if let [only] = parts.as_slice()
        && let Some(whole) = only.as_any().downcast_ref::<Int64Array>()
        && whole.null_count() == 0
    {
        return Ok(fold_by(whole.values(), versions, among, tie, overlay));
    }
    let comparable = || -> arrow::error::Result<arrow::row::Rows> {
        let fields = parts.iter().map(|part| SortField::new(part.data_type().clone())).collect();
        RowConverter::new(fields)?.convert_columns(&parts)
    };
    let comparable = comparable().map_err(|error| Error::bug("keys cannot be compared").caused_by(error))?;
    let keys: Vec<_> = comparable.iter().collect();
    Ok(fold_by(&keys, versions, among, tie, overlay))
}

fn fold_by<K: Ord>(
    keys: &[K],
    versions: &[Version],
    among: Option<Vec<u32>>,
    tie: Tie,
    mut overlay: Option<&mut Overlay<'_>>,
) -> (Option<Vec<u32>>, Lost) {
    let mut lost = Lost::default();
    if among.is_none() && keys.is_sorted_by(|a, b| a < b) {
        return (None, lost);
    }
    let mut order: Vec<u32> = among.unwrap_or_else(|| (0..).take(keys.len()).collect());
    order.sort_unstable_by(|&a, &b| keys[a as usize].cmp(&keys[b as usize]).then(a.cmp(&b)));
    let mut winners: Vec<u32> = Vec::with_capacity(order.len());
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
                if let Some(overlay) = &mut overlay {
                    overlay.replace(*holder, row);
                }
                *holder = row;
            }
            Outcome::Duplicate => lost.duplicate += 1,
            Outcome::Stale | Outcome::Insert => lost.stale += 1,
        }
    }
    (Some(winners), lost)
}
