//! Soft deletes: the row stays, with the time of its deletion.

use crate::support::messages::*;
use crate::support::place::{Place, everywhere};

everywhere! {
    a_delete_marks_its_row_and_is_counted,
    a_newer_record_brings_the_key_back,
    a_stale_delete_changes_nothing,
    a_delete_of_an_unknown_key_is_a_marked_row,
    a_late_record_does_not_raise_a_deleted_key,
    a_delete_in_append_mode_is_one_more_row,
}

const AT: &str = "2024-05-06T07:08:09.000000Z";

fn users() -> String {
    schema("users", &["id"], &[("id", INTEGER), ("x", TEXT), ("_sdc_deleted_at", TIMESTAMP)])
}

fn alive(sequence: i64, id: i64, x: &str) -> String {
    sequenced("users", sequence, &format!(r#"{{"id":{id},"x":"{x}"}}"#))
}

fn gone(sequence: i64, id: i64) -> String {
    sequenced("users", sequence, &format!(r#"{{"id":{id},"_sdc_deleted_at":"{AT}"}}"#))
}

#[track_caller]
fn stored(place: &Place) -> Vec<String> {
    place.rows("users", &["id", "x", "_sdc_deleted_at"])
}

fn a_delete_marks_its_row_and_is_counted(place: &Place) {
    place.load("{}", &(users() + &alive(1, 1, "a") + &alive(1, 2, "b"))).ok();
    let counts = place.load("{}", &(users() + &gone(2, 1) + &alive(2, 3, "c"))).ok().counts("users");
    assert_eq!(
        stored(place),
        [format!("1 | NULL | {AT}"), r#"2 | "b" | NULL"#.into(), r#"3 | "c" | NULL"#.into()]
    );
    assert_eq!((counts.received, counts.inserted, counts.replaced, counts.deleted), (2, 1, 0, 1));
}

fn a_newer_record_brings_the_key_back(place: &Place) {
    place.load("{}", &(users() + &alive(1, 1, "a"))).ok();
    place.load("{}", &(users() + &gone(2, 1))).ok();
    let counts = place.load("{}", &(users() + &alive(3, 1, "again"))).ok().counts("users");
    assert_eq!(stored(place), [r#"1 | "again" | NULL"#]);
    assert_eq!((counts.replaced, counts.deleted), (1, 0));
    // The same in one batch.
    place.load("{}", &(users() + &alive(1, 2, "a") + &gone(2, 2) + &alive(3, 2, "again"))).ok();
    assert_eq!(stored(place), [r#"1 | "again" | NULL"#, r#"2 | "again" | NULL"#]);
}

fn a_stale_delete_changes_nothing(place: &Place) {
    place.load("{}", &(users() + &alive(5, 1, "a"))).ok();
    let counts = place.load("{}", &(users() + &gone(4, 1))).ok().counts("users");
    assert_eq!(stored(place), [r#"1 | "a" | NULL"#]);
    assert_eq!((counts.deleted, counts.stale), (0, 1));
    let counts = place.load("{}", &(users() + &gone(5, 1))).ok().counts("users");
    assert_eq!(stored(place), [r#"1 | "a" | NULL"#]);
    assert_eq!((counts.deleted, counts.duplicate), (0, 1));
}

fn a_delete_of_an_unknown_key_is_a_marked_row(place: &Place) {
    let counts = place.load("{}", &(users() + &gone(4, 1))).ok().counts("users");
    assert_eq!(stored(place), [format!("1 | NULL | {AT}")]);
    assert_eq!((counts.received, counts.inserted, counts.deleted), (1, 0, 1));
}

fn a_late_record_does_not_raise_a_deleted_key(place: &Place) {
    place.load("{}", &(users() + &gone(4, 1))).ok();
    place.load("{}", &(users() + &alive(3, 1, "late"))).ok();
    assert_eq!(stored(place), [format!("1 | NULL | {AT}")]);
}

fn a_delete_in_append_mode_is_one_more_row(place: &Place) {
    let settings = r#"{"load_method":"append-only"}"#;
    place.load(settings, &(users() + &alive(1, 1, "a") + &gone(2, 1))).ok();
    assert_eq!(stored(place), [r#"1 | "a" | NULL"#.to_owned(), format!("1 | NULL | {AT}")]);
}
