//! The binaries at the terminal: destinations, exit codes, messages, what goes to stdout.

/// Tables that other loaders made.
mod adopting;
/// What `target state` prints and when bookmarks leave.
mod bookmarks;
/// Many streams at once.
mod crowds;
/// The ways to say where rows go.
mod destinations;
/// What is wrong, in which words, with which exit code, and what is loaded all the same.
mod faults;
/// A DuckLake.
mod lakes;
/// Several loaders at the same time.
mod loaders;
/// The log as programs read it, and the report of a run.
mod logs;
/// The commands that look and change nothing.
mod looking;
/// Streams of several schemas of the source, each to a schema of its own.
mod mapping;
/// MotherDuck, as far as it goes without one.
mod motherduck;
/// What only the binary can show of the streams that other loaders fail at.
mod peers;
/// Runs of one pipeline at the same time.
mod pipelines;
/// What was rejected, and once more.
mod rejects;
/// Rows that DuckDB has little room for.
mod room;
/// Where settings come from, and what the program says of itself.
mod settings;
/// One stream over many loaders.
mod shards;

use std::io::Read;
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};

use target::table::TableName;

use crate::support::{place, programs, table};

/// A stream of users, by `id`.
const USERS: &str = r#"{"type":"SCHEMA","stream":"users","schema":{"type":"object","properties":{"id":{"type":"integer"},"name":{"type":["null","string"]}}},"key_properties":["id"]}"#;

fn user(id: i64, name: &str, sequence: i64) -> String {
    format!(
        r#"{{"type":"RECORD","stream":"users","record":{{"id":{id},"name":"{name}"}},"sequence":{sequence}}}"#
    )
}

fn state(position: i64) -> String {
    format!(r#"{{"type":"STATE","value":{{"position":{position}}}}}"#)
}

/// Lines as a tap sends them.
fn lines<T: AsRef<str>>(lines: &[T]) -> String {
    lines.iter().map(|line| format!("{}\n", line.as_ref())).collect()
}

/// A table in a DuckDB file.
#[track_caller]
fn dump(file: &Path, schema: &str, name: &str) -> table::Dump {
    assert!(file.exists(), "{} does not exist", file.display());
    let name = TableName { schema: schema.to_owned(), name: name.to_owned() };
    table::duckdb(&place::duckdb(file), &name).unwrap_or_else(|| panic!("no table {name:?}"))
}

/// The users of a DuckDB file: `id | name`.
#[track_caller]
fn users(file: &Path) -> Vec<String> {
    dump(file, "main", "users").only(&["id", "name"])
}

/// The numbers of a stream in the summary: received, inserted, replaced, stale, duplicate, deleted, rejected.
#[track_caller]
fn summary(ran: &programs::Ran, stream: &str) -> Vec<u64> {
    let numbers = ran.stderr.lines().find_map(|line| {
        let rest = line.strip_prefix(stream)?;
        let numbers: Option<Vec<u64>> =
            rest.split_whitespace().map(|number| number.replace(',', "").parse().ok()).collect();
        numbers.filter(|numbers| numbers.len() == 7)
    });
    numbers.unwrap_or_else(|| panic!("no summary of {stream:?} in\n{}", ran.stderr))
}

/// A `target` whose input is held open.
fn held_open(folder: &Path, arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_target"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts")
}

/// What a `target` says until it has read a SCHEMA, and with it what was sent at once with it.
#[track_caller]
fn announced(stderr: &mut ChildStderr) -> String {
    let mut said = Vec::new();
    while !said.ends_with(b"merged by id\n") {
        let mut byte = [0];
        let read = stderr.read(&mut byte).expect("it can be read");
        assert_eq!(read, 1, "it ended: {}", String::from_utf8_lossy(&said));
        said.extend(byte);
    }
    String::from_utf8(said).expect("text")
}
