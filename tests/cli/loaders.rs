//! Several loaders at the same time, each a process of its own.

use std::thread;

use target::table::TableName;

use super::lines;
use crate::support::{folder, postgres, programs, table};

/// How many at a time.
const LOADERS: u64 = 4;

/// The same changes in another order for each loader, as `tap` shuffles them, with what comes late and twice.
fn streams(folder: &std::path::Path) -> Vec<String> {
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
fn load_at_once(folder: &std::path::Path, database: &str, streams: &[String]) -> Vec<programs::Ran> {
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

fn alone(folder: &std::path::Path) -> Vec<String> {
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
