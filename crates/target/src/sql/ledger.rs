//! The loader's own tables: what is remembered of tables, of loads and of refused records.

use super::{Dialect, quote};
use crate::types::Type;

/// What is remembered of each table.
pub(super) const TABLES: &str = "_sdc_tables";
/// One row for each flush.
const LOADS: &str = "_sdc_loads";
/// One row for each refused record.
const REJECTED: &str = "_sdc_rejected";

/// All of them: no stream may have a table of these names.
pub const LEDGER_TABLES: [&str; 3] = [TABLES, LOADS, REJECTED];

/// A column of such a table: its name, its type, and whether it must have a value.
type LedgerColumn = (&'static str, Type, bool);

const TABLES_COLUMNS: &[LedgerColumn] = &[
    ("table_name", Type::Text, true),
    ("stream", Type::Text, true),
    ("mode", Type::Text, true),
    ("key_columns", Type::Json, true),
    ("sequence_source", Type::Text, false),
    ("arrival_sequence", Type::Integer, false),
    ("active_version", Type::Integer, false),
];

const LOADS_COLUMNS: &[LedgerColumn] = &[
    ("load_id", Type::Text, true),
    ("flush", Type::Integer, true),
    ("sealed_at", Type::Timestamp, true),
    ("received", Type::Integer, true),
    ("inserted", Type::Integer, true),
    ("replaced", Type::Integer, true),
    ("stale", Type::Integer, true),
    ("duplicate", Type::Integer, true),
    ("deleted", Type::Integer, true),
    ("rejected", Type::Integer, true),
    ("bytes", Type::Integer, true),
    ("streams", Type::Json, true),
    ("bookmark", Type::Text, false),
];

/// Stitch's columns first.
const REJECTED_COLUMNS: &[LedgerColumn] = &[
    ("_sdc_rejected_at", Type::Timestamp, true),
    ("table_name", Type::Text, true),
    ("reason", Type::Text, true),
    ("record", Type::Text, true),
    ("line", Type::Integer, true),
    ("sequence", Type::Integer, false),
    ("load_id", Type::Text, true),
];

/// The statements that make the schema and the loader's own tables in it, where they are not there.
#[must_use]
pub fn create(dialect: &dyn Dialect, schema: &str) -> Vec<String> {
    let table = |name: &str, columns: &[LedgerColumn], rest: &[&str]| {
        let mut lines: Vec<String> = columns
            .iter()
            .map(|(name, ty, must)| {
                format!("{name} {}{}", dialect.type_name(*ty), if *must { " not null" } else { "" })
            })
            .collect();
        lines.extend(rest.iter().map(|&line| line.to_owned()));
        format!("create table if not exists {}.{name} (\n  {}\n)", quote(schema), lines.join(",\n  "))
    };
    let timestamp = dialect.type_name(Type::Timestamp);
    let committed_at = format!("committed_at {timestamp} not null default current_timestamp");
    vec![
        format!("create schema if not exists {}", quote(schema)),
        table(TABLES, TABLES_COLUMNS, &["primary key (table_name)"]),
        table(LOADS, LOADS_COLUMNS, &[&committed_at, "primary key (load_id, flush)"]),
        table(REJECTED, REJECTED_COLUMNS, &[]),
    ]
}

fn insert(dialect: &dyn Dialect, schema: &str, table: &str, columns: &[LedgerColumn]) -> String {
    let names: Vec<&str> = columns.iter().map(|(name, ..)| *name).collect();
    let values = columns.iter().enumerate().map(|(place, (_, ty, _))| dialect.parameter(place + 1, *ty));
    format!(
        "insert into {}.{table} as t ({}) values ({})",
        quote(schema),
        names.join(", "),
        values.collect::<Vec<_>>().join(", ")
    )
}

/// Remembers a table. Parameters: the columns of `_sdc_tables` up to `arrival_sequence`, in order.
#[must_use]
pub fn remember(dialect: &dyn Dialect, schema: &str) -> String {
    format!(
        "{} on conflict (table_name) do update set \
         sequence_source = coalesce(excluded.sequence_source, t.sequence_source), \
         arrival_sequence = greatest(excluded.arrival_sequence, t.arrival_sequence)",
        insert(dialect, schema, TABLES, &TABLES_COLUMNS[..6])
    )
}

/// What is remembered of a table: stream, mode, key columns, source and arrival. Parameter: its name.
#[must_use]
pub fn recall(dialect: &dyn Dialect, schema: &str) -> String {
    format!(
        "select stream, mode, cast(key_columns as {}), sequence_source, arrival_sequence from {}.{TABLES} where table_name = {}",
        dialect.type_name(Type::Text),
        quote(schema),
        dialect.parameter(1, Type::Text)
    )
}

/// Writes down a flush. Parameters: the columns of `_sdc_loads` but `committed_at`, in order.
#[must_use]
pub fn record_load(dialect: &dyn Dialect, schema: &str) -> String {
    insert(dialect, schema, LOADS, LOADS_COLUMNS)
}

/// Writes down a refused record. Parameters: the columns of `_sdc_rejected`, in order.
#[must_use]
pub fn record_reject(dialect: &dyn Dialect, schema: &str) -> String {
    insert(dialect, schema, REJECTED, REJECTED_COLUMNS)
}

/// The last bookmark that was committed.
#[must_use]
pub fn last_bookmark(schema: &str) -> String {
    format!(
        "select bookmark from {}.{LOADS} where bookmark is not null order by committed_at desc, flush desc limit 1",
        quote(schema)
    )
}
