//! What JSON Schemas of all dialects become, and what they let in.

use crate::support::messages::*;
use crate::support::place::{Place, everywhere};

everywhere! {
    references_are_followed_and_may_go_in_circles,
    parts_and_options_become_one_column,
    the_properties_of_options_are_columns,
    values_say_their_type_where_the_schema_does_not,
    what_says_nothing_is_json,
    bounds_are_those_of_every_draft,
    every_draft_is_taken_and_words_of_no_draft_are_passed_over,
    a_multiple_gives_the_scale_and_is_counted_exactly,
    decimals_come_as_numbers_and_as_text,
    bytes_come_in_base64_and_base16,
    a_stored_text_column_keeps_encoded_text_as_it_was_sent,
}

/// Loads each value of `values` in a row of its own, and holds it against what must be stored, or a word of why it must be refused.
#[track_caller]
pub(super) fn settled(place: &Place, ty: &str, values: &[(&str, Result<&str, &str>)]) {
    let whole = format!(r#"{{"properties":{{"id":{INTEGER},"value":{ty}}}}}"#);
    settled_by(place, &whole, values);
}

/// The same with the whole schema, which has the properties `id` and `value`.
#[track_caller]
fn settled_by(place: &Place, schema: &str, values: &[(&str, Result<&str, &str>)]) {
    let schema = format!(
        "{{\"type\":\"SCHEMA\",\"stream\":\"values\",\"schema\":{schema},\"key_properties\":[\"id\"]}}\n"
    );
    let record = |(id, (sent, _)): (usize, &(&str, Result<&str, &str>))| {
        sequenced("values", 1, &format!(r#"{{"id":{},"value":{sent}}}"#, 100 + id))
    };
    let input: String = values.iter().enumerate().map(record).collect();
    place.load(r#"{"on_invalid_record":"reject"}"#, &(schema + &input)).ok();
    let stored = place.find("values").map(|dump| dump.only(&["id", "value"])).unwrap_or_default();
    let rejects = place.rejects();
    for (id, (sent, expected)) in values.iter().enumerate() {
        let start = format!("{} | ", 100 + id);
        let found = stored.iter().find_map(|row| row.strip_prefix(&start));
        let refused =
            rejects.iter().find(|reject| reject.line == id as u64 + 2).map(|reject| reject.reason.as_str());
        match expected {
            Ok(expected) => assert_eq!((found, refused), (Some(*expected), None), "sent was {sent}"),
            Err(word) => {
                let refused = refused.unwrap_or_else(|| panic!("{sent} was taken: {found:?}"));
                assert!(refused.contains(word), "{sent}: {refused}");
                assert_eq!(found, None);
            }
        }
    }
    assert_eq!(stored.len() + rejects.len(), values.len());
}

/// Several schemas one after the other; memory has a fresh place for each.
fn each<'a>(
    place: &Place,
    cases: impl IntoIterator<Item = (&'a str, Vec<(&'a str, Result<&'a str, &'a str>)>)>,
) {
    for (ty, values) in cases {
        match place {
            Place::Memory(_) => settled(&Place::memory(), ty, &values),
            place => {
                settled(place, ty, &values);
                again(place);
            }
        }
    }
}

/// Makes room for the next table of that name.
fn again(place: &Place) {
    place.execute(r#"drop table "values"; delete from _sdc_tables; delete from _sdc_rejected"#);
}

fn references_are_followed_and_may_go_in_circles(place: &Place) {
    let schema = format!(
        r##"{{"properties":{{"id":{INTEGER},"value":{{"$ref":"#/$defs/node"}}}},
        "$defs":{{"node":{{"type":["object","null"],"properties":{{"day":{{"$ref":"#/definitions/day"}},"next":{{"$ref":"#/$defs/node"}}}}}}}},
        "definitions":{{"day":{{"type":"string","format":"date"}}}}}}"##
    )
    .replace('\n', "");
    // Deeper than the schema is read: the validator sees it.
    let deep = format!("{}7{}", r#"{"next":"#.repeat(9), "}".repeat(9));
    settled_by(
        place,
        &schema,
        &[
            (
                r#"{"day":"2024-01-01","next":{"next":{"next":null}}}"#,
                Ok(r#"{"day":"2024-01-01","next":{"next":{"next":null}}}"#),
            ),
            (r#"{"next":{"next":{"day":5}}}"#, Err("string")),
            (&deep, Err("object")),
            ("null", Ok("NULL")),
        ],
    );
}

fn parts_and_options_become_one_column(place: &Place) {
    each(
        place,
        [
            (
                r#"{"allOf":[{"type":["null","string"]},{"format":"date"},{"maxLength":10}]}"#,
                vec![
                    (r#""2024-02-29""#, Ok("2024-02-29")),
                    (r#""2023-02-29""#, Err("expected a date")),
                    (r#""2024-02-29T00:00:00""#, Err("maxLength")),
                    ("null", Ok("NULL")),
                ],
            ),
            (
                r#"{"oneOf":[{"type":"integer","minimum":10},{"type":"integer","maximum":20},{"type":"null"}]}"#,
                vec![("5", Ok("5")), ("25", Ok("25")), ("15", Err("")), ("null", Ok("NULL"))],
            ),
            (
                r#"{"anyOf":[{"type":"integer"},{"type":"string","format":"date"},{"type":"null"}]}"#,
                vec![("5", Ok(r#""5""#)), (r#""2024-02-29""#, Ok(r#""2024-02-29""#)), ("[]", Err(""))],
            ),
            (
                r#"{"type":["integer","string","boolean","null"]}"#,
                vec![
                    ("1.0", Ok(r#""1.0""#)),
                    ("1.5", Err("found number")),
                    ("true", Ok(r#""true""#)),
                    ("{}", Err("found object")),
                ],
            ),
        ],
    );
}

fn the_properties_of_options_are_columns(place: &Place) {
    let schema = format!(
        r#"{{"properties":{{"id":{INTEGER}}},"anyOf":[{{"properties":{{"value":{INTEGER}}}}},{{"properties":{{"value":{TEXT}}}}}]}}"#
    );
    settled_by(
        place,
        &schema,
        &[("5", Ok(r#""5""#)), (r#""x""#, Ok(r#""x""#)), ("true", Err("found boolean"))],
    );
}

fn values_say_their_type_where_the_schema_does_not(place: &Place) {
    each(
        place,
        [
            (
                r#"{"enum":[1,2,null]}"#,
                vec![("1", Ok("1")), ("2.0", Ok("2")), ("3", Err("")), ("null", Ok("NULL"))],
            ),
            (r#"{"enum":["a",1]}"#, vec![(r#""a""#, Ok(r#""a""#)), ("1", Ok(r#""1""#)), (r#""1""#, Err(""))]),
            (r#"{"const":true}"#, vec![("true", Ok("true")), ("false", Err(""))]),
            (r#"{"const":{"a":1}}"#, vec![(r#"{"a":1}"#, Ok(r#"{"a":1}"#)), (r#"{"a":2}"#, Err(""))]),
        ],
    );
}

fn what_says_nothing_is_json(place: &Place) {
    for ty in ["true", "{}", r#"{"additionalProperties":true,"description":"anything"}"#] {
        each(
            place,
            [(
                ty,
                vec![
                    (r#""1""#, Ok(r#""1""#)),
                    ("1", Ok("1")),
                    (r#"{"a":[1]}"#, Ok(r#"{"a":[1]}"#)),
                    ("null", Ok("NULL")),
                ],
            )],
        );
    }
}

fn bounds_are_those_of_every_draft(place: &Place) {
    for ty in [
        r#"{"type":"integer","minimum":0,"exclusiveMinimum":true,"maximum":10,"exclusiveMaximum":false}"#,
        r#"{"type":"integer","exclusiveMinimum":0,"maximum":10}"#,
        r#"{"type":"integer","minimum":0,"exclusiveMinimum":true,"maximum":10,"enum":[-1,0,1,10,11]}"#,
    ] {
        each(
            place,
            [(
                ty,
                vec![
                    ("0", Err("below the minimum")),
                    ("1", Ok("1")),
                    ("10", Ok("10")),
                    ("11", Err("above the maximum")),
                ],
            )],
        );
    }
}

fn every_draft_is_taken_and_words_of_no_draft_are_passed_over(place: &Place) {
    for draft in [
        "http://json-schema.org/draft-03/schema#",
        "http://json-schema.org/draft-04/schema#",
        "http://json-schema.org/draft-06/schema#",
        "http://json-schema.org/draft-07/schema#",
        "https://json-schema.org/draft/2019-09/schema",
        "https://json-schema.org/draft/2020-12/schema",
        "https://example.com/own",
    ] {
        let value = r#"{"type":["null","string"],"format":"date-time","pattern":"^2","required":false,"inclusion":"available","selected":true,"metadata":[{"a":1}]}"#;
        let schema = format!(
            r#"{{"$schema":"{draft}","type":"object","properties":{{"id":{INTEGER},"value":{value}}}}}"#
        );
        let values = [
            (r#""2024-01-01 00:00:00""#, Ok("2024-01-01T00:00:00.000000Z")),
            (r#""1024-01-01 00:00:00""#, Err("")),
            (r#""2 o'clock""#, Err("expected a timestamp")),
        ];
        match place {
            Place::Memory(_) => settled_by(&Place::memory(), &schema, &values),
            place => {
                settled_by(place, &schema, &values);
                again(place);
            }
        }
    }
}

fn a_multiple_gives_the_scale_and_is_counted_exactly(place: &Place) {
    each(
        place,
        [
            (
                r#"{"type":["null","number"],"multipleOf":0.01}"#,
                vec![
                    ("19.99", Ok("19.99")),
                    ("4.35", Ok("4.35")),
                    ("1.1", Ok("1.1")),
                    ("123456789012345678901234567890.07", Ok("123456789012345678901234567890.07")),
                    ("0.001", Err("multipleOf")),
                    ("0.010000000000000000001", Err("multipleOf")),
                    ("null", Ok("NULL")),
                ],
            ),
            (
                r#"{"type":"number","multipleOf":1e-20}"#,
                vec![
                    ("0.12345678901234567891", Ok("0.12345678901234567891")),
                    (
                        "-123456789012345678.00000000000000000001",
                        Ok("-123456789012345678.00000000000000000001"),
                    ),
                    ("0.123456789012345678912", Err("multipleOf")),
                ],
            ),
            (
                r#"{"type":"integer","multipleOf":3}"#,
                vec![("9007199254740993", Ok("9007199254740993")), ("9007199254740994", Err("multipleOf"))],
            ),
            (
                r#"{"type":"array","items":{"type":"number","multipleOf":0.01}}"#,
                vec![("[0.07,19.99]", Ok("[0.07,19.99]")), ("[0.071]", Err("multipleOf"))],
            ),
        ],
    );
}

fn decimals_come_as_numbers_and_as_text(place: &Place) {
    let long = "123456789012345678.12345678901234567891";
    let quoted = text(long);
    for ty in [
        r#"{"type":["null","number","string"],"format":"singer.decimal","additionalProperties":{"scale_precision":"(38,20)"}}"#,
        r#"{"type":["null","number","string"],"format":"x-singer.decimal","precision":38,"scale":20}"#,
        r#"{"type":["null","number","string"],"x-singer.decimal":{"precision":38,"scale":20}}"#,
    ] {
        each(
            place,
            [(
                ty,
                vec![
                    (quoted.as_str(), Ok(long)),
                    (long, Ok(long)),
                    (r#""1E+2""#, Ok("100")),
                    (r#""-0.50""#, Ok("-0.5")),
                    ("7", Ok("7")),
                    ("null", Ok("NULL")),
                    (r#""""#, Err("expected a decimal(38,20)")),
                    (r#""seven""#, Err("expected a decimal(38,20)")),
                    (r#""NaN""#, Err("NaN or infinity")),
                    ("true", Err("found boolean")),
                ],
            )],
        );
    }
}

fn bytes_come_in_base64_and_base16(place: &Place) {
    each(
        place,
        [
            (
                r#"{"type":["null","string"],"contentEncoding":"base64"}"#,
                vec![
                    (r#""AP9hYmM=""#, Ok("00ff616263")),
                    (r#""AP9hYmM""#, Ok("00ff616263")),
                    (r#""_-8=""#, Ok("ffef")),
                    (r#""/+8=""#, Ok("ffef")),
                    (r#""""#, Ok("")),
                    ("null", Ok("NULL")),
                    (r#""AP9hYmM==""#, Err("expected text in base64")),
                    (r#""not base64""#, Err("expected text in base64")),
                ],
            ),
            (
                r#"{"type":["null","string"],"contentEncoding":"base16"}"#,
                vec![
                    (r#""00fF""#, Ok("00ff")),
                    (r#""""#, Ok("")),
                    (r#""0""#, Err("expected text in base16")),
                    (r#""0x00""#, Err("expected text in base16")),
                ],
            ),
        ],
    );
}

fn a_stored_text_column_keeps_encoded_text_as_it_was_sent(place: &Place) {
    let load = |ty: &str, record: &str| {
        let input =
            schema("files", &["id"], &[("id", INTEGER), ("value", ty)]) + &sequenced("files", 1, record);
        place.load("{}", &input).ok();
    };
    load(TEXT, r#"{"id":1,"value":"plain"}"#);
    load(r#"{"type":"string","contentEncoding":"base64"}"#, r#"{"id":2,"value":"AP9hYmM="}"#);
    load(r#"{"type":"string","format":"singer.decimal"}"#, r#"{"id":3,"value":"1.50"}"#);
    assert_eq!(
        place.rows("files", &["id", "value"]),
        [r#"1 | "plain""#, r#"2 | "AP9hYmM=""#, r#"3 | "1.50""#]
    );
}
