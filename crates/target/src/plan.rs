//! Which DDL is needed: `plan(what exists, what is wanted) → changes`, a pure function.
//!
//! Nothing is ever lost by a plan: it adds columns, widens them, and lets them be NULL. A column that nobody wants any more
//! stays; a column that exists in a type which holds the wanted one keeps its type. Planning again after the changes were made
//! gives no changes. [`after`] says what the table will be, so that rows can be decoded for it before the changes are made.

mod split;

use crate::table::{Column, Role, Table};
use crate::types::Type;

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
    for column in &wanted.columns {
        let Some(stored) = existing.column(&column.name) else {
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
    let incompatible = || Incompatible { column: wanted.name.clone(), key, stored, wanted: wanted.ty };
    if stored == wanted.ty || keeps(stored, wanted.ty) {
        return Ok(None);
    }
    let joined = storage(stored.join(wanted.ty));
    if joined == stored {
        return Ok(None);
    }
    if key || !widens_in_place(stored, joined) { Err(incompatible()) } else { Ok(Some(joined)) }
}

/// Whether a stored column takes every value that is wanted although its type is not above the wanted one: a double takes the
/// numbers that it can hold exactly, and decoding refuses the others.
fn keeps(stored: Type, wanted: Type) -> bool {
    stored == Type::Double && wanted.is_numeric()
}

/// Whether both databases can change a column from one type to the other without a loss. Text and JSON are left to a new column:
/// a reader of a number should not find text there tomorrow.
fn widens_in_place(from: Type, to: Type) -> bool {
    let numbers = from.is_numeric() && to.is_numeric();
    numbers || (from == Type::Date && to == Type::Timestamp)
}

/// What the table will be after `changes`.
#[must_use]
pub fn after(existing: Option<&Table>, wanted: &Table, changes: &[Change]) -> Table {
    let Some(existing) = existing else { return wanted.clone() };
    let mut table = existing.clone();
    for change in changes {
        match change {
            Change::CreateTable | Change::RecreateTable => return wanted.clone(),
            Change::AddColumn(column) => table.columns.push(column.clone()),
            Change::Widen { column, to, .. } => edit(&mut table, column, |column| column.ty = *to),
            Change::DropNotNull { column } => edit(&mut table, column, |column| column.nullable = true),
        }
    }
    table
}

fn edit(table: &mut Table, name: &str, change: impl FnOnce(&mut Column)) {
    if let Some(column) = table.columns.iter_mut().find(|column| column.name == name) {
        change(column);
    }
}
