//! One load in its transaction: the changes to its tables, its rows, and what follows from them.

use std::collections::BTreeMap;

use super::distributing::{self, beside};
use super::guarded;
use super::session::Session;
use super::terms::{Terms, united};
use super::{Written, whole};
use crate::batch::Mode;
use crate::error::{Error, Result};
use crate::flush::{Extras, LatestView, Load, Tombstones};
use crate::merge::Tie;
use crate::plan::{Change, after, plan};
use crate::sql::guarded as sql;
use crate::sql::whole::drop_view;
use crate::sql::{change, latest_view};
use crate::table::{Beside, Memory, Role, Stored, Table, TableName};

/// What is to be remembered at the end of a transaction, by table: `None` is to be forgotten. The order of the names is the order in
/// which all loaders write them down.
pub(super) type Remembered = BTreeMap<TableName, Option<Remember>>;

/// What is to be remembered of a table.
#[derive(Debug)]
pub(super) struct Remember {
    pub(super) memory: Memory,
    /// Whether nothing of what was remembered before stays.
    pub(super) anew: bool,
}

/// Who the roles are that may read what is made.
pub(super) const READERS: &str = "the roles are those of default_target_schema_select_permission, or of target_schema_select_permissions \
     in schema_mapping: make the role, or mend the setting";

/// A change of a table that is under way.
pub(super) struct Evolving<'a> {
    pub(super) table: &'a Table,
    pub(super) changes: &'a [Change],
    pub(super) stored: Option<&'a Stored>,
    pub(super) view: Option<&'a LatestView>,
    /// What it gets besides if it is made.
    pub(super) extras: &'a Extras,
    /// Whether every row is one more: then a key comes as often as it is sent, and is no primary key.
    pub(super) appends: bool,
}

/// Brings the tables of one load to where its rows can be written, on a table as it is `stored` and on the `terms` that follow from that.
pub(super) fn shape(
    session: &mut dyn Session,
    load: &Load,
    stored: Option<&Stored>,
    terms: &mut Terms,
    remembered: &mut Remembered,
) -> Result<()> {
    let appends = matches!(load.mode, Mode::Append { .. });
    let mut made = Vec::new();
    let of_array = load.extras.of_array();
    for child in &load.children {
        let stored = session.describe(&child.table.name)?;
        let stored = stored.as_ref().filter(|_| !child.changes.contains(&Change::RecreateTable));
        let evolving = Evolving {
            table: &child.table,
            changes: &child.changes,
            stored,
            view: None,
            extras: &of_array,
            appends,
        };
        evolve(session, &evolving, &mut child.memory.clone())?;
        if stored.is_none() && !child.changes.is_empty() {
            made.push(child);
        }
        let memory = united(&child.memory, &child.table, stored);
        remember(remembered, &child.table.name, memory, stored);
    }
    if !load.changes.is_empty() || load.view.is_some() {
        let evolving = Evolving {
            table: &load.table,
            changes: &load.changes,
            stored,
            view: load.view.as_ref(),
            extras: &load.extras,
            appends,
        };
        evolve(session, &evolving, &mut terms.memory)?;
    }
    if terms.anew && !load.changes.is_empty() {
        distributing::made(session, load)?;
    }
    for child in made {
        beside(session, &child.table.name, &load.table.name, &child.source)?;
    }
    let recognised = terms.anew && load.mode == Mode::Append { unique: true };
    if let Some(index) = session.dialect().recognition(&load.table).filter(|_| recognised) {
        session.alter(&index)?;
    }
    match &terms.tombstones {
        Some(tombstones) => open_graves(session, tombstones, load, remembered),
        None => Ok(()),
    }
}

/// Carries out one load, on a table as it is `stored` and on the `terms` that follow from that.
pub(super) fn carry_out(
    session: &mut dyn Session,
    place: usize,
    load: &Load,
    stored: Option<&Stored>,
    mut terms: Terms,
    sealed_at: i64,
    remembered: &mut Remembered,
) -> Result<Written> {
    let staging = format!("lastword_staging_{place}");
    shape(session, load, stored, &mut terms, remembered)?;
    let mut written = Written::default();
    if let Some(batch) = &terms.batch {
        let keeps = !terms.kept.is_empty() && !session.keeps_in_place();
        let merges = matches!(load.mode, Mode::Merge(_));
        let staged = !terms.anew && session.stages_all(&load.table.name);
        let guarded =
            staged || terms.tombstones.is_some() || batch.is_partial() || keeps || !load.children.is_empty();
        let compares = load.skip_unchanged && load.mode == Mode::Merge(Tie::Replace);
        written = if merges && (guarded || (compares && session.stages_ties(&load.table, batch)?)) {
            guarded::merge(session, &staging, load, &terms, batch, sealed_at)?
        } else if staged || !load.children.is_empty() {
            guarded::append(session, &staging, load, batch)?
        } else {
            session.write(&staging, load, &terms, batch)?
        };
    }
    if let Some(Tombstones { table, retention: Some(retention), .. }) = &terms.tombstones {
        let prune = sql::prune(session.dialect(), table);
        session.run("prune the tombstones", &prune, &[sealed_at.saturating_sub(*retention)])?;
    }
    if let (Some(activation), Some(version)) = (&load.activate, terms.activates) {
        written.ended = whole::activate(session, load, &terms, activation.hard, version, sealed_at)?;
    }
    remember(remembered, &load.table.name, terms.memory, stored.filter(|_| !terms.anew));
    for (place, swap) in load.swaps.iter().enumerate() {
        whole::swap(session, swap, load, &extras_of_swap(load, place), remembered)?;
    }
    Ok(written)
}

/// What the table of the swap at this place gets if it is made: the stream's is the first of them.
pub(super) fn extras_of_swap(load: &Load, place: usize) -> Extras {
    if place == 0 { Extras::clone(&load.extras) } else { load.extras.of_array() }
}

/// Makes the table for tombstones where it is not there.
fn open_graves(
    session: &mut dyn Session,
    tombstones: &Tombstones,
    load: &Load,
    remembered: &mut Remembered,
) -> Result<()> {
    let stored = session.describe(&tombstones.table)?;
    if stored.as_ref().is_some_and(|stored| stored.memory.is_some()) {
        return Ok(());
    }
    let table = tombstones.definition(&load.table);
    if stored.is_none() {
        session.alter(&change(session.dialect(), &table, &Change::CreateTable))?;
        let keys = table.columns.iter().filter(|column| column.role == Role::Key);
        let keys: Vec<_> = keys.map(|key| (key.name.clone(), key.name.clone())).collect();
        beside(session, &table.name, &load.table.name, &keys)?;
    }
    let keys = table.columns.iter().filter(|column| column.role == Role::Key);
    let memory = Memory {
        stream: load.memory.stream.clone(),
        mode: Beside::Tombstones.mode().to_owned(),
        keys: keys.map(|column| column.name.clone()).collect(),
        columns: table.columns.iter().map(|column| column.name.clone()).collect(),
        ..Memory::default()
    };
    remember(remembered, &table.name, memory, None);
    Ok(())
}

pub(super) fn remember(
    remembered: &mut Remembered,
    table: &TableName,
    memory: Memory,
    stored: Option<&Stored>,
) {
    // What is remembered as it was need not be written down.
    if stored.and_then(|stored| stored.memory.as_ref()) != Some(&memory) {
        remembered.insert(table.clone(), Some(Remember { memory, anew: stored.is_none() }));
    }
}

/// Makes the changes that the table needs now: since they were planned another loader may have made some of them, or others. A view
/// that stands in the way of a widening goes, whether the load knows of it or not.
pub(super) fn evolve(session: &mut dyn Session, evolving: &Evolving<'_>, memory: &mut Memory) -> Result<()> {
    let Evolving { table, changes, stored, view, extras, appends } = *evolving;
    let changes = match changes.contains(&Change::RecreateTable) || !session.is_shared() {
        true => changes.to_vec(),
        false => planned(table, changes, stored.map(|stored| &stored.table))?,
    };
    let mut old = stored.and_then(|stored| stored.memory.as_ref()?.latest_view.clone());
    if changes.iter().any(|change| matches!(change, Change::Widen { .. })) {
        let schema = &table.name.schema;
        let old = old.take().map(|name| TableName { schema: schema.clone(), name });
        let new = view.map(|view| view.name.clone());
        for name in old.iter().chain(new.iter().filter(|name| Some(*name) != old.as_ref())) {
            session.alter(&drop_view(name))?;
        }
        memory.latest_view = new.map(|name| name.name);
    }
    let appended = appends.then(|| without_key(table));
    for needed in &changes {
        session.alter(&change(session.dialect(), appended.as_ref().unwrap_or(table), needed))?;
    }
    // A shadow is none of these: what takes its rows over is.
    if changes.contains(&Change::CreateTable) {
        for columns in &extras.indices {
            if let Some(index) = session.dialect().index(&table.name, columns) {
                session.alter(&index)?;
            }
        }
        let_read(session, &table.name, extras)?;
    }
    if let Some(view) = view {
        session.alter(&latest_view(view))?;
        // One that was there keeps its own rights.
        if old.as_ref() != Some(&view.name.name) {
            let_read(session, &view.name, extras)?;
        }
    }
    Ok(())
}

/// Lets the readers read what was just made.
fn let_read(session: &mut dyn Session, made: &TableName, extras: &Extras) -> Result<()> {
    match session.dialect().let_read(made, &extras.readers) {
        Some(grant) => session.alter(&grant).map_err(|error| error.hint(READERS)),
        None => Ok(()),
    }
}

/// The changes that bring `existing` to `table` now. Of those that were `meant`, a widening that a value asked for is not in the table's
/// types: it stands by itself.
fn planned(table: &Table, meant: &[Change], existing: Option<&Table>) -> Result<Vec<Change>> {
    let is_due = |change: &&Change| match change {
        Change::Widen { column, from, .. } => {
            existing.and_then(|existing| existing.column(column)).is_some_and(|column| column.ty == *from)
        }
        _ => false,
    };
    let widened: Vec<Change> = meant.iter().filter(is_due).cloned().collect();
    let existing = existing.map(|existing| after(Some(existing), table, &widened));
    let rest = plan(existing.as_ref(), table, |ty| ty).map_err(|found| {
        Error::destination(format!(
            "another loader has changed the column {:?} to {}, and the rows at hand are {}",
            found.column, found.stored, found.wanted
        ))
        .hint("run again: the new run sees the table as it is")
    })?;
    Ok(widened.into_iter().chain(rest).collect())
}

/// The table with its key columns as plain ones.
fn without_key(table: &Table) -> Table {
    let mut table = table.clone();
    for column in table.columns.iter_mut().filter(|column| column.role == Role::Key) {
        column.role = Role::Value;
    }
    table
}
