//! The law in a few lines: a map from key to the newest record, whatever the order in which they came.
//!
//! It shares nothing with the loader but the form in which tests write values.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::support::table::canonical;

/// What makes one record newer than another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// The message's sequence; of equals the first stays.
    Message,
    /// The time in the record that the stream is replicated by; of equals the last stays, or the first.
    Property { last: bool },
    /// The order of arrival.
    Arrival,
}

#[derive(Deserialize)]
struct Message<'a> {
    r#type: &'a str,
    stream: Option<&'a str>,
    schema: Option<Value>,
    key_properties: Option<Vec<String>>,
    bookmark_properties: Option<Vec<String>>,
    #[serde(borrow)]
    record: Option<BTreeMap<String, &'a RawValue>>,
    sequence: Option<i64>,
    time_extracted: Option<String>,
}

fn message(line: &str) -> Message<'_> {
    serde_json::from_str(line).expect("the tap writes Singer messages")
}

/// A row: column to text.
type Row = BTreeMap<String, String>;

#[derive(Default)]
struct Stream {
    properties: BTreeMap<String, Value>,
    keys: Vec<String>,
    bookmark: String,
    rows: BTreeMap<Vec<String>, (i64, Row)>,
}

/// What every table must be.
pub(super) struct Law(BTreeMap<String, Stream>);

impl Law {
    /// What the messages of `input` come to.
    pub(super) fn of(input: &str, order: Order) -> Self {
        let mut streams: BTreeMap<String, Stream> = BTreeMap::new();
        for (number, line) in input.lines().enumerate() {
            let message = message(line);
            let Some(name) = message.stream else { continue };
            let stream = streams.entry(name.to_owned()).or_default();
            match message.r#type {
                "SCHEMA" => stream.describe(message),
                "RECORD" => stream.take(&message, order, number),
                other => panic!("{other} is not what the model knows"),
            }
        }
        Self(streams)
    }

    /// What is left of it where deletes are for good.
    pub(super) fn without_deleted(mut self) -> Self {
        for stream in self.0.values_mut() {
            stream.rows.retain(|_, (_, row)| row.get("_sdc_deleted_at").is_none_or(|at| at == "NULL"));
        }
        self
    }

    pub(super) fn streams(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The rows of a table with these columns.
    pub(super) fn rows<'a>(
        &'a self,
        stream: &str,
        columns: &[&'a str],
        without: &[&str],
    ) -> Vec<BTreeMap<&'a str, &'a str>> {
        let stream = &self.0[stream];
        let mut rows: Vec<BTreeMap<&str, &str>> = stream
            .rows
            .values()
            .map(|(_, row)| {
                let cell = |column: &&'a str| (*column, row.get(*column).map_or("NULL", String::as_str));
                columns.iter().filter(|column| !without.contains(column)).map(cell).collect()
            })
            .collect();
        assert!(
            stream.properties.keys().all(|name| columns.contains(&name.as_str())),
            "every property has a column"
        );
        rows.sort();
        rows
    }
}

impl Stream {
    fn describe(&mut self, message: Message<'_>) {
        let schema = message.schema.expect("a SCHEMA has one");
        let properties = schema["properties"].as_object().expect("the tap's schemas have properties");
        self.properties.extend(properties.iter().map(|(name, schema)| (name.clone(), schema.clone())));
        self.keys = message.key_properties.unwrap_or_default();
        self.bookmark =
            message.bookmark_properties.and_then(|names| names.first().cloned()).unwrap_or_default();
    }

    fn take(&mut self, message: &Message<'_>, order: Order, number: usize) {
        let record = message.record.as_ref().expect("a RECORD has one");
        let mut row: Row = record
            .iter()
            .map(|(name, value)| (name.clone(), shown(&self.properties[name], value.get())))
            .collect();
        let sequence = match order {
            Order::Message => message.sequence.expect("the tap sends sequences"),
            Order::Property { .. } => {
                let time: String = serde_json::from_str(record[&self.bookmark].get()).expect("a time");
                time.parse::<Timestamp>().expect("a time").as_microsecond()
            }
            Order::Arrival => number as i64,
        };
        row.insert("_sdc_sequence".to_owned(), sequence.to_string());
        if let Some(time) = &message.time_extracted {
            row.insert("_sdc_extracted_at".to_owned(), instant(time));
        }
        let key = self.keys.iter().map(|key| row[key].clone()).collect();
        let held = self.rows.get(&key).map(|(sequence, _)| *sequence);
        let wins = match held {
            None => true,
            Some(held) if held == sequence => order == Order::Property { last: true },
            Some(held) => sequence > held,
        };
        if wins {
            self.rows.insert(key, (sequence, row));
        }
    }
}

/// A value as a table shows it, by its property's schema.
fn shown(schema: &Value, json: &str) -> String {
    if json == "null" {
        return "NULL".to_owned();
    }
    let inner = || serde_json::from_str::<String>(json).expect("a text");
    match schema["format"].as_str() {
        Some("date-time") => instant(&inner()),
        Some("date" | "uuid") => inner(),
        Some("time") => inner().parse::<civil::Time>().expect("a time of day").to_string(),
        // Numbers, texts and JSON are the same in one form of JSON.
        _ => canonical(json),
    }
}

fn instant(text: &str) -> String {
    format!("{:.6}", text.parse::<Timestamp>().expect("a time"))
}

/// The last SCHEMA line of each stream.
pub(super) fn last_schemas(input: &str) -> Vec<&str> {
    let mut last: BTreeMap<String, &str> = BTreeMap::new();
    for line in input.lines() {
        let message = message(line);
        if let ("SCHEMA", Some(stream)) = (message.r#type, message.stream) {
            last.insert(stream.to_owned(), line);
        }
    }
    last.into_values().collect()
}
