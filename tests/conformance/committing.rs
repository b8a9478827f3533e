//! Transactions, bookmarks, and what is written down of them: a bookmark leaves only when everything before it is in.

use std::collections::BTreeMap;

use target::error::Class;

use crate::support::messages::*;
use crate::support::place::{Place, everywhere, in_databases};

everywhere! {
    bookmarks_leave_in_order_and_the_last_one_always,
    bookmarks_of_one_commit_collapse_into_the_last,
    a_bookmark_is_passed_on_as_it_was_sent,
    an_empty_bookmark_is_not_passed_on,
    an_input_of_bookmarks_alone_is_enough,
    an_empty_input_does_nothing,
    the_committed_bookmark_can_be_asked_for,
    several_streams_go_in_together,
    a_change_of_schema_in_mid_stream_loses_no_row_before_it,
    a_schema_that_is_said_again_changes_nothing,
    a_bookmark_before_a_change_of_schema_is_let_out_with_its_rows,
}

in_databases! {
    a_commit_that_fails_leaves_nothing,
    what_was_committed_before_a_failure_stays,
    one_commit_is_one_row_in_the_ledger,
    every_record_of_every_load_is_accounted_for,
    the_tables_are_remembered,
}

fn items(name: &str) -> String {
    schema(name, &["id"], &[("id", INTEGER), ("x", TEXT)])
}

fn item(name: &str, sequence: i64, id: i64) -> String {
    sequenced(name, sequence, &format!(r#"{{"id":{id},"x":"{sequence}"}}"#))
}

fn bookmarks_leave_in_order_and_the_last_one_always(place: &Place) {
    let mut input = items("s");
    for n in 1..=5 {
        input += &(item("s", 1, n) + &state(&n.to_string()));
    }
    input += &state("6");
    let loaded = place.load(r#"{"batch_size_rows":2}"#, &input).ok();
    let numbers: Vec<u32> = loaded.bookmarks.iter().map(|bookmark| bookmark.parse().unwrap()).collect();
    assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
    assert!(numbers.len() > 1, "each commit lets its bookmark out: {numbers:?}");
    assert_eq!(numbers.last(), Some(&6), "though no row was pending");
    assert_eq!(place.rows("s", &["id"]), ["1", "2", "3", "4", "5"]);
}

fn bookmarks_of_one_commit_collapse_into_the_last(place: &Place) {
    let input = [items("s"), state("1"), item("s", 1, 1), state("2"), item("s", 1, 2), state("3")].concat();
    assert_eq!(place.load("{}", &input).ok().bookmarks, ["3"]);
}

fn a_bookmark_is_passed_on_as_it_was_sent(place: &Place) {
    let value = r#"{"bookmarks":{"b":{"at":"2024-01-01T00:00:00Z","n":12345678901234567890},"a":[1.50,null,"é\u00e9"]}}"#;
    let loaded = place.load("{}", &(items("s") + &item("s", 1, 1) + &state(value))).ok();
    assert_eq!(loaded.bookmarks, [value]);
    assert_eq!(place.bookmark().as_deref(), Some(value));
}

fn an_empty_bookmark_is_not_passed_on(place: &Place) {
    let input =
        [items("s"), item("s", 1, 1), state("1"), state("{}"), item("s", 1, 2), state("{ }")].concat();
    let loaded = place.load("{}", &input).ok();
    assert_eq!(loaded.bookmarks, ["1"]);
    assert!(loaded.report.contains("empty STATE"), "{}", loaded.report);
    let alone = place.load("{}", &state("{}")).ok();
    assert!(alone.bookmarks.is_empty());
    assert_eq!(place.bookmark().as_deref(), Some("1"));
}

fn an_input_of_bookmarks_alone_is_enough(place: &Place) {
    let loaded = place.load("{}", &(state("1") + &state(r#"{"n":2}"#))).ok();
    assert_eq!(loaded.bookmarks, [r#"{"n":2}"#]);
    assert_eq!(place.bookmark().as_deref(), Some(r#"{"n":2}"#));
}

fn an_empty_input_does_nothing(place: &Place) {
    let loaded = place.load("{}", "").ok();
    assert!(loaded.bookmarks.is_empty());
    assert!(place.tables().is_empty());
    assert_eq!(place.bookmark(), None);
}

fn the_committed_bookmark_can_be_asked_for(place: &Place) {
    assert_eq!(place.bookmark(), None);
    place.load("{}", &(items("s") + &item("s", 1, 1) + &state("1"))).ok();
    place.load("{}", &(items("s") + &item("s", 1, 2) + &state("2"))).ok();
    place.load("{}", &(items("s") + &item("s", 1, 3))).ok();
    assert_eq!(place.bookmark().as_deref(), Some("2"), "a load without a bookmark takes none away");
}

fn several_streams_go_in_together(place: &Place) {
    let input = [
        items("b") + &items("a"),
        item("a", 1, 1) + &item("b", 1, 1) + &item("a", 1, 2) + &state("1"),
        item("b", 2, 1) + &item("b", 1, 2) + &state("2"),
    ];
    let loaded = place.load("{}", &input.concat()).ok();
    assert_eq!(loaded.bookmarks, ["2"]);
    assert_eq!(place.rows("a", &["id", "x"]), [r#"1 | "1""#, r#"2 | "1""#]);
    assert_eq!(place.rows("b", &["id", "x"]), [r#"1 | "2""#, r#"2 | "1""#]);
    assert!(loaded.report.contains("1 commit\n"), "{}", loaded.report);
}

fn a_change_of_schema_in_mid_stream_loses_no_row_before_it(place: &Place) {
    let wider = schema("s", &["id"], &[("id", INTEGER), ("x", TEXT), ("y", NUMBER)]);
    let narrow = schema("s", &["id"], &[("id", INTEGER)]);
    let input = [
        items("s") + &item("s", 1, 1) + &item("s", 1, 2),
        wider + &sequenced("s", 2, r#"{"id":2,"x":"b","y":0.5}"#) + &sequenced("s", 1, r#"{"id":3,"y":1}"#),
        narrow + &sequenced("s", 1, r#"{"id":4,"x":"not in the schema"}"#),
        items("s") + &item("s", 1, 5) + &state("1"),
    ];
    let loaded = place.load("{}", &input.concat()).ok();
    let expected =
        [r#"1 | "1" | NULL"#, r#"2 | "b" | 0.5"#, "3 | NULL | 1", "4 | NULL | NULL", r#"5 | "1" | NULL"#];
    assert_eq!(place.rows("s", &["id", "x", "y"]), expected);
    assert_eq!(loaded.bookmarks, ["1"]);
    assert_eq!(loaded.counts("s").received, 6);
}

fn a_schema_that_is_said_again_changes_nothing(place: &Place) {
    let input = [items("s"), item("s", 1, 1), items("s"), item("s", 1, 2), items("s")].concat();
    let loaded = place.load("{}", &input).ok();
    assert_eq!(place.rows("s", &["id"]), ["1", "2"]);
    assert!(loaded.report.contains("1 commit\n"), "{}", loaded.report);
}

fn a_bookmark_before_a_change_of_schema_is_let_out_with_its_rows(place: &Place) {
    let wider = schema("s", &["id"], &[("id", INTEGER), ("y", TEXT)]);
    let input = [items("s"), item("s", 1, 1), state("1"), wider, "nonsense\n".to_owned()].concat();
    let loaded = place.load("{}", &input);
    loaded.fails(Class::Input);
    assert_eq!(loaded.bookmarks, ["1"]);
    assert_eq!(place.rows("s", &["id"]), ["1"]);
}

/// A view stands where the stream `broken` wants its table: nothing can be added to that.
fn broken() -> String {
    schema("broken", &[], &[("x", TEXT)]) + &record("broken", r#"{"x":"y"}"#)
}

fn a_commit_that_fails_leaves_nothing(place: &Place) {
    place.load("{}", &(items("a") + &item("a", 1, 1) + &state("1"))).ok();
    place.execute("create view broken as select 1 as one");
    let (before, tables) = (place.dump("a"), place.tables());
    let wider = schema("a", &["id"], &[("id", INTEGER), ("x", TEXT), ("y", TEXT)]);
    let input = [
        wider + &sequenced("a", 2, r#"{"id":1,"x":"new","y":"y"}"#) + &item("a", 1, 2),
        items("an_other") + &item("an_other", 1, 1),
        broken() + &state("2"),
    ];
    let loaded = place.load("{}", &input.concat());
    let words = loaded.fails(Class::Destination);
    assert!(words.contains("broken"), "{words}");
    assert!(loaded.bookmarks.is_empty());
    assert_eq!(place.dump("a"), before, "neither rows nor the new column");
    assert!(place.find("an_other").is_none());
    assert_eq!(place.tables(), tables);
    assert_eq!(place.bookmark().as_deref(), Some("1"));
    assert_eq!(place.dump("_sdc_loads").rows.len(), 1);
}

fn what_was_committed_before_a_failure_stays(place: &Place) {
    place.execute("create view broken as select 1 as one");
    let input = [
        items("a") + &item("a", 1, 1) + &state("1") + &item("a", 1, 2) + &state("2"),
        broken() + &state("3") + &item("a", 1, 3) + &state("4"),
    ];
    let loaded = place.load(r#"{"batch_size_rows":1}"#, &input.concat());
    loaded.fails(Class::Destination);
    assert_eq!(place.rows("a", &["id"]), ["1", "2"]);
    // The bookmark of the second row came after its commit, so it may be on the way with what failed.
    assert_eq!(loaded.bookmarks, ["1"]);
    assert_eq!(place.bookmark().as_deref(), Some("1"));
}

/// Some columns of the ledger, in order.
#[track_caller]
fn ledger(place: &Place, columns: &[&str]) -> Vec<String> {
    place.rows("_sdc_loads", columns)
}

fn one_commit_is_one_row_in_the_ledger(place: &Place) {
    let input = [
        items("a") + &items("b") + &item("a", 1, 1) + &item("b", 1, 1),
        item("b", 2, 1) + &item("b", 1, 1) + &state(r#"{"n":1}"#),
    ];
    place.load("{}", &input.concat()).ok();
    let counts = [
        "flush",
        "received",
        "inserted",
        "replaced",
        "stale",
        "duplicate",
        "deleted",
        "rejected",
        "bookmark",
    ];
    assert_eq!(ledger(place, &counts), [r#"1 | 4 | 2 | 0 | 2 | 0 | 0 | 0 | "{\"n\":1}""#]);
    let streams: BTreeMap<String, BTreeMap<String, u64>> =
        serde_json::from_str(&ledger(place, &["streams"])[0]).unwrap();
    assert_eq!((streams["a"]["received"], streams["b"]["received"]), (1, 3));
    assert_eq!(streams["b"]["stale"], 2);
    // Bytes are those of the records' lines, without their ends.
    let lines = [item("a", 1, 1), item("b", 1, 1), item("b", 2, 1), item("b", 1, 1)];
    let bytes: usize = lines.iter().map(|line| line.trim_end().len()).sum();
    assert_eq!(ledger(place, &["bytes"]), [bytes.to_string()]);
    let times = ledger(place, &["sealed_at", "committed_at"]);
    assert!(!times[0].contains("NULL"), "{times:?}");
}

fn every_record_of_every_load_is_accounted_for(place: &Place) {
    let properties = [("id", INTEGER), ("x", TEXT), ("_sdc_deleted_at", TIMESTAMP)];
    let schema = schema("s", &["id"], &properties);
    let record = |n: i64| {
        let (id, sequence) = (n * 7 % 11, n * 5 % 8);
        match n % 9 {
            0 => sequenced("s", sequence, &format!(r#"{{"id":{id},"x":7}}"#)),
            1 | 2 => sequenced(
                "s",
                sequence,
                &format!(r#"{{"id":{id},"_sdc_deleted_at":"2024-01-01T00:00:00Z"}}"#),
            ),
            _ => item("s", sequence, id),
        }
    };
    let input = schema + &(0..200).map(record).collect::<String>();
    for rows in [3, 50, 1000] {
        let settings = format!(r#"{{"on_invalid_record":"reject","batch_size_rows":{rows}}}"#);
        let counts = place.load(&settings, &input).ok().counts("s");
        assert_eq!((counts.received, counts.remainder()), (200, 0));
    }
    let outcomes = ["inserted", "replaced", "stale", "duplicate", "deleted", "rejected"];
    let mut sums = [0; 7];
    for row in ledger(place, &[&["received"], &outcomes[..]].concat()) {
        let numbers: Vec<u64> = row.split(" | ").map(|number| number.parse().unwrap()).collect();
        assert_eq!(numbers[0], numbers[1..].iter().sum::<u64>(), "{row}");
        sums.iter_mut().zip(&numbers).for_each(|(sum, number)| *sum += number);
    }
    assert_eq!(sums[0], 600);
    assert!(sums.iter().all(|&sum| sum > 0), "every outcome happened: {sums:?}");
    assert_eq!(sums[6], place.rejects().len() as u64);
}

fn the_tables_are_remembered(place: &Place) {
    let logs = schema("logs", &[], &[("line", TEXT)]) + &record("logs", r#"{"line":"x"}"#);
    let pairs = schema("Pairs", &["b", "a"], &[("a", INTEGER), ("b", TEXT)]);
    let input = [logs, pairs + &sequenced("Pairs", 1, r#"{"a":1,"b":"x"}"#), items("never")];
    place.load("{}", &input.concat()).ok();
    let columns = ["table_name", "stream", "mode", "key_columns", "sequence_source", "active_version"];
    let expected = [
        r#""Pairs" | "Pairs" | "merge" | ["a","b"] | "message" | NULL"#,
        r#""logs" | "logs" | "append" | [] | "arrival (nanoseconds)" | NULL"#,
        r#""never" | "never" | "merge" | ["id"] | NULL | NULL"#,
    ];
    assert_eq!(place.rows("_sdc_tables", &columns), expected);
    let arrivals = place.rows("_sdc_tables", &["arrival_sequence"]);
    assert_eq!(arrivals.iter().filter(|arrival| *arrival == "NULL").count(), 2);
    assert!(place.rows("logs", &["_sdc_sequence"]).iter().all(|sequence| arrivals.contains(sequence)));
    place.load("{}", &(items("never") + &item("never", 1, 1))).ok();
    assert_eq!(place.rows("_sdc_tables", &["stream", "sequence_source"])[2], r#""never" | "message""#);
}
