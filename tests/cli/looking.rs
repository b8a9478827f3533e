//! The commands that look and change nothing: `check`, `plan` and `status`; and the examples of all of them.

/// Whether a load could begin.
mod checking;
/// What a load would do.
mod planning;
/// What was loaded.
mod standing;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::support::place::Place;
use crate::support::{folder, postgres, programs};

/// A database as its catalog has it: columns, indexes and views of all schemas that are not its own.
fn catalog(place: &Place) -> Vec<String> {
    match place {
        Place::Memory(_) => panic!("memory has no catalog"),
        Place::DuckDb(folder) if !Place::file(folder).exists() => Vec::new(),
        Place::DuckDb(_) | Place::DuckLake(..) | Place::MotherDuck(_) => {
            let connection = place.connection();
            let mut query = connection
                .prepare(
                    "select schema_name || '.' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable \
                     from duckdb_columns() where not internal union all \
                     select schema_name || '.' || view_name || ' is ' || sql from duckdb_views() where not internal order by 1",
                )
                .expect("the catalog can be read");
            let rows = query.query_map([], |row| row.get(0)).expect("the catalog can be read");
            rows.collect::<Result<_, _>>().expect("texts")
        }
        Place::Postgres(url) => {
            let rows = postgres::connect(url)
                .query(
                    "select n.nspname || '.' || c.relname || '.' || a.attnum || ' ' || a.attname || ' ' \
                     || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull::text || ' ' || c.relkind::text \
                     from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid \
                     where n.nspname !~ '^(pg_|information_schema)' and a.attnum > 0 union all \
                     select indexdef from pg_indexes where schemaname !~ '^(pg_|information_schema)' union all \
                     select schemaname || '.' || viewname || ' is ' || definition from pg_views \
                     where schemaname !~ '^(pg_|information_schema)' order by 1",
                    &[],
                )
                .expect("the catalog can be read");
            rows.iter().map(|row| row.get(0)).collect()
        }
    }
}

/// All that a place holds of files; a server's are its own business.
fn files(place: &Place) -> BTreeMap<String, Vec<u8>> {
    let Place::DuckDb(folder) = place else { return BTreeMap::new() };
    listed(folder.path())
}

fn listed(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries =
        fs::read_dir(folder).expect("the folder can be read").map(|entry| entry.expect("it can be read"));
    let named = entries.map(|entry| {
        let content = fs::read(entry.path()).expect("it can be read");
        (entry.file_name().into_string().expect("a plain name"), content)
    });
    named.collect()
}

/// What the loader's own tables hold, and those of the streams.
fn rows(place: &Place, tables: &[&str]) -> Vec<Option<Vec<Vec<String>>>> {
    let names = tables.iter().map(|name| place.table(name));
    place.find_all(names).into_iter().map(|dump| dump.map(|dump| dump.rows)).collect()
}

#[test]
fn every_command_shows_examples() {
    let folder = folder::fresh();
    for command in
        [None, Some("check"), Some("plan"), Some("status"), Some("state"), Some("rejects"), Some("adopt")]
    {
        let arguments: Vec<&str> = command.into_iter().chain(["--help"]).collect();
        let help = programs::target(folder.path(), &arguments, b"").ok().stdout;
        let (_, examples) = help.split_once("Examples:\n").unwrap_or_else(|| panic!("{command:?}:\n{help}"));
        let shown = examples.lines().take_while(|line| !line.is_empty());
        let name = command.map_or("target".to_owned(), |command| format!("target {command}"));
        let of_it = shown.filter(|line| line.contains(&name)).count();
        assert!(of_it >= 3, "{command:?} has {of_it} examples:\n{help}");
    }
}

/// An example that does not parse would be worse than none.
#[test]
fn the_examples_are_commands() {
    use clap::Parser;
    let folder = folder::fresh();
    let mut parsed = 0;
    for command in ["check", "plan", "status", "state", "rejects", "adopt"] {
        let help = programs::target(folder.path(), &[command, "--help"], b"").ok().stdout;
        let (_, examples) = help.split_once("Examples:\n").expect("there are some");
        for line in examples.lines().filter(|line| line.contains(&format!("target {command}"))) {
            let (_, typed) = line.split_once("target ").expect("it is one of target");
            // What follows two spaces is words; a redirection is the shell's.
            let typed = typed.split("  ").next().unwrap_or_default();
            let typed = typed.split([')', '>', '<']).next().unwrap_or_default();
            let arguments = std::iter::once("target").chain(typed.split_whitespace());
            if let Err(error) = target::cli::Cli::try_parse_from(arguments) {
                panic!("{line}\n{error}");
            }
            parsed += 1;
        }
    }
    assert!(parsed >= 18, "{parsed}");
}
