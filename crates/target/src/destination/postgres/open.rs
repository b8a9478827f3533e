//! From a URL to a destination: the session, and the loader's own tables; and again, where it was lost.

use std::collections::BTreeSet;
use std::sync::Arc;

use ::postgres::types::Type as ServerType;

use super::connect::{connect, watch};
use super::fault::NO_TRANSACTIONS;
use super::link::{Client, Sight, Statements as _};
use super::waits::Waits;
use super::{Postgres, failed, read};
use crate::destination::watched::Watched;
use crate::destination::{Inspect, outdated};
use crate::error::Result;
use crate::sql::ledger;
use crate::sql::postgres as sql;
use crate::sql::postgres::Postgres as Dialect;

/// Opens one after the other, each where the last one was lost.
pub struct Opener {
    url: String,
    schema: String,
    waits: Waits,
    /// Those of before.
    earlier: Vec<Arc<Sight>>,
}

impl Opener {
    /// For `url` and `schema` as in [`Postgres::open`]. What is opened waits so long for others.
    #[must_use]
    pub fn new(url: String, schema: String, waits: Waits) -> Self {
        Self { url, schema, waits, earlier: Vec::new() }
    }

    /// Opens one, which is given up where nothing is heard of it for too long.
    ///
    /// # Errors
    /// As [`Postgres::open`].
    pub fn open(&mut self) -> Result<Watched> {
        let sight = Arc::default();
        let watch = watch(&self.url, self.waits.statement, &sight)?;
        let mut client = Client::new(connect(&self.url)?, Arc::clone(&sight));
        self.earlier.retain(|sight| sight.at().is_some());
        let (schema, waits, earlier) = (self.schema.clone(), self.waits, self.earlier.clone());
        self.earlier.push(sight);
        Watched::open(watch, move || {
            // One that was given up is in its transaction still, and has locks.
            for at in earlier.iter().filter_map(|sight| sight.at()) {
                let ended = client.query(sql::END_SESSION, &at.values());
                ended.map_err(|error| failed("end the session that was given up", error))?;
            }
            let mut postgres = Postgres::over(client, &schema)?;
            postgres.waits = waits;
            Ok(Box::new(postgres))
        })
    }
}

impl Postgres {
    /// Connects to `url`, or to the words of a connection string, and makes the schema and the loader's own tables where they are not there.
    ///
    /// # Errors
    /// Of class usage where the string cannot be one, else of class destination.
    pub fn open(url: &str, schema: &str) -> Result<Self> {
        Self::over(Client::new(connect(url)?, Arc::default()), schema)
    }

    fn over(client: Client, schema: &str) -> Result<Self> {
        let (mut postgres, is_current) = Self::attach_over(client, schema)?;
        // An older version's own tables lack columns.
        let needed = match is_current {
            true => postgres.preparations(),
            false => ledger::upgrade(&Dialect, schema),
        };
        if !needed.is_empty() {
            postgres.prepare(&needed).map_err(|error| failed("prepare the schema", error))?;
            postgres.remembers = true;
        }
        Ok(postgres)
    }

    /// Connects to `url` to look: nothing is written.
    ///
    /// # Errors
    /// As [`Postgres::open`]; where the loader's own tables are of an earlier version.
    pub fn attach(url: &str, schema: &str) -> Result<Self> {
        let (postgres, is_current) = Self::attach_over(Client::new(connect(url)?, Arc::default()), schema)?;
        if is_current { Ok(postgres) } else { Err(outdated()) }
    }

    /// Connects, and says whether the loader's own tables are of this version, if they are there.
    fn attach_over(mut client: Client, schema: &str) -> Result<(Self, bool)> {
        // In a transaction, so that a pooler that knows none says so at once.
        let waits = Waits::default();
        let state = read(&mut client, waits, |transaction| {
            transaction.query_one(sql::LEDGER_STATE, &[(&schema, ServerType::TEXT)])
        });
        let state = state.map_err(|error| {
            // Its own words are lost where the end of the connection is seen with them.
            let is_refused = error.is_closed();
            let failed = failed("look for its own tables", error);
            if is_refused { failed.hint(NO_TRANSACTIONS) } else { failed }
        })?;
        let (remembers, current): (bool, bool) = (state.get(0), state.get(1));
        let postgres = Self {
            client,
            waits,
            schema: schema.to_owned(),
            remembers,
            has_schema: state.get(2),
            has_citus: state.get(3),
            contended: BTreeSet::new(),
            unsourced: BTreeSet::new(),
        };
        Ok((postgres, current || !remembers))
    }

    fn prepare(&mut self, statements: &[String]) -> Result<(), ::postgres::Error> {
        let mut transaction = self.client.begin(&self.waits.begin())?;
        // Two loaders that start at the same time would trip over each other's "if not exists".
        transaction.query(sql::LOCK_SCHEMA, &[(&self.schema, ServerType::TEXT)])?;
        transaction.batch_execute(&format!("{};\n{}", sql::HURRY, statements.join(";\n")))?;
        transaction.commit()
    }
}
