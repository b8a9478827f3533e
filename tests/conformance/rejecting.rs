//! Records that cannot be loaded: a failure that says where and why, or a row in `_sdc_rejected`. Never silence.

use target::error::Class;

use crate::support::messages::*;
use crate::support::place::{Place, everywhere, in_databases};

everywhere! {
    an_invalid_record_stops_the_load_and_what_came_before_is_in,
    a_rejected_record_is_kept_with_its_line_and_reason,
    good_rows_of_any_batch_size_are_in_beside_rejected_ones,
    every_reason_to_refuse_a_record_rejects_it,
    a_refused_record_leaves_nothing_in_any_column,
    no_message_holds_a_value_of_the_record,
    past_max_rejects_the_run_fails,
    fail_on_rejects_says_so_with_everything_loaded,
    without_validation_only_what_cannot_be_stored_is_refused,
    a_line_that_is_no_message_is_an_error_with_its_number,
    blank_lines_and_the_case_of_types_do_not_matter,
    a_stream_s_schema_must_be_an_object_s,
}

in_databases! {
    a_reject_knows_its_load_and_time,
}

const REJECT: &str = r#"{"on_invalid_record":"reject"}"#;

fn ages() -> String {
    schema("ages", &["id"], &[("id", INTEGER), ("age", INTEGER)])
}

fn age(sequence: i64, id: i64, age: &str) -> String {
    sequenced("ages", sequence, &format!(r#"{{"id":{id},"age":{age}}}"#))
}

fn an_invalid_record_stops_the_load_and_what_came_before_is_in(place: &Place) {
    let input =
        [ages(), age(1, 1, "10"), state("1"), age(1, 2, r#""old""#), age(1, 3, "30"), state("2")].concat();
    let loaded = place.load("{}", &input);
    let words = loaded.fails(Class::Input);
    let expected = ["line 4", "ages", "\"age\"", "integer", "string"];
    assert!(expected.iter().all(|word| words.contains(word)), "{words}");
    assert_eq!(place.rows("ages", &["id", "age"]), ["1 | 10"]);
    assert_eq!(loaded.bookmarks, ["1"]);
    assert!(place.rejects().is_empty());
}

fn a_rejected_record_is_kept_with_its_line_and_reason(place: &Place) {
    let record = r#"{"id" : 2, "age":"old", "more":["\u00e9"]}"#;
    let input =
        [ages(), age(1, 1, "10"), sequenced("ages", 77, record), age(1, 3, "30"), state("2")].concat();
    let loaded = place.load(REJECT, &input).ok();
    assert_eq!(place.rows("ages", &["id", "age"]), ["1 | 10", "3 | 30"]);
    let rejects = place.rejects();
    assert_eq!(rejects.len(), 1);
    let reject = &rejects[0];
    assert_eq!((reject.table.as_str(), reject.line, reject.sequence), ("ages", 3, Some(77)));
    assert_eq!(reject.record, record, "as it was sent");
    assert!(reject.reason.contains("\"age\"") && reject.reason.contains("integer"), "{}", reject.reason);
    let counts = loaded.counts("ages");
    assert_eq!((counts.received, counts.inserted, counts.rejected), (3, 2, 1));
    assert_eq!(loaded.bookmarks, ["2"]);
    assert!(loaded.report.contains("1 record was rejected"), "{}", loaded.report);
}

fn good_rows_of_any_batch_size_are_in_beside_rejected_ones(place: &Place) {
    let record = |id: i64| age(1, id, if id % 3 == 0 { "false" } else { "1" });
    let input = ages() + &(1..=9).map(record).collect::<String>();
    for rows in [1, 2, 4] {
        let settings = format!(r#"{{"on_invalid_record":"reject","batch_size_rows":{rows}}}"#);
        let counts = place.load(&settings, &input).ok().counts("ages");
        assert_eq!((counts.received, counts.rejected), (9, 3));
        assert_eq!(place.rows("ages", &["id"]), ["1", "2", "4", "5", "7", "8"]);
    }
    let lines: Vec<u64> = place.rejects().iter().map(|reject| reject.line).collect();
    let mut expected = [4, 7, 10].repeat(3);
    expected.sort_unstable();
    let mut sorted = lines;
    sorted.sort_unstable();
    assert_eq!(sorted, expected);
}

fn every_reason_to_refuse_a_record_rejects_it(place: &Place) {
    let code = r#"{"type":["null","string"],"pattern":"^[a-z]+$"}"#;
    let kind = r#"{"type":"string","enum":["a","b"]}"#;
    let list = r#"{"type":["null","array"],"items":{"type":"integer"}}"#;
    let small = r#"{"type":["null","integer"],"maximum":10}"#;
    let properties = [
        ("id", INTEGER),
        ("boolean", BOOLEAN),
        ("text", TEXT),
        ("number", NUMBER),
        ("date", DATE),
        ("time", TIME),
        ("at", TIMESTAMP),
        ("uuid", UUID),
        ("code", code),
        ("kind", kind),
        ("list", list),
        ("small", small),
        ("must", r#"{"type":"string"}"#),
    ];
    let schema = schema("all", &["id"], &properties).replacen(
        "\"type\":\"object\"",
        "\"type\":\"object\",\"required\":[\"must\"]",
        1,
    );
    let members = [
        r#""boolean":1"#,
        r#""boolean":"true""#,
        r#""text":7"#,
        r#""text":{}"#,
        r#""number":"1""#,
        r#""id":9223372036854775808"#,
        r#""id":1.5"#,
        r#""id":"1""#,
        r#""id":null"#,
        r#""date":"2023-02-29""#,
        r#""date":"today""#,
        r#""date":"0000-01-01""#,
        r#""time":"24:00:00""#,
        r#""at":"2024-01-01T25:00:00Z""#,
        r#""at":"2024-13-01T00:00:00Z""#,
        r#""at":"2024-01-01T00:00:00.0000001Z""#,
        r#""at":1704067200"#,
        r#""uuid":"not one""#,
        r#""code":"A""#,
        r#""kind":"c""#,
        r#""kind":null"#,
        r#""list":["a"]"#,
        r#""list":{}"#,
        r#""small":11"#,
        r#""must":null"#,
        r#""must":1"#,
    ];
    // A later member takes the place of an earlier one.
    let mut input = schema;
    for member in members {
        input += &sequenced("all", 1, &format!(r#"{{"id":1,"must":"x","kind":"a",{member}}}"#));
    }
    input += &sequenced("all", 1, r#"{"id":1,"kind":"a"}"#);
    input += &sequenced("all", 1, "{}");
    input += &record("all", r#"{"id":1,"must":"x","kind":"a"}"#);
    input += &record_with("all", r#"{"id":1,"must":"x","kind":"a"}"#, r#","sequence":1.5"#);
    input +=
        &record_with("all", r#"{"id":1,"must":"x","kind":"a"}"#, r#","sequence":1,"time_extracted":"now""#);
    input += &sequenced("all", 1, r#"{"id":2,"must":"x","kind":"a"}"#);
    let bad = members.len() as u64 + 5;
    let counts =
        place.load(r#"{"on_invalid_record":"reject","sequence":"message"}"#, &input).ok().counts("all");
    assert_eq!(place.rows("all", &["id", "must"]), [r#"2 | "x""#], "{:#?}", place.rejects());
    assert_eq!((counts.received, counts.inserted, counts.rejected), (bad + 1, 1, bad));
    assert!(place.rejects().iter().all(|reject| !reject.reason.is_empty()));
}

fn a_refused_record_leaves_nothing_in_any_column(place: &Place) {
    let wide = schema("wide", &["id"], &[("id", INTEGER), ("a", TEXT), ("b", ANYTHING), ("c", INTEGER)]);
    let row = |id: i64, c: &str| {
        sequenced("wide", 1, &format!(r#"{{"a":"a{id}","b":{{"n":{id}}},"id":{id},"c":{c}}}"#))
    };
    let bad = row(2, "true")
        + &sequenced("wide", 1, r#"{"a":"x","c":true}"#)
        + &sequenced("wide", 1, r#"{"a":"x"}"#);
    let input =
        [wide, row(1, "1"), bad.clone(), row(3, "3"), sequenced("wide", 1, r#"{"id":4}"#), bad].concat();
    place.load(REJECT, &input).ok();
    let expected = [r#"1 | "a1" | {"n":1} | 1"#, r#"3 | "a3" | {"n":3} | 3"#, "4 | NULL | NULL | NULL"];
    assert_eq!(place.rows("wide", &["id", "a", "b", "c"]), expected);
    assert_eq!(place.rejects().len(), 6);
}

fn no_message_holds_a_value_of_the_record(place: &Place) {
    let properties = [
        ("id", INTEGER),
        ("at", TIMESTAMP),
        ("pick", r#"{"type":"string","enum":["a"]}"#),
        ("short", r#"{"type":"string","maxLength":3}"#),
        ("form", r#"{"type":"string","pattern":"^a$"}"#),
    ];
    let schema = schema("people", &["id"], &properties);
    for member in [
        r#""id":"s3cret""#,
        r#""at":"s3cret""#,
        r#""pick":"s3cret""#,
        r#""short":"s3cret""#,
        r#""form":"s3cret""#,
    ] {
        let input = schema.clone() + &sequenced("people", 1, &format!(r#"{{"id":1,{member}}}"#));
        let loaded = place.load("{}", &input);
        let words = loaded.fails(Class::Input);
        assert!(!words.contains("s3cret") && !loaded.report.contains("s3cret"), "{words}");
        let loaded = place.load(REJECT, &input).ok();
        assert!(!loaded.report.contains("s3cret"), "{}", loaded.report);
    }
    let rejects = place.rejects();
    assert_eq!(rejects.len(), 5);
    assert!(
        rejects.iter().all(|reject| !reject.reason.contains("s3cret") && reject.record.contains("s3cret"))
    );
}

fn past_max_rejects_the_run_fails(place: &Place) {
    let settings = r#"{"on_invalid_record":"reject","max_rejects":2}"#;
    let input = [ages(), age(1, 1, "1"), age(1, 2, "true"), age(1, 3, "true"), state("1")].concat();
    place.load(settings, &input).ok();
    let more = input.clone() + &age(1, 4, "true") + &age(1, 5, "5") + &state("2");
    let loaded = place.load(settings, &more);
    let words = loaded.fails(Class::Input);
    assert!(words.contains("line 6") && words.contains('2'), "{words}");
    assert_eq!(place.rows("ages", &["id"]), ["1"]);
    assert_eq!(place.rejects().len(), 5, "nothing is dropped without a row there");
    assert!(!loaded.bookmarks.contains(&"2".to_owned()));
}

fn fail_on_rejects_says_so_with_everything_loaded(place: &Place) {
    let settings = r#"{"on_invalid_record":"reject","fail_on_rejects":true}"#;
    let input = [ages(), age(1, 1, "true"), age(1, 2, "2"), state("1")].concat();
    let loaded = place.load(settings, &input);
    assert!(loaded.fails(Class::Partial).contains("1 record was rejected"));
    assert_eq!(place.rows("ages", &["id"]), ["2"]);
    assert_eq!(loaded.bookmarks, ["1"]);
    place.load(settings, &[ages(), age(1, 3, "3")].concat()).ok();
}

fn without_validation_only_what_cannot_be_stored_is_refused(place: &Place) {
    let properties = [("id", INTEGER), ("kind", r#"{"type":"string","enum":["a"]}"#), ("age", INTEGER)];
    let things = schema("things", &["id"], &properties);
    let records = [
        sequenced("things", 1, r#"{"id":1,"kind":"zzz"}"#),
        sequenced("things", 1, r#"{"id":2,"kind":null}"#),
        sequenced("things", 1, r#"{"id":3,"age":"x"}"#),
        sequenced("things", 1, r#"{"age":3}"#),
    ];
    let settings = r#"{"on_invalid_record":"reject","validate_records":false}"#;
    place.load(settings, &(things + &records.concat())).ok();
    assert_eq!(place.rows("things", &["id", "kind"]), [r#"1 | "zzz""#, "2 | NULL"]);
    assert_eq!(place.rejects().len(), 2);
}

fn a_line_that_is_no_message_is_an_error_with_its_number(place: &Place) {
    let good = ages() + &age(1, 1, "1") + &state("1");
    for line in [
        "not json\n",
        "{\"type\":\"RECORD\",\n",
        "[]\n",
        "{}\n",
        r#"{"type":"GREETING"}"#,
        r#"{"type":"RECORD","stream":"ages"}"#,
        r#"{"type":"RECORD","stream":"nobody","record":{"id":1}}"#,
        r#"{"type":"RECORD","stream":"ages","record":[1]}"#,
        r#"{"type":"SCHEMA","stream":"ages","schema":7,"key_properties":["id"]}"#,
        r#"{"type":"STATE"}"#,
        r#"{"type":"RECORD","stream":"ages","record":{"id":2,"age":2}} trailing"#,
    ] {
        let loaded = place.load(REJECT, &(good.clone() + line));
        let words = loaded.fails(Class::Input);
        assert!(words.contains("line 4"), "{line}: {words}");
        assert_eq!(loaded.bookmarks, ["1"], "{line}: what came before is in");
    }
    assert_eq!(place.rows("ages", &["id"]), ["1"]);
    assert!(place.rejects().is_empty());
}

fn blank_lines_and_the_case_of_types_do_not_matter(place: &Place) {
    let input = format!(
        "\n{}  \r\n{}\n\n{}",
        ages().replace("\"SCHEMA\"", "\"Schema\""),
        age(1, 1, "1").replace("\"RECORD\"", "\"record\"").replace('\n', "\r\n"),
        state("1").replace("\"STATE\"", "\"sTATE\"").trim_end()
    );
    let loaded = place.load("{}", &input).ok();
    assert_eq!(place.rows("ages", &["id"]), ["1"]);
    assert_eq!(loaded.bookmarks, ["1"], "though the last line has no end");
}

fn a_stream_s_schema_must_be_an_object_s(place: &Place) {
    for schema in [r#"{"type":"string"}"#, r#"{"type":"object","properties":[1]}"#] {
        let input =
            format!("{{\"type\":\"SCHEMA\",\"stream\":\"s\",\"schema\":{schema},\"key_properties\":[]}}\n");
        let words = place.load("{}", &input).fails(Class::Input);
        assert!(words.contains("line 1"), "{words}");
    }
    assert!(place.find("s").is_none());
}

fn a_reject_knows_its_load_and_time(place: &Place) {
    place.load(REJECT, &(ages() + &age(1, 1, "true"))).ok();
    let rejected = place.dump("_sdc_rejected");
    let loads = place.dump("_sdc_loads");
    assert_eq!(rejected.only(&["load_id"]), loads.only(&["load_id"]));
    assert!(rejected.only(&["_sdc_rejected_at"])[0].starts_with("20"));
    assert_eq!(loads.only(&["received", "rejected", "inserted"]), ["1 | 1 | 0"]);
}
