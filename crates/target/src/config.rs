//! Settings: as they were given ([`Config`]), and what they mean ([`Settings`]).
//!
//! This is the only room that sees flags, files of settings and the environment. Every default is a constant with its reason.

mod about;
mod checked;
mod distribution;
mod environment;
mod flattening;
mod given;
mod known;
mod lake;
mod mapping;
mod meltano;
mod memory;
mod placing;
mod server;
mod sharing;
mod ssl;
mod stream;
mod target;
mod texts;
mod tunnel;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytesize::ByteSize;
use serde::Deserialize;

use crate::conninfo::{Binding, SslMode};
use crate::error::{Error, Result};
use crate::maps::Maps;
use crate::note::Note;
use crate::sequence::Choice;
use crate::shard::Shard;

pub use about::{CAPABILITIES, about, about_text};
pub use distribution::DistributionChoice;
pub use environment::Environment;
pub use given::Given;
pub use lake::ObjectStore;
use mapping::Mapping;
use memory::Memory;
use placing::check_names;
pub use stream::{
    FLATTEN_DEPTH, FLATTEN_SEPARATOR, KeyChoice, LoadMethod, Missing, Nested, NulBytes, OnConflict, OnTie,
    Retention, StreamConfig, StreamSettings,
};
pub use target::{Target, target};
pub use tunnel::SshTunnel;

/// Rows in memory at which a flush is due: as many as DuckDB has in one row group. A whole group is compressed once and goes straight
/// into the file; what is less is written three times, to the log, to memory and to the file.
pub const BATCH_SIZE_ROWS: usize = 122_880;
/// The memory that the loader may use, in bytes.
pub const MAX_MEMORY: usize = 512_000_000;
/// The longest that a row waits for its commit, in seconds.
pub const BATCH_WAIT_LIMIT_SECONDS: f64 = 60.0;
/// How often something is tried again after the connection was lost: for some two and a half minutes, in which a server restarts.
pub const MAX_RETRIES: usize = 10;
/// The longest wait for what another process holds, in seconds: a flush of another loader takes less.
pub const LOCK_TIMEOUT_SECONDS: f64 = 60.0;
/// The longest that one statement takes in Postgres, in seconds: 0 is no limit. A table of any size may have to be rewritten.
pub const STATEMENT_TIMEOUT_SECONDS: f64 = 0.0;
/// The longest that the last commit takes after a signal, in seconds: what runs the loader kills it after half a minute, if not before.
pub const SHUTDOWN_TIMEOUT_SECONDS: f64 = 25.0;
/// The file that is loaded into where nothing else is said.
pub const DEFAULT_DESTINATION: &str = "duckdb:warehouse.duckdb";

/// Settings that there are, as they were given. Every one may be missing.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Config {
    pub destination: Option<String>,
    pub sqlalchemy_url: Option<String>,
    pub host: Option<String>,
    pub port: Option<u16>,
    pub user: Option<String>,
    pub password: Option<String>,
    pub database: Option<String>,
    pub ssl: Option<bool>,
    pub ssl_enable: Option<bool>,
    pub ssl_mode: Option<SslMode>,
    pub ssl_certificate_authority: Option<String>,
    pub ssl_client_certificate_enable: Option<bool>,
    pub ssl_client_certificate: Option<String>,
    pub ssl_client_private_key: Option<String>,
    pub channel_binding: Option<Binding>,
    pub connect_timeout: Option<u32>,
    pub path: Option<PathBuf>,
    pub data_path: Option<String>,
    pub s3: Option<ObjectStore>,
    pub extension_directory: Option<String>,
    pub motherduck_token: Option<String>,
    pub default_target_schema: Option<String>,
    pub stream_name_separator: Option<String>,
    pub schema_mapping: Option<serde_json::Map<String, serde_json::Value>>,
    pub default_target_schema_select_permission: Option<serde_json::Value>,
    pub ssh_tunnel: Option<SshTunnel>,
    pub state_id: Option<String>,
    pub shard: Option<Shard>,
    pub max_retries: Option<usize>,
    pub lock_timeout: Option<f64>,
    pub statement_timeout: Option<f64>,
    pub shutdown_timeout: Option<f64>,
    #[serde(default, deserialize_with = "memory::size")]
    pub max_memory: Option<ByteSize>,
    pub batch_size_rows: Option<usize>,
    pub batch_size_bytes: Option<usize>,
    pub batch_wait_limit_seconds: Option<f64>,
    pub max_record_bytes: Option<usize>,
    pub duckdb_memory_limit: Option<String>,
    #[serde(default)]
    pub settings: BTreeMap<String, serde_json::Value>,
    pub on_invalid_record: Option<OnInvalid>,
    pub max_rejects: Option<u64>,
    pub fail_on_rejects: Option<bool>,
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
    pub activate_version: Option<bool>,
    pub on_type_conflict: Option<OnConflict>,
    pub nested: Option<Nested>,
    pub flatten_depth: Option<usize>,
    pub flatten_separator: Option<String>,
    pub flatten_max_name: Option<usize>,
    pub missing_properties: Option<Missing>,
    pub nul_bytes: Option<NulBytes>,
    pub sanitize_null_text_characters: Option<bool>,
    pub data_flattening_max_level: Option<usize>,
    pub flattening_enabled: Option<bool>,
    pub flattening_max_depth: Option<usize>,
    pub flattening_separator: Option<String>,
    pub flattening_max_key_length: Option<usize>,
    pub stream_maps: Option<serde_json::Map<String, serde_json::Value>>,
    pub stream_map_config: Option<serde_json::Map<String, serde_json::Value>>,
    #[serde(default)]
    pub streams: BTreeMap<String, StreamConfig>,
}

/// Without passwords and keys.
impl std::fmt::Debug for Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Config").finish_non_exhaustive()
    }
}

/// What is done with a record that cannot be loaded.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum OnInvalid {
    /// The run fails; everything before the record is committed.
    #[default]
    Fail,
    /// The record goes to `_sdc_rejected`.
    Reject,
}

/// What the settings mean.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where rows go.
    pub target: Target,
    /// The run's schema, for the loader's own tables and for all whose streams are not mapped to another; the destination's default where
    /// none is set.
    pub schema: Option<String>,
    /// What a stream's table is called by the rest behind, where it is not called as the stream.
    pub stream_name_separator: Option<String>,
    /// The name of the pipeline, of which only the newest run may commit.
    pub state_id: Option<String>,
    /// The share of the records that is loaded, where others load the rest.
    pub shard: Option<Shard>,
    /// How often something is tried again after the connection was lost.
    pub max_retries: usize,
    /// The longest wait for what another process holds.
    pub lock_timeout: Duration,
    /// The longest that one statement takes in Postgres; zero is no limit.
    pub statement_timeout: Duration,
    /// The longest that the last commit takes after a signal.
    pub shutdown_timeout: Duration,
    /// The memory that the loader may use, in bytes.
    pub max_memory: usize,
    /// Records of one stream in memory at which a flush is due.
    pub batch_size_rows: usize,
    /// Bytes in memory at which a flush is due.
    pub batch_size_bytes: usize,
    /// The longest that anything waits for its commit.
    pub batch_wait_limit: Duration,
    /// The longest line, in bytes.
    pub max_record_bytes: usize,
    /// The memory that DuckDB may use, as DuckDB writes it, where it is given.
    pub duckdb_memory_limit: Option<String>,
    /// What is set in DuckDB besides, by name.
    pub duckdb_settings: BTreeMap<String, String>,
    /// What is done with a record that cannot be loaded.
    pub on_invalid_record: OnInvalid,
    /// The number of rejected records past which the run fails.
    pub max_rejects: Option<u64>,
    /// Whether rejected records make the run end with exit code 4.
    pub fail_on_rejects: bool,
    /// What becomes of streams before they are loaded, where anything does.
    pub maps: Option<Arc<Maps>>,
    /// What is to be said before anything is loaded.
    pub notes: Vec<Note>,
    mapping: Mapping,
    common: StreamConfig,
    streams: Vec<(glob::Pattern, StreamConfig)>,
}

impl Config {
    /// Reads the text of a file of settings, with no variables to put into it.
    ///
    /// # Errors
    /// Where it is not JSON, or a setting cannot take its value.
    pub fn read(text: &str) -> Result<Self> {
        Self::of(Given::read(text, &Environment::default())?).map(|(config, _)| config)
    }

    /// The settings that there are among those that were given, and what is to be said of the others.
    ///
    /// # Errors
    /// Where a setting cannot take its value.
    pub fn of(given: Given) -> Result<(Self, Vec<Note>)> {
        let (settings, notes) = checked::checked(given)?;
        let config = serde_json::from_value(settings);
        Ok((config.map_err(|error| Error::usage(format!("in the settings: {error}")))?, notes))
    }

    /// What the settings mean.
    ///
    /// # Errors
    /// Where they contradict each other or are out of range.
    pub fn settle(self) -> Result<Settings> {
        let target = self.over_extensions(self.over_ssh(self.over_tls(self.target()?)?)?);
        let placing = self.placing()?;
        check_names(&target, &placing)?;
        let seconds = |name: &str, value: Option<f64>, default: f64| {
            Duration::try_from_secs_f64(value.unwrap_or(default))
                .map_err(|_| Error::usage(format!("{name} must be a number of seconds from 0")))
        };
        let at_least_one = |name: &str, value: usize| match value {
            0 => Err(Error::usage(format!("{name} must be at least 1"))),
            value => Ok(value),
        };
        let sharing = self.sharing()?;
        let memory = Memory::of(self.max_memory)?;
        let flattening = self.flattening();
        let maps = self.stream_maps.as_ref().filter(|maps| !maps.is_empty());
        let maps = maps.map(|maps| Maps::read(maps, &self.stream_map_config.clone().unwrap_or_default()));
        let streams = self.streams.into_iter().map(|(name, config)| {
            let pattern = glob::Pattern::new(&name);
            let pattern = pattern.map_err(|error| Error::usage(format!("streams: {name:?}: {error}")))?;
            Ok((pattern, config))
        });
        Ok(Settings {
            notes: placing.notes(&target),
            target,
            schema: placing.schema,
            mapping: placing.mapping,
            stream_name_separator: placing.separator,
            state_id: sharing.state_id,
            shard: sharing.shard,
            max_retries: self.max_retries.unwrap_or(MAX_RETRIES),
            lock_timeout: seconds("lock_timeout", self.lock_timeout, LOCK_TIMEOUT_SECONDS)?,
            statement_timeout: seconds(
                "statement_timeout",
                self.statement_timeout,
                STATEMENT_TIMEOUT_SECONDS,
            )?,
            shutdown_timeout: seconds("shutdown_timeout", self.shutdown_timeout, SHUTDOWN_TIMEOUT_SECONDS)?,
            batch_size_rows: at_least_one(
                "batch_size_rows",
                self.batch_size_rows.unwrap_or(BATCH_SIZE_ROWS),
            )?,
            max_memory: memory.most,
            batch_size_bytes: at_least_one("batch_size_bytes", memory.batch(self.batch_size_bytes)?)?,
            batch_wait_limit: seconds(
                "batch_wait_limit_seconds",
                self.batch_wait_limit_seconds,
                BATCH_WAIT_LIMIT_SECONDS,
            )?,
            max_record_bytes: memory.record(self.max_record_bytes)?,
            duckdb_memory_limit: self.duckdb_memory_limit,
            duckdb_settings: texts::words(self.settings),
            on_invalid_record: self.on_invalid_record.unwrap_or_default(),
            max_rejects: self.max_rejects,
            fail_on_rejects: self.fail_on_rejects.unwrap_or(false),
            maps: maps.transpose()?.map(Arc::new),
            common: StreamConfig {
                load_method: self.load_method,
                sequence: self.sequence,
                on_tie: self.on_tie,
                append_unique: self.append_unique,
                skip_unchanged: self.skip_unchanged,
                validate_records: self.validate_records,
                add_record_metadata: self.add_record_metadata,
                latest_view: self.latest_view,
                primary_key_required: self.primary_key_required,
                adopt_tables: self.adopt_tables,
                distribution: self.distribution,
                hard_delete: self.hard_delete,
                deleted_property: self.deleted_property,
                tombstone_retention: self.tombstone_retention,
                // Two names of one switch: one of them is enough to turn it off.
                process_activate_version_messages: match self.activate_version {
                    Some(false) => Some(false),
                    _ => self.process_activate_version_messages,
                },
                on_type_conflict: self.on_type_conflict,
                nested: flattening.nested,
                flatten_depth: flattening.depth,
                flatten_separator: flattening.separator,
                flatten_max_name: flattening.max_name,
                missing_properties: self.missing_properties,
                nul_bytes: self.nul_bytes.or(self.sanitize_null_text_characters.map(
                    |replaces| match replaces {
                        true => NulBytes::Replace,
                        false => NulBytes::Reject,
                    },
                )),
                key_properties: None,
            },
            streams: streams.collect::<Result<_>>()?,
        })
    }
}

impl Settings {
    /// With the destination completed by what the environment says of Postgres connections, and by the files that libpq would read.
    ///
    /// # Errors
    /// Where the connection string is none, or its service cannot be found.
    pub fn within(mut self, environment: &Environment) -> Result<Self> {
        if let Target::Postgres(text) = &self.target {
            self.target = Target::Postgres(server::complete(text, environment)?);
        }
        Ok(self)
    }

    /// What they mean for one stream: its own settings, by name or by pattern (the first that matches, in the order of their
    /// names; the exact name before all), over those of all streams.
    #[must_use]
    pub fn of(&self, stream: &str) -> StreamSettings {
        let exact = self.streams.iter().find(|(pattern, _)| pattern.as_str() == stream);
        let matching = self.streams.iter().filter(|(pattern, _)| pattern.matches(stream));
        let layers: Vec<&StreamConfig> =
            exact.into_iter().chain(matching).map(|(_, config)| config).chain([&self.common]).collect();
        StreamSettings::of(&layers)
    }
}
