//! Runs SQL from stdin in a DuckDB file: `sql FILE < SCRIPT`, where the file is made if it is not there.
//!
//! For the benchmarks: what DuckDB needs for a job by itself, in the same build of it that `target` has.

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "sql: {error}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("usage: sql FILE < SCRIPT")?;
    let script = io::read_to_string(io::stdin())?;
    Ok(duckdb::Connection::open(path)?.execute_batch(&script)?)
}
