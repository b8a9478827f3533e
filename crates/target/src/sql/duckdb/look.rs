//! What is asked of a DuckDB file that nothing is written to.

/// The version of the library.
pub const VERSION: &str = "select version()";

/// The version of DuckLake.
pub const LAKE_VERSION: &str =
    "select extension_version from duckdb_extensions() where extension_name = 'ducklake'";

/// Whether the database is a lake: an empty one stands for a lake that is not there.
pub const IS_LAKE: &str = "select count(*) > 0 from duckdb_databases() where database_name = current_database() and type = 'ducklake'";

/// Where the files of the lake are.
pub const LAKE_FILES: &str = "select data_path from ducklake_settings(current_database())";

/// Leaves the file and the log beside it as they are when it is closed.
pub const LEAVE: &str = "pragma disable_checkpoint_on_shutdown";

/// Whether a schema is there. Parameter: its name.
pub const HAS_SCHEMA: &str = "select count(*) > 0 from duckdb_schemas() \
     where database_name = current_database() and lower(schema_name) = lower(?)";
