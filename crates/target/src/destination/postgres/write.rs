//! A transaction of Postgres: statements, and batches by binary COPY.

use ::postgres::Transaction;
use ::postgres::types::ToSql;

use super::{catalog, copy, failed};
use crate::batch::{Mode, Sealed};
use crate::destination::Written;
use crate::destination::session::Session;
use crate::error::{Error, Result};
use crate::sql::postgres as sql;
use crate::sql::postgres::Postgres as Dialect;
use crate::sql::{qualified, quote};
use crate::table::{Stored, Table, TableName};

/// A transaction.
pub(super) struct Writing<'a, 'b>(pub(super) &'a mut Transaction<'b>);

impl Session for Writing<'_, '_> {
    fn dialect(&self) -> &'static dyn crate::sql::Dialect {
        &Dialect
    }

    fn describe(&mut self, table: &TableName) -> Result<Option<Stored>> {
        catalog::describe(self.0, table, true).map_err(|error| failed("describe a table", error))
    }

    fn is_shared(&self) -> bool {
        true
    }

    fn alter(&mut self, statement: &str) -> Result<()> {
        self.0.batch_execute(statement).map_err(|error| failed("change the table", error))
    }

    fn run(&mut self, what: &str, statement: &str, values: &[i64]) -> Result<u64> {
        let values: Vec<&(dyn ToSql + Sync)> = values.iter().map(|value| value as _).collect();
        self.0.execute(statement, &values).map_err(|error| failed(what, error))
    }

    fn ask(&mut self, what: &str, statement: &str, numbers: usize) -> Result<Vec<u64>> {
        let row = self.0.query_one(statement, &[]).map_err(|error| failed(what, error))?;
        let number = |place: usize| u64::try_from(row.get::<_, i64>(place)).unwrap_or_default();
        Ok((0..numbers).map(number).collect())
    }

    fn stage(&mut self, name: &str, table: &Table, batch: &Sealed) -> Result<()> {
        let create = sql::create_staging(name, table);
        self.0.batch_execute(&create).map_err(|error| failed("make the staging table", error))?;
        self.copy(&sql::copy(&quote(name), table), table, batch)
    }

    fn keeps_in_place(&self) -> bool {
        true
    }

    fn load(
        &mut self,
        staging: &str,
        table: &Table,
        mode: Mode,
        batch: &Sealed,
        gone: &[String],
    ) -> Result<Written> {
        let count = batch.count() as u64;
        if count == 0 {
            return Ok(Written::default());
        }
        let tie = match mode {
            Mode::Append { unique: false } => {
                self.copy(&sql::copy(&qualified(&table.name), table), table, batch)?;
                return Ok(Written { inserted: count, ..Written::default() });
            }
            Mode::Append { unique: true } => {
                // Nothing in the table keeps another loader from appending the same rows at the same time but the lock.
                self.stage(staging, table, batch)?;
                let inserted = self.run("append", &sql::append_unique(staging, table), &[])?;
                return Ok(Written { inserted, duplicate: count - inserted, ..Written::default() });
            }
            Mode::Merge(tie) => tie,
        };
        self.stage(staging, table, batch)?;
        let merged = self.ask("merge", &sql::merge(staging, table, gone, tie), 3)?;
        let [inserted, replaced, deleted] = merged[..] else {
            return Err(Error::bug("three numbers were asked for"));
        };
        let written = inserted + replaced + deleted;
        let mut lost = Written { inserted, replaced, deleted, ..Written::default() };
        if written < count {
            // Every row that was written is in the table in its own version now; so are the duplicates.
            let equal = self.ask("count duplicates", &sql::count_equal_staged(staging, table), 1)?[0];
            lost.duplicate = equal.saturating_sub(written);
            lost.stale = count - written - lost.duplicate;
        }
        Ok(lost)
    }
}

impl Writing<'_, '_> {
    fn copy(&mut self, statement: &str, table: &Table, batch: &Sealed) -> Result<()> {
        let mut writer = self.0.copy_in(statement).map_err(|error| failed("copy", error))?;
        copy::write(&mut writer, table, batch).map_err(copy_failed)?;
        writer.finish().map_err(|error| failed("copy", error))?;
        Ok(())
    }
}

fn copy_failed(error: std::io::Error) -> Error {
    match error.downcast::<::postgres::Error>() {
        Ok(error) => failed("copy", error),
        Err(error) => Error::destination("Postgres cannot copy").caused_by(error),
    }
}
