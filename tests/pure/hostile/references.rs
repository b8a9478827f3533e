//! Schemas that refer to themselves, and to others in turn: they are read, validated and taken apart to an end.

use super::{bounded, loader, opened, reasons, record, rows};

/// Whole schemas, most of them of nothing but a circle.
const CIRCLES: [&str; 14] = [
    r##"{"$ref":"#"}"##,
    r##"{"allOf":[{"$ref":"#"}],"properties":{"v":{}}}"##,
    r##"{"anyOf":[{"$ref":"#"},{"properties":{"v":{}}}]}"##,
    r##"{"not":{"not":{"$ref":"#"}},"properties":{"v":{}}}"##,
    r##"{"properties":{"v":{"$ref":"#/properties/v"}}}"##,
    r##"{"properties":{"v":{"allOf":[{"$ref":"#/properties/v"}]}}}"##,
    r##"{"properties":{"v":{"$ref":"#/definitions/a"}},"definitions":{"a":{"$ref":"#/definitions/b"},"b":{"$ref":"#/definitions/a"}}}"##,
    r##"{"properties":{"v":{"$ref":"#/definitions/a"}},"definitions":{"a":{"allOf":[{"$ref":"#/definitions/b"}]},"b":{"oneOf":[{"$ref":"#/definitions/c"}]},"c":{"anyOf":[{"$ref":"#/definitions/a"}]}}}"##,
    r##"{"properties":{"v":{"$ref":"#/definitions/a"}},"definitions":{"a":{"items":{"$ref":"#/definitions/a"},"type":["array","null"]}}}"##,
    r##"{"properties":{"v":{"$ref":"#/definitions/a"}},"definitions":{"a":{"type":"object","properties":{"a":{"$ref":"#/definitions/a"},"b":{"type":"array","items":{"$ref":"#/definitions/b"}}}},"b":{"$ref":"#/definitions/a"}}}"##,
    r##"{"properties":{"v":{"if":{"$ref":"#/properties/v"},"then":{"$ref":"#/properties/v"},"else":{"$ref":"#/properties/v"}}}}"##,
    r##"{"properties":{"v":{"dependentSchemas":{"a":{"$ref":"#/properties/v"}}}}}"##,
    r##"{"properties":{"v":{"additionalProperties":{"$ref":"#"},"propertyNames":{"$ref":"#/properties/v/propertyNames"}}}}"##,
    r##"{"$schema":"https://json-schema.org/draft/2020-12/schema","$dynamicRef":"#","properties":{"v":{"$dynamicRef":"#"}}}"##,
];

/// What the property `v` may be in a record.
const VALUES: [&str; 7] =
    ["null", "1", r#""a""#, "[]", "[[[]]]", r#"{"a":{"a":{"a":{}}}}"#, r#"{"v":{"v":[{"b":[{"b":[]}]}]}}"#];

#[test]
fn circles_are_read_and_validated_to_an_end() {
    if bounded("references::circles_are_read_and_validated_to_an_end") {
        for nested in ["json", "flatten", "subtables"] {
            for circle in CIRCLES {
                let mut loader = loader(nested);
                loader
                    .line(&opened(circle, &[]))
                    .unwrap_or_else(|error| panic!("{nested}: {circle}: {error}"));
                for value in VALUES {
                    loader.line(&record(&format!(r#"{{"v":{value}}}"#))).unwrap();
                }
                let deep = format!("{}null{}", r#"{"v":["#.repeat(50), "]}".repeat(50));
                loader.line(&record(&deep)).unwrap();
                loader.flush().unwrap();
                assert_eq!(rows(&loader) + reasons(&loader).len(), VALUES.len() + 1, "{nested}: {circle}");
            }
        }
    }
}

#[test]
fn a_chain_of_ten_thousand_references_is_followed_or_refused() {
    if bounded("references::a_chain_of_ten_thousand_references_is_followed_or_refused") {
        let links: Vec<String> =
            (0..10_000).map(|at| format!(r##""d{at}":{{"$ref":"#/definitions/d{}"}}"##, at + 1)).collect();
        let schema = format!(
            r##"{{"properties":{{"v":{{"$ref":"#/definitions/d0"}}}},"definitions":{{{},"d10000":{{"type":"integer"}}}}}}"##,
            links.join(",")
        );
        for nested in ["json", "flatten", "subtables"] {
            let mut loader = loader(nested);
            loader.line(&opened(&schema, &[])).unwrap();
            loader.line(&record(r#"{"v":1}"#)).unwrap();
            loader.line(&record(r#"{"v":"x"}"#)).unwrap();
            loader.flush().unwrap();
            assert_eq!((rows(&loader), reasons(&loader).len()), (1, 1), "{nested}");
        }
    }
}
