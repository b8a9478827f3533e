//! What the database's catalog, and the loader's own, say of a table.

use std::collections::BTreeMap;

use ::postgres::types::Type as ServerType;
use ::postgres::{Error, Row};

use super::link::Statements;
use crate::destination::{activated, names};
use crate::sql::postgres::Postgres as Dialect;
use crate::sql::postgres::catalog as sql;
use crate::sql::{Dialect as _, ledger};
use crate::table::{Column, Memory, Role, Stored, System, Table, TableName};

/// The table as it is for `client`, with what is remembered of it if anything can be: a transaction sees its own changes. What is remembered of a table that is not there does not count.
pub(super) fn describe(
    client: &mut impl Statements,
    table: &TableName,
    remembers: bool,
) -> Result<Option<Stored>, Error> {
    let columns =
        client.query(sql::DESCRIBE, &[(&table.schema, ServerType::NAME), (&table.name, ServerType::NAME)])?;
    let recalled = match remembers && !columns.is_empty() {
        true => {
            client.query_opt(&ledger::recall(&Dialect, &table.schema), &[(&table.name, ServerType::TEXT)])?
        }
        false => None,
    };
    Ok(stored(table, columns.iter().map(column), recalled.map(|row| memory(&row, 0))))
}

/// Those of the tables that are there, as [`describe`] has them.
pub(super) fn describe_all<'a>(
    client: &mut impl Statements,
    tables: impl IntoIterator<Item = &'a TableName>,
) -> Result<BTreeMap<TableName, Stored>, Error> {
    let mut schemas: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for table in tables {
        schemas.entry(&table.schema).or_default().push(&table.name);
    }
    let mut described = BTreeMap::new();
    for (schema, asked) in schemas {
        // To plan the question of many takes longer than to ask of one.
        if let [name] = asked[..] {
            let table = TableName { schema: schema.to_owned(), name: name.to_owned() };
            if let Some(stored) = describe(client, &table, true)? {
                described.insert(table, stored);
            }
            continue;
        }
        let query = sql::describe_all(schema);
        let rows = client.query(&query, &[(&schema, ServerType::NAME), (&asked, ServerType::NAME_ARRAY)])?;
        for row in rows {
            let table = TableName { schema: schema.to_owned(), name: row.get(0) };
            let (names, types): (Vec<String>, Vec<String>) = (row.get(1), row.get(2));
            let (nullable, keys): (Vec<bool>, Vec<bool>) = (row.get(3), row.get(4));
            let columns = names.into_iter().zip(types).zip(nullable.into_iter().zip(keys));
            let columns = columns.map(|((name, ty), (nullable, key))| column_of(name, &ty, nullable, key));
            let remembered = row.get::<_, Option<&str>>(5).map(|_| memory(&row, 5));
            if let Some(stored) = stored(&table, columns, remembered) {
                described.insert(table, stored);
            }
        }
    }
    Ok(described)
}

fn column(row: &Row) -> Column {
    column_of(row.get(0), row.get(1), row.get(2), row.get(3))
}

fn column_of(name: String, ty: &str, nullable: bool, key: bool) -> Column {
    let system = System::ALL.into_iter().find(|system| system.name() == name);
    let role = if key { Role::Key } else { system.map_or(Role::Value, Role::System) };
    Column { name, ty: Dialect.type_named(ty), nullable, role }
}

/// What is remembered, as the columns of a row from `first` on say.
fn memory(row: &Row, first: usize) -> Memory {
    Memory {
        stream: row.get(first),
        mode: row.get(first + 1),
        keys: names(row.get(first + 2)),
        sequence_source: row.get(first + 3),
        arrival_sequence: row.get(first + 4),
        active_version: row.get(first + 5),
        columns: names(row.get(first + 6)),
        tombstones: row.get(first + 7),
        latest_view: row.get(first + 8),
        load_id: row.get(first + 9),
        schema: row.get(first + 10),
        activated: activated(row.get(first + 11)),
    }
}

/// A table of these columns; none where there are none.
fn stored(name: &TableName, columns: impl Iterator<Item = Column>, memory: Option<Memory>) -> Option<Stored> {
    let mut columns: Vec<Column> = columns.collect();
    for column in &mut columns {
        if memory.as_ref().is_some_and(|memory| memory.keys.contains(&column.name)) {
            column.role = Role::Key;
        }
    }
    (!columns.is_empty()).then(|| Stored { table: Table { name: name.clone(), columns }, memory })
}
