//! Any schema is read or refused in words, and the streams that it makes take records and give tables.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use target::destination::memory::Memory;
use target::error::{Class, Error};
use target::schema;

use super::super::stage::{self, Loader};
use super::records::agree;
use super::tokens::{members, tamed};

/// Properties whose values are tried.
const PROPERTIES: usize = 6;

/// What each of them is tried with.
const VALUES: [&str; 10] = [
    "null",
    "true",
    "7",
    "-0.5",
    "1e400",
    "\"a\"",
    "\"2024-02-29T12:00:00Z\"",
    "[]",
    "[{\"a\":[1]}]",
    "{\"a\":{\"a\":null}}",
];

/// The bytes are a schema.
pub(crate) fn check(bytes: &[u8]) {
    let Ok(Ok(schema)) = std::str::from_utf8(bytes).map(serde_json::from_str::<Value>) else { return };
    let read = schema::read(&schema);
    assert_eq!(read, schema::read(&schema), "it is read alike each time");
    let Ok(shape) = read else { return };
    let names: BTreeSet<&str> = shape.properties.iter().map(|property| property.name.as_str()).collect();
    assert_eq!(names.len(), shape.properties.len(), "each property once");
    let tried = shape.properties.iter().take(PROPERTIES).map(|property| Value::from(property.name.as_str()));
    let records = tried.flat_map(|name| VALUES.map(|value| format!("{{{name}:{value}}}")));
    let records: Vec<String> = std::iter::once("{}".to_owned()).chain(records).collect();
    let records: Vec<&str> = records.iter().map(String::as_str).collect();
    agree(&schema, &records);
    loaded(&schema, &records);
}

/// Loads the records into memory in several ways: what goes wrong is the input's fault, and every record is accounted for.
pub(crate) fn loaded(schema: &Value, records: &[&str]) {
    let first = schema::read(schema).ok().and_then(|shape| shape.properties.into_iter().next());
    let key = first.map(|property| property.name);
    for (nested, load_method, keys) in [
        ("json", "upsert", key.as_slice()),
        ("flatten", "append-only", &[]),
        ("subtables", "upsert", key.as_slice()),
    ] {
        let settings = json!({"nested": nested, "load_method": load_method, "on_invalid_record": "reject"});
        let mut loader = Loader::new(&Memory::new(), &settings);
        let opened = json!({"type": "SCHEMA", "stream": "s", "schema": schema, "key_properties": keys});
        if let Err(error) = loader.line(&opened.to_string()) {
            at_fault(&error);
            continue;
        }
        let mut sent = 0;
        let mut ended = false;
        for record in records.iter().filter(|record| members(&tamed(record).0).is_some()) {
            let line = format!(r#"{{"type":"RECORD","stream":"s","record":{record},"sequence":{sent}}}"#);
            match loader.line(&line) {
                Ok(()) => sent += 1,
                Err(error) => {
                    at_fault(&error);
                    ended = true;
                    break;
                }
            }
        }
        loader.flush().unwrap_or_else(|error| panic!("{nested}: {error}"));
        assert_eq!(loader.counts.received, sent, "{nested}");
        assert_eq!(loader.counts.remainder(), 0, "{nested}");
        // A table is there at the latest with the first row.
        let rows = stage::rows(&loader.memory, "s").len() as u64;
        assert!(ended || rows <= sent, "{nested}");
    }
}

/// An error may say that the input is wrong, or that the settings do not go with it, and nothing else.
fn at_fault(error: &Error) {
    assert!(matches!(error.class(), Class::Input | Class::Usage), "{error}");
    assert!(!error.to_string().is_empty());
}
