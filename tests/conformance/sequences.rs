//! Where sequences come from, and that their units never mix.

use target::error::Class;

use crate::support::messages::*;
use crate::support::place::{Place, everywhere, in_databases};

everywhere! {
    auto_takes_the_message_s_sequence,
    auto_without_one_is_the_order_of_arrival,
    arrivals_of_a_second_run_are_above_the_stored_ones,
    a_sequence_that_must_be_in_the_message_and_is_not_is_an_error,
    a_record_with_a_sequence_after_records_without_is_an_error,
    a_whole_number_of_the_record_can_be_the_sequence,
    a_date_time_of_the_record_counts_microseconds,
    a_date_of_the_record_counts_microseconds,
    the_replication_key_is_the_first_bookmark_property,
    a_stream_without_a_replication_key_is_an_error,
    the_time_of_extraction_counts_microseconds,
    a_record_without_its_sequence_is_an_error,
    a_sequence_that_has_no_order_is_an_error,
    a_sequence_above_64_bits_is_an_error,
    another_source_stops_before_anything_is_written,
    a_stream_can_have_a_source_of_its_own,
}

in_databases! {
    arrivals_stay_above_the_stored_ones_though_the_clock_is_behind,
    what_the_hint_says_changes_the_source,
}

fn things(more: &str) -> String {
    let properties = [("id", INTEGER), ("x", TEXT), ("n", INTEGER), ("at", TIMESTAMP), ("day", DATE)];
    schema_with("things", &["id"], &properties, more)
}

fn source(place: &Place) -> Option<String> {
    let described = place.open().describe(&place.table("things")).unwrap();
    described.and_then(|stored| stored.memory).and_then(|memory| memory.sequence_source)
}

fn auto_takes_the_message_s_sequence(place: &Place) {
    let record = record_with(
        "things",
        r#"{"id":1}"#,
        r#","sequence":1574800199000,"time_extracted":"2024-01-01T00:00:00Z""#,
    );
    place.load("{}", &(things("") + &record)).ok();
    assert_eq!(place.rows("things", &["id", "_sdc_sequence"]), ["1 | 1574800199000"]);
    assert_eq!(source(place).as_deref(), Some("message"));
}

fn auto_without_one_is_the_order_of_arrival(place: &Place) {
    let records = record("things", r#"{"id":1,"x":"first"}"#) + &record("things", r#"{"id":1,"x":"last"}"#);
    place.load("{}", &(things("") + &records)).ok();
    assert_eq!(place.rows("things", &["id", "x"]), [r#"1 | "last""#]);
    let sequence: i64 = place.rows("things", &["_sdc_sequence"])[0].parse().unwrap();
    let year_2020 = 1_577_836_800_000_000_000;
    assert!(sequence > year_2020, "nanoseconds since 1970: {sequence}");
    assert_eq!(source(place).as_deref(), Some("arrival (nanoseconds)"));
}

fn arrivals_of_a_second_run_are_above_the_stored_ones(place: &Place) {
    let load = |id: i64| {
        place.load("{}", &(things("") + &record("things", &format!(r#"{{"id":{id}}}"#)))).ok();
    };
    (1..=4).for_each(load);
    let sequences = place.rows("things", &["id", "_sdc_sequence"]);
    let sequences: Vec<i64> =
        sequences.iter().map(|row| row.split(" | ").nth(1).unwrap().parse().unwrap()).collect();
    assert!(sequences.is_sorted_by(|a, b| a < b), "{sequences:?}");
    let memory = place.open().describe(&place.table("things")).unwrap().unwrap().memory.unwrap();
    assert_eq!(memory.arrival_sequence, sequences.last().copied());
}

fn arrivals_stay_above_the_stored_ones_though_the_clock_is_behind(place: &Place) {
    place.load("{}", &(things("") + &record("things", r#"{"id":1,"x":"old"}"#))).ok();
    let future = 4_000_000_000_000_000_000_i64;
    place.execute(&format!("update _sdc_tables set arrival_sequence = {future}"));
    place.execute(&format!("update things set _sdc_sequence = {future}"));
    let records = record("things", r#"{"id":2}"#) + &record("things", r#"{"id":1,"x":"new"}"#);
    place.load("{}", &(things("") + &records)).ok();
    let expected = [format!(r#"1 | "new" | {}"#, future + 2), format!("2 | NULL | {}", future + 1)];
    assert_eq!(place.rows("things", &["id", "x", "_sdc_sequence"]), expected);
}

fn a_sequence_that_must_be_in_the_message_and_is_not_is_an_error(place: &Place) {
    let input = things("") + &sequenced("things", 1, r#"{"id":1}"#) + &record("things", r#"{"id":2}"#);
    for settings in [r#"{"sequence":"message"}"#, "{}"] {
        let words = place.load(settings, &input).fails(Class::Input);
        assert!(words.contains("line 3") && words.contains("sequence"), "{words}");
    }
    assert_eq!(place.rows("things", &["id"]), ["1"], "what came before is in");
}

fn a_record_with_a_sequence_after_records_without_is_an_error(place: &Place) {
    let input = things("") + &record("things", r#"{"id":1}"#) + &sequenced("things", 1, r#"{"id":2}"#);
    let words = place.load("{}", &input).fails(Class::Input);
    assert!(words.contains("line 3") && words.contains("sequence"), "{words}");
    assert_eq!(place.rows("things", &["id"]), ["1"]);
}

/// Loads three records of one key whose sequences are `old`, `new` and `old` again.
#[track_caller]
fn ordered_by(place: &Place, settings: &str, schema: &str, member: &str, values: (&str, &str), stored: &str) {
    let at = |value: &str, x: &str| record("things", &format!(r#"{{"id":1,"x":"{x}","{member}":{value}}}"#));
    let input = [schema.to_owned(), at(values.0, "old"), at(values.1, "new"), at(values.0, "late")].concat();
    place.load(settings, &input).ok();
    assert_eq!(place.rows("things", &["id", "x", "_sdc_sequence"]), [format!(r#"1 | "new" | {stored}"#)]);
}

fn a_whole_number_of_the_record_can_be_the_sequence(place: &Place) {
    ordered_by(place, r#"{"sequence":{"property":"n"}}"#, &things(""), "n", ("-3", "7"), "7");
    assert_eq!(source(place).as_deref(), Some("property n"));
}

fn a_date_time_of_the_record_counts_microseconds(place: &Place) {
    let times = (r#""2024-01-01T00:00:00+02:00""#, r#""2023-12-31T22:00:00.000001Z""#);
    let settings = r#"{"sequence":{"property":"at"}}"#;
    ordered_by(place, settings, &things(""), "at", times, "1704060000000001");
    assert_eq!(source(place).as_deref(), Some("property at (microseconds)"));
}

fn a_date_of_the_record_counts_microseconds(place: &Place) {
    let days = (r#""1969-12-31""#, r#""1970-01-02""#);
    ordered_by(place, r#"{"sequence":{"property":"day"}}"#, &things(""), "day", days, "86400000000");
}

fn the_replication_key_is_the_first_bookmark_property(place: &Place) {
    let schema = things(r#","bookmark_properties":["n","at"]"#);
    ordered_by(place, r#"{"sequence":"replication_key"}"#, &schema, "n", ("1", "2"), "2");
}

fn a_stream_without_a_replication_key_is_an_error(place: &Place) {
    let input = things("") + &record("things", r#"{"id":1,"n":1}"#);
    let words = place.load(r#"{"sequence":"replication_key"}"#, &input).fails(Class::Usage);
    assert!(words.contains("bookmark_properties"), "{words}");
    assert!(place.find("things").is_none());
}

fn the_time_of_extraction_counts_microseconds(place: &Place) {
    let at = |time: &str, x: &str| {
        let more = format!(r#","time_extracted":"{time}","sequence":1"#);
        record_with("things", &format!(r#"{{"id":1,"x":"{x}"}}"#), &more)
    };
    let (old, new) = ("1970-01-01T00:00:01Z", "1970-01-01T01:00:02+01:00");
    let input = [things(""), at(old, "old"), at(new, "new"), at(old, "late")].concat();
    place.load(r#"{"sequence":"time_extracted"}"#, &input).ok();
    assert_eq!(place.rows("things", &["x", "_sdc_sequence"]), [r#""new" | 2000000"#]);
}

fn a_record_without_its_sequence_is_an_error(place: &Place) {
    for settings in [
        r#"{"sequence":{"property":"n"}}"#,
        r#"{"sequence":{"property":"at"}}"#,
        r#"{"sequence":"time_extracted"}"#,
    ] {
        for record in [record("things", r#"{"id":1}"#), record("things", r#"{"id":1,"n":null,"at":null}"#)] {
            let words = place.load(settings, &(things("") + &record)).fails(Class::Input);
            assert!(words.contains("line 2") && words.contains("sequence"), "{words}");
        }
        place.execute("drop table things");
        place.execute("delete from _sdc_tables");
        if let Place::Memory(_) = place {
            return;
        }
    }
}

fn a_sequence_that_has_no_order_is_an_error(place: &Place) {
    for (settings, word) in
        [(r#"{"sequence":{"property":"x"}}"#, "text"), (r#"{"sequence":{"property":"none"}}"#, "\"none\"")]
    {
        let words =
            place.load(settings, &(things("") + &record("things", r#"{"id":1}"#))).fails(Class::Usage);
        assert!(words.contains(word), "{words}");
    }
    assert!(place.find("things").is_none());
}

fn a_sequence_above_64_bits_is_an_error(place: &Place) {
    let above = record_with("things", r#"{"id":2}"#, r#","sequence":9223372036854775808"#);
    let most = sequenced("things", i64::MAX, r#"{"id":1}"#);
    place.load("{}", &(things("") + &most + &above)).fails(Class::Input);
    assert_eq!(place.rows("things", &["id", "_sdc_sequence"]), ["1 | 9223372036854775807"]);
}

fn another_source_stops_before_anything_is_written(place: &Place) {
    place.load("{}", &(things("") + &sequenced("things", 1, r#"{"id":1,"x":"a"}"#) + &state("1"))).ok();
    let before = place.dump("things");
    let record = record_with("things", r#"{"id":1,"n":5}"#, r#","time_extracted":"2024-01-01T00:00:00Z""#);
    for settings in [
        "{}",
        r#"{"sequence":"arrival"}"#,
        r#"{"sequence":"time_extracted"}"#,
        r#"{"sequence":{"property":"n"}}"#,
    ] {
        let loaded = place.load(settings, &(things("") + &record + &state("2")));
        let words = loaded.fails(Class::Usage);
        assert!(words.contains("message") && words.contains("cannot be compared"), "{words}");
        assert!(loaded.bookmarks.is_empty());
        assert_eq!(place.dump("things"), before);
    }
    assert_eq!(place.bookmark().as_deref(), Some("1"));
}

fn a_stream_can_have_a_source_of_its_own(place: &Place) {
    let settings = r#"{"streams":{"thing*":{"sequence":{"property":"n"}}}}"#;
    let other = schema("others", &["id"], &[("id", INTEGER), ("n", INTEGER)]);
    let input = [
        things("") + &record("things", r#"{"id":1,"n":5}"#),
        other + &sequenced("others", 8, r#"{"id":1,"n":5}"#),
    ];
    place.load(settings, &input.concat()).ok();
    assert_eq!(place.rows("things", &["id", "_sdc_sequence"]), ["1 | 5"]);
    assert_eq!(place.rows("others", &["id", "_sdc_sequence"]), ["1 | 8"]);
}

fn what_the_hint_says_changes_the_source(place: &Place) {
    place.load("{}", &(things("") + &sequenced("things", 1_700_000_000_000, r#"{"id":1,"x":"old"}"#))).ok();
    let input = things("") + &record("things", r#"{"id":1,"x":"new","n":0}"#);
    let settings = r#"{"sequence":{"property":"n"}}"#;
    let loaded = place.load(settings, &input);
    loaded.fails(Class::Usage);
    let error = loaded.outcome.unwrap_err();
    let hint = error.hint_text().expect("there is one thing to do");
    let statements: Vec<&str> =
        hint.split("update ").skip(1).map(|rest| rest.trim_end_matches(", and ")).collect();
    assert_eq!(statements.len(), 2, "{hint}");
    for statement in statements {
        place.execute(&format!("update {statement}"));
    }
    place.load(settings, &input).ok();
    assert_eq!(place.rows("things", &["id", "x", "_sdc_sequence"]), [r#"1 | "new" | 0"#]);
}
