//! What a person should know, and how much it matters.

/// How much a line matters, from the least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// For whoever looks for a fault.
    Debug,
    /// What happens.
    Info,
    /// What is unusual.
    Warning,
    /// What went wrong. Such a line is always written.
    Error,
}

impl Level {
    /// The level of a name as Python's logging has it, in upper or lower case, or of its number there.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name.trim().to_ascii_lowercase().as_str() {
            "debug" | "notset" | "10" | "0" => Some(Level::Debug),
            "info" | "20" => Some(Level::Info),
            "warning" | "warn" | "30" => Some(Level::Warning),
            "error" | "critical" | "fatal" | "40" | "50" => Some(Level::Error),
            _ => None,
        }
    }

    /// Its name in a line of JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Level::Debug => "debug",
            Level::Info => "info",
            Level::Warning => "warning",
            Level::Error => "error",
        }
    }
}

/// Something that a person should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// How much it matters.
    pub level: Level,
    /// The stream that it is about, where it is about one.
    pub stream: Option<String>,
    /// What it is.
    pub words: String,
}

impl Note {
    /// What happens.
    pub fn info(words: impl Into<String>) -> Self {
        Self { level: Level::Info, stream: None, words: words.into() }
    }

    /// What is unusual.
    pub fn warning(words: impl Into<String>) -> Self {
        Self { level: Level::Warning, ..Self::info(words) }
    }

    /// For whoever looks for a fault.
    pub fn debug(words: impl Into<String>) -> Self {
        Self { level: Level::Debug, ..Self::info(words) }
    }

    /// Says the stream.
    #[must_use]
    pub fn of(mut self, stream: &str) -> Self {
        self.stream = Some(stream.to_owned());
        self
    }
}
