//! SCHEMA messages: streams are opened, and opened again.

use std::collections::BTreeSet;

use singer::message;

use super::words::announce;
use super::{Intake, Step};
use crate::catalog::Catalog;
use crate::clock::Now;
use crate::error::Result;
use crate::note::Note;
use crate::stream::{Finder, Floors, Stream, With, storable};

impl Intake {
    pub(super) fn schema(
        &mut self,
        message: &message::Schema<'_>,
        now: Now,
        catalog: &mut dyn Catalog,
    ) -> Result<Step> {
        let name = &*message.stream;
        if let Some(stream) = self.streams.get(name) {
            if stream.repeats(message) {
                return Ok(Step::Taken);
            }
            if stream.is_pending() {
                return Ok(Step::FlushFirst);
            }
        }
        let known = self.streams.contains_key(name);
        // What values have asked for is in the tables by now, and this schema may say something else.
        self.floors.remove(name);
        self.reopen.remove(name);
        self.begin(message, catalog)?;
        if let Some(stream) = self.streams.get(name).filter(|_| !known) {
            self.notes.push(announce(name, stream));
        }
        self.waiting.begin(now);
        Ok(self.step())
    }

    /// Opens a stream, or opens it again.
    pub(super) fn begin(&mut self, message: &message::Schema<'_>, catalog: &mut dyn Catalog) -> Result<()> {
        let name = &*message.stream;
        let mut notes = Vec::new();
        let opened = self.open(message, catalog, &mut notes);
        // They are said also where it fails later on.
        self.notes.append(&mut notes);
        let mut stream = opened.map_err(|error| error.in_stream(name))?;
        let earlier = self.streams.get(name);
        if let Some(earlier) = earlier {
            stream.follow(earlier);
        }
        let before = earlier.into_iter().flat_map(Stream::tables);
        self.tables.own(name, before, stream.tables(), &self.abilities.names);
        self.waiting.stream(&stream);
        let overwrites = stream.overwrites();
        let (place, _) = self.streams.insert_full(name.to_owned(), stream);
        self.waiting.in_stream(place);
        if overwrites {
            self.overwritten.insert(place);
        }
        Ok(())
    }

    fn open(
        &self,
        message: &message::Schema<'_>,
        catalog: &mut dyn Catalog,
        notes: &mut Vec<Note>,
    ) -> Result<Stream> {
        let name = &*message.stream;
        let schema = self.settings.schema_of(name).unwrap_or(self.abilities.default_schema).to_owned();
        let mut finder = Finder {
            schema,
            stream: name,
            own: storable(name),
            tables: &self.tables,
            found: BTreeSet::new(),
            rules: self.abilities.names,
            catalog,
            notes,
        };
        let none = Floors::new();
        let with = With {
            table: self.settings.table_of(name),
            settings: &self.settings.of(name),
            extras: &self.settings.extras_of(name),
            abilities: &self.abilities,
            floors: self.floors.get(name).unwrap_or(&none),
            load_id: &self.load_id,
            replay: self.replay,
            shard: self.settings.shard,
        };
        Stream::open(message, with, &mut finder)
    }
}
