//! From the settings as given to what they mean, checked.

use serde_json::{Map, Value};

use crate::changes::MOST_UPDATES;
use crate::clock::{self, DAY};
use crate::error::Error;
use crate::random::Chance;
use crate::settings::{Kind, SETTINGS, Setting, nearest};
use crate::streams::Table;

/// The most changes of a stream: what keeps the counting of updates exact in 64 bits, with room to spare.
const MOST_ROWS: u64 = 1_000_000_000_000;
/// The largest window: it's listed in memory, 24 bytes for each change.
const LARGEST_WINDOW: u64 = 10_000_000;
/// The furthest that a late change can be moved.
const MOST_LATE_WINDOWS: u64 = 1000;
/// Four digits name the copies of a stream.
const MOST_COPIES: u64 = 9999;

/// What the settings mean. The fields are named after the settings.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "settings::SETTINGS says what each one is")]
pub struct Config {
    pub streams: Vec<Table>,
    /// By [`Table`].
    pub rows: [u64; 3],
    pub seed: u64,
    pub updates: f64,
    pub deletes: Chance,
    pub duplicates: Chance,
    pub late: Chance,
    pub late_windows: u64,
    pub shuffle: bool,
    pub window: u64,
    pub state_every: u64,
    pub overlap: u64,
    pub interleave: bool,
    pub schema_change_at: Option<u64>,
    /// In milliseconds since 1970.
    pub start: i64,
    pub sequence: bool,
    pub time_extracted: bool,
    pub version: Option<i64>,
    pub first_key: u64,
    pub streams_copies: u64,
}

impl Config {
    /// Checks the given settings and fills in the defaults.
    ///
    /// # Errors
    /// [`Error::Usage`] naming the setting that is unknown or doesn't fit.
    pub fn new(given: &Map<String, Value>) -> Result<Self, Error> {
        let names: Vec<_> = SETTINGS.iter().map(|setting| setting.name).collect();
        if let Some(name) = given.keys().find(|name| !names.contains(&name.as_str())) {
            return Err(Error::Usage(format!("unknown setting `{name}`: {}", nearest(name, &names))));
        }
        let given = Given(given);
        let streams = given.streams()?;
        let config = Self {
            rows: given.rows()?,
            seed: given.count("seed", 0, u64::MAX)?,
            updates: given.probability("updates", MOST_UPDATES)?,
            deletes: given.chance("deletes")?,
            duplicates: given.chance("duplicates")?,
            late: given.chance("late")?,
            late_windows: given.count("late_windows", 1, MOST_LATE_WINDOWS)?,
            shuffle: given.flag("shuffle")?,
            window: given.count("window", 1, LARGEST_WINDOW)?,
            state_every: given.count("state_every", 0, u64::MAX)?,
            overlap: given.count("overlap", 0, u64::MAX)?,
            interleave: given.flag("interleave")?,
            schema_change_at: given.maybe_count("schema_change_at")?,
            start: given.time("start")?,
            sequence: given.flag("sequence")?,
            time_extracted: given.flag("time_extracted")?,
            version: given.maybe_count("version")?.map(|version| version as i64),
            first_key: given.count("first_key", 0, i64::MAX as u64 - MOST_ROWS)?,
            streams_copies: given.count("streams_copies", 1, MOST_COPIES)?,
            streams,
        };
        config.check_times()?;
        Ok(config)
    }

    /// How many changes a stream of this table has.
    #[must_use]
    pub const fn rows_of(&self, table: Table) -> u64 {
        self.rows[table as usize]
    }

    /// The names of the streams with their tables: copies of one table stand together.
    #[must_use]
    pub fn names(&self) -> Vec<(String, Table)> {
        let copies = |table: Table| {
            (1..=self.streams_copies).map(move |n| match self.streams_copies {
                1 => (table.name().to_owned(), table),
                _ => (format!("{}_{n:04}", table.name()), table),
            })
        };
        self.streams.iter().flat_map(|table| copies(*table)).collect()
    }

    /// RFC 3339 has four digits for the year.
    fn check_times(&self) -> Result<(), Error> {
        let windows = self.late_windows.saturating_add(2).saturating_mul(self.window);
        let positions = self.rows.iter().max().copied().unwrap_or(0).saturating_add(windows);
        let seconds = i64::try_from(positions).unwrap_or(i64::MAX);
        if self.start.saturating_add(seconds.saturating_mul(1000)) < clock::days_of(10_000, 1, 1) * DAY {
            return Ok(());
        }
        let text = "a change takes a second, and the last one would be after the year 9999: \
                    set an earlier `start` or fewer `rows`";
        Err(Error::Usage(text.to_owned()))
    }
}

/// The settings as given.
struct Given<'a>(&'a Map<String, Value>);

impl Given<'_> {
    fn find(&self, name: &str) -> (&'static Setting, Value) {
        let setting = SETTINGS
            .iter()
            .find(|setting| setting.name == name)
            .expect("the table has all that is asked for");
        let default = || serde_json::from_str(setting.default).expect("the defaults are JSON");
        (setting, self.0.get(name).cloned().unwrap_or_else(default))
    }

    /// The value as `read` understands it.
    fn value<T>(&self, name: &str, read: impl FnOnce(&Value) -> Option<T>) -> Result<T, Error> {
        let (setting, value) = self.find(name);
        read(&value).ok_or_else(|| unfit(name, &value, setting.kind.must_be()))
    }

    fn count(&self, name: &str, least: u64, most: u64) -> Result<u64, Error> {
        let count = self.value(name, Value::as_u64)?;
        within(name, count, least, most)
    }

    fn maybe_count(&self, name: &str) -> Result<Option<u64>, Error> {
        let read = |value: &Value| if value.is_null() { Some(None) } else { value.as_u64().map(Some) };
        let count = self.value(name, read)?;
        count.map(|count| within(name, count, 0, i64::MAX as u64)).transpose()
    }

    fn probability(&self, name: &str, most: f64) -> Result<f64, Error> {
        let p = self.value(name, |value| value.as_f64().filter(|p| (0.0..=1.0).contains(p)))?;
        if p <= most {
            return Ok(p);
        }
        Err(Error::Usage(format!("setting `{name}` is {p}, but can be at most {most}")))
    }

    fn chance(&self, name: &str) -> Result<Chance, Error> {
        self.probability(name, 1.0).map(Chance::new)
    }

    fn flag(&self, name: &str) -> Result<bool, Error> {
        self.value(name, Value::as_bool)
    }

    fn time(&self, name: &str) -> Result<i64, Error> {
        let (_, value) = self.find(name);
        let time = value.as_str().and_then(clock::parse);
        time.ok_or_else(|| unfit(name, &value, "a time in UTC like \"2024-01-01T00:00:00Z\", or a date"))
    }

    fn streams(&self) -> Result<Vec<Table>, Error> {
        let names = self.value("streams", |value| match value {
            Value::String(text) => Some(text.split(',').map(|name| name.trim().to_owned()).collect()),
            Value::Array(list) => list.iter().map(|name| name.as_str().map(str::to_owned)).collect(),
            _ => None,
        });
        let names: Vec<String> = names?;
        let mut tables = Vec::new();
        for name in &names {
            let table = table(name, "streams")?;
            if !tables.contains(&table) {
                tables.push(table);
            }
        }
        Ok(tables)
    }

    fn rows(&self) -> Result<[u64; 3], Error> {
        let (_, value) = self.find("rows");
        let Value::Object(by_stream) = &value else {
            return self.value("rows", Value::as_u64).and_then(|n| Ok([within("rows", n, 0, MOST_ROWS)?; 3]));
        };
        let default = SETTINGS.iter().find(|setting| setting.name == "rows").map(|setting| setting.default);
        let mut rows = [default.and_then(|text| text.parse().ok()).unwrap_or_default(); 3];
        for (name, count) in by_stream {
            let count = count.as_u64().ok_or_else(|| unfit("rows", &value, Kind::Rows.must_be()))?;
            rows[table(name, "rows")? as usize] = within("rows", count, 0, MOST_ROWS)?;
        }
        Ok(rows)
    }
}

fn table(name: &str, setting: &str) -> Result<Table, Error> {
    Table::ALL.into_iter().find(|table| table.name() == name).ok_or_else(|| {
        let hint = nearest(name, &Table::ALL.map(Table::name));
        Error::Usage(format!("setting `{setting}` names a stream `{name}`, which isn't there: {hint}"))
    })
}

fn unfit(name: &str, value: &Value, must_be: &str) -> Error {
    Error::Usage(format!("setting `{name}` is {value}, but must be {must_be}"))
}

fn within(name: &str, count: u64, least: u64, most: u64) -> Result<u64, Error> {
    if (least..=most).contains(&count) {
        return Ok(count);
    }
    Err(Error::Usage(format!("setting `{name}` is {count}, but must be from {least} to {most}")))
}
