//! Random records for random schemas: the decoder takes what the jsonschema library takes and nothing else, and what it stores is what
//! serde_json reads.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::checks::records::agree;
use super::columns::Stage;
use crate::support::dice::cases;

const NAMES: [&str; 4] = ["a", "b", "a b", "é"];

fn type_lists() -> impl Strategy<Value = Value> {
    let types = ["null", "boolean", "integer", "number", "string", "object", "array"];
    prop_oneof![
        2 => prop::sample::subsequence(types.to_vec(), 1..=3).prop_map(|types| json!(types)),
        2 => prop::sample::select(types.to_vec()).prop_map(|ty| json!(ty)),
    ]
}

/// What asserts more than types and members.
fn further() -> impl Strategy<Value = (String, Value)> + Clone {
    let further = vec![
        ("minimum", json!(0)),
        ("maximum", json!(2)),
        ("exclusiveMinimum", json!(-0.25)),
        ("exclusiveMaximum", json!(1.5)),
        ("multipleOf", json!(0.5)),
        ("maxLength", json!(1)),
        ("minLength", json!(2)),
        ("pattern", json!("^[ab]")),
        ("minItems", json!(1)),
        ("uniqueItems", json!(true)),
        ("enum", json!([1, "a", null, [], {}])),
        ("const", json!("a")),
        ("maxProperties", json!(1)),
        ("additionalProperties", json!(false)),
        ("not", json!({"type": "integer"})),
    ];
    prop::sample::select(further).prop_map(|(word, value)| (word.to_owned(), value))
}

/// Schemas without formats: those the library does not hold against values.
fn schemas() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![8 => type_lists().prop_map(|types| json!({"type": types})), 1 => Just(json!({})), 1 => Just(json!(true))];
    leaf.prop_recursive(3, 24, 4, |inner| {
        let members = prop::collection::btree_map(prop::sample::select(NAMES.to_vec()), inner.clone(), 0..4);
        let required = prop::sample::subsequence(NAMES.to_vec(), 0..=1);
        let further = prop::option::weighted(0.2, further());
        let object = (type_lists(), members.clone(), required.clone(), further.clone()).prop_map(
            |(types, members, required, further)| {
                let mut schema = json!({"type": types, "properties": members, "required": required});
                if let Some((word, value)) = further {
                    schema[word] = value;
                }
                schema
            },
        );
        let array =
            (type_lists(), inner.clone()).prop_map(|(types, items)| json!({"type": types, "items": items}));
        let both = (members, required, inner.clone()).prop_map(
            |(members, required, items)| json!({"properties": members, "required": required, "items": items}),
        );
        let beside = further.clone();
        let limited = (type_lists(), further).prop_map(|(types, further)| {
            let mut schema = json!({"type": types});
            if let Some((word, value)) = further {
                schema[word] = value;
            }
            schema
        });
        let options = (
            prop::sample::select(vec!["anyOf", "oneOf", "allOf"]),
            prop::collection::vec(inner, 1..3),
            beside,
        )
            .prop_map(|(word, options, beside)| {
                let mut schema = json!({word: options});
                if let Some((word, value)) = beside {
                    schema[word] = value;
                }
                schema
            });
        prop_oneof![3 => object, 2 => array, 1 => both, 2 => limited, 1 => options]
    })
}

/// A stream's schema: always of objects.
fn streams() -> impl Strategy<Value = Value> {
    let properties = prop::collection::btree_map(prop::sample::select(NAMES.to_vec()), schemas(), 0..4);
    (properties, prop::sample::subsequence(NAMES.to_vec(), 0..=1)).prop_map(|(properties, required)| {
        let required: Vec<&str> = required.into_iter().filter(|name| properties.contains_key(name)).collect();
        json!({"type": "object", "properties": properties, "required": required})
    })
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3..4_i64).prop_map(Value::from),
        prop::sample::select(vec![1.5, -0.25, 2.0, -1e15]).prop_map(Value::from),
        prop::sample::select(vec!["", "a", "bb", "\"\\\n\u{1}", "é😀", "1"]).prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::vec((prop::sample::select(NAMES.to_vec()), inner), 0..4).prop_map(object),
        ]
    })
}

fn object(members: Vec<(&str, Value)>) -> Value {
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>().into()
}

fn records() -> impl Strategy<Value = Value> {
    let names: Vec<&str> = NAMES.into_iter().chain(["unknown"]).collect();
    prop::collection::vec((prop::sample::select(names), values()), 0..6).prop_map(object)
}

/// A value in one of the ways to write it: with space, and with escapes where none are needed.
fn written(value: &Value, dice: &mut impl Iterator<Item = u8>) -> String {
    let space = |dice: &mut dyn Iterator<Item = u8>| match dice.next() {
        Some(die) if die < 40 => " \t",
        _ => "",
    };
    let text = |text: &str, dice: &mut dyn Iterator<Item = u8>| {
        let mut out = "\"".to_owned();
        for unit in text.chars() {
            let plain =
                !matches!(unit, '"' | '\\' | '\0'..='\u{1f}') && dice.next().is_none_or(|die| die > 60);
            if plain {
                out.push(unit);
            } else {
                unit.encode_utf16(&mut [0; 2]).iter().for_each(|unit| out += &format!("\\u{unit:04X}"));
            }
        }
        out + "\""
    };
    match value {
        Value::String(string) => text(string, dice),
        Value::Array(elements) => {
            let elements: Vec<String> = elements
                .iter()
                .map(|element| space(dice).to_owned() + &written(element, dice) + space(dice))
                .collect();
            format!("[{}{}]", space(dice), elements.join(","))
        }
        Value::Object(members) => {
            let members: Vec<String> = members
                .iter()
                .map(|(name, value)| {
                    format!("{}{}{}:{}", space(dice), text(name, dice), space(dice), written(value, dice))
                })
                .collect();
            format!("{{{}{}}}", members.join(","), space(dice))
        }
        other => format!("{other}{}", space(dice)),
    }
}

proptest! {
    #![proptest_config(cases(600))]

    #[test]
    fn the_decoder_takes_what_the_library_takes_and_stores_what_serde_json_reads(
        schema in streams(), records in prop::collection::vec(records(), 1..6), dice in prop::collection::vec(any::<u8>(), 64),
    ) {
        let validator = jsonschema::validator_for(&schema).unwrap();
        let mut dice = dice.iter().copied().cycle();
        let texts: Vec<String> = records.iter().map(|record| written(record, &mut dice)).collect();
        for (record, text) in records.iter().zip(&texts) {
            prop_assert_eq!(&serde_json::from_str::<Value>(text).unwrap(), record, "the test is wrong: {}", text);
        }
        // What is stored is looked at there.
        let taken = agree(&schema, &texts.iter().map(String::as_str).collect::<Vec<_>>()).unwrap();
        for ((record, text), taken) in records.iter().zip(&texts).zip(taken) {
            prop_assert_eq!(taken, validator.is_valid(record), "{} for {}", text, schema);
        }
    }
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn no_text_makes_the_decoder_panic_or_leave_anything_behind(schema in streams(), text in "[{}\\[\\]\",:ab01.eE\\\\u -]{0,40}", record in records(), cut in any::<prop::sample::Index>()) {
        let mut stage = Stage::new(&schema, &[], true, false);
        let whole = record.to_string();
        let cut = (0..=cut.index(whole.len() + 1)).rev().find(|&at| whole.is_char_boundary(at)).unwrap();
        for text in [text.as_str(), &whole[..cut], &(text.clone() + &whole)] {
            if stage.take(text).is_err() {
                let rows = stage.rows;
                prop_assert!(stage.columns.iter().all(|column| column.rows() <= rows));
            }
        }
    }
}
