//! What a load comes to, once the table and what is remembered of it have been read again inside the transaction. Pure: all
//! destinations follow it.

use std::collections::{BTreeMap, BTreeSet};

use crate::batch::{Mode, Sealed};
use crate::error::{Error, Result};
use crate::flush::{Load, Swap, Tombstones};
use crate::plan::Change;
use crate::table::{Memory, Stored, Table, TableName};

/// A load's terms. In memory a table is what it is: there nothing has to be set back or written down anew.
#[derive(Debug)]
#[cfg_attr(not(any(feature = "duckdb", feature = "postgres")), allow(dead_code))]
pub(super) struct Terms {
    /// What is to be remembered of the table.
    pub(super) memory: Memory,
    /// Whether nothing that was remembered holds any more: the table is a new one.
    pub(super) anew: bool,
    /// The rows to write: without those that are over.
    pub(super) batch: Option<Sealed>,
    /// The version that becomes active now, where it is none that is over itself.
    pub(super) activates: Option<i64>,
    /// Where deleted keys are remembered.
    pub(super) tombstones: Option<Tombstones>,
    /// The table's columns that an update leaves as they are: a user's, and where rows leave alone what they do not carry, all others.
    pub(super) kept: Vec<String>,
    /// The loader's columns that the rows do not have: an update sets them back.
    pub(super) gone: Vec<String>,
}

/// The terms of `load`, of this run, on the table as it is `stored`.
///
/// # Errors
/// Where another loader has made the load impossible since it was planned.
pub(super) fn terms(load: &Load, run: &str, stored: Option<&Stored>) -> Result<Terms> {
    let recreates = load.changes.contains(&Change::RecreateTable);
    let stored = stored.filter(|_| !recreates);
    let remembered = stored.and_then(|stored| stored.memory.as_ref());
    agree(load, run, remembered, recreates)?;
    let mut memory = united(&load.memory, &load.table, stored);
    if let Some(view) = &load.view {
        memory.latest_view = Some(view.name.name.clone());
    }
    let asked = load.activate.map(|activation| activation.version);
    let activates = match load.shard {
        None => asked.filter(|version| memory.active_version.is_none_or(|active| active <= *version)),
        Some(shard) => asked
            .and_then(|version| shard.activates(version, &mut memory.activated))
            .filter(|version| memory.active_version < Some(*version)),
    };
    memory.active_version = memory.active_version.max(activates);
    let merges = matches!(load.mode, Mode::Merge(_));
    let beside = memory.tombstones.as_ref().map(|name| Tombstones {
        table: TableName { schema: load.table.name.schema.clone(), name: name.clone() },
        hard: false,
        retention: None,
    });
    let tombstones = load.tombstones.clone().or(beside).filter(|_| merges);
    if let Some(tombstones) = &tombstones {
        memory.tombstones = Some(tombstones.table.name.clone());
    }
    let hard = tombstones.as_ref().is_some_and(|tombstones| tombstones.hard);
    let batch = match &load.batch {
        Some(batch) => {
            let own = load.shard.and_then(|shard| memory.activated.get(&shard).copied());
            Some(batch.since(memory.active_version.max(own), hard)?)
        }
        None => None,
    };
    let unloaded = stored.iter().flat_map(|stored| &stored.table.columns);
    let loaded = load.table.by_name();
    let unloaded =
        unloaded.map(|column| column.name.clone()).filter(|name| !loaded.contains_key(name.as_str()));
    let keeps = batch.as_ref().is_some_and(Sealed::keeps);
    let known: BTreeSet<&String> = memory.columns.iter().collect();
    let (gone, kept) = unloaded.partition(|name| !keeps && known.contains(name));
    Ok(Terms { memory, anew: stored.is_none(), batch, activates, tombstones, kept, gone })
}

/// Demands that the load can still be compared with what the table holds, and that the table is still its own.
fn agree(load: &Load, run: &str, remembered: Option<&Memory>, recreates: bool) -> Result<()> {
    let again = |what: String| Err(Error::destination(what).hint("run again, once the other run has ended"));
    let makes = load.changes.contains(&Change::CreateTable);
    let new = recreates || (makes && remembered.is_none());
    let owner = remembered.and_then(|memory| memory.load_id.as_deref());
    let own = load.memory.load_id.as_deref();
    // A shadow is written by the run that it belongs to, and by no other: not even by one that only knows its name.
    if !new && (owner != own || owner.is_some_and(|owner| owner != run)) {
        return again("another run has begun to overwrite this table".to_owned());
    }
    let stored = remembered.and_then(|memory| memory.sequence_source.as_ref());
    match (stored, &load.memory.sequence_source) {
        (Some(stored), Some(own)) if stored != own => again(format!(
            "another loader was first: the table's sequences come from {stored} now, and this load's from {own}, which cannot be \
             compared"
        )),
        _ => Ok(()),
    }
}

/// What is remembered, and what a load has to add to it.
pub(super) fn united(own: &Memory, table: &Table, stored: Option<&Stored>) -> Memory {
    let Some(remembered) = stored.and_then(|stored| stored.memory.as_ref()) else {
        return Memory { columns: columns([], own, table), activated: BTreeMap::new(), ..own.clone() };
    };
    // A loader that did not remember them has made them all.
    let all = stored.iter().flat_map(|stored| &stored.table.columns).map(|column| &column.name);
    let known = match remembered.columns.is_empty() {
        true => columns(all, own, table),
        false => columns(&remembered.columns, own, table),
    };
    Memory {
        stream: remembered.stream.clone(),
        mode: remembered.mode.clone(),
        keys: remembered.keys.clone(),
        sequence_source: own.sequence_source.clone().or_else(|| remembered.sequence_source.clone()),
        arrival_sequence: own.arrival_sequence.max(remembered.arrival_sequence),
        active_version: own.active_version.max(remembered.active_version),
        columns: known,
        tombstones: remembered.tombstones.clone(),
        latest_view: remembered.latest_view.clone(),
        load_id: own.load_id.clone(),
        schema: own.schema.clone().or_else(|| remembered.schema.clone()),
        activated: remembered.activated.clone(),
    }
}

/// What is remembered of a table whose content a shadow's takes the place of. The rows are of another source maybe, and of versions of
/// their own; tombstones and view are the table's.
pub(super) fn swapped(swap: &Swap, stored: Option<&Stored>) -> Memory {
    let old = stored.and_then(|stored| stored.memory.clone()).unwrap_or_default();
    Memory {
        columns: united(&swap.memory, &swap.table, stored).columns,
        tombstones: old.tombstones,
        latest_view: old.latest_view,
        ..swap.memory.clone()
    }
}

/// The columns that are known, then those that are not yet.
fn columns<'a>(
    known: impl IntoIterator<Item = &'a String>,
    own: &'a Memory,
    table: &'a Table,
) -> Vec<String> {
    let mut met = BTreeSet::new();
    let all = own.columns.iter().chain(table.columns.iter().map(|column| &column.name));
    known.into_iter().chain(all).filter(|name| met.insert(*name)).cloned().collect()
}

/// Whether the terms ask for more than the load knew: tombstones, or something to remember but the greatest sequence and the schema.
/// Nobody else may do so at the same time.
#[cfg(feature = "postgres")]
pub(super) fn is_news(terms: &Terms, stored: Option<&Stored>) -> bool {
    if terms.tombstones.is_some() {
        return true;
    }
    let Some(memory) = stored.and_then(|stored| stored.memory.as_ref()) else { return true };
    let Memory { arrival_sequence, schema, .. } = terms.memory.clone();
    terms.anew || terms.memory != Memory { arrival_sequence, schema, ..memory.clone() }
}

/// Whether a load needs its table to itself, as far as it knows.
#[cfg(feature = "postgres")]
pub(super) fn is_alone(load: &Load) -> bool {
    !load.changes.is_empty()
        || load.view.is_some()
        || load.tombstones.is_some()
        || load.activate.is_some()
        || !load.children.is_empty()
        || !load.swaps.is_empty()
        || load.mode == (Mode::Append { unique: true })
        || load.batch.as_ref().is_some_and(Sealed::is_partial)
}
