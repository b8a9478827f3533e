//! Prints a query's result as a table: `show DESTINATION QUERY`, where the destination is written as for `target`.
//!
//! For the demo and for a look into a file; it only reads.

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use target::config::{self, Target};

/// Cells as text; `None` is NULL.
type Row = Vec<Option<String>>;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(destination), Some(query), None) = (arguments.next(), arguments.next(), arguments.next())
    else {
        return complain("usage: show DESTINATION QUERY");
    };
    let shown = ask(&destination, &query).and_then(|(names, rows)| Ok(print(&names, &rows)?));
    match shown {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The server's own words are in the cause.
            let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
            complain(&format!("{error}{cause}"))
        }
    }
}

fn complain(what: &str) -> ExitCode {
    let _ = writeln!(io::stderr(), "show: {what}");
    ExitCode::from(2)
}

fn ask(destination: &str, query: &str) -> Result<(Vec<String>, Vec<Row>), Box<dyn Error>> {
    match config::target(destination)? {
        Target::DuckDb(path) => {
            let settings = duckdb::Config::default().access_mode(duckdb::AccessMode::ReadOnly)?;
            let connection = duckdb::Connection::open_with_flags(path, settings)?;
            // Every cell as text, as DuckDB writes it.
            let mut statement =
                connection.prepare(&format!("select cast(columns(*) as varchar) from ({query})"))?;
            let mut answer = statement.query([])?;
            let names = answer.as_ref().map(|statement| statement.column_names()).unwrap_or_default();
            let mut rows = Vec::new();
            while let Some(row) = answer.next()? {
                rows.push((0..names.len()).map(|at| row.get(at)).collect::<duckdb::Result<Row>>()?);
            }
            Ok((names, rows))
        }
        Target::DuckLake(_) | Target::MotherDuck(_) => Err("use duckdb for a DuckLake and MotherDuck".into()),
        Target::Postgres(url) => {
            let mut client = postgres::Client::connect(&url, postgres::NoTls)?;
            client.batch_execute("set timezone to 'UTC'; set default_transaction_read_only to on")?;
            let (mut names, mut rows) = (Vec::new(), Vec::new());
            // The simple protocol gives every cell as text.
            for message in client.simple_query(query)? {
                match message {
                    postgres::SimpleQueryMessage::RowDescription(columns) => {
                        names = columns.iter().map(|column| column.name().to_owned()).collect();
                    }
                    postgres::SimpleQueryMessage::Row(row) => {
                        rows.push((0..row.len()).map(|at| row.get(at).map(str::to_owned)).collect());
                    }
                    _ => {}
                }
            }
            Ok((names, rows))
        }
    }
}

/// Prints columns that are as wide as their widest cell. Numbers stand at the right.
fn print(names: &[String], rows: &[Row]) -> io::Result<()> {
    let text = |cell: &Option<String>| cell.clone().unwrap_or_default();
    let width = |at: usize| rows.iter().map(|row| text(&row[at]).chars().count()).max().unwrap_or_default();
    let widths: Vec<usize> =
        names.iter().enumerate().map(|(at, name)| width(at).max(name.chars().count())).collect();
    let numeric: Vec<bool> = (0..names.len())
        .map(|at| rows.iter().all(|row| row[at].as_deref().is_none_or(|cell| cell.parse::<f64>().is_ok())))
        .collect();
    let mut out = io::stdout().lock();
    let mut line = |cells: &mut dyn Iterator<Item = String>| {
        let cells = cells.zip(&widths).zip(&numeric).map(|((cell, &width), &right)| match right {
            true => format!("{cell:>width$}"),
            false => format!("{cell:<width$}"),
        });
        writeln!(out, "{}", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    line(&mut names.iter().cloned())?;
    line(&mut widths.iter().map(|&width| "-".repeat(width)))?;
    rows.iter().try_for_each(|row| line(&mut row.iter().map(text)))
}
