//! The merge for which rows wait in a staging table until it is known which of them win: where there are tombstones, arrays with
//! tables of their own, or rows that leave alone what they do not carry. Both databases say it alike.

use super::{Dialect, count_equal, keys, list, qualified, quote, same_key, same_row, unchanged, wins};
use crate::batch::CARRIED;
use crate::merge::Tie;
use crate::table::{Role, System, Table, TableName};
use crate::types::Type;

/// How many staged rows `holder`, the table or its tombstones, has in the same version.
#[must_use]
pub fn count_same(staging: &str, table: &Table, holder: &TableName) -> String {
    count_equal(&Table { name: holder.clone(), ..table.clone() }, &quote(staging))
}

/// Takes the staged rows away that lose to what `holder` has.
#[must_use]
pub fn drop_losers(staging: &str, table: &Table, holder: &TableName, tie: Tie) -> String {
    format!(
        "delete from {} as s using {} as t where {} and not {}",
        quote(staging),
        qualified(holder),
        same_key(table, "t", "s"),
        wins(table, "t", "s", tie)
    )
}

/// Takes the staged rows away that are in the table already, in the same version and with the same values.
#[must_use]
pub fn drop_unchanged(dialect: &dyn Dialect, staging: &str, table: &Table, gone: &[String]) -> String {
    format!(
        "delete from {} as s using {} as t where {}\nand {}",
        quote(staging),
        qualified(&table.name),
        same_row(table, "t", "s"),
        unchanged(dialect, table, gone, "t", "s"),
    )
}

/// Takes the staged rows away whose key and sequence the table holds.
#[must_use]
pub fn drop_known(staging: &str, table: &Table) -> String {
    format!(
        "delete from {} as s using {} as t where {}",
        quote(staging),
        qualified(&table.name),
        same_row(table, "t", "s"),
    )
}

/// Gives the staged rows the stored values of what they do not carry; `None` where there is nothing but keys.
#[must_use]
pub fn complete(staging: &str, table: &Table) -> Option<String> {
    let columns = (1..).zip(&table.columns).filter(|(_, column)| column.role == Role::Value);
    let sets = columns.map(|(place, column)| {
        let name = quote(&column.name);
        format!(
            "{name} = case when substr(s.{}, {place}, 1) = '0' then t.{name} else s.{name} end",
            quote(CARRIED)
        )
    });
    let sets: Vec<String> = sets.collect();
    (!sets.is_empty()).then(|| {
        format!(
            "update {} as s set {} from {} as t where {}",
            quote(staging),
            sets.join(", "),
            qualified(&table.name),
            same_key(table, "t", "s")
        )
    })
}

/// How many staged rows there are, how many of them are deletes, and how many of the others take the place of a stored one.
#[must_use]
pub fn tally(staging: &str, table: &Table) -> String {
    let deleted = deleted(table, "s");
    format!(
        "select count(*), coalesce(sum(case when {deleted} then 1 else 0 end), 0), coalesce(sum(case when not {deleted} and exists \
         (select 1 from {} as t where {}) then 1 else 0 end), 0) from {} as s",
        qualified(&table.name),
        same_key(table, "t", "s"),
        quote(staging),
    )
}

/// What is to be done for hard deletes, once all staged rows are winners: their tombstones go, and those of the rows that are deletes
/// come anew; the rows that those take away go, and they themselves out of the staging table. Only the second has a parameter, the
/// time of the commit.
#[must_use]
pub fn bury(dialect: &dyn Dialect, staging: &str, table: &Table, tombstones: &TableName) -> [String; 4] {
    let (staging, deleted) = (quote(staging), deleted(table, "s"));
    let same = same_key(table, "t", "s");
    let versions = [System::Sequence, System::TableVersion].into_iter();
    let versions: Vec<String> = versions
        .filter(|system| table.system(*system).is_some())
        .map(|system| format!(", s.{}", quote(system.name())))
        .collect();
    let into: Vec<String> = versions.iter().map(|column| column.replace(", s.", ", ")).collect();
    [
        raise(&staging, table, tombstones),
        format!(
            "insert into {} ({}{}, {}) select {}{}, {} from {staging} as s where {deleted}",
            qualified(tombstones),
            list("", keys(table)),
            into.concat(),
            quote(System::BatchedAt.name()),
            list("s.", keys(table)),
            versions.concat(),
            dialect.parameter(1, Type::Timestamp),
        ),
        format!(
            "delete from {} as t using {staging} as s where {same} and {deleted}",
            qualified(&table.name)
        ),
        format!("delete from {staging} as s where {deleted}"),
    ]
}

/// Takes the tombstones of the staged rows' keys away.
#[must_use]
pub fn unbury(staging: &str, table: &Table, tombstones: &TableName) -> String {
    raise(&quote(staging), table, tombstones)
}

fn raise(staging: &str, table: &Table, tombstones: &TableName) -> String {
    format!(
        "delete from {} as t using {staging} as s where {}",
        qualified(tombstones),
        same_key(table, "t", "s")
    )
}

/// Whether a row is a delete.
fn deleted(table: &Table, of: &str) -> String {
    match table.system(System::DeletedAt) {
        Some(_) => format!("{of}.{} is not null", quote(System::DeletedAt.name())),
        None => "false".to_owned(),
    }
}

/// Takes the tombstones away that are older than the parameter.
#[must_use]
pub fn prune(dialect: &dyn Dialect, tombstones: &TableName) -> String {
    format!(
        "delete from {} where {} < {}",
        qualified(tombstones),
        quote(System::BatchedAt.name()),
        dialect.parameter(1, Type::Timestamp)
    )
}

/// Takes the rows of an array's table away whose parents are staged.
#[must_use]
pub fn orphan(staging: &str, child: &Table, source: &[(String, String)]) -> String {
    format!(
        "delete from {} as c using {} as s where {}",
        qualified(&child.name),
        quote(staging),
        belongs(source, "c", "s")
    )
}

/// Inserts the staged rows of an array's table whose parents are staged still.
#[must_use]
pub fn adopt(rows: &str, child: &Table, staging: &str, source: &[(String, String)]) -> String {
    format!(
        "insert into {} ({})\nselect {} from {} as c where exists (select 1 from {} as s where {})",
        qualified(&child.name),
        list("", &child.columns),
        list("c.", &child.columns),
        quote(rows),
        quote(staging),
        belongs(source, "c", "s")
    )
}

/// Whether the row `child` belongs to the row `parent`.
fn belongs(source: &[(String, String)], child: &str, parent: &str) -> String {
    let pairs =
        source.iter().map(|(own, theirs)| format!("{child}.{} = {parent}.{}", quote(own), quote(theirs)));
    pairs.collect::<Vec<_>>().join(" and ")
}

/// Inserts all staged rows.
#[must_use]
pub fn insert_staged(staging: &str, table: &Table) -> String {
    super::append(table, &quote(staging), false)
}

/// Takes a staging table away.
#[must_use]
pub fn drop_staging(staging: &str) -> String {
    format!("drop table {}", quote(staging))
}
