//! The catalog: printed by `--discover`, read to learn which streams are selected.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::config::Config;
use crate::error::Error;
use crate::streams::Table;

/// The catalog of the streams that the settings ask for, all selected by default.
#[must_use]
pub fn discover(config: &Config) -> Value {
    let streams: Vec<Value> = config.names().iter().map(|(name, table)| entry(name, *table)).collect();
    json!({"streams": streams})
}

fn entry(name: &str, table: Table) -> Value {
    let schema = table.schema(false);
    let automatic = [table.key_properties(), &[table.bookmark()]].concat();
    let stream = json!({
        "breadcrumb": [],
        "metadata": {
            "inclusion": "available",
            "selected-by-default": true,
            "table-key-properties": table.key_properties(),
            "valid-replication-keys": [table.bookmark()],
            "forced-replication-method": "INCREMENTAL",
        },
    });
    let properties = schema["properties"].as_object().into_iter().flat_map(Map::keys).map(|property| {
        let inclusion = if automatic.contains(&property.as_str()) { "automatic" } else { "available" };
        json!({
            "breadcrumb": ["properties", property],
            "metadata": {"inclusion": inclusion, "selected-by-default": true},
        })
    });
    let metadata: Vec<Value> = std::iter::once(stream).chain(properties).collect();
    json!({
        "tap_stream_id": name,
        "stream": name,
        "key_properties": table.key_properties(),
        "replication_method": "INCREMENTAL",
        "replication_key": table.bookmark(),
        "schema": schema,
        "metadata": metadata,
    })
}

/// The streams that a catalog selects. It's about whole streams: a record always has all its properties.
#[derive(Clone, Debug)]
pub struct Selection(BTreeSet<String>);

impl Selection {
    /// Reads a catalog. A stream is selected unless the first of these that it has says no: `selected` in the metadata
    /// with the empty breadcrumb, `selected` of the stream, `selected-by-default` in that metadata.
    ///
    /// # Errors
    /// [`Error::Usage`] if it isn't a catalog.
    pub fn new(catalog: &Value) -> Result<Self, Error> {
        let usage =
            || Error::Usage("the catalog must be {\"streams\": [...]}, as --discover prints it".to_owned());
        let streams = catalog["streams"].as_array().ok_or_else(usage)?;
        let mut selected = BTreeSet::new();
        for stream in streams {
            let name =
                stream["tap_stream_id"].as_str().or_else(|| stream["stream"].as_str()).ok_or_else(usage)?;
            if is_selected(stream) {
                selected.insert(name.to_owned());
            }
        }
        Ok(Self(selected))
    }

    /// Whether a stream is selected.
    #[must_use]
    pub fn has(&self, stream: &str) -> bool {
        self.0.contains(stream)
    }

    /// A selected stream that isn't any table's, not even a copy of one.
    #[must_use]
    pub fn stranger(&self) -> Option<&str> {
        let known = |name: &str| {
            let base = name.rsplit_once('_').map_or(name, |(base, _)| base);
            Table::ALL.iter().any(|table| table.name() == name || table.name() == base)
        };
        self.0.iter().map(String::as_str).find(|name| !known(name))
    }
}

fn is_selected(stream: &Value) -> bool {
    let whole = stream["metadata"].as_array().and_then(|metadata| {
        let is_whole = |entry: &&Value| entry["breadcrumb"].as_array().is_some_and(Vec::is_empty);
        metadata.iter().find(is_whole).map(|entry| &entry["metadata"])
    });
    let of = |name: &str| whole.and_then(|metadata| metadata[name].as_bool());
    of("selected")
        .or_else(|| stream["selected"].as_bool())
        .or_else(|| of("selected-by-default"))
        .unwrap_or(true)
}
