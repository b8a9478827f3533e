//! Many loaders of one table at once, which none of them finds there: each has all of the stream, in another order, with deletes and with a
//! change of its schema.

use std::fs;
use std::path::Path;
use std::thread;

use super::times;
use crate::support::dice::{Dice, seed};
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
        fs::write(folder.path().join("settings.json"), settings).expect("the folder can be written");
        let place = Place::postgres();
        let url = place.url();
        thread::scope(|scope| {
            for stream in &streams {
                let (folder, url) = (folder.path(), url.as_str());
                scope.spawn(|| {
                    programs::target(folder, &[url, "-c", "settings.json"], stream.as_bytes()).ok()
                });
            }
        });
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
