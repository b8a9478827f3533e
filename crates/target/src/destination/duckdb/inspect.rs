//! What was loaded into a DuckDB file.

use std::collections::BTreeMap;

use ::duckdb::{Connection, Result, Row};

use super::{DuckDb, failed, ledger, made};
use crate::destination::Inspect;
use crate::flush::Counts;
use crate::sql::duckdb::DuckDb as Dialect;
use crate::sql::status as sql;
use crate::status::{LoadStanding, Rows, Standing, TableStanding};
use crate::table::TableName;

impl Inspect for DuckDb {
    fn preparations(&self) -> Vec<String> {
        if self.remembers { Vec::new() } else { made(self.store, &self.schema) }
    }

    fn preparations_in(&mut self, schema: &str) -> crate::error::Result<Vec<String>> {
        if schema == self.schema { Ok(Vec::new()) } else { self.preparations_of(schema) }
    }

    fn standing(&mut self, others: &[String], loads: usize) -> crate::error::Result<Standing> {
        let mut schemas = Vec::new();
        for schema in [&self.schema.clone()].into_iter().chain(others) {
            if self.recalls(schema)? {
                schemas.push(schema.clone());
            }
        }
        let own = self.remembers.then_some(self.schema.as_str());
        ask(&self.connection, own, &schemas, loads).map_err(|error| failed("say what was loaded", error))
    }
}

/// When each stream was committed last.
type Commits = BTreeMap<String, i64>;

/// What was loaded: into the run's schema, if anything was, and the tables of all of them.
fn ask(connection: &Connection, own: Option<&str>, schemas: &[String], most: usize) -> Result<Standing> {
    let (mut standing, commits) = match own {
        Some(schema) => loads(connection, schema, most)?,
        None => Default::default(),
    };
    for schema in schemas {
        standing.tables.extend(tables(connection, schema, &commits)?);
    }
    Ok(standing)
}

/// What was loaded in all, and the last loads.
fn loads(connection: &Connection, schema: &str, most: usize) -> Result<(Standing, Commits)> {
    let mut standing = connection.query_row(&sql::totals(&Dialect, schema), [], |row| {
        let all = (number(row, 0)?, number(row, 1)?);
        Ok(Standing { all, total: counts(row, 2)?, ..Standing::default() })
    })?;
    standing.waiting = connection.query_row(&sql::rejects(schema), [], |row| number(row, 0))?;
    let commits: Commits =
        list(connection, &sql::last_commits(&Dialect, schema), |row| Ok((row.get(0)?, row.get(1)?)))?
            .into_iter()
            .collect();
    let mut streams: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let pairs: Vec<(String, String)> =
        list(connection, &sql::streams(&Dialect, schema, most), |row| Ok((row.get(0)?, row.get(1)?)))?;
    for (load_id, stream) in pairs {
        streams.entry(load_id).or_default().push(stream);
    }
    standing.loads = list(connection, &sql::loads(&Dialect, schema, most), |row| {
        let load_id: String = row.get(0)?;
        Ok(LoadStanding {
            commits: number(row, 1)?,
            sealed_at: row.get(2)?,
            committed_at: row.get(3)?,
            counts: counts(row, 4)?,
            bookmark: number(row, 12)? > 0,
            streams: streams.remove(&load_id).unwrap_or_default(),
            load_id,
        })
    })?;
    Ok((standing, commits))
}

/// The tables that are remembered in a schema.
fn tables(connection: &Connection, schema: &str, commits: &Commits) -> Result<Vec<TableStanding>> {
    let tables: Vec<(String, String, String)> =
        list(connection, &sql::tables(schema), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let mut standing = Vec::with_capacity(tables.len());
    for (table, stream, mode) in tables {
        let name = TableName { schema: schema.to_owned(), name: table };
        // It may have been dropped since. To count is to read the numbers of its row groups.
        let rows = match ledger::columns(connection, &name)? {
            Some(_) => Some(connection.query_row(&sql::count(&name), [], |row| number(row, 0))?),
            None => None,
        };
        let committed_at = commits.get(&stream).copied();
        standing.push(TableStanding { name, stream, mode, rows: rows.map(Rows::Counted), committed_at });
    }
    Ok(standing)
}

fn list<T>(connection: &Connection, query: &str, read: impl FnMut(&Row<'_>) -> Result<T>) -> Result<Vec<T>> {
    let mut query = connection.prepare(query)?;
    let rows = query.query_map([], read)?;
    rows.collect()
}

fn number(row: &Row<'_>, place: usize) -> Result<u64> {
    Ok(u64::try_from(row.get::<_, i64>(place)?).unwrap_or_default())
}

/// The counts of a row, from the column `first` on.
fn counts(row: &Row<'_>, first: usize) -> Result<Counts> {
    let count = |place: usize| number(row, first + place);
    Ok(Counts {
        received: count(0)?,
        inserted: count(1)?,
        replaced: count(2)?,
        stale: count(3)?,
        duplicate: count(4)?,
        deleted: count(5)?,
        rejected: count(6)?,
        bytes: count(7)?,
        ended: 0,
    })
}
