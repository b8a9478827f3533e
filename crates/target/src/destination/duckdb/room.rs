//! The memory that DuckDB cannot do without for a flush, and what happens where there is too little.
//!
//! Rows that are committed go into a block of a quarter of a megabyte for each column, and one more that says which of the values are
//! null. The last ones of every column stay in memory until all of the rows are in, so a table of many columns takes a certain memory,
//! however few its rows are; and as much again where the transaction itself has had to begin such blocks.
//!
//! Long rows take more than their bytes. A commit reads the last 2,048 rows of the last row group again, and a checkpoint has as many in
//! memory at once where it puts neighbouring row groups together that have few rows. Where that is more than DuckDB may use the commit
//! fails, or after it the checkpoint, and with that the whole database in this process. Then it is opened again to be sparing: a
//! checkpoint after each commit, which begins a new row group, and none of them are put together.

use ::duckdb::{Connection, Result};

use super::turns::says;
use crate::error::Error;
use crate::flush::{Flush, Load};
use crate::sql::duckdb as sql;

/// The memory that DuckDB may use where nobody says how much, in megabytes. Its own default is most of the machine.
const USUAL: usize = 512;

/// DuckDB's blocks of one column, in bytes.
const BLOCKS: usize = 2 * (256 << 10);

/// So many columns are many: of a table with more, fewer rows are committed at once.
const WIDE: usize = 500;

/// So many rows do not need whole blocks before they are in the table.
const FEW: u64 = 2_048;

/// What DuckDB needs besides the blocks, in bytes, and besides a tenth of the blocks.
const SPARE: usize = 64 << 20;

/// What has no room for long rows, as DuckDB says it, and what it says to do about it.
const NO_ROOM: ([&str; 2], [&str; 1]) =
    (["Failed to create checkpoint", "Failed to commit"], ["SET memory_limit"]);

const SPARING: &str =
    "it goes on with a row group for each commit; with a greater duckdb_memory_limit they are put together";

/// The memory that DuckDB may use.
#[derive(Default)]
pub(super) struct Room {
    /// In megabytes, where nobody has said how much: a flush may need more.
    usual: Option<usize>,
    /// Whether it does with as little as it can.
    pub(super) is_sparing: bool,
}

impl Room {
    /// As much as was given, or the usual room. Says it as DuckDB writes it, too.
    pub(super) fn of(given: Option<&str>) -> (Self, String) {
        match given {
            Some(given) => (Self { usual: None, is_sparing: false }, given.to_owned()),
            None => (Self { usual: Some(USUAL), is_sparing: false }, format!("{USUAL}MB")),
        }
    }

    /// Makes room for a flush.
    pub(super) fn make(&mut self, connection: &Connection, flush: &Flush) -> Result<()> {
        let needed = flush.loads.iter().map(needed).max().unwrap_or(0).div_ceil(1_000_000);
        if let Some(usual) = &mut self.usual
            && needed > *usual
        {
            connection.execute_batch(&sql::limit_memory(&format!("{needed}MB")))?;
            *usual = needed;
        }
        Ok(())
    }

    /// What had no room passes where it is opened again to be sparing: see [`super::DuckDb::be_sparing`].
    pub(super) fn judge(&self, error: Error) -> Error {
        match !self.is_sparing && says(&error, &NO_ROOM.0) && says(&error, &NO_ROOM.1) {
            true => error.passing().hint(SPARING),
            false => error,
        }
    }
}

/// The memory without which a table's rows cannot be inserted, in bytes.
fn needed(load: &Load) -> usize {
    let rows = load.batch.as_ref().map_or(0, |batch| batch.count());
    let blocks = if rows as u64 > FEW { 2 * BLOCKS } else { BLOCKS };
    SPARE + load.table.columns.len() * blocks / 10 * 11
}

/// How many rows of a table with so many columns one commit carries at most.
pub(super) fn most_rows(columns: usize) -> u64 {
    if columns > WIDE { FEW } else { u64::MAX }
}
