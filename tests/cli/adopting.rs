//! `target adopt`: tables that other loaders made are loaded into once somebody says so, and never altered in silence.

use target::error::Class;

use crate::support::messages::*;
use crate::support::place::Place;
use crate::support::{folder, programs};

/// What MeltanoLabs' target makes in Postgres.
const MELTANOLABS: &str = r#"create table users (id bigint not null primary key, name text, seen timestamp, meta jsonb, tags text[],
    _sdc_extracted_at timestamp, _sdc_received_at timestamp, _sdc_batched_at timestamp, _sdc_deleted_at timestamp,
    _sdc_sequence bigint, _sdc_table_version bigint, _sdc_sync_started_at bigint);
    insert into users (id, name, seen, _sdc_sequence, _sdc_table_version)
    values (1, 'old', '2020-01-01 00:00:00', 1790000000000, 1790000000), (2, 'kept', '2020-01-01 00:00:00', 1790000000000, 1790000000)"#;

/// What pipelinewise's makes.
const PIPELINEWISE: &str = r#"create table users (id numeric not null primary key, name character varying, seen timestamp, born character varying,
    _sdc_extracted_at timestamp, _sdc_batched_at timestamp, _sdc_deleted_at character varying);
    insert into users (id, name, seen) values (1, 'old', '2020-01-01 00:00:00'), (2, 'kept', '2020-01-01 00:00:00')"#;

/// What jwills' makes in DuckDB.
const JWILLS: &str = r#"create table users (id bigint primary key, name varchar, seen timestamp, born varchar,
    _sdc_extracted_at timestamp, _sdc_batched_at timestamp, _sdc_deleted_at varchar);
    insert into users (id, name, seen) values (1, 'old', '2020-01-01 00:00:00'), (2, 'kept', '2020-01-01 00:00:00')"#;

/// Nothing is adopted by itself.
const ASKS: &str = r#"{"adopt_tables": false}"#;

fn users() -> String {
    schema("users", &["id"], &[("id", INTEGER), ("name", TEXT), ("seen", TIMESTAMP), ("born", DATE)])
}

fn user(sequence: i64, id: i64, name: &str) -> String {
    let record =
        format!(r#"{{"id":{id},"name":"{name}","seen":"2024-05-06T07:08:09+02:00","born":"2001-02-03"}}"#);
    sequenced("users", sequence, &record)
}

#[test]
fn a_table_of_meltanolabs_is_adopted() {
    let place = Place::postgres();
    let said = adopted(&place, MELTANOLABS, "timestamp without zone");
    assert!(said.contains("\"tags\": of a type that this loader does not write"), "{said}");
}

#[test]
fn a_table_of_pipelinewise_is_adopted() {
    adopted(&Place::postgres(), PIPELINEWISE, "timestamp without zone");
}

#[test]
fn a_table_of_jwills_is_adopted() {
    adopted(&Place::duckdb(), JWILLS, "timestamp without zone");
}

fn adopted(place: &Place, made: &str, seen: &str) -> String {
    place.execute(made);
    let folder = folder::fresh();
    let url = place.url();
    // The sequences of taps are small numbers; those times of arrival are large.
    let input = users() + &user(5, 1, "new") + &user(5, 3, "third");
    let words = place.load(ASKS, &input).fails(Class::Usage);
    assert!(words.contains("not made by this loader"), "{words}");
    let words = place.load(r#"{"load_method":"append-only"}"#, &input);
    if made.contains("_sdc_sequence") {
        words.fails(Class::Usage);
    }
    // DuckDB does not say what a table's key is.
    let command = ["adopt", &url, "--table", "users", "--key", "id"];
    let said = programs::target(folder.path(), &command, b"").ok().stdout;
    assert!(said.contains("Nothing was done") && said.contains("merged by id"), "{said}");
    place.load(ASKS, &input).fails(Class::Usage);
    programs::target(folder.path(), &[&command[..], &["--yes"]].concat(), b"").ok();
    place.load("{}", &input).ok();
    assert_eq!(place.rows("users", &["id", "name"]), [r#"1 | "new""#, r#"2 | "kept""#, r#"3 | "third""#]);
    let table = place.dump("users");
    assert!(table.type_of("seen").starts_with(seen), "{} as it was", table.type_of("seen"));
    let rows = place.rows("users", &["id", "seen"]);
    assert!(rows[0].contains("2024-05-06T05:08:09"), "in UTC: {rows:?}");
    // From here on the law holds.
    place.load("{}", &(users() + &user(4, 1, "late"))).ok();
    assert_eq!(place.rows("users", &["id", "name"])[0], r#"1 | "new""#);
    let gone = sequenced("users", 6, r#"{"id":3,"_sdc_deleted_at":"2024-05-06T07:08:09Z"}"#);
    place.load("{}", &(users() + &gone)).ok();
    assert!(place.rows("users", &["id", "_sdc_deleted_at"])[2].contains("2024-05-06"));
    said
}

#[test]
fn a_load_goes_on_where_another_loader_left_off() {
    for (place, made) in
        [(Place::postgres(), MELTANOLABS), (Place::postgres(), PIPELINEWISE), (Place::duckdb(), JWILLS)]
    {
        place.execute(made);
        let folder = folder::fresh();
        let url = place.url();
        let input = users() + &user(5, 1, "new") + &user(5, 3, "third");
        let ran = programs::target(folder.path(), &[&url], input.as_bytes()).ok();
        let said = "another loader has made this table";
        assert!(ran.stderr.contains(said) && ran.stderr.contains("merged by id"), "{}", ran.stderr);
        assert_eq!(place.rows("users", &["id", "name"]), [r#"1 | "new""#, r#"2 | "kept""#, r#"3 | "third""#]);
        // From here on the law holds, and nothing is said any more.
        let ran = programs::target(folder.path(), &[&url], (users() + &user(4, 1, "late")).as_bytes()).ok();
        assert!(!ran.stderr.contains(said), "{}", ran.stderr);
        assert_eq!(place.rows("users", &["id", "name"])[0], r#"1 | "new""#);
    }
}

#[test]
fn a_table_with_another_key_is_left_alone() {
    for place in [Place::postgres(), Place::duckdb()] {
        place.execute(
            "create table users (id bigint, name text primary key); insert into users values (1, 'old')",
        );
        let words = place.load("{}", &(users() + &user(5, 1, "new"))).fails(Class::Usage);
        assert!(words.contains("not made by this loader"), "{words}");
        assert_eq!(place.rows("users", &["id", "name"]), [r#"1 | "old""#]);
    }
}

#[test]
fn a_setting_that_only_meltanos_hub_has_chosen_does_not_turn_merges_into_appends() {
    let place = Place::postgres();
    place.execute(MELTANOLABS);
    let folder = folder::fresh();
    let url = place.url();
    let settings = format!(r#"{{"destination": {url:?}, "load_method": "append-only"}}"#);
    std::fs::write(folder.path().join("settings.json"), settings).expect("it is written");
    let input = users() + &user(5, 1, "new");
    let arguments = ["--config", "settings.json"];
    let variant = [("MELTANO_LOADER_VARIANT", "meltanolabs")];
    programs::target_in(folder.path(), &arguments, input.as_bytes(), &variant).ok();
    assert_eq!(place.rows("users", &["id", "name"]), [r#"1 | "new""#, r#"2 | "kept""#]);
    // Who has chosen it is told why it cannot be.
    let ran = programs::target(folder.path(), &arguments, input.as_bytes());
    assert!(ran.code == 2 && ran.stderr.contains("in merge mode"), "{}", ran.stderr);
}

#[test]
fn a_table_without_a_key_needs_to_be_told_one() {
    let place = Place::postgres();
    place.execute("create table users (id bigint, name text); insert into users values (1, 'old')");
    let folder = folder::fresh();
    let url = place.url();
    let ran = programs::target(folder.path(), &["adopt", &url, "--table", "users"], b"");
    assert!(ran.stderr.contains("--key"), "{}", ran.stderr);
    let command = ["adopt", &url, "--table", "users", "--key", "id", "--yes"];
    programs::target(folder.path(), &command, b"").ok();
    place.load("{}", &(users() + &user(5, 1, "new"))).ok();
    assert_eq!(place.rows("users", &["id", "name"]), [r#"1 | "new""#]);
}
