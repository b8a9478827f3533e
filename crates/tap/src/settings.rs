//! The table of settings: the one place that names them, for the flags, the config file, `--about` and the errors.

use serde_json::{Value, json};

/// What a value of a setting may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A whole number, 0 or more.
    Count,
    /// [`Kind::Count`], or null for "none".
    MaybeCount,
    /// A number from 0 to 1.
    Chance,
    /// true or false.
    Flag,
    /// A text.
    Text,
    /// A list of names, or one text with commas.
    Names,
    /// A [`Kind::Count`], or an object from stream to count.
    Rows,
}

/// One setting.
#[derive(Debug)]
pub struct Setting {
    /// Its name in the config file.
    pub name: &'static str,
    /// Its name as a flag, without the dashes.
    pub flag: &'static str,
    /// What it may be.
    pub kind: Kind,
    /// Its default, as JSON text.
    pub default: &'static str,
    /// What it does.
    pub help: &'static str,
}

const fn setting(
    name: &'static str,
    flag: &'static str,
    kind: Kind,
    default: &'static str,
    help: &'static str,
) -> Setting {
    Setting { name, flag, kind, default, help }
}

/// All settings.
pub const SETTINGS: &[Setting] = &[
    setting(
        "streams",
        "streams",
        Kind::Names,
        r#"["customers","orders","events"]"#,
        "Which streams there are, in this order",
    ),
    setting("rows", "rows", Kind::Rows, "1000", "Changes per stream: a number, or {\"orders\": 5, ...}"),
    setting("seed", "seed", Kind::Count, "1", "Another seed gives other data"),
    setting("updates", "updates", Kind::Chance, "0.2", "Share of changes to an earlier key; at most 0.98"),
    setting("deletes", "deletes", Kind::Chance, "0", "Chance that an update deletes its key"),
    setting("duplicates", "duplicates", Kind::Chance, "0", "Chance that a record is emitted twice"),
    setting("late", "late", Kind::Chance, "0", "Chance that a record is emitted in a later window"),
    setting("late_windows", "late-windows", Kind::Count, "1", "How many windows later at most"),
    setting("shuffle", "shuffle", Kind::Flag, "false", "Emit each window in a random order"),
    setting("window", "window", Kind::Count, "1000", "Changes in a window"),
    setting(
        "state_every",
        "state-every",
        Kind::Count,
        "1000",
        "Records between two STATEs; 0: only at the end",
    ),
    setting("overlap", "overlap", Kind::Count, "0", "Records before the bookmark that --state re-sends"),
    setting(
        "interleave",
        "interleave",
        Kind::Flag,
        "false",
        "Take a window of each stream in turn, not stream after stream",
    ),
    setting(
        "schema_change_at",
        "schema-change-at",
        Kind::MaybeCount,
        "null",
        "Position from which streams have a new property (and orders a fractional quantity)",
    ),
    setting("start", "start", Kind::Text, "\"2024-01-01T00:00:00Z\"", "The time of position 0"),
    setting("sequence", "sequence", Kind::Flag, "true", "Put a sequence on each RECORD"),
    setting("time_extracted", "time-extracted", Kind::Flag, "true", "Put a time_extracted on each RECORD"),
    setting(
        "version",
        "table-version",
        Kind::MaybeCount,
        "null",
        "Version on each RECORD, with an ACTIVATE_VERSION after each stream",
    ),
    setting("first_key", "first-key", Kind::Count, "1", "The first integer key"),
    setting(
        "streams_copies",
        "streams-copies",
        Kind::Count,
        "1",
        "Emit each stream under so many names (orders_0001, ...), interleaved; at most 9999",
    ),
];

impl Kind {
    /// What to say that a value must be.
    #[must_use]
    pub const fn must_be(self) -> &'static str {
        match self {
            Self::Count => "a whole number, 0 or more",
            Self::MaybeCount => "a whole number, 0 or more, or null",
            Self::Chance => "a number from 0 to 1",
            Self::Flag => "true or false",
            Self::Text => "a text",
            Self::Names => "a list of streams, or a text with commas",
            Self::Rows => "a whole number, 0 or more, or an object like {\"orders\": 1000}",
        }
    }

    /// The value that the text of a flag stands for. Whether it's a fitting one is checked later, as for the file.
    #[must_use]
    pub fn value_of(self, text: &str) -> Value {
        match self {
            Self::Text | Self::Names => text.into(),
            _ => serde_json::from_str(text).unwrap_or_else(|_| text.into()),
        }
    }

    /// As JSON Schema, for `--about`.
    #[must_use]
    pub fn schema(self) -> Value {
        match self {
            Self::Count => json!({"type": "integer", "minimum": 0}),
            Self::MaybeCount => json!({"type": ["null", "integer"], "minimum": 0}),
            Self::Chance => json!({"type": "number", "minimum": 0, "maximum": 1}),
            Self::Flag => json!({"type": "boolean"}),
            Self::Text => json!({"type": "string"}),
            Self::Names => json!({"type": ["array", "string"], "items": {"type": "string"}}),
            Self::Rows => {
                let count = json!({"type": "integer", "minimum": 0});
                json!({"type": ["integer", "object"], "minimum": 0, "additionalProperties": count})
            }
        }
    }
}

/// What to say about a name that isn't in `known`: the nearest ones, or all.
#[must_use]
pub fn nearest(name: &str, known: &[&str]) -> String {
    let mut near: Vec<_> = known.iter().map(|other| (distance(name, other), other)).collect();
    near.sort();
    let allowed = 1 + name.chars().count() / 3;
    let close: Vec<_> = near
        .iter()
        .filter(|(d, other)| *d <= allowed || other.contains(name))
        .map(|(_, other)| **other)
        .collect();
    match close.as_slice() {
        [] => format!("known are {}", known.join(", ")),
        close => format!("did you mean {}?", close[..close.len().min(3)].join(" or ")),
    }
}

/// How many letters have to be put in, left out or replaced to make `b` of `a` (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}
