//! Tables follow their schemas: columns become wider with the rows that need it, or split; what people did to a table is respected.

use target::error::Class;

use crate::support::messages::*;
use crate::support::place::{Place, everywhere, in_databases};

everywhere! {
    a_property_of_a_new_type_gets_a_column_of_its_own,
    a_split_column_is_found_again,
    a_type_that_comes_back_goes_to_its_first_column,
    a_value_that_needs_a_wider_column_widens_the_one_that_it_goes_to,
    a_type_that_changes_after_a_column_became_wider_splits_all_the_same,
    a_null_object_is_carried_with_all_its_members,
    a_property_with_the_name_of_a_split_column_keeps_it,
    conflicts_can_be_refused,
    keys_never_split,
    an_integer_column_grows_with_its_values,
    a_day_column_takes_a_time_when_one_comes,
    a_schema_change_in_mid_stream_loses_no_row,
    keep_leaves_what_a_record_does_not_carry,
    keep_takes_nothing_from_a_stale_record,
    a_null_is_not_a_missing_property,
    without_keys_a_stream_can_be_refused,
}

in_databases! {
    a_user_s_columns_stay_as_they_are,
    a_column_that_a_user_dropped_comes_back,
    a_column_that_a_user_made_narrower_is_kept_until_a_value_needs_more,
    numbers_with_any_digits_are_exact,
}

fn things(properties: &[(&str, &str)]) -> String {
    let all: Vec<_> = [("id", INTEGER)].iter().chain(properties).copied().collect();
    schema("things", &["id"], &all)
}

fn thing(sequence: i64, record: &str) -> String {
    sequenced("things", sequence, record)
}

fn a_property_of_a_new_type_gets_a_column_of_its_own(place: &Place) {
    for (id, (schema, value)) in
        [(BOOLEAN, "true"), (INTEGER, "5"), (TIMESTAMP, r#""2024-01-01T00:00:00Z""#), (TEXT, r#""x""#)]
            .iter()
            .enumerate()
    {
        let record = thing(1, &format!(r#"{{"id":{id},"v":{value}}}"#));
        place.load("{}", &(things(&[("v", schema)]) + &record)).ok();
    }
    assert_eq!(
        place.rows("things", &["id", "v", "v__bi", "v__ti", "v__st"]),
        [
            "0 | true | NULL | NULL | NULL",
            "1 | NULL | 5 | NULL | NULL",
            "2 | NULL | NULL | 2024-01-01T00:00:00.000000Z | NULL",
            r#"3 | NULL | NULL | NULL | "x""#
        ]
    );
}

fn a_split_column_is_found_again(place: &Place) {
    place.load("{}", &(things(&[("v", BOOLEAN)]) + &thing(1, r#"{"id":1,"v":true}"#))).ok();
    for id in 2..4 {
        let record = thing(1, &format!(r#"{{"id":{id},"v":"x"}}"#));
        place.load("{}", &(things(&[("v", TEXT)]) + &record)).ok();
    }
    let table = place.dump("things");
    assert_eq!(table.names().iter().filter(|name| name.starts_with('v')).count(), 2, "{:?}", table.names());
    assert_eq!(place.rows("things", &["id", "v__st"]), ["1 | NULL", r#"2 | "x""#, r#"3 | "x""#]);
}

fn a_type_that_comes_back_goes_to_its_first_column(place: &Place) {
    place.load("{}", &(things(&[("v", BOOLEAN)]) + &thing(1, r#"{"id":1,"v":true}"#))).ok();
    place.load("{}", &(things(&[("v", TEXT)]) + &thing(2, r#"{"id":1,"v":"x"}"#))).ok();
    assert_eq!(place.rows("things", &["v", "v__st"]), [r#"NULL | "x""#]);
    place.load("{}", &(things(&[("v", BOOLEAN)]) + &thing(3, r#"{"id":1,"v":false}"#))).ok();
    assert_eq!(place.rows("things", &["v", "v__st"]), ["false | NULL"]);
}

fn a_value_that_needs_a_wider_column_widens_the_one_that_it_goes_to(place: &Place) {
    let big = "9223372036854775808";
    place.load("{}", &(things(&[("v", BOOLEAN)]) + &thing(1, r#"{"id":1,"v":true}"#))).ok();
    place.load("{}", &(things(&[("v", INTEGER)]) + &thing(1, &format!(r#"{{"id":2,"v":{big}}}"#)))).ok();
    assert_eq!(
        place.rows("things", &["id", "v", "v__bi"]),
        ["1 | true | NULL".to_owned(), format!("2 | NULL | {big}")]
    );
    // The split column is there already, and not wide enough.
    let other = || schema("others", &["id"], &[("id", INTEGER), ("v", INTEGER)]);
    let first = schema("others", &["id"], &[("id", INTEGER), ("v", BOOLEAN)]);
    place.load("{}", &(first + &sequenced("others", 1, r#"{"id":1,"v":true}"#))).ok();
    place.load("{}", &(other() + &sequenced("others", 1, r#"{"id":2,"v":5}"#))).ok();
    place.load("{}", &(other() + &sequenced("others", 1, &format!(r#"{{"id":3,"v":{big}}}"#)))).ok();
    assert_eq!(
        place.rows("others", &["id", "v", "v__bi"]),
        ["1 | true | NULL".to_owned(), "2 | NULL | 5".to_owned(), format!("3 | NULL | {big}")]
    );
}

fn a_type_that_changes_after_a_column_became_wider_splits_all_the_same(place: &Place) {
    let big = "9223372036854775808";
    let input = things(&[("v", INTEGER)])
        + &thing(1, &format!(r#"{{"id":1,"v":{big}}}"#))
        + &things(&[("v", BOOLEAN)])
        + &thing(1, r#"{"id":2,"v":true}"#);
    place.load("{}", &input).ok();
    assert_eq!(
        place.rows("things", &["id", "v", "v__bo"]),
        [format!("1 | {big} | NULL"), "2 | NULL | true".to_owned()]
    );
    let days =
        |schema: &str| crate::support::messages::schema("days", &["id"], &[("id", INTEGER), ("v", schema)]);
    let input = days(DATE)
        + &sequenced("days", 1, r#"{"id":1,"v":"2024-01-01T12:00:00Z"}"#)
        + &days(TEXT)
        + &sequenced("days", 1, r#"{"id":2,"v":"2024-01-01T12:00:00.000+02:00"}"#);
    place.load("{}", &input).ok();
    assert_eq!(place.rows("days", &["id", "v__st"]), ["1 | NULL", r#"2 | "2024-01-01T12:00:00.000+02:00""#]);
}

fn a_null_object_is_carried_with_all_its_members(place: &Place) {
    let object = r#"{"type":["null","object"],"properties":{"a":{"type":["null","integer"]},"b":{"type":["null","integer"]}}}"#;
    let settings = r#"{"missing_properties":"keep","nested":"flatten"}"#;
    let things = || things(&[("o", object)]);
    place
        .load(
            settings,
            &(things()
                + &thing(1, r#"{"id":1,"o":{"a":1,"b":2}}"#)
                + &thing(1, r#"{"id":2,"o":{"a":1,"b":2}}"#)),
        )
        .ok();
    place
        .load(
            settings,
            &(things() + &thing(2, r#"{"id":1,"o":null}"#) + &thing(2, r#"{"id":2,"o":{"a":5}}"#)),
        )
        .ok();
    assert_eq!(place.rows("things", &["id", "o__a", "o__b"]), ["1 | NULL | NULL", "2 | 5 | 2"]);
}

fn a_property_with_the_name_of_a_split_column_keeps_it(place: &Place) {
    place.load("{}", &(things(&[("v", BOOLEAN)]) + &thing(1, r#"{"id":1,"v":true}"#))).ok();
    let both = things(&[("v", TEXT), ("v__st", TEXT)]);
    place.load("{}", &(both + &thing(2, r#"{"id":2,"v":"of v","v__st":"its own"}"#))).ok();
    assert_eq!(place.rows("things", &["id", "v__st"]), ["1 | NULL", r#"2 | "its own""#]);
    let table = place.dump("things");
    let split = table.names().into_iter().find(|name| name.starts_with("v__st_")).expect("a hash").to_owned();
    assert_eq!(place.rows("things", &["id", &split])[1], r#"2 | "of v""#);
}

fn conflicts_can_be_refused(place: &Place) {
    place.load("{}", &(things(&[("v", BOOLEAN)]) + &thing(1, r#"{"id":1,"v":true}"#))).ok();
    let loaded = place
        .load(r#"{"on_type_conflict":"fail"}"#, &(things(&[("v", TEXT)]) + &thing(2, r#"{"id":1,"v":"x"}"#)));
    let words = loaded.fails(Class::Usage);
    assert!(["\"v\"", "boolean", "text"].iter().all(|word| words.contains(word)), "{words}");
    assert_eq!(place.rows("things", &["id", "v"]), ["1 | true"]);
}

fn keys_never_split(place: &Place) {
    place.load("{}", &(things(&[]) + &thing(1, r#"{"id":1}"#))).ok();
    let text = schema("things", &["id"], &[("id", TEXT)]);
    let words = place.load("{}", &(text + &thing(2, r#"{"id":"a"}"#))).fails(Class::Usage);
    assert!(["things", "\"id\"", "integer", "text"].iter().all(|word| words.contains(word)), "{words}");
}

fn an_integer_column_grows_with_its_values(place: &Place) {
    let big = "123456789012345678901234567890";
    let input = things(&[("v", INTEGER)])
        + &thing(1, r#"{"id":1,"v":7}"#)
        + &thing(1, &format!(r#"{{"id":2,"v":{big}}}"#))
        + &thing(1, r#"{"id":3,"v":8}"#)
        + &state("1");
    let loaded = place.load("{}", &input).ok();
    assert_eq!(loaded.bookmarks, ["1"]);
    assert_eq!(
        place.rows("things", &["id", "v"]),
        ["1 | 7".to_owned(), format!("2 | {big}"), "3 | 8".to_owned()]
    );
    // The first record of all, and a later run.
    let first = schema("first", &["id"], &[("id", INTEGER), ("v", INTEGER)]);
    place.load("{}", &(first.clone() + &sequenced("first", 1, &format!(r#"{{"id":1,"v":-{big}}}"#)))).ok();
    place.load("{}", &(first + &sequenced("first", 1, r#"{"id":2,"v":5}"#))).ok();
    assert_eq!(place.rows("first", &["id", "v"]), [format!("1 | -{big}"), "2 | 5".to_owned()]);
}

fn a_day_column_takes_a_time_when_one_comes(place: &Place) {
    let input = things(&[("d", DATE)])
        + &thing(1, r#"{"id":1,"d":"2024-05-06"}"#)
        + &thing(1, r#"{"id":2,"d":"2024-05-06T07:08:09+02:00"}"#)
        + &thing(1, r#"{"id":3,"d":"2024-05-07"}"#);
    place.load("{}", &input).ok();
    assert_eq!(
        place.rows("things", &["id", "d"]),
        [
            "1 | 2024-05-06T00:00:00.000000Z",
            "2 | 2024-05-06T05:08:09.000000Z",
            "3 | 2024-05-07T00:00:00.000000Z"
        ]
    );
}

fn a_schema_change_in_mid_stream_loses_no_row(place: &Place) {
    let input = things(&[("a", INTEGER)])
        + &thing(1, r#"{"id":1,"a":1}"#)
        + &things(&[("a", NUMBER), ("b", TEXT)])
        + &thing(1, r#"{"id":2,"a":1.5,"b":"x"}"#)
        + &things(&[("a", TEXT)])
        + &thing(1, r#"{"id":3,"a":"t"}"#)
        + &things(&[("a", INTEGER)])
        + &thing(1, r#"{"id":4,"a":4}"#);
    place.load("{}", &input).ok();
    assert_eq!(
        place.rows("things", &["id", "a", "b", "a__st"]),
        ["1 | 1 | NULL | NULL", r#"2 | 1.5 | "x" | NULL"#, r#"3 | NULL | NULL | "t""#, "4 | 4 | NULL | NULL"]
    );
}

const KEEP: &str = r#"{"missing_properties":"keep"}"#;

fn keep_leaves_what_a_record_does_not_carry(place: &Place) {
    let things = || things(&[("a", INTEGER), ("b", TEXT)]);
    place
        .load(KEEP, &(things() + &thing(1, r#"{"id":1,"a":1,"b":"x"}"#) + &thing(1, r#"{"id":2,"a":2}"#)))
        .ok();
    place.load(KEEP, &(things() + &thing(2, r#"{"id":1,"a":10}"#) + &thing(2, r#"{"id":2,"b":"y"}"#))).ok();
    assert_eq!(
        place.rows("things", &["id", "a", "b", "_sdc_sequence"]),
        [r#"1 | 10 | "x" | 2"#, r#"2 | 2 | "y" | 2"#]
    );
    // Several in one batch.
    let batch = things()
        + &thing(3, r#"{"id":1,"a":100}"#)
        + &thing(4, r#"{"id":1,"b":"z"}"#)
        + &thing(3, r#"{"id":3,"b":"n"}"#);
    place.load(KEEP, &batch).ok();
    assert_eq!(
        place.rows("things", &["id", "a", "b"]),
        [r#"1 | 100 | "z""#, r#"2 | 2 | "y""#, r#"3 | NULL | "n""#]
    );
    // Without it the row is its newest record.
    place.load("{}", &(things() + &thing(9, r#"{"id":1,"a":0}"#))).ok();
    assert_eq!(place.rows("things", &["id", "a", "b"])[0], "1 | 0 | NULL");
}

fn keep_takes_nothing_from_a_stale_record(place: &Place) {
    let things = || things(&[("a", INTEGER), ("b", TEXT)]);
    place.load(KEEP, &(things() + &thing(5, r#"{"id":1,"a":1}"#))).ok();
    place.load(KEEP, &(things() + &thing(4, r#"{"id":1,"a":0,"b":"late"}"#))).ok();
    assert_eq!(place.rows("things", &["a", "b"]), ["1 | NULL"]);
}

fn a_null_is_not_a_missing_property(place: &Place) {
    let things = || things(&[("a", INTEGER), ("b", TEXT)]);
    place.load(KEEP, &(things() + &thing(1, r#"{"id":1,"a":1,"b":"x"}"#))).ok();
    place.load(KEEP, &(things() + &thing(2, r#"{"id":1,"a":null}"#))).ok();
    assert_eq!(place.rows("things", &["a", "b"]), [r#"NULL | "x""#]);
}

fn without_keys_a_stream_can_be_refused(place: &Place) {
    let keyless = schema("logs", &[], &[("x", TEXT)]);
    let words = place.load(r#"{"primary_key_required":true}"#, &keyless).fails(Class::Usage);
    assert!(words.contains("logs") && words.contains("primary_key_required"), "{words}");
    let hashed = r#"{"primary_key_required":true,"streams":{"logs":{"key_properties":"record_hash"}}}"#;
    place.load(hashed, &keyless).ok();
}

fn a_user_s_columns_stay_as_they_are(place: &Place) {
    let things = || things(&[("a", INTEGER)]);
    place.load("{}", &(things() + &thing(1, r#"{"id":1,"a":1}"#))).ok();
    place.execute("alter table things add column note varchar; update things set note = 'mine'");
    place.load("{}", &(things() + &thing(2, r#"{"id":1,"a":2}"#) + &thing(2, r#"{"id":2,"a":2}"#))).ok();
    assert_eq!(place.rows("things", &["id", "a", "note"]), [r#"1 | 2 | "mine""#, "2 | 2 | NULL"]);
}

fn a_column_that_a_user_dropped_comes_back(place: &Place) {
    let things = || things(&[("a", INTEGER), ("b", INTEGER)]);
    place.load("{}", &(things() + &thing(1, r#"{"id":1,"a":1,"b":1}"#))).ok();
    place.execute("alter table things drop column a");
    place.load("{}", &(things() + &thing(2, r#"{"id":2,"a":2,"b":2}"#))).ok();
    assert_eq!(place.rows("things", &["id", "a", "b"]), ["1 | NULL | 1", "2 | 2 | 2"]);
}

fn a_column_that_a_user_made_narrower_is_kept_until_a_value_needs_more(place: &Place) {
    let things = || things(&[("a", INTEGER)]);
    place.load("{}", &(things() + &thing(1, r#"{"id":1,"a":1}"#))).ok();
    place.execute("alter table things alter column a type integer");
    place.load("{}", &(things() + &thing(1, r#"{"id":2,"a":2147483647}"#))).ok();
    assert_eq!(place.dump("things").type_of("a"), "32-bit integer");
    place.load("{}", &(things() + &thing(1, r#"{"id":3,"a":2147483648}"#))).ok();
    assert_eq!(place.dump("things").type_of("a"), "integer");
    assert_eq!(place.rows("things", &["a"]), ["1", "2147483647", "2147483648"]);
}

fn numbers_with_any_digits_are_exact(place: &Place) {
    let things = || things(&[("v", NUMBER)]);
    let exact = ["0.1", "1.5e10", "0.12345678901234567890", "-12345678901234567.89"];
    for (id, value) in exact.iter().enumerate() {
        place.load("{}", &(things() + &thing(1, &format!(r#"{{"id":{id},"v":{value}}}"#)))).ok();
    }
    let rows = place.rows("things", &["v"]);
    let mut plain = ["0.1", "15000000000", "0.1234567890123456789", "-12345678901234567.89"];
    plain.sort_unstable();
    assert_eq!(rows, plain);
    // More than any decimal of DuckDB's holds.
    let long = "1234567890123456789012345678901234567890.12345678901234567890123456789";
    place.load("{}", &(things() + &thing(1, &format!(r#"{{"id":9,"v":{long}}}"#)))).ok();
    let rows = place.rows("things", &["v"]);
    assert!(rows.iter().any(|row| row.trim_matches('"') == long), "{rows:?}");
    assert!(rows.iter().any(|row| row.trim_matches('"').trim_end_matches('0') == "0.1"), "{rows:?}");
}
