//! What is asked of a table → the table as it will be, and how to get there.

use std::collections::{BTreeMap, BTreeSet};

use super::find::Finder;
use super::layout::Wish;
use super::wanted::{DELETED_AT, incompatible};
use crate::config::{Nested, OnConflict, StreamSettings};
use crate::destination::Abilities;
use crate::error::{Error, Result};
use crate::names;
use crate::plan::{self, Change};
use crate::table::{Column, Memory, Role, Stored, System, Table, TableName};
use crate::types::Type;

/// What is asked of a table.
pub(super) struct Asked<'a> {
    /// Its place.
    pub(super) name: TableName,
    /// Columns of the loader's own, before those of properties.
    pub(super) before: Vec<Column>,
    /// The columns of properties.
    pub(super) wishes: &'a [Wish],
    /// The properties that are the key.
    pub(super) keys: &'a [String],
    /// Columns of the loader's own, behind those of properties.
    pub(super) after: Vec<Column>,
}

/// How a table is loaded into.
pub(super) struct Aim {
    /// The table with the columns that are loaded, in the types that they will have.
    pub(super) table: Table,
    /// The place in it of each wish.
    pub(super) places: Vec<usize>,
    /// The changes to make first.
    pub(super) changes: Vec<Change>,
    /// The table with all the columns that it will have.
    pub(super) whole: Table,
}

impl Aim {
    /// Lets `memory` know which columns are the loader's. In a table that was loaded before they were remembered, all are.
    pub(super) fn own(&self, memory: &mut Memory, stored: Option<&Stored>) {
        let known = stored.is_some_and(|stored| stored.memory.is_some());
        let all = self.table.columns.iter().chain(match stored {
            Some(stored) if known && memory.columns.is_empty() => stored.table.columns.iter(),
            _ => [].iter(),
        });
        let mut known: BTreeSet<String> = memory.columns.iter().cloned().collect();
        for column in all {
            if known.insert(column.name.clone()) {
                memory.columns.push(column.name.clone());
            }
        }
    }
}

/// Brings together what is asked with what exists.
pub(super) fn aim(
    asked: &Asked<'_>,
    stored: Option<&Stored>,
    settings: &StreamSettings,
    abilities: &Abilities,
    finder: &mut Finder<'_>,
) -> Result<Aim> {
    let (mut wanted, mut names) = wanted(asked, stored, settings, abilities);
    let existing = stored.map(|stored| &stored.table);
    if let Some(existing) = existing.filter(|_| settings.on_type_conflict == OnConflict::Split) {
        let before = wanted.clone();
        plan::split(existing, &mut wanted, &abilities.names, abilities.storage);
        let pairs = before.columns.iter().zip(&wanted.columns).filter(|(old, new)| old.name != new.name);
        let renamed: BTreeMap<&str, &str> =
            pairs.map(|(old, new)| (old.name.as_str(), new.name.as_str())).collect();
        for name in &mut names {
            if let Some(new) = renamed.get(name.as_str()) {
                *name = (*new).to_owned();
            }
        }
    }
    // What a value asks for is asked of the column that the property goes to.
    let raised = raised(asked, &mut wanted, &names, stored, finder)?;
    let widened = existing.map(|existing| plan::after(Some(existing), &wanted, &raised));
    let changes = plan::plan(widened.as_ref(), &wanted, abilities.storage).map_err(incompatible)?;
    let changes: Vec<Change> = raised.into_iter().chain(changes).collect();
    let whole = plan::after(existing, &wanted, &changes);
    let types = whole.by_name();
    let columns = wanted.columns.iter().map(|column| {
        let ty = types.get(column.name.as_str()).map_or(column.ty, |column| column.ty);
        Column { ty, ..column.clone() }
    });
    let table = Table { name: asked.name.clone(), columns: columns.collect() };
    let at: BTreeMap<&str, usize> =
        table.columns.iter().enumerate().map(|(place, column)| (column.name.as_str(), place)).collect();
    let places: Option<Vec<usize>> = names.iter().map(|name| at.get(name.as_str()).copied()).collect();
    let places = places.ok_or_else(|| Error::bug("a property has no column"))?;
    Ok(Aim { table, places, changes, whole })
}

/// The columns that are to be widened because a value asked for it. Where the stored values do not come along, the column becomes text.
fn raised(
    asked: &Asked<'_>,
    wanted: &mut Table,
    names: &[String],
    stored: Option<&Stored>,
    finder: &mut Finder<'_>,
) -> Result<Vec<Change>> {
    let mut changes = Vec::new();
    for (wish, name) in asked.wishes.iter().zip(names) {
        let Some(floor) = wish.floor else { continue };
        let column = stored.and_then(|stored| stored.table.column(name));
        let Some(from) = column.map(|column| column.ty).filter(|from| *from != floor) else {
            // A column that is new, or is that wide already.
            wanted
                .columns
                .iter_mut()
                .filter(|wanted| wanted.name == *name)
                .for_each(|wanted| wanted.ty = floor);
            continue;
        };
        // Of decimals each has its own length; the other steps always hold what is there.
        let fits = !matches!(floor, Type::Decimal { .. }) || finder.fits(&asked.name, name, from, floor)?;
        let to = if fits { floor } else { Type::Text };
        if let Some(wanted) = wanted.columns.iter_mut().find(|wanted| wanted.name == *name) {
            wanted.ty = to;
        }
        changes.push(Change::Widen { column: name.clone(), from, to });
    }
    Ok(changes)
}

/// The table that is wanted, with the column's name of each wish. The property `_sdc_deleted_at` is what the system column is for.
fn wanted(
    asked: &Asked<'_>,
    stored: Option<&Stored>,
    settings: &StreamSettings,
    abilities: &Abilities,
) -> (Table, Vec<String>) {
    let own: Vec<&str> = asked.before.iter().chain(&asked.after).map(|column| column.name.as_str()).collect();
    let marks = |name: &str| name == DELETED_AT && own.contains(&name);
    let reserved: Vec<&str> = own.iter().copied().chain([System::RecordHash.name()]).collect();
    let existing: Vec<&str> = stored
        .iter()
        .flat_map(|stored| &stored.table.columns)
        .map(|column| column.name.as_str())
        .filter(|name| !own.contains(name))
        .collect();
    // Where a member of an object would have the name of a property, the property has it, whichever stands first.
    let own_name = |wish: &&Wish| wish.name == wish.property.name;
    let (first, rest): (Vec<&Wish>, Vec<&Wish>) =
        asked.wishes.iter().filter(|wish| !marks(&wish.name)).partition(own_name);
    let asking: Vec<&str> = first.iter().chain(&rest).map(|wish| wish.name.as_str()).collect();
    let mut rules = abilities.names;
    if settings.nested != Nested::Json {
        rules.max_bytes = settings.flatten_max_name.map_or(rules.max_bytes, |most| most.min(rules.max_bytes));
    }
    let mut named = names::columns(&asking, &existing, &reserved, &rules).into_iter();
    let mut first_named = named.by_ref().take(first.len()).collect::<Vec<_>>().into_iter();
    let names: Vec<String> = asked
        .wishes
        .iter()
        .map(|wish| match marks(&wish.name) {
            true => DELETED_AT.to_owned(),
            false if own_name(&wish) => first_named.next().unwrap_or_default(),
            false => named.next().unwrap_or_default(),
        })
        .collect();
    let keys: BTreeSet<&str> = asked.keys.iter().map(String::as_str).collect();
    let wishes =
        asked.wishes.iter().zip(&names).filter(|(wish, _)| !marks(&wish.name)).map(|(wish, name)| {
            let key = wish.name == wish.property.name && keys.contains(wish.property.name.as_str());
            Column {
                name: name.clone(),
                ty: (abilities.storage)(wish.property.ty),
                nullable: !key,
                role: if key { Role::Key } else { Role::Value },
            }
        });
    let columns = asked.before.iter().cloned().chain(wishes).chain(asked.after.iter().cloned()).collect();
    (Table { name: asked.name.clone(), columns }, names)
}
