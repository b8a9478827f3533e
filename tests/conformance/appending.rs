//! Append mode: every record is a row, and a replay doubles none that can be recognised.

use target::error::Class;

use crate::support::messages::*;
use crate::support::place::{Place, everywhere, in_databases};

everywhere! {
    a_new_version_of_the_same_sequences_is_appended_whole,
    every_record_is_a_row,
    a_key_and_sequence_that_the_table_holds_is_not_appended_again,
    with_the_order_of_arrival_nothing_is_recognised,
    what_is_recognised_can_be_appended_again_if_asked,
    a_table_stays_in_its_mode,
    a_tie_keeps_the_first_row_whatever_on_tie_says,
}

in_databases! {
    a_view_shows_the_newest_row_of_each_key,
    a_view_follows_its_table,
}

const APPEND: &str = r#"{"load_method":"append-only"}"#;

fn visits() -> String {
    schema("visits", &["id"], &[("id", INTEGER), ("x", TEXT)])
}

fn visit(sequence: i64, id: i64, x: &str) -> String {
    sequenced("visits", sequence, &format!(r#"{{"id":{id},"x":"{x}"}}"#))
}

fn every_record_is_a_row(place: &Place) {
    let records = [visit(2, 1, "b"), visit(1, 1, "a"), visit(3, 1, "c"), visit(1, 2, "a")];
    let counts = place.load(APPEND, &(visits() + &records.concat())).ok().counts("visits");
    let expected = [r#"1 | 1 | "a""#, r#"1 | 2 | "b""#, r#"1 | 3 | "c""#, r#"2 | 1 | "a""#];
    assert_eq!(place.rows("visits", &["id", "_sdc_sequence", "x"]), expected);
    assert_eq!((counts.received, counts.inserted, counts.replaced, counts.stale), (4, 4, 0, 0));
}

fn a_key_and_sequence_that_the_table_holds_is_not_appended_again(place: &Place) {
    let input = visits() + &visit(1, 1, "a") + &visit(1, 1, "a") + &visit(2, 1, "b") + &visit(1, 2, "c");
    let first = place.load(APPEND, &input).ok().counts("visits");
    assert_eq!((first.received, first.inserted, first.duplicate), (4, 3, 1));
    let before = place.dump("visits");
    let again =
        place.load(r#"{"load_method":"append-only","batch_size_rows":1}"#, &input).ok().counts("visits");
    assert_eq!((again.received, again.inserted, again.duplicate), (4, 0, 4));
    assert_eq!(place.dump("visits"), before);
}

fn with_the_order_of_arrival_nothing_is_recognised(place: &Place) {
    let input = visits() + &record("visits", r#"{"id":1,"x":"a"}"#);
    place.load(APPEND, &input).ok();
    place.load(APPEND, &input).ok();
    assert_eq!(place.rows("visits", &["id", "x"]), [r#"1 | "a""#, r#"1 | "a""#]);
}

fn what_is_recognised_can_be_appended_again_if_asked(place: &Place) {
    let settings = r#"{"load_method":"append-only","append_unique":false}"#;
    let input = visits() + &visit(1, 1, "a") + &visit(1, 1, "a");
    place.load(settings, &input).ok();
    place.load(settings, &input).ok();
    assert_eq!(place.rows("visits", &["id", "x"]), [r#"1 | "a""#; 4]);
}

fn a_table_stays_in_its_mode(place: &Place) {
    place.load(APPEND, &(visits() + &visit(1, 1, "a"))).ok();
    let words = place.load("{}", &(visits() + &visit(2, 1, "b"))).fails(Class::Usage);
    assert!(words.contains("append") && words.contains("merge"), "{words}");
    assert_eq!(place.rows("visits", &["id", "x"]), [r#"1 | "a""#]);
}

fn a_tie_keeps_the_first_row_whatever_on_tie_says(place: &Place) {
    let settings = r#"{"load_method":"append-only","sequence":{"property":"n"},"on_tie":"replace"}"#;
    let things = schema("visits", &["id"], &[("id", INTEGER), ("n", INTEGER), ("x", TEXT)]);
    let records =
        record("visits", r#"{"id":1,"n":5,"x":"a"}"#) + &record("visits", r#"{"id":1,"n":5,"x":"b"}"#);
    place.load(settings, &(things.clone() + &records)).ok();
    place.load(settings, &(things + &record("visits", r#"{"id":1,"n":5,"x":"c"}"#))).ok();
    // What is stored is never changed.
    assert_eq!(place.rows("visits", &["id", "n", "x"]), [r#"1 | 5 | "a""#]);
}

const WITH_VIEW: &str = r#"{"load_method":"append-only","latest_view":true}"#;

fn a_view_shows_the_newest_row_of_each_key(place: &Place) {
    let records = [visit(2, 1, "b"), visit(1, 1, "a"), visit(9, 2, "c")];
    place.load(WITH_VIEW, &(visits() + &records.concat())).ok();
    assert_eq!(place.rows("visits_latest", &["id", "x"]), [r#"1 | "b""#, r#"2 | "c""#]);
    place.load(WITH_VIEW, &(visits() + &visit(3, 1, "d") + &visit(4, 2, "late"))).ok();
    assert_eq!(place.rows("visits_latest", &["id", "x"]), [r#"1 | "d""#, r#"2 | "c""#]);
    assert_eq!(place.rows("visits", &["id"]).len(), 5);
}

fn a_view_follows_its_table(place: &Place) {
    place.load(WITH_VIEW, &(visits() + &visit(1, 1, "a"))).ok();
    // A new column before the others, and one more that gets a wider type later.
    let more = schema("visits", &["id"], &[("new", TEXT), ("id", INTEGER), ("n", INTEGER), ("x", TEXT)]);
    place.load(WITH_VIEW, &(more + &sequenced("visits", 2, r#"{"id":1,"new":"y","n":1}"#))).ok();
    let wider = schema("visits", &["id"], &[("id", INTEGER), ("n", NUMBER)]);
    place.load(WITH_VIEW, &(wider + &sequenced("visits", 1, r#"{"id":2,"n":1.5}"#))).ok();
    let rows = place.rows("visits_latest", &["id", "new", "n"]);
    assert_eq!(rows, [r#"1 | "y" | 1"#, "2 | NULL | 1.5"]);
}

/// A full load again, of data that has not changed since.
fn a_new_version_of_the_same_sequences_is_appended_whole(place: &Place) {
    let of = |version: i64, id: i64, u: i64| {
        record_with("s", &format!(r#"{{"id":{id},"u":{u}}}"#), &format!(r#","version":{version}"#))
    };
    let activate =
        |version: i64| format!(r#"{{"type":"ACTIVATE_VERSION","stream":"s","version":{version}}}"#) + "\n";
    let schema = || schema("s", &["id"], &[("id", INTEGER), ("u", INTEGER)]);
    let settings = r#"{"load_method":"append-only","sequence":{"property":"u"},"hard_delete":true}"#;
    place.load(settings, &(schema() + &of(1, 1, 5) + &of(1, 2, 5) + &activate(1))).ok();
    let again = schema() + &of(2, 1, 5) + &of(2, 2, 6) + &activate(2);
    place.load(settings, &again).ok();
    let expected = ["1 | 5 | 2", "2 | 6 | 2"];
    assert_eq!(place.rows("s", &["id", "u", "_sdc_table_version"]), expected);
    // A replay of it adds nothing.
    place.load(settings, &again).ok();
    assert_eq!(place.rows("s", &["id", "u", "_sdc_table_version"]), expected);
}
