//! The locks that a flush takes: which tables it needs to itself, and who is in its way.

use std::collections::{BTreeMap, BTreeSet};

use ::postgres::types::Type as ServerType;

use super::failed;
use super::link::{Client, Statements as _, Transaction};
use crate::destination::terms::is_alone;
use crate::error::Result;
use crate::flush::{Flush, Load};
use crate::sql::postgres as sql;
use crate::sql::qualified;
use crate::table::TableName;

/// The tables that a flush locks, and whether it needs each to itself.
pub(super) fn locks(flush: &Flush, alone: &BTreeSet<TableName>) -> BTreeMap<TableName, bool> {
    let mut locks = BTreeMap::new();
    for load in &flush.loads {
        *locks.entry(load.table.name.clone()).or_default() |=
            is_alone(load) || alone.contains(&load.table.name);
        for swap in &load.swaps {
            locks.insert(swap.table.name.clone(), true);
        }
    }
    locks
}

/// Takes the locks of all tables at once, in the order of their names: no two loaders wait for each other. They go with the transaction.
pub(super) fn lock(transaction: &mut Transaction<'_>, locks: &BTreeMap<TableName, bool>) -> Result<()> {
    if locks.is_empty() {
        return Ok(());
    }
    let schemas: Vec<&str> = locks.keys().map(|table| table.schema.as_str()).collect();
    let names: Vec<&str> = locks.keys().map(|table| table.name.as_str()).collect();
    let alone: Vec<bool> = locks.values().copied().collect();
    let locked = transaction.query(
        sql::LOCK_TABLES,
        &[
            (&schemas, ServerType::TEXT_ARRAY),
            (&names, ServerType::TEXT_ARRAY),
            (&alone, ServerType::BOOL_ARRAY),
        ],
    );
    locked.map(|_| ()).map_err(|error| failed("lock the tables", error))
}

/// Who has locks on the tables of a load now, for people: nobody, or the first few.
pub(super) fn holders(client: &mut Client, load: &Load) -> Vec<String> {
    let children = load.children.iter().map(|child| &child.table.name);
    let swapped = load.swaps.iter().map(|swap| &swap.table.name);
    let tables: Vec<String> =
        [&load.table.name].into_iter().chain(children).chain(swapped).map(qualified).collect();
    // What cannot be said is left out: the load has failed for another reason.
    let found = client.query(sql::HOLDERS, &[(&tables, ServerType::TEXT_ARRAY)]).unwrap_or_default();
    found.iter().map(|row| row.get(0)).collect()
}
