//! The reference: tables as maps, merged by [`crate::merge::decide`] row by row. What the databases do is held against this.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{
    Date32Type, Decimal128Type, Float64Type, Int64Type, Time64MicrosecondType, TimestampMicrosecondType,
};

use super::{Abilities, Destination, Receipt, Written, check_identity, settle};
use crate::batch::Mode;
use crate::decode::{Limits, Nul};
use crate::error::{Error, Result};
use crate::flush::{Flush, Load, Reject};
use crate::merge::{Outcome, Tie, Version, decide};
use crate::names::Rules;
use crate::number;
use crate::plan::{self, Change};
use crate::table::{Stored, System, Table, TableName};
use crate::types::Type;

/// A value as it is stored. Numbers of any type are written in one way, so that those of different destinations compare.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cell {
    /// NULL.
    Null,
    /// True or false.
    Boolean(bool),
    /// Integer, decimal, number or double: plain digits.
    Number(String),
    /// Days since 1970.
    Date(i32),
    /// Microseconds since midnight.
    Time(i64),
    /// Microseconds since 1970.
    Timestamp(i64),
    /// Text.
    Text(String),
    /// A UUID.
    Uuid(u128),
    /// Bytes.
    Bytes(Vec<u8>),
    /// JSON, as text.
    Json(String),
}

/// A table's rows, each with its cells in the order of the columns.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    rows: Vec<Vec<Cell>>,
    /// In merge mode: where the row of a key is.
    places: BTreeMap<Vec<Cell>, usize>,
}

#[derive(Clone, Debug)]
struct Relation {
    stored: Stored,
    rows: Rows,
}

/// The content of a [`Memory`] destination.
#[derive(Clone, Debug, Default)]
pub struct Content {
    relations: BTreeMap<TableName, Relation>,
    rejects: Vec<Reject>,
    bookmarks: Vec<String>,
}

impl Content {
    /// The tables' names.
    pub fn tables(&self) -> impl Iterator<Item = &TableName> {
        self.relations.keys()
    }

    /// A table's definition and rows.
    #[must_use]
    pub fn table(&self, name: &TableName) -> Option<(&Stored, &[Vec<Cell>])> {
        self.relations.get(name).map(|relation| (&relation.stored, relation.rows.rows.as_slice()))
    }

    /// The records that were refused.
    #[must_use]
    pub fn rejects(&self) -> &[Reject] {
        &self.rejects
    }
}

/// A destination that keeps everything in memory.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    content: Arc<Mutex<Content>>,
}

impl Memory {
    /// An empty destination.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What it holds now.
    #[must_use]
    pub fn content(&self) -> Content {
        self.lock().clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Content> {
        self.content.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Destination for Memory {
    fn abilities(&self) -> Abilities {
        Abilities {
            names: Rules { max_bytes: usize::MAX, ignores_case: false, reserved: &[] },
            limits: Limits { nul: Nul::Held, decimals: true },
            storage: |ty| ty,
            default_schema: "main",
        }
    }

    fn describe(&mut self, table: &TableName) -> Result<Option<Stored>> {
        Ok(self.lock().relations.get(table).map(|relation| relation.stored.clone()))
    }

    fn commit(&mut self, flush: &Flush) -> Result<Receipt> {
        let mut content = self.lock();
        // Worked out on a copy: all of it happens or nothing.
        let mut next = content.clone();
        let mut counts = BTreeMap::new();
        for load in &flush.loads {
            let written = next.apply(load)?;
            counts.insert(load.stream.clone(), settle(load, written));
        }
        check_identity(&counts)?;
        next.rejects.extend(flush.rejects.iter().cloned());
        next.bookmarks.extend(flush.bookmark.clone());
        *content = next;
        Ok(Receipt { flush: flush.id.clone(), counts })
    }

    fn fits(&mut self, _: &TableName, _: &str, _: Type, _: Type) -> Result<bool> {
        Ok(true)
    }

    fn bookmark(&mut self) -> Result<Option<String>> {
        Ok(self.lock().bookmarks.last().cloned())
    }
}

impl Content {
    fn apply(&mut self, load: &Load) -> Result<Written> {
        let table = &load.table;
        let relation = self.relations.entry(table.name.clone()).or_insert_with(|| Relation {
            stored: Stored { table: Table { columns: Vec::new(), ..(**table).clone() }, memory: None },
            rows: Rows::default(),
        });
        let existing = Some(&relation.stored.table).filter(|table| !table.columns.is_empty());
        relation.stored.table = plan::after(existing, table, &load.changes);
        relation.stored.memory = Some(load.memory.clone());
        let width = relation.stored.table.columns.len();
        for row in &mut relation.rows.rows {
            row.resize(width, Cell::Null);
        }
        for change in &load.changes {
            relation.widen(change);
        }
        let Some(batch) = &load.batch else { return Ok(Written::default()) };
        let names = relation.stored.table.columns.iter().map(|column| column.name.as_str());
        let places: Vec<Option<usize>> =
            names.map(|name| table.columns.iter().position(|column| column.name == name)).collect();
        let mut written = Written::default();
        for place in batch.places() {
            let incoming = cells(table, batch.all(), place)?;
            let row = places.iter().map(|at| at.map_or(Cell::Null, |at| incoming[at].clone())).collect();
            relation.rows.take(row, &relation.stored.table, load.mode, &mut written);
        }
        Ok(written)
    }
}

impl Relation {
    /// Turns the stored days of a column into instants. Numbers of all types are written in one way already.
    fn widen(&mut self, change: &Change) {
        let Change::Widen { column, from: Type::Date, to: Type::Timestamp } = change else { return };
        let Some(at) = self.stored.table.columns.iter().position(|stored| stored.name == *column) else {
            return;
        };
        for row in &mut self.rows.rows {
            if let Cell::Date(days) = row[at] {
                row[at] = Cell::Timestamp(i64::from(days) * crate::time::DAY);
            }
        }
    }
}

impl Rows {
    fn take(&mut self, row: Vec<Cell>, table: &Table, mode: Mode, written: &mut Written) {
        let mut key: Vec<Cell> = table.keys().into_iter().map(|at| row[at].clone()).collect();
        let tie = match mode {
            Mode::Append { unique: false } => {
                self.rows.push(row);
                written.inserted += 1;
                return;
            }
            Mode::Append { unique: true } => {
                key.push(table.system(System::Sequence).map_or(Cell::Null, |at| row[at].clone()));
                if self.places.insert(key, self.rows.len()).is_some() {
                    written.duplicate += 1;
                } else {
                    self.rows.push(row);
                    written.inserted += 1;
                }
                return;
            }
            Mode::Merge(tie) => tie,
        };
        self.merge(key, row, table, tie, written);
    }

    fn merge(&mut self, key: Vec<Cell>, row: Vec<Cell>, table: &Table, tie: Tie, written: &mut Written) {
        let stored = self.places.get(&key).copied();
        let outcome = decide(stored.map(|at| version(table, &self.rows[at])), version(table, &row), tie);
        let deleted = table.system(System::DeletedAt).is_some_and(|at| row[at] != Cell::Null);
        match (outcome, stored) {
            (Outcome::Replace, Some(at)) => self.rows[at] = row,
            (Outcome::Stale, _) => written.stale += 1,
            (Outcome::Duplicate, _) => written.duplicate += 1,
            _ => {
                self.places.insert(key, self.rows.len());
                self.rows.push(row);
            }
        }
        match outcome {
            Outcome::Stale | Outcome::Duplicate => {}
            _ if deleted => written.deleted += 1,
            Outcome::Insert => written.inserted += 1,
            Outcome::Replace => written.replaced += 1,
        }
    }
}

fn version(table: &Table, row: &[Cell]) -> Version {
    let whole = |system, otherwise| match table.system(system).map(|at| &row[at]) {
        Some(Cell::Number(digits)) => digits.parse().unwrap_or(otherwise),
        _ => otherwise,
    };
    Version { table_version: whole(System::TableVersion, 0), sequence: whole(System::Sequence, i64::MIN) }
}

/// The cells of one row of a batch.
fn cells(table: &Table, batch: &RecordBatch, row: usize) -> Result<Vec<Cell>> {
    let cells = table.columns.iter().zip(batch.columns()).map(|(column, array)| cell(column.ty, array, row));
    cells.collect::<Option<_>>().ok_or_else(|| Error::bug("a number in a batch is none"))
}

fn cell(ty: Type, array: &dyn Array, row: usize) -> Option<Cell> {
    if array.is_null(row) {
        return Some(Cell::Null);
    }
    let digits = |text: &str| match number::is_word(text) {
        true => Some(Cell::Number(text.to_owned())),
        false => number::plain(text, usize::MAX >> 1).map(Cell::Number),
    };
    Some(match ty {
        Type::Boolean => Cell::Boolean(array.as_boolean().value(row)),
        Type::SmallInteger | Type::ShortInteger | Type::Integer => {
            Cell::Number(array.as_primitive::<Int64Type>().value(row).to_string())
        }
        Type::Double => match array.as_primitive::<Float64Type>().value(row) {
            value if value.is_infinite() => digits(if value > 0.0 { "Infinity" } else { "-Infinity" })?,
            value => digits(&format!("{value:e}"))?,
        },
        Type::Decimal { scale, .. } => {
            digits(&format!("{}e-{scale}", array.as_primitive::<Decimal128Type>().value(row)))?
        }
        Type::Number | Type::BigInteger => digits(array.as_string::<i32>().value(row))?,
        Type::Date => Cell::Date(array.as_primitive::<Date32Type>().value(row)),
        Type::Time => Cell::Time(array.as_primitive::<Time64MicrosecondType>().value(row)),
        Type::Timestamp | Type::LocalTimestamp => {
            Cell::Timestamp(array.as_primitive::<TimestampMicrosecondType>().value(row))
        }
        Type::Text | Type::Varchar { .. } | Type::Foreign => {
            Cell::Text(array.as_string::<i32>().value(row).to_owned())
        }
        Type::Uuid => {
            Cell::Uuid(u128::from_be_bytes(array.as_fixed_size_binary().value(row).try_into().ok()?))
        }
        Type::Bytes => Cell::Bytes(array.as_binary::<i32>().value(row).to_owned()),
        Type::Json => Cell::Json(array.as_string::<i32>().value(row).to_owned()),
    })
}
