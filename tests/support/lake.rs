//! A DuckLake of a test, and DuckDB's extensions, which the set-up of the tests has got.

use std::path::{Path, PathBuf};

use target::lake::Lake;
use target::sql::ducklake as sql;
use tempfile::TempDir;

use super::postgres::Database;

/// A lake in this folder, with its catalog in a file there or in a Postgres database.
pub(crate) fn lake_in(folder: &TempDir, catalog: Option<&Database>) -> Lake {
    let files = folder.path().join("files").display().to_string();
    let extensions = extensions().display().to_string();
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
    let mut script = sql::extension_directory(folder);
    for name in lake.extensions() {
        script += &format!(";\n{}", sql::load_extension(name));
    }
    script += &format!(";\n{}", sql::attach(&lake.catalog, lake.data_path.as_deref(), false));
    connection.execute_batch(&script).expect("the lake opens");
    connection
}

/// Where the set-up of the tests has put DuckDB's extensions.
pub(crate) fn extensions() -> PathBuf {
    let builds =
        Path::new(env!("CARGO_BIN_EXE_target")).ancestors().nth(2).expect("it is in a folder of builds");
    let folder = builds.join("extensions");
    assert!(folder.exists(), "{} is missing: scripts/setup.sh postgres", folder.display());
    folder
}
