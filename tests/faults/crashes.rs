//! Processes that are killed at any moment, and begun again with the last bookmark that they printed.

use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use super::shapes::{Shape, records};
use super::{fill, stream};
use crate::support::dice::{Dice, seed, times};
use crate::support::messages::{INTEGER, schema, state};
use crate::support::place::Place;
use crate::support::{files, folder};

/// How many loads are killed in each test, until each comes to its end.
const LOADS: u64 = 4;

#[test]
fn a_load_that_is_killed_at_any_moment_and_begun_again_gives_the_same_table_in_duckdb() {
    (0..times(LOADS)).for_each(|case| killed_at_any_moment(&Place::duckdb(), case));
}

#[test]
fn a_load_that_is_killed_at_any_moment_and_begun_again_gives_the_same_table_in_postgres() {
    (0..times(LOADS)).for_each(|case| killed_at_any_moment(&Place::postgres(), case));
}

#[test]
fn a_load_that_is_killed_at_any_moment_and_begun_again_gives_the_same_table_in_a_lake() {
    for case in 0..times(2) {
        let place = if case % 2 == 0 { Place::ducklake_in_file() } else { Place::ducklake_in_postgres() };
        killed_at_any_moment(&place, case);
    }
}

fn killed_at_any_moment(place: &Place, case: u64) {
    let seed = seed().wrapping_add(case);
    let mut dice = Dice::new(seed);
    let sent: Vec<_> = (0..4).flat_map(|_| records(&mut dice)).enumerate().collect();
    // As if each were a version of its own.
    let sent: Vec<(u64, i64)> =
        sent.into_iter().map(|(at, (id, sequence))| (id, sequence * 1000 + at as i64 % 7)).collect();
    let shape = Shape::draw(&mut dice, seed, &sent);
    let settings = shape.settings(dice.from(1, 9));
    let before = fill(place, &shape, &mut dice);
    let said = format!("TEST_SEED={seed}: {shape:?} {settings}");
    eprintln!("{said}");
    let folder = folder::fresh();
    let settings = place.with_settings(&serde_json::from_str(&settings).expect("it is JSON"));
    fs::write(folder.path().join("settings.json"), settings.to_string()).expect("the folder can be written");
    let (mut from, mut kills) = (0, 0);
    // From the start of the process to after its end, and more often where most of it happens.
    let mut most = if matches!(place, Place::DuckLake(..)) { 3000 } else { 400 };
    loop {
        let input = stream(&shape, &sent, from, || dice.once_in(3));
        let (done, bookmarks) =
            killed_after(&place.url(), folder.path(), &input, Duration::from_millis(dice.below(most)));
        if let Some(last) = bookmarks.lines().next_back() {
            from = last.parse().expect("whole bookmarks are printed");
        }
        shape.hold_against(place, &sent[..from], &sent, &before, &said);
        if done {
            break;
        }
        kills += 1;
        // It comes to an end, on any machine.
        most += most / 20;
    }
    eprintln!("{kills} kills");
    assert_eq!(from, sent.len(), "{said}: the last bookmark is out");
    shape.check(place, &sent, &said);
}

#[test]
fn a_load_of_files_that_is_killed_and_begun_again_appends_each_record_once_in_duckdb() {
    files_are_killed(&Place::duckdb());
}

#[test]
fn a_load_of_files_that_is_killed_and_begun_again_appends_each_record_once_in_postgres() {
    files_are_killed(&Place::postgres());
}

fn files_are_killed(place: &Place) {
    const FILES: usize = 12;
    const ROWS: usize = 400;
    let folder = folder::fresh();
    let settings = r#"{"load_method":"append-only","sequence":{"property":"n"},"batch_size_rows":150}"#;
    fs::write(folder.path().join("settings.json"), settings).expect("the folder can be written");
    let mut dice = Dice::new(seed());
    let (mut from, mut most) = (0, 300);
    for run in 0.. {
        // Each run of the tap writes its files anew.
        let mut input = schema("s", &["id"], &[("id", INTEGER), ("n", INTEGER)]);
        for file in from..FILES {
            let ids = file * ROWS..(file + 1) * ROWS;
            let text: String = ids.map(|id| format!("{{\"id\":{id},\"n\":{}}}\n", id + 1)).collect();
            let path = files::put(&folder, &format!("{run}.{file}"), &files::zstd(&text));
            input += &files::batch("s", &[&path]);
            input += &state(&(file + 1).to_string());
        }
        let (done, bookmarks) =
            killed_after(&place.url(), folder.path(), &input, Duration::from_millis(dice.below(most)));
        if let Some(last) = bookmarks.lines().next_back() {
            from = last.parse().expect("whole bookmarks are printed");
        }
        let stored = place.find("s").map_or(0, |dump| dump.rows.len());
        assert!(stored >= from * ROWS, "{stored} rows, and the bookmark says {from} files");
        if done {
            break;
        }
        most += most / 20;
    }
    let mut ids: Vec<usize> =
        place.rows("s", &["id"]).iter().map(|id| id.parse().expect("a number")).collect();
    ids.sort_unstable();
    assert_eq!(ids, (0..FILES * ROWS).collect::<Vec<_>>());
}

/// Runs `target`, and kills it after so long if it has not come to its end: whether it has, and what it printed.
fn killed_after(url: &str, folder: &Path, input: &str, after: Duration) -> (bool, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_target"))
        .args([url, "--config", "settings.json", "--quiet"])
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let (mut stdin, mut stdout) = (child.stdin.take().expect("a pipe"), child.stdout.take().expect("a pipe"));
    let mut printed = String::new();
    thread::scope(|scope| {
        scope.spawn(move || {
            // In pieces, so that the commits are spread over the time.
            for piece in input.as_bytes().chunks(input.len() / 20 + 1) {
                if stdin.write_all(piece).is_err() {
                    return;
                }
                thread::sleep(Duration::from_millis(5));
            }
        });
        scope.spawn(|| stdout.read_to_string(&mut printed).expect("bookmarks are text"));
        thread::sleep(after);
        let _ = child.kill();
    });
    let status = child.wait().expect("it ends");
    // Killed it has no code.
    let whole = printed.rfind('\n').map_or(0, |end| end + 1);
    printed.truncate(whole);
    match status.code() {
        Some(0) => (true, printed),
        None => (false, printed),
        Some(code) => panic!("exit code {code}"),
    }
}
