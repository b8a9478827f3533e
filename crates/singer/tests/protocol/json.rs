//! The cursor against serde_json, which is what most taps' targets read with.
//!
//! serde_json's `RawValue` skips a value as the cursor does: any depth, any surrogates. Its `Value` does not take half a surrogate
//! pair, numbers beyond a double, or more than 128 levels; the cursor does, because a record is only looked into where it is needed.

use proptest::prelude::*;
use serde_json::value::RawValue;
use singer::json::{Cursor, Kind, LoneSurrogate, Text};

use crate::cases;
use crate::random;

/// What the cursor says the whole text is.
fn skipped(text: &str) -> Option<&str> {
    let mut cursor = Cursor::new(text);
    let value = cursor.skip().ok()?;
    cursor.end().ok()?;
    Some(value)
}

/// What serde_json says the whole text is.
fn raw(text: &str) -> Option<&str> {
    serde_json::from_str::<&RawValue>(text).ok().map(RawValue::get)
}

/// The same value by a walk that enters everything; it fails where the grammar is broken.
fn walked(cursor: &mut Cursor<'_>) -> Option<serde_json::Value> {
    let mut first = true;
    Some(match cursor.peek().ok()? {
        Kind::Null => cursor.null().ok().map(|()| serde_json::Value::Null)?,
        Kind::Boolean => cursor.boolean().ok()?.into(),
        Kind::Number => serde_json::from_str(cursor.number().ok()?).ok()?,
        Kind::String => cursor.string().ok()?.text().ok()?.into_owned().into(),
        Kind::Array => {
            cursor.enter_array().ok()?;
            let mut elements = Vec::new();
            while cursor.element(&mut first).ok()? {
                elements.push(walked(cursor)?);
            }
            elements.into()
        }
        Kind::Object => {
            cursor.enter_object().ok()?;
            let mut members = serde_json::Map::new();
            while let Some(name) = cursor.member(&mut first).ok()? {
                members.insert(name.text().ok()?.into_owned(), walked(cursor)?);
            }
            members.into()
        }
    })
}

fn string(text: &str) -> Text<'_> {
    let mut cursor = Cursor::new(text);
    let string = cursor.string().unwrap();
    cursor.end().unwrap();
    string
}

proptest! {
    #![proptest_config(cases(250))]

    #[test]
    fn a_value_is_skipped_exactly_where_serde_json_takes_it(text in random::changed()) {
        prop_assert_eq!(skipped(&text), raw(&text));
    }

    #[test]
    fn every_prefix_of_a_value_is_judged_as_serde_json_does(text in random::value(), at in any::<prop::sample::Index>()) {
        let boundaries: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let prefix = &text[..boundaries[at.index(boundaries.len())]];
        prop_assert_eq!(skipped(prefix), raw(prefix));
    }

    #[test]
    fn a_walk_that_enters_everything_reads_what_serde_json_reads(text in random::changed()) {
        let mut cursor = Cursor::new(&text);
        let walked = walked(&mut cursor).filter(|_| cursor.end().is_ok());
        prop_assert_eq!(walked, serde_json::from_str(&text).ok());
    }

    #[test]
    fn strings_are_what_serde_json_reads(text in random::string()) {
        let expected: String = serde_json::from_str(&text).unwrap();
        let found = string(&text);
        prop_assert_eq!(&*found.text().unwrap(), expected.as_str());
        let mut appended = "before".to_owned();
        found.unescape_into(&mut appended).unwrap();
        prop_assert_eq!(appended, format!("before{expected}"));
        prop_assert_eq!(found.plain().is_some(), !text.contains('\\'));
        prop_assert_eq!(format!("\"{}\"", found.raw()), text);
    }

    #[test]
    fn strings_end_and_break_at_the_same_byte_whatever_their_length(
        before in "[a-zé]{0,20}", odd in any::<u8>(), after in "[a-zé]{0,20}",
    ) {
        let text = format!("\"{before}{}{after}\"", char::from(odd));
        prop_assert_eq!(skipped(&text), raw(&text));
    }

    #[test]
    fn a_number_is_taken_by_the_grammar_alone(text in "[-+]?[0-9.eE+-]{1,8}") {
        prop_assert_eq!(skipped(&text), raw(&text));
    }

    #[test]
    fn any_text_is_judged_without_a_panic(text in any::<String>()) {
        prop_assert_eq!(skipped(&text), raw(&text));
    }
}

#[test]
fn numbers_beyond_any_type_are_numbers() {
    for text in ["1e999999", "-0", "0.0", "1E+05", "123456789012345678901234567890.5e-400"] {
        assert_eq!(skipped(text), Some(text));
    }
    for text in ["+1", "01", "1.", ".5", "1e", "1e+", "-", "0x1", "1_000", "NaN", "Infinity", "--1", "1.2.3"]
    {
        assert_eq!(skipped(text), None, "{text}");
    }
}

/// As Python writes them, and only where they are let in.
#[test]
fn words_for_no_number_are_numbers_where_they_are_allowed() {
    let whole = |text: &str, allowed: bool| {
        let mut cursor = Cursor::new(text);
        cursor.allow_words(allowed);
        (cursor.skip().is_ok() && cursor.end().is_ok(), cursor.saw_word())
    };
    for text in ["NaN", "Infinity", "-Infinity", " [1,NaN]", r#"{"a":{"b":-Infinity},"c":1}"#] {
        assert_eq!((whole(text, true), whole(text, false).0), ((true, true), false), "{text}");
    }
    for text in [
        "nan",
        "-NaN",
        "+Infinity",
        "inf",
        "Infinit",
        "--Infinity",
        "NaNs",
        "NaN1",
        "-",
        "{NaN:1}",
        "Infinity.0",
    ] {
        assert!(!whole(text, true).0, "{text}");
    }
    assert_eq!(whole(r#"["NaN", 1]"#, true), (true, false));
    let mut cursor = Cursor::new("-Infinity,");
    cursor.allow_words(true);
    assert_eq!((cursor.peek(), cursor.number()), (Ok(Kind::Number), Ok("-Infinity")));
    cursor.watch();
    assert!(!cursor.saw_word());
}

#[test]
fn half_a_surrogate_pair_is_json_but_no_text() {
    for text in [
        r#""\ud800""#,
        r#""\udc00""#,
        r#""\ud800x""#,
        r#""\ud800\n""#,
        r#""\ud800\ud800""#,
        r#""\udc00\ud800""#,
    ] {
        assert_eq!(skipped(text), Some(text), "{text}");
        assert_eq!(string(text).text(), Err(LoneSurrogate), "{text}");
    }
    assert_eq!(string(r#""\ud83d\ude00""#).text().unwrap(), "\u{1f600}");
}

#[test]
fn odd_text_is_seen_where_it_stands_and_nowhere_else() {
    let odd = [
        r#""\u0000""#,
        r#"{"\u0000":1}"#,
        r#"[[{"a":["x\ud800"]}]]"#,
        r#""\udfff""#,
        r#""\ud800\u0041""#,
        r#""\ud800\ud800\udc00""#,
    ];
    let plain = [r#""\\u0000""#, r#""\ud83d\ude00""#, r#"{"\u0001":"\u00e9"}"#, r#""\\\\ud800""#];
    let saw = |text: &str| {
        let mut cursor = Cursor::new(text);
        cursor.skip().unwrap();
        cursor.saw_nul() || cursor.saw_lone_surrogate()
    };
    assert_eq!(odd.map(saw), [true; 6]);
    assert_eq!(plain.map(saw), [false; 4]);
}

#[test]
fn a_hundred_thousand_levels_need_no_stack() {
    const DEPTH: usize = 100_000;
    for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("[{\"a\":[", "]}]")] {
        let text = open.repeat(DEPTH) + "1" + &close.repeat(DEPTH);
        assert_eq!(skipped(&text).map(str::len), Some(text.len()));
        let unclosed = &text[..text.len() - 1];
        assert_eq!(skipped(unclosed), None);
        let crossed =
            open.repeat(DEPTH) + "1" + &close.repeat(DEPTH - 1) + if close == "}" { "]" } else { "}" };
        assert_eq!(skipped(&crossed), None);
    }
}

#[test]
fn brackets_of_two_kinds_close_in_their_own_order_at_every_depth() {
    for depth in [1, 2, 127, 128, 129, 255, 256, 257] {
        // The kinds follow a pattern that no power of two repeats.
        let object = |level: usize| matches!(level % 21, 0 | 2 | 3 | 6 | 9 | 12 | 15 | 16 | 18);
        let open: String = (0..depth).map(|level| if object(level) { "{\"a\":" } else { "[" }).collect();
        let close = |wrong: usize| -> String {
            (0..depth).rev().map(|level| if object(level) ^ (level == wrong) { '}' } else { ']' }).collect()
        };
        assert!(skipped(&(open.clone() + "0" + &close(usize::MAX))).is_some(), "{depth}");
        for wrong in (0..depth).filter(|level| level % 16 < 2 || level % 64 > 61) {
            assert!(skipped(&(open.clone() + "0" + &close(wrong))).is_none(), "{depth}, {wrong}");
        }
    }
}

#[test]
fn a_fault_is_told_by_its_byte() {
    for (text, at) in [
        ("", 0),
        ("  ", 2),
        ("[1 2]", 3),
        ("{\"a\" 1}", 5),
        ("[1,]", 3),
        ("\"a\nb\"", 2),
        ("tru", 0),
        ("[\"é\",x]", 6),
    ] {
        assert_eq!(Cursor::new(text).skip().unwrap_err().at, at, "{text:?}");
    }
    let mut cursor = Cursor::new("1 2");
    cursor.skip().unwrap();
    assert_eq!(cursor.end().unwrap_err().at, 2);
}

#[test]
fn a_place_in_the_text_gives_the_text_back() {
    let mut cursor = Cursor::new(" {\"a\": [1, {\"b\":2}] , \"c\":3}");
    let mut first = true;
    cursor.enter_object().unwrap();
    cursor.member(&mut first).unwrap();
    let start = cursor.position();
    assert_eq!(cursor.skip().unwrap(), "[1, {\"b\":2}]");
    assert_eq!(cursor.text_from(start), "[1, {\"b\":2}]");
    assert_eq!(cursor.member(&mut first).unwrap().map(Text::raw), Some("c"));
}
