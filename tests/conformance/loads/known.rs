//! What Postgres is asked before rows are sent: rows whose keys are new go into the table itself, and rows that would change nothing are
//! left alone.

use std::collections::BTreeSet;
use std::thread;
use std::time::Duration;

use target::error::Class;
use target::flush::Counts;
use target::merge::Tie;

use super::{Place, gone, loader, merge, row, stored, things, tombstones};
use crate::support::loads::Row;
use crate::support::postgres::connect;

/// One number or text of the database's own.
fn ask(place: &Place, query: &str) -> String {
    connect(&place.url()).query_one(&format!("select ({query})::text"), &[]).unwrap().get(0)
}

fn rows(ids: std::ops::Range<i64>, sequence: i64, x: &'static str) -> Vec<Row> {
    ids.map(|id| row(id, sequence, x)).collect()
}

/// Inserted, replaced, stale, duplicate, deleted; with nothing left over.
fn outcome(counts: Counts) -> [u64; 5] {
    assert_eq!(counts.remainder(), 0);
    [counts.inserted, counts.replaced, counts.stale, counts.duplicate, counts.deleted]
}

/// Waits until a session of another waits for a lock while it runs such a statement.
fn wait_for(place: &Place, statement: &str) {
    let waits = format!(
        "select count(*) > 0 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database() \
         and query ilike '{statement}%'"
    );
    for _ in 0..1_000 {
        if ask(place, &waits) == "true" {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("nobody waits in {statement}");
}

/// Another session inserts a key and holds it, until the loader waits for it in its COPY into the table; then it ends so. What the
/// loader says of its rows.
fn meets(place: &Place, rows: Vec<Row>, other: &str, end: &str) -> Counts {
    let mut holder = connect(&place.url());
    holder.batch_execute(&format!("begin; {other}")).unwrap();
    thread::scope(|scope| {
        let loads = scope.spawn(|| loader(place).commit(&merge(things(place), rows)));
        wait_for(place, "copy \"public\".\"things\"");
        holder.batch_execute(end).unwrap();
        loads.join().unwrap()
    })
}

const THEIRS: &str = "insert into things (id, x, _sdc_sequence) values (12, 'theirs', 5)";

#[test]
fn a_key_that_another_inserts_meanwhile_is_merged() {
    for (sequence, ours) in [(4, false), (6, true)] {
        let place = Place::postgres();
        loader(&place).commit(&merge(things(&place), rows(0..3, 1, "there")));
        let counts = meets(&place, rows(10..15, sequence, "ours"), THEIRS, "commit");
        assert_eq!(outcome(counts), if ours { [4, 1, 0, 0, 0] } else { [4, 0, 1, 0, 0] });
        let expected = if ours { r#"12 | "ours" | 6"# } else { r#"12 | "theirs" | 5"# };
        assert!(stored(&place).contains(&expected.to_owned()), "{:?}", stored(&place));
        assert_eq!(stored(&place).len(), 8);
    }
}

#[test]
fn a_key_that_another_inserts_and_gives_up_is_new() {
    let place = Place::postgres();
    loader(&place).commit(&merge(things(&place), rows(0..3, 1, "there")));
    let counts = meets(&place, rows(10..15, 1, "ours"), THEIRS, "rollback");
    assert_eq!(outcome(counts), [5, 0, 0, 0, 0]);
    assert_eq!(stored(&place).len(), 8);
}

#[test]
fn a_key_that_another_inserts_between_known_ones_is_merged() {
    let place = Place::postgres();
    loader(&place).commit(&merge(things(&place), rows(10..12, 1, "there")));
    let mut ours = rows(10..15, 2, "ours");
    ours[1].sequence = 1;
    let counts = meets(&place, ours, THEIRS, "commit");
    assert_eq!(outcome(counts), [2, 1, 1, 1, 0]);
    let expected = [r#"10 | "ours" | 2"#, r#"11 | "there" | 1"#, r#"12 | "theirs" | 5"#];
    assert_eq!(stored(&place)[..3], expected);
}

/// No other way in helps, so it is tried once and the server's own words are the end of it.
#[test]
fn an_index_of_a_user_that_refuses_a_row_stops_the_load() {
    let place = Place::postgres();
    loader(&place).commit(&merge(things(&place), vec![row(0, 1, "a"), row(1, 1, "b")]));
    place.execute("create unique index on things (x)");
    let error =
        loader(&place).try_commit(&merge(things(&place), vec![row(2, 1, "c"), row(3, 1, "a")])).unwrap_err();
    assert_eq!(error.class(), Class::Destination);
    assert!(error.to_string().contains("things_x_idx"), "{error}");
    assert_eq!(stored(&place).len(), 2);
}

#[test]
fn a_batch_of_new_and_known_rows_is_counted_as_one_by_one() {
    for tie in [Tie::Keep, Tie::Replace] {
        let there =
            vec![row(1, 5, "a"), row(2, 5, "a"), row(3, 5, "a"), row(4, 5, "a"), gone(5, 5), row(9, 5, "a")];
        let coming = vec![
            row(0, 1, "new"),
            row(1, 4, "stale"),
            row(2, 5, "a"),
            row(3, 5, "tied"),
            row(4, 6, "a"),
            row(5, 6, "back"),
            gone(6, 1),
            row(7, 1, "new"),
            gone(9, 6),
        ];
        let load = |place: &Place| {
            let mut loader = loader(place);
            loader.commit(&merge(things(place), there.clone()).tie(tie));
            let counts = outcome(loader.commit(&merge(things(place), coming.clone()).tie(tie)));
            drop(loader);
            (counts, stored(place))
        };
        let expected = load(&Place::memory());
        assert_eq!(expected.0, if tie == Tie::Keep { [2, 2, 1, 2, 2] } else { [2, 3, 1, 1, 2] });
        assert_eq!(load(&Place::postgres()), expected);
    }
}

/// Where each row stands and who wrote it: it changes with every write.
fn versions(place: &Place) -> Vec<String> {
    let query = "select concat_ws(' ', id, ctid, xmin, xmax) from things order by id";
    connect(&place.url()).query(query, &[]).unwrap().iter().map(|row| row.get(0)).collect()
}

#[test]
fn rows_that_would_not_change_are_left_alone() {
    for tie in [Tie::Keep, Tie::Replace] {
        let place = Place::postgres();
        let asked = merge(things(&place), rows(0..50, 1, "a")).tie(tie);
        let mut loader = loader(&place);
        loader.commit(&asked);
        let before = versions(&place);
        assert_eq!(outcome(loader.commit(&asked)), [0, 0, 0, 50, 0]);
        assert_eq!(versions(&place), before, "not even locked");
        // With tombstones too.
        assert_eq!(outcome(loader.commit(&asked.clone().hard(true))), [0, 0, 0, 50, 0]);
        assert_eq!(versions(&place), before);
        let rewritten = loader.commit(&asked.rewritten());
        let expected = if tie == Tie::Keep { [0, 0, 0, 50, 0] } else { [0, 50, 0, 0, 0] };
        assert_eq!(outcome(rewritten), expected);
        assert_eq!(versions(&place) != before, tie == Tie::Replace);
    }
}

#[test]
fn stale_rows_are_not_locked() {
    let place = Place::postgres();
    let mut loader = loader(&place);
    loader.commit(&merge(things(&place), rows(0..50, 2, "a")));
    let before = versions(&place);
    assert_eq!(outcome(loader.commit(&merge(things(&place), rows(0..50, 1, "b")))), [0, 0, 50, 0, 0]);
    assert_eq!(versions(&place), before);
}

/// The stored sequence guards the key: were it not written, a record from between would win.
#[test]
fn a_greater_sequence_is_written_although_no_value_changes() {
    let place = Place::postgres();
    let mut loader = loader(&place);
    for (sequence, x, expected) in
        [(1, "a", [1, 0, 0, 0, 0]), (9, "a", [0, 1, 0, 0, 0]), (5, "b", [0, 0, 1, 0, 0])]
    {
        let asked = merge(things(&place), vec![row(1, sequence, x)]).tie(Tie::Replace);
        assert_eq!(outcome(loader.commit(&asked)), expected);
    }
    assert_eq!(stored(&place), [r#"1 | "a" | 9"#]);
}

#[test]
fn a_delete_or_a_column_to_set_back_is_a_change() {
    let place = Place::postgres();
    let mut loader = loader(&place);
    let tied = |rows| merge(things(&place), rows).tie(Tie::Replace);
    loader.commit(&tied(rows(1..3, 1, "a")).with("more", target::types::Type::Integer));
    place.execute("update things set more = 7 where id = 1");
    let counts = loader.commit(&tied(rows(1..3, 1, "a")));
    assert_eq!(outcome(counts), [0, 1, 0, 1, 0]);
    assert_eq!(place.rows("things", &["id", "more"]), ["1 | NULL", "2 | NULL"]);
    let deleted = Row { deleted: true, ..row(1, 1, "a") };
    assert_eq!(outcome(loader.commit(&tied(vec![deleted.clone()]))), [0, 0, 0, 0, 1]);
    assert_eq!(outcome(loader.commit(&tied(vec![deleted]))), [0, 0, 0, 1, 0]);
    assert_eq!(outcome(loader.commit(&tied(rows(1..2, 1, "a")))), [0, 1, 0, 0, 0]);
}

#[test]
fn the_same_load_again_writes_next_to_no_wal() {
    for tie in [Tie::Keep, Tie::Replace] {
        let place = Place::postgres();
        let mut loader = loader(&place);
        let asked =
            merge(things(&place), rows(0..5_000, 1, "some text, so that a row is worth its while")).tie(tie);
        let mut written = || {
            let before = ask(&place, "pg_current_wal_insert_lsn()");
            loader.commit(&asked);
            let written = ask(&place, &format!("pg_current_wal_insert_lsn() - '{before}'"));
            written.parse::<u64>().unwrap()
        };
        let first = written();
        assert!(first > 500_000, "{first} bytes");
        // The staging tables' entries in the catalog. Other tests write at the same time, to the same WAL: one quiet moment will do.
        let again = (0..100).map(|_| written()).find(|again| again * 10 < first);
        assert!(again.is_some(), "never less than a tenth of {first} bytes");
    }
}

#[test]
fn loaders_that_make_a_table_at_the_same_time_with_the_same_keys_keep_the_law() {
    for _ in 0..3 {
        let place = Place::postgres();
        let counts: Vec<Counts> = thread::scope(|scope| {
            let workers = (1..=6_i64).map(|worker| {
                let place = &place;
                scope.spawn(move || {
                    let mut loader = loader(place);
                    let mut sum = Counts::default();
                    for turn in 0..5 {
                        // Each turn's keys overlap with those of the others, and with those of the turn before.
                        let first = turn * 40 + worker * 7;
                        sum.add(&loader.commit(&merge(things(place), rows(first..first + 60, worker, "x"))));
                    }
                    sum
                })
            });
            let workers: Vec<_> = workers.collect();
            workers.into_iter().map(|worker| worker.join().unwrap()).collect()
        });
        let keys: BTreeSet<i64> = (1..=6).flat_map(|worker| worker * 7..worker * 7 + 220).collect();
        let newest =
            |id: i64| (1..=6).rev().find(|worker| (worker * 7..worker * 7 + 220).contains(&id)).unwrap();
        let expected: BTreeSet<String> =
            keys.iter().map(|id| format!(r#"{id} | "x" | {}"#, newest(*id))).collect();
        assert_eq!(stored(&place).into_iter().collect::<BTreeSet<_>>(), expected);
        assert_eq!(stored(&place).len(), keys.len());
        assert_eq!(counts.iter().map(|counts| counts.inserted).sum::<u64>(), keys.len() as u64);
    }
}

/// A collation orders keys otherwise than bytes do, and there are keys of several columns.
#[test]
fn keys_of_any_type_are_merged_in_many_small_flushes() {
    let types = [
        (r#"{"type":"string"}"#, [r#""b""#, r#""É""#, r#""a""#, r#""Z""#, r#""_""#, r#""ab""#]),
        (r#"{"type":"number"}"#, ["9", "10", "-1", "1e3", "0.5", "100"]),
        (
            r#"{"type":"string","format":"uuid"}"#,
            [
                r#""f47ac10b-58cc-4372-a567-0e02b2c3d479""#,
                r#""0e02b2c3-58cc-4372-a567-0e02b2c3d479""#,
                r#""a0000000-0000-4000-8000-000000000000""#,
                r#""00000000-0000-4000-8000-000000000000""#,
                r#""ffffffff-0000-4000-8000-000000000000""#,
                r#""80000000-0000-4000-8000-000000000000""#,
            ],
        ),
        (
            r#"{"type":"string","format":"date-time"}"#,
            [
                r#""2024-01-02T00:00:00Z""#,
                r#""1969-01-02T00:00:00Z""#,
                r#""2024-01-01T00:00:00+05:00""#,
                r#""0001-01-01T00:00:00Z""#,
                r#""9999-01-01T00:00:00Z""#,
                r#""2024-01-01T00:00:00.000001Z""#,
            ],
        ),
        (r#"{"type":"boolean"}"#, ["true", "false", "true", "false", "true", "false"]),
        (r#"{"type":"number","multipleOf":0.01}"#, ["1.25", "-3.5", "12.5", "0", "1.24", "100"]),
    ];
    for (ty, values) in types {
        let mut input = format!(
            "{{\"type\":\"SCHEMA\",\"stream\":\"s\",\"schema\":{{\"type\":\"object\",\"properties\":{{\"k\":{ty},\"n\":{{\"type\":\"integer\"}},\
             \"v\":{{\"type\":\"integer\"}}}}}},\"key_properties\":[\"k\",\"n\"]}}\n"
        );
        for (sequence, turn) in (1..).zip([0, 1, 2, 0, 3, 1, 2]) {
            for (at, value) in values.iter().enumerate() {
                let n = (at + turn) % 3;
                input += &format!(
                    "{{\"type\":\"RECORD\",\"stream\":\"s\",\"record\":{{\"k\":{value},\"n\":{n},\"v\":{sequence}}},\"sequence\":{}}}\n",
                    10 - sequence
                );
            }
        }
        let load = |place: &Place| {
            place.load(r#"{"batch_size_rows": 5}"#, &input).ok();
            place.rows("s", &["k", "n", "v", "_sdc_sequence"])
        };
        assert_eq!(load(&Place::postgres()), load(&Place::memory()), "{ty}");
    }
}

#[test]
fn a_table_that_lost_its_key_is_not_filled_past_the_merge() {
    let place = Place::postgres();
    let mut loader = loader(&place);
    loader.commit(&merge(things(&place), rows(0..3, 1, "a")));
    place.execute("alter table things drop constraint things_pkey");
    let error = loader.try_commit(&merge(things(&place), rows(10..13, 1, "a"))).unwrap_err();
    assert_eq!(error.class(), Class::Destination);
    // An index of the same columns does as well as the key, but not one of some rows.
    place.execute("create unique index on things (id) where id > 0");
    loader.try_commit(&merge(things(&place), rows(10..13, 1, "a"))).unwrap_err();
    place.execute("create unique index on things (id)");
    assert_eq!(outcome(loader.commit(&merge(things(&place), rows(2..5, 2, "b")))), [2, 1, 0, 0, 0]);
    assert_eq!(stored(&place).len(), 5);
}

#[test]
fn rows_are_appended_once_whatever_their_order() {
    for indexed in [true, false] {
        let place = Place::postgres();
        let mut loader = loader(&place);
        let append = |rows| merge(things(&place), rows).appended(true);
        loader.commit(&append(rows(0..10, 10, "a")));
        let index = ask(&place, "select count(*) from pg_indexes where tablename = 'things'");
        assert_eq!(index, "1", "of the sequences");
        if !indexed {
            place.execute("drop index things__sdc_sequence_idx");
        }
        let mut appended = |rows| outcome(loader.commit(&append(rows)));
        // Above all sequences, below them, among them.
        assert_eq!(appended(rows(0..10, 20, "a")), [10, 0, 0, 0, 0]);
        assert_eq!(appended(rows(0..10, 5, "a")), [10, 0, 0, 0, 0]);
        assert_eq!(appended(rows(5..15, 10, "a")), [5, 0, 0, 5, 0]);
        assert_eq!(appended(rows(0..10, 10, "a")), [0, 0, 0, 10, 0]);
        let mixed = vec![row(1, 5, "a"), row(1, 6, "a"), row(1, 21, "a"), row(2, 20, "a"), row(99, 20, "a")];
        assert_eq!(appended(mixed), [3, 0, 0, 2, 0]);
        // A version of its own makes a row another one.
        assert_eq!(appended(vec![row(1, 5, "a").version(1), row(1, 5, "a").version(0)]), [1, 0, 0, 1, 0]);
    }
}

#[test]
fn rows_that_are_there_several_times_are_recognised() {
    let place = Place::postgres();
    let mut loader = loader(&place);
    for _ in 0..3 {
        loader.commit(&merge(things(&place), rows(0..3, 1, "a")).appended(false));
    }
    let counts = loader.commit(&merge(things(&place), rows(0..5, 1, "a")).appended(true));
    assert_eq!(outcome(counts), [2, 0, 0, 3, 0]);
    assert_eq!(stored(&place).len(), 11);
}

#[test]
fn a_hard_delete_leaves_no_key_for_the_rows_after_it() {
    let place = Place::postgres();
    let mut loader = loader(&place);
    loader.commit(&merge(things(&place), rows(0..5, 1, "a")).hard(true));
    loader.commit(&merge(things(&place), vec![gone(3, 2)]).hard(true));
    // Its tombstone is honoured, so the row is not taken for new.
    assert_eq!(outcome(loader.commit(&merge(things(&place), rows(3..7, 1, "b")))), [2, 0, 1, 1, 0]);
    assert_eq!(tombstones(&place), ["3 | 2"]);
}
