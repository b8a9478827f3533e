//! Overwrite: what one run brings takes the place of the table's content, at once, at the end of a run that succeeds.

use target::error::Class;

use crate::support::messages::*;
use crate::support::place::{Place, everywhere, in_databases};

everywhere! {
    what_a_run_brings_takes_the_place_of_what_was_there,
    a_run_that_fails_leaves_everything_as_it_was,
    a_run_after_one_that_failed_brings_only_its_own,
    no_bookmark_leaves_before_the_end,
    within_the_run_the_newest_row_of_a_key_stays,
    a_new_schema_in_the_run_loses_nothing,
    a_column_that_the_schema_lost_is_empty,
    a_type_that_changes_in_the_run_splits,
    a_table_of_another_mode_is_overwritten_too,
    what_was_overwritten_can_be_merged_into,
}

in_databases! {
    grants_comments_and_indexes_stay,
    nothing_is_left_beside_the_table,
}

const OVERWRITE: &str = r#"{"load_method":"overwrite","batch_size_rows":2}"#;

fn users() -> String {
    schema("users", &["id"], &[("id", INTEGER), ("x", TEXT)])
}

fn user(sequence: i64, id: i64, x: &str) -> String {
    sequenced("users", sequence, &format!(r#"{{"id":{id},"x":"{x}"}}"#))
}

#[track_caller]
fn stored(place: &Place) -> Vec<String> {
    place.rows("users", &["id", "x"])
}

fn what_a_run_brings_takes_the_place_of_what_was_there(place: &Place) {
    let first = users() + &user(9, 1, "a") + &user(9, 2, "b") + &user(9, 3, "c") + &state("1");
    place.load(OVERWRITE, &first).ok();
    assert_eq!(stored(place), [r#"1 | "a""#, r#"2 | "b""#, r#"3 | "c""#]);
    // Older sequences, too: it is another content.
    place.load(OVERWRITE, &(users() + &user(1, 2, "B") + &user(1, 4, "d") + &user(1, 5, "e"))).ok();
    assert_eq!(stored(place), [r#"2 | "B""#, r#"4 | "d""#, r#"5 | "e""#]);
    place.load(OVERWRITE, &users()).ok();
    assert!(stored(place).is_empty(), "a run that brings nothing");
}

fn a_run_that_fails_leaves_everything_as_it_was(place: &Place) {
    place.load(OVERWRITE, &(users() + &user(1, 1, "a"))).ok();
    let failing =
        users() + &user(1, 2, "b") + &user(1, 3, "c") + &user(1, 4, "d") + &state("1") + "no message\n";
    let loaded = place.load(OVERWRITE, &failing);
    loaded.fails(Class::Input);
    assert!(loaded.bookmarks.is_empty());
    assert_eq!(stored(place), [r#"1 | "a""#]);
}

fn a_run_after_one_that_failed_brings_only_its_own(place: &Place) {
    let failing = users() + &user(1, 2, "b") + &user(1, 3, "c") + &user(1, 4, "d") + "no message\n";
    place.load(OVERWRITE, &failing).fails(Class::Input);
    place.load(OVERWRITE, &(users() + &user(1, 5, "e"))).ok();
    assert_eq!(stored(place), [r#"5 | "e""#]);
}

fn no_bookmark_leaves_before_the_end(place: &Place) {
    let input = users()
        + &user(1, 1, "a")
        + &state("1")
        + &user(1, 2, "b")
        + &user(1, 3, "c")
        + &state("2")
        + &user(1, 4, "d");
    assert_eq!(place.load(OVERWRITE, &input).ok().bookmarks, ["2"]);
    assert_eq!(stored(place).len(), 4);
}

fn within_the_run_the_newest_row_of_a_key_stays(place: &Place) {
    let input = users() + &user(2, 1, "new") + &user(1, 2, "b") + &user(1, 1, "late") + &user(1, 3, "c");
    place.load(OVERWRITE, &input).ok();
    assert_eq!(stored(place), [r#"1 | "new""#, r#"2 | "b""#, r#"3 | "c""#]);
}

fn a_new_schema_in_the_run_loses_nothing(place: &Place) {
    place.load(OVERWRITE, &(users() + &user(1, 9, "old"))).ok();
    let other = schema("users", &["id"], &[("id", INTEGER), ("y", INTEGER)]);
    let input = users() + &user(1, 1, "a") + &other + &sequenced("users", 1, r#"{"id":2,"y":5}"#);
    place.load(OVERWRITE, &input).ok();
    assert_eq!(place.rows("users", &["id", "x", "y"]), [r#"1 | "a" | NULL"#, "2 | NULL | 5"]);
}

fn a_type_that_changes_in_the_run_splits(place: &Place) {
    let typed =
        |schema: &str| crate::support::messages::schema("users", &["id"], &[("id", INTEGER), ("v", schema)]);
    let input = typed(INTEGER)
        + &sequenced("users", 1, r#"{"id":1,"v":9223372036854775808}"#)
        + &typed(BOOLEAN)
        + &sequenced("users", 1, r#"{"id":2,"v":true}"#);
    for _ in 0..2 {
        place.load(OVERWRITE, &input).ok();
        assert_eq!(
            place.rows("users", &["id", "v", "v__bo"]),
            ["1 | 9223372036854775808 | NULL", "2 | NULL | true"]
        );
    }
}

fn a_column_that_the_schema_lost_is_empty(place: &Place) {
    place.load(OVERWRITE, &(users() + &user(1, 9, "old"))).ok();
    let other = schema("users", &["id"], &[("id", INTEGER), ("y", INTEGER)]);
    place.load(OVERWRITE, &(other + &sequenced("users", 1, r#"{"id":2,"y":5}"#))).ok();
    assert_eq!(place.rows("users", &["id", "x", "y"]), ["2 | NULL | 5"]);
}

fn a_table_of_another_mode_is_overwritten_too(place: &Place) {
    place.load(r#"{"load_method":"append-only"}"#, &(users() + &user(1, 1, "a") + &user(2, 1, "b"))).ok();
    place
        .load(
            r#"{"load_method":"overwrite","sequence":"arrival"}"#,
            &(users() + &record("users", r#"{"id":3,"x":"c"}"#)),
        )
        .ok();
    assert_eq!(stored(place), [r#"3 | "c""#]);
}

fn what_was_overwritten_can_be_merged_into(place: &Place) {
    place.load(OVERWRITE, &(users() + &user(5, 1, "a"))).ok();
    place.load("{}", &(users() + &user(4, 1, "late") + &user(4, 2, "b"))).ok();
    assert_eq!(stored(place), [r#"1 | "a""#, r#"2 | "b""#]);
}

fn grants_comments_and_indexes_stay(place: &Place) {
    place.load(OVERWRITE, &(users() + &user(1, 1, "a"))).ok();
    place.execute("create index users_x on users (x); comment on table users is 'ours'");
    place.load(OVERWRITE, &(users() + &user(1, 2, "b"))).ok();
    assert_eq!(stored(place), [r#"2 | "b""#]);
    let comment = match place {
        Place::Postgres(_) => {
            "select 1/(select count(*)::int from pg_description where description = 'ours')"
        }
        _ => "select error('gone') where not exists (select 1 from duckdb_tables() where comment = 'ours')",
    };
    place.execute(comment);
    // It would fail if the index were gone.
    place.execute("drop index users_x");
}

fn nothing_is_left_beside_the_table(place: &Place) {
    place.load(OVERWRITE, &(users() + &user(1, 1, "a"))).ok();
    assert!(place.find("users__overwrite").is_none());
    assert_eq!(place.tables().len(), 1);
}
