//! Singer messages as text, for tests to put together.

/// What a property may be, as JSON Schema.
pub(crate) const INTEGER: &str = r#"{"type":["null","integer"]}"#;
pub(crate) const NUMBER: &str = r#"{"type":["null","number"]}"#;
pub(crate) const BOOLEAN: &str = r#"{"type":["null","boolean"]}"#;
pub(crate) const TEXT: &str = r#"{"type":["null","string"]}"#;
pub(crate) const DATE: &str = r#"{"type":["null","string"],"format":"date"}"#;
pub(crate) const TIME: &str = r#"{"type":["null","string"],"format":"time"}"#;
pub(crate) const TIMESTAMP: &str = r#"{"type":["null","string"],"format":"date-time"}"#;
pub(crate) const UUID: &str = r#"{"type":["null","string"],"format":"uuid"}"#;
pub(crate) const ANYTHING: &str = "{}";

/// A SCHEMA message.
pub(crate) fn schema(stream: &str, keys: &[&str], properties: &[(&str, &str)]) -> String {
    schema_with(stream, keys, properties, "")
}

/// A SCHEMA message with more members: `,"bookmark_properties":["x"]`.
pub(crate) fn schema_with(stream: &str, keys: &[&str], properties: &[(&str, &str)], more: &str) -> String {
    let properties: Vec<String> =
        properties.iter().map(|(name, schema)| format!("{}:{schema}", text(name))).collect();
    format!(
        "{{\"type\":\"SCHEMA\",\"stream\":{},\"schema\":{{\"type\":\"object\",\"properties\":{{{}}}}},\"key_properties\":{}{more}}}\n",
        text(stream),
        properties.join(","),
        serde_json::to_string(keys).expect("texts are JSON"),
    )
}

/// A RECORD message without a sequence.
pub(crate) fn record(stream: &str, record: &str) -> String {
    record_with(stream, record, "")
}

/// A RECORD message with a sequence.
pub(crate) fn sequenced(stream: &str, sequence: i64, record: &str) -> String {
    record_with(stream, record, &format!(",\"sequence\":{sequence}"))
}

/// A RECORD message with more members: `,"time_extracted":"…"`.
pub(crate) fn record_with(stream: &str, record: &str, more: &str) -> String {
    format!("{{\"type\":\"RECORD\",\"stream\":{},\"record\":{record}{more}}}\n", text(stream))
}

/// A STATE message.
pub(crate) fn state(value: &str) -> String {
    format!("{{\"type\":\"STATE\",\"value\":{value}}}\n")
}

/// A text as JSON.
pub(crate) fn text(text: &str) -> String {
    serde_json::to_string(text).expect("texts are JSON")
}
