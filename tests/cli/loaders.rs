//! Several loaders at the same time, each a process of its own.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

use target::table::TableName;

use super::{USERS, announced, held_open, lines, state, user, users};
use crate::support::{folder, place, postgres, programs, table};

/// How many at a time.
const LOADERS: u64 = 4;

/// The same changes in another order for each loader, as `tap` shuffles them, with what comes late and twice.
fn streams(folder: &Path) -> Vec<String> {
    let shuffled = |loader: u64| {
        let late = format!("0.{}", loader + 1);
        let arguments = [
            "--streams",
            "orders",
            "--rows",
            "3000",
            "--updates",
            "0.7",
            "--duplicates",
            "0.2",
            "--shuffle",
            "--window",
            "500",
            "--late-windows",
            "5",
            "--late",
            &late,
        ];
        programs::tap(folder, &arguments).ok().stdout
    };
    (0..LOADERS).map(shuffled).collect()
}

/// Loads all of them at once, in commits of few rows.
fn load_at_once(folder: &Path, database: &str, streams: &[String]) -> Vec<programs::Ran> {
    std::fs::write(folder.join("small.json"), r#"{"batch_size_rows": 100}"#)
        .expect("the folder can be written");
    thread::scope(|scope| {
        let running: Vec<_> = streams
            .iter()
            .map(|stream| {
                scope.spawn(move || {
                    programs::target(folder, &["-c", "small.json", database], stream.as_bytes())
                })
            })
            .collect();
        running.into_iter().map(|loader| loader.join().expect("it ends")).collect()
    })
}

/// The table without what depends on when a record was sent, and not on what it says.
fn orders(database: &str) -> Vec<String> {
    let name = TableName { schema: "public".to_owned(), name: "orders".to_owned() };
    let dump = table::postgres(&mut postgres::connect(database), &name).expect("the table is there");
    let when = |name: &&str| table::CLOCKS.contains(name) || *name == "_sdc_extracted_at";
    let kept: Vec<&str> = dump.names().into_iter().filter(|name| !when(name)).collect();
    dump.only(&kept)
}

fn alone(folder: &Path) -> Vec<String> {
    let database = postgres::fresh_database();
    let in_order =
        programs::tap(folder, &["--streams", "orders", "--rows", "3000", "--updates", "0.7"]).ok().stdout;
    programs::target(folder, &[&database], in_order.as_bytes()).ok();
    orders(&database)
}

#[test]
fn loaders_that_merge_into_one_table_at_the_same_time_give_the_table_that_one_gives() {
    let folder = folder::fresh();
    let (streams, expected) = (streams(folder.path()), alone(folder.path()));
    let database = postgres::fresh_database();
    let schema = streams[0].lines().next().expect("a SCHEMA");
    programs::target(folder.path(), &[&database], lines(&[schema]).as_bytes()).ok();
    for ran in load_at_once(folder.path(), &database, &streams) {
        ran.ok();
    }
    assert!(expected.len() > 500, "{} orders are too few to mean anything", expected.len());
    assert!(orders(&database) == expected, "the tables differ");
}

#[test]
fn loaders_may_make_one_table_at_the_same_time() {
    let folder = folder::fresh();
    let (streams, expected) = (streams(folder.path()), alone(folder.path()));
    // Who meets whom is chance, so more than once.
    for _ in 0..3 {
        let database = postgres::fresh_database();
        for ran in load_at_once(folder.path(), &database, &streams) {
            ran.ok();
        }
        assert!(orders(&database) == expected, "the tables differ");
    }
}

/// A SCHEMA of the stream `things`, keyed by `id`, with one more property.
fn things(property: &str) -> String {
    format!(
        r#"{{"type":"SCHEMA","stream":"things","schema":{{"properties":{{"id":{{"type":"integer"}},"{property}":{{"type":["null","string"]}}}}}},"key_properties":["id"]}}"#
    )
}

fn thing(id: i64, property: &str, sequence: i64) -> String {
    format!(
        r#"{{"type":"RECORD","stream":"things","record":{{"id":{id},"{property}":"of {sequence}"}},"sequence":{sequence}}}"#
    )
}

/// A loader reads the SCHEMA `known`; only then another one loads `other`, whole; then the first loads `last`.
fn meanwhile(folder: &Path, arguments: &[&str], known: &str, other: &str, last: &str) {
    let mut first = held_open(folder, arguments);
    let mut stdin = first.stdin.take().expect("a pipe");
    stdin.write_all(known.as_bytes()).expect("it reads");
    let mut stderr = BufReader::new(first.stderr.take().expect("a pipe"));
    let mut said = String::new();
    while !said.contains('→') {
        assert!(stderr.read_line(&mut said).expect("text") > 0, "it ended: {said}");
    }
    programs::target(folder, arguments, other.as_bytes()).ok();
    stdin.write_all(last.as_bytes()).expect("it reads");
    drop(stdin);
    stderr.read_to_string(&mut said).expect("text");
    assert!(first.wait().expect("it ends").success(), "{said}");
}

/// The rows of `things` after this, by `columns`.
fn one_meanwhile(database: &str, known: &str, other: &str, last: &str, columns: &[&str]) -> Vec<String> {
    meanwhile(folder::fresh().path(), &[database], known, other, last);
    let name = TableName { schema: "public".to_owned(), name: "things".to_owned() };
    let dump = table::postgres(&mut postgres::connect(database), &name).expect("the table is there");
    dump.only(columns)
}

#[test]
fn a_newer_row_replaces_the_columns_too_that_its_loader_did_not_know_of() {
    let database = postgres::fresh_database();
    programs::target(folder::fresh().path(), &[&database], lines(&[things("old")]).as_bytes()).ok();
    let (known, meanwhile) = (lines(&[things("old")]), lines(&[things("new"), thing(1, "new", 1)]));
    let rows =
        one_meanwhile(&database, &known, &meanwhile, &lines(&[thing(1, "old", 2)]), &["id", "old", "new"]);
    // As if they had come the other way round: the record of 1 is stale then, and its column was never set.
    assert_eq!(rows, [r#"1 | "of 2" | NULL"#]);
}

#[test]
fn a_table_that_was_made_meanwhile_gets_the_columns_that_it_lacks() {
    let database = postgres::fresh_database();
    let (known, meanwhile) = (lines(&[things("old")]), lines(&[things("new"), thing(1, "new", 1)]));
    let rows =
        one_meanwhile(&database, &known, &meanwhile, &lines(&[thing(2, "old", 2)]), &["id", "old", "new"]);
    assert_eq!(rows, [r#"1 | NULL | "of 1""#, r#"2 | "of 2" | NULL"#]);
}

/// A SCHEMA of the stream `things`, keyed by `id`, where `n` and `at` are of these types.
fn measured(number: &str, format: &str) -> String {
    format!(
        r#"{{"type":"SCHEMA","stream":"things","schema":{{"properties":{{"id":{{"type":"integer"}},"n":{{"type":["null","{number}"]}},"at":{{"type":["null","string"],"format":"{format}"}}}}}},"key_properties":["id"]}}"#
    )
}

fn measure(id: i64, number: &str, at: &str, sequence: i64) -> String {
    format!(
        r#"{{"type":"RECORD","stream":"things","record":{{"id":{id},"n":{number},"at":"{at}"}},"sequence":{sequence}}}"#
    )
}

#[test]
fn rows_are_the_same_in_columns_that_another_loader_has_made_wider_meanwhile() {
    let narrow = lines(&[measured("integer", "date"), measure(1, "1", "2024-01-01", 1)]);
    let wide = lines(&[measured("number", "date-time"), measure(2, "2.5", "2024-01-02T03:04:05Z", 2)]);
    let late = lines(&[measure(3, "7", "2024-01-03", 3), measure(1, "8", "2024-01-04", 4)]);
    for appends in [false, true] {
        let database = postgres::fresh_database();
        let flags = if appends { ["--load-method", "append-only"].as_slice() } else { &[] };
        let folder = folder::fresh();
        let arguments = [[&*database].as_slice(), flags].concat();
        programs::target(folder.path(), &arguments, narrow.as_bytes()).ok();
        let known = lines(&[measured("integer", "date")]);
        meanwhile(folder.path(), &arguments, &known, &wide, &late);
        let name = TableName { schema: "public".to_owned(), name: "things".to_owned() };
        let dump = table::postgres(&mut postgres::connect(&database), &name).expect("the table is there");
        let older = "1 | 1 | 2024-01-01T00:00:00.000000Z";
        let newer = [
            "1 | 8 | 2024-01-04T00:00:00.000000Z",
            "2 | 2.5 | 2024-01-02T03:04:05.000000Z",
            "3 | 7 | 2024-01-03T00:00:00.000000Z",
        ];
        let expected: Vec<&str> = appends.then_some(older).into_iter().chain(newer).collect();
        assert_eq!(dump.only(&["id", "n", "at"]), expected, "append {appends}");
    }
}

/// A SCHEMA of the stream `things`, keyed by `id`, with an array of such numbers.
fn listed(number: &str) -> String {
    format!(
        r#"{{"type":"SCHEMA","stream":"things","schema":{{"properties":{{"id":{{"type":"integer"}},"n":{{"type":"array","items":{{"type":["null","{number}"]}}}}}}}},"key_properties":["id"]}}"#
    )
}

fn list(id: i64, numbers: &str) -> String {
    format!(r#"{{"type":"RECORD","stream":"things","record":{{"id":{id},"n":[{numbers}]}},"sequence":{id}}}"#)
}

#[test]
fn elements_are_the_same_in_columns_that_another_loader_has_made_wider_meanwhile() {
    let narrow = lines(&[listed("integer"), list(1, "1")]);
    let wide = lines(&[listed("number"), list(2, "2.5")]);
    for (method, unique) in [("upsert", true), ("append-only", true), ("append-only", false)] {
        let database = postgres::fresh_database();
        let folder = folder::fresh();
        let settings =
            format!(r#"{{"nested":"subtables","load_method":"{method}","append_unique":{unique}}}"#);
        fs::write(folder.path().join("settings.json"), &settings).expect("it can be written");
        let arguments = [&*database, "--config", "settings.json"];
        programs::target(folder.path(), &arguments, narrow.as_bytes()).ok();
        let (known, late) = (lines(&[listed("integer")]), lines(&[list(3, "7,8")]));
        meanwhile(folder.path(), &arguments, &known, &wide, &late);
        let name = TableName { schema: "public".to_owned(), name: "things__n".to_owned() };
        let dump = table::postgres(&mut postgres::connect(&database), &name).expect("the table is there");
        let mut found = dump.only(&["value"]);
        found.sort();
        assert_eq!(found, ["1", "2.5", "7", "8"], "{settings}");
    }
}

#[test]
fn a_loader_waits_for_a_file_that_another_process_writes_to() {
    let folder = folder::fresh();
    let writer = place::duckdb(&folder.path().join("warehouse.duckdb"));
    let mut target = held_open(folder.path(), &[]);
    let mut stdin = target.stdin.take().expect("a pipe");
    stdin.write_all(lines(&[USERS.to_owned(), user(1, "Ada", 1), state(1)]).as_bytes()).expect("it reads");
    drop(stdin);
    let mut said = BufReader::new(target.stderr.take().expect("a pipe")).lines();
    let first = said.next().expect("it says that it waits").expect("text");
    assert!(first.contains("waiting for at most 60 s"), "{first}");
    assert!(first.contains(&format!("PID {}", std::process::id())), "{first}");
    drop(writer);
    let rest: Vec<String> = said.map_while(Result::ok).collect();
    let output = target.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0), "{rest:?}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "{\"position\":1}\n");
    assert_eq!(users(&folder.path().join("warehouse.duckdb")), [r#"1 | "Ada""#]);
}

#[test]
fn a_last_commit_that_takes_too_long_after_a_signal_is_given_up() {
    let folder = folder::fresh();
    let database = postgres::fresh_database();
    let mut client = postgres::connect(&database);
    let settings = r#"{"shutdown_timeout":0.2,"batch_size_rows":1}"#;
    fs::write(folder.path().join("settings.json"), settings).expect("it can be written");
    let url = database.to_string();
    programs::target(folder.path(), &[&url], lines(&[USERS.to_owned(), user(1, "Ada", 1)]).as_bytes()).ok();
    let mut holder = client.transaction().expect("it may");
    holder.batch_execute("lock table users in access exclusive mode").expect("it may");
    let mut target = held_open(folder.path(), &[&url, "--config", "settings.json"]);
    let mut stdin = target.stdin.take().expect("a pipe");
    stdin.write_all(lines(&[USERS.to_owned(), user(2, "Bob", 2), state(2)]).as_bytes()).expect("it reads");
    let mut stderr = target.stderr.take().expect("a pipe");
    let mut said = announced(&mut stderr);
    let process = target.id().to_string();
    assert!(Command::new("kill").args(["-s", "TERM", &process]).status().expect("there is a kill").success());
    let output = target.wait_with_output().expect("it ends while the table is locked");
    stderr.read_to_string(&mut said).expect("text");
    assert_eq!(output.status.code(), Some(143), "{said}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "", "its rows have not landed");
    assert!(said.contains("the last commit took too long"), "{said}");
}

#[test]
fn a_file_that_another_process_is_making_is_waited_for_and_one_that_is_none_of_duckdb_s_is_not() {
    let folder = folder::fresh();
    let (made, path) = (folder.path().join("made.duckdb"), folder.path().join("warehouse.duckdb"));
    let people = lines(&[USERS.to_owned(), user(1, "Ada", 1), state(1)]);
    programs::target(folder.path(), &["made.duckdb"], people.as_bytes()).ok();
    // As long as nobody knows better it is half of a file.
    fs::write(&path, [0_u8; 100]).unwrap();
    thread::scope(|scope| {
        scope.spawn(|| {
            thread::sleep(Duration::from_millis(500));
            fs::rename(&made, &path).unwrap();
        });
        programs::target(folder.path(), &["warehouse.duckdb"], people.as_bytes()).ok();
    });
    assert_eq!(users(&path), ["1 | \"Ada\""]);
    let wrong = folder.path().join("wrong.duckdb");
    fs::write(&wrong, [0_u8; 100]).unwrap();
    let said = programs::target(folder.path(), &["wrong.duckdb"], people.as_bytes());
    assert!(said.code == 3 && said.stderr.contains("not a valid DuckDB database file"), "{}", said.stderr);
    assert_eq!(fs::read(&wrong).unwrap(), [0_u8; 100]);
}
