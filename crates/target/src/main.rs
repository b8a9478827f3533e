//! The `target` binary: arguments → settings → load → exit code.

use std::env;
use std::fs;
use std::io::{self, IsTerminal, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{self, ExitCode};
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Parser;
use indicatif::ProgressDrawTarget;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use target::adopt::Wish;
use target::check::Found;
use target::cli::{self, Cli, Command, Format};
use target::clock::Now;
use target::config::{self, Environment, Settings, Target};
use target::destination::rehearsal::Rehearsal;
use target::error::{Error, Result};
use target::note::Note;
use target::report::{self, Log, Report, Run, Screen, Wanted};
use target::run::Stopper;
use target::table::TableName;
use target::{adopt, reach, rehearse, replay};

/// The longest that a signal takes from its sender to the load.
const SIGNAL_TAKES: Duration = Duration::from_millis(20);

/// A plan keeps keys in mind in such a part of the memory that a load may use.
const KEPT_IN_MIND: usize = 4;

/// How often a second the progress is drawn at most.
const SHOWN: u8 = 4;

fn main() -> ExitCode {
    let cli = Cli::parse();
    if let Some(text) = asked(&cli) {
        return match io::stdout().write_all(&text) {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        };
    }
    hide_password(&cli);
    let environment = Environment::read();
    let (wanted, notes) = Wanted::of(&environment, cli.flags().quiet(), |path| fs::read_to_string(path));
    let log = at_terminal(Log::new(wanted, Now::read), &environment);
    let mut report = Report::new(io::stderr(), log.clone());
    notes.iter().for_each(|note| report.note(note));
    let this = Run { load_id: uuid::Uuid::new_v4().to_string(), destination: None, started: Now::read() };
    let done = match cli.report() {
        None => run(&cli, &environment, &log, this, &mut report).1,
        Some(path) => report::check(path).and_then(|()| {
            let (this, done) = run(&cli, &environment, &log, this, &mut report);
            accounted(path, &this, done, &mut report)
        }),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report.error(&error);
            ExitCode::from(error.class().exit_code())
        }
    }
}

/// What is asked of the program itself, if that is all: it needs no settings.
fn asked(cli: &Cli) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    match (cli.about(), &cli.command) {
        (Some(Format::Json), _) => text.extend(format!("{:#}\n", config::about()).into_bytes()),
        (Some(Format::Text), _) => text.extend(config::about_text().into_bytes()),
        (None, Some(Command::Completions { shell })) => cli::completions(*shell, &mut text),
        (None, Some(Command::Man)) => cli::manual(&mut text).ok()?,
        _ => return None,
    }
    Some(text)
}

/// Begins again without the password that was typed, if there is one. Where that cannot be done the load goes on as it is.
fn hide_password(cli: &Cli) {
    if let (Some(hidden), Ok(program)) = (cli.flags().hidden(env::args_os().skip(1)), env::current_exe()) {
        let (name, value) = hidden.variable;
        let mut again = process::Command::new(program);
        if let Some(called) = env::args_os().next() {
            again.arg0(called);
        }
        let _ = again.args(hidden.arguments).env(name, value).exec();
    }
}

/// The log, which shows the progress too where stderr is a terminal that can.
fn at_terminal(log: Log, environment: &Environment) -> Log {
    let can = io::stderr().is_terminal() && environment.get("TERM").is_some_and(|term| term != "dumb");
    if can { log.at(Screen::new(ProgressDrawTarget::stderr_with_hz(SHOWN))) } else { log }
}

/// The way out for bookmarks. Where it ends at the terminal that shows the progress, they stand above that.
fn stdout(log: &Log) -> Box<dyn Write + Send> {
    match log.screen().filter(|_| io::stdout().is_terminal()) {
        Some(screen) => Box::new(screen.beside(io::stdout())),
        None => Box::new(io::stdout()),
    }
}

/// Writes the report of a run. What ended the run comes before what is wrong with its report.
fn accounted(path: &Path, this: &Run, done: Result<()>, report: &mut Report<io::Stderr>) -> Result<()> {
    let written = report::write(path, &report.account(this, &done));
    let what = format!("the report could not be written to {}", path.display());
    match (done, written) {
        (done, Ok(())) => done,
        (Ok(()), Err(error)) => {
            Err(Error::destination(format!("everything is loaded, but {what}")).caused_by(error))
        }
        (Err(cause), Err(error)) => {
            report.note(&Note::warning(format!("{what}: {error}")));
            Err(cause)
        }
    }
}

/// What was asked for, and what is known of it by its end.
fn run(
    cli: &Cli,
    environment: &Environment,
    log: &Log,
    mut this: Run,
    report: &mut Report<io::Stderr>,
) -> (Run, Result<()>) {
    let settings = cli.flags().config(environment).and_then(|(config, notes)| {
        notes.iter().for_each(|note| report.note(note));
        let settings = config.settle()?;
        settings.notes.iter().for_each(|note| report.note(note));
        settings.within(environment)
    });
    let settings = match settings {
        Ok(settings) => Arc::new(settings),
        Err(error) => return (this, Err(error)),
    };
    this.destination = Some(settings.target.to_string());
    if let (None, Some(shard)) = (&cli.command, settings.shard) {
        this.load_id = shard.run(&this.load_id);
        report.note(&Note::info(format!("loading shard {shard} of the records")));
    }
    let done = match &cli.command {
        None => input(cli.input.as_deref()).and_then(|input| load(input, &settings, log, &this, report)),
        // These need no settings, and were answered.
        Some(Command::Completions { .. } | Command::Man) => Ok(()),
        Some(Command::Check { json, .. }) => check(&settings, *json),
        Some(Command::Plan { .. }) => plan(&settings, log, &this, report),
        Some(Command::Status { loads, json, .. }) => status(&settings, log, *loads, *json, report),
        Some(Command::State { .. }) => state(&settings, log),
        Some(Command::Rejects { replay, .. }) => rejects(&settings, log, *replay, &this, report),
        Some(Command::Adopt { table, stream, key, yes, .. }) => {
            let load_method = settings.of(table).load_method;
            let wish = Wish { stream: stream.clone(), keys: key.clone(), load_method };
            adopt(&settings, log, table, &wish, *yes)
        }
        Some(Command::Maintain { expire, .. }) => maintain(&settings, log, *expire),
    };
    (this, done)
}

/// Where messages come from.
fn input(path: Option<&Path>) -> Result<Box<dyn Read + Send>> {
    let Some(path) = path else { return Ok(Box::new(io::stdin())) };
    let file = fs::File::open(path).map_err(|error| {
        Error::usage(format!("cannot read the messages in {}", path.display())).caused_by(error)
    })?;
    Ok(Box::new(file))
}

fn load(
    input: Box<dyn Read + Send>,
    settings: &Arc<Settings>,
    log: &Log,
    this: &Run,
    report: &mut Report<io::Stderr>,
) -> Result<()> {
    let destination = reach::open(settings, say(log))?;
    report.note(&Note::info(format!("loading into {}", settings.target)));
    let started = Instant::now();
    let (late, shutdown_timeout) = (log.clone(), settings.shutdown_timeout);
    let done = target::run::run_until(
        |stopper| listen(stopper, shutdown_timeout, late),
        input,
        destination,
        stdout(log),
        settings,
        &this.load_id,
        report,
    );
    report.summary(started.elapsed());
    done
}

/// Writes what a command was asked for.
fn print(text: &str) -> Result<()> {
    io::stdout()
        .write_all(text.as_bytes())
        .map_err(|error| Error::destination("cannot write to stdout").caused_by(error))
}

fn check(settings: &Settings, json: bool) -> Result<()> {
    let mut found = Found::default();
    found.fact("destination", settings.target.to_string(), settings.target.to_string());
    let outcome = reach::check(settings, &mut found).and_then(|()| found.outcome());
    print(&if json { format!("{:#}\n", found.json(&outcome)) } else { found.text(&outcome) })?;
    outcome
}

fn plan(settings: &Arc<Settings>, log: &Log, this: &Run, report: &mut Report<io::Stderr>) -> Result<()> {
    let destination = reach::attach(settings, say(log))?;
    report.note(&Note::info(format!("planning a load into {}: nothing is written", settings.target)));
    let mut rehearsal = Rehearsal::new(destination, settings.max_memory / KEPT_IN_MIND);
    rehearse::rehearse(io::stdin(), &mut rehearsal, settings, &this.load_id, Now::read, |note| {
        report.note(note);
    })?;
    rehearse::lines(&rehearsal).iter().for_each(|line| report.row(line));
    let script = rehearse::script(&rehearsal);
    // A terminal must not obey what stands in a name; a file is to have the name as it is.
    print(&if io::stdout().is_terminal() { report::shown(&script) } else { script })
}

fn status(
    settings: &Settings,
    log: &Log,
    loads: usize,
    json: bool,
    report: &mut Report<io::Stderr>,
) -> Result<()> {
    let file = match &settings.target {
        Target::DuckDb(path) => Some(path.as_path()),
        Target::DuckLake(lake) => lake.file(),
        Target::Postgres(_) | Target::MotherDuck(_) => None,
    };
    if let Some(path) = file.filter(|path| !path.exists()) {
        report.note(&Note::warning(format!("there is no file {}", path.display())));
    }
    let mut destination = reach::attach(settings, say(log))?;
    let own = settings.schema.as_deref().unwrap_or(destination.abilities().default_schema);
    let standing = destination.standing(&settings.other_schemas(own), loads)?;
    print(&if json { format!("{:#}\n", standing.json()) } else { standing.text() })
}

fn state(settings: &Settings, log: &Log) -> Result<()> {
    let bookmark = reach::attach_to_what_is_there(settings, say(log))?.bookmark(settings.shard)?;
    let bookmark = bookmark.ok_or_else(|| Error::destination("no bookmark has been committed yet"))?;
    print(&format!("{bookmark}\n"))
}

fn rejects(
    settings: &Settings,
    log: &Log,
    again: bool,
    this: &Run,
    report: &mut Report<io::Stderr>,
) -> Result<()> {
    let mut destination = match again {
        true => reach::open(settings, say(log))?,
        false => reach::attach_to_what_is_there(settings, say(log))?,
    };
    let rejected = destination.rejected()?;
    if rejected.is_empty() {
        report.note(&Note::info("there are no rejected records"));
        return Ok(());
    }
    if !again {
        return print(&replay::listed(&rejected));
    }
    let started = Instant::now();
    report.begin();
    let settings = settings.clone();
    let done = replay::replay(
        &rejected,
        &mut destination,
        settings,
        &this.load_id,
        Now::read,
        |receipt, flush, took| {
            report.committed(receipt, Some(flush), took);
        },
    );
    report.summary(started.elapsed());
    done
}

fn adopt(settings: &Settings, log: &Log, table: &str, wish: &Wish, yes: bool) -> Result<()> {
    let mut destination = match yes {
        true => reach::open(settings, say(log))?,
        false => reach::attach_to_what_is_there(settings, say(log))?,
    };
    let schema = settings.schema_of(wish.stream.as_deref().unwrap_or(table));
    let schema = schema.unwrap_or(destination.abilities().default_schema).to_owned();
    let name = TableName { schema, name: table.to_owned() };
    let stored = destination
        .describe(&name)?
        .ok_or_else(|| Error::usage("there is no such table").in_table(table).hint("see --schema"))?;
    let adoption = adopt::plan(&stored, wish, destination.abilities().dialect)?;
    print(&adoption.words)?;
    if yes {
        destination.administer(&adoption.statements, &adoption.memory, &stored.table.name)?;
        return print("Done.\n");
    }
    let statements: Vec<String> =
        adoption.statements.iter().map(|statement| format!("  {statement};\n")).collect();
    print(&format!("Statements:\n{}Nothing was done. Say --yes to do it.\n", statements.concat()))
}

fn maintain(settings: &Settings, log: &Log, expire: Option<Duration>) -> Result<()> {
    let micros = |age: Duration| i64::try_from(age.as_micros()).unwrap_or(i64::MAX);
    let before = expire.map(|age| Now::read().micros().saturating_sub(micros(age)));
    let done = reach::maintain(settings, before, say(log))?;
    print(&done.iter().map(|(what, count)| format!("{count:>8}  {what}\n")).collect::<String>())
}

/// What tells a person of something that may pass by itself, at once and from any thread.
fn say(log: &Log) -> impl FnMut(&str) + Send + 'static {
    let log = log.clone();
    move |words| log.note(&mut io::stderr(), &Note::warning(words))
}

/// Hands SIGTERM and SIGINT on to the load. A second one ends the process at once, and so does a last commit that takes too long.
fn listen(stopper: Stopper, patience: Duration, log: Log) -> Duration {
    let Ok(mut signals) = Signals::new([SIGTERM, SIGINT]) else { return Duration::ZERO };
    std::thread::spawn(move || {
        let mut signals = signals.forever();
        if let Some(signal) = signals.next() {
            stopper.stop(signal.try_into().unwrap_or_default());
            std::thread::spawn(move || {
                std::thread::sleep(patience);
                let late =
                    format!("signal {signal}: the last commit took too long, and may not have happened");
                Report::new(io::stderr(), log).error(
                    &Error::destination(late)
                        .hint("what the last bookmark does not cover is sent again by the next run"),
                );
                signal_hook::low_level::exit(128 + signal);
            });
        }
        if let Some(signal) = signals.next() {
            signal_hook::low_level::exit(128 + signal);
        }
    });
    SIGNAL_TAKES
}
