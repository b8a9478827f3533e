//! Which schema tables stand in, where the schemas of the source go to several.

use target::table::TableName;

use crate::support::messages::*;
use crate::support::place::{Place, everywhere, in_databases};

everywhere! {
    tables_of_one_name_stand_in_the_schemas_of_their_sources,
    what_belongs_to_a_table_stands_beside_it,
    names_are_told_apart_in_each_schema,
    what_takes_the_place_of_a_table_does_so_in_its_schema,
    rejects_know_the_schema_of_their_table,
}

in_databases! {
    what_is_remembered_of_a_table_stands_beside_it,
    what_an_earlier_version_remembers_beside_tables_is_brought_up_to_this_one,
}

const MAPPED: &str = r#""schema_mapping":{"public":"shop","crm":{"target_schema":"customers"}}"#;

/// Settings with the mapping, and more.
fn mapped(more: &str) -> String {
    format!("{{{MAPPED}{more}}}")
}

fn users(stream: &str) -> String {
    schema(stream, &["id"], &[("id", INTEGER), ("name", TEXT)])
}

fn user(stream: &str, sequence: i64, id: i64, name: &str) -> String {
    sequenced(stream, sequence, &format!(r#"{{"id":{id},"name":"{name}"}}"#))
}

fn named(schema: &str, name: &str) -> TableName {
    TableName { schema: schema.to_owned(), name: name.to_owned() }
}

/// Some columns of the rows of a table in a schema.
#[track_caller]
fn rows(place: &Place, schema: &str, name: &str, columns: &[&str]) -> Vec<String> {
    let found = place.find_in(&named(schema, name));
    found.unwrap_or_else(|| panic!("no table {name:?} in {schema:?}")).only(columns)
}

fn tables_of_one_name_stand_in_the_schemas_of_their_sources(place: &Place) {
    let first = users("public-users")
        + &user("public-users", 1, 1, "a")
        + &users("db-crm-users")
        + &user("db-crm-users", 1, 1, "b")
        + &users("elsewhere-users")
        + &user("elsewhere-users", 1, 1, "c")
        + &users("users2")
        + &user("users2", 1, 1, "d")
        + &state("1");
    let loaded = place.load(&mapped(""), &first).ok();
    assert_eq!(loaded.bookmarks, ["1"]);
    let columns = ["id", "name"];
    let all = |shop: &[&str], customers: &[&str], own: &[&str]| {
        assert_eq!(rows(place, "shop", "users", &columns), shop);
        assert_eq!(rows(place, "customers", "users", &columns), customers);
        assert_eq!(place.rows("users", &columns), own);
        assert_eq!(place.rows("users2", &columns), [r#"1 | "d""#]);
    };
    all(&[r#"1 | "a""#], &[r#"1 | "b""#], &[r#"1 | "c""#]);
    // The second run finds each where it is: what is newer wins, what is late loses, a delete is one.
    let second = users("public-users")
        + &user("public-users", 3, 1, "a3")
        + &users("db-crm-users")
        + &user("db-crm-users", 0, 1, "late")
        + &user("db-crm-users", 1, 2, "new")
        + &users("elsewhere-users")
        + &sequenced("elsewhere-users", 2, r#"{"id":1,"_sdc_deleted_at":"2024-01-01T00:00:00Z"}"#);
    let loaded = place.load(&mapped(r#","hard_delete":true"#), &second).ok();
    all(&[r#"1 | "a3""#], &[r#"1 | "b""#, r#"2 | "new""#], &[]);
    let crm = loaded.counts("db-crm-users");
    assert_eq!((crm.received, crm.inserted, crm.stale, crm.remainder()), (2, 1, 1, 0));
    assert_eq!(loaded.counts("public-users").replaced, 1);
    assert_eq!(loaded.counts("elsewhere-users").deleted, 1);
}

fn what_belongs_to_a_table_stands_beside_it(place: &Place) {
    let settings = mapped(r#","nested":"subtables","hard_delete":true"#);
    let orders = schema(
        "crm-orders",
        &["id"],
        &[("id", INTEGER), ("items", r#"{"type":["null","array"],"items":{"type":"integer"}}"#)],
    );
    let order = |sequence: i64, items: &str| {
        sequenced("crm-orders", sequence, &format!(r#"{{"id":1,"items":{items}}}"#))
    };
    place.load(&settings, &(orders.clone() + &order(1, "[7,8]"))).ok();
    let items = || rows(place, "customers", "orders__items", &["_sdc_level_0_id", "value"]);
    assert_eq!(items(), ["0 | 7", "1 | 8"]);
    place.load(&settings, &(orders.clone() + &order(2, "[9]"))).ok();
    assert_eq!(items(), ["0 | 9"]);
    let delete = sequenced("crm-orders", 4, r#"{"id":1,"_sdc_deleted_at":"2024-01-01T00:00:00Z"}"#);
    place.load(&settings, &(orders.clone() + &delete)).ok();
    // A late record meets the tombstone, which is in that schema too.
    let late = place.load(&settings, &(orders + &order(3, "[1]"))).ok();
    assert_eq!(late.counts("crm-orders").stale, 1);
    assert!(items().is_empty() && rows(place, "customers", "orders", &["id"]).is_empty());
    assert!(place.find("orders__items").is_none() && place.find("orders").is_none());
}

fn names_are_told_apart_in_each_schema(place: &Place) {
    let input: String = ["a-crm-users", "b-crm-users", "public-users"]
        .map(|stream| users(stream) + &user(stream, 1, 1, stream))
        .concat();
    for _ in 0..2 {
        place.load(&mapped(""), &input).ok();
        assert_eq!(rows(place, "customers", "users", &["name"]), [r#""a-crm-users""#]);
        assert_eq!(rows(place, "shop", "users", &["name"]), [r#""public-users""#]);
    }
    let counts = place.load(&mapped(""), &input).ok().counts("b-crm-users");
    assert_eq!((counts.received, counts.duplicate), (1, 1), "it has a table of its own, under another name");
}

fn what_takes_the_place_of_a_table_does_so_in_its_schema(place: &Place) {
    let of = |names: &[&str]| {
        let streams = ["public-users", "crm-users"].map(|stream| {
            let rows: String = names
                .iter()
                .zip(1..)
                .map(|(name, id)| user(stream, 1, id, &format!("{stream} {name}")))
                .collect();
            users(stream) + &rows
        });
        streams.concat()
    };
    let settings = mapped(r#","load_method":"overwrite""#);
    place.load(&settings, &of(&["a", "b"])).ok();
    place.load(&settings, &of(&["c"])).ok();
    assert_eq!(rows(place, "shop", "users", &["id", "name"]), [r#"1 | "public-users c""#]);
    assert_eq!(rows(place, "customers", "users", &["id", "name"]), [r#"1 | "crm-users c""#]);
    assert!(place.find_in(&named("shop", "users__overwrite")).is_none(), "the shadow is gone");
}

fn rejects_know_the_schema_of_their_table(place: &Place) {
    let strict = |stream: &str| schema(stream, &["id"], &[("id", INTEGER), ("age", INTEGER)]);
    let bad = |stream: &str| sequenced(stream, 1, r#"{"id":1,"age":"old"}"#);
    let streams = ["public-ages", "crm-ages", "own-ages"];
    let input: String = streams.map(|stream| strict(stream) + &bad(stream)).concat();
    place.load(&mapped(r#","on_invalid_record":"reject""#), &input).ok();
    let rejects = place.rejects();
    let tables: Vec<(Option<&str>, &str)> =
        rejects.iter().map(|reject| (reject.schema.as_deref(), reject.table.as_str())).collect();
    assert_eq!(tables, [(Some("shop"), "ages"), (Some("customers"), "ages"), (None, "ages")]);
}

fn what_is_remembered_of_a_table_stands_beside_it(place: &Place) {
    let input = users("public-users")
        + &user("public-users", 1, 1, "a")
        + &users("crm-users")
        + &user("crm-users", 1, 1, "b")
        + &state("7");
    place.load(&mapped(""), &input).ok();
    for (schema, stream) in [("shop", "public-users"), ("customers", "crm-users")] {
        let remembered = rows(place, schema, "_sdc_tables", &["table_name", "stream"]);
        assert_eq!(remembered, [format!("\"users\" | \"{stream}\"")]);
        for own in ["_sdc_loads", "_sdc_rejected", "_sdc_runs"] {
            assert!(place.find_in(&named(schema, own)).is_none(), "{own} is the run's");
        }
    }
    assert!(place.rows("_sdc_tables", &["table_name"]).is_empty());
    assert_eq!(place.rows("_sdc_loads", &["flush"]), ["1"], "one commit");
    assert_eq!(place.bookmark().as_deref(), Some("7"));
}

fn what_an_earlier_version_remembers_beside_tables_is_brought_up_to_this_one(place: &Place) {
    let input = |sequence: i64| users("crm-users") + &user("crm-users", sequence, 1, &sequence.to_string());
    place.load(&mapped(""), &input(2)).ok();
    place.execute("alter table customers._sdc_tables drop column schema");
    place.execute("alter table customers._sdc_tables drop column activated");
    let counts = place.load(&mapped(""), &input(1)).ok().counts("crm-users");
    assert_eq!(counts.stale, 1, "what was remembered holds");
    place.load(&mapped(""), &input(3)).ok();
    assert_eq!(rows(place, "customers", "users", &["name"]), [r#""3""#]);
    let remembered = rows(place, "customers", "_sdc_tables", &["schema"]);
    assert!(remembered[0].contains("crm-users"), "{remembered:?}");
}
