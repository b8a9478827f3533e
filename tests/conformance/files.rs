//! Records in files, which a BATCH message names: they are loaded as records in messages are.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, RecordBatch,
    StringArray, Time64MicrosecondArray, TimestampMicrosecondArray,
};
use parquet::arrow::ArrowWriter;
use target::error::Class;
use tempfile::TempDir;

use crate::support::files::{self, batch, batch_with};
use crate::support::folder;
use crate::support::messages::*;
use crate::support::place::{Place, everywhere};
use crate::support::table::CLOCKS;

everywhere! {
    records_in_files_give_the_table_that_messages_give,
    files_and_messages_come_in_their_order,
    many_files_are_read_one_after_the_other,
    a_bookmark_after_files_leaves_when_all_of_their_rows_are_in,
    a_file_that_cannot_be_read_ends_the_run_with_what_came_before_it_in,
    a_record_that_is_refused_is_kept_with_its_place_in_the_file,
    records_in_files_are_recognised_when_they_come_again,
    arrays_in_files_have_their_tables,
}

const DECIMAL: &str = r#"{"type":["null","string"],"format":"singer.decimal","precision":12,"scale":3}"#;
const BYTES: &str = r#"{"type":["null","string"],"contentEncoding":"base64"}"#;

const PROPERTIES: &[(&str, &str)] = &[
    ("id", INTEGER),
    ("yes", BOOLEAN),
    ("number", NUMBER),
    ("decimal", DECIMAL),
    ("text", TEXT),
    ("date", DATE),
    ("time", TIME),
    ("at", TIMESTAMP),
    ("bytes", BYTES),
];

const RECORDS: [&str; 3] = [
    r#"{"id":1,"yes":true,"number":1.5,"decimal":"-12.345","text":"é\"\n","date":"2024-02-29","time":"23:59:59.000001","at":"2024-02-29T12:00:00.000001Z","bytes":"/wBh"}"#,
    r#"{"id":2,"yes":null,"number":null,"decimal":null,"text":null,"date":null,"time":null,"at":null,"bytes":null}"#,
    r#"{"id":1,"yes":false,"number":1e300,"decimal":"0.000","text":"","date":"0001-01-01","time":"00:00:00","at":"1969-12-31T23:59:59Z","bytes":""}"#,
];

/// The same records.
fn parquet() -> Vec<u8> {
    let columns: [(&str, ArrayRef); 9] = [
        ("id", Arc::new(Int64Array::from(vec![1, 2, 1]))),
        ("yes", Arc::new(BooleanArray::from(vec![Some(true), None, Some(false)]))),
        ("number", Arc::new(Float64Array::from(vec![Some(1.5), None, Some(1e300)]))),
        (
            "decimal",
            Arc::new(
                Decimal128Array::from(vec![Some(-12_345), None, Some(0)])
                    .with_precision_and_scale(12, 3)
                    .expect("it fits"),
            ),
        ),
        ("text", Arc::new(StringArray::from(vec![Some("é\"\n"), None, Some("")]))),
        ("date", Arc::new(Date32Array::from(vec![Some(19_782), None, Some(-719_162)]))),
        ("time", Arc::new(Time64MicrosecondArray::from(vec![Some(86_399_000_001), None, Some(0)]))),
        (
            "at",
            Arc::new(
                TimestampMicrosecondArray::from(vec![Some(1_709_208_000_000_001), None, Some(-1_000_000)])
                    .with_timezone("UTC"),
            ),
        ),
        ("bytes", Arc::new(BinaryArray::from(vec![Some(&b"\xFF\x00a"[..]), None, Some(b"")]))),
    ];
    let columns = columns.into_iter().map(|(name, array)| (name, array, true));
    let rows = RecordBatch::try_from_iter_with_nullable(columns).expect("the columns fit");
    let mut writer = ArrowWriter::try_new(Vec::new(), rows.schema(), None).expect("it can be written");
    writer.write(&rows).expect("it is written");
    writer.into_inner().expect("it is written")
}

/// The rows of a table without the times of its load.
#[track_caller]
fn rows(place: &Place, name: &str) -> Vec<String> {
    let dump = place.dump(name);
    let columns: Vec<&str> = dump.names().into_iter().filter(|column| !CLOCKS.contains(column)).collect();
    dump.only(&columns)
}

fn records_in_files_give_the_table_that_messages_give(place: &Place) {
    let folder = folder::fresh();
    let around = r#","sequence":7,"version":2,"time_extracted":"2024-01-01T00:00:00Z""#;
    let sent: String = RECORDS.map(|record| record_with("sent", record, around)).concat();
    place.load("{}", &(schema("sent", &["id"], PROPERTIES) + &sent)).ok();
    let expected = rows(place, "sent");
    assert_eq!(expected.len(), 2);
    let text = RECORDS.map(|record| format!("{record}\n")).concat();
    let written = [
        ("plain", r#"{"format":"jsonl","compression":"none"}"#, text.clone().into_bytes()),
        ("guessed", r#"{"format":"jsonl"}"#, files::gzip(&text)),
        ("gzip", r#"{"format":"jsonl","compression":"gzip"}"#, files::gzip(&text)),
        ("zstd", r#"{"format":"jsonl","compression":"zstd"}"#, files::zstd(&text)),
        ("columns", r#"{"format":"parquet"}"#, parquet()),
    ];
    for (name, encoding, bytes) in written {
        let path = files::put(&folder, name, &bytes);
        let message = batch_with(name, &[&format!("file://{path}")], encoding, around);
        let loaded = place.load("{}", &(schema(name, &["id"], PROPERTIES) + &message)).ok();
        assert_eq!(rows(place, name), expected, "{name}");
        let counts = loaded.counts(name);
        assert_eq!((counts.received, counts.inserted, counts.duplicate), (3, 2, 1), "{name}");
    }
}

fn ids(stream: &str) -> String {
    schema(stream, &["id"], &[("id", INTEGER), ("n", INTEGER)])
}

fn pair(id: usize, n: usize) -> String {
    format!("{{\"id\":{id},\"n\":{n}}}")
}

/// A file of these pairs.
fn pairs(folder: &TempDir, name: &str, pairs: impl IntoIterator<Item = (usize, usize)>) -> String {
    let text: String = pairs.into_iter().map(|(id, n)| pair(id, n) + "\n").collect();
    files::put(folder, name, &files::gzip(&text))
}

fn files_and_messages_come_in_their_order(place: &Place) {
    let folder = folder::fresh();
    // So many that stdin is read while the files are.
    let many = 20_000;
    let first = pairs(&folder, "first", (0..many).map(|id| (id, 1)));
    let second = pairs(&folder, "second", (0..many).step_by(2).map(|id| (id, 3)));
    let messages: String = (0..many).step_by(3).map(|id| record("s", &pair(id, 2))).collect();
    let last = record("s", &pair(0, 4)) + &record("s", &pair(many, 4));
    let input =
        [ids("s"), batch("s", &[&first]), messages, batch("s", &[&second]), last, state("1")].concat();
    let loaded = place.load(r#"{"batch_size_rows":7000}"#, &input).ok();
    assert_eq!(loaded.bookmarks, ["1"]);
    let expected = |id: usize| match id {
        id if id == 0 || id == many => 4,
        id if id % 2 == 0 => 3,
        id if id % 3 == 0 => 2,
        _ => 1,
    };
    let mut expected: Vec<String> = (0..=many).map(|id| format!("{id} | {}", expected(id))).collect();
    expected.sort();
    assert_eq!(place.rows("s", &["id", "n"]), expected);
}

fn many_files_are_read_one_after_the_other(place: &Place) {
    let folder = folder::fresh();
    let paths: Vec<String> =
        (0..40).map(|file| pairs(&folder, &file.to_string(), [(1, file), (file + 2, 0)])).collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    place.load("{}", &(ids("s") + &batch("s", &paths) + &batch("s", &[]))).ok();
    let rows = place.rows("s", &["id", "n"]);
    assert_eq!(rows.len(), 41);
    assert!(rows.contains(&"1 | 39".to_owned()), "the last file wins");
}

fn a_bookmark_after_files_leaves_when_all_of_their_rows_are_in(place: &Place) {
    let folder = folder::fresh();
    let whole = pairs(&folder, "whole", (1..=5).map(|id| (id, 1)));
    let broken = files::put(&folder, "broken", format!("{}\n{{\"id\":7,\n", pair(6, 1)).as_bytes());
    let input = [ids("s"), state("1"), batch("s", &[&whole]), state("2"), batch("s", &[&broken]), state("3")]
        .concat();
    let loaded = place.load(r#"{"batch_size_rows":2}"#, &input);
    let words = loaded.fails(Class::Input);
    assert!(
        words.starts_with("line 5: stream \"s\": file ") && words.contains("line 2: not JSON"),
        "{words}"
    );
    assert_eq!(loaded.bookmarks.last().map(String::as_str), Some("2"));
    assert_eq!(place.rows("s", &["id"]), ["1", "2", "3", "4", "5", "6"]);
}

fn a_file_that_cannot_be_read_ends_the_run_with_what_came_before_it_in(place: &Place) {
    let folder = folder::fresh();
    let whole = pairs(&folder, "whole", [(1, 1)]);
    let text: String = (0..50_000).map(|id| pair(id, 2) + "\n").collect();
    let cut = files::gzip(&text);
    let cut = files::put(&folder, "cut", &cut[..cut.len() - 100]);
    let missing = folder.path().join("missing");
    for (file, words) in
        [(cut.as_str(), "cannot be read"), (missing.to_str().expect("a plain path"), "cannot be opened")]
    {
        let loaded = place.load("{}", &(ids("s") + &batch("s", &[&whole, file]) + &state("1")));
        let said = loaded.fails(Class::Input);
        assert!(said.starts_with("line 2: stream \"s\": file ") && said.contains(words), "{said}");
        assert!(loaded.bookmarks.is_empty());
        assert!(place.rows("s", &["id"]).contains(&"1".to_owned()));
    }
    assert!(Path::new(&whole).exists(), "the loader deletes no files");
}

fn a_record_that_is_refused_is_kept_with_its_place_in_the_file(place: &Place) {
    let folder = folder::fresh();
    let text = format!("{}\n{{\"id\":\"x\"}}\n\n{{\"n\":2}}\n{}\n", pair(1, 1), pair(2, 2));
    let path = files::put(&folder, "some", text.as_bytes());
    let input = ids("s") + &record("s", "{\"id\":[]}") + &batch("s", &[&path]) + &state("1");
    let loaded = place.load(r#"{"on_invalid_record":"reject"}"#, &input).ok();
    assert_eq!(
        (place.rows("s", &["id"]), loaded.bookmarks),
        (vec!["1".to_owned(), "2".to_owned()], vec!["1".to_owned()])
    );
    let mut told: Vec<_> =
        place.rejects().into_iter().map(|reject| (reject.line, reject.place, reject.record)).collect();
    told.sort();
    let at = |line: u8| Some(format!("{path:?}, line {line}"));
    let expected = [
        (2, None, "{\"id\":[]}".to_owned()),
        (3, at(2), "{\"id\":\"x\"}".to_owned()),
        (3, at(4), "{\"n\":2}".to_owned()),
    ];
    assert_eq!(told, expected);
}

fn records_in_files_are_recognised_when_they_come_again(place: &Place) {
    let folder = folder::fresh();
    let first = pairs(&folder, "first", [(1, 1), (1, 2), (2, 1)]);
    // The tap writes the same records into other files.
    let second = pairs(&folder, "second", [(2, 1), (3, 1)]);
    let settings = r#"{"load_method":"append-only","sequence":{"property":"n"}}"#;
    let loaded = place.load(settings, &(ids("s") + &batch("s", &[&first]))).ok();
    assert_eq!(loaded.counts("s").inserted, 3);
    let loaded = place.load(settings, &(ids("s") + &batch("s", &[&first, &second]))).ok();
    assert_eq!((loaded.counts("s").inserted, loaded.counts("s").duplicate), (1, 4));
    assert_eq!(place.rows("s", &["id", "n"]), ["1 | 1", "1 | 2", "2 | 1", "3 | 1"]);
}

fn arrays_in_files_have_their_tables(place: &Place) {
    let folder = folder::fresh();
    let tags = r#"{"type":["null","array"],"items":{"type":"string"}}"#;
    let path = files::put(&folder, "some", b"{\"id\":1,\"tags\":[\"a\",\"b\"]}\n{\"id\":2,\"tags\":[]}\n");
    let input = schema("s", &["id"], &[("id", INTEGER), ("tags", tags)]) + &batch("s", &[&path]);
    place.load(r#"{"nested":"subtables"}"#, &input).ok();
    let columns = ["_sdc_source_key_id", "_sdc_level_0_id", "value"];
    assert_eq!(place.rows("s__tags", &columns), [r#"1 | 0 | "a""#, r#"1 | 1 | "b""#]);
    fs::remove_file(path).expect("it is still there");
}
