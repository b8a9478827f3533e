//! What is wanted of the log: by the flags, by the environment, and by the files that Singer's runners name there.

use super::dictconfig;
use super::line::Form;
use crate::config::Environment;
use crate::note::{Level, Note};

/// What is wanted of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Lines that matter less are not written.
    pub level: Level,
    /// How lines look.
    pub form: Form,
}

impl Wanted {
    /// What is wanted, and what is to be said about that. `quiet` wins over `LOGLEVEL`, and that over the files: `SINGER_SDK_LOG_CONFIG`, a
    /// dictionary as Python's logging takes it, and `LOGGING_CONF_FILE`, its older form. `read` reads a file; one that cannot be read
    /// changes nothing.
    pub fn of(
        environment: &Environment,
        quiet: bool,
        read: impl Fn(&str) -> std::io::Result<String>,
    ) -> (Self, Vec<Note>) {
        let mut notes = Vec::new();
        let mut of_file = |variable: &str, means: fn(&str) -> dictconfig::Means| {
            let path = environment.get(variable)?;
            let text = read(path).map_err(|error| {
                notes.push(Note::warning(format!("{variable}: cannot read {path}: {error}")));
            });
            Some(means(&text.ok()?))
        };
        let new = of_file("SINGER_SDK_LOG_CONFIG", dictconfig::dictionary).unwrap_or_default();
        let old = of_file("LOGGING_CONF_FILE", dictconfig::sections).unwrap_or_default();
        let said = environment.get("LOGLEVEL").and_then(|name| {
            let level = Level::named(name);
            if level.is_none() {
                notes.push(Note::warning(format!(
                    "LOGLEVEL: {name:?} is not one of debug, info, warning, error"
                )));
            }
            level
        });
        let level = said.or(new.level).or(old.level).unwrap_or(Level::Info);
        let form = if new.is_structured { Form::Json } else { Form::Plain };
        (Self { level: if quiet { Level::Error } else { level }, form }, notes)
    }
}
