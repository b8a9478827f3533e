//! The binary, its flags and files.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

use crate::{bytes, config, messages};

fn tap(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tap")).args(args).output().expect("the tap starts")
}

fn file(name: &str, content: &Value) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, content.to_string()).expect("a file can be written");
    path.display().to_string()
}

fn refused(args: &[&str], says: &str) {
    let output = tap(args);
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{args:?}: {error}");
    assert!(output.stdout.is_empty(), "{args:?} wrote to stdout");
    assert!(error.contains(says), "{args:?} should say {says:?}, but says {error}");
}

#[test]
fn an_unknown_setting_is_refused_with_the_nearest_known_one() {
    refused(
        &["--config", &file("unknown.json", &json!({"row": 3}))],
        "unknown setting `row`: did you mean rows?",
    );
    refused(&["--config", &file("typo.json", &json!({"state_evry": 3}))], "did you mean state_every?");
    refused(&["--config", &file("strange.json", &json!({"xyzzy": 3}))], "known are streams, rows, seed");
    refused(&["--row", "3"], "--rows");
}

#[test]
fn settings_that_do_not_fit_are_refused() {
    for (settings, says) in [
        (json!({"rows": -1}), "setting `rows` is -1, but must be a whole number"),
        (json!({"rows": {"order": 1}}), "did you mean orders?"),
        (json!({"updates": 0.99}), "can be at most 0.98"),
        (json!({"late": 1.5}), "must be a number from 0 to 1"),
        (json!({"window": 0}), "must be from 1 to"),
        (json!({"streams": ["order"]}), "did you mean orders?"),
        (json!({"shuffle": "yes"}), "must be true or false"),
        (json!({"start": "yesterday"}), "must be a time in UTC"),
        (json!({"start": "9999-12-31", "rows": 86_400}), "after the year 9999"),
    ] {
        let error = config(&settings).map(|_| ()).expect_err("refused").to_string();
        assert!(error.contains(says), "{settings} should say {says:?}, but says {error}");
    }
}

#[test]
fn files_that_do_not_fit_are_refused() {
    refused(&["--config", "/nonexistent/tap.json"], "can't read /nonexistent/tap.json");
    refused(&["--config", &file("list.json", &json!([]))], "must be a JSON object");
    refused(&["--catalog", &file("no-catalog.json", &json!({}))], "--discover");
    refused(&["--state", &file("message.json", &json!({"type": "STATE", "value": {}}))], "`value`");
    let foreign = json!({"bookmarks": {"orders": {"since": 1}}});
    refused(&["--state", &file("foreign.json", &foreign)], "bookmark of `orders` isn't one of this tap");
}

#[test]
fn a_flag_wins_over_the_file() {
    let path = file("rows.json", &json!({"rows": 5, "streams": ["orders"], "seed": 7}));
    assert_eq!(tap(&["--config", &path]).stdout, bytes(&json!({"rows": 5, "streams": "orders", "seed": 7})));
    let both = tap(&["--config", &path, "--rows", "2", "--shuffle", "--late", "0.5"]);
    let expected = json!({"rows": 2, "streams": "orders", "seed": 7, "shuffle": true, "late": 0.5});
    assert_eq!(both.stdout, bytes(&expected));
}

#[test]
fn a_stream_that_the_catalog_does_not_select_is_not_emitted() {
    let discovered = tap(&["--discover"]).stdout;
    let mut catalog: Value = serde_json::from_slice(&discovered).expect("a catalog");
    let emitted = |catalog: &Value, flag: &str| {
        let output = tap(&[flag, &file("catalog.json", catalog), "--rows", "1"]).stdout;
        let streams = messages(&output).into_iter().filter(|message| message["type"] == "SCHEMA");
        streams.filter_map(|message| message["stream"].as_str().map(str::to_owned)).collect::<Vec<_>>()
    };
    assert_eq!(emitted(&catalog, "--catalog"), ["customers", "orders", "events"]);
    catalog["streams"][0]["metadata"][0]["metadata"]["selected"] = false.into();
    catalog["streams"][2]["selected"] = false.into();
    assert_eq!(emitted(&catalog, "--properties"), ["orders"]);
    catalog["streams"][1]["metadata"] = json!([]);
    assert_eq!(emitted(&catalog, "--catalog"), ["orders"]);
    catalog["streams"][1]["tap_stream_id"] = "invoices".into();
    refused(&["--catalog", &file("stranger.json", &catalog)], "`invoices`");
}

#[test]
fn the_catalog_says_what_the_keys_are() {
    let catalog: Value = serde_json::from_slice(&tap(&["--discover"]).stdout).expect("a catalog");
    let events = &catalog["streams"][2];
    assert_eq!(events["key_properties"], json!(["source", "event_id"]));
    assert_eq!(events["metadata"][0]["metadata"]["table-key-properties"], events["key_properties"]);
    assert_eq!(events["schema"]["properties"]["payload"], json!({}));
    assert_eq!(events["metadata"][1]["metadata"]["inclusion"], "automatic");
}

#[test]
fn about_lists_settings_whose_defaults_are_what_nothing_given_means() {
    let about: Value = serde_json::from_slice(&tap(&["--about", "--format", "json"]).stdout).expect("JSON");
    assert_eq!(about["capabilities"], json!(["catalog", "discover", "state", "about"]));
    let properties = about["settings"]["properties"].as_object().expect("settings");
    let defaults =
        properties.iter().map(|(name, schema)| (name.clone(), schema["default"].clone())).collect();
    assert_eq!(bytes(&Value::Object(defaults)), bytes(&json!({})));
}

#[test]
fn a_closed_stdout_ends_with_one_line_and_code_1() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_tap"))
        .args(["--rows", "100000"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the tap starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("the tap ends");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "tap: stdout was closed before the last record\n");
}
