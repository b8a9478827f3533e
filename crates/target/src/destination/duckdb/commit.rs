//! One flush in one transaction.

use std::collections::BTreeMap;

use super::write::Writing;
use super::{DuckDb, Store, failed, ledger, turns};
use crate::destination::load::{Remember, Remembered, carry_out};
use crate::destination::terms::terms;
use crate::destination::{Receipt, check_identity, check_newest, settle, totals};
use crate::error::{Error, Result};
use crate::flush::{Flush, Load};
use crate::table::{Stored, TableName};

impl DuckDb {
    /// Carries a flush out, once.
    pub(super) fn attempt(&mut self, flush: &Flush) -> Result<Receipt> {
        self.make_ready_for(flush)?;
        // What is known holds again only once the commit has gone well.
        let mut known = std::mem::take(&mut self.known);
        let no_room = |error| failed("make room for a commit", error);
        self.room.make(&self.connection, flush).map_err(no_room)?;
        if self.store == Store::File {
            self.crowd.prepare(&self.connection, flush).map_err(no_room)?;
        }
        let transaction =
            self.connection.transaction().map_err(|error| failed("begin a transaction", error))?;
        let schemas = flush.loads.iter().map(|load| load.table.name.schema.as_str());
        turns::take_turns(self.store, &transaction, schemas.chain([self.schema.as_str()]))?;
        if let Some(state_id) = &flush.state_id {
            let newest = ledger::newest_run(&transaction, &self.schema, state_id)
                .map_err(|error| failed("look for newer runs of the pipeline", error))?;
            check_newest(flush, newest.as_deref())?;
        }
        let mut counts = BTreeMap::new();
        let mut remembered = Remembered::new();
        for (place, load) in flush.loads.iter().enumerate() {
            let name = &load.table.name;
            let mut carry = || {
                let stored = match known.get(name) {
                    Some(stored) => Some(stored.clone()),
                    None => ledger::describe(&transaction, name, true)
                        .map_err(|error| failed("describe a table", error))?,
                };
                let terms = terms(load, &flush.id.load, stored.as_ref())?;
                let batch = terms.batch.clone();
                let mut writing = Writing { transaction: &transaction, store: self.store };
                let at = flush.sealed_at;
                let written =
                    carry_out(&mut writing, place, load, stored.as_ref(), terms, at, &mut remembered)?;
                if self.store == Store::File {
                    learn(&mut known, load, stored, &remembered);
                }
                Ok(settle(load, batch.as_ref(), written))
            };
            let count = carry().map_err(|error: Error| error.in_table(&name.name))?;
            counts.insert(load.stream.clone(), count);
        }
        check_identity(&counts)?;
        let (sum, streams) = totals(&counts)?;
        ledger::remember_all(&transaction, self.store, &remembered)
            .map_err(|error| failed("remember the tables", error))?;
        ledger::rejects(&transaction, &self.schema, flush)
            .map_err(|error| failed("write down the rejects", error))?;
        ledger::load(&transaction, &self.schema, flush, &sum, &streams)
            .map_err(|error| failed("write down the load", error))?;
        transaction.commit().map_err(|error| failed("commit", error))?;
        self.known = known;
        Ok(Receipt { flush: flush.id.clone(), counts })
    }
}

/// Keeps in mind what a load has left of its table; a table that has changed is to be looked at again.
fn learn(
    known: &mut BTreeMap<TableName, Stored>,
    load: &Load,
    stored: Option<Stored>,
    remembered: &Remembered,
) {
    let name = &load.table.name;
    load.swaps.iter().for_each(|swap| _ = known.remove(&swap.table.name));
    match stored {
        Some(mut stored) if load.changes.is_empty() && load.swaps.is_empty() => {
            if let Some(Some(Remember { memory, .. })) = remembered.get(name) {
                stored.memory = Some(memory.clone());
            }
            known.insert(name.clone(), stored);
        }
        _ => _ = known.remove(name),
    }
}
