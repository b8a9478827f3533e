//! Connections that are lost, while the real binary loads into a real Postgres.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use super::proxy::Proxy;
use super::shapes::{Shape, records};
use super::{fill, stream};
use crate::support::dice::{Dice, seed, times};
use crate::support::place::Place;
use crate::support::table::CLOCKS;
use crate::support::{folder, postgres, programs};

const APPEND: &str = r#"{"batch_size_rows":40,"load_method":"append-only","max_retries":30}"#;
const MERGE: &str = r#"{"batch_size_rows":40,"max_retries":30}"#;

/// Orders that come late, twice and out of order, with deletes.
pub(super) fn orders(folder: &Path, rows: u64) -> String {
    let rows = rows.to_string();
    let arguments = [
        "--streams",
        "orders",
        "--rows",
        &rows,
        "--updates",
        "0.5",
        "--duplicates",
        "0.2",
        "--deletes",
        "0.1",
        "--late",
        "0.2",
        "--shuffle",
        "--window",
        "200",
        "--state-every",
        "40",
    ];
    programs::tap(folder, &arguments).ok().stdout
}

/// Loads by way of `url` into `place`, while something happens, and demands that all of it is there once.
#[track_caller]
pub(super) fn loads_all(
    place: &Place,
    url: &str,
    settings: &str,
    folder: &Path,
    input: &str,
    said: &str,
) -> programs::Ran {
    let ran = comes_to_its_end(url, settings, folder, input, said);
    is_as_in_memory(place, settings, input, said);
    ran
}

/// Loads by way of `url`, and demands that it goes well and that the last bookmark is out.
#[track_caller]
fn comes_to_its_end(url: &str, settings: &str, folder: &Path, input: &str, said: &str) -> programs::Ran {
    fs::write(folder.join("settings.json"), settings).expect("the folder can be written");
    let ran = programs::target(folder, &[url, "--config", "settings.json"], input.as_bytes());
    assert_eq!(ran.code, 0, "{said}: {}", ran.stderr);
    let last = input.lines().next_back().expect("it ends with a STATE");
    let last = last.trim_start_matches(r#"{"type":"STATE","value":"#);
    assert_eq!(ran.stdout.lines().next_back(), last.strip_suffix('}'), "{said}: the last bookmark is out");
    ran
}

/// Demands that the orders are those that a load into memory gives.
#[track_caller]
pub(super) fn is_as_in_memory(place: &Place, settings: &str, input: &str, said: &str) {
    let reference = Place::memory();
    reference.load(settings, input).ok();
    assert_eq!(place.dump("orders").records(CLOCKS), reference.dump("orders").records(CLOCKS), "{said}");
}

/// Loads by way of a path that is cut up to four times, each time after at most so many bytes.
#[track_caller]
fn loads_over_a_path_that_is_cut(
    dice: &mut Dice,
    most: u64,
    place: &Place,
    settings: &str,
    folder: &Path,
    input: &str,
    said: &str,
) {
    let proxy = Proxy::before(&place.url());
    let url = proxy.url();
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            // Not before it has connected: that is tried once.
            let mut bytes = 8_000;
            for cut in 1..=4 {
                proxy.cut_after(bytes);
                while proxy.cuts() < cut && !over.load(Ordering::SeqCst) {
                    thread::sleep(Duration::from_millis(1));
                }
                bytes = dice.from(1, most) as i64;
            }
        });
        let ran = comes_to_its_end(&url, settings, folder, input, said);
        over.store(true, Ordering::SeqCst);
        assert!(proxy.cuts() > 0, "{said}: it was cut");
        assert!(ran.stderr.contains("trying again"), "{said}: {}", ran.stderr);
    });
}

#[test]
fn a_path_that_is_cut_at_any_byte_loses_no_row_and_doubles_none() {
    let seed = seed();
    let mut dice = Dice::new(seed);
    let folder = folder::fresh();
    let input = orders(folder.path(), 1500);
    for case in 0..times(4) {
        let settings = [MERGE, APPEND][case as usize % 2];
        let place = Place::postgres();
        let said = format!("TEST_SEED={seed}, case {case}");
        loads_over_a_path_that_is_cut(&mut dice, 200_000, &place, settings, folder.path(), &input, &said);
        is_as_in_memory(&place, settings, &input, &said);
    }
}

#[test]
fn a_path_that_is_cut_at_any_byte_leaves_arrays_tombstones_and_overwritten_tables_whole() {
    let first = seed();
    for seed in (first..).take(times(4) as usize) {
        let mut dice = Dice::new(seed);
        let sent: Vec<_> = (0..40).flat_map(|_| records(&mut dice)).collect();
        let shape = Shape::draw(&mut dice, seed, &sent);
        let settings = shape.settings(40).replace('}', r#","max_retries":30}"#);
        let said = format!("TEST_SEED={seed}: {shape:?}");
        eprintln!("{said}");
        let place = Place::postgres();
        fill(&place, &shape, &mut dice);
        let input = stream(&shape, &sent, 0, || dice.once_in(40));
        let folder = folder::fresh();
        loads_over_a_path_that_is_cut(&mut dice, 50_000, &place, &settings, folder.path(), &input, &said);
        shape.check(&place, &sent, &said);
    }
}

#[test]
fn sessions_that_are_ended_by_the_server_lose_no_row_and_double_none() {
    let seed = seed();
    let folder = folder::fresh();
    let input = orders(folder.path(), 1500);
    for settings in [MERGE, APPEND] {
        let mut dice = Dice::new(seed);
        let database = postgres::fresh_database();
        let mut client = postgres::connect(&database);
        let url = database.to_string();
        let place = Place::Postgres(database);
        let over = AtomicBool::new(false);
        thread::scope(|scope| {
            let ends = scope.spawn(|| {
                let mut ended = 0;
                while ended < 5 && !over.load(Ordering::SeqCst) {
                    thread::sleep(Duration::from_millis(dice.from(1, 60)));
                    // Once it has made the tables of its own, it is past its first connection.
                    let query = "select count(pg_terminate_backend(pid)) from pg_stat_activity \
                         where datname = current_database() and application_name = 'lastword' and to_regclass('orders') is not null";
                    ended += client.query_one(query, &[]).expect("it may").get::<_, i64>(0);
                }
                ended
            });
            loads_all(
                &place,
                &url,
                settings,
                folder.path(),
                &input,
                &format!("TEST_SEED={seed}: {settings}"),
            );
            over.store(true, Ordering::SeqCst);
            assert!(ends.join().expect("it ends sessions") > 0, "one was ended");
        });
    }
}

/// Whether the stream's table is there.
fn has_orders(client: &mut ::postgres::Client) -> bool {
    client.query_one("select to_regclass('orders') is not null", &[]).expect("it answers").get(0)
}

#[test]
fn a_server_that_fails_and_starts_again_loses_no_row_and_doubles_none() {
    let folder = folder::fresh();
    let input = orders(folder.path(), 3000);
    for settings in [MERGE, APPEND] {
        // Not the server of the other tests.
        let (server, keeper) = postgres::start("", |_, _| {});
        // Durability is what this is about; the tests' servers do without it else.
        let url = format!("{}?options=-c%20synchronous_commit%3Don", postgres::url_of(&server));
        let place = Place::Postgres(postgres::database_at(&url));
        let over = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| {
                // Not before it has connected: that is tried once.
                while !over.load(Ordering::SeqCst) && !has_orders(&mut postgres::connect(&url)) {
                    thread::sleep(Duration::from_millis(5));
                }
                postgres::restart(&server);
                thread::sleep(Duration::from_millis(700));
                postgres::restart(&server);
            });
            let ran = loads_all(&place, &url, settings, folder.path(), &input, settings);
            over.store(true, Ordering::SeqCst);
            assert!(ran.stderr.contains("trying again"), "{}", ran.stderr);
        });
        drop(keeper);
    }
}

#[test]
fn a_server_that_stops_answering_for_a_while_is_waited_for() {
    let folder = folder::fresh();
    let input = orders(folder.path(), 1000);
    let database = postgres::fresh_database();
    let mut client = postgres::connect(&database);
    let url = database.to_string();
    let place = Place::Postgres(database);
    let signal = |name: &str, process: i32| {
        // Only root and the server's own user may; where neither is the case it just goes on.
        let _ = Command::new("kill").args(["-s", name, &process.to_string()]).status();
    };
    thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..5 {
                thread::sleep(Duration::from_millis(20));
                let query = "select pid from pg_stat_activity where datname = current_database() and application_name = 'lastword'";
                for row in client.query(query, &[]).expect("it may") {
                    signal("STOP", row.get(0));
                    thread::sleep(Duration::from_millis(300));
                    signal("CONT", row.get(0));
                }
            }
        });
        loads_all(&place, &url, APPEND, folder.path(), &input, "a server that stops");
    });
}

#[test]
fn what_a_person_has_to_mend_is_not_tried_again() {
    let folder = folder::fresh();
    let database = postgres::fresh_database();
    let mut client = postgres::connect(&database);
    let input = orders(folder.path(), 20);
    client.batch_execute("create table orders (id bigint, note int[])").expect("it may");
    let url = database.to_string();
    let ran = programs::target(folder.path(), &[&url], input.as_bytes());
    assert_ne!(ran.code, 0, "{}", ran.stderr);
    assert!(!ran.stderr.contains("trying again"), "{}", ran.stderr);
    let ran = programs::target(folder.path(), &["postgres://nobody@127.0.0.1:1/none"], input.as_bytes());
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(!ran.stderr.contains("trying again"), "the first connection is tried once: {}", ran.stderr);
}
