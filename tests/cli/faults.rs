//! What is wrong, in which words, with which exit code, and what is loaded all the same.

use std::fs;

use super::{USERS, dump, lines, state, user, users};
use crate::support::{folder, programs};

/// Runs `target` with one faulty last line after two good records and a bookmark between them.
#[track_caller]
fn with_last_line(fault: &str) -> programs::Ran {
    let folder = folder::fresh();
    let input = lines(&[USERS.to_owned(), user(1, "Ada", 1), state(1), user(2, "Bob", 2), fault.to_owned()]);
    let ran = programs::target(folder.path(), &[], input.as_bytes());
    // Whatever the fault: what came before it is loaded, once and whole, and its bookmark is out.
    let file = folder.path().join("warehouse.duckdb");
    assert_eq!(users(&file), [r#"1 | "Ada""#, r#"2 | "Bob""#], "after {fault}");
    assert_eq!(ran.stdout, "{\"position\":1}\n", "after {fault}");
    ran
}

/// Demands an exit code, and words in the last lines of stderr.
#[track_caller]
fn expect(ran: &programs::Ran, code: i32, words: &[&str]) {
    let fault: Vec<&str> =
        ran.stderr.lines().skip_while(|line| !line.starts_with("target: ") || line.contains('→')).collect();
    let fault = fault.join("\n");
    assert_eq!(ran.code, code, "{}", ran.stderr);
    for word in words {
        assert!(fault.contains(word), "{word:?} is not in\n{}", ran.stderr);
    }
}

#[test]
fn a_fault_of_the_input_has_code_1_and_its_line_and_what_came_before_is_loaded() {
    let faults: &[(&str, &[&str])] = &[
        (r#"{"type":"RECORD","stream":"users","record":{"id":3,"#, &["line 5", "not JSON", "hint:"]),
        ("INFO starting up", &["line 5", "not JSON", "stderr"]),
        ("[1, 2]", &["line 5", "not a Singer message"]),
        (
            r#"{"type":"RECORD","stream":"orders","record":{"id":1}}"#,
            &["line 5", "\"orders\"", "RECORD before its SCHEMA", "hint:"],
        ),
        (r#"{"type":"TABLE","stream":"users"}"#, &["line 5", "unknown message type \"TABLE\""]),
        (r#"{"type":"RECORD","record":{"id":1}}"#, &["line 5", "RECORD without \"stream\""]),
        (r#"{"type":"RECORD","stream":"users","record":[1]}"#, &["line 5", "\"record\" is not an object"]),
        (r#"{"type":"STATE"}"#, &["line 5", "STATE without \"value\""]),
        (
            r#"{"type":"SCHEMA","stream":"orders","schema":7,"key_properties":[]}"#,
            &["line 5", "\"schema\" is not an object"],
        ),
        (
            r#"{"type":"SCHEMA","stream":"orders","schema":{"type":"string"},"key_properties":[]}"#,
            &["line 5", "\"orders\"", "describes a string, and records are objects"],
        ),
        (
            r#"{"type":"SCHEMA","stream":"orders","schema":{"properties":{"a":{}}},"key_properties":["b"]}"#,
            &["line 5", "\"orders\"", "key property \"b\""],
        ),
        (
            r#"{"type":"BATCH","stream":"users","encoding":{"format":"jsonl"},"manifest":["a"]}"#,
            &["line 5", "\"users\"", "file \"a\"", "cannot be opened", "hint:"],
        ),
        (
            r#"{"type":"BATCH","stream":"users","encoding":{"format":"csv"},"manifest":["a"]}"#,
            &["line 5", "\"users\"", "format \"csv\"", "hint:"],
        ),
        (
            r#"{"type":"BATCH","stream":"users","encoding":{"format":"jsonl"},"manifest":["s3://key:secret@bucket/a"]}"#,
            &["line 5", "\"users\"", "scheme \"s3\"", "hint:"],
        ),
    ];
    for (fault, words) in faults {
        expect(&with_last_line(fault), 1, words);
    }
}

#[test]
fn a_record_that_cannot_be_loaded_is_named_by_line_stream_property_and_kinds_but_not_by_its_value() {
    let faults: &[(&str, &[&str])] = &[
        (r#"{"id":3,"name":987654321}"#, &["property \"name\"", "expected string or null, found number"]),
        (r#"{"id":"987654321","name":"x"}"#, &["property \"id\"", "expected integer, found string"]),
        (r#"{"id":987654321.5}"#, &["property \"id\"", "expected integer, found number"]),
        (r#"{"id":9876543219876543210}"#, &["property \"id\"", "out of the range of integer"]),
        (r#"{"name":"987654321"}"#, &["property \"id\"", "a key property, but missing or null"]),
        (r#"{"id":null,"name":"987654321"}"#, &["property \"id\"", "a key property, but missing or null"]),
    ];
    for (record, words) in faults {
        let fault = format!(r#"{{"type":"RECORD","stream":"users","record":{record},"sequence":3}}"#);
        let ran = with_last_line(&fault);
        expect(&ran, 1, &["line 5", "stream \"users\"", "hint: mend the tap, or set on_invalid_record"]);
        expect(&ran, 1, words);
        assert!(!ran.stderr.contains("987654321"), "a value of the record is in\n{}", ran.stderr);
    }
    // A sequence that is none is a fault of the record too.
    for sequence in ["\"987654321\"", "1.5", "99999999999999999999"] {
        let fault =
            format!(r#"{{"type":"RECORD","stream":"users","record":{{"id":3}},"sequence":{sequence}}}"#);
        let ran = with_last_line(&fault);
        expect(&ran, 1, &["line 5", "sequence", "not an integer of 64 bits"]);
        assert!(!ran.stderr.contains(sequence), "a value of the record is in\n{}", ran.stderr);
    }
}

#[test]
fn with_on_invalid_record_reject_the_others_are_loaded_and_the_bookmark_is_out() {
    let folder = folder::fresh();
    let bad = r#"{"type":"RECORD","stream":"users","record":{"id":"three"},"sequence":3}"#.to_owned();
    let input = lines(&[USERS.to_owned(), user(1, "Ada", 1), bad, user(2, "Bob", 2), state(2)]);
    let load = |settings: &str| {
        fs::write(folder.path().join("settings.json"), settings).expect("the folder can be written");
        programs::target(folder.path(), &["--config", "settings.json"], input.as_bytes())
    };
    let ran = load(r#"{"on_invalid_record": "reject"}"#).ok();
    let file = folder.path().join("warehouse.duckdb");
    assert_eq!(ran.stdout, "{\"position\":2}\n");
    assert!(ran.stderr.contains("1 record was rejected"), "{}", ran.stderr);
    assert_eq!(super::summary(&ran, "users"), [3, 2, 0, 0, 0, 0, 1]);
    assert_eq!(users(&file), [r#"1 | "Ada""#, r#"2 | "Bob""#]);
    let rejected = dump(&file, "main", "_sdc_rejected").only(&["table_name", "line", "sequence", "record"]);
    assert_eq!(rejected, [r#""users" | 3 | 3 | "{\"id\":\"three\"}""#]);

    let ran = load(r#"{"on_invalid_record": "reject", "fail_on_rejects": true}"#);
    assert_eq!(ran.stdout, "{\"position\":2}\n", "the bookmark is out all the same");
    expect(&ran, 4, &["1 record was rejected", "_sdc_rejected"]);

    let ran = load(r#"{"on_invalid_record": "reject", "max_rejects": 0}"#);
    expect(&ran, 1, &["more than 0 records were rejected", "max_rejects"]);
    assert_eq!(ran.stdout, "", "the bookmark lies behind the fault");
}

#[test]
fn a_fault_of_the_settings_has_code_2_and_nothing_is_made() {
    let folder = folder::fresh();
    let settings = |text: &str| {
        fs::write(folder.path().join("settings.json"), text).expect("the folder can be written");
        programs::target(folder.path(), &["--config", "settings.json"], b"")
    };
    expect(&settings(r#"{"batch_size_rows": 0}"#), 2, &["batch_size_rows", "a whole number from 1"]);
    expect(&settings(r#"{"load_method": "truncate"}"#), 2, &["truncate", "upsert"]);
    expect(&settings(r#"{"sequence": "newest"}"#), 2, &["newest", "replication_key"]);
    expect(&settings(r#"{"streams": {"a": {"on_tie": "x"}}}"#), 2, &["streams.a.on_tie"]);
    expect(&settings(r#"{"path": "a.duckdb", "host": "b"}"#), 2, &["more than one destination", "hint:"]);
    expect(&settings("{"), 2, &["in the settings"]);

    let typed = |arguments: &[&str]| programs::target(folder.path(), arguments, b"");
    let ran = typed(&["mysql://root:hunter2@localhost/shop"]);
    expect(&ran, 2, &["\"mysql\" is not a destination", "postgres://"]);
    assert!(!ran.stderr.contains("hunter2"), "{}", ran.stderr);
    expect(&typed(&["--config", "missing.json"]), 2, &["cannot read", "missing.json"]);
    let ran = typed(&["postgres://root:hunter2@localhost:port/shop"]);
    expect(&ran, 2, &["not a Postgres URL", "hint:"]);
    assert!(!ran.stderr.contains("hunter2"), "{}", ran.stderr);
    for arguments in [&["--no-such-flag"][..], &["--load-method", "truncate"], &["a.duckdb", "b.duckdb"]] {
        assert_eq!(typed(arguments).code, 2, "{arguments:?}");
    }

    let left = fs::read_dir(folder.path()).expect("the folder can be read");
    let left: Vec<_> = left.map(|entry| entry.expect("it can be read").file_name()).collect();
    assert_eq!(left, ["settings.json"]);
}

#[test]
fn a_fault_of_the_destination_has_code_3_and_a_hint() {
    let folder = folder::fresh();
    let input = lines(&[USERS.to_owned(), user(1, "Ada", 1), state(1)]);
    let load = |destination: &str| programs::target(folder.path(), &[destination], input.as_bytes());
    let ran = load("duckdb:not/here.duckdb");
    expect(&ran, 3, &["the folder not does not exist", "hint: make it: mkdir -p not"]);
    assert_eq!(ran.stdout, "");

    // Nothing listens on port 1.
    let ran = load("postgres://loader:hunter2@127.0.0.1:1/shop");
    expect(&ran, 3, &["cannot connect to Postgres", "hint: check the host, the port"]);
    assert_eq!(ran.stdout, "");
    assert!(!ran.stderr.contains("hunter2"), "{}", ran.stderr);

    fs::write(folder.path().join("notes.duckdb"), "not a database at all")
        .expect("the folder can be written");
    let ran = load("notes.duckdb");
    expect(&ran, 3, &["DuckDB cannot open the file", "notes.duckdb"]);
    let kept = fs::read_to_string(folder.path().join("notes.duckdb")).expect("it is still there");
    assert_eq!(kept, "not a database at all");
}

#[test]
fn a_file_that_another_process_writes_to_is_named_as_such() {
    let folder = folder::fresh();
    let _writer = crate::support::place::duckdb(&folder.path().join("warehouse.duckdb"));
    fs::write(folder.path().join("settings.json"), r#"{"lock_timeout":0}"#).expect("it can be written");
    let ran = programs::target(folder.path(), &["--config", "settings.json"], lines(&[USERS]).as_bytes());
    let holder = format!("PID {}", std::process::id());
    expect(&ran, 3, &["warehouse.duckdb", "lock", &holder, "hint: only one process at a time"]);
}
