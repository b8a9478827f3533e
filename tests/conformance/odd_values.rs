//! Values out of the common: stored exactly, or refused by a rule that docs/types.md has.

use target::error::Class;

use super::schemas::settled;
use crate::support::messages::*;
use crate::support::place::{Place, everywhere, in_databases};

everywhere! {
    nan_and_infinity_are_stored_as_numbers,
    nan_and_infinity_are_refused_where_there_are_none,
    nan_and_infinity_are_words_in_text,
    a_record_with_nan_is_held_against_the_rest_of_its_schema,
    zeros_have_no_sign_and_whole_numbers_no_point,
    times_are_instants_or_refused,
    dates_are_days_or_refused,
    times_of_day_are_or_are_refused,
    half_a_surrogate_pair_is_refused_at_any_depth,
    odd_text_is_kept_to_the_character,
    of_a_property_that_stands_twice_the_last_counts_at_any_depth,
    a_record_of_fifty_megabytes_is_kept,
    two_thousand_columns_are_kept_or_refused_in_words,
}

in_databases! {
    numbers_with_many_zeros_are_kept,
}

fn nan_and_infinity_are_stored_as_numbers(place: &Place) {
    settled(
        place,
        NUMBER,
        &[
            ("NaN", Ok("NaN")),
            ("Infinity", Ok("Infinity")),
            ("-Infinity", Ok("-Infinity")),
            ("1.5", Ok("1.5")),
        ],
    );
}

fn nan_and_infinity_are_refused_where_there_are_none(place: &Place) {
    let properties = [
        ("id", INTEGER),
        ("whole", INTEGER),
        ("price", r#"{"type":["null","number"],"multipleOf":0.01}"#),
        ("any", ANYTHING),
        ("yes", BOOLEAN),
    ];
    let input = schema("odd", &["id"], &properties)
        + &sequenced("odd", 1, r#"{"id":1,"whole":NaN}"#)
        + &sequenced("odd", 1, r#"{"id":2,"price":-Infinity}"#)
        + &sequenced("odd", 1, r#"{"id":3,"any":{"deep":[Infinity]}}"#)
        + &sequenced("odd", 1, r#"{"id":4,"yes":NaN}"#)
        + &sequenced("odd", 1, r#"{"id":NaN}"#)
        + &sequenced("odd", 1, r#"{"id":6,"unknown":[NaN]}"#);
    place.load(r#"{"on_invalid_record":"reject"}"#, &input).ok();
    assert_eq!(place.rows("odd", &["id"]), ["6"]);
    let rejects = place.rejects();
    let reasons: Vec<&str> = rejects.iter().map(|reject| reject.reason.as_str()).collect();
    assert_eq!(
        reasons,
        [
            r#"property "whole": NaN or infinity, which integer does not have"#,
            r#"property "price": NaN or infinity, which decimal(38,2) does not have"#,
            r#"property "any": NaN or infinity, which json does not have"#,
            r#"property "yes": expected boolean or null, found number"#,
            r#"property "id": NaN or infinity, which integer does not have"#,
        ]
    );
    assert!(rejects[0].record.contains("NaN"), "a reject keeps the record as it was sent");
}

fn nan_and_infinity_are_words_in_text(place: &Place) {
    settled(
        place,
        r#"{"type":["number","string"]}"#,
        &[("NaN", Ok(r#""NaN""#)), ("-Infinity", Ok(r#""-Infinity""#))],
    );
}

fn a_record_with_nan_is_held_against_the_rest_of_its_schema(place: &Place) {
    let properties = [("id", r#"{"enum":[1,2]}"#), ("n", NUMBER)];
    let input = schema("odd", &["id"], &properties)
        + &sequenced("odd", 1, r#"{"id":1,"n":NaN}"#)
        + &sequenced("odd", 1, r#"{"id":3,"n":NaN}"#);
    place.load(r#"{"on_invalid_record":"reject"}"#, &input).ok();
    assert_eq!((place.rows("odd", &["id", "n"]), place.rejects().len()), (vec!["1 | NaN".to_owned()], 1));
}

fn zeros_have_no_sign_and_whole_numbers_no_point(place: &Place) {
    settled(
        place,
        INTEGER,
        &[
            ("-0", Ok("0")),
            ("-0.0", Ok("0")),
            ("0e99999999999999999999", Ok("0")),
            ("1.0", Ok("1")),
            ("1e3", Ok("1000")),
            ("1.5", Err("expected integer")),
            ("1e-1", Err("expected integer")),
            (r#""1""#, Err("found string")),
        ],
    );
}

/// The scale that would be shown is beyond what Postgres shows.
fn numbers_with_many_zeros_are_kept(place: &Place) {
    let zeros = format!("1.{}", "0".repeat(15_000));
    settled(
        place,
        NUMBER,
        &[
            ("0e-99999999999999999999", Ok("0")),
            ("0.000e-20000", Ok("0")),
            ("0e99999999999999999999", Ok("0")),
            (&zeros, Ok("1")),
            (&format!("{zeros}e-300"), Ok(&format!("0.{}1", "0".repeat(299)))),
        ],
    );
}

fn times_are_instants_or_refused(place: &Place) {
    settled(
        place,
        TIMESTAMP,
        &[
            (r#""2024-02-29T12:00:00+14:00""#, Ok("2024-02-28T22:00:00.000000Z")),
            (r#""2024-02-29T12:00:00-14:00""#, Ok("2024-03-01T02:00:00.000000Z")),
            (r#""2024-02-29T12:00:00+0000""#, Ok("2024-02-29T12:00:00.000000Z")),
            (r#""2024-02-29 12:00:00+02""#, Ok("2024-02-29T10:00:00.000000Z")),
            (r#""2024-02-29 12:00:00.123456""#, Ok("2024-02-29T12:00:00.123456Z")),
            (r#""2024-02-29T12:00:00.000000000Z""#, Ok("2024-02-29T12:00:00.000000Z")),
            (r#""2024-02-29T12:00:00.0000001Z""#, Err("more precise")),
            (r#""2016-12-31T23:59:60Z""#, Err("expected a timestamp")),
            (r#""2024-02-29T24:00:00Z""#, Err("expected a timestamp")),
            (r#""2023-02-29T12:00:00Z""#, Err("expected a timestamp")),
            (r#""0000-00-00 00:00:00""#, Err("expected a timestamp")),
            (r#""0000-01-01T00:00:00Z""#, Err("expected a timestamp")),
            (r#""12026-01-01T00:00:00Z""#, Err("expected a timestamp")),
            (r#""+012026-01-01T00:00:00Z""#, Err("expected a timestamp")),
            (r#""2024-02-29T12:00:00+24:00""#, Err("expected a timestamp")),
            (r#""2024-02-29T12:00:00 Europe/Berlin""#, Err("expected a timestamp")),
            (r#""1709208000""#, Err("expected a timestamp")),
            ("1709208000", Err("found number")),
            (r#""""#, Err("expected a timestamp")),
        ],
    );
}

fn dates_are_days_or_refused(place: &Place) {
    settled(
        place,
        DATE,
        &[
            (r#""2024-02-29T00:00:00+00:00""#, Ok("2024-02-29")),
            (r#""2024-02-29 00:00:00""#, Ok("2024-02-29")),
            (r#""0000-00-00""#, Err("expected a date")),
            (r#""2024-13-01""#, Err("expected a date")),
            (r#""12026-01-01""#, Err("expected a date")),
            (r#""2024-2-9""#, Err("expected a date")),
            (r#""20240229""#, Err("expected a date")),
        ],
    );
}

fn times_of_day_are_or_are_refused(place: &Place) {
    settled(
        place,
        TIME,
        &[
            (r#""23:59:59.999999+00:00""#, Ok("23:59:59.999999")),
            (r#""12:34""#, Ok("12:34:00")),
            (r#""24:00:00""#, Err("expected a time")),
            (r#""12:00:00+02:00""#, Err("expected a time")),
            (r#""12:00:00.0000001""#, Err("more precise")),
        ],
    );
}

fn half_a_surrogate_pair_is_refused_at_any_depth(place: &Place) {
    settled(
        place,
        ANYTHING,
        &[
            (r#""\ud800""#, Err("half a surrogate pair")),
            (r#"[{"a":"\udfff"}]"#, Err("half a surrogate pair")),
            (r#"{"\ud83e":1}"#, Err("half a surrogate pair")),
            (r#"{"\ud83e\udd80":1}"#, Ok(r#"{"🦀":1}"#)),
        ],
    );
}

fn odd_text_is_kept_to_the_character(place: &Place) {
    let values = [
        r#""""#,
        r#""\\N""#,
        r#""a\tb\nc\r""#,
        r#""\"'\\""#,
        r#""𝄞\ud834\udd1e""#,
        r#""\u0001\u0008""#,
        r#"" \u00a0 ""#,
    ];
    let expected: Vec<String> =
        values.iter().map(|sent| text(&serde_json::from_str::<String>(sent).unwrap())).collect();
    let values: Vec<_> = values.into_iter().zip(expected.iter().map(|text| Ok(text.as_str()))).collect();
    settled(place, TEXT, &values);
}

fn of_a_property_that_stands_twice_the_last_counts_at_any_depth(place: &Place) {
    let input = schema("twice", &["id"], &[("id", INTEGER), ("x", INTEGER), ("y", ANYTHING)])
        + &sequenced("twice", 1, r#"{"x":1,"id":1,"\u0078":2,"y":{"a":1,"a":2}}"#)
        + &sequenced("twice", 1, r#"{"x":1,"id":2,"x":null}"#);
    place.load("{}", &input).ok();
    assert_eq!(place.rows("twice", &["id", "x"]), ["1 | 2", "2 | NULL"]);
    if let Place::Postgres(_) = place {
        assert_eq!(place.rows("twice", &["id", "y"])[0], r#"1 | {"a":2}"#);
    }
}

fn a_record_of_fifty_megabytes_is_kept(place: &Place) {
    let long = "0123456789abcdeé".repeat(50_000_000 / 17);
    let input = schema("long", &["id"], &[("id", INTEGER), ("text", TEXT)])
        + &sequenced("long", 1, &format!(r#"{{"id":1,"text":"{long}"}}"#));
    place.load("{}", &input).ok();
    assert!(place.rows("long", &["text"]) == [format!("\"{long}\"")], "a long text is another");
}

/// Postgres has 1,600 columns.
fn two_thousand_columns_are_kept_or_refused_in_words(place: &Place) {
    let names: Vec<String> = (0..2_000).map(|number| format!("column_{number:04}")).collect();
    let properties: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), INTEGER)).collect();
    let members: Vec<String> =
        names.iter().enumerate().map(|(at, name)| format!("\"{name}\":{at}")).collect();
    let input = schema("wide", &["column_0000"], &properties)
        + &sequenced("wide", 1, &format!("{{{}}}", members.join(",")));
    let loaded = place.load("{}", &input);
    match place {
        // So has the catalog of a lake for rows that stay in it.
        Place::Postgres(_) | Place::DuckLake(_, Some(_)) => {
            let said = loaded.fails(Class::Destination);
            assert!(said.contains("1600 columns"), "{said}");
            assert!(place.has_duckdb() || said.contains("wide"), "{said}");
        }
        place => {
            loaded.ok();
            assert_eq!(place.rows("wide", &["column_0000", "column_1999"]), ["0 | 1999"]);
        }
    }
}
