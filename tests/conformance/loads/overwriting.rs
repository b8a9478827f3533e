//! A table's content in the place of another's, at the end of a run.

use target::error::Class;
use target::plan::Change;
use target::types::Type;

use super::{Asked, Place, commit, gone, loader, merge, row, stored, things, tombstones};
use crate::support::loads::Row;
use crate::support::place::{everywhere, in_databases};

everywhere! {
    the_shadow_takes_the_tables_place,
    the_first_overwrite_makes_the_table,
    a_shadow_that_was_left_behind_is_made_anew,
    another_run_does_not_write_into_a_shadow,
    an_overwrite_forgets_tombstones_and_sources_of_before,
    an_overwrite_adds_the_columns_that_it_brings,
}

in_databases! {
    what_people_made_of_the_table_stays,
}

fn shadow(place: &Place, run: &str, rows: Vec<Row>) -> Asked {
    merge(place.table("things__shadow"), rows).shadow(run, None)
}

/// With the table's place taken at the end.
fn last(place: &Place, run: &str, rows: Vec<Row>) -> Asked {
    merge(place.table("things__shadow"), rows).shadow(run, Some(things(place)))
}

fn the_shadow_takes_the_tables_place(place: &Place) {
    commit(place, [merge(things(place), vec![row(1, 9, "old"), row(2, 9, "old")])]);
    let mut loader = loader(place);
    loader.commit(&shadow(place, "run", vec![row(2, 1, "new"), row(3, 1, "new")]));
    drop(loader);
    assert_eq!(stored(place), [r#"1 | "old" | 9"#, r#"2 | "old" | 9"#], "nobody sees it before the end");
    commit(place, [last(place, "run", vec![row(3, 2, "newer"), row(4, 1, "new")])]);
    assert_eq!(stored(place), [r#"2 | "new" | 1"#, r#"3 | "newer" | 2"#, r#"4 | "new" | 1"#]);
    assert!(place.find("things__shadow").is_none());
    let mut destination = place.open();
    assert_eq!(destination.describe(&place.table("things__shadow")).unwrap(), None);
    let memory = destination.describe(&things(place)).unwrap().unwrap().memory.unwrap();
    assert_eq!((memory.load_id, memory.mode.as_str()), (None, "merge"));
}

fn the_first_overwrite_makes_the_table(place: &Place) {
    commit(place, [last(place, "run", vec![row(1, 1, "a")])]);
    assert_eq!(stored(place), [r#"1 | "a" | 1"#]);
    commit(place, [last(place, "run 2", vec![])]);
    assert!(stored(place).is_empty(), "nothing is what the run brought");
}

fn a_shadow_that_was_left_behind_is_made_anew(place: &Place) {
    commit(place, [shadow(place, "run 1", vec![row(1, 1, "left")]).with("more", Type::Integer)]);
    let mut loader = loader(place);
    let mut load = shadow(place, "run 2", vec![row(2, 1, "new")]).load(&mut *loader.destination);
    load.changes = vec![Change::RecreateTable];
    loader.run = "run 2".to_owned();
    loader.send(load).unwrap();
    drop(loader);
    let table = place.dump("things__shadow");
    assert_eq!(table.only(&["id", "x"]), [r#"2 | "new""#]);
    assert!(!table.names().contains(&"more"));
}

fn another_run_does_not_write_into_a_shadow(place: &Place) {
    let mut first = loader(place);
    first.commit(&shadow(place, "run 1", vec![row(1, 1, "a")]));
    for asked in [
        shadow(place, "run 2", vec![row(2, 1, "b")]),
        merge(place.table("things__shadow"), vec![row(2, 1, "b")]),
    ] {
        let error = first.try_commit(&asked).unwrap_err();
        assert_eq!(error.class(), Class::Destination);
        assert!(error.to_string().contains("another run has begun to overwrite this table"), "{error}");
        assert!(error.hint_text().is_some());
    }
    drop(first);
    assert_eq!(place.rows("things__shadow", &["id"]), ["1"]);
}

fn an_overwrite_forgets_tombstones_and_sources_of_before(place: &Place) {
    commit(place, [merge(things(place), vec![gone(1, 9), row(2, 9, "b")]).hard(true)]);
    commit(place, [last(place, "run", vec![row(1, 1, "a")]).source("property at")]);
    assert_eq!(stored(place), [r#"1 | "a" | 1"#]);
    assert!(tombstones(place).is_empty(), "they were of the rows that went");
    commit(place, [merge(things(place), vec![row(1, 2, "b")]).source("property at").hard(true)]);
    assert_eq!(stored(place), [r#"1 | "b" | 2"#]);
}

fn an_overwrite_adds_the_columns_that_it_brings(place: &Place) {
    commit(place, [merge(things(place), vec![row(1, 1, "a")]).with("old", Type::Integer)]);
    commit(place, [last(place, "run", vec![row(1, 1, "b")]).with("new", Type::Integer)]);
    assert_eq!(place.rows("things", &["id", "x", "old", "new"]), [r#"1 | "b" | NULL | NULL"#]);
}

fn what_people_made_of_the_table_stays(place: &Place) {
    commit(place, [merge(things(place), vec![row(1, 1, "a")])]);
    place.execute("alter table things add column mine varchar default 'x'");
    place.execute("create view seen as select id, mine from things");
    commit(place, [last(place, "run", vec![row(2, 1, "b")])]);
    assert_eq!(place.rows("things", &["id", "mine"]), [r#"2 | "x""#]);
    assert_eq!(place.rows("seen", &["id"]), ["2"]);
}
