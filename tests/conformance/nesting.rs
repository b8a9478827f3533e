//! Objects as columns and arrays as tables. The tables of arrays follow the law: a stale parent changes no child.

use target::error::Class;

use crate::support::messages::*;
use crate::support::place::{Place, everywhere};

everywhere! {
    objects_become_columns_to_the_depth_that_is_set,
    the_separator_and_the_longest_name_are_settings,
    an_array_becomes_a_table_of_its_own,
    the_tail_of_an_array_that_shrinks_goes,
    empty_and_null_arrays_have_no_rows,
    arrays_of_scalars_and_arrays_in_arrays_have_tables_too,
    a_stale_parent_changes_no_child,
    a_child_s_parent_that_is_deleted_takes_it_along,
    children_of_an_older_version_go_with_their_parents,
    in_append_mode_every_row_has_its_children,
    a_property_that_stands_twice_counts_once,
    a_rejected_record_leaves_no_child,
    a_tree_that_refers_to_itself_is_json,
    what_may_be_more_than_an_object_stays_json,
    an_array_s_table_gets_new_columns,
    a_stream_with_the_name_of_an_array_s_table_keeps_apart,
    overwriting_replaces_the_arrays_tables_too,
    two_arrays_never_share_a_table,
    keep_and_subtables_do_not_go_together,
}

const SUBTABLES: &str = r#"{"nested":"subtables"}"#;
const FLATTEN: &str = r#"{"nested":"flatten"}"#;

const ADDRESS: &str = r#"{"type":["null","object"],"properties":{"city":{"type":["null","string"]},"at":{"type":["null","object"],"properties":{"x":{"type":["null","integer"]}}}}}"#;
const ITEMS: &str = r#"{"type":["null","array"],"items":{"type":"object","properties":{"sku":{"type":["null","string"]},"n":{"type":["null","integer"]}}}}"#;

fn orders() -> String {
    schema("orders", &["id"], &[("id", INTEGER), ("items", ITEMS)])
}

fn order(sequence: i64, id: i64, items: &str) -> String {
    sequenced("orders", sequence, &format!(r#"{{"id":{id},"items":{items}}}"#))
}

const CHILD: &[&str] = &["_sdc_source_key_id", "_sdc_level_0_id", "sku", "n", "_sdc_sequence"];

#[track_caller]
fn items(place: &Place) -> Vec<String> {
    place.rows("orders__items", CHILD)
}

fn objects_become_columns_to_the_depth_that_is_set(place: &Place) {
    let people = |name: &str| schema(name, &["id"], &[("id", INTEGER), ("address", ADDRESS)]);
    let record = r#"{"id":1,"address":{"city":"Oslo","at":{"x":3}}}"#;
    let rest = sequenced("people", 2, r#"{"id":2,"address":null}"#)
        + &sequenced("people", 3, r#"{"id":3,"address":{"at":null}}"#);
    place.load(FLATTEN, &(people("people") + &sequenced("people", 1, record) + &rest)).ok();
    assert_eq!(
        place.rows("people", &["id", "address__city", "address__at__x"]),
        [r#"1 | "Oslo" | 3"#, "2 | NULL | NULL", "3 | NULL | NULL"]
    );
    let settings = r#"{"nested":"flatten","flatten_depth":1}"#;
    place.load(settings, &(people("shallow") + &sequenced("shallow", 1, record))).ok();
    assert_eq!(place.rows("shallow", &["address__city", "address__at"]), [r#""Oslo" | {"x":3}"#]);
}

fn the_separator_and_the_longest_name_are_settings(place: &Place) {
    let deep = r#"{"type":"object","properties":{"a_very_long_name_indeed":{"type":"integer"}}}"#;
    let people = schema("people", &["id"], &[("id", INTEGER), ("address", ADDRESS), ("outer", deep)]);
    let record = r#"{"id":1,"address":{"city":"Oslo"},"outer":{"a_very_long_name_indeed":7}}"#;
    let settings = r#"{"nested":"flatten","flatten_separator":".","flatten_max_name":20}"#;
    place.load(settings, &(people + &sequenced("people", 1, record))).ok();
    assert_eq!(place.rows("people", &["address.city"]), [r#""Oslo""#]);
    let table = place.dump("people");
    let long = table.names().into_iter().find(|name| name.starts_with("outer.")).expect("it is there");
    assert!(long.len() <= 20, "{long}");
    assert_eq!(place.rows("people", &[long]), ["7"]);
}

fn an_array_becomes_a_table_of_its_own(place: &Place) {
    let input = orders()
        + &order(1, 7, r#"[{"sku":"a","n":1},{"sku":"b"}]"#)
        + &order(2, 8, r#"[{"sku":"c","n":3}]"#);
    place.load(SUBTABLES, &input).ok();
    assert!(!place.dump("orders").names().contains(&"items"));
    assert_eq!(
        items(place),
        [r#"7 | 0 | "a" | 1 | 1"#, r#"7 | 1 | "b" | NULL | 1"#, r#"8 | 0 | "c" | 3 | 2"#]
    );
}

fn the_tail_of_an_array_that_shrinks_goes(place: &Place) {
    place.load(SUBTABLES, &(orders() + &order(1, 7, r#"[{"n":1},{"n":2},{"n":3}]"#))).ok();
    place.load(SUBTABLES, &(orders() + &order(2, 7, r#"[{"n":9}]"#))).ok();
    assert_eq!(items(place), ["7 | 0 | NULL | 9 | 2"]);
    // In one batch, too.
    let both = orders() + &order(3, 7, r#"[{"n":1},{"n":2}]"#) + &order(4, 7, r#"[{"n":5}]"#);
    place.load(SUBTABLES, &both).ok();
    assert_eq!(items(place), ["7 | 0 | NULL | 5 | 4"]);
}

fn empty_and_null_arrays_have_no_rows(place: &Place) {
    let input = orders()
        + &order(1, 1, "[]")
        + &order(1, 2, "null")
        + &sequenced("orders", 1, r#"{"id":3}"#)
        + &order(1, 4, r#"[{}]"#);
    place.load(SUBTABLES, &input).ok();
    assert_eq!(items(place), ["4 | 0 | NULL | NULL | 1"]);
    place.load(SUBTABLES, &(orders() + &order(2, 4, "null"))).ok();
    assert!(items(place).is_empty());
}

fn arrays_of_scalars_and_arrays_in_arrays_have_tables_too(place: &Place) {
    let tags = r#"{"type":"array","items":{"type":["null","string"]}}"#;
    let grid = r#"{"type":"array","items":{"type":"array","items":{"type":"integer"}}}"#;
    let lines = r#"{"type":"array","items":{"type":"object","properties":{"sku":{"type":"string"},"lots":{"type":"array","items":{"type":"object","properties":{"lot":{"type":"integer"}}}}}}}"#;
    let things =
        schema("things", &["id"], &[("id", INTEGER), ("tags", tags), ("grid", grid), ("lines", lines)]);
    let record = r#"{"id":1,"tags":["x",null,"y"],"grid":[[1,2],[],[3]],
        "lines":[{"sku":"a","lots":[{"lot":5},{"lot":6}]},{"sku":"b","lots":[]},{"sku":"c","lots":[{"lot":7}]}]}"#
        .replace('\n', "");
    place.load(SUBTABLES, &(things + &sequenced("things", 1, &record))).ok();
    assert_eq!(
        place.rows("things__tags", &["_sdc_source_key_id", "_sdc_level_0_id", "value"]),
        [r#"1 | 0 | "x""#, "1 | 1 | NULL", r#"1 | 2 | "y""#]
    );
    assert_eq!(
        place.rows("things__grid", &["_sdc_source_key_id", "_sdc_level_0_id"]),
        ["1 | 0", "1 | 1", "1 | 2"]
    );
    assert_eq!(
        place.rows(
            "things__grid__value",
            &["_sdc_source_key_id", "_sdc_level_0_id", "_sdc_level_1_id", "value"]
        ),
        ["1 | 0 | 0 | 1", "1 | 0 | 1 | 2", "1 | 2 | 0 | 3"]
    );
    assert_eq!(
        place.rows("things__lines__lots", &["_sdc_level_0_id", "_sdc_level_1_id", "lot"]),
        ["0 | 0 | 5", "0 | 1 | 6", "2 | 0 | 7"]
    );
}

fn a_stale_parent_changes_no_child(place: &Place) {
    place.load(SUBTABLES, &(orders() + &order(5, 7, r#"[{"n":5}]"#))).ok();
    place.load(SUBTABLES, &(orders() + &order(4, 7, r#"[{"n":4},{"n":4}]"#))).ok();
    assert_eq!(items(place), ["7 | 0 | NULL | 5 | 5"]);
    // Nor does one of the same sequence, nor one that lost inside its batch.
    place.load(SUBTABLES, &(orders() + &order(5, 7, r#"[{"n":50}]"#))).ok();
    place
        .load(SUBTABLES, &(orders() + &order(9, 7, r#"[{"n":9}]"#) + &order(8, 7, r#"[{"n":8},{"n":8}]"#)))
        .ok();
    assert_eq!(items(place), ["7 | 0 | NULL | 9 | 9"]);
    // A parent without children beats an older one with some, whichever comes first.
    place.load(SUBTABLES, &(orders() + &order(10, 7, "[]"))).ok();
    place.load(SUBTABLES, &(orders() + &order(9, 7, r#"[{"n":9}]"#))).ok();
    assert!(items(place).is_empty());
}

fn a_child_s_parent_that_is_deleted_takes_it_along(place: &Place) {
    let gone = |sequence: i64, id: i64| {
        sequenced("orders", sequence, &format!(r#"{{"id":{id},"_sdc_deleted_at":"2024-01-01T00:00:00Z"}}"#))
    };
    for settings in [SUBTABLES, r#"{"nested":"subtables","hard_delete":true}"#] {
        let both = orders() + &order(1, 7, r#"[{"n":1}]"#) + &order(1, 8, r#"[{"n":2}]"#);
        place.load(settings, &both).ok();
        place.load(settings, &(orders() + &gone(2, 7))).ok();
        assert_eq!(items(place), ["8 | 0 | NULL | 2 | 1"], "{settings}");
        // A late older parent brings no child back.
        place.load(settings, &(orders() + &order(1, 7, r#"[{"n":1}]"#))).ok();
        assert_eq!(items(place), ["8 | 0 | NULL | 2 | 1"], "{settings}");
    }
}

fn children_of_an_older_version_go_with_their_parents(place: &Place) {
    let of = |version: i64, id: i64, n: i64| {
        let record = format!(r#"{{"id":{id},"items":[{{"n":{n}}}]}}"#);
        record_with("orders", &record, &format!(r#","sequence":1,"version":{version}"#))
    };
    let activate = r#"{"type":"ACTIVATE_VERSION","stream":"orders","version":2}"#.to_owned() + "\n";
    let settings = r#"{"nested":"subtables","hard_delete":true}"#;
    place.load(settings, &(orders() + &of(1, 1, 1) + &of(1, 2, 2))).ok();
    place.load(settings, &(orders() + &of(2, 2, 20) + &activate)).ok();
    assert_eq!(items(place), ["2 | 0 | NULL | 20 | 1"]);
    assert_eq!(place.rows("orders", &["id"]), ["2"]);
}

fn in_append_mode_every_row_has_its_children(place: &Place) {
    let settings = r#"{"nested":"subtables","load_method":"append-only"}"#;
    let input = orders() + &order(1, 7, r#"[{"n":1}]"#) + &order(2, 7, r#"[{"n":2},{"n":3}]"#);
    place.load(settings, &input).ok();
    // A replay doubles neither rows nor children.
    place.load(settings, &input).ok();
    assert_eq!(items(place), ["7 | 0 | NULL | 1 | 1", "7 | 0 | NULL | 2 | 2", "7 | 1 | NULL | 3 | 2"]);
    let keyless = schema("logs", &[], &[("items", ITEMS)]);
    let record = sequenced("logs", 4, r#"{"items":[{"n":1},{"n":2}]}"#);
    place.load(settings, &(keyless + &record)).ok();
    assert_eq!(
        place.rows("logs__items", &["_sdc_sequence", "_sdc_level_0_id", "n"]),
        ["4 | 0 | 1", "4 | 1 | 2"]
    );
}

fn a_property_that_stands_twice_counts_once(place: &Place) {
    let twice = r#"{"id":1,"items":[{"n":1},{"n":2}],"items":[{"n":3,"n":4}]}"#;
    place.load(SUBTABLES, &(orders() + &sequenced("orders", 1, twice))).ok();
    assert_eq!(items(place), ["1 | 0 | NULL | 4 | 1"]);
    let people = schema("people", &["id"], &[("id", INTEGER), ("address", ADDRESS)]);
    let twice = r#"{"id":1,"address":{"city":"Oslo","at":{"x":1}},"address":{"city":"Rome"}}"#;
    place.load(FLATTEN, &(people + &sequenced("people", 1, twice))).ok();
    assert_eq!(place.rows("people", &["address__city", "address__at__x"]), [r#""Rome" | NULL"#]);
}

fn a_rejected_record_leaves_no_child(place: &Place) {
    let settings = r#"{"nested":"subtables","on_invalid_record":"reject"}"#;
    let input = orders()
        + &order(1, 1, r#"[{"n":1}]"#)
        + &order(1, 2, r#"[{"n":2},{"n":"x"}]"#)
        + &sequenced("orders", 1, r#"{"items":[{"n":3}]}"#)
        + &order(1, 4, r#"[{"n":4}]"#);
    place.load(settings, &input).ok();
    assert_eq!(items(place), ["1 | 0 | NULL | 1 | 1", "4 | 0 | NULL | 4 | 1"]);
    let rejects = place.rejects();
    assert_eq!(rejects.len(), 2);
    assert!(
        rejects[0].reason.contains("items") && rejects[0].reason.contains("n\""),
        "{}",
        rejects[0].reason
    );
}

fn a_tree_that_refers_to_itself_is_json(place: &Place) {
    let message = r##"{"type":"SCHEMA","stream":"trees","key_properties":["id"],"schema":{"type":"object","properties":{"id":{"type":"integer"},"root":{"$ref":"#/definitions/node"}},"definitions":{"node":{"type":["null","object"],"properties":{"name":{"type":["null","string"]},"children":{"type":["null","array"],"items":{"$ref":"#/definitions/node"}}}}}}}"##;
    let record = r#"{"id":1,"root":{"name":"a","children":[{"name":"b","children":[]}]}}"#;
    place.load(SUBTABLES, &(message.to_owned() + "\n" + &sequenced("trees", 1, record))).ok();
    assert_eq!(place.rows("trees", &["root__name"]), [r#""a""#]);
    assert_eq!(
        place.rows("trees__root__children", &["_sdc_level_0_id", "value"]),
        [r#"0 | {"children":[],"name":"b"}"#]
    );
}

fn what_may_be_more_than_an_object_stays_json(place: &Place) {
    let odd = r#"{"type":["object","string"],"properties":{"a":{"type":"integer"}}}"#;
    let free = r#"{"type":"object"}"#;
    let things = schema("things", &["id"], &[("id", INTEGER), ("odd", odd), ("free", free)]);
    let input = things
        + &sequenced("things", 1, r#"{"id":1,"odd":{"a":1},"free":{"b":2}}"#)
        + &sequenced("things", 1, r#"{"id":2,"odd":"x","free":{}}"#);
    place.load(SUBTABLES, &input).ok();
    assert_eq!(place.rows("things", &["id", "odd", "free"]), [r#"1 | {"a":1} | {"b":2}"#, r#"2 | "x" | {}"#]);
}

fn an_array_s_table_gets_new_columns(place: &Place) {
    place.load(SUBTABLES, &(orders() + &order(1, 7, r#"[{"n":1}]"#))).ok();
    let wider = r#"{"type":"array","items":{"type":"object","properties":{"n":{"type":["null","number"]},"new":{"type":["null","boolean"]}}}}"#;
    let orders = schema("orders", &["id"], &[("id", INTEGER), ("items", wider)]);
    place.load(SUBTABLES, &(orders + &order(2, 8, r#"[{"n":1.5,"new":true}]"#))).ok();
    assert_eq!(
        place.rows("orders__items", &["_sdc_source_key_id", "sku", "n", "new"]),
        ["7 | NULL | 1 | NULL", "8 | NULL | 1.5 | true"]
    );
}

fn a_stream_with_the_name_of_an_array_s_table_keeps_apart(place: &Place) {
    place.load(SUBTABLES, &(orders() + &order(1, 7, r#"[{"n":1}]"#))).ok();
    let other = schema("orders__items", &["id"], &[("id", INTEGER)]);
    place.load("{}", &(other + &sequenced("orders__items", 1, r#"{"id":5}"#))).ok();
    assert_eq!(items(place).len(), 1);
    // In one run, in either order.
    let lines = schema("lines__items", &["id"], &[("id", INTEGER)]);
    let parent = schema("lines", &["id"], &[("id", INTEGER), ("items", ITEMS)]);
    let input = lines
        + &parent
        + &sequenced("lines__items", 1, r#"{"id":5}"#)
        + &sequenced("lines", 1, r#"{"id":6,"items":[{"n":1}]}"#);
    place.load(SUBTABLES, &input).ok();
    assert_eq!(place.rows("lines__items", &["id"]), ["5"]);
}

fn two_arrays_never_share_a_table(place: &Place) {
    let list = r#"{"type":"array","items":{"type":"integer"}}"#;
    let object = r#"{"type":"object","properties":{"a":{"type":"array","items":{"type":"integer"}}}}"#;
    let schema = || schema("s", &["id"], &[("id", INTEGER), ("o", object), ("o__a", list)]);
    for sequence in 1..3 {
        let record = r#"{"id":1,"o":{"a":[1]},"o__a":[2,3]}"#;
        place.load(SUBTABLES, &(schema() + &sequenced("s", sequence, record))).ok();
        assert_eq!(place.rows("s__o__a", &["value"]), ["1"]);
    }
}

fn overwriting_replaces_the_arrays_tables_too(place: &Place) {
    let settings = r#"{"nested":"subtables","load_method":"overwrite"}"#;
    place
        .load(settings, &(orders() + &order(1, 7, r#"[{"n":1},{"n":2}]"#) + &order(1, 8, r#"[{"n":3}]"#)))
        .ok();
    assert_eq!(items(place).len(), 3);
    place.load(settings, &(orders() + &order(1, 9, r#"[{"n":4}]"#))).ok();
    assert_eq!(items(place), ["9 | 0 | NULL | 4 | 1"]);
    assert_eq!(place.rows("orders", &["id"]), ["9"]);
}

fn keep_and_subtables_do_not_go_together(place: &Place) {
    let settings = r#"{"nested":"subtables","missing_properties":"keep"}"#;
    let words = place.load(settings, &orders()).fails(Class::Usage);
    assert!(words.contains("missing_properties") && words.contains("subtables"), "{words}");
}
