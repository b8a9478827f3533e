//! What the loader says of itself to programs, in the form of Meltano's SDK.

use serde_json::{Map, Value, json};

use super::known::{Known, Setting};

/// What the loader can do, by the names that Meltano has for it.
pub const CAPABILITIES: &[&str] = &[
    "about",
    "activate-version",
    "batch",
    "hard-delete",
    "schema-flattening",
    "soft-delete",
    "stream-maps",
    "structured-logging",
    "target-schema",
    "validate-records",
];

/// The loader in JSON: what it is, what it can do, and its settings as JSON Schema.
#[must_use]
pub fn about() -> Value {
    let properties: Map<String, Value> =
        Known::get().common().all().map(|setting| (setting.name.to_owned(), property(setting))).collect();
    json!({
        "name": "target-lastword",
        "description": env!("CARGO_PKG_DESCRIPTION"),
        "version": env!("CARGO_PKG_VERSION"),
        "sdk_version": null,
        "supported_python_versions": [],
        "capabilities": CAPABILITIES,
        "settings": {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "properties": properties,
        },
    })
}

/// The same for people: the settings with the first sentence of what they are.
#[must_use]
pub fn about_text() -> String {
    let mut text = format!(
        "target-lastword {}: {}\n\nCapabilities: {}\n\nSettings:\n",
        env!("CARGO_PKG_VERSION"),
        env!("CARGO_PKG_DESCRIPTION"),
        CAPABILITIES.join(", ")
    );
    for setting in Known::get().common().all() {
        let title = setting.schema["title"].as_str().unwrap_or_default();
        let default = setting.schema.get("default").map_or(String::new(), |default| format!(" [{default}]"));
        text += &format!("  {:<34} {title}{default}\n", setting.name);
    }
    text
}

/// A setting as the SDK writes it: every one may be null, and what a program need not know is left out.
fn property(setting: Setting) -> Value {
    let mut property = setting.schema.as_object().cloned().unwrap_or_default();
    if setting.name == "streams" {
        property.insert("additionalProperties".to_owned(), json!({"type": "object"}));
    }
    if let Some(kinds) = property.get_mut("type") {
        let mut list = match kinds.take() {
            Value::Array(kinds) => kinds,
            kind => vec![kind],
        };
        list.push(Value::from("null"));
        *kinds = Value::Array(list);
    }
    if let Some(words) = property.get_mut("enum").and_then(Value::as_array_mut) {
        words.push(Value::Null);
    }
    if let Some(choices) = property.get_mut("oneOf").and_then(Value::as_array_mut) {
        choices.push(json!({"type": "null"}));
    }
    if setting.is_secret() {
        property.insert("secret".to_owned(), Value::Bool(true));
    }
    Value::Object(property)
}
