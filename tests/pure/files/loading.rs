//! A record in a file is a record in a message.

use proptest::prelude::*;
use serde_json::{Value, json};
use target::destination::Destination;
use target::destination::memory::{Cell, Memory};
use target::error::Class;

use super::super::stage::{self, Loader};
use super::*;
use crate::support::dice::cases;

const JSONL: &str = r#"{"format":"jsonl"}"#;

fn people() -> String {
    let properties = json!({"id": {"type": "integer"}, "name": {"type": ["string", "null"]}, "n": {"type": ["integer", "null"]}});
    stage::schema("people", &properties, &["id"])
}

/// A BATCH line for files of these lines.
fn named(folder: &TempDir, texts: &[&str], more: &str) -> String {
    let paths: Vec<PathBuf> = texts
        .iter()
        .enumerate()
        .map(|(at, text)| put(folder, &format!("{at}.jsonl"), text.as_bytes()))
        .collect();
    let paths: Vec<&str> = paths.iter().map(|path| path.to_str().unwrap()).collect();
    batch("people", &paths, JSONL, more)
}

fn loader(settings: &Value) -> Loader {
    Loader::new(&Memory::new(), settings)
}

/// The error of a load of these lines of a file.
fn error_of(text: &str, settings: &Value) -> Error {
    let folder = tempfile::tempdir().unwrap();
    let mut loader = loader(settings);
    loader.line(&people()).unwrap();
    loader.line(&named(&folder, &["{\"id\":1}\n", text], "")).unwrap_err()
}

#[test]
fn what_stands_at_the_message_is_said_of_each_record() {
    let folder = tempfile::tempdir().unwrap();
    let around = json!({"sequence": 7, "version": 3, "time_extracted": "2024-01-01T00:00:00Z"});
    let records = [json!({"id": 1, "name": "Ada"}), json!({"id": 1, "name": "Bob"}), json!({"id": 2})];
    for settings in [json!({}), json!({"load_method": "append-only"}), json!({"sequence": "time_extracted"})]
    {
        let mut sent = loader(&settings);
        let messages = records.iter().map(|record| stage::record("people", record, &around));
        let messages: Vec<String> = std::iter::once(people()).chain(messages).collect();
        sent.load(messages.iter().map(String::as_str)).unwrap();
        let mut read = loader(&settings);
        let text: String = records.iter().map(|record| format!("{record}\n")).collect();
        let more = r#","sequence":7,"version":3,"time_extracted":"2024-01-01T00:00:00Z""#;
        read.load([people().as_str(), &named(&folder, &[&text], more)]).unwrap();
        assert_eq!(stage::rows(&read.memory, "people"), stage::rows(&sent.memory, "people"), "{settings}");
        assert_eq!((read.counts.received, sent.counts.received), (3, 3));
    }
}

#[test]
fn files_are_read_in_their_order_and_blank_lines_and_ends_of_lines_do_not_matter() {
    let folder = tempfile::tempdir().unwrap();
    let texts = ["\u{feff}{\"id\":1,\"n\":1}\r\n\r\n \t{\"id\":2} ", "", "\n{\"id\":1,\"n\":2}\n"];
    let mut loader = loader(&json!({}));
    loader.load([people().as_str(), &named(&folder, &texts, "")]).unwrap();
    let rows = stage::rows(&loader.memory, "people");
    assert_eq!((rows.len(), loader.counts.received), (2, 3));
    // The later one in the order of the files wins.
    assert_eq!(rows[0][2], Cell::Number("2".to_owned()));
    let mut none = self::loader(&json!({}));
    none.load([people().as_str(), &batch("people", &[], JSONL, "")]).unwrap();
    assert_eq!(none.counts.received, 0);
}

#[test]
fn an_error_names_the_message_the_stream_the_file_the_line_and_the_property() {
    let said = |text: &str| error_of(text, &json!({}));
    let error = said("{\"id\":2}\n\n{\"id\":\"s3cr3t\"}\n");
    let words = error.to_string();
    assert!(words.starts_with("line 2: stream \"people\": file \"/"), "{words}");
    assert!(words.contains("1.jsonl\", line 3: property \"id\": expected integer, found string"), "{words}");
    assert!(!words.contains("s3cr3t") && error.class() == Class::Input);
    for (text, expected) in [
        ("{\"id\":2}\n{\"id\":\n", "line 2: not JSON"),
        ("{\"id\":2} 7\n", "line 1: not JSON"),
        ("[1]\n", "line 1: not a record"),
        ("7", "line 1: not a record"),
        (
            "{\"type\":\"RECORD\",\"stream\":\"people\",\"record\":{\"id\":1}}\n",
            "line 1: property \"id\": a key property",
        ),
    ] {
        let error = said(text);
        assert!(error.to_string().contains(expected), "{text}: {error}");
        assert!(error.hint_text().is_some(), "{error}");
    }
    let mut loader = loader(&json!({}));
    loader.line(&people()).unwrap();
    let error = loader.line(&batch("people", &["/no/such/file"], JSONL, "")).unwrap_err();
    let words = error.to_string();
    assert!(
        words.starts_with("line 2: stream \"people\": file \"/no/such/file\": cannot be opened: "),
        "{words}"
    );
}

#[test]
fn a_rejected_record_has_its_place_and_what_is_no_json_is_never_rejected() {
    let folder = tempfile::tempdir().unwrap();
    let settings = json!({"on_invalid_record": "reject"});
    let mut loader = loader(&settings);
    let texts = ["{\"id\":1}\n {\"id\":\"x\"} \n", "{\"id\":null}\n{\"id\":2}\n"];
    loader.load([people().as_str(), &named(&folder, &texts, ",\"sequence\":5")]).unwrap();
    let rejects = loader.memory.content().rejects();
    let told: Vec<_> = rejects
        .iter()
        .map(|reject| {
            let place = reject.place.as_deref().unwrap();
            (reject.line, place.rsplit('/').next().unwrap(), reject.record.as_str(), reject.sequence)
        })
        .collect();
    assert_eq!(
        told,
        [
            (2, "0.jsonl\", line 2", "{\"id\":\"x\"}", Some(5)),
            (2, "1.jsonl\", line 1", "{\"id\":null}", Some(5)),
        ]
    );
    assert_eq!(stage::rows(&loader.memory, "people").len(), 2);
    let error = error_of("{\"id\":2,\"x\":tru}\n", &settings);
    assert!(error.to_string().contains("not JSON"), "{error}");
}

#[test]
fn a_flush_in_the_middle_of_a_file_carries_no_later_bookmark() {
    let folder = tempfile::tempdir().unwrap();
    let mut loader = loader(&json!({"batch_size_rows": 2}));
    let state = |value: u8| format!(r#"{{"type":"STATE","value":{value}}}"#);
    let text: String = (1..=5).map(|id| format!("{{\"id\":{id}}}\n")).collect();
    loader.line(&people()).unwrap();
    loader.line(&state(1)).unwrap();
    loader.line(&named(&folder, &[&text], "")).unwrap();
    // Four rows are committed, with the bookmark before them; the fifth waits.
    assert_eq!(stage::rows(&loader.memory, "people").len(), 4);
    assert_eq!(loader.memory.bookmark(None).unwrap().as_deref(), Some("1"));
    loader.line(&state(2)).unwrap();
    let flush = loader.sealed().unwrap().unwrap();
    assert_eq!((flush.bookmark.as_deref(), flush.loads[0].counts.received), (Some("2"), 1));
}

#[test]
fn a_value_in_a_file_may_ask_for_a_wider_column() {
    let folder = tempfile::tempdir().unwrap();
    let mut loader = loader(&json!({}));
    let text = "{\"id\":1,\"n\":1}\n{\"id\":2,\"n\":12345678901234567890}\n{\"id\":3,\"n\":3}\n";
    loader.load([people().as_str(), &named(&folder, &[text], "")]).unwrap();
    assert_eq!(stage::rows(&loader.memory, "people").len(), 3);
}

#[test]
fn maps_are_for_records_in_files_too() {
    let folder = tempfile::tempdir().unwrap();
    let maps = json!({
        "people": {"__alias__": "persons", "__filter__": "n > 1", "name": "md5(name)"},
        "copy": {"__source__": "people", "__else__": null, "n": "str(n)"},
        "dropped": null,
    });
    let settings = json!({"stream_maps": maps, "on_invalid_record": "reject"});
    let records = [
        json!({"id": 1, "name": "Ada", "n": 1}),
        json!({"id": 2, "name": "Bob", "n": 2}),
        json!({"id": "x", "name": "Eve", "n": 3}),
    ];
    let mut sent = loader(&settings);
    let messages: Vec<String> =
        records.iter().map(|record| stage::record("people", record, &json!({"sequence": 1}))).collect();
    sent.line(&people()).unwrap();
    sent.load(messages.iter().map(String::as_str)).unwrap();
    let mut read = loader(&settings);
    let text: String = records.iter().map(|record| format!("{record}\n")).collect();
    // The files of a stream that is dropped need not even be there.
    let dropped = batch("dropped", &["s3://bucket/file"], "{}", "");
    read.load([people().as_str(), &dropped, &named(&folder, &[&text], ",\"sequence\":1")]).unwrap();
    for table in ["persons", "copy"] {
        let rows = stage::rows(&read.memory, table);
        assert_eq!(rows, stage::rows(&sent.memory, table), "{table}");
        assert_eq!(rows.len(), if table == "copy" { 2 } else { 1 }, "{table}");
    }
    let records = |loader: &Loader| {
        loader.memory.content().rejects().into_iter().map(|reject| reject.record).collect::<Vec<_>>()
    };
    assert_eq!(records(&read), records(&sent));
    let error = read.line(&batch("persons", &["a"], JSONL, "")).unwrap_err();
    assert!(error.to_string().contains("a BATCH before its SCHEMA"), "{error}");
}

fn record() -> impl Strategy<Value = Value> {
    let name = prop_oneof![Just(json!(null)), "[a-zé\"\\\\\n]{0,5}".prop_map(Value::from)];
    let n = prop_oneof![
        4 => any::<i8>().prop_map(Value::from),
        1 => Just(json!(null)),
        1 => Just(json!("no number")),
        1 => Just(serde_json::from_str("12345678901234567890123").unwrap()),
    ];
    (0..6_i64, name, n, any::<bool>()).prop_map(|(id, name, n, whole)| match whole {
        true => json!({"id": id, "name": name, "n": n, "unknown": [n]}),
        false => json!({"id": id, "n": n}),
    })
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn records_give_the_same_table_in_files_and_in_messages(
        records in prop::collection::vec(record(), 0..40),
        files in 1..4_usize,
        rows in 1..9_u64,
        compressed in 0..3_u8,
    ) {
        let settings = json!({"batch_size_rows": rows, "on_invalid_record": "reject"});
        let mut sent = loader(&settings);
        sent.line(&people()).unwrap();
        let messages: Vec<String> = records.iter().map(|record| stage::record("people", record, &json!({}))).collect();
        sent.load(messages.iter().map(String::as_str)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let texts: Vec<String> = records
            .chunks(records.len() / files + 1)
            .map(|records| records.iter().map(|record| format!("{record}\n")).collect())
            .collect();
        let paths: Vec<PathBuf> = texts.iter().enumerate().map(|(at, text)| {
            let bytes = match compressed {
                0 => text.as_bytes().to_vec(),
                1 => gzip(text),
                _ => zstd(text),
            };
            put(&folder, &at.to_string(), &bytes)
        }).collect();
        let paths: Vec<&str> = paths.iter().map(|path| path.to_str().unwrap()).collect();
        let mut read = loader(&settings);
        read.load([people().as_str(), &batch("people", &paths, JSONL, "")]).unwrap();
        // The sequences are of arrival: what they order is the same.
        let without = |rows: Vec<Vec<Cell>>| -> Vec<String> {
            rows.iter().map(|row| format!("{:?}", &row[..3])).collect()
        };
        prop_assert_eq!(
            without(stage::rows(&read.memory, "people")),
            without(stage::rows(&sent.memory, "people"))
        );
        let reasons = |loader: &Loader| loader.memory.content().rejects().into_iter().map(|reject| (reject.reason, reject.record)).collect::<Vec<_>>();
        prop_assert_eq!(reasons(&read), reasons(&sent));
        prop_assert_eq!(read.counts.received, sent.counts.received);
    }
}

#[test]
fn records_in_files_are_shared_out_as_those_in_messages() {
    let folder = tempfile::tempdir().unwrap();
    let records: Vec<Value> = (0..30).map(|id| json!({"id": id, "n": 1})).collect();
    let text: String = records.iter().map(|record| format!("{record}\n")).collect();
    let around = json!({"sequence": 7});
    let messages: Vec<String> =
        records.iter().map(|record| stage::record("people", record, &around)).collect();
    let memory = Memory::new();
    for number in 1..=3 {
        let settings = json!({"shard": format!("{number}/3")});
        let mut sent = Loader::new(&Memory::new(), &settings);
        let lines = [people()].into_iter().chain(messages.clone()).collect::<Vec<_>>();
        sent.load(lines.iter().map(String::as_str)).unwrap();
        let mut read = Loader::new(&memory, &settings);
        read.load([people().as_str(), &named(&folder, &[&text], r#","sequence":7"#)]).unwrap();
        assert_eq!(read.counts.received, sent.counts.received);
        assert_eq!(read.intake.elsewhere().collect::<Vec<_>>(), sent.intake.elsewhere().collect::<Vec<_>>());
        assert!((1..30).contains(&read.counts.received));
    }
    assert_eq!(stage::rows(&memory, "people").len(), 30);
}
