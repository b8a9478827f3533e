//! Many streams at once.

use std::fmt::Write;
use std::fs;

use super::state;
use crate::support::messages::{INTEGER, TEXT, record, schema};
use crate::support::{folder, place, programs};

const STREAMS: usize = 80;
const ROUNDS: usize = 4;
const ROWS: usize = 100;

/// Rows that are added to a small table wait for DuckDB's next checkpoint in a large block for each column.
#[test]
fn what_is_added_to_many_small_tables_fits_into_duckdbs_memory() {
    let folder = folder::fresh();
    let columns: Vec<String> = (0..15).map(|number| format!("c{number}")).collect();
    let properties: Vec<_> =
        std::iter::once(("id", INTEGER)).chain(columns.iter().map(|name| (name.as_str(), TEXT))).collect();
    let mut input = String::new();
    for stream in 0..STREAMS {
        input += &schema(&format!("s{stream}"), &["id"], &properties);
    }
    for round in 0..ROUNDS {
        for row in 0..ROWS {
            let id = round * ROWS + row;
            for stream in 0..STREAMS {
                let mut values = format!("{{\"id\":{id}");
                for column in &columns {
                    write!(values, ",\"{column}\":\"text {id} of {column} in {stream}\"")
                        .expect("a text takes it");
                }
                input += &record(&format!("s{stream}"), &(values + "}"));
            }
        }
        input += &state(round as i64);
        input.push('\n');
    }
    let settings = folder.path().join("settings.json");
    fs::write(&settings, format!("{{\"duckdb_memory_limit\":\"128MB\",\"batch_size_rows\":{ROWS}}}"))
        .expect("it is written");
    let ran = programs::target(folder.path(), &["--config", "settings.json"], input.as_bytes()).ok();
    assert_eq!(ran.stdout.lines().count(), ROUNDS, "{}", ran.stdout);
    let file = place::duckdb(&folder.path().join("warehouse.duckdb"));
    for stream in [0, STREAMS - 1] {
        let query = format!("select count(*), count(distinct id) from s{stream}");
        let counted: (usize, usize) =
            file.query_row(&query, [], |row| Ok((row.get(0)?, row.get(1)?))).expect("the table is there");
        assert_eq!(counted, (ROUNDS * ROWS, ROUNDS * ROWS));
    }
}
