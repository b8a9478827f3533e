//! What the tap promises: the same bytes, nothing lost, lines that fit their schemas.

mod command;
mod emission;
mod records;
mod resuming;

use serde_json::{Map, Value, json};
use tap::state::State;
use tap::{Config, Error, run};

/// The bytes of a whole run.
fn bytes(settings: &Value) -> Vec<u8> {
    resumed(settings, State::default())
}

fn resumed(settings: &Value, state: State) -> Vec<u8> {
    let mut out = Vec::new();
    run::sync(&config(settings).expect("the settings fit"), None, state, &mut out).expect("a Vec takes all");
    out
}

fn config(settings: &Value) -> Result<Config, Error> {
    Config::new(settings.as_object().unwrap_or(&Map::new()))
}

fn lines(bytes: &[u8]) -> Vec<&[u8]> {
    bytes.split_inclusive(|byte| *byte == b'\n').collect()
}

fn messages(bytes: &[u8]) -> Vec<Value> {
    lines(bytes).into_iter().map(|line| serde_json::from_slice(line).expect("each line is JSON")).collect()
}

fn is_record(line: &[u8]) -> bool {
    line.starts_with(br#"{"type":"RECORD""#)
}

/// The value of a STATE line, if it's one.
fn state_of(line: &[u8]) -> Option<State> {
    let mut message: Value = serde_json::from_slice(line).ok()?;
    if message["type"] != "STATE" {
        return None;
    }
    State::new(message["value"].take()).ok()
}

/// Settings with everything that makes emission hard, in several mixtures.
fn mixtures() -> Vec<Value> {
    let mut mixtures = vec![
        json!({"rows": 250, "window": 40, "state_every": 17}),
        json!({"rows": 0}),
        json!({"rows": 1, "late": 1, "late_windows": 5, "duplicates": 1}),
        json!({"rows": 300, "window": 1, "late": 0.5, "duplicates": 0.5, "state_every": 7}),
        json!({"rows": 250, "window": 40, "state_every": 17, "version": 7, "schema_change_at": 101}),
        json!({"rows": {"customers": 120, "orders": 90, "events": 200}, "window": 30, "state_every": 11, "interleave": true}),
        json!({"rows": 60, "window": 10, "state_every": 13, "streams_copies": 3, "late": 0.2}),
    ];
    for late in [0.0, 0.3, 1.0] {
        for duplicates in [0.0, 0.4, 1.0] {
            for (shuffle, interleave) in [(false, true), (true, false)] {
                mixtures.push(json!({
                    "rows": 200, "window": 32, "state_every": 19, "late": late, "late_windows": 3, "seed": 5,
                    "duplicates": duplicates, "shuffle": shuffle, "interleave": interleave, "deletes": 0.3,
                    "updates": 0.6, "schema_change_at": 77,
                }));
            }
        }
    }
    mixtures
}
