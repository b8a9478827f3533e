//! Tables that other loaders made: what it takes to load into them.
//!
//! Their rows have no sequences that can be compared with this loader's: `_sdc_sequence` there is a time of arrival. So a table is
//! loaded into only once it was adopted: its rows then have no sequence at all, and lose to any record that comes. A person does that with
//! `target adopt`; a load does it by itself where the table's primary key leaves no doubt of what its rows are.

use std::fmt::Write;

use crate::config::LoadMethod;
use crate::destination::Destination;
use crate::error::{Error, Result};
use crate::plan::suffix;
use crate::sql::{self, Dialect};
use crate::table::{Column, Memory, Role, Stored, System, TableName};
use crate::types::Type;

/// What a person says of a table that is to be adopted.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// The stream that will be loaded into it; the table's name where none is given.
    pub stream: Option<String>,
    /// Its key columns; those of its primary key where none are given.
    pub keys: Vec<String>,
    /// How rows will join it.
    pub load_method: Option<LoadMethod>,
}

/// What is to be done.
#[derive(Clone, Debug)]
pub struct Adoption {
    /// The statements, in order.
    pub statements: Vec<String>,
    /// What is to be remembered of the table.
    pub memory: Memory,
    /// What it means, for a person.
    pub words: String,
}

/// Adopts a table of the destination: what that means, for a person. Nothing where it is this loader's by now.
///
/// # Errors
/// Of class usage where it cannot be done, else of class destination: then nothing happened.
pub fn carry_out(destination: &mut dyn Destination, table: &TableName, wish: &Wish) -> Result<String> {
    let stored = destination.describe(table)?;
    let stored = stored.ok_or_else(|| Error::usage("there is no such table").in_table(&table.name))?;
    if stored.memory.is_some() {
        return Ok(String::new());
    }
    let adoption = plan(&stored, wish, destination.abilities().dialect)?;
    destination.administer(&adoption.statements, &adoption.memory, &stored.table.name)?;
    Ok(adoption.words)
}

/// What it takes to load into `stored` as `wish` says.
///
/// # Errors
/// Of class usage where it cannot be done.
pub fn plan(stored: &Stored, wish: &Wish, dialect: &dyn Dialect) -> Result<Adoption> {
    let table = &stored.table;
    let name = &table.name.name;
    if stored.memory.is_some() {
        return Err(Error::usage("the table is this loader's already").in_table(name));
    }
    let merge = wish.load_method != Some(LoadMethod::Append);
    let named: Vec<String> = match wish.keys.is_empty() {
        false => wish.keys.clone(),
        true => table.keys().into_iter().map(|key| table.columns[key].name.clone()).collect(),
    };
    if merge && named.is_empty() {
        return Err(Error::usage("the table has no primary key, so it must be said what its key is")
            .in_table(name)
            .hint("say --key COLUMN,COLUMN, or --load-method append-only"));
    }
    let mut words = String::new();
    let mut say = |line: &str| {
        let _ = writeln!(words, "{line}");
    };
    let mut keys = Vec::new();
    for key in &named {
        let column = table.column(key).ok_or_else(|| {
            Error::usage(format!("the table has no column {key:?}")).in_table(name).hint("see --key")
        })?;
        if matches!(column.ty, Type::Foreign | Type::Json) {
            return Err(Error::usage(format!("the key column {key:?} is of a type that cannot be a key"))
                .in_table(name));
        }
        keys.push(column.clone());
    }
    let how = if merge { format!("merged by {}", named.join(", ")) } else { "appended".to_owned() };
    say(&format!("table {name:?} will be loaded by this loader: {how}."));
    for column in &table.columns {
        say(&describe(column, &named));
    }
    let constrained = table.keys().len() == keys.len() && keys.iter().all(|key| key.role == Role::Key);
    if merge && !constrained && dialect.constrains_keys() && !table.keys().is_empty() {
        let own: Vec<&str> = table.keys().iter().map(|key| table.columns[*key].name.as_str()).collect();
        let own = own.join(",");
        return Err(Error::usage(format!("the table has a primary key already, which is {own}"))
            .in_table(name)
            .hint(format!("say --key {own}, or drop that key if nothing rests on it (a partitioned table's key has the columns of its partitions)")));
    }
    let statements = sql::adopt(dialect, table, &keys, merge && !constrained);
    if table.column(System::Sequence.name()).is_some() {
        say(
            "Its _sdc_sequence is a time of arrival at another loader. It is set to NULL: any record that comes is newer.",
        );
    }
    if table.column(System::TableVersion.name()).is_some() {
        say("Its greatest _sdc_table_version becomes the active one.");
    }
    let memory = Memory {
        stream: wish.stream.clone().unwrap_or_else(|| name.clone()),
        mode: if merge { "merge" } else { "append" }.to_owned(),
        keys: named,
        columns: System::ALL.iter().map(|system| system.name().to_owned()).collect(),
        ..Memory::default()
    };
    Ok(Adoption { statements, memory, words })
}

/// What a column will be, in a line.
fn describe(column: &Column, keys: &[String]) -> String {
    let what = match column.ty {
        _ if keys.contains(&column.name) => format!("{}, part of the key", column.ty),
        Type::Foreign => format!(
            "of a type that this loader does not write: it stays as it is, and a property of its name goes to {:?} or the like",
            format!("{}__{}", column.name, suffix(Type::Text))
        ),
        Type::LocalTimestamp => "a timestamp without zone: instants are written in UTC".to_owned(),
        ty => format!("{ty}: it stays as it is for as long as it holds the values that come"),
    };
    format!("  {:?}: {what}", column.name)
}
