//! `target rejects`: what was rejected, and once more.

use crate::support::messages::*;
use crate::support::place::Place;
use crate::support::{files, folder, programs};

fn ages(age: &str) -> String {
    schema("ages", &["id"], &[("id", INTEGER), ("age", age)])
}

fn age(sequence: i64, id: i64, age: &str) -> String {
    sequenced("ages", sequence, &format!(r#"{{"id":{id},"age":{age}}}"#))
}

#[test]
fn in_duckdb_rejects_are_listed_and_replayed() {
    rejects_are_listed_and_replayed(&Place::duckdb());
}

#[test]
fn in_postgres_rejects_are_listed_and_replayed() {
    rejects_are_listed_and_replayed(&Place::postgres());
}

fn rejects_are_listed_and_replayed(place: &Place) {
    let folder = folder::fresh();
    let url = place.url();
    let input = ages(INTEGER)
        + &age(1, 1, "10")
        + &age(5, 2, r#""old""#)
        + &age(3, 3, r#""older""#)
        + &age(2, 4, "[]");
    place.load(r#"{"on_invalid_record":"reject"}"#, &input).ok();
    let listed = programs::target(folder.path(), &["rejects", &url], b"").ok().stdout;
    assert_eq!(listed.lines().count(), 2, "{listed}");
    assert!(listed.contains("2  ages  property \"age\": expected integer or null, found string"), "{listed}");
    assert!(!listed.contains("old"), "no value: {listed}");
    // Nothing was mended: they stay.
    programs::target(folder.path(), &["rejects", &url, "--replay"], b"").ok();
    assert_eq!(place.rejects().len(), 3);
    assert_eq!(place.rows("ages", &["id", "age"]), ["1 | 10"]);
    // The tap is mended, and sends a newer version of one of them.
    place.load("{}", &(ages(r#"{"type":["null","integer","string"]}"#) + &age(6, 2, r#""new""#))).ok();
    let said = programs::target(folder.path(), &["rejects", &url, "--replay"], b"").ok().stderr;
    assert!(said.contains("rejected"), "{said}");
    let rejects = place.rejects();
    assert_eq!(rejects.len(), 1, "{rejects:?}");
    assert_eq!(rejects[0].sequence, Some(2));
    let rows = place.rows("ages", &["id", "age__st", "_sdc_sequence"]);
    assert_eq!(rows, ["1 | NULL | 1", r#"2 | "new" | 6"#, r#"3 | "older" | 3"#]);
}

#[test]
fn a_record_that_was_ordered_by_its_arrival_keeps_its_place() {
    let place = Place::duckdb();
    let folder = folder::fresh();
    let settings = r#"{"on_invalid_record":"reject"}"#;
    let of = |id: i64, age: &str| record("ages", &format!(r#"{{"id":{id},"age":{age}}}"#));
    let strict = ages(r#"{"type":["null","integer"],"maximum":9}"#);
    place.load(settings, &(strict + &of(1, "100") + &of(2, "200") + &of(1, "5"))).ok();
    let mended = ages(INTEGER);
    place.load(settings, &(mended + &of(3, "3"))).ok();
    programs::target(folder.path(), &["rejects", &place.url(), "--replay"], b"").ok();
    assert_eq!(place.rows("ages", &["id", "age"]), ["1 | 5", "2 | 200", "3 | 3"]);
    assert!(place.rejects().is_empty());
    let none = programs::target(folder.path(), &["rejects", &place.url()], b"").ok();
    assert!(none.stderr.contains("no rejected records"), "{}", none.stderr);
}

#[test]
fn in_duckdb_rejects_of_files_are_replayed_each_by_itself() {
    rejects_of_files_are_replayed_each_by_itself(&Place::duckdb());
}

#[test]
fn in_postgres_rejects_of_files_are_replayed_each_by_itself() {
    rejects_of_files_are_replayed_each_by_itself(&Place::postgres());
}

fn rejects_of_files_are_replayed_each_by_itself(place: &Place) {
    let folder = folder::fresh();
    let path = files::put(
        &folder,
        "it's é",
        b"{\"id\":1,\"age\":\"old\"}\n{\"id\":2,\"age\":[]}\n{\"id\":3,\"age\":\"new\"}\n",
    );
    let settings = r#"{"on_invalid_record":"reject"}"#;
    place.load(settings, &(ages(INTEGER) + &files::batch("ages", &[&path]))).ok();
    assert_eq!(place.rejects().len(), 3);
    place.load("{}", &ages(r#"{"type":["null","integer","string"]}"#)).ok();
    files::put(&folder, "settings.json", br#"{"batch_size_rows":1}"#);
    programs::target(folder.path(), &["rejects", &place.url(), "--replay", "--config", "settings.json"], b"")
        .ok();
    let rejects = place.rejects();
    assert_eq!(rejects.len(), 1, "{rejects:?}");
    assert_eq!(rejects[0].record, r#"{"id":2,"age":[]}"#);
    assert_eq!(place.rows("ages", &["id", "age__st"]), [r#"1 | "old""#, r#"3 | "new""#]);
}
