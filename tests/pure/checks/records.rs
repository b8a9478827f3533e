//! A record is taken where the jsonschema library takes it, and what is stored is what was sent. A schema that says more than the library
//! and the decoder mean alike is still decoded with, but not compared.

use arrow::array::Array;
use serde_json::Value;
use target::decode::{Invalid, Limits, Nul, Reason};
use target::schema::{self, Property, Shape};
use target::types::{DECIMAL_DIGITS, Type};

use super::super::columns::{Stage, shown};
use super::schemas::loaded;
use super::tokens::{members, names, numbers, tamed};

/// The first line is a schema, and the others are records.
pub(crate) fn check(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut lines = text.lines();
    let Some(Ok(schema)) = lines.next().map(serde_json::from_str) else { return };
    let records: Vec<&str> = lines.collect();
    agree(&schema, &records);
    loaded(&schema, &records);
}

/// Decodes the records for a destination of either kind, and holds each against serde_json and the library. Says which were taken where
/// decimals may have any length, or nothing where the schema is none.
pub(crate) fn agree(schema: &Value, records: &[&str]) -> Option<Vec<bool>> {
    let shape = schema::read(schema).ok()?;
    let judge = comparable(schema).then(|| jsonschema::validator_for(schema).ok()).flatten();
    let short = |ty| match ty {
        Type::Number => Type::Double,
        Type::BigInteger => Type::Decimal { precision: DECIMAL_DIGITS, scale: 0 },
        ty => ty,
    };
    taken(
        &shape,
        judge.as_ref(),
        records,
        Limits { nul: Nul::Held, decimals: false, levels: usize::MAX },
        short,
    )?;
    taken(
        &shape,
        judge.as_ref(),
        records,
        Limits { nul: Nul::Held, decimals: true, levels: usize::MAX },
        |ty| ty,
    )
}

fn taken(
    shape: &Shape,
    judge: Option<&jsonschema::Validator>,
    records: &[&str],
    limits: Limits,
    storage: impl Fn(Type) -> Type,
) -> Option<Vec<bool>> {
    let mut stage = Stage::of(shape.clone(), &[], true, limits, &storage).ok()?;
    let results: Vec<Result<(), Invalid>> = records.iter().map(|record| take(&mut stage, record)).collect();
    for (record, result) in records.iter().zip(&results) {
        let json = members(&tamed(record).0);
        match result {
            Ok(()) => assert!(json.is_some(), "taken, and no JSON: {record}"),
            Err(Invalid { reason: Reason::Syntax(why), .. }) => {
                assert!(json.is_none(), "{why}: {record}");
            }
            Err(_) => {}
        }
        if let Some(judge) = judge.filter(|_| numbers(record).iter().all(|at| is_short(&record[at.clone()])))
            && let Ok(value) = serde_json::from_str::<Value>(record)
        {
            match result {
                Ok(()) => assert!(judge.is_valid(&value), "taken, and not valid: {record}"),
                // Of a member that stands twice the library sees the last one only.
                Err(Invalid { reason, .. }) if is_of_the_schema(reason) && names(record) == held(&value) => {
                    assert!(!judge.is_valid(&value), "{reason:?}, and valid: {record}");
                }
                Err(_) => {}
            }
        }
    }
    let arrays = stage.finish();
    let rows = records.iter().zip(&results).filter(|(_, result)| result.is_ok());
    for (row, (record, _)) in rows.enumerate() {
        let json = members(&tamed(record).0).unwrap_or_default();
        for (property, array) in shape.properties.iter().zip(&arrays) {
            let last = json.iter().rfind(|(name, _)| name.as_ref() == Some(&property.name));
            let sent = last.map(|(_, at)| &record[at.clone()]);
            let ty = storage(property.ty);
            let found = (!array.is_null(row)).then(|| shown(ty, array, row));
            assert!(
                holds(property, ty, found.as_deref(), sent),
                "{:?} of {record} is {found:?}, as {ty}",
                property.name
            );
        }
    }
    Some(results.iter().map(Result::is_ok).collect())
}

/// Takes a record; where it is refused, nothing of it may be left.
fn take(stage: &mut Stage, record: &str) -> Result<(), Invalid> {
    let result = stage.take(record);
    let most = stage.rows;
    assert!(stage.columns.iter().all(|column| column.rows() <= most), "something is left of {record}");
    if let Err(invalid) = &result {
        // It can be said.
        assert!(!invalid.to_string().is_empty());
    }
    result
}

/// Whether a reason says that the schema forbids the record, and not that a column cannot hold it.
fn is_of_the_schema(reason: &Reason) -> bool {
    matches!(reason, Reason::Kind(..) | Reason::Missing | Reason::Bound(_) | Reason::Schema(_))
}

/// The members in a value, and in those in it.
fn held(value: &Value) -> usize {
    match value {
        Value::Array(values) => values.iter().map(held).sum(),
        Value::Object(members) => members.len() + members.values().map(held).sum::<usize>(),
        _ => 0,
    }
}

/// Whether a number is one that a double holds, and that the library reads as it was sent.
fn is_short(number: &str) -> bool {
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let digits = mantissa.bytes().filter(u8::is_ascii_digit).count();
    let exponent = exponent.trim_start_matches('+').parse::<i64>().map_or(99, i64::abs);
    digits + usize::try_from(exponent).unwrap_or(99) <= 15
}

/// Whether the library means by a schema what the decoder means, as far as one can say from its words: those of the newest draft, without
/// numbers that are too long for doubles.
fn comparable(schema: &Value) -> bool {
    let Value::Object(object) = schema else { return schema.is_boolean() };
    let short = |value: &Value| match value {
        Value::Number(number) => is_short(&number.to_string()),
        _ => false,
    };
    object.iter().all(|(word, value)| match (word.as_str(), value) {
        ("title" | "description" | "default" | "format" | "contentEncoding", _) => {
            !value.as_str().is_some_and(|text| text.contains("decimal"))
        }
        ("type", Value::String(_)) | ("pattern", Value::String(_)) => true,
        ("type" | "required", Value::Array(names)) => names.iter().all(Value::is_string),
        ("minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties", length) => {
            length.is_u64() && short(length)
        }
        ("minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum", bound) => short(bound),
        ("multipleOf", of) => short(of) && of.as_u64().is_some_and(|of| of > 0),
        ("uniqueItems", flag) => flag.is_boolean(),
        ("enum" | "const", value) => {
            let text = value.to_string();
            numbers(&text)
                .iter()
                .all(|at| text[at.clone()].parse::<f64>().is_err() || is_short(&text[at.clone()]))
        }
        ("$ref", Value::String(target)) => target.starts_with("#/definitions/") || target == "#",
        ("properties" | "patternProperties" | "definitions" | "dependentSchemas", Value::Object(members)) => {
            members.values().all(comparable)
        }
        ("allOf" | "anyOf" | "oneOf", Value::Array(parts)) => parts.iter().all(comparable),
        (
            "items" | "additionalProperties" | "propertyNames" | "contains" | "not" | "if" | "then" | "else",
            inner,
        ) => comparable(inner),
        _ => false,
    })
}

/// Whether a cell is what was sent, worked out without the decoder's code; `None` is NULL, or nothing.
fn holds(property: &Property, ty: Type, found: Option<&str>, sent: Option<&str>) -> bool {
    let (Some(found), Some(sent)) = (found, sent) else {
        return found.is_none() && sent.is_none_or(|sent| sent == "null");
    };
    let text = serde_json::from_str::<String>(sent).ok();
    match (ty, &text) {
        (Type::Json, _) => found == sent,
        (Type::Text, Some(text)) => found == text,
        // A day at midnight is a date too.
        (Type::Date, Some(text)) => text.get(..10) == Some(found) && is_midnight(&text[10..]),
        (Type::Uuid, Some(text)) => {
            let digits: String = text.chars().filter(char::is_ascii_hexdigit).collect();
            digits.to_lowercase() == found || text.starts_with("urn:")
        }
        // Times have tests of their own, against a library of times; base64 and base16 against their bits.
        (Type::Time | Type::Timestamp | Type::Bytes, Some(_)) => true,
        (ty, text) if ty.is_numeric() => {
            let number = text.as_deref().unwrap_or(sent);
            match number {
                "NaN" => found == "NaN",
                "Infinity" => found == "Infinity" || found == "inf",
                "-Infinity" => found == "-Infinity" || found == "-inf",
                number => worth(found) == worth(number),
            }
        }
        // Where no texts come a number is written in one way.
        (Type::Text, None) if sent.starts_with(['-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']) => {
            found == sent
                || (!property.check.kinds.any_of(schema::Kinds::STRING) && worth(found) == worth(sent))
        }
        (_, None) => found == sent,
        (_, Some(_)) => false,
    }
}

/// Whether what follows a day says its first moment, in whatever zone.
fn is_midnight(clock: &str) -> bool {
    clock.bytes().all(|byte| !byte.is_ascii_digit() || byte == b'0')
}

/// What a number is worth: its sign, its digits without zeros at the ends, and the power of ten of the last one. Zero has no sign.
fn worth(number: &str) -> Option<(bool, String, i128)> {
    let (negative, number) = number.strip_prefix('-').map_or((false, number), |rest| (true, rest));
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let length = i128::try_from(fraction.len()).ok()?;
    let all = digits.trim_start_matches('0');
    let counted = all.trim_end_matches('0');
    // Whatever its exponent is.
    if counted.is_empty() {
        return Some((false, String::new(), 0));
    }
    let exponent: i128 = exponent.parse().ok()?;
    Some((negative, counted.to_owned(), exponent - length + i128::try_from(all.len() - counted.len()).ok()?))
}
