//! Where rows go: the command line, the file of settings, and which of them wins.

use std::fs;

use ::postgres::config::Host;
use serde_json::json;
use target::table::TableName;

use super::{USERS, dump, lines, state, user, users};
use crate::support::{folder, postgres, programs, table};

fn input() -> String {
    lines(&[USERS.to_owned(), user(1, "Ada", 1), user(2, "Bob", 2), state(2)])
}

const LOADED: [&str; 2] = [r#"1 | "Ada""#, r#"2 | "Bob""#];

#[test]
fn without_arguments_it_loads_into_warehouse_duckdb_in_this_folder() {
    let folder = folder::fresh();
    programs::target(folder.path(), &[], input().as_bytes()).ok();
    assert_eq!(users(&folder.path().join("warehouse.duckdb")), LOADED);
}

#[test]
fn a_duckdb_file_may_be_named_in_each_of_these_ways() {
    let folder = folder::fresh();
    let absolute = folder.path().join("absolute.duckdb").display().to_string();
    let given = [
        ("duckdb:one.duckdb".to_owned(), "one.duckdb"),
        ("duckdb://two.db".to_owned(), "two.db"),
        ("three.duckdb".to_owned(), "three.duckdb"),
        (absolute.clone(), "absolute.duckdb"),
        (format!("duckdb:{absolute}.too"), "absolute.duckdb.too"),
    ];
    for (destination, file) in given {
        programs::target(folder.path(), &[&destination], input().as_bytes()).ok();
        assert_eq!(users(&folder.path().join(file)), LOADED, "{destination}");
    }
}

#[test]
fn a_postgres_url_is_a_destination() {
    let (folder, database) = (folder::fresh(), postgres::fresh_database());
    let ran = programs::target(folder.path(), &[&database], input().as_bytes()).ok();
    let name = TableName { schema: "public".to_owned(), name: "users".to_owned() };
    let users = table::postgres(&mut postgres::connect(&database), &name).expect("the table is there");
    assert_eq!(users.only(&["id", "name"]), LOADED);
    assert_eq!(ran.stdout, "{\"position\":2}\n");
}

#[test]
fn single_settings_name_a_postgres_database() {
    let (folder, database) = (folder::fresh(), postgres::fresh_database());
    let url: ::postgres::Config = database.parse().expect("the database's URL");
    let host = match &url.get_hosts()[0] {
        Host::Tcp(name) => name.clone(),
        Host::Unix(path) => path.display().to_string(),
    };
    let mut settings = json!({"host": host, "user": url.get_user(), "database": url.get_dbname()});
    if let Some(port) = url.get_ports().first() {
        settings["port"] = json!(port);
    }
    if let Some(password) = url.get_password() {
        settings["password"] = json!(String::from_utf8_lossy(password));
    }
    fs::write(folder.path().join("settings.json"), settings.to_string()).expect("the folder can be written");
    programs::target(folder.path(), &["--config", "settings.json"], input().as_bytes()).ok();
    let name = TableName { schema: "public".to_owned(), name: "users".to_owned() };
    let users = table::postgres(&mut postgres::connect(&database), &name).expect("the table is there");
    assert_eq!(users.only(&["id", "name"]), LOADED);
}

#[test]
fn a_file_of_settings_is_followed() {
    let folder = folder::fresh();
    let settings = json!({"filepath": "from_file.duckdb", "schema": "raw", "load_method": "append"});
    fs::write(folder.path().join("settings.json"), settings.to_string()).expect("the folder can be written");
    let twice = input() + &input().replace("\"sequence\":", "\"sequence\":1");
    programs::target(folder.path(), &["-c", "settings.json"], twice.as_bytes()).ok();
    let users = dump(&folder.path().join("from_file.duckdb"), "raw", "users");
    assert_eq!(users.only(&["id", "_sdc_sequence"]), ["1 | 1", "1 | 11", "2 | 12", "2 | 2"]);
}

#[test]
fn flags_win_over_the_file() {
    let folder = folder::fresh();
    let settings = json!({
        "destination": "from_file.duckdb", "default_target_schema": "of_file", "load_method": "upsert", "sequence": "message"
    });
    fs::write(folder.path().join("settings.json"), settings.to_string()).expect("the folder can be written");
    let arguments = [
        "--config",
        "settings.json",
        "from_flag.duckdb",
        "--schema",
        "of_flag",
        "--load-method",
        "append-only",
        "--sequence",
        "property:id",
    ];
    let input = input() + &input();
    programs::target(folder.path(), &arguments, input.as_bytes()).ok();
    assert!(!folder.path().join("from_file.duckdb").exists(), "the file's destination was used as well");
    let users = dump(&folder.path().join("from_flag.duckdb"), "of_flag", "users");
    // Appended, and once each: the sequence is the id, so the second round is recognised.
    assert_eq!(users.only(&["id", "_sdc_sequence"]), ["1 | 1", "2 | 2"]);
    let tables = dump(&folder.path().join("from_flag.duckdb"), "of_flag", "_sdc_tables");
    assert_eq!(tables.only(&["mode", "sequence_source"]), [r#""append" | "property id""#]);
}

#[test]
fn a_destination_on_the_command_line_replaces_any_kind_of_destination_in_the_file() {
    let folder = folder::fresh();
    for settings in [json!({"path": "other.duckdb"}), json!({"host": "nowhere.invalid", "password": "x"})] {
        fs::write(folder.path().join("settings.json"), settings.to_string())
            .expect("the folder can be written");
        let arguments = ["--config", "settings.json", "chosen.duckdb"];
        programs::target(folder.path(), &arguments, input().as_bytes()).ok();
        assert_eq!(users(&folder.path().join("chosen.duckdb")), LOADED, "{settings}");
    }
    assert!(!folder.path().join("other.duckdb").exists());
}
