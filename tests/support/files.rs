//! Files of records, and the messages that name them.

use std::fs;
use std::io::{Cursor, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use tempfile::TempDir;

use super::messages::text;

/// A BATCH message for files of JSON whose first bytes say how they are compressed.
pub(crate) fn batch(stream: &str, manifest: &[&str]) -> String {
    batch_with(stream, manifest, r#"{"format":"jsonl"}"#, "")
}

/// A BATCH message; `encoding` is JSON, and `more` stands beside it.
pub(crate) fn batch_with(stream: &str, manifest: &[&str], encoding: &str, more: &str) -> String {
    let manifest = serde_json::to_string(manifest).expect("texts are JSON");
    format!(
        "{{\"type\":\"BATCH\",\"stream\":{},\"manifest\":{manifest},\"encoding\":{encoding}{more}}}\n",
        text(stream)
    )
}

/// Writes a file, and says where it is.
pub(crate) fn put(folder: &TempDir, name: &str, bytes: &[u8]) -> String {
    let path = folder.path().join(name);
    fs::write(&path, bytes).expect("the folder can be written");
    path.to_str().expect("a plain path").to_owned()
}

pub(crate) fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes()).expect("memory takes it");
    encoder.finish().expect("memory takes it")
}

pub(crate) fn zstd(text: &str) -> Vec<u8> {
    zstd::stream::encode_all(Cursor::new(text), 1).expect("memory takes it")
}
