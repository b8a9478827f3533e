//! What only the real binary can show of the streams in docs/compared.md: what is out and what is in when it is killed or stopped.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::Command;

use super::{USERS, announced, held_open, lines, state, user};
use crate::support::folder;
use crate::support::place::Place;

/// A SCHEMA of `id` and a RECORD of it.
fn schema(stream: &str) -> String {
    format!(
        r#"{{"type":"SCHEMA","stream":"{stream}","schema":{{"properties":{{"id":{{"type":"integer"}}}}}},"key_properties":["id"]}}"#
    )
}

fn record(stream: &str, id: i64) -> String {
    format!(r#"{{"type":"RECORD","stream":"{stream}","record":{{"id":{id}}},"sequence":1}}"#)
}

#[test]
fn a_bookmark_of_two_streams_waits_for_the_rows_of_both() {
    for place in [Place::duckdb(), Place::postgres()] {
        let folder = folder::fresh();
        std::fs::write(folder.path().join("settings.json"), r#"{"batch_size_rows": 4}"#)
            .expect("the folder can be written");
        let mut target = held_open(folder.path(), &["--config", "settings.json", &place.url()]);
        let mut stdin = target.stdin.take().expect("a pipe");
        // The bookmark speaks of both streams, and only the records of one fill the batch.
        let sent = [
            schema("few"),
            schema("many"),
            record("few", 1),
            record("many", 1),
            state(1),
            record("many", 2),
            record("many", 3),
        ];
        stdin.write_all(lines(&sent).as_bytes()).expect("it reads");
        let mut stdout = BufReader::new(target.stdout.take().expect("a pipe"));
        let mut bookmark = String::new();
        stdout.read_line(&mut bookmark).expect("the bookmark comes while the input is open");
        target.kill().expect("it runs");
        target.wait().expect("it ends");
        assert_eq!(bookmark, "{\"position\":1}\n");
        assert_eq!(place.rows("few", &["id"]), ["1"], "the row that the bookmark speaks of is in");
        assert_eq!(place.rows("many", &["id"]), ["1", "2", "3"]);
    }
}

#[test]
fn a_signal_ends_a_load_into_postgres_in_the_same_way() {
    let (folder, place) = (folder::fresh(), Place::postgres());
    let mut target = held_open(folder.path(), &[&place.url()]);
    let mut stdin = target.stdin.take().expect("a pipe");
    let sent = lines(&[USERS.to_owned(), user(1, "Ada", 1), state(1), user(2, "Bob", 2)]);
    stdin.write_all(sent.as_bytes()).expect("it reads");
    let mut stderr = target.stderr.take().expect("a pipe");
    let mut said = announced(&mut stderr);
    let killed = Command::new("kill").args(["-s", "TERM", &target.id().to_string()]).status();
    assert!(killed.expect("there is a kill").success());
    let output = target.wait_with_output().expect("it ends while its input is open");
    stderr.read_to_string(&mut said).expect("text");
    assert_eq!(output.status.code(), Some(143), "{said}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "{\"position\":1}\n", "{said}");
    assert_eq!(place.rows("users", &["id", "name"]), [r#"1 | "Ada""#, r#"2 | "Bob""#]);
}
