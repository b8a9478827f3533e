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
use crate::sql::status as sql;
use crate::status::{LoadStanding, Rows, Standing, TableStanding};
use crate::table::TableName;

/// A table of up to so many bytes is counted; of a larger one the server's own estimate does.
const COUNTED: i64 = 64 << 20;

impl Inspect for Postgres {
    fn preparations(&self) -> Vec<String> {
        let place = self.places.get(&self.schema);
        place.map(|place| place.needed(&self.schema, self.readers(&self.schema))).unwrap_or_default()
    }

    fn preparations_in(&mut self, schema: &str) -> Result<Vec<String>> {
        self.preparations_of(schema)
    }

    fn standing(&mut self, others: &[String], loads: usize) -> Result<Standing> {
        let mut schemas = Vec::new();
        for schema in [&self.schema.clone()].into_iter().chain(others) {
            if self.recalls(schema)? {
                schemas.push(schema.clone());
            }
        }
        let has_citus = self.has_citus;
        let own = self.has_ledger().then_some(&self.schema);
        let standing = read(&mut self.client, self.waits, |transaction| {
            let (mut standing, commits) = match own {
                Some(schema) => ask(transaction, schema, loads)?,
                None => Default::default(),
            };
            for schema in &schemas {
                standing.tables.extend(tables(transaction, schema, &commits, has_citus)?);
            }
            Ok(standing)
        });
        standing.map_err(|error| failed("say what was loaded", error))
    }
}

/// When each stream was committed last.
type Commits = BTreeMap<String, i64>;

/// What was loaded in all, and the last loads.
fn ask(transaction: &mut Transaction<'_>, schema: &str, most: usize) -> Result<(Standing, Commits), Error> {
    let total = transaction.query_one(&sql::totals(&Dialect, schema), &[])?;
    let mut standing = Standing {
        all: (number(&total, 0), number(&total, 1)),
        total: counts(&total, 2),
        waiting: number(&transaction.query_one(&sql::rejects(schema), &[])?, 0),
        ..Standing::default()
    };
    let commits = transaction.query(&sql::last_commits(&Dialect, schema), &[])?;
    let commits: Commits = commits.iter().map(|row| (row.get(0), row.get(1))).collect();
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
    Ok((standing, commits))
}

/// The tables that are remembered in a schema.
fn tables(
    transaction: &mut Transaction<'_>,
    schema: &str,
    commits: &Commits,
    has_citus: bool,
) -> Result<Vec<TableStanding>, Error> {
    let sizes = if has_citus { citus::sizes() } else { rights::SIZES.to_owned() };
    let tables = transaction.query(&sql::tables(schema), &[])?;
    let names: Vec<&str> = tables.iter().map(|row| row.get(0)).collect();
    let sizes =
        transaction.query(&sizes, &[(&schema, ServerType::NAME), (&names, ServerType::TEXT_ARRAY)])?;
    let sizes: BTreeMap<&str, &Row> = sizes.iter().map(|row| (row.get(0), row)).collect();
    let mut standing = Vec::with_capacity(tables.len());
    for row in &tables {
        let name = TableName { schema: schema.to_owned(), name: row.get(0) };
        let stream: String = row.get(1);
        let rows = match sizes.get(name.name.as_str()) {
            Some(size) => rows(transaction, &name, size)?,
            None => None,
        };
        let committed_at = commits.get(&stream).copied();
        standing.push(TableStanding { name, stream, mode: row.get(2), rows, committed_at });
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
