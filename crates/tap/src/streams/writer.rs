//! The RECORD line around the fields of a record.
//!
//! The format is that of [`singer::write::record`], but with everything that doesn't change prepared: this is also the
//! load generator, and a line should cost little more than copying it.

use crate::changes::ChangeLog;
use crate::clock::Clock;
use crate::config::Config;
use crate::random::stream_seed;
use crate::streams::pen::{MILLIS_PER_POSITION, Pen};
use crate::streams::{Table, customers, events, orders};
use crate::text::Put;

/// Writes the RECORD lines of one stream.
#[derive(Debug)]
pub struct Writer {
    table: Table,
    log: ChangeLog,
    pen: Pen,
    /// The line up to the record.
    head: Vec<u8>,
    /// From the record to `time_extracted`: the version, if there is one.
    version: Vec<u8>,
    extracted: Option<Extracted>,
    sequence: Option<u64>,
    /// Whether records say that they aren't deleted, for rows that come back after a delete.
    says_deleted: bool,
}

/// `time_extracted`, kept from line to line as a window shares it.
#[derive(Debug)]
struct Extracted {
    window: u64,
    windows: u64,
    text: Vec<u8>,
}

impl Writer {
    /// Of the stream with this name, which is the table's or a copy's.
    #[must_use]
    pub fn new(config: &Config, name: &str, table: Table) -> Self {
        let seed = stream_seed(config.seed, name);
        let version = config.version.map(|version| format!(r#","version":{version}"#));
        let extracted = Extracted { window: config.window, windows: u64::MAX, text: Vec::new() };
        Self {
            table,
            log: ChangeLog::new(seed, config.updates, config.deletes),
            pen: Pen {
                seed,
                first_key: config.first_key,
                start: config.start,
                changed_at: config.schema_change_at.unwrap_or(u64::MAX),
                clock: Clock::default(),
            },
            head: format!(r#"{{"type":"RECORD","stream":"{name}","record":{{"#).into(),
            version: version.unwrap_or_default().into(),
            extracted: config.time_extracted.then_some(extracted),
            // Starts before 1970 would give negative sequences, which not every reader takes.
            sequence: config.sequence.then_some(config.start.max(0) as u64),
            says_deleted: !config.deletes.is_never(),
        }
    }

    /// Appends the line of the change at `position`, which was extracted after `windows` whole windows.
    #[inline]
    pub fn line(&mut self, position: u64, windows: u64, out: &mut Vec<u8>) {
        let Self { table, pen, .. } = self;
        let change = self.log.at(position);
        out.put(&self.head);
        match table {
            Table::Customers => customers::key(pen, &change, out),
            Table::Orders => orders::key(pen, &change, out),
            Table::Events => events::key(pen, &change, out),
        }
        if change.deleted {
            put_deleted(pen, *table, position, out);
        } else {
            match table {
                Table::Customers => customers::fields(pen, &change, out),
                Table::Orders => orders::fields(pen, &change, out),
                Table::Events => events::fields(pen, &change, out),
            }
            if self.says_deleted {
                out.put(br#","_sdc_deleted_at":null"#);
            }
        }
        out.push(b'}');
        out.put(&self.version);
        if let Some(extracted) = &mut self.extracted {
            extracted.put(windows, pen, out);
        }
        if let Some(base) = self.sequence {
            out.put(br#","sequence":"#);
            out.put_int(base + position);
        }
        out.put(b"}\n");
    }
}

/// The rest of a deleted row: when it was deleted.
fn put_deleted(pen: &mut Pen, table: Table, position: u64, out: &mut Vec<u8>) {
    out.put(b",\"");
    out.put(table.bookmark().as_bytes());
    out.put(b"\":");
    let time = out.len();
    pen.put_time_of(position, out);
    let time = time..out.len();
    out.put(br#","_sdc_deleted_at":"#);
    out.extend_from_within(time);
}

impl Extracted {
    #[inline]
    fn put(&mut self, windows: u64, pen: &mut Pen, out: &mut Vec<u8>) {
        if windows != self.windows {
            self.windows = windows;
            self.text.clear();
            self.text.put(br#","time_extracted":"#);
            let positions = (windows * self.window) as i64;
            pen.clock.put_time(pen.start + positions * MILLIS_PER_POSITION, &mut self.text);
        }
        out.put(&self.text);
    }
}
