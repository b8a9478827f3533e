//! A RECORD message that is read in one walk is the one that is read in two.

use proptest::prelude::*;
use singer::message::{Message, Opener, Record, parse};

use crate::cases;
use crate::random;

fn shown(record: &Record<'_>) -> String {
    format!("{record:?}")
}

/// What one walk makes of a line; `None` where it leaves it to the other way.
fn at_once(opener: &mut Opener, line: &str) -> Option<String> {
    let mut opened = opener.open(line)?;
    opened.cursor.allow_words(true);
    let record = opened.cursor.skip().ok()?;
    let stream = opened.stream();
    let closed = opened.close(record)?;
    assert_eq!(stream, closed.stream, "{line}");
    Some(shown(&closed))
}

fn in_two(line: &str) -> Option<String> {
    match parse(line) {
        Ok(Message::Record(record)) => Some(shown(&record)),
        _ => None,
    }
}

/// Each of these lines is read at once.
#[track_caller]
fn same(lines: &[&str]) {
    let mut opener = Opener::default();
    for line in lines {
        let once = at_once(&mut opener, line);
        assert!(once.is_some(), "{line}");
        assert_eq!(once, in_two(line), "{line}");
    }
}

#[test]
fn what_taps_write_is_read_at_once() {
    same(&[
        r#"{"type":"RECORD","stream":"s","record":{"id":1,"a":[{}]},"time_extracted":"2024-01-01T00:00:00Z","sequence":7}"#,
        r#"{"type":"RECORD","stream":"s","record":{"id":2},"version":5}"#,
        r#"{"type": "RECORD", "stream": "s", "record": {"id": NaN}, "version": null, "time_extracted": null}"#,
        r#"{"type": "RECORD", "stream": "another", "record": {}}"#,
        r#"{"type": "RECORD", "stream": "another", "record": {}, "more": {"a": 1}}"#,
        r#"{"stream":"s","type":"record","record":{"id":1}}"#,
        r#"{"time_extracted":"2024","version":3,"stream":"s","type":"RECORD","record":{"id":1}}"#,
        r#"{"sequence":1,"type":"RECORD","stream":"s","record":{"id":1}}"#,
        r#"{"sequence":2,"type":"RECORD","stream":"s","record":{"id":1}}"#,
        r#" { "type":"RECORD","stream":"s" , "record":{"id":1} } "#,
    ]);
}

#[test]
fn what_is_out_of_the_ordinary_is_left_to_the_other_way() {
    let lines = [
        r#"{"type":"RECORD","stream":"s","record":{"id":1}"#,
        r#"{"type":"RECORD","stream":"s","record":{"id":1},"record":{"id":2}}"#,
        r#"{"type":"RECORD","stream":"s","record":{"id":1},"stream":"t"}"#,
        r#"{"type":"RECORD","stream":"s","record":{"id":1},"type":"STATE","value":1}"#,
        r#"{"type":"RECORD","stream":"s","record":{"id":1},"version":"x"}"#,
        r#"{"type":"RECORD","stream":"s","record":{"id":1},"time_extracted":5}"#,
        r#"{"type":"RECORD","stream":"s","record":{"id":1},"sequence":NaN}"#,
        r#"{"type":"RECORD","stream":"s","record":{"id":1}} x"#,
        r#"{"type":"RECORD","stream":"s","record":[1]}"#,
        r#"{"record":{"id":1},"type":"RECORD","stream":"s"}"#,
        r#"{"type":"RECORD","record":{"id":1}}"#,
        r#"{"type":"STATE","value":{"record":{}}}"#,
        r#"{"type":"RECORD","stream":"s\u0041","record":{"id":1}}"#,
        "",
    ];
    let mut opener = Opener::default();
    for line in lines {
        assert_eq!(at_once(&mut opener, line), None, "{line}");
    }
}

/// A member of a message, by its name, with a value that it may have.
fn member() -> impl Strategy<Value = String> {
    let name =
        prop::sample::select(vec!["type", "stream", "record", "version", "time_extracted", "sequence", "x"]);
    let value = prop_oneof![
        prop::sample::select(vec![
            "\"RECORD\"",
            "\"record\"",
            "\"s\"",
            "\"t\"",
            "{\"id\":1}",
            "{}",
            "null",
            "7",
            "NaN"
        ])
        .prop_map(str::to_owned),
        random::value(),
    ];
    (name, prop::sample::select(vec!["", " "]), value)
        .prop_map(|(name, space, value)| format!("\"{name}\":{space}{value}"))
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn whatever_one_walk_reads_two_walks_read_alike(
        lines in prop::collection::vec(
            (prop::collection::vec(member(), 0..4), prop::option::weighted(0.1, random::changed())), 1..6,
        ),
    ) {
        let mut opener = Opener::default();
        for (members, other) in lines {
            let start = r#"{"type":"RECORD","stream":"s","record":{"a":"b"}"#;
            let line = other.unwrap_or_else(|| format!("{start},{}}}", members.join(",")));
            if let Some(once) = at_once(&mut opener, &line) {
                prop_assert_eq!(Some(once), in_two(&line), "{}", line);
            }
            let line = format!("{{{}}}", members.join(", "));
            if let Some(once) = at_once(&mut opener, &line) {
                prop_assert_eq!(Some(once), in_two(&line), "{}", line);
            }
        }
    }
}
