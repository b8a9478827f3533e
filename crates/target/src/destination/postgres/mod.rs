//! Postgres: batches go by binary COPY, rows whose keys are new into the table itself, others into a temporary staging table that is
//! merged.

mod catalog;
mod connect;
mod copy;
mod fault;
mod known;
mod ledger;
mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use ::postgres::error::SqlState;
use ::postgres::types::Type as ServerType;
use ::postgres::{Client, Transaction};

use super::load::{Remembered, carry_out};
use super::terms::{Terms, is_alone, is_news, terms};
use super::{Abilities, Destination, Receipt, check_identity, check_newest, counted, settle, totals};
use crate::decode::{Limits, Nul};
use crate::error::{Error, Result};
use crate::flush::{Flush, FlushId, Load, Reject, Replayed, StreamCounts};
use crate::names::Rules;
use crate::sql::postgres as sql;
use crate::sql::postgres::Postgres as Dialect;
use crate::table::{Memory, Stored, TableName};
use crate::types::Type;

use connect::connect;
use fault::failed;
use known::{Found, Look, look};
use write::Writing;

/// How deep JSON may be nested: with the stack that Postgres has by default (`max_stack_depth`) it reads twice as many levels.
const LEVELS: usize = 6_000;

/// Columns that every Postgres table has already.
const RESERVED: &[&str] = &["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"];

/// The schema for tables where no setting names one.
pub const DEFAULT_SCHEMA: &str = "public";

/// A Postgres database.
pub struct Postgres {
    client: Client,
    schema: String,
    /// Whether the loader's own tables are there.
    remembers: bool,
    /// Whether the schema was there.
    has_schema: bool,
    /// The tables where another loader was seen to insert the same keys: they are had alone from the start.
    contended: BTreeSet<TableName>,
    /// The tables of which no sequence has come yet. The first load that says where they come from needs its table alone.
    unsourced: BTreeSet<TableName>,
}

/// What a flush that cannot go on is to begin again with: that table to itself, and if it had it so, without a row that goes past the
/// merge.
struct Again {
    table: TableName,
    wary: bool,
}

impl Postgres {
    /// Connects to `url`, or to the words of a connection string, and makes the schema and the loader's own tables where they are not there.
    ///
    /// # Errors
    /// Of class usage where the string cannot be one, else of class destination.
    pub fn open(url: &str, schema: &str) -> Result<Self> {
        let mut postgres = Self::attach(url, schema)?;
        if !postgres.remembers {
            let schema = (!postgres.has_schema).then(|| crate::sql::ledger::create_schema(&postgres.schema));
            let create = crate::sql::ledger::create(&Dialect, &postgres.schema);
            let create: Vec<String> = schema.into_iter().chain(create).collect();
            postgres.prepare(&create).map_err(|error| failed("prepare the schema", error))?;
            postgres.remembers = true;
        }
        Ok(postgres)
    }

    /// Connects to `url` to look, and makes nothing that is not there.
    ///
    /// # Errors
    /// As [`Postgres::open`].
    pub fn attach(url: &str, schema: &str) -> Result<Self> {
        let mut client = connect(url)?;
        let state = client.query_typed_one(sql::LEDGER_STATE, &[(&schema, ServerType::TEXT)]);
        let state = state.map_err(|error| failed("look for its own tables", error))?;
        let (remembers, current, has_schema): (bool, bool, bool) = (state.get(0), state.get(1), state.get(2));
        let mut postgres = Self {
            client,
            schema: schema.to_owned(),
            remembers,
            has_schema,
            contended: BTreeSet::new(),
            unsourced: BTreeSet::new(),
        };
        if remembers && !current {
            // An older version's own tables lack columns.
            let upgrade = crate::sql::ledger::upgrade(&Dialect, schema);
            postgres.prepare(&upgrade).map_err(|error| failed("prepare the schema", error))?;
        }
        Ok(postgres)
    }

    /// Waits so long for a lock that another transaction holds, and no longer.
    ///
    /// # Errors
    /// Of class destination.
    pub fn limit_locks(&mut self, most: Duration) -> Result<()> {
        let milliseconds = i32::try_from(most.as_millis()).unwrap_or(i32::MAX);
        let limited = self.client.batch_execute(&sql::limit_locks(milliseconds));
        limited.map_err(|error| failed("set lock_timeout", error))
    }

    fn prepare(&mut self, statements: &[String]) -> Result<(), ::postgres::Error> {
        let mut transaction = self.client.transaction()?;
        // Two loaders that start at the same time would trip over each other's "if not exists".
        transaction.query_typed(sql::LOCK_SCHEMA, &[(&self.schema, ServerType::TEXT)])?;
        transaction.batch_execute(&format!("{};\n{}", sql::HURRY, statements.join(";\n")))?;
        transaction.commit()
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
    /// inner result says what has to be different: nothing has happened then.
    fn attempt(
        &mut self,
        flush: &Flush,
        alone: &BTreeSet<TableName>,
        wary: &BTreeSet<TableName>,
    ) -> Result<Result<Receipt, Vec<Again>>> {
        let begin = |error| failed("begin a transaction", error);
        let mut transaction = self.client.transaction().map_err(begin)?;
        let locks = locks(flush, alone);
        // By a statement of its own: one that waits for a lock would then read the tables as they were before it waited.
        lock(&mut transaction, &locks)?;
        if let Some(state_id) = &flush.state_id {
            let newest = ledger::newest_run(&mut transaction, &self.schema, state_id)
                .map_err(|error| failed("look for newer runs of the pipeline", error))?;
            check_newest(flush, newest.as_deref())?;
        }
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
            if is_news(&terms, stored.as_ref()) && !locks.get(name).is_some_and(|alone| *alone) {
                again.push(Again { table: name.clone(), wary: false });
            }
            agreed.push((load, stored, terms));
        }
        // All of them at once: to begin again for each would take a time that grows with the square of the tables.
        if !again.is_empty() {
            return Ok(Err(again));
        }
        let mut found = look_ahead(&mut transaction, &agreed, wary)?;
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
                has_types: types_known(load, stored.as_ref()).into_iter().collect(),
                found: found.remove(name),
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
                return Ok(Err(vec![Again { table: name.clone(), wary: is_alone }]));
            }
            let written = written.map_err(|error: Error| error.in_table(&name.name))?;
            counts.insert(load.stream.clone(), settle(load, batch.as_ref(), written));
        }
        check_identity(&counts)?;
        ledger::remember_all(&mut transaction, &self.schema, &remembered)
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

/// Looks at the tables for the rows of all loads that can be looked for before the first of them is carried out.
fn look_ahead(
    transaction: &mut Transaction<'_>,
    agreed: &[Agreed<'_>],
    wary: &BTreeSet<TableName>,
) -> Result<BTreeMap<TableName, Found>> {
    let (mut names, mut looks) = (Vec::new(), Vec::new());
    for (load, _, terms) in agreed.iter().filter(|(load, ..)| !wary.contains(&load.table.name)) {
        if let Some(look) = Look::of(load, terms)? {
            names.push(load.table.name.clone());
            looks.push(look);
        }
    }
    Ok(names.into_iter().zip(look(transaction, looks)?).collect())
}

/// The tables that a flush locks, and whether it needs each to itself.
fn locks(flush: &Flush, alone: &BTreeSet<TableName>) -> BTreeMap<TableName, bool> {
    let mut locks = BTreeMap::new();
    for load in &flush.loads {
        *locks.entry(load.table.name.clone()).or_default() |=
            is_alone(load) || alone.contains(&load.table.name);
        for swap in &load.swaps {
            locks.insert(swap.table.name.clone(), true);
        }
    }
    locks
}

/// Takes the locks of all tables at once, in the order of their names: no two loaders wait for each other. They go with the transaction.
fn lock(transaction: &mut Transaction<'_>, locks: &BTreeMap<TableName, bool>) -> Result<()> {
    if locks.is_empty() {
        return Ok(());
    }
    let schemas: Vec<&str> = locks.keys().map(|table| table.schema.as_str()).collect();
    let names: Vec<&str> = locks.keys().map(|table| table.name.as_str()).collect();
    let alone: Vec<bool> = locks.values().copied().collect();
    let locked = transaction.query_typed(
        sql::LOCK_TABLES,
        &[
            (&schemas, ServerType::TEXT_ARRAY),
            (&names, ServerType::TEXT_ARRAY),
            (&alone, ServerType::BOOL_ARRAY),
        ],
    );
    locked.map(|_| ()).map_err(|error| failed("lock the tables", error))
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
            default_schema: DEFAULT_SCHEMA,
        }
    }

    fn describe(&mut self, table: &TableName) -> Result<Option<Stored>> {
        let stored = catalog::describe(&mut self.client, table, self.remembers)
            .map_err(|error| failed("describe a table", error).in_table(&table.name))?;
        self.learn(table, stored.as_ref().and_then(|stored| stored.memory.as_ref()));
        Ok(stored)
    }

    fn begin(&mut self, state_id: &str, load: &str) -> Result<()> {
        let mut begin = || {
            let mut transaction = self.client.transaction()?;
            transaction.query_typed(sql::LOCK_SCHEMA, &[(&self.schema, ServerType::TEXT)])?;
            ledger::begin(&mut transaction, &self.schema, state_id, load)?;
            transaction.commit()
        };
        begin().map_err(|error| failed("begin a run of the pipeline", error))
    }

    fn commit(&mut self, flush: &Flush) -> Result<Receipt> {
        let (mut alone, mut wary) = (self.alone(flush), BTreeSet::new());
        loop {
            // A lock cannot be made stronger without a risk that two wait for each other: the transaction begins again.
            let again = match self.attempt(flush, &alone, &wary)? {
                Ok(receipt) => return Ok(receipt),
                Err(again) => again,
            };
            for again in again {
                if again.wary {
                    wary.insert(again.table)
                } else {
                    alone.insert(again.table)
                };
            }
        }
    }

    fn committed(&mut self, flush: &FlushId) -> Result<Option<StreamCounts>> {
        let number = flush.number as i64;
        let row = self.client.query_typed_opt(
            &crate::sql::ledger::counted(&Dialect, &self.schema),
            &[(&flush.load, ServerType::TEXT), (&number, ServerType::INT8)],
        );
        let row = row.map_err(|error| failed("look a flush up", error))?;
        row.map(|row| counted(row.get(0))).transpose()
    }

    fn bookmark(&mut self) -> Result<Option<String>> {
        let mut last = || -> Result<Option<String>, ::postgres::Error> {
            if !self.remembers {
                return Ok(None);
            }
            let row = self.client.query_opt(&crate::sql::ledger::last_bookmark(&self.schema), &[])?;
            Ok(row.map(|row| row.get(0)))
        };
        last().map_err(|error| failed("read the bookmark", error))
    }

    fn rejected(&mut self) -> Result<Vec<(Replayed, Reject)>> {
        let mut all = || match self.remembers {
            true => ledger::rejected(&mut self.client, &self.schema),
            false => Ok(Vec::new()),
        };
        all().map_err(|error| failed("read the rejects", error))
    }

    fn fits(&mut self, table: &TableName, column: &str, from: Type, to: Type) -> Result<bool> {
        let query = crate::sql::whole::fits(&Dialect, table, column, from, to);
        match self.client.query_one(&query, &[]) {
            Ok(row) => Ok(row.get::<_, i64>(0) == 0),
            // A value cannot be converted at all.
            Err(error) if error.code().is_some_and(|code| code.code().starts_with("22")) => Ok(false),
            Err(error) => Err(failed("compare a column's values", error).in_table(&table.name)),
        }
    }

    fn administer(&mut self, statements: &[String], memory: &Memory, table: &TableName) -> Result<()> {
        let begin = |error| failed("begin a transaction", error);
        let mut transaction = self.client.transaction().map_err(begin)?;
        lock(&mut transaction, &BTreeMap::from([(table.clone(), true)]))?;
        ledger::remember(&mut transaction, &self.schema, table, memory, true)
            .map_err(|error| failed("remember the table", error))?;
        for statement in statements {
            transaction.batch_execute(statement).map_err(|error| failed("change the table", error))?;
        }
        commit(transaction)
    }
}
