//! A sync: all messages of the selected streams in their order.

use std::io::Write;

use crate::catalog::Selection;
use crate::config::Config;
use crate::emission::{Emission, Place, Plan};
use crate::error::Error;
use crate::output::Output;
use crate::random::stream_seed;
use crate::settings::nearest;
use crate::state::State;
use crate::streams::{Table, Writer};

/// Emits the selected streams (all, without a selection) from where `state` says.
///
/// # Errors
/// [`Error::Usage`] if selection or state don't fit this tap; the others if `out` fails.
pub fn sync(
    config: &Config,
    selection: Option<&Selection>,
    state: State,
    out: &mut impl Write,
) -> Result<(), Error> {
    if let Some(name) = selection.and_then(Selection::stranger) {
        let hint = nearest(name, &Table::ALL.map(Table::name));
        return Err(Error::Usage(format!("the catalog selects `{name}`, which isn't there: {hint}")));
    }
    let mut names = config.names();
    names.retain(|(name, _)| selection.is_none_or(|selection| selection.has(name)));
    let mut sync = Sync { config, state, out: Output::new(out), list: Vec::new(), since_state: 0 };
    let streams = names.into_iter().map(|(name, table)| sync.open(name, table));
    let mut streams = streams.collect::<Result<Vec<_>, _>>()?;
    if config.interleave || config.streams_copies > 1 {
        sync.in_turn(&mut streams)?;
    } else {
        for stream in &mut streams {
            sync.begin(stream)?;
            while stream.place.window < stream.windows {
                sync.window(stream)?;
            }
            sync.end(stream)?;
        }
    }
    sync.write_state()?;
    Ok(sync.out.flush()?)
}

/// One stream on its way.
struct Stream {
    name: String,
    table: Table,
    plan: Plan,
    windows: u64,
    /// The window before which the changed SCHEMA is written, if it's ever reached.
    changed_window: Option<u64>,
    writer: Writer,
    place: Place,
}

/// What all streams share.
struct Sync<'a, W> {
    config: &'a Config,
    state: State,
    out: Output<W>,
    list: Vec<Emission>,
    since_state: u64,
}

impl<W: Write> Sync<'_, W> {
    fn open(&mut self, name: String, table: Table) -> Result<Stream, Error> {
        let config = self.config;
        let plan = Plan {
            seed: stream_seed(config.seed, &name),
            rows: config.rows_of(table),
            window: config.window,
            late: config.late,
            late_windows: config.late_windows,
            shuffle: config.shuffle,
            duplicates: config.duplicates,
        };
        let place = self.state.resume(&name, &plan, config.overlap, &mut self.list)?;
        let change = config.schema_change_at.filter(|change| *change < plan.rows);
        Ok(Stream {
            windows: plan.windows(),
            changed_window: change.map(|change| change / config.window),
            writer: Writer::new(config, &name, table),
            name,
            table,
            plan,
            place,
        })
    }

    /// A window of each stream in turn. The window's number decides whose turn it is, not what was emitted before, so
    /// that a resumed run takes the same turns.
    fn in_turn(&mut self, streams: &mut [Stream]) -> Result<(), Error> {
        for stream in &mut *streams {
            self.begin(stream)?;
        }
        let first = streams.iter().map(|stream| stream.place.window).min().unwrap_or(0);
        let last = streams.iter().map(|stream| stream.windows).max().unwrap_or(0);
        for window in first..last {
            for stream in streams.iter_mut().filter(|s| s.place.window == window && window < s.windows) {
                self.window(stream)?;
            }
        }
        streams.iter_mut().try_for_each(|stream| self.end(stream))
    }

    fn begin(&mut self, stream: &mut Stream) -> Result<(), Error> {
        // At the changed window itself the change has yet to come, unless the run starts amid it.
        let changed = stream.changed_window.is_some_and(|w| {
            stream.place.window > w || (stream.place.window == w && stream.place.offset > 0)
        });
        self.write_schema(stream, changed)
    }

    /// The rest of the window at which the stream is.
    fn window(&mut self, stream: &mut Stream) -> Result<(), Error> {
        let Place { window, offset } = stream.place;
        if stream.changed_window == Some(window) && offset == 0 {
            self.write_schema(stream, true)?;
        }
        let mut list = std::mem::take(&mut self.list);
        let emissions = stream.plan.emissions(window, &mut list);
        for offset in offset..emissions.len() {
            let position = emissions.position(offset);
            let extracted = stream.plan.window_of(position) + 1;
            stream.writer.line(position, extracted, &mut self.out.bytes);
            self.out.line_done()?;
            self.since_state += 1;
            if self.since_state == self.config.state_every {
                self.state.note(&stream.name, &stream.plan, Place { window, offset: offset + 1 });
                self.write_state()?;
            }
        }
        self.list = list;
        stream.place = Place { window: window + 1, offset: 0 };
        self.state.note(&stream.name, &stream.plan, stream.place);
        Ok(())
    }

    fn end(&mut self, stream: &Stream) -> Result<(), Error> {
        self.state.note(&stream.name, &stream.plan, stream.place);
        if let Some(version) = self.config.version {
            singer::write::activate_version(&mut self.out.bytes, &stream.name, version)?;
        }
        Ok(())
    }

    fn write_schema(&mut self, stream: &Stream, changed: bool) -> Result<(), Error> {
        let Stream { name, table, .. } = stream;
        let bookmark = [table.bookmark()];
        let schema = table.schema(changed);
        singer::write::schema(&mut self.out.bytes, name, &schema, table.key_properties(), &bookmark)?;
        Ok(self.out.line_done()?)
    }

    fn write_state(&mut self) -> Result<(), Error> {
        self.since_state = 0;
        singer::write::state(&mut self.out.bytes, self.state.value())?;
        Ok(self.out.line_done()?)
    }
}
