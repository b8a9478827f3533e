//! Many loaders of one table at once, which none of them finds there: each has all of the stream, in another order, with deletes and with a
//! change of its schema.

use std::fs;
use std::path::Path;
use std::thread;

use super::shapes::{Method, Shape, records};
use super::{stream as stream_of, streams};
use crate::support::dice::{Dice, seed, times};
use crate::support::place::Place;
use crate::support::table::CLOCKS;
use crate::support::{folder, programs};

#[test]
fn two_and_eight_loaders_of_one_stream_give_the_table_that_one_gives() {
    let seed = seed();
    let mut dice = Dice::new(seed);
    for case in 0..times(4) {
        let loaders = [2, 8][case as usize % 2];
        let hard = case % 4 > 1;
        let said = format!("TEST_SEED={seed}, case {case}: {loaders} loaders, hard_delete {hard}");
        eprintln!("{said}");
        let folder = folder::fresh();
        let content = dice.below(1 << 30).to_string();
        let streams: Vec<String> = (0..loaders).map(|_| stream(&mut dice, folder.path(), &content)).collect();
        let settings = format!(r#"{{"batch_size_rows":{},"hard_delete":{hard}}}"#, dice.from(20, 150));
        let place = Place::postgres();
        load_at_once(folder.path(), &place, &settings, &streams).into_iter().for_each(|ran| drop(ran.ok()));
        let reference = Place::memory();
        reference.load(&format!(r#"{{"hard_delete":{hard}}}"#), &streams[0]).ok();
        // Which of equal records stays shows in nothing but the time of its extraction.
        let without = [CLOCKS, &["_sdc_extracted_at"]].concat();
        let (table, expected) = (place.dump("orders"), reference.dump("orders"));
        let (stored, expected) = (table.records(&without), expected.records(&without));
        // Whole tables do not fit a screen: the first row that differs is enough.
        for (stored, expected) in stored.iter().zip(&expected) {
            assert_eq!(stored, expected, "{said}");
        }
        assert_eq!(stored.len(), expected.len(), "{said}");
    }
}

/// Runs a loader for each stream, all at once.
fn load_at_once(folder: &Path, place: &Place, settings: &str, streams: &[String]) -> Vec<programs::Ran> {
    fs::write(folder.join("settings.json"), settings).expect("the folder can be written");
    let url = place.url();
    thread::scope(|scope| {
        let load = |stream| programs::target(folder, &[&url, "-c", "settings.json"], stream);
        let running: Vec<_> =
            streams.iter().map(|stream| scope.spawn(move || load(stream.as_bytes()))).collect();
        running.into_iter().map(|loader| loader.join().expect("it ends")).collect()
    })
}

#[test]
fn loaders_of_arrays_tombstones_and_versions_give_the_tables_that_the_law_gives() {
    let first = seed();
    for seed in (first..).take(times(4) as usize) {
        let mut dice = Dice::new(seed);
        let mut sent: Vec<_> = (0..10).flat_map(|_| records(&mut dice)).collect();
        let shape = Shape::draw(&mut dice, seed, &sent);
        // Of several that overwrite a table one would win.
        let shape = if shape.method == Method::Overwrite { shape.merged() } else { shape };
        let settings = shape.settings(dice.from(10, 60));
        let loaders = [2, 5][dice.index(2)];
        let said = format!("TEST_SEED={seed}: {loaders} loaders, {shape:?} {settings}");
        eprintln!("{said}");
        let streams = streams(&shape, &mut sent, loaders, &mut dice);
        let (folder, place) = (folder::fresh(), Place::postgres());
        for ran in load_at_once(folder.path(), &place, &settings, &streams) {
            assert_eq!(ran.code, 0, "{said}: {}", ran.stderr);
        }
        shape.check(&place, &sent, &said);
    }
}

#[test]
fn of_loaders_that_overwrite_one_table_at_once_one_leaves_what_it_brought() {
    let first = seed();
    for seed in (first..).take(times(2) as usize) {
        let mut dice = Dice::new(seed);
        let contents: Vec<Vec<_>> = (0..3).map(|_| records(&mut dice)).collect();
        // The last of four that follow each other.
        let shape = Shape::draw(&mut dice, 3, &contents[0]);
        let settings = shape.settings(dice.from(5, 20));
        let said = format!("TEST_SEED={seed}: {shape:?} {settings}");
        eprintln!("{said}");
        let streams: Vec<String> = contents.iter().map(|sent| stream_of(&shape, sent, 0, || false)).collect();
        let (folder, place) = (folder::fresh(), Place::postgres());
        let ran = load_at_once(folder.path(), &place, &settings, &streams);
        let whole: Vec<usize> = (0..ran.len()).filter(|&loader| ran[loader].code == 0).collect();
        assert!(!whole.is_empty(), "{said}: {ran:?}");
        assert!(
            whole.iter().any(|&loader| shape.is_whole(&place, &contents[loader], &said)),
            "{said}: nobody's content: {ran:?}"
        );
        for refused in ran.iter().filter(|ran| ran.code != 0) {
            assert_eq!(refused.code, 3, "{said}: {}", refused.stderr);
            assert!(refused.stderr.contains("has begun to overwrite"), "{said}: {}", refused.stderr);
        }
    }
}

/// The orders of this `content`, in a random order, some of them twice.
fn stream(dice: &mut Dice, folder: &Path, content: &str) -> String {
    let share = |number: u64| format!("0.{number}");
    let (duplicates, late, window) =
        (share(dice.below(4)), share(dice.below(5)), dice.from(10, 400).to_string());
    let arguments = [
        "--streams",
        "orders",
        "--rows",
        "1500",
        "--updates",
        "0.7",
        "--deletes",
        "0.1",
        "--schema-change-at",
        "700",
        "--seed",
        content,
        "--shuffle",
        "--window",
        &window,
        "--duplicates",
        &duplicates,
        "--late",
        &late,
        "--late-windows",
        "3",
    ];
    programs::tap(folder, &arguments).ok().stdout
}
