//! U+0000 in text on its way to a destination that has none.

use super::{Nul, Reason};

/// What stands for U+0000 where it is replaced.
const REPLACEMENT: char = '\u{fffd}';

/// Rewrites a text without its escapes.
pub(super) fn text(text: &mut String, how: Nul) -> Result<(), Reason> {
    match how {
        Nul::Held => {}
        Nul::Reject if text.contains('\0') => return Err(Reason::Nul),
        Nul::Reject => {}
        Nul::Strip => text.retain(|character| character != '\0'),
        Nul::Replace if text.contains('\0') => {
            *text = text.replace('\0', REPLACEMENT.encode_utf8(&mut [0; 4]))
        }
        Nul::Replace => {}
    }
    Ok(())
}

/// Appends JSON to `out` without its `\u0000`. A backslash stands in strings only, so the names of members are rewritten too; the
/// one of `\\u0000` is itself escaped, and stays.
pub(super) fn json(json: &str, how: Nul, out: &mut String) {
    let mut rest = json;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        out.push_str(before);
        if let Some(after) = escape.strip_prefix("\\u0000") {
            out.extend((how == Nul::Replace).then_some(REPLACEMENT));
            rest = after;
        } else {
            // The character behind a backslash is one byte in JSON.
            out.push_str(&escape[..2]);
            rest = &escape[2..];
        }
    }
    out.push_str(rest);
}
