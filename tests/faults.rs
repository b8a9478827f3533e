//! What breaks, over and over: a load that goes on or is begun again gives the same table, and no bookmark says too much.
//!
//! `TEST_SEED=… cargo test faults` replays what a failure printed.

/// Connections that are lost.
mod connections;
/// Processes that are killed.
mod crashes;
/// A disk that is full.
mod disk;
/// A destination that fails at random.
mod faulty;
/// Many loaders of one table.
mod loaders;
/// The memory of the process.
mod memory;
/// A network path that is cut.
mod proxy;
/// The least rights in Postgres.
mod rights;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use target::destination::retrying::{Retries, Retrying};

use crate::support::dice::{Dice, seed};
use crate::support::messages::{INTEGER, schema, sequenced, state};
use crate::support::place::{Place, load_into};
use faulty::Faulty;

/// Keys of the stream.
const KEYS: u64 = 12;

#[test]
fn faults_that_pass_or_end_the_run_leave_the_same_table_in_memory() {
    (0..times(1500)).for_each(|case| faults_leave_the_same_table(Place::memory(), case));
}

#[test]
fn faults_that_pass_or_end_the_run_leave_the_same_table_in_duckdb() {
    (0..times(15)).for_each(|case| faults_leave_the_same_table(Place::duckdb(), case));
}

#[test]
fn faults_that_pass_or_end_the_run_leave_the_same_table_in_postgres() {
    (0..times(15)).for_each(|case| faults_leave_the_same_table(Place::postgres(), case));
}

/// So many, or `SOAK` times as many: `make soak` asks for more than there is time for in every run of the tests.
fn times(usual: u64) -> u64 {
    usual * std::env::var("SOAK").map_or(1, |factor| factor.parse().expect("SOAK is a number"))
}

/// A record: its key, and its sequence.
type Sent = (u64, i64);

/// Records that come late and twice.
fn records(dice: &mut Dice) -> Vec<Sent> {
    let mut sent: Vec<Sent> =
        (1..=dice.from(5, 60) as i64).map(|sequence| (dice.below(KEYS), sequence)).collect();
    for _ in 0..dice.below(20) {
        sent.push(sent[dice.index(sent.len())]);
    }
    dice.shuffle(&mut sent);
    sent
}

fn faults_leave_the_same_table(place: Place, case: u64) {
    let seed = seed().wrapping_add(case);
    let dice = Arc::new(Mutex::new(Dice::new(seed)));
    let throw = |f: fn(&mut Dice) -> u64| f(&mut dice.lock().expect("nobody panics with it"));
    let appends = throw(|dice| dice.below(2)) == 0;
    let settings = format!(
        r#"{{"batch_size_rows":{},"load_method":"{}"}}"#,
        throw(|dice| dice.from(1, 9)),
        if appends { "append-only" } else { "upsert" }
    );
    let sent = records(&mut dice.lock().expect("nobody panics with it"));
    let said = format!("TEST_SEED={seed}: {settings}");
    let place = Arc::new(place);
    let (mut from, mut runs) = (0, 0);
    loop {
        runs += 1;
        assert!(runs < 200, "{said}: it comes to an end");
        let mut input = schema("s", &["id"], &[("id", INTEGER)]);
        for (at, (id, sequence)) in sent.iter().enumerate().skip(from) {
            input += &sequenced("s", *sequence, &format!(r#"{{"id":{id}}}"#));
            if throw(|dice| dice.below(4)) == 0 {
                input += &state(&(at + 1).to_string());
            }
        }
        write!(input, "{}", state(&sent.len().to_string())).expect("a text takes it");
        let opening = {
            let (place, dice) = (Arc::clone(&place), Arc::clone(&dice));
            Box::new(move || Faulty::open(place.open(), &dice))
        };
        let retries = Retries { most: 4, first_pause: Duration::ZERO };
        let Ok(destination) = Retrying::new(opening, retries, |_| {}) else { continue };
        let loaded = load_into(Box::new(destination), &settings, &input);
        for bookmark in &loaded.bookmarks {
            from = bookmark.parse().expect("a number");
        }
        // Whatever happened: what the bookmark says has landed.
        hold_against(&place, &sent[..from], appends, &said);
        if loaded.outcome.is_ok() {
            assert_eq!(from, sent.len(), "{said}: the last bookmark is out");
            break;
        }
    }
    let expected = expected(&sent, appends);
    assert_eq!(stored(&place), expected, "{said}");
}

/// The rows of the table, if it is there yet.
fn stored(place: &Place) -> Vec<Sent> {
    let Some(table) = place.find("s") else { return Vec::new() };
    let row = |row: String| {
        let (id, sequence) = row.split_once(" | ").expect("two columns");
        (id.parse().expect("an id"), sequence.parse().expect("a sequence"))
    };
    let mut rows: Vec<Sent> = table.only(&["id", "_sdc_sequence"]).into_iter().map(row).collect();
    rows.sort_unstable();
    rows
}

/// The rows that these records come to.
fn expected(sent: &[Sent], appends: bool) -> Vec<Sent> {
    let mut rows = sent.to_vec();
    rows.sort_unstable();
    rows.dedup();
    if appends {
        return rows;
    }
    rows.into_iter().collect::<BTreeMap<_, _>>().into_iter().collect()
}

/// Demands that the table has at least these records: in a merge each or a newer one, in an append each once.
#[track_caller]
fn hold_against(place: &Place, sent: &[Sent], appends: bool, said: &str) {
    let stored = stored(place);
    for (id, sequence) in expected(sent, appends) {
        let count = stored.iter().filter(|row| match appends {
            true => **row == (id, sequence),
            false => row.0 == id && row.1 >= sequence,
        });
        assert_eq!(count.count(), 1, "{said}: {id} of {sequence} is covered by a bookmark");
    }
}
