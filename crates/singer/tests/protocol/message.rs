//! What a line says, whatever the order and the spelling of its members.

use proptest::prelude::*;
use singer::message::{self, Message, parse};
use singer::{Error, Kind, write};

use crate::cases;
use crate::random;

/// The message in a few words that a table can hold.
fn said(line: &str) -> Result<String, Kind> {
    let said = match parse(line).map_err(|Error { kind, .. }| kind)? {
        Message::Schema(schema) => format!(
            "schema {} {} keys {:?} bookmarks {:?}",
            schema.stream, schema.schema, schema.key_properties, schema.bookmark_properties
        ),
        Message::Record(record) => format!(
            "record {} {} version {:?} at {:?} sequence {:?}",
            record.stream, record.record, record.version, record.time_extracted, record.sequence
        ),
        Message::State(value) => format!("state {value}"),
        Message::ActivateVersion(activate) => format!("activate {} {}", activate.stream, activate.version),
        Message::Batch(batch) => format!(
            "batch {} {:?} {:?} {:?} version {:?} at {:?} sequence {:?}",
            batch.stream,
            batch.manifest,
            batch.encoding.format,
            batch.encoding.compression,
            batch.version,
            batch.time_extracted,
            batch.sequence
        ),
    };
    Ok(said)
}

#[track_caller]
fn check(line: &str, expected: &str) {
    assert_eq!(said(line).as_deref(), Ok(expected), "{line}");
}

#[track_caller]
fn refused(line: &str, expected: Kind) {
    assert_eq!(said(line), Err(expected), "{line}");
}

const BARE: &str = "version None at None sequence None";

#[test]
fn each_type_is_read() {
    check(r#"{"type":"RECORD","stream":"s","record":{"a":1}}"#, &format!(r#"record s {{"a":1}} {BARE}"#));
    check(
        r#"{"type":"RECORD","stream":"s","record":{},"version":-4,"time_extracted":"2024","sequence":7}"#,
        r#"record s {} version Some(-4) at Some("2024") sequence Some("7")"#,
    );
    check(
        r#"{"type":"SCHEMA","stream":"s","schema":{"type":"object"}}"#,
        r#"schema s {"type":"object"} keys [] bookmarks []"#,
    );
    check(
        r#"{"type":"SCHEMA","stream":"s","schema":{},"key_properties":["a","b"],"bookmark_properties":["c"]}"#,
        r#"schema s {} keys ["a", "b"] bookmarks ["c"]"#,
    );
    check(r#"{"type":"STATE","value":{"a": [1]}}"#, r#"state {"a": [1]}"#);
    check(r#"{"type":"STATE","value":"x"}"#, r#"state "x""#);
    check(r#"{"type":"ACTIVATE_VERSION","stream":"s","version":12}"#, "activate s 12");
    check(
        r#"{"type":"BATCH","stream":"s","manifest":["f"],"encoding":{"format":"jsonl"}}"#,
        r#"batch s ["f"] Some("jsonl") None version None at None sequence None"#,
    );
    check(
        r#"{"type":"BATCH","stream":"s","manifest":["f","g"],"encoding":{"format":"x","compression":"gzip","more":1},"version":3,"time_extracted":"2024","sequence":7}"#,
        r#"batch s ["f", "g"] Some("x") Some("gzip") version Some(3) at Some("2024") sequence Some("7")"#,
    );
}

#[test]
fn types_are_matched_whatever_their_case() {
    for name in ["record", "Record", "rECORD", "\\u0052ECORD"] {
        check(
            &format!(r#"{{"type":"{name}","stream":"s","record":{{}}}}"#),
            &format!("record s {{}} {BARE}"),
        );
    }
    check(r#"{"type":"state","value":1}"#, "state 1");
    check(r#"{"type":"Schema","stream":"s","schema":{}}"#, "schema s {} keys [] bookmarks []");
    check(r#"{"type":"activate_version","stream":"s","version":0}"#, "activate s 0");
    check(
        r#"{"type":"batch","stream":"s","manifest":[],"encoding":{}}"#,
        "batch s [] None None version None at None sequence None",
    );
}

#[test]
fn members_come_in_any_order_with_any_space_and_any_company() {
    check(
        r#" { "record" : {"a":1} , "stream" : "s" , "type" : "RECORD" } "#,
        &format!(r#"record s {{"a":1}} {BARE}"#),
    );
    check(
        r#"{"x":{"type":"STATE"},"type":"RECORD","namespace":null,"stream":"s","record":{},"y":[{"stream":"t"}]}"#,
        &format!("record s {{}} {BARE}"),
    );
}

#[test]
fn of_a_member_that_stands_twice_the_last_one_counts() {
    check(
        r#"{"type":"STATE","stream":"a","type":"RECORD","record":[],"stream":"b","record":{"z":1}}"#,
        &format!(r#"record b {{"z":1}} {BARE}"#),
    );
    refused(r#"{"type":"RECORD","stream":"a","record":{},"record":null}"#, Kind::Missing("RECORD", "record"));
}

#[test]
fn a_member_that_is_null_is_not_there() {
    check(
        r#"{"type":"RECORD","stream":"s","record":{},"version":null,"time_extracted":null,"sequence":null}"#,
        &format!("record s {{}} {BARE}"),
    );
    check(
        r#"{"type":"SCHEMA","stream":"s","schema":{},"key_properties":null,"bookmark_properties":null}"#,
        "schema s {} keys [] bookmarks []",
    );
}

#[test]
fn names_are_read_with_their_escapes() {
    check(r#"{"type":"STATE","value":{"\u0000":"\ud800"}}"#, r#"state {"\u0000":"\ud800"}"#);
    check(
        r#"{"type":"SCHEMA","stream":"a\"\u00e9","schema":{},"key_properties":["\u0061\n"]}"#,
        "schema a\"é {} keys [\"a\\n\"] bookmarks []",
    );
}

#[test]
fn missing_members_are_named() {
    refused(r#"{"type":"RECORD","record":{}}"#, Kind::Missing("RECORD", "stream"));
    refused(r#"{"type":"RECORD","stream":"s"}"#, Kind::Missing("RECORD", "record"));
    refused(r#"{"type":"SCHEMA","schema":{}}"#, Kind::Missing("SCHEMA", "stream"));
    refused(r#"{"type":"SCHEMA","stream":"s"}"#, Kind::Missing("SCHEMA", "schema"));
    refused(r#"{"type":"STATE"}"#, Kind::Missing("STATE", "value"));
    refused(r#"{"type":"ACTIVATE_VERSION","stream":"s"}"#, Kind::Missing("ACTIVATE_VERSION", "version"));
    refused(r#"{"type":"ACTIVATE_VERSION","version":1}"#, Kind::Missing("ACTIVATE_VERSION", "stream"));
    refused(r#"{"type":"BATCH"}"#, Kind::Missing("BATCH", "stream"));
    refused(r#"{"type":"BATCH","stream":"s","encoding":{}}"#, Kind::Missing("BATCH", "manifest"));
    refused(r#"{"type":"BATCH","stream":"s","manifest":[]}"#, Kind::Missing("BATCH", "encoding"));
}

#[test]
fn malformed_members_are_named() {
    let object = "an object";
    let integer = "an integer of 64 bits";
    for manifest in ["{}", "[1]", "\"f\""] {
        let line = format!(r#"{{"type":"BATCH","stream":"s","manifest":{manifest},"encoding":{{}}}}"#);
        refused(&line, Kind::Malformed("BATCH", "manifest", "an array of strings"));
    }
    let encodings = [
        ("[]", object),
        (r#"{"format":1}"#, "an object whose format and compression are strings"),
        (r#"{"format":"jsonl","compression":{}}"#, "an object whose format and compression are strings"),
    ];
    for (encoding, expected) in encodings {
        let line = format!(r#"{{"type":"BATCH","stream":"s","manifest":[],"encoding":{encoding}}}"#);
        refused(&line, Kind::Malformed("BATCH", "encoding", expected));
    }
    for record in ["[]", "1", "\"{}\"", "true"] {
        let line = format!(r#"{{"type":"RECORD","stream":"s","record":{record}}}"#);
        refused(&line, Kind::Malformed("RECORD", "record", object));
    }
    for stream in ["1", "{}", r#""\ud800""#] {
        let line = format!(r#"{{"type":"RECORD","stream":{stream},"record":{{}}}}"#);
        refused(&line, Kind::Malformed("RECORD", "stream", "a string"));
    }
    for version in ["\"1\"", "1.5", "9223372036854775808", "[]"] {
        let line = format!(r#"{{"type":"RECORD","stream":"s","record":{{}},"version":{version}}}"#);
        refused(&line, Kind::Malformed("RECORD", "version", integer));
        let line = format!(r#"{{"type":"ACTIVATE_VERSION","stream":"s","version":{version}}}"#);
        refused(&line, Kind::Malformed("ACTIVATE_VERSION", "version", integer));
    }
    refused(
        r#"{"type":"RECORD","stream":"s","record":{},"time_extracted":1}"#,
        Kind::Malformed("RECORD", "time_extracted", "a string"),
    );
    refused(r#"{"type":"SCHEMA","stream":"s","schema":true}"#, Kind::Malformed("SCHEMA", "schema", object));
    for names in ["\"a\"", "[1]", "{}", "[[\"a\"]]"] {
        for member in ["key_properties", "bookmark_properties"] {
            let line = format!(r#"{{"type":"SCHEMA","stream":"s","schema":{{}},"{member}":{names}}}"#);
            refused(&line, Kind::Malformed("SCHEMA", member, "an array of strings"));
        }
    }
}

#[test]
fn what_is_no_message_is_told_from_what_is_no_json() {
    for line in
        ["{}", "[]", "1", "\"RECORD\"", "null", r#"{"type":null}"#, r#"{"type":1}"#, r#"{"TYPE":"STATE"}"#]
    {
        refused(line, Kind::NotAMessage);
    }
    refused(r#"{"type":"LOG"}"#, Kind::UnknownType("LOG".into()));
    let long = "x".repeat(1000);
    refused(&format!(r#"{{"type":"{long}"}}"#), Kind::UnknownType("x".repeat(40)));
    for line in [
        "INFO starting",
        "{\"type\":\"STATE\",\"value\":{}",
        "{\"type\":\"STATE\",\"value\":{}}}",
        "{'type':'STATE'}",
        "[1,]",
    ] {
        assert!(matches!(said(line), Err(Kind::NotJson(..))), "{line}");
    }
}

#[test]
fn words_for_no_number_stand_in_records_only() {
    let record = r#"{"type":"RECORD","stream":"s","record":{"a":NaN,"b":[-Infinity]}}"#;
    assert!(matches!(parse(record), Ok(Message::Record(found)) if found.record.contains("NaN")));
    for line in [
        r#"{"type":"RECORD","stream":"s","record":{"a":1},"sequence":NaN}"#,
        r#"{"type":"RECORD","record":{"a":NaN},"stream":Infinity}"#,
        r#"{"type":"STATE","value":NaN}"#,
        r#"{"type":"STATE","value":{"record":NaN}}"#,
        r#"{"type":"SCHEMA","stream":"s","schema":{"default":NaN},"key_properties":[]}"#,
    ] {
        assert!(matches!(parse(line).unwrap_err().kind, Kind::NotJson(..)), "{line}");
    }
}

#[test]
fn a_line_is_checked_to_its_end_before_it_counts() {
    for broken in [r#"{"a":01}"#, r#"{"a":"\x"}"#, r#"{"a":}"#, r#"{"a":[1,]}"#, r#"{a:1}"#] {
        let line = format!(r#"{{"type":"RECORD","stream":"s","record":{broken}}}"#);
        assert!(matches!(said(&line), Err(Kind::NotJson(..))), "{line}");
    }
}

#[test]
fn no_error_holds_a_value_of_a_record() {
    let secret = "s3cr3t";
    for line in [
        format!(r#"{{"type":"RECORD","stream":"s","record":"{secret}"}}"#),
        format!(r#"{{"type":"RECORD","stream":"s","record":{{"a":"{secret}" "b"}}}}"#),
        format!(r#"{{"type":"RECORD","record":{{"a":"{secret}"}}}}"#),
        format!(r#"{{"record":{{"a":"{secret}"}}}}"#),
        format!(r#"{{"type":"RECORD","stream":"s","record":{{}},"version":"{secret}"}}"#),
    ] {
        let error = parse(&line).expect_err(&line);
        assert!(!format!("{error} {error:?}").contains(secret), "{error}");
    }
}

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn what_is_written_is_read(
        stream in any::<String>(),
        record in prop::collection::btree_map(any::<String>(), random::value(), 0..4),
        version in any::<Option<i64>>(),
        time_extracted in any::<Option<String>>(),
        sequence in any::<Option<i64>>(),
        keys in prop::collection::vec(any::<String>(), 0..3),
        bookmarks in prop::collection::vec(any::<String>(), 0..3),
    ) {
        let members: Vec<String> =
            record.iter().map(|(name, value)| format!("{}:{value}", serde_json::to_string(name).unwrap())).collect();
        // A record is written as it is: it stands in one line, so no newline is in it.
        let record = format!("{{{}}}", members.join(",")).replace(['\n', '\r'], " ");
        let mut out = Vec::new();
        let head = write::RecordHead { stream: &stream, version, time_extracted: time_extracted.as_deref(), sequence };
        write::record(&mut out, &head, record.as_bytes()).unwrap();
        let schema = serde_json::json!({"type": "object", "title": &stream});
        let key_names: Vec<&str> = keys.iter().map(String::as_str).collect();
        let bookmark_names: Vec<&str> = bookmarks.iter().map(String::as_str).collect();
        write::schema(&mut out, &stream, &schema, &key_names, &bookmark_names).unwrap();
        write::state(&mut out, &schema).unwrap();
        write::activate_version(&mut out, &stream, version.unwrap_or(0)).unwrap();

        let text = String::from_utf8(out).unwrap();
        let lines: Vec<&str> = text.split_terminator('\n').collect();
        prop_assert_eq!(lines.len(), 4);
        let Message::Record(read) = parse(lines[0]).unwrap() else { panic!("{}", lines[0]) };
        prop_assert_eq!((&*read.stream, read.record, read.version), (&*stream, &*record, version));
        prop_assert_eq!(read.time_extracted.as_deref(), time_extracted.as_deref());
        prop_assert_eq!(read.sequence.map(str::to_owned), sequence.map(|sequence| sequence.to_string()));
        let Message::Schema(read) = parse(lines[1]).unwrap() else { panic!("{}", lines[1]) };
        prop_assert_eq!((&*read.stream, read.schema), (&*stream, &*schema.to_string()));
        prop_assert_eq!(&read.key_properties, &keys);
        prop_assert_eq!(&read.bookmark_properties, &bookmarks);
        let Message::State(read) = parse(lines[2]).unwrap() else { panic!("{}", lines[2]) };
        prop_assert_eq!(read, schema.to_string());
        let Message::ActivateVersion(read) = parse(lines[3]).unwrap() else { panic!("{}", lines[3]) };
        prop_assert_eq!((&*read.stream, read.version), (&*stream, version.unwrap_or(0)));
    }

    #[test]
    fn no_line_makes_the_reader_panic(line in random::changed(), any_text in any::<String>()) {
        for line in [line, any_text] {
            if let Err(error) = parse(&line) {
                prop_assert_eq!(error.line, 0);
            }
        }
    }
}

/// A name may be written with escapes, as any text.
#[test]
fn the_names_of_members_may_have_escapes() {
    let line = r#"{"typ\u0065":"RECORD","str\u0065am":"s","r\u0065cord":{"id":NaN},"\ud800":1}"#;
    let Message::Record(record) = parse(line).unwrap() else { panic!("no record") };
    assert_eq!((&*record.stream, record.record), ("s", r#"{"id":NaN}"#));
    let line = r#"{"type":"RECORD","stream":"s","record":{},"typ\u0065":"STATE","value":1}"#;
    assert!(matches!(parse(line), Ok(Message::State("1"))), "of two the last one counts");
}

#[test]
fn a_line_of_a_file_is_an_object() {
    for line in [r#"{"a":NaN}"#, "{}", r#" {"a":[1]} "#] {
        assert!(message::bare_record(line).is_ok(), "{line}");
    }
    for line in ["[]", "1", "null", "\"{}\""] {
        let error = message::bare_record(line).expect_err("it is no object");
        assert_eq!(error.kind, Kind::NotARecord, "{line}");
    }
    for line in ["{", r#"{"a":1}}"#, r#"{"a":nan}"#, "", r#"{"a":1},"#] {
        let error = message::bare_record(line).expect_err("it is not JSON");
        assert!(matches!(error.kind, Kind::NotJson(..)), "{line}: {error}");
    }
}
