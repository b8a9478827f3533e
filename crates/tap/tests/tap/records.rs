//! What a record looks like.

use std::collections::{BTreeMap, BTreeSet};

use jsonschema::Validator;
use serde_json::{Value, json};
use tap::streams::{Table, words};

use crate::{bytes, is_record, lines, messages, mixtures};

/// The schema in force for a stream while its records are read.
struct InForce {
    schema: Value,
    validator: Validator,
}

fn in_force(schema: &Value) -> InForce {
    // Taps write times of day without the offset that the format wants by RFC 3339.
    let validator = jsonschema::options()
        .should_validate_formats(true)
        .with_format("time", |text: &str| tap::clock::parse(&format!("2024-01-01T{text}Z")).is_some())
        .build(schema);
    InForce { schema: schema.clone(), validator: validator.expect("a schema") }
}

#[test]
fn every_record_is_valid_under_the_schema_before_it_and_has_no_other_properties() {
    let mut all = mixtures();
    all.push(
        json!({"rows": 3000, "schema_change_at": 1500, "deletes": 0.2, "updates": 0.4, "shuffle": true}),
    );
    for settings in all {
        let mut schemas = BTreeMap::new();
        for message in messages(&bytes(&settings)) {
            let stream = message["stream"].as_str().unwrap_or_default().to_owned();
            if message["type"] == "SCHEMA" {
                schemas.insert(stream, in_force(&message["schema"]));
            } else if message["type"] == "RECORD" {
                let InForce { schema, validator } = &schemas[&stream];
                let record = &message["record"];
                let error = validator.iter_errors(record).next().map(|error| error.to_string());
                assert_eq!(error, None, "{record}");
                for property in record.as_object().into_iter().flat_map(|record| record.keys()) {
                    assert!(schema["properties"].get(property).is_some(), "{property} of {stream}");
                }
            }
        }
    }
}

#[test]
fn every_undeleted_record_has_all_properties_of_its_table() {
    for message in messages(&bytes(&json!({"rows": 50}))).iter().filter(|message| message["type"] == "RECORD")
    {
        let table = Table::ALL.into_iter().find(|table| message["stream"] == table.name()).expect("a table");
        let schema = table.schema(false);
        let declared = schema["properties"].as_object().into_iter().flat_map(|properties| properties.keys());
        for property in declared.filter(|property| *property != "_sdc_deleted_at") {
            assert!(message["record"].get(property).is_some(), "{property} in {message}");
        }
    }
}

#[test]
fn from_the_change_of_schema_on_records_have_the_new_property() {
    let settings = json!({"schema_change_at": 400, "rows": 1000, "window": 100, "deletes": 0});
    let property =
        BTreeMap::from([("customers", "loyalty_tier"), ("orders", "coupon"), ("events", "session")]);
    let messages = messages(&bytes(&settings));
    let mut halves = 0;
    for message in messages.iter().filter(|message| message["type"] == "RECORD") {
        let position = message["sequence"].as_u64().expect("a sequence") - 1_704_067_200_000;
        let new = property[message["stream"].as_str().expect("a stream")];
        assert_eq!(message["record"].get(new).is_some(), position >= 400, "{message}");
        halves += usize::from(message["record"]["quantity"].as_f64().is_some_and(|n| n.fract() != 0.0));
    }
    assert!((100..200).contains(&halves), "{halves} halves");
    let schemas: Vec<_> = messages.iter().filter(|message| message["type"] == "SCHEMA").collect();
    assert_eq!(schemas.len(), 6);
    for (table, pair) in Table::ALL.into_iter().zip(schemas.chunks(2)) {
        let added: Vec<_> = keys(&pair[1]["schema"]).difference(&keys(&pair[0]["schema"])).cloned().collect();
        assert_eq!(added, [property[table.name()]]);
    }
}

#[test]
fn a_deleted_row_has_its_key_and_the_time_only() {
    let settings = json!({"updates": 0.5, "deletes": 0.5});
    let mut deleted = 0;
    for message in messages(&bytes(&settings)).iter().filter(|message| message["type"] == "RECORD") {
        let Some(time) = message["record"]["_sdc_deleted_at"].as_str() else {
            assert_eq!(message["record"].get("_sdc_deleted_at"), Some(&Value::Null));
            continue;
        };
        let table = Table::ALL.into_iter().find(|table| message["stream"] == table.name()).expect("a table");
        let present =
            message["record"].as_object().map(|record| record.keys().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(present, Some([table.key_properties(), &[table.bookmark(), "_sdc_deleted_at"]].concat()));
        assert_eq!(message["record"][table.bookmark()], time);
        deleted += 1;
    }
    assert!((650..850).contains(&deleted), "{deleted} deletes of about 750");
}

#[test]
fn a_line_of_orders_has_about_480_bytes() {
    let all = bytes(&json!({"streams": "orders", "rows": 100_000, "updates": 0, "state_every": 0}));
    let lines: Vec<_> = lines(&all).into_iter().filter(|line| is_record(line)).collect();
    let average = lines.iter().map(|line| line.len()).sum::<usize>() / lines.len();
    assert!((460..=500).contains(&average), "{average}");
}

#[test]
fn a_record_is_written_as_the_protocol_crate_writes_it() {
    let all = bytes(&json!({"rows": 20, "version": 3}));
    for line in lines(&all).into_iter().filter(|line| is_record(line)) {
        let message: Value = serde_json::from_slice(line).expect("JSON");
        let start =
            line.windows(10).position(|part| part == br#","record":"#.as_slice()).expect("a record") + 10;
        let end = line.windows(10).rposition(|part| part == br#","version""#).expect("a version");
        let head = singer::write::RecordHead {
            stream: message["stream"].as_str().expect("a stream"),
            version: Some(3),
            time_extracted: message["time_extracted"].as_str(),
            sequence: message["sequence"].as_i64(),
        };
        let mut expected = Vec::new();
        singer::write::record(&mut expected, &head, &line[start..end]).expect("a Vec takes all");
        assert_eq!(String::from_utf8_lossy(line), String::from_utf8_lossy(&expected));
    }
}

#[test]
fn notes_are_short_enough_and_have_escapes() {
    let longest = |pool: &[&[u8]]| {
        let text =
            |raw: &[u8]| serde_json::from_slice::<String>(&[b"\"", raw, b"\""].concat()).expect("JSON text");
        pool.iter().map(|raw| text(raw).chars().count()).max().unwrap_or(0)
    };
    assert!(longest(words::FIRST) + longest(words::MIDDLE) + longest(words::LAST) + 2 <= 120);
    let all = bytes(&json!({"streams": "orders", "rows": 1000}));
    let text = String::from_utf8(all).expect("UTF-8");
    for form in ["\\n", "\\\"", "\\u00e9", "\\ud83d\\ude00", "é", "🎁", "\"note\":null"] {
        assert!(text.contains(form), "no {form}");
    }
}

#[test]
fn times_are_those_of_the_calendar() {
    let time = |millis| {
        let mut out = Vec::new();
        tap::clock::Clock::default().put_time(millis, &mut out);
        String::from_utf8(out).expect("ASCII")
    };
    for (millis, text) in [
        (0, "1970-01-01T00:00:00.000Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
        (1_735_689_599_007, "2024-12-31T23:59:59.007Z"),
        (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
    ] {
        assert_eq!(time(millis), format!("\"{text}\""));
        assert_eq!(tap::clock::parse(text), Some(millis));
    }
    assert_eq!(tap::clock::parse("2024-01-01"), tap::clock::parse("2024-01-01T00:00:00Z"));
    for wrong in ["2023-02-29", "2024-13-01", "2024-01-01T24:00:00Z", "2024-01-01T00:00:00", "2024-1-1", ""] {
        assert_eq!(tap::clock::parse(wrong), None, "{wrong}");
    }
}

fn keys(schema: &Value) -> BTreeSet<String> {
    schema["properties"].as_object().into_iter().flat_map(|properties| properties.keys().cloned()).collect()
}
