//! A stream's tables: what they are called, and what is there.

use crate::catalog::Catalog;
use crate::error::Result;
use crate::names::{self, Rules};
use crate::sql::LEDGER_TABLES;
use crate::table::{Stored, TableName};
use crate::types::Type;

/// What a table is to a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The stream's own.
    Main,
    /// That of one of its arrays.
    Array,
    /// Its tombstones.
    Tombstones,
    /// Where an overwrite collects what takes the place of another table's content.
    Shadow,
}

impl Kind {
    /// The word for it in `_sdc_tables`, where the mode stands for the stream's own tables.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        match self {
            Kind::Main => None,
            Kind::Array => Some("subtable"),
            Kind::Tombstones => Some("tombstones"),
            Kind::Shadow => Some("shadow"),
        }
    }

    /// Whether a table that is remembered with `mode` is of this kind.
    fn is(self, mode: &str) -> bool {
        match self.name() {
            Some(name) => name == mode,
            None => {
                [Kind::Array, Kind::Tombstones, Kind::Shadow].iter().all(|kind| kind.name() != Some(mode))
            }
        }
    }
}

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
    /// The place of the table that would be called `wanted`, and what is there. A table that is another stream's, or is something else
    /// to this one, stays what it is: then the name gets a piece of its hash.
    pub(super) fn find(&mut self, wanted: &str, kind: Kind) -> Result<(TableName, Option<Stored>)> {
        let others: Vec<&str> = self.others.iter().map(String::as_str).collect();
        let place = self.place(wanted, &others);
        let stored = self.catalog.describe(&place)?;
        let foreign = |stored: &Stored| match &stored.memory {
            Some(memory) => memory.stream != self.own || !kind.is(&memory.mode),
            None => kind != Kind::Main,
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
