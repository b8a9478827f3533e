//! At the limits: very many streams, a new column with every record, a bookmark of a megabyte, and what stands in the way of a change.

use std::thread;
use std::time::Duration;

use target::error::Class;

use crate::support::messages::*;
use crate::support::place::{Place, everywhere, in_databases};

everywhere! {
    a_tombstone_goes_after_its_time,
    every_record_may_bring_a_property_more,
    another_key_in_mid_stream_is_an_error_and_what_came_before_is_in,
    an_object_may_become_an_array,
    a_bookmark_may_be_very_long,
    a_null_for_a_bookmark_is_not_passed_on,
    a_thousand_streams_of_one_record_each_are_loaded,
    a_member_with_the_name_of_another_property_keeps_its_own_column_over_runs,
}

in_databases! {
    a_column_that_others_depend_on_is_not_lost,
    the_order_of_numbers_does_not_matter_where_one_makes_their_column_text,
}

fn a_tombstone_goes_after_its_time(place: &Place) {
    let properties = [("id", INTEGER), ("name", TEXT), ("_sdc_deleted_at", TIMESTAMP)];
    let load = |settings: &str, record: &str| {
        place.load(settings, &(schema("users", &["id"], &properties) + record)).ok().counts("users")
    };
    let gone = sequenced("users", 5, r#"{"id":1,"_sdc_deleted_at":"2024-05-06T00:00:00Z"}"#);
    let late = sequenced("users", 4, r#"{"id":1,"name":"late"}"#);
    let other = sequenced("users", 1, r#"{"id":2,"name":"other"}"#);
    for (settings, keys) in [
        (r#"{"hard_delete":true}"#, vec!["2"]),
        (r#"{"hard_delete":true,"tombstone_retention":"1 day"}"#, vec!["2"]),
        (r#"{"hard_delete":true,"tombstone_retention":"1ms"}"#, vec!["1", "2"]),
    ] {
        load(settings, &gone);
        thread::sleep(Duration::from_millis(20));
        // A commit takes away what is too old.
        load(settings, &other);
        load(settings, &late);
        assert_eq!(place.rows("users", &["id"]), keys, "{settings}");
    }
}

fn every_record_may_bring_a_property_more(place: &Place) {
    let names: Vec<String> = (0..40).map(|number| format!("p{number:02}")).collect();
    let mut input = String::new();
    for count in 1..=names.len() {
        let properties: Vec<(&str, &str)> = [("id", INTEGER)]
            .into_iter()
            .chain(names[..count].iter().map(|name| (name.as_str(), INTEGER)))
            .collect();
        let record = format!(r#"{{"id":{count},"{}":{count}}}"#, names[count - 1]);
        input += &(schema("things", &["id"], &properties) + &sequenced("things", 1, &record));
    }
    let loaded = place.load("{}", &(input + &state("1"))).ok();
    assert_eq!(loaded.bookmarks.last().map(String::as_str), Some("1"));
    let dump = place.dump("things");
    for (at, name) in names.iter().enumerate() {
        let cells: Vec<String> = dump.only(&[name]).into_iter().filter(|cell| cell != "NULL").collect();
        assert_eq!(cells, [(at + 1).to_string()], "{name}");
    }
}

fn another_key_in_mid_stream_is_an_error_and_what_came_before_is_in(place: &Place) {
    let things = |key: &str| schema("things", &[key], &[("id", INTEGER), ("code", INTEGER)]);
    let thing = |id: i64| sequenced("things", 1, &format!(r#"{{"id":{id},"code":{id}}}"#));
    let input = things("id") + &thing(1) + &state("1") + &things("code") + &thing(2) + &state("2");
    let loaded = place.load("{}", &input);
    let words = loaded.fails(Class::Usage);
    assert!(words.contains("line 4") && words.contains("key"), "{words}");
    assert_eq!(place.rows("things", &["id"]), ["1"]);
    assert_eq!(loaded.bookmarks, ["1"]);
}

fn an_object_may_become_an_array(place: &Place) {
    let things = |ty: &str| schema("things", &["id"], &[("id", INTEGER), ("v", ty)]);
    let (object, array) = (r#"{"type":["null","object"]}"#, r#"{"type":["null","array"]}"#);
    place.load("{}", &(things(object) + &sequenced("things", 1, r#"{"id":1,"v":{"a":1}}"#))).ok();
    place.load("{}", &(things(array) + &sequenced("things", 1, r#"{"id":2,"v":[1,2]}"#))).ok();
    place.load("{}", &(things(INTEGER) + &sequenced("things", 1, r#"{"id":3,"v":7}"#))).ok();
    assert_eq!(place.rows("things", &["id", "v"]), [r#"1 | {"a":1}"#, "2 | [1,2]", "3 | 7"]);
}

fn a_bookmark_may_be_very_long(place: &Place) {
    let value = format!(r#"{{"seen":[{}1]}}"#, "1234567890,".repeat(100_000));
    let loaded = place.load("{}", &state(&value)).ok();
    assert!(loaded.bookmarks == [value.clone()], "another bookmark");
    assert!(place.bookmark() == Some(value), "another bookmark");
}

fn a_null_for_a_bookmark_is_not_passed_on(place: &Place) {
    let loaded = place.load("{}", &(state("1") + &state("null"))).ok();
    assert_eq!(loaded.bookmarks, ["1"]);
    assert_eq!(place.bookmark().as_deref(), Some("1"));
}

fn a_thousand_streams_of_one_record_each_are_loaded(place: &Place) {
    let name = |number: usize| format!("stream_{number:04}");
    let mut input = String::new();
    for number in 0..1_000 {
        input += &schema(&name(number), &["id"], &[("id", INTEGER)]);
        input += &sequenced(&name(number), 1, &format!(r#"{{"id":{number}}}"#));
    }
    let loaded = place.load("{}", &(input + &state("1"))).ok();
    assert_eq!(loaded.bookmarks, ["1"]);
    assert_eq!(place.tables().len(), 1_000);
    assert_eq!(place.rows("stream_0999", &["id"]), ["999"]);
}

/// A database may refuse to change the type of a column that a view or an index uses. Then the load fails and says so, and nothing
/// is lost; or it goes well, and the view is still there.
fn a_column_that_others_depend_on_is_not_lost(place: &Place) {
    let things = |ty: &str| schema("things", &["id"], &[("id", INTEGER), ("v", ty)]);
    let first = things(INTEGER) + &sequenced("things", 1, r#"{"id":1,"v":7}"#) + &state("1");
    for (number, dependent) in ["create view seen as select v from things", "create index by_v on things (v)"]
        .into_iter()
        .enumerate()
    {
        place.load("{}", &first).ok();
        place.execute(dependent);
        let second = things(NUMBER) + &sequenced("things", 1, r#"{"id":2,"v":1.5}"#) + &state("2");
        let loaded = place.load("{}", &second);
        match &loaded.outcome {
            Ok(()) => assert_eq!(place.rows("things", &["id", "v"]), ["1 | 7", "2 | 1.5"], "{dependent}"),
            Err(_) => {
                let words = loaded.fails(Class::Destination);
                assert!(words.contains("things"), "{dependent}: {words}");
                assert!(loaded.bookmarks.is_empty());
                assert_eq!(place.rows("things", &["id", "v"]), ["1 | 7"], "{dependent}");
            }
        }
        place.execute(["drop view seen", "drop index by_v"][number]);
        place.execute("drop table things; delete from _sdc_tables");
    }
}

/// Both would be called `address__city`.
fn a_member_with_the_name_of_another_property_keeps_its_own_column_over_runs(place: &Place) {
    const ADDRESS: &str = r#"{"type":["null","object"],"properties":{"city":{"type":["null","string"]}}}"#;
    let (member, property) = (("address", ADDRESS), ("address__city", TEXT));
    let load = |id: i64, properties: [(&str, &str); 2]| {
        let people = schema("people", &["id"], &[&[("id", INTEGER)][..], &properties].concat());
        let record = format!(r#"{{"id":{id},"address":{{"city":"a member"}},"address__city":"a property"}}"#);
        place.load(r#"{"nested":"flatten"}"#, &(people + &sequenced("people", 1, &record))).ok();
    };
    load(1, [member, property]);
    load(2, [property, member]);
    load(3, [member, property]);
    let dump = place.dump("people");
    let hashed = dump.names().into_iter().find(|name| name.starts_with("address__city_")).expect("a hash");
    let stored = dump.only(&["id", "address__city", hashed]);
    assert_eq!(stored, [1, 2, 3].map(|id| format!(r#"{id} | "a property" | "a member""#)));
}

/// Only DuckDB has a number that no numeric type there holds.
fn the_order_of_numbers_does_not_matter_where_one_makes_their_column_text(place: &Place) {
    let numbers = ["19.90", "1e22", "1E-7", "1.0", "1e400"];
    let load = |stream: &str, order: &mut dyn Iterator<Item = usize>| {
        let record = |id: usize| sequenced(stream, 1, &format!(r#"{{"id":{id},"v":{}}}"#, numbers[id]));
        let records: String = order.map(record).collect();
        let input = schema(stream, &["id"], &[("id", INTEGER), ("v", NUMBER)]) + &records;
        place.load(r#"{"batch_size_rows":1}"#, &input).ok();
        place.rows(stream, &["id", "v"])
    };
    let forth = load("forth", &mut (0..numbers.len()));
    let back = load("back", &mut (0..numbers.len()).rev());
    assert_eq!(forth, back);
}
