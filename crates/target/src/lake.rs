//! A DuckLake as the settings name it: where its catalog is, where its files are, and how they are reached.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use crate::conninfo::Conninfo;

/// What a catalog in Postgres is written with.
const POSTGRES: &str = "postgres:";

/// A DuckLake. It may hold passwords, so they are not shown.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Lake {
    /// The catalog as DuckLake writes it behind `ducklake:`: the path of a DuckDB file, or `postgres:` with the words of a connection.
    pub catalog: String,
    /// The folder or the URL of its files; DuckLake remembers it.
    pub data_path: Option<String>,
    /// Where DuckDB's extensions are, and come to.
    pub extension_directory: Option<String>,
    /// What an object store wants to know, by the names that DuckDB has for it.
    pub store: Option<BTreeMap<String, String>>,
    /// Settings of DuckDB's own.
    pub settings: BTreeMap<String, String>,
}

impl Lake {
    /// The lake of this catalog. A URL of Postgres is as good as words.
    #[must_use]
    pub fn of(catalog: &str) -> Self {
        let is_url = catalog.starts_with("postgres://") || catalog.starts_with("postgresql://");
        let catalog = if is_url { format!("{POSTGRES}{catalog}") } else { catalog.to_owned() };
        Self { catalog, ..Self::default() }
    }

    /// The file of the catalog, if that is what it is.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        (!self.catalog.starts_with(POSTGRES)).then(|| Path::new(&self.catalog))
    }

    /// The connection to its catalog, if that is in Postgres.
    #[must_use]
    pub fn connection(&self) -> Option<Conninfo> {
        Conninfo::parse(self.catalog.strip_prefix(POSTGRES)?).ok()
    }

    /// The extensions of DuckDB's that it needs.
    pub fn extensions(&self) -> impl Iterator<Item = &'static str> {
        let is_remote =
            self.store.is_some() || self.data_path.as_deref().is_some_and(|path| path.contains("://"));
        let needed = [("ducklake", true), ("postgres_scanner", self.file().is_none()), ("httpfs", is_remote)];
        needed.into_iter().filter(|(_, is_needed)| *is_needed).map(|(name, _)| name)
    }
}

/// Without passwords.
impl fmt::Debug for Lake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Without passwords.
impl fmt::Display for Lake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.file(), self.connection()) {
            (Some(_), _) => write!(f, "ducklake:{}", self.catalog),
            (None, Some(info)) => write!(f, "ducklake:{}", info.place()),
            (None, None) => f.write_str("ducklake:postgres:…"),
        }
    }
}
