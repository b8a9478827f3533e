//! What can end a run early, and with which exit code.

use std::{fmt, io};

/// Why the tap stopped.
#[derive(Debug)]
pub enum Error {
    /// The command line, the settings, the catalog or the state asks for something that can't be done. The text says
    /// what to do instead.
    Usage(String),
    /// Whoever read stdout went away before the last record.
    Closed,
    /// Writing to stdout failed in another way.
    Write(io::Error),
}

impl Error {
    /// 2 when the user has to change what was asked, as is usual for command lines; 1 when the run itself failed.
    #[must_use]
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Closed | Self::Write(_) => 1,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(text) => f.write_str(text),
            Self::Closed => f.write_str("stdout was closed before the last record"),
            Self::Write(error) => write!(f, "can't write to stdout: {error}"),
        }
    }
}

impl std::error::Error for Error {}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe { Self::Closed } else { Self::Write(error) }
    }
}
