//! Partitioned tables, as users make them: they hold what a plain table would, and stay partitioned.

use std::thread;

use super::{CONTENT, Shop, compare, day, summary, thing, things};
use crate::support::messages::*;

const COLUMNS: &str = "id bigint not null, day date not null, x text, deleted boolean, primary key (id, day)";

/// How a table can be partitioned: what follows its columns, and the statements that make the partitions.
const SORTS: [(&str, &str, &str); 5] = [
    (
        "range",
        "partition by range (day)",
        "create table early partition of things for values from (minvalue) to ('2021-01-01');
         create table later partition of things for values from ('2021-01-01') to ('2023-01-01');
         create table rest partition of things default",
    ),
    (
        "hash",
        "partition by hash (id)",
        "create table even partition of things for values with (modulus 2, remainder 0);
         create table odd partition of things for values with (modulus 2, remainder 1)",
    ),
    (
        "list",
        "partition by list (id)",
        "create table few partition of things for values in (1, 3, 5, 7, 20);
         create table rest partition of things default",
    ),
    (
        "of partitions",
        "partition by range (day)",
        "create table early partition of things for values from (minvalue) to ('2021-06-01') partition by hash (id);
         create table early_even partition of early for values with (modulus 2, remainder 0);
         create table early_odd partition of early for values with (modulus 2, remainder 1);
         create table rest partition of things default",
    ),
    // The columns of a partition that was a table of its own have another order.
    (
        "attached",
        "partition by range (day)",
        "create table early (old int, deleted boolean, x text, day date not null, id bigint not null);
         alter table early drop column old;
         alter table things attach partition early for values from (minvalue) to ('2021-01-01');
         create table rest partition of things default",
    ),
];

fn partitioned(by: &str, partitions: &str) -> Shop {
    let shop = Shop::new();
    shop.run(&format!("create table things ({COLUMNS}) {by}; {partitions}"));
    shop
}

fn plain(shop: &Shop) {
    shop.run(&format!("create table things ({COLUMNS})"));
}

fn holds_what_a_plain_table_does(sort: &str) {
    let (_, by, partitions) = SORTS.into_iter().find(|(name, ..)| *name == sort).unwrap();
    compare(str::to_owned, || partitioned(by, partitions), plain);
}

#[test]
fn a_table_partitioned_by_range_holds_what_a_plain_one_does() {
    holds_what_a_plain_table_does("range");
}

#[test]
fn a_table_partitioned_by_hash_holds_what_a_plain_one_does() {
    holds_what_a_plain_table_does("hash");
}

#[test]
fn a_table_partitioned_by_list_holds_what_a_plain_one_does() {
    holds_what_a_plain_table_does("list");
}

#[test]
fn a_table_whose_partitions_are_partitioned_holds_what_a_plain_one_does() {
    holds_what_a_plain_table_does("of partitions");
}

#[test]
fn a_table_with_a_partition_of_another_layout_holds_what_a_plain_one_does() {
    holds_what_a_plain_table_does("attached");
}

/// The partitions that have rows.
const FILLED: &str = "select distinct tableoid::regclass::text from things order by 1";

#[test]
fn an_overwrite_leaves_the_partitions_and_what_hangs_on_them() {
    let (_, by, partitions) = SORTS[0];
    let shop = partitioned(by, partitions);
    shop.run("create index mine on later (x); comment on table early is 'mine'");
    let settings = r#"{"load_method":"overwrite"}"#;
    for value in ["a", "b"] {
        let rows: String = (0..40).map(|id| thing(1, id, &format!(r#","x":"{value}""#))).collect();
        shop.load(settings, &(things(&[]) + &rows)).ok();
    }
    assert_eq!(shop.rows(FILLED), ["early", "later", "rest"]);
    assert_eq!(shop.rows("select count(*), min(x), max(x) from things"), ["40 | b | b"]);
    assert_eq!(shop.rows("select to_regclass('mine'), obj_description('early'::regclass)"), ["mine | mine"]);
    assert_eq!(shop.rows("select to_regclass('things__overwrite')"), ["-"], "nothing is left beside");
}

#[test]
fn what_is_appended_to_a_partitioned_table_goes_to_its_partitions_once() {
    let shop = Shop::new();
    let make = |schema: &str| {
        format!(
            "create table {schema} (id bigint, day date not null, x text, deleted boolean) partition by range (day)"
        )
    };
    shop.run(&format!(
        "{}; create table early partition of things for values from (minvalue) to ('2021-01-01'); \
         create table later partition of things default",
        make("things")
    ));
    let settings = r#"{"load_method":"append-only"}"#;
    let input: String = things(&[]) + &(0..30).map(|id| thing(1, id, "")).collect::<String>();
    shop.load(settings, &input).ok();
    assert_eq!(shop.rows(FILLED), ["early", "later"]);
    let again = shop.load(settings, &(input + &thing(2, 0, "") + &thing(2, 29, ""))).ok();
    assert_eq!(summary(&again), ["things 32 2 0 0 30 0 0"], "received, inserted, duplicates");
    assert_eq!(shop.rows("select count(*), count(distinct id) from things"), ["32 | 30"]);
}

#[test]
fn a_row_without_a_partition_ends_the_run_and_nothing_of_its_commit_is_there() {
    let shop = partitioned(
        "partition by range (day)",
        "create table early partition of things for values from (minvalue) to ('2021-01-01')",
    );
    let good: String = (0..12).map(|id| thing(5, id, r#","x":"a""#)).collect();
    shop.load("{}", &(things(&[]) + &good + &state("1"))).ok();
    let before = shop.rows(CONTENT);
    for more in [thing(1, 12, ""), thing(1, 200, "") + &thing(9, 3, r#","x":"new""#)] {
        let ran = shop.load("{}", &(things(&[]) + &thing(9, 4, r#","x":"new""#) + &more + &state("2")));
        assert_eq!((ran.code, ran.stdout.as_str()), (3, ""), "{}", ran.stderr);
        let last = ran.stderr.lines().last().unwrap_or_default();
        assert!(last.contains("table \"things\"") && last.contains("make a partition"), "{last}");
        assert!(!last.contains("2021") && !last.contains("2036"), "no value of the row: {last}");
        assert_eq!(shop.rows(CONTENT), before);
    }
    shop.run("create table rest partition of things default");
    shop.load("{}", &(things(&[]) + &thing(1, 12, ""))).ok();
    assert_eq!(shop.rows("select count(*) from rest"), ["1"]);
}

#[test]
fn a_key_without_the_column_of_the_partitions_is_refused_with_what_to_do() {
    let (_, by, partitions) = SORTS[0];
    let shop = partitioned(by, partitions);
    let by_id = schema("things", &["id"], &[("id", INTEGER), ("day", DATE), ("x", TEXT)]);
    let ran = shop.load("{}", &(by_id.clone() + &thing(1, 1, "")));
    let last = ran.stderr.lines().last().unwrap_or_default();
    assert_ne!(ran.code, 0, "{}", ran.stderr);
    assert!(last.contains("target adopt"), "{last}");
    let adopt = ["adopt", &*shop.database, "--table", "things", "--key", "id", "--yes"];
    let ran = shop.target(&adopt, "");
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(ran.stderr.contains("which is id,day; hint: say --key id,day"), "{}", ran.stderr);
    // With the column it is one.
    let settings = r#"{"streams":{"things":{"key_properties":["id","day"]}}}"#;
    shop.load(settings, &(by_id + &thing(1, 1, ""))).ok();
    assert_eq!(shop.rows("select id, day from things"), [format!("1 | {}", day(1))]);
}

#[test]
fn a_table_without_a_key_is_told_which_columns_its_key_must_have() {
    let shop = Shop::new();
    shop.run(
        "create table things (id bigint not null, day date not null) partition by range (day); \
         create table rest partition of things default",
    );
    let adopt = ["adopt", &*shop.database, "--table", "things", "--key", "id", "--yes"];
    let ran = shop.target(&adopt, "");
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    assert!(ran.stderr.contains("all the columns that its table is partitioned by"), "{}", ran.stderr);
    let adopt = ["adopt", &*shop.database, "--table", "things", "--key", "id", "--key", "day", "--yes"];
    shop.target(&adopt, "").ok();
    shop.load("{}", &(things(&[]) + &thing(1, 1, ""))).ok();
    shop.load("{}", &(things(&[]) + &thing(2, 1, r#","x":"b""#))).ok();
    assert_eq!(shop.rows("select id, x from things"), ["1 | b"]);
}

#[test]
fn loaders_at_the_same_time_leave_the_newest_row_of_each_key_in_a_partitioned_table() {
    for (sort, by, partitions) in [SORTS[1], SORTS[4]] {
        let shop = partitioned(by, partitions);
        shop.load("{}", &(things(&[]) + &thing(0, 0, ""))).ok();
        thread::scope(|scope| {
            for loader in 0..4_i64 {
                let shop = &shop;
                scope.spawn(move || {
                    let folder = crate::support::folder::fresh();
                    let mut input = things(&[]);
                    for sequence in 1..9 {
                        for id in 0..60 {
                            let sequence = sequence * 4 + loader;
                            input += &thing(sequence, id, &format!(r#","x":"{sequence}""#));
                        }
                        input += &state("1");
                    }
                    let settings = folder.path().join("settings.json");
                    std::fs::write(settings, r#"{"batch_size_rows":60}"#).unwrap();
                    let arguments = ["--config", "settings.json", &*shop.database];
                    crate::support::programs::target(folder.path(), &arguments, input.as_bytes()).ok();
                });
            }
        });
        assert_eq!(shop.rows("select count(*), min(x), max(x) from things"), ["60 | 35 | 35"], "{sort}");
    }
}

#[test]
fn status_counts_a_partitioned_table_and_check_finds_it_ready() {
    let (_, by, partitions) = SORTS[3];
    let shop = partitioned(by, partitions);
    let rows: String = (0..40).map(|id| thing(1, id, "")).collect();
    shop.load("{}", &(things(&[]) + &rows)).ok();
    let status = shop.target(&["status", "--json", &shop.database], "").ok().stdout;
    let status: serde_json::Value = serde_json::from_str(&status).unwrap();
    assert_eq!(status["tables"][0]["rows"], 40, "{status}");
    let check = shop.target(&["check", &shop.database], "").ok().stdout;
    assert!(check.contains("a load could begin"), "{check}");
}
