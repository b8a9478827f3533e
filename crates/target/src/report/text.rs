//! Words and numbers as a terminal shows them.

use std::borrow::Cow;

/// The text with the escapes of what a terminal would obey: names come from the tap.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    let is_obeyed = |char: char| char.is_control() && char != '\n';
    match text.contains(is_obeyed) {
        false => Cow::Borrowed(text),
        true => {
            let shown = |char: char| match is_obeyed(char) {
                true => char.escape_default().to_string(),
                false => char.to_string(),
            };
            Cow::Owned(text.chars().map(shown).collect())
        }
    }
}

/// The text in one line.
pub(crate) fn one_line(text: &str) -> String {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A number as people read it: `1,234,567`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number of things, in words.
pub(crate) fn counted(number: u64, one: &str) -> String {
    format!("{} {one}{}", grouped(number), if number == 1 { "" } else { "s" })
}

/// Cells in columns: the first to the left, the others to the right.
pub(crate) fn columns<const N: usize>(rows: &[[String; N]]) -> Vec<String> {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..N).map(width).collect();
    let line = |row: &[String; N]| {
        let mut cells = row.iter().zip(&widths);
        let first = cells.next().map(|(cell, width)| format!("{cell:<width$}")).unwrap_or_default();
        cells.fold(first, |line, (cell, width)| line + &format!("  {cell:>width$}"))
    };
    rows.iter().map(line).collect()
}
