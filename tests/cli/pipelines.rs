//! Runs of one pipeline at the same time.

use std::fs;
use std::io::{BufRead, BufReader, Write};

use target::table::TableName;

use super::{USERS, held_open, lines, state, user};
use crate::support::postgres::{connect, fresh_database};
use crate::support::table;
use crate::support::{folder, programs};

#[test]
fn a_newer_run_locks_the_older_one_out() {
    let (folder, database) = (folder::fresh(), fresh_database());
    let settings = format!(
        r#"{{"destination":{:?},"state_id":"dev:users","batch_wait_limit_seconds":0.1}}"#,
        &*database
    );
    fs::write(folder.path().join("settings.json"), settings).expect("it is written");
    let arguments = ["--config", "settings.json"];
    let mut older = held_open(folder.path(), &arguments);
    let mut stdin = older.stdin.take().expect("it is a pipe");
    let first = lines(&[USERS.to_owned(), user(1, "older", 1), state(1)]);
    stdin.write_all(first.as_bytes()).expect("it reads");
    // Its first commit is done, and the tap is at work on what comes next.
    let mut printed = String::new();
    let mut stdout = BufReader::new(older.stdout.take().expect("it is a pipe"));
    stdout.read_line(&mut printed).expect("it can be read");
    assert_eq!(printed, "{\"position\":1}\n");
    let newer = lines(&[USERS.to_owned(), user(1, "newer", 2), state(2)]);
    programs::target(folder.path(), &arguments, newer.as_bytes()).ok();
    let late = lines(&[user(1, "late", 3), state(3)]);
    stdin.write_all(late.as_bytes()).expect("it reads");
    let mut rest = String::new();
    stdout.read_line(&mut rest).expect("it can be read");
    drop(stdin);
    let output = older.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("a newer run of the pipeline \"dev:users\" has begun"), "{said}");
    assert_eq!(rest, "", "no bookmark for what was not loaded");
    let name = TableName { schema: "public".to_owned(), name: "users".to_owned() };
    let users = table::postgres(&mut connect(&database), &name).expect("the table is there");
    assert_eq!(users.only(&["id", "name"]), ["1 | \"newer\""]);
}
