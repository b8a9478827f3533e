//! Several loaders at the same time, each a process of its own.

use std::io::{Read, Write};
use std::path::Path;
use std::thread;

use target::table::TableName;

use super::{announced, held_open, lines};
use crate::support::{folder, postgres, programs, table};

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

/// A loader reads the SCHEMA `known`; only then another one loads `meanwhile`, whole; then the first loads `last`. The rows that are
/// there in the end, by `columns`.
fn one_meanwhile(database: &str, known: &str, meanwhile: &str, last: &str, columns: &[&str]) -> Vec<String> {
    let folder = folder::fresh();
    let mut first = held_open(folder.path(), &[database]);
    let mut stdin = first.stdin.take().expect("a pipe");
    stdin.write_all(known.as_bytes()).expect("it reads");
    let mut stderr = first.stderr.take().expect("a pipe");
    let mut said = announced(&mut stderr);
    programs::target(folder.path(), &[database], meanwhile.as_bytes()).ok();
    stdin.write_all(last.as_bytes()).expect("it reads");
    drop(stdin);
    stderr.read_to_string(&mut said).expect("text");
    assert!(first.wait().expect("it ends").success(), "{said}");
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
