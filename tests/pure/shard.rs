//! One stream over many loaders: whose a record is, and that all of them together give the table that one gives.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};
use singer::json::Cursor;
use target::config::Config;
use target::destination::memory::{Cell, Memory};
use target::flush::Counts;
use target::shard::{Shard, Sharing};

use super::cases;
use super::stage::{self, Loader};

fn shard(text: &str) -> Shard {
    text.parse().unwrap()
}

/// The hash of a record by these key properties.
fn hash(keys: &[&str], record: &str) -> u64 {
    let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
    Sharing::new(shard("1/1"), &keys).hash(record)
}

#[test]
fn a_shard_is_one_of_as_many_as_there_are() {
    for (text, shares) in [("1/1", false), ("1/2", true), ("3/8", true), ("4294967295/4294967295", true)] {
        assert_eq!((shard(text).to_string().as_str(), shard(text).shares()), (text, shares));
    }
    for text in [
        "",
        "/",
        "3",
        "3/",
        "/8",
        "0/8",
        "9/8",
        "0/0",
        "1/0",
        "-1/8",
        "+1/8",
        "1/ 8",
        "1/2/3",
        "1/4294967296",
        "a/b",
    ] {
        let refused = text.parse::<Shard>().unwrap_err();
        assert!(refused.contains("3/8"), "{text:?}: {refused}");
    }
}

/// Loaders of different versions and on different machines share one stream: these never change.
#[test]
fn the_hashes_are_these_for_ever() {
    let known: [(&[&str], &str, u64); 9] = [
        (&["id"], r#"{"id":1}"#, 0x5ca1_f566_e2b0_af0a),
        (&["id"], r#"{"id":-9223372036854775808}"#, 0x14d0_3655_d637_9e55),
        (&["id"], r#"{"id":123456789012345678901234567890}"#, 0x92e1_883c_36d4_ae06),
        (&["id"], r#"{"id":0.5}"#, 0x3090_0d58_54f8_a511),
        (&["id"], r#"{"id":"Zoë"}"#, 0x39a2_4e98_03ac_6778),
        (&["id"], r#"{"id":"2024-05-06T07:08:09Z"}"#, 0x7f2d_521b_483f_5688),
        (&["a", "b"], r#"{"a":1,"b":"x"}"#, 0x3c12_54f6_55d7_c955),
        (&[], r#"{"a":1,"b":[true,null,{"c":"x"}]}"#, 0xaee1_3620_581e_90d5),
        (&["id"], r#"{"id":null,"a":1}"#, 0x51f8_c605_e514_1c05),
    ];
    for (keys, record, expected) in known {
        assert_eq!(hash(keys, record), expected, "{keys:?} of {record}");
    }
}

/// Spellings that some type of column takes for one key. The types are not known here, and tables may become wider.
#[test]
fn all_ways_to_write_a_key_fall_together() {
    let groups: [&[&str]; 12] = [
        &["1", "1.0", "1e0", "10e-1", "1.000", "\"1\"", "\"1.0\"", "\"\\u0031\"", " 1 "],
        &["0", "-0", "0.0", "-0.0e5", "\"0\""],
        &["1000", "1e3", "1E+3", "1000.0"],
        &["12.5", "12.50", "1.25e1", "\"12.50\""],
        &["9223372036854775808", "9223372036854775808.0", "9.223372036854775808e18"],
        &["true", "\"true\""],
        &[
            "\"2024-05-06T07:08:09Z\"",
            "\"2024-05-06 07:08:09\"",
            "\"2024-05-06T07:08:09.000000+00:00\"",
            "\"2024-05-06T09:08:09+0200\"",
        ],
        &["\"2024-05-06\"", "\"2024-05-06T00:00:00Z\""],
        &["\"12:34\"", "\"12:34:00\"", "\"12:34:00.000Z\""],
        &[
            "\"8f14e45f-ceea-467f-a9d5-0123456789ab\"",
            "\"8F14E45F-CEEA-467F-A9D5-0123456789AB\"",
            "\"8f14e45fceea467fa9d50123456789ab\"",
            "\"{8f14e45f-ceea-467f-a9d5-0123456789ab}\"",
        ],
        // Base64, in both alphabets.
        &["\"a+/8=\"", "\"a-_8=\"", "\"a-_8\""],
        // What becomes of U+0000.
        &["\"\\u00008\"", "\"\u{fffd}8\"", "8", "\"\\u00008.0\""],
    ];
    for group in groups {
        let hashes: BTreeSet<u64> =
            group.iter().map(|key| hash(&["id"], &format!("{{\"id\":{key}}}"))).collect();
        assert_eq!(hashes.len(), 1, "{group:?}");
    }
    // And these are others.
    let others = [
        "1",
        "2",
        "-1",
        "1.5",
        "\"a\"",
        "\"b\"",
        "\"ab\"",
        "\"2024-05-06\"",
        "\"12:34\"",
        "true",
        "false",
        "\"\"",
    ];
    let hashes: BTreeSet<u64> =
        others.iter().map(|key| hash(&["id"], &format!("{{\"id\":{key}}}"))).collect();
    assert_eq!(hashes.len(), others.len());
}

#[test]
fn only_the_key_decides_wherever_it_stands() {
    let one = hash(&["a", "b"], r#"{"a":1,"b":"x"}"#);
    for record in [
        r#"{"b":"x","a":1}"#,
        r#" { "z" : [ {"a":5} ] , "b" : "x", "a" : 1.0 , "y" : {"b":"y"} } "#,
        r#"{"a":7,"b":"x","a":1}"#,
        r#"{"\u0061":1,"b":"x"}"#,
    ] {
        assert_eq!(hash(&["a", "b"], record), one, "{record}");
        assert_eq!(hash(&["b", "a"], record), one, "{record}");
    }
    for record in [r#"{"a":"x","b":1}"#, r#"{"a":1,"b":"y"}"#, r#"{"a":1}"#, r#"{"a":1,"b":null}"#] {
        assert_ne!(hash(&["a", "b"], record), one, "{record}");
    }
}

#[test]
fn a_record_without_a_key_is_known_by_all_that_it_says() {
    let one = hash(&[], r#"{"a":1,"b":{"c":[1,2],"d":null}}"#);
    for same in
        [r#"{"b":{"d":null,"c":[1,2]},"a":1}"#, " { \"a\" : 1, \"b\" : {\"c\" : [ 1 , 2 ] , \"d\":null} }"]
    {
        assert_eq!(hash(&[], same), one, "{same}");
        // Where a part of the key is missing too.
        assert_eq!(hash(&["id"], same), one, "{same}");
    }
    for other in [
        r#"{"a":1,"b":{"c":[2,1],"d":null}}"#,
        r#"{"a":1,"b":{"c":[1,2]}}"#,
        r#"{"b":1,"a":{"c":[1,2],"d":null}}"#,
    ] {
        assert_ne!(hash(&[], other), one, "{other}");
    }
    // It is read where it stands, too.
    let line = r#"[{"a":1,"b":{"c":[1,2],"d":null}},5]"#;
    let mut cursor = Cursor::new(line);
    cursor.enter_array().unwrap();
    assert_eq!(Sharing::new(shard("1/1"), &[]).hash_at(&mut cursor).unwrap(), one);
    assert_eq!(&line[cursor.position()..], ",5]");
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn each_key_is_in_one_shard_of_any_number(record in any::<u64>(), of in 1..40_u32) {
        let holds = |number: u32| shard(&format!("{number}/{of}")).holds(record);
        prop_assert_eq!((1..=of).filter(|number| holds(*number)).count(), 1);
        prop_assert!(shard("1/1").holds(record));
    }

    #[test]
    fn any_text_has_a_hash_and_the_same_one_again(record in "\\PC{0,40}") {
        prop_assert_eq!(hash(&["id"], &record), hash(&["id"], &record));
    }
}

#[test]
fn the_shards_are_of_one_size() {
    let keys: [fn(u32) -> String; 5] = [
        |id| id.to_string(),
        |id| (i64::from(id) * 1024).to_string(),
        |id| format!("{id}.5"),
        |id| format!("\"customer {id}\""),
        |id| format!("\"2024-01-01T00:{:02}:{:02}Z\"", id / 60 % 60, id % 60),
    ];
    for (place, key) in keys.into_iter().enumerate() {
        for of in [2, 3, 8] {
            let mut counts = vec![0_u32; of];
            for id in 0..3_000 {
                counts[(hash(&["id"], &format!("{{\"id\":{}}}", key(id))) % of as u64) as usize] += 1;
            }
            let even = 3_000 / of as u32;
            assert!(counts.iter().all(|count| count.abs_diff(even) < even / 4), "{place}: {counts:?}");
        }
    }
}

#[test]
fn a_version_is_active_once_all_shards_have_come_to_it() {
    let mut activated = BTreeMap::new();
    let mut go = |text: &str, version| shard(text).activates(version, &mut activated);
    assert_eq!([go("1/3", 5), go("3/3", 7), go("3/3", 6)], [None; 3]);
    assert_eq!(go("2/3", 9), Some(5));
    assert_eq!(go("1/3", 9), Some(7));
    // Of another number of loaders each has to come again.
    assert_eq!([go("1/2", 9), go("1/2", 10)], [None; 2]);
    assert_eq!(go("2/2", 9), Some(9));
}

#[test]
fn a_share_is_a_pipeline_of_its_own_and_overwrites_nothing() {
    let settle = |given: Value| Config::read(&given.to_string()).and_then(Config::settle);
    let shared = settle(json!({"shard": "3/8", "state_id": "shop"})).unwrap();
    assert_eq!((shared.shard, shared.state_id.as_deref()), (Some(shard("3/8")), Some("shop 3/8")));
    let whole = settle(json!({"shard": "1/1", "state_id": "shop", "load_method": "overwrite"})).unwrap();
    assert_eq!((whole.shard, whole.state_id.as_deref()), (None, Some("shop")));
    for wrong in [
        json!({"shard": "2/8", "load_method": "overwrite"}),
        json!({"shard": "2/8", "streams": {"users": {"load_method": "overwrite"}}}),
    ] {
        let refused = settle(wrong.clone()).unwrap_err();
        assert!(refused.to_string().contains("shard 2/8 and load_method"), "{wrong}: {refused}");
    }
    assert!(settle(json!({"shard": "9/8"})).is_err());
}

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
