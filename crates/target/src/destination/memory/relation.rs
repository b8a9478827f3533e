//! A table in memory, and what a load does to it, row by row.

use std::collections::{BTreeMap, BTreeSet};

use super::{Cell, Content, cells};
use crate::batch::{Mode, Sealed};
use crate::destination::terms::{Terms, terms, united};
use crate::destination::{Written, settle};
use crate::error::Result;
use crate::flush::{Child, Counts, Flush, Load, Tombstones};
use crate::merge::{Outcome, Tie, Version, decide_beside};
use crate::plan::{self, Change};
use crate::table::{Beside, Column, Memory, Role, Stored, System, Table, TableName};
use crate::types::Type;

/// A table with its rows, each with its cells in the order of the columns.
#[derive(Clone, Debug)]
pub(super) struct Relation {
    pub(super) stored: Stored,
    pub(super) rows: Vec<Vec<Cell>>,
}

/// What became of the rows of a batch.
struct Merged<'a> {
    load: &'a Load,
    terms: &'a Terms,
    batch: &'a Sealed,
    tie: Tie,
    sealed_at: i64,
    written: Written,
    /// The places of the rows that won, and of those whose arrays are stored.
    won: Vec<usize>,
    live: BTreeSet<u32>,
}

impl Relation {
    /// The row of each key, or with `by_sequence` of each key and sequence.
    fn places(&self, by_sequence: bool) -> BTreeMap<Vec<Cell>, usize> {
        let table = &self.stored.table;
        self.rows.iter().enumerate().map(|(place, row)| (identity(table, row, by_sequence), place)).collect()
    }

    pub(super) fn column(&self, name: &str) -> Option<usize> {
        self.stored.table.columns.iter().position(|column| column.name == name)
    }

    pub(super) fn version(&self, row: &[Cell]) -> Version {
        let whole = |system, otherwise| match self.stored.table.system(system).map(|at| &row[at]) {
            Some(Cell::Number(digits)) => digits.parse().unwrap_or(otherwise),
            _ => otherwise,
        };
        Version { table_version: whole(System::TableVersion, 0), sequence: whole(System::Sequence, i64::MIN) }
    }

    /// Whether two rows differ in nothing but the times of their loading.
    fn is_unchanged(&self, stored: &[Cell], incoming: &[Cell]) -> bool {
        let times = [System::ExtractedAt, System::ReceivedAt, System::BatchedAt].map(Role::System);
        let columns = self.stored.table.columns.iter().enumerate();
        columns.filter(|(_, column)| !times.contains(&column.role)).all(|(at, _)| stored[at] == incoming[at])
    }

    /// Turns the stored days of a column into instants. Numbers of all types are written in one way already.
    fn widen(&mut self, change: &Change) {
        let Change::Widen { column, from: Type::Date, to: Type::Timestamp } = change else { return };
        let Some(at) = self.column(column) else { return };
        for row in &mut self.rows {
            if let Cell::Date(days) = row[at] {
                row[at] = Cell::Timestamp(i64::from(days) * crate::time::DAY);
            }
        }
    }
}

fn identity(table: &Table, row: &[Cell], by_sequence: bool) -> Vec<Cell> {
    let mut cells = pick(row, &table.keys());
    if by_sequence {
        cells.extend(table.system(System::Sequence).map(|at| row[at].clone()));
        let version = table.system(System::TableVersion).map(|at| &row[at]);
        let none = || Cell::Number("0".into());
        cells.extend(version.map(|version| if *version == Cell::Null { none() } else { version.clone() }));
    }
    cells
}

fn pick(row: &[Cell], at: &[usize]) -> Vec<Cell> {
    at.iter().map(|&at| row[at].clone()).collect()
}

impl Content {
    /// Carries out a load.
    pub(super) fn apply(&mut self, load: &Load, flush: &Flush) -> Result<Counts> {
        let sealed_at = flush.sealed_at;
        let stored = self.relations.get(&load.table.name).map(|relation| relation.stored.clone());
        let terms = terms(load, &flush.id.load, stored.as_ref())?;
        self.evolve(&load.table, &load.changes, terms.memory.clone());
        for child in &load.children {
            let stored = self.relations.get(&child.table.name).map(|relation| &relation.stored);
            let memory = united(&child.memory, &child.table, stored);
            self.evolve(&child.table, &child.changes, memory);
        }
        if let Some(tombstones) = &terms.tombstones {
            self.open_graves(tombstones, load);
        }
        let mut written = match (&terms.batch, load.mode) {
            (None, _) => Written::default(),
            (Some(batch), Mode::Merge(tie)) => self.merge(load, &terms, batch, tie, sealed_at)?,
            (Some(batch), Mode::Append { unique }) => self.append(load, batch, unique)?,
        };
        if let Some(Tombstones { table, retention: Some(retention), .. }) = &terms.tombstones {
            let since = sealed_at - retention;
            self.retain(table, |graves, row| {
                let at = graves.table.system(System::BatchedAt);
                at.is_none_or(|at| row[at] >= Cell::Timestamp(since))
            });
        }
        if let (Some(activation), Some(version)) = (&load.activate, terms.activates) {
            written.ended = self.activate(load, &terms, activation.hard, version, sealed_at);
        }
        for swap in &load.swaps {
            self.swap(swap);
        }
        Ok(settle(load, terms.batch.as_ref(), written))
    }

    /// Makes changes to a table, and remembers it.
    pub(super) fn evolve(&mut self, table: &Table, changes: &[Change], memory: Memory) {
        if changes.contains(&Change::RecreateTable) {
            self.relations.remove(&table.name);
        }
        let relation = self.relations.entry(table.name.clone()).or_insert_with(|| Relation {
            stored: Stored { table: Table { columns: Vec::new(), ..table.clone() }, memory: None },
            rows: Vec::new(),
        });
        let existing = Some(&relation.stored.table).filter(|table| !table.columns.is_empty());
        relation.stored.table = plan::after(existing, table, changes);
        relation.stored.memory = Some(memory);
        let width = relation.stored.table.columns.len();
        for row in &mut relation.rows {
            row.resize(width, Cell::Null);
        }
        changes.iter().for_each(|change| relation.widen(change));
    }

    fn open_graves(&mut self, tombstones: &Tombstones, load: &Load) {
        let table = tombstones.definition(&load.table);
        let keys = table.keys().into_iter().map(|key| table.columns[key].name.clone());
        let memory = Memory {
            stream: load.memory.stream.clone(),
            mode: Beside::Tombstones.mode().to_owned(),
            keys: keys.collect(),
            columns: table.columns.iter().map(|column| column.name.clone()).collect(),
            ..Memory::default()
        };
        let stored = Stored { table, memory: Some(memory) };
        self.relations
            .entry(tombstones.table.clone())
            .or_insert_with(|| Relation { stored, rows: Vec::new() });
    }

    /// The cells of the row of a batch at `place`, in the order of the columns of the table that it is for.
    fn row(&self, table: &Table, batch: &Sealed, place: usize) -> Result<Vec<Cell>> {
        let incoming = cells(table, batch.all(), place)?;
        let stored = &self.relations[&table.name].stored.table;
        let cells: BTreeMap<&str, Cell> =
            table.columns.iter().map(|column| column.name.as_str()).zip(incoming).collect();
        let cell = |column: &Column| cells.get(column.name.as_str()).cloned().unwrap_or(Cell::Null);
        Ok(stored.columns.iter().map(cell).collect())
    }

    fn append(&mut self, load: &Load, batch: &Sealed, unique: bool) -> Result<Written> {
        let name = &load.table.name;
        let mut there: BTreeSet<Vec<Cell>> = self.relations[name].places(true).into_keys().collect();
        let table = self.relations[name].stored.table.clone();
        let (mut written, mut live) = (Written::default(), BTreeSet::new());
        for place in batch.places() {
            let row = self.row(&load.table, batch, place)?;
            if unique && !there.insert(identity(&table, &row, true)) {
                written.duplicate += 1;
                continue;
            }
            self.rows(name).push(row);
            live.extend(u32::try_from(place));
            written.inserted += 1;
        }
        self.adopt(load, &live)?;
        Ok(written)
    }

    fn merge(
        &mut self,
        load: &Load,
        terms: &Terms,
        batch: &Sealed,
        tie: Tie,
        sealed_at: i64,
    ) -> Result<Written> {
        let (written, won, live) = (Written::default(), Vec::new(), BTreeSet::new());
        let mut merged = Merged { load, terms, batch, tie, sealed_at, written, won, live };
        let mut places = self.relations[&load.table.name].places(false);
        for place in batch.places() {
            self.merge_row(&mut merged, &mut places, place)?;
        }
        // A key that was deleted keeps its place up to here, for the places of the others to hold.
        self.rows(&load.table.name).retain(|row| !row.is_empty());
        let Merged { written, won, live, .. } = merged;
        for child in &load.children {
            self.orphan(load, batch, child, &won)?;
        }
        self.adopt(load, &live)?;
        Ok(written)
    }

    fn merge_row(
        &mut self,
        merged: &mut Merged<'_>,
        places: &mut BTreeMap<Vec<Cell>, usize>,
        place: usize,
    ) -> Result<()> {
        let name = &merged.load.table.name;
        let mut row = self.row(&merged.load.table, merged.batch, place)?;
        let relation = &self.relations[name];
        let key = pick(&row, &relation.stored.table.keys());
        let held = places.get(&key).copied();
        let stored = held.map(|at| relation.version(&relation.rows[at]));
        let graves = merged.terms.tombstones.as_ref().map(|tombstones| &self.relations[&tombstones.table]);
        let grave = graves.and_then(|graves| {
            let at = graves.stored.table.keys();
            graves.rows.iter().find(|grave| pick(grave, &at) == key).map(|grave| graves.version(grave))
        });
        let outcome = decide_beside(stored, grave, relation.version(&row), merged.tie);
        match outcome {
            Outcome::Stale => merged.written.stale += 1,
            Outcome::Duplicate => merged.written.duplicate += 1,
            Outcome::Insert | Outcome::Replace => {}
        }
        if matches!(outcome, Outcome::Stale | Outcome::Duplicate) {
            return Ok(());
        }
        if let Some(held) = held {
            for (at, column) in relation.stored.table.columns.iter().enumerate() {
                let own = merged.load.table.columns.iter().position(|own| own.name == column.name);
                let stays = match own {
                    Some(own) => !merged.batch.carries(place, own),
                    None => merged.terms.kept.contains(&column.name),
                };
                if stays {
                    row[at] = relation.rows[held][at].clone();
                }
            }
        }
        if let Some(held) = held.filter(|_| merged.load.skip_unchanged && merged.load.children.is_empty())
            && stored == Some(relation.version(&row))
            && relation.is_unchanged(&relation.rows[held], &row)
        {
            merged.written.duplicate += 1;
            return Ok(());
        }
        let deleted = relation.stored.table.system(System::DeletedAt).is_some_and(|at| row[at] != Cell::Null);
        merged.won.push(place);
        match outcome {
            _ if deleted => merged.written.deleted += 1,
            Outcome::Insert => merged.written.inserted += 1,
            _ => merged.written.replaced += 1,
        }
        if let Some(tombstones) = &merged.terms.tombstones {
            let sequence = relation.version(&row).sequence;
            let table_version = relation.stored.table.system(System::TableVersion);
            let table_version = table_version.map_or(Cell::Null, |at| row[at].clone());
            let graves = self.relations.get_mut(&tombstones.table).expect("it was opened");
            let at = graves.stored.table.keys();
            graves.rows.retain(|grave| pick(grave, &at) != key);
            if deleted && tombstones.hard {
                let mut grave = key.clone();
                // In the order of the definition.
                let sequence = Cell::Number(sequence.to_string());
                grave.extend([sequence, table_version, Cell::Timestamp(merged.sealed_at)]);
                graves.rows.push(grave);
                if let Some(held) = held {
                    places.remove(&key);
                    self.rows(name)[held].clear();
                }
                return Ok(());
            }
        }
        merged.live.extend(u32::try_from(place));
        let rows = self.rows(name);
        match held {
            Some(held) => rows[held] = row,
            None => {
                places.insert(key, rows.len());
                rows.push(row);
            }
        }
        Ok(())
    }

    pub(super) fn rows(&mut self, table: &TableName) -> &mut Vec<Vec<Cell>> {
        &mut self.relations.get_mut(table).expect("the table was made").rows
    }

    pub(super) fn retain(&mut self, table: &TableName, stays: impl Fn(&Stored, &[Cell]) -> bool) {
        if let Some(Relation { stored, rows }) = self.relations.get_mut(table) {
            rows.retain(|row| stays(stored, row));
        }
    }

    /// Takes away the rows of an array whose parents are at these places of the batch.
    fn orphan(&mut self, load: &Load, batch: &Sealed, child: &Child, places: &[usize]) -> Result<()> {
        let mut parents = BTreeSet::new();
        for &place in places {
            parents.insert(self.source(child, &load.table.name, &self.row(&load.table, batch, place)?));
        }
        self.disown(child, &parents);
        Ok(())
    }

    /// What the children of a row repeat of it.
    pub(super) fn source(&self, child: &Child, table: &TableName, row: &[Cell]) -> Vec<Cell> {
        let relation = &self.relations[table];
        let cell = |name: &str| relation.column(name).map_or(Cell::Null, |at| row[at].clone());
        child.source.iter().map(|(_, theirs)| cell(theirs)).collect()
    }

    pub(super) fn disown(&mut self, child: &Child, parents: &BTreeSet<Vec<Cell>>) {
        self.retain(&child.table.name, |own, row| !parents.contains(&owner(child, own, row)));
    }

    /// Inserts the rows of arrays whose parents are at these places of the batch.
    fn adopt(&mut self, load: &Load, live: &BTreeSet<u32>) -> Result<()> {
        for child in &load.children {
            let Some(rows) = &child.rows else { continue };
            let whole = Sealed::whole(child.table.clone(), rows.rows.clone());
            for (place, parent) in rows.parents.iter().enumerate() {
                if live.contains(parent) {
                    let row = self.row(&child.table, &whole, place)?;
                    self.rows(&child.table.name).push(row);
                }
            }
        }
        Ok(())
    }
}

/// What a row of an array repeats of its parent.
pub(super) fn owner(child: &Child, own: &Stored, row: &[Cell]) -> Vec<Cell> {
    let at = |name: &str| own.table.columns.iter().position(|column| column.name == name);
    child.source.iter().map(|(name, _)| at(name).map_or(Cell::Null, |at| row[at].clone())).collect()
}
