//! A transaction of Postgres: statements, and batches by binary COPY.

use std::collections::BTreeMap;

use ::postgres::error::SqlState;
use ::postgres::types::Type as ServerType;

use super::citus::Placed;
use super::copy::Rows;
use super::known::{Found, Known};
use super::link::{Statements as _, Transaction, Value};
use super::waits::Waits;
use super::{catalog, failed};
use crate::batch::{Mode, Sealed};
use crate::destination::Written;
use crate::destination::session::Session;
use crate::destination::terms::Terms;
use crate::error::{Error, Result};
use crate::flush::{Load, Spread};
use crate::merge::Tie;
use crate::sql::guarded::drop_staging;
use crate::sql::postgres as sql;
use crate::sql::postgres::Postgres as Dialect;
use crate::sql::postgres::citus::{self, Citus};
use crate::sql::postgres::known::drop_unchanged;
use crate::sql::{qualified, quote};
use crate::table::{Stored, System, Table, TableName};

/// A transaction.
pub(super) struct Writing<'a, 'b> {
    pub(super) transaction: &'a mut Transaction<'b>,
    /// Whether no other loader is at work on the table.
    pub(super) alone: bool,
    /// Whether every row goes by way of the merge: others are known to insert the same keys.
    pub(super) wary: bool,
    /// Whether the load has to begin again: a row that was taken for new met one that another has inserted meanwhile, or it needs the
    /// table alone. The transaction is of no use then.
    pub(super) clashed: bool,
    pub(super) waits: Waits,
    /// Whether others held a table that is to be changed. The transaction is of no use then.
    pub(super) blocked: bool,
    /// The tables of which it is known whether their columns have the types of the rows.
    pub(super) has_types: BTreeMap<TableName, bool>,
    /// What a look at the table has found already.
    pub(super) found: Option<Found>,
    /// Whether the database is of a Citus cluster.
    pub(super) has_citus: bool,
    /// The flush's tables that are distributed in it.
    pub(super) placed: Placed,
}

impl Session for Writing<'_, '_> {
    fn dialect(&self) -> &'static dyn crate::sql::Dialect {
        if self.placed.is_empty() { &Dialect } else { &Citus }
    }

    fn describe(&mut self, table: &TableName) -> Result<Option<Stored>> {
        catalog::describe(self.transaction, table, true).map_err(|error| failed("describe a table", error))
    }

    fn is_shared(&self) -> bool {
        true
    }

    fn alter(&mut self, statement: &str) -> Result<()> {
        self.transaction.batch_execute(&self.waits.briefly(statement)).map_err(|error| {
            self.blocked |= error.code() == Some(&SqlState::LOCK_NOT_AVAILABLE);
            failed("change the table", error)
        })
    }

    fn run(&mut self, what: &str, statement: &str, values: &[i64]) -> Result<u64> {
        let values: Vec<Value<'_>> = values.iter().map(|value| (value as _, ServerType::INT8)).collect();
        self.transaction.execute(statement, &values).map_err(|error| failed(what, error))
    }

    fn ask(&mut self, what: &str, statement: &str, numbers: usize) -> Result<Vec<u64>> {
        let row = self.transaction.query_one(statement, &[]).map_err(|error| failed(what, error))?;
        let number = |place: usize| u64::try_from(row.get::<_, i64>(place)).unwrap_or_default();
        Ok((0..numbers).map(number).collect())
    }

    fn stage(&mut self, name: &str, table: &Table, batch: &Sealed) -> Result<()> {
        self.stage_rows(name, table, &Rows::all(table, batch), batch.places())
    }

    fn keeps_in_place(&self) -> bool {
        true
    }

    fn placed(&mut self, table: &TableName) -> Result<Option<Spread>> {
        self.spread(table)
    }

    fn distribute(&mut self, table: &TableName, spread: &Spread, beside: Option<&TableName>) -> Result<()> {
        self.alter(&citus::distribute(table, spread, beside))?;
        self.placed.insert(table.clone(), Some(spread.clone()));
        Ok(())
    }

    fn stages_all(&self, table: &TableName) -> bool {
        self.placed.contains_key(table)
    }

    fn meet(&mut self, staging: &str, table: &Table, holder: &TableName, exactly: bool) -> Result<TableName> {
        if !self.placed.contains_key(holder) {
            return Ok(holder.clone());
        }
        let met = format!("{staging}_{}", if *holder == table.name { "met" } else { "graves" });
        let fetch = citus::meet(&met, staging, table, holder, exactly);
        self.transaction.batch_execute(&fetch).map_err(|error| failed("fetch the stored rows", error))?;
        Ok(citus::temporary(&met))
    }

    fn load(
        &mut self,
        staging: &str,
        table: &Table,
        mode: Mode,
        batch: &Sealed,
        _: &[String],
    ) -> Result<Written> {
        match mode {
            Mode::Append { unique: false } => {
                self.insert(staging, table, batch, batch.places())?;
                Ok(Written { inserted: batch.count() as u64, ..Written::default() })
            }
            _ => Err(Error::bug("rows that may be there are not inserted without a look")),
        }
    }

    fn write(&mut self, staging: &str, load: &Load, terms: &Terms, batch: &Sealed) -> Result<Written> {
        let table = &load.table;
        match load.mode {
            _ if batch.count() == 0 => Ok(Written::default()),
            Mode::Append { unique: false } => self.load(staging, table, load.mode, batch, &[]),
            // Nothing in the table keeps another loader from appending the same rows at the same time but the lock.
            Mode::Append { unique: true } => {
                let known = match terms.anew {
                    true => Known::nothing(),
                    false => self.known_sequences(staging, table, batch)?,
                };
                self.insert(staging, table, batch, known.new_places(batch))?;
                let inserted = known.count_new(batch);
                Ok(Written { inserted, duplicate: known.duplicate, ..Written::default() })
            }
            Mode::Merge(tie) => self.merge(staging, load, terms, batch, tie),
        }
    }
}

impl Writing<'_, '_> {
    /// Merges a batch. Rows whose keys are new go into the table itself, and its unique index is what keeps others out; then those that
    /// win go by way of a staging table; those that lose are not sent. All loaders do so in this order, and each time in the order of
    /// the keys: no two wait for each other.
    fn merge(
        &mut self,
        staging: &str,
        load: &Load,
        terms: &Terms,
        batch: &Sealed,
        tie: Tie,
    ) -> Result<Written> {
        let table = &load.table;
        let known = match self.wary {
            _ if terms.anew => Known::nothing(),
            true => Known::unsure(batch, tie),
            false => match self.probe_keys(table, batch)? {
                Found::Nothing => Known::nothing(),
                Found::NoIndex if !self.alone => {
                    self.clashed = true;
                    return Err(Error::bug("the table has to be the flush's alone"));
                }
                Found::NoIndex => Known::unsure(batch, tie),
                Found::Rows => self.known_keys(staging, table, batch, tie)?,
            },
        };
        let new = known.count_new(batch);
        let mut written = Written { stale: known.stale, duplicate: known.duplicate, ..Written::default() };
        if new > 0 {
            self.insert(staging, table, batch, known.new_places(batch))?;
            written.deleted =
                known.new_places(batch).filter(|place| is_deleted(table, batch, *place)).count() as u64;
            written.inserted = new - written.deleted;
        }
        let meeting = batch.count() as u64 - new - known.stale - known.duplicate;
        if meeting > 0 {
            self.stage_rows(staging, table, &Rows::all(table, batch), known.meeting_places(batch))?;
            let unchanged = match known.tied && load.skip_unchanged {
                true => {
                    let drop = drop_unchanged(staging, table, &terms.gone);
                    self.run("delete the staged rows that change nothing", &drop, &[])?
                }
                false => 0,
            };
            written.duplicate += unchanged;
            self.upsert(staging, table, terms, tie, meeting - unchanged, &mut written)?;
        }
        Ok(written)
    }

    /// Merges what is left in the staging table, `count` rows.
    fn upsert(
        &mut self,
        staging: &str,
        table: &Table,
        terms: &Terms,
        tie: Tie,
        count: u64,
        written: &mut Written,
    ) -> Result<()> {
        if count == 0 {
            return Ok(());
        }
        let merged = self.ask("merge", &sql::merge(staging, table, &terms.gone, tie), 3)?;
        let [inserted, replaced, deleted] = merged[..] else {
            return Err(Error::bug("three numbers were asked for"));
        };
        let done = inserted + replaced + deleted;
        written.inserted += inserted;
        written.replaced += replaced;
        written.deleted += deleted;
        if done < count {
            // Every row that was written is in the table in its own version now; so are the duplicates.
            let equal = self.ask("count duplicates", &sql::count_equal_staged(staging, table), 1)?[0];
            let duplicate = equal.saturating_sub(done);
            written.duplicate += duplicate;
            written.stale += count - done - duplicate;
        }
        Ok(())
    }

    /// Makes a staging table and copies the rows at these places there.
    pub(super) fn stage_rows(
        &mut self,
        name: &str,
        table: &Table,
        rows: &Rows<'_>,
        places: impl IntoIterator<Item = usize>,
    ) -> Result<()> {
        let create = sql::create_staging(name, table);
        self.transaction.batch_execute(&create).map_err(|error| failed("make the staging table", error))?;
        self.copy(&sql::copy(&quote(name), table), rows, places)
    }

    /// Puts the rows of a batch at these places into the table itself: by COPY, where its columns are of the very types of the batch. In the
    /// binary format a whole number that is copied into a numeric column would be another number, and no error.
    fn insert(
        &mut self,
        staging: &str,
        table: &Table,
        batch: &Sealed,
        places: impl IntoIterator<Item = usize>,
    ) -> Result<()> {
        if !self.has_types_of(table)? {
            let staging = format!("{staging}_new");
            self.stage_rows(&staging, table, &Rows::all(table, batch), places)?;
            let inserted = self.transaction.execute(&sql::insert_staged(&staging, table), &[]);
            inserted.map_err(|error| {
                self.clashed |= error.code() == Some(&SqlState::UNIQUE_VIOLATION);
                failed("insert the rows", error)
            })?;
            // The tables of arrays follow under the same name.
            return self.alter(&drop_staging(&staging));
        }
        let statement = sql::copy(&qualified(&table.name), table);
        self.copy(&statement, &Rows::all(table, batch), places)
    }

    /// Whether the table's columns have the types of `table`: another loader may have made one wider since the rows were decoded.
    fn has_types_of(&mut self, table: &Table) -> Result<bool> {
        if let Some(has) = self.has_types.get(&table.name) {
            return Ok(*has);
        }
        let stored = self.describe(&table.name)?;
        let has = stored.is_some_and(|stored| has_types(&stored.table, table));
        self.has_types.insert(table.name.clone(), has);
        Ok(has)
    }

    fn copy(
        &mut self,
        statement: &str,
        rows: &Rows<'_>,
        places: impl IntoIterator<Item = usize>,
    ) -> Result<()> {
        let copied = (|| {
            let mut writer = self.transaction.copy_in(statement)?;
            rows.write(&mut writer, places)?;
            writer.finish()?;
            Ok(())
        })();
        copied.map_err(|error: Fault| {
            self.clashed |= error.is_clash();
            error.into()
        })
    }
}

/// Whether the columns that `rows` have are of the same types in the `stored` table.
pub(super) fn has_types(stored: &Table, rows: &Table) -> bool {
    rows.columns.iter().all(|column| stored.column(&column.name).is_some_and(|stored| stored.ty == column.ty))
}

/// Whether the row at `place` says that its key is gone.
fn is_deleted(table: &Table, batch: &Sealed, place: usize) -> bool {
    table.system(System::DeletedAt).is_some_and(|at| batch.all().column(at).is_valid(place))
}

/// What stopped a COPY.
enum Fault {
    Server(::postgres::Error),
    Encoding(std::io::Error),
}

impl Fault {
    /// Whether another way in may do: the key is there after all, or the table takes no COPY.
    fn is_clash(&self) -> bool {
        let Fault::Server(error) = self else { return false };
        let clashes = [SqlState::UNIQUE_VIOLATION, SqlState::FEATURE_NOT_SUPPORTED];
        error.code().is_some_and(|code| clashes.contains(code))
    }
}

impl From<::postgres::Error> for Fault {
    fn from(error: ::postgres::Error) -> Self {
        Fault::Server(error)
    }
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        match error.downcast::<::postgres::Error>() {
            Ok(error) => Fault::Server(error),
            Err(error) => Fault::Encoding(error),
        }
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Server(error) => failed("copy", error),
            Fault::Encoding(error) => Error::destination("Postgres cannot copy").caused_by(error),
        }
    }
}
