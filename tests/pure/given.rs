//! Settings as they are given: by which names, how written, and what is said of what is none.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use target::config::{self, Config, Environment, Given, LoadMethod, NulBytes, Settings, Target};
use target::error::{Class, Error};
use target::note::{Level, Note};

fn variables(of: &[(&str, &str)]) -> Environment {
    of.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn given(given: &Value) -> Result<(Config, Vec<Note>), Error> {
    Config::of(Given::read(&given.to_string(), &Environment::default())?)
}

#[track_caller]
pub(super) fn settled(settings: &Value) -> Settings {
    given(settings)
        .and_then(|(config, _)| config.settle())
        .unwrap_or_else(|error| panic!("{settings}: {error}"))
}

/// The fault of settings, with its hint.
#[track_caller]
pub(super) fn fault(settings: &Value) -> String {
    let error = given(settings).and_then(|(config, _)| config.settle()).expect_err(&settings.to_string());
    assert_eq!(error.class(), Class::Usage);
    format!("{error}; {}", error.hint_text().unwrap_or_default())
}

#[test]
fn other_names_of_a_setting_mean_the_same() {
    let postgres = |url: &str| Target::Postgres(url.to_owned());
    for (settings, target) in [
        (json!({"filepath": "a.db"}), Target::DuckDb("a.db".into())),
        (json!({"path": "a.db", "database": "a"}), Target::DuckDb("a.db".into())),
        (json!({"host": "h", "dbname": "d"}), postgres("postgres://h/d")),
        (
            json!({"postgres_host": "h", "postgres_port": "5433", "postgres_username": "u", "postgres_database": "d"}),
            postgres("postgres://u@h:5433/d"),
        ),
        (
            json!({"sqlalchemy_url": "postgresql+psycopg2://u:p@h/d", "host": "other"}),
            postgres("postgresql://u:p@h/d"),
        ),
        (json!({"host": "h", "ssl": "true"}), postgres("postgres://h/?sslmode=require")),
    ] {
        let meant = settled(&settings).target;
        let (Target::Postgres(meant), Target::Postgres(target)) = (&meant, &target) else {
            assert_eq!(meant, target, "{settings}");
            continue;
        };
        let parsed = |text: &str| target::conninfo::Conninfo::parse(text).expect("a connection string");
        assert_eq!(parsed(meant), parsed(target), "{settings}");
    }
    for name in ["schema", "default_target_schema", "postgres_schema"] {
        assert_eq!(settled(&json!({name: "raw"})).schema.as_deref(), Some("raw"));
    }
    for name in ["process_activate_version_messages", "activate_version"] {
        assert!(!settled(&json!({name: false})).of("s").process_activate_version_messages, "{name}");
    }
    let both = json!({"process_activate_version_messages": true, "activate_version": false});
    assert!(!settled(&both).of("s").process_activate_version_messages);
    assert!(!settled(&json!({"add_metadata_columns": "no"})).of("s").add_record_metadata);
    assert_eq!(settled(&json!({"sanitize_null_text_characters": true})).of("s").nul_bytes, NulBytes::Replace);
    assert_eq!(settled(&json!({"max_batch_rows": 7})).batch_size_rows, 7);
    let levels = settled(&json!({"data_flattening_max_level": 3})).of("s");
    assert_eq!((levels.nested, levels.flatten_depth), (config::Nested::Flatten, 3));
    assert_eq!(settled(&json!({"data_flattening_max_level": 0})).of("s").nested, config::Nested::Json);
}

#[test]
fn one_setting_by_two_names_must_be_one_value() {
    settled(&json!({"host": "h", "database": "d", "dbname": "d"}));
    let said = fault(&json!({"host": "h", "database": "d", "dbname": "e"}));
    assert!(said.contains("dbname") && said.contains("database"), "{said}");
}

#[test]
fn texts_stand_for_values_of_other_kinds() {
    let settings = settled(&json!({
        "host": "h", "port": "5433", "batch_size_rows": " 12 ", "batch_wait_limit_seconds": "1.5",
        "validate_records": "False", "hard_delete": "1", "latest_view": "yes", "max_rejects": "",
        "streams": "{\"orders\": {\"append_unique\": \"off\", \"key_properties\": [\"id\"]}}",
    }));
    assert_eq!(settings.target, Target::Postgres("postgres://h:5433/".to_owned()));
    assert_eq!((settings.batch_size_rows, settings.batch_wait_limit.as_secs_f64()), (12, 1.5));
    let stream = settings.of("any");
    assert_eq!((stream.validate_records, stream.hard_delete, stream.latest_view), (false, true, true));
    assert_eq!(settings.max_rejects, None);
    let orders = settings.of("orders");
    assert!(!orders.append_unique && orders.key_properties.is_some());
    // A number that is whole is an integer, however it is written.
    assert_eq!(settled(&json!({"batch_size_rows": 5.0})).batch_size_rows, 5);
    // A text stays one where a text is meant.
    assert_eq!(settled(&json!({"schema": "true"})).schema.as_deref(), Some("true"));
    assert_eq!(settled(&json!({"state_id": null})).state_id, None);
}

#[test]
fn members_may_be_named_with_dots() {
    let settings = settled(&json!({
        "streams.public.orders.load_method": "append-only",
        "streams": {"public.orders": {"on_tie": "keep"}, "people": {"latest_view": true}},
        "stream_maps.people.__alias__": "persons",
        "settings.threads": 2,
    }));
    let orders = settings.of("public.orders");
    assert_eq!((orders.load_method, orders.on_tie), (Some(LoadMethod::Append), target::merge::Tie::Keep));
    assert!(settings.of("people").latest_view && settings.maps.is_some());
    assert_eq!(settings.duckdb_settings.get("threads").map(String::as_str), Some("2"));
}

#[test]
fn a_later_file_wins_and_objects_are_put_together() {
    let read = |value: Value| Given::read(&value.to_string(), &Environment::default()).expect("an object");
    let first = read(json!({"schema": "a", "max_retries": 3, "streams": {"s": {"on_tie": "keep"}, "t": {}}}));
    let second = read(json!({"schema": "b", "streams": {"s": {"latest_view": true}}}));
    let (config, _) = Config::of(first.under(second)).unwrap();
    let settings = config.settle().unwrap();
    assert_eq!((settings.schema.as_deref(), settings.max_retries), (Some("b"), 3));
    let stream = settings.of("s");
    assert!(stream.latest_view && stream.on_tie == target::merge::Tie::Keep);
}

#[test]
fn variables_stand_in_texts_and_must_be_set() {
    let environment = variables(&[("USER_1", "me"), ("EMPTY", ""), ("PW", "${USER_1}")]);
    let read = |text: &str| Given::read(&json!({"schema": text}).to_string(), &environment);
    for (text, expected) in [
        ("${USER_1}", "me"),
        ("a${USER_1}b${USER_1}", "amebme"),
        ("x${EMPTY}y", "xy"),
        // What a variable holds is taken as it is.
        ("${PW}", "${USER_1}"),
        ("$${USER_1}", "${USER_1}"),
        ("$USER_1 $ $$ {} ${} ${1} ${a b} ${USER_1", "$USER_1 $ $$ {} ${} ${1} ${a b} ${USER_1"),
    ] {
        let (config, _) = Config::of(read(text).unwrap()).unwrap();
        assert_eq!(config.default_target_schema.as_deref(), Some(expected), "{text}");
    }
    let error = read("${NOT_SET}").unwrap_err();
    assert!(error.to_string().contains("schema") && error.to_string().contains("NOT_SET"), "{error}");
    let nested = json!({"streams": {"s": {"key_properties": ["${NOT_SET}"]}}});
    assert!(Given::read(&nested.to_string(), &environment).is_err());
}

#[test]
fn the_environment_holds_settings_and_the_loaders_own_win() {
    let environment = variables(&[
        ("TARGET_POSTGRES_HOST", "theirs"),
        ("TARGET_LASTWORD_HOST", "ours"),
        ("TARGET_POSTGRES_PORT", "5433"),
        ("TARGET_POSTGRES__DIALECT", "postgres"),
        ("TARGET_LASTWORD_NO_SUCH", "x"),
        ("TARGET_LASTWORD_STREAMS", "{\"s\": {\"latest_view\": true}}"),
        ("HOST", "none"),
    ]);
    let (config, notes) = Config::of(Given::of_environment(&environment)).unwrap();
    assert_eq!(notes, []);
    let settings = config.settle().unwrap();
    assert_eq!(settings.target, Target::Postgres("postgres://ours:5433/".to_owned()));
    assert!(settings.of("s").latest_view);
    let more = Given::variables("# of the folder\nTARGET_LASTWORD_HOST=other\nexport A='b c'\n").unwrap();
    let environment = environment.or(more);
    assert_eq!((environment.get("A"), environment.get("TARGET_LASTWORD_HOST")), (Some("b c"), Some("ours")));
    assert!(Given::variables("no variable").is_err());
}

#[test]
fn what_is_no_setting_is_said_with_what_may_be_meant() {
    let (_, notes) = given(&json!({
        "batch_size_row": 1, "Path": "x", "frobnicate": true, "temp_dir": "/tmp", "ssl_storage_directory": ".secrets",
        "streams": {"a": {"load_metod": "upsert", "batch_size_rows": 1}}, "parallelism": -1,
    }))
    .unwrap();
    let warned: BTreeSet<&str> =
        notes.iter().filter(|note| note.level == Level::Warning).map(|note| note.words.as_str()).collect();
    assert_eq!(
        Vec::from_iter(warned),
        [
            "unknown setting Path is ignored; did you mean path?",
            "unknown setting batch_size_row is ignored; did you mean batch_size_rows?",
            "unknown setting frobnicate is ignored",
            "unknown setting streams.a.batch_size_rows is ignored",
            "unknown setting streams.a.load_metod is ignored; did you mean load_method?",
        ]
    );
    let without_effect = notes.iter().filter(|note| note.level == Level::Info).count();
    assert_eq!(without_effect, 3, "{notes:?}");
}

#[test]
fn an_error_says_what_a_setting_got_and_what_it_takes() {
    for (settings, parts) in [
        (
            json!({"batch_size_rows": "many"}),
            &["setting batch_size_rows", "\"many\"", "a whole number from 1"][..],
        ),
        (json!({"port": 70000}), &["setting port", "70000", "from 0 to 65535"]),
        (json!({"validate_records": 3}), &["validate_records", "got 3", "true or false"]),
        (json!({"load_method": "apend-only"}), &["append-only", "overwrite", "did you mean append-only?"]),
        (json!({"schema": {"name": "x"}}), &["setting default_target_schema", "an object", "a text"]),
        (json!({"sequence": 5}), &["setting sequence", "a value such as \"message\""]),
        (json!({"streams": []}), &["setting streams", "a list", "an object"]),
        (json!({"streams": {"a/b~c": {"on_tie": "kep"}}}), &["streams.a/b~c.on_tie", "did you mean keep?"]),
        (json!({"streams": {"a": 5}}), &["setting streams", "an object"]),
        (json!({"settings": {"threads": [1]}}), &["setting settings"]),
    ] {
        let said = fault(&settings);
        for part in parts {
            assert!(said.contains(part), "{settings}: no {part:?} in {said}");
        }
    }
}

#[test]
fn no_secret_is_shown() {
    for settings in [
        json!({"password": 31337}),
        json!({"password": ["31337"]}),
        json!({"ssl_client_private_key": 31337}),
        json!({"sqlalchemy_url": 31337}),
        json!({"host": "h", "password": "31337", "postgres_password": "31338"}),
    ] {
        let said = fault(&settings);
        assert!(!said.contains("3133"), "{said}");
    }
    let about = config::about();
    for secret in ["password", "ssl_client_private_key", "sqlalchemy_url"] {
        let setting = &about["settings"]["properties"][secret];
        assert_eq!((&setting["secret"], &setting["writeOnly"]), (&json!(true), &json!(true)), "{secret}");
    }
}

#[test]
fn the_loader_says_what_it_is_in_the_form_of_the_sdk() {
    let about = config::about();
    for member in [
        "name",
        "description",
        "version",
        "sdk_version",
        "supported_python_versions",
        "capabilities",
        "settings",
    ] {
        assert!(about.get(member).is_some(), "{member}");
    }
    assert!(about["capabilities"].as_array().unwrap().contains(&json!("activate-version")));
    let settings = &about["settings"];
    assert_eq!(settings["properties"]["port"]["type"], json!(["integer", "null"]));
    // A program that validates with it takes what is not set as null.
    let validator = jsonschema::validator_for(settings).expect("it is a schema");
    for (name, _) in settings["properties"].as_object().unwrap() {
        assert!(validator.is_valid(&json!({name: null})), "{name}");
    }
    let text = config::about_text();
    assert!(text.contains("batch_size_rows") && text.contains("Capabilities: about, "), "{text}");
}

#[test]
fn a_tunnel_is_a_part_of_the_connection_where_it_is_switched_on() {
    let off = settled(&json!({"host": "db", "ssh_tunnel": {"enable": false, "host": "h"}}));
    assert_eq!(off.target, Target::Postgres("postgres://db/".to_owned()));
    // As a program that knows only texts and names with dots gives it.
    let on = settled(&json!({
        "host": "db", "ssh_tunnel.enable": "true", "ssh_tunnel.host": "h", "ssh_tunnel.port": "2222", "ssh_tunnel.username": "u",
        "ssh_tunnel.private_key": "/k", "ssh_tunnel.private_key_password": "p w", "ssh_tunnel.host_key": "ssh-ed25519 AAAA",
    }));
    let Target::Postgres(words) = &on.target else { panic!("it is no Postgres") };
    for word in [
        "host='db'",
        "sshhost='h'",
        "sshport='2222'",
        "sshuser='u'",
        "sshkey='/k'",
        "sshpassword='p w'",
        "sshhostkey='ssh-ed25519 AAAA'",
    ] {
        assert!(words.split("' ").any(|found| word.starts_with(found)), "no {word} in {words}");
    }
    assert_eq!(on.target.to_string(), "postgres://db/");
    for (settings, why) in [
        (json!({"ssh_tunnel": {"enable": true}, "host": "db"}), "ssh_tunnel.host is not set"),
        (
            json!({"ssh_tunnel": {"enable": true, "host": "h"}, "path": "x.duckdb"}),
            "duckdb:x.duckdb is not reached over a bastion",
        ),
        (
            json!({"ssh_tunnel": {"port": 0}}),
            "setting ssh_tunnel.port: got 0; it takes a whole number from 1",
        ),
        (json!({"ssh_tunnel": {"enable": "perhaps"}}), "setting ssh_tunnel.enable"),
        (json!({"ssh_tunnel.private_key": 31337}), "setting ssh_tunnel.private_key: got a number"),
    ] {
        let said = fault(&settings);
        assert!(said.contains(why), "{settings}: {said}");
    }
}
