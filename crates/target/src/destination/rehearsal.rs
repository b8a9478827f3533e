//! A load without its commits: what each flush would change of the tables, as SQL, and what its rows come to. What is there is asked of a
//! destination; what the flushes before would have made of it is kept here.

mod tally;

use std::collections::{BTreeMap, BTreeSet};

use super::load::{Remember, Remembered, extras_of_swap, remember, shape};
use super::session::Session;
use super::terms::terms;
use super::{Abilities, Inspect, Written, whole};
use crate::adopt::{self, Wish};
use crate::batch::{Mode, OVERWRITTEN, Sealed};
use crate::catalog::Catalog;
use crate::error::{Error, Result};
use crate::flush::{Flush, Load, Spread};
use crate::plan::{Change, after};
use crate::sql::Dialect;
use crate::sql::ledger;
use crate::table::{Beside, Memory, Stored, Table, TableName};
use crate::types::Type;

pub use tally::Planned;
use tally::Tally;

/// A part of the SQL: what would be changed for one table.
#[derive(Clone, Debug)]
pub struct Part {
    /// What it is for, in words.
    pub words: String,
    /// The statements, in order.
    pub statements: Vec<String>,
}

/// A load that is rehearsed.
pub struct Rehearsal {
    destination: Box<dyn Inspect>,
    /// Tables as the flushes before would have left them.
    known: BTreeMap<TableName, Stored>,
    parts: Vec<Part>,
    /// The schemas that were seen to, besides the run's.
    prepared: BTreeSet<String>,
    /// The tables that would be changed, and what would be remembered of them.
    changed: BTreeMap<TableName, Memory>,
    /// The tables that would be laid over the nodes of a cluster.
    placed: BTreeMap<TableName, Spread>,
    streams: BTreeMap<String, Planned>,
    tally: Tally,
    rejects: BTreeMap<(String, String), u64>,
    bookmark: Option<String>,
}

impl Rehearsal {
    /// A load into `destination`, that keeps keys in mind for so many bytes.
    #[must_use]
    pub fn new(destination: Box<dyn Inspect>, memory: usize) -> Self {
        let preparations = destination.preparations();
        let mut parts = Vec::new();
        if !preparations.is_empty() {
            let words = "the loader's own tables".to_owned();
            parts.push(Part { words, statements: preparations });
        }
        Self {
            destination,
            known: BTreeMap::new(),
            parts,
            prepared: BTreeSet::new(),
            changed: BTreeMap::new(),
            placed: BTreeMap::new(),
            streams: BTreeMap::new(),
            tally: Tally::within(memory),
            rejects: BTreeMap::new(),
            bookmark: None,
        }
    }

    /// What the destination can hold.
    #[must_use]
    pub fn abilities(&self) -> Abilities {
        self.destination.abilities()
    }

    /// Begins a run of a pipeline that has a name.
    ///
    /// # Errors
    /// Of class destination.
    pub fn begin(&mut self, schema: &str) -> Result<()> {
        if self.destination.describe(&ledger::runs(schema))?.is_none() {
            let statements = vec![ledger::create_runs(self.abilities().dialect, schema)];
            self.parts.push(Part { words: "the newest run of each pipeline".to_owned(), statements });
        }
        Ok(())
    }

    /// Takes what would be committed.
    ///
    /// # Errors
    /// What the commit would fail with before a row is written.
    pub fn take(&mut self, flush: &Flush) -> Result<()> {
        for load in &flush.loads {
            self.prepare(&load.table.name.schema)?;
            self.load(load, &flush.id.load).map_err(|error| error.in_table(&load.table.name.name))?;
        }
        for reject in &flush.rejects {
            *self.rejects.entry((reject.shown(), reject.reason.clone())).or_default() += 1;
        }
        if flush.bookmark.is_some() {
            self.bookmark.clone_from(&flush.bookmark);
        }
        Ok(())
    }

    /// Sees to the schema of a table, before the first one in it.
    fn prepare(&mut self, schema: &str) -> Result<()> {
        if !self.prepared.insert(schema.to_owned()) {
            return Ok(());
        }
        let statements = self.destination.preparations_in(schema)?;
        if !statements.is_empty() {
            let words = format!("what is remembered of the tables in {schema}");
            self.parts.push(Part { words, statements });
        }
        Ok(())
    }

    fn load(&mut self, load: &Load, run: &str) -> Result<()> {
        let stored = self.describe(&load.table.name)?;
        let mut terms = terms(load, run, stored.as_ref())?;
        let is_shadow = Beside::of(&load.memory.mode) == Some(Beside::Shadow);
        let mut remembered = Remembered::new();
        let mut session = Rehearsing { rehearsal: &mut *self, statements: Vec::new() };
        shape(&mut session, load, stored.as_ref(), &mut terms, &mut remembered)?;
        let own = stored.as_ref().filter(|_| !terms.anew);
        remember(&mut remembered, &load.table.name, terms.memory.clone(), own);
        // A shadow is gone in the end: what lasts is made of the table that it is the shadow of.
        if is_shadow {
            session.statements.clear();
        }
        let mut lasting = BTreeMap::new();
        for (place, swap) in load.swaps.iter().enumerate() {
            let extras = extras_of_swap(load, place);
            lasting.insert(swap.table.name.clone(), whole::reshape(&mut session, swap, load, &extras)?);
        }
        let statements = std::mem::take(&mut session.statements);
        self.become_so(load, stored.as_ref(), &remembered);
        if !is_shadow {
            let kept = remembered.into_iter().filter_map(|(table, kept)| Some((table, kept?.memory)));
            lasting.extend(kept);
        }
        let shown = load.swaps.first().map_or(&load.table.name, |swap| &swap.table.name);
        let shown = format!("{}.{}", shown.schema, shown.name);
        let keys = load.table.keys();
        let keys: Vec<&str> = keys.iter().map(|&key| load.table.columns[key].name.as_str()).collect();
        let how = if is_shadow { OVERWRITTEN.to_owned() } else { load.mode.in_words(&keys) };
        if !statements.is_empty() {
            let words = format!("{} → {shown}, {how}", load.stream);
            self.parts.push(Part { words, statements });
            self.changed.extend(lasting);
        } else {
            // What a later flush has learned of a table that is to be made belongs to what is remembered of it.
            for (table, memory) in lasting {
                self.changed.entry(table).and_modify(|known| *known = memory);
            }
        }
        let planned = self.streams.entry(load.stream.clone()).or_default();
        (planned.table, planned.how) = (shown, how);
        planned.order = terms.memory.sequence_source.clone().or(planned.order.take());
        planned.received += load.counts.received;
        planned.rejected += load.counts.rejected;
        planned.activates = planned.activates.max(terms.activates);
        match &terms.batch {
            Some(batch) => self.tally.count(planned, load, batch),
            None => Ok(()),
        }
    }

    /// The tables of a load are as it leaves them.
    fn become_so(&mut self, load: &Load, stored: Option<&Stored>, remembered: &Remembered) {
        let memory = |table: &TableName| -> Option<Memory> {
            remembered
                .get(table)
                .and_then(|remember| remember.as_ref())
                .map(|Remember { memory, .. }| memory.clone())
        };
        let mut tables: Vec<(&Table, &[Change], Option<Stored>)> =
            vec![(&load.table, &load.changes, stored.cloned())];
        for child in &load.children {
            let stored = self.known.get(&child.table.name).cloned();
            tables.push((&child.table, &child.changes, stored));
        }
        let mut now = Vec::new();
        for (table, changes, stored) in tables {
            // What stays as it is is asked for again.
            if changes.is_empty() && !self.known.contains_key(&table.name) {
                continue;
            }
            let recreated = changes.contains(&Change::RecreateTable);
            let existing = stored.as_ref().filter(|_| !recreated).map(|stored| &stored.table);
            let memory = memory(&table.name).or_else(|| stored.as_ref()?.memory.clone());
            now.push((table.name.clone(), Stored { table: after(existing, table, changes), memory }));
        }
        if let Some(tombstones) = &load.tombstones
            && let Some(memory) = memory(&tombstones.table)
        {
            let table = tombstones.definition(&load.table);
            now.push((tombstones.table.clone(), Stored { table, memory: Some(memory) }));
        }
        self.known.extend(now);
    }

    /// What would become of each stream.
    #[must_use]
    pub fn streams(&self) -> &BTreeMap<String, Planned> {
        &self.streams
    }

    /// How many records would be refused, by table and reason.
    #[must_use]
    pub fn rejects(&self) -> &BTreeMap<(String, String), u64> {
        &self.rejects
    }

    /// The last bookmark that would leave.
    #[must_use]
    pub fn bookmark(&self) -> Option<&str> {
        self.bookmark.as_deref()
    }

    /// The SQL: what would be changed, and then what would be remembered of the tables that are.
    #[must_use]
    pub fn parts(&self) -> Vec<Part> {
        let mut parts = self.parts.clone();
        if !self.changed.is_empty() {
            let dialect = self.abilities().dialect;
            let entries = self.changed.iter().map(|(table, memory)| ledger::enter(dialect, table, memory));
            let words = "what the loader knows its tables by".to_owned();
            parts.push(Part { words, statements: entries.collect() });
        }
        parts
    }
}

impl Catalog for Rehearsal {
    fn describe(&mut self, table: &TableName) -> Result<Option<Stored>> {
        match self.known.get(table) {
            Some(stored) => Ok(Some(stored.clone())),
            None => self.destination.describe(table),
        }
    }

    fn fits(&mut self, table: &TableName, column: &str, _: Type, to: Type) -> Result<bool> {
        let stored = self.destination.describe(table)?;
        // What is there has the type that it has, whatever it would be by now. A column that is not made yet holds nothing.
        match stored.and_then(|stored| stored.table.column(column).map(|column| column.ty)) {
            None => Ok(true),
            Some(is) => self.destination.fits(table, column, is, to),
        }
    }

    fn adopt(&mut self, table: &TableName, wish: &Wish) -> Result<String> {
        let stored = Catalog::describe(self, table)?;
        let stored = stored.ok_or_else(|| Error::bug("there is nothing to adopt").in_table(&table.name))?;
        let adoption = adopt::plan(&stored, wish, self.abilities().dialect)?;
        let words = format!("{}.{}, which another loader has made", table.schema, table.name);
        self.parts.push(Part { words, statements: adoption.statements });
        self.changed.insert(table.clone(), adoption.memory.clone());
        self.known.insert(table.clone(), Stored { memory: Some(adoption.memory), ..stored });
        Ok(adoption.words)
    }
}

/// A session that writes statements down and runs none.
struct Rehearsing<'a> {
    rehearsal: &'a mut Rehearsal,
    statements: Vec<String>,
}

impl Session for Rehearsing<'_> {
    fn dialect(&self) -> &'static dyn Dialect {
        self.rehearsal.abilities().dialect
    }

    fn describe(&mut self, table: &TableName) -> Result<Option<Stored>> {
        self.rehearsal.describe(table)
    }

    fn is_shared(&self) -> bool {
        false
    }

    fn alter(&mut self, statement: &str) -> Result<()> {
        self.statements.push(statement.to_owned());
        Ok(())
    }

    fn run(&mut self, _: &str, _: &str, _: &[i64]) -> Result<u64> {
        Err(writes())
    }

    fn ask(&mut self, _: &str, _: &str, _: usize) -> Result<Vec<u64>> {
        Err(writes())
    }

    fn stage(&mut self, _: &str, _: &Table, _: &Sealed) -> Result<()> {
        Err(writes())
    }

    fn keeps_in_place(&self) -> bool {
        false
    }

    fn placed(&mut self, table: &TableName) -> Result<Option<Spread>> {
        Ok(self.rehearsal.placed.get(table).cloned())
    }

    fn distribute(&mut self, table: &TableName, spread: &Spread, beside: Option<&TableName>) -> Result<()> {
        self.statements.extend(self.dialect().distribute(table, spread, beside));
        self.rehearsal.placed.insert(table.clone(), spread.clone());
        Ok(())
    }

    fn load(&mut self, _: &str, _: &Table, _: Mode, _: &Sealed, _: &[String]) -> Result<Written> {
        Err(writes())
    }
}

fn writes() -> Error {
    Error::bug("a rehearsal writes no rows")
}
