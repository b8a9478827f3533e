//! What the words of one schema say of a column: its kinds, its type, its bounds.

use std::cmp::Ordering;

use serde_json::{Map, Value};

use super::{Bound, Encoding, Kinds};
use crate::number::{self, Multiple};
use crate::types::{DECIMAL_DIGITS, Type};

/// A bound of a string's length.
pub(super) fn length(object: &Map<String, Value>, word: &str) -> Option<u64> {
    object.get(word).and_then(Value::as_u64)
}

/// The kinds that `type` names.
pub(super) fn kinds_of_type(object: &Map<String, Value>) -> Kinds {
    match object.get("type") {
        Some(Value::String(name)) => Kinds::named(name),
        // Draft 3 has schemas among the names.
        Some(Value::Array(names)) if names.iter().all(Value::is_string) => names
            .iter()
            .filter_map(Value::as_str)
            .fold(Kinds::NONE, |kinds, name| kinds.with(Kinds::named(name))),
        _ => Kinds::ANY,
    }
}

/// The kinds that a schema allows: from `type`, or from its `enum` or `const`.
pub(super) fn kinds(object: &Map<String, Value>) -> Kinds {
    if object.contains_key("type") {
        return kinds_of_type(object);
    }
    let of = |value: &Value| match value {
        Value::Null => Kinds::NULL,
        Value::Bool(_) => Kinds::BOOLEAN,
        Value::Number(number) if number.is_f64() => Kinds::INTEGER.with(Kinds::FRACTION),
        Value::Number(_) => Kinds::INTEGER,
        Value::String(_) => Kinds::STRING,
        Value::Array(_) => Kinds::ARRAY,
        Value::Object(_) => Kinds::OBJECT,
    };
    match (object.get("enum"), object.get("const")) {
        (Some(Value::Array(values)), _) if !values.is_empty() => {
            values.iter().fold(Kinds::NONE, |kinds, value| kinds.with(of(value)))
        }
        (_, Some(value)) => of(value),
        _ => Kinds::ANY,
    }
}

/// The tighter of the bounds that a schema sets with `word` and with `exclusive`, which in drafts 3 and 4 is a flag of the former.
/// Of two bounds the tighter one is on the side `tighter` of the other.
pub(super) fn bound(
    object: &Map<String, Value>,
    word: &str,
    exclusive: &str,
    tighter: Ordering,
) -> Option<Bound> {
    let flag = object.get(exclusive) == Some(&Value::Bool(true));
    let read = |word: &str, exclusive| {
        let number = object.get(word)?.as_number()?;
        Some(Bound { number: number.to_string(), whole: number.as_i64(), exclusive })
    };
    match (read(word, flag), read(exclusive, true)) {
        (Some(open), Some(closed)) if number::compare(&open.number, &closed.number) == tighter => Some(open),
        (open, closed) => closed.or(open),
    }
}

/// What numbers must be a multiple of.
pub(super) fn multiple(object: &Map<String, Value>) -> Option<Multiple> {
    let number = object.get("multipleOf").or_else(|| object.get("divisibleBy"))?.as_number()?;
    Multiple::read(&number.to_string())
}

/// What strings stand for.
pub(super) fn encoding(object: &Map<String, Value>, kinds: Kinds) -> Option<Encoding> {
    if kinds == Kinds::ANY || !kinds.any_of(Kinds::STRING) {
        return None;
    }
    if decimal(object).is_some() {
        return Some(Encoding::Decimal);
    }
    match object.get("contentEncoding")?.as_str()?.to_ascii_lowercase().as_str() {
        "base64" => Some(Encoding::Base64),
        "base16" => Some(Encoding::Base16),
        _ => None,
    }
}

/// The type that the hints for decimals name: `"format": "singer.decimal"` or `"x-singer.decimal"`, or a member of the latter name,
/// with `precision` and `scale` beside it or inside it, or with `"additionalProperties": {"scale_precision": "(38,20)"}`.
fn decimal(object: &Map<String, Value>) -> Option<Type> {
    let format = object.get("format").and_then(Value::as_str);
    let marked = matches!(format, Some("singer.decimal" | "x-singer.decimal"));
    let own = object.get("x-singer.decimal").filter(|own| **own != Value::Bool(false) && !own.is_null());
    if !marked && own.is_none() {
        return None;
    }
    let more = object.get("additionalProperties");
    let digits = |word: &str| {
        let places =
            [object.get(word), own.and_then(|own| own.get(word)), more.and_then(|more| more.get(word))];
        places.into_iter().flatten().find_map(|value| u8::try_from(value.as_u64()?).ok())
    };
    let pair = more.and_then(|more| more.get("scale_precision")).and_then(Value::as_str).and_then(|pair| {
        let (precision, scale) = pair.trim().strip_prefix('(')?.strip_suffix(')')?.split_once(',')?;
        Some((precision.trim().parse().ok()?, scale.trim().parse().ok()?))
    });
    let (precision, scale) =
        pair.or_else(|| Some((digits("precision")?, digits("scale")?))).unwrap_or((0, 0));
    let known = (1..=DECIMAL_DIGITS).contains(&precision) && scale <= precision;
    Some(if known { Type::Decimal { precision, scale } } else { Type::Number })
}

/// The column type for what a schema allows, whose kinds of value are `kinds`.
pub(super) fn column_type(object: &Map<String, Value>, kinds: Kinds) -> Type {
    if kinds == Kinds::ANY {
        return Type::Json;
    }
    let decimal = decimal(object);
    let text = match object.get("format").and_then(Value::as_str) {
        Some("date-time") => Type::Timestamp,
        Some("date") => Type::Date,
        Some("time") => Type::Time,
        Some("uuid") => Type::Uuid,
        _ => Type::Text,
    };
    let text = match encoding(object, kinds) {
        Some(Encoding::Base64 | Encoding::Base16) => Type::Bytes,
        _ => decimal.unwrap_or(text),
    };
    let scaled = multiple(object).and_then(Multiple::scale);
    let scaled = scaled.map(|scale| Type::Decimal { precision: DECIMAL_DIGITS, scale });
    let number = decimal.or(scaled).unwrap_or(Type::Number);
    let whole = decimal.unwrap_or(Type::Integer);
    let types = [
        (Kinds::BOOLEAN, Type::Boolean),
        // Who allows fractions allows whole numbers, and the type for both is the one for fractions.
        (Kinds::FRACTION, number),
        (if kinds.any_of(Kinds::FRACTION) { Kinds::NONE } else { Kinds::INTEGER }, whole),
        (Kinds::STRING, text),
        (Kinds::OBJECT, Type::Json),
        (Kinds::ARRAY, Type::Json),
    ];
    let held = types.iter().filter(|(kind, _)| kinds.any_of(*kind)).map(|(_, ty)| *ty);
    held.reduce(Type::join).unwrap_or(Type::Json)
}
