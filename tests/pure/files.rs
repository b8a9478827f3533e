//! Records in files: what a BATCH message names, how files are read, and that a record in a file is one in a message.

/// What becomes of the records.
mod loading;
/// Parquet as JSON.
mod parquet;

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use flate2::Compression as Level;
use flate2::write::GzEncoder;
use serde_json::json;
use singer::Message;
use target::error::{Class, Error};
use target::files::{self, Files};
use tempfile::TempDir;

/// A BATCH message, read.
fn files(manifest: &[&str], encoding: &str) -> Result<Files, Error> {
    let line = batch("s", manifest, encoding, "");
    let Ok(Message::Batch(batch)) = singer::message::parse(&line) else { panic!("{line}") };
    Files::read(&batch, 7, "{}")
}

/// A BATCH line; `encoding` is JSON, and `more` stands beside it.
fn batch(stream: &str, manifest: &[&str], encoding: &str, more: &str) -> String {
    let manifest = json!(manifest);
    format!(r#"{{"type":"BATCH","stream":"{stream}","manifest":{manifest},"encoding":{encoding}{more}}}"#)
}

/// What stands in a file that holds `bytes`.
fn content(bytes: &[u8], encoding: &str) -> Result<String, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = put(&folder, "file", bytes);
    let files = files(&[path.to_str().unwrap()], encoding).map_err(|error| error.to_string())?;
    let mut lines = files::open(&files, 0).map_err(|error| {
        assert_eq!(error.class(), Class::Input);
        error.to_string()
    })?;
    let mut text = String::new();
    lines.read_to_string(&mut text).map_err(|error| error.to_string())?;
    Ok(text)
}

fn put(folder: &TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    path
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Level::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn zstd(text: &str) -> Vec<u8> {
    zstd::stream::encode_all(io::Cursor::new(text), 3).unwrap()
}

#[test]
fn a_file_is_named_by_a_url_or_a_path() {
    for (entry, path) in [
        ("file:///tmp/a.jsonl.gz", "/tmp/a.jsonl.gz"),
        ("FILE:///tmp/a", "/tmp/a"),
        ("file://localhost/tmp/a", "/tmp/a"),
        ("file:/tmp/a", "/tmp/a"),
        ("file:a/b", "a/b"),
        ("file://tests/a", "tests/a"),
        ("file://localhosts/a", "localhosts/a"),
        ("file:///tmp/a%20b%25%C3%A9", "/tmp/a b%é"),
        ("/tmp/a", "/tmp/a"),
        ("a/b%20c", "a/b%20c"),
        ("C:", "C:"),
        ("a:b/c", "a:b/c"),
        ("./s3://a", "./s3://a"),
    ] {
        assert_eq!(files(&[entry], r#"{"format":"jsonl"}"#).unwrap().paths, [Path::new(path)], "{entry}");
    }
}

#[test]
fn what_cannot_be_read_is_refused_before_any_file_is_opened() {
    let jsonl = r#"{"format":"jsonl"}"#;
    for (entry, encoding, words) in [
        ("s3://key:secret@bucket/a", jsonl, "scheme \"s3\""),
        ("https://example.org/a", jsonl, "scheme \"https\""),
        ("gs+x.1-2://a", jsonl, "scheme \"gs+x.1-2\""),
        ("file:///a%2", jsonl, "a URL that is none"),
        ("file:///a%zz", jsonl, "a URL that is none"),
        ("file:///a%00", jsonl, "a URL that is none"),
        ("file://", jsonl, "a URL that is none"),
        ("", jsonl, "without a name"),
        ("a", "{}", "does not say the format"),
        ("a", r#"{"format":"csv"}"#, "format \"csv\""),
        ("a", r#"{"format":"jsonl","compression":"bz2"}"#, "compressed by \"bz2\""),
    ] {
        let error = files(&["a", entry], encoding).unwrap_err();
        let said = error.to_string();
        assert!(said.contains(words) && !said.contains("secret"), "{entry} {encoding}: {said}");
        assert_eq!((error.class(), error.hint_text().is_some()), (Class::Input, !entry.is_empty()), "{said}");
    }
    // Parquet says by itself how it is compressed, whatever the tap calls it.
    assert!(files(&["a"], r#"{"format":"parquet","compression":"snappy"}"#).is_ok());
}

#[test]
fn a_file_gives_its_lines_whatever_its_compression_is() {
    let text = "{\"id\":1}\n{\"id\":2,\"name\":\"é\"}\n\n{\"id\":3}";
    let (gzip, zstd, plain) = (gzip(text), zstd(text), text.as_bytes().to_vec());
    for (bytes, named) in [(&gzip, "gzip"), (&zstd, "zstd"), (&plain, "none")] {
        for compression in [format!("\"{named}\""), "null".to_owned()] {
            let encoding = format!(r#"{{"format":"jsonl","compression":{compression}}}"#);
            assert_eq!(content(bytes, &encoding).as_deref(), Ok(text), "{encoding} of {named}");
        }
        assert_eq!(content(bytes, r#"{"format":"jsonl"}"#).as_deref(), Ok(text), "{named}");
    }
    // What says that it is not compressed is taken at its word.
    let raw = content(&plain, r#"{"format":"jsonl","compression":"none"}"#);
    assert_eq!(raw.as_deref(), Ok(text));
}

#[test]
fn a_file_of_several_members_or_frames_is_read_to_its_end() {
    let parts = ["{\"id\":1}\n{\"i", "d\":2}\n", "", "{\"id\":3}\n"];
    for each in [gzip, zstd] {
        let bytes: Vec<u8> = parts.iter().flat_map(|part| each(part)).collect();
        assert_eq!(content(&bytes, r#"{"format":"jsonl"}"#), Ok(parts.concat()));
    }
}

#[test]
fn a_file_that_is_not_whole_is_an_error_and_no_fewer_records() {
    let text: String = (0..20_000).map(|id| format!("{{\"id\":{id}}}\n")).collect();
    for (bytes, named) in [(gzip(&text), "gzip"), (zstd(&text), "zstd")] {
        let encoding = format!(r#"{{"format":"jsonl","compression":"{named}"}}"#);
        for length in [1, 5, bytes.len() / 2, bytes.len() - 5, bytes.len() - 1] {
            assert!(content(&bytes[..length], &encoding).is_err(), "{named}: {length} of {}", bytes.len());
        }
        assert!(content(&[], &encoding).unwrap_err().contains("is empty"), "{named}");
        assert!(content(text.as_bytes(), &encoding).unwrap_err().contains("does not begin"), "{named}");
        let more = [&bytes[..], b"more"].concat();
        assert!(content(&more, &encoding).is_err(), "{named}");
        let mut damaged = bytes.clone();
        damaged[bytes.len() / 2] ^= 0x10;
        assert!(content(&damaged, &encoding).is_err(), "{named}");
    }
    assert_eq!(content(&[], r#"{"format":"jsonl"}"#).as_deref(), Ok(""));
    for bytes in [&b""[..], b"PAR1", b"{\"id\":1}\n"] {
        assert!(content(bytes, r#"{"format":"parquet"}"#).unwrap_err().contains("parquet"));
    }
}

#[test]
fn a_frame_that_refers_very_far_back_is_refused() {
    let text = "text ".repeat(200_000);
    let written = |window: u32| {
        let mut encoder = zstd::stream::Encoder::new(Vec::new(), 1).unwrap();
        encoder.window_log(window).unwrap();
        // Without its size a frame asks for the whole window.
        encoder.include_contentsize(false).unwrap();
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    let encoding = r#"{"format":"jsonl","compression":"zstd"}"#;
    assert_eq!(content(&written(25), encoding), Ok(text.clone()));
    assert!(content(&written(26), encoding).is_err());
}
