//! What the log says, for people and for programs.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::time::Duration;

use serde_json::{Value, json};
use target::clock::Now;
use target::destination::memory::Memory;
use target::error::{Class, Error, Result};
use target::note::{Level, Note};
use target::report::{self, Form, Log, Report, Run, Wanted};

use super::stage;
use crate::support::folder;
use crate::support::messages::*;

/// What the SDK's parser in Meltano asks of a line; where one is missing, the line is plain text to it.
const MEMBERS: [&str; 9] =
    ["level", "pid", "logger_name", "ts", "thread_name", "app_name", "stream_name", "message", "extra"];

fn noon() -> Now {
    Now::from_nanos(stage::START)
}

fn log(form: Form, level: Level) -> Log {
    Log::new(Wanted { level, form }, noon)
}

/// Loads `input`, and ends as the binary does: what was said, how it ended, and the report.
fn load(
    log: Log,
    settings: &Value,
    input: &str,
    bookmarks: impl Write + Send + 'static,
) -> (String, Result<()>, Value) {
    let mut said = Vec::new();
    let mut report = Report::new(&mut said, log);
    let input = io::Cursor::new(input.as_bytes().to_vec());
    let this = Run { load_id: "a".to_owned(), destination: None, started: noon() };
    let settings = stage::settings(settings);
    let memory = Box::new(Memory::new());
    let done = target::run::run(input, memory, bookmarks, &settings, &this.load_id, &mut report);
    report.summary(Duration::from_secs(2));
    let account = report.account(&this, &done);
    if let Err(error) = &done {
        report.error(error);
    }
    drop(report);
    (String::from_utf8(said).unwrap(), done, account)
}

/// Three records of one stream, of which one is late and one is refused, and one of another.
fn users() -> String {
    let users = schema("users", &["id"], &[("id", INTEGER), ("name", TEXT)]);
    users
        + &sequenced("users", 5, r#"{"id":1,"name":"Ada"}"#)
        + &sequenced("users", 4, r#"{"id":1,"name":"late"}"#)
        + &sequenced("users", 6, r#"{"id":2,"name":7}"#)
        + &schema("logs", &["id"], &[("id", INTEGER)])
        + &sequenced("logs", 1, r#"{"id":1}"#)
        + &state(r#"{"at":1}"#)
}

fn metrics(said: &str) -> Vec<Value> {
    let metrics = said.lines().filter_map(|line| line.strip_prefix("INFO METRIC: "));
    metrics.map(|metric| serde_json::from_str(metric).unwrap()).collect()
}

#[test]
fn a_name_that_would_command_the_terminal_is_shown_with_its_escapes() {
    let mut out = Vec::new();
    let mut report = Report::new(&mut out, Log::plain(Level::Info));
    report.note(&Note::info("orders\u{1b}[2J: loaded\r"));
    report.error(&Error::input("no \u{7}").hint("see\n  line \u{9b}2J"));
    drop(report);
    let expected = "target: orders\\u{1b}[2J: loaded\\r\ntarget: no \\u{7}; hint: see line \\u{9b}2J\n";
    assert_eq!(String::from_utf8(out).unwrap(), expected);
}

#[test]
fn the_last_line_is_the_cause_with_its_hint_however_many_lines_the_database_says() {
    let error = Error::destination("it refused").caused_by("ERROR: no\n  DETAIL: because\n").hint("do this");
    for form in [Form::Plain, Form::Json] {
        let mut out = Vec::new();
        let mut report = Report::new(&mut out, log(form, Level::Error));
        report.note(&Note::warning("not asked for"));
        report.error(&error);
        drop(report);
        let said = String::from_utf8(out).unwrap();
        let cause = "it refused: ERROR: no DETAIL: because; hint: do this";
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(said.contains(cause), "{said}");
    }
}

#[test]
fn lines_that_matter_less_than_is_asked_for_are_not_written() {
    let lines = |level: Level| {
        let mut out = Vec::new();
        let mut report = Report::new(&mut out, log(Form::Plain, level));
        report.note(&Note::debug("d"));
        report.note(&Note::info("i"));
        report.note(&Note::warning("w"));
        report.error(&Error::input("e"));
        drop(report);
        String::from_utf8(out).unwrap().lines().count()
    };
    assert_eq!([Level::Debug, Level::Info, Level::Warning, Level::Error].map(lines), [4, 3, 2, 1]);
    let (said, ..) = load(Log::plain(Level::Error), &json!({}), &state("1"), io::sink());
    assert_eq!(said, "");
}

#[test]
fn metrics_are_what_singer_says_they_are_and_count_what_became_of_the_records() {
    let lenient = json!({"on_invalid_record": "reject"});
    let (said, done, _) = load(Log::plain(Level::Info), &lenient, &users(), io::sink());
    done.unwrap();
    let metrics = metrics(&said);
    let mut counted: BTreeSet<(String, String, u64)> = BTreeSet::new();
    for metric in &metrics {
        let tags = &metric["tags"];
        assert_eq!(tags["pid"], std::process::id(), "{metric}");
        match metric["type"].as_str().unwrap() {
            "counter" => {
                let name = |of: &Value| of.as_str().unwrap().to_owned();
                let value = metric["value"].as_u64().unwrap();
                counted.insert((name(&tags["stream"]), name(&metric["metric"]), value));
            }
            kind => {
                assert_eq!((kind, &metric["metric"]), ("timer", &json!("batch_processing_time")));
                assert_eq!((&tags["stream"], &tags["streams"]), (&json!(null), &json!(2)), "one transaction");
                assert_eq!(tags["status"], "succeeded");
                assert!(metric["value"].as_f64().unwrap() >= 0.0);
            }
        }
    }
    let expected = [
        ("logs", "record_count", 1),
        ("users", "record_count", 3),
        ("users", "rejected", 1),
        ("users", "stale", 1),
    ];
    assert_eq!(counted, expected.map(|(a, b, value)| (a.to_owned(), b.to_owned(), value)).into());
}

#[test]
fn a_line_of_json_has_all_that_meltano_asks_for() {
    let faulty = users() + "oops\n";
    let lenient = json!({"on_invalid_record": "reject"});
    let (said, done, _) = load(log(Form::Json, Level::Debug), &lenient, &faulty, io::sink());
    assert_eq!(done.unwrap_err().class(), Class::Input);
    let lines: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    for line in &lines {
        for member in MEMBERS {
            assert!(line.get(member).is_some(), "{member} is not in {line}");
        }
        assert_eq!(line["ts"].as_f64(), Some(1.7e9), "{line}");
    }
    let find = |message: &str| {
        let mut found = lines.iter().filter(|line| line["message"].as_str().unwrap().contains(message));
        found.next().unwrap_or_else(|| panic!("no {message:?} in\n{said}"))
    };
    let announced = find("users → main.users, merged by id");
    assert_eq!((&announced["level"], &announced["stream_name"]), (&json!("info"), &json!("users")));
    let measured = find("METRIC");
    assert_eq!(measured["message"], "METRIC");
    assert_eq!(measured["metric_info"]["metric"], "batch_processing_time");
    assert_eq!(find("commit 1 took")["level"], "debug");
    assert!(find("4 records in 2.0 s")["stream_name"].is_null());
    let last = lines.last().unwrap();
    assert_eq!(last["level"], "error");
    assert!(last["message"].as_str().unwrap().starts_with("line 8: not JSON"), "{last}");
    let exception = &last["exception"];
    assert_eq!((&exception["type"], &exception["module"]), (&json!("input"), &json!("lastword")));
    assert_eq!((&exception["traceback"], &exception["context"]), (&json!([]), &json!(null)));
    assert!(exception.get("cause").is_some() && exception["message"].is_string());
    assert!(exception["notes"][0].as_str().unwrap().starts_with("hint: "), "{exception}");
}

#[test]
fn the_report_accounts_for_every_record_and_says_how_it_ended() {
    let lenient = json!({"on_invalid_record": "reject"});
    let (_, done, report) = load(Log::plain(Level::Info), &lenient, &users(), io::sink());
    done.unwrap();
    let of = |name: &str| report[name].clone();
    assert_eq!((of("load_id"), of("exit_code"), of("class")), (json!("a"), json!(0), json!("ok")));
    assert_eq!((of("error"), of("commits"), of("last_bookmark")), (json!(null), json!(1), json!("out")));
    assert_eq!(of("started"), "2023-11-14T22:13:20.000000Z");
    let streams = report["streams"].as_object().unwrap();
    assert_eq!(streams.keys().collect::<Vec<_>>(), ["logs", "users"]);
    for counts in streams.values().chain([&report["total"]]) {
        let of = |name: &str| counts[name].as_u64().unwrap();
        let outcomes = ["inserted", "replaced", "stale", "duplicate", "deleted", "rejected"].map(of);
        assert_eq!(of("received"), outcomes.iter().sum::<u64>(), "{counts}");
        assert!(of("bytes") > 0);
    }
    assert_eq!(report["total"]["received"], 4);
}

#[test]
fn the_report_of_a_load_that_failed_says_why_and_where() {
    let input = users() + &state(r#"{"at":2}"#);
    let (_, done, report) = load(Log::plain(Level::Info), &json!({}), &input, io::sink());
    assert_eq!(done.unwrap_err().class(), Class::Input);
    assert_eq!((&report["exit_code"], &report["class"]), (&json!(1), &json!("input")));
    let error = &report["error"];
    assert_eq!((&error["line"], &error["stream"]), (&json!(4), &json!("users")));
    assert!(error["message"].as_str().unwrap().contains("property \"name\"") && error["hint"].is_string());
    // What came before it is loaded.
    assert_eq!((&report["total"]["received"], &report["last_bookmark"]), (&json!(2), &json!("none")));
}

/// A reader of bookmarks that has gone.
struct Gone;

impl Write for Gone {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn rows_that_are_in_are_counted_where_their_bookmark_could_not_be_written() {
    let lenient = json!({"on_invalid_record": "reject"});
    let (_, done, report) = load(Log::plain(Level::Info), &lenient, &users(), Gone);
    assert_eq!(done.unwrap_err().class(), Class::Destination);
    assert_eq!((&report["last_bookmark"], &report["commits"]), (&json!("held"), &json!(1)));
    assert_eq!(report["total"]["received"], 4);
}

#[test]
fn a_report_is_written_whole_and_leaves_nothing_beside_it() {
    let folder = folder::fresh();
    let path = folder.path().join("report.json");
    report::check(&path).unwrap();
    for version in [1, 2] {
        report::write(&path, &json!({ "version": version })).unwrap();
        let read: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        assert_eq!(read, json!({ "version": version }));
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    for path in [folder.path().to_owned(), folder.path().join("none/report.json")] {
        assert_eq!(report::check(&path).unwrap_err().class(), Class::Usage);
        assert!(report::write(&path, &json!(1)).is_err());
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn the_summary_says_how_many_records_were_left_to_others() {
    let mut out = Vec::new();
    let mut report = Report::new(&mut out, Log::plain(Level::Info));
    report.filtered("orders", 1_200);
    report.filtered("orders", 34);
    report.elsewhere("orders", 7_000);
    report.elsewhere("users", 1);
    report.summary(std::time::Duration::from_secs(1));
    drop(report);
    let said = String::from_utf8(out).unwrap();
    assert!(said.contains("\norders: records that its filter left out: 1,234\n"), "{said}");
    assert!(
        said.contains("\norders: records of other shards: 7,000\nusers: records of other shards: 1\n"),
        "{said}"
    );
}
