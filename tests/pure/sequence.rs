//! Where sequences come from: which source a setting means, and that a table's sequences are never mixed.

use proptest::prelude::*;
use serde_json::{Value, json};
use target::destination::memory::{Cell, Memory};
use target::error::Class;
use target::sequence::{Arrivals, Choice, Source, Unit, Unusable};
use target::types::Type;

use super::stage::{self, Loader};
use crate::support::dice::cases;

fn property(name: &str, unit: Unit) -> Source {
    Source::Property { name: name.into(), unit }
}

#[track_caller]
fn check(choice: &Choice, bookmarks: &[&str], expected: &Result<Option<Source>, Unusable>) {
    let type_of = |name: &str| match name {
        "n" => Some(Type::Integer),
        "at" => Some(Type::Timestamp),
        "on" => Some(Type::Date),
        "text" => Some(Type::Text),
        "number" => Some(Type::Number),
        _ => None,
    };
    let bookmarks: Vec<String> = bookmarks.iter().map(|&name| name.to_owned()).collect();
    assert_eq!(choice.resolve(&bookmarks, type_of), *expected, "{choice:?} {bookmarks:?}");
}

#[test]
fn a_setting_means_this_source() {
    let of = |name: &str| Choice::Property(name.into());
    check(&Choice::Auto, &["n"], &Ok(None));
    check(&Choice::Message, &[], &Ok(Some(Source::Message)));
    check(&Choice::TimeExtracted, &["n"], &Ok(Some(Source::TimeExtracted)));
    check(&Choice::Arrival, &[], &Ok(Some(Source::Arrival)));
    check(&of("n"), &["at"], &Ok(Some(property("n", Unit::Opaque))));
    check(&of("at"), &[], &Ok(Some(property("at", Unit::Microseconds))));
    check(&of("on"), &[], &Ok(Some(property("on", Unit::Microseconds))));
    check(&of("text"), &[], &Err(Unusable::Unordered("text".into(), Type::Text)));
    check(&of("number"), &[], &Err(Unusable::Unordered("number".into(), Type::Number)));
    check(&of("gone"), &["n"], &Err(Unusable::NoProperty("gone".into())));
    check(&Choice::ReplicationKey, &["at", "n"], &Ok(Some(property("at", Unit::Microseconds))));
    check(&Choice::ReplicationKey, &[], &Err(Unusable::NoReplicationKey));
    check(&Choice::ReplicationKey, &["gone"], &Err(Unusable::NoProperty("gone".into())));
}

#[test]
fn two_sources_are_remembered_alike_only_where_their_sequences_compare() {
    let sources = [
        Source::Message,
        Source::TimeExtracted,
        Source::Arrival,
        property("a", Unit::Opaque),
        property("a", Unit::Microseconds),
        property("b", Unit::Opaque),
    ];
    let mut names: Vec<String> = sources.iter().map(Source::to_string).collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), sources.len());
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn arrivals_increase_and_are_above_what_is_stored(stored in prop::option::of(-9..9_i64), clock in prop::collection::vec(-9..9_i64, 1..40)) {
        let mut arrivals = Arrivals::after(stored);
        let mut last = stored.unwrap_or(0);
        for now in clock {
            let next = arrivals.next(now);
            prop_assert!(next > last && next >= now);
            prop_assert!(next == now || next == last + 1, "no further ahead of the clock than needed");
            prop_assert_eq!(arrivals.last(), next);
            last = next;
        }
    }
}

fn schema(properties: &Value) -> String {
    stage::schema("s", properties, &["id"])
}

/// The sequences that the table holds, by key.
fn sequences(memory: &Memory) -> Vec<(Cell, Cell)> {
    let at =
        |name: &str| stage::table(memory, "s").columns.iter().position(|column| column.name == name).unwrap();
    // Two times of the loading are left out of the rows, before the sequence.
    let (id, sequence) = (at("id"), at("_sdc_sequence") - 2);
    stage::rows(memory, "s").into_iter().map(|row| (row[id].clone(), row[sequence].clone())).collect()
}

fn number(number: i64) -> Cell {
    Cell::Number(number.to_string())
}

#[track_caller]
fn stored(setting: &Value, property: &Value, record: &Value, around: &Value, expected: i64) {
    let memory = Memory::new();
    let properties = json!({"id": {"type": "integer"}, "p": property});
    let mut record = record.clone();
    record["id"] = 1.into();
    let lines = [schema(&properties), stage::record("s", &record, around)];
    Loader::new(&memory, setting).load(lines.iter().map(String::as_str)).unwrap();
    assert_eq!(sequences(&memory), [(number(1), number(expected))], "{setting} {record} {around}");
}

#[test]
fn each_source_gives_its_sequence() {
    let by_property = json!({"sequence": {"property": "p"}});
    let timed = json!({"type": "string", "format": "date-time"});
    let dated = json!({"type": "string", "format": "date"});
    stored(&json!({}), &json!({}), &json!({}), &json!({"sequence": 5}), 5);
    stored(&json!({"sequence": "message"}), &json!({}), &json!({}), &json!({"sequence": -5}), -5);
    stored(&by_property, &json!({"type": "integer"}), &json!({"p": 12}), &json!({"sequence": 99}), 12);
    stored(&by_property, &timed, &json!({"p": "1970-01-01T00:00:01+00:00"}), &json!({}), 1_000_000);
    stored(&by_property, &dated, &json!({"p": "1970-01-02"}), &json!({}), 86_400_000_000);
    stored(
        &json!({"sequence": "time_extracted"}),
        &json!({}),
        &json!({}),
        &json!({"time_extracted": "1970-01-01T00:00:02Z"}),
        2_000_000,
    );
    stored(
        &json!({"sequence": "arrival"}),
        &json!({}),
        &json!({}),
        &json!({"sequence": 5}),
        stage::START + 2_000_000,
    );
    stored(&json!({}), &json!({}), &json!({}), &json!({}), stage::START + 2_000_000);
}

#[test]
fn a_record_without_a_sequence_is_rejected_where_one_is_demanded() {
    let properties = json!({"id": {"type": "integer"}, "p": {"type": ["null", "integer"]}});
    for (setting, around) in [
        (json!("message"), json!({})),
        (json!("message"), json!({"sequence": 9.5})),
        (json!("message"), json!({"sequence": 9_223_372_036_854_775_808_u64})),
        (json!("message"), json!({"sequence": "9"})),
        (json!("message"), json!({"sequence": [9]})),
        (json!("message"), json!({"sequence": {"e": "1.0"}})),
        (json!("time_extracted"), json!({})),
        (json!("time_extracted"), json!({"time_extracted": "yesterday"})),
        (json!({"property": "p"}), json!({"sequence": 9})),
    ] {
        let memory = Memory::new();
        let settings = json!({"sequence": setting, "on_invalid_record": "reject"});
        let lines = [schema(&properties), stage::record("s", &json!({"id": 1, "p": null}), &around)];
        let mut loader = Loader::new(&memory, &settings);
        loader.load(lines.iter().map(String::as_str)).unwrap();
        assert_eq!((loader.counts.rejected, stage::rows(&memory, "s").len()), (1, 0), "{setting} {around}");
    }
}

#[test]
fn a_table_takes_no_sequences_of_another_source() {
    let properties = json!({"id": {"type": "integer"}, "p": {"type": "integer"}, "q": {"type": "string", "format": "date-time"}});
    let record = json!({"id": 1, "p": 1, "q": "2024-01-01T00:00:00Z"});
    let around = json!({"sequence": 1, "time_extracted": "2024-01-01T00:00:00Z"});
    let settings = ["message", "arrival", "time_extracted", "property:p", "property:q"];
    for first in settings {
        for second in settings {
            let memory = Memory::new();
            let load = |setting: &str| {
                let lines = [schema(&properties), stage::record("s", &record, &around)];
                let setting = setting
                    .strip_prefix("property:")
                    .map_or(json!(setting), |name| json!({"property": name}));
                Loader::new(&memory, &json!({"sequence": setting})).load(lines.iter().map(String::as_str))
            };
            load(first).unwrap();
            let before = sequences(&memory);
            match load(second) {
                Ok(()) => assert_eq!(first, second),
                Err(error) => {
                    assert_ne!(first, second);
                    assert_eq!(error.class(), Class::Usage, "{error}");
                    assert!(error.hint_text().is_some());
                    assert_eq!(sequences(&memory), before);
                }
            }
        }
    }
}

#[test]
fn arrival_goes_on_above_what_another_run_stored() {
    let memory = Memory::new();
    let lines =
        [schema(&json!({"id": {"type": "integer"}})), stage::record("s", &json!({"id": 1}), &json!({}))];
    Loader::new(&memory, &json!({})).load(lines.iter().map(String::as_str)).unwrap();
    let first = sequences(&memory);
    // The clock of the second run is an hour behind.
    let mut late = Loader::new(&memory, &json!({}));
    late.now -= 3_600_000_000_000;
    late.load(lines.iter().map(String::as_str)).unwrap();
    assert_eq!(
        (first, sequences(&memory)),
        (
            vec![(number(1), number(stage::START + 2_000_000))],
            vec![(number(1), number(stage::START + 2_000_001))]
        )
    );
}

/// A stream whose first records had no sequence cannot switch: the units differ.
#[test]
fn with_auto_the_first_record_decides() {
    let settings = json!({"on_invalid_record": "reject"});
    let schema = schema(&json!({"id": {"type": "integer"}}));
    let record = |around: &Value| stage::record("s", &json!({"id": 1}), around);
    for (first, second) in [(json!({}), json!({"sequence": 5})), (json!({"sequence": 5}), json!({}))] {
        let memory = Memory::new();
        let mut loader = Loader::new(&memory, &settings);
        loader.load([schema.as_str(), &record(&first), &record(&second)]).unwrap();
        assert_eq!((loader.counts.inserted, loader.counts.rejected), (1, 1), "{first} then {second}");
    }
}

/// The table keeps text where the schema says date-time now: the sequence is the instant, or the record is refused; never digits
/// made of the text's other characters.
#[test]
fn a_time_in_a_column_of_text_is_its_instant_or_refused() {
    let settings = json!({"sequence": {"property": "p"}, "on_invalid_record": "reject"});
    let text = schema(&json!({"id": {"type": "integer"}, "p": {"type": "string"}}));
    let timed = schema(&json!({"id": {"type": "integer"}, "p": {"type": "string", "format": "date-time"}}));
    let times = [
        ("1970-01-01T00:00:00.000000", 0),
        ("1970-01-01T00:00:01Z", 1_000_000),
        ("1970-01-02", 86_400_000_000),
        ("x", -1),
    ];
    for (time, instant) in times {
        let memory = Memory::new();
        Loader::new(&memory, &json!({})).load([text.as_str()]).unwrap();
        let record = stage::record("s", &json!({"id": 1, "p": time}), &json!({}));
        Loader::new(&memory, &settings).load([timed.as_str(), &record]).unwrap();
        let held = sequences(&memory);
        assert!(held.is_empty() || held == [(number(1), number(instant))], "{time}: {held:?}");
    }
}
