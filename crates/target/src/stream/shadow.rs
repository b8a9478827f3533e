//! An overwrite collects what one run brings in a shadow, which takes the place of the table's content at the run's end.

use super::find::{Finder, Kind};
use super::settle::Aim;
use crate::error::Result;
use crate::flush::Swap;
use crate::plan::{Change, after, plan};
use crate::table::{Memory, Table, TableName};

/// A shadow, and what it is the shadow of.
pub(super) struct Shadow {
    /// The shadow, with the columns that are loaded.
    pub(super) table: Table,
    pub(super) changes: Vec<Change>,
    pub(super) memory: Memory,
    pub(super) of: Shadowed,
}

/// What the shadow takes the place of at the end.
#[derive(Clone, Debug)]
pub(super) struct Shadowed {
    shadow: TableName,
    table: Table,
    changes: Vec<Change>,
    memory: Memory,
}

/// The shadow of `main`: that of this run where it has begun, else a new one in place of what another run left.
pub(super) fn open(
    main: &Aim,
    name: &TableName,
    memory: &Memory,
    load_id: &str,
    finder: &mut Finder<'_>,
) -> Result<Shadow> {
    let (shadow, stored) = finder.find(&format!("{}__overwrite", name.name), Kind::Shadow)?;
    let own = |memory: &Memory| memory.load_id.as_deref() == Some(load_id);
    let begun = stored.filter(|stored| stored.memory.as_ref().is_some_and(own));
    let table = Table { name: shadow.clone(), ..main.table.clone() };
    let changes = match &begun {
        None => vec![Change::RecreateTable],
        Some(begun) => plan(Some(&begun.table), &table, |ty| ty).map_err(super::wanted::incompatible)?,
    };
    // What an earlier SCHEMA of this run had is brought over, too.
    let whole = after(begun.as_ref().map(|begun| &begun.table), &table, &changes);
    let mut changes_of_table = main.changes.clone();
    if !changes_of_table.contains(&Change::CreateTable) {
        let more = whole.columns.iter().filter(|column| main.whole.column(&column.name).is_none());
        changes_of_table.extend(more.cloned().map(Change::AddColumn));
    }
    let table_of_table = Table { name: name.clone(), columns: whole.columns };
    let memory_of_shadow = Memory {
        mode: Kind::Shadow.name().unwrap_or_default().to_owned(),
        load_id: Some(load_id.to_owned()),
        sequence_source: begun.and_then(|begun| begun.memory?.sequence_source),
        ..memory.clone()
    };
    Ok(Shadow {
        table,
        changes,
        memory: memory_of_shadow,
        of: Shadowed { shadow, table: table_of_table, changes: changes_of_table, memory: memory.clone() },
    })
}

impl Shadowed {
    /// The table's place.
    pub(super) fn name(&self) -> &TableName {
        &self.table.name
    }

    /// What is to be done at the end of the run, given what was learned of the shadow.
    pub(super) fn swap(self, shadow: &Memory) -> Swap {
        let memory = Memory {
            sequence_source: shadow.sequence_source.clone(),
            arrival_sequence: shadow.arrival_sequence.or(self.memory.arrival_sequence),
            active_version: shadow.active_version,
            ..self.memory
        };
        Swap { shadow: self.shadow, table: self.table.into(), changes: self.changes, memory }
    }
}
