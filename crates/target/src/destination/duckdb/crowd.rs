//! Many tables in one file: what they cost DuckDB besides their rows, and what is done about it.
//!
//! Rows that were committed into a table's last row group stay in memory, in blocks of a quarter of a megabyte for each column, until
//! the next checkpoint; and that compresses each column of each table by itself.

use std::collections::BTreeSet;

use ::duckdb::{Connection, Result};

use crate::flush::Flush;
use crate::sql::duckdb as sql;
use crate::table::TableName;

/// So many tables are many.
const MANY: usize = 32;

/// So many rows of a table are few: a table of symbols for their texts costs more than the rows, and saves a tenth of their room.
const FEW: usize = 8_192;

/// What this run has loaded.
#[derive(Default)]
pub(super) struct Crowd {
    tables: BTreeSet<TableName>,
    rows: usize,
    /// Whether texts are compressed less, for these tables are many and small.
    hurries: bool,
}

impl Crowd {
    /// Makes room for a flush that is to be committed, and sets the connection for it. Before it, not after the last one: what has been
    /// committed must not be called a failure.
    pub(super) fn prepare(&mut self, connection: &Connection, flush: &Flush) -> Result<()> {
        if self.tables.len() > 1 && connection.query_row(sql::IS_CROWDED, [], |row| row.get(0))? {
            connection.execute_batch(sql::CHECKPOINT)?;
        }
        for load in &flush.loads {
            if !self.tables.contains(&load.table.name) {
                self.tables.insert(load.table.name.clone());
            }
            self.rows += load.batch.as_ref().map_or(0, |batch| batch.count());
        }
        let hurries = self.tables.len() >= MANY && self.rows / self.tables.len() < FEW;
        if hurries != self.hurries {
            connection.execute_batch(&sql::use_symbols(!hurries))?;
            self.hurries = hurries;
        }
        Ok(())
    }
}
