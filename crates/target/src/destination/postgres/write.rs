//! One load in its transaction: the changes to the table, then the rows.

use ::postgres::Transaction;

use super::{catalog, copy, failed};
use crate::batch::{Mode, Sealed};
use crate::destination::Written;
use crate::error::{Error, Result};
use crate::flush::Load;
use crate::plan::plan;
use crate::sql::postgres as sql;
use crate::sql::postgres::Postgres as Dialect;
use crate::sql::{before_changes, change, latest_view, qualified};
use crate::table::{Role, Table, TableName};

/// The name of the staging table of the load at this place in the flush.
fn staging(place: usize) -> String {
    format!("lastword_staging_{place}")
}

/// Makes the changes of one load and writes its rows.
pub(super) fn write(transaction: &mut Transaction<'_>, place: usize, load: &Load) -> Result<Written> {
    if !load.changes.is_empty() || load.view.is_some() {
        evolve(transaction, load)?;
    }
    let Some(batch) = &load.batch else { return Ok(Written::default()) };
    let count = batch.count() as u64;
    match load.mode {
        Mode::Append { unique: false } => {
            let copy = sql::copy(&qualified(&load.table.name), &load.table);
            copy_rows(transaction, &copy, load, batch)?;
            Ok(Written { inserted: count, ..Written::default() })
        }
        Mode::Append { unique: true } => {
            // Nothing in the table keeps another loader from appending the same rows at the same time.
            lock(transaction, &load.table.name)?;
            let staging = stage(transaction, place, load, batch)?;
            let append = sql::append_unique(&staging, &load.table);
            let inserted = transaction.execute(&append, &[]).map_err(|error| failed("append", error))?;
            Ok(Written { inserted, duplicate: count - inserted, ..Written::default() })
        }
        Mode::Merge(tie) => {
            let staging = stage(transaction, place, load, batch)?;
            let gone = unloaded(transaction, &load.table)?;
            let merge = sql::merge(&staging, &load.table, &gone, tie);
            let row = transaction.query_one(&merge, &[]).map_err(|error| failed("merge", error))?;
            let number = |place: usize| u64::try_from(row.get::<_, i64>(place)).unwrap_or_default();
            let (inserted, replaced, deleted) = (number(0), number(1), number(2));
            let written = inserted + replaced + deleted;
            let mut lost = Written { inserted, replaced, deleted, ..Written::default() };
            if written < count {
                // Every row that was written is in the table in its own version now; so are the duplicates.
                let equal = sql::count_equal_staged(&staging, &load.table);
                let row =
                    transaction.query_one(&equal, &[]).map_err(|error| failed("count duplicates", error))?;
                let equal = u64::try_from(row.get::<_, i64>(0)).unwrap_or_default();
                lost.duplicate = equal.saturating_sub(written);
                lost.stale = count - written - lost.duplicate;
            }
            Ok(lost)
        }
    }
}

/// Makes other loaders that change the table, or append to it with recognition, wait until this transaction has ended.
fn lock(transaction: &mut Transaction<'_>, table: &TableName) -> Result<()> {
    let locked = transaction.execute(sql::LOCK_TABLE, &[&table.schema, &table.name]);
    locked.map(|_| ()).map_err(|error| failed("lock the table", error))
}

/// Makes the changes that the table needs now: since they were planned another loader may have made some of them, or others.
fn evolve(transaction: &mut Transaction<'_>, load: &Load) -> Result<()> {
    // "If not exists" is no guard against a loader that does the same at the same time.
    lock(transaction, &load.table.name)?;
    let alter = |transaction: &mut Transaction<'_>, statement: &str| {
        transaction.batch_execute(statement).map_err(|error| failed("change the table", error))
    };
    let existing = describe(transaction, &load.table.name)?;
    let changes = plan(existing.as_ref(), &load.table, |ty| ty).map_err(|found| {
        Error::destination(format!(
            "another loader has changed the column {:?} to {}, and the rows at hand are {}",
            found.column, found.stored, found.wanted
        ))
        .hint("run again: the new run sees the table as it is")
    })?;
    if let Some(statement) = load.view.as_ref().and_then(|view| before_changes(view, &changes)) {
        alter(transaction, &statement)?;
    }
    // In append mode a key comes as often as it is sent: it is no primary key.
    let appended = matches!(load.mode, Mode::Append { .. }).then(|| without_key(&load.table));
    for needed in &changes {
        alter(transaction, &change(&Dialect, appended.as_ref().unwrap_or(&load.table), needed))?;
    }
    if let Some(view) = &load.view {
        alter(transaction, &latest_view(view))?;
    }
    Ok(())
}

fn describe(transaction: &mut Transaction<'_>, table: &TableName) -> Result<Option<Table>> {
    let stored = catalog::describe(transaction, table).map_err(|error| failed("describe a table", error))?;
    Ok(stored.map(|stored| stored.table))
}

/// The table's columns that the rows at hand do not have. A row that is replaced is replaced whole, so they are set back; and no
/// other loader may add one until this transaction has ended.
fn unloaded(transaction: &mut Transaction<'_>, table: &Table) -> Result<Vec<String>> {
    let locked = transaction.batch_execute(&sql::lock_columns(&table.name));
    locked.map_err(|error| failed("lock the table", error))?;
    let existing = describe(transaction, &table.name)?.map_or_else(Vec::new, |table| table.columns);
    let names = existing.into_iter().map(|column| column.name);
    Ok(names.filter(|name| table.column(name).is_none()).collect())
}

/// The table with its key columns as plain ones.
fn without_key(table: &Table) -> Table {
    let mut table = table.clone();
    for column in table.columns.iter_mut().filter(|column| column.role == Role::Key) {
        column.role = Role::Value;
    }
    table
}

fn stage(transaction: &mut Transaction<'_>, place: usize, load: &Load, batch: &Sealed) -> Result<String> {
    let staging = staging(place);
    let create = sql::create_staging(&staging, &load.table);
    transaction.batch_execute(&create).map_err(|error| failed("make the staging table", error))?;
    copy_rows(transaction, &sql::copy(&crate::sql::quote(&staging), &load.table), load, batch)?;
    Ok(staging)
}

fn copy_rows(transaction: &mut Transaction<'_>, statement: &str, load: &Load, batch: &Sealed) -> Result<()> {
    let mut writer = transaction.copy_in(statement).map_err(|error| failed("copy", error))?;
    copy::write(&mut writer, &load.table, batch).map_err(copy_failed)?;
    writer.finish().map_err(|error| failed("copy", error))?;
    Ok(())
}

fn copy_failed(error: std::io::Error) -> Error {
    match error.downcast::<::postgres::Error>() {
        Ok(error) => failed("copy", error),
        Err(error) => Error::destination("Postgres cannot copy").caused_by(error),
    }
}
