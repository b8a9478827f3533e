//! What the three kinds of records have in common when they're written.

use crate::changes::Change;
use crate::clock::Clock;
use crate::random::{Draws, Purpose};
use crate::text::Put;

/// A change every second, so that a day of the log has 86,400.
pub(super) const MILLIS_PER_POSITION: i64 = 1000;

/// Writes fields of one stream.
#[derive(Debug)]
pub(super) struct Pen {
    pub(super) seed: u64,
    pub(super) first_key: u64,
    /// The time of position 0 in milliseconds since 1970.
    pub(super) start: i64,
    /// From this position on records have the new property.
    pub(super) changed_at: u64,
    pub(super) clock: Clock,
}

impl Pen {
    /// The integer key: also what seeds the key's own fields, so that runs with another `first_key` agree on a key.
    #[inline]
    pub(super) const fn id(&self, change: &Change) -> u64 {
        self.first_key + change.key
    }

    /// Draws for fields that every change of this key repeats.
    #[inline]
    pub(super) const fn of_key(&self, id: u64) -> Draws {
        Draws::new(self.seed, Purpose::Key, id)
    }

    /// Draws for fields of this change alone.
    #[inline]
    pub(super) const fn of_change(&self, change: &Change) -> Draws {
        Draws::new(self.seed, Purpose::Row, change.position)
    }

    #[inline]
    pub(super) const fn is_changed(&self, change: &Change) -> bool {
        change.position >= self.changed_at
    }

    /// When the change at a position happened: somewhere in the position's own second, so that times grow strictly.
    #[inline]
    pub(super) fn put_time_of(&mut self, position: u64, out: &mut Vec<u8>) {
        let within = Draws::new(self.seed, Purpose::Moment, position).below(MILLIS_PER_POSITION as u64);
        self.clock.put_time(self.start + position as i64 * MILLIS_PER_POSITION + within as i64, out);
    }

    /// `,"created_at":...,"updated_at":...`
    #[inline]
    pub(super) fn put_created_and_updated(&mut self, change: &Change, out: &mut Vec<u8>) {
        out.put(br#","created_at":"#);
        let created = out.len();
        self.put_time_of(change.birth, out);
        let created = created..out.len();
        out.put(br#","updated_at":"#);
        if change.birth == change.position {
            out.extend_from_within(created);
        } else {
            self.put_time_of(change.position, out);
        }
    }
}
