//! The open rows of an array's table: one for each element, each with the place of the row that it belongs to.

use crate::column::Column;
use crate::types::Type;

/// Rows of an array's table that wait for a commit.
#[derive(Debug)]
pub struct Sheet {
    columns: Vec<Column>,
    /// For each row, the place of the record's row in its batch.
    parents: Vec<u32>,
    /// For each level of arrays, from the outside in: the place of the element in its array.
    levels: Vec<Vec<i64>>,
    /// The sheet of the array that this one's arrays stand in.
    outer: Option<usize>,
}

impl Sheet {
    /// A sheet with columns of these types, for arrays that stand in `levels - 1` other arrays, the innermost of which has the sheet
    /// `outer`.
    #[must_use]
    pub fn new(types: &[Type], levels: usize, outer: Option<usize>) -> Self {
        Self {
            columns: types.iter().map(|&ty| Column::new(ty)).collect(),
            parents: Vec::new(),
            levels: vec![Vec::new(); levels],
            outer,
        }
    }

    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.parents.len()
    }

    /// The bytes that its texts take.
    #[must_use]
    pub fn text_bytes(&self) -> usize {
        self.columns.iter().map(Column::text_bytes).sum()
    }

    /// The sheet of the array that its arrays stand in.
    #[must_use]
    pub fn outer(&self) -> Option<usize> {
        self.outer
    }

    /// The place of a row's element in each array, from the outside in.
    #[must_use]
    pub fn levels(&self, row: usize) -> Vec<i64> {
        self.levels.iter().map(|level| level[row]).collect()
    }

    /// Begins the row of the element at `position` of an array, in the element at `outer` of the arrays around it.
    pub(crate) fn begin(&mut self, parent: usize, outer: &[i64], position: i64) -> usize {
        self.parents.push(u32::try_from(parent).expect("a batch has fewer rows than 2^32"));
        for (level, place) in self.levels.iter_mut().zip(outer.iter().copied().chain([position])) {
            level.push(place);
        }
        self.rows() - 1
    }

    /// Its columns, to be given back.
    pub(crate) fn lend(&mut self) -> Vec<Column> {
        std::mem::take(&mut self.columns)
    }

    pub(crate) fn give_back(&mut self, columns: Vec<Column>) {
        self.columns = columns;
    }

    /// Forgets the rows from `rows` on.
    pub fn truncate(&mut self, rows: usize) {
        self.parents.truncate(rows);
        self.levels.iter_mut().for_each(|level| level.truncate(rows));
        self.columns.iter_mut().for_each(|column| column.truncate(rows));
    }

    /// Forgets the rows of records from `parent` on.
    pub fn truncate_parents(&mut self, parent: usize) {
        let rows = self.parents.partition_point(|&of| (of as usize) < parent);
        self.truncate(rows);
    }

    /// Its parts: the columns, the places of the parents, and the levels.
    #[must_use]
    pub fn into_parts(self) -> (Vec<Column>, Vec<u32>, Vec<Vec<i64>>) {
        (self.columns, self.parents, self.levels)
    }
}
