//! What is written down in the loader's own tables.

use ::postgres::Error;
use ::postgres::types::Type;

use super::link::{Statements, Transaction};
use crate::destination::lines_by_run;
use crate::destination::load::{Remember, Remembered};
use crate::flush::{Counts, Flush, Reject, Replayed};
use crate::sql::ledger;
use crate::sql::postgres::catalog as sql;
use crate::sql::postgres::{Postgres as Dialect, newest_run_locked};
use crate::table::{Memory, TableName};

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// How much is remembered in one statement at most, in bytes: schemas can be long.
const MOST: usize = 8 << 20;

/// Remembers tables, and forgets them, each in its schema. Neighbours of one kind go in one statement; the order stays, which is the same
/// for all loaders.
pub(super) fn remember_all(transaction: &mut Transaction<'_>, remembered: &Remembered) -> Result<(), Error> {
    let mut waiting = Waiting::default();
    for (table, remember) in remembered {
        let TableName { schema, name } = table;
        match remember {
            Some(Remember { memory, anew }) => {
                if !waiting.goes_with(schema, *anew) {
                    waiting.send(transaction)?;
                }
                waiting.push(table, memory, *anew);
            }
            None => {
                waiting.send(transaction)?;
                transaction.execute(&ledger::forget(&Dialect, schema), &[(name, Type::TEXT)])?;
            }
        }
    }
    waiting.send(transaction)
}

/// Begins a run of a pipeline.
pub(super) fn begin(
    transaction: &mut Transaction<'_>,
    schema: &str,
    state_id: &str,
    load: &str,
) -> Result<(), Error> {
    transaction.batch_execute(&ledger::create_runs(&Dialect, schema))?;
    transaction
        .execute(&ledger::begin_run(&Dialect, schema), &[(&state_id, Type::TEXT), (&load, Type::TEXT)])?;
    Ok(())
}

/// The newest run of a pipeline. No newer one begins until the transaction ends.
pub(super) fn newest_run(
    transaction: &mut Transaction<'_>,
    schema: &str,
    state_id: &str,
) -> Result<Option<String>, Error> {
    let row = transaction.query_opt(&newest_run_locked(schema), &[(&state_id, Type::TEXT)])?;
    Ok(row.map(|row| row.get(0)))
}

/// Remembers a table.
pub(super) fn remember(
    transaction: &mut Transaction<'_>,
    table: &TableName,
    memory: &Memory,
    anew: bool,
) -> Result<(), Error> {
    let mut waiting = Waiting::default();
    waiting.push(table, memory, anew);
    waiting.send(transaction)
}

/// What is to be remembered by the next statement.
#[derive(Default)]
struct Waiting {
    schema: String,
    anew: bool,
    /// Objects in JSON, each behind a comma.
    list: String,
}

impl Waiting {
    /// Whether what is to be remembered so can go by the same statement.
    fn goes_with(&self, schema: &str, anew: bool) -> bool {
        self.list.len() <= MOST && self.anew == anew && self.schema == schema
    }

    fn push(&mut self, table: &TableName, memory: &Memory, anew: bool) {
        (self.schema, self.anew) = (table.schema.clone(), anew);
        let row = serde_json::json!({
            "table_name": table.name,
            "stream": memory.stream,
            "mode": memory.mode,
            "key_columns": memory.keys,
            "sequence_source": memory.sequence_source,
            "arrival_sequence": memory.arrival_sequence,
            "active_version": memory.active_version,
            "columns": memory.columns,
            "tombstones": memory.tombstones,
            "latest_view": memory.latest_view,
            "load_id": memory.load_id,
            // Postgres holds no U+0000; a schema is JSON, which escapes it.
            "schema": memory.schema.as_ref().map(|schema| schema.replace('\0', "\\u0000")),
            "activated": Some(&memory.activated).filter(|activated| !activated.is_empty()),
        });
        self.list += ",";
        self.list += &row.to_string();
    }

    fn send(&mut self, transaction: &mut Transaction<'_>) -> Result<(), Error> {
        if let Some(list) = self.list.strip_prefix(',') {
            let list = format!("[{list}]");
            transaction.execute(&sql::remember_all(&self.schema, self.anew), &[(&list, Type::TEXT)])?;
            self.list.clear();
        }
        Ok(())
    }
}

/// Takes away the refused records that are sent through again, and writes down those that are refused now.
pub(super) fn rejects(transaction: &mut Transaction<'_>, schema: &str, flush: &Flush) -> Result<(), Error> {
    for (run, lines) in lines_by_run(&flush.replayed) {
        let values = [(&run as _, Type::TEXT), (&lines as _, Type::TEXT)];
        transaction.execute(&ledger::replayed(&Dialect, schema), &values)?;
    }
    if flush.rejects.is_empty() {
        return Ok(());
    }
    let insert = transaction.prepare(&ledger::record_reject(&Dialect, schema))?;
    for reject in &flush.rejects {
        // Postgres holds no U+0000; the record is for reading, so its escape is.
        let record = reject.record.replace('\0', "\\u0000");
        let time_extracted = reject.time_extracted.as_ref().map(|time| time.replace('\0', "\u{fffd}"));
        transaction.execute_prepared(
            &insert,
            &[
                &reject.at,
                &reject.table,
                &reject.reason,
                &record,
                &number(reject.line),
                &reject.sequence,
                &flush.id.load,
                &reject.table_version,
                &time_extracted,
                &reject.place,
                &reject.schema,
            ],
        )?;
    }
    Ok(())
}

/// The refused records.
pub(super) fn rejected(client: &mut impl Statements, schema: &str) -> Result<Vec<(Replayed, Reject)>, Error> {
    let rows = client.query(&ledger::rejected(&Dialect, schema), &[])?;
    let reject = |row: &::postgres::Row| {
        let line = u64::try_from(row.get::<_, i64>(4)).unwrap_or_default();
        let reject = Reject {
            at: row.get(0),
            schema: row.get(10),
            table: row.get(1),
            reason: row.get(2),
            record: row.get(3),
            line,
            place: row.get(9),
            sequence: row.get(5),
            table_version: row.get(7),
            time_extracted: row.get(8),
        };
        (reject.name(row.get(6)), reject)
    };
    Ok(rows.iter().map(reject).collect())
}

/// Writes down a flush.
pub(super) fn load(
    transaction: &mut Transaction<'_>,
    schema: &str,
    flush: &Flush,
    sum: &Counts,
    streams: &str,
) -> Result<(), Error> {
    transaction.execute(
        &ledger::record_load(&Dialect, schema),
        &[
            (&flush.id.load, Type::TEXT),
            (&number(flush.id.number), Type::INT8),
            (&flush.sealed_at, Type::INT8),
            (&number(sum.received), Type::INT8),
            (&number(sum.inserted), Type::INT8),
            (&number(sum.replaced), Type::INT8),
            (&number(sum.stale), Type::INT8),
            (&number(sum.duplicate), Type::INT8),
            (&number(sum.deleted), Type::INT8),
            (&number(sum.rejected), Type::INT8),
            (&number(sum.bytes), Type::INT8),
            (&streams, Type::TEXT),
            (&flush.bookmark, Type::TEXT),
        ],
    )?;
    Ok(())
}
