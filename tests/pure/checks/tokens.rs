//! JSON's tokens: the words for no number made numbers, so that serde_json can read the rest, and an object's members as they stand.

use std::fmt;
use std::ops::Range;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The numbers and words of a text that may be JSON, outside of its strings.
pub(super) fn numbers(text: &str) -> Vec<Range<usize>> {
    outside(text, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
}

/// How many members stand in a text that is JSON, in whatever depth.
pub(super) fn names(text: &str) -> usize {
    outside(text, |byte| byte == b':').len()
}

/// The runs of such bytes outside of strings.
fn outside(text: &str, part: impl Fn(u8) -> bool) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let (mut found, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let start = at;
        if bytes[at] == b'"' {
            at += 1;
            while at < bytes.len() && bytes[at] != b'"' {
                at += if bytes[at] == b'\\' { 2 } else { 1 };
            }
            at += 1;
        } else if part(bytes[at]) {
            while at < bytes.len() && part(bytes[at]) {
                at += 1;
            }
            found.push(start..at);
        } else {
            at += 1;
        }
    }
    found
}

/// The text with a number of the same length in place of each `NaN`, `Infinity` and `-Infinity`, and where those are.
pub(super) fn tamed(text: &str) -> (String, Vec<Range<usize>>) {
    let (mut tamed, mut words) = (text.to_owned(), Vec::new());
    for place in numbers(text) {
        let number = match &text[place.clone()] {
            "NaN" => "100",
            "Infinity" => "10000000",
            "-Infinity" => "-10000000",
            _ => continue,
        };
        tamed.replace_range(place.clone(), number);
        words.push(place);
    }
    (tamed, words)
}

/// The members of an object, in their order, each with its name and where in the text its value is. A name that is no text is `None`.
/// `None` where the text is not an object and nothing else.
pub(super) fn members(text: &str) -> Option<Vec<(Option<String>, Range<usize>)>> {
    // Where serde_json reads a name as bytes it does not see what a string must not hold.
    serde_json::from_str::<&RawValue>(text).ok()?;
    let object: Object<'_> = serde_json::from_str(text).ok()?;
    let place = |raw: &RawValue| {
        let start = raw.get().as_ptr() as usize - text.as_ptr() as usize;
        start..start + raw.get().len()
    };
    Some(object.0.into_iter().map(|(name, raw)| (name.0, place(raw))).collect())
}

/// An object with every member that it has, also those of one name.
struct Object<'a>(Vec<(Name, &'a RawValue)>);

/// A member's name: half a surrogate pair is taken by the grammar, but is no text.
struct Name(Option<String>);

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Object(members))
            }
        }
        from.deserialize_map(Members)
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Bytes;
        impl Visitor<'_> for Bytes {
            type Value = Name;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Name, E> {
                Ok(Name(String::from_utf8(bytes.to_vec()).ok()))
            }

            fn visit_str<E>(self, text: &str) -> Result<Name, E> {
                Ok(Name(Some(text.to_owned())))
            }
        }
        from.deserialize_bytes(Bytes)
    }
}
