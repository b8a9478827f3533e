//! What each stage costs, without a database: CPU time per pass over a file of Singer messages.
//!
//! `cargo bench --bench stages -- FILE [PASSES [STAGE]]`. Each figure is the median of the passes, in MB of input per second on one core. The
//! floor is serde_json walking every line and keeping nothing; no decoder of that library can be faster.

#![allow(clippy::print_stdout, clippy::expect_used, missing_docs)]

use std::fs::File;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::de::IgnoredAny;
use singer::lines::{Block, Blocks, MAX_LINE_BYTES};
use singer::message;
use target::clock::Now;
use target::config::Config;
use target::destination::Destination;
use target::destination::memory::Memory;
use target::intake::{Intake, Step};

fn main() {
    // Cargo passes flags of its own.
    let mut arguments = std::env::args().skip(1).filter(|argument| !argument.starts_with("--"));
    let path = arguments.next().expect("usage: cargo bench --bench stages -- FILE [PASSES [STAGE]]");
    let passes = arguments.next().map_or(5, |passes| passes.parse().expect("PASSES is a number"));
    let only = arguments.next().unwrap_or_default();
    let blocks = read(&path);
    let bytes: usize = blocks.iter().map(Block::size).sum();
    println!("{path}: {:.0} MB, medians of {passes} passes", bytes as f64 / 1e6);
    let stage = |name: &str, pass: &dyn Fn(&[Block])| {
        if !name.contains(&only) {
            return;
        }
        let mut times: Vec<Duration> = (0..passes).map(|_| time(|| pass(&blocks))).collect();
        times.sort();
        let median = times[passes / 2].as_secs_f64();
        println!("{name:<44} {:>6.0} MB/s  {median:>6.3} s", bytes as f64 / median / 1e6);
    };
    stage("lines (cut, UTF-8)", &|blocks| {
        for block in blocks {
            black_box(block.lines().count());
        }
    });
    stage("floor: serde_json, IgnoredAny", &|blocks| {
        each(blocks, |line| {
            black_box(serde_json::from_str::<IgnoredAny>(line)).expect("JSON");
        });
    });
    stage("messages (envelope)", &|blocks| {
        each(blocks, |line| {
            black_box(message::parse(line)).expect("a message");
        });
    });
    for (name, settings) in [
        ("messages + decode", r#"{"load_method": "append-only", "append_unique": false}"#),
        ("messages + decode + fold (merge)", "{}"),
    ] {
        stage(name, &|blocks| take(blocks, settings));
    }
}

fn read(path: &str) -> Vec<Block> {
    let mut blocks = Blocks::new(File::open(path).expect("the file opens"), MAX_LINE_BYTES);
    std::iter::from_fn(|| blocks.read(Block::default()).expect("the file is read")).collect()
}

fn each(blocks: &[Block], mut take: impl FnMut(&str)) {
    for (_, line) in blocks.iter().flat_map(Block::lines) {
        take(line.expect("UTF-8"));
    }
}

/// Everything up to the sealed batches.
fn take(blocks: &[Block], settings: &str) {
    let settings = Config::read(settings).and_then(Config::settle).expect("settings");
    let mut memory = Memory::new();
    let mut intake = Intake::new(Arc::new(settings), memory.abilities(), "bench".to_owned());
    let now = Now::read();
    each(blocks, |line| {
        if intake.line(0, line, now, &mut memory).expect("a good line") == Step::Full {
            // As if it were committed at once.
            if let Some(flush) = black_box(intake.flush(now).expect("a flush")) {
                intake.reuse(flush);
            }
        }
    });
    black_box(intake.flush(now).expect("a flush"));
}

/// How long this thread was on a core meanwhile: on a busy machine the clock on the wall says little.
fn time(run: impl FnOnce()) -> Duration {
    let start = (on_core(), Instant::now());
    run();
    match (start.0, on_core()) {
        (Some(before), Some(after)) => after - before,
        _ => start.1.elapsed(),
    }
}

/// The time that this thread has spent on a core, where the system says so.
fn on_core() -> Option<Duration> {
    let schedstat = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    schedstat.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}
