//! Where settings come from, and what the program says of itself.

use std::fs;

use serde_json::Value;

use super::{USERS, lines, state, user, users};
use crate::support::{folder, programs};

fn ada() -> String {
    lines(&[USERS.to_owned(), user(1, "Ada", 1), state(1)])
}

#[test]
fn files_of_settings_are_put_together_and_variables_in_them_are_filled_in() {
    let folder = folder::fresh();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("it is written");
    write("first.json", r#"{"path": "${NAME}.duckdb", "batch_size_rows": "5", "temp_dir": "/tmp"}"#);
    write("second.json", r#"{"batch_size_rows": 7, "batch_size_row": 1}"#);
    let arguments = ["-c", "first.json", "--config", "second.json"];
    let ran = programs::target_in(folder.path(), &arguments, ada().as_bytes(), &[("NAME", "shop")]).ok();
    assert_eq!(users(&folder.path().join("shop.duckdb")), [r#"1 | "Ada""#]);
    assert!(ran.stderr.contains("unknown setting batch_size_row is ignored; did you mean batch_size_rows?"));
    assert!(ran.stderr.contains("setting temp_dir has no effect"), "{}", ran.stderr);
    let ran = programs::target(folder.path(), &arguments, b"");
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("setting path: there is no variable NAME"), "{}", ran.stderr);
}

#[test]
fn settings_come_from_the_environment_only_where_that_is_said() {
    let folder = folder::fresh();
    fs::write(folder.path().join(".env"), "TARGET_LASTWORD_PATH=dot.duckdb\nTARGET_LASTWORD_SCHEMA=raw\n")
        .expect("it is written");
    let variables = [("TARGET_LASTWORD_PATH", "env.duckdb")];
    programs::target_in(folder.path(), &[], ada().as_bytes(), &variables).ok();
    assert!(folder.path().join("warehouse.duckdb").exists() && !folder.path().join("env.duckdb").exists());
    programs::target_in(folder.path(), &["--config", "ENV"], ada().as_bytes(), &variables).ok();
    let rows = super::dump(&folder.path().join("env.duckdb"), "raw", "users");
    assert_eq!(rows.only(&["name"]), [r#""Ada""#]);
}

#[test]
fn messages_come_from_a_file_where_one_is_named() {
    let folder = folder::fresh();
    fs::write(folder.path().join("users.singer"), ada()).expect("it is written");
    programs::target(folder.path(), &["--input", "users.singer"], b"not read").ok();
    assert_eq!(users(&folder.path().join("warehouse.duckdb")), [r#"1 | "Ada""#]);
    let ran = programs::target(folder.path(), &["--input", "none.singer"], b"");
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("cannot read the messages in none.singer"), "{}", ran.stderr);
}

#[test]
fn the_program_says_what_it_is_and_opens_nothing() {
    let folder = folder::fresh();
    let about = programs::target(folder.path(), &["--about", "--format=json"], b"").ok();
    let about: Value = serde_json::from_str(&about.stdout).expect("it is JSON");
    assert_eq!(about["name"], "target-lastword");
    assert!(about["settings"]["properties"]["default_target_schema"].is_object());
    let text = programs::target(folder.path(), &["--about"], b"").ok();
    assert!(text.stdout.contains("Capabilities: ") && text.stdout.contains("batch_size_rows"));
    let version = programs::target(folder.path(), &["--version"], b"").ok();
    assert_eq!(version.stdout, format!("target {}\n", env!("CARGO_PKG_VERSION")));
    for (shell, word) in [("bash", "complete -F"), ("zsh", "#compdef target"), ("fish", "complete -c target")]
    {
        let script = programs::target(folder.path(), &["completions", shell], b"").ok();
        assert!(script.stdout.contains(word) && script.stdout.contains("load-method"), "{shell}");
    }
    let manual = programs::target(folder.path(), &["man"], b"").ok();
    assert!(
        manual.stdout.contains(".TH target 1") && manual.stdout.contains("Exit codes"),
        "{}",
        manual.stdout
    );
    assert_eq!(fs::read_dir(folder.path()).expect("it is there").count(), 0);
}
