//! How one database spells what the other spells differently.

use crate::table::Table;
use crate::types::Type;

/// A database's spelling.
pub trait Dialect {
    /// The name of a type in DDL.
    fn type_name(&self, ty: Type) -> String;

    /// The type that a name from the database's catalog stands for; `Foreign` for one that the loader does not write.
    fn type_named(&self, name: &str) -> Type;

    /// The expression that turns the quoted column `column` of type `from` into `to` without a loss, or fails.
    fn converted(&self, column: &str, from: Type, to: Type) -> String;

    /// The parameter of this number (from 1, in the order of the text), to be taken for a value of type `ty`. An instant is passed as
    /// microseconds since 1970, JSON as text.
    fn parameter(&self, number: usize, ty: Type) -> String;

    /// The constraint that tells the database of a table's key, where it is to know it.
    fn key_constraint(&self, table: &Table) -> Option<String>;

    /// Whether a table that is merged into needs a constraint for its key.
    fn constrains_keys(&self) -> bool;
}
