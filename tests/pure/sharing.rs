//! Loaders that share a stream, each with its shard, beside one that loads everything.

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};
use target::destination::memory::{Cell, Memory};
use target::flush::Counts;

use super::stage::{self, Loader};
use crate::support::dice::cases;
/// What is sent of one stream.
#[derive(Clone, Debug)]
enum Sent {
    Record { key: u8, sequence: i64, version: i64, value: u8, tags: Vec<u8>, deleted: bool, fault: u8 },
    Activate(i64),
}

/// How the stream is loaded: with versions, with tables of arrays, or without a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Versions,
    Arrays,
    Keyless,
}

impl Sent {
    fn line(&self, kind: Kind) -> String {
        match self {
            Sent::Activate(version) if kind == Kind::Versions => {
                json!({"type": "ACTIVATE_VERSION", "stream": "s", "version": version}).to_string()
            }
            Sent::Activate(version) => json!({"type": "STATE", "value": version}).to_string(),
            Sent::Record { key, sequence, version, value, tags, deleted, fault } => {
                let mut record = json!({"id": key, "value": value, "tags": tags});
                if *deleted {
                    record["_sdc_deleted_at"] = "2024-01-01T00:00:00Z".into();
                }
                match fault {
                    0 => record["value"] = "no number".into(),
                    1 => record["id"] = Value::Null,
                    // Another way to write the same.
                    2..10 => record["id"] = f64::from(*key).into(),
                    _ => {}
                }
                let around = match kind {
                    Kind::Versions => json!({"sequence": sequence, "version": version}),
                    _ => json!({"sequence": sequence}),
                };
                stage::record("s", &record, &around)
            }
        }
    }
}

fn sent() -> impl Strategy<Value = Vec<Sent>> {
    let record = (
        0..12_u8,
        0..6_i64,
        0..3_i64,
        any::<u8>(),
        prop::collection::vec(any::<u8>(), 0..3),
        prop::bool::weighted(0.2),
        0..20_u8,
    );
    let record = record.prop_map(|(key, sequence, version, value, tags, deleted, fault)| Sent::Record {
        key,
        sequence,
        version,
        value,
        tags,
        deleted,
        fault,
    });
    let activate = (0..3_i64).prop_map(Sent::Activate);
    prop::collection::vec(prop_oneof![12 => record, 1 => activate], 0..60)
}

/// The rows that are not over; those that are must be marked.
fn live(memory: &Memory, table: &str, over: Option<i64>) -> Vec<Vec<Cell>> {
    let all = stage::rows(memory, table);
    let Some(over) = over else { return all };
    let columns = stage::table(memory, table).columns;
    let names: Vec<&str> = columns
        .iter()
        .map(|column| column.name.as_str())
        .filter(|name| !["_sdc_received_at", "_sdc_batched_at"].contains(name))
        .collect();
    let at = |name: &str| names.iter().position(|found| *found == name).unwrap();
    let (version, deleted) = (at("_sdc_table_version"), at("_sdc_deleted_at"));
    let is_over = |row: &&Vec<Cell>| match &row[version] {
        Cell::Number(version) => version.parse::<i64>().unwrap() < over,
        other => panic!("{other:?} is no version"),
    };
    assert!(all.iter().filter(is_over).all(|row| row[deleted] != Cell::Null), "{all:?}");
    all.iter().filter(|row| !is_over(row)).cloned().collect()
}

proptest! {
    #![proptest_config(cases(150))]

    /// Each loader goes at its own pace and commits when it likes.
    #[test]
    fn loaders_that_share_a_stream_give_the_table_that_one_gives(
        sent in sent(),
        of in 1..5_usize,
        kind in prop::sample::select(vec![Kind::Versions, Kind::Arrays, Kind::Keyless]),
        hard in any::<bool>(),
        turns in prop::collection::vec((any::<Index>(), 1..9_usize, any::<bool>()), 0..40),
    ) {
        let properties = json!({
            "id": {"type": "integer"}, "value": {"type": "integer"},
            "tags": {"type": "array", "items": {"type": "integer"}},
            "_sdc_deleted_at": {"type": ["null", "string"], "format": "date-time"},
        });
        let keys: &[&str] = if kind == Kind::Keyless { &[] } else { &["id"] };
        let mut lines = vec![stage::schema("s", &properties, keys)];
        lines.extend(sent.iter().map(|sent| sent.line(kind)));
        let records = sent.iter().filter(|sent| matches!(sent, Sent::Record { .. })).count() as u64;
        let nested = if kind == Kind::Arrays { "subtables" } else { "json" };
        let given = |shard: &str| json!({
            "sequence": "message", "on_invalid_record": "reject", "nested": nested,
            "hard_delete": hard && kind != Kind::Keyless, "shard": shard,
        });

        let one = Memory::new();
        Loader::new(&one, &given("1/1")).load(lines.iter().map(String::as_str)).unwrap();

        let many = Memory::new();
        let mut loaders: Vec<(Loader, usize)> =
            (1..=of).map(|number| (Loader::new(&many, &given(&format!("{number}/{of}"))), 0)).collect();
        for (which, count, flushes) in turns {
            let (loader, at) = &mut loaders[which.index(of)];
            let end = lines.len().min(*at + count);
            for line in &lines[*at..end] {
                loader.line(line).unwrap();
            }
            *at = end;
            if flushes {
                loader.flush().unwrap();
            }
        }
        for (loader, at) in &mut loaders {
            loader.load(lines[*at..].iter().map(String::as_str)).unwrap();
        }

        let activated = sent.iter().filter_map(|sent| match sent {
            Sent::Activate(version) => Some(*version),
            Sent::Record { .. } => None,
        });
        let over = activated.max().filter(|_| kind == Kind::Versions);
        prop_assert_eq!(live(&many, "s", over), live(&one, "s", over));
        if kind == Kind::Arrays {
            prop_assert_eq!(stage::rows(&many, "s__tags"), stage::rows(&one, "s__tags"));
        }
        let rejects = |memory: &Memory| {
            let mut rejects: Vec<(u64, String)> =
                memory.content().rejects().into_iter().map(|reject| (reject.line, reject.record)).collect();
            rejects.sort();
            rejects
        };
        prop_assert_eq!(rejects(&many), rejects(&one));
        let mut sum = Counts::default();
        for (loader, _) in &loaders {
            let elsewhere: u64 = loader.intake.elsewhere().map(|(_, count)| count).sum();
            prop_assert_eq!(loader.counts.received + elsewhere, records);
            prop_assert_eq!(loader.counts.remainder(), 0);
            sum.add(&loader.counts);
        }
        prop_assert_eq!(sum.received, records);
    }
}

/// A loader that is faster than the others ends no rows of theirs: their newer ones have not come yet.
#[test]
fn rows_of_an_older_version_stay_until_the_slowest_loader_has_come_to_the_newer_one() {
    for hard in [false, true] {
        let memory = Memory::new();
        let loader =
            |number: u8| Loader::new(&memory, &json!({"hard_delete": hard, "shard": format!("{number}/2")}));
        let version = |version: i64, keys: std::ops::Range<i64>| {
            let schema = stage::schema("s", &json!({"id": {"type": "integer"}}), &["id"]);
            let record =
                |id: i64| stage::record("s", &json!({"id": id}), &json!({"version": version, "sequence": 1}));
            let activate = Sent::Activate(version).line(Kind::Versions);
            std::iter::once(schema).chain(keys.map(record)).chain([activate]).collect::<Vec<_>>()
        };
        let load = |number: u8, lines: &[String]| {
            loader(number).load(lines.iter().map(String::as_str)).unwrap();
        };
        let shown = || -> Vec<String> {
            let deleted = |cells: &Vec<Cell>| cells.iter().any(|cell| matches!(cell, Cell::Timestamp(_)));
            let rows = stage::rows(&memory, "s").into_iter().filter(|row| !deleted(row));
            rows.map(|row| format!("{:?}", row[0])).collect()
        };
        let (first, second) = (version(1, 0..10), version(2, 5..15));
        load(1, &first);
        load(2, &first);
        let before = shown();
        assert_eq!(before.len(), 10);
        load(1, &second);
        // Nothing is gone: of the second loader's keys only the old rows are there.
        assert!(before.iter().all(|row| shown().contains(row)), "hard {hard}: {:?}", shown());
        load(2, &second);
        assert_eq!(shown().len(), 10, "hard {hard}");
        assert_ne!(shown(), before, "hard {hard}");
        // What comes again changes nothing.
        load(1, &second);
        load(1, &first);
        assert_eq!(shown().len(), 10, "hard {hard}");
    }
}

#[test]
fn records_behind_maps_are_shared_out_by_the_keys_that_they_are_loaded_with() {
    let maps = json!({"people": {"id": null, "half": "part", "__key_properties__": ["half"]}});
    let schema =
        stage::schema("people", &json!({"id": {"type": "integer"}, "part": {"type": "integer"}}), &["id"]);
    let record =
        |id: i64| stage::record("people", &json!({"id": id, "part": id / 2}), &json!({"sequence": id}));
    let lines: Vec<String> = std::iter::once(schema).chain((0..40).map(record)).collect();
    let memory = Memory::new();
    let mut received = 0;
    for number in 1..=3 {
        let given = json!({"stream_maps": maps, "shard": format!("{number}/3")});
        let mut loader = Loader::new(&memory, &given);
        loader.load(lines.iter().map(String::as_str)).unwrap();
        let elsewhere: u64 = loader.intake.elsewhere().map(|(_, count)| count).sum();
        assert_eq!(loader.counts.received + elsewhere, 40);
        // Both records of a key are one loader's.
        assert_eq!(loader.counts.received, 2 * loader.counts.inserted, "{number}: {:?}", loader.counts);
        received += loader.counts.received;
    }
    assert_eq!((received, stage::rows(&memory, "people").len()), (40, 20));
}
