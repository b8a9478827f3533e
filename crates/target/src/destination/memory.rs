//! The reference: tables as maps, merged by [`crate::merge::decide`] row by row. What the databases do is held against this.

mod relation;
mod whole;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{
    Date32Type, Decimal128Type, Float64Type, Int64Type, Time64MicrosecondType, TimestampMicrosecondType,
};

use super::{Abilities, Destination, Receipt, check_identity, check_newest};
use crate::decode::{Limits, Nul};
use crate::error::{Error, Result};
use crate::flush::{Flush, FlushId, Reject, Replayed, StreamCounts};
use crate::names::Rules;
use crate::number;
use crate::shard::{Shard, shard_of};
use crate::sql::duckdb::DuckDb;
use crate::table::{self, Stored, Table, TableName};
use crate::types::Type;

use relation::Relation;

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

/// The content of a [`Memory`] destination.
#[derive(Clone, Debug, Default)]
pub struct Content {
    relations: BTreeMap<TableName, Relation>,
    rejects: Vec<(Replayed, Reject)>,
    /// Each with its run.
    bookmarks: Vec<(String, String)>,
    loads: BTreeMap<FlushId, StreamCounts>,
    /// The newest run of each pipeline.
    runs: BTreeMap<String, String>,
}

impl Content {
    /// The tables' names.
    pub fn tables(&self) -> impl Iterator<Item = &TableName> {
        self.relations.keys()
    }

    /// A table's definition and rows.
    #[must_use]
    pub fn table(&self, name: &TableName) -> Option<(&Stored, &[Vec<Cell>])> {
        self.relations.get(name).map(|relation| (&relation.stored, relation.rows.as_slice()))
    }

    /// The records that were refused.
    #[must_use]
    pub fn rejects(&self) -> Vec<Reject> {
        self.rejects.iter().map(|(_, reject)| reject.clone()).collect()
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
            limits: Limits { nul: Nul::Held, decimals: true, levels: usize::MAX },
            storage: |ty| ty,
            most_rows: |_| u64::MAX,
            default_schema: "main",
            dialect: &DuckDb,
        }
    }

    fn describe(&mut self, table: &TableName) -> Result<Option<Stored>> {
        Ok(self.lock().relations.get(table).map(|relation| relation.stored.clone()))
    }

    fn begin(&mut self, state_id: &str, load: &str) -> Result<()> {
        self.lock().runs.insert(state_id.to_owned(), load.to_owned());
        Ok(())
    }

    fn commit(&mut self, flush: &Arc<Flush>) -> Result<Receipt> {
        let mut content = self.lock();
        let newest = flush.state_id.as_ref().and_then(|state_id| content.runs.get(state_id));
        check_newest(flush, newest.map(String::as_str))?;
        // Worked out on a copy: all of it happens or nothing.
        let mut next = content.clone();
        let mut counts = BTreeMap::new();
        for load in &flush.loads {
            let count = next.apply(load, flush).map_err(|error| error.in_table(&load.table.name.name))?;
            counts.insert(load.stream.clone(), count);
        }
        check_identity(&counts)?;
        next.rejects.retain(|(name, _)| !flush.replayed.contains(name));
        next.rejects.extend(flush.rejects.iter().map(|reject| (reject.name(&flush.id.load), reject.clone())));
        next.bookmarks.extend(flush.bookmark.clone().map(|bookmark| (flush.id.load.clone(), bookmark)));
        if next.loads.insert(flush.id.clone(), counts.clone()).is_some() {
            return Err(Error::destination("this flush is committed already").passing());
        }
        *content = next;
        Ok(Receipt { flush: flush.id.clone(), counts })
    }

    fn committed(&mut self, flush: &FlushId) -> Result<Option<StreamCounts>> {
        Ok(self.lock().loads.get(flush).cloned())
    }

    fn bookmark(&mut self, shard: Option<Shard>) -> Result<Option<String>> {
        let shard = shard.map_or(String::new(), String::from);
        let bookmarks = &self.lock().bookmarks;
        let mut own = bookmarks.iter().rev().filter(|(run, _)| shard_of(run) == shard);
        Ok(own.next().map(|(_, bookmark)| bookmark.clone()))
    }

    fn rejected(&mut self) -> Result<Vec<(Replayed, Reject)>> {
        let mut rejects = self.lock().rejects.clone();
        rejects.sort_by_key(|(name, reject)| (reject.at, name.clone()));
        Ok(rejects)
    }

    fn fits(&mut self, table: &TableName, column: &str, _: Type, to: Type) -> Result<bool> {
        let content = self.lock();
        let Some(relation) = content.relations.get(table) else { return Ok(true) };
        let columns = &relation.stored.table.columns;
        let Some(at) = columns.iter().position(|stored| stored.name == column) else { return Ok(true) };
        Ok(relation.rows.iter().all(|row| fits(&row[at], to)))
    }

    fn administer(&mut self, _: &[String], memory: &table::Memory, table: &TableName) -> Result<()> {
        let mut content = self.lock();
        let relation = content.relations.get_mut(table);
        let relation =
            relation.ok_or_else(|| Error::destination("there is no such table").in_table(&table.name))?;
        relation.stored.memory.get_or_insert_with(|| memory.clone());
        Ok(())
    }
}

/// Whether a column of type `to` has this very value.
fn fits(cell: &Cell, to: Type) -> bool {
    match (cell, to) {
        (Cell::Null, _) | (_, Type::Text | Type::Json) => true,
        (Cell::Number(_), Type::Number) => true,
        (Cell::Number(digits), Type::BigInteger) => number::is_integral(digits),
        (Cell::Number(digits), Type::Integer) => number::integer(digits).is_some(),
        (Cell::Number(digits), Type::Double) => number::double(digits).is_some(),
        (Cell::Number(digits), Type::Decimal { precision, scale }) => number::scaled(digits, scale)
            .is_some_and(|value| value.unsigned_abs() < 10_u128.pow(u32::from(precision))),
        (Cell::Number(digits), Type::SmallInteger) => {
            number::integer(digits).is_some_and(|n| i16::try_from(n).is_ok())
        }
        (Cell::Number(digits), Type::ShortInteger) => {
            number::integer(digits).is_some_and(|n| i32::try_from(n).is_ok())
        }
        (Cell::Text(text), Type::Varchar { length }) => text.chars().count() as u64 <= u64::from(length),
        (Cell::Date(_), Type::Date | Type::Timestamp) => true,
        (Cell::Timestamp(_), Type::Timestamp | Type::LocalTimestamp) => true,
        (Cell::Boolean(_), Type::Boolean) | (Cell::Time(_), Type::Time) => true,
        (Cell::Uuid(_), Type::Uuid) | (Cell::Bytes(_), Type::Bytes) => true,
        _ => false,
    }
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
