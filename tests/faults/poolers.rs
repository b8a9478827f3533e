//! Loads by way of PgBouncer: what works does, and what cannot work is said at the start.

use std::fs;
use std::thread;

use super::shapes::{Method, Shape, records};
use super::streams;
use crate::support::dice::{Dice, seed, times};
use crate::support::place::Place;
use crate::support::pooler::Pooler;
use crate::support::{folder, programs};

/// Several loaders of one table, over as few sessions as the pooler has.
fn loads(mode: &str, loaders: usize, sessions: usize) {
    let first = seed();
    for seed in (first..).take(times(3) as usize) {
        let mut dice = Dice::new(seed);
        let mut sent: Vec<_> = (0..8).flat_map(|_| records(&mut dice)).collect();
        let shape = Shape::draw(&mut dice, seed, &sent);
        let shape = if shape.method == Method::Overwrite { shape.merged() } else { shape };
        let settings = shape.settings(dice.from(5, 40));
        let said = format!("TEST_SEED={seed}: {loaders} loaders, {sessions} sessions, {shape:?} {settings}");
        eprintln!("{said}");
        let (folder, place) = (folder::fresh(), Place::postgres());
        let pooler = Pooler::before(&place.url(), mode, sessions);
        fs::write(folder.path().join("settings.json"), settings).expect("the folder can be written");
        let streams = streams(&shape, &mut sent, loaders, &mut dice);
        thread::scope(|scope| {
            for stream in &streams {
                scope.spawn(|| {
                    let arguments = [pooler.url(), "-c", "settings.json"];
                    let ran = programs::target(folder.path(), &arguments, stream.as_bytes());
                    assert_eq!(ran.code, 0, "{said}: {}", ran.stderr);
                });
            }
        });
        shape.check(&place, &sent, &said);
        leaves_nothing_behind(&pooler, &said);
    }
}

/// Demands that whoever gets the session next finds it as it was.
#[track_caller]
fn leaves_nothing_behind(pooler: &Pooler, said: &str) {
    let query = "select string_agg(name, ', ') from pg_settings where name in \
                 ('TimeZone', 'jit', 'lock_timeout', 'statement_timeout') and source = 'session'";
    let found = pooler.connect().simple_query(query).expect("it answers");
    let changed = found.iter().find_map(|message| match message {
        ::postgres::SimpleQueryMessage::Row(row) => row.get(0),
        _ => None,
    });
    assert_eq!(changed, None, "{said}: settings stay behind");
    let query = "select count(*) from pg_prepared_statements";
    let found = pooler.connect().simple_query(query).expect("it answers");
    let left = found.iter().find_map(|message| match message {
        ::postgres::SimpleQueryMessage::Row(row) => row.get(0),
        _ => None,
    });
    assert_eq!(left, Some("0"), "{said}: statements stay behind");
}

#[test]
fn loaders_share_the_sessions_of_a_pooler_that_gives_one_to_each_transaction() {
    loads("transaction", 3, 2);
    loads("transaction", 2, 1);
}

#[test]
fn a_pooler_that_gives_a_session_to_each_client_is_as_the_server_itself() {
    loads("session", 2, 4);
}

#[test]
fn a_pooler_that_takes_no_transactions_is_refused_at_the_start() {
    let (folder, place) = (folder::fresh(), Place::postgres());
    let pooler = Pooler::before(&place.url(), "statement", 2);
    let ran = programs::target(folder.path(), &[pooler.url()], b"");
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(ran.stderr.contains("hint: a pooler with pool_mode = statement"), "{}", ran.stderr);
    assert!(!ran.stderr.contains("trying again"), "{}", ran.stderr);
    assert_eq!(place.find("_sdc_loads"), None, "nothing was made");
}

#[test]
fn options_that_a_pooler_does_not_take_are_named() {
    let (folder, place) = (folder::fresh(), Place::postgres());
    let pooler = Pooler::before(&place.url(), "transaction", 2);
    let url = format!("{}?options=-c%20work_mem%3D5MB", pooler.url());
    let ran = programs::target(folder.path(), &[&url], b"");
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(ran.stderr.contains("ignore_startup_parameters"), "{}", ran.stderr);
}
