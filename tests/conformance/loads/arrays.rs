//! The rows of arrays are those of the newest row of each key: they come and go with it, in its transaction.

use target::flush::{Child, Load};

use super::{commit, gone, loader, merge, row, stored, things, tombstones};
use crate::support::loads::{Asked, Row};
use crate::support::place::{Place, everywhere};

everywhere! {
    an_array_takes_the_place_of_the_one_before,
    the_array_of_a_row_that_loses_is_not_stored,
    the_array_of_a_row_that_lost_inside_its_batch_is_not_stored,
    a_deleted_row_has_no_array_any_more,
    an_array_that_comes_back_with_its_row_is_stored,
    versions_that_are_over_take_their_arrays_along,
    what_is_appended_brings_its_array_once,
    what_is_appended_without_recognition_brings_it_each_time,
    a_row_without_its_array_ends_it,
}

fn tagged(place: &Place, rows: Vec<Row>) -> Asked {
    merge(things(place), rows).arrays()
}

#[track_caller]
fn tags(place: &Place) -> Vec<String> {
    place.rows("things__tags", &["_sdc_source_key_id", "_sdc_level_0_id", "value"])
}

fn an_array_takes_the_place_of_the_one_before(place: &Place) {
    let first =
        vec![row(1, 1, "a").tags(&["p", "q", "r"]), row(2, 1, "b").tags(&["s"]), row(3, 1, "c").tags(&["t"])];
    let second = vec![row(1, 2, "a").tags(&["u"]), row(2, 2, "b"), row(4, 1, "d").tags(&["v", "w"])];
    commit(place, [tagged(place, first), tagged(place, second)]);
    assert_eq!(tags(place), [r#"1 | 0 | "u""#, r#"3 | 0 | "t""#, r#"4 | 0 | "v""#, r#"4 | 1 | "w""#]);
}

fn the_array_of_a_row_that_loses_is_not_stored(place: &Place) {
    let stale =
        vec![row(1, 4, "stale").tags(&["x"]), row(2, 5, "same").tags(&["y"]), row(3, 1, "new").tags(&["z"])];
    commit(place, [tagged(place, vec![row(1, 5, "a").tags(&["p"]), row(2, 5, "b")]), tagged(place, stale)]);
    assert_eq!(tags(place), [r#"1 | 0 | "p""#, r#"3 | 0 | "z""#]);
}

fn the_array_of_a_row_that_lost_inside_its_batch_is_not_stored(place: &Place) {
    let rows = vec![
        row(1, 2, "b").tags(&["new"]),
        row(1, 1, "a").tags(&["old", "older"]),
        row(0, 1, "c").tags(&["d"]),
    ];
    commit(place, [tagged(place, rows)]);
    assert_eq!(tags(place), [r#"0 | 0 | "d""#, r#"1 | 0 | "new""#]);
}

fn a_deleted_row_has_no_array_any_more(place: &Place) {
    let rows = vec![row(1, 1, "a").tags(&["p"]), row(2, 1, "b").tags(&["q"]), row(3, 1, "c").tags(&["r"])];
    commit(place, [tagged(place, rows)]);
    commit(place, [tagged(place, vec![gone(1, 2).tags(&["nobody's"])]).hard(true)]);
    commit(place, [tagged(place, vec![gone(2, 2)]).hard(false)]);
    assert_eq!(tags(place), [r#"3 | 0 | "r""#]);
    assert_eq!(stored(place), ["2 | NULL | 2", r#"3 | "c" | 1"#]);
    assert_eq!(tombstones(place), ["1 | 2"]);
}

fn an_array_that_comes_back_with_its_row_is_stored(place: &Place) {
    let asked = |rows| tagged(place, rows).hard(true);
    let late = vec![row(1, 1, "late").tags(&["late"])];
    commit(place, [asked(vec![gone(1, 2)]), asked(late), asked(vec![row(1, 3, "again").tags(&["again"])])]);
    assert_eq!(tags(place), [r#"1 | 0 | "again""#]);
}

fn versions_that_are_over_take_their_arrays_along(place: &Place) {
    let rows = vec![row(1, 1, "a").tags(&["p"]), row(2, 1, "b").version(2).tags(&["q"])];
    commit(place, [tagged(place, rows), tagged(place, vec![row(3, 1, "c").tags(&["r"])]).activate(2, true)]);
    assert_eq!(tags(place), [r#"2 | 0 | "q""#]);
    assert_eq!(stored(place), [r#"2 | "b" | 1"#]);
}

fn what_is_appended_brings_its_array_once(place: &Place) {
    let asked = |rows| tagged(place, rows).appended(true);
    let rows =
        vec![row(1, 1, "a").tags(&["p", "q"]), row(1, 2, "b").tags(&["p"]), row(1, 1, "again").tags(&["x"])];
    commit(place, [asked(rows.clone()), asked(rows)]);
    assert_eq!(stored(place), [r#"1 | "a" | 1"#, r#"1 | "b" | 2"#]);
    let rows =
        place.rows("things__tags", &["_sdc_source_key_id", "_sdc_sequence", "_sdc_level_0_id", "value"]);
    assert_eq!(rows, [r#"1 | 1 | 0 | "p""#, r#"1 | 1 | 1 | "q""#, r#"1 | 2 | 0 | "p""#]);
}

fn what_is_appended_without_recognition_brings_it_each_time(place: &Place) {
    let asked = |rows| tagged(place, rows).appended(false);
    let rows = vec![row(1, 1, "a").tags(&["p"])];
    commit(place, [asked(rows.clone()), asked(rows)]);
    assert_eq!(tags(place), [r#"1 | 0 | "p""#, r#"1 | 0 | "p""#]);
}

fn a_row_without_its_array_ends_it(place: &Place) {
    commit(place, [tagged(place, vec![row(1, 1, "a").tags(&["p"])])]);
    // A batch in which no row has one.
    let mut loader = loader(place);
    let load = tagged(place, vec![row(1, 2, "b")]).load(&mut *loader.destination);
    let children = load.children.into_iter().map(|child| Child { rows: None, ..child }).collect();
    loader.send(Load { children, ..load }).unwrap();
    drop(loader);
    assert!(tags(place).is_empty());
}
