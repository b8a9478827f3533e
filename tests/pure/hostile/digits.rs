//! Numbers of very many digits, and with exponents that no type has.

use serde_json::{Value, json};
use target::decode::{Limits, Nul};
use target::number;
use target::types::Type;

use super::super::columns::{Stage, one};
use super::{MANY, bounded, loader, opened, reasons, record, rows};

fn numbers() -> Vec<String> {
    let nines = "9".repeat(MANY);
    let zeros = "0".repeat(MANY);
    vec![
        nines.clone(),
        format!("-{nines}"),
        format!("0.{nines}"),
        format!("1{zeros}"),
        format!("0.{zeros}1"),
        format!("{nines}.{nines}"),
        format!("1.{zeros}"),
        format!("{nines}e-{MANY}"),
        format!("1e{nines}"),
        format!("1e-{nines}"),
        format!("0e{nines}"),
        format!("1e000{zeros}1"),
        "1e999999999".to_owned(),
        "-1e-999999999".to_owned(),
        "1e9223372036854775807".to_owned(),
        "1e-9223372036854775808".to_owned(),
        "1e99999999999999999999".to_owned(),
        "0.1e-99999999999999999999".to_owned(),
    ]
}

#[test]
fn a_number_may_have_a_hundred_thousand_digits() {
    if bounded("digits::a_number_may_have_a_hundred_thousand_digits") {
        for text in numbers() {
            let start = &text[..text.len().min(12)];
            assert!(number::compare(&text, &text).is_eq(), "{start}");
            assert_eq!(number::compare(&text, "0").is_lt(), text.starts_with('-'), "{start}");
            assert!(number::compare(&text, &number::one_way(&text)).is_eq(), "{start}");
            // A double stands for it only where it is that very number.
            let double = number::double(&text).map(|value| format!("{value:e}"));
            assert!(double.is_none_or(|double| number::compare(&text, &double).is_eq()), "{start}");
        }
    }
}

/// In a column of each type, of destinations with decimals of any length and without.
#[test]
fn long_numbers_are_stored_or_refused_in_every_column() {
    if bounded("digits::long_numbers_are_stored_or_refused_in_every_column") {
        let types = [
            Type::Boolean,
            Type::SmallInteger,
            Type::Integer,
            Type::BigInteger,
            Type::Decimal { precision: 38, scale: 10 },
            Type::Double,
            Type::Number,
            Type::Text,
            Type::Varchar { length: 50 },
            Type::Json,
            Type::Timestamp,
        ];
        let schemas = [
            json!({"type": ["number", "string"]}),
            json!({"type": "number", "minimum": -1e300, "exclusiveMaximum": 7}),
            json!({"type": "number", "multipleOf": 0.01}),
            json!({"type": "integer"}),
            json!({"type": "number", "enum": [1, 2]}),
        ];
        for text in numbers() {
            for ty in types {
                for schema in &schemas {
                    for decimals in [true, false] {
                        for keys in [&[0][..], &[]] {
                            let limits = Limits { nul: Nul::Held, decimals, levels: usize::MAX };
                            let mut stage = Stage::limited(&one(schema), keys, true, limits, |_| ty);
                            match stage.take(&format!(r#"{{"a":{text}}}"#)) {
                                Ok(()) => assert_eq!(stage.finish()[0].len(), 1),
                                Err(invalid) => assert!(invalid.to_string().len() < 300),
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A column of doubles becomes text where a number is no double: then the digits are those that were sent.
#[test]
fn no_number_is_changed_because_it_is_long() {
    if bounded("digits::no_number_is_changed_because_it_is_long") {
        for text in numbers() {
            let mut stage = Stage::stored(&one(&json!({"type": "number"})), &[], true, true, |_| Type::Text);
            if stage.take(&format!(r#"{{"a":{text}}}"#)).is_err() {
                continue;
            }
            let found = super::super::columns::shown(Type::Text, &stage.finish()[0], 0);
            let start = &text[..text.len().min(30)];
            let exponent =
                |text: &str| text.split_once('e').and_then(|(_, digits)| digits.parse::<i128>().ok());
            // The point may have moved by as many places as there are digits.
            if let (Some(sent), Some(found)) = (exponent(&text), exponent(&found)) {
                assert!((sent - found).abs() <= 2 * MANY as i128, "{start} became {found}");
            }
            assert_eq!(number::compare(&text, &found), std::cmp::Ordering::Equal, "{start}");
        }
    }
}

#[test]
fn a_record_of_long_numbers_is_loaded_or_refused() {
    if bounded("digits::a_record_of_long_numbers_is_loaded_or_refused") {
        let mut loader = loader("subtables");
        let schema = r#"{"properties":{"i":{"type":"integer"},"n":{"type":"number"},"j":{},"a":{"type":"array","items":{"type":"number"}}}}"#;
        loader.line(&opened(schema, &[])).unwrap();
        let numbers: Vec<String> = numbers().into_iter().filter(|text| text.len() < 100_020).collect();
        for text in &numbers {
            loader.line(&record(&format!(r#"{{"i":{text}}}"#))).unwrap();
            loader.line(&record(&format!(r#"{{"n":{text},"a":[{text},1]}}"#))).unwrap();
            loader.line(&record(&format!(r#"{{"j":[{text}]}}"#))).unwrap();
        }
        // The sequence of a message is a number too.
        for text in &numbers {
            let line = record("{}").replace(":1}", &format!(":{text}}}"));
            loader.line(&line).unwrap();
        }
        loader.flush().unwrap();
        assert_eq!(rows(&loader) + reasons(&loader).len(), 4 * numbers.len());
        let said: Vec<Value> = reasons(&loader).into_iter().map(Value::from).collect();
        assert!(said.iter().all(|reason| reason.to_string().len() < 300));
    }
}
