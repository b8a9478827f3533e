//! What is measured, for the programs that read logs: Singer's metrics, and ours.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use crate::clock::Now;
use crate::flush::{Counts, StreamCounts};

/// How often counters are written while the load goes on: as often as the Singer SDK does.
const EVERY: Duration = Duration::from_secs(60);

/// One measurement.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Metric {
    /// `counter` or `timer`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// What was measured.
    pub metric: &'static str,
    /// A number of records, or seconds.
    pub value: Value,
    /// Where, and how it went.
    pub tags: Tags,
}

/// What came of a measurement.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// Records.
    Count(u64),
    /// Seconds.
    Seconds(f64),
}

/// Where something was measured, and how it went.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Tags {
    /// The stream; null where it is about several.
    pub stream: Option<String>,
    /// How many streams it is about, where it is not one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub streams: Option<usize>,
    /// The process.
    pub pid: u32,
    /// `succeeded` or `failed`, of what may fail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<&'static str>,
}

/// How long a commit took, or one that failed: of all its streams, for it is one transaction.
pub(super) fn batch<'a>(
    mut streams: impl ExactSizeIterator<Item = &'a String>,
    took: Duration,
    well: bool,
    pid: u32,
) -> Metric {
    let number = streams.len();
    let stream = streams.next().filter(|_| number == 1).cloned();
    let tags = Tags {
        streams: Some(number).filter(|_| stream.is_none()),
        stream,
        pid,
        status: Some(if well { "succeeded" } else { "failed" }),
    };
    Metric { kind: "timer", metric: "batch_processing_time", value: Value::Seconds(took.as_secs_f64()), tags }
}

/// What was counted and has not been written yet.
#[derive(Debug)]
pub(super) struct Counters {
    waiting: BTreeMap<String, Counts>,
    since: Now,
}

impl Counters {
    /// Nothing, from `since` on.
    pub(super) fn new(since: Now) -> Self {
        Self { waiting: BTreeMap::new(), since }
    }

    /// Counts what a commit did.
    pub(super) fn count(&mut self, counts: &StreamCounts) {
        for (stream, counts) in counts {
            self.waiting.entry(stream.clone()).or_default().add(counts);
        }
    }

    /// Whether it is time to write them.
    pub(super) fn is_due(&self, now: Now) -> bool {
        self.since.until(now) >= EVERY
    }

    /// What has been counted since the last time. Ours are left out where they are 0.
    pub(super) fn take(&mut self, now: Now, pid: u32) -> Vec<Metric> {
        self.since = now;
        let waiting = std::mem::take(&mut self.waiting);
        let of = |(stream, counts): (String, Counts)| {
            let ours =
                [("stale", counts.stale), ("duplicate", counts.duplicate), ("rejected", counts.rejected)];
            let ours = ours.into_iter().filter(|(_, value)| *value > 0);
            let all: Vec<_> = [("record_count", counts.received)].into_iter().chain(ours).collect();
            all.into_iter().map(move |(metric, value)| Metric {
                kind: "counter",
                metric,
                value: Value::Count(value),
                tags: Tags { stream: Some(stream.clone()), streams: None, pid, status: None },
            })
        };
        waiting.into_iter().flat_map(of).collect()
    }
}
