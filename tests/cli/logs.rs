//! The log as programs read it, and the report of a run.

use std::fs;

use serde_json::Value;

use super::{USERS, lines, state, user};
use crate::support::{folder, programs};

/// As Meltano sets up the logs of its plugins.
const STRUCTURED: &str = r#"{"version":1,"formatters":{"singer":{"()":"singer_sdk.logging.StructuredFormatter"}},"handlers":{"console":{"class":"logging.StreamHandler","formatter":"singer","stream":"ext://sys.stderr"}},"root":{"handlers":["console"],"level":"INFO"}}"#;

fn faulty() -> String {
    lines(&[USERS.to_owned(), user(1, "Ada", 2), user(1, "late", 1), state(1), "oops".to_owned()])
}

#[test]
fn the_last_line_is_the_cause_and_the_hint_is_in_it() {
    let folder = folder::fresh();
    let ran = programs::target(folder.path(), &[], faulty().as_bytes());
    let last = ran.stderr.lines().last().unwrap_or_default();
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(last.starts_with("target: line 5: not JSON") && last.contains("; hint: every line"), "{last}");
}

#[test]
fn where_a_runner_asks_for_json_every_line_is_json_with_all_members() {
    let folder = folder::fresh();
    fs::write(folder.path().join("log.json"), STRUCTURED).expect("the folder can be written");
    let variables = [("SINGER_SDK_LOG_CONFIG", "log.json")];
    let ran = programs::target_in(folder.path(), &[], faulty().as_bytes(), &variables);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let said: Vec<Value> = ran.stderr.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    let members =
        ["level", "pid", "logger_name", "ts", "thread_name", "app_name", "stream_name", "message", "extra"];
    for line in &said {
        assert!(members.iter().all(|member| line.get(member).is_some()), "{line}");
    }
    let counted = said.iter().filter(|line| line["metric_info"]["metric"] == "stale");
    assert_eq!(counted.map(|line| line["metric_info"]["value"].as_u64()).collect::<Vec<_>>(), [Some(1)]);
    let last = said.last().expect("it said something");
    assert_eq!((last["level"].as_str(), last["exception"]["type"].as_str()), (Some("error"), Some("input")));
}

#[test]
fn a_level_that_is_asked_for_leaves_out_what_matters_less() {
    let folder = folder::fresh();
    let ran = programs::target_in(folder.path(), &[], faulty().as_bytes(), &[("LOGLEVEL", "WARNING")]);
    assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
    let odd = [("LOGLEVEL", "warning"), ("SINGER_SDK_LOG_CONFIG", "none.yml")];
    let ran = programs::target_in(folder.path(), &[], b"", &odd).ok();
    assert!(ran.stderr.starts_with("target: SINGER_SDK_LOG_CONFIG: cannot read none.yml"), "{}", ran.stderr);
}

#[test]
fn the_report_is_written_whether_it_went_well_or_not() {
    let folder = folder::fresh();
    let report = || {
        let text = fs::read_to_string(folder.path().join("report.json")).expect("there is a report");
        serde_json::from_str::<Value>(&text).expect("it is JSON")
    };
    let arguments = ["--report", "report.json"];
    let good = lines(&[USERS.to_owned(), user(1, "Ada", 2), user(1, "late", 1), state(1)]);
    programs::target(folder.path(), &arguments, good.as_bytes()).ok();
    let said = report();
    assert_eq!((said["exit_code"].as_i64(), said["class"].as_str()), (Some(0), Some("ok")), "{said}");
    assert_eq!(said["last_bookmark"], "out");
    assert_eq!(said["destination"], "duckdb:warehouse.duckdb");
    let users = &said["streams"]["users"];
    assert_eq!((users["received"].as_u64(), users["stale"].as_u64()), (Some(2), Some(1)), "{said}");
    let ran = programs::target(folder.path(), &arguments, faulty().as_bytes());
    let said = report();
    assert_eq!(said["exit_code"].as_i64(), Some(i64::from(ran.code)));
    assert_eq!((said["error"]["line"].as_u64(), said["class"].as_str()), (Some(5), Some("input")), "{said}");
    let ran = programs::target(folder.path(), &["--report", "none/report.json"], good.as_bytes());
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{}", ran.stderr);
}
