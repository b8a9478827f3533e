//! What the intake says to people.

use crate::batch::Mode;
use crate::decode::Invalid;
use crate::error::Error;
use crate::stream::Stream;

/// A message of a stream that nothing is known of.
pub(super) fn before_schema(message: &str, stream: &str) -> Error {
    Error::input(format!("{} {message} before its SCHEMA", if message.starts_with('A') { "an" } else { "a" }))
        .in_stream(stream)
        .hint("the tap must send the stream's SCHEMA first")
}

/// A record that cannot be loaded, where that ends the run.
pub(super) fn refused(stream: &str, invalid: &Invalid) -> Error {
    Error::input(invalid.to_string())
        .in_stream(stream)
        .hint("mend the tap, or set on_invalid_record to \"reject\" to put such records into _sdc_rejected")
}

/// How a stream will be loaded, in words.
pub(super) fn announce(name: &str, stream: &Stream) -> String {
    let table = stream.shown();
    let keys: Vec<&str> =
        stream.table().keys().into_iter().map(|key| stream.table().columns[key].name.as_str()).collect();
    let how = match stream.mode() {
        _ if stream.overwrites() => "overwritten at the end".to_owned(),
        Mode::Merge(_) => format!("merged by {}", keys.join(", ")),
        Mode::Append { .. } if keys.is_empty() => "appended: it has no key".to_owned(),
        Mode::Append { .. } => "appended".to_owned(),
    };
    format!("{name} → {}.{}, {how}", table.schema, table.name)
}
