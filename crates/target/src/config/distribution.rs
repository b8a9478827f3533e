//! How the tables that the loader makes lie over the nodes of a Citus cluster, where a setting says so.

use serde::Deserialize;

use super::{Settings, Target};
use crate::error::{Error, Result};

/// How a stream's new tables lie over the nodes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum DistributionChoice {
    /// They are plain tables.
    #[default]
    None,
    /// By the first property of the key.
    Hash,
    /// By this property.
    Property(String),
    /// Each node has all rows.
    Reference,
}

impl<'de> Deserialize<'de> for DistributionChoice {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Given {
            Word(String),
            Property { property: String },
        }
        match Given::deserialize(deserializer)? {
            Given::Property { property } => Ok(DistributionChoice::Property(property)),
            Given::Word(word) => word.parse().map_err(serde::de::Error::custom),
        }
    }
}

/// As a text has it: a word, or `property:NAME`.
impl std::str::FromStr for DistributionChoice {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        Ok(match word {
            "none" => DistributionChoice::None,
            "hash" => DistributionChoice::Hash,
            "reference" => DistributionChoice::Reference,
            word => match word.strip_prefix("property:") {
                Some(name) => DistributionChoice::Property(name.to_owned()),
                None => {
                    return Err(format!(
                        "distribution is none, hash, reference or a property ({{\"property\": NAME}}, as a text property:NAME), \
                         not {word:?}"
                    ));
                }
            },
        })
    }
}

impl Settings {
    /// Whether any stream's tables are to be distributed.
    #[must_use]
    pub fn distributes(&self) -> bool {
        let streams = self.streams.iter().map(|(_, config)| config);
        let mut choices = std::iter::once(&self.common).chain(streams).map(|config| &config.distribution);
        choices.any(|choice| choice.as_ref().is_some_and(|choice| *choice != DistributionChoice::None))
    }

    /// Demands a destination that can distribute tables, where they are to be.
    ///
    /// # Errors
    /// Where it is DuckDB's.
    pub fn check_distribution(&self) -> Result<()> {
        match self.target {
            Target::DuckDb(_) | Target::DuckLake(_) | Target::MotherDuck(_) if self.distributes() => {
                Err(Error::usage("distribution is for Postgres with Citus, and the destination is DuckDB")
                    .hint("leave distribution out"))
            }
            _ => Ok(()),
        }
    }
}
