//! The schemas that tables stand in. What is remembered of tables stands beside them; the loader's other tables are in the run's schema alone.

use std::collections::BTreeSet;

use super::{DuckDb, failed, ledger};
use crate::destination::outdated;
use crate::error::Result;
use crate::flush::Flush;
use crate::sql::ledger as sql;
use crate::table::TableName;

impl DuckDb {
    /// Whether the schema has what remembers its tables. What is of an earlier version is brought up to this one, where anything is written.
    pub(super) fn recalls(&mut self, schema: &str) -> Result<bool> {
        if self.places.contains(schema) {
            return Ok(true);
        }
        let (table, newest) = sql::NEWEST_COLUMN_OF_TABLES;
        let table = TableName { schema: schema.to_owned(), name: table.to_owned() };
        let columns = ledger::columns(&self.connection, &table)
            .map_err(|error| failed("look for its own tables", error))?;
        match columns {
            None => return Ok(false),
            Some(columns) if columns.iter().any(|column| column.name == newest) => {}
            Some(_) if self.looks => return Err(outdated()),
            Some(_) => self.prepare_place(&sql::upgrade_tables(self.store.dialect(), schema))?,
        }
        self.places.insert(schema.to_owned());
        Ok(true)
    }

    /// Makes what is needed to remember tables in a schema.
    pub(super) fn make_ready(&mut self, schema: &str) -> Result<()> {
        let needed = self.preparations_of(schema)?;
        if !needed.is_empty() {
            self.prepare_place(&needed)?;
            self.places.insert(schema.to_owned());
        }
        Ok(())
    }

    /// The same for all the schemas of a flush.
    pub(super) fn make_ready_for(&mut self, flush: &Flush) -> Result<()> {
        let schemas: BTreeSet<&str> =
            flush.loads.iter().map(|load| load.table.name.schema.as_str()).collect();
        schemas.into_iter().try_for_each(|schema| self.make_ready(schema))
    }

    /// The statements of [`DuckDb::make_ready`].
    pub(super) fn preparations_of(&mut self, schema: &str) -> Result<Vec<String>> {
        if self.recalls(schema)? {
            return Ok(Vec::new());
        }
        let dialect = self.store.dialect();
        let mut statements = sql::make_schema(dialect, schema, &[]);
        statements.push(sql::create_tables(dialect, schema));
        statements.extend(self.store.turn(schema));
        Ok(statements)
    }

    fn prepare_place(&mut self, statements: &[String]) -> Result<()> {
        self.run_all(statements).map_err(|error| failed("prepare the schema", error))
    }
}
