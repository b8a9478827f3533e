//! The pure rooms: each by itself, with tables of given and expected and with random input.

/// Open batches and the fold.
mod batch;
/// The way out for bookmarks.
mod bookmark;
/// JSON in one way of writing.
mod canonical;
/// What must hold for any bytes: the bodies of the fuzz targets.
mod checks;
/// A decoder with its columns, for the modules here.
mod columns;
/// Settings: given and meant.
mod config;
/// Connection strings, services, passwords in files.
mod conninfo;
/// Records into columns.
mod decode;
/// Values out of the common: NaN, U+0000, text that stands for numbers and bytes.
mod decode_lanes;
mod decode_odd;
/// Decoding against the jsonschema library.
mod decode_random;
/// One value into one cell.
mod decode_values;
/// Records in files.
mod files;
/// The kept inputs of the fuzz targets, and changes of them.
mod fuzzed;
/// Settings as they are given.
mod given;
/// Inputs that are too deep, too long or too many.
mod hostile;
/// Lines in, flushes out.
mod intake;
/// The law: any order, batching, duplication, any loaders.
mod law;
/// What becomes of streams before they are loaded.
mod maps;
/// Who wins.
mod merge;
/// Databases in MotherDuck.
mod motherduck;
/// From property to column, from stream to table.
mod names;
/// Which type holds a value that its column does not.
mod needed;
/// What is inside objects and arrays.
mod nested;
/// Numbers as text.
mod number;
/// Open columns.
mod open_columns;
/// Where tables stand.
mod placing;
/// Which DDL is needed.
mod plan;
/// What the log says, for people and for programs.
mod report;
/// What is shown while a load goes on.
mod report_progress;
/// What is wanted of the log, and the files that say it.
mod report_wanted;
/// JSON Schema into column types.
mod schema;
/// Dialects of JSON Schema and hints.
mod schema_hints;
/// Where sequences come from.
mod sequence;
/// One stream over many loaders.
mod shard;
/// Loaders that share a stream.
mod sharing;
/// When a destination that says nothing is given up.
mod silence;
/// Columns that cannot take a property's type.
mod split;
/// What the modules here load with: a loader over the reference destination.
mod stage;
/// Dates and times.
mod time;
/// The lattice of types.
mod types;

use std::process::Command;
use std::time::{Duration, Instant};

/// Runs the rest of the test `name` in a process of its own, so that what overflows the stack or never ends fails that test alone.
/// True in that process; where it is false the work is done, and it went well.
fn in_a_process_of_its_own(name: &str, limit: Duration) -> bool {
    in_little_memory(name, limit, None)
}

/// The same where all memory that the process may have is so many megabytes: of addresses, so that a few hundred are gone before it begins.
fn in_little_memory(name: &str, limit: Duration, megabytes: Option<u64>) -> bool {
    const MARK: &str = "TEST_IN_A_PROCESS_OF_ITS_OWN";
    if std::env::var(MARK).is_ok_and(|marked| marked == name) {
        return true;
    }
    let most = megabytes.map_or("unlimited".to_owned(), |megabytes| (megabytes * 1024).to_string());
    let mut child = Command::new("sh")
        .args(["-c", r#"ulimit -v "$1" && shift && exec "$@""#, "sh", &most])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env(MARK, name)
        .spawn()
        .unwrap();
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            assert!(status.success(), "{name}: {status}");
            return false;
        }
        if started.elapsed() > limit {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("{name}: not done after {limit:?}");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}
