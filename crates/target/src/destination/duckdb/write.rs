//! A transaction of DuckDB: statements that read the batch from Arrow.

use ::duckdb::types::Value;
use ::duckdb::{Transaction, params_from_iter};
use arrow::array::{Array, AsArray, RecordBatch};
use arrow::compute::min;
use arrow::datatypes::Int64Type;

use super::batch::Lent;
use super::bounds::Bounds;
use super::staging::stage;
use super::{Store, failed, ledger};
use crate::batch::{Mode, Sealed};
use crate::destination::Written;
use crate::destination::session::Session;
use crate::error::Result;
use crate::merge::{Outcome, Tie, Version, decide};
use crate::sql::guarded::{drop_staging, insert_staged};
use crate::sql::{Dialect, duckdb as sql};
use crate::table::{Stored, System, Table, TableName};

/// A transaction.
pub(super) struct Writing<'a, 'b> {
    pub(super) transaction: &'a Transaction<'b>,
    /// What the tables are in.
    pub(super) store: Store,
}

impl Session for Writing<'_, '_> {
    fn dialect(&self) -> &'static dyn Dialect {
        self.store.dialect()
    }

    fn describe(&mut self, table: &TableName) -> Result<Option<Stored>> {
        ledger::describe(self.transaction, table, true).map_err(|error| failed("describe a table", error))
    }

    fn is_shared(&self) -> bool {
        self.store != Store::File
    }

    fn alter(&mut self, statement: &str) -> Result<()> {
        self.transaction.execute_batch(statement).map_err(|error| failed("change the table", error))
    }

    fn run(&mut self, what: &str, statement: &str, values: &[i64]) -> Result<u64> {
        let rows = self.transaction.execute(statement, params_from_iter(values));
        rows.map(|rows| rows as u64).map_err(|error| failed(what, error))
    }

    fn ask(&mut self, what: &str, statement: &str, numbers: usize) -> Result<Vec<u64>> {
        let row = self
            .transaction
            .query_row(statement, [], |row| (0..numbers).map(|place| row.get(place)).collect());
        row.map_err(|error| failed(what, error))
    }

    fn stage(&mut self, name: &str, _: &Table, batch: &Sealed) -> Result<()> {
        stage(self.transaction, self.store, name, batch.compact()?)
            .map_err(|error| failed("make the staging table", error))
    }

    /// What is done with a batch in MotherDuck is done there.
    fn stages_all(&self, _: &TableName) -> bool {
        self.store == Store::MotherDuck
    }

    fn keeps_in_place(&self) -> bool {
        false
    }

    fn stages_ties(&mut self, table: &Table, batch: &Sealed) -> Result<bool> {
        let rows = batch.compact()?;
        let bounds = Bounds::of(table, &rows);
        let held = self.held(table, &bounds)?;
        // Where all that is stored is older there are none, and that is told without a look at the rows.
        if rows.num_rows() == 0 || held.rows == 0 || newer_than_all(&rows, held.newest, Tie::Keep) {
            return Ok(false);
        }
        let lent = Lent::new(rows.clone());
        let equal = sql::count_equal_staged(table, bounds.columns());
        let [equal] = self.count("count the rows that may be unchanged", &equal, &lent, bounds.values())?;
        Ok(equal > 0)
    }

    fn load(
        &mut self,
        staging: &str,
        table: &Table,
        mode: Mode,
        batch: &Sealed,
        _: &[String],
    ) -> Result<Written> {
        let count = batch.count() as u64;
        if count == 0 {
            return Ok(Written::default());
        }
        if self.store == Store::MotherDuck {
            return self.fill(staging, table, mode, batch);
        }
        let rows = batch.compact()?;
        let lent = Lent::new(rows.clone());
        if mode == (Mode::Append { unique: false }) {
            let inserted = self.put("append", &sql::insert_all(table), &lent, &[])?;
            return Ok(Written { inserted, ..Written::default() });
        }
        let bounds = Bounds::of(table, &rows);
        let (bounded, ends) = (bounds.columns(), bounds.values());
        let held = self.held(table, &bounds)?;
        let Mode::Merge(tie) = mode else {
            let insert = match held.rows {
                0 => self.put("append", &sql::insert_all(table), &lent, &[]),
                _ => self.put("append", &sql::insert_unique(table, bounded), &lent, ends),
            };
            let inserted = insert?;
            return Ok(Written { inserted, duplicate: count - inserted, ..Written::default() });
        };
        let (mut deleted, mut deleted_stored) = (deletes(&rows), 0);
        if held.rows == 0 {
            let inserted = self.put("insert the rows", &sql::insert_all(table), &lent, &[])? - deleted;
            return Ok(Written { inserted, deleted, ..Written::default() });
        }
        if deleted > 0 {
            let counted = sql::count_deletes(table, tie, bounded);
            [deleted, deleted_stored] = self.count("count deletes", &counted, &lent, ends)?;
        }
        let losers = sql::delete_losers(table, tie, bounded);
        let lost = self.put("delete the rows that lose", &losers, &lent, ends)?;
        // Where all that is stored is older, all of the batch's keys are gone by now: there is nothing to look for.
        let won = match newer_than_all(&rows, held.newest, tie) {
            true => self.put("insert the rows that win", &sql::insert_all(table), &lent, &[])?,
            false => {
                self.put("insert the rows that win", &sql::insert_winners(table, bounded), &lent, ends)?
            }
        };
        let mut written = Written {
            inserted: (won - lost) - (deleted - deleted_stored),
            replaced: lost - deleted_stored,
            deleted,
            ..Written::default()
        };
        if won < count {
            // Every row that was written is in the table in its own version now; so are the duplicates.
            let equal = sql::count_equal_staged(table, bounded);
            let [equal] = self.count("count duplicates", &equal, &lent, ends)?;
            written.duplicate = equal.saturating_sub(won);
            written.stale = count - won - written.duplicate;
        }
        Ok(written)
    }
}

/// What a table holds within the bounds of a batch.
struct Held {
    rows: u64,
    /// No row is newer. `None` where nothing is known of their sequences.
    newest: Option<Version>,
}

impl Writing<'_, '_> {
    /// Puts a batch into a table that has none of its rows, by way of a staging table.
    fn fill(&mut self, staging: &str, table: &Table, mode: Mode, batch: &Sealed) -> Result<Written> {
        self.stage(staging, table, batch)?;
        let inserted = self.run("insert the rows", &insert_staged(staging, table), &[])?;
        self.alter(&drop_staging(staging))?;
        match mode {
            Mode::Append { .. } => Ok(Written { inserted, ..Written::default() }),
            Mode::Merge(_) => {
                let deleted = deletes(&batch.compact()?);
                Ok(Written { inserted: inserted - deleted, deleted, ..Written::default() })
            }
        }
    }

    /// Runs a statement that reads the batch and takes the `ends` of its keys: how many rows it was about.
    fn put(&self, what: &str, statement: &str, lent: &Lent, ends: &[Value]) -> Result<u64> {
        let rows = self.transaction.execute(statement, params_from_iter(parameters(lent, ends)));
        rows.map(|rows| rows as u64).map_err(|error| failed(what, error))
    }

    /// The numbers of the one row of a query that reads the batch and takes the `ends` of its keys.
    fn count<const N: usize>(
        &self,
        what: &str,
        query: &str,
        lent: &Lent,
        ends: &[Value],
    ) -> Result<[u64; N]> {
        let row = self.transaction.query_row(query, params_from_iter(parameters(lent, ends)), |row| {
            let mut numbers = [0; N];
            for (place, number) in numbers.iter_mut().enumerate() {
                *number = row.get(place)?;
            }
            Ok(numbers)
        });
        row.map_err(|error| failed(what, error))
    }

    /// What the table holds where the batch's keys would be.
    fn held(&self, table: &Table, bounds: &Bounds<'_>) -> Result<Held> {
        let query = sql::held(table, bounds.columns());
        let row = self.transaction.query_row(&query, params_from_iter(bounds.values()), |row| {
            // A sequence that is no whole number is one of another loader's.
            let (sequence, table_version) = (row.get::<_, i64>(1), row.get::<_, i64>(2));
            let newest = sequence.ok().zip(table_version.ok());
            let newest = newest.map(|(sequence, table_version)| Version { table_version, sequence });
            Ok(Held { rows: row.get(0)?, newest })
        });
        row.map_err(|error| failed("look for the keys", error))
    }
}

fn parameters(lent: &Lent, ends: &[Value]) -> impl Iterator<Item = Value> {
    std::iter::once(Value::UBigInt(lent.number())).chain(ends.iter().cloned())
}

/// How many of the rows delete their keys.
fn deletes(rows: &RecordBatch) -> u64 {
    let deletes = rows.column_by_name(System::DeletedAt.name());
    deletes.map_or(0, |deletes| (deletes.len() - deletes.null_count()) as u64)
}

/// Whether each of the `rows` wins over everything that is not newer than `newest`.
fn newer_than_all(rows: &RecordBatch, newest: Option<Version>, tie: Tie) -> bool {
    newest
        .zip(oldest(rows))
        .is_some_and(|(newest, oldest)| decide(Some(newest), oldest, tie) == Outcome::Replace)
}

/// A version that none of the `rows` is older than, where they have whole numbers for it.
fn oldest(rows: &RecordBatch) -> Option<Version> {
    let least = |system: System| {
        let Some(column) = rows.column_by_name(system.name()) else { return Some(0) };
        let column = column.as_primitive_opt::<Int64Type>()?;
        // A row without a version has version 0.
        let without = (column.null_count() > 0).then_some(0);
        min(column).into_iter().chain(without).min()
    };
    Some(Version { table_version: least(System::TableVersion)?, sequence: least(System::Sequence)? })
}
