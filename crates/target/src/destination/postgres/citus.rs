//! Which tables are distributed over the nodes of a Citus cluster, and whether a load can go there.

use std::collections::BTreeMap;

use ::postgres::types::Type as ServerType;

use super::failed;
use super::link::{Statements, Transaction};
use super::write::Writing;
use crate::batch::Mode;
use crate::error::{Error, Result};
use crate::flush::{Flush, Load, Spread};
use crate::plan::Change;
use crate::sql::postgres::citus as sql;
use crate::table::{Stored, TableName};

/// The tables that Citus knows, and how their rows lie; `None` where they do as neither a distributed nor a reference table's.
pub(super) type Placed = BTreeMap<TableName, Option<Spread>>;

/// What to do where the extension is not there.
pub(super) const MEND: &str =
    "run create extension citus there as its administrator, or set distribution to none";

/// Those of the flush's tables that are distributed, and those beside them. Where there are some, or are to be, the transaction is made
/// fit for them.
pub(super) fn placed(transaction: &mut Transaction<'_>, has_citus: bool, flush: &Flush) -> Result<Placed> {
    if !has_citus {
        return Ok(Placed::new());
    }
    let mut tables = Vec::new();
    for load in &flush.loads {
        tables.push(&load.table.name);
        tables.extend(load.children.iter().map(|child| &child.table.name));
        tables.extend(load.tombstones.iter().map(|tombstones| &tombstones.table));
        tables.extend(load.swaps.iter().map(|swap| &swap.table.name));
    }
    let placed = ask(transaction, &tables)?;
    if !placed.is_empty() || flush.loads.iter().any(|load| load.distribution.is_some()) {
        let set = transaction.batch_execute(sql::SETTINGS);
        set.map_err(|error| failed("make the transaction fit for Citus", error))?;
    }
    Ok(placed)
}

fn ask(transaction: &mut Transaction<'_>, tables: &[&TableName]) -> Result<Placed> {
    let schemas: Vec<&str> = tables.iter().map(|table| table.schema.as_str()).collect();
    let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
    let rows = transaction
        .query(sql::PLACED, &[(&schemas, ServerType::TEXT_ARRAY), (&names, ServerType::TEXT_ARRAY)])
        .map_err(|error| failed("look for distributed tables", error))?;
    let placed = |row: &::postgres::Row| {
        let table = TableName { schema: row.get(0), name: row.get(1) };
        let spread = match (row.get::<_, Option<String>>(2), row.get(3)) {
            (Some(column), _) => Some(Spread::By(column)),
            (None, true) => Some(Spread::Everywhere),
            (None, false) => None,
        };
        (table, spread)
    };
    Ok(rows.iter().map(placed).collect())
}

/// Demands that a load can go to its table, which is `placed` so: the cluster must be there where a table is to be distributed, and
/// where one is, a row must be found by its key.
pub(super) fn agree(
    load: &Load,
    stored: Option<&Stored>,
    has_citus: bool,
    placed: Option<&Option<Spread>>,
) -> Result<()> {
    let is_new = stored.is_none() || load.changes.contains(&Change::RecreateTable);
    if is_new && load.distribution.is_some() && !has_citus {
        return Err(Error::destination(
            "the setting distribution asks for Citus, and the database has no extension citus",
        )
        .hint(MEND));
    }
    let (Some(Some(Spread::By(column))), Mode::Merge(_)) = (placed, load.mode) else { return Ok(()) };
    let keys = load.table.keys();
    let keys: Vec<&str> = keys.iter().map(|at| load.table.columns[*at].name.as_str()).collect();
    if keys.contains(&column.as_str()) {
        return Ok(());
    }
    Err(Error::destination(format!(
        "the table is distributed by {column:?}, which is not part of the key ({})",
        keys.join(", ")
    ))
    .hint("set key_properties for this stream, with that column among them; or distribute the table by a column of its key (alter_distributed_table)"))
}

impl Writing<'_, '_> {
    /// How the rows of a table lie over the nodes, whether or not the flush is about it.
    pub(super) fn spread(&mut self, table: &TableName) -> Result<Option<Spread>> {
        if let Some(spread) = self.placed.get(table) {
            return Ok(spread.clone());
        }
        if !self.has_citus {
            return Ok(None);
        }
        Ok(ask(self.transaction, &[table])?.remove(table).flatten())
    }
}
