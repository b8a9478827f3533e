//! What was loaded into a Postgres database.

use std::collections::BTreeMap;

use ::postgres::types::Type as ServerType;
use ::postgres::{Error, Row};

use super::link::{Statements, Transaction};
use super::{Postgres, failed, read};
use crate::destination::Inspect;
use crate::error::Result;
use crate::flush::Counts;
use crate::sql::postgres::Postgres as Dialect;
use crate::sql::postgres::{citus, rights};
use crate::sql::{ledger, status as sql};
use crate::status::{LoadStanding, Rows, Standing, TableStanding};
use crate::table::TableName;

/// A table of up to so many bytes is counted; of a larger one the server's own estimate does.
const COUNTED: i64 = 64 << 20;

impl Inspect for Postgres {
    fn preparations(&self) -> Vec<String> {
        if self.remembers {
            return Vec::new();
        }
        // Where the schema is there, the right to make one is not needed.
        let schema = (!self.has_schema).then(|| ledger::create_schema(&self.schema));
        schema.into_iter().chain(ledger::create(&Dialect, &self.schema)).collect()
    }

    fn standing(&mut self, loads: usize) -> Result<Standing> {
        if !self.remembers {
            return Ok(Standing::default());
        }
        let (schema, has_citus) = (&self.schema, self.has_citus);
        let ask = |transaction: &mut Transaction<'_>| ask(transaction, schema, loads, has_citus);
        let standing = read(&mut self.client, self.waits, ask);
        standing.map_err(|error| failed("say what was loaded", error))
    }
}

fn ask(
    transaction: &mut Transaction<'_>,
    schema: &str,
    most: usize,
    has_citus: bool,
) -> Result<Standing, Error> {
    let sizes = if has_citus { citus::sizes() } else { rights::SIZES.to_owned() };
    let total = transaction.query_one(&sql::totals(&Dialect, schema), &[])?;
    let mut standing = Standing {
        all: (number(&total, 0), number(&total, 1)),
        total: counts(&total, 2),
        waiting: number(&transaction.query_one(&sql::rejects(schema), &[])?, 0),
        ..Standing::default()
    };
    let commits = transaction.query(&sql::last_commits(&Dialect, schema), &[])?;
    let commits: BTreeMap<String, i64> = commits.iter().map(|row| (row.get(0), row.get(1))).collect();
    let tables = transaction.query(&sql::tables(schema), &[])?;
    let names: Vec<&str> = tables.iter().map(|row| row.get(0)).collect();
    let sizes =
        transaction.query(&sizes, &[(&schema, ServerType::NAME), (&names, ServerType::TEXT_ARRAY)])?;
    let sizes: BTreeMap<&str, &Row> = sizes.iter().map(|row| (row.get(0), row)).collect();
    for row in &tables {
        let name = TableName { schema: schema.to_owned(), name: row.get(0) };
        let stream: String = row.get(1);
        let rows = match sizes.get(name.name.as_str()) {
            Some(size) => rows(transaction, &name, size)?,
            None => None,
        };
        let committed_at = commits.get(&stream).copied();
        standing.tables.push(TableStanding { name, stream, mode: row.get(2), rows, committed_at });
    }
    let mut streams: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in transaction.query(&sql::streams(&Dialect, schema, most), &[])? {
        streams.entry(row.get(0)).or_default().push(row.get(1));
    }
    for row in transaction.query(&sql::loads(&Dialect, schema, most), &[])? {
        let load_id: String = row.get(0);
        standing.loads.push(LoadStanding {
            commits: number(&row, 1),
            sealed_at: row.get(2),
            committed_at: row.get(3),
            counts: counts(&row, 4),
            bookmark: number(&row, 12) > 0,
            streams: streams.remove(&load_id).unwrap_or_default(),
            load_id,
        });
    }
    Ok(standing)
}

/// How many rows a table has, by what the catalog says of its size.
fn rows(transaction: &mut Transaction<'_>, table: &TableName, size: &Row) -> Result<Option<Rows>, Error> {
    let (estimate, bytes, readable): (i64, i64, bool) = (size.get(1), size.get(2), size.get(3));
    if readable && bytes <= COUNTED {
        let row = transaction.query_one(&sql::count(table), &[])?;
        return Ok(Some(Rows::Counted(number(&row, 0))));
    }
    // A table that the server has never looked at has an estimate of -1.
    Ok(u64::try_from(estimate).ok().map(Rows::About))
}

fn number(row: &Row, place: usize) -> u64 {
    u64::try_from(row.get::<_, i64>(place)).unwrap_or_default()
}

/// The counts of a row, from the column `first` on.
fn counts(row: &Row, first: usize) -> Counts {
    let count = |place: usize| number(row, first + place);
    Counts {
        received: count(0),
        inserted: count(1),
        replaced: count(2),
        stale: count(3),
        duplicate: count(4),
        deleted: count(5),
        rejected: count(6),
        bytes: count(7),
        ended: 0,
    }
}
