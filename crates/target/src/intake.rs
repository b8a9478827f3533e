//! Lines in, flushes out: which stream a record belongs to, and when it is time to commit.
//!
//! The intake does no I/O. What it must know of the destination's tables it asks a catalog; what is to be committed it hands
//! over as a [`crate::flush::Flush`].

mod files;
mod handing;
mod mapping;
mod opening;
mod sharing;
mod waiting;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use indexmap::IndexMap;
use singer::Message;
use singer::message::{self, Opener};

use crate::catalog::Catalog;
use crate::clock::Now;
use crate::column::Spare;
use crate::config::{OnInvalid, Settings};
use crate::destination::Abilities;
use crate::error::{Error, Result};
use crate::files::{Files, Row};
use crate::flush::{Reject, Replayed};
use crate::note::Note;
use crate::stream::{Floors, Refusal, Stream, Tables};
use crate::table::System;

use mapping::Mapping;
use waiting::Waiting;
use words::{before_schema, refused, too_many_rejects, without_versions};

/// What was done with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It was taken.
    Taken,
    /// It was taken, and it is time to flush.
    Full,
    /// It was not taken: flush, and give it again.
    FlushFirst,
    /// It was taken, and names files whose records come next: see [`Intake::files`].
    Files,
}

impl Step {
    /// What was done with a line that more than one stream has taken.
    fn and(self, other: Step) -> Step {
        if self == Step::Taken { other } else { self }
    }
}

/// Where a record comes from.
#[derive(Clone, Copy, Debug)]
struct Origin<'a> {
    /// The line of its message.
    line: u64,
    /// How many bytes of input it takes.
    bytes: usize,
    /// The line of a file that it is, where it is one.
    row: Option<&'a Row<'a>>,
}

/// What has been taken and not yet flushed.
#[derive(Debug)]
pub struct Intake {
    settings: Arc<Settings>,
    abilities: Abilities,
    load_id: String,
    opener: Opener,
    streams: IndexMap<String, Stream>,
    /// What becomes of streams before they are loaded, where the settings say so.
    mapping: Option<Box<Mapping>>,
    tables: Tables,
    /// The places of streams that take the place of their table's content.
    overwritten: BTreeSet<usize>,
    /// The types that values have asked for, by stream.
    floors: BTreeMap<String, Floors>,
    /// Streams whose table is to be looked at again before the next record: a value asked for another type.
    reopen: BTreeSet<String>,
    /// The files of a BATCH message that has been taken.
    files: Option<Files>,
    /// Whether the records come from `_sdc_rejected`.
    replay: bool,
    replayed: Vec<Replayed>,
    rejects: Vec<Reject>,
    rejected: u64,
    bookmark: Option<String>,
    flushes: u64,
    waiting: Waiting,
    /// Memory of the last flush that was committed.
    spare: Spare,
    notes: Vec<Note>,
}

impl Intake {
    /// An intake for a run with the id `load_id`.
    #[must_use]
    pub fn new(settings: Arc<Settings>, abilities: Abilities, load_id: String) -> Self {
        Self {
            mapping: settings.maps.as_ref().map(|maps| Box::new(Mapping::new(maps))),
            settings,
            abilities,
            load_id,
            opener: Opener::default(),
            streams: IndexMap::new(),
            tables: Tables::default(),
            overwritten: BTreeSet::new(),
            floors: BTreeMap::new(),
            reopen: BTreeSet::new(),
            files: None,
            replay: false,
            replayed: Vec::new(),
            rejects: Vec::new(),
            rejected: 0,
            bookmark: None,
            flushes: 0,
            waiting: Waiting::default(),
            spare: Spare::default(),
            notes: Vec::new(),
        }
    }

    /// An intake for records that were rejected before. They have been through their maps.
    #[must_use]
    pub fn replaying(settings: Arc<Settings>, abilities: Abilities, load_id: String) -> Self {
        Self { replay: true, mapping: None, ..Self::new(settings, abilities, load_id) }
    }

    /// Takes the message of a record that was rejected before, and whose row of `_sdc_rejected` goes with the next flush.
    ///
    /// # Errors
    /// As [`Intake::line`].
    pub fn again(
        &mut self,
        which: &Replayed,
        line: &str,
        now: Now,
        catalog: &mut dyn Catalog,
    ) -> Result<Step> {
        let step = self.line(which.line, line, now, catalog)?;
        if step != Step::FlushFirst {
            self.replayed.push(which.clone());
        }
        Ok(step)
    }

    /// Takes one line of the input.
    ///
    /// # Errors
    /// Where the line cannot be taken; everything before it is still here, to be flushed.
    pub fn line(&mut self, number: u64, line: &str, now: Now, catalog: &mut dyn Catalog) -> Result<Step> {
        self.message(number, line, now, catalog).map_err(|error| error.at_line(number))
    }

    fn message(&mut self, number: u64, line: &str, now: Now, catalog: &mut dyn Catalog) -> Result<Step> {
        if self.waiting.has_no_room(line.len(), &self.settings) {
            return Ok(Step::FlushFirst);
        }
        if self.opens(line, now) {
            return Ok(self.step());
        }
        let origin = Origin { line: number, bytes: line.len(), row: None };
        self.read(message::parse(line)?, origin, now, catalog)
    }

    /// Takes a message, by way of the maps where there are any.
    fn read(
        &mut self,
        message: Message<'_>,
        origin: Origin<'_>,
        now: Now,
        catalog: &mut dyn Catalog,
    ) -> Result<Step> {
        match self.mapping {
            None => self.taken(message, origin, now, catalog),
            Some(_) => self.mapped(message, origin, now, catalog),
        }
    }

    /// Takes a message as it is.
    fn taken(
        &mut self,
        message: Message<'_>,
        origin: Origin<'_>,
        now: Now,
        catalog: &mut dyn Catalog,
    ) -> Result<Step> {
        let number = origin.line;
        match message {
            Message::Record(record) => self.record(&record, origin, now, catalog),
            Message::State(value) => {
                if value == "null" || value.bytes().filter(|byte| !byte.is_ascii_whitespace()).eq(*b"{}") {
                    self.notes.push(Note::warning(format!(
                        "line {number}: an empty STATE is not passed on: it would wipe the bookmark"
                    )));
                } else {
                    self.bookmark = Some(value.to_owned());
                    self.waiting.begin(now);
                }
                Ok(Step::Taken)
            }
            Message::Schema(schema) => self.schema(&schema, now, catalog),
            Message::ActivateVersion(message) => self.activate(&message.stream, message.version, number, now),
            Message::Batch(batch) => {
                let stream = self.streams.get(&*batch.stream);
                let stream = stream.ok_or_else(|| before_schema("BATCH", &batch.stream))?;
                self.files = Some(Self::named(&batch, number, stream.said())?);
                Ok(Step::Files)
            }
        }
    }

    fn activate(&mut self, name: &str, version: i64, number: u64, now: Now) -> Result<Step> {
        let Some((place, _, stream)) = self.streams.get_full_mut(name) else {
            return Err(before_schema("ACTIVATE_VERSION", name));
        };
        if stream.table().system(System::TableVersion).is_none() {
            self.notes.push(without_versions(number, name));
        }
        self.waiting.begin(now);
        self.waiting.in_stream(place);
        Ok(if stream.activate(version) { Step::Full } else { Step::Taken })
    }

    /// Takes a line that is a record like most, in one walk. False where it is not one; then nothing has been done, and the long way says
    /// what the line is and what is wrong with it.
    fn opens(&mut self, line: &str, now: Now) -> bool {
        let Some(opened) = self.opener.open(line) else { return false };
        if self.passes_by(opened.stream(), |stream| stream.leaves_opened(&opened)) {
            return true;
        }
        self.at_once(opened.stream(), now, |stream| stream.take_opened(opened, line.len(), now))
    }

    /// Lets the stream of this name take a record as most are. False where that does not go well, or is not to be tried; then nothing has
    /// been done.
    #[inline]
    fn at_once(&mut self, name: &str, now: Now, take: impl FnOnce(&mut Stream) -> bool) -> bool {
        let Some((place, _, stream)) = self.streams.get_full_mut(name) else { return false };
        if stream.goes_through_maps() || (!self.reopen.is_empty() && self.reopen.contains(name)) {
            return false;
        }
        let (idle, before) = (!stream.is_pending(), stream.estimate());
        if stream.fill_into(&mut self.spare) {
            self.waiting.in_stream(place);
        }
        let taken = take(stream);
        if taken {
            self.waiting.record(stream, idle, stream.estimate() - before, now, &self.settings);
        } else if idle {
            // A record that is refused may have been news of its stream all the same.
            self.waiting.stream(stream);
        }
        taken
    }

    fn record(
        &mut self,
        record: &message::Record<'_>,
        origin: Origin<'_>,
        now: Now,
        catalog: &mut dyn Catalog,
    ) -> Result<Step> {
        let name = &*record.stream;
        let Some((place, _, mut stream)) = self.streams.get_full_mut(name) else {
            return Err(before_schema("RECORD", name));
        };
        if stream.leaves(record) {
            return Ok(Step::Taken);
        }
        if !self.reopen.is_empty() && self.reopen.contains(name) {
            if stream.has_records() {
                return Ok(Step::FlushFirst);
            }
            let said = stream.said().clone();
            self.begin(&said.message(name), catalog)?;
            self.reopen.remove(name);
            stream = self.streams.get_mut(name).ok_or_else(|| Error::bug("a stream is gone"))?;
        }
        let (idle, before) = (!stream.is_pending(), stream.estimate());
        let mut rejected = 0;
        if stream.fill_into(&mut self.spare) {
            self.waiting.in_stream(place);
        }
        match stream.take(record, origin.bytes, now) {
            Ok(()) => {}
            Err(Refusal::Wider(property, needed)) => {
                let floors = self.floors.entry(name.to_owned()).or_default();
                if floors.insert(property.clone(), needed) == Some(needed) {
                    // The column could not be made so.
                    return Err(Error::bug(format!(
                        "property {property:?}: its column does not become {needed}"
                    ))
                    .in_stream(name));
                }
                self.reopen.insert(name.to_owned());
                return self.record(record, origin, now, catalog);
            }
            Err(Refusal::Invalid(invalid)) if self.settings.on_invalid_record == OnInvalid::Reject => {
                let reject = stream.reject(record, origin.bytes, origin.line, &invalid, now);
                let own = self.settings.schema.as_deref().unwrap_or(self.abilities.default_schema);
                let schema = reject.schema.filter(|schema| schema != own);
                let reject = Reject { place: origin.row.map(Row::place), schema, ..reject };
                rejected = reject.held();
                self.rejects.push(reject);
                self.rejected += 1;
            }
            Err(Refusal::Invalid(invalid)) => return Err(refused(name, &invalid)),
            Err(Refusal::Error(error)) => return Err(error),
        }
        self.waiting.record(stream, idle, rejected + stream.estimate() - before, now, &self.settings);
        self.count_rejects()?;
        Ok(self.step())
    }

    fn count_rejects(&self) -> Result<()> {
        match self.settings.max_rejects {
            Some(most) if self.rejected > most => Err(too_many_rejects(most)),
            _ => Ok(()),
        }
    }

    #[inline]
    fn step(&mut self) -> Step {
        let (streams, rejects) = (&self.streams, &self.rejects);
        let held = |places: &BTreeSet<usize>| {
            let streams = places.iter().filter_map(|&place| streams.get_index(place));
            streams.map(|(_, stream)| stream.held()).sum::<usize>()
                + rejects.iter().map(Reject::held).sum::<usize>()
        };
        match self.waiting.is_enough() || self.waiting.is_full(&self.settings, held) {
            true => Step::Full,
            false => Step::Taken,
        }
    }

    /// When it will be time to flush even if no more lines come.
    #[must_use]
    pub fn due(&self) -> Option<Now> {
        self.waiting.due(&self.settings)
    }

    /// Whether any stream takes the place of its table's content at the end of the run.
    #[must_use]
    pub fn overwrites(&self) -> bool {
        let mut places = self.overwritten.iter();
        places.any(|&place| self.streams.get_index(place).is_some_and(|(_, stream)| stream.overwrites()))
    }

    /// How many records were rejected.
    #[must_use]
    pub fn rejected(&self) -> u64 {
        self.rejected
    }

    /// What a person should know, since the last time.
    pub fn notes(&mut self) -> Vec<Note> {
        std::mem::take(&mut self.notes)
    }
}
