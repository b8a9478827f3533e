//! A destination that is opened again where it was lost, and asked once more.
//!
//! A flush whose connection was lost is looked up before it is sent again: its id was written down in its own transaction. Where the
//! answer to a commit was lost it has happened, or it has not, or it is still on its way; then the id, which nothing can be written
//! down with twice, keeps one of the two attempts from happening.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};

use super::{Abilities, Destination, Receipt};
use crate::error::Result;
use crate::flush::{Flush, FlushId, Reject, Replayed, StreamCounts};
use crate::shard::Shard;
use crate::table::{Memory, Stored, TableName};
use crate::types::Type;

/// The pause before the first repetition. Each is twice as long as the last one, and longer by chance: many loaders of one server should
/// not all come back at once.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// The longest pause, before chance lengthens it.
const LONGEST_PAUSE: Duration = Duration::from_secs(20);

/// How often, and after which pauses, something is tried again.
#[derive(Clone, Copy, Debug)]
pub struct Retries {
    /// The most repetitions of one call.
    pub most: usize,
    /// The pause before the first of them.
    pub first_pause: Duration,
}

impl Retries {
    /// So many, with the pauses that suit a server that restarts.
    #[must_use]
    pub fn of(most: usize) -> Self {
        Self { most, first_pause: FIRST_PAUSE }
    }

    fn pauses(self) -> impl Iterator<Item = Duration> {
        ExponentialBuilder::new()
            .with_min_delay(self.first_pause)
            .with_max_delay(LONGEST_PAUSE)
            .with_max_times(self.most)
            .with_jitter()
            .build()
    }
}

/// Opens a destination.
pub type Opening = Box<dyn FnMut() -> Result<Box<dyn Destination>> + Send>;

/// A destination that is opened again where it was lost.
pub struct Retrying {
    open: Opening,
    retries: Retries,
    /// Is told of each repetition.
    say: Box<dyn FnMut(&str) + Send>,
    abilities: Abilities,
    current: Option<Box<dyn Destination>>,
}

impl Retrying {
    /// Opens the destination, at the first try: what is wrong from the start is for a person to mend.
    ///
    /// # Errors
    /// Those of `open`.
    pub fn new(mut open: Opening, retries: Retries, say: impl FnMut(&str) + Send + 'static) -> Result<Self> {
        let current = open()?;
        Ok(Self { open, retries, say: Box::new(say), abilities: current.abilities(), current: Some(current) })
    }

    fn current(&mut self) -> Result<&mut dyn Destination> {
        let current = match self.current.take() {
            Some(current) => current,
            None => (self.open)()?,
        };
        Ok(&mut **self.current.insert(current))
    }

    fn ask<T>(&mut self, mut question: impl FnMut(&mut dyn Destination) -> Result<T>) -> Result<T> {
        let mut pauses = self.retries.pauses();
        let mut tried = 0;
        loop {
            let error = match self.current().and_then(&mut question) {
                Err(error) if error.is_passing() => error,
                done => return done,
            };
            self.current = None;
            let Some(pause) = pauses.next() else {
                return Err(match tried {
                    0 => error,
                    _ => error.and_hint(format!("it was tried {tried} times more (max_retries)")),
                });
            };
            tried += 1;
            let (most, seconds) = (self.retries.most, pause.as_secs_f64());
            (self.say)(&format!("{error}: trying again in {seconds:.1} s ({tried} of {most})"));
            thread::sleep(pause);
        }
    }
}

impl Destination for Retrying {
    fn abilities(&self) -> Abilities {
        self.abilities
    }

    fn describe(&mut self, table: &TableName) -> Result<Option<Stored>> {
        self.ask(|destination| destination.describe(table))
    }

    fn begin(&mut self, state_id: &str, load: &str) -> Result<()> {
        self.ask(|destination| destination.begin(state_id, load))
    }

    fn commit(&mut self, flush: &Arc<Flush>) -> Result<Receipt> {
        let mut sent = false;
        self.ask(|destination| {
            if sent && let Some(counts) = destination.committed(&flush.id)? {
                return Ok(Receipt { flush: flush.id.clone(), counts });
            }
            sent = true;
            destination.commit(flush)
        })
    }

    fn committed(&mut self, flush: &FlushId) -> Result<Option<StreamCounts>> {
        self.ask(|destination| destination.committed(flush))
    }

    fn bookmark(&mut self, shard: Option<Shard>) -> Result<Option<String>> {
        self.ask(|destination| destination.bookmark(shard))
    }

    fn rejected(&mut self) -> Result<Vec<(Replayed, Reject)>> {
        self.ask(|destination| destination.rejected())
    }

    fn fits(&mut self, table: &TableName, column: &str, from: Type, to: Type) -> Result<bool> {
        self.ask(|destination| destination.fits(table, column, from, to))
    }

    /// Once: what a person asked for is done by them again.
    fn administer(&mut self, statements: &[String], memory: &Memory, table: &TableName) -> Result<()> {
        self.current()?.administer(statements, memory, table)
    }
}
