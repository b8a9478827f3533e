//! A database in MotherDuck as the settings name it: `md:` and its name.

use std::collections::BTreeMap;
use std::fmt;

use crate::error::{Error, Result};

/// What it is written with.
const SCHEMES: [&str; 2] = ["md:", "motherduck:"];

/// The parameters that say who loads.
const TOKENS: [&str; 2] = ["motherduck_token", "token"];

/// A database in MotherDuck. The token is not shown.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct MotherDuck {
    /// What DuckDB attaches: `md:`, the database's name, and the parameters that were given.
    pub place: String,
    /// The database's name.
    pub database: String,
    /// Who loads; where it is not set, MotherDuck's extension looks for `motherduck_token` in the environment.
    pub token: Option<String>,
    /// Where DuckDB's extensions are, and come to.
    pub extension_directory: Option<String>,
    /// Settings of DuckDB's own.
    pub settings: BTreeMap<String, String>,
}

impl MotherDuck {
    /// Whether a destination is written as one of these.
    #[must_use]
    pub fn is_meant(destination: &str) -> bool {
        SCHEMES.iter().any(|scheme| destination.starts_with(scheme))
    }

    /// The database that a destination names: `md:warehouse`, with a token as `md:warehouse?motherduck_token=…`.
    ///
    /// # Errors
    /// Where it names none.
    pub fn of(destination: &str) -> Result<Self> {
        let named = SCHEMES.iter().find_map(|scheme| destination.strip_prefix(scheme)).unwrap_or(destination);
        let (database, parameters) = named.split_once('?').unwrap_or((named, ""));
        if database.is_empty() {
            return Err(Error::usage("md: without a database").hint("it looks like md:warehouse"));
        }
        if database.contains('/') {
            return Err(Error::usage(format!("{database:?} is no database that can be loaded into"))
                .hint("a share is read only: name a database of your own, as in md:warehouse"));
        }
        let parameters = || parameters.split('&').filter(|parameter| !parameter.is_empty());
        let said = |parameter: &str| {
            let (name, value) = parameter.split_once('=')?;
            TOKENS.contains(&name).then(|| value.to_owned())
        };
        let others: Vec<&str> = parameters().filter(|parameter| said(parameter).is_none()).collect();
        let others = if others.is_empty() { String::new() } else { format!("?{}", others.join("&")) };
        Ok(Self {
            place: format!("md:{database}{others}"),
            database: database.to_owned(),
            token: parameters().find_map(said),
            ..Self::default()
        })
    }

    /// The extensions of DuckDB's that it needs.
    pub fn extensions(&self) -> impl Iterator<Item = &'static str> {
        self.place.starts_with(SCHEMES[0]).then_some("motherduck").into_iter()
    }
}

/// Without the token.
impl fmt::Debug for MotherDuck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Without the token.
impl fmt::Display for MotherDuck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.place)
    }
}
