//! The law: a table is a map from key to its newest row, whatever the order, the batching, the duplication and the loaders.
//!
//! What the table must be is worked out here from the records alone, sorted; nothing of the loader is used for it.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};
use target::destination::memory::{Cell, Memory};

use super::stage::{self, Loader};
use crate::support::dice::cases;

/// How a key is made of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Integer,
    Text,
    Composite,
}

impl Key {
    fn schema(self) -> String {
        let keys: &[&str] = if self == Key::Composite { &["id", "part"] } else { &["id"] };
        let id = if self == Key::Text { "string" } else { "integer" };
        let properties = json!({
            "id": {"type": id}, "part": {"type": "string"}, "value": {"type": "integer"},
            "updated": {"type": "integer"}, "_sdc_deleted_at": {"type": ["null", "string"], "format": "date-time"},
        });
        stage::schema("s", &properties, keys)
    }

    fn members(self, key: u8) -> Value {
        match self {
            Key::Integer => json!({"id": i64::from(key) - 2}),
            Key::Text => {
                let id = ["", "a", "b", "aa", "é"][usize::from(key % 5)];
                json!({"id": id})
            }
            // The same parts in both places: tuples, not texts put together.
            Key::Composite => {
                let part = ["", "1"][usize::from(key % 2)];
                json!({"id": key / 2, "part": part})
            }
        }
    }
}

fn keys() -> impl Strategy<Value = Key> {
    prop::sample::select(vec![Key::Integer, Key::Text, Key::Composite])
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rec {
    key: u8,
    version: Option<i64>,
    sequence: i64,
    value: u16,
    deleted: bool,
}

impl Rec {
    fn order(&self) -> (i64, i64) {
        (self.version.unwrap_or(0), self.sequence)
    }

    fn line(&self, key: Key) -> String {
        let mut record = key.members(self.key);
        record["value"] = self.value.into();
        record["updated"] = self.sequence.into();
        if self.deleted {
            record["_sdc_deleted_at"] = "2024-01-01T00:00:00Z".into();
        }
        stage::record("s", &record, &json!({"version": self.version, "sequence": self.sequence}))
    }

    /// The row as the table shows it.
    fn row(&self, key: Key) -> Vec<Cell> {
        let number = |number: i64| Cell::Number(number.to_string());
        let members = key.members(self.key);
        let id = match &members["id"] {
            Value::String(text) => Cell::Text(text.clone()),
            id => number(id.as_i64().unwrap()),
        };
        let part = members["part"].as_str().map_or(Cell::Null, |part| Cell::Text(part.to_owned()));
        let deleted = if self.deleted { Cell::Timestamp(1_704_067_200_000_000) } else { Cell::Null };
        let version = self.version.map_or(Cell::Null, number);
        // id, part, value, updated, then extracted at, deleted at, sequence, table version.
        vec![
            id,
            part,
            number(i64::from(self.value)),
            number(self.sequence),
            Cell::Null,
            deleted,
            number(self.sequence),
            version,
        ]
    }
}

/// The records of a stream with table versions, or of one without: a record without one belongs to the version that is running
/// when it comes, so where both kinds meet the order of arrival matters.
fn records(most: usize) -> impl Strategy<Value = Vec<Rec>> {
    let record = (0..5_u8, -1..3_i64, -3..6_i64, any::<u16>(), prop::bool::weighted(0.2)).prop_map(
        |(key, version, sequence, value, deleted)| Rec {
            key,
            version: Some(version),
            sequence,
            value,
            deleted,
        },
    );
    (prop::bool::weighted(0.3), prop::collection::vec(record, 0..most)).prop_map(|(versioned, records)| {
        let version = |record: &Rec| record.version.filter(|_| versioned);
        records.into_iter().map(|record| Rec { version: version(&record), ..record }).collect()
    })
}

/// No two of one key and version: of those the first.
fn without_ties(records: Vec<Rec>) -> Vec<Rec> {
    let mut seen = BTreeSet::new();
    records.into_iter().filter(|record| seen.insert((record.key, record.order()))).collect()
}

/// The table that `records` must give, in whatever order they came: per key the last one of them sorted by version. Among equals
/// the last one that came stays, or with `keep` the first.
fn expected(records: &[Rec], key: Key, keep: bool) -> Vec<Vec<Cell>> {
    let mut newest: BTreeMap<u8, &Rec> = BTreeMap::new();
    let mut sorted: Vec<&Rec> = records.iter().collect();
    if keep {
        sorted.reverse();
    }
    sorted.sort_by_key(|record| record.order());
    for record in sorted {
        newest.insert(record.key, record);
    }
    let mut rows: Vec<_> = newest.values().map(|record| record.row(key)).collect();
    rows.sort();
    rows
}

/// Loads `records` with these loaders at once: each step names the loader that takes the record, and whether it then commits.
fn load(memory: &Memory, settings: &Value, key: Key, records: &[&Rec], steps: &[(Index, bool)]) -> u64 {
    let mut loaders: Vec<Loader> = (0..3).map(|_| Loader::new(memory, settings)).collect();
    for loader in &mut loaders {
        loader.line(&key.schema()).unwrap();
    }
    for (place, record) in records.iter().enumerate() {
        let (loader, commits) = steps
            .get(place % steps.len().max(1))
            .map_or((0, false), |(loader, commits)| (loader.index(3), *commits));
        loaders[loader].line(&record.line(key)).unwrap();
        if commits {
            loaders[loader].flush().unwrap();
        }
    }
    let mut received = 0;
    for mut loader in loaders {
        loader.flush().unwrap();
        assert_eq!(loader.counts.remainder(), 0, "every record is counted once: {:?}", loader.counts);
        received += loader.counts.received;
    }
    received
}

fn steps() -> impl Strategy<Value = Vec<(Index, bool)>> {
    prop::collection::vec((any::<Index>(), prop::bool::weighted(0.3)), 1..20)
}

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn any_order_any_batching_any_duplication_and_any_loaders_give_the_newest_rows(
        key in keys(), records in records(40), more in prop::collection::vec(any::<Index>(), 0..30), seed in prop::collection::vec(any::<Index>(), 70), steps in steps(),
    ) {
        let records = without_ties(records);
        let mut sent: Vec<&Rec> = records.iter().collect();
        sent.extend(more.iter().filter(|_| !records.is_empty()).map(|again| again.get(&records)));
        for place in 0..sent.len() {
            let other = seed.get(place).map_or(place, |other| other.index(sent.len()));
            sent.swap(place, other);
        }
        let memory = Memory::new();
        let received = load(&memory, &json!({}), key, &sent, &steps);
        prop_assert_eq!(received, sent.len() as u64);
        prop_assert_eq!(stage::rows(&memory, "s"), expected(&records, key, true));
    }

    #[test]
    fn where_a_batch_ends_does_not_matter_to_ties(key in keys(), records in records(40), steps in steps(), rule in 0..3_u8) {
        // With the message's sequence the first stays; otherwise the setting says which.
        let (settings, keep) = match rule {
            0 => (json!({}), true),
            1 => (json!({"sequence": {"property": "updated"}, "on_tie": "keep"}), true),
            _ => (json!({"sequence": {"property": "updated"}}), false),
        };
        let one_loader: Vec<(Index, bool)> = steps.iter().map(|(_, commits)| (steps[0].0, *commits)).collect();
        let sent: Vec<&Rec> = records.iter().collect();
        let memory = Memory::new();
        load(&memory, &settings, key, &sent, &one_loader);
        prop_assert_eq!(stage::rows(&memory, "s"), expected(&records, key, keep));
    }

    #[test]
    fn a_crash_and_a_replay_from_any_earlier_point_change_nothing(
        key in keys(), records in records(30), crash in any::<Index>(), resume in any::<Index>(), steps in steps(),
    ) {
        let crash = crash.index(records.len() + 1);
        let resume = resume.index(crash + 1);
        let memory = Memory::new();
        let sent: Vec<&Rec> = records.iter().collect();
        let one_loader: Vec<(Index, bool)> = steps.iter().map(|(_, commits)| (steps[0].0, *commits)).collect();
        load(&memory, &json!({}), key, &sent[..crash], &one_loader);
        load(&memory, &json!({}), key, &sent[resume..], &one_loader);
        prop_assert_eq!(stage::rows(&memory, "s"), expected(&records, key, true));
    }

    #[test]
    fn appending_takes_a_key_version_and_sequence_once_wherever_batches_end(key in keys(), records in records(30), steps in steps()) {
        let one_loader: Vec<(Index, bool)> = steps.iter().map(|(_, commits)| (steps[0].0, *commits)).collect();
        let sent: Vec<&Rec> = records.iter().chain(&records).collect();
        let memory = Memory::new();
        load(&memory, &json!({"load_method": "append-only"}), key, &sent, &one_loader);
        let mut seen = BTreeSet::new();
        let mut rows: Vec<_> = records
            .iter()
            .filter(|record| seen.insert((record.key, record.order())))
            .map(|record| record.row(key))
            .collect();
        rows.sort();
        prop_assert_eq!(stage::rows(&memory, "s"), rows);
    }

    #[test]
    fn by_arrival_the_last_one_stays_even_where_the_clock_stands_still(records in records(20), steps in steps(), clock in -5..5_i64) {
        let memory = Memory::new();
        let mut loader = Loader::new(&memory, &json!({"sequence": "arrival"}));
        loader.line(&Key::Integer.schema()).unwrap();
        for (place, record) in records.iter().enumerate() {
            loader.now = stage::START + clock * place as i64;
            loader.line(&record.line(Key::Integer)).unwrap();
            if steps[place % steps.len()].1 {
                loader.flush().unwrap();
            }
        }
        loader.flush().unwrap();
        let mut last = BTreeMap::new();
        for record in &records {
            // A table version, where there is one, comes before the order of arrival.
            let newest = last.entry(record.key).or_insert(record);
            if record.version.unwrap_or(0) >= newest.version.unwrap_or(0) {
                *newest = record;
            }
        }
        let values = |rows: Vec<Vec<Cell>>| rows.into_iter().map(|row| (row[0].clone(), row[2].clone())).collect::<BTreeSet<_>>();
        let expected = last.values().map(|record| record.row(Key::Integer)).collect();
        prop_assert_eq!(values(stage::rows(&memory, "s")), values(expected));
    }
}

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn the_rows_that_live_are_the_same_whatever_the_order_of_records_deletes_and_activations(
        key in keys(), records in records(40), versions in prop::collection::vec(-1..3_i64, 0..4),
        again in prop::collection::vec(any::<Index>(), 0..20), seed in prop::collection::vec(any::<Index>(), 70),
        steps in steps(), hard in any::<bool>(),
    ) {
        // A record without a version belongs to the one that is running: there the order matters.
        let records: Vec<Rec> = records.into_iter().map(|record| Rec { version: record.version.or(Some(0)), ..record }).collect();
        let records = without_ties(records);
        let mut lines: Vec<String> = records.iter().map(|record| record.line(key)).collect();
        lines.extend(again.iter().filter(|_| !records.is_empty()).map(|again| again.get(&records).line(key)));
        lines.extend(versions.iter().map(|version| json!({"type": "ACTIVATE_VERSION", "stream": "s", "version": version}).to_string()));
        for place in 0..lines.len() {
            let other = seed.get(place).map_or(place, |other| other.index(lines.len()));
            lines.swap(place, other);
        }
        let memory = Memory::new();
        let mut loaders: Vec<Loader> = (0..3).map(|_| Loader::new(&memory, &json!({"hard_delete": hard}))).collect();
        for loader in &mut loaders {
            loader.line(&key.schema()).unwrap();
        }
        for (place, line) in lines.iter().enumerate() {
            let (loader, commits) = &steps[place % steps.len()];
            let loader = &mut loaders[loader.index(3)];
            loader.line(line).unwrap();
            if *commits {
                loader.flush().unwrap();
            }
        }
        for mut loader in loaders {
            loader.flush().unwrap();
            prop_assert_eq!(loader.counts.remainder(), 0, "every record is counted once: {:?}", loader.counts);
        }
        const DELETED_AT: usize = 5;
        const VERSION: usize = 7;
        let active = versions.iter().max().copied().unwrap_or(i64::MIN);
        let lives = |row: &Vec<Cell>| {
            let over = matches!(&row[VERSION], Cell::Number(version) if version.parse::<i64>().unwrap() < active);
            row[DELETED_AT] == Cell::Null && !over
        };
        let mut expected = expected(&records, key, true);
        expected.retain(lives);
        let mut stored = stage::rows(&memory, "s");
        if !hard {
            stored.retain(|row| row[DELETED_AT] == Cell::Null);
        }
        prop_assert_eq!(stored, expected);
    }
}

proptest! {
    // Each case loads eight tables.
    #![proptest_config(cases(40))]

    #[test]
    fn merging_loads_is_commutative_associative_and_idempotent(
        key in keys(), records in records(16), cuts in (any::<Index>(), any::<Index>()), steps in steps(),
    ) {
        let records = without_ties(records);
        let (a, b) = (cuts.0.index(records.len() + 1), cuts.1.index(records.len() + 1));
        let parts = [&records[..a.min(b)], &records[a.min(b)..a.max(b)], &records[a.max(b)..]];
        let merged = |order: &[usize]| {
            let memory = Memory::new();
            for &part in order {
                load(&memory, &json!({}), key, &parts[part].iter().collect::<Vec<_>>(), &steps);
            }
            stage::rows(&memory, "s")
        };
        let once = merged(&[0, 1, 2]);
        for order in [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            prop_assert_eq!(&merged(&order), &once, "{:?}", order);
        }
        prop_assert_eq!(&merged(&[0, 1, 2, 0, 1, 2]), &once);
        prop_assert_eq!(&merged(&[2, 2, 1, 0, 1, 0]), &once);
    }
}
