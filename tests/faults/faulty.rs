//! A destination that fails at random: what was asked for has happened or not, and that is said or not.

use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use target::destination::{Abilities, Destination, Receipt};
use target::error::{Error, Result};
use target::flush::{Flush, FlushId, Reject, Replayed, StreamCounts};
use target::shard::Shard;
use target::table::{Memory, Stored, TableName};
use target::types::Type;

use crate::support::dice::Dice;

/// A destination, and the dice that say when it fails.
pub(super) struct Faulty {
    inner: Box<dyn Destination>,
    dice: Arc<Mutex<Dice>>,
    freezes: bool,
}

impl Faulty {
    /// Opens it over another one, or fails to.
    pub(super) fn open(inner: Box<dyn Destination>, dice: &Arc<Mutex<Dice>>) -> Result<Box<dyn Destination>> {
        Self { inner, dice: Arc::clone(dice), freezes: false }.opened()
    }

    /// The same of one that also says nothing for a while, before a commit happens or after it.
    pub(super) fn open_freezing(
        inner: Box<dyn Destination>,
        dice: &Arc<Mutex<Dice>>,
    ) -> Result<Box<dyn Destination>> {
        Self { inner, dice: Arc::clone(dice), freezes: true }.opened()
    }

    fn opened(self) -> Result<Box<dyn Destination>> {
        self.before("open")?;
        Ok(Box::new(self))
    }

    fn freeze(&self) {
        if self.freezes && self.once_in(12) {
            thread::sleep(Duration::from_millis(1500));
        }
    }

    fn once_in(&self, times: u64) -> bool {
        self.dice.lock().expect("nobody panics with it").once_in(times)
    }

    /// Something that did not happen: it may pass, or end the run.
    fn before(&self, what: &str) -> Result<()> {
        if self.once_in(40) {
            return Err(Error::destination(format!("cannot {what}: for good")));
        }
        if self.once_in(6) {
            return Err(Error::destination(format!("cannot {what} now")).passing());
        }
        Ok(())
    }
}

impl Destination for Faulty {
    fn abilities(&self) -> Abilities {
        self.inner.abilities()
    }

    fn describe(&mut self, table: &TableName) -> Result<Option<Stored>> {
        self.before("describe")?;
        self.inner.describe(table)
    }

    fn begin(&mut self, state_id: &str, load: &str) -> Result<()> {
        self.before("begin")?;
        self.inner.begin(state_id, load)
    }

    fn commit(&mut self, flush: &Arc<Flush>) -> Result<Receipt> {
        self.before("commit")?;
        self.freeze();
        let receipt = self.inner.commit(flush)?;
        self.freeze();
        // It has happened, and the answer is lost.
        match self.once_in(5) {
            true => Err(Error::unknown("the answer is lost").passing()),
            false => Ok(receipt),
        }
    }

    fn committed(&mut self, flush: &FlushId) -> Result<Option<StreamCounts>> {
        self.before("look up")?;
        let committed = self.inner.committed(flush)?;
        // As if it were asked while the commit is still on its way.
        Ok(committed.filter(|_| !self.once_in(3)))
    }

    fn bookmark(&mut self, shard: Option<Shard>) -> Result<Option<String>> {
        self.inner.bookmark(shard)
    }

    fn rejected(&mut self) -> Result<Vec<(Replayed, Reject)>> {
        self.inner.rejected()
    }

    fn fits(&mut self, table: &TableName, column: &str, from: Type, to: Type) -> Result<bool> {
        self.before("compare")?;
        self.inner.fits(table, column, from, to)
    }

    fn administer(&mut self, statements: &[String], memory: &Memory, table: &TableName) -> Result<()> {
        self.inner.administer(statements, memory, table)
    }
}
