//! DuckDB's SQL over tables without keys that several loaders write to at once.
//!
//! Nobody waits for anybody: of two transactions that change the same rows the later one is refused. New rows are not seen so, and two
//! loaders that insert the same key would both be let in. So every flush changes the one row of `_sdc_turn`.

use super::duckdb::{DuckDb, replace_with};
use super::ledger::{TURN, own};
use super::{Dialect, qualified, quote};
use crate::table::{Table, TableName};
use crate::types::Type;

/// DuckDB's spelling, and what is said otherwise where the tables are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shared {
    /// In a DuckLake.
    DuckLake,
    /// In MotherDuck.
    MotherDuck,
}

impl Dialect for Shared {
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
        match self {
            Shared::DuckLake => DuckDb.replace(staging, table, kept, gone),
            // What is read stays where it is: a temporary table would come here and go back.
            Shared::MotherDuck => replace_with("create table", staging, table, kept),
        }
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

    /// In a lake by a new column, which comes last: the type of one that is there can only be changed to a few others.
    fn widen(&self, table: &TableName, column: &str, from: Type, to: Type) -> String {
        if *self == Shared::MotherDuck {
            return DuckDb.widen(table, column, from, to);
        }
        let (table, column, wider) = (qualified(table), quote(column), quote("_sdc_wider"));
        format!(
            "alter table {table} add column {wider} {};\nupdate {table} set {wider} = {};\n\
             alter table {table} drop column {column};\nalter table {table} rename column {wider} to {column}",
            self.type_name(to),
            self.converted(&column, from, to)
        )
    }
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
