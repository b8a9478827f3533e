//! Random JSON text: valid in every spelling that the grammar allows, and valid text with bytes changed.

use proptest::prelude::*;

/// Space that may stand between any two tokens.
fn space() -> impl Strategy<Value = String> {
    prop_oneof![6 => Just(String::new()), 1 => "[ \t\r\n]{1,3}"]
}

/// Numbers in every form of the grammar.
pub(crate) fn number() -> impl Strategy<Value = String> {
    "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,10})?([eE][+-]?[0-9]{1,4})?"
}

/// One character of a string, as it may stand between quotes.
fn character() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => "[^\"\\\\\u{0}-\u{1f}]",
        2 => prop::sample::select(vec!["\\\"", "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t"]).prop_map(str::to_owned),
        1 => "\\\\u[0-9a-cA-Ce-fE-F][0-9a-fA-F]{3}",
        1 => "\\\\u[dD][89abAB][0-9a-fA-F]{2}\\\\u[dD][c-fC-F][0-9a-fA-F]{2}",
    ]
}

/// Strings with their quotes. Surrogates come in pairs.
pub(crate) fn string() -> impl Strategy<Value = String> {
    prop::collection::vec(character(), 0..24).prop_map(|characters| format!("\"{}\"", characters.concat()))
}

/// Any value.
pub(crate) fn value() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        prop::sample::select(vec!["null", "true", "false"]).prop_map(str::to_owned),
        number(),
        string(),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        let element = (space(), inner.clone(), space()).prop_map(|(a, value, b)| a + &value + &b);
        let member = (space(), string(), space(), space(), inner, space())
            .prop_map(|(a, name, b, c, value, d)| a + &name + &b + ":" + &c + &value + &d);
        prop_oneof![
            (space(), prop::collection::vec(element, 0..6))
                .prop_map(|(space, elements)| format!("[{space}{}]", elements.join(","))),
            (space(), prop::collection::vec(member, 0..6))
                .prop_map(|(space, members)| format!("{{{space}{}}}", members.join(","))),
        ]
    })
}

/// Values with space around them, of which some characters were dropped, doubled or replaced: about half of them no JSON any more.
pub(crate) fn changed() -> impl Strategy<Value = String> {
    let change = (any::<prop::sample::Index>(), 0..4_u8, "[\\[\\]{},:\"\\\\0-9.eE+\\-tfnu \u{0}a\u{e9}]");
    (space(), value(), space(), prop::collection::vec(change, 0..4)).prop_map(|(a, value, b, changes)| {
        let mut characters: Vec<char> = (a + &value + &b).chars().collect();
        for (at, how, new) in changes {
            if characters.is_empty() {
                break;
            }
            let at = at.index(characters.len());
            let new = new.chars().next().unwrap_or(' ');
            match how {
                0 => drop(characters.remove(at)),
                1 => characters.insert(at, characters[at]),
                2 => characters.insert(at, new),
                _ => characters[at] = new,
            }
        }
        characters.into_iter().collect()
    })
}
