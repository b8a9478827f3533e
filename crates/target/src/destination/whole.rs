//! What happens to a table as a whole: a version begins, or another table's content takes the place of its own.

use super::distributing;
use super::load::{Evolving, Remember, Remembered, evolve};
use super::session::Session;
use super::terms::{Terms, swapped};
use crate::batch::Mode;
use crate::error::Result;
use crate::flush::{Extras, Load, Swap};
use crate::sql::whole as sql;
use crate::table::{Memory, System, Table, TableName};
use crate::types::Type;

/// Ends the versions below `version`: their rows go, or are marked as deleted. How many they were, without those of arrays.
pub(super) fn activate(
    session: &mut dyn Session,
    load: &Load,
    terms: &Terms,
    hard: bool,
    version: i64,
    sealed_at: i64,
) -> Result<u64> {
    let dialect = session.dialect();
    if let Some(tombstones) = &terms.tombstones {
        let end = sql::end(dialect, &tombstones.table);
        session.run("delete the tombstones of older versions", &end, &[version])?;
    }
    let Some(stored) = session.describe(&load.table.name)? else { return Ok(0) };
    let name = &load.table.name;
    // A table without the column does not know which of its rows are over.
    if stored.table.system(System::TableVersion).is_none() {
        return Ok(0);
    }
    if hard {
        for child in &load.children {
            let end = sql::end_children(dialect, &child.table.name, name, &child.source);
            session.run("delete the rows of arrays of older versions", &end, &[version])?;
        }
        return session.run("delete the rows of older versions", &sql::end(dialect, name), &[version]);
    }
    let Some(marked) = marked(&stored.table) else { return Ok(0) };
    for child in &load.children {
        let Some(own) = session.describe(&child.table.name)? else { continue };
        if let Some(own) = self::marked(&own.table) {
            let mark = sql::mark_children(dialect, &child.table.name, own, name, &child.source);
            session.run("mark the rows of arrays of older versions", &mark, &[sealed_at, version])?;
        }
    }
    session.run("mark the rows of older versions", &sql::mark(dialect, name, marked), &[sealed_at, version])
}

/// The type of the column that marks a row as deleted.
fn marked(table: &Table) -> Option<Type> {
    table.system(System::DeletedAt).map(|at| table.columns[at].ty)
}

/// Brings a table, which gets `extras` if it is made, to where it can take the rows of its shadow, which is the load's: what is to be remembered
/// of it then. Where rows are appended a key comes as often as it was sent.
pub(super) fn reshape(
    session: &mut dyn Session,
    swap: &Swap,
    load: &Load,
    extras: &Extras,
) -> Result<Memory> {
    let stored = session.describe(&swap.table.name)?;
    let mut memory = swapped(swap, stored.as_ref());
    let appends = matches!(load.mode, Mode::Append { .. });
    let evolving = Evolving {
        table: &swap.table,
        changes: &swap.changes,
        stored: stored.as_ref(),
        view: None,
        extras,
        appends,
    };
    evolve(session, &evolving, &mut memory)?;
    if stored.is_none() {
        distributing::swapped(session, load, swap)?;
    }
    Ok(memory)
}

/// Puts the rows of the shadow in the place of the table's. Grants, comments, indexes and views of the table stay, and its partitions. `extras` as
/// in [`reshape`].
pub(super) fn swap(
    session: &mut dyn Session,
    swap: &Swap,
    load: &Load,
    extras: &Extras,
    remembered: &mut Remembered,
) -> Result<()> {
    let memory = reshape(session, swap, load, extras)?;
    if let Some(tombstones) = &memory.tombstones {
        // They are of the rows that go.
        let tombstones = TableName { name: tombstones.clone(), ..swap.table.name.clone() };
        session.run("delete the tombstones", &sql::empty(&tombstones), &[])?;
    }
    session.run("delete the rows that are replaced", &sql::empty(&swap.table.name), &[])?;
    session.run("insert the rows that replace them", &sql::take_over(&swap.shadow, &swap.table), &[])?;
    session.alter(&sql::drop_table(&swap.shadow))?;
    remembered.insert(swap.shadow.clone(), None);
    remembered.insert(swap.table.name.clone(), Some(Remember { memory, anew: true }));
    Ok(())
}
