//! Settings: given and meant.

use std::path::PathBuf;

use serde_json::{Value, json};
use target::config::{self, Config, KeyChoice, LoadMethod, OnInvalid, Settings, Target};
use target::error::{Class, Error};
use target::merge::Tie;
use target::sequence::Choice;

fn settle(given: &Value) -> Result<Settings, Error> {
    Config::read(&given.to_string())?.settle()
}

fn postgres(url: &str) -> Target {
    Target::Postgres(url.into())
}

fn duckdb(path: &str) -> Target {
    Target::DuckDb(PathBuf::from(path))
}

#[track_caller]
fn check(given: &Value, expected: &Target) {
    assert_eq!(settle(given).unwrap().target, *expected, "{given}");
}

#[track_caller]
fn refused(given: &Value) -> String {
    let error = settle(given).expect_err(&given.to_string());
    assert_eq!(error.class(), Class::Usage);
    error.to_string()
}

#[test]
fn destinations_are_meant_like_this() {
    let to = |destination: &str| json!({"destination": destination});
    check(&json!({}), &duckdb("warehouse.duckdb"));
    check(&to("duckdb:a/b.db"), &duckdb("a/b.db"));
    check(&to("duckdb:///a/b.db"), &duckdb("/a/b.db"));
    check(&to("duckdb:/a/b.db"), &duckdb("/a/b.db"));
    check(&to("sales.duckdb"), &duckdb("sales.duckdb"));
    check(&to("/tmp/x.y.duckdb"), &duckdb("/tmp/x.y.duckdb"));
    check(
        &to("postgres://me@host:5433/db?sslmode=require"),
        &postgres("postgres://me@host:5433/db?sslmode=require"),
    );
    check(&to("postgresql:///db?host=/var/run"), &postgres("postgresql:///db?host=/var/run"));
    check(&json!({"path": "a.db"}), &duckdb("a.db"));
    check(&json!({"filepath": "a.db"}), &duckdb("a.db"));
    check(&json!({"host": "h"}), &postgres("postgres://h/"));
    check(&json!({"database": "d"}), &postgres("postgres:///d"));
    check(
        &json!({"host": "h", "port": 1, "user": "u", "password": "p", "database": "d"}),
        &postgres("postgres://u:p@h:1/d"),
    );
    check(
        &json!({"host": "h", "user": "a b@c", "password": "p:/?#[]@%é", "database": "d/e"}),
        &postgres("postgres://a%20b%40c:p%3A%2F%3F%23%5B%5D%40%25%C3%A9@h/d%2Fe"),
    );
    check(
        &json!({"host": "/var/run/postgresql", "database": "d"}),
        &postgres("postgres://%2Fvar%2Frun%2Fpostgresql/d"),
    );
}

#[test]
fn what_is_no_destination_is_refused() {
    for destination in [
        "",
        "mysql://h/d",
        "warehouse",
        "duckdb:",
        "duckdb://",
        "file.db",
        "postgres",
        "Postgres://h/d",
        "md:",
    ] {
        refused(&json!({"destination": destination}));
        assert!(config::target(destination).unwrap_err().hint_text().is_some(), "{destination}");
    }
}

#[test]
fn two_destinations_are_refused() {
    refused(&json!({"destination": "a.duckdb", "path": "b"}));
    refused(&json!({"destination": "a.duckdb", "host": "h"}));
    refused(&json!({"path": "b", "port": 5}));
    refused(&json!({"path": "b", "password": ""}));
}

#[test]
fn a_destination_is_shown_without_its_password() {
    for (url, shown) in [
        ("postgres://me:s3cr3t@host:1/db", "postgres://host:1/db"),
        ("postgresql://me:s3cr3t@host/db?sslmode=require", "postgres://host/db"),
        ("postgres://host/db?user=me&password=s3cr3t", "postgres://host/db"),
        ("postgres://me:s3@cr3t@host/db", "postgres://host/db"),
        ("postgres://me:s3/cr3t@host/db", "postgres://host/db"),
        ("postgres:///db", "postgres:///db"),
    ] {
        let target = config::target(url).unwrap();
        assert_eq!(target.to_string(), shown, "{url}");
        assert_eq!(format!("{target:?}"), shown, "{url}");
    }
    assert_eq!(duckdb("a/b").to_string(), "duckdb:a/b");
}

/// A question mark should be written %3F in a URL; who does not must not find the password on the screen.
#[test]
fn no_password_is_shown_however_badly_the_url_is_written() {
    for url in [
        "postgres://me:s3cr3t?x@host/db",
        "postgres://me:s3cr3t?@host/db?sslmode=require",
        "postgres://me:?s3cr3t@host/db",
        "postgres://me:#s3cr3t?s3cr3t@host/db",
        "postgres://host/db?password=s3cr3t@host",
        "postgres://host/db?user=a@b&password=s3cr3t",
        "postgres://host/db?password=a@s3cr3t",
    ] {
        let shown = config::target(url).unwrap().to_string();
        assert!(!shown.contains("s3cr3t"), "{url} is shown as {shown}");
    }
}

#[test]
fn no_error_shows_a_password() {
    for given in [
        json!({"password": 31337}),
        json!({"password": ["31337"]}),
        json!({"password": "31337", "user": 5}),
        json!({"password": "31337", "destination": "a.duckdb"}),
        json!({"destination": "31337"}),
        json!({"host": "h", "password": "31337", "batch_size_rows": 0}),
        json!({"destination": "mysql://me:31337@host/db"}),
    ] {
        let said = refused(&given);
        assert!(!said.contains("31337") || given == json!({"destination": "31337"}), "{given}: {said}");
    }
}

#[test]
fn what_is_no_object_is_refused() {
    for text in ["", "[]", "{", "null", "{}x"] {
        assert_eq!(Config::read(text).unwrap_err().class(), Class::Usage, "{text}");
    }
}

#[test]
fn values_out_of_range_are_refused() {
    for given in [
        json!({"batch_size_rows": 0}),
        json!({"batch_size_bytes": 0}),
        json!({"batch_size_bytes": 90_000_000}),
        json!({"max_record_bytes": 57_000_000}),
        json!({"max_memory": "95MB"}),
        json!({"max_memory": "a lot"}),
        json!({"batch_wait_limit_seconds": -1}),
        json!({"batch_wait_limit_seconds": 1e30}),
        json!({"port": 70000, "host": "h"}),
        json!({"on_tie": "newest"}),
        json!({"on_invalid_record": "ignore"}),
        json!({"load_method": "truncate"}),
        json!({"sequence": "property"}),
        json!({"sequence": {"property": "a", "unit": "ms"}, "streams": []}),
        json!({"streams": {"a": {"key_properties": "id"}}}),
        json!({"streams": {"[": {}}}),
        json!({"max_rejects": -1}),
    ] {
        refused(&given);
    }
}

#[test]
fn what_is_not_set_has_its_default() {
    let settings = settle(&json!({})).unwrap();
    assert_eq!(settings.batch_size_rows, config::BATCH_SIZE_ROWS);
    assert_eq!(settings.max_memory, config::MAX_MEMORY);
    assert_eq!((settings.batch_size_bytes, settings.max_record_bytes), (89_600_000, 56_000_000));
    assert_eq!(settings.batch_wait_limit.as_secs_f64(), config::BATCH_WAIT_LIMIT_SECONDS);
    assert_eq!(settings.duckdb_memory_limit, None);
    assert_eq!(settings.on_invalid_record, OnInvalid::Fail);
    assert_eq!((settings.schema, settings.max_rejects, settings.fail_on_rejects), (None, None, false));
    let stream = settle(&json!({})).unwrap().of("any");
    assert_eq!((stream.load_method, stream.sequence, stream.on_tie), (None, Choice::Auto, Tie::Replace));
    assert!(stream.append_unique && stream.validate_records && stream.add_record_metadata);
    assert!(!stream.latest_view);
    assert_eq!(stream.key_properties, None);
}

#[test]
fn what_fits_follows_from_the_memory() {
    for (given, batch, record) in [
        (json!({"max_memory": "1GB"}), 187_200_000, 117_000_000),
        (json!({"max_memory": 164_000_000}), 20_000_000, 12_500_000),
        (json!({"max_memory": "1 GiB", "batch_size_bytes": 100, "max_record_bytes": 50}), 100, 50),
        (json!({"max_memory": "100GB"}), 1 << 30, 1 << 30),
    ] {
        let settings = settle(&given).unwrap();
        assert_eq!((settings.batch_size_bytes, settings.max_record_bytes), (batch, record), "{given}");
    }
    let error = settle(&json!({"batch_size_bytes": 100_000_000})).unwrap_err();
    assert!(error.hint_text().unwrap().contains("max_memory to \"564MB\""), "{error:?}");
}

#[test]
fn settings_have_these_names_and_spellings() {
    for name in ["schema", "default_target_schema"] {
        assert_eq!(settle(&json!({name: "raw"})).unwrap().schema.as_deref(), Some("raw"));
    }
    for (word, expected) in [
        ("upsert", LoadMethod::Merge),
        ("merge", LoadMethod::Merge),
        ("append-only", LoadMethod::Append),
        ("append", LoadMethod::Append),
    ] {
        assert_eq!(
            settle(&json!({"load_method": word})).unwrap().of("s").load_method,
            Some(expected),
            "{word}"
        );
    }
    for (given, expected) in [
        (json!("auto"), Choice::Auto),
        (json!("message"), Choice::Message),
        (json!("replication_key"), Choice::ReplicationKey),
        (json!("time_extracted"), Choice::TimeExtracted),
        (json!("arrival"), Choice::Arrival),
        (json!("property:a b"), Choice::Property("a b".into())),
        (json!({"property": "message"}), Choice::Property("message".into())),
    ] {
        assert_eq!(settle(&json!({"sequence": given})).unwrap().of("s").sequence, expected, "{given}");
    }
    assert_eq!(settle(&json!({"on_tie": "keep"})).unwrap().of("s").on_tie, Tie::Keep);
    assert_eq!(settle(&json!({"on_invalid_record": "reject"})).unwrap().on_invalid_record, OnInvalid::Reject);
}

#[test]
fn a_streams_own_settings_win_over_patterns_and_those_over_all() {
    let settings = settle(&json!({
        "on_tie": "keep", "append_unique": false, "sequence": "arrival",
        "streams": {
            "orders": {"load_method": "append"},
            "o*": {"load_method": "upsert", "sequence": "message", "key_properties": "record_hash"},
            "*": {"sequence": "time_extracted", "validate_records": false},
            "orders_*": {"on_tie": "replace", "latest_view": true},
            "a[b]": {"add_record_metadata": false}
        }
    }))
    .unwrap();
    let orders = settings.of("orders");
    assert_eq!(orders.load_method, Some(LoadMethod::Append), "the exact name before all");
    // Then the first pattern that matches and says something, in the order of their names.
    assert_eq!(
        (orders.sequence, orders.key_properties),
        (Choice::TimeExtracted, Some(KeyChoice::RecordHash))
    );
    assert_eq!((orders.on_tie, orders.append_unique, orders.validate_records), (Tie::Keep, false, false));
    assert_eq!(
        (settings.of("orders_old").on_tie, settings.of("orders_old").latest_view),
        (Tie::Replace, true)
    );
    assert_eq!((settings.of("people").load_method, settings.of("people").key_properties), (None, None));
    assert!(!settings.of("a[b]").add_record_metadata && !settings.of("ab").add_record_metadata);
    assert!(settings.of("a").add_record_metadata);
    let keyed = settle(&json!({"streams": {"s": {"key_properties": ["a", "b"]}}})).unwrap();
    assert_eq!(keyed.of("s").key_properties, Some(KeyChoice::Properties(vec!["a".into(), "b".into()])));
}

#[test]
fn flattening_may_be_said_in_the_words_of_the_sdk() {
    let meant = |given: Value| {
        let settings = settle(&given).unwrap().of("any");
        let name = settings.flatten_max_name;
        (settings.nested, settings.flatten_depth, settings.flatten_separator, name)
    };
    use config::Nested::{Flatten, Json, Subtables};
    let of = |nested, depth, separator: &str, name| (nested, depth, separator.to_owned(), name);
    let sdk = json!({
        "flattening_enabled": true,
        "flattening_max_depth": 2,
        "flattening_separator": "_",
        "flattening_max_key_length": 40,
    });
    assert_eq!(meant(sdk), of(Flatten, 2, "_", Some(40)));
    assert_eq!(meant(json!({"flattening_enabled": true})), of(Flatten, 8, "__", None));
    assert_eq!(meant(json!({"flattening_enabled": false})), of(Json, 8, "__", None));
    assert_eq!(
        meant(json!({"flattening_enabled": true, "flattening_max_depth": 0})),
        of(Json, 0, "__", None)
    );
    let both = json!({"flattening_enabled": true, "flattening_max_depth": 2, "nested": "subtables", "flatten_depth": 3});
    assert_eq!(meant(both), of(Subtables, 3, "__", None));
}
