//! Postgres: batches go by binary COPY, into the table itself where nothing has to be compared, else into a temporary staging
//! table that is merged.

mod catalog;
mod copy;
mod url;
mod write;

use std::time::Duration;

use ::postgres::{Client, NoTls, Transaction};

use super::{Abilities, Destination, Receipt, check_identity, settle, totals};
use crate::decode::{Limits, Nul};
use crate::error::{Error, Result};
use crate::flush::Flush;
use crate::names::Rules;
use crate::sql::ledger;
use crate::sql::postgres as sql;
use crate::sql::postgres::Postgres as Dialect;
use crate::table::{Memory, Stored, TableName};
use crate::types::Type;

/// Columns that every Postgres table has already.
const RESERVED: &[&str] = &["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"];

/// The schema for tables where no setting names one.
pub const DEFAULT_SCHEMA: &str = "public";

/// A Postgres database.
pub struct Postgres {
    client: Client,
    schema: String,
}

impl Postgres {
    /// Connects to `url`, and makes the schema and the loader's own tables where they are not there.
    ///
    /// # Errors
    /// Of class usage where the URL cannot be one, else of class destination.
    pub fn open(url: &str, schema: &str) -> Result<Self> {
        let mut postgres = Self::attach(url, schema)?;
        postgres.prepare().map_err(|error| failed("prepare the schema", error))?;
        Ok(postgres)
    }

    /// Connects to `url` to look, and makes nothing.
    ///
    /// # Errors
    /// As [`Postgres::open`].
    pub fn attach(url: &str, schema: &str) -> Result<Self> {
        Ok(Self { client: connect(url)?, schema: schema.to_owned() })
    }

    fn has_ledger(&mut self) -> Result<bool, ::postgres::Error> {
        Ok(self.client.query_one(sql::LEDGER_EXISTS, &[&self.schema])?.get(0))
    }

    fn prepare(&mut self) -> Result<(), ::postgres::Error> {
        if self.has_ledger()? {
            return Ok(());
        }
        let mut transaction = self.client.transaction()?;
        // Two loaders that start at the same time would trip over each other's "if not exists".
        transaction.execute(sql::LOCK_SCHEMA, &[&self.schema])?;
        for statement in ledger::create(&Dialect, &self.schema) {
            transaction.batch_execute(&statement)?;
        }
        transaction.commit()
    }
}

/// Opens a connection.
fn connect(url: &str) -> Result<Client> {
    let config = url::parse(url)?;
    let mut config = config;
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(Duration::from_secs(10));
    }
    if config.get_application_name().is_none() {
        config.application_name("lastword");
    }
    // The session's own settings must not change what values mean.
    config.options(&format!("{} -c timezone=UTC", config.get_options().unwrap_or_default()));
    config.connect(NoTls).map_err(|error| {
        Error::destination("cannot connect to Postgres")
            .caused_by(error)
            .hint("check the host, the port, the user and the password of the destination's URL")
    })
}

impl Destination for Postgres {
    fn abilities(&self) -> Abilities {
        Abilities {
            names: Rules { max_bytes: 63, ignores_case: false, reserved: RESERVED },
            limits: Limits { nul: Nul::Reject, decimals: true },
            storage: |ty| ty,
            default_schema: DEFAULT_SCHEMA,
        }
    }

    fn describe(&mut self, table: &TableName) -> Result<Option<Stored>> {
        catalog::describe(&mut self.client, table)
            .map_err(|error| failed("describe a table", error).in_table(&table.name))
    }

    fn commit(&mut self, flush: &Flush) -> Result<Receipt> {
        let begin = |error| failed("begin a transaction", error);
        let mut transaction = self.client.transaction().map_err(begin)?;
        let mut counts = std::collections::BTreeMap::new();
        for (place, load) in flush.loads.iter().enumerate() {
            let written = write::write(&mut transaction, place, load)
                .map_err(|error| error.in_table(&load.table.name.name))?;
            counts.insert(load.stream.clone(), settle(load, written));
        }
        check_identity(&counts)?;
        remember(&mut transaction, &self.schema, flush)
            .map_err(|error| failed("remember the tables", error))?;
        let (sum, streams) = totals(&counts)?;
        let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        transaction
            .execute(
                &ledger::record_load(&Dialect, &self.schema),
                &[
                    &flush.id.load,
                    &number(flush.id.number),
                    &flush.sealed_at,
                    &number(sum.received),
                    &number(sum.inserted),
                    &number(sum.replaced),
                    &number(sum.stale),
                    &number(sum.duplicate),
                    &number(sum.deleted),
                    &number(sum.rejected),
                    &number(sum.bytes),
                    &streams,
                    &flush.bookmark,
                ],
            )
            .map_err(|error| failed("write down the load", error))?;
        transaction.commit().map_err(|error| {
            let lost = error.as_db_error().is_none();
            let failed = failed("commit", error);
            if lost { Error::unknown(failed.to_string()) } else { failed }
        })?;
        Ok(Receipt { flush: flush.id.clone(), counts })
    }

    fn fits(&mut self, _: &TableName, _: &str, _: Type, _: Type) -> Result<bool> {
        Ok(true)
    }

    fn bookmark(&mut self) -> Result<Option<String>> {
        let mut last = || -> Result<Option<String>, ::postgres::Error> {
            if !self.has_ledger()? {
                return Ok(None);
            }
            let row = self.client.query_opt(&ledger::last_bookmark(&self.schema), &[])?;
            Ok(row.map(|row| row.get(0)))
        };
        last().map_err(|error| failed("read the bookmark", error))
    }
}

fn remember(transaction: &mut Transaction<'_>, schema: &str, flush: &Flush) -> Result<(), ::postgres::Error> {
    for load in &flush.loads {
        let Memory { stream, mode, keys, sequence_source, arrival_sequence, .. } = &load.memory;
        let keys = serde_json::Value::from(keys.as_slice()).to_string();
        transaction.execute(
            &ledger::remember(&Dialect, schema),
            &[&load.table.name.name, stream, mode, &keys, sequence_source, arrival_sequence],
        )?;
    }
    let insert = ledger::record_reject(&Dialect, schema);
    for reject in &flush.rejects {
        // Postgres holds no U+0000; the record is for reading, so its escape is.
        let record = reject.record.replace('\0', "\\u0000");
        let line = i64::try_from(reject.line).unwrap_or(i64::MAX);
        transaction.execute(
            &insert,
            &[&reject.at, &reject.table, &reject.reason, &record, &line, &reject.sequence, &flush.id.load],
        )?;
    }
    Ok(())
}

/// A statement's error: the server's own words, without the row that it shows in its detail.
fn failed(what: &str, error: ::postgres::Error) -> Error {
    match error.as_db_error() {
        Some(server) => {
            let failed = Error::destination(format!(
                "Postgres cannot {what}: {} (SQLSTATE {})",
                server.message(),
                server.code().code()
            ));
            match server.hint() {
                Some(hint) => failed.hint(hint),
                None => failed,
            }
        }
        None => Error::destination(format!("Postgres cannot {what}")).caused_by(error),
    }
}
