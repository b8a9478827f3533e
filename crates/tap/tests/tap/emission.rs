//! What is emitted, and in which order.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use tap::changes::ChangeLog;
use tap::random::Chance;

use crate::{bytes, is_record, lines, messages, mixtures};

const START: u64 = 1_704_067_200_000;

#[test]
fn the_same_settings_give_the_same_bytes_and_another_seed_gives_others() {
    for settings in mixtures() {
        assert_eq!(bytes(&settings), bytes(&settings), "{settings}");
    }
    assert_ne!(bytes(&json!({"seed": 1})), bytes(&json!({"seed": 2})));
}

#[test]
fn every_position_is_emitted_whatever_comes_late_or_twice() {
    for settings in mixtures() {
        for (stream, positions) in positions_by_stream(&bytes(&settings)) {
            let rows = match &settings["rows"] {
                Value::Object(rows) => rows.get(&stream).and_then(Value::as_u64).unwrap_or(1000),
                rows => rows.as_u64().expect("a number"),
            };
            let emitted: BTreeSet<_> = positions.iter().copied().collect();
            assert!(emitted.into_iter().eq(0..rows), "{stream} of {settings}");
            let twice = positions.len() as u64 - rows;
            let expected = settings["duplicates"].as_f64().unwrap_or(0.0) * rows as f64;
            assert!(
                (twice as f64 - expected).abs() <= expected * 0.5,
                "{twice} of {stream} twice: {settings}"
            );
        }
    }
}

#[test]
fn records_of_one_sequence_are_the_same_bytes() {
    for settings in mixtures() {
        let bytes = bytes(&settings);
        let mut seen = BTreeMap::new();
        for line in lines(&bytes).into_iter().filter(|line| is_record(line)) {
            let message: Value = serde_json::from_slice(line).expect("JSON");
            let key = (message["stream"].to_string(), message["sequence"].to_string());
            assert_eq!(*seen.entry(key).or_insert(line), line, "{settings}");
        }
    }
}

#[test]
fn sequences_and_times_grow_with_the_position() {
    let settings = json!({"streams": "orders", "rows": 500, "shuffle": true, "late": 0.2});
    let mut records: Vec<_> =
        messages(&bytes(&settings)).into_iter().filter(|m| m["type"] == "RECORD").collect();
    records.sort_by_key(|record| record["sequence"].as_u64());
    for pair in records.windows(2) {
        assert_eq!(pair[0]["sequence"].as_u64().map(|n| n + 1), pair[1]["sequence"].as_u64());
        let time = |n: usize| pair[n]["record"]["updated_at"].as_str().map(str::to_owned);
        assert!(time(0) < time(1), "{pair:?}");
    }
    for record in &records {
        assert!(
            record["record"]["created_at"].as_str() <= record["record"]["updated_at"].as_str(),
            "{record}"
        );
        assert!(record["record"]["updated_at"].as_str() < record["time_extracted"].as_str(), "{record}");
    }
}

#[test]
fn without_late_and_shuffle_records_come_in_order_and_with_late_some_come_after_newer_ones_of_their_key() {
    let in_order = positions_by_stream(&bytes(&json!({"streams": "orders"})));
    assert!(in_order["orders"].iter().copied().eq(0..1000));
    let late = messages(&bytes(&json!({"streams": "orders", "rows": 5000, "late": 0.1, "updates": 0.5})));
    let mut newest = BTreeMap::new();
    let mut overtaken = 0;
    for record in late.iter().filter(|message| message["type"] == "RECORD") {
        let sequence = record["sequence"].as_u64();
        let newest = newest.entry(record["record"]["id"].as_u64()).or_insert(sequence);
        overtaken += usize::from(sequence < *newest);
        *newest = sequence.max(*newest);
    }
    assert!(overtaken > 20, "{overtaken} were overtaken");
}

#[test]
fn a_change_does_not_depend_on_how_many_rows_there_are() {
    let record_lines = |rows: u32| {
        let all = bytes(&json!({"streams": "orders", "rows": rows}));
        lines(&all).into_iter().filter(|line| is_record(line)).map(<[u8]>::to_vec).collect::<Vec<_>>()
    };
    assert_eq!(record_lines(700), record_lines(900)[..700]);
}

#[test]
fn births_are_counted_without_a_gap_and_found_again() {
    for updates in [0.0, 0.1, 0.2, 0.5, 0.77, 0.98] {
        let log = ChangeLog::new(42, updates, Chance::new(0.5));
        let mut births = Vec::new();
        for position in 0..20_000 {
            let change = log.at(position);
            if change.birth == position {
                assert_eq!(change.key, births.len() as u64, "{updates} at {position}");
                assert!(!change.deleted);
                births.push(position);
            } else {
                assert_eq!(births.get(change.key as usize), Some(&change.birth), "{updates} at {position}");
            }
        }
        let share = 1.0 - births.len() as f64 / 20_000.0;
        assert!((share - updates).abs() < 0.001, "{share} updates of {updates}");
    }
}

#[test]
fn a_version_is_on_each_record_and_activated_after_the_stream() {
    let messages = messages(&bytes(&json!({"streams": "events,orders", "rows": 3, "version": 9})));
    let types: Vec<_> = messages.iter().filter_map(|message| message["type"].as_str()).collect();
    let stream = ["SCHEMA", "RECORD", "RECORD", "RECORD", "ACTIVATE_VERSION"];
    assert_eq!(types, [&stream[..], &stream[..], &["STATE"]].concat());
    for message in &messages {
        assert!(
            message["type"] == "SCHEMA" || message["type"] == "STATE" || message["version"] == 9,
            "{message}"
        );
    }
}

#[test]
fn copies_of_a_stream_have_names_with_numbers_and_take_turns() {
    let settings = json!({"streams": "orders", "rows": 20, "window": 10, "streams_copies": 2});
    let messages = messages(&bytes(&settings));
    let records = messages.iter().filter(|message| message["type"] == "RECORD");
    let mut turns: Vec<_> = records.filter_map(|record| record["stream"].as_str()).collect();
    turns.dedup();
    assert_eq!(turns, ["orders_0001", "orders_0002", "orders_0001", "orders_0002"]);
}

fn positions_by_stream(bytes: &[u8]) -> BTreeMap<String, Vec<u64>> {
    let mut positions: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for message in messages(bytes) {
        let stream = message["stream"].as_str().map(str::to_owned);
        match (message["type"].as_str(), stream, message["sequence"].as_u64()) {
            (Some("SCHEMA"), Some(stream), _) => {
                positions.entry(stream).or_default();
            }
            (Some("RECORD"), Some(stream), Some(n)) => positions.entry(stream).or_default().push(n - START),
            _ => {}
        }
    }
    positions
}
