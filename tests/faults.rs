//! What breaks, over and over: a load that goes on or is begun again gives the same table, and no bookmark says too much.
//!
//! `TEST_SEED=… cargo test faults` replays what a failure printed.

/// Changes of tables that others use.
mod changes;
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
/// Loads by way of a pooler.
mod poolers;
/// A network path that is cut.
mod proxy;
/// The least rights in Postgres.
mod rights;
/// What streams ask of their tables, and what that comes to.
mod shapes;
/// Servers that say nothing any more.
mod silence;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use target::destination::Destination;
use target::destination::retrying::{Retries, Retrying};
use target::error::{Error, Result};

use crate::support::dice::{Dice, seed, times};
use crate::support::loaded::load_into;
use crate::support::messages::state;
use crate::support::place::Place;
use faulty::Faulty;
use shapes::{Method, Sent, Shape, records};

#[test]
fn faults_that_pass_or_end_the_run_leave_the_same_table_in_memory() {
    (0..times(1500)).for_each(|case| faults_leave_the_same_table(Place::memory(), case, failing));
}

#[test]
fn faults_that_pass_or_end_the_run_leave_the_same_table_in_duckdb() {
    (0..times(16)).for_each(|case| faults_leave_the_same_table(Place::duckdb(), case, failing));
}

#[test]
fn faults_that_pass_or_end_the_run_leave_the_same_table_in_postgres() {
    (0..times(16)).for_each(|case| faults_leave_the_same_table(Place::postgres(), case, failing));
}

#[test]
fn faults_that_pass_or_end_the_run_leave_the_same_table_in_a_lake() {
    (0..times(3)).for_each(|case| faults_leave_the_same_table(Place::ducklake(), case, failing));
}

#[test]
fn faults_that_pass_or_end_the_run_leave_the_same_table_in_motherduck() {
    (0..times(16)).for_each(|case| faults_leave_the_same_table(Place::motherduck(), case, failing));
}

/// A stream of this shape, from a record on, with bookmarks after some records and one at its end: each is the number of the records
/// before it.
fn stream(shape: &Shape, sent: &[Sent], from: usize, mut is_due: impl FnMut() -> bool) -> String {
    let mut input = shape.schema();
    for (at, sent) in sent.iter().enumerate().skip(from) {
        input += &shape.record(*sent);
        if is_due() {
            input += &state(&(at + 1).to_string());
        }
    }
    input + &shape.end() + &state(&sent.len().to_string())
}

/// The same records for so many loaders, each in an order of its own.
fn streams(shape: &Shape, sent: &mut [Sent], loaders: usize, dice: &mut Dice) -> Vec<String> {
    let mut shuffled = || {
        dice.shuffle(sent);
        stream(shape, sent, 0, || false)
    };
    (0..loaders).map(|_| shuffled()).collect()
}

/// What an overwritten table holds before: rows that are all newer than those that come, which must not matter.
fn fill(place: &Place, shape: &Shape, dice: &mut Dice) -> Vec<Sent> {
    if shape.method != Method::Overwrite {
        return Vec::new();
    }
    let before: Vec<Sent> =
        records(dice).into_iter().map(|(id, sequence)| (id, sequence + 1_000_000)).collect();
    let shape = shape.merged();
    place.load(&shape.settings(1000), &stream(&shape, &before, 0, || false)).ok();
    before
}

/// How a destination is opened that fails.
type Open = fn(Arc<Place>, Arc<Mutex<Dice>>) -> Result<Box<dyn Destination>>;

fn failing(place: Arc<Place>, dice: Arc<Mutex<Dice>>) -> Result<Box<dyn Destination>> {
    Faulty::open(place.open(), &dice)
}

fn faults_leave_the_same_table(place: Place, case: u64, open: Open) {
    let seed = seed().wrapping_add(case);
    let dice = Arc::new(Mutex::new(Dice::new(seed)));
    let mut thrown = dice.lock().expect("nobody panics with it");
    let sent = records(&mut thrown);
    let shape = Shape::draw(&mut thrown, seed, &sent);
    // An overwrite begins from its start each time: it has to come to its end once in so many runs.
    let rows = if shape.method == Method::Overwrite { thrown.from(9, 30) } else { thrown.from(1, 9) };
    let before = fill(&place, &shape, &mut thrown);
    drop(thrown);
    let settings = shape.settings(rows);
    let said = format!("TEST_SEED={seed}: {shape:?} {settings}");
    let place = Arc::new(place);
    let (mut from, mut runs) = (0, 0);
    loop {
        runs += 1;
        assert!(runs < 200, "{said}: it comes to an end");
        let is_due = || dice.lock().expect("nobody panics with it").once_in(4);
        let input = stream(&shape, &sent, from, is_due);
        let opening = {
            let (place, dice) = (Arc::clone(&place), Arc::clone(&dice));
            Box::new(move || open(Arc::clone(&place), Arc::clone(&dice)))
        };
        let retries = Retries { most: 4, first_pause: Duration::ZERO };
        let Ok(destination) = Retrying::new(opening, retries, |_| {}) else { continue };
        let loaded = load_into(Box::new(destination), &settings, &input);
        for bookmark in &loaded.bookmarks {
            from = bookmark.parse().expect("a number");
        }
        // Whatever happened: what the bookmark says has landed.
        shape.hold_against(&place, &sent[..from], &sent, &before, &said);
        if loaded.outcome.is_ok() {
            assert_eq!(from, sent.len(), "{said}: the last bookmark is out");
            break;
        }
    }
    shape.check(&place, &sent, &said);
}

#[test]
fn what_was_tried_several_times_says_so_behind_its_hint() {
    let dice = Arc::new(Mutex::new(Dice::new(uuid::Uuid::new_v4().as_u64_pair().0)));
    let mut is_open = false;
    let opening = Box::new(move || {
        if is_open {
            return Err(Error::destination("it is not there").hint("start it").passing());
        }
        let opened = Faulty::open(Place::memory().open(), &dice)?;
        is_open = true;
        Ok(opened)
    });
    let retries = Retries { most: 2, first_pause: Duration::ZERO };
    let Ok(mut destination) = Retrying::new(opening, retries, |_| {}) else {
        // These dice do not even let it open.
        return what_was_tried_several_times_says_so_behind_its_hint();
    };
    let table = Place::memory().table("s");
    let hinted = |error: Error| error.hint_text().map(str::to_owned);
    let hint = (0..1000).find_map(|_| destination.describe(&table).err().and_then(hinted));
    assert_eq!(hint.as_deref(), Some("start it; it was tried 2 times more (max_retries)"));
}
