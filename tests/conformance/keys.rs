//! Which records are one.

use target::error::Class;

use crate::support::messages::*;
use crate::support::place::{Place, everywhere};

everywhere! {
    the_parts_of_a_composite_key_do_not_run_together,
    texts_that_look_alike_are_different_keys,
    two_ways_to_write_a_number_are_one_key,
    two_ways_to_write_an_instant_are_one_key,
    two_ways_to_write_a_uuid_are_one_key,
    every_type_that_can_be_compared_can_be_a_key,
    a_key_that_may_be_of_any_type_is_an_error,
    a_key_that_is_not_in_the_schema_is_an_error,
    another_key_than_the_table_has_is_an_error,
    the_order_of_key_properties_does_not_matter,
    the_settings_can_name_the_key,
    a_stream_without_a_key_is_appended,
    a_hash_of_the_record_can_be_the_key,
    a_missing_or_null_key_is_an_error,
}

fn parts() -> String {
    schema("parts", &["a", "b"], &[("a", TEXT), ("b", TEXT), ("x", INTEGER)])
}

fn part(sequence: i64, a: &str, b: &str) -> String {
    sequenced("parts", sequence, &format!(r#"{{"a":{},"b":{},"x":{sequence}}}"#, text(a), text(b)))
}

fn the_parts_of_a_composite_key_do_not_run_together(place: &Place) {
    let keys =
        [("x,y", "z"), ("x", "y,z"), ("x,y,z", ""), ("", "x,y,z"), ("xy", "z"), ("x", "yz"), ("\"", "'")];
    let records: Vec<String> = keys.iter().map(|(a, b)| part(1, a, b)).collect();
    place.load("{}", &(parts() + &records.concat())).ok();
    place.load("{}", &(parts() + &part(2, "x", "y,z") + &part(0, "x,y", "z"))).ok();
    let mut expected: Vec<String> = keys
        .iter()
        .map(|(a, b)| format!("{} | {} | {}", text(a), text(b), if *b == "y,z" { 2 } else { 1 }))
        .collect();
    expected.sort();
    assert_eq!(place.rows("parts", &["a", "b", "x"]), expected);
}

fn texts_that_look_alike_are_different_keys(place: &Place) {
    // Case, spaces at the end, an accent as one character or two, Turkish dots, nothing.
    let keys = ["a", "A", "a ", " a", "\u{e9}", "e\u{301}", "I", "i", "\u{130}", "ß", "ss", ""];
    let names = schema("names", &["name"], &[("name", TEXT)]);
    let record = |name: &&str| sequenced("names", 1, &format!(r#"{{"name":{}}}"#, text(name)));
    let input = names + &keys.iter().map(record).collect::<String>();
    place.load("{}", &input).ok();
    place.load("{}", &input).ok();
    let mut expected: Vec<String> = keys.iter().map(|name| text(name)).collect();
    expected.sort();
    assert_eq!(place.rows("names", &["name"]), expected);
}

/// Loads the spellings of one key in one batch and in two; there must be one row, as `stored`.
#[track_caller]
fn one_key(place: &Place, ty: &str, spellings: &[&str], stored: &str) {
    let things = schema("things", &["key"], &[("key", ty), ("n", INTEGER)]);
    let record =
        |(n, key): (usize, &&str)| sequenced("things", n as i64, &format!(r#"{{"key":{key},"n":{n}}}"#));
    let input: String = spellings.iter().enumerate().map(record).collect();
    place.load("{}", &(things.clone() + &input)).ok();
    let expected = [format!("{stored} | {}", spellings.len() - 1)];
    assert_eq!(place.rows("things", &["key", "n"]), expected);
    let again = place.load(r#"{"batch_size_rows":1}"#, &(things + &input)).ok();
    assert_eq!(place.rows("things", &["key", "n"]), expected);
    assert_eq!(again.counts("things").inserted, 0);
}

fn two_ways_to_write_a_number_are_one_key(place: &Place) {
    one_key(place, NUMBER, &["150", "150.0", "1.5e2", "1500E-1", "150.000"], "150");
}

fn two_ways_to_write_an_instant_are_one_key(place: &Place) {
    let spellings = [
        r#""2024-05-06T12:00:00Z""#,
        r#""2024-05-06T14:00:00+02:00""#,
        r#""2024-05-06 12:00:00.000""#,
        r#""2024-05-06T07:00:00-0500""#,
    ];
    one_key(place, TIMESTAMP, &spellings, "2024-05-06T12:00:00.000000Z");
}

fn two_ways_to_write_a_uuid_are_one_key(place: &Place) {
    let spellings =
        [r#""F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6""#, r#""f81d4fae-7dec-11d0-a765-00a0c91e6bf6""#];
    one_key(place, UUID, &spellings, "f81d4fae-7dec-11d0-a765-00a0c91e6bf6");
}

fn every_type_that_can_be_compared_can_be_a_key(place: &Place) {
    let types = [
        (INTEGER, "-1", "0"),
        (NUMBER, "0.1", "0.10000000000000001"),
        (BOOLEAN, "true", "false"),
        (TEXT, r#""1""#, r#""2""#),
        (DATE, r#""0001-01-01""#, r#""9999-12-31""#),
        (TIME, r#""00:00:00""#, r#""23:59:59.999999""#),
        (TIMESTAMP, r#""1969-12-31T23:59:59.999999Z""#, r#""1970-01-01T00:00:00Z""#),
        (UUID, r#""00000000-0000-0000-0000-000000000000""#, r#""ffffffff-ffff-ffff-ffff-ffffffffffff""#),
    ];
    for (number, (ty, one, other)) in types.into_iter().enumerate() {
        // A double cannot tell these two numbers apart, and says so instead.
        let other = if ty == NUMBER && place.has_duckdb() { "0.2" } else { other };
        let name = format!("things_{number}");
        let things = schema(&name, &["key"], &[("key", ty), ("n", INTEGER)]);
        let at = |sequence: i64, key: &str| {
            sequenced(&name, sequence, &format!(r#"{{"key":{key},"n":{sequence}}}"#))
        };
        place.load("{}", &[things.clone(), at(5, one), at(5, other), at(4, one), at(6, other)].concat()).ok();
        place.load("{}", &[things, at(4, other), at(7, one)].concat()).ok();
        assert_eq!(place.rows(&name, &["n"]), ["6", "7"], "{ty}");
    }
}

fn a_key_that_may_be_of_any_type_is_an_error(place: &Place) {
    let input = schema("things", &["id"], &[("id", ANYTHING)]) + &sequenced("things", 1, r#"{"id":1}"#);
    let words = place.load("{}", &input).fails(Class::Input);
    assert!(words.contains("\"id\""), "{words}");
    assert!(place.find("things").is_none());
}

fn a_key_that_is_not_in_the_schema_is_an_error(place: &Place) {
    let input = schema("things", &["key"], &[("id", INTEGER)]) + &sequenced("things", 1, r#"{"id":1}"#);
    let words = place.load("{}", &input).fails(Class::Input);
    assert!(words.contains("\"key\""), "{words}");
    assert!(place.find("things").is_none());
}

fn another_key_than_the_table_has_is_an_error(place: &Place) {
    place.load("{}", &(parts() + &part(1, "a", "b") + &state("1"))).ok();
    let before = place.dump("parts");
    for keys in [&["a"][..], &["a", "b", "x"], &["x"]] {
        let other = schema("parts", keys, &[("a", TEXT), ("b", TEXT), ("x", INTEGER), ("new", TEXT)]);
        let loaded = place.load("{}", &(other + &part(2, "a", "b") + &state("2")));
        let words = loaded.fails(Class::Usage);
        assert!(words.contains("key is") && words.contains(&format!("{keys:?}")), "{words}");
        assert!(loaded.bookmarks.is_empty());
    }
    assert_eq!(place.dump("parts"), before, "nothing is written, and no column is added");
}

fn the_order_of_key_properties_does_not_matter(place: &Place) {
    place.load("{}", &(parts() + &part(1, "a", "b"))).ok();
    let turned = schema("parts", &["b", "a"], &[("b", TEXT), ("a", TEXT), ("x", INTEGER)]);
    place.load("{}", &(turned + &part(2, "a", "b") + &part(2, "b", "a"))).ok();
    assert_eq!(place.rows("parts", &["a", "b", "x"]), [r#""a" | "b" | 2"#, r#""b" | "a" | 2"#]);
}

fn the_settings_can_name_the_key(place: &Place) {
    let settings = r#"{"streams":{"parts":{"key_properties":["x"]}}}"#;
    place.load(settings, &(parts() + &part(1, "a", "b") + &part(1, "c", "d") + &part(2, "a", "b"))).ok();
    assert_eq!(place.rows("parts", &["x", "a"]), [r#"1 | "a""#, r#"2 | "a""#]);
}

fn a_stream_without_a_key_is_appended(place: &Place) {
    let logs = schema("logs", &[], &[("line", TEXT)]);
    let lines = sequenced("logs", 1, r#"{"line":"x"}"#) + &sequenced("logs", 1, r#"{"line":"x"}"#);
    let loaded = place.load("{}", &(logs.clone() + &lines)).ok();
    assert!(loaded.report.contains("logs") && loaded.report.contains("no key"), "{}", loaded.report);
    place.load(r#"{"load_method":"upsert"}"#, &(logs + &sequenced("logs", 0, r#"{"line":null}"#))).ok();
    assert_eq!(place.rows("logs", &["line"]), [r#""x""#, r#""x""#, "NULL"]);
}

fn a_hash_of_the_record_can_be_the_key(place: &Place) {
    let settings = r#"{"streams":{"logs":{"key_properties":"record_hash"}}}"#;
    let logs = schema("logs", &[], &[("a", TEXT), ("b", ANYTHING)]);
    let input: String = [
        r#"{"a":"x","b":{"c":1,"d":[1,2]}}"#,
        r#"{ "b": {"d": [1, 2], "c": 1}, "a": "x" }"#,
        r#"{"a":"x","b":{"c":1,"d":[2,1]}}"#,
        r#"{"a":"x"}"#,
        r#"{"a":"x","b":null}"#,
    ]
    .iter()
    .map(|line| record("logs", line))
    .collect();
    place.load(settings, &(logs.clone() + &input)).ok();
    let expected =
        [r#""x" | NULL"#, r#""x" | NULL"#, r#""x" | {"c":1,"d":[1,2]}"#, r#""x" | {"c":1,"d":[2,1]}"#];
    assert_eq!(place.rows("logs", &["a", "b"]), expected);
    let hashes = place.rows("logs", &["_sdc_record_hash"]);
    let again = place.load(settings, &(logs + &input)).ok().counts("logs");
    assert_eq!(again.inserted, 0);
    assert_eq!(place.rows("logs", &["_sdc_record_hash"]), hashes);
}

fn a_missing_or_null_key_is_an_error(place: &Place) {
    for record in [r#"{"a":"x"}"#, r#"{"a":"x","b":null}"#, r#"{"b":"x","a":null,"x":1}"#, "{}"] {
        let words = place.load("{}", &(parts() + &sequenced("parts", 1, record))).fails(Class::Input);
        assert!(words.contains("line 2") && words.contains("key"), "{words}");
    }
    assert!(place.dump("parts").rows.is_empty());
}
