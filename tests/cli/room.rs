//! Rows that are longer than DuckDB has room for where it puts row groups together.

use std::fs;

use super::state;
use crate::support::messages::{INTEGER, TEXT, record, schema};
use crate::support::{folder, place, programs};

const ROWS: usize = 200;

/// Two hundred rows of a megabyte: neighbouring row groups of them have few rows, and yet more bytes than DuckDB may use.
#[test]
fn rows_that_duckdb_has_no_room_to_put_together_are_loaded_all_the_same() {
    let folder = folder::fresh();
    let settings = r#"{"duckdb_memory_limit":"128MB","batch_size_rows":20}"#;
    fs::write(folder.path().join("settings.json"), settings).expect("it is written");
    let text = "x".repeat(1_000_000);
    let opened = schema("s", &["id"], &[("id", INTEGER), ("text", TEXT)]);
    let mut input = opened.clone();
    for id in 0..ROWS {
        input += &record("s", &format!("{{\"id\":{id},\"text\":\"{id} {text}\"}}"));
    }
    input += &state(1);
    let load = |input: &str| {
        programs::target(folder.path(), &["--config", "settings.json"], format!("{input}\n").as_bytes()).ok()
    };
    let ran = load(&input);
    assert_eq!(ran.stdout.lines().last(), Some(r#"{"position":1}"#));
    assert!(ran.stderr.contains("trying again"), "it had room: {}", ran.stderr);
    // And so do runs that come after it.
    let more = opened + &record("s", "{\"id\":7,\"text\":\"short\"}") + &state(2);
    assert_eq!(load(&more).stdout.lines().last(), Some(r#"{"position":2}"#));
    let file = place::duckdb(&folder.path().join("warehouse.duckdb"));
    let query = "select count(*), count(distinct id), sum(length(text)) from s where text = 'short' or starts_with(text, id || ' x')";
    let counted: (usize, usize, usize) = file
        .query_row(query, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .expect("the table is there");
    let lengths =
        (0..ROWS).map(|id| if id == 7 { "short".len() } else { format!("{id} ").len() + text.len() });
    assert_eq!(counted, (ROWS, ROWS, lengths.sum()));
}
