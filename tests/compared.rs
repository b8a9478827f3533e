//! The comparison with other loaders: every line has a test that is there, and no line is missing.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const DOCUMENT: &str = include_str!("../docs/compared.md");
const TESTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests");

/// What was tried with the other loaders. Each is one line of the table.
const TRIED: [&str; 33] = [
    "a record with an older `sequence` and `time_extracted`, in a later run",
    "a record without a nullable property that its row has",
    "two composite keys, `(\"x,y\", \"z\")` and `(\"x\", \"y,z\")`",
    "an empty text",
    "a line break in a text",
    "a first row of a batch that looks like a header",
    "a stream whose only column is its key",
    "a time at `+05:00`",
    "a bookmark that speaks of two streams, where only one of them fills a batch; then a crash",
    "a bookmark after the last full batch, with nothing left to load",
    "SIGTERM in mid-load",
    "`load_method: append-only` for a stream with a key",
    "a property that was an integer and becomes a text",
    "an integer beyond 64 bits, with no `maximum`",
    "2^64 − 1 in a property with `minimum: 0, maximum: 2^64 − 1`",
    "U+0000 in a text",
    "half a surrogate pair, `\\ud800`",
    "`NaN` for a number",
    "`0000-00-00 00:00:00` for a date-time",
    "two column names that are equal in their first 63 bytes",
    "columns `Name` and `name`, and one with a `\"` in its name",
    "`$ref`, `oneOf`, `allOf`, `{}`, `enum` without a type",
    "a message of an unknown type",
    "a blank line",
    "a schema of draft 4: `exclusiveMaximum: true` beside `maximum`",
    "`1.0` for an integer",
    "a whole date-time for a property with `format: date`",
    "a byte order mark at the start",
    "`\\r\\n` at the ends of lines, and no end of the last line",
    "four loaders that merge the same keys into one table at once",
    "ACTIVATE_VERSION with `hard_delete`, where one fresh record had no `version`",
    "a run with version 50 after one with version 100",
    "a record with `_sdc_deleted_at`, and `hard_delete`",
];

/// The table's lines, without its head: the cells of each.
fn table() -> Vec<Vec<&'static str>> {
    let lines = DOCUMENT.lines().filter(|line| line.starts_with("| ")).skip(1);
    lines.map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect()).collect()
}

/// The names of all functions in a folder and those in it.
fn functions(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("it can be read").path();
        if path.is_dir() {
            functions(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("it can be read");
            let names =
                text.lines().filter_map(|line| line.trim_start().strip_prefix("fn ")?.split('(').next());
            found.extend(names.map(str::to_owned));
        }
    }
}

#[test]
fn the_comparison_has_every_line_that_was_tried() {
    let lines = table();
    assert!(lines.iter().all(|cells| cells.len() == 6), "a line does not have six cells");
    assert_eq!(lines.iter().map(|cells| cells[0]).collect::<Vec<_>>(), TRIED);
}

#[test]
fn every_line_of_the_comparison_names_a_test_that_is_there() {
    let mut there = BTreeSet::new();
    functions(Path::new(TESTS), &mut there);
    for cells in table() {
        let named: Vec<&str> = cells[5].split('`').skip(1).step_by(2).collect();
        assert!(!named.is_empty(), "no test of {:?}", cells[0]);
        for name in named {
            assert!(there.contains(name), "there is no test {name}, of {:?}", cells[0]);
        }
    }
}
