//! One line of the log: as people read it, or as JSON that Meltano's parser takes.

use serde_json::{Value, json};

use super::metrics::Metric;
use super::text::{one_line, visible};
use crate::clock::Now;
use crate::error::Error;
use crate::note::Level;

/// How lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// For people.
    Plain,
    /// JSON as the Singer SDK's structured formatter writes it.
    Json,
}

/// What a line says.
#[derive(Clone, Copy, Debug)]
pub enum Says<'a> {
    /// Something that a person should know.
    Words(&'a str),
    /// A row of the summary, for people only.
    Row(&'a str),
    /// A measurement.
    Metric(&'a Metric),
    /// What ended the run.
    Error(&'a Error),
}

/// A line.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// How much it matters.
    pub level: Level,
    /// The stream that it is about.
    pub stream: Option<&'a str>,
    /// What it says.
    pub says: Says<'a>,
}

impl Line<'_> {
    /// The line as people read it. An error is one line, cause and hint, so that the last line of stderr is both.
    #[must_use]
    pub fn plain(&self) -> String {
        match self.says {
            Says::Words(words) => visible(&format!("target: {words}")).into_owned(),
            Says::Row(row) => visible(row).into_owned(),
            Says::Metric(metric) => format!("INFO METRIC: {}", json!(metric)),
            Says::Error(error) => visible(&format!("target: {}", in_words(error))).into_owned(),
        }
    }

    /// The line as JSON. Every member is always there that Meltano's parser asks for: where one is missing, it takes the line for
    /// plain text.
    #[must_use]
    pub fn json(&self, pid: u32, at: Now) -> String {
        let message = match self.says {
            Says::Words(words) | Says::Row(words) => words.to_owned(),
            Says::Metric(_) => "METRIC".to_owned(),
            Says::Error(error) => in_words(error),
        };
        let mut line = json!({
            "level": self.level.name(),
            "pid": pid,
            "logger_name": "target",
            "ts": at.micros() as f64 / 1e6,
            "thread_name": "main",
            "app_name": "lastword",
            "stream_name": self.stream,
            "message": message,
            "extra": {},
        });
        match self.says {
            Says::Metric(metric) => line["metric_info"] = json!(metric),
            Says::Error(error) => line["exception"] = exception(error),
            Says::Words(_) | Says::Row(_) => {}
        }
        line.to_string()
    }
}

/// An error with what to do about it, in one line.
fn in_words(error: &Error) -> String {
    let cause = one_line(&error.to_string());
    match error.hint_text() {
        None => cause,
        Some(hint) => format!("{cause}; hint: {}", one_line(hint)),
    }
}

/// An error as Python shows one that it has caught. There is no traceback: an error names its place in the input.
fn exception(error: &Error) -> Value {
    let notes: Vec<String> = error.hint_text().map(|hint| format!("hint: {hint}")).into_iter().collect();
    let kind = error.class().name();
    raised(kind, &error.to_string(), std::error::Error::source(error), &notes)
}

fn raised(
    kind: &str,
    message: &str,
    source: Option<&(dyn std::error::Error + 'static)>,
    notes: &[String],
) -> Value {
    json!({
        "type": kind,
        "module": "lastword",
        "message": message,
        "traceback": [],
        "cause": source.map(|cause| raised("cause", &cause.to_string(), cause.source(), &[])),
        "context": null,
        "notes": notes,
    })
}
