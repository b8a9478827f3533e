//! The command line: flags, the files they name, and which of the tap's tasks to do.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use serde_json::{Map, Value};

use crate::catalog::{self, Selection};
use crate::config::Config;
use crate::error::Error;
use crate::run::sync;
use crate::settings::{Kind, SETTINGS, Setting};
use crate::state::State;
use crate::{about, output};

const EXAMPLES: &str = "\
Examples:
  tap --streams orders --rows 5
  tap --rows 10000 --late 0.05 --duplicates 0.1 --shuffle | target --config target.json
  tap --discover > catalog.json
  tap --config tap.json --catalog catalog.json --state state.json

In the config file each setting has its name with underscores (`state_every`), and --table-version
is called `version`. A flag wins over the file.

Exit codes: 0 everything is written; 1 stdout was closed early, or failed; 2 wrong usage or settings.";

/// The command with all its flags.
#[must_use]
pub fn command() -> Command {
    let file = |name: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name("FILE").value_parser(value_parser!(PathBuf)).help(help)
    };
    let task = |name: &'static str, help: &'static str| {
        Arg::new(name).long(name).action(ArgAction::SetTrue).help(help)
    };
    Command::new("tap")
        .version(env!("CARGO_PKG_VERSION"))
        .about("A seeded, deterministic Singer tap: changes of customers, orders and events, late and twice on request")
        .after_help(EXAMPLES)
        .arg(file("config", "Settings, as a JSON object").short('c'))
        .arg(file("catalog", "Which streams to emit; from --discover").visible_alias("properties"))
        .arg(file("state", "Where to go on: the value of an earlier STATE").short('s'))
        .arg(task("discover", "Print the catalog").conflicts_with("about"))
        .arg(task("about", "Print what this tap is and its settings, as JSON"))
        .arg(Arg::new("format").long("format").requires("about").value_parser(["json"]).hide(true))
        .next_help_heading("Settings")
        .args(SETTINGS.iter().map(flag))
}

fn flag(setting: &'static Setting) -> Arg {
    let arg = Arg::new(setting.flag)
        .long(setting.flag)
        .value_name(match setting.kind {
            Kind::Count | Kind::MaybeCount | Kind::Rows => "N",
            Kind::Chance => "P",
            Kind::Flag => "BOOL",
            Kind::Text => "TEXT",
            Kind::Names => "LIST",
        })
        .help(format!("{} [default: {}]", setting.help, setting.default.replace("null", "none")));
    let arg = if setting.name.contains('_') { arg.alias(setting.name) } else { arg };
    if setting.kind == Kind::Flag { arg.num_args(0..=1).default_missing_value("true") } else { arg }
}

/// Does what the flags ask for.
///
/// # Errors
/// [`Error::Usage`] if they, or what the files say, can't be done; the others if `out` fails.
pub fn run(matches: &ArgMatches, out: &mut impl Write) -> Result<(), Error> {
    if matches.get_flag("about") {
        return output::document(out, &about::about());
    }
    let config = Config::new(&given(matches)?)?;
    if matches.get_flag("discover") {
        return output::document(out, &catalog::discover(&config));
    }
    let path = |name: &str| matches.get_one::<PathBuf>(name);
    let selection = path("catalog").map(|path| Selection::new(&read(path)?)).transpose()?;
    let state = path("state").map(|path| State::new(read(path)?)).transpose()?;
    sync(&config, selection.as_ref(), state.unwrap_or_default(), out)
}

/// The settings of the file, with those of the flags over them.
fn given(matches: &ArgMatches) -> Result<Map<String, Value>, Error> {
    let mut given = match matches.get_one::<PathBuf>("config").map(|path| (path, read(path))) {
        None => Map::new(),
        Some((_, Ok(Value::Object(settings)))) => settings,
        Some((path, Ok(_))) => {
            return Err(Error::Usage(format!("{} must be a JSON object of settings", path.display())));
        }
        Some((_, Err(error))) => return Err(error),
    };
    for setting in SETTINGS {
        if let Some(text) = matches.get_one::<String>(setting.flag) {
            given.insert(setting.name.to_owned(), setting.kind.value_of(text));
        }
    }
    Ok(given)
}

fn read(path: &Path) -> Result<Value, Error> {
    let usage =
        |error: &dyn std::fmt::Display| Error::Usage(format!("can't read {}: {error}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| usage(&error))?;
    serde_json::from_str(&text).map_err(|error| usage(&format!("not JSON: {error}")))
}
