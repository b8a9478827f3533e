//! The memory of the process: it keeps to `max_memory`, whatever the tap sends and however slow the database is.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufWriter, Write};
use std::iter;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use arrow::array::{Array, ArrayRef, Int64Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;

use crate::support::dice::times;
use crate::support::files::batch_with;
use crate::support::messages::{INTEGER, TEXT, record, schema, state};
use crate::support::place::Place;
use crate::support::programs::forget_postgres;
use crate::support::{folder, postgres as server};

/// What the loader may use, and what is sent to it: several times as much.
struct Size {
    /// What the loader may use, in bytes.
    most: usize,
    /// What is sent in each of these tests, in bytes.
    sent: usize,
    /// The records of a long stream.
    records: usize,
    /// The streams that come in turn.
    streams: usize,
    /// The bytes of a long record.
    record: usize,
    /// What DuckDB may take besides what it counts, in bytes: of hundreds of tables it is more than nothing.
    uncounted: usize,
}

const SMALL: Size = Size {
    most: 128_000_000,
    sent: 80_000_000,
    records: 100_000,
    streams: 150,
    record: 7_800_000,
    uncounted: 0,
};

/// What the loader may use by default, and more than most will ever send.
const LARGE: Size = Size {
    most: 512_000_000,
    sent: 1_000_000_000,
    records: 10_000_000,
    streams: 500,
    record: 50_000_000,
    uncounted: 64_000_000,
};

/// Small, or large in `make soak`.
fn size() -> &'static Size {
    if times(1) > 1 { &LARGE } else { &SMALL }
}

/// What DuckDB may use besides, in bytes: its default.
const DUCKDB: usize = 512_000_000;

/// What it may use for a table of 2,000 columns, for it needs two blocks for each.
const WIDE: usize = 1_230_000_000;

type Send = fn(&mut dyn Write, &Path) -> std::io::Result<()>;

/// Demands that a load of what `send` sends needs no more memory than it may.
#[track_caller]
fn keeps_to_its_memory(place: &Place, more: &str, send: Send) {
    let duckdbs = if matches!(place, Place::DuckDb(_)) { DUCKDB + size().uncounted } else { 0 };
    keeps_to(size().most + duckdbs, place, more, send);
}

/// Demands that a load of what `send` sends needs no more than `most` bytes of memory.
#[track_caller]
fn keeps_to(most: usize, place: &Place, more: &str, send: Send) {
    let folder = folder::fresh();
    let url = place.url();
    let settings = format!(r#"{{"destination":{url:?},"max_memory":{}{more}}}"#, size().most);
    fs::write(folder.path().join("settings.json"), settings).expect("it is written");
    let mut command = Command::new(env!("CARGO_BIN_EXE_target"));
    forget_postgres(&mut command);
    let mut loader = command
        .args(["--config", "settings.json"])
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let at = folder.path().to_owned();
    let stdin = loader.stdin.take().expect("its stdin is a pipe");
    let status = format!("/proc/{}/status", loader.id());
    let (peak, output) = thread::scope(|scope| {
        let sending = scope.spawn(move || {
            let mut stdin = BufWriter::with_capacity(1 << 20, stdin);
            send(&mut stdin, &at)?;
            stdin.write_all(state("31337").as_bytes())?;
            stdin.flush()
        });
        // It grows until the process has ended, and then it is not there any more.
        let watching = scope.spawn(move || {
            let mut peak = 0;
            while let Some(now) = high_water(&status) {
                peak = now;
                thread::sleep(Duration::from_millis(2));
            }
            peak
        });
        let output = loader.wait_with_output().expect("the program ends");
        let sent = sending.join().expect("nothing panics there");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() && sent.is_ok(), "{sent:?}: {said}");
        (watching.join().expect("nothing panics there"), output)
    });
    let printed = String::from_utf8(output.stdout).expect("programs write UTF-8");
    assert_eq!(printed.lines().last(), Some("31337"));
    assert!(peak > 0 && peak <= most, "{} MB, and {} MB are allowed", peak / 1_000_000, most / 1_000_000);
}

/// The most memory that a process has had, in bytes.
fn high_water(status: &str) -> Option<usize> {
    let text = fs::read_to_string(status).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<usize>().ok().map(|size| size * 1024)
}

/// One stream that is long.
fn a_long_stream(out: &mut dyn Write, _: &Path) -> std::io::Result<()> {
    out.write_all(schema("s", &["id"], &[("id", INTEGER), ("text", TEXT)]).as_bytes())?;
    let text = "text".repeat(size().sent / size().records / 4);
    for id in 0..size().records {
        out.write_all(record("s", &format!("{{\"id\":{id},\"text\":\"{text}\"}}")).as_bytes())?;
    }
    Ok(())
}

/// Rows that are much longer than their lines: few of their columns are there.
fn wide_rows(columns: usize, out: &mut dyn Write) -> std::io::Result<()> {
    let names: Vec<String> = (0..columns).map(|number| format!("c{number}")).collect();
    let columns: Vec<_> =
        std::iter::once(("id", INTEGER)).chain(names.iter().map(|name| (name.as_str(), TEXT))).collect();
    out.write_all(schema("s", &["id"], &columns).as_bytes())?;
    for id in 0..size().sent / (5 * names.len()) {
        let place = id % names.len();
        out.write_all(record("s", &format!("{{\"id\":{id},\"c{place}\":\"x\"}}")).as_bytes())?;
    }
    Ok(())
}

/// Records that are nearly as long as they may be.
fn long_records(out: &mut dyn Write, _: &Path) -> std::io::Result<()> {
    out.write_all(schema("s", &["id"], &[("id", INTEGER), ("text", TEXT)]).as_bytes())?;
    // With an escape, so that the text is put together first.
    let text = format!("{}\\n", "ä".repeat(size().record / 2));
    for id in 0..size().sent / text.len() {
        out.write_all(record("s", &format!("{{\"id\":{id},\"text\":\"{text}\"}}")).as_bytes())?;
    }
    Ok(())
}

/// Many streams in turn.
fn many_streams(out: &mut dyn Write, _: &Path) -> std::io::Result<()> {
    let streams = size().streams;
    for stream in 0..streams {
        let properties = [("id", INTEGER), ("a", TEXT), ("b", TEXT), ("c", TEXT)];
        out.write_all(schema(&format!("s{stream}"), &["id"], &properties).as_bytes())?;
    }
    let text = "text".repeat(200);
    for id in 0..size().sent / text.len() / streams {
        for stream in 0..streams {
            let values = format!("{{\"id\":{id},\"a\":\"{text}\",\"b\":\"b\"}}");
            out.write_all(record(&format!("s{stream}"), &values).as_bytes())?;
        }
    }
    Ok(())
}

/// Arrays whose elements take much more in rows of their own than as text.
fn long_arrays(out: &mut dyn Write, _: &Path) -> std::io::Result<()> {
    let items = r#"{"type":"array","items":{"type":"integer"}}"#;
    out.write_all(schema("s", &["id"], &[("id", INTEGER), ("numbers", items)]).as_bytes())?;
    let mut numbers = String::new();
    (0..1000).for_each(|number| write!(numbers, "{},", number % 7).expect("a text takes it"));
    for id in 0..size().sent / 100 / 1000 {
        out.write_all(record("s", &format!("{{\"id\":{id},\"numbers\":[{numbers}7]}}")).as_bytes())?;
    }
    Ok(())
}

/// A stream in files: a long one, and one whose texts are many times as long as the file.
fn files(out: &mut dyn Write, at: &Path) -> std::io::Result<()> {
    out.write_all(schema("s", &["id"], &[("id", INTEGER), ("text", TEXT)]).as_bytes())?;
    let lines = BufWriter::new(fs::File::create(at.join("a.jsonl.gz"))?);
    let mut lines = flate2::write::GzEncoder::new(lines, flate2::Compression::fast());
    let text = "text".repeat(200);
    for id in 0..size().sent / text.len() {
        writeln!(lines, "{{\"id\":{id},\"text\":\"{text}\"}}")?;
    }
    lines.finish()?.flush()?;
    let text = "ä".repeat(500_000);
    let ids: ArrayRef = Arc::new(Int64Array::from_iter_values(0..(size().sent / text.len()) as i64));
    let texts: ArrayRef = Arc::new(StringArray::from_iter_values(iter::repeat_n(&text, ids.len())));
    let rows = RecordBatch::try_from_iter([("id", ids), ("text", texts)]).expect("the columns fit");
    let mut columns = ArrowWriter::try_new(fs::File::create(at.join("a.parquet"))?, rows.schema(), None)?;
    columns.write(&rows)?;
    columns.close()?;
    out.write_all(
        batch_with("s", &["a.jsonl.gz"], r#"{"format":"jsonl","compression":"gzip"}"#, "").as_bytes(),
    )?;
    out.write_all(batch_with("s", &["a.parquet"], r#"{"format":"parquet"}"#, "").as_bytes())
}

#[test]
fn what_waits_for_a_slow_database_fits_into_memory() {
    let place = Place::postgres();
    place
        .load("{}", &(schema("s", &["id"], &[("id", INTEGER), ("text", TEXT)]) + &record("s", "{\"id\":0}")))
        .ok();
    let mut other = server::connect(&place.url());
    let mut holding = other.transaction().expect("the server is there");
    holding.batch_execute("lock table s in access exclusive mode").expect("nobody else has it");
    thread::scope(|scope| {
        let loading = scope.spawn(|| keeps_to_its_memory(&place, "", a_long_stream));
        thread::sleep(Duration::from_secs(2));
        assert!(!loading.is_finished(), "it waits for the table");
        holding.rollback().expect("the server is there");
    });
}

/// More columns than DuckDB has memory for by default.
#[test]
fn wide_rows_fit_into_duckdbs_memory() {
    keeps_to(size().most + WIDE, &Place::duckdb(), "", |out, _| wide_rows(2_000, out));
}

/// Nearly as many columns as a table may have there.
#[test]
fn wide_rows_fit_into_memory_before_postgres() {
    keeps_to_its_memory(&Place::postgres(), "", |out, _| wide_rows(1_500, out));
}

macro_rules! on_both {
    ($($name:ident: $more:expr, $send:expr,)*) => {
        mod duckdb {
            $(#[test] fn $name() { super::keeps_to_its_memory(&super::Place::duckdb(), $more, $send); })*
        }
        mod postgres {
            $(#[test] fn $name() { super::keeps_to_its_memory(&super::Place::postgres(), $more, $send); })*
        }
    };
}

on_both! {
    a_long_stream_fits_into_memory: "", super::a_long_stream,
    long_records_fit_into_memory: "", super::long_records,
    many_streams_fit_into_memory: "", super::many_streams,
    long_arrays_fit_into_memory: r#","nested":"subtables""#, super::long_arrays,
    files_fit_into_memory: "", super::files,
}
