//! Lines in, flushes out: when it is time to flush, and what one flush carries.

use std::time::Duration;

use serde_json::{Value, json};
use target::batch::Sealed;
use target::clock::Now;
use target::destination::memory::Memory;
use target::error::Class;
use target::intake::Step;

use super::stage::{self, Loader, START};

fn loader(settings: &Value) -> Loader {
    Loader::new(&Memory::new(), settings)
}

fn people() -> String {
    stage::schema(
        "people",
        &json!({"id": {"type": "integer"}, "name": {"type": ["string", "null"]}}),
        &["id"],
    )
}

fn person(id: i64) -> String {
    stage::record("people", &json!({"id": id}), &json!({"sequence": id}))
}

fn state(value: &str) -> String {
    format!(r#"{{"type":"STATE","value":{value}}}"#)
}

#[test]
fn it_is_full_by_rows() {
    let mut loader = loader(&json!({"batch_size_rows": 3}));
    let lines = [people(), person(1), state("1"), person(1), person(2), state("2")];
    let steps: Vec<Step> = lines.iter().map(|line| loader.step(line).unwrap()).collect();
    use Step::{Full, Taken};
    assert_eq!(steps, [Taken, Taken, Taken, Taken, Full, Taken]);
    // Once flushed it counts from the start again.
    loader.flush().unwrap();
    assert_eq!([3, 4, 5].map(|id| loader.step(&person(id)).unwrap()), [Taken, Taken, Full]);
}

#[test]
fn it_is_full_by_the_bytes_of_all_streams() {
    // A row costs what it was sent as, and a little for each column.
    let mut loader = loader(&json!({"batch_size_bytes": person(1).len() + 100}));
    loader.line(&people()).unwrap();
    loader.line(&people().replace("people", "crowds")).unwrap();
    assert_eq!(loader.step(&person(1)).unwrap(), Step::Taken);
    assert_eq!(loader.step(&person(1).replace("people", "crowds")).unwrap(), Step::Full);
}

#[test]
fn what_of_a_line_is_not_stored_does_not_fill_it() {
    let mut loader = loader(&json!({"batch_size_bytes": 20_000}));
    loader.line(&people()).unwrap();
    let padded =
        |id: u32| stage::record("people", &json!({"id": id, "unknown": "x".repeat(1000)}), &json!({}));
    let first_full = (1..).find(|&id| loader.step(&padded(id)).unwrap() == Step::Full);
    assert!(matches!(first_full, Some(50..200)), "{first_full:?}");
}

#[test]
fn a_line_that_there_is_no_room_for_waits_until_what_was_there_before_is_gone() {
    let mut loader = loader(&json!({"batch_size_bytes": 3_000_000}));
    loader.line(&people()).unwrap();
    let long = |id: u32| {
        let name = "x".repeat(2_000_000);
        stage::record("people", &json!({"id": id, "name": name}), &json!({"sequence": id}))
    };
    assert_eq!(loader.step(&long(1)).unwrap(), Step::Taken);
    assert_eq!(loader.step(&person(2)).unwrap(), Step::Taken);
    assert_eq!(loader.step(&long(3)).unwrap(), Step::FlushFirst);
    loader.flush().unwrap();
    assert_eq!(loader.step(&long(3)).unwrap(), Step::Taken);
}

#[test]
fn rejects_fill_it_too() {
    let mut loader = loader(&json!({"batch_size_rows": 2, "on_invalid_record": "reject"}));
    loader.line(&people()).unwrap();
    let bad = stage::record("people", &json!({"id": "x"}), &json!({"sequence": 77}));
    assert_eq!(loader.step(&bad).unwrap(), Step::Taken);
    assert_eq!(loader.step(&bad).unwrap(), Step::Full);
    let flush = loader.sealed().unwrap().unwrap();
    let reject = &flush.rejects[1];
    assert_eq!(
        (reject.table.as_str(), reject.line, reject.sequence, reject.record.as_str()),
        ("people", 3, Some(77), r#"{"id":"x"}"#)
    );
    assert_eq!((flush.loads[0].counts.received, flush.loads[0].counts.rejected), (2, 2));
    assert!(flush.loads[0].batch.is_none());
    assert_eq!(loader.intake.rejected(), 2);
}

#[test]
fn more_rejects_than_allowed_stop_the_load() {
    let mut loader = loader(&json!({"max_rejects": 1, "on_invalid_record": "reject"}));
    loader.line(&people()).unwrap();
    let bad = stage::record("people", &json!({}), &json!({}));
    loader.line(&bad).unwrap();
    let error = loader.line(&bad).unwrap_err();
    assert_eq!(error.class(), Class::Input);
    // What was rejected is still there to be written down.
    assert_eq!(loader.sealed().unwrap().unwrap().rejects.len(), 2);
}

#[test]
fn a_bad_record_stops_the_load_and_names_its_line() {
    let mut loader = loader(&json!({}));
    loader.line(&people()).unwrap();
    loader.line(&person(1)).unwrap();
    let error =
        loader.line(&stage::record("people", &json!({"id": "s3cr3t"}), &json!({"sequence": 1}))).unwrap_err();
    let said = error.to_string();
    assert!(said.starts_with("line 3: stream \"people\": property \"id\""), "{said}");
    assert!(!format!("{error} {error:?}").contains("s3cr3t"));
    assert_eq!(loader.sealed().unwrap().unwrap().loads[0].counts.received, 1);
}

#[test]
fn what_is_no_message_stops_the_load() {
    for (line, starts) in [
        ("INFO hello", "line 2: not JSON"),
        (r#"{"type":"LOG"}"#, "line 2: unknown message type \"LOG\""),
        (
            r#"{"type":"RECORD","stream":"other","record":{}}"#,
            "line 2: stream \"other\": a RECORD before its SCHEMA",
        ),
        (r#"{"type":"BATCH","stream":"people"}"#, "line 2: BATCH without \"manifest\""),
        (
            r#"{"type":"BATCH","stream":"other","manifest":["a"],"encoding":{"format":"jsonl"}}"#,
            "line 2: stream \"other\": a BATCH before its SCHEMA",
        ),
        (
            r#"{"type":"SCHEMA","stream":"x","schema":{"type":"array"}}"#,
            "line 2: stream \"x\": the schema describes a array",
        ),
        (
            r#"{"type":"SCHEMA","stream":"x","schema":{},"key_properties":["id"]}"#,
            "line 2: stream \"x\": the key property \"id\" is not",
        ),
    ] {
        let mut loader = loader(&json!({}));
        loader.line(&people()).unwrap();
        let error = loader.line(line).unwrap_err();
        assert!(error.to_string().starts_with(starts), "{error}");
        assert_eq!(error.class(), Class::Input);
        assert!(error.hint_text().is_some() || line.contains("array"), "{error}");
    }
}

#[test]
fn a_changed_schema_is_taken_once_the_rows_before_it_are_flushed() {
    let mut loader = loader(&json!({}));
    let wider = people().replace(r#""type":"integer""#, r#""type":["integer","null"]"#);
    assert_ne!(wider, people());
    loader.line(&people()).unwrap();
    loader.line(&person(1)).unwrap();
    assert_eq!(loader.step(&wider).unwrap(), Step::FlushFirst);
    loader.flush().unwrap();
    assert_eq!(loader.step(&wider).unwrap(), Step::Taken);
}

#[test]
fn a_schema_that_says_the_same_again_is_nothing() {
    let mut loader = loader(&json!({}));
    loader.line(&people()).unwrap();
    loader.line(&person(1)).unwrap();
    assert_eq!(loader.step(&people()).unwrap(), Step::Taken);
    loader.line(&person(2)).unwrap();
    let flush = loader.sealed().unwrap().unwrap();
    assert_eq!(flush.loads.len(), 1);
    assert_eq!(flush.loads[0].batch.as_ref().map(Sealed::count), Some(2));
    // Nor does it ever put a flush off, or bring one about.
    assert_eq!(loader.step(&people()).unwrap(), Step::Taken);
    assert_eq!(loader.intake.due(), None);
    assert!(loader.sealed().unwrap().is_none());
}

#[test]
fn a_schema_alone_makes_its_table() {
    let mut loader = loader(&json!({}));
    loader.load([people().as_str()]).unwrap();
    let columns = stage::table(&loader.memory, "people").columns;
    assert_eq!(columns.iter().map(|column| column.name.as_str()).take(2).collect::<Vec<_>>(), ["id", "name"]);
}

#[test]
fn it_is_due_when_the_oldest_thing_has_waited_long_enough() {
    let limit = Duration::from_secs(5);
    let mut loader = loader(&json!({"batch_wait_limit_seconds": 5}));
    assert_eq!(loader.intake.due(), None);
    loader.line(&people()).unwrap();
    loader.flush().unwrap();
    assert_eq!(loader.intake.due(), None, "a flush leaves nothing that waits");
    for line in [person(1), person(2), state("7")] {
        loader.line(&line).unwrap();
    }
    // The first of them came a millisecond after the schema.
    assert_eq!(loader.intake.due(), Some(Now::from_nanos(START + 2_000_000).after(limit)));
    loader.flush().unwrap();
    loader.line(&state("8")).unwrap();
    assert_eq!(
        loader.intake.due(),
        Some(Now::from_nanos(loader.now).after(limit)),
        "a bookmark waits as a row does"
    );
}

#[test]
fn a_flush_carries_the_last_bookmark_even_without_rows() {
    let mut loader = loader(&json!({}));
    loader.line(&state("{\"a\":1}")).unwrap();
    loader.line(&state("{\"a\":2}")).unwrap();
    let flush = loader.sealed().unwrap().unwrap();
    assert_eq!((flush.bookmark.as_deref(), flush.loads.len()), (Some("{\"a\":2}"), 0));
    assert!(loader.sealed().unwrap().is_none());
}

#[test]
fn an_empty_state_is_told_and_not_passed_on() {
    let mut loader = loader(&json!({}));
    for value in ["{}", "{ }", "{\t\n}"] {
        loader.line(&state(value)).unwrap();
    }
    assert_eq!(loader.intake.due(), None);
    assert!(loader.sealed().unwrap().is_none());
    assert_eq!(loader.intake.notes().len(), 3);
    assert_eq!(loader.intake.notes().len(), 0, "each is told once");
    loader.line(&state("[]")).unwrap();
    assert_eq!(loader.sealed().unwrap().unwrap().bookmark.as_deref(), Some("[]"));
}

#[test]
fn flushes_are_numbered_and_their_loads_ordered_by_table() {
    let mut loader = loader(&json!({}));
    for stream in ["z", "a", "m"] {
        loader.line(&people().replace("people", stream)).unwrap();
    }
    let flush = loader.sealed().unwrap().unwrap();
    let tables: Vec<&str> = flush.loads.iter().map(|load| load.table.name.name.as_str()).collect();
    assert_eq!((flush.id.number, tables), (1, vec!["a", "m", "z"]));
    loader.line(&state("1")).unwrap();
    assert_eq!(loader.sealed().unwrap().unwrap().id.number, 2);
}

#[test]
fn what_a_person_should_know_is_said_once() {
    let mut loader = loader(&json!({}));
    loader.line(&people()).unwrap();
    loader.line(&stage::schema("log", &json!({"x": {}}), &[])).unwrap();
    let notes: Vec<String> = loader.intake.notes().into_iter().map(|note| note.words).collect();
    assert_eq!(notes, ["people → main.people, merged by id", "log → main.log, appended: it has no key"]);
    loader.line(&people()).unwrap();
    assert_eq!(loader.intake.notes(), []);
}

#[test]
fn streams_whose_names_are_one_to_the_database_get_tables_of_their_own() {
    use target::destination::{Abilities, Destination};
    let abilities = Memory::new().abilities();
    let rules = target::names::Rules { ignores_case: true, ..abilities.names };
    let mut loader = Loader::with(&Memory::new(), &json!({}), Abilities { names: rules, ..abilities });
    loader.line(&people()).unwrap();
    loader.line(&people().replace("people", "People")).unwrap();
    loader.line(&people().replace("people", "_SDC_LOADS")).unwrap();
    let flush = loader.sealed().unwrap().unwrap();
    let mut tables: Vec<String> =
        flush.loads.iter().map(|load| load.table.name.name.to_lowercase()).collect();
    tables.dedup();
    assert_eq!(tables.len(), 3);
    assert!(tables.iter().all(|table| table != "_sdc_loads"), "{tables:?}");
}

#[test]
fn a_commit_carries_no_more_tables_than_a_database_has_room_for() {
    let mut loader = loader(&json!({}));
    let stream = |number: usize| format!("stream {number}");
    let schema = |number: usize| stage::schema(&stream(number), &json!({"id": {"type": "integer"}}), &["id"]);
    let record = |number: usize| stage::record(&stream(number), &json!({"id": 1}), &json!({}));
    // A table that is made takes the room of five.
    for number in 0..199 {
        assert_eq!(loader.step(&schema(number)).unwrap(), Step::Taken, "{number}");
    }
    assert_eq!(loader.step(&schema(199)).unwrap(), Step::Full);
    assert_eq!(loader.sealed().unwrap().unwrap().loads.len(), 200);
    for number in 200..1_000 {
        loader.line(&schema(number)).unwrap();
    }
    loader.flush().unwrap();
    // Many records of one stream are one table.
    for _ in 0..3 {
        for number in 0..999 {
            assert_eq!(loader.step(&record(number)).unwrap(), Step::Taken, "{number}");
        }
    }
    assert_eq!(loader.step(&record(999)).unwrap(), Step::Full);
}
