//! Files that set up Python's logging. All that is asked of them is the level of the root, and whether its lines are the Singer SDK's
//! structured ones; Python's classes in them are names, and nothing else.

use serde_json::Value;

use crate::note::Level;

/// The formatter whose lines are JSON.
const STRUCTURED: &str = "StructuredFormatter";

/// What a file asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Means {
    /// The level of the root.
    pub level: Option<Level>,
    /// Whether lines are to be JSON.
    pub is_structured: bool,
}

/// A value, and the names on the way to it.
type Entry = (Vec<String>, String);

/// What a dictionary asks for, in JSON or in YAML.
///
/// Of YAML all is understood that people write in such files: names with what is theirs on deeper lines, lists on lines or in brackets,
/// quotes, comments. What is written otherwise is not found, and then nothing is asked for.
#[must_use]
pub fn dictionary(text: &str) -> Means {
    let entries = match serde_json::from_str::<Value>(text) {
        Ok(value) => {
            let mut entries = Vec::new();
            flat(&value, &mut Vec::new(), &mut entries);
            entries
        }
        Err(_) => yaml(text),
    };
    let all = |path: &[&str]| {
        let path: Vec<String> = path.iter().map(|&name| name.to_owned()).collect();
        entries.iter().filter(move |entry| entry.0 == path).map(|entry| entry.1.as_str()).collect::<Vec<_>>()
    };
    // The root stands by itself, or among the loggers under no name.
    let roots: [&[&str]; 2] = [&["root"], &["loggers", ""]];
    let of_root =
        |name: &str| roots.iter().flat_map(|root| all(&[root, &[name][..]].concat())).collect::<Vec<_>>();
    let level = of_root("level").into_iter().find_map(Level::named);
    let formatters =
        of_root("handlers").into_iter().flat_map(|handler| all(&["handlers", handler, "formatter"]));
    let classes = formatters
        .flat_map(|formatter| ["()", "class"].into_iter().flat_map(move |key| [(formatter, key)]))
        .flat_map(|(formatter, key)| all(&["formatters", formatter, key]));
    let is_structured = classes.into_iter().any(|class| class.rsplit('.').next() == Some(STRUCTURED));
    Means { level, is_structured }
}

/// What a file of sections asks for, as older plugins take it: the level of the root, and else that of a handler. Its lines are never JSON.
#[must_use]
pub fn sections(text: &str) -> Means {
    let (mut section, mut root, mut handler) = ("", None, None);
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            section = name;
        } else if let Some(("level", level)) = line.split_once('=').map(|(key, value)| (key.trim(), value)) {
            let level = Level::named(level);
            match section {
                "logger_root" => root = root.or(level),
                _ if section.starts_with("handler_") => handler = handler.or(level),
                _ => {}
            }
        }
    }
    Means { level: root.or(handler), is_structured: false }
}

/// The values of a dictionary, with their ways. An element of a list is on the way to the list.
fn flat(value: &Value, way: &mut Vec<String>, entries: &mut Vec<Entry>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                way.push(name.clone());
                flat(value, way, entries);
                way.pop();
            }
        }
        Value::Array(elements) => elements.iter().for_each(|value| flat(value, way, entries)),
        Value::String(text) => entries.push((way.clone(), text.clone())),
        other => entries.push((way.clone(), other.to_string())),
    }
}

/// The same of YAML.
fn yaml(text: &str) -> Vec<Entry> {
    let mut entries = Vec::new();
    // The names that the line is under, with the places where their lines begin.
    let mut under: Vec<(usize, String)> = Vec::new();
    for line in text.lines() {
        let line = line.split_once(" #").map_or(line, |(line, _)| line).trim_end();
        let words = line.trim_start();
        let place = line.len() - words.len();
        if words.is_empty() || words.starts_with('#') || words == "---" {
            continue;
        }
        if let Some(element) = words.strip_prefix("- ") {
            // A list may stand as far to the left as its name.
            under.retain(|(at, _)| *at <= place);
            entries.push((names(&under), unquoted(element)));
            continue;
        }
        under.retain(|(at, _)| *at < place);
        let Some((name, value)) = words.strip_suffix(':').map(|name| (name, "")).or(words.split_once(": "))
        else {
            continue;
        };
        under.push((place, unquoted(name)));
        let value = value.trim();
        let listed = value.strip_prefix('[').and_then(|value| value.strip_suffix(']'));
        match listed {
            Some(listed) => {
                entries.extend(listed.split(',').map(|value| (names(&under), unquoted(value))));
            }
            None if value.is_empty() => {}
            None => entries.push((names(&under), unquoted(value))),
        }
    }
    entries
}

fn names(under: &[(usize, String)]) -> Vec<String> {
    under.iter().map(|(_, name)| name.clone()).collect()
}

fn unquoted(text: &str) -> String {
    let text = text.trim();
    let between = |quote: char| text.strip_prefix(quote)?.strip_suffix(quote);
    between('"').or_else(|| between('\'')).unwrap_or(text).to_owned()
}
