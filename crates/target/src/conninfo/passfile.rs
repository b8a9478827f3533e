//! Files of passwords: `.pgpass`, one `host:port:database:user:password` on each line.

/// The password of the first line that is for this connection. `host` is what a socket's connection calls `localhost`.
#[must_use]
pub fn find(file: &str, host: &str, port: u16, database: &str, user: &str) -> Option<String> {
    let port = port.to_string();
    file.lines().find_map(|line| {
        if line.starts_with('#') {
            return None;
        }
        let mut rest = line;
        for wanted in [host, &port, database, user] {
            let field;
            (field, rest) = split(rest)?;
            if field != "*" && plain(field) != wanted {
                return None;
            }
        }
        let password = split(rest).map_or(rest, |(password, _)| password);
        Some(plain(password))
    })
}

/// A field, and what follows its colon. A backslash makes a colon part of the field.
fn split(text: &str) -> Option<(&str, &str)> {
    let mut escaped = false;
    let end = text.bytes().position(|byte| {
        let ends = byte == b':' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    })?;
    Some((&text[..end], &text[end + 1..]))
}

/// A field without its backslashes. One at the end is itself.
fn plain(field: &str) -> String {
    let mut plain = String::with_capacity(field.len());
    let mut rest = field.chars();
    while let Some(next) = rest.next() {
        match next {
            '\\' => plain.push(rest.next().unwrap_or('\\')),
            next => plain.push(next),
        }
    }
    plain
}
