//! Texts in place of what they stand for: variables, and values of those who know nothing but texts.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Environment;

/// Puts variables in the place of `${NAME}` in all the texts of a value.
///
/// # Errors
/// The name of a variable that is not set.
pub(super) fn expand(value: &mut Value, environment: &Environment) -> Result<(), String> {
    match value {
        Value::String(text) => *text = expanded(text, environment)?,
        Value::Array(items) => items.iter_mut().try_for_each(|item| expand(item, environment))?,
        Value::Object(members) => members.values_mut().try_for_each(|value| expand(value, environment))?,
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
    Ok(())
}

fn expanded(text: &str, environment: &Environment) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        let (before, from) = rest.split_at(at);
        let name = from[2..].split_once('}').map(|(name, _)| name).filter(|name| is_name(name));
        match (before.strip_suffix('$'), name) {
            (Some(before), _) => {
                out += before;
                out += "${";
                rest = &from[2..];
            }
            (None, Some(name)) => {
                out += before;
                out += environment.set(name).ok_or(name)?;
                rest = &from[name.len() + 3..];
            }
            (None, None) => {
                out += before;
                out += "${";
                rest = &from[2..];
            }
        }
    }
    Ok(out + rest)
}

/// Whether a variable can be called so.
fn is_name(name: &str) -> bool {
    let starts = name.starts_with(|char: char| char == '_' || char.is_ascii_alphabetic());
    starts && name.chars().all(|char| char == '_' || char.is_ascii_alphanumeric())
}

/// What a text means where one of these kinds of value, as JSON Schema calls them, is expected; nothing where it is none.
pub(super) fn meant(text: &str, kinds: &[&str]) -> Option<Value> {
    let text = text.trim();
    kinds.iter().find_map(|kind| match *kind {
        "boolean" => match text.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "on" => Some(Value::Bool(true)),
            "false" | "0" | "no" | "off" => Some(Value::Bool(false)),
            _ => None,
        },
        "integer" => text.parse::<i64>().ok().map(Value::from),
        "number" => serde_json::from_str(text).ok().filter(Value::is_number),
        "object" => serde_json::from_str(text).ok().filter(Value::is_object),
        "array" => {
            let list = serde_json::from_str(text).ok().filter(Value::is_array);
            list.or_else(|| Some(text.split(',').map(|item| Value::from(item.trim())).collect()))
        }
        _ => None,
    })
}

/// Values as DuckDB takes them, as texts.
pub(super) fn words(values: BTreeMap<String, Value>) -> BTreeMap<String, String> {
    let word = |value: Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    values.into_iter().map(|(name, value)| (name, word(value))).collect()
}
