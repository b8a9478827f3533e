//! Several loaders at once, who take turns: a commit that came too late is made anew on the tables as they are then.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use ::duckdb::Transaction;
use backon::{BackoffBuilder, ExponentialBuilder};

use super::{DuckDb, Store, failed};
use crate::destination::{Destination, Receipt};
use crate::error::{Error, Result};
use crate::flush::Flush;
use crate::sql::shared as sql;

/// What is said of what came too late, by DuckLake, by Postgres of a catalog, and by DuckDB itself: nothing of it happened.
pub(super) const CONFLICTS: [&str; 6] = [
    "Transaction conflict",
    "could not serialize access",
    "deadlock detected",
    "duplicate key value violates unique constraint",
    "Conflict on ",
    "write-write conflict",
];

/// What is said where the way to a catalog, or to MotherDuck, is lost.
const LOST: [&str; 6] = [
    "server closed the connection",
    "connection to server",
    "Connection refused",
    "terminating connection",
    "UNAVAILABLE",
    "DEADLINE_EXCEEDED",
];

/// The pauses before a commit that came too late is made anew, each longer by chance: one of those that stood against each other has gone
/// through, so it is never for ever.
const PAUSES: (Duration, Duration) = (Duration::from_millis(20), Duration::from_secs(1));

/// So often a commit may come too late.
const MOST: usize = 1_000;

impl DuckDb {
    /// Does something in a transaction that others can stand against, until it goes through.
    pub(super) fn insist_on<T>(&mut self, mut work: impl FnMut(&mut Self) -> Result<T>) -> Result<T> {
        match self.store {
            Store::File => work(self).map_err(|error| self.room.judge(error)),
            Store::Lake | Store::MotherDuck => {
                again_and_again(|error| says(error, &CONFLICTS), || work(self))
            }
        }
    }

    /// Carries a flush out, again and again while others go first.
    pub(super) fn insist(&mut self, flush: &Arc<Flush>) -> Result<Receipt> {
        let mut is_first = true;
        self.insist_on(|duckdb| {
            // An answer that was lost may have been a yes.
            if !std::mem::take(&mut is_first)
                && let Some(counts) = Destination::committed(duckdb, &flush.id)?
            {
                return Ok(Receipt { flush: flush.id.clone(), counts });
            }
            duckdb.attempt(flush)
        })
    }
}

/// Does something that others can stand against, as errors say, until it goes through.
pub(super) fn again_and_again<T>(
    stands_against: impl Fn(&Error) -> bool,
    mut work: impl FnMut() -> Result<T>,
) -> Result<T> {
    let pauses = ExponentialBuilder::new().with_min_delay(PAUSES.0).with_max_delay(PAUSES.1);
    let mut pauses = pauses.with_max_times(MOST).with_jitter().build();
    loop {
        match work() {
            Err(error) if stands_against(&error) => match pauses.next() {
                Some(pause) => thread::sleep(pause),
                None => return Err(error),
            },
            Err(error) if says(&error, &LOST) => return Err(error.passing()),
            done => return done,
        }
    }
}

/// Takes a turn in these schemas among those who write to the lake. Of a file there is one writer.
pub(super) fn take_turns<'a>(
    store: Store,
    transaction: &Transaction<'_>,
    schemas: impl IntoIterator<Item = &'a str>,
) -> Result<()> {
    if store == Store::File {
        return Ok(());
    }
    let schemas: BTreeSet<&str> = schemas.into_iter().collect();
    schemas.into_iter().try_for_each(|schema| {
        transaction.execute_batch(&sql::take_turn(schema)).map_err(|error| failed("take its turn", error))
    })
}

pub(super) fn says(error: &Error, words: &[&str]) -> bool {
    let said = error.to_string();
    words.iter().any(|word| said.contains(word))
}
