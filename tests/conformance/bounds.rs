//! A database looks for the keys of a batch between the least and the greatest of them only. Whatever the keys are, nothing may be
//! missed there.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::test_runner::{Config, TestRunner};

use crate::support::messages::*;
use crate::support::place::{Place, everywhere};

everywhere! {
    the_newest_row_of_a_key_stays_wherever_the_keys_of_a_batch_lie,
    what_is_there_is_not_appended_again_wherever_the_keys_of_a_batch_lie,
    a_key_that_was_deleted_comes_back,
    the_keys_of_a_batch_may_lie_beside_all_that_is_stored,
}

const CENTS: &str = r#"{"type":"number","multipleOf":0.01}"#;

/// Types of keys, with keys in no order: at the ends of what the type can hold, around zero, and some that lie close together.
const KEYS: [(&str, &[&str]); 7] = [
    (INTEGER, &["0", "-9223372036854775808", "9223372036854775807", "-1", "1", "1000000", "9", "10"]),
    (CENTS, &["0", "-99999.99", "99999.99", "0.01", "-0.01", "9.99", "10", "100.5"]),
    (
        DATE,
        &[
            r#""1970-01-01""#,
            r#""0001-01-01""#,
            r#""9999-12-31""#,
            r#""1969-12-31""#,
            r#""2024-02-29""#,
            r#""1900-03-01""#,
        ],
    ),
    (
        TIMESTAMP,
        &[
            r#""1970-01-01T00:00:00Z""#,
            r#""0001-01-01T00:00:00Z""#,
            r#""9999-12-31T23:59:59.999999Z""#,
            r#""1969-12-31T23:59:59.999999Z""#,
            r#""2024-02-29T12:00:00+02:00""#,
            r#""2024-02-29T11:00:00Z""#,
        ],
    ),
    (
        UUID,
        &[
            r#""7fffffff-ffff-ffff-ffff-ffffffffffff""#,
            r#""80000000-0000-0000-0000-000000000000""#,
            r#""00000000-0000-0000-0000-000000000000""#,
            r#""ffffffff-ffff-ffff-ffff-ffffffffffff""#,
            r#""00000000-0000-0000-8000-000000000000""#,
        ],
    ),
    (
        TEXT,
        &[
            r#""""#,
            r#""a""#,
            r#""B""#,
            r#""é""#,
            r#""e\u0301""#,
            r#""ß""#,
            r#""𝄞""#,
            r#""\uffff""#,
            r#""aa""#,
        ],
    ),
    (TIME, &[r#""12:00:00""#, r#""00:00:00""#, r#""23:59:59.999999""#, r#""12:00:00.000001""#]),
];

/// Loads records of random keys and sequences in random batches, and hands each place of a key with its sequence to `expect`, with the
/// rows that are there in the end.
fn any_batches(place: &Place, settings: &str, expect: impl Fn(&[(usize, i64)], Vec<String>, &str)) {
    for (number, (ty, keys)) in KEYS.into_iter().enumerate() {
        for composite in [false, true] {
            let mut runner =
                TestRunner::new(Config { cases: 3, failure_persistence: None, ..Config::default() });
            let case = std::cell::Cell::new(0);
            let runs = vec(vec((0..keys.len(), -3_i64..9), 1..6), 2..6);
            let held = runner.run(&runs, |runs| {
                let name = format!("t{number}_{composite}_{}", case.replace(case.get() + 1));
                let key: &[&str] = if composite { &["part", "key"] } else { &["key"] };
                let columns = [("part", INTEGER), ("key", ty), ("place", INTEGER), ("at", INTEGER)];
                let schema = schema(&name, key, &columns);
                for run in &runs {
                    let records = run.iter().map(|(place, at)| {
                        let key = keys[*place];
                        let record =
                            format!(r#"{{"part":{},"key":{key},"place":{place},"at":{at}}}"#, place % 2);
                        sequenced(&name, *at, &record)
                    });
                    place.load(settings, &(schema.clone() + &records.collect::<String>())).ok();
                }
                expect(&runs.concat(), place.rows(&name, &["place", "at"]), &format!("{ty}: {runs:?}"));
                Ok(())
            });
            held.unwrap_or_else(|error| panic!("{error}"));
        }
    }
}

fn the_newest_row_of_a_key_stays_wherever_the_keys_of_a_batch_lie(place: &Place) {
    any_batches(place, "{}", |sent, rows, said| {
        let mut newest = BTreeMap::new();
        for (place, at) in sent {
            let held = newest.entry(place).or_insert(at);
            *held = (*held).max(at);
        }
        let mut expected: Vec<String> = newest.iter().map(|(place, at)| format!("{place} | {at}")).collect();
        expected.sort();
        assert_eq!(rows, expected, "{said}");
    });
}

fn what_is_there_is_not_appended_again_wherever_the_keys_of_a_batch_lie(place: &Place) {
    any_batches(place, r#"{"load_method":"append-only","sequence":"message"}"#, |sent, rows, said| {
        let mut expected: Vec<String> = sent.iter().map(|(place, at)| format!("{place} | {at}")).collect();
        expected.sort();
        expected.dedup();
        assert_eq!(rows, expected, "{said}");
    });
}

fn rows(sequence: i64, keys: impl IntoIterator<Item = i64>, deleted: bool) -> String {
    let deleted = if deleted { r#""2024-01-01T00:00:00Z""# } else { "null" };
    let record = |id| {
        sequenced("s", sequence, &format!(r#"{{"id":{id},"x":{sequence},"_sdc_deleted_at":{deleted}}}"#))
    };
    schema("s", &["id"], &[("id", INTEGER), ("x", INTEGER), ("_sdc_deleted_at", TIMESTAMP)])
        + &keys.into_iter().map(record).collect::<String>()
}

fn a_key_that_was_deleted_comes_back(place: &Place) {
    for (name, settings) in [("soft", "{}"), ("hard", r#"{"hard_delete":true}"#)] {
        let rows = |sequence, keys: &[i64], deleted| {
            rows(sequence, keys.iter().copied(), deleted)
                .replace(r#""stream":"s""#, &format!(r#""stream":"{name}""#))
        };
        place.load(settings, &rows(1, &[1, 2, 3, 4, 5, 6, 7, 8, 9], false)).ok();
        let deleted = place.load(settings, &rows(2, &[3, 12], true)).ok().counts(name);
        assert_eq!((deleted.deleted, deleted.stale, deleted.inserted), (2, 0, 0), "{settings}");
        let again = place.load(settings, &rows(3, &[3, 12], false)).ok().counts(name);
        assert_eq!((again.inserted + again.replaced, again.stale), (2, 0), "{settings}");
        let late = place.load(settings, &rows(0, &[3, 5], true)).ok().counts(name);
        assert_eq!((late.stale, late.deleted), (2, 0), "{settings}");
        let twice = place.load(settings, &rows(3, &[3, 12], false)).ok().counts(name);
        assert_eq!((twice.duplicate, twice.stale, twice.replaced), (2, 0, 0), "{settings}");
    }
}

fn the_keys_of_a_batch_may_lie_beside_all_that_is_stored(place: &Place) {
    let counts =
        |loaded: target::flush::Counts| (loaded.inserted, loaded.replaced, loaded.stale, loaded.deleted);
    let load = |input: String| counts(place.load("{}", &input).ok().counts("s"));
    assert_eq!(load(rows(5, 100..200, false)), (100, 0, 0, 0), "nothing is stored");
    assert_eq!(load(rows(4, 200..300, false)), (100, 0, 0, 0), "after all, and older");
    assert_eq!(load(rows(5, -9..10, true)), (0, 0, 0, 19), "before all, and deleted");
    assert_eq!(load(rows(6, 190..310, false)), (10, 110, 0, 0), "newer than all");
    assert_eq!(load(rows(5, 90..210, false)), (10, 0, 20, 0), "across the lower end: newer, the same, older");
    assert_eq!(load(rows(7, [-10, 150, 400], true)), (0, 0, 0, 3), "around all");
    assert_eq!(load(rows(1, [150, -10, 20], false)), (1, 0, 2, 0), "older than what was deleted");
}
