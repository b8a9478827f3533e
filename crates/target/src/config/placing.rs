//! Which schema tables stand in and what they are called, where other loaders took both from the stream's name: `catalog-schema-table`.

use super::mapping::{Mapping, SEPARATOR};
use super::{Config, Target};
use crate::error::{Error, Result};
use crate::note::Note;

/// The schema of a DuckDB file where none is set.
const MAIN: &str = "main";

/// What is said of all tables.
pub(super) struct Placing {
    /// The run's schema: that of the loader's own tables, and of those whose streams are not mapped to another.
    pub(super) schema: Option<String>,
    /// The schemas of others.
    pub(super) mapping: Mapping,
    /// What a stream's table is called by the rest behind.
    pub(super) separator: Option<String>,
}

impl Config {
    /// What the settings say of the places of tables.
    pub(super) fn placing(&self) -> Result<Placing> {
        let mapping = self.mapping()?;
        let schemas = Vec::from_iter(mapping.schemas());
        // Where all go to one schema, that is the run's.
        let only = if let [schema] = schemas[..] { Some(schema.to_owned()) } else { None };
        let separator = self.stream_name_separator.clone().filter(|separator| !separator.is_empty());
        Ok(Placing {
            schema: self.default_target_schema.clone().or(only),
            separator: separator.or((!mapping.is_empty()).then(|| SEPARATOR.to_owned())),
            mapping,
        })
    }
}

/// Demands that a database of DuckDB's and the schemas in it have different names: DuckDB takes `name.table` for either.
pub(super) fn check_names(target: &Target, placing: &Placing) -> Result<()> {
    let (database, what) = match target {
        Target::DuckDb(path) => {
            let file = path.file_name().unwrap_or_default().to_string_lossy();
            (file.split('.').next().unwrap_or_default().to_owned(), format!("file {}", path.display()))
        }
        Target::MotherDuck(database) => (database.database.clone(), format!("database {database}")),
        Target::DuckLake(_) | Target::Postgres(_) => return Ok(()),
    };
    let own = placing.schema.as_deref().unwrap_or(MAIN);
    let mut schemas = placing.mapping.schemas().into_iter().chain([own]);
    let Some(schema) = schemas.find(|schema| database.eq_ignore_ascii_case(schema)) else { return Ok(()) };
    Err(Error::usage(format!(
        "the schema {schema:?} is called as the {what}, and DuckDB cannot tell them apart"
    ))
    .hint("name another schema (default_target_schema or schema_mapping), or rename the other"))
}

impl Placing {
    /// What is to be said of what a destination has no such things for.
    pub(super) fn notes(&self, target: &Target) -> Vec<Note> {
        if let Target::Postgres(_) = target {
            return Vec::new();
        }
        let (readers, indices) = self.mapping.asks_for();
        let readers = readers.then_some("roles that may read have no effect: DuckDB has no roles");
        let indices = indices.then_some(
            "schema_mapping: indices have no effect: DuckDB does not change the columns of a table that has one",
        );
        readers.into_iter().chain(indices).map(Note::info).collect()
    }
}
