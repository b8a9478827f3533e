//! Streams in files, with the tables and bookmarks that they must give everywhere.
//!
//! `NAME.singer` is loaded with the settings of `NAME.json`, if that is there, and must give `NAME.out`: how the load ended, every
//! table with its columns, types and rows, the rejects, the bookmarks. It is one file for all destinations. Where one of
//! them cannot help but differ, `NAME.out.duckdb` or `NAME.out.postgres` says how, and docs/decisions.md says why.
//!
//! `make golden` writes all of these files anew; the review is reading the diff.

use std::collections::BTreeSet;
use std::env;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::loaded::Loaded;
use crate::support::place::Place;
use crate::support::table::{CLOCKS, Dump};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden");
const DECISIONS: &str = include_str!("../docs/decisions.md");

/// No sequence of a golden stream is near the time in nanoseconds, so this is one of arrival.
const ARRIVAL_FROM: i64 = 1_700_000_000_000_000_000;
const ARRIVAL_BELOW: i64 = 3_000_000_000_000_000_000;
/// No golden stream names a time after this one, so a row that was marked later was marked while it was loaded.
const LOADED_AFTER: &str = "2026-01-01";

#[test]
fn in_memory_every_golden_stream_gives_its_tables_and_bookmarks() {
    every("memory", Place::memory);
}

#[test]
fn in_duckdb_every_golden_stream_gives_its_tables_and_bookmarks() {
    every("duckdb", Place::duckdb);
}

#[test]
fn in_postgres_every_golden_stream_gives_its_tables_and_bookmarks() {
    every("postgres", Place::postgres);
}

#[test]
fn every_file_in_the_golden_folder_belongs_to_a_stream_and_every_difference_is_explained() {
    let streams = streams();
    assert!(streams.len() >= 15, "only {} golden streams", streams.len());
    for entry in fs::read_dir(FOLDER).expect("the folder is there") {
        let path = entry.expect("it can be read").path();
        // What is in folders belongs to other tests.
        if path.is_dir() {
            continue;
        }
        let file = path.file_name().and_then(|name| name.to_str()).expect("a plain name");
        let (name, kind) = file.split_once('.').expect("a name and a kind");
        assert!(streams.contains(name), "{file} belongs to no stream");
        let known = ["singer", "json", "out", "out.duckdb", "out.postgres"];
        assert!(known.contains(&kind), "{file} is of no kind that is known");
        let explained = DECISIONS.contains(&format!("`{file}`"));
        assert!(!kind.starts_with("out.") || explained, "docs/decisions.md does not say why {file} differs");
    }
}

fn streams() -> BTreeSet<String> {
    let names = fs::read_dir(FOLDER).expect("the folder is there").filter_map(|entry| {
        let file = entry.expect("it can be read").file_name().into_string().expect("a plain name");
        file.strip_suffix(".singer").map(str::to_owned)
    });
    names.collect()
}

/// Loads every stream into a fresh place of the kind, and holds the outcome against its file.
fn every(kind: &str, fresh: fn() -> Place) {
    let rewrite = env::var_os("UPDATE_GOLDEN").is_some();
    let mut wrong = String::new();
    for name in streams() {
        let place = fresh();
        let found = show(&place, &load(&name, &place));
        let file = |suffix: &str| PathBuf::from(format!("{FOLDER}/{name}.{suffix}"));
        let (common, own) = (file("out"), file(&format!("out.{kind}")));
        if rewrite {
            update(&common, &own, kind, &found, || show_in_memory(&name));
            continue;
        }
        let expected = if own.exists() { own } else { common };
        let wanted = read(&expected);
        if wanted != found {
            let _ = writeln!(wrong, "{}\n{}", expected.display(), difference(&wanted, &found));
        }
    }
    assert!(wrong.is_empty(), "{wrong}make golden, if that is how it must be");
}

/// The memory destination's outcome is the common one; another's is written only where it differs.
fn update(common: &Path, own: &Path, kind: &str, found: &str, in_memory: impl Fn() -> String) {
    let written = |path: &Path, text: &str| fs::write(path, text).expect("the folder can be written");
    match kind {
        "memory" => written(common, found),
        _ if found != in_memory() => written(own, found),
        _ if own.exists() => fs::remove_file(own).expect("the folder can be written"),
        _ => {}
    }
}

/// The lines that only one of two texts has.
fn difference(wanted: &str, found: &str) -> String {
    let only = |sign: &str, here: &str, there: &str| -> String {
        let lines = here.lines().filter(|line| !there.lines().any(|other| other == *line));
        lines.map(|line| format!("{sign}{line}\n")).collect()
    };
    let lines = only("-", wanted, found) + &only("+", found, wanted);
    if lines.is_empty() { "the same lines, in another order or number".to_owned() } else { lines }
}

fn show_in_memory(name: &str) -> String {
    let place = Place::memory();
    show(&place, &load(name, &place))
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn load(name: &str, place: &Place) -> Loaded {
    let settings = fs::read_to_string(format!("{FOLDER}/{name}.json")).unwrap_or_else(|_| "{}".to_owned());
    place.load(&settings, &read(Path::new(&format!("{FOLDER}/{name}.singer"))))
}

/// Everything that a load left behind, as text.
fn show(place: &Place, loaded: &Loaded) -> String {
    let mut out = String::new();
    match &loaded.outcome {
        Ok(()) => out += "loaded\n",
        Err(error) => {
            let _ = writeln!(out, "failed, exit code {}: {error}", error.class().exit_code());
        }
    }
    for (table, mode) in tables(place) {
        let _ = writeln!(out, "\ntable {table:?}, {mode}");
        out += &shown(&place.dump(&table));
    }
    for (place, line) in rejects(place).into_iter().enumerate() {
        out += if place == 0 { "\nrejected\n" } else { "" };
        let _ = writeln!(out, "  {line}");
    }
    for (place, bookmark) in loaded.bookmarks.iter().enumerate() {
        out += if place == 0 { "\nbookmarks\n" } else { "" };
        let _ = writeln!(out, "  {bookmark}");
    }
    out
}

/// The tables' names, in order, with how rows join them.
fn tables(place: &Place) -> Vec<(String, String)> {
    let unquoted = |text: &str| serde_json::from_str::<String>(text).expect("a text");
    match place {
        Place::Memory(memory) => {
            let content = memory.content();
            let mode = |name| content.table(name).and_then(|(stored, _)| stored.memory.clone());
            let named =
                content.tables().map(|name| (name.name.clone(), mode(name).expect("it is remembered").mode));
            named.collect()
        }
        _ => {
            let Some(remembered) = place.find("_sdc_tables") else { return Vec::new() };
            let records = remembered.records(&[]);
            let mut named: Vec<_> =
                records.iter().map(|row| (unquoted(row["table_name"]), unquoted(row["mode"]))).collect();
            named.sort();
            named
        }
    }
}

fn rejects(place: &Place) -> Vec<String> {
    let mut rejects: Vec<(u64, String)> = match place {
        Place::Memory(memory) => {
            let content = memory.content();
            let shown = |reject: &target::flush::Reject| {
                (reject.line, format!("{:?}: {}", reject.table, reject.reason))
            };
            content.rejects().iter().map(shown).collect()
        }
        _ => {
            let unquoted = |text: &str| serde_json::from_str::<String>(text).expect("a text");
            let dump = place.dump("_sdc_rejected");
            let shown = |row: &std::collections::BTreeMap<&str, &str>| {
                let line = row["line"].parse().expect("a number");
                (line, format!("{:?}: {}", unquoted(row["table_name"]), unquoted(row["reason"])))
            };
            dump.records(&[]).iter().map(shown).collect()
        }
    };
    rejects.sort();
    rejects.into_iter().map(|(line, what)| format!("line {line}: {what}")).collect()
}

/// Columns and rows, without what is another each time.
fn shown(dump: &Dump) -> String {
    let columns = dump.columns.iter().map(|(name, ty)| format!("{name:?} {}", kind_of_type(ty)));
    let mut out = format!("  {}\n", columns.collect::<Vec<_>>().join(", "));
    let kept: Vec<usize> =
        (0..dump.columns.len()).filter(|&at| !CLOCKS.contains(&&*dump.columns[at].0)).collect();
    let mut rows: Vec<String> = dump
        .rows
        .iter()
        .map(|row| {
            let cells = kept.iter().map(|&at| match row[at].parse::<i64>() {
                Ok(ARRIVAL_FROM..ARRIVAL_BELOW) if dump.columns[at].0 == "_sdc_sequence" => "(arrival)",
                _ if dump.columns[at].0 == "_sdc_deleted_at" && is_now(&row[at]) => "(activation)",
                _ => row[at].as_str(),
            });
            format!("  {}\n", cells.collect::<Vec<_>>().join(" | "))
        })
        .collect();
    rows.sort();
    out += &rows.concat();
    out
}

/// Whether a cell is a time of this load's.
fn is_now(cell: &str) -> bool {
    cell.starts_with("20") && cell > LOADED_AFTER
}

/// Which numbers a type holds depends on the destination; that it holds numbers does not.
fn kind_of_type(ty: &str) -> &str {
    match ty {
        "double" | "big integer" | "decimal(38,0)" => "number",
        other => other,
    }
}
