//! What was loaded into a destination, for people and for programs.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::flush::Counts;
use crate::report::text::{columns, counted, grouped, one_line, visible};
use crate::table::TableName;
use crate::time;

/// What was loaded, and the last loads.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// The tables that are remembered, by their names.
    pub tables: Vec<TableStanding>,
    /// The last loads, the newest first.
    pub loads: Vec<LoadStanding>,
    /// How many loads there are, and their commits.
    pub all: (u64, u64),
    /// What all of them did.
    pub total: Counts,
    /// Refused records that have not been sent through again.
    pub waiting: u64,
}

/// A table that is remembered.
#[derive(Clone, Debug)]
pub struct TableStanding {
    /// Its place.
    pub name: TableName,
    /// The stream that is loaded into it.
    pub stream: String,
    /// `merge` or `append`, or what it is beside a stream's own table.
    pub mode: String,
    /// How many rows it has, where that is known.
    pub rows: Option<Rows>,
    /// When its stream was committed last, in microseconds since 1970.
    pub committed_at: Option<i64>,
}

/// How many rows a table has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// They were counted.
    Counted(u64),
    /// The database remembers so many from its last look.
    About(u64),
}

/// A load.
#[derive(Clone, Debug)]
pub struct LoadStanding {
    /// The run's id.
    pub load_id: String,
    /// How many commits it made.
    pub commits: u64,
    /// When its first batch was sealed, in microseconds since 1970.
    pub sealed_at: i64,
    /// When its last commit was made, in microseconds since 1970.
    pub committed_at: i64,
    /// What it did.
    pub counts: Counts,
    /// Whether it has committed a bookmark.
    pub bookmark: bool,
    /// Its streams.
    pub streams: Vec<String>,
}

impl LoadStanding {
    /// From the first sealed batch to the last commit, in seconds.
    fn seconds(&self) -> f64 {
        (self.committed_at - self.sealed_at).max(0) as f64 / 1e6
    }
}

/// The streams of a load that are named; of the others it is said how many there are.
const STREAMS: usize = 3;

impl Standing {
    /// Whether anything was loaded at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty() && self.all == (0, 0)
    }

    /// What people read.
    #[must_use]
    pub fn text(&self) -> String {
        if self.is_empty() {
            return "nothing has been loaded here yet\n".to_owned();
        }
        let mut text = String::new();
        let mut rows = vec![["table", "stream", "mode", "rows", "last commit (UTC)"].map(str::to_owned)];
        rows.extend(self.tables.iter().map(table));
        text.extend(columns(&rows).into_iter().map(|line| line + "\n"));
        if !self.loads.is_empty() {
            text += &self.last();
        }
        let Counts { received, stale, rejected, .. } = self.total;
        let (loads, commits) = self.all;
        let _ = writeln!(
            text,
            "\nall: {} in {}, {}, of them {} stale and {} rejected; {} in _sdc_rejected",
            counted(loads, "load"),
            counted(commits, "commit"),
            counted(received, "record"),
            grouped(stale),
            grouped(rejected),
            counted(self.waiting, "record"),
        );
        text
    }

    /// The last loads.
    fn last(&self) -> String {
        let heads = [
            "load",
            "committed (UTC)",
            "seconds",
            "inserted",
            "replaced",
            "stale",
            "duplicate",
            "deleted",
            "rejected",
            "bookmark",
        ];
        let mut rows = vec![heads.map(str::to_owned)];
        rows.extend(self.loads.iter().map(load));
        let streams = std::iter::once("streams".to_owned()).chain(self.loads.iter().map(streams));
        let lines = columns(&rows).into_iter().zip(streams);
        let lines: String = lines.map(|(line, streams)| format!("{line}  {streams}\n")).collect();
        format!("\n{lines}")
    }

    /// What programs read.
    #[must_use]
    pub fn json(&self) -> Value {
        let tables = self.tables.iter().map(|table| {
            json!({
                "schema": table.name.schema,
                "table": table.name.name,
                "stream": table.stream,
                "mode": table.mode,
                "rows": table.rows.map(|rows| match rows { Rows::Counted(rows) | Rows::About(rows) => rows }),
                "rows_are_counted": matches!(table.rows, Some(Rows::Counted(_))),
                "committed_at": table.committed_at.map(time::rfc3339),
            })
        });
        let loads = self.loads.iter().map(|load| {
            json!({
                "load_id": load.load_id,
                "committed_at": time::rfc3339(load.committed_at),
                "seconds": load.seconds(),
                "commits": load.commits,
                "streams": load.streams,
                "counts": sums(&load.counts),
                "bookmark": load.bookmark,
            })
        });
        json!({
            "tables": tables.collect::<Value>(),
            "loads": loads.collect::<Value>(),
            "all_loads": self.all.0,
            "all_commits": self.all.1,
            "total": sums(&self.total),
            "in_rejected": self.waiting,
        })
    }
}

/// The counts that `_sdc_loads` has as columns.
fn sums(counts: &Counts) -> Value {
    let mut sums = json!(counts);
    if let Some(sums) = sums.as_object_mut() {
        sums.shift_remove("ended");
    }
    sums
}

fn second(at: i64) -> String {
    time::rfc3339(at)[..19].replace('T', " ")
}

/// A name in its cell: one line, whatever it holds.
fn cell(name: &str) -> String {
    visible(&one_line(name)).into_owned()
}

fn table(table: &TableStanding) -> [String; 5] {
    let rows = match table.rows {
        None => "?".to_owned(),
        Some(Rows::Counted(rows)) => grouped(rows),
        Some(Rows::About(rows)) => format!("~{}", grouped(rows)),
    };
    let at = table.committed_at.map_or_else(|| "-".to_owned(), second);
    let name = cell(&format!("{}.{}", table.name.schema, table.name.name));
    [name, cell(&table.stream), table.mode.clone(), rows, at]
}

fn load(load: &LoadStanding) -> [String; 10] {
    let Counts { inserted, replaced, stale, duplicate, deleted, rejected, .. } = load.counts;
    let [inserted, replaced, stale, duplicate, deleted, rejected] =
        [inserted, replaced, stale, duplicate, deleted, rejected].map(grouped);
    let bookmark = if load.bookmark { "yes" } else { "no" }.to_owned();
    let (at, seconds) = (second(load.committed_at), format!("{:.1}", load.seconds()));
    [cell(&load.load_id), at, seconds, inserted, replaced, stale, duplicate, deleted, rejected, bookmark]
}

fn streams(load: &LoadStanding) -> String {
    let named: Vec<String> = load.streams.iter().take(STREAMS).map(|stream| cell(stream)).collect();
    let more = load.streams.len().saturating_sub(STREAMS);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", named.join(", "))
}
