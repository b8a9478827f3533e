//! Very many properties, members, streams. What takes the square of their number does not end in time.

use std::fmt::Write;

use serde_json::{Value, json};
use target::adopt::Wish;
use target::catalog::Catalog;
use target::clock::Now;
use target::destination::Destination;
use target::destination::memory::Memory;
use target::error::Result;
use target::flush::Flush;
use target::intake::{Intake, Step};
use target::table::{Stored, TableName};
use target::types::Type;

use super::super::stage;
use super::{Loader, MANY, bounded, loader, opened, reasons, record, rows};

/// A hundred thousand members, with what `value` gives for each.
fn members(value: impl Fn(usize) -> String) -> String {
    so_many(MANY, value)
}

fn so_many(count: usize, value: impl Fn(usize) -> String) -> String {
    let members: Vec<String> = (0..count).map(|at| format!(r#""p{at:05}":{}"#, value(at))).collect();
    format!("{{{}}}", members.join(","))
}

/// The same members, the last one first.
fn turned(members: &str) -> String {
    let mut members: Vec<&str> = members[1..members.len() - 1].split(',').collect();
    members.reverse();
    format!("{{{}}}", members.join(","))
}

/// Loads a record twice, the second time with the last member first.
fn load_both_ways(loader: &mut Loader, values: &str) {
    loader.line(&record(values)).unwrap();
    loader.line(&record(&turned(values))).unwrap();
    loader.flush().unwrap();
}

fn names(count: usize) -> Value {
    (0..count).map(|at| format!("p{at:05}")).collect()
}

#[test]
fn a_hundred_thousand_properties_are_loaded() {
    if bounded("many::a_hundred_thousand_properties_are_loaded") {
        let schema = format!(
            r#"{{"properties":{},"required":{}}}"#,
            members(|_| r#"{"type":["null","integer"]}"#.to_owned()),
            names(MANY)
        );
        let mut loader = loader("flatten");
        let values = members(|at| at.to_string());
        loader.line(&opened(&schema, &["p00000"])).unwrap();
        loader.line(&record(&values)).unwrap();
        loader.line(&record(&turned(&values).replace(r#""p00000":0"#, r#""p00000":1"#))).unwrap();
        loader.line(&record(&values.replace(r#","p99999":99999"#, ""))).unwrap();
        loader.flush().unwrap();
        assert_eq!(rows(&loader), 2);
        assert_eq!(reasons(&loader), [r#"property "p99999": required, but missing"#]);
        // Another schema for the table that is there now: each of its columns is found.
        let wider = schema.replace("integer", "number");
        loader.line(&opened(&wider, &["p00000"])).unwrap_err();
        let kept = wider.replacen("number", "integer", 1);
        loader.line(&opened(&kept, &["p00000"])).unwrap();
        loader
            .line(&record(&values.replace(r#""p00000":0"#, r#""p00000":2"#).replace(":99999", ":0.5")))
            .unwrap();
        loader.flush().unwrap();
        assert_eq!(rows(&loader), 3);
        let texts = wider.replace("number", "string");
        loader.line(&opened(&texts.replacen("string", "integer", 1), &["p00000"])).unwrap();
        loader.flush().unwrap();
        assert_eq!(
            stage::table(&loader.memory, "s").columns.len(),
            2 * MANY - 1 + 6,
            "each has a second column"
        );
    }
}

#[test]
fn ten_thousand_key_properties_are_compared() {
    if bounded("many::ten_thousand_key_properties_are_compared") {
        let schema =
            format!(r#"{{"properties":{}}}"#, so_many(MANY / 10, |_| r#"{"type":"integer"}"#.to_owned()));
        let names = names(MANY / 10);
        let keys: Vec<&str> = names.as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
        let mut loader = loader("json");
        loader.line(&opened(&schema, &keys)).unwrap();
        let values = so_many(MANY / 10, |at| at.to_string());
        load_both_ways(&mut loader, &values);
        assert_eq!(rows(&loader), 1);
    }
}

/// Inside one property, where they have no columns: there the check looks them up, in whatever order they come.
#[test]
fn a_hundred_thousand_members_are_checked() {
    if bounded("many::a_hundred_thousand_members_are_checked") {
        let schema = format!(
            r#"{{"properties":{{"v":{{"type":"object","properties":{},"required":{}}}}}}}"#,
            members(|_| r#"{"type":"integer"}"#.to_owned()),
            names(MANY)
        );
        let mut loader = loader("json");
        loader.line(&opened(&schema, &[])).unwrap();
        let values = members(|at| at.to_string());
        for values in [
            values.clone(),
            turned(&values),
            values.replace(r#","p99999":99999"#, ""),
            values.replace(":99999", ":0.5"),
        ] {
            loader.line(&record(&format!(r#"{{"v":{values}}}"#))).unwrap();
        }
        loader.flush().unwrap();
        assert_eq!((rows(&loader), reasons(&loader).len()), (2, 2), "{:?}", reasons(&loader));
    }
}

#[test]
fn twenty_thousand_objects_and_arrays_of_a_record_are_flattened() {
    if bounded("many::twenty_thousand_objects_and_arrays_of_a_record_are_flattened") {
        let schema = format!(
            r#"{{"properties":{},"required":{}}}"#,
            members(
                |_| r#"{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]}"#.to_owned()
            ),
            names(MANY / 5)
        );
        let mut loader = loader("flatten");
        loader.line(&opened(&schema, &[])).unwrap();
        let values = so_many(MANY / 5, |at| format!(r#"{{"a":{at}}}"#));
        load_both_ways(&mut loader, &values);
        assert_eq!(rows(&loader), 2);
    }
}

#[test]
fn an_array_of_half_a_million_elements_gives_as_many_rows() {
    if bounded("many::an_array_of_half_a_million_elements_gives_as_many_rows") {
        let schema = r#"{"properties":{"a":{"type":"array","items":{"type":"object","properties":{"n":{"type":"integer"}}}}}}"#;
        let mut loader = loader("subtables");
        loader.line(&opened(schema, &[])).unwrap();
        let elements = r#"{"n":1},"#.repeat(5 * MANY);
        loader.line(&record(&format!(r#"{{"a":[{}]}}"#, elements.trim_end_matches(',')))).unwrap();
        let flush = loader.sealed().unwrap().unwrap();
        let rows = flush.loads[0].children[0].rows.as_ref().unwrap();
        assert_eq!(rows.rows.num_rows(), 5 * MANY);
    }
}

/// A schema whose definitions have two members each, of the next definition: as columns they are more than there is memory for.
#[test]
fn a_small_schema_does_not_become_very_many_columns_and_tables() {
    if bounded("many::a_small_schema_does_not_become_very_many_columns_and_tables") {
        for inner in [
            r##"{"type":"object","properties":{"a":{"$ref":"#/definitions/dN"},"b":{"$ref":"#/definitions/dN"},"c":{"$ref":"#/definitions/dN"},"d":{"$ref":"#/definitions/dN"},"e":{"$ref":"#/definitions/dN"},"f":{"$ref":"#/definitions/dN"},"g":{"$ref":"#/definitions/dN"},"h":{"$ref":"#/definitions/dN"},"i":{"$ref":"#/definitions/dN"},"j":{"$ref":"#/definitions/dN"}}}"##,
            r##"{"type":"array","items":{"type":"object","properties":{"a":{"$ref":"#/definitions/dN"},"b":{"$ref":"#/definitions/dN"},"c":{"$ref":"#/definitions/dN"}}}}"##,
        ] {
            let mut definitions = String::from(r#""d80":{"type":"integer"}"#);
            for level in 0..80 {
                write!(definitions, r#","d{level}":{}"#, inner.replace("dN", &format!("d{}", level + 1)))
                    .unwrap();
            }
            let schema = format!(
                r##"{{"properties":{{"v":{{"$ref":"#/definitions/d0"}}}},"definitions":{{{definitions}}}}}"##
            );
            for nested in ["json", "flatten", "subtables"] {
                let mut loader = loader(nested);
                if let Err(error) = loader.line(&opened(&schema, &[])) {
                    assert!(nested != "json" && error.to_string().contains("columns"), "{nested}: {error}");
                    assert!(error.hint_text().is_some_and(|hint| hint.contains("flatten_depth")), "{error}");
                    continue;
                }
                loader.line(&record(r#"{"v":null}"#)).unwrap();
                loader.line(&record("{}")).unwrap();
                loader.flush().unwrap();
            }
        }
    }
}

/// What is inside a definition is looked at once for each reference to it, but not without end.
#[test]
fn many_references_to_a_large_definition_are_read_at_once() {
    if bounded("many::many_references_to_a_large_definition_are_read_at_once") {
        let inner: Vec<String> = (0..10_000).map(|at| format!(r#""m{at}":{{"type":"integer"}}"#)).collect();
        let schema = format!(
            r##"{{"properties":{},"definitions":{{"large":{{"type":"object","properties":{{{}}}}}}}}}"##,
            members(|_| r##"{"$ref":"#/definitions/large"}"##.to_owned()),
            inner.join(",")
        );
        let mut loader = loader("json");
        loader.line(&opened(&schema, &[])).unwrap();
        loader.line(&record(r#"{"p00000":{"m1":1},"p99999":{"m9999":2}}"#)).unwrap();
        loader.line(&record(r#"{"p00000":{"m1":"x"}}"#)).unwrap();
        loader.line(&record(r#"{"p99999":{"m9999":"x"}}"#)).unwrap();
        loader.flush().unwrap();
        assert_eq!((rows(&loader), reasons(&loader).len()), (1, 2));
    }
}

/// A catalog that has nothing.
struct Nothing;

impl Catalog for Nothing {
    fn describe(&mut self, _: &TableName) -> Result<Option<Stored>> {
        Ok(None)
    }

    fn fits(&mut self, _: &TableName, _: &str, _: Type, _: Type) -> Result<bool> {
        Ok(true)
    }

    fn adopt(&mut self, _: &TableName, _: &Wish) -> Result<String> {
        Ok(String::new())
    }
}

/// The records of a flush.
fn records(flush: &Flush) -> usize {
    flush.loads.iter().map(|load| load.counts.received as usize).sum()
}

/// Takes a line as a loader would whose destination takes everything. How many records are committed then.
fn take(intake: &mut Intake, line: &str, number: u64) -> usize {
    let now = Now::from_nanos(stage::START + number as i64);
    match intake.line(number, line, now, &mut Nothing).unwrap() {
        Step::Taken => 0,
        step => {
            let flush = intake.flush(now).unwrap().unwrap();
            let committed = records(&flush);
            intake.reuse(flush);
            committed + if step == Step::FlushFirst { take(intake, line, number) } else { 0 }
        }
    }
}

fn intake(settings: &Value) -> Intake {
    Intake::new(stage::settings(settings), Memory::new().abilities(), "a run".to_owned())
}

#[test]
fn a_hundred_thousand_streams_are_taken_in_one_run() {
    if bounded("many::a_hundred_thousand_streams_are_taken_in_one_run") {
        let mut intake = intake(&json!({}));
        let mut committed = 0;
        let properties = json!({"id": {"type": "integer"}, "name": {"type": ["null", "string"]}});
        for number in 0..MANY {
            let name = format!("stream {number}");
            let line = stage::schema(&name, &properties, &["id"]);
            committed += take(&mut intake, &line, number as u64);
            let line = stage::record(&name, &json!({"id": number}), &json!({"sequence": 1}));
            committed += take(&mut intake, &line, number as u64);
        }
        // And once more, each after the other: they are all still known.
        for number in 0..MANY {
            let line =
                stage::record(&format!("stream {number}"), &json!({"id": number}), &json!({"sequence": 2}));
            committed += take(&mut intake, &line, number as u64);
        }
        let rest = intake.flush(Now::from_nanos(stage::START)).unwrap();
        assert_eq!(committed + rest.map_or(0, |flush| records(&flush)), 2 * MANY);
    }
}

/// Taps mostly send one stream after the other. What was a stream's batch is not kept for a stream that is done.
#[test]
fn the_memory_of_batches_does_not_grow_with_the_streams() {
    if bounded("many::the_memory_of_batches_does_not_grow_with_the_streams") {
        let mut intake = intake(&json!({"batch_size_bytes": 8 << 20}));
        let properties = json!({"id": {"type": "integer"}, "text": {"type": "string"}});
        let text = "x".repeat(4_000);
        let mut number = 0;
        for stream in 0..200 {
            let name = format!("stream {stream}");
            take(&mut intake, &stage::schema(&name, &properties, &["id"]), number);
            let line = stage::record(&name, &json!({"id": 1, "text": text}), &json!({"sequence": 1}));
            for _ in 0..5_000 {
                number += 1;
                take(&mut intake, &line, number);
            }
        }
        assert_eq!(number, 1_000_000);
    }
}
