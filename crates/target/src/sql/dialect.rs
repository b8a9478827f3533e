//! How one database spells what the other spells differently.

use super::{qualified, quote};
use crate::flush::Spread;
use crate::table::{Table, TableName};
use crate::types::Type;

/// A database's spelling.
pub trait Dialect: Send + Sync {
    /// The name of a type in DDL.
    fn type_name(&self, ty: Type) -> String;

    /// The type that a name from the database's catalog stands for; `Foreign` for one that the loader does not write.
    fn type_named(&self, name: &str) -> Type;

    /// The expression that turns the quoted column `column` of type `from` into `to` without a loss, or fails.
    fn converted(&self, column: &str, from: Type, to: Type) -> String;

    /// The parameter of this number (from 1, in the order of the text), to be taken for a value of type `ty`. An instant is passed as
    /// microseconds since 1970, JSON as text.
    fn parameter(&self, number: usize, ty: Type) -> String;

    /// The parameter of this number, an instant in microseconds since 1970, for a column of type `ty`. Tables that other loaders made
    /// have instants in other types.
    fn instant(&self, number: usize, ty: Type) -> String;

    /// The microseconds since 1970 of an instant.
    fn micros(&self, expression: &str) -> String;

    /// The texts of the parameter of this number, a list of them in JSON, as the rows of a query.
    fn texts(&self, number: usize) -> String;

    /// The names of the members of a column of JSON objects, each in a row of its own.
    fn members(&self, column: &str) -> String;

    /// Whether the value of the quoted column `column`, of type `from`, would be another one as `to`: an expression that may fail for
    /// such a value.
    fn differs(&self, column: &str, from: Type, to: Type) -> String;

    /// The statements that put the rows of a staging table into `table`, whatever it has of their keys. A row that is there keeps
    /// its `kept` columns and gets the defaults of its `gone` ones.
    fn replace(&self, staging: &str, table: &Table, kept: &[String], gone: &[String]) -> Vec<String>;

    /// The constraint that tells the database of a table's key, where it is to know it.
    fn key_constraint(&self, table: &Table) -> Option<String>;

    /// The statement that lets the database find the rows of an appended table by their sequences, where it needs one for it.
    fn recognition(&self, _table: &Table) -> Option<String> {
        None
    }

    /// The statement that makes an index of these columns, where the database is to have one.
    fn index(&self, _table: &TableName, _columns: &[String]) -> Option<String> {
        None
    }

    /// The statement that lets roles use a schema; none where there are no roles.
    fn let_use(&self, _schema: &str, _roles: &[String]) -> Option<String> {
        None
    }

    /// The statement that lets roles read a table or a view; none where there are no roles.
    fn let_read(&self, _table: &TableName, _roles: &[String]) -> Option<String> {
        None
    }

    /// The expression, of type `ty`, for a comparison that only the very same value passes.
    fn exact(&self, expression: String, _ty: Type) -> String {
        expression
    }

    /// The statement that lays a new table over the nodes of a cluster, its rows where those of `beside` are; `None` where there is
    /// nothing of the kind.
    fn distribute(
        &self,
        _table: &TableName,
        _spread: &Spread,
        _beside: Option<&TableName>,
    ) -> Option<String> {
        None
    }

    /// Whether a table that is merged into needs a constraint for its key.
    fn constrains_keys(&self) -> bool;

    /// Whether a table can have a primary key.
    fn has_keys(&self) -> bool {
        true
    }

    /// The statement that writes the rows of `source`, which have these `columns`, into `table`: where it has a row of the same `key`,
    /// that is changed by `sets`, in which `t` is the row that is there and `excluded` the new one.
    fn upsert(&self, table: &str, columns: &str, source: &str, key: &str, sets: &str) -> String {
        format!("insert into {table} as t ({columns}) {source} on conflict ({key}) do update set {sets}")
    }

    /// The statement that makes a column wider.
    fn widen(&self, table: &TableName, column: &str, from: Type, to: Type) -> String {
        let column = quote(column);
        format!(
            "alter table {} alter column {column} type {} using {}",
            qualified(table),
            self.type_name(to),
            self.converted(&column, from, to)
        )
    }
}
