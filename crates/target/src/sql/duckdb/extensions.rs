//! DuckDB's extensions.

use super::super::{literal, quote};

/// Loads an extension of DuckDB's.
#[must_use]
pub fn load_extension(name: &str) -> String {
    format!("load {}", quote(name))
}

/// Gets an extension of DuckDB's from the network.
#[must_use]
pub fn install_extension(name: &str) -> String {
    format!("install {}", quote(name))
}

/// Says where the extensions are.
#[must_use]
pub fn extension_directory(folder: &str) -> String {
    format!("set extension_directory = {}", literal(folder))
}
