//! Streams on their way through maps: one that is sent may be loaded as another, as several, or not at all.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use singer::Message;
use singer::message;

use super::words::{before_schema, dropped, loaded_twice};
use super::{Intake, Origin, Step};
use crate::catalog::Catalog;
use crate::clock::Now;
use crate::error::{Error, Result};
use crate::maps::{Mapped, Mapper, Maps};
use crate::note::Note;
use crate::stream::Said;

/// What is known of the streams that are sent, where there are maps.
#[derive(Debug)]
pub(super) struct Mapping {
    routes: Routes,
    /// The stream that each stream that is loaded is made of.
    made_of: BTreeMap<String, String>,
    /// How many records were left out, by the stream that they would have been loaded in.
    filtered: BTreeMap<String, u64>,
    /// How many of its streams have the record that comes again: it was given back for a flush in between.
    done: usize,
}

/// Where each stream goes.
#[derive(Debug)]
struct Routes {
    maps: Arc<Maps>,
    /// By the name that each was sent with.
    known: BTreeMap<String, Route>,
}

/// What one stream that is sent is loaded as.
#[derive(Debug, Default)]
struct Route {
    /// Its SCHEMA; none of a stream that is dropped.
    said: Option<Said>,
    ways: Vec<Way>,
}

/// One stream that is loaded.
#[derive(Debug)]
struct Way {
    stream: String,
    /// What becomes of its records; `None` where they stay as they are.
    mapper: Option<Mapper>,
}

impl Mapping {
    pub(super) fn new(maps: &Arc<Maps>) -> Self {
        Self {
            routes: Routes { maps: Arc::clone(maps), known: BTreeMap::new() },
            made_of: BTreeMap::new(),
            filtered: BTreeMap::new(),
            done: 0,
        }
    }

    /// What a stream with this SCHEMA is loaded as.
    fn ways(&mut self, message: &message::Schema<'_>) -> Result<Vec<Way>> {
        let mut ways: Vec<Way> = Vec::new();
        for output in self.routes.maps.of(&message.stream) {
            let owner =
                self.made_of.entry(output.stream.clone()).or_insert_with(|| message.stream.to_string());
            if *owner != *message.stream || ways.iter().any(|way| way.stream == output.stream) {
                return Err(loaded_twice(owner, &message.stream, &output.stream));
            }
            let mapper = output.map.map(|map| Mapper::new(&map, message)).transpose();
            let mapper = mapper.map_err(|error| error.in_stream(&message.stream))?;
            ways.push(Way { stream: output.stream, mapper });
        }
        Ok(ways)
    }
}

impl Routes {
    /// Where a stream goes; `None` where its SCHEMA has not come. One that is dropped needs none.
    fn of(&mut self, stream: &str, notes: &mut Vec<Note>) -> Option<&mut Route> {
        if !self.known.contains_key(stream) && self.maps.of(stream).is_empty() {
            notes.push(dropped(stream));
            self.known.insert(stream.to_owned(), Route::default());
        }
        self.known.get_mut(stream)
    }
}

impl Intake {
    /// Takes a message where there are maps.
    pub(super) fn mapped(
        &mut self,
        message: Message<'_>,
        origin: Origin<'_>,
        now: Now,
        catalog: &mut dyn Catalog,
    ) -> Result<Step> {
        let Some(mut mapping) = self.mapping.take() else { return Err(Error::bug("there are no maps")) };
        let step = match message {
            Message::Schema(schema) => self.mapped_schema(&mut mapping, &schema, now, catalog),
            Message::Record(record) => self.mapped_record(&mut mapping, &record, origin, now, catalog),
            Message::ActivateVersion(message) => match mapping.routes.of(&message.stream, &mut self.notes) {
                None => Err(before_schema("ACTIVATE_VERSION", &message.stream)),
                Some(route) => {
                    let mut ways = route.ways.iter();
                    ways.try_fold(Step::Taken, |step, way| {
                        self.activate(&way.stream, message.version, origin.line, now)
                            .map(|next| step.and(next))
                    })
                }
            },
            Message::Batch(batch) => match mapping.routes.of(&batch.stream, &mut self.notes) {
                None => Err(before_schema("BATCH", &batch.stream)),
                Some(Route { said: Some(said), .. }) => Self::named(&batch, origin.line, said).map(|files| {
                    self.files = Some(files);
                    Step::Files
                }),
                // The files of a stream that is dropped are not looked at.
                Some(_) => Ok(Step::Taken),
            },
            Message::State(value) => self.taken(Message::State(value), origin, now, catalog),
        };
        self.mapping = Some(mapping);
        step
    }

    fn mapped_schema(
        &mut self,
        mapping: &mut Mapping,
        message: &message::Schema<'_>,
        now: Now,
        catalog: &mut dyn Catalog,
    ) -> Result<Step> {
        let name = &*message.stream;
        let said = Said::from(message);
        match mapping.routes.of(name, &mut self.notes) {
            Some(route) if route.ways.is_empty() || route.said.as_ref() == Some(&said) => {
                return Ok(Step::Taken);
            }
            _ => {}
        }
        let ways = mapping.ways(message)?;
        let straight = matches!(&ways[..], [way] if way.mapper.is_none());
        let mut step = Step::Taken;
        for way in &ways {
            let next = match &way.mapper {
                None => self.schema(message, now, catalog)?,
                Some(mapper) => self.schema(&mapper.schema(&way.stream), now, catalog)?,
            };
            if next == Step::FlushFirst {
                // What the streams before it have taken they take again as a repetition.
                return Ok(next);
            }
            step = step.and(next);
            if let Some(stream) = self.streams.get_mut(&way.stream) {
                stream.go_through_maps(!straight);
            }
        }
        mapping.routes.known.insert(name.to_owned(), Route { said: Some(said), ways });
        Ok(step)
    }

    fn mapped_record(
        &mut self,
        mapping: &mut Mapping,
        record: &message::Record<'_>,
        origin: Origin<'_>,
        now: Now,
        catalog: &mut dyn Catalog,
    ) -> Result<Step> {
        let name = &*record.stream;
        let done = std::mem::take(&mut mapping.done);
        let Some(route) = mapping.routes.of(name, &mut self.notes) else {
            return Err(before_schema("RECORD", name));
        };
        let mut step = Step::Taken;
        for (place, way) in route.ways.iter_mut().enumerate().skip(done) {
            let next = match &mut way.mapper {
                None => self.record(record, origin, now, catalog)?,
                Some(mapper) => match mapper.record(record.record).map_err(|error| error.in_stream(name))? {
                    Mapped::Filtered => {
                        *mapping.filtered.entry(way.stream.clone()).or_default() += 1;
                        continue;
                    }
                    Mapped::Record(text) => {
                        let mapped = message::Record {
                            stream: Cow::Borrowed(&way.stream),
                            record: text,
                            version: record.version,
                            time_extracted: record.time_extracted.as_deref().map(Cow::Borrowed),
                            sequence: record.sequence,
                        };
                        // A constant may be longer than the whole line.
                        let bytes = origin.bytes.max(text.len());
                        self.record(&mapped, Origin { bytes, ..origin }, now, catalog)?
                    }
                },
            };
            if next == Step::FlushFirst {
                mapping.done = place;
                return Ok(next);
            }
            step = step.and(next);
        }
        Ok(step)
    }

    /// How many records a `__filter__` left out, by the stream that they would have been loaded in. They are not among those that were
    /// received.
    pub fn filtered(&self) -> impl Iterator<Item = (&str, u64)> {
        let mapping = self.mapping.iter().flat_map(|mapping| &mapping.filtered);
        mapping.map(|(stream, count)| (stream.as_str(), *count))
    }
}
