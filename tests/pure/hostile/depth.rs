//! Values and schemas that are nested very deep.

use serde_json::json;

use super::{MANY, bounded, loader, opened, reasons, record, refused, rows};

/// A hundred thousand arrays, and as many objects, each in the other.
fn values() -> [String; 2] {
    [
        format!("{}1{}", "[".repeat(MANY), "]".repeat(MANY)),
        format!("{}1{}", r#"{"a":"#.repeat(MANY), "}".repeat(MANY)),
    ]
}

/// What a property may say of them.
fn properties() -> [&'static str; 4] {
    [
        "{}",
        r#"{"type":["array","object","string"]}"#,
        r#"{"items":{"items":{"items":{}}},"properties":{"a":{"properties":{"a":{"type":"object"}}}}}"#,
        r#"{"type":["array","object"],"items":{"type":"array"},"properties":{"a":{"type":"object","properties":{"a":{}}}}}"#,
    ]
}

#[test]
fn a_record_may_be_nested_a_hundred_thousand_deep() {
    if bounded("depth::a_record_may_be_nested_a_hundred_thousand_deep") {
        for nested in ["json", "flatten", "subtables"] {
            for property in properties() {
                let mut loader = loader(nested);
                let schema = format!(r#"{{"properties":{{"v":{property}}}}}"#);
                loader.line(&opened(&schema, &[])).unwrap();
                for value in values() {
                    loader.line(&record(&format!(r#"{{"v":{value}}}"#))).unwrap();
                    loader.line(&record(&format!(r#"{{"unknown":{value},"v":null}}"#))).unwrap();
                }
                loader.flush().unwrap();
                assert_eq!(rows(&loader) + reasons(&loader).len(), 4, "{nested}: {property}");
                assert!(nested != "json" || property != "{}" || rows(&loader) == 4, "it is kept as it is");
            }
        }
    }
}

/// The jsonschema library reads 128 levels.
#[test]
fn a_deep_record_is_refused_where_it_cannot_be_validated() {
    if bounded("depth::a_deep_record_is_refused_where_it_cannot_be_validated") {
        let mut loader = loader("json");
        loader.line(&opened(r#"{"properties":{"v":{}},"maxProperties":3}"#, &[])).unwrap();
        for value in values() {
            loader.line(&record(&format!(r#"{{"v":{value}}}"#))).unwrap();
        }
        loader.flush().unwrap();
        let reasons = reasons(&loader);
        assert_eq!(reasons.len(), 2);
        assert!(reasons.iter().all(|reason| reason.contains("nested too deep")), "{reasons:?}");
    }
}

#[test]
fn the_hash_of_a_deep_record_may_be_its_key() {
    if bounded("depth::the_hash_of_a_deep_record_may_be_its_key") {
        let settings = json!({"streams": {"s": {"key_properties": "record_hash"}}});
        let mut loader = super::Loader::new(&super::Memory::new(), &settings);
        loader.line(&opened(r#"{"properties":{"v":{}}}"#, &[])).unwrap();
        for value in values().iter().chain(&values()) {
            loader.line(&record(&format!(r#"{{"v":{value}}}"#))).unwrap();
        }
        loader.flush().unwrap();
        assert_eq!(rows(&loader), 2);
    }
}

#[test]
fn every_part_of_a_message_may_be_deep() {
    if bounded("depth::every_part_of_a_message_may_be_deep") {
        for value in values() {
            let mut loader = loader("json");
            loader.line(&format!(r#"{{"type":"STATE","value":{value}}}"#)).unwrap();
            refused(loader.line(&opened(&format!(r#"{{"x":{value}}}"#), &[])), "recursion limit");
            refused(
                loader.line(&opened(&format!(r#"{{"properties":{{"v":{value}}}}}"#), &[])),
                "recursion limit",
            );
            loader.line(&opened(r#"{"properties":{"v":{}}}"#, &[])).unwrap();
            for members in [
                format!(r#""type":"RECORD","stream":"s","record":{value}"#),
                format!(r#""type":"RECORD","stream":{value},"record":{{}}"#),
                format!(r#""type":"RECORD","stream":"s","version":{value},"record":{{}}"#),
                format!(r#""type":"RECORD","stream":"s","record":{{}},"time_extracted":{value}"#),
                format!(r#""type":"SCHEMA","stream":"s","schema":{{}},"key_properties":{value}"#),
                format!(r#""type":{value}"#),
                format!(r#""type":"STATE","value":{}"#, &value[..value.len() - 1]),
                format!(r#""type":"STATE","value":{value}]"#),
            ] {
                let line = format!("{{{members}}}");
                // An object is a record, however deep.
                if line.contains(r#""record":{"a""#) {
                    loader.line(&line).unwrap();
                } else {
                    refused(loader.line(&line), "");
                }
            }
            let sequenced =
                format!(r#"{{"type":"RECORD","stream":"s","record":{{}},"sequence":{value},"x":{value}}}"#);
            loader.line(&sequenced).unwrap();
        }
    }
}

/// JSON of 128 levels is read; each level of a schema has two.
#[test]
fn a_schema_may_be_as_deep_as_json_is_read() {
    if bounded("depth::a_schema_may_be_as_deep_as_json_is_read") {
        for (inner, deepest) in [(r#"{"type":"array","items":"#, "}"), (r#"{"properties":{"a":"#, "}}")] {
            let levels = 120 / deepest.len();
            let schema = format!("{}{{}}{}", inner.repeat(levels), deepest.repeat(levels));
            for nested in ["json", "flatten", "subtables"] {
                let mut loader = loader(nested);
                loader.line(&opened(&format!(r#"{{"properties":{{"v":{schema}}}}}"#), &[])).unwrap();
                for value in values() {
                    loader.line(&record(&format!(r#"{{"v":{value}}}"#))).unwrap();
                }
                loader.flush().unwrap();
                assert_eq!(rows(&loader) + reasons(&loader).len(), 2, "{nested}: {inner}");
            }
        }
    }
}
