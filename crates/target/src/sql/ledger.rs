//! The loader's own tables: what is remembered of tables, of loads and of refused records.

use super::{Dialect, literal, quote};
use crate::table::{Memory, TableName};
use crate::types::Type;

/// What is remembered of each table.
pub const TABLES: &str = "_sdc_tables";
/// One row for each flush.
pub const LOADS: &str = "_sdc_loads";
/// One row for each refused record.
pub const REJECTED: &str = "_sdc_rejected";

/// One row for each pipeline that has a name: its newest run. It is made when the first of them begins.
const RUNS: &str = "_sdc_runs";

/// The one row that every flush into a lake changes.
pub(super) const TURN: &str = "_sdc_turn";

/// All of them: no stream may have a table of these names.
pub const LEDGER_TABLES: [&str; 5] = [TABLES, LOADS, REJECTED, RUNS, TURN];

/// Those that every load needs, in the order in which they are made.
pub const NEEDED_TABLES: [&str; 3] = [TABLES, LOADS, REJECTED];

/// The place of the table of pipelines.
#[must_use]
pub fn runs(schema: &str) -> TableName {
    TableName { schema: schema.to_owned(), name: RUNS.to_owned() }
}

/// The column that was added last, behind its table: where it is the loader's own tables are of this version.
pub const NEWEST_COLUMN: (&str, &str) = (REJECTED, "table_schema");

/// The column that was added last to what is remembered of tables, which may stand in a schema without the others.
pub const NEWEST_COLUMN_OF_TABLES: (&str, &str) = (TABLES, "activated");

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
    ("columns", Type::Json, false),
    ("tombstones", Type::Text, false),
    ("latest_view", Type::Text, false),
    ("load_id", Type::Text, false),
    ("schema", Type::Text, false),
    ("activated", Type::Json, false),
];

/// How many columns the first version made: the others are added where that was the one.
const TABLES_AT_FIRST: usize = 7;

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
    ("table_version", Type::Integer, false),
    ("time_extracted", Type::Text, false),
    ("place", Type::Text, false),
    ("table_schema", Type::Text, false),
];

/// How many columns the first version made.
const REJECTED_AT_FIRST: usize = 7;

const RUNS_COLUMNS: &[LedgerColumn] = &[("state_id", Type::Text, true), ("load_id", Type::Text, true)];

/// The statement that makes the schema where it is not there. Postgres wants the right to make one even where it is.
#[must_use]
pub fn create_schema(schema: &str) -> String {
    format!("create schema if not exists {}", quote(schema))
}

/// The statements that make the schema, which `readers` may use.
#[must_use]
pub fn make_schema(dialect: &dyn Dialect, schema: &str, readers: &[String]) -> Vec<String> {
    std::iter::once(create_schema(schema)).chain(dialect.let_use(schema, readers)).collect()
}

/// The statements that make the loader's own tables in the schema, where they are not there.
#[must_use]
pub fn create(dialect: &dyn Dialect, schema: &str) -> Vec<String> {
    let table = |name, columns, rest: &[&str]| create_table(dialect, schema, name, columns, rest);
    let committed_at = now(dialect, "committed_at");
    vec![
        create_tables(dialect, schema),
        table(LOADS, LOADS_COLUMNS, &keyed(dialect, &[&committed_at], "primary key (load_id, flush)")),
        table(REJECTED, REJECTED_COLUMNS, &[]),
    ]
}

/// The statement that makes the table of what is remembered of the schema's tables, where it is not there.
#[must_use]
pub fn create_tables(dialect: &dyn Dialect, schema: &str) -> String {
    create_table(dialect, schema, TABLES, TABLES_COLUMNS, &keyed(dialect, &[], "primary key (table_name)"))
}

/// The statement that makes the table of pipelines, where it is not there.
#[must_use]
pub fn create_runs(dialect: &dyn Dialect, schema: &str) -> String {
    let began_at = now(dialect, "began_at");
    create_table(dialect, schema, RUNS, RUNS_COLUMNS, &keyed(dialect, &[&began_at], "primary key (state_id)"))
}

fn create_table(
    dialect: &dyn Dialect,
    schema: &str,
    name: &str,
    columns: &[LedgerColumn],
    rest: &[&str],
) -> String {
    let column = |(name, ty, must): &LedgerColumn| {
        format!("{name} {}{}", dialect.type_name(*ty), if *must { " not null" } else { "" })
    };
    let lines: Vec<String> =
        columns.iter().map(column).chain(rest.iter().map(|&line| line.to_owned())).collect();
    format!("create table if not exists {}.{name} (\n  {}\n)", quote(schema), lines.join(",\n  "))
}

/// Lines of a table, and its key where it can have one.
fn keyed<'a>(dialect: &dyn Dialect, lines: &[&'a str], key: &'a str) -> Vec<&'a str> {
    lines.iter().copied().chain(dialect.has_keys().then_some(key)).collect()
}

/// A column for the time when its row was written.
fn now(dialect: &dyn Dialect, name: &str) -> String {
    format!("{name} {} not null default current_timestamp", dialect.type_name(Type::Timestamp))
}

/// The statements that bring the tables of an earlier version up to this one. The last of them adds what
/// [`super::postgres::LEDGER_STATE`] looks for.
#[must_use]
pub fn upgrade(dialect: &dyn Dialect, schema: &str) -> Vec<String> {
    let mut statements = upgrade_tables(dialect, schema);
    statements.extend(added(dialect, schema, REJECTED, &REJECTED_COLUMNS[REJECTED_AT_FIRST..]));
    statements
}

/// The same for what is remembered of the schema's tables alone.
#[must_use]
pub fn upgrade_tables(dialect: &dyn Dialect, schema: &str) -> Vec<String> {
    added(dialect, schema, TABLES, &TABLES_COLUMNS[TABLES_AT_FIRST..])
}

/// The statements that add columns to one of the loader's own tables.
fn added(dialect: &dyn Dialect, schema: &str, table: &str, columns: &[LedgerColumn]) -> Vec<String> {
    let add = |(name, ty, _): &LedgerColumn| {
        let ty = dialect.type_name(*ty);
        format!("alter table {}.{table} add column if not exists {name} {ty}", quote(schema))
    };
    columns.iter().map(add).collect()
}

fn insert(dialect: &dyn Dialect, schema: &str, table: &str, columns: &[LedgerColumn]) -> String {
    format!(
        "insert into {}.{table} as t ({}) {}",
        quote(schema),
        names(columns),
        parameters(dialect, columns)
    )
}

fn names(columns: &[LedgerColumn]) -> String {
    columns.iter().map(|(name, ..)| *name).collect::<Vec<_>>().join(", ")
}

/// A row of parameters.
fn parameters(dialect: &dyn Dialect, columns: &[LedgerColumn]) -> String {
    let values = columns.iter().enumerate().map(|(place, (_, ty, _))| dialect.parameter(place + 1, *ty));
    format!("values ({})", values.collect::<Vec<_>>().join(", "))
}

/// A table of the loader's own.
pub(super) fn own(schema: &str, table: &str) -> String {
    format!("{}.{table}", quote(schema))
}

/// Remembers a table. Parameters: the columns of `_sdc_tables`, in order. With `anew` nothing stays of what was remembered; else no
/// sequence and no version becomes less.
#[must_use]
pub fn remember(dialect: &dyn Dialect, schema: &str, anew: bool) -> String {
    remember_from(dialect, schema, &parameters(dialect, TABLES_COLUMNS), anew)
}

/// Remembers the tables of `source`, whose columns are those of `_sdc_tables` in order. `anew` is as for [`remember`].
pub(super) fn remember_from(dialect: &dyn Dialect, schema: &str, source: &str, anew: bool) -> String {
    dialect.upsert(&own(schema, TABLES), &tables_columns(), source, "table_name", &in_place(anew))
}

/// The columns of `_sdc_tables`.
pub(super) fn tables_columns() -> String {
    names(TABLES_COLUMNS)
}

/// What becomes of what is remembered of a table already, as [`Dialect::upsert`] takes it.
pub(super) fn in_place(anew: bool) -> String {
    let set = |name: &str| match name {
        "arrival_sequence" | "active_version" if !anew => {
            format!("{name} = greatest(excluded.{name}, t.{name})")
        }
        "sequence_source" | "schema" if !anew => format!("{name} = coalesce(excluded.{name}, t.{name})"),
        name => format!("{name} = excluded.{name}"),
    };
    TABLES_COLUMNS[1..].iter().map(|(name, ..)| set(name)).collect::<Vec<_>>().join(", ")
}

/// Remembers a table that a person makes by hand, as the load would that it is made for. What only rows can say is left to them.
#[must_use]
pub fn enter(dialect: &dyn Dialect, table: &TableName, memory: &Memory) -> String {
    let text = |value: &Option<String>| value.as_deref().map_or_else(|| "null".to_owned(), literal);
    let list = |names: &[String]| literal(&serde_json::Value::from(names).to_string());
    let values = [
        literal(&table.name),
        literal(&memory.stream),
        literal(&memory.mode),
        list(&memory.keys),
        text(&memory.sequence_source),
        "null".to_owned(),
        "null".to_owned(),
        list(&memory.columns),
        text(&memory.tombstones),
        text(&memory.latest_view),
        "null".to_owned(),
        text(&memory.schema),
        "null".to_owned(),
    ];
    remember_from(dialect, &table.schema, &format!("values ({})", values.join(", ")), false)
}

/// Forgets a table. Parameter: its name.
#[must_use]
pub fn forget(dialect: &dyn Dialect, schema: &str) -> String {
    format!("delete from {}.{TABLES} where table_name = {}", quote(schema), dialect.parameter(1, Type::Text))
}

/// What is remembered of a table: the columns of `_sdc_tables` but the first, in order, JSON as text. Parameter: its name.
#[must_use]
pub fn recall(dialect: &dyn Dialect, schema: &str) -> String {
    let columns = recalled(dialect);
    format!(
        "select {columns} from {}.{TABLES} where table_name = {}",
        quote(schema),
        dialect.parameter(1, Type::Text)
    )
}

/// The columns of `_sdc_tables` but the first, in order, JSON as text.
pub(super) fn recalled(dialect: &dyn Dialect) -> String {
    let text = dialect.type_name(Type::Text);
    let columns = TABLES_COLUMNS[1..].iter().map(|(name, ty, _)| match ty {
        Type::Json => format!("cast({name} as {text})"),
        _ => (*name).to_owned(),
    });
    columns.collect::<Vec<_>>().join(", ")
}

/// Writes down a flush. Parameters: the columns of `_sdc_loads` but `committed_at`, in order.
#[must_use]
pub fn record_load(dialect: &dyn Dialect, schema: &str) -> String {
    insert(dialect, schema, LOADS, LOADS_COLUMNS)
}

/// Begins a run of a pipeline: it is the newest from then on. Parameters: the columns of `_sdc_runs` but `began_at`, in order.
#[must_use]
pub fn begin_run(dialect: &dyn Dialect, schema: &str) -> String {
    let (columns, values) = (names(RUNS_COLUMNS), parameters(dialect, RUNS_COLUMNS));
    let sets = "load_id = excluded.load_id, began_at = now()";
    dialect.upsert(&own(schema, RUNS), &columns, &values, "state_id", sets)
}

/// The newest run of a pipeline. Parameter: the pipeline's name.
#[must_use]
pub fn newest_run(dialect: &dyn Dialect, schema: &str) -> String {
    format!(
        "select load_id from {}.{RUNS} where state_id = {}",
        quote(schema),
        dialect.parameter(1, Type::Text)
    )
}

/// The counts of the streams that a flush was written down with, as text; no row where it was not committed. Parameters: the run's id, and
/// the flush's number.
#[must_use]
pub fn counted(dialect: &dyn Dialect, schema: &str) -> String {
    format!(
        "select streams::text from {}.{LOADS} where load_id = {} and flush = {}",
        quote(schema),
        dialect.parameter(1, Type::Text),
        dialect.parameter(2, Type::Integer)
    )
}

/// Writes down a refused record. Parameters: the columns of `_sdc_rejected`, in order.
#[must_use]
pub fn record_reject(dialect: &dyn Dialect, schema: &str) -> String {
    insert(dialect, schema, REJECTED, REJECTED_COLUMNS)
}

/// The refused records, the oldest first: the columns of `_sdc_rejected`, in order, the time in microseconds since 1970.
#[must_use]
pub fn rejected(dialect: &dyn Dialect, schema: &str) -> String {
    let columns = REJECTED_COLUMNS.iter().map(|(name, ty, _)| match ty {
        Type::Timestamp => dialect.micros(name),
        _ => (*name).to_owned(),
    });
    format!(
        "select {} from {}.{REJECTED} order by _sdc_rejected_at, load_id, line, place",
        columns.collect::<Vec<_>>().join(", "),
        quote(schema)
    )
}

/// Deletes refused records of one run. Parameters: its id, and a list in JSON of texts: the line of each, its table's schema and its table's
/// name, each behind its length, and its place, with spaces between.
#[must_use]
pub fn replayed(dialect: &dyn Dialect, schema: &str) -> String {
    format!(
        "delete from {}.{REJECTED} where load_id = {} and concat_ws(' ', line, length(coalesce(table_schema, '')), \
         coalesce(table_schema, ''), length(table_name), table_name, coalesce(place, '')) in ({})",
        quote(schema),
        dialect.parameter(1, Type::Text),
        dialect.texts(2)
    )
}

/// The last bookmark that was committed. Parameter: the shard that was loaded, which stands behind the run's id; empty for everything.
#[must_use]
pub fn last_bookmark(dialect: &dyn Dialect, schema: &str) -> String {
    format!(
        "select bookmark from {}.{LOADS} where bookmark is not null and split_part(load_id, ' ', 2) = {} \
         order by committed_at desc, flush desc limit 1",
        quote(schema),
        dialect.parameter(1, Type::Text)
    )
}
