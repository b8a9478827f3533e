//! Where rows go, and how it is written.

use std::path::PathBuf;

use super::{Config, DEFAULT_DESTINATION};
use crate::conninfo::{self, Conninfo};
use crate::error::{Error, Result};
use crate::lake::Lake;
use crate::motherduck::MotherDuck;

/// Where rows go.
#[derive(Clone, PartialEq, Eq)]
pub enum Target {
    /// A Postgres database, by a connection string: a URL, or words as libpq has them.
    Postgres(String),
    /// A DuckDB file.
    DuckDb(PathBuf),
    /// A DuckLake.
    DuckLake(Lake),
    /// A database in MotherDuck.
    MotherDuck(MotherDuck),
}

/// Without the password that a connection string may hold.
impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Target::DuckDb(path) => write!(f, "duckdb:{}", path.display()),
            Target::DuckLake(lake) => lake.fmt(f),
            Target::MotherDuck(database) => database.fmt(f),
            Target::Postgres(words) if conninfo::is_words(words) => {
                f.write_str(&Conninfo::parse(words).map_or("postgres://…".to_owned(), |info| info.place()))
            }
            Target::Postgres(url) => {
                // Whatever stands before the last @ may be a password, and so may a query.
                let rest = url.split_once("://").map_or("", |(_, rest)| rest);
                let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
                if query.contains('@') {
                    return f.write_str("postgres://…");
                }
                let host = place.rsplit_once('@').map_or(place, |(_, host)| host);
                write!(f, "postgres://{host}")
            }
        }
    }
}

/// Reads a destination: a URL, words of a Postgres connection, the path of a DuckDB file, the catalog of a DuckLake, or a database in
/// MotherDuck.
///
/// # Errors
/// Where it is neither.
pub fn target(destination: &str) -> Result<Target> {
    let is_url = destination.starts_with("postgres://") || destination.starts_with("postgresql://");
    if is_url || conninfo::is_words(destination) {
        Ok(Target::Postgres(destination.to_owned()))
    } else if let Some(path) = destination.strip_prefix("duckdb:") {
        let path = path.strip_prefix("//").unwrap_or(path);
        if path.is_empty() {
            return Err(Error::usage("duckdb: without a path").hint("it looks like duckdb:warehouse.duckdb"));
        }
        Ok(Target::DuckDb(PathBuf::from(path)))
    } else if let Some(catalog) = destination.strip_prefix("ducklake:") {
        if catalog.is_empty() {
            return Err(Error::usage("ducklake: without a catalog")
                .hint("it looks like ducklake:lake.ducklake, or ducklake:postgres:dbname=lake host=db"));
        }
        Ok(Target::DuckLake(Lake::of(catalog)))
    } else if MotherDuck::is_meant(destination) {
        MotherDuck::of(destination).map(Target::MotherDuck)
    } else if destination.ends_with(".duckdb") {
        Ok(Target::DuckDb(PathBuf::from(destination)))
    } else {
        let kind = destination.split(':').next().unwrap_or_default();
        Err(Error::usage(format!("{kind:?} is not a destination"))
            .hint("use postgres://user@host/database, duckdb:PATH, a path that ends in .duckdb, ducklake:CATALOG, or md:DATABASE"))
    }
}

impl Config {
    /// The destination that is set, in whichever way.
    pub(super) fn target(&self) -> Result<Target> {
        if let Some(url) = &self.sqlalchemy_url {
            // It says everything, also where single parts of it are given besides.
            return target(&without_driver(url));
        }
        let server =
            [&self.host, &self.user, &self.password].iter().any(|part| part.is_some()) || self.port.is_some();
        // A DuckDB file has one database, which is called as the file is.
        let single = server || (self.database.is_some() && self.path.is_none());
        match (&self.destination, &self.path) {
            (Some(destination), None) if !single => target(destination),
            (None, Some(path)) if !single => Ok(Target::DuckDb(path.clone())),
            (None, None) if single => Ok(Target::Postgres(self.postgres_url())),
            (None, None) => target(DEFAULT_DESTINATION),
            _ => Err(Error::usage("more than one destination is set")
                .hint("set one of destination, path (DuckDB), or host, port, user, password and database (Postgres)")),
        }
    }

    fn postgres_url(&self) -> String {
        let escaped = |text: &Option<String>| text.as_deref().map(percent_encoded).unwrap_or_default();
        let mut url = "postgres://".to_owned();
        if self.user.is_some() || self.password.is_some() {
            url += &escaped(&self.user);
            if self.password.is_some() {
                url += &format!(":{}", escaped(&self.password));
            }
            url += "@";
        }
        url += &escaped(&self.host);
        if let Some(port) = self.port {
            url += &format!(":{port}");
        }
        url += "/";
        url += &escaped(&self.database);
        url
    }
}

/// A URL as SQLAlchemy has it, without the name of a Python driver.
fn without_driver(url: &str) -> String {
    match url.split_once("://") {
        Some((scheme, rest)) => format!("{}://{rest}", scheme.split('+').next().unwrap_or(scheme)),
        None => url.to_owned(),
    }
}

/// A text as a part of a URL.
fn percent_encoded(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::new(), |mut out, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            byte => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
        out
    })
}
