//! How long the loader waits for others, and makes others wait for it.

use std::time::Duration;

use crate::sql::postgres as sql;

/// How long a change of a table stands in line for its lock. Whoever wants to read the table meanwhile stands behind it. Longer than
/// the server's `deadlock_timeout`, after which it takes a vacuum out of the way.
const BRIEF: Duration = Duration::from_secs(2);

/// How long those who stood behind it are let through before it stands in line again.
const PAUSE: Duration = Duration::from_secs(2);

/// How long a session waits for others. Zero is for ever.
#[derive(Clone, Copy, Debug, Default)]
pub struct Waits {
    /// For a lock.
    pub lock: Duration,
    /// For the end of a statement.
    pub statement: Duration,
}

fn milliseconds(time: Duration) -> i32 {
    i32::try_from(time.as_millis()).unwrap_or(i32::MAX)
}

impl Waits {
    /// The statements that begin a transaction.
    pub(super) fn begin(self) -> String {
        sql::begin(milliseconds(self.lock), milliseconds(self.statement))
    }

    /// A change of a table that does not wait long for its lock.
    pub(super) fn briefly(self, statement: &str) -> String {
        let brief = if self.lock.is_zero() { BRIEF } else { BRIEF.min(self.lock) };
        sql::within_lock_timeout(statement, milliseconds(brief), milliseconds(self.lock))
    }

    /// The pauses between the attempts to change a table: as many as fit into the wait for a lock.
    pub(super) fn pauses(self) -> impl Iterator<Item = Duration> {
        let attempts = self.lock.as_millis() / (BRIEF + PAUSE).as_millis();
        let most =
            if self.lock.is_zero() { usize::MAX } else { usize::try_from(attempts).unwrap_or(usize::MAX) };
        std::iter::repeat_n(PAUSE, most)
    }
}
