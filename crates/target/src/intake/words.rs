//! What the intake says to people.

use crate::batch::Mode;
use crate::decode::Invalid;
use crate::error::Error;
use crate::note::Note;
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
pub(super) fn announce(name: &str, stream: &Stream) -> Note {
    let table = stream.shown();
    let keys: Vec<&str> =
        stream.table().keys().into_iter().map(|key| stream.table().columns[key].name.as_str()).collect();
    let how = match stream.mode() {
        _ if stream.overwrites() => "overwritten at the end".to_owned(),
        Mode::Merge(_) => format!("merged by {}", keys.join(", ")),
        Mode::Append { .. } if keys.is_empty() => "appended: it has no key".to_owned(),
        Mode::Append { .. } => "appended".to_owned(),
    };
    Note::info(format!("{name} → {}.{}, {how}", table.schema, table.name)).of(name)
}

/// More records were refused than may be.
pub(super) fn too_many_rejects(most: u64) -> Error {
    Error::input(format!("more than {most} records were rejected"))
        .hint("look into _sdc_rejected, or raise max_rejects")
}

/// That an ACTIVATE_VERSION does nothing.
pub(super) fn without_versions(line: u64, stream: &str) -> Note {
    Note::warning(format!(
        "line {line}: stream {stream:?}: its table has no _sdc_table_version, so ACTIVATE_VERSION ends no rows (set add_record_metadata)"
    ))
    .of(stream)
}

/// That a stream is not loaded at all.
pub(super) fn dropped(stream: &str) -> Note {
    Note::info(format!("{stream} is dropped, as stream_maps says")).of(stream)
}

/// Two streams would be one.
pub(super) fn loaded_twice(one: &str, other: &str, stream: &str) -> Error {
    let what = match one == other {
        true => format!("stream_maps: {stream:?} would be made of {one:?} twice"),
        false => format!("stream_maps: {stream:?} would be made of {one:?} and of {other:?}"),
    };
    Error::usage(what).hint("give each a name of its own")
}
