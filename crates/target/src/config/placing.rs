//! Which schema tables stand in and what they are called, where other loaders took both from the stream's name: `catalog-schema-table`.

use std::collections::BTreeSet;

use serde_json::Map;

use super::{Config, Target};
use crate::error::{Error, Result};

/// What stands between the parts of a stream's name, where there is a mapping of schemas.
const SEPARATOR: &str = "-";

/// The schema of a DuckDB file where none is set.
const MAIN: &str = "main";

/// What is said of all tables.
pub(super) struct Placing {
    /// Their schema.
    pub(super) schema: Option<String>,
    /// What a stream's table is called by the rest behind.
    pub(super) separator: Option<String>,
}

impl Config {
    /// What the settings say of the places of tables.
    pub(super) fn placing(&self) -> Result<Placing> {
        let none = Map::new();
        let mapping = self.schema_mapping.as_ref().unwrap_or(&none);
        let mapped = mapping.values().map(|to| to.as_str().or(to["target_schema"].as_str()));
        let schemas: BTreeSet<&str> = mapped.flatten().chain(self.default_target_schema.as_deref()).collect();
        if !mapping.is_empty() && schemas.len() > 1 {
            let schemas = Vec::from_iter(schemas).join(", ");
            return Err(Error::usage(format!(
                "schema_mapping: a run loads into one schema, and these are {schemas}"
            ))
            .hint("run the pipeline once for each schema, with default_target_schema"));
        }
        let separator = self.stream_name_separator.clone().filter(|separator| !separator.is_empty());
        Ok(Placing {
            schema: schemas.first().map(|schema| (*schema).to_owned()),
            separator: separator.or((!mapping.is_empty()).then(|| SEPARATOR.to_owned())),
        })
    }
}

/// Demands that a DuckDB file and the schema in it have different names: DuckDB takes `name.table` for either.
pub(super) fn check_names(target: &Target, schema: Option<&str>) -> Result<()> {
    let Target::DuckDb(path) = target else { return Ok(()) };
    let schema = schema.unwrap_or(MAIN);
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    if !file.split('.').next().unwrap_or_default().eq_ignore_ascii_case(schema) {
        return Ok(());
    }
    let what = format!(
        "the schema {schema:?} is called as the file {}, and DuckDB cannot tell them apart",
        path.display()
    );
    Err(Error::usage(what).hint("name another schema (default_target_schema), or rename the file"))
}
