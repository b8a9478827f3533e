//! A destination on a thread of its own, which is given up where nothing is heard of it for too long: its driver would wait for an
//! answer for as long as the connection is open.
//!
//! The thread that is given up waits on, and keeps what it was given. Should it be answered after all, what it does then is a commit of
//! which nobody knows whether it happened: the next one looks it up, or trips over it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use super::silence::{Next, Patience, Silence, Verdict};
use super::{Abilities, Destination, Receipt};
use crate::error::{Error, Result};
use crate::flush::{Flush, FlushId, Reject, Replayed, StreamCounts};
use crate::shard::Shard;
use crate::table::{Memory, Stored, TableName};
use crate::types::Type;

/// How often a silence is looked at.
const TICK: Duration = Duration::from_millis(250);

/// How long the end of a destination may take: it is over anyway.
const GOODBYE: Duration = Duration::from_secs(1);

/// Counts the signs of life.
#[derive(Debug, Default)]
pub struct Pulse(AtomicU64);

impl Pulse {
    /// Something was sent, or has come.
    pub fn beat(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Asks the database what it does for the one that says nothing.
pub type Ask = Arc<dyn Fn() -> Verdict + Send + Sync>;

/// How a destination is watched.
pub struct Watch {
    /// Its signs of life.
    pub pulse: Arc<Pulse>,
    /// How long it may give none.
    pub patience: Patience,
    /// Whom to ask of it.
    pub ask: Ask,
}

type Job = Box<dyn FnOnce(&mut dyn Destination) + Send>;

/// The destination, seen from here.
pub struct Watched {
    jobs: Option<Sender<Job>>,
    /// Nothing comes here but the end of the thread.
    end: Receiver<()>,
    abilities: Abilities,
    watch: Watch,
}

impl Watched {
    /// Opens a destination, and watches that too.
    ///
    /// # Errors
    /// Those of `open`; of class unknown, and passing, where nothing is heard for too long.
    pub fn open(
        watch: Watch,
        open: impl FnOnce() -> Result<Box<dyn Destination>> + Send + 'static,
    ) -> Result<Self> {
        let (jobs, todo) = mpsc::channel::<Job>();
        let (opened, opening) = mpsc::channel();
        let (alive, end) = mpsc::channel();
        thread::spawn(move || {
            let _alive: Sender<()> = alive;
            let mut destination = match open() {
                Ok(destination) => destination,
                Err(error) => return drop(opened.send(Err(error))),
            };
            let _ = opened.send(Ok(destination.abilities()));
            todo.into_iter().for_each(|job| job(&mut *destination));
        });
        let abilities = watch.wait(&opening)??;
        Ok(Self { jobs: Some(jobs), end, abilities, watch })
    }

    fn ask<T: Send + 'static>(
        &mut self,
        question: impl FnOnce(&mut dyn Destination) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (send, answer) = mpsc::channel();
        let job: Job = Box::new(move |destination| drop(send.send(question(destination))));
        // A thread that has ended has closed the way back too.
        let _ = self.jobs.as_ref().map(|jobs| jobs.send(job));
        let answer = self.watch.wait(&answer);
        if answer.is_err() {
            // The thread ends should it ever be answered. Nobody waits for that.
            self.jobs = None;
            self.end = mpsc::channel().1;
        }
        answer?
    }
}

impl Watch {
    /// Waits for an answer, and not for ever.
    fn wait<T>(&self, answer: &Receiver<T>) -> Result<T> {
        let (mut beats, mut silence) = (self.pulse.count(), Silence::new(self.patience));
        let mut verdicts: Option<Receiver<Verdict>> = None;
        loop {
            match answer.recv_timeout(TICK) {
                Ok(answer) => return Ok(answer),
                Err(RecvTimeoutError::Disconnected) => return Err(Error::bug("the destination has ended")),
                Err(RecvTimeoutError::Timeout) => {}
            }
            if self.pulse.count() != beats {
                (beats, silence, verdicts) = (self.pulse.count(), Silence::new(self.patience), None);
                continue;
            }
            let next = match verdicts.as_ref().and_then(|verdicts| verdicts.try_recv().ok()) {
                Some(verdict) => silence.hear(verdict),
                None => silence.pass(TICK),
            };
            match next {
                Next::Wait => {}
                Next::Ask => verdicts = Some(self.question()),
                Next::GiveUp(why) => return Err(Error::unknown(why).passing()),
            }
        }
    }

    fn question(&self) -> Receiver<Verdict> {
        let (send, verdicts) = mpsc::channel();
        let ask = Arc::clone(&self.ask);
        // On a thread of its own: that session has a connection of its own to wait for.
        thread::spawn(move || send.send(ask()));
        verdicts
    }
}

impl Drop for Watched {
    /// Lets the destination take its leave.
    fn drop(&mut self) {
        self.jobs = None;
        let _ = self.end.recv_timeout(GOODBYE);
    }
}

impl Destination for Watched {
    fn abilities(&self) -> Abilities {
        self.abilities
    }

    fn describe(&mut self, table: &TableName) -> Result<Option<Stored>> {
        let table = table.clone();
        self.ask(move |destination| destination.describe(&table))
    }

    fn begin(&mut self, state_id: &str, load: &str) -> Result<()> {
        let (state_id, load) = (state_id.to_owned(), load.to_owned());
        self.ask(move |destination| destination.begin(&state_id, &load))
    }

    fn commit(&mut self, flush: &Arc<Flush>) -> Result<Receipt> {
        let flush = Arc::clone(flush);
        self.ask(move |destination| destination.commit(&flush))
    }

    fn committed(&mut self, flush: &FlushId) -> Result<Option<StreamCounts>> {
        let flush = flush.clone();
        self.ask(move |destination| destination.committed(&flush))
    }

    fn bookmark(&mut self, shard: Option<Shard>) -> Result<Option<String>> {
        self.ask(move |destination| destination.bookmark(shard))
    }

    fn rejected(&mut self) -> Result<Vec<(Replayed, Reject)>> {
        self.ask(|destination| destination.rejected())
    }

    fn fits(&mut self, table: &TableName, column: &str, from: Type, to: Type) -> Result<bool> {
        let (table, column) = (table.clone(), column.to_owned());
        self.ask(move |destination| destination.fits(&table, &column, from, to))
    }

    fn administer(&mut self, statements: &[String], memory: &Memory, table: &TableName) -> Result<()> {
        let (statements, memory, table) = (statements.to_vec(), memory.clone(), table.clone());
        self.ask(move |destination| destination.administer(&statements, &memory, &table))
    }
}
