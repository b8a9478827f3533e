//! Bookmarks: what stdout holds, when they leave, and how they are asked for.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::Command;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::{USERS, announced, held_open, lines, state, summary, user, users};
use crate::support::{folder, programs};

/// How long to wait for what should come soon, before the test fails.
const LONG: Duration = Duration::from_secs(60);

#[test]
fn stdout_holds_bookmarks_only_and_stderr_accounts_for_every_record() {
    let folder = folder::fresh();
    let input = lines(&[
        USERS.to_owned(),
        user(1, "Ada", 1),
        state(1),
        user(1, "Ada Lovelace", 3),
        user(1, "late", 2),
        user(2, "Bob", 4),
        user(2, "again", 4),
        state(2),
    ]);
    let ran = programs::target(folder.path(), &[], input.as_bytes()).ok();
    // One commit, and of its bookmarks the last.
    assert_eq!(ran.stdout, "{\"position\":2}\n");
    let numbers = summary(&ran, "users");
    assert_eq!(numbers[0], 5);
    assert_eq!(numbers[0], numbers[1..].iter().sum::<u64>(), "received is not the sum of the outcomes");
    assert!(ran.stderr.contains("loading into duckdb:warehouse.duckdb"), "{}", ran.stderr);
    assert!(ran.stderr.contains("users → main.users, merged by id"), "{}", ran.stderr);
    let quiet = programs::target(folder.path(), &["--quiet"], input.as_bytes()).ok();
    assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str()), ("{\"position\":2}\n", ""));
}

#[test]
fn a_bookmark_is_passed_on_as_it_was_sent_and_an_empty_one_is_not() {
    let folder = folder::fresh();
    let value = r#"{ "b": 1.50, "a": [1e2, "\u00fc"], "b": null }"#;
    let sent = format!(r#"{{"type":"STATE","value":{value}}}"#);
    let empty = r#"{"type":"STATE","value":{ }}"#.to_owned();
    let input = lines(&[USERS.to_owned(), user(1, "Ada", 1), sent, empty]);
    let ran = programs::target(folder.path(), &[], input.as_bytes()).ok();
    assert_eq!(ran.stdout, format!("{value}\n"));
    assert!(ran.stderr.contains("line 4: an empty STATE is not passed on"), "{}", ran.stderr);
}

#[test]
fn every_commit_lets_its_bookmark_out_in_the_order_of_the_input() {
    let folder = folder::fresh();
    let mut input = vec![USERS.to_owned()];
    for position in 1..=9 {
        input.extend([user(position, "x", position), state(position)]);
    }
    std::fs::write(folder.path().join("settings.json"), r#"{"batch_size_rows": 2}"#)
        .expect("the folder can be written");
    let ran = programs::target(folder.path(), &["-c", "settings.json"], lines(&input).as_bytes()).ok();
    // A commit when two rows are there: the second one's bookmark belongs to the next.
    let out: Vec<&str> = ran.stdout.lines().collect();
    let expected = [1, 3, 5, 7, 9].map(|position| format!("{{\"position\":{position}}}"));
    assert_eq!(out, expected);
    assert!(ran.stderr.contains("5 commits"), "{}", ran.stderr);
}

#[test]
fn the_committed_bookmark_can_be_asked_for_and_resumes_the_tap() {
    let folder = folder::fresh();
    let whole = ["--streams", "orders", "--rows", "300", "--window", "100", "--state-every", "50"];
    let first = programs::tap(
        folder.path(),
        &["--streams", "orders", "--rows", "200", "--window", "100", "--state-every", "50"],
    )
    .ok();
    programs::target(folder.path(), &[], first.stdout.as_bytes()).ok();
    let bookmark = programs::target(folder.path(), &["state"], b"").ok();
    let last = first.stdout.lines().rev().find(|line| line.contains("\"STATE\"")).expect("a STATE was sent");
    assert!(last.contains(bookmark.stdout.trim()), "{} is not in {last}", bookmark.stdout);

    std::fs::write(folder.path().join("state.json"), &bookmark.stdout).expect("the folder can be written");
    let resumed = programs::tap(folder.path(), &[&whole[..], &["--state", "state.json"]].concat()).ok();
    let records = resumed.stdout.lines().filter(|line| line.contains("\"RECORD\"")).count();
    assert_eq!(records, 100, "the tap went on from the bookmark");
    programs::target(folder.path(), &[], resumed.stdout.as_bytes()).ok();

    // In two loads or in one: the same table.
    let other = folder::fresh();
    let at_once = programs::tap(other.path(), &whole).ok();
    programs::target(other.path(), &[], at_once.stdout.as_bytes()).ok();
    let orders = |folder: &tempfile::TempDir| {
        let dump = super::dump(&folder.path().join("warehouse.duckdb"), "main", "orders");
        let columns = dump.names().into_iter().filter(|name| !crate::support::table::CLOCKS.contains(name));
        dump.only(&columns.collect::<Vec<_>>())
    };
    assert_eq!(orders(&folder), orders(&other));
    assert!(orders(&folder).len() > 100, "{} orders are too few to mean anything", orders(&folder).len());
}

#[test]
fn state_says_so_where_nothing_was_committed() {
    let folder = folder::fresh();
    programs::target(folder.path(), &[], lines(&[USERS]).as_bytes()).ok();
    let ran = programs::target(folder.path(), &["state"], b"");
    assert_eq!((ran.code, ran.stdout.as_str()), (3, ""));
    assert!(ran.stderr.contains("no bookmark has been committed yet"), "{}", ran.stderr);
}

#[test]
fn to_ask_for_the_bookmark_makes_nothing() {
    let folder = folder::fresh();
    let ran = programs::target(folder.path(), &["state", "duckdb:typo.duckdb"], b"");
    assert_eq!((ran.code, ran.stdout.as_str()), (3, ""));
    assert!(!folder.path().join("typo.duckdb").exists(), "a file was made of a name that was mistyped");
}

#[test]
fn the_help_has_an_example_and_the_exit_codes() {
    let folder = folder::fresh();
    let help = programs::target(folder.path(), &["--help"], b"").ok();
    for word in ["tap | target", "postgres://", "duckdb:", "--config", "target state", "Exit codes: 0"] {
        assert!(help.stdout.contains(word), "{word:?} is not in\n{}", help.stdout);
    }
    let version = programs::target(folder.path(), &["--version"], b"").ok();
    assert_eq!(version.stdout.trim(), concat!("target ", env!("CARGO_PKG_VERSION")));
}

#[test]
fn where_stdout_is_closed_the_rows_are_in_and_it_is_an_error() {
    let folder = folder::fresh();
    let mut target = held_open(folder.path(), &[]);
    drop(target.stdout.take());
    let mut stdin = target.stdin.take().expect("a pipe");
    stdin.write_all(lines(&[USERS.to_owned(), user(1, "Ada", 1), state(1)]).as_bytes()).expect("it reads");
    drop(stdin);
    let output = target.wait_with_output().expect("it ends");
    let stderr = String::from_utf8(output.stderr).expect("text");
    assert_eq!(output.status.code(), Some(3), "{stderr}");
    assert!(stderr.contains("the rows are loaded, but the bookmark could not be written"), "{stderr}");
    assert!(stderr.contains("hint: run again from the last bookmark"), "{stderr}");
    assert_eq!(users(&folder.path().join("warehouse.duckdb")), [r#"1 | "Ada""#]);
    let bookmark = programs::target(folder.path(), &["state"], b"").ok();
    assert_eq!(bookmark.stdout, "{\"position\":1}\n");
}

#[test]
fn a_silent_tap_has_its_rows_loaded_and_its_bookmark_out_in_time() {
    let folder = folder::fresh();
    std::fs::write(folder.path().join("settings.json"), r#"{"batch_wait_limit_seconds": 0.2}"#)
        .expect("the folder can be written");
    let mut target = held_open(folder.path(), &["--config", "settings.json"]);
    let mut stdin = target.stdin.take().expect("a pipe");
    let stdout = BufReader::new(target.stdout.take().expect("a pipe"));
    let (said, heard) = mpsc::channel();
    let reader = thread::spawn(move || {
        stdout.lines().map_while(Result::ok).for_each(|line| said.send(line).unwrap_or_default());
    });
    // Twice, for the second wait begins with the second row. Nothing more is sent, and the pipe stays open.
    for position in 1..=2 {
        let sent = lines(&[USERS.to_owned(), user(position, "Ada", position), state(position)]);
        stdin.write_all(sent.as_bytes()).expect("it reads");
        let bookmark = heard.recv_timeout(LONG).expect("the bookmark is out while the tap is silent");
        assert_eq!(bookmark, format!("{{\"position\":{position}}}"));
    }
    drop(stdin);
    assert!(target.wait().expect("it ends").success());
    reader.join().expect("it ends");
    assert_eq!(users(&folder.path().join("warehouse.duckdb")), [r#"1 | "Ada""#, r#"2 | "Ada""#]);
}

#[test]
fn a_killed_loader_leaves_a_bookmark_that_is_not_ahead_of_the_rows() {
    let folder = folder::fresh();
    std::fs::write(folder.path().join("settings.json"), r#"{"batch_size_rows": 1}"#)
        .expect("the folder can be written");
    let mut target = held_open(folder.path(), &["--config", "settings.json"]);
    let mut stdin = target.stdin.take().expect("a pipe");
    let sent = lines(&[USERS.to_owned(), user(1, "Ada", 1), state(1), user(2, "Bob", 2), user(3, "Cyd", 3)]);
    stdin.write_all(sent.as_bytes()).expect("it reads");
    let mut stdout = BufReader::new(target.stdout.take().expect("a pipe"));
    let mut bookmark = String::new();
    stdout.read_line(&mut bookmark).expect("the first bookmark comes while the input is open");
    target.kill().expect("it runs");
    target.wait().expect("it ends");
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).expect("text");
    assert_eq!((bookmark.as_str(), rest.as_str()), ("{\"position\":1}\n", ""));
    let committed = programs::target(folder.path(), &["state"], b"").ok();
    assert_eq!(committed.stdout, bookmark);
    let stored = users(&folder.path().join("warehouse.duckdb"));
    assert!(stored.len() >= 2 && stored[0] == r#"1 | "Ada""#, "{stored:?}");
}

#[test]
fn a_signal_ends_the_load_with_what_was_read_committed_and_its_bookmark_out() {
    for (signal, code) in [("TERM", 143), ("INT", 130)] {
        let folder = folder::fresh();
        let mut target = held_open(folder.path(), &[]);
        let mut stdin = target.stdin.take().expect("a pipe");
        let sent = lines(&[USERS.to_owned(), user(1, "Ada", 1), state(1), user(2, "Bob", 2)]);
        stdin.write_all(sent.as_bytes()).expect("it reads");
        // The lines came at once, so all of them are read when the stream is announced.
        let mut stderr = target.stderr.take().expect("a pipe");
        let mut said = announced(&mut stderr);
        let process = target.id().to_string();
        let sent = Command::new("kill").args(["-s", signal, &process]).status().expect("there is a kill");
        assert!(sent.success());
        let output = target.wait_with_output().expect("it ends while its input is open");
        stderr.read_to_string(&mut said).expect("text");
        assert_eq!(output.status.code(), Some(code), "{said}");
        assert_eq!(String::from_utf8_lossy(&output.stdout), "{\"position\":1}\n", "{said}");
        assert!(said.contains("stopped by signal"), "{said}");
        assert_eq!(users(&folder.path().join("warehouse.duckdb")), [r#"1 | "Ada""#, r#"2 | "Bob""#]);
    }
}

#[test]
fn lines_may_end_and_begin_as_windows_programs_write_them() {
    let folder = folder::fresh();
    let sent = [USERS.to_owned(), user(1, "Ada", 1), user(2, "Bob", 2), state(2)];
    let variants: [Vec<u8>; 5] = [
        sent.join("\n").into_bytes(),
        sent.join("\r\n").into_bytes(),
        format!("\u{feff}{}", lines(&sent)).into_bytes(),
        format!("\n \r\n{}\n\n\t\n", sent.join("\n\n")).into_bytes(),
        format!("\u{feff}\r\n{}", sent.join("\r\n\r\n")).into_bytes(),
    ];
    for (number, input) in variants.iter().enumerate() {
        let file = format!("{number}.duckdb");
        let ran = programs::target(folder.path(), &[&file], input).ok();
        assert_eq!(ran.stdout, "{\"position\":2}\n", "variant {number}");
        assert_eq!(users(&folder.path().join(file)), [r#"1 | "Ada""#, r#"2 | "Bob""#], "variant {number}");
    }
    // Numbers of lines count the blank ones.
    let ran = programs::target(folder.path(), &["x.duckdb"], b"\r\n\nnonsense\r\n");
    assert!(ran.stderr.contains("line 3: not JSON"), "{}", ran.stderr);
}
