//! From property to column and from stream to table.
//!
//! A name is kept as it is wherever the database can hold it. Where it cannot (too long, empty, reserved, the same as another
//! one for a database that ignores case) a piece of the name's own hash is appended, so that the result depends on the name and
//! not on the order in which names came. Two names never share a column. What exists in the table keeps its owner: a column
//! that has exactly a property's name is that property's.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

/// What a database demands of names. Stated by its dialect.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// The greatest length in bytes.
    pub max_bytes: usize,
    /// Whether two names that differ in case only are one name.
    pub ignores_case: bool,
    /// Names that no column may have, in lower case.
    pub reserved: &'static [&'static str],
}

impl Rules {
    /// The form under which two names are one.
    #[must_use]
    pub fn fold(&self, name: &str) -> String {
        if self.ignores_case { name.to_lowercase() } else { name.to_owned() }
    }

    /// Whether two names are one.
    #[must_use]
    pub fn same(&self, a: &str, b: &str) -> bool {
        self.fold(a) == self.fold(b)
    }

    fn allows(&self, name: &str) -> bool {
        !name.is_empty()
            && name.len() <= self.max_bytes
            && !name.contains('\0')
            && !self.reserved.contains(&name.to_lowercase().as_str())
    }
}

/// A column's name for each of `properties`, in their order, in a table that has the columns `existing` already and will have
/// the columns `system`, which no property may take.
#[must_use]
pub fn columns(properties: &[&str], existing: &[&str], system: &[&str], rules: &Rules) -> Vec<String> {
    let system: BTreeSet<String> = system.iter().map(|name| rules.fold(name)).collect();
    let existing: BTreeSet<&str> = existing.iter().copied().collect();
    let fits = |name: &str| rules.allows(name) && !system.contains(&rules.fold(name));
    let mut names: Vec<Option<String>> = vec![None; properties.len()];
    let mut taken = system.clone();
    // A column that stands in the table under the property's own name is the property's.
    for (name, property) in names.iter_mut().zip(properties) {
        if fits(property) && existing.contains(property) && taken.insert(rules.fold(property)) {
            *name = Some((*property).to_owned());
        }
    }
    // A column that differs in case only belongs to another property, perhaps one that this schema no longer has.
    let others: BTreeSet<String> = existing.iter().map(|name| rules.fold(name)).collect();
    for (name, property) in names.iter_mut().zip(properties) {
        let folded = rules.fold(property);
        if name.is_none() && fits(property) && !others.contains(&folded) && taken.insert(folded) {
            *name = Some((*property).to_owned());
        }
    }
    for (name, property) in names.iter_mut().zip(properties) {
        if name.is_none() {
            *name = Some(hashed(property, rules, |candidate| taken.insert(rules.fold(candidate))));
        }
    }
    names.into_iter().flatten().collect()
}

/// The table's name for `stream`. `reserved` are the loader's own tables.
///
/// It depends on nothing but the stream's name, except that for a database that ignores case a stream whose name is another
/// one's but for its case (one that is `taken`, by the tables that other streams have) gets a hash as well. `taken` is asked with the
/// form under which names are one.
#[must_use]
pub fn table(stream: &str, taken: impl Fn(&str) -> bool, reserved: &[&str], rules: &Rules) -> String {
    derived(stream, rules, |name| {
        let folded = rules.fold(name);
        !taken(&folded) && !reserved.iter().any(|other| rules.fold(other) == folded)
    })
}

/// A name that was made out of another one: as it is where the database can hold it and `free` takes it, else with a piece of its hash.
#[must_use]
pub fn derived(name: &str, rules: &Rules, free: impl Fn(&str) -> bool) -> String {
    if rules.allows(name) && free(name) { name.to_owned() } else { hashed(name, rules, free) }
}

/// The start of `name` with a piece of its hash, a longer one as long as `free` refuses it.
fn hashed(name: &str, rules: &Rules, mut free: impl FnMut(&str) -> bool) -> String {
    let hash = hex(&Sha256::digest(name.as_bytes()));
    let readable = if name.is_empty() { "_".to_owned() } else { name.replace('\0', "\u{fffd}") };
    for length in [8, 16, 32, 62] {
        let mut start = readable.clone();
        let room = rules.max_bytes.saturating_sub(length + 1);
        if start.len() > room {
            start.truncate((0..=room).rev().find(|&at| start.is_char_boundary(at)).unwrap_or(0));
        }
        let candidate = format!("{start}_{}", &hash[..length]);
        if free(&candidate) {
            return candidate;
        }
    }
    // Only a name made to collide with 62 digits of another one's hash comes here.
    (0u64..).map(|n| format!("_{}_{n}", &hash[..40])).find(|name| free(name)).unwrap_or_default()
}

/// Lower-case hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}
