//! `target status`: the tables that were loaded, and the last loads.

use serde_json::{Value, json};

use super::{catalog, files};
use crate::support::messages::*;
use crate::support::place::{Place, in_databases};
use crate::support::{folder, programs};

in_databases! {
    where_nothing_was_loaded_it_says_so,
    two_loads_add_up,
    of_many_loads_the_last_are_shown,
    names_are_shown_with_their_escapes,
}

fn status(place: &Place, arguments: &[&str]) -> String {
    let folder = folder::fresh();
    programs::target(folder.path(), &[&["status", &place.url()], arguments].concat(), b"").ok().stdout
}

fn status_json(place: &Place, arguments: &[&str]) -> Value {
    serde_json::from_str(&status(place, &[&["--json"], arguments].concat())).expect("it is JSON")
}

fn users() -> String {
    schema("users", &["id"], &[("id", INTEGER), ("age", INTEGER)])
}

fn user(sequence: i64, id: i64, age: &str) -> String {
    sequenced("users", sequence, &format!(r#"{{"id":{id},"age":{age}}}"#))
}

fn where_nothing_was_loaded_it_says_so(place: &Place) {
    let before = (catalog(place), files(place));
    assert_eq!(status(place, &[]), "nothing has been loaded here yet\n");
    let found = status_json(place, &[]);
    assert_eq!((&found["tables"], &found["loads"], &found["all_loads"]), (&json!([]), &json!([]), &json!(0)));
    assert!((catalog(place), files(place)) == before, "nothing was made");
}

fn two_loads_add_up(place: &Place) {
    let settings = r#"{"on_invalid_record":"reject"}"#;
    let log = schema("log", &[], &[("id", INTEGER)]);
    place
        .load(settings, &(users() + &user(1, 1, "1") + &user(2, 1, "2") + &user(5, 2, "5") + &state("1")))
        .ok();
    let second = users()
        + &user(3, 1, "3")
        + &user(4, 2, "4")
        + &user(5, 2, "5")
        + &user(1, 3, "\"old\"")
        + &log
        + &record("log", r#"{"id":1}"#);
    place.load(settings, &second).ok();
    let before = files(place);
    let found = status_json(place, &[]);
    assert!(files(place) == before, "the file is as it was");
    let table = |name: &str, stream: &str, mode: &str, rows: u64| json!({"schema": place.schema(), "table": name, "stream": stream, "mode": mode, "rows": rows, "rows_are_counted": true});
    let mut tables = found["tables"].clone();
    for table in tables.as_array_mut().expect("a list") {
        let at = table.as_object_mut().expect("an object").shift_remove("committed_at");
        assert!(at.is_some_and(|at| at.as_str().is_some_and(|at| at.ends_with('Z'))), "{found}");
    }
    assert_eq!(tables, json!([table("log", "log", "append", 1), table("users", "users", "merge", 2)]));
    let loads = found["loads"].as_array().expect("a list");
    assert_eq!(loads.len(), 2);
    assert_eq!((&loads[0]["streams"], &loads[0]["bookmark"]), (&json!(["log", "users"]), &json!(false)));
    assert_eq!((&loads[1]["streams"], &loads[1]["bookmark"]), (&json!(["users"]), &json!(true)));
    let counts = |load: &Value, name: &str| load["counts"][name].as_u64().expect("a number");
    let of = |load: &Value| {
        ["received", "inserted", "replaced", "stale", "duplicate", "deleted", "rejected"]
            .map(|name| counts(load, name))
    };
    assert_eq!(of(&loads[0]), [5, 1, 1, 1, 1, 0, 1]);
    assert_eq!(of(&loads[1]), [3, 2, 0, 1, 0, 0, 0]);
    for name in ["received", "inserted", "replaced", "stale", "duplicate", "deleted", "rejected", "bytes"] {
        let sum: u64 = loads.iter().map(|load| counts(load, name)).sum();
        assert_eq!(found["total"][name], json!(sum), "{name}");
    }
    assert_eq!((&found["all_loads"], &found["in_rejected"]), (&json!(2), &json!(1)));
    let shown = status(place, &[]);
    let last = shown.lines().last().expect("there is one");
    assert!(
        last.starts_with("all: 2 loads in ")
            && last.ends_with("8 records, of them 2 stale and 1 rejected; 1 record in _sdc_rejected"),
        "{shown}"
    );
    let line = shown.lines().find(|line| line.ends_with("  log, users")).expect("the second load");
    assert!(line.contains(loads[0]["load_id"].as_str().expect("an id")), "{shown}");
}

fn of_many_loads_the_last_are_shown(place: &Place) {
    for sequence in 1..=3 {
        place.load("{}", &(users() + &user(sequence, 1, "1"))).ok();
    }
    let ids = |arguments: &[&str]| -> Vec<String> {
        let found = status_json(place, arguments);
        assert_eq!(found["all_loads"], json!(3));
        let loads = found["loads"].as_array().expect("a list").clone();
        loads.iter().map(|load| load["load_id"].to_string()).collect()
    };
    let all = ids(&[]);
    assert_eq!(all.len(), 3);
    assert_eq!(ids(&["--loads", "2"]), all[..2]);
    assert_eq!(ids(&["--loads", "0"]), all[..0]);
    assert!(status(place, &["--loads", "0"]).contains("all: 3 loads"));
}

fn names_are_shown_with_their_escapes(place: &Place) {
    let stream = "a\u{1b}[31m\nb";
    place
        .load("{}", &(schema(stream, &["id"], &[("id", INTEGER)]) + &sequenced(stream, 1, r#"{"id":1}"#)))
        .ok();
    let shown = status(place, &[]);
    assert!(!shown.contains('\u{1b}') && shown.contains(r"\u{1b}[31m b"), "{shown}");
    place.execute(&format!("drop table {}.\"{stream}\"", place.schema()));
    assert_eq!(status_json(place, &[])["tables"][0]["rows"], Value::Null, "somebody dropped it");
}
