//! Distributed tables. Citus is not here: a stand-in in the catalog of a plain Postgres takes down what it is asked to do, holds tables to Citus'
//! rules for keys, and says afterwards which tables it has. What the statements are is in `tests/golden/sql/citus.sql`, and what is known
//! of them from Citus' documents in `docs/citus.md`.

use serde_json::{Value, json};

use super::{Shop, compare, summary, thing, things};
use crate::support::messages::*;

/// What of Citus the loader uses.
const STAND_IN: &str = r#"
set allow_system_table_mods = on;
create schema citus;
create table citus.calls (number serial, call text);
create table pg_catalog.pg_dist_partition (logicalrelid regclass, partmethod "char", partkey text, colocationid int, repmodel "char");
create type citus.distribution_type as enum ('hash', 'range', 'append');
create function pg_catalog.create_distributed_table(table_name regclass, distribution_column text,
    distribution_type citus.distribution_type default 'hash', colocate_with text default 'default', shard_count int default null)
returns void language plpgsql as $$
declare beside pg_catalog.pg_dist_partition;
begin
    if current_setting('citus.multi_shard_modify_mode', true) is distinct from 'sequential' then
        raise exception 'the transaction is over several connections';
    end if;
    if exists (select from pg_index i where i.indrelid = table_name and i.indisunique and not exists (
        select from pg_attribute a where a.attrelid = i.indrelid and a.attname = distribution_column and a.attnum = any (i.indkey))) then
        raise exception 'cannot create constraint on "%"', table_name;
    end if;
    if colocate_with <> 'default' then
        select * into strict beside from pg_catalog.pg_dist_partition where logicalrelid = colocate_with::regclass;
        if (select atttypid from pg_attribute where attrelid = beside.logicalrelid and attname = beside.partkey) is distinct from
            (select atttypid from pg_attribute where attrelid = table_name and attname = distribution_column) then
            raise exception 'cannot colocate tables % and %', colocate_with, table_name;
        end if;
    end if;
    insert into pg_catalog.pg_dist_partition values (table_name, 'h', distribution_column, 1, 'c');
    insert into citus.calls (call) values (format('%s by %s beside %s', table_name, distribution_column, colocate_with));
end $$;
create function pg_catalog.create_reference_table(table_name regclass) returns void language sql as $$
    insert into pg_catalog.pg_dist_partition values (table_name, 'n', null, 2, 't');
    insert into citus.calls (call) values (format('%s everywhere', table_name));
$$;
create function pg_catalog.column_to_column_name(table_name regclass, column_var_text text) returns text language sql strict
    as 'select column_var_text';
create function pg_catalog.citus_relation_size(logicalrelid regclass) returns bigint language sql as 'select pg_relation_size(logicalrelid)';
insert into pg_extension values (99999, 'citus', 10, 'citus'::regnamespace, false, '12.1-1', null, null);
"#;

fn cluster() -> Shop {
    let shop = Shop::new();
    shop.run(STAND_IN);
    shop
}

/// What the stand-in was asked to do.
fn calls(shop: &Shop) -> Vec<String> {
    shop.rows("select call from citus.calls order by number")
}

/// Settings with `distribution` among them.
fn distributed(settings: &str, distribution: &Value) -> String {
    let mut settings: Value = serde_json::from_str(settings).unwrap();
    settings["distribution"] = distribution.clone();
    settings.to_string()
}

#[test]
fn a_distributed_table_holds_what_a_plain_one_does() {
    compare(|given| distributed(given, &json!("hash")), cluster, |_| ());
}

#[test]
fn a_table_that_is_everywhere_holds_what_a_plain_one_does() {
    compare(|given| distributed(given, &json!("reference")), cluster, |_| ());
}

#[test]
fn a_table_that_a_user_has_distributed_holds_what_a_plain_one_does_whatever_the_setting() {
    let make = "create table things (id bigint not null, day date not null, x text, deleted boolean, primary key (id, day))";
    let placed = || {
        let shop = cluster();
        shop.run(make);
        shop.run("insert into pg_catalog.pg_dist_partition values ('things', 'h', 'day', 1, 'c')");
        shop
    };
    compare(str::to_owned, placed, |shop| shop.run(make));
}

#[test]
fn a_new_table_is_distributed_by_the_first_property_of_its_key() {
    let shop = cluster();
    let keys = schema("things", &["day", "id"], &[("id", INTEGER), ("day", DATE)]);
    shop.load(r#"{"distribution":"hash"}"#, &(keys.clone() + &thing(1, 1, ""))).ok();
    assert_eq!(calls(&shop), ["things by day beside default"]);
    shop.load(r#"{"distribution":"reference"}"#, &(keys + &thing(2, 1, ""))).ok();
    assert_eq!(calls(&shop).len(), 1, "a table that is there stays as it is");
}

#[test]
fn each_stream_can_have_a_distribution_of_its_own() {
    let shop = cluster();
    let streams = ["by_hash", "by_day", "small", "local", "hashed"];
    let input: String = streams
        .iter()
        .map(|stream| {
            schema(stream, &["id", "day"], &[("id", INTEGER), ("day", DATE)])
                + &sequenced(stream, 1, r#"{"id":1,"day":"2020-01-01"}"#)
        })
        .collect();
    let settings = r#"{"distribution":"hash","streams":{
        "by_d*": {"distribution": {"property": "day"}}, "small": {"distribution": "reference"}, "local": {"distribution": "none"},
        "hashed": {"key_properties": "record_hash"}}}"#;
    shop.load(settings, &input).ok();
    assert_eq!(
        calls(&shop),
        [
            "by_day by day beside default",
            "by_hash by id beside default",
            "hashed by _sdc_record_hash beside default",
            "small everywhere",
        ]
    );
    shop.load(settings, &input).ok();
    assert_eq!(shop.rows("select count(*) from by_hash"), ["1"]);
}

const NESTED: &str = r#"{"nested":"subtables","hard_delete":true,"deleted_property":"deleted"}"#;

fn with_tags(sequence: i64, id: i64, tags: &str) -> String {
    thing(sequence, id, &format!(r#","tags":{tags}"#))
}

fn tagged() -> String {
    things(&[("tags", r#"{"type":["null","array"],"items":{"type":"string"}}"#)])
}

#[test]
fn arrays_and_tombstones_lie_where_their_parents_do() {
    for (distribution, expected) in [
        (
            json!({"property": "day"}),
            [
                "things by day beside default",
                "things__tags by _sdc_source_key_day beside public.things",
                "things__tombstones by day beside public.things",
            ],
        ),
        (
            json!("reference"),
            ["things everywhere", "things__tags everywhere", "things__tombstones everywhere"],
        ),
    ] {
        let (shop, plain) = (cluster(), Shop::new());
        let gone = thing(3, 2, r#","deleted":true"#);
        for input in [
            tagged() + &with_tags(1, 1, r#"["a","b"]"#) + &with_tags(1, 2, r#"["c"]"#),
            tagged() + &with_tags(2, 1, r#"["d"]"#) + &with_tags(1, 3, r#"["e"]"#) + &gone,
            tagged() + &with_tags(2, 2, r#"["late"]"#) + &with_tags(1, 1, r#"["late"]"#),
        ] {
            let there = shop.load(&distributed(NESTED, &distribution), &input).ok();
            assert_eq!(summary(&there), summary(&plain.load(NESTED, &input).ok()));
        }
        let mut asked: Vec<String> = calls(&shop);
        asked.iter_mut().for_each(|call| *call = call.replace('"', ""));
        assert_eq!(asked, expected);
        for query in [
            "select id, x, _sdc_sequence from things order by 1",
            "select _sdc_source_key_id, value from things__tags order by 1, 2",
            "select id, _sdc_sequence from things__tombstones order by 1",
        ] {
            assert_eq!(shop.rows(query), plain.rows(query), "{query}");
            assert!(!plain.rows(query).is_empty(), "{query}");
        }
    }
}

#[test]
fn what_is_made_beside_a_plain_table_is_plain() {
    let shop = cluster();
    shop.load(NESTED, &(things(&[]) + &thing(1, 1, ""))).ok();
    let input = tagged() + &with_tags(2, 1, r#"["a"]"#);
    shop.load(&distributed(NESTED, &json!("hash")), &input).ok();
    assert_eq!(shop.rows("select value from things__tags"), ["a"]);
    assert!(calls(&shop).is_empty(), "{:?}", calls(&shop));
}

#[test]
fn a_shadow_lies_where_the_table_does_and_the_table_stays() {
    let shop = cluster();
    let overwrite = r#"{"load_method":"overwrite","nested":"subtables"}"#;
    let input = |tag: &str| tagged() + &with_tags(1, 1, tag) + &with_tags(1, 2, "[]");
    shop.load(&distributed(overwrite, &json!("hash")), &input(r#"["a"]"#)).ok();
    let unquoted = || calls(&shop).iter().map(|call| call.replace('"', "")).collect::<Vec<_>>();
    assert_eq!(
        unquoted(),
        [
            "things__overwrite by id beside default",
            "things__tags__overwrite by _sdc_source_key_id beside public.things__overwrite",
            "things by id beside default",
            "things__tags by _sdc_source_key_id beside public.things",
        ]
    );
    // It is like the table, not as the setting says by now.
    shop.load(&distributed(overwrite, &json!({"property": "day"})), &input(r#"["b"]"#)).ok();
    assert_eq!(
        unquoted()[4..],
        [
            "things__overwrite by id beside public.things",
            "things__tags__overwrite by _sdc_source_key_id beside public.things__overwrite",
        ]
    );
    assert_eq!(shop.rows("select value from things__tags"), ["b"]);
}

#[test]
fn what_is_appended_to_a_distributed_table_is_there_once() {
    let shop = cluster();
    let settings = r#"{"load_method":"append-only","distribution":"hash"}"#;
    let input: String = things(&[]) + &(0..30).map(|id| thing(1, id, "")).collect::<String>();
    shop.load(settings, &input).ok();
    assert_eq!(calls(&shop), ["things by id beside default"]);
    let again = shop.load(settings, &(input + &thing(2, 0, "") + &thing(2, 29, ""))).ok();
    assert_eq!(summary(&again), ["things 32 2 0 0 30 0 0"]);
    assert_eq!(shop.rows("select count(*), count(distinct id) from things"), ["32 | 30"]);
}

#[test]
fn a_key_without_the_column_of_the_distribution_is_refused_before_anything_is_made() {
    let shop = cluster();
    let input = schema("things", &["id"], &[("id", INTEGER), ("day", DATE), ("x", TEXT)]) + &thing(1, 1, "");
    for (settings, words) in [
        (r#"{"distribution":{"property":"day"}}"#, "\"day\", which is not part of the key (id)"),
        (
            r#"{"distribution":"property:x","streams":{"things":{"key_properties":"record_hash"}}}"#,
            "\"x\", which is not part of the key (the record's hash)",
        ),
        (r#"{"distribution":"hash","streams":{"things":{"key_properties":[]}}}"#, "the stream has no key"),
        (
            r#"{"distribution":"property:x","streams":{"things":{"key_properties":[]}}}"#,
            "\"x\", which a record need not have",
        ),
    ] {
        let ran = shop.load(settings, &input);
        assert_eq!(ran.code, 2, "{settings}: {}", ran.stderr);
        assert!(ran.stderr.lines().last().is_some_and(|last| last.contains(words)), "{}", ran.stderr);
    }
    assert_eq!(shop.rows("select to_regclass('things')"), ["-"]);
    // One that is there.
    shop.run("create table things (id bigint primary key, day date not null, x text)");
    shop.run("insert into pg_catalog.pg_dist_partition values ('things', 'h', 'day', 1, 'c')");
    let ran = shop.load("{}", &input);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    let last = ran.stderr.lines().last().unwrap_or_default();
    assert!(last.contains("distributed by \"day\", which is not part of the key (id)"), "{last}");
    assert_eq!(shop.rows("select count(*) from things"), ["0"]);
}

#[test]
fn where_the_extension_is_missing_nothing_is_made_and_check_says_so() {
    let shop = Shop::new();
    let settings = r#"{"distribution":"hash"}"#;
    let ran = shop.load(settings, &(things(&[]) + &thing(1, 1, "")));
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(
        ran.stderr.lines().last().is_some_and(|last| last.contains("create extension citus")),
        "{}",
        ran.stderr
    );
    assert_eq!(shop.rows("select to_regclass('things')"), ["-"]);
    let check = |shop: &Shop, config: &[&str]| {
        let ran = shop.target(&[&["check", "--json", &*shop.database], config].concat(), "");
        let found: Value = serde_json::from_str(&ran.stdout).unwrap();
        (ran.code, found)
    };
    let (code, found) = check(&shop, &["--config", "settings.json"]);
    assert_eq!((code, &found["citus"]), (3, &Value::Null), "{found}");
    assert_eq!(found["lacks"][0]["what"], "the database has no extension citus", "{found}");
    let (code, found) = check(&shop, &[]);
    assert_eq!((code, found.get("citus")), (0, None), "{found}");
    let cluster = cluster();
    cluster.load(settings, "");
    let (code, found) = check(&cluster, &["--config", "settings.json"]);
    assert_eq!((code, &found["citus"]), (0, &json!("12.1-1")), "{found}");
    cluster.run("set allow_system_table_mods = on; update pg_extension set extversion = '9.5-1' where extname = 'citus'");
    let (code, found) = check(&cluster, &[]);
    assert_eq!(code, 3, "{found}");
    assert!(found["lacks"][0]["what"].as_str().is_some_and(|what| what.contains("Citus 9.5-1")), "{found}");
}

#[test]
fn a_plan_says_how_tables_would_be_distributed() {
    let shop = cluster();
    let settings = r#"{"nested":"subtables","distribution":"hash"}"#;
    std::fs::write(shop.folder.path().join("settings.json"), settings).unwrap();
    let arguments = ["plan", "--config", "settings.json", &*shop.database];
    let ran = shop.target(&arguments, &(tagged() + &with_tags(1, 1, r#"["a"]"#))).ok();
    for statement in [
        r#"select create_distributed_table('"public"."things"', 'id');"#,
        r#"select create_distributed_table('"public"."things__tags"', '_sdc_source_key_id', colocate_with => '"public"."things"');"#,
    ] {
        assert!(ran.stdout.contains(statement), "{}", ran.stdout);
    }
    assert!(calls(&shop).is_empty());
}

#[test]
fn status_counts_a_distributed_table() {
    let shop = cluster();
    let rows: String = (0..40).map(|id| thing(1, id, "")).collect();
    shop.load(r#"{"distribution":"hash"}"#, &(things(&[]) + &rows)).ok();
    let status = shop.target(&["status", "--json", &shop.database], "").ok().stdout;
    let status: Value = serde_json::from_str(&status).unwrap();
    assert_eq!(status["tables"][0]["rows"], 40, "{status}");
}
