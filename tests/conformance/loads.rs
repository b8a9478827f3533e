//! What a load can carry besides rows: hard deletes and tombstones, rows that leave alone what they do not carry. Activations,
//! arrays, overwrites and what is written down are in modules of their own.

use target::merge::Tie;
use target::table::TableName;
use target::types::Type;

use crate::support::loads::{Asked, Loader, Row, gone, merge, row};
use crate::support::place::{Place, everywhere, in_databases};

/// Versions that become the active one.
mod activations;
/// The rows of arrays.
mod arrays;
/// Any order of flushes.
mod interleaving;
/// What Postgres is asked before rows are sent.
mod known;
/// What is written down, and what is asked.
mod ledger;
/// A table's content in the place of another's.
mod overwriting;
/// Pipelines that have a name.
mod pipelines;
/// Several loaders at once, on Postgres.
mod racing;

everywhere! {
    a_hard_delete_takes_the_row_away_and_leaves_a_tombstone,
    a_hard_delete_of_an_unknown_key_leaves_a_tombstone,
    a_late_older_row_does_not_come_back_after_a_hard_delete,
    a_newer_row_takes_the_tombstone_away,
    at_a_tie_with_a_tombstone_the_setting_decides,
    a_stale_delete_leaves_row_and_tombstones_alone,
    soft_deletes_honour_the_tombstones_that_are_there,
    a_load_that_does_not_know_of_tombstones_honours_them,
    tombstones_older_than_the_retention_go,
    a_row_that_was_marked_goes_when_it_is_deleted_for_good,
    a_row_keeps_what_its_record_does_not_carry,
    rows_of_one_batch_are_laid_over_each_other,
    a_stale_row_adds_nothing_to_what_it_lost_to,
    what_was_deleted_for_good_is_not_kept,
    a_row_that_is_new_has_null_for_what_it_does_not_carry,
    a_table_of_keys_alone_is_merged_too,
}

in_databases! {
    a_users_column_stays_as_it_is_when_its_row_is_replaced,
    a_new_row_gets_the_default_of_a_users_column,
    a_column_of_the_loader_is_set_back_when_its_property_is_gone,
    system_columns_that_are_text_get_texts,
    a_mark_in_a_column_of_text_is_rfc_3339,
    system_columns_without_zone_are_in_utc,
}

pub(super) fn things(place: &Place) -> TableName {
    place.table("things")
}

/// The rows: key, x, sequence.
#[track_caller]
pub(super) fn stored(place: &Place) -> Vec<String> {
    place.rows("things", &["id", "x", "_sdc_sequence"])
}

#[track_caller]
pub(super) fn tombstones(place: &Place) -> Vec<String> {
    place.rows("things__tombstones", &["id", "_sdc_sequence"])
}

pub(super) fn loader(place: &Place) -> Loader {
    Loader::new(place.open())
}

/// Commits each by itself.
#[track_caller]
pub(super) fn commit(place: &Place, asked: impl IntoIterator<Item = Asked>) {
    let mut loader = loader(place);
    asked.into_iter().for_each(|asked| _ = loader.commit(&asked));
}

fn hard(place: &Place, rows: Vec<Row>) -> Asked {
    merge(things(place), rows).hard(true)
}

fn plain(place: &Place, rows: Vec<Row>) -> Asked {
    merge(things(place), rows)
}

fn a_hard_delete_takes_the_row_away_and_leaves_a_tombstone(place: &Place) {
    let mut loader = loader(place);
    loader.commit(&hard(place, vec![row(1, 1, "a"), row(2, 1, "b")]));
    let counts = loader.commit(&hard(place, vec![gone(1, 2), row(2, 2, "c"), row(3, 1, "d")]));
    assert_eq!((counts.inserted, counts.replaced, counts.deleted, counts.remainder()), (1, 1, 1, 0));
    let described = loader.destination.describe(&place.table("things__tombstones")).unwrap().unwrap();
    assert_eq!(
        described.memory.map(|memory| (memory.stream, memory.mode)),
        Some(("things".into(), "tombstones".into()))
    );
    drop(loader);
    assert_eq!(stored(place), [r#"2 | "c" | 2"#, r#"3 | "d" | 1"#]);
    assert_eq!(tombstones(place), ["1 | 2"]);
}

fn a_hard_delete_of_an_unknown_key_leaves_a_tombstone(place: &Place) {
    let mut loader = loader(place);
    let counts = loader.commit(&hard(place, vec![gone(1, 2)]));
    assert_eq!((counts.deleted, counts.inserted), (1, 0));
    let counts = loader.commit(&hard(place, vec![row(1, 1, "late")]));
    assert_eq!((counts.stale, counts.remainder()), (1, 0));
    drop(loader);
    assert!(stored(place).is_empty());
    assert_eq!(tombstones(place), ["1 | 2"]);
}

fn a_late_older_row_does_not_come_back_after_a_hard_delete(place: &Place) {
    let mut loader = loader(place);
    loader.commit(&hard(place, vec![row(1, 1, "a"), gone(1, 5).version(0)]));
    let late = vec![row(1, 4, "late"), row(2, 4, "other"), gone(3, 1)];
    let counts = loader.commit(&hard(place, late.clone()));
    assert_eq!((counts.stale, counts.inserted, counts.deleted), (1, 1, 1));
    // The delete itself once more, and a row of the same sequence.
    let counts = loader.commit(&hard(place, vec![gone(1, 5)]));
    assert_eq!((counts.duplicate, counts.deleted, counts.remainder()), (1, 0, 0));
    let counts = loader.commit(&hard(place, vec![row(1, 5, "same")]));
    assert_eq!((counts.duplicate, counts.remainder()), (1, 0));
    drop(loader);
    assert_eq!(stored(place), [r#"2 | "other" | 4"#]);
    assert_eq!(tombstones(place), ["1 | 5", "3 | 1"]);
}

fn a_newer_row_takes_the_tombstone_away(place: &Place) {
    let mut loader = loader(place);
    loader.commit(&hard(place, vec![gone(1, 2), gone(2, 2)]));
    let counts = loader.commit(&hard(place, vec![row(1, 3, "again")]));
    assert_eq!((counts.inserted, counts.replaced), (1, 0), "no row was there to be replaced");
    drop(loader);
    assert_eq!(stored(place), [r#"1 | "again" | 3"#]);
    assert_eq!(tombstones(place), ["2 | 2"]);
}

fn at_a_tie_with_a_tombstone_the_setting_decides(place: &Place) {
    let mut loader = loader(place);
    loader.commit(&hard(place, vec![gone(1, 2)]));
    loader.commit(&hard(place, vec![row(1, 2, "first stays")]).tie(Tie::Keep));
    drop(loader);
    assert!(stored(place).is_empty());
    commit(place, [hard(place, vec![row(1, 2, "last stays")]).tie(Tie::Replace)]);
    assert_eq!(stored(place), [r#"1 | "last stays" | 2"#]);
    commit(place, [hard(place, vec![gone(1, 2)]).tie(Tie::Replace)]);
    assert!(stored(place).is_empty());
    assert_eq!(tombstones(place), ["1 | 2"]);
}

fn a_stale_delete_leaves_row_and_tombstones_alone(place: &Place) {
    let mut loader = loader(place);
    loader.commit(&hard(place, vec![row(1, 5, "a")]));
    let counts = loader.commit(&hard(place, vec![gone(1, 4)]));
    assert_eq!((counts.stale, counts.deleted), (1, 0));
    drop(loader);
    assert_eq!(stored(place), [r#"1 | "a" | 5"#]);
    assert!(tombstones(place).is_empty());
}

fn soft_deletes_honour_the_tombstones_that_are_there(place: &Place) {
    commit(place, [hard(place, vec![gone(1, 5), gone(2, 5), row(3, 1, "c")])]);
    let rows = vec![row(1, 4, "late"), gone(2, 6), gone(3, 2)];
    commit(place, [merge(things(place), rows).hard(false)]);
    assert_eq!(stored(place), ["2 | NULL | 6", "3 | NULL | 2"], "deletes stay, marked");
    assert_eq!(tombstones(place), ["1 | 5"], "a key is in one place");
}

fn a_load_that_does_not_know_of_tombstones_honours_them(place: &Place) {
    let mut loader = loader(place);
    loader.commit(&hard(place, vec![gone(1, 5), gone(2, 5)]));
    let counts = loader.commit(&plain(place, vec![row(1, 4, "late"), row(2, 6, "new"), row(3, 1, "c")]));
    assert_eq!((counts.stale, counts.inserted), (1, 2));
    drop(loader);
    assert_eq!(stored(place), [r#"2 | "new" | 6"#, r#"3 | "c" | 1"#]);
    assert_eq!(tombstones(place), ["1 | 5"]);
}

fn tombstones_older_than_the_retention_go(place: &Place) {
    let mut loader = loader(place);
    let kept = |rows| hard(place, rows).retention(2_500_000);
    // One flush each second.
    loader.commit(&kept(vec![gone(1, 1)]));
    loader.commit(&kept(vec![gone(2, 1)]));
    loader.commit(&kept(vec![row(9, 1, "x")]));
    loader.commit(&kept(vec![]));
    drop(loader);
    assert_eq!(tombstones(place), ["2 | 1"]);
}

fn a_row_that_was_marked_goes_when_it_is_deleted_for_good(place: &Place) {
    commit(place, [plain(place, vec![gone(1, 1), gone(2, 1)]), hard(place, vec![gone(1, 2)])]);
    assert_eq!(stored(place), ["2 | NULL | 1"]);
    assert_eq!(tombstones(place), ["1 | 2"]);
}

fn a_row_keeps_what_its_record_does_not_carry(place: &Place) {
    let kept = |rows| plain(place, rows).keep();
    let mut loader = loader(place);
    loader.commit(&kept(vec![row(1, 1, "a"), row(2, 1, "b")]));
    let counts = loader.commit(&kept(vec![row(1, 2, "").without_x(), row(2, 2, "c"), row(3, 1, "d")]));
    assert_eq!((counts.inserted, counts.replaced, counts.remainder()), (1, 2, 0));
    drop(loader);
    assert_eq!(stored(place), [r#"1 | "a" | 2"#, r#"2 | "c" | 2"#, r#"3 | "d" | 1"#]);
    // Without the setting a row is its newest record.
    commit(place, [plain(place, vec![row(1, 3, "").without_x()])]);
    assert_eq!(stored(place)[0], "1 | NULL | 3");
}

fn rows_of_one_batch_are_laid_over_each_other(place: &Place) {
    let kept = |rows| plain(place, rows).keep();
    let rows = vec![row(2, 1, "x"), row(1, 1, "a"), row(1, 2, "").without_x(), row(1, 3, "").without_x()];
    let mut loader = loader(place);
    let counts = loader.commit(&kept(rows));
    assert_eq!((counts.inserted, counts.stale), (2, 2));
    drop(loader);
    assert_eq!(stored(place), [r#"1 | "a" | 3"#, r#"2 | "x" | 1"#]);
}

fn a_stale_row_adds_nothing_to_what_it_lost_to(place: &Place) {
    let kept = |rows| plain(place, rows).keep();
    commit(
        place,
        [kept(vec![row(1, 5, "").without_x(), row(1, 4, "stale")]), kept(vec![row(1, 3, "stale")])],
    );
    assert_eq!(stored(place), ["1 | NULL | 5"]);
}

fn what_was_deleted_for_good_is_not_kept(place: &Place) {
    let kept = |rows| hard(place, rows).keep();
    commit(place, [kept(vec![row(1, 1, "a"), row(2, 1, "b")])]);
    // In one batch as in several.
    commit(place, [kept(vec![gone(1, 2), row(1, 3, "").without_x()])]);
    commit(place, [kept(vec![gone(2, 2)]), kept(vec![row(2, 3, "").without_x()])]);
    assert_eq!(stored(place), ["1 | NULL | 3", "2 | NULL | 3"]);
}

fn a_row_that_is_new_has_null_for_what_it_does_not_carry(place: &Place) {
    commit(place, [plain(place, vec![row(2, 1, "b"), row(1, 1, "").without_x()]).keep()]);
    assert_eq!(stored(place), ["1 | NULL | 1", r#"2 | "b" | 1"#]);
}

fn a_table_of_keys_alone_is_merged_too(place: &Place) {
    let bare = |rows: Vec<Row>| hard(place, rows).without("x");
    commit(place, [bare(vec![row(1, 1, "")]), bare(vec![row(1, 2, ""), row(2, 1, ""), gone(3, 1)]).keep()]);
    assert_eq!(place.rows("things", &["id", "_sdc_sequence"]), ["1 | 2", "2 | 1"]);
}

fn a_users_column_stays_as_it_is_when_its_row_is_replaced(place: &Place) {
    commit(place, [plain(place, vec![row(1, 1, "a"), row(2, 1, "b")])]);
    place.execute("alter table things add column mine varchar; update things set mine = 'note'");
    commit(place, [plain(place, vec![row(1, 2, "c"), row(3, 1, "d")])]);
    let rows = || place.rows("things", &["id", "x", "mine"]);
    assert_eq!(rows(), [r#"1 | "c" | "note""#, r#"2 | "b" | "note""#, r#"3 | "d" | NULL"#]);
    commit(place, [hard(place, vec![row(1, 3, "e"), gone(2, 2)])]);
    assert_eq!(rows(), [r#"1 | "e" | "note""#, r#"3 | "d" | NULL"#]);
    assert_eq!(tombstones(place), ["2 | 2"]);
}

fn a_new_row_gets_the_default_of_a_users_column(place: &Place) {
    commit(place, [plain(place, vec![row(1, 1, "a")])]);
    place.execute("alter table things add column mine varchar default 'new'");
    place.execute("update things set mine = 'note'");
    commit(place, [plain(place, vec![row(1, 2, "b"), row(2, 1, "c")])]);
    assert_eq!(place.rows("things", &["id", "mine"]), [r#"1 | "note""#, r#"2 | "new""#]);
}

fn a_column_of_the_loader_is_set_back_when_its_property_is_gone(place: &Place) {
    commit(place, [plain(place, vec![row(1, 1, "a"), row(2, 1, "b")]).with("more", Type::Integer)]);
    place.execute("update things set more = 7");
    commit(place, [plain(place, vec![row(1, 2, "c")])]);
    assert_eq!(place.rows("things", &["id", "more"]), ["1 | NULL", "2 | 7"]);
    // But where rows leave alone what they do not carry, that too.
    commit(place, [plain(place, vec![row(2, 2, "c")]).keep()]);
    assert_eq!(place.rows("things", &["id", "more"]), ["1 | NULL", "2 | 7"]);
}

fn system_columns_that_are_text_get_texts(place: &Place) {
    let asked = plain(place, vec![row(1, 1, "a")]).typed("_sdc_received_at", Type::Text);
    commit(place, [asked]);
    let expected = [r#"1 | "2023-11-14T22:13:20.000000Z""#];
    assert_eq!(place.rows("things", &["id", "_sdc_received_at"]), expected);
}

fn a_mark_in_a_column_of_text_is_rfc_3339(place: &Place) {
    let text = |asked: Asked| asked.typed("_sdc_deleted_at", Type::Text);
    commit(place, [text(plain(place, vec![row(1, 1, "a")])), text(plain(place, vec![])).activate(1, false)]);
    let expected = [r#"1 | "2023-11-14T22:13:22.000000Z""#];
    assert_eq!(place.rows("things", &["id", "_sdc_deleted_at"]), expected);
}

fn system_columns_without_zone_are_in_utc(place: &Place) {
    let local = |asked: Asked| {
        asked
            .typed("_sdc_deleted_at", Type::LocalTimestamp)
            .typed("_sdc_received_at", Type::LocalTimestamp)
            .hard(true)
    };
    commit(place, [local(plain(place, vec![row(1, 1, "a")]))]);
    commit(place, [local(plain(place, vec![])).activate(1, false)]);
    let rows = place.rows("things", &["_sdc_received_at", "_sdc_deleted_at"]);
    assert!(rows[0].contains("22:13:20") && rows[0].contains("22:13:21"), "{rows:?}");
}
