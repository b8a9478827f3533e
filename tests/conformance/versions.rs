//! Table versions: first the version, then the sequence; ACTIVATE_VERSION ends what is older.

use crate::support::messages::*;
use crate::support::place::{Place, everywhere};

everywhere! {
    the_version_comes_before_the_sequence,
    activating_a_version_marks_the_rows_of_older_ones,
    activating_a_version_takes_the_rows_of_older_ones_away,
    a_record_without_a_version_belongs_to_the_running_one,
    an_older_version_never_comes_back,
    activating_an_older_version_changes_nothing,
    a_version_that_is_activated_before_its_records_ends_the_older_ones_with_them,
    activating_can_be_turned_off,
    a_stream_without_keys_is_replaced_by_its_new_version,
    an_empty_version_empties_the_table,
    rows_of_an_older_version_that_come_with_the_activation_are_stale,
    a_version_that_loaders_share_is_active_once_all_of_them_have_come_to_it,
}

fn users() -> String {
    schema("users", &["id"], &[("id", INTEGER), ("x", TEXT)])
}

fn user(version: Option<i64>, sequence: i64, id: i64, x: &str) -> String {
    let version = version.map_or(String::new(), |version| format!(r#","version":{version}"#));
    record_with(
        "users",
        &format!(r#"{{"id":{id},"x":"{x}"}}"#),
        &format!(r#","sequence":{sequence}{version}"#),
    )
}

fn activate(version: i64) -> String {
    format!(r#"{{"type":"ACTIVATE_VERSION","stream":"users","version":{version}}}"#) + "\n"
}

const HARD: &str = r#"{"hard_delete":true}"#;

/// Id, text, version, and whether the row is marked.
#[track_caller]
fn stored(place: &Place) -> Vec<String> {
    let rows = place.rows("users", &["id", "x", "_sdc_table_version", "_sdc_deleted_at"]);
    rows.into_iter()
        .map(|row| {
            let (row, deleted) = row.rsplit_once(" | ").expect("four columns");
            format!("{row} | {}", if deleted == "NULL" { "live" } else { "ended" })
        })
        .collect()
}

fn the_version_comes_before_the_sequence(place: &Place) {
    place.load("{}", &(users() + &user(Some(1), 900, 1, "old"))).ok();
    place.load("{}", &(users() + &user(Some(2), 5, 1, "new"))).ok();
    place.load("{}", &(users() + &user(Some(1), 999, 1, "late"))).ok();
    assert_eq!(stored(place), [r#"1 | "new" | 2 | live"#]);
}

fn activating_a_version_marks_the_rows_of_older_ones(place: &Place) {
    place.load("{}", &(users() + &user(Some(1), 1, 1, "a") + &user(Some(1), 1, 2, "b"))).ok();
    place.load("{}", &(users() + &user(Some(2), 1, 2, "c") + &activate(2))).ok();
    assert_eq!(stored(place), [r#"1 | "a" | 1 | ended"#, r#"2 | "c" | 2 | live"#]);
}

fn activating_a_version_takes_the_rows_of_older_ones_away(place: &Place) {
    place.load(HARD, &(users() + &user(None, 1, 0, "z"))).ok();
    place.load(HARD, &(users() + &user(Some(1), 1, 1, "a") + &user(Some(1), 1, 2, "b"))).ok();
    place.load(HARD, &(users() + &user(Some(2), 1, 2, "c") + &activate(2))).ok();
    assert_eq!(stored(place), [r#"2 | "c" | 2 | live"#]);
}

fn a_record_without_a_version_belongs_to_the_running_one(place: &Place) {
    let input = users()
        + &user(None, 1, 1, "before any version is known")
        + &user(Some(100), 1, 2, "b")
        + &user(None, 1, 3, "c")
        + &activate(100);
    place.load(HARD, &input).ok();
    assert_eq!(
        stored(place),
        [
            r#"1 | "before any version is known" | 100 | live"#,
            r#"2 | "b" | 100 | live"#,
            r#"3 | "c" | 100 | live"#
        ]
    );
    // In a later run it belongs to the version that is active.
    place.load(HARD, &(users() + &user(None, 2, 3, "d"))).ok();
    assert_eq!(place.rows("users", &["id", "x", "_sdc_table_version"])[2], r#"3 | "d" | 100"#);
}

fn an_older_version_never_comes_back(place: &Place) {
    for settings in ["{}", HARD] {
        place.load(settings, &(users() + &user(Some(100), 1, 1, "new") + &activate(100))).ok();
        let late =
            users() + &user(Some(50), 9, 1, "old") + &user(Some(50), 9, 2, "old, of a key that is not there");
        let counts = place.load(settings, &late).ok().counts("users");
        assert_eq!((counts.received, counts.stale), (2, 2), "{settings}");
        assert_eq!(stored(place), [r#"1 | "new" | 100 | live"#], "{settings}");
    }
}

fn activating_an_older_version_changes_nothing(place: &Place) {
    place.load(HARD, &(users() + &user(Some(100), 1, 1, "new") + &activate(100))).ok();
    place.load(HARD, &(users() + &user(Some(50), 9, 2, "old") + &activate(50))).ok();
    assert_eq!(stored(place), [r#"1 | "new" | 100 | live"#]);
    // The running version is still the newer one.
    place.load(HARD, &(users() + &user(None, 1, 3, "c"))).ok();
    assert_eq!(stored(place)[1], r#"3 | "c" | 100 | live"#);
}

fn a_version_that_is_activated_before_its_records_ends_the_older_ones_with_them(place: &Place) {
    place.load(HARD, &(users() + &user(Some(1), 1, 1, "a"))).ok();
    let loaded = place.load(HARD, &(users() + &activate(2) + &user(Some(2), 1, 2, "b") + &state("1"))).ok();
    assert_eq!(stored(place), [r#"2 | "b" | 2 | live"#]);
    assert!(loaded.report.contains("1 commit"), "together:\n{}", loaded.report);
}

fn activating_can_be_turned_off(place: &Place) {
    let settings = r#"{"hard_delete":true,"process_activate_version_messages":false}"#;
    place.load(settings, &(users() + &user(Some(1), 1, 1, "a"))).ok();
    place.load(settings, &(users() + &user(Some(2), 1, 2, "b") + &activate(2))).ok();
    assert_eq!(stored(place), [r#"1 | "a" | 1 | live"#, r#"2 | "b" | 2 | live"#]);
}

fn a_stream_without_keys_is_replaced_by_its_new_version(place: &Place) {
    let logs = schema("users", &[], &[("id", INTEGER), ("x", TEXT)]);
    let line = |version: i64, x: &str| {
        record_with("users", &format!(r#"{{"x":"{x}"}}"#), &format!(r#","version":{version}"#))
    };
    place.load(HARD, &(logs.clone() + &line(1, "a") + &line(1, "b") + &activate(1))).ok();
    place.load(HARD, &(logs.clone() + &line(2, "a") + &activate(2))).ok();
    assert_eq!(place.rows("users", &["x", "_sdc_table_version"]), [r#""a" | 2"#]);
    place.load("{}", &(logs + &line(3, "c") + &activate(3))).ok();
    assert_eq!(stored(place), [r#"NULL | "a" | 2 | ended"#, r#"NULL | "c" | 3 | live"#]);
}

fn an_empty_version_empties_the_table(place: &Place) {
    place.load(HARD, &(users() + &user(Some(1), 1, 1, "a") + &activate(1))).ok();
    let loaded = place.load(HARD, &(users() + &activate(2) + &state("2"))).ok();
    assert!(stored(place).is_empty());
    assert_eq!(loaded.bookmarks, ["2"]);
}

fn rows_of_an_older_version_that_come_with_the_activation_are_stale(place: &Place) {
    let input = users()
        + &user(Some(1), 1, 1, "a")
        + &user(Some(2), 1, 2, "b")
        + &activate(2)
        + &user(Some(1), 5, 3, "c");
    let counts = place.load("{}", &input).ok().counts("users");
    assert_eq!((counts.received, counts.inserted, counts.stale), (3, 1, 2));
    assert_eq!(stored(place), [r#"2 | "b" | 2 | live"#]);
}

/// The ids of rows that are not over.
fn live(place: &Place) -> Vec<i64> {
    let id = |row: &String| row.split(" | ").next().expect("a column").parse().expect("a number");
    let mut ids: Vec<i64> = stored(place).iter().filter(|row| row.ends_with("live")).map(id).collect();
    ids.sort_unstable();
    ids
}

fn a_version_that_loaders_share_is_active_once_all_of_them_have_come_to_it(place: &Place) {
    for (hard, version) in [(false, 1), (true, 11)] {
        let shard = |number: u8| format!(r#"{{"hard_delete":{hard},"shard":"{number}/3"}}"#);
        let input = |version: i64, ids: std::ops::Range<i64>| {
            let records: String = ids.map(|id| user(Some(version), 1, id, "x")).collect();
            users() + &records + &activate(version)
        };
        let (older, newer) = (input(version, 0..20), input(version + 1, 10..30));
        for number in 1..=3 {
            place.load(&shard(number), &older).ok();
        }
        assert_eq!(live(place), Vec::from_iter(0..20), "hard {hard}");
        for number in [3, 1] {
            place.load(&shard(number), &newer).ok();
            // What one of them does not bring any more may be what another has not brought yet.
            assert!((0..20).all(|id| live(place).contains(&id)), "hard {hard}: {:?}", live(place));
        }
        // A record of theirs that is late is stale all the same.
        let late = users() + &(0..30).map(|id| user(Some(version), 9, id, "late")).collect::<String>();
        let counts = place.load(&shard(3), &late).ok().counts("users");
        assert!(counts.received > 3 && counts.stale == counts.received, "{counts:?}");
        place.load(&shard(2), &newer).ok();
        assert_eq!(live(place), Vec::from_iter(10..30), "hard {hard}");
        // And again: nothing changes, and an older version is over for all.
        for number in 1..=3 {
            place.load(&shard(number), &older).ok();
            place.load(&shard(number), &newer).ok();
        }
        assert_eq!(live(place), Vec::from_iter(10..30), "hard {hard}");
        place.execute("delete from users");
        if let Place::Memory(_) = place {
            return;
        }
    }
}
