//! How much waits for the next flush, and since when.

use std::collections::BTreeSet;

use crate::clock::Now;
use crate::config::Settings;
use crate::stream::Stream;

/// How many tables one commit carries at most. Postgres holds some locks for each of them until the commit, and has room for a few
/// thousand as it is installed.
const TABLES: usize = 1_000;

/// A line that is worth a flush before it, in bytes, where it would be too much besides what waits.
const LONG: usize = 1 << 20;

/// What waits.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    /// Whether one stream has as many records as a flush carries of it. More commits of the same rows cost every table of them anew.
    enough: bool,
    /// The memory that it takes at most, in bytes.
    bytes: usize,
    /// The tables that the next flush carries; one that is made or changed counts more.
    tables: usize,
    /// When the oldest thing that waits came.
    since: Option<Now>,
    /// The places of the streams that something may wait in: there may be very many that nothing waits in.
    streams: BTreeSet<usize>,
}

impl Waiting {
    /// Something may wait in the stream at `place`.
    pub(super) fn in_stream(&mut self, place: usize) {
        self.streams.insert(place);
    }

    /// The places of the streams that something may wait in, in their order.
    pub(super) fn streams(&self) -> impl Iterator<Item = usize> {
        self.streams.iter().copied()
    }

    /// Something waits that takes no room.
    pub(super) fn begin(&mut self, now: Now) {
        self.since.get_or_insert(now);
    }

    /// A record waits in `stream`, and takes `bytes` bytes of memory at most. Nothing had to be flushed for the stream before where it
    /// was `idle`.
    #[inline]
    pub(super) fn record(
        &mut self,
        stream: &Stream,
        idle: bool,
        bytes: usize,
        now: Now,
        settings: &Settings,
    ) {
        self.enough |= stream.is_enough(settings.batch_size_rows as u64);
        self.bytes += bytes;
        if idle {
            self.tables += stream.weight();
        }
        self.begin(now);
    }

    /// A stream was opened.
    pub(super) fn stream(&mut self, stream: &Stream) {
        if stream.is_pending() {
            self.tables += stream.weight();
        }
    }

    /// Whether there is no room for a line of `bytes` bytes besides what waits, and the line is long enough to matter.
    #[inline]
    pub(super) fn has_no_room(&self, bytes: usize, settings: &Settings) -> bool {
        bytes >= LONG && self.bytes > 0 && self.bytes + bytes > settings.batch_size_bytes
    }

    /// Whether it is enough for a flush, but perhaps for its bytes.
    pub(super) fn is_enough(&self) -> bool {
        self.enough || self.tables >= TABLES
    }

    /// Whether it takes as much memory as may be; `measure` says how much it is in the streams at these places, where
    /// the estimate has come so far.
    #[inline]
    pub(super) fn is_full(
        &mut self,
        settings: &Settings,
        measure: impl FnOnce(&BTreeSet<usize>) -> usize,
    ) -> bool {
        let most = settings.batch_size_bytes;
        if self.bytes < most {
            return false;
        }
        // The estimate goes on from here. Near the limit measuring again and again is not worth it.
        self.bytes = self.bytes.min(measure(&self.streams));
        self.bytes >= most - most / 16
    }

    /// When it is to be flushed even if no more comes.
    pub(super) fn due(&self, settings: &Settings) -> Option<Now> {
        self.since.map(|since| since.after(settings.batch_wait_limit))
    }
}
