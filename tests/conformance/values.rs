//! What is stored is what was sent: each value is written, read back from the database, and held against an expectation by hand.

use crate::support::messages::*;
use crate::support::place::{Place, everywhere, in_databases};

everywhere! {
    whole_numbers_keep_every_digit,
    numbers_keep_every_digit,
    booleans_are_kept,
    dates_are_kept_from_year_1_to_9999,
    times_of_day_are_kept_to_the_microsecond,
    instants_are_kept_in_utc_whatever_their_offset,
    texts_are_kept_as_they_are,
    uuids_are_kept,
    json_of_any_kind_is_kept,
    deep_json_is_kept,
    a_property_of_several_types_is_kept,
    an_empty_text_is_not_null,
    a_missing_property_is_null,
    a_nul_in_text_is_kept_or_refused,
    a_property_that_stands_twice_has_its_last_value,
    long_values_are_kept,
}

in_databases! {
    numbers_inside_json_keep_their_digits,
}

/// Loads each value in a row of its own; what is stored must be as given, in the order of the values.
#[track_caller]
fn kept(place: &Place, ty: &str, values: &[(&str, &str)]) {
    let record = |(id, (sent, _)): (usize, &(&str, &str))| {
        sequenced("values", 1, &format!(r#"{{"id":{},"value":{sent}}}"#, 100 + id))
    };
    let input: String = values.iter().enumerate().map(record).collect();
    let values_schema = schema("values", &["id"], &[("id", INTEGER), ("value", ty)]);
    place.load("{}", &(values_schema + &input)).ok();
    let stored = place.rows("values", &["id", "value"]);
    for ((id, (sent, expected)), stored) in values.iter().enumerate().zip(&stored) {
        assert_eq!(*stored, format!("{} | {expected}", 100 + id), "sent was {sent}");
    }
    assert_eq!(stored.len(), values.len());
}

fn whole_numbers_keep_every_digit(place: &Place) {
    let values = [
        ("9223372036854775807", "9223372036854775807"),
        ("-9223372036854775808", "-9223372036854775808"),
        ("9007199254740993", "9007199254740993"),
        ("0", "0"),
        ("-0", "0"),
        ("1.0", "1"),
        ("1e3", "1000"),
        ("-1.5E1", "-15"),
        ("1000e-3", "1"),
        ("null", "NULL"),
    ];
    kept(place, INTEGER, &values);
}

fn numbers_keep_every_digit(place: &Place) {
    let tiny = format!("0.{}5", "0".repeat(323));
    let huge = format!("17976931348623157{}", "0".repeat(292));
    let values = [
        ("0.1", "0.1"),
        ("-0.30000000000000004", "-0.30000000000000004"),
        ("1.50", "1.5"),
        ("100", "100"),
        ("-0.0", "0"),
        ("1e-7", "0.0000001"),
        ("1E+2", "100"),
        ("123456789.123456", "123456789.123456"),
        ("9007199254740992", "9007199254740992"),
        ("1e22", "10000000000000000000000"),
        ("5e-324", &tiny),
        ("1.7976931348623157e308", &huge),
        ("null", "NULL"),
    ];
    kept(place, NUMBER, &values);
    // More digits than a double has.
    let long = [
        ("12345678901234567890.5", "12345678901234567890.5"),
        ("0.1000000000000000055511151231257827", "0.1000000000000000055511151231257827"),
        ("9007199254740993", "9007199254740993"),
        ("1e400", &format!("1{}", "0".repeat(400))),
        ("-1e-400", &format!("-0.{}1", "0".repeat(399))),
    ];
    for (number, (sent, expected)) in long.into_iter().enumerate() {
        let input = schema("long", &["id"], &[("id", INTEGER), ("value", NUMBER)])
            + &sequenced("long", 1, &format!(r#"{{"id":{number},"value":{sent}}}"#));
        place.load("{}", &input).ok();
        let rows = place.rows("long", &["value"]);
        // Where no type of DuckDB's holds them all, the column becomes text.
        let there = |row: &String| row.trim_matches('"') == expected || row.trim_matches('"') == sent;
        assert!(rows.iter().any(there), "{sent}: {rows:?}");
    }
}

fn booleans_are_kept(place: &Place) {
    kept(place, BOOLEAN, &[("true", "true"), ("false", "false"), ("null", "NULL")]);
}

fn dates_are_kept_from_year_1_to_9999(place: &Place) {
    let values = [
        (r#""0001-01-01""#, "0001-01-01"),
        (r#""1582-10-10""#, "1582-10-10"),
        (r#""1969-12-31""#, "1969-12-31"),
        (r#""1970-01-01""#, "1970-01-01"),
        (r#""2000-02-29""#, "2000-02-29"),
        (r#""9999-12-31""#, "9999-12-31"),
        (r#""2024-05-06T00:00:00Z""#, "2024-05-06"),
        ("null", "NULL"),
    ];
    kept(place, DATE, &values);
}

fn times_of_day_are_kept_to_the_microsecond(place: &Place) {
    let values = [
        (r#""00:00:00""#, "00:00:00"),
        (r#""23:59:59.999999""#, "23:59:59.999999"),
        (r#""12:34:56.250""#, "12:34:56.25"),
        (r#""12:34:56Z""#, "12:34:56"),
        (r#""00:00:00.000001""#, "00:00:00.000001"),
        ("null", "NULL"),
    ];
    kept(place, TIME, &values);
}

fn instants_are_kept_in_utc_whatever_their_offset(place: &Place) {
    let values = [
        (r#""0001-01-01T00:00:00Z""#, "0001-01-01T00:00:00.000000Z"),
        (r#""9999-12-31T23:59:59.999999Z""#, "9999-12-31T23:59:59.999999Z"),
        (r#""1969-12-31T23:59:59.999999Z""#, "1969-12-31T23:59:59.999999Z"),
        (r#""2024-02-29T12:00:00+02:00""#, "2024-02-29T10:00:00.000000Z"),
        (r#""2024-02-29T12:00:00+0000""#, "2024-02-29T12:00:00.000000Z"),
        (r#""2024-02-29T12:00:00-0530""#, "2024-02-29T17:30:00.000000Z"),
        (r#""2024-02-29T12:00:00+14""#, "2024-02-28T22:00:00.000000Z"),
        (r#""2024-02-29 12:00:00""#, "2024-02-29T12:00:00.000000Z"),
        (r#""2024-02-29t12:00:00z""#, "2024-02-29T12:00:00.000000Z"),
        (r#""2024-02-29T12:00:00.5Z""#, "2024-02-29T12:00:00.500000Z"),
        (r#""2024-02-29T12:00:00.123456000Z""#, "2024-02-29T12:00:00.123456Z"),
        (r#""2024-02-29T12:00Z""#, "2024-02-29T12:00:00.000000Z"),
        (r#""2024-02-29""#, "2024-02-29T00:00:00.000000Z"),
        ("null", "NULL"),
    ];
    kept(place, TIMESTAMP, &values);
}

fn texts_are_kept_as_they_are(place: &Place) {
    let values = [
        r#""""#,
        r#"" ""#,
        r#""NULL""#,
        r#""null""#,
        r#""\\N""#,
        r#""a\nb\r\n\tc""#,
        r#""it's \"quoted\" \\ here""#,
        r#""'; drop table values; --""#,
        r#""日本語 ✓ 🦀 e\u0301 \u00e9""#,
        r#""\ud83e\udd80""#,
        r#""\u0001\u001f\u007f\ufffd\uffff""#,
        r#""{\"a\": 1}""#,
        r#"" leading and trailing ""#,
    ];
    // What a text is as JSON is another reader's business.
    let expected: Vec<String> =
        values.iter().map(|sent| text(&serde_json::from_str::<String>(sent).unwrap())).collect();
    let values: Vec<(&str, &str)> = values.into_iter().zip(expected.iter().map(String::as_str)).collect();
    kept(place, TEXT, &values);
}

fn uuids_are_kept(place: &Place) {
    let values = [
        (r#""00000000-0000-0000-0000-000000000000""#, "00000000-0000-0000-0000-000000000000"),
        (r#""FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF""#, "ffffffff-ffff-ffff-ffff-ffffffffffff"),
        (r#""80000000-0000-4000-8000-000000000001""#, "80000000-0000-4000-8000-000000000001"),
        ("null", "NULL"),
    ];
    kept(place, UUID, &values);
}

fn json_of_any_kind_is_kept(place: &Place) {
    let values = [
        (
            r#"{"b": 1, "a": [1, 2.50, null, true, "x"], "c": {}}"#,
            r#"{"a":[1,2.5,null,true,"x"],"b":1,"c":{}}"#,
        ),
        ("[]", "[]"),
        ("[[[]]]", "[[[]]]"),
        (r#""text""#, r#""text""#),
        (r#""""#, r#""""#),
        ("7", "7"),
        ("-1.5e-3", "-0.0015"),
        ("true", "true"),
        ("null", "NULL"),
        (r#"{"é 🦀": "\ud83e\udd80 \" \\ \n"}"#, r#"{"é 🦀":"🦀 \" \\ \n"}"#),
        ("[9007199254740993, 18446744073709551615]", "[9007199254740993,18446744073709551615]"),
    ];
    kept(place, ANYTHING, &values);
}

fn deep_json_is_kept(place: &Place) {
    for depth in [200, 1000] {
        let deep = format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        let objects = format!("{}1{}", r#"{"a":"#.repeat(depth), "}".repeat(depth));
        let input = schema("deep", &["id"], &[("id", INTEGER), ("value", ANYTHING)])
            + &sequenced("deep", 1, &format!(r#"{{"id":1,"value":{deep}}}"#))
            + &sequenced("deep", 1, &format!(r#"{{"id":2,"value":{objects}}}"#));
        place.load("{}", &input).ok();
        assert_eq!(place.rows("deep", &["value"]), [deep, objects]);
        place.execute("drop table deep");
        place.execute("delete from _sdc_tables");
        if let Place::Memory(_) = place {
            return;
        }
    }
}

fn a_property_of_several_types_is_kept(place: &Place) {
    let scalars = r#"{"type":["null","string","integer","boolean"]}"#;
    kept(place, scalars, &[(r#""a""#, r#""a""#), ("7", r#""7""#), ("true", r#""true""#), ("null", "NULL")]);
    let either = r#"{"anyOf":[{"type":"integer"},{"type":"object"},{"type":"null"}]}"#;
    let input = schema("either", &["id"], &[("id", INTEGER), ("value", either)])
        + &sequenced("either", 1, r#"{"id":1,"value":7}"#)
        + &sequenced("either", 1, r#"{"id":2,"value":{"a":1}}"#);
    place.load("{}", &input).ok();
    assert_eq!(place.rows("either", &["id", "value"]), ["1 | 7", r#"2 | {"a":1}"#]);
}

fn an_empty_text_is_not_null(place: &Place) {
    kept(place, TEXT, &[(r#""""#, r#""""#), ("null", "NULL")]);
    let input = schema("keys", &["k"], &[("k", TEXT)]) + &sequenced("keys", 1, r#"{"k":""}"#);
    place.load("{}", &input).ok();
    assert_eq!(place.rows("keys", &["k"]), [r#""""#]);
}

fn a_missing_property_is_null(place: &Place) {
    let types = [INTEGER, NUMBER, BOOLEAN, TEXT, DATE, TIME, TIMESTAMP, UUID, ANYTHING];
    let names: Vec<String> = (0..types.len()).map(|number| format!("p{number}")).collect();
    let properties: Vec<(&str, &str)> =
        [("id", INTEGER)].into_iter().chain(names.iter().map(String::as_str).zip(types)).collect();
    let input = schema("sparse", &["id"], &properties)
        + &sequenced("sparse", 1, r#"{"id":1}"#)
        + &sequenced("sparse", 1, r#"{"p0":1,"id":2}"#)
        + &sequenced("sparse", 1, r#"{"id":3}"#);
    place.load("{}", &input).ok();
    let columns: Vec<&str> = properties.iter().map(|(name, _)| *name).collect();
    let row = |id: &str, first: &str| format!("{id} | {first}{}", " | NULL".repeat(types.len() - 1));
    assert_eq!(place.rows("sparse", &columns), [row("1", "NULL"), row("2", "1"), row("3", "NULL")]);
}

fn a_nul_in_text_is_kept_or_refused(place: &Place) {
    let properties = [("id", INTEGER), ("text", TEXT), ("json", ANYTHING)];
    let input = schema("nuls", &["id"], &properties)
        + &sequenced("nuls", 1, r#"{"id":1,"text":"a\u0000b"}"#)
        + &sequenced("nuls", 1, r#"{"id":2,"json":{"a":"\u0000"}}"#)
        + &sequenced("nuls", 1, r#"{"id":3,"text":"fine","json":"fine"}"#);
    place.load(r#"{"on_invalid_record":"reject"}"#, &input).ok();
    let rows = place.rows("nuls", &["id", "text", "json"]);
    match place {
        Place::Postgres(_) | Place::DuckLake(..) => {
            assert_eq!(rows, [r#"3 | "fine" | "fine""#]);
            let rejects = place.rejects();
            assert_eq!(rejects.iter().map(|reject| reject.line).collect::<Vec<_>>(), [2, 3]);
            assert!(rejects.iter().all(|reject| reject.reason.contains("U+0000")));
            assert!(rejects[0].record.contains(r"a\u0000b"));
        }
        _ => assert_eq!(
            rows,
            [r#"1 | "a\u0000b" | NULL"#, r#"2 | NULL | {"a":"\u0000"}"#, r#"3 | "fine" | "fine""#]
        ),
    }
}

fn a_property_that_stands_twice_has_its_last_value(place: &Place) {
    let input = schema("twice", &["id"], &[("id", INTEGER), ("x", TEXT)])
        + &sequenced("twice", 1, r#"{"x":"a","id":1,"x":"b"}"#)
        + &sequenced("twice", 1, r#"{"id":8,"x":"a","id":2}"#);
    place.load("{}", &input).ok();
    assert_eq!(place.rows("twice", &["id", "x"]), [r#"1 | "b""#, r#"2 | "a""#]);
}

fn long_values_are_kept(place: &Place) {
    let long = "0123456789 é".repeat(100_000);
    let list = format!("[{}]", vec!["1234567"; 50_000].join(","));
    let input = schema("long", &["id"], &[("id", INTEGER), ("text", TEXT), ("json", ANYTHING)])
        + &sequenced("long", 1, &format!(r#"{{"id":1,"text":{},"json":{list}}}"#, text(&long)))
        + &sequenced("long", 1, r#"{"id":2,"text":"short"}"#);
    place.load("{}", &input).ok();
    let rows = place.rows("long", &["id", "text", "json"]);
    assert!(rows[0] == format!("1 | {} | {list}", text(&long)), "a long row is another");
    assert_eq!(rows[1], r#"2 | "short" | NULL"#);
}

fn numbers_inside_json_keep_their_digits(place: &Place) {
    let digits = "123456789012345678901234567890.123456789";
    let input = schema("json", &["id"], &[("id", INTEGER), ("value", ANYTHING)])
        + &sequenced("json", 1, &format!(r#"{{"id":1,"value":{{"n":[{digits},-1e-30]}}}}"#));
    place.load("{}", &input).ok();
    let small = format!("-0.{}1", "0".repeat(29));
    assert_eq!(place.rows("json", &["value"]), [format!(r#"{{"n":[{digits},{small}]}}"#)]);
}
