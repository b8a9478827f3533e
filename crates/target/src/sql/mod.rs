//! All SQL text. What both databases say the same way is here; how they differ is a [`Dialect`].
//!
//! Every name is quoted, and no value is ever part of a text: values go as parameters, COPY or Arrow.

mod adopt;
mod dialect;
pub mod duckdb;
pub mod ducklake;
pub mod guarded;
pub mod ledger;
pub mod motherduck;
pub mod postgres;
mod script;
pub mod shared;
pub mod status;
pub mod whole;

pub use adopt::adopt;
pub use dialect::Dialect;
pub use ledger::LEDGER_TABLES;
pub use script::script;

use crate::flush::LatestView;
use crate::merge::Tie;
use crate::plan::Change;
use crate::table::{Column, Role, System, Table, TableName};

/// A name as an identifier.
#[must_use]
pub fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A name or a word as a literal, in a statement that a person reads before it is run.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A table's full name.
#[must_use]
pub fn qualified(table: &TableName) -> String {
    format!("{}.{}", quote(&table.schema), quote(&table.name))
}

/// The quoted names of columns, each behind `prefix`.
fn list<'a>(prefix: &str, columns: impl IntoIterator<Item = &'a Column>) -> String {
    let names = columns.into_iter().map(|column| format!("{prefix}{}", quote(&column.name)));
    names.collect::<Vec<_>>().join(", ")
}

fn keys(table: &Table) -> impl Iterator<Item = &Column> {
    table.columns.iter().filter(|column| column.role == Role::Key)
}

/// `a.key = b.key` for every key column.
fn same_key(table: &Table, a: &str, b: &str) -> String {
    let pairs = keys(table).map(|key| format!("{a}.{0} = {b}.{0}", quote(&key.name)));
    pairs.collect::<Vec<_>>().join(" and ")
}

/// The statement that makes one change.
#[must_use]
pub fn change(dialect: &dyn Dialect, table: &Table, change: &Change) -> String {
    let name = qualified(&table.name);
    match change {
        Change::CreateTable => create_table(dialect, table),
        Change::RecreateTable => {
            format!("drop table if exists {name};\n{}", create_table(dialect, table))
        }
        Change::AddColumn(column) => {
            format!(
                "alter table {name} add column if not exists {} {}",
                quote(&column.name),
                dialect.type_name(column.ty)
            )
        }
        Change::Widen { column, from, to } => dialect.widen(&table.name, column, *from, *to),
        Change::DropNotNull { column } => {
            format!("alter table {name} alter column {} drop not null", quote(column))
        }
    }
}

fn create_table(dialect: &dyn Dialect, table: &Table) -> String {
    let mut lines: Vec<String> = table
        .columns
        .iter()
        .map(|column| {
            let null = if column.nullable { "" } else { " not null" };
            format!("{} {}{null}", quote(&column.name), dialect.type_name(column.ty))
        })
        .collect();
    lines.extend(dialect.key_constraint(table));
    format!("create table if not exists {} (\n  {}\n)", qualified(&table.name), lines.join(",\n  "))
}

/// Makes the view of the newest row of each key, by version, sequence and time of the batch.
#[must_use]
pub fn latest_view(view: &LatestView) -> String {
    let table = &view.table;
    let order =
        [(System::TableVersion, "coalesce({}, 0)"), (System::Sequence, "{}"), (System::BatchedAt, "{}")];
    let order = order.iter().filter(|(system, _)| table.system(*system).is_some());
    let order =
        order.map(|(system, form)| format!("{} desc nulls last", form.replace("{}", &quote(system.name()))));
    format!(
        "create or replace view {} as select {columns} from (\n\
         select {columns}, row_number() over (partition by {} order by {}) as _sdc_place from {}\n\
         ) as placed where _sdc_place = 1",
        qualified(&view.name),
        list("", keys(table)),
        order.collect::<Vec<_>>().join(", "),
        qualified(&table.name),
        columns = list("", &table.columns),
    )
}

/// What a person runs to give a table's rows to another source of sequences: every stored row is older than any new one.
#[must_use]
pub fn resequence(table: &TableName, source: &str) -> String {
    format!(
        "update {} set {} = -1; update {}.{} set sequence_source = {} where table_name = {}",
        qualified(table),
        quote(System::Sequence.name()),
        quote(&table.schema),
        ledger::TABLES,
        literal(source),
        literal(&table.name),
    )
}

/// Whether the row `incoming` wins over the row `stored`, as [`crate::merge::decide`] has it. A stored row without a sequence (made
/// by somebody else) loses to any.
fn wins(table: &Table, stored: &str, incoming: &str, tie: Tie) -> String {
    let than = if tie == Tie::Replace { "<=" } else { "<" };
    let sequence = quote(System::Sequence.name());
    let by_sequence = format!("coalesce({stored}.{sequence} {than} {incoming}.{sequence}, true)");
    if table.system(System::TableVersion).is_none() {
        return by_sequence;
    }
    let version = quote(System::TableVersion.name());
    let (old, new) =
        (format!("coalesce({stored}.{version}, 0)"), format!("coalesce({incoming}.{version}, 0)"));
    format!("({old} < {new} or ({old} = {new} and {by_sequence}))")
}

/// How many rows of `incoming` the table holds with the same key, version and sequence.
fn count_equal(table: &Table, incoming: &str) -> String {
    format!(
        "select count(*) from {} as t, {incoming} as s where {}",
        qualified(&table.name),
        same_row(table, "t", "s")
    )
}

/// Whether two rows are of the same key, version and sequence.
fn same_row(table: &Table, a: &str, b: &str) -> String {
    let sequence = quote(System::Sequence.name());
    let mut same = vec![same_key(table, a, b), format!("{a}.{sequence} = {b}.{sequence}")];
    if table.system(System::TableVersion).is_some() {
        let version = quote(System::TableVersion.name());
        same.push(format!("coalesce({a}.{version}, 0) = coalesce({b}.{version}, 0)"));
    }
    same.join(" and ")
}

/// Whether the row `incoming` of the same key would leave `stored` as it is, but for the times of its loading: all values are the
/// same, and the columns that it sets back are NULL.
fn unchanged(dialect: &dyn Dialect, table: &Table, gone: &[String], stored: &str, incoming: &str) -> String {
    let told = |column: &&Column| matches!(column.role, Role::Value | Role::System(System::DeletedAt));
    let same = |column: &Column| {
        let side = |of: &str| dialect.exact(format!("{of}.{}", quote(&column.name)), column.ty);
        format!("{} is not distinct from {}", side(stored), side(incoming))
    };
    let mut same: Vec<String> = table.columns.iter().filter(told).map(same).collect();
    same.extend(gone.iter().map(|name| format!("{stored}.{} is null", quote(name))));
    if same.is_empty() { "true".to_owned() } else { same.join(" and ") }
}

/// Appends the rows of `incoming`; with `unique` only those whose key, version and sequence the table does not hold.
fn append(table: &Table, incoming: &str, unique: bool) -> String {
    let mut text = format!(
        "insert into {} ({})\nselect {} from {incoming} as s",
        qualified(&table.name),
        list("", &table.columns),
        list("s.", &table.columns)
    );
    if unique {
        text += &format!(
            "\nwhere not exists (select 1 from {} as t where {})",
            qualified(&table.name),
            same_row(table, "t", "s")
        );
    }
    text
}
