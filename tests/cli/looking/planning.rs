//! `target plan`: how streams would be loaded, the SQL that would be run, and nothing written.

use std::fs;

use super::{catalog, files, rows};
use crate::support::messages::*;
use crate::support::place::{Place, in_databases};
use crate::support::{folder, programs};

in_databases! {
    a_plan_writes_nothing,
    its_sql_makes_the_tables_that_the_load_makes,
    into_a_table_that_is_there_only_the_differences_are_shown,
    its_counts_do_not_depend_on_batches,
    the_bookmark_is_said_and_not_printed,
    what_would_be_rejected_is_counted_or_ends_it,
    a_name_does_not_get_out_of_its_comment,
}

const OWN: [&str; 3] = ["_sdc_tables", "_sdc_loads", "_sdc_rejected"];

/// Runs a plan, or a load where `command` is empty, with settings.
fn run(place: &Place, command: &[&str], settings: &str, input: &str) -> programs::Ran {
    let folder = folder::fresh();
    let mut whole: serde_json::Value = serde_json::from_str(settings).expect("settings are JSON");
    whole["destination"] = place.url().into();
    fs::write(folder.path().join("settings.json"), whole.to_string()).expect("it is written");
    programs::target(folder.path(), &[command, &["--config", "settings.json"]].concat(), input.as_bytes())
}

fn plan(place: &Place, settings: &str, input: &str) -> programs::Ran {
    run(place, &["plan"], settings, input)
}

fn users() -> String {
    schema(
        "users",
        &["id"],
        &[("id", INTEGER), ("name", TEXT), ("tags", r#"{"type":"array","items":{"type":"string"}}"#)],
    )
}

fn user(sequence: i64, id: i64, name: &str) -> String {
    sequenced("users", sequence, &format!(r#"{{"id":{id},"name":"{name}","tags":["a","b"]}}"#))
}

/// The line of a stream in the summary.
#[track_caller]
fn counts(ran: &programs::Ran, stream: &str) -> [u64; 5] {
    let found = ran.stderr.lines().find_map(|line| {
        let rest = line.strip_prefix(stream)?;
        let numbers: Option<Vec<u64>> = rest.split_whitespace().map(|number| number.parse().ok()).collect();
        numbers?.try_into().ok()
    });
    found.unwrap_or_else(|| panic!("no counts of {stream:?} in\n{}", ran.stderr))
}

fn a_plan_writes_nothing(place: &Place) {
    let input = users() + &user(1, 1, "Ada") + &state("1");
    let fresh = (catalog(place), files(place));
    let planned = plan(place, "{}", &input).ok();
    assert!(planned.stdout.contains("create table if not exists"), "{}", planned.stdout);
    assert!((catalog(place), files(place)) == fresh, "a place that is empty stays so");
    place.load("{}", &input).ok();
    let tables = [&OWN[..], &["users"]].concat();
    let before = (catalog(place), rows(place, &tables), files(place));
    let wider = schema("users", &["id"], &[("id", INTEGER), ("name", TEXT), ("more", INTEGER)])
        + &sequenced("users", 2, r#"{"id":1,"name":"Bea","more":1}"#)
        + &schema("others", &[], &[("id", INTEGER)])
        + &record("others", r#"{"id":1}"#)
        + &state("2");
    let planned = plan(place, r#"{"state_id":"dev:users"}"#, &wider).ok();
    assert!(planned.stdout.contains("_sdc_runs"), "{}", planned.stdout);
    assert!(
        (catalog(place), rows(place, &tables), files(place)) == before,
        "nor does one that is not change"
    );
}

fn its_sql_makes_the_tables_that_the_load_makes(place: &Place) {
    let other = match place {
        Place::DuckDb(_) => Place::duckdb(),
        _ => Place::postgres(),
    };
    let gone = sequenced("users", 9, r#"{"id":1,"_sdc_deleted_at":"2024-05-06T07:08:09Z"}"#);
    let wider = schema("users", &["id"], &[("id", INTEGER), ("name", TEXT), ("score", NUMBER)])
        + &sequenced("users", 3, r#"{"id":2,"name":"Cy","score":0.5}"#);
    let input = users() + &user(1, 1, "Ada") + &user(2, 1, "Bea") + &wider + &gone + &state("1");
    let settings = [
        ("plain", "{}"),
        ("appended", r#"{"load_method":"append-only","latest_view":true}"#),
        ("arrays", r#"{"nested":"subtables"}"#),
        ("graves", r#"{"hard_delete":true}"#),
        ("overwritten", r#"{"load_method":"overwrite","state_id":"dev:users"}"#),
        ("bare", r#"{"add_record_metadata":false,"sequence":"arrival"}"#),
    ];
    for (name, settings) in settings {
        let mut settings: serde_json::Value = serde_json::from_str(settings).expect("settings are JSON");
        settings["default_target_schema"] = name.into();
        let settings = settings.to_string();
        run(place, &[], &settings, &input).ok();
        let planned = plan(&other, &settings, &input).ok();
        other.execute(&planned.stdout);
        // What was made by hand needs no more changes. A view is made anew by each run.
        let again = plan(&other, &settings, &input).ok().stdout;
        assert!(!again.contains("table "), "{name}: {again}");
        assert!(again.is_empty() || name == "appended", "{name}: {again}");
        run(&other, &[], &settings, &input).ok();
    }
    assert_eq!(catalog(&other), catalog(place));
    for (name, _) in settings {
        let of = |place: &Place| {
            place.find_in(&target::table::TableName { schema: name.into(), name: "users".into() })
        };
        let (alone, by_hand) = (of(place).expect("it is there"), of(&other).expect("it is there"));
        assert_eq!(by_hand.columns, alone.columns, "{name}");
        assert_eq!(by_hand.only(&["id", "name"]), alone.only(&["id", "name"]), "{name}");
    }
}

fn into_a_table_that_is_there_only_the_differences_are_shown(place: &Place) {
    let input = users() + &user(1, 1, "Ada") + &state("1");
    place.load("{}", &input).ok();
    assert_eq!(plan(place, "{}", &input).ok().stdout, "", "nothing would be changed");
    let wider = schema("users", &["id"], &[("id", INTEGER), ("name", TEXT), ("more", DATE)])
        + &sequenced("users", 2, r#"{"id":1,"name":"Bea","more":"2024-05-06"}"#);
    let shown = plan(place, "{}", &wider).ok().stdout;
    let table = format!(r#""{}"."users""#, place.schema());
    let wanted = format!(
        "-- users → {}.users, merged by id\nalter table {table} add column if not exists \"more\" date;\n",
        place.schema()
    );
    assert!(shown.starts_with(&wanted), "{shown}");
    assert!(!shown.contains("create ") && !shown.contains("\"name\" "), "{shown}");
    // A value that no column of its type can hold yet.
    let large = users()
        + &sequenced("users", 3, r#"{"id":1,"name":"Bea"}"#)
        + &schema("n", &["id"], &[("id", INTEGER), ("n", INTEGER)])
        + &sequenced("n", 1, r#"{"id":1,"n":1}"#);
    place.load("{}", &large).ok();
    let larger = schema("n", &["id"], &[("id", INTEGER), ("n", INTEGER)])
        + &sequenced("n", 2, r#"{"id":1,"n":123456789012345678901234567890}"#);
    let shown = plan(place, "{}", &larger).ok().stdout;
    assert!(shown.contains(r#""n" alter column "n" type "#), "{shown}");
    place.execute(&shown);
    assert_eq!(plan(place, "{}", &larger).ok().stdout, "", "it was done by hand");
}

fn its_counts_do_not_depend_on_batches(place: &Place) {
    let mut input = users();
    for (sequence, id) in [(1, 1), (2, 1), (2, 1), (1, 2), (5, 3), (4, 3)] {
        input += &user(sequence, id, "x");
    }
    input += &sequenced("users", 3, r#"{"id":2,"_sdc_deleted_at":"2024-05-06T07:08:09Z"}"#);
    input += &(schema("log", &[], &[("id", INTEGER)])
        + &record("log", r#"{"id":1}"#)
        + &record("log", r#"{"id":1}"#));
    for rows in [1, 2, 3, 1000] {
        let planned = plan(place, &format!(r#"{{"batch_size_rows":{rows}}}"#), &input).ok();
        // Records, rows, repeated, deletes, rejected.
        assert_eq!(counts(&planned, "users"), [7, 2, 4, 1, 0], "{rows}");
        assert_eq!(counts(&planned, "log"), [2, 2, 0, 0, 0], "{rows}");
        let schema = place.schema();
        for words in [
            format!("users → {schema}.users: merged by id, versions by message"),
            format!("log → {schema}.log: appended: it has no key"),
        ] {
            assert!(planned.stderr.lines().any(|line| line == words), "{words}\n{}", planned.stderr);
        }
    }
}

fn the_bookmark_is_said_and_not_printed(place: &Place) {
    let input = users() + &state(r#"{"at":1}"#) + &user(1, 1, "Ada") + &state(r#"{"at":2}"#);
    let planned = plan(place, "{}", &input).ok();
    assert_eq!(planned.stderr.lines().last(), Some(r#"would print bookmark: {"at":2}"#));
    assert!(!planned.stdout.contains("\"at\""), "{}", planned.stdout);
    for line in planned.stdout.lines() {
        assert!(
            serde_json::from_str::<serde_json::Value>(line).is_err(),
            "a runner would take it for a state: {line}"
        );
    }
    assert!(!planned.stderr.contains("METRIC"), "nothing was loaded: {}", planned.stderr);
}

fn what_would_be_rejected_is_counted_or_ends_it(place: &Place) {
    let strict =
        schema("users", &["id"], &[("id", INTEGER), ("age", r#"{"type":["null","integer"],"maximum":9}"#)]);
    let input = strict
        + &sequenced("users", 1, r#"{"id":1,"age":10}"#)
        + &sequenced("users", 1, r#"{"id":2,"age":11}"#)
        + &sequenced("users", 1, r#"{"id":3,"age":1}"#);
    let planned = plan(place, r#"{"on_invalid_record":"reject"}"#, &input).ok();
    assert_eq!(counts(&planned, "users"), [3, 1, 0, 0, 2]);
    assert!(planned.stderr.contains("would reject 2 of users: property \"age\""), "{}", planned.stderr);
    let failed = plan(place, "{}", &input);
    assert_eq!((failed.code, failed.stdout.as_str()), (1, ""), "{}", failed.stderr);
    assert!(failed.stderr.lines().last().is_some_and(|line| line.contains("line 2")), "{}", failed.stderr);
}

fn a_name_does_not_get_out_of_its_comment(place: &Place) {
    let stream = "a\n; create table hurt (x int); --\u{1b}[31m";
    let input = schema(stream, &["id"], &[("id", INTEGER)]) + &sequenced(stream, 1, r#"{"id":1}"#);
    let planned = plan(place, "{}", &input).ok();
    assert!(!planned.stderr.contains('\u{1b}'), "{}", planned.stderr);
    place.execute(&planned.stdout);
    assert!(place.find("hurt").is_none());
    place.load("{}", &input).ok();
    assert_eq!(
        place.tables().keys().collect::<Vec<_>>(),
        [stream],
        "the table that was made by hand is the stream's"
    );
}
