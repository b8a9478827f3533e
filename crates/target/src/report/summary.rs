//! The end of a load in words: what became of every record.

use std::time::Duration;

use super::Left;
use super::text::{columns, counted, grouped, visible};
use crate::flush::{Counts, StreamCounts};

/// The counts of all streams together.
pub(super) fn sum(counts: &StreamCounts) -> Counts {
    let mut sum = Counts::default();
    counts.values().for_each(|counts| sum.add(counts));
    sum
}

/// The table of what became of every record, and what else a person may want to know of the streams:
/// `received = inserted + replaced + stale + duplicate + deleted + rejected`.
pub(super) fn table(counts: &StreamCounts) -> Vec<String> {
    let mut rows: Vec<[String; 8]> = vec![
        ["stream", "received", "inserted", "replaced", "stale", "duplicate", "deleted", "rejected"]
            .map(str::to_owned),
    ];
    rows.extend(counts.iter().map(|(stream, counts)| row(stream, counts)));
    if counts.len() > 1 {
        rows.push(row("all", &sum(counts)));
    }
    let mut lines = columns(&rows);
    let ended = counts.iter().filter(|(_, counts)| counts.ended > 0);
    lines.extend(ended.map(|(stream, counts)| {
        format!("{stream}: stored rows of older versions that are over: {}", grouped(counts.ended))
    }));
    lines
}

/// What was not loaded here, by stream: it is not among what was received.
pub(super) fn left(left: &Left) -> Vec<String> {
    let row =
        |stream: &str, what: &str, count: u64| format!("{}: {what}: {}", visible(stream), grouped(count));
    let filtered =
        left.filtered.iter().map(|(stream, count)| row(stream, "records that its filter left out", *count));
    let elsewhere =
        left.elsewhere.iter().map(|(stream, count)| row(stream, "records of other shards", *count));
    filtered.chain(elsewhere).collect()
}

/// The load in one line.
pub(super) fn sentence(counts: &StreamCounts, commits: u64, took: Duration) -> String {
    let sum = sum(counts);
    let seconds = took.as_secs_f64().max(0.001);
    format!(
        "{} in {seconds:.1} s ({} per second, {:.1} MB), {}",
        counted(sum.received, "record"),
        grouped((sum.received as f64 / seconds) as u64),
        sum.bytes as f64 / 1e6,
        counted(commits, "commit"),
    )
}

fn row(stream: &str, counts: &Counts) -> [String; 8] {
    let Counts { received, inserted, replaced, stale, duplicate, deleted, rejected, .. } = *counts;
    let [received, inserted, replaced, stale, duplicate, deleted, rejected] =
        [received, inserted, replaced, stale, duplicate, deleted, rejected].map(grouped);
    [visible(stream).into_owned(), received, inserted, replaced, stale, duplicate, deleted, rejected]
}
