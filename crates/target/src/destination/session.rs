//! What the databases have in common: a transaction that runs statements. How a load is carried out with it is in [`super::load`].

use super::Written;
use super::terms::Terms;
use crate::batch::{Mode, Sealed};
use crate::error::{Error, Result};
use crate::flush::{Load, Spread};
use crate::sql::Dialect;
use crate::table::{Stored, Table, TableName};

/// A transaction of a database. All values that statements take are whole numbers: rows come another way.
pub(super) trait Session {
    /// How the database spells things.
    fn dialect(&self) -> &'static dyn Dialect;

    /// The table as it is now, with what is remembered of it.
    fn describe(&mut self, table: &TableName) -> Result<Option<Stored>>;

    /// Whether another loader may have changed a table since it was described.
    fn is_shared(&self) -> bool;

    /// Runs a statement of DDL.
    fn alter(&mut self, statement: &str) -> Result<()>;

    /// Runs a statement: how many rows it was about. `what` says in words what it does.
    fn run(&mut self, what: &str, statement: &str, values: &[i64]) -> Result<u64>;

    /// The numbers of the one row that a query gives.
    fn ask(&mut self, what: &str, statement: &str, numbers: usize) -> Result<Vec<u64>>;

    /// Makes the staging table `name`, for rows of the columns of `table`, and puts the batch there.
    fn stage(&mut self, name: &str, table: &Table, batch: &Sealed) -> Result<()>;

    /// Whether an update in place may leave columns as they are without a staging table.
    fn keeps_in_place(&self) -> bool;

    /// Whether rows of the batch meet their very versions in the table, so that they have to be staged for one that changes nothing to be
    /// left out. No where the database sees to that on its fast way.
    fn stages_ties(&mut self, _table: &Table, _batch: &Sealed) -> Result<bool> {
        Ok(false)
    }

    /// How the rows of a table lie over the nodes of a cluster; `None` for a plain table.
    fn placed(&mut self, _table: &TableName) -> Result<Option<Spread>> {
        Ok(None)
    }

    /// Lays a new table over the nodes of a cluster, its rows where those of `beside` are.
    fn distribute(&mut self, table: &TableName, spread: &Spread, beside: Option<&TableName>) -> Result<()> {
        match self.dialect().distribute(table, spread, beside) {
            Some(statement) => self.alter(&statement),
            None => Err(Error::bug("this database has one node")),
        }
    }

    /// Whether all rows of a table that had some before have to go by way of a staging table.
    fn stages_all(&self, _table: &TableName) -> bool {
        false
    }

    /// Where the rows of `holder` can be read that the staged ones of `table` meet: by their keys, or with `exactly` in the very version.
    /// That is `holder` itself, unless it cannot be compared with a staging table where it lies.
    fn meet(
        &mut self,
        _staging: &str,
        _table: &Table,
        holder: &TableName,
        _exactly: bool,
    ) -> Result<TableName> {
        Ok(holder.clone())
    }

    /// Writes a batch the fast way: its rows against those of the table, and nothing else. An update sets `gone` columns back and
    /// leaves others that the batch lacks.
    fn load(
        &mut self,
        staging: &str,
        table: &Table,
        mode: Mode,
        batch: &Sealed,
        gone: &[String],
    ) -> Result<Written>;

    /// Writes the rows of a load that asks for nothing but that: no tombstones, no arrays, no rows that are incomplete.
    fn write(&mut self, staging: &str, load: &Load, terms: &Terms, batch: &Sealed) -> Result<Written> {
        self.load(staging, &load.table, load.mode, batch, &terms.gone)
    }
}
