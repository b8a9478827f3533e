//! DuckLake's SQL: DuckDB's, over tables without keys that several loaders write to at once.
//!
//! Nobody waits for anybody: of two transactions that change the same rows the later commit is refused. New rows are not seen so, and two
//! loaders that insert the same key would both be let in. So every flush changes the one row of `_sdc_turn`.

use std::collections::BTreeMap;

use super::duckdb::DuckDb;
use super::ledger::{TURN, own};
use super::{Dialect, literal, qualified, quote};
use crate::table::{Table, TableName};
use crate::types::Type;

/// DuckLake's spelling.
pub struct DuckLake;

/// What the attached catalog is called. No schema should be: DuckDB takes `name.table` for either.
const LAKE: &str = "_sdc_lake";

impl Dialect for DuckLake {
    fn type_name(&self, ty: Type) -> String {
        DuckDb.type_name(ty)
    }

    fn type_named(&self, name: &str) -> Type {
        DuckDb.type_named(name)
    }

    fn converted(&self, column: &str, from: Type, to: Type) -> String {
        DuckDb.converted(column, from, to)
    }

    fn parameter(&self, number: usize, ty: Type) -> String {
        DuckDb.parameter(number, ty)
    }

    fn instant(&self, number: usize, ty: Type) -> String {
        DuckDb.instant(number, ty)
    }

    fn micros(&self, expression: &str) -> String {
        DuckDb.micros(expression)
    }

    fn texts(&self, number: usize) -> String {
        DuckDb.texts(number)
    }

    fn members(&self, column: &str) -> String {
        DuckDb.members(column)
    }

    fn differs(&self, column: &str, from: Type, to: Type) -> String {
        DuckDb.differs(column, from, to)
    }

    fn replace(&self, staging: &str, table: &Table, kept: &[String], gone: &[String]) -> Vec<String> {
        DuckDb.replace(staging, table, kept, gone)
    }

    fn key_constraint(&self, _: &Table) -> Option<String> {
        None
    }

    fn constrains_keys(&self) -> bool {
        false
    }

    fn has_keys(&self) -> bool {
        false
    }

    fn upsert(&self, table: &str, columns: &str, source: &str, key: &str, sets: &str) -> String {
        let each: Vec<String> = columns.split(", ").map(|column| format!("excluded.{column}")).collect();
        format!(
            "merge into {table} as t using ({source}) as excluded ({columns}) on t.{key} = excluded.{key}\n\
             when matched then update set {sets}\n\
             when not matched then insert ({columns}) values ({})",
            each.join(", ")
        )
    }

    /// By a new column, which comes last: the type of one that is there can only be changed to a few others.
    fn widen(&self, table: &TableName, column: &str, from: Type, to: Type) -> String {
        let (table, column, wider) = (qualified(table), quote(column), quote("_sdc_wider"));
        format!(
            "alter table {table} add column {wider} {};\nupdate {table} set {wider} = {};\n\
             alter table {table} drop column {column};\nalter table {table} rename column {wider} to {column}",
            self.type_name(to),
            self.converted(&column, from, to)
        )
    }
}

/// Attaches a catalog, which DuckLake calls `ducklake:…`, with a folder for its files where one is named, and uses it.
#[must_use]
pub fn attach(catalog: &str, data_path: Option<&str>, reads_only: bool) -> String {
    let folder = data_path.map(|path| format!("data_path {}", literal(path)));
    let options: Vec<String> = folder.into_iter().chain(reads_only.then(|| "read_only".to_owned())).collect();
    let options = if options.is_empty() { String::new() } else { format!(" ({})", options.join(", ")) };
    let lake = quote(LAKE);
    format!("attach {} as {lake}{options};\nuse {lake}", literal(&format!("ducklake:{catalog}")))
}

/// Stands for a catalog that is not there: an empty database in memory.
#[must_use]
pub fn attach_nothing() -> String {
    let lake = quote(LAKE);
    format!("attach ':memory:' as {lake};\nuse {lake}")
}

/// Loads an extension of DuckDB's.
#[must_use]
pub fn load_extension(name: &str) -> String {
    format!("load {}", quote(name))
}

/// Gets an extension of DuckDB's from the network.
#[must_use]
pub fn install_extension(name: &str) -> String {
    format!("install {}", quote(name))
}

/// Says where the extensions are.
#[must_use]
pub fn extension_directory(folder: &str) -> String {
    format!("set extension_directory = {}", literal(folder))
}

/// Says how an object store is reached, by the names that DuckDB has for it, which are words. What is set holds a key, so no error may show it.
#[must_use]
pub fn object_store(settings: &BTreeMap<String, String>) -> String {
    let each = settings.iter().map(|(name, value)| format!(", {name} {}", literal(value)));
    format!("create or replace secret _sdc_store (type s3{})", each.collect::<String>())
}

/// The rows that an insert may have to be kept in the catalog, and not in a file of their own. DuckLake's default of 10 makes a file of
/// nearly every commit.
pub const INLINE: &str = "set ducklake_default_data_inlining_row_limit = 1000";

/// What keeps a lake small and takes nothing from anybody: what it is, and the query that does it and says how much was done.
#[must_use]
pub fn tidy() -> [(&'static str, String); 3] {
    let sum = |what: &str, function: &str| {
        format!("select coalesce(sum({what}), 0)::bigint from {function}({})", literal(LAKE))
    };
    [
        ("rows of the catalog in files of their own now", sum("rows_flushed", "ducklake_flush_inlined_data")),
        ("small files merged", sum("files_processed", "ducklake_merge_adjacent_files")),
        ("files without their deleted rows now", sum("files_processed", "ducklake_rewrite_data_files")),
    ]
}

/// What takes the past away, before an instant in microseconds since 1970: who reads an older snapshot finds it no more.
#[must_use]
pub fn expire(before: i64) -> [(&'static str, String); 3] {
    let count = |function: &str| {
        format!(
            "select count(*) from {function}({}, older_than => make_timestamp({before}::bigint)::timestamptz)",
            literal(LAKE)
        )
    };
    [
        ("snapshots taken away", count("ducklake_expire_snapshots")),
        ("files of those deleted", count("ducklake_cleanup_old_files")),
        ("files of commits that never came deleted", count("ducklake_delete_orphaned_files")),
    ]
}

/// The statements that make the row which every flush changes.
#[must_use]
pub fn make_turn(schema: &str) -> [String; 2] {
    let turn = own(schema, TURN);
    [format!("create table if not exists {turn} (turn bigint)"), format!("insert into {turn} values (0)")]
}

/// Takes a turn: the commit is refused where another one has taken it since this transaction began.
#[must_use]
pub fn take_turn(schema: &str) -> String {
    format!("update {} set turn = turn + 1", own(schema, TURN))
}
