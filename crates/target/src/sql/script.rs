//! SQL for a person to read, to keep, and to run.

use std::fmt::Write;

/// Statements, each part of them behind a comment of one line.
#[must_use]
pub fn script<'a>(parts: impl IntoIterator<Item = (&'a str, &'a [String])>) -> String {
    let mut text = String::new();
    for (words, statements) in parts {
        if !text.is_empty() {
            text.push('\n');
        }
        let _ = writeln!(text, "-- {}", comment(words));
        for statement in statements {
            let _ = writeln!(text, "{statement};");
        }
    }
    text
}

/// Words that do not get out of their comment: they hold names, which may hold anything.
fn comment(words: &str) -> String {
    let shown = |char: char| match char.is_control() || matches!(char, '\u{2028}' | '\u{2029}') {
        true => char.escape_default().to_string(),
        false => char.to_string(),
    };
    words.chars().map(shown).collect()
}
