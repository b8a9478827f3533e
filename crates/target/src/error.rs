//! What went wrong, where, and what to do about it.

use std::fmt;

/// The result of most functions here.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error: a kind, a place that is filled in as it rises, a cause, and a hint where there is one thing to do.
///
/// It never holds a value of a record, and never a password.
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    class: Class,
    what: String,
    line: Option<u64>,
    stream: Option<String>,
    file: Option<String>,
    table: Option<String>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
    hint: Option<String>,
    passing: bool,
}

/// What the caller may conclude.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// The input is at fault.
    Input,
    /// The settings or the flags are.
    Usage,
    /// The destination refused, and nothing happened there.
    Destination,
    /// The connection was lost while a commit was under way: it may have happened.
    Unknown,
    /// Everything is loaded, but rejects were written and the settings call that a failure.
    Partial,
    /// A signal ended the load; everything that was read is committed.
    Stopped(u8),
    /// The loader itself is at fault.
    Bug,
}

impl Class {
    /// The process' exit code.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        match self {
            Class::Input => 1,
            Class::Usage => 2,
            Class::Destination | Class::Unknown => 3,
            Class::Partial => 4,
            // As a shell has it for a process that a signal ended.
            Class::Stopped(signal) => 128 + signal,
            Class::Bug => 101,
        }
    }

    /// What programs call it, in reports and logs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Class::Input => "input",
            Class::Usage => "usage",
            Class::Destination => "destination",
            Class::Unknown => "unknown",
            Class::Partial => "partial",
            Class::Stopped(_) => "stopped",
            Class::Bug => "bug",
        }
    }
}

impl Error {
    fn new(class: Class, what: impl Into<String>) -> Self {
        let what = what.into();
        Self(Box::new(Inner {
            class,
            what,
            line: None,
            stream: None,
            file: None,
            table: None,
            source: None,
            hint: None,
            passing: false,
        }))
    }

    /// An error of the input.
    pub fn input(what: impl Into<String>) -> Self {
        Self::new(Class::Input, what)
    }

    /// An error of the settings.
    pub fn usage(what: impl Into<String>) -> Self {
        Self::new(Class::Usage, what)
    }

    /// The destination refused.
    pub fn destination(what: impl Into<String>) -> Self {
        Self::new(Class::Destination, what)
    }

    /// Whether a commit happened is not known.
    pub fn unknown(what: impl Into<String>) -> Self {
        Self::new(Class::Unknown, what)
    }

    /// Rejects were written.
    pub fn partial(what: impl Into<String>) -> Self {
        Self::new(Class::Partial, what)
    }

    /// A signal ended the load.
    #[must_use]
    pub fn stopped(signal: u8) -> Self {
        Self::new(
            Class::Stopped(signal),
            format!("stopped by signal {signal}: what was read before is loaded"),
        )
    }

    /// An error of the loader itself.
    pub fn bug(what: impl Into<String>) -> Self {
        Self::new(Class::Bug, what)
    }

    /// Says the input's line, unless an inner place is known already.
    #[must_use]
    pub fn at_line(mut self, line: u64) -> Self {
        self.0.line.get_or_insert(line);
        self
    }

    /// Says the stream.
    #[must_use]
    pub fn in_stream(mut self, stream: &str) -> Self {
        self.0.stream.get_or_insert_with(|| stream.to_owned());
        self
    }

    /// Says the file that the input names, and where in it.
    #[must_use]
    pub fn in_file(mut self, place: &str) -> Self {
        self.0.file.get_or_insert_with(|| place.to_owned());
        self
    }

    /// Says the table.
    #[must_use]
    pub fn in_table(mut self, table: &str) -> Self {
        self.0.table.get_or_insert_with(|| table.to_owned());
        self
    }

    /// Says what caused it.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Says more of what is wrong.
    #[must_use]
    pub fn because(mut self, more: &str) -> Self {
        self.0.what = format!("{}: {more}", self.0.what);
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint.get_or_insert(hint.into());
        self
    }

    /// Says what else there is to know, behind the hint that there is.
    #[must_use]
    pub fn and_hint(mut self, more: impl Into<String>) -> Self {
        let more = more.into();
        self.0.hint = Some(match self.0.hint.take() {
            Some(hint) => format!("{hint}; {more}"),
            None => more,
        });
        self
    }

    /// Says that what is wrong with the destination may pass by itself: a server that restarts, a connection that was lost, a lock.
    #[must_use]
    pub fn passing(mut self) -> Self {
        self.0.passing = true;
        self
    }

    /// Whether it may go well if it is tried again.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        self.0.passing
    }

    /// What the caller may conclude.
    #[must_use]
    pub fn class(&self) -> Class {
        self.0.class
    }

    /// The input's line, where it is known.
    #[must_use]
    pub fn line(&self) -> Option<u64> {
        self.0.line
    }

    /// The stream, where it is about one.
    #[must_use]
    pub fn stream(&self) -> Option<&str> {
        self.0.stream.as_deref()
    }

    /// The table, where it is about one.
    #[must_use]
    pub fn table(&self) -> Option<&str> {
        self.0.table.as_deref()
    }

    /// The one thing to do, where there is one.
    #[must_use]
    pub fn hint_text(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }
}

impl From<singer::Error> for Error {
    fn from(error: singer::Error) -> Self {
        let line = error.line;
        let hint = match error.kind {
            singer::Kind::NotJson(..) | singer::Kind::NotUtf8 | singer::Kind::NotAMessage => {
                "every line must be one Singer message; logs of the tap belong on its stderr"
            }
            singer::Kind::TooLong(_) => {
                "raise max_memory, or max_record_bytes, if such a record is meant to be"
            }
            _ => "the tap must be mended",
        };
        let error = Error::input(error.to_string()).hint(hint);
        if line == 0 { error } else { error.at_line(line) }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

/// One line: the place, what is wrong, and the causes. The hint is left to the one who prints.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.0.line {
            write!(f, "line {line}: ")?;
        }
        if let Some(stream) = &self.0.stream {
            write!(f, "stream {stream:?}: ")?;
        }
        if let Some(file) = &self.0.file {
            write!(f, "file {file}: ")?;
        }
        if let Some(table) = &self.0.table {
            write!(f, "table {table:?}: ")?;
        }
        f.write_str(&self.0.what)?;
        let mut source = std::error::Error::source(self);
        while let Some(cause) = source {
            write!(f, ": {cause}")?;
            source = cause.source();
        }
        Ok(())
    }
}
