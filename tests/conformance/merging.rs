//! The law: a table is a map from key to its newest row, whatever the order, the batches and the runs.

use crate::support::messages::*;
use crate::support::place::{Place, everywhere};

everywhere! {
    new_keys_are_inserted_and_newer_rows_replace_older_ones,
    a_stale_row_changes_nothing,
    equal_sequences_of_messages_keep_the_first,
    equal_sequences_of_a_property_keep_the_last,
    equal_sequences_of_a_property_keep_the_first_if_asked,
    a_higher_version_wins_over_a_higher_sequence,
    a_row_from_before_there_were_versions_loses_to_one_with_a_version,
    an_update_replaces_the_whole_row,
    negative_and_extreme_sequences_are_ordered,
    what_became_of_each_record_is_counted,
    loading_everything_again_changes_nothing,
    keys_of_several_streams_do_not_meet,
}

/// Loads the records in one batch, in a batch for each, and in a run for each; the table must be `expected` each time.
#[track_caller]
fn in_any_batches(place: &Place, settings: &str, schema: &str, records: &[String], expected: &[&str]) {
    let named = |text: &str, name: &str| text.replace(r#""stream":"s""#, &format!(r#""stream":"{name}""#));
    let settings = |more: &str| format!("{{{settings}{more}}}");
    let all = schema.to_owned() + &records.concat();
    let rows = |name: &str| place.rows(name, &["id", "x"]);

    place.load(&settings(""), &named(&all, "one_batch")).ok();
    assert_eq!(rows("one_batch"), expected, "in one batch");

    let comma = if settings("") == "{}" { "" } else { "," };
    place.load(&settings(&format!(r#"{comma}"batch_size_rows":1"#)), &named(&all, "batches")).ok();
    assert_eq!(rows("batches"), expected, "in a batch for each record");

    for record in records {
        place.load(&settings(""), &named(&(schema.to_owned() + record), "runs")).ok();
    }
    assert_eq!(rows("runs"), expected, "in a run for each record");
}

fn plain() -> String {
    schema("s", &["id"], &[("id", INTEGER), ("x", TEXT)])
}

fn at(sequence: i64, id: i64, x: &str) -> String {
    sequenced("s", sequence, &format!(r#"{{"id":{id},"x":"{x}"}}"#))
}

fn new_keys_are_inserted_and_newer_rows_replace_older_ones(place: &Place) {
    let records = [at(1, 1, "a"), at(1, 2, "b"), at(2, 1, "c"), at(3, 1, "d")];
    in_any_batches(place, "", &plain(), &records, &[r#"1 | "d""#, r#"2 | "b""#]);
}

fn a_stale_row_changes_nothing(place: &Place) {
    let records = [at(5, 1, "new"), at(4, 1, "old"), at(1, 1, "older"), at(7, 2, "new"), at(6, 2, "old")];
    in_any_batches(place, "", &plain(), &records, &[r#"1 | "new""#, r#"2 | "new""#]);
}

fn equal_sequences_of_messages_keep_the_first(place: &Place) {
    let records = [at(5, 1, "first"), at(5, 1, "second"), at(5, 1, "third")];
    // Whatever on_tie says: "greater than", as Stitch has it.
    in_any_batches(place, r#""on_tie":"replace""#, &plain(), &records, &[r#"1 | "first""#]);
}

fn tied() -> (String, [String; 4]) {
    let schema = schema("s", &["id"], &[("id", INTEGER), ("x", TEXT), ("at", INTEGER)]);
    let record = |at: i64, x: &str| record("s", &format!(r#"{{"id":1,"x":"{x}","at":{at}}}"#));
    (schema, [record(4, "old"), record(5, "first"), record(5, "last"), record(4, "late")])
}

fn equal_sequences_of_a_property_keep_the_last(place: &Place) {
    let (schema, records) = tied();
    in_any_batches(place, r#""sequence":{"property":"at"}"#, &schema, &records, &[r#"1 | "last""#]);
}

fn equal_sequences_of_a_property_keep_the_first_if_asked(place: &Place) {
    let (schema, records) = tied();
    let settings = r#""sequence":{"property":"at"},"on_tie":"keep""#;
    in_any_batches(place, settings, &schema, &records, &[r#"1 | "first""#]);
}

fn version(version: i64, sequence: i64, x: &str) -> String {
    let more = format!(r#","sequence":{sequence},"version":{version}"#);
    record_with("s", &format!(r#"{{"id":1,"x":"{x}"}}"#), &more)
}

fn a_higher_version_wins_over_a_higher_sequence(place: &Place) {
    let records = [version(1, 9, "old"), version(2, 1, "new"), version(1, 10, "late"), version(2, 1, "tie")];
    in_any_batches(place, "", &plain(), &records, &[r#"1 | "new""#]);
}

fn a_row_from_before_there_were_versions_loses_to_one_with_a_version(place: &Place) {
    place.load("{}", &(plain() + &at(9, 1, "none"))).ok();
    let counts = place.load("{}", &(plain() + &version(1, 1, "versioned"))).ok().counts("s");
    assert_eq!((counts.replaced, counts.stale), (1, 0));
    assert_eq!(place.rows("s", &["id", "x"]), [r#"1 | "versioned""#]);
}

fn an_update_replaces_the_whole_row(place: &Place) {
    let records = [at(1, 1, "a"), sequenced("s", 2, r#"{"id":1}"#)];
    in_any_batches(place, "", &plain(), &records, &["1 | NULL"]);
}

fn negative_and_extreme_sequences_are_ordered(place: &Place) {
    let records =
        [at(-5, 1, "less"), at(-6, 1, "least"), at(i64::MAX - 1, 2, "less"), at(i64::MAX, 2, "most")];
    in_any_batches(place, "", &plain(), &records, &[r#"1 | "less""#, r#"2 | "most""#]);
}

fn what_became_of_each_record_is_counted(place: &Place) {
    place.load("{}", &[plain(), at(5, 1, "a"), at(5, 2, "b"), at(5, 3, "c")].concat()).ok();
    let second =
        [plain(), at(6, 1, "newer"), at(4, 2, "stale"), at(5, 3, "same"), at(1, 4, "new"), at(2, 4, "newer")];
    let counts = place.load("{}", &second.concat()).ok().counts("s");
    // Of the two of 4 one lost inside the batch.
    let seen =
        (counts.received, counts.inserted, counts.replaced, counts.stale, counts.duplicate, counts.deleted);
    assert_eq!(seen, (5, 1, 1, 2, 1, 0));
    assert_eq!(counts.remainder(), 0);
}

fn loading_everything_again_changes_nothing(place: &Place) {
    let input = [plain(), at(5, 1, "a"), at(6, 1, "b"), at(5, 2, "c"), at(1, 2, "d"), state("1")].concat();
    place.load("{}", &input).ok();
    let before = place.dump("s");
    let again = place.load("{}", &input).ok();
    assert_eq!(place.dump("s"), before, "not even the times of loading");
    let counts = again.counts("s");
    assert_eq!((counts.received, counts.inserted, counts.replaced, counts.duplicate), (4, 0, 0, 2));
    assert_eq!(again.bookmarks, ["1"]);
}

fn keys_of_several_streams_do_not_meet(place: &Place) {
    let stream = |name: &str, x: &str| {
        schema(name, &["id"], &[("id", INTEGER), ("x", TEXT)])
            + &sequenced(name, 1, &format!(r#"{{"id":1,"x":"{x}"}}"#))
    };
    place.load("{}", &(stream("a", "of a") + &stream("b", "of b"))).ok();
    assert_eq!(place.rows("a", &["id", "x"]), [r#"1 | "of a""#]);
    assert_eq!(place.rows("b", &["id", "x"]), [r#"1 | "of b""#]);
}
