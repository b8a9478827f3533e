//! A stream's tables: what they are called, and what is there.

use crate::catalog::Catalog;
use crate::error::Result;
use crate::names::{self, Rules};
use crate::sql::LEDGER_TABLES;
use crate::table::{Beside, Stored, TableName};
use crate::types::Type;

/// Finds the tables of one stream.
pub struct Finder<'a> {
    /// The schema that they stand in.
    pub schema: String,
    /// The stream's name, as it is stored.
    pub own: String,
    /// The names that tables of other streams of this run have, or will have.
    pub others: Vec<String>,
    /// The destination's rules for names.
    pub rules: Rules,
    /// What exists.
    pub catalog: &'a mut dyn Catalog,
}

impl Finder<'_> {
    /// The place of the table that would be called `wanted`, the stream's own or one beside it, and what is there. A table that is another stream's, or is something else
    /// to this one, stays what it is: then the name gets a piece of its hash.
    pub(super) fn find(
        &mut self,
        wanted: &str,
        beside: Option<Beside>,
    ) -> Result<(TableName, Option<Stored>)> {
        let others: Vec<&str> = self.others.iter().map(String::as_str).collect();
        let place = self.place(wanted, &others);
        let stored = self.catalog.describe(&place)?;
        let foreign = |stored: &Stored| match &stored.memory {
            Some(memory) => memory.stream != self.own || Beside::of(&memory.mode) != beside,
            None => beside.is_some(),
        };
        let (place, stored) = match stored.as_ref().filter(|stored| foreign(stored)) {
            None => (place, stored),
            Some(other) => {
                let others: Vec<&str> = others.into_iter().chain([other.table.name.name.as_str()]).collect();
                let place = self.place(wanted, &others);
                let stored = self.catalog.describe(&place)?;
                (place, stored)
            }
        };
        // No other table of the stream may have the name.
        self.others.push(place.name.clone());
        Ok((place, stored))
    }

    fn place(&self, wanted: &str, others: &[&str]) -> TableName {
        let name = names::table(wanted, others, &LEDGER_TABLES, &self.rules);
        TableName { schema: self.schema.clone(), name }
    }

    /// Whether every stored value of a column can be turned from one type into the other without a loss.
    pub(super) fn fits(&mut self, table: &TableName, column: &str, from: Type, to: Type) -> Result<bool> {
        self.catalog.fits(table, column, from, to)
    }
}
