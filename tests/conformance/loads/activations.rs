//! Versions that become the active one: rows of older ones are over.

use super::{Place, commit, gone, hard, loader, merge, plain, row, stored, things, tombstones};
use crate::support::place::everywhere;

everywhere! {
    an_activation_takes_the_rows_of_older_versions_away,
    an_activation_marks_the_rows_of_older_versions,
    an_activation_needs_no_rows,
    an_activation_ends_older_tombstones,
    rows_of_versions_that_are_over_are_stale,
    rows_of_versions_that_are_over_are_not_appended,
    an_appended_row_that_is_over_does_not_hide_one_that_is_not,
    an_older_activation_changes_nothing,
    an_activation_ends_the_rows_of_an_appended_table,
    a_table_without_versions_keeps_its_rows_at_an_activation,
}

fn an_activation_takes_the_rows_of_older_versions_away(place: &Place) {
    let mut loader = loader(place);
    loader.commit(&plain(
        place,
        vec![row(1, 1, "none"), row(2, 1, "one").version(1), row(3, 1, "one").version(1)],
    ));
    let counts = loader.commit(&plain(place, vec![row(2, 1, "two").version(2)]).activate(2, true));
    assert_eq!((counts.replaced, counts.ended, counts.deleted, counts.remainder()), (1, 2, 0, 0));
    drop(loader);
    assert_eq!(stored(place), [r#"2 | "two" | 1"#]);
}

fn an_activation_marks_the_rows_of_older_versions(place: &Place) {
    let mut loader = loader(place);
    loader.commit(&plain(place, vec![row(1, 1, "a"), gone(2, 1), row(3, 1, "new").version(2)]));
    let counts = loader.commit(&plain(place, vec![]).activate(2, false));
    assert_eq!(counts.ended, 1, "what was marked stays as it was");
    let again = loader.commit(&plain(place, vec![]).activate(2, false));
    assert_eq!(again.ended, 0);
    drop(loader);
    let marked = place.rows("things", &["id", "x", "_sdc_deleted_at"]);
    let expected = [
        r#"1 | "a" | 2023-11-14T22:13:22.000000Z"#,
        "2 | NULL | 2023-11-14T22:13:19.000000Z",
        r#"3 | "new" | NULL"#,
    ];
    assert_eq!(marked, expected);
}

fn an_activation_needs_no_rows(place: &Place) {
    let mut loader = loader(place);
    loader.commit(&plain(place, vec![row(1, 1, "a")]));
    loader.commit(&plain(place, vec![]).activate(7, true));
    let memory = loader.destination.describe(&things(place)).unwrap().unwrap().memory.unwrap();
    assert_eq!(memory.active_version, Some(7));
    drop(loader);
    assert!(stored(place).is_empty());
}

fn an_activation_ends_older_tombstones(place: &Place) {
    let rows = vec![gone(1, 1).version(1), gone(2, 1).version(2)];
    commit(place, [hard(place, rows), hard(place, vec![]).activate(2, true)]);
    assert_eq!(tombstones(place), ["2 | 1"]);
}

fn rows_of_versions_that_are_over_are_stale(place: &Place) {
    let mut loader = loader(place);
    loader.commit(&plain(place, vec![]).activate(2, false));
    let rows = vec![
        row(1, 9, "none"),
        row(2, 9, "one").version(1),
        row(3, 1, "two").version(2),
        row(1, 1, "two").version(2),
    ];
    let counts = loader.commit(&plain(place, rows));
    assert_eq!((counts.inserted, counts.stale, counts.remainder()), (2, 2, 0));
    // The same in the load that says so.
    let rows = vec![row(4, 1, "two").version(2), row(5, 1, "three").version(3)];
    let counts = loader.commit(&plain(place, rows).activate(3, true));
    assert_eq!((counts.inserted, counts.stale, counts.ended), (1, 1, 2));
    drop(loader);
    assert_eq!(stored(place), [r#"5 | "three" | 1"#]);
}

fn rows_of_versions_that_are_over_are_not_appended(place: &Place) {
    for unique in [true, false] {
        let mut loader = loader(place);
        let table = place.table(&format!("appended_{unique}"));
        let appended = |rows| merge(table.clone(), rows).appended(unique);
        loader.commit(&appended(vec![row(1, 1, "old"), row(1, 2, "new").version(5)]).activate(5, true));
        let counts =
            loader.commit(&appended(vec![row(2, 9, "late").version(4), row(2, 1, "new").version(5)]));
        assert_eq!((counts.inserted, counts.stale, counts.duplicate, counts.remainder()), (1, 1, 0, 0));
        drop(loader);
        assert_eq!(place.rows(&table.name, &["id", "x"]), [r#"1 | "new""#, r#"2 | "new""#]);
    }
}

fn an_appended_row_that_is_over_does_not_hide_one_that_is_not(place: &Place) {
    let appended = |rows| merge(things(place), rows).appended(true);
    let rows = vec![row(1, 1, "old").version(1), row(1, 1, "new").version(2)];
    commit(place, [appended(vec![]).activate(2, true), appended(rows)]);
    assert_eq!(stored(place), [r#"1 | "new" | 1"#]);
}

fn an_older_activation_changes_nothing(place: &Place) {
    let mut loader = loader(place);
    loader.commit(&plain(place, vec![row(1, 1, "three").version(3)]).activate(3, false));
    let counts = loader.commit(&plain(place, vec![row(2, 1, "two").version(2)]).activate(2, true));
    assert_eq!((counts.stale, counts.ended), (1, 0));
    let memory = loader.destination.describe(&things(place)).unwrap().unwrap().memory.unwrap();
    assert_eq!(memory.active_version, Some(3));
    drop(loader);
    assert_eq!(stored(place), [r#"1 | "three" | 1"#]);
}

fn an_activation_ends_the_rows_of_an_appended_table(place: &Place) {
    let mut loader = loader(place);
    let appended = |rows| merge(things(place), rows).appended(false);
    loader.commit(&appended(vec![row(1, 1, "a"), row(1, 1, "a"), row(1, 2, "b").version(2)]));
    let counts = loader.commit(&appended(vec![row(2, 1, "c").version(2)]).activate(2, true));
    assert_eq!(counts.ended, 2);
    drop(loader);
    assert_eq!(stored(place), [r#"1 | "b" | 2"#, r#"2 | "c" | 1"#]);
}

fn a_table_without_versions_keeps_its_rows_at_an_activation(place: &Place) {
    let mut loader = loader(place);
    let bare = |rows| merge(things(place), rows).without("_sdc_table_version").appended(false);
    loader.commit(&bare(vec![row(1, 1, "a")]));
    let counts =
        loader.commit(&bare(vec![row(2, 1, "old").version(1), row(3, 1, "b").version(2)]).activate(2, true));
    assert_eq!((counts.ended, counts.stale, counts.inserted), (0, 1, 1), "but what is over does not come in");
    drop(loader);
    assert_eq!(stored(place), [r#"1 | "a" | 1"#, r#"3 | "b" | 1"#]);
}
