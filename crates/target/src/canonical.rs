//! JSON in one way of writing: members in the order of their names, no spaces. Numbers and strings stay as they were sent.

use singer::json::{Cursor, Kind, Syntax};

/// Appends `json` to `out` in that way.
///
/// # Errors
/// Where it is not JSON.
pub fn write(json: &str, out: &mut String) -> Result<(), Syntax> {
    let mut cursor = Cursor::new(json);
    // A record may have them.
    cursor.allow_words(true);
    value(&mut cursor, out, 0)
}

/// Deeper than this a value is taken as it was sent: the stack has an end.
const MAX_DEPTH: usize = 256;

fn value(cursor: &mut Cursor<'_>, out: &mut String, depth: usize) -> Result<(), Syntax> {
    let mut first = true;
    match cursor.peek()? {
        Kind::Object if depth < MAX_DEPTH => {
            cursor.enter_object()?;
            let mut members = Vec::new();
            while let Some(name) = cursor.member(&mut first)? {
                let mut text = String::new();
                value(cursor, &mut text, depth + 1)?;
                members.push((name.raw(), text));
            }
            members.sort();
            out.push('{');
            for (name, text) in members {
                for part in ["\"", name, "\":", &text, ","] {
                    out.push_str(part);
                }
            }
            out.push('}');
        }
        Kind::Array if depth < MAX_DEPTH => {
            cursor.enter_array()?;
            out.push('[');
            while cursor.element(&mut first)? {
                value(cursor, out, depth + 1)?;
                out.push(',');
            }
            out.push(']');
        }
        _ => out.push_str(cursor.skip()?),
    }
    Ok(())
}
