//! The records of `_sdc_rejected`: what there is, and once more.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use crate::clock::Now;
use crate::config::{OnInvalid, Settings};
use crate::destination::{Destination, Receipt};
use crate::error::{Error, Result};
use crate::flush::{Flush, Reject, Replayed};
use crate::intake::{Intake, Step};
use crate::table::TableName;
use crate::time;

/// A row of `_sdc_rejected`.
pub type Rejected = (Replayed, Reject);

/// The rejects by table and reason: how many, and from when to when.
#[must_use]
pub fn listed(rejected: &[Rejected]) -> String {
    let mut kinds: BTreeMap<(String, &str), (u64, i64, i64)> = BTreeMap::new();
    for (_, reject) in rejected {
        let of = kinds.entry((reject.shown(), &reject.reason)).or_insert((0, reject.at, reject.at));
        *of = (of.0 + 1, of.1.min(reject.at), of.2.max(reject.at));
    }
    let mut text = String::new();
    let second = |at: i64| time::rfc3339(at)[..19].replace('T', " ");
    for ((table, reason), (count, first, last)) in kinds {
        let _ = writeln!(text, "{count:>8}  {table}  {reason}  ({} to {})", second(first), second(last));
    }
    text
}

/// Sends the rejects through once more, under the SCHEMA that their table was loaded with last. Those that can be loaded now leave
/// `_sdc_rejected` in the transaction that loads them; the others stay there, with the reason that they have now. Hands each receipt
/// to `done`, with its flush and how long it took.
///
/// # Errors
/// What stopped it; what was committed before stays.
pub fn replay(
    rejected: &[Rejected],
    destination: &mut Box<dyn Destination>,
    mut settings: Settings,
    load_id: &str,
    now: fn() -> Now,
    mut done: impl FnMut(&Receipt, &Flush, Duration),
) -> Result<()> {
    let mut commit = |destination: &mut Box<dyn Destination>, flush: Flush| {
        let (flush, began) = (Arc::new(flush), now());
        let receipt = destination.commit(&flush)?;
        done(&receipt, &flush, began.until(now()));
        Ok::<(), Error>(())
    };
    let schema = settings.schema.clone().unwrap_or_else(|| destination.abilities().default_schema.to_owned());
    settings.on_invalid_record = OnInvalid::Reject;
    settings.max_rejects = None;
    let settings = Arc::new(settings);
    let mut tables: BTreeMap<TableName, Vec<&Rejected>> = BTreeMap::new();
    for reject in rejected {
        let schema = reject.1.schema.as_ref().unwrap_or(&schema);
        let name = TableName { schema: schema.clone(), name: reject.1.table.clone() };
        tables.entry(name).or_default().push(reject);
    }
    // One for all of them: it numbers the commits of the run.
    let mut intake = Intake::replaying(settings, destination.abilities(), load_id.to_owned());
    for (name, rejects) in tables {
        let memory = destination.describe(&name)?.and_then(|stored| stored.memory);
        let Some((stream, message)) = memory.and_then(|memory| Some((memory.stream, memory.schema?))) else {
            return Err(Error::usage("nothing is known of the stream that was rejected")
                .in_table(&name.name)
                .hint("run the tap once with the mended SCHEMA, then replay"));
        };
        intake.line(0, &message, now(), destination)?;
        for (which, reject) in rejects {
            let line = record(&stream, reject);
            loop {
                match intake.again(which, &line, now(), destination)? {
                    Step::Taken => break,
                    step => {
                        if let Some(flush) = intake.flush(now())? {
                            commit(destination, flush)?;
                        }
                        if step == Step::Full {
                            break;
                        }
                    }
                }
            }
        }
        if let Some(flush) = intake.flush(now())? {
            commit(destination, flush)?;
        }
    }
    match intake.finish(now())? {
        Some(flush) => commit(destination, flush),
        None => Ok(()),
    }
}

/// The RECORD message of a reject.
fn record(stream: &str, reject: &Reject) -> String {
    let mut line = format!(
        "{{\"type\":\"RECORD\",\"stream\":{},\"record\":{}",
        serde_json::Value::from(stream),
        reject.record
    );
    if let Some(sequence) = reject.sequence {
        let _ = write!(line, ",\"sequence\":{sequence}");
    }
    if let Some(version) = reject.table_version {
        let _ = write!(line, ",\"version\":{version}");
    }
    if let Some(time) = &reject.time_extracted {
        let _ = write!(line, ",\"time_extracted\":{}", serde_json::Value::from(time.as_str()));
    }
    line.push('}');
    line
}
