//! A SCHEMA message → a stream: what it asks for, brought together with what exists.

use std::sync::Arc;

use singer::message;

use super::arrays::ArrayTable;
use super::find::Finder;
use super::layout::{Floors, layout, nesting, placed};
use super::order::{Mark, Order};
use super::settle::{Aim, Asked, aim};
use super::spread::spread;
use super::versions::Versions;
use super::wanted::{
    DELETED_AT, adoption, agree, check_indices, check_keys, deleted_at, latest, mode, system_columns,
    unusable,
};
use super::{Stream, shadow, storable, written};
use crate::batch::{Mode, Open};
use crate::config::{KeyChoice, LoadMethod, Missing, Nested, NulBytes, Retention, StreamSettings};
use crate::decode::{Decoder, Nul};
use crate::destination::Abilities;
use crate::error::{Error, Result};
use crate::flush::{Counts, Extras, Tombstones};
use crate::schema::{self, parts};
use crate::sequence::Arrivals;
use crate::shard::{Shard, Sharing};
use crate::table::{Beside, Memory, Stored, System, TableName};

/// What a stream is opened with, besides its SCHEMA.
#[derive(Clone, Copy, Debug)]
pub struct With<'a> {
    /// What its table is to be called.
    pub table: &'a str,
    /// Its settings.
    pub settings: &'a StreamSettings,
    /// What its tables get when they are made.
    pub extras: &'a Extras,
    /// What the destination can hold.
    pub abilities: &'a Abilities,
    /// The types that values have asked for.
    pub floors: &'a Floors,
    /// The run's id.
    pub load_id: &'a str,
    /// Whether the records come from `_sdc_rejected`.
    pub replay: bool,
    /// The share of the records that is loaded, where others load the rest. What is sent through again is nobody else's.
    pub shard: Option<Shard>,
}

impl With<'_> {
    /// Whether what comes takes the place of what is there. What is sent through again joins it.
    pub(super) fn overwrites(&self) -> bool {
        self.settings.load_method == Some(LoadMethod::Overwrite) && !self.replay
    }
}

impl Stream {
    /// A stream as `message` describes it, for the tables as they exist.
    ///
    /// # Errors
    /// Where the schema is none, or the tables cannot take such rows.
    pub fn open(message: &message::Schema<'_>, with: With<'_>, finder: &mut Finder<'_>) -> Result<Self> {
        let With { settings, abilities, .. } = with;
        let value: serde_json::Value = serde_json::from_str(message.schema)
            .map_err(|error| Error::input("the schema cannot be read").caused_by(error))?;
        let shape = schema::read(&value).map_err(Error::input)?;
        let keys: &[String] = match &settings.key_properties {
            Some(KeyChoice::Properties(keys)) => keys,
            Some(KeyChoice::RecordHash) => &[],
            None => &message.key_properties,
        };
        let hashed = settings.key_properties == Some(KeyChoice::RecordHash);
        let keyed = !keys.is_empty() || hashed;
        check(settings, keyed)?;
        let mode = mode(settings, keyed);
        let system = system_columns(settings, mode);
        let mut properties = shape.properties.clone();
        if system.contains(&System::DeletedAt)
            && properties.iter().all(|property| property.name != DELETED_AT)
        {
            // A tap may set it on the records of deletes alone, and not say so.
            properties.push(deleted_at());
        }
        check_keys(&properties, keys)?;
        let parts = parts(&value, &properties, nesting(settings));
        let layout = layout(&parts, &settings.flatten_separator, with.floors);

        let (name, stored) = finder.find(with.table, None)?;
        let overwrite = with.overwrites();
        let place = shadow::place(&name, with, finder)?;
        let against = shadow::against(place.as_ref(), stored.as_ref());
        let asked = Asked {
            name: against.map_or_else(|| name.clone(), |stored| stored.table.name.clone()),
            before: Vec::new(),
            wishes: &layout.wishes,
            keys,
            after: hashed.then(|| System::RecordHash.column()).into_iter().chain(columns(&system)).collect(),
        };
        let main = aim(&asked, against, settings, abilities, finder)?;
        check_indices(&with.extras.indices, &main.whole, abilities)?;
        if !overwrite {
            let found = stored.as_ref().filter(|_| settings.adopt_tables);
            if let Some((stored, wish)) =
                found.and_then(|stored| Some((stored, adoption(&main.table, stored, mode, &finder.own)?)))
            {
                finder.adopt(&stored.table.name, &wish)?;
                return Self::open(message, with, finder);
            }
            agree(&main.table, stored.as_ref(), mode)?;
        }
        let mut memory = remembered(&main, stored.as_ref(), mode, message, overwrite);
        let (table, changes, shadow) = match place {
            None => (main.table.clone(), main.changes.clone(), None),
            Some(place) => {
                let shadow = shadow::open(&main, &name, stored.as_ref(), place, &memory, with.load_id)?;
                memory = shadow.memory.clone();
                (shadow.table.clone(), shadow.changes.clone(), Some(shadow.of))
            }
        };

        let choice = settings.sequence.clone();
        let type_of = |name: &str| {
            shape.properties.iter().find(|property| property.name == name).map(|property| property.ty)
        };
        let source = choice.resolve(&message.bookmark_properties, type_of).map_err(unusable)?;
        let column_of = |name: &str| {
            let wish =
                layout.wishes.iter().position(|wish| wish.property.name == name && wish.name == name)?;
            Some(main.places[wish])
        };
        let order = Order {
            choice,
            on_tie: settings.on_tie,
            skip_unchanged: settings.skip_unchanged,
            source: None,
            column: source.as_ref().and_then(|source| column_of(source.property()?)),
            arrivals: Arrivals::after(memory.arrival_sequence),
            replay: with.replay,
        };
        let mark = settings.deleted_property.as_deref().and_then(|property| {
            Some(Mark { property: column_of(property)?, deleted_at: table.system(System::DeletedAt)? })
        });
        let arrays = ArrayTable::open(&layout.arrays, &main.table, &name, mode, message, with, finder)?;
        let tombstones = match (mode, &shadow) {
            (Mode::Merge(_), None) => tombstones(&memory, &name, settings, finder)?,
            _ => None,
        };
        memory.tombstones = tombstones.as_ref().map(|tombstones| tombstones.table.name.clone());
        let view = settings
            .latest_view
            .then(|| latest(main.whole.clone(), mode, abilities))
            .flatten()
            .filter(|_| shadow.is_none());
        let validator = match settings.validate_records && shape.asserts_more {
            true => Some(jsonschema::validator_for(&shape.rest).map_err(|error| {
                Error::input(format!("not a JSON Schema: {}", error.masked()))
                    .hint("mend the tap, or set validate_records to false")
            })?),
            false => None,
        };
        let decoder = Decoder::new(
            placed(layout.routes, &main.places),
            &table.keys(),
            validator,
            settings.validate_records,
            abilities.limits.with_nul(nul(settings)),
        );
        let spread = spread(settings, &table, keys, hashed, &properties, column_of)?;
        let hash_column =
            table.columns.iter().position(|column| hashed && column.name == System::RecordHash.name());
        let versions = Versions::new(
            settings.process_activate_version_messages,
            settings.hard_delete,
            memory.active_version,
        );
        let table = Arc::new(table);
        let keep = settings.missing_properties == Missing::Keep && matches!(mode, Mode::Merge(_));
        let mut stream = Self {
            name: storable(&message.stream),
            said: message.into(),
            news: view.is_some()
                || !changes.is_empty()
                || arrays.iter().any(|array| !array.changes.is_empty())
                || stored
                    .is_none_or(|stored| stored.memory.is_none_or(|stored| stored.schema != memory.schema)),
            changes,
            view,
            extras: Arc::new(with.extras.clone()),
            mode,
            keep,
            order,
            versions,
            mark,
            hash_column,
            memory,
            decoder,
            open: Open::new(Arc::clone(&table), keep),
            width: Open::width(&table, keep),
            most: (abilities.most_rows)(table.columns.len()),
            lines: 0,
            sheets: arrays.iter().map(ArrayTable::sheet).collect(),
            arrays,
            tombstones,
            shadow,
            spread,
            counts: Counts::default(),
            sharing: with.shard.filter(|_| !with.replay).map(|shard| Sharing::new(shard, keys)),
            mapped: false,
            table,
        };
        if let Some(source) = source {
            stream.settle_source(source)?;
        }
        Ok(stream)
    }
}

/// What becomes of U+0000 where the destination cannot hold it.
fn nul(settings: &StreamSettings) -> Nul {
    match settings.nul_bytes {
        NulBytes::Reject => Nul::Reject,
        NulBytes::Strip => Nul::Strip,
        NulBytes::Replace => Nul::Replace,
    }
}

fn columns(system: &[System]) -> impl Iterator<Item = crate::table::Column> {
    system.iter().map(|system| system.column())
}

/// Demands settings that go together.
fn check(settings: &StreamSettings, keyed: bool) -> Result<()> {
    if settings.primary_key_required && !keyed {
        return Err(Error::usage("the stream has no key, and primary_key_required is set")
            .hint("set key_properties for this stream (\"record_hash\" makes one of the whole record)"));
    }
    if settings.missing_properties == Missing::Keep && settings.nested == Nested::Subtables {
        return Err(Error::usage("missing_properties \"keep\" and nested \"subtables\" do not go together")
            .hint("set nested to \"json\" or \"flatten\" for this stream"));
    }
    Ok(())
}

/// What is to be remembered of the stream's table.
fn remembered(
    main: &Aim,
    stored: Option<&Stored>,
    mode: Mode,
    message: &message::Schema<'_>,
    overwrite: bool,
) -> Memory {
    let key_names =
        || main.table.keys().into_iter().map(|key| main.table.columns[key].name.clone()).collect();
    let mut memory = match stored.and_then(|stored| stored.memory.clone()) {
        // What an overwrite brings need not be ordered as what was there.
        Some(memory) if overwrite => Memory {
            mode: mode.name().to_owned(),
            keys: key_names(),
            sequence_source: None,
            arrival_sequence: memory.arrival_sequence,
            active_version: None,
            ..memory
        },
        Some(memory) => memory,
        None => Memory {
            stream: storable(&message.stream),
            mode: mode.name().to_owned(),
            keys: key_names(),
            ..Memory::default()
        },
    };
    main.own(&mut memory, stored);
    memory.schema = Some(storable(&written(message)));
    memory
}

/// The place of the stream's tombstones, where it has or gets one.
fn tombstones(
    memory: &Memory,
    table: &TableName,
    settings: &StreamSettings,
    finder: &mut Finder<'_>,
) -> Result<Option<Tombstones>> {
    let name = match &memory.tombstones {
        Some(name) => TableName { schema: table.schema.clone(), name: name.clone() },
        None if settings.hard_delete => {
            finder.find(&format!("{}__tombstones", table.name), Some(Beside::Tombstones))?.0
        }
        None => return Ok(None),
    };
    let retention = match settings.tombstone_retention {
        Retention::Keep => None,
        Retention::For(time) => Some(i64::try_from(time.as_micros()).unwrap_or(i64::MAX)),
    };
    Ok(Some(Tombstones { table: name, hard: settings.hard_delete, retention }))
}
