//! How far the load is: a line for each stream that moved last, and one for all of it. Only commits count.

use std::collections::BTreeMap;
use std::time::Duration;

use arrow::array::{Array, TimestampMicrosecondArray};
use arrow::compute;

use super::text::{columns, counted, grouped, visible};
use crate::clock::Now;
use crate::flush::{Counts, Flush, StreamCounts};
use crate::table::System;

/// How many streams have a line: those that were committed last.
const STREAMS: usize = 8;

/// How far a load is.
#[derive(Debug)]
pub struct Progress {
    began: Now,
    last: Now,
    commits: u64,
    streams: BTreeMap<String, Pace>,
}

/// How far a stream is.
#[derive(Debug)]
struct Pace {
    /// When it may have begun: at the last commit before its first one.
    began: Now,
    last: Now,
    counts: Counts,
    lag: Option<Duration>,
}

/// When the newest record of each stream of a flush was read by the tap, in microseconds since 1970, or else when it reached the
/// loader. Streams whose tables do not keep that are left out.
#[must_use]
pub fn newest(flush: &Flush) -> BTreeMap<String, i64> {
    let mut newest = BTreeMap::new();
    for load in &flush.loads {
        let Some(batch) = &load.batch else { continue };
        let latest = |system: System| {
            let column = batch.all().column(load.table.system(system)?);
            compute::max(column.as_any().downcast_ref::<TimestampMicrosecondArray>()?)
        };
        if let Some(at) = latest(System::ExtractedAt).or_else(|| latest(System::ReceivedAt)) {
            let of = newest.entry(load.stream.clone()).or_insert(at);
            *of = at.max(*of);
        }
    }
    newest
}

impl Progress {
    /// A load that has begun at `began`.
    #[must_use]
    pub fn new(began: Now) -> Self {
        Self { began, last: began, commits: 0, streams: BTreeMap::new() }
    }

    /// Counts a commit that was done at `at`, of records of which the newest are of `newest`.
    pub fn commit(&mut self, counts: &StreamCounts, newest: &BTreeMap<String, i64>, at: Now) {
        for (stream, counts) in counts {
            if counts.received == 0 && !self.streams.contains_key(stream) {
                continue;
            }
            let new = || Pace { began: self.last, last: at, counts: Counts::default(), lag: None };
            let pace = self.streams.entry(stream.clone()).or_insert_with(new);
            pace.counts.add(counts);
            pace.last = at;
            let lag = newest.get(stream).map(|newest| at.micros().saturating_sub(*newest));
            pace.lag = lag.map(|micros| Duration::from_micros(u64::try_from(micros).unwrap_or_default()));
        }
        self.last = at;
        self.commits += 1;
    }

    /// The lines of the streams, in the order of their names.
    #[must_use]
    pub fn streams(&self) -> Vec<String> {
        let mut shown: Vec<(&String, &Pace)> = self.streams.iter().collect();
        shown.sort_by_key(|(_, pace)| std::cmp::Reverse(pace.last));
        shown.truncate(STREAMS);
        shown.sort_by_key(|(stream, _)| *stream);
        let rows: Vec<[String; 5]> = shown.into_iter().map(|(stream, pace)| row(stream, pace)).collect();
        columns(&rows).iter().map(|line| line.trim_end().to_owned()).collect()
    }

    /// The line of all of it.
    #[must_use]
    pub fn whole(&self) -> String {
        if self.commits == 0 {
            return "nothing is committed yet".to_owned();
        }
        let mut sum = Counts::default();
        self.streams.values().for_each(|pace| sum.add(&pace.counts));
        let [rows, speed, bytes] = pace(&sum, self.began.until(self.last));
        let hidden = self.streams.len().saturating_sub(STREAMS);
        let more =
            if hidden > 0 { format!(", {} more", counted(hidden as u64, "stream")) } else { String::new() };
        format!("{rows}, {speed}, {bytes}, {}{more}", counted(self.commits, "commit"))
    }
}

fn row(stream: &str, at: &Pace) -> [String; 5] {
    let [rows, speed, bytes] = pace(&at.counts, at.began.until(at.last));
    let lag = at.lag.map(|lag| format!("{} behind", about(lag))).unwrap_or_default();
    [visible(stream).into_owned(), rows, speed, bytes, lag]
}

/// Rows, rows per second, megabytes per second.
fn pace(counts: &Counts, took: Duration) -> [String; 3] {
    let seconds = took.as_secs_f64().max(0.001);
    let (speed, bytes) = (counts.received as f64 / seconds, counts.bytes as f64 / 1e6 / seconds);
    [counted(counts.received, "row"), format!("{} rows/s", grouped(speed as u64)), format!("{bytes:.1} MB/s")]
}

/// A time as a person says it.
fn about(time: Duration) -> String {
    match time.as_secs() {
        0..10 => format!("{:.1} s", time.as_secs_f64()),
        seconds @ 10..120 => format!("{seconds} s"),
        seconds @ 120..7_200 => format!("{} min", seconds / 60),
        seconds @ 7_200..172_800 => format!("{} h", seconds / 3_600),
        seconds => format!("{} days", seconds / 86_400),
    }
}
