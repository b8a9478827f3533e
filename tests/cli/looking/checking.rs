//! `target check`: whether a load could begin, and what is missing.

use std::fs;
use std::io::{BufRead, BufReader};

use ::postgres::Config;
use ::postgres::config::Host;
use serde_json::{Value, json};

use super::{catalog, files};
use crate::cli::{USERS, held_open, lines, state, user};
use crate::support::place::{Place, in_databases};
use crate::support::{folder, postgres, programs};

in_databases! {
    a_place_is_found_ready_and_nothing_is_made,
    a_place_that_was_loaded_into_needs_nothing_more,
    a_schema_that_is_not_there_would_be_made,
}

/// What `check --json` says, and its exit code.
fn checked(arguments: &[&str]) -> (Value, i32) {
    let folder = folder::fresh();
    let ran = programs::target(folder.path(), &[&["check", "--json"], arguments].concat(), b"");
    let found = serde_json::from_str(&ran.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}{}", ran.stdout, ran.stderr));
    (found, ran.code)
}

fn a_place_is_found_ready_and_nothing_is_made(place: &Place) {
    let (before, kept) = (catalog(place), files(place));
    let folder = folder::fresh();
    let said = programs::target(folder.path(), &["check", &place.url()], b"").ok();
    assert_eq!(said.stdout.lines().last(), Some("a load could begin"), "{}", said.stdout);
    let made = said.stdout.lines().find(|line| line.starts_with("would make"));
    assert!(
        made.is_some_and(|line| line.ends_with("  _sdc_tables, _sdc_loads, _sdc_rejected")),
        "{}",
        said.stdout
    );
    let (found, code) = checked(&[&place.url()]);
    assert_eq!((code, &found["ready"], &found["error"]), (0, &json!(true), &Value::Null), "{found}");
    assert_eq!(found["would_make"], json!(["_sdc_tables", "_sdc_loads", "_sdc_rejected"]));
    assert_eq!(found["schema"], json!({"name": place.schema(), "exists": true}));
    assert!(found["version"].as_str().is_some_and(|version| version.contains('.')), "{found}");
    assert_eq!((catalog(place), files(place)), (before, kept));
}

fn a_place_that_was_loaded_into_needs_nothing_more(place: &Place) {
    let input = lines(&[USERS.to_owned(), user(1, "Ada", 1), state(1)]);
    place.load("{}", &input).ok();
    let (before, kept) = (catalog(place), files(place));
    let (found, code) = checked(&[&place.url()]);
    assert_eq!((code, &found["would_make"]), (0, &json!([])), "{found}");
    if let Place::Postgres(_) = place {
        assert_eq!(found["tables"], json!({"known": 1, "not_owned": [], "lacking": []}));
    }
    assert_eq!(catalog(place), before);
    assert!(files(place) == kept, "the file is as it was");
}

fn a_schema_that_is_not_there_would_be_made(place: &Place) {
    let (found, code) = checked(&[&place.url(), "--schema", "raw"]);
    assert_eq!(code, 0, "{found}");
    assert_eq!(found["schema"], json!({"name": "raw", "exists": false}));
    assert_eq!(found["would_make"], json!(["schema raw", "_sdc_tables", "_sdc_loads", "_sdc_rejected"]));
}

/// The words of a connection of a role to a test's database.
fn connection(url: &str, role: &str) -> String {
    let config: Config = url.parse().expect("the test server's URL is one");
    let host = match &config.get_hosts()[0] {
        Host::Unix(folder) => folder.display().to_string(),
        Host::Tcp(host) => host.clone(),
    };
    let port = config.get_ports().first().copied().unwrap_or(5432);
    format!("host={host} port={port} user={role} dbname={}", config.get_dbname().expect("it has a name"))
}

/// A role without rights, whose name needs quotes, and how it connects.
fn stranger(database: &postgres::Database) -> (::postgres::Client, String, String) {
    let mut client = postgres::connect(database);
    let name: String = client.query_one("select current_database()::text", &[]).expect("it answers").get(0);
    let role = format!("a-stranger-of-{name}");
    client
        .batch_execute(&format!(
            "create role \"{role}\" login; revoke all on schema public from public; \
             revoke all on database {name} from public; grant connect on database {name} to \"{role}\""
        ))
        .expect("it may");
    let url = connection(database, &role);
    (client, role, url)
}

fn forget(mut client: ::postgres::Client, role: &str) {
    client.batch_execute(&format!("drop owned by \"{role}\" cascade; drop role \"{role}\"")).expect("it may");
}

#[test]
fn a_role_that_lacks_rights_is_told_what_is_missing_and_what_to_grant() {
    let (folder, database) = (folder::fresh(), postgres::fresh_database());
    let (mut client, role, url) = stranger(&database);
    client.batch_execute("create schema raw").expect("it may");
    let ran = programs::target(folder.path(), &["check", &url, "--schema", "raw"], b"");
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(!ran.stdout.contains("could begin"), "{}", ran.stdout);
    let last = ran.stderr.lines().last().expect("it says why");
    for words in [
        format!("schema \"raw\": the role {role} may not use it or make tables in it"),
        format!("the role {role} may not make temporary tables"),
        format!("hint: grant usage, create on schema \"raw\" to \"{role}\"; grant temporary on database "),
    ] {
        assert!(last.contains(&words), "{words} is not in {last}");
    }
    // What it says to do is enough, for a load too.
    let (found, code) = checked(&[&url, "--schema", "raw"]);
    assert_eq!(
        (code, &found["ready"], found["error"]["class"].as_str()),
        (3, &json!(false), Some("destination"))
    );
    for lack in found["lacks"].as_array().expect("a list") {
        client.batch_execute(lack["mend"].as_str().expect("a statement")).expect("it can be run");
    }
    let (found, code) = checked(&[&url, "--schema", "raw"]);
    assert_eq!((code, &found["lacks"]), (0, &json!([])), "{found}");
    let input = lines(&[USERS.to_owned(), user(1, "Ada", 1), state(1)]);
    programs::target(folder.path(), &[&url, "--schema", "raw"], input.as_bytes()).ok();
    forget(client, &role);
}

#[test]
fn a_schema_that_the_role_may_not_make_is_named() {
    let database = postgres::fresh_database();
    let (client, role, url) = stranger(&database);
    let (found, code) = checked(&[&url, "--schema", "raw"]);
    assert_eq!(code, 3);
    let what = found["lacks"][0]["what"].as_str().expect("words");
    assert_eq!(what, format!("the schema \"raw\" is not there, and the role {role} may not make it"));
    forget(client, &role);
}

#[test]
fn rights_on_the_tables_that_are_there_are_looked_at() {
    let (folder, database) = (folder::fresh(), postgres::fresh_database());
    let input = lines(&[USERS.to_owned(), user(1, "Ada", 1), state(1)]);
    programs::target(folder.path(), &[&database], input.as_bytes()).ok();
    let (mut client, role, url) = stranger(&database);
    let name = database.rsplit('/').next().and_then(|name| name.split('?').next()).expect("a name");
    client
        .batch_execute(&format!(
            "grant usage on schema public to \"{role}\"; grant temporary on database {name} to \"{role}\"; \
             grant select on all tables in schema public to \"{role}\"; grant insert on users, _sdc_loads to \"{role}\""
        ))
        .expect("it may");
    let (found, code) = checked(&[&url]);
    assert_eq!(code, 3, "{found}");
    let lacking = json!([
        {"table": "_sdc_rejected", "rights": ["insert", "delete"]},
        {"table": "_sdc_tables", "rights": ["insert", "update", "delete"]},
        {"table": "users", "rights": ["update"]},
    ]);
    assert_eq!(found["tables"], json!({"known": 1, "not_owned": ["users"], "lacking": lacking}));
    for lack in found["lacks"].as_array().expect("a list") {
        client.batch_execute(lack["mend"].as_str().expect("a statement")).expect("it can be run");
    }
    assert_eq!(checked(&[&url]).1, 0);
    let newer = lines(&[USERS.to_owned(), user(1, "Bea", 2), user(2, "Cy", 1), state(2)]);
    programs::target(folder.path(), &[&url], newer.as_bytes()).ok();
    forget(client, &role);
}

#[test]
fn a_server_that_takes_no_writes_is_not_ready() {
    let database = postgres::fresh_database();
    let url = connection(&database, "postgres") + " options='-c default_transaction_read_only=on'";
    let (found, code) = checked(&[&url]);
    assert_eq!(code, 3, "{found}");
    assert!(
        found["lacks"][0]["what"].as_str().is_some_and(|what| what.contains("nothing can be written")),
        "{found}"
    );
}

#[test]
fn a_server_that_is_not_there_is_no_panic_and_programs_read_why() {
    let (found, code) = checked(&["host=/nowhere-at-all dbname=x user=y"]);
    assert_eq!(
        (code, &found["ready"], found["error"]["class"].as_str()),
        (3, &json!(false), Some("destination"))
    );
    let folder = folder::fresh();
    assert_eq!(
        programs::target(folder.path(), &["check", "mysql://x"], b"").code,
        2,
        "the settings are at fault"
    );
}

#[test]
fn who_holds_a_file_is_said() {
    let folder = folder::fresh();
    let mut holder = held_open(folder.path(), &["held.duckdb"]);
    let mut said = BufReader::new(holder.stderr.take().expect("it is a pipe"));
    let mut line = String::new();
    while !line.contains("loading into") {
        line.clear();
        assert!(said.read_line(&mut line).expect("it can be read") > 0, "it ended");
    }
    let ran = programs::target(folder.path(), &["check", "held.duckdb"], b"");
    drop(holder.stdin.take());
    let process = holder.id().to_string();
    holder.wait().expect("it ends");
    assert_eq!(ran.code, 3, "{}{}", ran.stdout, ran.stderr);
    let last = ran.stderr.lines().last().expect("it says why");
    assert!(last.contains(&process) && last.contains("hint: wait until that process has ended"), "{last}");
    programs::target(folder.path(), &["check", "held.duckdb"], b"").ok();
}

#[test]
fn a_folder_that_is_not_there_and_a_file_that_is_none_are_not_ready() {
    let folder = folder::fresh();
    let ran = programs::target(folder.path(), &["check", "duckdb:nowhere/w.duckdb"], b"");
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    let last = ran.stderr.lines().last().expect("it says why");
    assert!(last.contains("the folder nowhere does not exist; hint: make it: mkdir -p nowhere"), "{last}");
    fs::write(folder.path().join("letter.duckdb"), "Dear reader, this is no database. ".repeat(1000))
        .expect("it is written");
    fs::write(folder.path().join("empty.duckdb"), "").expect("it is written");
    assert_eq!(programs::target(folder.path(), &["check", "letter.duckdb"], b"").code, 3);
    programs::target(folder.path(), &["check", "empty.duckdb"], b"").ok();
    assert_eq!(fs::read(folder.path().join("empty.duckdb")).expect("it is there"), b"", "it is as it was");
    assert_eq!(super::listed(folder.path()).len(), 2, "nothing else was made");
}
