//! What was typed.

mod examples;
mod title;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{CommandFactory, Parser, Subcommand};

use crate::config::{Config, Environment, Given, LoadMethod};
use crate::error::{Error, Result};
use crate::note::Note;
use crate::sequence::Choice;
use crate::shard::Shard;

pub use title::Hidden;

/// Loads Singer messages from stdin into Postgres or DuckDB. The newest version of a record has the last word.
#[derive(Debug, Parser)]
#[command(name = "target", version, after_help = examples::LOAD, args_conflicts_with_subcommands = true)]
pub struct Cli {
    #[command(flatten)]
    settings: Flags,
    /// Write what became of every record to a file, as JSON, also where the load fails
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Read the messages from a file, not from stdin
    #[arg(long, value_name = "FILE")]
    pub input: Option<PathBuf>,
    /// Say what this is, what it can do and what its settings are
    #[arg(long)]
    about: bool,
    /// How --about says it
    #[arg(long, value_name = "FORMAT", requires = "about", default_value = "text")]
    format: Format,
    /// What to do besides loading.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What to do besides loading.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Say whether a load could begin: the connection, the rights, the schema, and what a load would make. Nothing is changed.
    #[command(after_help = examples::CHECK)]
    Check {
        #[command(flatten)]
        #[allow(missing_docs)]
        settings: Flags,
        /// Print it as JSON
        #[arg(long)]
        json: bool,
    },
    /// Read messages from stdin and say how they would be loaded, with the SQL that would change tables. Nothing is written.
    #[command(after_help = examples::PLAN)]
    Plan {
        #[command(flatten)]
        #[allow(missing_docs)]
        settings: Flags,
    },
    /// List the tables that were loaded, and the last loads.
    #[command(after_help = examples::STATUS)]
    Status {
        #[command(flatten)]
        #[allow(missing_docs)]
        settings: Flags,
        /// How many of the last loads to list
        #[arg(long, value_name = "N", default_value_t = 10)]
        loads: usize,
        /// Print it as JSON
        #[arg(long)]
        json: bool,
    },
    /// Print the bookmark of the last commit, ready for tap --state.
    #[command(after_help = examples::STATE)]
    State {
        #[command(flatten)]
        #[allow(missing_docs)]
        settings: Flags,
    },
    /// List the rejected records by table and reason, or send them through again.
    #[command(after_help = examples::REJECTS)]
    Rejects {
        #[command(flatten)]
        #[allow(missing_docs)]
        settings: Flags,
        /// Send them through again, after a schema or a setting was mended: what can be loaded now is loaded
        #[arg(long)]
        replay: bool,
        /// Write what became of every record that was sent through to a file, as JSON
        #[arg(long, value_name = "FILE", requires = "replay")]
        report: Option<PathBuf>,
    },
    /// Say what it takes to load into a table that another loader made, and with --yes do it.
    #[command(after_help = examples::ADOPT)]
    Adopt {
        #[command(flatten)]
        #[allow(missing_docs)]
        settings: Flags,
        /// The table
        #[arg(long, value_name = "NAME")]
        table: String,
        /// The stream that will be loaded into it [default: the table's name]
        #[arg(long, value_name = "NAME")]
        stream: Option<String>,
        /// Its key columns [default: those of its primary key]
        #[arg(long, value_name = "COLUMN", value_delimiter = ',')]
        key: Vec<String>,
        /// Do it
        #[arg(long)]
        yes: bool,
    },
    /// Keep a DuckLake small: rows of many small commits go into few files.
    #[command(after_help = examples::MAINTAIN)]
    Maintain {
        #[command(flatten)]
        #[allow(missing_docs)]
        settings: Flags,
        /// Take away what was only there so long ago: older snapshots cannot be read any more, and their files are deleted
        #[arg(long, value_name = "AGE", value_parser = humantime::parse_duration)]
        expire: Option<Duration>,
    },
    /// Print what makes a shell complete the words of this program.
    #[command(after_help = examples::COMPLETIONS)]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page.
    #[command(after_help = examples::MAN)]
    Man,
}

/// How a program is told of the loader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// The settings that can be typed. They win over the file's.
#[derive(Debug, clap::Args)]
pub struct Flags {
    /// Where to load to: postgres://user@host/database (or service=NAME and the like), duckdb:PATH, a path that ends in .duckdb, or ducklake:CATALOG [default: duckdb:warehouse.duckdb]
    destination: Option<String>,
    /// A JSON file of settings, or ENV for variables such as TARGET_LASTWORD_HOST; where it is said again, the later one wins
    #[arg(long, short, value_name = "FILE")]
    config: Vec<PathBuf>,
    /// The schema for the tables [default: public in Postgres, main in DuckDB]
    #[arg(long, value_name = "NAME")]
    schema: Option<String>,
    /// How rows join a table: upsert (merge), append-only or overwrite [default: upsert where there are keys]
    #[arg(long, value_name = "METHOD", value_parser = load_method)]
    load_method: Option<LoadMethod>,
    /// What orders the versions of a record: auto, message, replication_key, time_extracted, arrival or property:NAME [default: auto]
    #[arg(long, value_name = "SOURCE")]
    sequence: Option<Choice>,
    /// Load only the records whose keys fall to the K-th of N loaders: 3/8. All of them read the same input, and each is started with its own K
    #[arg(long, value_name = "K/N")]
    shard: Option<Shard>,
    /// Print nothing but errors
    #[arg(long, short)]
    quiet: bool,
}

fn load_method(word: &str) -> Result<LoadMethod, String> {
    serde_json::from_value(word.into()).map_err(|_| "it is upsert, append-only or overwrite".to_owned())
}

impl Cli {
    /// How the loader is to say what it is, if it is asked for that.
    #[must_use]
    pub fn about(&self) -> Option<Format> {
        self.about.then_some(self.format)
    }

    /// The settings of whatever was asked for.
    #[must_use]
    pub fn flags(&self) -> &Flags {
        match &self.command {
            Some(
                Command::Check { settings, .. }
                | Command::Plan { settings }
                | Command::Status { settings, .. }
                | Command::State { settings }
                | Command::Rejects { settings, .. }
                | Command::Adopt { settings, .. }
                | Command::Maintain { settings, .. },
            ) => settings,
            None | Some(Command::Completions { .. } | Command::Man) => &self.settings,
        }
    }

    /// The file for the report, if there is to be one.
    #[must_use]
    pub fn report(&self) -> Option<&Path> {
        match &self.command {
            None => self.report.as_deref(),
            Some(Command::Rejects { report, .. }) => report.as_deref(),
            Some(_) => None,
        }
    }
}

impl Flags {
    /// The settings that were given: those of the files in their order, with the flags over them; and what is to be said of them.
    ///
    /// # Errors
    /// Where a file cannot be read, or a setting cannot take its value.
    pub fn config(&self, environment: &Environment) -> Result<(Config, Vec<Note>)> {
        let mut variables = environment.clone();
        if self.config.iter().any(|path| is_environment(path))
            && let Ok(text) = fs::read_to_string(".env")
        {
            variables = variables.or(Given::variables(&text)?);
        }
        let mut given = Given::default();
        for path in &self.config {
            let later = match is_environment(path) {
                true => Given::of_environment(&variables),
                false => Given::read(&read(path)?, &variables)?,
            };
            given = given.under(later);
        }
        let (mut config, mut notes) = Config::of(given)?;
        notes.extend(config.within_meltano(environment));
        if let Some(destination) = self.destination(environment) {
            config = Config {
                destination: Some(destination),
                sqlalchemy_url: None,
                path: None,
                host: None,
                port: None,
                user: None,
                password: None,
                database: None,
                ..config
            };
        }
        config.default_target_schema = self.schema.clone().or(config.default_target_schema);
        config.load_method = self.load_method.or(config.load_method);
        config.sequence = self.sequence.clone().or(config.sequence);
        config.shard = self.shard.or(config.shard);
        Ok((config, notes))
    }

    /// Whether only errors are to be printed.
    #[must_use]
    pub fn quiet(&self) -> bool {
        self.quiet
    }
}

/// Whether settings are to come from the environment.
fn is_environment(path: &Path) -> bool {
    path == Path::new("ENV")
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|error| {
        Error::usage(format!("cannot read the settings in {}", path.display())).caused_by(error)
    })
}

/// Writes what makes a shell complete the words of the program.
pub fn completions(shell: clap_complete::Shell, out: &mut impl Write) {
    clap_complete::generate(shell, &mut Cli::command(), "target", out);
}

/// Writes the manual page.
///
/// # Errors
/// Those of `out`.
pub fn manual(out: &mut impl Write) -> io::Result<()> {
    clap_mangen::Man::new(Cli::command()).render(out)
}
