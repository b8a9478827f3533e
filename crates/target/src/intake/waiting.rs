//! How much waits for the next flush, and since when.

use std::collections::BTreeSet;

use crate::clock::Now;
use crate::config::Settings;
use crate::stream::Stream;

/// How many tables one commit carries at most. Postgres holds some locks for each of them until the commit, and has room for a few
/// thousand as it is installed.
const TABLES: usize = 1_000;

/// What a column costs in a row that lacks it, in bytes.
const COLUMN: usize = 9;

/// What waits.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    /// The most records that wait in one stream. More commits of the same rows cost every table of them anew.
    records: u64,
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

    /// A record of `bytes` bytes waits in `stream`, for which nothing had to be flushed before where it was `idle`.
    #[inline]
    pub(super) fn record(&mut self, stream: &Stream, idle: bool, bytes: usize, now: Now) {
        self.records = self.records.max(stream.received());
        self.bytes += bytes + COLUMN * stream.table().columns.len();
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

    /// Whether it is enough for a flush.
    pub(super) fn is_full(&self, settings: &Settings) -> bool {
        self.records >= settings.batch_size_rows as u64
            || self.bytes >= settings.batch_size_bytes
            || self.tables >= TABLES
    }

    /// When it is to be flushed even if no more comes.
    pub(super) fn due(&self, settings: &Settings) -> Option<Now> {
        self.since.map(|since| since.after(settings.batch_wait_limit))
    }
}
