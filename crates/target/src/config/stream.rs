//! The settings that a stream can have for itself.

use std::time::Duration;

use serde::Deserialize;

use super::distribution::DistributionChoice;
use crate::merge::Tie;
use crate::sequence::Choice;

/// How many levels of objects are flattened, where nothing is said.
pub const FLATTEN_DEPTH: usize = 8;
/// What stands between the names of a flattened column.
pub const FLATTEN_SEPARATOR: &str = "__";

/// The settings that a stream can have for itself, as they were given.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct StreamConfig {
    pub load_method: Option<LoadMethod>,
    pub sequence: Option<Choice>,
    pub on_tie: Option<OnTie>,
    pub append_unique: Option<bool>,
    pub skip_unchanged: Option<bool>,
    pub validate_records: Option<bool>,
    pub add_record_metadata: Option<bool>,
    pub latest_view: Option<bool>,
    pub primary_key_required: Option<bool>,
    pub adopt_tables: Option<bool>,
    pub distribution: Option<DistributionChoice>,
    pub hard_delete: Option<bool>,
    pub deleted_property: Option<String>,
    pub tombstone_retention: Option<Retention>,
    pub process_activate_version_messages: Option<bool>,
    pub on_type_conflict: Option<OnConflict>,
    pub nested: Option<Nested>,
    pub flatten_depth: Option<usize>,
    pub flatten_separator: Option<String>,
    pub flatten_max_name: Option<usize>,
    pub missing_properties: Option<Missing>,
    pub nul_bytes: Option<NulBytes>,
    pub key_properties: Option<KeyChoice>,
}

/// Who stays at a tie, where the setting decides it.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum OnTie {
    /// The row that came later.
    Replace,
    /// The row that came first.
    Keep,
}

/// How rows join a table, where a setting says so.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
pub enum LoadMethod {
    /// One row per key.
    #[serde(rename = "upsert", alias = "merge")]
    Merge,
    /// Every row.
    #[serde(rename = "append-only", alias = "append")]
    Append,
    /// What one run brings takes the place of all that was there.
    #[serde(rename = "overwrite")]
    Overwrite,
}

/// A stream's key, where a setting says what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyChoice {
    /// These properties.
    Properties(Vec<String>),
    /// The hash of the whole record.
    RecordHash,
}

impl<'de> Deserialize<'de> for KeyChoice {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Given {
            Word(String),
            List(Vec<String>),
        }
        match Given::deserialize(deserializer)? {
            Given::List(properties) => Ok(KeyChoice::Properties(properties)),
            Given::Word(word) if word == "record_hash" => Ok(KeyChoice::RecordHash),
            Given::Word(word) => Err(serde::de::Error::custom(format!(
                "key_properties is a list of properties or \"record_hash\", not {word:?}"
            ))),
        }
    }
}

impl<'de> Deserialize<'de> for Choice {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Given {
            Word(String),
            Property { property: String },
        }
        match Given::deserialize(deserializer)? {
            Given::Property { property } => Ok(Choice::Property(property)),
            Given::Word(word) => word.parse().map_err(serde::de::Error::custom),
        }
    }
}

/// As a flag has it: a word, or `property:NAME`.
impl std::str::FromStr for Choice {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        Ok(match word {
            "auto" => Choice::Auto,
            "message" => Choice::Message,
            "replication_key" => Choice::ReplicationKey,
            "time_extracted" => Choice::TimeExtracted,
            "arrival" => Choice::Arrival,
            word => match word.strip_prefix("property:") {
                Some(name) => Choice::Property(name.to_owned()),
                None => {
                    return Err(format!(
                        "sequence is auto, message, replication_key, time_extracted, arrival or a property ({{\"property\": NAME}}, \
                         as a flag property:NAME), not {word:?}"
                    ));
                }
            },
        })
    }
}

/// Whether a property of a new type gets a column of its own.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum OnConflict {
    /// The old column stays, and a new one with the type's suffix takes the values of the new type.
    #[default]
    Split,
    /// The run stops before anything is written.
    Fail,
}

/// What becomes of objects and arrays.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Nested {
    /// One column of JSON for each.
    #[default]
    Json,
    /// Objects become columns, arrays JSON.
    Flatten,
    /// Objects become columns, arrays tables of their own.
    Subtables,
}

/// What a merge does with the columns of properties that a record does not have.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Missing {
    /// They become NULL: a row is its newest record, and the order of arrival does not matter.
    #[default]
    Null,
    /// They stay as they are: the row depends on the order of arrival.
    Keep,
}

/// What is done with U+0000 where the destination cannot hold it.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum NulBytes {
    /// The record is refused.
    #[default]
    Reject,
    /// The characters are left out.
    Strip,
    /// U+FFFD takes their place.
    Replace,
}

/// How long a tombstone stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Retention {
    /// For ever.
    #[default]
    Keep,
    /// So long after its commit.
    For(Duration),
}

impl<'de> Deserialize<'de> for Retention {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        if word == "keep" {
            return Ok(Retention::Keep);
        }
        humantime::parse_duration(&word).map(Retention::For).map_err(|_| {
            serde::de::Error::custom(format!(
                "tombstone_retention is \"keep\" or a time such as \"30 days\", not {word:?}"
            ))
        })
    }
}

/// What the settings mean for one stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamSettings {
    /// How rows join the table; unset means merge where there are keys.
    pub load_method: Option<LoadMethod>,
    /// Where sequences come from.
    pub sequence: Choice,
    /// Who stays at a tie.
    pub on_tie: Tie,
    /// Whether append mode recognises rows that the table holds.
    pub append_unique: bool,
    /// Whether a merge leaves rows alone whose values would not change.
    pub skip_unchanged: bool,
    /// Whether records are held against the schema in all it says.
    pub validate_records: bool,
    /// Whether tables get all the system columns.
    pub add_record_metadata: bool,
    /// Whether an appended table gets a view of the newest row of each key.
    pub latest_view: bool,
    /// Whether a stream without a key is refused.
    pub primary_key_required: bool,
    /// Whether a table of another loader, whose primary key is the stream's key, becomes this loader's.
    pub adopt_tables: bool,
    /// How the tables that are made lie over the nodes of a cluster.
    pub distribution: DistributionChoice,
    /// Whether deleted rows, and those of older versions, go.
    pub hard_delete: bool,
    /// The property that says that a record is a delete.
    pub deleted_property: Option<String>,
    /// How long tombstones stay.
    pub tombstone_retention: Retention,
    /// Whether ACTIVATE_VERSION is acted on.
    pub process_activate_version_messages: bool,
    /// What becomes of a property whose type its column cannot take.
    pub on_type_conflict: OnConflict,
    /// What becomes of objects and arrays.
    pub nested: Nested,
    /// How many levels of objects become columns.
    pub flatten_depth: usize,
    /// What stands between the names of a flattened column.
    pub flatten_separator: String,
    /// The longest name of a flattened column, in bytes, where it is to be shorter than the database's.
    pub flatten_max_name: Option<usize>,
    /// What becomes of columns whose properties a record lacks.
    pub missing_properties: Missing,
    /// What is done with U+0000 where the destination cannot hold it.
    pub nul_bytes: NulBytes,
    /// The key, where it is not what the SCHEMA says.
    pub key_properties: Option<KeyChoice>,
}

impl StreamSettings {
    /// What `layers` say together: of each setting the first that says something, else its default.
    pub(super) fn of(layers: &[&StreamConfig]) -> Self {
        fn first<T>(layers: &[&StreamConfig], of: impl Fn(&StreamConfig) -> Option<T>) -> Option<T> {
            layers.iter().find_map(|layer| of(layer))
        }
        let given = layers;
        StreamSettings {
            load_method: first(given, |layer| layer.load_method),
            sequence: first(given, |layer| layer.sequence.clone()).unwrap_or_default(),
            on_tie: match first(given, |layer| layer.on_tie) {
                Some(OnTie::Keep) => Tie::Keep,
                Some(OnTie::Replace) | None => Tie::Replace,
            },
            append_unique: first(given, |layer| layer.append_unique).unwrap_or(true),
            skip_unchanged: first(given, |layer| layer.skip_unchanged).unwrap_or(true),
            validate_records: first(given, |layer| layer.validate_records).unwrap_or(true),
            add_record_metadata: first(given, |layer| layer.add_record_metadata).unwrap_or(true),
            latest_view: first(given, |layer| layer.latest_view).unwrap_or(false),
            primary_key_required: first(given, |layer| layer.primary_key_required).unwrap_or(false),
            adopt_tables: first(given, |layer| layer.adopt_tables).unwrap_or(true),
            distribution: first(given, |layer| layer.distribution.clone()).unwrap_or_default(),
            hard_delete: first(given, |layer| layer.hard_delete).unwrap_or(false),
            deleted_property: first(given, |layer| layer.deleted_property.clone()),
            tombstone_retention: first(given, |layer| layer.tombstone_retention).unwrap_or_default(),
            process_activate_version_messages: first(given, |layer| layer.process_activate_version_messages)
                .unwrap_or(true),
            on_type_conflict: first(given, |layer| layer.on_type_conflict).unwrap_or_default(),
            nested: first(given, |layer| layer.nested).unwrap_or_default(),
            flatten_depth: first(given, |layer| layer.flatten_depth).unwrap_or(FLATTEN_DEPTH),
            flatten_separator: first(given, |layer| layer.flatten_separator.clone())
                .unwrap_or_else(|| FLATTEN_SEPARATOR.to_owned()),
            flatten_max_name: first(given, |layer| layer.flatten_max_name),
            missing_properties: first(given, |layer| layer.missing_properties).unwrap_or_default(),
            nul_bytes: first(given, |layer| layer.nul_bytes).unwrap_or_default(),
            key_properties: first(given, |layer| layer.key_properties.clone()),
        }
    }
}
