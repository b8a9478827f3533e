//! One stream of messages over many loaders: each record is one loader's, by the hash of its key.
//!
//! The hash is of what was sent, and of nothing that a loader knows: no types, no table, no process. So all loaders agree on it, in every
//! version and on every machine. Two ways to write one key are one hash, whatever the type of the column: see `sharing`.

mod sharing;

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub use sharing::Sharing;

/// One of the loaders that share a stream of messages: the third of eight is `3/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Shard {
    of: u32,
    number: u32,
}

impl Shard {
    /// Whether a record with this hash is its own.
    #[inline]
    #[must_use]
    pub fn holds(self, hash: u64) -> bool {
        hash % u64::from(self.of) + 1 == u64::from(self.number)
    }

    /// Whether there is more than one, so that there is something to share.
    #[must_use]
    pub fn shares(self) -> bool {
        self.of > 1
    }

    /// The id of a run that loads this shard only: see [`shard_of`].
    #[must_use]
    pub fn run(self, id: &str) -> String {
        format!("{id} {self}")
    }

    /// The version that all shards have activated, once this one has activated `version`; `None` where one of them has activated none.
    /// Until then rows of older versions are not over: the loader of their keys may not have come to the newer ones.
    pub fn activates(self, version: i64, activated: &mut BTreeMap<Shard, i64>) -> Option<i64> {
        activated.retain(|shard, _| shard.of == self.of);
        let own = activated.entry(self).or_insert(version);
        *own = version.max(*own);
        let all = activated.len() as u64 == u64::from(self.of);
        activated.values().copied().min().filter(|_| all)
    }
}

/// The shard that the run with this id has loaded; empty where it has loaded everything.
#[must_use]
pub fn shard_of(run: &str) -> &str {
    run.split_once(' ').map_or("", |(_, shard)| shard)
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number =
            |text: &str| text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()));
        let parts = text.split_once('/').and_then(|(own, all)| Some((number(own)?, number(all)?)));
        match parts {
            Some((number, of)) if (1..=of).contains(&number) => Ok(Self { of, number }),
            _ => Err(format!("shard is K/N, the K-th of N loaders, such as 3/8; not {text:?}")),
        }
    }
}

impl TryFrom<String> for Shard {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Shard> for String {
    fn from(shard: Shard) -> Self {
        shard.to_string()
    }
}
