//! Changes of tables that others read and write meanwhile: they get through, and the loader too once it can.

use std::fmt::Write as _;
use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::support::messages::{INTEGER, TEXT, schema, sequenced, state};
use crate::support::place::Place;
use crate::support::{folder, postgres, programs};

/// A table of three rows.
fn place() -> Place {
    let place = Place::postgres();
    let mut input = schema("s", &["id"], &[("id", INTEGER)]);
    for id in 1..4 {
        write!(input, "{}", sequenced("s", 1, &format!(r#"{{"id":{id}}}"#))).expect("a text takes it");
    }
    place.load("{}", &(input + &state("1"))).ok();
    place
}

/// A stream for which the table gets a column.
fn wider() -> String {
    schema("s", &["id"], &[("id", INTEGER), ("x", TEXT)])
        + &sequenced("s", 2, r#"{"id":1,"x":"new"}"#)
        + &state("2")
}

#[test]
fn a_table_that_somebody_reads_for_long_is_changed_afterwards_and_others_read_it_meanwhile() {
    let (place, folder) = (place(), folder::fresh());
    let url = place.url();
    let mut holder = postgres::connect(&url);
    holder.batch_execute("begin; select from s").expect("it may");
    let over = AtomicBool::new(false);
    let (ran, longest, reads) = thread::scope(|scope| {
        scope.spawn(move || {
            thread::sleep(Duration::from_secs(7));
            holder.batch_execute("commit").expect("it may");
        });
        let reader = scope.spawn(|| {
            let mut client = postgres::connect(&url);
            let (mut longest, mut reads) = (Duration::ZERO, 0);
            while !over.load(Ordering::SeqCst) {
                let begun = Instant::now();
                client.query_one("select count(*) from s", &[]).expect("it is read");
                longest = longest.max(begun.elapsed());
                reads += 1;
                thread::sleep(Duration::from_millis(20));
            }
            (longest, reads)
        });
        let ran = programs::target(folder.path(), &[&url], wider().as_bytes());
        over.store(true, Ordering::SeqCst);
        let (longest, reads) = reader.join().expect("it reads");
        (ran, longest, reads)
    });
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(place.rows("s", &["id", "x"]), ["1 | \"new\"", "2 | NULL", "3 | NULL"]);
    // It stands in line for two seconds at a time; this machine may be slow.
    assert!(longest < Duration::from_secs(5), "a reader waited for {longest:?}");
    assert!(reads > 20, "others got through only {reads} times");
}

#[test]
fn a_table_that_is_never_let_go_is_not_changed_and_who_has_it_is_named() {
    let (place, folder) = (place(), folder::fresh());
    let mut holder = postgres::connect(&place.url());
    holder.batch_execute("set application_name = 'a report'; begin; select from s").expect("it may");
    fs::write(folder.path().join("settings.json"), r#"{"lock_timeout":5,"max_retries":0}"#)
        .expect("the folder can be written");
    let url = place.url();
    let ran = programs::target(folder.path(), &[&url, "-c", "settings.json"], wider().as_bytes());
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    for word in ["table \"s\"", "it is held by session ", "(a report), idle in transaction"] {
        assert!(ran.stderr.contains(word), "{word}: {}", ran.stderr);
    }
    assert_eq!(ran.stdout, "", "no bookmark is out");
    assert_eq!(place.dump("s").names()[..1], ["id"]);
    assert!(!place.dump("s").names().contains(&"x"), "nothing of it is there");
}
