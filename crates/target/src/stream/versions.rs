//! The table versions of one stream.

use crate::flush::Activation;

/// What is known of a stream's versions.
#[derive(Debug)]
pub(super) struct Versions {
    /// Whether ACTIVATE_VERSION is acted on.
    acts: bool,
    /// Whether rows of older versions go; otherwise they are marked.
    hard: bool,
    /// The version that records without one belong to: the greatest that was seen, or that is active in the table.
    running: Option<i64>,
    /// The greatest that a record of this run had.
    seen: Option<i64>,
    /// The activation that the next load carries.
    pending: Option<i64>,
}

impl Versions {
    pub(super) fn new(acts: bool, hard: bool, active: Option<i64>) -> Self {
        Self { acts, hard, running: active, seen: None, pending: None }
    }

    /// What was learned from the stream's records under an earlier SCHEMA.
    pub(super) fn follow(&mut self, earlier: &Versions) {
        self.running = self.running.max(earlier.running);
        self.seen = earlier.seen;
        self.pending = earlier.pending;
    }

    /// The version of a record that was sent with `sent`.
    pub(super) fn of(&mut self, sent: Option<i64>) -> Option<i64> {
        self.seen = self.seen.max(sent);
        self.running = self.running.max(sent);
        sent.or(self.running)
    }

    /// Takes an ACTIVATE_VERSION. Whether it is to be committed now: not before rows of the version have come, so that no reader
    /// sees an empty table between.
    pub(super) fn activate(&mut self, version: i64) -> bool {
        if !self.acts {
            return false;
        }
        self.running = self.running.max(Some(version));
        self.pending = self.pending.max(Some(version));
        self.seen >= Some(version)
    }

    /// The version of the rows that were sent without one.
    pub(super) fn running(&self) -> Option<i64> {
        self.running
    }

    pub(super) fn is_pending(&self) -> bool {
        self.pending.is_some()
    }

    /// What the next load carries.
    pub(super) fn take(&mut self) -> Option<Activation> {
        self.pending.take().map(|version| Activation { version, hard: self.hard })
    }
}
