//! Random values of every type through the real `target`, read back from both databases as the databases themselves write them.
//!
//! What must be there is worked out without the loader's code: numbers by moving digits in strings, times by jiff, the rest by what
//! was generated.

use std::fmt::Write as _;

use jiff::civil;
use proptest::prelude::*;
use proptest::test_runner::Config;
use serde_json::Value;

use crate::support::dice::cases;
use crate::support::place::Place;
use crate::support::{messages, programs};

/// A value as it is sent, and what must be found.
#[derive(Clone, Debug)]
struct Sent {
    json: String,
    stored: Stored,
}

/// What must be found in the column.
#[derive(Clone, Debug)]
enum Stored {
    Null,
    /// A number, by its digits.
    Number(String),
    /// A number, as the double that it is.
    Double(f64),
    /// Exactly this text, as a dump shows it.
    Shown(String),
    /// This JSON.
    Json(Value),
}

fn sent(json: String, stored: Stored) -> Sent {
    Sent { json, stored }
}

/// The columns: names and schemas.
const COLUMNS: [(&str, &str); 14] = [
    ("integer", r#"{"type":["null","integer"]}"#),
    ("number", r#"{"type":["null","number"]}"#),
    ("scaled", r#"{"type":["null","number"],"multipleOf":1e-6}"#),
    ("decimal", r#"{"type":["null","string"],"format":"x-singer.decimal","precision":38,"scale":20}"#),
    ("boolean", r#"{"type":["null","boolean"]}"#),
    ("text", r#"{"type":["null","string"]}"#),
    ("several", r#"{"type":["null","string","integer","boolean"]}"#),
    ("date", r#"{"type":["null","string"],"format":"date"}"#),
    ("time", r#"{"type":["null","string"],"format":"time"}"#),
    ("timestamp", r#"{"type":["null","string"],"format":"date-time"}"#),
    ("uuid", r#"{"type":["null","string"],"format":"uuid"}"#),
    ("base64", r#"{"type":["null","string"],"contentEncoding":"base64"}"#),
    ("base16", r#"{"type":["null","string"],"contentEncoding":"base16"}"#),
    ("json", r#"{}"#),
];

/// Moves the point as one would by hand, and drops the zeros that mean nothing.
fn digits(text: &str) -> String {
    let (sign, text) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let (mut whole, mut fraction) = (whole.to_owned(), fraction.to_owned());
    let exponent: i32 = exponent.parse().unwrap();
    for _ in 0..exponent {
        whole.push(if fraction.is_empty() { '0' } else { fraction.remove(0) });
    }
    for _ in exponent..0 {
        fraction.insert(0, whole.pop().unwrap_or('0'));
    }
    let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
    match (whole, fraction) {
        ("", "") => "0".to_owned(),
        (whole, "") => format!("{sign}{whole}"),
        (whole, fraction) => format!("{sign}{}.{fraction}", if whole.is_empty() { "0" } else { whole }),
    }
}

fn number(json: String) -> Sent {
    let stored = Stored::Number(digits(&json));
    sent(json, stored)
}

fn integers() -> impl Strategy<Value = Sent> {
    let edges = [0, -1, 1, i64::MAX, i64::MIN, 1 << 53, (1 << 53) + 1, i64::from(i32::MAX) + 1];
    let any = prop_oneof![prop::sample::select(edges.to_vec()), any::<i64>(), -1_000..1_000_i64];
    (any, prop::sample::select(vec!["", ".0", ".000", "e0", "E+0", "0e-1", "00E-2"]))
        // A number does not begin with two zeros.
        .prop_map(|(value, tail)| (value, if value == 0 { ".0" } else { tail }))
        .prop_map(|(value, tail)| sent(format!("{value}{tail}"), Stored::Number(value.to_string())))
}

fn doubles() -> impl Strategy<Value = Sent> {
    let any = any::<f64>().prop_filter("JSON has no others", |value| value.is_finite());
    let short = (-1_000_000..1_000_000_i64).prop_map(|cents| cents as f64 / 100.0);
    let written =
        prop_oneof![any.prop_map(|value| format!("{value:e}")), short.prop_map(|value| value.to_string())];
    let words = prop::sample::select(vec!["NaN", "Infinity", "-Infinity"]);
    prop_oneof![
        12 => written.prop_map(|json| {
            let stored = Stored::Double(json.parse().unwrap());
            sent(json, stored)
        }),
        1 => words.prop_map(|word| sent(word.to_owned(), Stored::Shown(word.to_owned()))),
    ]
}

fn scaled() -> impl Strategy<Value = Sent> {
    ("-?(0|[1-9][0-9]{0,31})(\\.[0-9]{1,6})?").prop_map(number)
}

fn decimals() -> impl Strategy<Value = Sent> {
    ("-?(0|[1-9][0-9]{0,17})(\\.[0-9]{1,20})?", any::<bool>()).prop_map(|(text, shifted)| {
        let whole = !text.contains('.') && !text.ends_with('0');
        let written = if shifted && whole { format!("{text}0e-1") } else { text.clone() };
        sent(format!("\"{written}\""), Stored::Number(digits(&text)))
    })
}

/// A text as JSON, with some of its characters as escapes.
fn escaped(text: &str, every: usize) -> String {
    let mut out = "\"".to_owned();
    for (at, character) in text.chars().enumerate() {
        if at % every == 0 || character < ' ' || matches!(character, '"' | '\\') {
            for unit in character.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(character);
        }
    }
    out + "\""
}

fn shown(text: &str) -> Stored {
    Stored::Shown(serde_json::to_string(text).unwrap())
}

fn texts() -> impl Strategy<Value = Sent> {
    let any = prop_oneof![
        any::<String>().prop_map(|text| text.replace('\0', "")),
        "[\\\\N\t\n\r\"',{}\\[\\]:;é😀\u{301} -]{0,12}",
        "[a-z]{0,3}",
    ];
    (any, 1..9_usize).prop_map(|(text, every)| sent(escaped(&text, every), shown(&text)))
}

fn several() -> impl Strategy<Value = Sent> {
    prop_oneof![
        texts(),
        any::<i64>().prop_map(|value| sent(value.to_string(), shown(&value.to_string()))),
        any::<bool>().prop_map(|value| sent(value.to_string(), shown(&value.to_string()))),
    ]
}

fn days() -> impl Strategy<Value = civil::Date> {
    (1..=9999_i16, 1..=12_i8, 1..=31_i8).prop_map(|(year, month, day)| {
        let first = civil::date(year, month, 1);
        civil::date(year, month, day.min(first.days_in_month()))
    })
}

fn clocks() -> impl Strategy<Value = civil::Time> {
    let micros = prop_oneof![Just(0), Just(999_999), 0..1_000_000_i32];
    (0..24_i8, 0..60_i8, 0..60_i8, micros)
        .prop_map(|(hour, minute, second, micros)| civil::time(hour, minute, second, micros * 1_000))
}

fn dates() -> impl Strategy<Value = Sent> {
    (days(), prop::sample::select(vec!["", "T00:00:00Z", " 00:00:00", "T00:00:00+00:00"]))
        .prop_map(|(day, tail)| sent(format!("\"{day}{tail}\""), Stored::Shown(day.to_string())))
}

fn times() -> impl Strategy<Value = Sent> {
    (clocks(), prop::sample::select(vec!["", "Z", "+00:00"]))
        .prop_map(|(clock, tail)| sent(format!("\"{clock}{tail}\""), Stored::Shown(clock.to_string())))
}

fn instants() -> impl Strategy<Value = Sent> {
    let east = prop_oneof![Just(0), -14 * 60..=14 * 60_i64];
    let days = days().prop_filter("the instant has four digits too", |day| (2..9999).contains(&day.year()));
    (days, clocks(), east, prop::sample::select(vec!["T", "t", " "]), 0..4_u8).prop_map(
        |(day, clock, east, between, form)| {
            let (sign, minutes) = (if east < 0 { '-' } else { '+' }, east.abs());
            let (offset, east) = match form {
                0 => (String::new(), 0),
                1 => ("Z".to_owned(), 0),
                2 => (format!("{sign}{:02}{:02}", minutes / 60, minutes % 60), east),
                _ => (format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60), east),
            };
            let instant = day.to_datetime(clock) - jiff::SignedDuration::from_mins(east);
            sent(format!("\"{day}{between}{clock}{offset}\""), Stored::Shown(format!("{instant:.6}Z")))
        },
    )
}

fn uuids() -> impl Strategy<Value = Sent> {
    (any::<u128>(), any::<bool>()).prop_map(|(bits, upper)| {
        let hex = format!("{bits:032x}");
        let parts = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-");
        let written = if upper { parts.to_uppercase() } else { parts.clone() };
        sent(format!("\"{written}\""), Stored::Shown(parts))
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// By the bits of the whole text.
fn base64(bytes: &[u8], safe: bool, padded: bool) -> String {
    let bits: String = bytes.iter().map(|byte| format!("{byte:08b}")).collect();
    let alphabet: Vec<char> = ('A'..='Z')
        .chain('a'..='z')
        .chain('0'..='9')
        .chain(if safe { ['-', '_'] } else { ['+', '/'] })
        .collect();
    let mut out: String = bits
        .as_bytes()
        .chunks(6)
        .map(|six| {
            let six = format!("{:0<6}", std::str::from_utf8(six).unwrap());
            alphabet[usize::from_str_radix(&six, 2).unwrap()]
        })
        .collect();
    while padded && !out.len().is_multiple_of(4) {
        out.push('=');
    }
    out
}

fn bytes_in_base64() -> impl Strategy<Value = Sent> {
    (prop::collection::vec(any::<u8>(), 0..20), any::<bool>(), any::<bool>()).prop_map(
        |(bytes, safe, padded)| {
            sent(format!("\"{}\"", base64(&bytes, safe, padded)), Stored::Shown(hex(&bytes)))
        },
    )
}

fn bytes_in_base16() -> impl Strategy<Value = Sent> {
    (prop::collection::vec(any::<u8>(), 0..20), any::<bool>()).prop_map(|(bytes, upper)| {
        let digits = hex(&bytes);
        let written = if upper { digits.to_uppercase() } else { digits.clone() };
        sent(format!("\"{written}\""), Stored::Shown(digits))
    })
}

fn json() -> impl Strategy<Value = Sent> {
    let text = any::<String>().prop_map(|text| text.replace('\0', ""));
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1_000_000..1_000_000_i64).prop_map(|cents| Value::from(cents as f64 / 64.0)),
        text.prop_map(Value::from),
    ];
    let any = leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(prop_oneof![4 => inner.clone(), 1 => Just(Value::Null)], 0..4)
                .prop_map(Value::from),
            prop::collection::btree_map("[a-cé😀\"\\\\ ]{0,3}", inner, 0..4)
                .prop_map(|members| members.into_iter().collect::<serde_json::Map<_, _>>().into()),
        ]
    });
    any.prop_map(|value| sent(value.to_string(), Stored::Json(value)))
}

fn rows() -> impl Strategy<Value = Vec<Vec<Sent>>> {
    let some = |values: BoxedStrategy<Sent>| {
        prop_oneof![9 => values, 1 => Just(sent("null".to_owned(), Stored::Null))].boxed()
    };
    let columns: Vec<BoxedStrategy<Sent>> = vec![
        integers().boxed(),
        doubles().boxed(),
        scaled().boxed(),
        decimals().boxed(),
        any::<bool>().prop_map(|value| sent(value.to_string(), Stored::Shown(value.to_string()))).boxed(),
        texts().boxed(),
        several().boxed(),
        dates().boxed(),
        times().boxed(),
        instants().boxed(),
        uuids().boxed(),
        bytes_in_base64().boxed(),
        bytes_in_base16().boxed(),
        json().boxed(),
    ];
    prop::collection::vec(columns.into_iter().map(some).collect::<Vec<_>>(), 1..150)
}

/// Whether a cell, as a dump shows it, is what it must be.
fn is(found: &str, expected: &Stored) -> bool {
    match expected {
        Stored::Null => found == "NULL",
        Stored::Number(number) => found != "NULL" && digits(found) == *number,
        Stored::Double(number) => found.parse() == Ok(*number),
        Stored::Shown(text) => found == text,
        Stored::Json(value) => serde_json::from_str::<Value>(found).is_ok_and(|found| same(&found, value)),
    }
}

/// Whether two values are the same, numbers by what they are worth.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => digits(&a.to_string()) == digits(&b.to_string()),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(name, a)| b.get(name).is_some_and(|b| same(a, b)))
        }
        (a, b) => a == b,
    }
}

fn stream(rows: &[Vec<Sent>]) -> String {
    let mut properties = vec![("id", messages::INTEGER)];
    properties.extend(COLUMNS);
    let mut input = messages::schema("values", &["id"], &properties);
    for (id, row) in rows.iter().enumerate() {
        let members = COLUMNS.iter().zip(row).map(|((name, _), value)| format!("\"{name}\":{}", value.json));
        let members: Vec<String> = std::iter::once(format!("\"id\":{}", 1000 + id)).chain(members).collect();
        input += &messages::sequenced("values", 1, &format!("{{{}}}", members.join(",")));
    }
    input
}

fn load(place: &Place, input: &str) {
    let folder = crate::support::folder::fresh();
    programs::target(folder.path(), &[&place.url()], input.as_bytes()).ok();
}

proptest! {
    #![proptest_config(Config { max_shrink_iters: 60, ..cases(12) })]

    #[test]
    fn every_value_is_read_back_from_both_databases_as_it_was_sent(rows in rows()) {
        let input = stream(&rows);
        for place in [Place::duckdb(), Place::postgres()] {
            load(&place, &input);
            let names: Vec<&str> = std::iter::once("id").chain(COLUMNS.iter().map(|(name, _)| *name)).collect();
            let dump = place.dump("values");
            prop_assert_eq!(dump.rows.len(), rows.len());
            let places: Vec<usize> =
                names.iter().map(|name| dump.columns.iter().position(|(found, _)| found == name).unwrap()).collect();
            for stored in &dump.rows {
                let row = &rows[stored[places[0]].parse::<usize>().unwrap() - 1000];
                for ((value, at), (name, _)) in row.iter().zip(&places[1..]).zip(COLUMNS) {
                    prop_assert!(is(&stored[*at], &value.stored), "{}: sent {}, found {}, not {:?}", name, value.json, stored[*at], value.stored);
                }
            }
        }
    }
}
