//! What the database's catalog, and the loader's own tables, say; and what is written down in those.

use std::collections::BTreeSet;
use std::sync::Arc;

use ::duckdb::{Connection, Error, OptionalExt, Result, Row, params};

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};

use super::batch::Lent;
use super::staging::stage;
use super::store::{NAMES, Store};
use crate::destination::load::Remembered;
use crate::destination::{activated, json, lines_by_run, names, versions};
use crate::flush::{Counts, Flush, Reject, Replayed};
use crate::sql::duckdb as sql;
use crate::sql::duckdb::DuckDb;
use crate::sql::guarded::drop_staging;
use crate::sql::{Dialect, ledger};
use crate::table::{Column, Memory, Role, Stored, System, Table, TableName};

/// The staging table of what is remembered, where there has to be one.
const REMEMBERED: &str = "_sdc_remembered";

/// The table as it is, under its name as it was made, with what is remembered of it if anything can be.
pub(super) fn describe(connection: &Connection, name: &TableName, remembers: bool) -> Result<Option<Stored>> {
    // DuckDB takes two names for one that differ in the case of ASCII letters only, so a name of others must be looked for.
    let looks = !name.name.is_ascii();
    let found = if looks { made_as(connection, name)? } else { Some(name.name.clone()) };
    let Some(found) = found.map(|found| TableName { schema: name.schema.clone(), name: found }) else {
        return Ok(None);
    };
    let Some(mut columns) = columns(connection, &found)? else { return Ok(None) };
    let read = |row: &Row<'_>| {
        let memory = Memory {
            stream: row.get(0)?,
            mode: row.get(1)?,
            keys: names(Some(&row.get::<_, String>(2)?)),
            sequence_source: row.get(3)?,
            arrival_sequence: row.get(4)?,
            active_version: row.get(5)?,
            columns: names(row.get::<_, Option<String>>(6)?.as_deref()),
            tombstones: row.get(7)?,
            latest_view: row.get(8)?,
            load_id: row.get(9)?,
            schema: row.get(10)?,
            activated: activated(row.get::<_, Option<String>>(11)?.as_deref()),
        };
        Ok((memory, row.get(12)?))
    };
    let recall = |query: &str| connection.prepare_cached(query)?.query_row([&found.name], read).optional();
    // Nearly always it is the very name, which has an index.
    let mut remembered = if remembers { recall(&sql::recall(&found.schema))? } else { None };
    if remembered.is_none() && remembers && !looks {
        remembered = recall(&sql::recall_in_any_case(&found.schema))?;
    }
    let (memory, name) = match remembered {
        Some((memory, made_as)) => (Some(memory), Some(made_as)),
        None => (None, made_as(connection, &found)?),
    };
    // What is remembered is the key that rows are merged by.
    if let Some(memory) = &memory {
        for column in &mut columns {
            if memory.keys.contains(&column.name) {
                column.role = Role::Key;
            } else if column.role == Role::Key {
                column.role = Role::Value;
            }
        }
    }
    let name = TableName { name: name.unwrap_or(found.name), ..found };
    Ok(Some(Stored { table: Table { name, columns }, memory }))
}

/// The name of a table as it was made.
fn made_as(connection: &Connection, name: &TableName) -> Result<Option<String>> {
    let mut made_as = connection.prepare_cached(sql::MADE_AS)?;
    let names = made_as.query_map(params![name.schema, name.name], |row| row.get::<_, String>(0))?;
    let names = names.collect::<Result<Vec<_>>>()?;
    Ok(names.into_iter().find(|made_as| NAMES.same(made_as, &name.name)))
}

/// The columns of a table; `None` where there is none.
pub(super) fn columns(connection: &Connection, table: &TableName) -> Result<Option<Vec<Column>>> {
    let read = |row: &Row<'_>| {
        let (name, ty): (String, String) = (row.get(0)?, row.get(1)?);
        let system = System::ALL.into_iter().find(|system| system.name() == name);
        let role = if row.get(3)? { Role::Key } else { system.map_or(Role::Value, Role::System) };
        Ok(Column { name, ty: DuckDb.type_named(&ty), nullable: row.get(2)?, role })
    };
    if sql::has_quotes(table) {
        let Some(name) = made_as(connection, table)? else { return Ok(None) };
        let mut statement = connection.prepare_cached(sql::COLUMNS)?;
        let columns = statement.query_map([&table.schema, &name], read)?;
        return columns.collect::<Result<_>>().map(Some);
    }
    let mut statement = match connection.prepare(&sql::columns(table)) {
        // The catalog has no such table; the transaction goes on.
        Err(Error::DuckDBFailure(_, Some(said))) if said.starts_with("Catalog Error") => return Ok(None),
        statement => statement?,
    };
    let columns = statement.query_map([], read)?;
    columns.collect::<Result<_>>().map(Some)
}

/// Remembers tables, and forgets them, each in its schema.
pub(super) fn remember_all(connection: &Connection, store: Store, remembered: &Remembered) -> Result<()> {
    let forgotten = remembered.iter().filter(|(_, remember)| remember.is_none());
    for (table, _) in forgotten {
        connection.execute(&ledger::forget(store.dialect(), &table.schema), [&table.name])?;
    }
    let kept = || remembered.iter().filter_map(|(table, remember)| Some((table, remember.as_ref()?)));
    let schemas: BTreeSet<&str> = kept().map(|(table, _)| table.schema.as_str()).collect();
    for schema in schemas {
        for anew in [true, false] {
            let these = kept().filter(|(table, remember)| table.schema == schema && remember.anew == anew);
            let these = these.map(|(table, remember)| (table, &remember.memory));
            remember(connection, store, schema, these, anew)?;
        }
    }
    Ok(())
}

/// Remembers tables of a schema, all by one statement: one for each would take longer with every table that it remembers.
pub(super) fn remember<'a>(
    connection: &Connection,
    store: Store,
    schema: &str,
    tables: impl Iterator<Item = (&'a TableName, &'a Memory)>,
    anew: bool,
) -> Result<()> {
    let tables: Vec<_> = tables.collect();
    if tables.is_empty() {
        return Ok(());
    }
    let texts = |text: fn(&(&TableName, &Memory)) -> Option<String>| -> ArrayRef {
        Arc::new(tables.iter().map(text).collect::<StringArray>())
    };
    let numbers = |number: fn(&Memory) -> Option<i64>| -> ArrayRef {
        Arc::new(tables.iter().map(|(_, memory)| number(memory)).collect::<Int64Array>())
    };
    let columns = [
        texts(|(table, _)| Some(table.name.clone())),
        texts(|(_, memory)| Some(memory.stream.clone())),
        texts(|(_, memory)| Some(memory.mode.clone())),
        texts(|(_, memory)| Some(json(&memory.keys))),
        texts(|(_, memory)| memory.sequence_source.clone()),
        numbers(|memory| memory.arrival_sequence),
        numbers(|memory| memory.active_version),
        texts(|(_, memory)| Some(json(&memory.columns))),
        texts(|(_, memory)| memory.tombstones.clone()),
        texts(|(_, memory)| memory.latest_view.clone()),
        texts(|(_, memory)| memory.load_id.clone()),
        texts(|(_, memory)| memory.schema.clone()),
        texts(|(_, memory)| versions(&memory.activated)),
    ];
    let named = columns.into_iter().enumerate().map(|(place, column)| (format!("c{place}"), column));
    let batch = RecordBatch::try_from_iter_with_nullable(named.map(|(name, column)| (name, column, true)))
        .map_err(|error| Error::ToSqlConversionFailure(error.into()))?;
    let dialect = store.dialect();
    if store == Store::MotherDuck {
        stage(connection, store, REMEMBERED, batch)?;
        connection.execute(&sql::remember_staged(dialect, schema, REMEMBERED, anew), [])?;
        return connection.execute_batch(&drop_staging(REMEMBERED));
    }
    let lent = Lent::new(batch);
    connection.prepare_cached(&sql::remember(dialect, schema, anew))?.execute([lent.number()])?;
    Ok(())
}

/// Takes away the refused records that are sent through again, and writes down those that are refused now.
pub(super) fn rejects(connection: &Connection, schema: &str, flush: &Flush) -> Result<()> {
    for (run, lines) in lines_by_run(&flush.replayed) {
        connection.execute(&ledger::replayed(&DuckDb, schema), params![run, lines])?;
    }
    if flush.rejects.is_empty() {
        return Ok(());
    }
    let mut insert = connection.prepare_cached(&ledger::record_reject(&DuckDb, schema))?;
    for reject in &flush.rejects {
        insert.execute(params![
            reject.at,
            reject.table,
            reject.reason,
            reject.record,
            reject.line,
            reject.sequence,
            flush.id.load,
            reject.table_version,
            reject.time_extracted,
            reject.place,
            reject.schema,
        ])?;
    }
    Ok(())
}

/// The refused records.
pub(super) fn rejected(connection: &Connection, schema: &str) -> Result<Vec<(Replayed, Reject)>> {
    let mut query = connection.prepare(&ledger::rejected(&DuckDb, schema))?;
    let rows = query.query_map([], |row| {
        let line = row.get(4)?;
        let reject = Reject {
            at: row.get(0)?,
            schema: row.get(10)?,
            table: row.get(1)?,
            reason: row.get(2)?,
            record: row.get(3)?,
            line,
            place: row.get(9)?,
            sequence: row.get(5)?,
            table_version: row.get(7)?,
            time_extracted: row.get(8)?,
        };
        Ok((reject.name(&row.get::<_, String>(6)?), reject))
    })?;
    rows.collect()
}

/// Begins a run of a pipeline.
pub(super) fn begin(
    connection: &Connection,
    dialect: &dyn Dialect,
    schema: &str,
    state_id: &str,
    load: &str,
) -> Result<()> {
    connection.execute_batch(&ledger::create_runs(dialect, schema))?;
    connection.execute(&ledger::begin_run(dialect, schema), params![state_id, load]).map(drop)
}

/// The newest run of a pipeline.
pub(super) fn newest_run(connection: &Connection, schema: &str, state_id: &str) -> Result<Option<String>> {
    connection.query_row(&ledger::newest_run(&DuckDb, schema), [state_id], |row| row.get(0)).optional()
}

/// Writes down a flush.
pub(super) fn load(
    connection: &Connection,
    schema: &str,
    flush: &Flush,
    sum: &Counts,
    streams: &str,
) -> Result<()> {
    connection.prepare_cached(&ledger::record_load(&DuckDb, schema))?.execute(params![
        flush.id.load,
        flush.id.number,
        flush.sealed_at,
        sum.received,
        sum.inserted,
        sum.replaced,
        sum.stale,
        sum.duplicate,
        sum.deleted,
        sum.rejected,
        sum.bytes,
        streams,
        flush.bookmark,
    ])?;
    Ok(())
}
