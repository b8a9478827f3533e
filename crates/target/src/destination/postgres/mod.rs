//! Postgres: batches go by binary COPY, rows whose keys are new into the table itself, others into a temporary staging table that is
//! merged.

mod catalog;
mod check;
mod citus;
mod connect;
mod copy;
mod fault;
mod inspect;
mod known;
mod ledger;
mod link;
mod locks;
mod open;
mod places;
mod waits;
mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::thread;

use ::postgres::error::SqlState;
use ::postgres::types::Type as ServerType;

use super::load::{Remembered, carry_out};
use super::terms::{Terms, is_news, terms};
use super::{Abilities, Destination, Receipt, check_identity, check_newest, counted, settle, totals};
use crate::batch::Mode;
use crate::decode::{Limits, Nul};
use crate::error::{Error, Result};
use crate::flush::{Flush, FlushId, Load, Reject, Replayed, StreamCounts};
use crate::names::Rules;
use crate::shard::Shard;
use crate::sql::postgres as sql;
use crate::sql::postgres::Postgres as Dialect;
use crate::table::{Memory, Stored, TableName};
use crate::types::Type;

use fault::failed;
use known::{Found, Look, look};
use link::{Client, Statements as _, Transaction};
use locks::{holders, lock, locks};
use places::Place;
use write::Writing;

pub use check::check;
pub use open::Opener;
pub use waits::Waits;

/// How deep JSON may be nested: with the stack that Postgres has by default (`max_stack_depth`) it reads twice as many levels.
const LEVELS: usize = 6_000;

/// Columns that every Postgres table has already.
const RESERVED: &[&str] = &["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"];

/// The schema for tables where no setting names one.
pub const DEFAULT_SCHEMA: &str = "public";

/// Schemas, each with the roles that may use it if it is made.
pub type Readers = BTreeMap<String, Vec<String>>;

/// A Postgres database.
pub struct Postgres {
    client: Client,
    waits: Waits,
    schema: String,
    /// The schemas that were looked at, the run's among them.
    places: BTreeMap<String, Place>,
    /// The roles that may use the schemas that are made.
    readers: Readers,
    /// Whether nothing may be written.
    looks: bool,
    /// Whether the database is of a Citus cluster.
    has_citus: bool,
    /// The tables where another loader was seen to insert the same keys: they are had alone from the start.
    contended: BTreeSet<TableName>,
    /// The tables of which no sequence has come yet. The first load that says where they come from needs its table alone.
    unsourced: BTreeSet<TableName>,
}

/// Why a flush has to begin again.
enum Again {
    /// It needs these tables to itself.
    Alone(Vec<TableName>),
    /// It had this table to itself, and no row of it may go past the merge.
    Wary(TableName),
    /// Others hold the table of the load at this place, which it is to change.
    Blocked(usize, Error),
}

impl Postgres {
    /// Whether the loader's own tables are there, in the run's schema.
    fn has_ledger(&self) -> bool {
        self.places.get(&self.schema).is_some_and(|place| place.ledger)
    }

    /// Takes note of what is remembered of a table now.
    fn learn(&mut self, table: &TableName, memory: Option<&Memory>) {
        match memory {
            Some(memory) if memory.sequence_source.is_none() => self.unsourced.insert(table.clone()),
            _ => self.unsourced.remove(table),
        };
    }

    /// The tables that a flush had better have alone from the start, for what was seen of them.
    fn alone(&self, flush: &Flush) -> BTreeSet<TableName> {
        let settles =
            |load: &&Load| load.memory.sequence_source.is_some() && self.unsourced.contains(&load.table.name);
        let settled = flush.loads.iter().filter(settles).map(|load| load.table.name.clone());
        self.contended.iter().cloned().chain(settled).collect()
    }

    /// Carries the flush out, with these tables to itself besides those that it is known to need so, and wary of these. `Err` of the
    /// inner result says why it has to begin again: nothing has happened then.
    fn attempt(
        &mut self,
        flush: &Flush,
        alone: &BTreeSet<TableName>,
        wary: &BTreeSet<TableName>,
    ) -> Result<Result<Receipt, Again>> {
        let begin = |error| failed("begin a transaction", error);
        let mut transaction = self.client.begin(&self.waits.begin()).map_err(begin)?;
        let locks = locks(flush, alone);
        // By a statement of its own: one that waits for a lock would then read the tables as they were before it waited.
        lock(&mut transaction, &locks)?;
        if let Some(state_id) = &flush.state_id {
            let newest = ledger::newest_run(&mut transaction, &self.schema, state_id)
                .map_err(|error| failed("look for newer runs of the pipeline", error))?;
            check_newest(flush, newest.as_deref())?;
        }
        let placed = citus::placed(&mut transaction, self.has_citus, flush)?;
        let mut agreed = Vec::with_capacity(flush.loads.len());
        let mut again = Vec::new();
        let mut described =
            catalog::describe_all(&mut transaction, flush.loads.iter().map(|load| &load.table.name))
                .map_err(|error| failed("describe the tables", error))?;
        for load in &flush.loads {
            let name = &load.table.name;
            let stored = described.remove(name);
            let terms = terms(load, &flush.id.load, stored.as_ref())
                .map_err(|error: Error| error.in_table(&name.name))?;
            citus::agree(load, stored.as_ref(), self.has_citus, placed.get(name))
                .map_err(|error| error.in_table(&name.name))?;
            let is_shared = !locks.get(name).is_some_and(|alone| *alone);
            let stages_all = placed.contains_key(name) && load.mode != Mode::Append { unique: false };
            if stages_all && is_shared {
                self.contended.insert(name.clone());
            }
            if is_shared && (stages_all || is_news(&terms, stored.as_ref())) {
                again.push(name.clone());
            }
            agreed.push((load, stored, terms));
        }
        // All of them at once: to begin again for each would take a time that grows with the square of the tables.
        if !again.is_empty() {
            return Ok(Err(Again::Alone(again)));
        }
        let passed = |table: &TableName| wary.contains(table) || placed.contains_key(table);
        let mut found = look_ahead(&mut transaction, &agreed, passed)?;
        let mut counts = BTreeMap::new();
        let mut remembered = Remembered::new();
        for (place, (load, stored, terms)) in agreed.into_iter().enumerate() {
            let name = &load.table.name;
            let is_alone = locks.get(name).is_some_and(|alone| *alone);
            let batch = terms.batch.clone();
            let mut writing = Writing {
                transaction: &mut transaction,
                alone: is_alone,
                wary: wary.contains(name),
                clashed: false,
                waits: self.waits,
                blocked: false,
                has_types: types_known(load, stored.as_ref()).into_iter().collect(),
                found: found.remove(name),
                has_citus: self.has_citus,
                placed: placed.clone(),
            };
            let written = carry_out(
                &mut writing,
                place,
                load,
                stored.as_ref(),
                terms,
                flush.sealed_at,
                &mut remembered,
            );
            if writing.clashed && !writing.wary {
                self.contended.insert(name.clone());
                let name = name.clone();
                return Ok(Err(if is_alone { Again::Wary(name) } else { Again::Alone(vec![name]) }));
            }
            let blocked = writing.blocked;
            let written = match written.map_err(|error: Error| error.in_table(&name.name)) {
                Err(error) if blocked => return Ok(Err(Again::Blocked(place, error))),
                written => written?,
            };
            counts.insert(load.stream.clone(), settle(load, batch.as_ref(), written));
        }
        check_identity(&counts)?;
        ledger::remember_all(&mut transaction, &remembered)
            .map_err(|error| failed("remember the tables", error))?;
        ledger::rejects(&mut transaction, &self.schema, flush)
            .map_err(|error| failed("write down the rejects", error))?;
        let (sum, streams) = totals(&counts)?;
        ledger::load(&mut transaction, &self.schema, flush, &sum, &streams).map_err(|error| {
            // It was under way on a connection that was lost, and has been committed there after all: it is to be looked up.
            let happened = error.code() == Some(&SqlState::UNIQUE_VIOLATION);
            let failed = failed("write down the load", error);
            if happened { failed.passing() } else { failed }
        })?;
        commit(transaction)?;
        for (table, remember) in remembered {
            self.learn(&table, remember.as_ref().map(|remember| &remember.memory));
        }
        Ok(Ok(Receipt { flush: flush.id.clone(), counts }))
    }
}

/// Whether the load's table will have the types of its rows, where that is known before its changes are made.
fn types_known(load: &Load, stored: Option<&Stored>) -> Option<(TableName, bool)> {
    let has = match stored {
        None => true,
        Some(stored) if load.changes.is_empty() => write::has_types(&stored.table, &load.table),
        Some(_) => return None,
    };
    Some((load.table.name.clone(), has))
}

/// A load with its table as it is stored, and the terms that follow.
type Agreed<'a> = (&'a Load, Option<Stored>, Terms);

/// Looks at the tables for the rows of all loads that can be looked for before the first of them is carried out, but those that are
/// `passed` over.
fn look_ahead(
    transaction: &mut Transaction<'_>,
    agreed: &[Agreed<'_>],
    passed: impl Fn(&TableName) -> bool,
) -> Result<BTreeMap<TableName, Found>> {
    let (mut names, mut looks) = (Vec::new(), Vec::new());
    for (load, _, terms) in agreed.iter().filter(|(load, ..)| !passed(&load.table.name)) {
        if let Some(look) = Look::of(load, terms)? {
            names.push(load.table.name.clone());
            looks.push(look);
        }
    }
    Ok(names.into_iter().zip(look(transaction, looks)?).collect())
}

/// Asks in a transaction of its own.
fn read<T>(
    client: &mut Client,
    waits: Waits,
    ask: impl FnOnce(&mut Transaction<'_>) -> Result<T, ::postgres::Error>,
) -> Result<T, ::postgres::Error> {
    let mut transaction = client.begin(&waits.begin())?;
    let answer = ask(&mut transaction)?;
    transaction.commit()?;
    Ok(answer)
}

fn commit(transaction: Transaction<'_>) -> Result<()> {
    transaction.commit().map_err(|error| {
        let lost = error.as_db_error().is_none();
        let failed = failed("commit", error);
        if lost { Error::unknown(failed.to_string()).passing() } else { failed }
    })
}

impl Destination for Postgres {
    fn abilities(&self) -> Abilities {
        Abilities {
            names: Rules { max_bytes: 63, ignores_case: false, reserved: RESERVED },
            limits: Limits { nul: Nul::Reject, decimals: true, levels: LEVELS },
            storage: |ty| ty,
            most_rows: |_| u64::MAX,
            default_schema: DEFAULT_SCHEMA,
            dialect: &Dialect,
        }
    }

    fn describe(&mut self, table: &TableName) -> Result<Option<Stored>> {
        let recalls = self.recalls(&table.schema).map_err(|error| error.in_table(&table.name))?;
        let stored = catalog::describe(&mut self.client, table, recalls)
            .map_err(|error| failed("describe a table", error).in_table(&table.name))?;
        self.learn(table, stored.as_ref().and_then(|stored| stored.memory.as_ref()));
        Ok(stored)
    }

    fn begin(&mut self, state_id: &str, load: &str) -> Result<()> {
        let mut begin = || {
            let mut transaction = self.client.begin(&self.waits.begin())?;
            transaction.query(sql::LOCK_SCHEMA, &[(&self.schema, ServerType::TEXT)])?;
            ledger::begin(&mut transaction, &self.schema, state_id, load)?;
            transaction.commit()
        };
        begin().map_err(|error| failed("begin a run of the pipeline", error))
    }

    fn commit(&mut self, flush: &Arc<Flush>) -> Result<Receipt> {
        self.make_ready_for(flush)?;
        let (mut alone, mut wary) = (self.alone(flush), BTreeSet::new());
        let mut pauses = self.waits.pauses();
        loop {
            // A lock cannot be made stronger without a risk that two wait for each other: the transaction begins again.
            match self.attempt(flush, &alone, &wary)? {
                Ok(receipt) => return Ok(receipt),
                Err(Again::Alone(tables)) => alone.extend(tables),
                Err(Again::Wary(table)) => drop(wary.insert(table)),
                Err(Again::Blocked(place, error)) => {
                    let holders = holders(&mut self.client, &flush.loads[place]);
                    match pauses.next() {
                        Some(pause) => thread::sleep(pause),
                        None if holders.is_empty() => return Err(error),
                        None => return Err(error.because(&format!("it is held by {}", holders.join("; ")))),
                    }
                }
            }
        }
    }

    fn committed(&mut self, flush: &FlushId) -> Result<Option<StreamCounts>> {
        let number = flush.number as i64;
        let row = self.client.query_opt(
            &crate::sql::ledger::counted(&Dialect, &self.schema),
            &[(&flush.load, ServerType::TEXT), (&number, ServerType::INT8)],
        );
        let row = row.map_err(|error| failed("look a flush up", error))?;
        row.map(|row| counted(row.get(0))).transpose()
    }

    fn bookmark(&mut self, shard: Option<Shard>) -> Result<Option<String>> {
        if !self.has_ledger() {
            return Ok(None);
        }
        let shard = shard.map_or(String::new(), String::from);
        let query = crate::sql::ledger::last_bookmark(&Dialect, &self.schema);
        let row = read(&mut self.client, self.waits, |transaction| {
            transaction.query_opt(&query, &[(&shard, ServerType::TEXT)])
        });
        Ok(row.map_err(|error| failed("read the bookmark", error))?.map(|row| row.get(0)))
    }

    fn rejected(&mut self) -> Result<Vec<(Replayed, Reject)>> {
        if !self.has_ledger() {
            return Ok(Vec::new());
        }
        let schema = &self.schema;
        let all = read(&mut self.client, self.waits, |transaction| ledger::rejected(transaction, schema));
        all.map_err(|error| failed("read the rejects", error))
    }

    fn fits(&mut self, table: &TableName, column: &str, from: Type, to: Type) -> Result<bool> {
        let query = crate::sql::whole::fits(&Dialect, table, column, from, to);
        match read(&mut self.client, self.waits, |transaction| transaction.query_one(&query, &[])) {
            Ok(row) => Ok(row.get::<_, i64>(0) == 0),
            // A value cannot be converted at all.
            Err(error) if error.code().is_some_and(|code| code.code().starts_with("22")) => Ok(false),
            Err(error) => Err(failed("compare a column's values", error).in_table(&table.name)),
        }
    }

    fn administer(&mut self, statements: &[String], memory: &Memory, table: &TableName) -> Result<()> {
        self.make_ready(&table.schema)?;
        let begin = |error| failed("begin a transaction", error);
        let mut transaction = self.client.begin(&self.waits.begin()).map_err(begin)?;
        lock(&mut transaction, &BTreeMap::from([(table.clone(), true)]))?;
        let stored = catalog::describe(&mut transaction, table, true);
        let stored = stored.map_err(|error| failed("describe the table", error).in_table(&table.name))?;
        if stored.is_some_and(|stored| stored.memory.is_some()) {
            return Ok(());
        }
        ledger::remember(&mut transaction, table, memory, true)
            .map_err(|error| failed("remember the table", error))?;
        for statement in statements {
            transaction.batch_execute(statement).map_err(|error| failed(fault::ADOPT, error))?;
        }
        commit(transaction)
    }
}
