//! What a person reads on stderr: how streams are loaded, what was unusual, and the summary.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Write;
use std::time::Duration;

use crate::destination::Receipt;
use crate::error::Error;
use crate::flush::{Counts, StreamCounts};

/// The writer of stderr, and the counts of the run.
#[derive(Debug)]
pub struct Report<W> {
    out: W,
    quiet: bool,
    counts: StreamCounts,
    filtered: BTreeMap<String, u64>,
    commits: u64,
}

impl<W: Write> Report<W> {
    /// A report that is written to `out`; `quiet` leaves only the errors.
    pub fn new(out: W, quiet: bool) -> Self {
        Self { out, quiet, counts: StreamCounts::new(), filtered: BTreeMap::new(), commits: 0 }
    }

    /// Says something that a person should know.
    pub fn note(&mut self, note: &str) {
        if !self.quiet {
            self.line(&format!("target: {note}"));
        }
    }

    /// Says what went wrong, and what to do.
    pub fn error(&mut self, error: &Error) {
        self.line(&format!("target: {error}"));
        if let Some(hint) = error.hint_text() {
            self.line(&format!("  hint: {hint}"));
        }
    }

    fn line(&mut self, line: &str) {
        // Nobody may be reading stderr; that is no reason to stop loading.
        let _ = writeln!(self.out, "{}", visible(line));
    }

    /// Counts what a commit did.
    pub fn count(&mut self, receipt: &Receipt) {
        self.commits += 1;
        for (stream, counts) in receipt.counts() {
            self.counts.entry(stream.clone()).or_default().add(counts);
        }
    }

    /// Says that `count` records of a stream were left out by a filter. They are not among those that were received.
    pub fn filtered(&mut self, stream: &str, count: u64) {
        *self.filtered.entry(stream.to_owned()).or_default() += count;
    }

    /// Says what became of every record: `received = inserted + replaced + stale + duplicate + deleted + rejected`.
    pub fn summary(&mut self, took: Duration) {
        if self.quiet {
            return;
        }
        let mut sum = Counts::default();
        self.counts.values().for_each(|counts| sum.add(counts));
        let mut rows: Vec<[String; 8]> = vec![
            ["stream", "received", "inserted", "replaced", "stale", "duplicate", "deleted", "rejected"]
                .map(str::to_owned),
        ];
        rows.extend(self.counts.iter().map(|(stream, counts)| row(stream, counts)));
        if self.counts.len() > 1 {
            rows.push(row("all", &sum));
        }
        let width =
            |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
        let widths: Vec<usize> = (0..8).map(width).collect();
        for row in &rows {
            let mut line = format!("{:<1$}", row[0], widths[0]);
            for (cell, width) in row.iter().zip(&widths).skip(1) {
                line += &format!("  {cell:>width$}");
            }
            self.line(&line);
        }
        let ended = self.counts.iter().filter(|(_, counts)| counts.ended > 0);
        let ended: Vec<String> = ended
            .map(|(stream, counts)| {
                format!("{stream}: stored rows of older versions that are over: {}", grouped(counts.ended))
            })
            .collect();
        ended.iter().for_each(|line| self.line(line));
        let filtered: Vec<String> = self
            .filtered
            .iter()
            .map(|(stream, count)| format!("{stream}: records that its filter left out: {}", grouped(*count)))
            .collect();
        filtered.iter().for_each(|line| self.line(line));
        let seconds = took.as_secs_f64().max(0.001);
        self.line(&format!(
            "{} {} in {seconds:.1} s ({} per second, {:.1} MB), {} {}",
            grouped(sum.received),
            if sum.received == 1 { "record" } else { "records" },
            grouped((sum.received as f64 / seconds) as u64),
            sum.bytes as f64 / 1e6,
            grouped(self.commits),
            if self.commits == 1 { "commit" } else { "commits" },
        ));
    }
}

fn row(stream: &str, counts: &Counts) -> [String; 8] {
    let Counts { received, inserted, replaced, stale, duplicate, deleted, rejected, .. } = *counts;
    let [received, inserted, replaced, stale, duplicate, deleted, rejected] =
        [received, inserted, replaced, stale, duplicate, deleted, rejected].map(grouped);
    [visible(stream).into_owned(), received, inserted, replaced, stale, duplicate, deleted, rejected]
}

/// The text with the escapes of what a terminal would obey: names come from the tap.
fn visible(text: &str) -> Cow<'_, str> {
    let is_obeyed = |char: char| char.is_control() && char != '\n';
    match text.contains(is_obeyed) {
        false => Cow::Borrowed(text),
        true => {
            let shown = |char: char| match is_obeyed(char) {
                true => char.escape_default().to_string(),
                false => char.to_string(),
            };
            Cow::Owned(text.chars().map(shown).collect())
        }
    }
}

/// A number as people read it: `1,234,567`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
