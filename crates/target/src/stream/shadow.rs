//! An overwrite collects what one run brings in a shadow, which takes the place of the table's content at the run's end.

use super::find::Finder;
use super::open::With;
use super::settle::Aim;
use crate::error::Result;
use crate::flush::Swap;
use crate::plan::{self, Change};
use crate::table::{Beside, Column, Memory, Stored, Table, TableName};

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

/// The place of a shadow, and the shadow where this run has begun it.
pub(super) struct Place {
    name: TableName,
    begun: Option<Stored>,
}

/// What rows are aimed at: the shadow that this run has begun, else the table as it is `stored`.
pub(super) fn against<'a>(place: Option<&'a Place>, stored: Option<&'a Stored>) -> Option<&'a Stored> {
    place.and_then(|place| place.begun.as_ref()).or(stored)
}

/// Where the shadow of the table `name` is, in an overwrite.
pub(super) fn place(name: &TableName, with: With<'_>, finder: &mut Finder<'_>) -> Result<Option<Place>> {
    if !with.overwrites() {
        return Ok(None);
    }
    let (shadow, stored) = finder.find(&format!("{}__overwrite", name.name), Some(Beside::Shadow))?;
    let own = |memory: &Memory| memory.load_id.as_deref() == Some(with.load_id);
    let begun = stored.filter(|stored| stored.memory.as_ref().is_some_and(own));
    Ok(Some(Place { name: shadow, begun }))
}

/// The shadow of the table `name`, which is `stored`: that of this run where it has begun, else a new one in place of what another run
/// left. `main` is aimed at what was begun, else at the table.
pub(super) fn open(
    main: &Aim,
    name: &TableName,
    stored: Option<&Stored>,
    place: Place,
    memory: &Memory,
    load_id: &str,
) -> Result<Shadow> {
    let Place { name: shadow, begun } = place;
    let table = Table { name: shadow.clone(), ..main.table.clone() };
    // What an earlier SCHEMA of this run had is brought over, too.
    let (changes, columns) = match &begun {
        None => (vec![Change::RecreateTable], table.columns.clone()),
        Some(_) => (main.changes.clone(), main.whole.columns.clone()),
    };
    let changes_of_table = match (stored, &begun) {
        (None, _) => vec![Change::CreateTable],
        (Some(_), None) => main.changes.clone(),
        (Some(stored), Some(_)) => changes_to_hold(&stored.table, &columns)?,
    };
    let memory_of_shadow = Memory {
        mode: Beside::Shadow.mode().to_owned(),
        load_id: Some(load_id.to_owned()),
        sequence_source: begun.and_then(|begun| begun.memory?.sequence_source),
        ..memory.clone()
    };
    let table_of_table = Table { name: name.clone(), columns };
    Ok(Shadow {
        table,
        changes,
        memory: memory_of_shadow,
        of: Shadowed { shadow, table: table_of_table, changes: changes_of_table, memory: memory.clone() },
    })
}

/// The changes that make a table hold what a shadow's columns do.
fn changes_to_hold(table: &Table, columns: &[Column]) -> Result<Vec<Change>> {
    let mut changes = Vec::new();
    for column in columns {
        match table.column(&column.name) {
            None => changes.push(Change::AddColumn(Column { nullable: true, ..column.clone() })),
            Some(stored) if stored.ty.holds(column.ty) => {}
            Some(_) => {
                changes
                    .push(plan::widen(table, &column.name, column.ty).map_err(super::wanted::incompatible)?);
            }
        }
    }
    Ok(changes)
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
