//! Where tables stand and what they are called, who may read them, and what is indexed: as settings say it.

use serde_json::json;
use target::config::Settings;

use super::given::{fault, settled};

#[test]
fn a_stream_s_table_is_called_by_the_end_of_its_name_where_that_is_wanted() {
    let plain = settled(&json!({}));
    assert_eq!((plain.table_of("shop-public-orders"), plain.schema), ("shop-public-orders", None));
    let split = settled(&json!({"stream_name_separator": "-", "schema": "raw"}));
    assert_eq!(
        ["shop-public-orders", "orders", "orders-"].map(|name| split.table_of(name)),
        ["orders", "orders", "orders-"]
    );
    let mapped = settled(&json!({"schema_mapping": {"public": {"target_schema": "shop"}, "other": "shop"}}));
    assert_eq!((mapped.table_of("public-orders"), mapped.schema.as_deref()), ("orders", Some("shop")));
    assert_eq!(mapped.schema_of("public-orders"), Some("shop"));
}

#[test]
fn a_stream_goes_to_the_schema_of_its_source_s() {
    let mapping = json!({"public": {"target_schema": "shop"}, "crm": "customers"});
    let several = settled(&json!({"schema_mapping": mapping}));
    let schemas = |settings: &Settings| {
        ["public-orders", "db-crm-orders", "db-crm-a-b", "other-orders", "public", "orders"]
            .map(|stream| settings.schema_of(stream).map(str::to_owned))
    };
    let [shop, customers, raw] = ["shop", "customers", "raw"].map(|name| Some(name.to_owned()));
    let to = |rest: &Option<String>| {
        let rest = || rest.clone();
        [shop.clone(), customers.clone(), customers.clone(), rest(), rest(), rest()]
    };
    assert_eq!((schemas(&several), &several.schema), (to(&None), &None));
    assert_eq!(several.other_schemas("shop"), ["customers"]);
    let with_own = settled(&json!({"schema_mapping": mapping, "schema": "raw"}));
    assert_eq!((schemas(&with_own), &with_own.schema), (to(&raw), &raw));
    // The parts of a stream's name stand between what the settings say.
    let dotted = settled(&json!({"schema_mapping": mapping, "stream_name_separator": "."}));
    assert_eq!(
        (dotted.schema_of("db.crm.orders"), dotted.schema_of("crm-orders")),
        (Some("customers"), None)
    );
    for (entry, expected) in [
        (json!({}), "target_schema"),
        (json!({"target_schema": ""}), "target_schema is empty"),
        (json!(7), "public"),
        (
            json!({"target_schema": "shop", "target_schema_select_permision": "x"}),
            "target_schema_select_permision",
        ),
        (json!({"target_schema": "shop", "target_schema_select_permissions": 7}), "a list of roles"),
        (json!({"target_schema": "shop", "indices": {"orders": [["a"]]}}), "indices: \"orders\""),
        (json!({"target_schema": "shop", "indices": {"orders": [","]}}), "indices: \"orders\""),
    ] {
        let said = fault(&json!({"schema_mapping": {"public": entry}}));
        assert!(
            said.contains("schema_mapping") && said.contains("public") && said.contains(expected),
            "{said}"
        );
    }
}

#[test]
fn who_may_read_is_said_in_several_ways() {
    for given in [
        json!("b, a"),
        json!(["a", "b"]),
        json!(["a,b"]),
        json!({"users": "a", "groups": ["b"]}),
        json!({"users": ["a", "b"], "groups": null}),
    ] {
        for name in ["default_target_schema_select_permission", "default_target_schema_select_permissions"] {
            let settings = settled(&json!({name: given}));
            assert_eq!(settings.extras_of("orders").readers, ["a", "b"], "{given}");
            assert_eq!(settings.readers("main")["main"], ["a", "b"], "{given}");
        }
    }
    for given in [json!([7]), json!({"people": ["a"]})] {
        let said = fault(&json!({"default_target_schema_select_permission": given}));
        assert!(
            said.contains("default_target_schema_select_permission")
                && (said.contains("a role") || said.contains("got a list")),
            "{said}"
        );
    }
    let settings = settled(&json!({
        "default_target_schema_select_permission": "all",
        "schema_mapping": {
            "one": {"target_schema": "shop", "target_schema_select_permissions": ["a"]},
            "two": {"target_schema": "shop", "target_schema_select_permission": "b"},
            "three": "customers",
        },
    }));
    let readers = |stream: &str| settings.extras_of(stream).readers;
    assert_eq!(
        [readers("one-t"), readers("two-t"), readers("three-t"), readers("t")],
        [["a"], ["b"], ["all"], ["all"]]
    );
    let schemas = settings.readers("main");
    assert_eq!([&schemas["main"], &schemas["customers"]], [&["all"], &["all"]]);
    assert_eq!(schemas["shop"], ["a", "b"], "who reads one of its tables may use the schema");
}

#[test]
fn indices_are_of_a_table_of_the_mapped_schema() {
    let settings = settled(&json!({"schema_mapping": {
        "one": {"target_schema": "shop", "indices": {"orders": ["day", "region, day"], "log": "at"}}, "two": "shop",
    }}));
    let indices = |stream: &str| settings.extras_of(stream).indices;
    assert_eq!(indices("one-orders"), [vec!["day"], vec!["region", "day"]]);
    assert_eq!(indices("db-one-log"), [["at"]]);
    assert!(
        indices("two-orders").is_empty() && indices("one-other").is_empty() && indices("orders").is_empty()
    );
}

#[test]
fn what_duckdb_does_not_have_is_said() {
    let given = json!({
        "schema_mapping": {"public": {"target_schema": "shop", "indices": {"orders": ["day"]}}},
        "default_target_schema_select_permission": "analysts",
    });
    let said: Vec<String> = settled(&given).notes.iter().map(|note| note.words.clone()).collect();
    assert!(
        matches!(&said[..], [roles, indices] if roles.contains("no roles") && indices.contains("indices")),
        "{said:?}"
    );
    let mut in_postgres = given.clone();
    in_postgres["destination"] = json!("postgres://localhost/shop");
    assert!(settled(&in_postgres).notes.is_empty() && settled(&json!({})).notes.is_empty());
}

#[test]
fn a_schema_that_duckdb_would_take_for_its_file_is_refused() {
    for (path, schema) in [("raw.duckdb", "raw"), ("/a/Raw.x.db", "RAW")] {
        let said = fault(&json!({"path": path, "schema": schema}));
        assert!(said.contains("cannot tell them apart") && said.contains("default_target_schema"), "{said}");
    }
    fault(&json!({"path": "main.duckdb"}));
    fault(&json!({"path": "crm.duckdb", "schema_mapping": {"a": "shop", "b": "crm"}}));
    settled(&json!({"path": "main.duckdb", "schema": "raw"}));
    settled(&json!({"path": "raw.duckdb"}));
}
