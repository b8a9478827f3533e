//! What is asked of a DuckDB file that nothing is written to.

/// The version of the library.
pub const VERSION: &str = "select version()";

/// The version of DuckLake.
pub const LAKE_VERSION: &str =
    "select extension_version from duckdb_extensions() where extension_name = 'ducklake'";

/// Where the files of the lake are.
pub const LAKE_FILES: &str =
    "select value from ducklake_options(current_database()) where option_name = 'data_path'";

/// Leaves the file and the log beside it as they are when it is closed.
pub const LEAVE: &str = "pragma disable_checkpoint_on_shutdown";

/// Whether a schema is there. Parameter: its name.
pub const HAS_SCHEMA: &str = "select count(*) > 0 from duckdb_schemas() \
     where database_name = current_database() and lower(schema_name) = lower(?)";
