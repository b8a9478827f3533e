//! What the database's catalog, and the loader's own, say of a table.

use ::postgres::GenericClient;
use ::postgres::types::Type as ServerType;

use crate::destination::names;
use crate::sql::postgres as sql;
use crate::sql::postgres::Postgres as Dialect;
use crate::sql::{Dialect as _, ledger};
use crate::table::{Column, Memory, Role, Stored, System, Table, TableName};

/// The table as it is for `client`, with what is remembered of it if anything can be: a transaction sees its own changes. What is remembered of a table that is not there does not count.
pub(super) fn describe(
    client: &mut impl GenericClient,
    table: &TableName,
    remembers: bool,
) -> Result<Option<Stored>, ::postgres::Error> {
    let rows = client
        .query_typed(sql::DESCRIBE, &[(&table.schema, ServerType::NAME), (&table.name, ServerType::NAME)])?;
    if rows.is_empty() {
        return Ok(None);
    }
    let columns = rows.iter().map(|row| {
        let (name, ty, nullable, key): (String, String, bool, bool) =
            (row.get(0), row.get(1), row.get(2), row.get(3));
        let system = System::ALL.into_iter().find(|system| system.name() == name);
        let role = if key { Role::Key } else { system.map_or(Role::Value, Role::System) };
        Column { name, ty: Dialect.type_named(&ty), nullable, role }
    });
    let mut columns: Vec<Column> = columns.collect();
    let recalled = match remembers {
        true => client
            .query_typed_opt(&ledger::recall(&Dialect, &table.schema), &[(&table.name, ServerType::TEXT)])?,
        false => None,
    };
    let memory = recalled.map(|row| Memory {
        stream: row.get(0),
        mode: row.get(1),
        keys: names(row.get(2)),
        sequence_source: row.get(3),
        arrival_sequence: row.get(4),
        active_version: row.get(5),
        columns: names(row.get(6)),
        tombstones: row.get(7),
        latest_view: row.get(8),
        load_id: row.get(9),
        schema: row.get(10),
    });
    for column in &mut columns {
        if memory.as_ref().is_some_and(|memory| memory.keys.contains(&column.name)) {
            column.role = Role::Key;
        }
    }
    Ok(Some(Stored { table: Table { name: table.clone(), columns }, memory }))
}
