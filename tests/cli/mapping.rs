//! `schema_mapping`: the schemas of the source go to several, with who may read there and what is indexed.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::messages::*;
use crate::support::place::{Place, in_databases};
use crate::support::{folder, postgres, programs};
use target::table::TableName;

in_databases! {
    two_schemas_are_loaded_planned_and_looked_at,
    rejects_of_two_schemas_are_replayed_each_into_its_own,
    a_schema_that_was_mapped_to_can_be_loaded_into_by_itself,
    a_table_of_another_loader_is_adopted_in_its_schema,
}

/// A folder with a file of these settings.
fn with_settings(settings: &Value) -> TempDir {
    let folder = folder::fresh();
    fs::write(folder.path().join("settings.json"), settings.to_string()).expect("it can be written");
    folder
}

/// Runs `target` with these settings.
fn run(place: &Place, settings: &Value, command: &[&str], input: &str) -> programs::Ran {
    let folder = with_settings(settings);
    let url = place.url();
    let arguments = [command, &[&url, "--config", "settings.json"]].concat();
    programs::target(folder.path(), &arguments, input.as_bytes())
}

fn mapping() -> Value {
    json!({"schema_mapping": {"public": {"target_schema": "shop"}, "crm": "customers"}})
}

fn orders(stream: &str) -> String {
    let items = r#"{"type":["null","array"],"items":{"type":"integer"}}"#;
    schema(stream, &["id"], &[("id", INTEGER), ("day", DATE), ("items", items)])
}

fn order(stream: &str, sequence: i64, id: i64, rest: &str) -> String {
    sequenced(stream, sequence, &format!(r#"{{"id":{id},{rest}}}"#))
}

#[track_caller]
fn rows(place: &Place, schema: &str, name: &str, columns: &[&str]) -> Vec<String> {
    let name = TableName { schema: schema.to_owned(), name: name.to_owned() };
    place.find_in(&name).unwrap_or_else(|| panic!("no table {name:?}")).only(columns)
}

fn two_schemas_are_loaded_planned_and_looked_at(place: &Place) {
    let settings = json!({
        "schema_mapping": mapping()["schema_mapping"], "nested": "subtables", "hard_delete": true,
    });
    let input = ["public-orders", "db-crm-orders"]
        .map(|stream| orders(stream) + &order(stream, 1, 1, r#""day":"2024-01-01","items":[1,2]"#))
        .concat()
        + &state("1");
    let checked = run(place, &settings, &["check", "--json"], "").ok().stdout;
    let checked: Value = serde_json::from_str(&checked).expect("it is JSON");
    let there =
        |exists: bool| json!([{"name": "customers", "exists": exists}, {"name": "shop", "exists": exists}]);
    assert_eq!(checked["other_schemas"], there(false));
    let made = json!([
        "_sdc_tables",
        "_sdc_loads",
        "_sdc_rejected",
        "schema customers",
        "customers._sdc_tables",
        "schema shop",
        "shop._sdc_tables",
    ]);
    assert_eq!(checked["would_make"], made);
    // The SQL of a plan, run by hand, makes what a load would.
    let planned = run(place, &settings, &["plan"], &input).ok().stdout;
    for words in ["create schema if not exists \"shop\"", "\"customers\"._sdc_tables", "\"shop\".\"orders\""]
    {
        assert!(planned.contains(words), "{words}: {planned}");
    }
    assert!(place.find_in(&TableName { schema: "shop".into(), name: "orders".into() }).is_none());
    place.execute(&planned);
    let left = run(place, &settings, &["plan"], &input).ok().stdout;
    assert!(!left.contains("create"), "{left}");
    let loaded = run(place, &settings, &[], &input).ok();
    assert_eq!(loaded.stdout, "1\n");
    let second = orders("public-orders")
        + &order("public-orders", 2, 1, r#""_sdc_deleted_at":"2024-01-02T00:00:00Z""#)
        + &orders("db-crm-orders")
        + &order("db-crm-orders", 2, 1, r#""day":"2024-01-02","items":[3]"#);
    run(place, &settings, &[], &second).ok();
    assert!(rows(place, "shop", "orders", &["id"]).is_empty());
    assert!(rows(place, "shop", "orders__items", &["value"]).is_empty());
    assert_eq!(rows(place, "customers", "orders", &["id", "day"]), ["1 | 2024-01-02"]);
    assert_eq!(rows(place, "customers", "orders__items", &["value"]), ["3"]);
    let status = run(place, &settings, &["status", "--json"], "").ok().stdout;
    let status: Value = serde_json::from_str(&status).expect("it is JSON");
    let tables: Vec<String> = status["tables"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|table| table["mode"] == "merge")
        .map(|table| format!("{}.{} {}", table["schema"], table["table"], table["rows"]).replace('"', ""))
        .collect();
    assert_eq!(tables, ["customers.orders 1", "shop.orders 0"]);
    assert!(
        status["tables"].as_array().expect("a list").iter().all(|table| table["committed_at"].is_string())
    );
    let checked = run(place, &settings, &["check", "--json"], "").ok().stdout;
    let checked: Value = serde_json::from_str(&checked).expect("it is JSON");
    assert_eq!((&checked["other_schemas"], &checked["would_make"]), (&there(true), &json!([])));
    assert_eq!(run(place, &settings, &["state"], "").ok().stdout, "1\n");
}

fn rejects_of_two_schemas_are_replayed_each_into_its_own(place: &Place) {
    let mut settings = mapping();
    settings["on_invalid_record"] = json!("reject");
    let ages = |stream: &str, age: &str| schema(stream, &["id"], &[("id", INTEGER), ("age", age)]);
    let age =
        |stream: &str, id: i64, age: &str| sequenced(stream, 1, &format!(r#"{{"id":{id},"age":"{age}"}}"#));
    let streams = [("public-ages", "shop"), ("crm-ages", "customers"), ("own-ages", place.schema())];
    let input: String = streams
        .iter()
        .zip(1..)
        .map(|((stream, to), id)| ages(stream, INTEGER) + &age(stream, id, to))
        .collect();
    run(place, &settings, &[], &input).ok();
    let listed = run(place, &settings, &["rejects"], "").ok().stdout;
    let tables: Vec<&str> = listed.lines().filter_map(|line| line.split_whitespace().nth(1)).collect();
    assert_eq!(tables, ["ages", "customers.ages", "shop.ages"], "{listed}");
    let mended: String = streams.iter().map(|(stream, _)| ages(stream, TEXT)).collect();
    run(place, &settings, &[], &mended).ok();
    let replayed = run(place, &settings, &["rejects", "--replay"], "").ok();
    assert!(place.rejects().is_empty(), "{}", replayed.stderr);
    for ((_, schema), id) in streams.iter().zip(1..) {
        let name = TableName { schema: (*schema).to_owned(), name: "ages".to_owned() };
        let table = place.find_in(&name).expect("it is there");
        let column = if table.records(&[])[0].contains_key("age__st") { "age__st" } else { "age" };
        assert_eq!(table.only(&["id", column]), [format!("{id} | \"{schema}\"")]);
    }
}

fn a_schema_that_was_mapped_to_can_be_loaded_into_by_itself(place: &Place) {
    let of = |sequence: i64| {
        schema("crm-users", &["id"], &[("id", INTEGER), ("name", TEXT)])
            + &sequenced("crm-users", sequence, &format!(r#"{{"id":1,"name":"{sequence}"}}"#))
    };
    run(place, &mapping(), &[], &of(2)).ok();
    // It has what is remembered of its tables, and no other of the loader's own.
    let own = json!({"default_target_schema": "customers", "stream_name_separator": "-"});
    let status = run(place, &own, &["status"], "").ok().stdout;
    assert!(status.contains("customers.users") && status.contains("\nall: 0 loads"), "{status}");
    let planned = run(place, &own, &["plan"], &of(1)).ok().stdout;
    assert!(planned.contains("_sdc_loads") && !planned.contains("\"users\" ("), "{planned}");
    let late = run(place, &own, &[], &of(1)).ok();
    assert_eq!(rows(place, "customers", "users", &["name"]), [r#""2""#], "{}", late.stderr);
    run(place, &mapping(), &[], &of(3)).ok();
    assert_eq!(rows(place, "customers", "users", &["name"]), [r#""3""#]);
}

fn a_table_of_another_loader_is_adopted_in_its_schema(place: &Place) {
    place.execute("create schema customers; create table customers.users (id bigint, name varchar)");
    let adopt = ["adopt", "--table", "users", "--stream", "crm-users", "--key", "id", "--yes"];
    run(place, &mapping(), &adopt, "").ok();
    let input = schema("crm-users", &["id"], &[("id", INTEGER), ("name", TEXT)])
        + &sequenced("crm-users", 1, r#"{"id":1,"name":"a"}"#);
    run(place, &mapping(), &[], &input).ok();
    assert_eq!(rows(place, "customers", "users", &["id", "name"]), [r#"1 | "a""#]);
    assert_eq!(rows(place, "customers", "_sdc_tables", &["stream"]), [r#""crm-users""#]);
}

/// Settings by which two roles may read: one what is mapped, one the rest.
fn with_readers(mapped: &str, own: &str) -> Value {
    json!({
        "schema_mapping": {
            "public": {"target_schema": "shop", "target_schema_select_permissions": [mapped]},
            "crm": "customers",
        },
        "default_target_schema_select_permissions": {"groups": [own]},
        "nested": "subtables",
    })
}

#[test]
fn roles_may_read_what_the_loader_makes_and_nothing_that_was_there() {
    let place = Place::postgres();
    let mut client = postgres::connect(&place.url());
    let database: String = client.query_one("select current_database()", &[]).expect("it answers").get(0);
    // A role is the whole server's, and its name may need quotes.
    let (mapped, own) = (format!("\"r'1\" of {database}"), format!("Reader 2 of {database}"));
    for role in [&mapped, &own] {
        client.batch_execute(&format!("create role {}", quoted(role))).expect("it may");
    }
    let settings = with_readers(&mapped, &own);
    client.batch_execute("create schema customers").expect("it may");
    let stream = |stream: &str| orders(stream) + &order(stream, 1, 1, r#""day":null,"items":[1]"#);
    let log = schema("public-log", &["id"], &[("id", INTEGER)]) + &sequenced("public-log", 1, r#"{"id":1}"#);
    let input = stream("public-orders") + &stream("crm-orders") + &stream("own-orders");
    let planned = run(&place, &settings, &["plan"], &input).ok().stdout;
    assert_eq!(planned.matches("grant select on").count(), 6, "{planned}");
    assert_eq!(planned.matches("grant usage on").count(), 1, "{planned}");
    run(&place, &settings, &[], &input).ok();
    let overwrite = |name: &str| {
        let mut settings = settings.clone();
        settings["load_method"] = json!(name);
        settings["latest_view"] = json!(true);
        settings
    };
    run(&place, &overwrite("append-only"), &[], &log).ok();
    run(&place, &overwrite("overwrite"), &[], &stream("public-whole")).ok();
    let mut may = |role: &str, table: &str| -> bool {
        client
            .query_one("select has_table_privilege($1, $2, 'select')", &[&role, &table])
            .expect("it answers")
            .get(0)
    };
    for table in ["orders", "orders__items", "log", "log_latest", "whole", "whole__items"]
        .map(|name| format!("shop.{name}"))
    {
        assert!(may(&mapped, &table) && !may(&own, &table), "{table}");
    }
    for table in ["customers.orders", "customers.orders__items", "public.orders", "public.orders__items"] {
        assert!(may(&own, table) && !may(&mapped, table), "{table}");
    }
    assert!(!may(&mapped, "shop._sdc_tables") && !may(&own, "public._sdc_loads"));
    let mut uses = |role: &str, schema: &str| -> bool {
        client
            .query_one("select has_schema_privilege($1, $2, 'usage')", &[&role, &schema])
            .expect("it answers")
            .get(0)
    };
    assert!(uses(&mapped, "shop") && !uses(&own, "shop"));
    assert!(!uses(&own, "customers"), "it was there");
    // What is taken away stays so: the tables and the view are there by now.
    client
        .batch_execute(&format!("revoke select on all tables in schema shop from {}", quoted(&mapped)))
        .expect("it may");
    run(&place, &settings, &[], &stream("public-orders")).ok();
    run(&place, &overwrite("append-only"), &[], &log).ok();
    run(&place, &overwrite("overwrite"), &[], &stream("public-whole")).ok();
    let left: i64 = client
        .query_one("select count(*) from information_schema.role_table_grants where grantee = $1", &[&mapped])
        .expect("it answers")
        .get(0);
    assert_eq!(left, 0);
    for role in [&mapped, &own] {
        let role = quoted(role);
        client.batch_execute(&format!("drop owned by {role}; drop role {role}")).expect("it may");
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[test]
fn a_role_that_is_not_there_is_named_with_its_setting() {
    let place = Place::postgres();
    let settings = json!({"default_target_schema_select_permission": "nobody_of_that_name"});
    let input = orders("orders") + &order("orders", 1, 1, r#""day":null"#);
    let checked = run(&place, &settings, &["check"], "");
    let own = json!({
        "default_target_schema": "raw", "default_target_schema_select_permission": "nobody_of_that_name",
    });
    for said in [checked, run(&place, &settings, &[], &input), run(&place, &own, &[], &input)] {
        assert_eq!(said.code, 3, "{}", said.stderr);
        for words in ["nobody_of_that_name", "default_target_schema_select_permission"] {
            assert!(said.stderr.contains(words), "{words}: {}", said.stderr);
        }
    }
    assert!(place.find("orders").is_none());
}

/// What is indexed in a schema, besides keys.
fn indices(place: &Place) -> Vec<String> {
    let query = "select tablename || ' ' || substring(indexdef from '\\(.*\\)') from pg_indexes \
         where schemaname = 'shop' and indexname !~ '_pkey$' order by 1";
    let rows = postgres::connect(&place.url()).query(query, &[]).expect("the catalog can be read");
    rows.iter().map(|row| row.get(0)).collect()
}

fn with_indices(indices: &Value) -> Value {
    json!({"schema_mapping": {"public": {"target_schema": "shop", "indices": indices}}})
}

#[test]
fn indices_are_made_with_their_table() {
    let place = Place::postgres();
    let settings = with_indices(&json!({"orders": ["day", "items,day"], "whole": "day"}));
    let stream = |stream: &str| orders(stream) + &order(stream, 1, 1, r#""day":null,"items":[1]"#);
    run(&place, &settings, &[], &stream("public-orders")).ok();
    let mut overwrite = settings.clone();
    overwrite["load_method"] = json!("overwrite");
    run(&place, &overwrite, &[], &stream("public-whole")).ok();
    let made = ["orders (day)", "orders (items, day)", "whole (day)"];
    assert_eq!(indices(&place), made);
    // The second time nothing is made, and what a person has taken away stays away.
    place.execute("drop index shop.orders_day_idx");
    run(&place, &settings, &[], &stream("public-orders")).ok();
    run(&place, &overwrite, &[], &stream("public-whole")).ok();
    assert_eq!(indices(&place), made[1..]);
}

#[test]
fn an_index_of_a_column_that_is_not_there_is_refused_before_anything_is_written() {
    let place = Place::postgres();
    let settings = with_indices(&json!({"orders": ["day", "customer,day"]}));
    let input = orders("public-orders") + &order("public-orders", 1, 1, r#""day":null"#);
    let said = run(&place, &settings, &[], &input);
    assert_eq!(said.code, 2, "{}", said.stderr);
    assert!(said.stderr.contains("\"customer\"") && said.stderr.contains("indices"), "{}", said.stderr);
    assert!(place.find_in(&TableName { schema: "shop".into(), name: "orders".into() }).is_none());
}

#[test]
fn in_duckdb_what_it_does_not_have_is_said_and_the_rest_is_done() {
    let place = Place::duckdb();
    let mut settings = with_indices(&json!({"orders": ["customer"]}));
    settings["default_target_schema_select_permission"] = json!("analysts");
    let input = orders("public-orders") + &order("public-orders", 1, 1, r#""day":null"#);
    let said = run(&place, &settings, &[], &input).ok().stderr;
    assert!(said.contains("DuckDB has no roles") && said.contains("indices have no effect"), "{said}");
    assert_eq!(rows(&place, "shop", "orders", &["id"]), ["1"]);
}
