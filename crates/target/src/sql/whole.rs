//! What happens to a table as a whole: a version begins, another table's content takes the place of its own.

use super::{Dialect, list, qualified, quote};
use crate::table::{System, Table, TableName};
use crate::types::Type;

/// Whether a row is of a version below the parameter of this number.
fn over(dialect: &dyn Dialect, of: &str, number: usize) -> String {
    let version = quote(System::TableVersion.name());
    format!("coalesce({of}.{version}, 0) < {}", dialect.parameter(number, Type::Integer))
}

/// Takes the rows of versions below the parameter away.
#[must_use]
pub fn end(dialect: &dyn Dialect, table: &TableName) -> String {
    format!("delete from {} as t where {}", qualified(table), over(dialect, "t", 1))
}

/// Takes the rows of an array's table away whose parents are of versions below the parameter.
#[must_use]
pub fn end_children(
    dialect: &dyn Dialect,
    child: &TableName,
    table: &TableName,
    source: &[(String, String)],
) -> String {
    format!(
        "delete from {} as c using {} as t where {} and {}",
        qualified(child),
        qualified(table),
        belongs(source),
        over(dialect, "t", 1)
    )
}

/// Marks the rows of versions below the second parameter as deleted at the first one, where they are not marked. `marked` is the type
/// of the column.
#[must_use]
pub fn mark(dialect: &dyn Dialect, table: &TableName, marked: Type) -> String {
    let deleted_at = quote(System::DeletedAt.name());
    format!(
        "update {} as t set {deleted_at} = {} where {} and t.{deleted_at} is null",
        qualified(table),
        dialect.instant(1, marked),
        over(dialect, "t", 2)
    )
}

/// Marks the rows of an array's table whose parents are of versions below the second parameter.
#[must_use]
pub fn mark_children(
    dialect: &dyn Dialect,
    child: &TableName,
    marked: Type,
    table: &TableName,
    source: &[(String, String)],
) -> String {
    let deleted_at = quote(System::DeletedAt.name());
    format!(
        "update {} as c set {deleted_at} = {} from {} as t where {} and {} and c.{deleted_at} is null",
        qualified(child),
        dialect.instant(1, marked),
        qualified(table),
        belongs(source),
        over(dialect, "t", 2)
    )
}

fn belongs(source: &[(String, String)]) -> String {
    let pairs = source.iter().map(|(own, theirs)| format!("c.{} = t.{}", quote(own), quote(theirs)));
    pairs.collect::<Vec<_>>().join(" and ")
}

/// Takes all rows away. Readers with older snapshots still see them, which they would not after a truncation.
#[must_use]
pub fn empty(table: &TableName) -> String {
    format!("delete from {}", qualified(table))
}

/// Inserts the rows of the shadow into the table, which has its columns and maybe others.
#[must_use]
pub fn take_over(shadow: &TableName, table: &Table) -> String {
    format!(
        "insert into {} ({columns})\nselect {columns} from {}",
        qualified(&table.name),
        qualified(shadow),
        columns = list("", &table.columns)
    )
}

/// Takes a table away.
#[must_use]
pub fn drop_table(table: &TableName) -> String {
    format!("drop table {}", qualified(table))
}

/// Takes a view away.
#[must_use]
pub fn drop_view(view: &TableName) -> String {
    format!("drop view if exists {}", qualified(view))
}

/// Whether every value of a column, of type `from`, is the same one as `to`. May fail where one is not.
#[must_use]
pub fn fits(dialect: &dyn Dialect, table: &TableName, column: &str, from: Type, to: Type) -> String {
    let column = quote(column);
    format!(
        "select count(*) from {} where {column} is not null and {}",
        qualified(table),
        dialect.differs(&column, from, to)
    )
}
