//! The loop of a rehearsal: lines in, and what they would have done.

use std::fmt::Write;
use std::io::Read;
use std::sync::Arc;

use singer::lines::{Block, Blocks, ReadError};

use crate::clock::Now;
use crate::config::Settings;
use crate::destination::rehearsal::{Planned, Rehearsal};
use crate::error::{Error, Result};
use crate::intake::{Intake, Step};
use crate::note::{Level, Note};
use crate::report::text::{columns, counted, grouped, one_line, visible};
use crate::sql;

/// Takes everything that `input` holds as a load would, up to its commits. What is to be said meanwhile goes to `say`.
///
/// # Errors
/// What would stop the load.
pub fn rehearse(
    input: impl Read,
    rehearsal: &mut Rehearsal,
    settings: &Arc<Settings>,
    load_id: &str,
    now: fn() -> Now,
    mut say: impl FnMut(&Note),
) -> Result<()> {
    let abilities = rehearsal.abilities();
    if settings.state_id.is_some() {
        rehearsal.begin(settings.schema.as_deref().unwrap_or(abilities.default_schema))?;
    }
    let mut intake = Intake::new(Arc::clone(settings), abilities, load_id.to_owned());
    let mut blocks = Blocks::new(input, settings.max_record_bytes);
    let mut spare = Block::default();
    let mut held = Vec::new();
    while let Some(block) = blocks.read(spare).map_err(unreadable)? {
        let at = now();
        for (number, line) in block.lines() {
            let line = line?;
            loop {
                let step = intake.line(number, line, at, rehearsal)?;
                if step != Step::Taken
                    && let Some(flush) = intake.flush(now())?
                {
                    rehearsal.take(&flush)?;
                    intake.reuse(flush);
                }
                if step != Step::FlushFirst {
                    break;
                }
            }
        }
        // How streams are loaded is said in the end, with what becomes of them.
        let (later, now): (Vec<Note>, Vec<Note>) =
            intake.notes().into_iter().partition(|note| note.level <= Level::Info);
        now.iter().for_each(&mut say);
        held.extend(later);
        spare = block;
    }
    if let Some(flush) = intake.finish(now())? {
        rehearsal.take(&flush)?;
    }
    // Of those of which nothing came, nothing is said there.
    let known =
        |note: &Note| note.stream.as_ref().is_some_and(|stream| rehearsal.streams().contains_key(stream));
    held.iter().filter(|note| !known(note)).for_each(&mut say);
    for (stream, count) in intake.filtered() {
        say(&Note::info(format!("{stream}: its filter leaves out {}", counted(count, "record"))).of(stream));
    }
    for (stream, count) in intake.elsewhere() {
        say(&Note::info(format!("{stream}: other shards have {}", counted(count, "record"))).of(stream));
    }
    Ok(())
}

fn unreadable(error: ReadError) -> Error {
    match error {
        ReadError::Line(error) => error.into(),
        ReadError::Io(error) => Error::input("cannot read stdin").caused_by(error),
    }
}

/// The SQL that a load would run on its tables.
#[must_use]
pub fn script(rehearsal: &Rehearsal) -> String {
    let parts = rehearsal.parts();
    sql::script(parts.iter().map(|part| (part.words.as_str(), part.statements.as_slice())))
}

/// What would become of each stream and its records, for people.
#[must_use]
pub fn lines(rehearsal: &Rehearsal) -> Vec<String> {
    let streams = rehearsal.streams();
    let mut lines: Vec<String> = streams.iter().map(|(stream, planned)| how(stream, planned)).collect();
    let mut rows = vec![["stream", "records", "rows", "repeated", "deletes", "rejected"].map(str::to_owned)];
    rows.extend(streams.iter().map(|(stream, planned)| row(stream, planned)));
    if !streams.is_empty() {
        lines.extend(columns(&rows));
    }
    for ((table, reason), count) in rehearsal.rejects() {
        lines.push(format!("would reject {} of {}: {}", grouped(*count), cell(table), cell(reason)));
    }
    lines.push(match rehearsal.bookmark() {
        Some(bookmark) => format!("would print bookmark: {}", cell(bookmark)),
        None => "would print no bookmark".to_owned(),
    });
    lines
}

/// How a stream would be loaded.
fn how(stream: &str, planned: &Planned) -> String {
    let order = match planned.order.as_deref() {
        _ if planned.how.starts_with("appended:") => String::new(),
        Some(order) => format!(", versions by {}", one_line(order)),
        None => ", versions by what the first record says".to_owned(),
    };
    let mut line = format!("{} → {}: {}{order}", cell(stream), cell(&planned.table), cell(&planned.how));
    if let Some(version) = planned.activates {
        let _ = write!(line, "; ends the versions before {version}");
    }
    line
}

fn row(stream: &str, planned: &Planned) -> [String; 6] {
    // Of more keys than are kept in mind it is not known which come again.
    let [most, least] = if planned.at_most { ["≤", "≥"] } else { ["", ""] };
    let (rows, repeated) = (grouped(planned.rows), grouped(planned.repeated()));
    [
        cell(stream),
        grouped(planned.received),
        format!("{most}{rows}"),
        format!("{least}{repeated}"),
        grouped(planned.deleted),
        grouped(planned.rejected),
    ]
}

fn cell(text: &str) -> String {
    visible(&one_line(text)).into_owned()
}
