//! The log: which lines are written, how they look, and that they do not tear the progress that a terminal shows.

use std::io::Write;

use super::line::{Form, Line};
use super::screen::Screen;
use super::wanted::Wanted;
use crate::clock::Now;
use crate::note::{Level, Note};
use crate::report::Says;

/// A log. Each thread that has something to say has a clone of it.
#[derive(Clone, Debug)]
pub struct Log {
    wanted: Wanted,
    pid: u32,
    now: fn() -> Now,
    screen: Option<Screen>,
}

impl Log {
    /// A log as `wanted`, which asks `now` for the time.
    #[must_use]
    pub fn new(wanted: Wanted, now: fn() -> Now) -> Self {
        Self { wanted, pid: std::process::id(), now, screen: None }
    }

    /// A log in plain text, for which no time passes.
    #[must_use]
    pub fn plain(level: Level) -> Self {
        Self::new(Wanted { level, form: Form::Plain }, || Now::from_nanos(0))
    }

    /// The same at a terminal, which shows the progress too. Where lines are for programs, or few, it does not.
    #[must_use]
    pub fn at(self, screen: Screen) -> Self {
        let shows = self.wanted.form == Form::Plain && self.says(Level::Info);
        Self { screen: Some(screen).filter(|_| shows), ..self }
    }

    /// The terminal that shows the progress.
    #[must_use]
    pub fn screen(&self) -> Option<&Screen> {
        self.screen.as_ref()
    }

    /// The process.
    pub(super) fn pid(&self) -> u32 {
        self.pid
    }

    /// How lines look.
    pub(super) fn form(&self) -> Form {
        self.wanted.form
    }

    /// The time.
    pub(super) fn now(&self) -> Now {
        (self.now)()
    }

    /// Whether lines that matter so much are written.
    #[must_use]
    pub fn says(&self, level: Level) -> bool {
        level >= self.wanted.level
    }

    /// Writes a line to `out`, if it is to be written.
    pub fn line(&self, out: &mut impl Write, line: &Line<'_>) {
        if !self.says(line.level) {
            return;
        }
        let text = match self.wanted.form {
            Form::Plain => line.plain(),
            Form::Json => line.json(self.pid, self.now()),
        };
        // Nobody may be reading stderr; that is no reason to stop loading.
        let mut write = || drop(out.write_all(format!("{text}\n").as_bytes()));
        match &self.screen {
            Some(screen) => screen.aside(write),
            None => write(),
        }
    }

    /// Writes a note to `out`.
    pub fn note(&self, out: &mut impl Write, note: &Note) {
        let says = Says::Words(&note.words);
        self.line(out, &Line { level: note.level, stream: note.stream.as_deref(), says });
    }
}
