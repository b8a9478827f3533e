//! What the loader says on stderr: how streams are loaded, what was unusual, what was measured, how far it is, and the summary.
//!
//! What a line says and how it looks is decided without I/O, in the rooms of this one: `line`, `metrics`, `progress`, `summary`,
//! `dictconfig`. `screen` draws, `log` writes, `account` writes the file of `--report`.

mod account;
pub mod dictconfig;
pub mod line;
mod log;
pub mod metrics;
pub mod progress;
mod screen;
mod summary;
pub(crate) mod text;
mod wanted;

use std::collections::BTreeMap;
use std::io::Write;
use std::time::Duration;

use serde_json::Value;

use crate::destination::Receipt;
use crate::error::{Error, Result};
use crate::flush::{Flush, StreamCounts};
use crate::note::{Level, Note};

pub use account::{Bookmark, Run, check, write};
pub use line::{Form, Line, Says};
pub use log::Log;
pub use screen::{Beside, Screen};
pub use wanted::Wanted;

use metrics::{Counters, Metric};
use progress::Progress;
use screen::Lines;

/// A text as a terminal may show it.
#[must_use]
pub fn shown(text: &str) -> String {
    text::visible(text).into_owned()
}

/// Records that were not loaded here, and were not to be, by stream. They are not among those that were received.
#[derive(Debug, Default)]
struct Left {
    /// What the filters of stream maps left out.
    filtered: BTreeMap<String, u64>,
    /// What other shards load.
    elsewhere: BTreeMap<String, u64>,
}

/// The writer of stderr, and the counts of the run.
#[derive(Debug)]
pub struct Report<W> {
    out: W,
    log: Log,
    counts: StreamCounts,
    left: Left,
    commits: u64,
    counters: Counters,
    /// The flush with the last bookmark, and the last one whose bookmark is out.
    bookmarks: (Option<u64>, Option<u64>),
    shown: Option<(Progress, Lines)>,
}

impl<W: Write> Report<W> {
    /// A report that is written to `out`, as `log` has it.
    pub fn new(out: W, log: Log) -> Self {
        let counters = Counters::new(log.now());
        Self {
            out,
            log,
            counts: StreamCounts::new(),
            left: Left::default(),
            commits: 0,
            counters,
            bookmarks: (None, None),
            shown: None,
        }
    }

    /// Says something that a person should know.
    pub fn note(&mut self, note: &Note) {
        self.log.note(&mut self.out, note);
    }

    /// Says what ended the run. It is the last line, and always written.
    pub fn error(&mut self, error: &Error) {
        self.shown = None;
        self.line(Level::Error, error.stream(), Says::Error(error));
    }

    /// Writes a line that is for people only.
    pub fn row(&mut self, words: &str) {
        self.line(Level::Info, None, Says::Row(words));
    }

    fn line(&mut self, level: Level, stream: Option<&str>, says: Says<'_>) {
        self.log.line(&mut self.out, &Line { level, stream, says });
    }

    /// From here on a terminal shows how far the load is.
    pub fn begin(&mut self) {
        let now = self.log.now();
        self.counters = Counters::new(now);
        self.shown = self.log.screen().map(|screen| (Progress::new(now), Lines::new(screen)));
        self.show();
    }

    fn show(&mut self) {
        if let Some((progress, lines)) = &mut self.shown {
            lines.show(progress.streams(), progress.whole());
        }
    }

    /// Remembers that a flush is about to be committed.
    pub fn sends(&mut self, flush: &Flush) {
        if flush.bookmark.is_some() {
            self.bookmarks.0 = Some(flush.id.number);
        }
    }

    /// Remembers that the bookmark of a flush is out, if it has one.
    pub fn let_out(&mut self, flush: &Flush) {
        if flush.bookmark.is_some() {
            self.bookmarks.1 = Some(flush.id.number);
        }
    }

    /// Counts what a commit did that took so long. Where its flush is known too, so is how far behind the tap it is.
    pub fn committed(&mut self, receipt: &Receipt, flush: Option<&Flush>, took: Duration) {
        self.commits += 1;
        for (stream, counts) in receipt.counts() {
            self.counts.entry(stream.clone()).or_default().add(counts);
        }
        let now = self.log.now();
        if let Some((progress, _)) = &mut self.shown {
            let newest = flush.map_or_else(BTreeMap::new, progress::newest);
            progress.commit(receipt.counts(), &newest, now);
            self.show();
        }
        self.counters.count(receipt.counts());
        if !receipt.counts().is_empty() {
            self.metric(&metrics::batch(receipt.counts().keys(), took, true, self.log.pid()));
        }
        if self.counters.is_due(now) {
            self.counted();
        }
        let number = receipt.flush().number;
        self.note(&Note::debug(format!("commit {number} took {:.3} s", took.as_secs_f64())));
    }

    /// Measures a commit that failed.
    pub fn failed(&mut self, flush: &Flush, took: Duration) {
        let streams: BTreeMap<String, ()> =
            flush.loads.iter().map(|load| (load.stream.clone(), ())).collect();
        self.metric(&metrics::batch(streams.keys(), took, false, self.log.pid()));
    }

    /// Writes the counters.
    fn counted(&mut self) {
        let taken = self.counters.take(self.log.now(), self.log.pid());
        taken.iter().for_each(|metric| self.metric(metric));
    }

    /// Metrics are for programs: a terminal that shows the progress says the same to a person.
    fn metric(&mut self, metric: &Metric) {
        if self.log.screen().is_none() {
            self.line(Level::Info, metric.tags.stream.as_deref(), Says::Metric(metric));
        }
    }

    /// Says that `count` records of a stream were left out by a filter. They are not among those that were received.
    pub fn filtered(&mut self, stream: &str, count: u64) {
        *self.left.filtered.entry(stream.to_owned()).or_default() += count;
    }

    /// Says that `count` records of a stream were other shards'. They are not among those that were received either.
    pub fn elsewhere(&mut self, stream: &str, count: u64) {
        *self.left.elsewhere.entry(stream.to_owned()).or_default() += count;
    }

    /// Says what became of every record: `received = inserted + replaced + stale + duplicate + deleted + rejected`.
    pub fn summary(&mut self, took: Duration) {
        self.shown = None;
        self.counted();
        let sentence = summary::sentence(&self.counts, self.commits, took);
        if self.log.form() == Form::Plain {
            for row in summary::table(&self.counts) {
                self.line(Level::Info, None, Says::Row(&row));
            }
        }
        for row in summary::left(&self.left) {
            self.line(Level::Info, None, Says::Row(&row));
        }
        self.line(Level::Info, None, Says::Row(&sentence));
    }

    /// The report of the run as JSON.
    #[must_use]
    pub fn account(&self, run: &Run, outcome: &Result<()>) -> Value {
        let bookmark = match self.bookmarks {
            (None, _) => Bookmark::None,
            (sent, out) if sent == out => Bookmark::Out,
            _ => Bookmark::Held,
        };
        account::account(run, self.log.now(), self.commits, (&self.counts, &self.left), bookmark, outcome)
    }
}
