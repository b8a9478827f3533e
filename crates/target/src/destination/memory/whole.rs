//! What happens to a table in memory as a whole: a version begins, or another table's content takes the place of its own.

use std::collections::BTreeSet;

use super::relation::{Relation, owner};
use super::{Cell, Content};
use crate::destination::terms::{Terms, swapped};
use crate::flush::{Child, Load, Swap};
use crate::table::{System, TableName};

impl Content {
    pub(super) fn activate(
        &mut self,
        load: &Load,
        terms: &Terms,
        hard: bool,
        version: i64,
        sealed_at: i64,
    ) -> u64 {
        let over = |relation: &Relation, row: &[Cell]| relation.version(row).table_version < version;
        if let Some(graves) = terms.tombstones.as_ref().and_then(|t| self.relations.get_mut(&t.table)) {
            let before = graves.clone();
            graves.rows.retain(|row| !over(&before, row));
        }
        let name = &load.table.name;
        let relation = self.relations[name].clone();
        if relation.stored.table.system(System::TableVersion).is_none() {
            return 0;
        }
        let ended: Vec<&Vec<Cell>> = relation.rows.iter().filter(|row| over(&relation, row)).collect();
        let parents = |child: &Child| -> BTreeSet<Vec<Cell>> {
            ended.iter().map(|row| self.source(child, name, row)).collect()
        };
        let parents: Vec<BTreeSet<Vec<Cell>>> = load.children.iter().map(parents).collect();
        for (child, parents) in load.children.iter().zip(&parents) {
            if hard {
                self.disown(child, parents);
            } else {
                self.mark(&child.table.name, sealed_at, |own, row| {
                    parents.contains(&owner(child, &own.stored, row))
                });
            }
        }
        if hard {
            self.rows(name).retain(|row| !over(&relation, row));
            return ended.len() as u64;
        }
        self.mark(name, sealed_at, over)
    }

    /// Marks rows as deleted where they are not.
    fn mark(&mut self, table: &TableName, at: i64, over: impl Fn(&Relation, &[Cell]) -> bool) -> u64 {
        let Some(relation) = self.relations.get_mut(table) else { return 0 };
        let Some(place) = relation.stored.table.system(System::DeletedAt) else { return 0 };
        let before = relation.clone();
        let mut marked = 0;
        for row in relation.rows.iter_mut().filter(|row| row[place] == Cell::Null && over(&before, row)) {
            row[place] = Cell::Timestamp(at);
            marked += 1;
        }
        marked
    }

    /// Puts the rows of the shadow in the place of the table's.
    pub(super) fn swap(&mut self, swap: &Swap) {
        let name = &swap.table.name;
        let stored = self.relations.get(name).map(|relation| relation.stored.clone());
        let old = stored.as_ref().and_then(|stored| stored.memory.as_ref());
        if let Some(tombstones) = old.and_then(|memory| memory.tombstones.clone()) {
            self.retain(&TableName { name: tombstones, ..name.clone() }, |_, _| false);
        }
        let memory = swapped(swap, stored.as_ref());
        self.evolve(&swap.table, &swap.changes, memory);
        let Some(shadow) = self.relations.remove(&swap.shadow) else { return };
        let columns = self.relations[name].stored.table.columns.iter();
        let places: Vec<_> = columns.map(|column| shadow.column(&column.name)).collect();
        let row = |row: &Vec<Cell>| -> Vec<Cell> {
            places.iter().map(|at| at.map_or(Cell::Null, |at| row[at].clone())).collect()
        };
        *self.rows(name) = shadow.rows.iter().map(row).collect();
    }
}
