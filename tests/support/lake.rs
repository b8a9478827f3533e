//! A DuckLake of a test.

use target::lake::Lake;
use target::sql::duckdb::extensions::{extension_directory, load_extension};
use target::sql::ducklake as sql;
use tempfile::TempDir;

use super::postgres::Database;
use super::setup;

/// A lake in this folder, with its catalog in a file there or in a Postgres database.
pub(crate) fn lake_in(folder: &TempDir, catalog: Option<&Database>) -> Lake {
    let files = folder.path().join("files").display().to_string();
    let extensions = setup::extensions().display().to_string();
    let lake = match catalog {
        Some(url) => Lake { data_path: Some(files), ..Lake::of(url) },
        None => Lake::of(&folder.path().join("lake.ducklake").display().to_string()),
    };
    Lake { extension_directory: Some(extensions), ..lake }
}

/// Opens a DuckLake, for a test to look into.
pub(crate) fn connect(lake: &Lake) -> ::duckdb::Connection {
    // To see whether an extension is DuckDB's own takes as long as the test.
    let config = ::duckdb::Config::default().allow_unsigned_extensions().expect("it is a setting");
    let connection = ::duckdb::Connection::open_in_memory_with_flags(config).expect("it opens");
    let folder = lake.extension_directory.as_deref().expect("the tests have their extensions in a folder");
    let mut script = extension_directory(folder);
    for name in lake.extensions() {
        script += &format!(";\n{}", load_extension(name));
    }
    if let Some(store) = &lake.store {
        script += &format!(";\n{}", sql::object_store(store));
    }
    script += &format!(";\n{}", sql::attach(&lake.catalog, lake.data_path.as_deref(), false));
    connection.execute_batch(&script).expect("the lake opens");
    connection
}
