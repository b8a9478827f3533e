//! What `--about` prints.

use serde_json::{Map, Value, json};

use crate::settings::SETTINGS;

/// Name, version, capabilities and the settings as JSON Schema, in the shape that Meltano's SDK prints.
///
/// # Panics
/// Never: the defaults in [`SETTINGS`] are JSON.
#[must_use]
pub fn about() -> Value {
    let properties: Map<String, Value> = SETTINGS
        .iter()
        .map(|setting| {
            let mut schema = setting.kind.schema();
            schema["description"] = setting.help.into();
            schema["default"] = serde_json::from_str(setting.default).expect("the defaults are JSON");
            (setting.name.to_owned(), schema)
        })
        .collect();
    json!({
        "name": "tap",
        "description": env!("CARGO_PKG_DESCRIPTION"),
        "version": env!("CARGO_PKG_VERSION"),
        "capabilities": ["catalog", "discover", "state", "about"],
        "settings": {"type": "object", "properties": properties, "additionalProperties": false},
    })
}
