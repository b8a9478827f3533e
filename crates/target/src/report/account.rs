//! The report of a run as JSON, for `--report FILE`.

use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use super::Left;
use super::summary::sum;
use crate::clock::Now;
use crate::error::{Class, Error, Result};
use crate::flush::StreamCounts;
use crate::time;

/// Which run it was.
#[derive(Clone, Debug)]
pub struct Run {
    /// Its id, as in `_sdc_loads`.
    pub load_id: String,
    /// Where it loaded to, without a password; nothing where it did not come so far.
    pub destination: Option<String>,
    /// When it began.
    pub started: Now,
}

/// Where the last bookmark that the tap has sent is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Bookmark {
    /// It has sent none.
    #[default]
    None,
    /// It is held back: rows before it are not committed, or it could not be written.
    Held,
    /// It is out.
    Out,
}

/// The report of a run. What was left to others is apart: it was not received.
pub(super) fn account(
    run: &Run,
    ended: Now,
    commits: u64,
    (streams, left): (&StreamCounts, &Left),
    bookmark: Bookmark,
    outcome: &Result<()>,
) -> Value {
    let error = outcome.as_ref().err();
    let class = error.map(Error::class);
    json!({
        "load_id": run.load_id,
        "version": env!("CARGO_PKG_VERSION"),
        "destination": run.destination,
        "started": time::rfc3339(run.started.micros()),
        "seconds": seconds(run.started.until(ended)),
        "exit_code": class.map_or(0, Class::exit_code),
        "class": class.map_or("ok", Class::name),
        "error": error.map(|error| json!({
            "message": error.to_string(),
            "hint": error.hint_text(),
            "line": error.line(),
            "stream": error.stream(),
            "table": error.table(),
        })),
        "commits": commits,
        "last_bookmark": match bookmark {
            Bookmark::None => "none",
            Bookmark::Held => "held",
            Bookmark::Out => "out",
        },
        "total": sum(streams),
        "streams": streams,
        "filtered": left.filtered,
        "elsewhere": left.elsewhere,
    })
}

fn seconds(time: Duration) -> f64 {
    time.as_millis() as f64 / 1e3
}

/// Demands that a report can be written to `path`, before anything is loaded.
///
/// # Errors
/// Of class usage.
pub fn check(path: &Path) -> Result<()> {
    let folder = folder(path);
    if path.is_dir() || !folder.is_dir() {
        let what = if path.is_dir() { path } else { folder };
        let why = if path.is_dir() { "is a folder" } else { "is not there" };
        return Err(Error::usage(format!("--report {}: {} {why}", path.display(), what.display())));
    }
    Ok(())
}

/// Writes `report` to `path`: all of it, or nothing. What is no file, such as a pipe, is written to as it is.
///
/// # Errors
/// Those of the file system.
pub fn write(path: &Path, report: &Value) -> io::Result<()> {
    let text = format!("{report:#}\n");
    if fs::metadata(path).is_ok_and(|there| !there.is_file()) {
        return fs::write(path, text);
    }
    // A link stays one.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let part = folder(&path).join(format!(".{name}.{}.part", std::process::id()));
    let written = fs::write(&part, text).and_then(|()| fs::rename(&part, &path));
    if written.is_err() {
        let _ = fs::remove_file(&part);
    }
    written
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
