//! Which DDL is needed: `plan(what exists, what is wanted) → changes`, a pure function.
//!
//! Nothing is ever lost by a plan: it adds columns, widens them, and lets them be NULL. A column that nobody wants any more
//! stays; a column that exists in a type which holds the wanted one keeps its type. Planning again after the changes were made
//! gives no changes. [`after`] says what the table will be, so that rows can be decoded for it before the changes are made.

mod split;

use std::collections::BTreeMap;

use crate::table::{Column, Role, Table};
use crate::types::{self, Type};

pub use split::{split, suffix};

/// One change to a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Make the table.
    CreateTable,
    /// Make the table, in place of what is there: the shadow of an overwrite that did not end.
    RecreateTable,
    /// Add a column at the end. It is nullable: rows that are there have no value for it.
    AddColumn(Column),
    /// Give a column a type that holds more.
    Widen {
        /// The column.
        column: String,
        /// Its type now.
        from: Type,
        /// Its type afterwards.
        to: Type,
    },
    /// Let a column be NULL.
    DropNotNull {
        /// The column.
        column: String,
    },
}

/// A column whose stored and wanted types cannot be brought together in place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incompatible {
    /// The column.
    pub column: String,
    /// Whether it is a key column: those are never changed.
    pub key: bool,
    /// The type that it has.
    pub stored: Type,
    /// The type that is wanted.
    pub wanted: Type,
}

/// The changes that make `existing` hold what is `wanted`, in the order to make them. `storage` says as which type the
/// destination stores a type.
///
/// # Errors
/// The first column whose types are incompatible.
pub fn plan(
    existing: Option<&Table>,
    wanted: &Table,
    storage: impl Fn(Type) -> Type,
) -> Result<Vec<Change>, Incompatible> {
    let Some(existing) = existing else { return Ok(vec![Change::CreateTable]) };
    let mut changes = Vec::new();
    let existing = existing.by_name();
    for column in &wanted.columns {
        let Some(stored) = existing.get(column.name.as_str()) else {
            if column.role == Role::Key {
                let (column, wanted) = (column.name.clone(), column.ty);
                return Err(Incompatible { column, key: true, stored: Type::Foreign, wanted });
            }
            changes.push(Change::AddColumn(Column { nullable: true, ..column.clone() }));
            continue;
        };
        if let Some(to) = widened(stored.ty, column, &storage)? {
            changes.push(Change::Widen { column: column.name.clone(), from: stored.ty, to });
        }
        if column.nullable && !stored.nullable {
            changes.push(Change::DropNotNull { column: column.name.clone() });
        }
    }
    Ok(changes)
}

/// The type that a stored column must get for `wanted`, where its own does not do.
fn widened(
    stored: Type,
    wanted: &Column,
    storage: impl Fn(Type) -> Type,
) -> Result<Option<Type>, Incompatible> {
    let key = wanted.role == Role::Key;
    let system = matches!(wanted.role, Role::System(_));
    let incompatible = || Incompatible { column: wanted.name.clone(), key, stored, wanted: wanted.ty };
    // Other loaders have the times of their system columns without a zone, or as text.
    let written = wanted.ty == Type::Timestamp
        && (stored == Type::LocalTimestamp || matches!(stored, Type::Text | Type::Varchar { .. }));
    let keeps = if system { written } else { types::keeps(stored, wanted.ty) };
    if stored == wanted.ty || keeps {
        return Ok(None);
    }
    let joined = storage(stored.join(wanted.ty));
    // Where decimals are short, one that is there holds more digits than the double that would take its place.
    let shorter = matches!(stored, Type::Decimal { .. }) && joined == Type::Double;
    if !system && (joined == stored || shorter) {
        return Ok(None);
    }
    if key || !widens_in_place(stored, joined) || (system && joined != wanted.ty) {
        Err(incompatible())
    } else {
        Ok(Some(joined))
    }
}

/// The change that lets a stored column hold a value that it does not hold yet: `to` is what [`types::needed`] says of it.
///
/// # Errors
/// Where the column is a key's, is not there, or cannot become that.
pub fn widen(existing: &Table, column: &str, to: Type) -> Result<Change, Incompatible> {
    let stored = existing.column(column);
    let key = stored.is_some_and(|stored| stored.role == Role::Key);
    match stored {
        Some(stored) if !key && types::widens_by_value(stored.ty, to) => {
            Ok(Change::Widen { column: column.to_owned(), from: stored.ty, to })
        }
        stored => {
            let stored = stored.map_or(Type::Foreign, |stored| stored.ty);
            Err(Incompatible { column: column.to_owned(), key, stored, wanted: to })
        }
    }
}

/// Whether both databases can change a column from one type to the other without a loss because a schema says so. Text and JSON are
/// left to a new column: a reader of a number should not find text there tomorrow.
fn widens_in_place(from: Type, to: Type) -> bool {
    let numbers = from.is_numeric() && to.is_numeric();
    let times = matches!(from, Type::Date | Type::LocalTimestamp) && to == Type::Timestamp;
    numbers || times || (matches!(from, Type::Varchar { .. }) && to.is_text())
}

/// What the table will be after `changes`.
#[must_use]
pub fn after(existing: Option<&Table>, wanted: &Table, changes: &[Change]) -> Table {
    let Some(existing) = existing else { return wanted.clone() };
    let mut table = existing.clone();
    let names = existing.columns.iter().enumerate().map(|(place, column)| (column.name.clone(), place));
    let mut places: BTreeMap<String, usize> = names.collect();
    for change in changes {
        match change {
            Change::CreateTable | Change::RecreateTable => return wanted.clone(),
            Change::AddColumn(column) => {
                places.insert(column.name.clone(), table.columns.len());
                table.columns.push(column.clone());
            }
            Change::Widen { column, to, .. } => {
                if let Some(&place) = places.get(column) {
                    table.columns[place].ty = *to;
                }
            }
            Change::DropNotNull { column } => {
                if let Some(&place) = places.get(column) {
                    table.columns[place].nullable = true;
                }
            }
        }
    }
    table
}
