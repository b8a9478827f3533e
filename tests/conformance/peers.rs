//! Small streams that other loaders lost rows to, changed values of, or stopped at: docs/compared.md says what each of them did.

use target::error::Class;

use crate::support::messages::*;
use crate::support::place::{Place, everywhere};

everywhere! {
    an_older_record_in_a_later_run_does_not_win,
    a_property_that_a_record_lacks_is_null_or_stays_if_asked,
    a_first_row_that_looks_like_a_header_is_a_row,
    a_stream_of_keys_alone_is_merged,
    a_bookmark_after_the_last_full_commit_leaves_too,
    a_number_that_becomes_text_gets_a_column_of_its_own,
    an_unsigned_integer_of_64_bits_is_kept,
    a_bound_beyond_64_bits_is_exact,
    a_nul_is_replaced_or_stripped_at_any_depth_if_asked,
    half_a_surrogate_pair_rejects_its_record_and_no_other,
    nan_is_a_number_where_the_column_has_one_and_refused_elsewhere,
    a_zero_date_rejects_its_record_and_no_other,
    names_that_share_63_bytes_have_columns_of_their_own,
    names_that_differ_in_case_and_names_with_quotes_have_columns_of_their_own,
    references_options_and_enumerations_become_columns,
    bounds_as_draft_4_writes_them_hold,
    a_byte_order_mark_is_passed_over,
    lines_may_end_as_windows_ends_them_and_the_last_one_not_at_all,
    a_delete_takes_its_row_away_with_hard_delete_and_it_stays_away,
}

const REJECT: &str = r#"{"on_invalid_record":"reject"}"#;

fn users(stream: &str) -> String {
    schema(stream, &["id"], &[("id", INTEGER), ("name", TEXT), ("city", TEXT)])
}

fn an_older_record_in_a_later_run_does_not_win(place: &Place) {
    let at = |stream: &str, sequence: i64, day: i64, name: &str| {
        let more = format!(r#","sequence":{sequence},"time_extracted":"2024-05-0{day}T00:00:00Z""#);
        users(stream) + &record_with(stream, &format!(r#"{{"id":1,"name":"{name}"}}"#), &more)
    };
    for (stream, settings) in [("by_message", "{}"), ("by_time", r#"{"sequence":"time_extracted"}"#)] {
        place.load(settings, &at(stream, 20, 2, "newer")).ok();
        let counts = place.load(settings, &at(stream, 10, 1, "older")).ok().counts(stream);
        assert_eq!(place.rows(stream, &["id", "name"]), [r#"1 | "newer""#]);
        assert_eq!((counts.received, counts.stale, counts.remainder()), (1, 1, 0));
    }
}

fn a_property_that_a_record_lacks_is_null_or_stays_if_asked(place: &Place) {
    let whole =
        |stream: &str| users(stream) + &sequenced(stream, 1, r#"{"id":1,"name":"Ada","city":"London"}"#);
    let part = |stream: &str| users(stream) + &sequenced(stream, 2, r#"{"id":1,"name":"Ada L."}"#);
    for (stream, settings, stored) in [
        ("whole_rows", "{}", r#"1 | "Ada L." | NULL"#),
        ("parts_of_rows", r#"{"missing_properties":"keep"}"#, r#"1 | "Ada L." | "London""#),
    ] {
        place.load(settings, &whole(stream)).ok();
        place.load(settings, &part(stream)).ok();
        assert_eq!(place.rows(stream, &["id", "name", "city"]), [stored]);
    }
}

fn a_first_row_that_looks_like_a_header_is_a_row(place: &Place) {
    let words = schema("words", &["key"], &[("key", TEXT), ("value", TEXT)]);
    let records = [
        sequenced("words", 1, r#"{"key":"key","value":"value"}"#),
        sequenced("words", 1, r#"{"key":"1","value":"2"}"#),
        sequenced("words", 1, r#"{"key":"2024-05-06","value":"3.5"}"#),
    ];
    place.load("{}", &(words + &records.concat())).ok();
    let expected = [r#""1" | "2""#, r#""2024-05-06" | "3.5""#, r#""key" | "value""#];
    assert_eq!(place.rows("words", &["key", "value"]), expected);
}

fn a_stream_of_keys_alone_is_merged(place: &Place) {
    for (stream, settings) in [("tags", "{}"), ("bare_tags", r#"{"add_record_metadata":false}"#)] {
        let tags = schema(stream, &["tag"], &[("tag", TEXT)]);
        let red = |sequence: i64| sequenced(stream, sequence, r#"{"tag":"red"}"#);
        place.load(settings, &(tags.clone() + &red(1) + &sequenced(stream, 1, r#"{"tag":"blue"}"#))).ok();
        let counts = place.load(settings, &(tags + &red(3) + &red(2))).ok().counts(stream);
        assert_eq!(place.rows(stream, &["tag", "_sdc_sequence"]), [r#""blue" | 1"#, r#""red" | 3"#]);
        assert_eq!((counts.replaced, counts.stale), (1, 1));
    }
}

fn a_bookmark_after_the_last_full_commit_leaves_too(place: &Place) {
    let user = |id: i64| sequenced("users", 1, &format!(r#"{{"id":{id}}}"#));
    let input = users("users") + &user(1) + &state("1") + &user(2) + &state("2") + &state("3");
    let loaded = place.load(r#"{"batch_size_rows":2}"#, &input).ok();
    assert_eq!(loaded.bookmarks.last().map(String::as_str), Some("3"), "with nothing left to commit");
    assert_eq!(place.rows("users", &["id"]), ["1", "2"]);
    assert_eq!(place.bookmark().as_deref(), Some("3"));
}

fn a_number_that_becomes_text_gets_a_column_of_its_own(place: &Place) {
    let things = |ty: &str| schema("things", &["id"], &[("id", INTEGER), ("v", ty)]);
    place.load("{}", &(things(INTEGER) + &sequenced("things", 1, r#"{"id":1,"v":7}"#))).ok();
    place.load("{}", &(things(TEXT) + &sequenced("things", 1, r#"{"id":2,"v":"seven"}"#))).ok();
    assert_eq!(place.rows("things", &["id", "v", "v__st"]), ["1 | 7 | NULL", r#"2 | NULL | "seven""#]);
}

const UNSIGNED: &str = r#"{"type":["null","integer"],"minimum":0,"maximum":18446744073709551615}"#;

fn an_unsigned_integer_of_64_bits_is_kept(place: &Place) {
    let input = schema("sizes", &["id"], &[("id", INTEGER), ("size", UNSIGNED)])
        + &sequenced("sizes", 1, r#"{"id":1,"size":0}"#)
        + &sequenced("sizes", 1, r#"{"id":2,"size":18446744073709551615}"#)
        + &sequenced("sizes", 1, r#"{"id":3,"size":9223372036854775808}"#);
    place.load("{}", &input).ok();
    let expected = ["1 | 0", "2 | 18446744073709551615", "3 | 9223372036854775808"];
    assert_eq!(place.rows("sizes", &["id", "size"]), expected);
}

fn a_bound_beyond_64_bits_is_exact(place: &Place) {
    let input = schema("sizes", &["id"], &[("id", INTEGER), ("size", UNSIGNED)])
        + &sequenced("sizes", 1, r#"{"id":1,"size":18446744073709551615}"#)
        + &sequenced("sizes", 1, r#"{"id":2,"size":18446744073709551616}"#)
        + &sequenced("sizes", 1, r#"{"id":3,"size":-1}"#);
    place.load(REJECT, &input).ok();
    assert_eq!(place.rows("sizes", &["id"]), ["1"]);
    assert_eq!(place.rejects().len(), 2);
}

fn a_nul_is_replaced_or_stripped_at_any_depth_if_asked(place: &Place) {
    let properties = [("id", INTEGER), ("text", TEXT), ("json", ANYTHING)];
    let record = r#"{"id":1,"text":"a\u0000b","json":{"a":["\u0000",{"\u0000k":"x\u0000"}],"b":"\\u0000"}}"#;
    for (stream, settings, instead) in
        [("replaced", r#"{"nul_bytes":"replace"}"#, "\u{fffd}"), ("stripped", r#"{"nul_bytes":"strip"}"#, "")]
    {
        place.load(settings, &(schema(stream, &["id"], &properties) + &sequenced(stream, 1, record))).ok();
        // Where text can hold it, it stays.
        let nul = if matches!(place, Place::Postgres(_) | Place::DuckLake(..)) { instead } else { r"\u0000" };
        let json = format!(r#"{{"a":["{nul}",{{"{nul}k":"x{nul}"}}],"b":"\\u0000"}}"#);
        assert_eq!(place.rows(stream, &["text", "json"]), [format!(r#""a{nul}b" | {json}"#)]);
    }
}

/// Records of which some cannot be loaded: those are counted and kept in `_sdc_rejected`, the others are in, the bookmark is out. By
/// default the run ends at the first of them, with its line, and what came before it is in.
#[track_caller]
fn rejected(place: &Place, ty: &str, values: &[(&str, Result<&str, &str>)]) {
    let odd = |stream: &str| schema(stream, &["id"], &[("id", INTEGER), ("v", ty)]);
    let record =
        |stream: &str, id: usize| sequenced(stream, 1, &format!(r#"{{"id":{id},"v":{}}}"#, values[id].0));
    let all = |stream: &str| (0..values.len()).map(|id| record(stream, id)).collect::<String>();
    let loaded = place.load(REJECT, &(odd("rejecting") + &all("rejecting") + &state("1"))).ok();
    let good: Vec<String> = values
        .iter()
        .enumerate()
        .filter_map(|(id, (_, stored))| Some(format!("{id} | {}", stored.ok()?)))
        .collect();
    let mut stored = place.rows("rejecting", &["id", "v"]);
    stored.sort_by_key(|row| row.split(" | ").next().and_then(|id| id.parse::<usize>().ok()));
    assert_eq!(stored, good);
    let counts = loaded.counts("rejecting");
    assert_eq!(counts.received, values.len() as u64);
    assert_eq!(counts.rejected, (values.len() - good.len()) as u64);
    assert_eq!(loaded.bookmarks, ["1"]);
    let reasons: Vec<String> = place.rejects().into_iter().map(|reject| reject.reason).collect();
    let words = values.iter().filter_map(|(_, stored)| stored.err());
    for (reason, word) in reasons.iter().zip(words) {
        assert!(reason.contains(word), "{reason}");
    }
    let first = values.iter().position(|(_, stored)| stored.is_err()).expect("some are bad");
    let failed = place.load("{}", &(odd("failing") + &all("failing")));
    let words = failed.fails(Class::Input);
    assert!(words.contains(&format!("line {}", first + 2)) && words.contains("\"v\""), "{words}");
    assert_eq!(place.rows("failing", &["id"]).len(), first, "what came before it is in");
}

fn half_a_surrogate_pair_rejects_its_record_and_no_other(place: &Place) {
    let half = "half a surrogate pair";
    rejected(
        place,
        TEXT,
        &[(r#""a""#, Ok(r#""a""#)), (r#""\ud800""#, Err(half)), (r#""\ud83e\udd80""#, Ok(r#""🦀""#))],
    );
}

fn nan_is_a_number_where_the_column_has_one_and_refused_elsewhere(place: &Place) {
    let numbers = schema("numbers", &["id"], &[("id", INTEGER), ("v", NUMBER)]);
    let input = numbers
        + &sequenced("numbers", 1, r#"{"id":1,"v":NaN}"#)
        + &sequenced("numbers", 1, r#"{"id":2,"v":Infinity}"#)
        + &sequenced("numbers", 1, r#"{"id":3,"v":-Infinity}"#)
        + &sequenced("numbers", 1, r#"{"id":4,"v":1.5}"#);
    place.load("{}", &input).ok();
    assert_eq!(place.rows("numbers", &["id", "v"]), ["1 | NaN", "2 | Infinity", "3 | -Infinity", "4 | 1.5"]);
    rejected(place, INTEGER, &[("1", Ok("1")), ("NaN", Err("NaN")), ("3", Ok("3"))]);
}

fn a_zero_date_rejects_its_record_and_no_other(place: &Place) {
    rejected(
        place,
        TIMESTAMP,
        &[
            (r#""2024-05-06 00:00:00""#, Ok("2024-05-06T00:00:00.000000Z")),
            (r#""0000-00-00 00:00:00""#, Err("timestamp")),
            ("null", Ok("NULL")),
        ],
    );
}

/// Every one of `names` has a column of its own, and the same one in a later run.
#[track_caller]
fn columns_of_their_own(place: &Place, names: &[&str]) {
    let properties: Vec<(&str, &str)> =
        [("id", INTEGER)].into_iter().chain(names.iter().map(|name| (*name, TEXT))).collect();
    let things = schema("things", &["id"], &properties);
    let members: String = names.iter().map(|name| format!(",{}:{}", text(name), text(name))).collect();
    place.load("{}", &(things.clone() + &sequenced("things", 1, &format!(r#"{{"id":0{members}}}"#)))).ok();
    // Then one at a time.
    let single = |(at, name): (usize, &&str)| {
        sequenced("things", 1, &format!(r#"{{"id":{},{}:{}}}"#, at + 1, text(name), text(name)))
    };
    place.load("{}", &(things + &names.iter().enumerate().map(single).collect::<String>())).ok();
    let dump = place.dump("things");
    let texts = |row: &Vec<String>| -> Vec<(usize, String)> {
        row.iter().cloned().enumerate().filter(|(_, cell)| cell.starts_with('"')).collect()
    };
    let (whole, singles): (Vec<_>, Vec<_>) =
        dump.rows.iter().partition(|row| texts(row).len() == names.len());
    assert_eq!((whole.len(), singles.len()), (1, names.len()), "{:?}", dump.names());
    let mut seen: Vec<(usize, String)> = singles.into_iter().flat_map(texts).collect();
    seen.sort();
    assert_eq!(seen, texts(whole[0]), "{:?}", dump.names());
}

fn names_that_share_63_bytes_have_columns_of_their_own(place: &Place) {
    let shared = "the_same_63_bytes_at_the_beginning_of_two_names_of_one_table_23";
    assert_eq!(shared.len(), 63);
    columns_of_their_own(place, &[shared, &format!("{shared}_a"), &format!("{shared}_b")]);
}

fn names_that_differ_in_case_and_names_with_quotes_have_columns_of_their_own(place: &Place) {
    columns_of_their_own(place, &["Name", "name", "na\"me", "na'me"]);
}

fn references_options_and_enumerations_become_columns(place: &Place) {
    let message = r##"{"type":"SCHEMA","stream":"things","key_properties":["id"],"schema":{"type":"object",
        "definitions":{"day":{"type":["null","string"],"format":"date"}},
        "properties":{"id":{"type":"integer"},"reference":{"$ref":"#/definitions/day"},
        "one":{"oneOf":[{"type":"null"},{"type":"integer"}]},"all":{"allOf":[{"type":["null","string"]},{"maxLength":3}]},
        "anything":{},"word":{"enum":["a","b",null]}}}}"##
        .replace('\n', "");
    let records = [
        sequenced(
            "things",
            1,
            r#"{"id":1,"reference":"2024-05-06","one":7,"all":"abc","anything":{"x":[1]},"word":"a"}"#,
        ),
        sequenced(
            "things",
            1,
            r#"{"id":2,"reference":null,"one":null,"all":null,"anything":"text","word":null}"#,
        ),
        sequenced("things", 1, r#"{"id":3,"reference":"soon"}"#),
        sequenced("things", 1, r#"{"id":4,"one":"7"}"#),
        sequenced("things", 1, r#"{"id":5,"all":"abcd"}"#),
        sequenced("things", 1, r#"{"id":6,"word":"c"}"#),
    ];
    let counts = place.load(REJECT, &(message + "\n" + &records.concat())).ok().counts("things");
    assert_eq!(
        place.rows("things", &["id", "reference", "one", "all", "anything", "word"]),
        [r#"1 | 2024-05-06 | 7 | "abc" | {"x":[1]} | "a""#, r#"2 | NULL | NULL | NULL | "text" | NULL"#]
    );
    assert_eq!((counts.received, counts.rejected), (6, 4));
}

fn bounds_as_draft_4_writes_them_hold(place: &Place) {
    let below_ten = r#"{"type":["null","integer"],"minimum":0,"exclusiveMinimum":false,"maximum":10,"exclusiveMaximum":true}"#;
    rejected(
        place,
        below_ten,
        &[("0", Ok("0")), ("9", Ok("9")), ("10", Err("maximum")), ("-1", Err("minimum"))],
    );
}

fn a_byte_order_mark_is_passed_over(place: &Place) {
    let input = format!("\u{feff}{}", users("users") + &sequenced("users", 1, r#"{"id":1}"#) + &state("1"));
    assert_eq!(place.load("{}", &input).ok().bookmarks, ["1"]);
    assert_eq!(place.rows("users", &["id"]), ["1"]);
}

fn lines_may_end_as_windows_ends_them_and_the_last_one_not_at_all(place: &Place) {
    let input = users("users") + &sequenced("users", 1, r#"{"id":1,"name":"a\r\nb"}"#) + &state("1");
    assert_eq!(place.load("{}", input.replace('\n', "\r\n").trim_end()).ok().bookmarks, ["1"]);
    assert_eq!(place.rows("users", &["id", "name"]), [r#"1 | "a\r\nb""#]);
}

fn a_delete_takes_its_row_away_with_hard_delete_and_it_stays_away(place: &Place) {
    let settings = r#"{"hard_delete":true}"#;
    let properties = [("id", INTEGER), ("name", TEXT), ("_sdc_deleted_at", TIMESTAMP)];
    let load = |record: &str| {
        let input = schema("users", &["id"], &properties) + record;
        place.load(settings, &input).ok().counts("users")
    };
    load(
        &(sequenced("users", 1, r#"{"id":1,"name":"Ada"}"#)
            + &sequenced("users", 1, r#"{"id":2,"name":"Bob"}"#)),
    );
    let counts = load(&sequenced("users", 5, r#"{"id":1,"_sdc_deleted_at":"2024-05-06T00:00:00Z"}"#));
    assert_eq!((place.rows("users", &["id"]), counts.deleted), (vec!["2".to_owned()], 1));
    let counts = load(&sequenced("users", 4, r#"{"id":1,"name":"late"}"#));
    assert_eq!((place.rows("users", &["id"]), counts.stale), (vec!["2".to_owned()], 1));
    load(&sequenced("users", 6, r#"{"id":1,"name":"back"}"#));
    assert_eq!(place.rows("users", &["id", "name"]), [r#"1 | "back""#, r#"2 | "Bob""#]);
}
