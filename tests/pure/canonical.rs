//! One way of writing for all spellings of a value, and never the same one for two values.

use proptest::prelude::*;
use serde_json::{Map, Value};
use target::canonical::write;

use crate::support::dice::cases;

fn canonical(json: &str) -> String {
    let mut out = String::new();
    write(json, &mut out).unwrap();
    out
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-2..12_i64).prop_map(Value::from),
        "[ab,:{}\\[\\]\"\\\\é ]{0,4}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 20, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[ab\"é]{0,2}", inner, 0..4)
                .prop_map(|members| members.into_iter().collect::<Map<_, _>>().into()),
        ]
    })
}

/// The same value with its members in other orders and with space between the tokens.
fn respelled(value: &Value, dice: &mut impl Iterator<Item = u8>) -> String {
    let mut space = || ["", "", " ", "\t", "\r\n "][usize::from(dice.next().unwrap_or(0) % 5)];
    let (a, b, c) = (space(), space(), space());
    match value {
        Value::Array(elements) => {
            let elements: Vec<String> = elements.iter().map(|element| respelled(element, dice)).collect();
            format!("{a}[{b}{}]{c}", elements.join(","))
        }
        Value::Object(members) => {
            let mut members: Vec<(u8, String)> = members
                .iter()
                .map(|(name, value)| {
                    (
                        dice.next().unwrap_or(0),
                        format!("{b}{}{a}:{}", Value::from(name.as_str()), respelled(value, dice)),
                    )
                })
                .collect();
            members.sort();
            let members: Vec<String> = members.into_iter().map(|(_, member)| member).collect();
            format!("{a}{{{}{c}}}{b}", members.join(","))
        }
        other => format!("{a}{other}{b}"),
    }
}

proptest! {
    #![proptest_config(cases(500))]

    #[test]
    fn members_in_any_order_and_any_space_are_written_in_one_way(value in values(), dice in prop::collection::vec(any::<u8>(), 1..60)) {
        let text = respelled(&value, &mut dice.into_iter().cycle());
        prop_assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value.clone(), "the test is wrong");
        prop_assert_eq!(canonical(&text), canonical(&value.to_string()), "{}", text);
    }

    #[test]
    fn different_values_are_written_in_different_ways(one in values(), other in values()) {
        prop_assert_eq!(canonical(&one.to_string()) == canonical(&other.to_string()), one == other);
    }
}

#[track_caller]
fn check(json: &str, expected: &str) {
    assert_eq!(canonical(json), expected);
}

#[test]
fn values_are_written_like_this() {
    check(" null ", "null");
    check("[ 1 , [ ] ,\t{ } ]", "[1,[],{},]");
    check(r#"{ "b" : 1, "a" : {"d": "x y", "c" : [2] } }"#, r#"{"a":{"c":[2,],"d":"x y",},"b":1,}"#);
}

#[test]
fn numbers_and_strings_stay_as_they_were_sent() {
    assert_ne!(canonical("1.0"), canonical("1"));
    check(r#"["\u0061", 1E+2]"#, r#"["\u0061",1E+2,]"#);
}

#[test]
fn values_that_are_nearly_the_same_are_not_taken_for_one() {
    let values = [
        "{}",
        "[]",
        "[[]]",
        "[{}]",
        "[[],[]]",
        r#"{"a":{}}"#,
        r#"{"a":[]}"#,
        r#"{"a":1,"b":2}"#,
        r#"{"a":2,"b":1}"#,
        r#"{"ab":1}"#,
        r#"["a","b"]"#,
        r#"["b","a"]"#,
        r#"["a,b"]"#,
        r#"["a\",\"b"]"#,
        r#"{"a":"b"}"#,
        "null",
        "\"null\"",
        "\"\"",
        "0",
        "[0]",
        "[[0]]",
        r#"{"a":[1],"b":[2]}"#,
        r#"{"a":[1,2],"b":[]}"#,
        r#"{"a":null}"#,
    ];
    let mut written: Vec<String> = values.iter().map(|value| canonical(value)).collect();
    written.sort();
    written.dedup();
    assert_eq!(written.len(), values.len());
}

#[test]
fn any_depth_is_written_without_a_fault() {
    const DEPTH: usize = 100_000;
    let deep = "[".repeat(DEPTH) + &"]".repeat(DEPTH);
    assert_eq!(canonical(&deep), canonical(&deep));
    assert_ne!(canonical(&deep), canonical(&deep[1..deep.len() - 1]));
}

#[test]
fn what_is_no_json_is_refused() {
    for text in ["", "{", "[1,]", "{\"a\"}", "nul", "{\"a\":1 \"b\":2}"] {
        assert!(write(text, &mut String::new()).is_err(), "{text}");
    }
}

#[test]
fn words_for_no_number_stay_and_the_rest_is_not_lost() {
    assert_eq!(canonical(r#"{"b": NaN, "a": [-Infinity, 1]}"#), r#"{"a":[-Infinity,1,],"b":NaN,}"#);
}
