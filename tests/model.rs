//! Random streams from the tap, through the real programs, against the reference in memory and a small model of the law.
//!
//! `TEST_SEED=… cargo test model` replays what a failure printed.

/// The law in a few lines: a map from key to the newest record.
mod law;

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::dice::{Dice, seed, times};
use crate::support::place::{Place, everywhere};
use crate::support::table::CLOCKS;
use crate::support::{folder, programs};
use law::{Law, Order};

everywhere! {
    any_permutation_duplication_and_splitting_gives_the_same_table,
}

/// How many streams of each kind a run of the tests makes up.
const CASES: u64 = 6;

#[test]
fn the_programs_load_what_the_law_says_into_duckdb() {
    the_programs_load_what_the_law_says(Place::duckdb);
}

#[test]
fn the_programs_load_what_the_law_says_into_postgres() {
    the_programs_load_what_the_law_says(Place::postgres);
}

#[test]
fn the_programs_load_what_the_law_says_into_a_lake() {
    the_programs_load_what_the_law_says(Place::ducklake);
}

fn the_programs_load_what_the_law_says(place: fn() -> Place) {
    let first = seed();
    for seed in (first..).take(times(CASES) as usize) {
        let mut dice = Dice::new(seed);
        let folder = folder::fresh();
        let (order, mut settings) = order(&mut dice);
        let hard = dice.once_in(2);
        settings["hard_delete"] = hard.into();
        // Of small batches there need not be hundreds: a commit takes its time.
        let most = settings["batch_size_rows"].as_u64().map_or(400, |batch| (20 * batch).clamp(50, 400));
        let input = stream(&mut dice, folder.path(), most, order != Order::Arrival);
        let said = format!("TEST_SEED={seed}: {settings} {order:?}");
        eprintln!("{said}");
        let place = place();
        load(&place, folder.path(), &settings, &input, &said);
        hold_against_the_law(&place, &input, order, hard, &said);
        let reference = Place::memory();
        reference.load(&settings.to_string(), &input).ok();
        hold_against(&place, &reference, &input, order, &said);
        if order != Order::Arrival {
            // All of it once more, in other batches: nothing changes, whoever wins a tie.
            let settings = json!({
                "batch_size_rows": dice.from(20, 400), "sequence": settings["sequence"], "on_tie": settings["on_tie"],
                "hard_delete": settings["hard_delete"],
            });
            load(&place, folder.path(), &settings, &input, &said);
            hold_against_the_law(&place, &input, order, hard, &said);
        }
    }
}

/// Pipes the stream into the real target.
fn load(place: &Place, folder: &Path, settings: &Value, input: &str, said: &str) {
    let given: serde_json::Map<String, Value> = settings
        .as_object()
        .map(|settings| {
            settings
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(k, v)| (k.clone(), v.clone()))
                .collect()
        })
        .unwrap_or_default();
    let file = folder.join("settings.json");
    fs::write(&file, place.with_settings(&Value::from(given)).to_string())
        .expect("the folder can be written");
    let destination = place.url();
    let arguments = [destination.as_str(), "--config", "settings.json", "--quiet"];
    let ran = programs::target(folder, &arguments, input.as_bytes()).ok();
    let last =
        |text: &str| text.lines().next_back().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let state = last(input).expect("the tap ends with a STATE");
    assert_eq!(state["type"], "STATE", "{said}");
    assert_eq!(last(&ran.stdout).as_ref(), Some(&state["value"]), "{said}: the last bookmark is out");
}

/// Which order the records get, and the target's settings for it.
fn order(dice: &mut Dice) -> (Order, Value) {
    let batch = if dice.once_in(6) { 1 } else { dice.from(2, 150) };
    match dice.below(4) {
        0 => (Order::Arrival, json!({"batch_size_rows": batch})),
        1 => {
            let last = dice.once_in(2);
            let on_tie = if last { "replace" } else { "keep" };
            let settings = json!({"batch_size_rows": batch, "sequence": "replication_key", "on_tie": on_tie});
            (Order::Property { last }, settings)
        }
        _ => (Order::Message, json!({"batch_size_rows": batch})),
    }
}

/// What the real tap sends under random settings.
fn stream(dice: &mut Dice, folder: &Path, most_rows: u64, sequence: bool) -> String {
    let rows = dice.from(50, most_rows);
    let settings = json!({
        "rows": {"customers": rows, "orders": dice.from(1, rows), "events": rows},
        "seed": dice.below(1 << 32),
        "updates": dice.share(0.9),
        "deletes": dice.share(0.3),
        "duplicates": dice.share(0.5),
        "late": dice.share(0.5),
        "late_windows": dice.from(1, 4),
        "shuffle": dice.once_in(2),
        "window": dice.from(1, 120),
        "interleave": dice.once_in(2),
        "state_every": dice.from(1, 200),
        "schema_change_at": if dice.once_in(2) { json!(dice.below(rows)) } else { Value::Null },
        "sequence": sequence,
    });
    fs::write(folder.join("tap.json"), settings.to_string()).expect("the folder can be written");
    eprintln!("tap: {settings}");
    programs::tap(folder, &["--config", "tap.json"]).ok().stdout
}

/// The columns that differ from load to load.
fn fleeting(order: Order) -> Vec<&'static str> {
    let mut columns = CLOCKS.to_vec();
    columns.extend((order == Order::Arrival).then_some("_sdc_sequence"));
    columns
}

#[track_caller]
fn hold_against_the_law(place: &Place, input: &str, order: Order, hard: bool, said: &str) {
    let law = Law::of(input, order);
    let law = if hard { law.without_deleted() } else { law };
    for stream in law.streams() {
        let table = place.dump(stream);
        let columns = table.names();
        let without: Vec<&str> = fleeting(order);
        let expected = law.rows(stream, &columns, &without);
        // Whole tables do not fit a screen: the first row that differs is enough.
        let stored = table.records(&without);
        for (stored, expected) in stored.iter().zip(&expected) {
            assert_eq!(stored, expected, "{said}: {stream}");
        }
        assert_eq!(stored.len(), expected.len(), "{said}: rows of {stream}");
    }
}

#[track_caller]
fn hold_against(place: &Place, reference: &Place, input: &str, order: Order, said: &str) {
    for stream in Law::of(input, order).streams() {
        let (table, expected) = (place.dump(stream), reference.dump(stream));
        let without = fleeting(order);
        assert_eq!(table.records(&without), expected.records(&without), "{said}: {stream} as in memory");
    }
}

fn any_permutation_duplication_and_splitting_gives_the_same_table(place: &Place) {
    let seed = seed();
    eprintln!("TEST_SEED={seed}");
    let mut dice = Dice::new(seed);
    let folder = folder::fresh();
    let input = stream(&mut dice, folder.path(), 200, true);
    // The last schema of a stream holds the records of all.
    let schemas: String = law::last_schemas(&input).into_iter().map(|line| line.to_owned() + "\n").collect();
    let mut records: Vec<&str> =
        input.lines().filter(|line| line.starts_with(r#"{"type":"RECORD""#)).collect();
    for _ in 0..records.len() / 5 {
        let again = records[dice.index(records.len())];
        records.push(again);
    }
    dice.shuffle(&mut records);
    let hard = dice.once_in(2);
    let mut rest = records.as_slice();
    while !rest.is_empty() {
        let (now, later) = rest.split_at(dice.from(50, 400).min(rest.len() as u64) as usize);
        let settings = json!({"batch_size_rows": dice.from(20, 300), "hard_delete": hard}).to_string();
        place.load(&settings, &(schemas.clone() + &now.join("\n"))).ok();
        rest = later;
    }
    let law = Law::of(&input, Order::Message);
    let law = if hard { law.without_deleted() } else { law };
    for stream in law.streams() {
        let table = place.dump(stream);
        // Which of two equal records stays shows in nothing but the time of its extraction.
        let without = [CLOCKS, &["_sdc_extracted_at"]].concat();
        let expected = law.rows(stream, &table.names(), &without);
        assert_eq!(table.records(&without), expected, "TEST_SEED={seed}: {stream}");
    }
}
