//! A stream's tables: what they are called, and what is there.

use std::collections::{BTreeMap, BTreeSet};

use crate::adopt::Wish;
use crate::catalog::Catalog;
use crate::error::Result;
use crate::names::{self, Rules};
use crate::note::Note;
use crate::sql::LEDGER_TABLES;
use crate::table::{Beside, Stored, TableName};
use crate::types::Type;

/// The tables that the streams of a run have. There may be very many, so they are looked up by their places.
#[derive(Debug, Default)]
pub struct Tables {
    /// Whose each is, by its place in the form under which names are one.
    owners: BTreeMap<TableName, String>,
}

impl Tables {
    /// Whether there is a table at this place, in the form under which names are one, and it is not the stream's.
    fn is_another_s(&self, place: &TableName, stream: &str) -> bool {
        self.owners.get(place).is_some_and(|owner| owner != stream)
    }

    /// Says that a stream has these tables now, and not those that it had before.
    pub fn own<'a>(
        &mut self,
        stream: &str,
        before: impl Iterator<Item = &'a TableName>,
        now: impl Iterator<Item = &'a TableName>,
        rules: &Rules,
    ) {
        for place in before {
            self.owners.remove(&folded(place, rules));
        }
        for place in now {
            self.owners.insert(folded(place, rules), stream.to_owned());
        }
    }
}

/// A place in the form under which names are one.
fn folded(place: &TableName, rules: &Rules) -> TableName {
    TableName { schema: rules.fold(&place.schema), name: rules.fold(&place.name) }
}

/// Finds the tables of one stream.
pub struct Finder<'a> {
    /// The schema that its tables stand in.
    pub schema: String,
    /// The tables of this run.
    pub tables: &'a Tables,
    /// The stream's name.
    pub stream: &'a str,
    /// The same, as it is stored.
    pub own: String,
    /// The tables of this stream that were found, in the form under which names are one.
    pub found: BTreeSet<String>,
    /// The destination's rules for names.
    pub rules: Rules,
    /// What exists.
    pub catalog: &'a mut dyn Catalog,
    /// What is to be said.
    pub notes: &'a mut Vec<Note>,
}

impl Finder<'_> {
    /// The place of the table that would be called `wanted`, the stream's own or one beside it, and what is there. A table that is another stream's, or is something else
    /// to this one, stays what it is: then the name gets a piece of its hash.
    pub(super) fn find(
        &mut self,
        wanted: &str,
        beside: Option<Beside>,
    ) -> Result<(TableName, Option<Stored>)> {
        let place = self.place(wanted, None);
        let stored = self.catalog.describe(&place)?;
        let foreign = |stored: &Stored| match &stored.memory {
            Some(memory) => memory.stream != self.own || Beside::of(&memory.mode) != beside,
            None => beside.is_some(),
        };
        let (place, stored) = match stored.as_ref().filter(|stored| foreign(stored)) {
            None => (place, stored),
            Some(other) => {
                let place = self.place(wanted, Some(&self.rules.fold(&other.table.name.name)));
                let stored = self.catalog.describe(&place)?;
                (place, stored)
            }
        };
        // No other table of the stream may have the name.
        self.found.insert(self.rules.fold(&place.name));
        Ok((place, stored))
    }

    /// The place of a table that is to have this name, or one made of it: nobody else's, and not `other`'s.
    fn place(&self, wanted: &str, other: Option<&str>) -> TableName {
        let schema = self.rules.fold(&self.schema);
        let taken = |name: &str| {
            let place = TableName { schema: schema.clone(), name: name.to_owned() };
            other == Some(name) || self.found.contains(name) || self.tables.is_another_s(&place, self.stream)
        };
        let name = names::table(wanted, taken, &LEDGER_TABLES, &self.rules);
        TableName { schema: self.schema.clone(), name }
    }

    /// Makes a table of another loader one of this loader's, and says so. Then the stream's tables are to be found anew.
    pub(super) fn adopt(&mut self, table: &TableName, wish: &Wish) -> Result<()> {
        let words = self.catalog.adopt(table, wish)?;
        let words: Vec<&str> = words.lines().filter(|line| !line.starts_with(' ')).collect();
        if !words.is_empty() {
            let said = format!("another loader has made this table: {} (adopt_tables)", words.join(" "));
            self.notes.push(Note::warning(said).of(self.stream));
        }
        self.found.clear();
        Ok(())
    }

    /// Whether every stored value of a column can be turned from one type into the other without a loss.
    pub(super) fn fits(&mut self, table: &TableName, column: &str, from: Type, to: Type) -> Result<bool> {
        self.catalog.fits(table, column, from, to)
    }
}
