//! A transaction of DuckDB: statements that read the batch from Arrow.

use ::duckdb::{Transaction, params_from_iter};

use super::batch::Lent;
use super::{failed, ledger};
use crate::batch::{Mode, Sealed};
use crate::destination::Written;
use crate::destination::session::Session;
use crate::error::Result;
use crate::sql::duckdb as sql;
use crate::sql::duckdb::DuckDb as Dialect;
use crate::table::{Stored, System, Table, TableName};

/// A transaction.
pub(super) struct Writing<'a, 'b>(pub(super) &'a Transaction<'b>);

impl Session for Writing<'_, '_> {
    fn dialect(&self) -> &'static dyn crate::sql::Dialect {
        &Dialect
    }

    fn describe(&mut self, table: &TableName) -> Result<Option<Stored>> {
        ledger::describe(self.0, table).map_err(|error| failed("describe a table", error))
    }

    fn is_shared(&self) -> bool {
        false
    }

    fn alter(&mut self, statement: &str) -> Result<()> {
        self.0.execute_batch(statement).map_err(|error| failed("change the table", error))
    }

    fn run(&mut self, what: &str, statement: &str, values: &[i64]) -> Result<u64> {
        let rows = self.0.execute(statement, params_from_iter(values));
        rows.map(|rows| rows as u64).map_err(|error| failed(what, error))
    }

    fn ask(&mut self, what: &str, statement: &str, numbers: usize) -> Result<Vec<u64>> {
        let row = self.0.query_row(statement, [], |row| (0..numbers).map(|place| row.get(place)).collect());
        row.map_err(|error| failed(what, error))
    }

    fn stage(&mut self, name: &str, _: &Table, batch: &Sealed) -> Result<()> {
        let lent = Lent::new(batch.compact()?);
        let made = self.0.execute(&sql::stage(name), [lent.number()]);
        made.map(|_| ()).map_err(|error| failed("make the staging table", error))
    }

    fn keeps_in_place(&self) -> bool {
        false
    }

    fn load(&mut self, _: &str, table: &Table, mode: Mode, batch: &Sealed, _: &[String]) -> Result<Written> {
        let count = batch.count() as u64;
        if count == 0 {
            return Ok(Written::default());
        }
        let lent = Lent::new(batch.compact()?);
        let run = |what: &str, statement: String| -> Result<u64> {
            let rows = self.0.execute(&statement, [lent.number()]).map_err(|error| failed(what, error))?;
            Ok(rows as u64)
        };
        let ask = |what: &str, statement: String| -> Result<(u64, u64)> {
            let row = self.0.query_row(&statement, [lent.number()], |row| {
                Ok((row.get(0)?, row.get::<_, Option<u64>>(1).unwrap_or_default().unwrap_or_default()))
            });
            row.map_err(|error| failed(what, error))
        };
        let tie = match mode {
            Mode::Append { unique: false } => {
                let inserted = run("append", sql::insert_all(table))?;
                return Ok(Written { inserted, ..Written::default() });
            }
            Mode::Append { unique: true } => {
                let inserted = run("append", sql::insert_unique(table))?;
                return Ok(Written { inserted, duplicate: count - inserted, ..Written::default() });
            }
            Mode::Merge(tie) => tie,
        };
        let (mut deleted, mut deleted_stored) = (0, 0);
        if lent.has_values(System::DeletedAt.name()) {
            (deleted, deleted_stored) = ask("count deletes", sql::count_deletes(table, tie))?;
        }
        let lost = run("delete the rows that lose", sql::delete_losers(table, tie))?;
        let won = run("insert the rows that win", sql::insert_winners(table))?;
        let mut written = Written {
            inserted: (won - lost) - (deleted - deleted_stored),
            replaced: lost - deleted_stored,
            deleted,
            ..Written::default()
        };
        if won < count {
            // Every row that was written is in the table in its own version now; so are the duplicates.
            let (equal, _) = ask("count duplicates", sql::count_equal_staged(table))?;
            written.duplicate = equal.saturating_sub(won);
            written.stale = count - won - written.duplicate;
        }
        Ok(written)
    }
}
