//! A disk that is full, as far as the process is told: files may not grow past some length.

use std::fs;
use std::process::Command;

use crate::support::dice::{Dice, seed, times};
use crate::support::place::Place;
use crate::support::table::CLOCKS;
use crate::support::{folder, postgres, programs};

const ROWS: u64 = 12_000;

/// Demands that the orders are of whole commits, not of all, and all that the last bookmark covers.
#[track_caller]
fn is_a_part(place: &Place, printed: &str, said: &str) {
    let done = printed.lines().next_back().map_or(0, |last| {
        let state: serde_json::Value = serde_json::from_str(last).expect("a whole bookmark");
        state["bookmarks"]["orders"]["done"].as_u64().expect("the tap says how far it is")
    });
    let there = place.find("orders").map_or(0, |table| table.only(&["id"]).len() as u64);
    assert!(there >= done, "{said}: {there} rows, and the bookmark says {done}");
    assert!(there < ROWS, "{said}: not all of it can be there");
}

/// Demands that the orders are all there, as in memory.
#[track_caller]
fn is_all(place: &Place, input: &str, said: &str) {
    let reference = Place::memory();
    reference.load("{}", input).ok();
    assert_eq!(place.dump("orders").records(CLOCKS), reference.dump("orders").records(CLOCKS), "{said}");
}

#[test]
fn a_disk_that_is_full_under_postgres_ends_the_load_and_with_room_the_next_one_goes_on() {
    let seed = seed();
    let mut dice = Dice::new(seed);
    for _ in 0..times(2) {
        let folder = folder::fresh();
        let rows = ROWS.to_string();
        let arguments = ["--streams", "orders", "--rows", &rows, "--updates", "0", "--state-every", "100"];
        let input = programs::tap(folder.path(), &arguments).ok().stdout;
        fs::write(folder.path().join("settings.json"), r#"{"batch_size_rows":400}"#)
            .expect("it can be written");
        // More than a log of a megabyte takes, and less than all the rows.
        let (server, keeper) = postgres::start_short_of_room(dice.from(2500, 5000));
        let url = postgres::url_of(&server);
        let said = format!("TEST_SEED={seed}");
        let ran = programs::target(folder.path(), &[&url, "-c", "settings.json"], input.as_bytes());
        assert_eq!(ran.code, 3, "{said}: {}", ran.stderr);
        assert!(ran.stderr.contains("could not"), "{said}: {}", ran.stderr);
        assert!(!ran.stderr.contains("trying again"), "{said}: {}", ran.stderr);
        let place = Place::Postgres(postgres::database_at(&url));
        is_a_part(&place, &ran.stdout, &said);
        // With room again all of it goes in.
        postgres::restart(&server);
        programs::target(folder.path(), &[&url, "-c", "settings.json"], input.as_bytes()).ok();
        is_all(&place, &input, &said);
        drop(keeper);
    }
}

#[test]
fn a_disk_that_is_full_ends_the_load_and_what_is_in_stays_readable() {
    let seed = seed();
    eprintln!("TEST_SEED={seed}");
    let mut dice = Dice::new(seed);
    for _ in 0..times(2) {
        let place = Place::duckdb();
        let Place::DuckDb(folder) = &place else { unreachable!() };
        let rows = ROWS.to_string();
        let arguments = ["--streams", "orders", "--rows", &rows, "--updates", "0", "--state-every", "100"];
        let input = programs::tap(folder.path(), &arguments).ok().stdout;
        fs::write(folder.path().join("input"), &input).expect("the folder can be written");
        fs::write(folder.path().join("settings.json"), r#"{"batch_size_rows":400}"#)
            .expect("it can be written");
        // In blocks of 512 bytes: more than an empty file takes, and less than all the rows.
        let most = dice.from(3300, 4300).to_string();
        let script = r#"trap '' XFSZ; ulimit -f "$1"; exec "$2" --config settings.json <input"#;
        let full = Command::new("sh")
            .args(["-c", script, "sh", &most, env!("CARGO_BIN_EXE_target")])
            .current_dir(folder.path())
            .output()
            .expect("there is a shell");
        let said = String::from_utf8_lossy(&full.stderr);
        assert_eq!(full.status.code(), Some(3), "{said}");
        assert!(said.contains("File too large") && said.contains("hint: make room"), "{said}");
        is_a_part(&place, &String::from_utf8_lossy(&full.stdout), &said);
        // With room again all of it goes in.
        programs::target(folder.path(), &["--config", "settings.json"], input.as_bytes()).ok();
        is_all(&place, &input, &said);
    }
}
