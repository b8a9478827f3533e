//! The environment as a value: it is read once, and passed in from there.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// Variables and their values.
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<String, String>);

/// The names alone: values may be passwords.
impl std::fmt::Debug for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Environment {
    /// The process'. What is not Unicode is left out.
    #[must_use]
    pub fn read() -> Self {
        let variables = std::env::vars_os();
        variables
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect()
    }

    /// A variable that is set, and not to nothing.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// A variable that is set, perhaps to nothing.
    #[must_use]
    pub fn set(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The variables whose names begin with `prefix`: the rest of each name, and its value.
    pub(super) fn beginning(&self, prefix: &str) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().filter_map(move |(name, value)| Some((name.strip_prefix(prefix)?, value.as_str())))
    }

    /// With `more` where nothing is set.
    #[must_use]
    pub fn or(mut self, more: BTreeMap<String, String>) -> Self {
        more.into_iter().for_each(|(name, value)| {
            self.0.entry(name).or_insert(value);
        });
        self
    }

    /// A path in the user's home.
    #[must_use]
    pub fn home(&self, path: &str) -> Option<PathBuf> {
        self.get("HOME").map(|home| PathBuf::from(home).join(path))
    }
}

impl FromIterator<(String, String)> for Environment {
    fn from_iter<T: IntoIterator<Item = (String, String)>>(variables: T) -> Self {
        Self(variables.into_iter().collect())
    }
}
