//! The schemas that tables stand in. What is remembered of tables stands beside them; the loader's other tables are in the run's schema alone.

use std::collections::BTreeSet;

use ::postgres::types::Type as ServerType;

use super::link::{Client, Statements as _};
use super::waits::Waits;
use super::{Postgres, failed, read};
use crate::destination::outdated;
use crate::error::Result;
use crate::flush::Flush;
use crate::sql::postgres::Postgres as Dialect;
use crate::sql::{ledger, postgres as sql};

/// What is there of a schema.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// The schema itself.
    exists: bool,
    /// All of the loader's own tables.
    pub(super) ledger: bool,
    /// The one that remembers the schema's tables.
    recalls: bool,
    /// Whether that one is of this version.
    recalls_all: bool,
    /// Whether all of them are.
    ledger_is_current: bool,
    /// Whether the database is of a Citus cluster.
    pub(super) has_citus: bool,
}

impl Place {
    /// Looks at a schema.
    pub(super) fn look(client: &mut Client, waits: Waits, schema: &str) -> Result<Self, ::postgres::Error> {
        // In a transaction, so that a pooler that knows none says so at once.
        let state = read(client, waits, |transaction| {
            transaction.query_one(sql::LEDGER_STATE, &[(&schema, ServerType::TEXT)])
        })?;
        let [ledger, ledger_is_current, recalls, recalls_all, exists, has_citus] =
            [0, 1, 2, 3, 4, 5].map(|at| state.get(at));
        Ok(Self { exists, ledger, recalls, recalls_all, ledger_is_current, has_citus })
    }

    /// Whether nothing that is there is of an earlier version.
    pub(super) fn is_current(self) -> bool {
        (self.ledger_is_current || !self.ledger) && (self.recalls_all || !self.recalls)
    }

    /// As it is once everything is there.
    fn ready(self) -> Self {
        Self { exists: true, recalls: true, recalls_all: true, ..self }
    }

    /// As it is once the run can begin in it.
    pub(super) fn ready_for_runs(self) -> Self {
        Self { ledger: true, ledger_is_current: true, ..self.ready() }
    }

    /// The statements that it takes until the run can begin in it.
    pub(super) fn needed(self, schema: &str, readers: &[String]) -> Vec<String> {
        let mut statements = self.schema(schema, readers);
        match self.ledger {
            false => {
                statements.extend(ledger::create(&Dialect, schema));
                statements.extend(self.upgrade(schema));
            }
            true if !self.is_current() => statements.extend(ledger::upgrade(&Dialect, schema)),
            true => {}
        }
        statements
    }

    /// The statements that it takes until tables in it can be remembered.
    fn needed_for_tables(self, schema: &str, readers: &[String]) -> Vec<String> {
        let mut statements = self.schema(schema, readers);
        statements.extend((!self.recalls).then(|| ledger::create_tables(&Dialect, schema)));
        statements.extend(self.upgrade(schema));
        statements
    }

    /// Where the schema is there, the right to make one is not needed.
    fn schema(self, schema: &str, readers: &[String]) -> Vec<String> {
        if self.exists { Vec::new() } else { ledger::make_schema(&Dialect, schema, readers) }
    }

    fn upgrade(self, schema: &str) -> Vec<String> {
        let is_outdated = self.recalls && !self.recalls_all;
        if is_outdated { ledger::upgrade_tables(&Dialect, schema) } else { Vec::new() }
    }
}

impl Postgres {
    /// The roles that may use a schema that is made.
    pub(super) fn readers(&self, schema: &str) -> &[String] {
        self.readers.get(schema).map_or(&[], Vec::as_slice)
    }

    /// What is there of a schema. It is looked at once.
    fn place(&mut self, schema: &str) -> Result<Place> {
        if let Some(place) = self.places.get(schema) {
            return Ok(*place);
        }
        let place = Place::look(&mut self.client, self.waits, schema)
            .map_err(|error| failed("look for its own tables", error))?;
        self.places.insert(schema.to_owned(), place);
        Ok(place)
    }

    /// Whether the schema has what remembers its tables. What is of an earlier version is brought up to this one, where anything is written.
    pub(super) fn recalls(&mut self, schema: &str) -> Result<bool> {
        let place = self.place(schema)?;
        match place.recalls && !place.recalls_all {
            true if self.looks => return Err(outdated()),
            true => self.make_ready(schema)?,
            false => {}
        }
        Ok(place.recalls)
    }

    /// Makes what is needed to remember tables in a schema.
    pub(super) fn make_ready(&mut self, schema: &str) -> Result<()> {
        let place = self.place(schema)?;
        let needed = place.needed_for_tables(schema, self.readers(schema));
        if !needed.is_empty() {
            self.prepare(schema, &needed)?;
            self.places.insert(schema.to_owned(), place.ready());
        }
        Ok(())
    }

    /// The same for all the schemas of a flush.
    pub(super) fn make_ready_for(&mut self, flush: &Flush) -> Result<()> {
        let schemas: BTreeSet<&str> =
            flush.loads.iter().map(|load| load.table.name.schema.as_str()).collect();
        schemas.into_iter().try_for_each(|schema| self.make_ready(schema))
    }

    /// The statements of [`Postgres::make_ready`].
    pub(super) fn preparations_of(&mut self, schema: &str) -> Result<Vec<String>> {
        if schema == self.schema {
            return Ok(Vec::new());
        }
        let place = self.place(schema)?;
        Ok(place.needed_for_tables(schema, self.readers(schema)))
    }
}
