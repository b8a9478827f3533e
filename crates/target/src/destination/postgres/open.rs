//! From a URL to a destination: the session, and the loader's own tables; and again, where it was lost.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ::postgres::error::SqlState;
use ::postgres::types::Type as ServerType;

use super::connect::{connect, watch};
use super::fault::NO_TRANSACTIONS;
use super::link::{Client, Sight, Statements as _};
use super::places::Place;
use super::waits::Waits;
use super::{Postgres, Readers, failed};
use crate::destination::load::READERS;
use crate::destination::outdated;
use crate::destination::watched::Watched;
use crate::error::Result;
use crate::sql::postgres as sql;

/// Opens one after the other, each where the last one was lost.
pub struct Opener {
    url: String,
    schema: String,
    waits: Waits,
    readers: Readers,
    /// Those of before.
    earlier: Vec<Arc<Sight>>,
}

impl Opener {
    /// For `url` and `schema` as in [`Postgres::open`]. What is opened waits so long for others.
    #[must_use]
    pub fn new(url: String, schema: String, waits: Waits) -> Self {
        Self { url, schema, waits, readers: Readers::new(), earlier: Vec::new() }
    }

    /// Lets these roles use the schemas that are made.
    #[must_use]
    pub fn with_readers(self, readers: Readers) -> Self {
        Self { readers, ..self }
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
        let readers = self.readers.clone();
        self.earlier.push(sight);
        Watched::open(watch, move || {
            // One that was given up is in its transaction still, and has locks.
            for at in earlier.iter().filter_map(|sight| sight.at()) {
                let ended = client.query(sql::END_SESSION, &at.values());
                ended.map_err(|error| failed("end the session that was given up", error))?;
            }
            let mut postgres = Postgres::over(client, &schema, readers)?;
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
        Self::over(Client::new(connect(url)?, Arc::default()), schema, Readers::new())
    }

    fn over(client: Client, schema: &str, readers: Readers) -> Result<Self> {
        let (mut postgres, place) = Self::attach_over(client, schema)?;
        (postgres.readers, postgres.looks) = (readers, false);
        let needed = place.needed(schema, postgres.readers(schema));
        if !needed.is_empty() {
            postgres.prepare(schema, &needed)?;
            postgres.places.insert(schema.to_owned(), place.ready_for_runs());
        }
        Ok(postgres)
    }

    /// Connects to `url` to look: nothing is written.
    ///
    /// # Errors
    /// As [`Postgres::open`]; where the loader's own tables are of an earlier version.
    pub fn attach(url: &str, schema: &str) -> Result<Self> {
        let (postgres, place) = Self::attach_over(Client::new(connect(url)?, Arc::default()), schema)?;
        if place.is_current() { Ok(postgres) } else { Err(outdated()) }
    }

    /// With these roles to use the schemas that are made.
    #[must_use]
    pub fn with_readers(self, readers: Readers) -> Self {
        Self { readers, ..self }
    }

    /// Connects, and says what is there of the schema.
    fn attach_over(mut client: Client, schema: &str) -> Result<(Self, Place)> {
        let waits = Waits::default();
        let place = Place::look(&mut client, waits, schema).map_err(|error| {
            // Its own words are lost where the end of the connection is seen with them.
            let is_refused = error.is_closed();
            let failed = failed("look for its own tables", error);
            if is_refused { failed.hint(NO_TRANSACTIONS) } else { failed }
        })?;
        let postgres = Self {
            client,
            waits,
            schema: schema.to_owned(),
            places: BTreeMap::from([(schema.to_owned(), place)]),
            readers: Readers::new(),
            looks: true,
            has_citus: place.has_citus,
            contended: BTreeSet::new(),
            unsourced: BTreeSet::new(),
        };
        Ok((postgres, place))
    }

    /// Makes what a schema needs.
    pub(super) fn prepare(&mut self, schema: &str, statements: &[String]) -> Result<()> {
        let mut prepare = || {
            let mut transaction = self.client.begin(&self.waits.begin())?;
            // Two loaders that start at the same time would trip over each other's "if not exists".
            transaction.query(sql::LOCK_SCHEMA, &[(&schema, ServerType::TEXT)])?;
            transaction.batch_execute(&format!("{};\n{}", sql::HURRY, statements.join(";\n")))?;
            transaction.commit()
        };
        prepare().map_err(|error| {
            let is_of_roles = error.code() == Some(&SqlState::UNDEFINED_OBJECT);
            let failed = failed("prepare the schema", error);
            if is_of_roles { failed.hint(READERS) } else { failed }
        })
    }
}
