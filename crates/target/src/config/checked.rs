//! Settings as they were given become settings that there are: by their own names, of the kind that they take.

use serde_json::{Map, Value};

use super::given::Given;
use super::known::{Known, Place, Setting};
use crate::error::{Error, Result};
use crate::note::Note;

/// The settings that there are among those that were given, and what is to be said of the others.
///
/// # Errors
/// Where a setting cannot take its value, or is given twice by different names.
pub(super) fn checked(given: Given) -> Result<(Value, Vec<Note>)> {
    let mut notes = Vec::new();
    // To make a validator takes milliseconds, of which the start of a load has few.
    if given.0.is_empty() {
        return Ok((Value::Object(Map::new()), notes));
    }
    let known = Known::get();
    let mut settings = place(given.0, known.common(), "", &mut notes)?;
    if let Some(Value::Object(streams)) = settings.get_mut("streams") {
        for (stream, given) in streams.iter_mut() {
            let within = format!("streams.{stream}.");
            match given.take() {
                Value::Object(members) => {
                    *given = Value::Object(place(members, known.of_stream(), &within, &mut notes)?);
                }
                Value::Null => *given = Value::Object(Map::new()),
                other => *given = other,
            }
        }
    }
    let settings = Value::Object(settings);
    validate(known, &settings)?;
    Ok((settings, notes))
}

/// The settings of one place, whose names begin with `within`.
fn place(
    given: Map<String, Value>,
    place: Place,
    within: &str,
    notes: &mut Vec<Note>,
) -> Result<Map<String, Value>> {
    let mut settings: Map<String, Value> = Map::new();
    for (name, value) in given {
        let Some(setting) = place.find(&name) else {
            let meant = place.nearest(&name).map(|meant| format!("; did you mean {meant}?"));
            let meant = meant.unwrap_or_default();
            notes.push(Note::warning(format!("unknown setting {within}{name} is ignored{meant}")));
            continue;
        };
        if let Some(why) = setting.ignored() {
            notes.push(Note::info(format!("setting {within}{name} has no effect: {why}")));
            continue;
        }
        let Some(value) = setting.meant(value) else { continue };
        let value = match (setting.members(), value) {
            (Some(members), Value::Object(given)) => {
                Value::Object(self::place(given, members, &format!("{within}{name}."), notes)?)
            }
            (_, value) => value,
        };
        let before = settings.insert(setting.name.to_owned(), value);
        if before.is_some_and(|before| before != settings[setting.name]) {
            let mut names: Vec<&str> = setting.aliases().collect();
            names.insert(0, setting.name);
            let names = names.join(", ");
            return Err(Error::usage(format!(
                "setting {within}{name} is given twice, with different values"
            ))
            .hint(format!("these are names of one setting: {names}")));
        }
    }
    Ok(settings)
}

/// Holds all of them against the schema.
fn validate(known: Known, settings: &Value) -> Result<()> {
    let validator = jsonschema::validator_for(known.schema())
        .map_err(|error| Error::bug(format!("the schema of the settings: {error}")))?;
    let Some(fault) = validator.iter_errors(settings).next() else { return Ok(()) };
    let path = fault.instance_path().as_str().to_owned();
    let path: Vec<String> =
        path.split('/').skip(1).map(|part| part.replace("~1", "/").replace("~0", "~")).collect();
    let parts: Vec<&str> = path.iter().map(String::as_str).collect();
    let members = |name: &str| known.common().find(name).and_then(Setting::members);
    let (place, at) = match parts.as_slice() {
        ["streams", _, _, ..] => (known.of_stream(), 3),
        [name, _, ..] => members(name).map_or((known.common(), 1), |members| (members, 2)),
        _ => (known.common(), 1),
    };
    let parts = &parts[..at.min(parts.len())];
    let name = parts.join(".");
    let setting = parts.last().and_then(|name| place.find(name));
    let value = parts.iter().try_fold(settings, |value, part| value.get(part));
    let (Some(setting), Some(value)) = (setting, value) else {
        return Err(Error::usage(format!("in the settings: {name}: {fault}")));
    };
    let (what, meant) = setting.fault(value);
    let error = Error::usage(format!("setting {name}: {what}"));
    Err(match meant {
        Some(word) => error.hint(format!("did you mean {word}?")),
        None => error,
    })
}
