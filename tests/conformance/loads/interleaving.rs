//! Hard deletes, rows that live and activations in any order, in any flushes: the rows that live are the same, in every destination.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::{Place, loader, merge, things};
use crate::support::loads::{Asked, Row, gone, row};

/// One of what may come.
#[derive(Clone, Copy, Debug)]
enum Event {
    Live { id: i64, version: i64, sequence: i64 },
    Gone { id: i64, version: i64, sequence: i64 },
    Activate { version: i64, hard: bool },
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event =
        (0..10_u8, 0..4_i64, 0..3_i64, 0..1000_i64).prop_map(|(sort, id, version, sequence)| match sort {
            0..=4 => Event::Live { id, version, sequence },
            5..=8 => Event::Gone { id, version, sequence },
            _ => Event::Activate { version, hard: id % 2 == 0 },
        });
    prop::collection::vec(event, 1..14)
}

/// What lives at the end: of each key the newest row, if it is none that was deleted, and of no version that is over.
fn law(events: &[Event]) -> Vec<String> {
    let active = events.iter().filter_map(|event| match event {
        Event::Activate { version, .. } => Some(*version),
        _ => None,
    });
    let active = active.max().unwrap_or(0);
    let mut newest = std::collections::BTreeMap::new();
    for event in events {
        let (id, order, lives) = match *event {
            Event::Live { id, version, sequence } => (id, (version, sequence), true),
            Event::Gone { id, version, sequence } => (id, (version, sequence), false),
            Event::Activate { .. } => continue,
        };
        let held = newest.entry(id).or_insert((order, lives));
        if order > held.0 {
            *held = (order, lives);
        }
    }
    let live = newest.iter().filter(|(_, ((version, _), lives))| *lives && *version >= active);
    live.map(|(id, ((version, sequence), _))| format!("{id} | {sequence} | {version}")).collect()
}

/// The flushes that events come in: each ends where `cuts` says so, and an activation comes after its rows. What it deletes goes or is
/// marked, by turns.
fn flushes(place: &Place, events: &[Event], cuts: &[bool]) -> Vec<Asked> {
    let mut flushes = Vec::new();
    let mut rows: Vec<Row> = Vec::new();
    let mut hard = false;
    let mut asked = |rows: &mut Vec<Row>| {
        hard = !hard;
        merge(things(place), std::mem::take(rows)).hard(hard)
    };
    for (event, cut) in events.iter().zip(cuts.iter().cycle()) {
        match *event {
            Event::Live { id, version, sequence } => rows.push(row(id, sequence, "x").version(version)),
            Event::Gone { id, version, sequence } => rows.push(gone(id, sequence).version(version)),
            Event::Activate { version, hard } => {
                flushes.push(asked(&mut rows).activate(version, hard));
                continue;
            }
        }
        if *cut {
            flushes.push(asked(&mut rows));
        }
    }
    flushes.push(asked(&mut rows));
    flushes
}

fn any_order_gives_the_same_live_rows(place: fn() -> Place, cases: u32) {
    let orders = events().prop_flat_map(|events| {
        // No two events are of one version: which of two equal ones stays is the tie rule's business.
        let events: Vec<Event> = (1..)
            .zip(events)
            .map(|(number, event)| match event {
                Event::Live { id, version, sequence } => {
                    Event::Live { id, version, sequence: sequence * 100 + number }
                }
                Event::Gone { id, version, sequence } => {
                    Event::Gone { id, version, sequence: sequence * 100 + number }
                }
                activate => activate,
            })
            .collect();
        (Just(events.clone()), Just(events).prop_shuffle(), prop::collection::vec(any::<bool>(), 1..5))
    });
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let ran = runner.run(&orders, |(events, shuffled, cuts)| {
        let expected = law(&events);
        for order in [&events, &shuffled] {
            let place = place();
            let mut loader = loader(&place);
            // Some of it twice.
            let flushes = flushes(&place, order, &cuts);
            for asked in flushes.iter().chain(&flushes[..flushes.len() / 2]) {
                let counts =
                    loader.try_commit(asked).map_err(|error| TestCaseError::fail(error.to_string()))?;
                prop_assert_eq!(counts.remainder(), 0);
            }
            drop(loader);
            let rows =
                place.rows("things", &["_sdc_deleted_at", "id", "_sdc_sequence", "_sdc_table_version"]);
            let live: Vec<&str> = rows.iter().filter_map(|row| row.strip_prefix("NULL | ")).collect();
            prop_assert_eq!(live, expected.clone());
        }
        Ok(())
    });
    ran.unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn any_order_gives_the_same_live_rows_in_memory() {
    any_order_gives_the_same_live_rows(Place::memory, 150);
}

#[test]
fn any_order_gives_the_same_live_rows_in_duckdb() {
    any_order_gives_the_same_live_rows(Place::duckdb, 12);
}

#[test]
fn any_order_gives_the_same_live_rows_in_postgres() {
    any_order_gives_the_same_live_rows(Place::postgres, 12);
}
