//! Postgres: batches go by binary COPY, into the table itself where nothing has to be compared, else into a temporary staging
//! table that is merged.

mod copy;
mod url;

use std::time::Duration;

use ::postgres::{Client, NoTls, Transaction};

use super::{Abilities, Destination, Receipt, Written, check_identity, settle, totals};
use crate::batch::{Mode, Sealed};
use crate::decode::Limits;
use crate::error::{Error, Result};
use crate::flush::{Flush, Load};
use crate::names::Rules;
use crate::sql::postgres as sql;
use crate::sql::postgres::Postgres as Dialect;
use crate::sql::{Dialect as _, before_changes, change, latest_view, ledger, qualified};
use crate::table::{Column, Memory, Role, Stored, System, Table, TableName};

/// Columns that every Postgres table has already.
const RESERVED: &[&str] = &["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"];

/// The name of the staging table of the load at this place in the flush.
fn staging(place: usize) -> String {
    format!("lastword_staging_{place}")
}

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
        let mut postgres = Self { client: connect(url)?, schema: schema.to_owned() };
        postgres.prepare().map_err(|error| failed("prepare the schema", error))?;
        Ok(postgres)
    }

    fn prepare(&mut self) -> Result<(), ::postgres::Error> {
        let row = self.client.query_one(sql::LEDGER_EXISTS, &[&self.schema])?;
        if row.get(0) {
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
            limits: Limits { nul: false },
            storage: |ty| ty,
            default_schema: DEFAULT_SCHEMA,
        }
    }

    fn describe(&mut self, table: &TableName) -> Result<Option<Stored>> {
        let describe = |client: &mut Client| -> Result<Option<Stored>, ::postgres::Error> {
            let rows = client.query(sql::DESCRIBE, &[&table.schema, &table.name])?;
            if rows.is_empty() {
                return Ok(None);
            }
            let columns = rows.iter().map(|row| {
                let (name, ty, nullable, key): (String, String, bool, bool) =
                    (row.get(0), row.get(1), row.get(2), row.get(3));
                let system = System::ALL.into_iter().find(|system| system.name() == name);
                let role = if key { Role::Key } else { system.map_or(Role::Value, Role::System) };
                Column { name, ty: Dialect.type_named(&ty), nullable, role }
            });
            let columns = columns.collect();
            let memory =
                client.query_opt(&ledger::recall(&Dialect, &table.schema), &[&table.name])?.map(|row| {
                    Memory {
                        stream: row.get(0),
                        mode: row.get(1),
                        keys: serde_json::from_str(row.get(2)).unwrap_or_default(),
                        sequence_source: row.get(3),
                        arrival_sequence: row.get(4),
                    }
                });
            Ok(Some(Stored { table: Table { name: table.clone(), columns }, memory }))
        };
        describe(&mut self.client).map_err(|error| failed("describe a table", error).in_table(&table.name))
    }

    fn commit(&mut self, flush: &Flush) -> Result<Receipt> {
        let begin = |error| failed("begin a transaction", error);
        let mut transaction = self.client.transaction().map_err(begin)?;
        let mut counts = std::collections::BTreeMap::new();
        for (place, load) in flush.loads.iter().enumerate() {
            let written = write(&mut transaction, place, load)
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

    fn bookmark(&mut self) -> Result<Option<String>> {
        let row = self.client.query_opt(&ledger::last_bookmark(&self.schema), &[]);
        Ok(row.map_err(|error| failed("read the bookmark", error))?.map(|row| row.get(0)))
    }
}

fn remember(transaction: &mut Transaction<'_>, schema: &str, flush: &Flush) -> Result<(), ::postgres::Error> {
    for load in &flush.loads {
        let Memory { stream, mode, keys, sequence_source, arrival_sequence } = &load.memory;
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

/// Makes the changes of one load and writes its rows.
fn write(transaction: &mut Transaction<'_>, place: usize, load: &Load) -> Result<Written> {
    let alter = |transaction: &mut Transaction<'_>, statement: &str| {
        transaction.batch_execute(statement).map_err(|error| failed("change the table", error))
    };
    let view = load.view.as_ref();
    if let Some(statement) = view.and_then(|view| before_changes(view, &load.changes)) {
        alter(transaction, &statement)?;
    }
    for needed in &load.changes {
        alter(transaction, &change(&Dialect, &load.table, needed))?;
    }
    if let Some(view) = view {
        alter(transaction, &latest_view(view))?;
    }
    let Some(batch) = &load.batch else { return Ok(Written::default()) };
    let count = batch.count() as u64;
    match load.mode {
        Mode::Append { unique: false } => {
            let copy = sql::copy(&qualified(&load.table.name), &load.table);
            copy_rows(transaction, &copy, load, batch)?;
            Ok(Written { inserted: count, ..Written::default() })
        }
        Mode::Append { unique: true } => {
            // Nothing in the table keeps another loader from appending the same rows at the same time.
            let lock = [&load.table.name.schema, &load.table.name.name];
            transaction
                .execute(sql::LOCK_TABLE, &[lock[0], lock[1]])
                .map_err(|error| failed("lock the table", error))?;
            let staging = stage(transaction, place, load, batch)?;
            let append = sql::append_unique(&staging, &load.table);
            let inserted = transaction.execute(&append, &[]).map_err(|error| failed("append", error))?;
            Ok(Written { inserted, duplicate: count - inserted, ..Written::default() })
        }
        Mode::Merge(tie) => {
            let staging = stage(transaction, place, load, batch)?;
            let merge = sql::merge(&staging, &load.table, tie);
            let row = transaction.query_one(&merge, &[]).map_err(|error| failed("merge", error))?;
            let number = |place: usize| u64::try_from(row.get::<_, i64>(place)).unwrap_or_default();
            let (inserted, replaced, deleted) = (number(0), number(1), number(2));
            let written = inserted + replaced + deleted;
            let mut lost = Written { inserted, replaced, deleted, ..Written::default() };
            if written < count {
                // Every row that was written is in the table in its own version now; so are the duplicates.
                let equal = sql::count_equal_staged(&staging, &load.table);
                let row =
                    transaction.query_one(&equal, &[]).map_err(|error| failed("count duplicates", error))?;
                let equal = u64::try_from(row.get::<_, i64>(0)).unwrap_or_default();
                lost.duplicate = equal.saturating_sub(written);
                lost.stale = count - written - lost.duplicate;
            }
            Ok(lost)
        }
    }
}

fn stage(transaction: &mut Transaction<'_>, place: usize, load: &Load, batch: &Sealed) -> Result<String> {
    let staging = staging(place);
    let create = sql::create_staging(&staging, &load.table);
    transaction.batch_execute(&create).map_err(|error| failed("make the staging table", error))?;
    copy_rows(transaction, &sql::copy(&crate::sql::quote(&staging), &load.table), load, batch)?;
    Ok(staging)
}

fn copy_rows(transaction: &mut Transaction<'_>, statement: &str, load: &Load, batch: &Sealed) -> Result<()> {
    let mut writer = transaction.copy_in(statement).map_err(|error| failed("copy", error))?;
    copy::write(&mut writer, &load.table, batch).map_err(copy_failed)?;
    writer.finish().map_err(|error| failed("copy", error))?;
    Ok(())
}

fn copy_failed(error: std::io::Error) -> Error {
    match error.downcast::<::postgres::Error>() {
        Ok(error) => failed("copy", error),
        Err(error) => Error::destination("Postgres cannot copy").caused_by(error),
    }
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
