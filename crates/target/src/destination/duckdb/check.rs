//! Whether a load could begin in a DuckDB file: that it is there or can be made, that it can be written to, and that nobody holds it.

use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};

use ::duckdb::Connection;
use serde_json::json;

use super::attach::{holds_database, read_only};
use super::{failed, ledger, unopened};
use crate::check::Found;
use crate::error::{Error, Result};
use crate::lake::Lake;
use crate::motherduck::MotherDuck;
use crate::sql::duckdb::look as sql;
use crate::sql::ledger::{NEEDED_TABLES, TABLES};
use crate::table::TableName;

/// Takes down whether a load into `schema` and `others` of the file at `path` could begin. The file is not made where it is not there, and not changed
/// where it is.
///
/// # Errors
/// Where the file is none of DuckDB's.
pub fn check(path: &Path, schema: &str, others: &[String], found: &mut Found) -> Result<()> {
    let connection = Connection::open_in_memory().map_err(|error| failed("open a database", error))?;
    let version = connection.query_row(sql::VERSION, [], |row| row.get::<_, String>(0));
    let version = version.map_err(|error| failed("say its version", error))?;
    found.fact("version", version.clone(), format!("DuckDB {version}"));
    let is_writable = judge_file(path, found);
    let opened = match holds_database(path) {
        true => open(path, is_writable),
        false => Ok(None),
    };
    let (connection, held) = match opened {
        Ok(connection) => (connection, None),
        Err(error) if error.is_passing() => (None, Some(error.to_string())),
        Err(error) => return Err(error),
    };
    found.fact("lock", held.clone(), held.clone().unwrap_or_else(|| "nobody holds the file".to_owned()));
    if let Some(held) = held {
        // What is in it is not known meanwhile.
        found.lack(held, "wait until that process has ended, or end it");
        found.fact(
            "schema",
            json!({"name": schema, "exists": null}),
            format!("{schema}: not known while it is held"),
        );
        return Ok(());
    }
    judge_schemas(connection.as_ref(), schema, others, found)
        .map_err(|error| failed("look into the file", error))
}

/// Takes down whether a load into `schema`, and into the others, of a lake could begin. Nothing is changed, and nothing is made.
///
/// # Errors
/// Where it cannot be attached.
pub fn check_lake(
    lake: &Lake,
    schema: &str,
    others: &[String],
    limit: Option<&str>,
    found: &mut Found,
) -> Result<()> {
    let duckdb = super::DuckDb::enter(lake, schema, limit, true)?;
    let text = |query: &str| duckdb.connection.query_row(query, [], |row| row.get::<_, String>(0));
    let asked = |error| failed("look into the lake", error);
    let version = text(sql::VERSION).map_err(asked)?;
    let lakes = text(sql::LAKE_VERSION).map_err(asked)?;
    found.fact("version", version.clone(), format!("DuckDB {version}, DuckLake {lakes}"));
    let is_there =
        duckdb.connection.query_row(sql::IS_LAKE, [], |row| row.get::<_, bool>(0)).map_err(asked)?;
    let files = is_there.then(|| text(sql::LAKE_FILES)).transpose().map_err(asked)?;
    let words = match &files {
        Some(files) => format!("it is there, with its files in {files}"),
        None => "it is not there, and a load makes it".to_owned(),
    };
    found.fact("catalog", json!({"exists": is_there, "files": files}), words);
    judge_schemas(is_there.then_some(&duckdb.connection), schema, others, found).map_err(asked)
}

/// Takes down whether a load into `schema`, and into the others, of a database in MotherDuck could begin. Nothing is changed.
///
/// # Errors
/// Where it cannot be attached.
pub fn check_motherduck(
    database: &MotherDuck,
    schema: &str,
    others: &[String],
    limit: Option<&str>,
    found: &mut Found,
) -> Result<()> {
    let duckdb = super::DuckDb::visit(database, schema, limit)?;
    let asked = |error| failed("look into the database", error);
    let version = duckdb.connection.query_row(sql::VERSION, [], |row| row.get::<_, String>(0));
    let version = version.map_err(asked)?;
    found.fact("version", version.clone(), format!("DuckDB {version}"));
    judge_schemas(Some(&duckdb.connection), schema, others, found).map_err(asked)
}

/// Opens the file as a load would, where it can be written to: whoever holds it is seen then.
fn open(path: &Path, is_writable: bool) -> Result<Option<Connection>> {
    if !is_writable {
        return read_only(path).map(Some).map_err(unopened);
    }
    let connection = Connection::open(path).map_err(unopened)?;
    connection.execute_batch(sql::LEAVE).map_err(|error| failed("look into the file", error))?;
    Ok(Some(connection))
}

/// What there is at the file's place: whether it can be written to.
fn judge_file(path: &Path, found: &mut Found) -> bool {
    let shown = std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string();
    let there = fs::metadata(path).ok();
    let words = match &there {
        Some(file) if file.is_dir() => format!("{shown}: it is a folder"),
        Some(file) => format!("{shown}: it is there, {:.1} MB", file.len() as f64 / 1e6),
        None => format!("{shown}: it is not there, and a load makes it"),
    };
    let bytes = there.as_ref().map(fs::Metadata::len);
    found.fact("file", json!({"path": shown, "exists": there.is_some(), "bytes": bytes}), words);
    let is_dir = there.as_ref().is_some_and(fs::Metadata::is_dir);
    let folder = folder(path);
    let outcome = match &there {
        Some(_) if is_dir => Err(Error::destination(format!("{shown} is a folder"))
            .hint("name a file in it, as duckdb:FOLDER/warehouse.duckdb")),
        None if !folder.exists() => {
            Err(Error::destination(format!("the folder {} does not exist", folder.display()))
                .hint(format!("make it: mkdir -p {}", folder.display())))
        }
        Some(_) => OpenOptions::new().write(true).open(path).map(drop).map_err(|error| {
            Error::destination(format!("the file {shown} cannot be written to"))
                .caused_by(error)
                .hint("see its owner and mode: ls -l")
        }),
        None => Ok(()),
    };
    // The log of what was committed stands beside the file.
    let outcome = outcome.and_then(|()| {
        try_folder(&folder).map_err(|error| {
            Error::destination(format!("no file can be made in the folder {}", folder.display()))
                .caused_by(error)
                .hint("see its owner and mode: ls -ld")
        })
    });
    found.fact("writable", outcome.is_ok(), if outcome.is_ok() { "yes" } else { "no" });
    if let Err(error) = &outcome {
        found.lack(error.to_string(), error.hint_text().unwrap_or_default());
    }
    outcome.is_ok()
}

fn folder(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new(".")).to_owned()
}

/// Makes a file in the folder and takes it away again: nothing else says for sure that it can be done.
fn try_folder(folder: &Path) -> std::io::Result<()> {
    let probe = folder.join(format!(".lastword-check.{}", std::process::id()));
    OpenOptions::new().write(true).create_new(true).open(&probe)?;
    fs::remove_file(&probe)
}

/// What of the schemas is there; nothing where there is no database yet.
fn judge_schemas(
    connection: Option<&Connection>,
    schema: &str,
    others: &[String],
    found: &mut Found,
) -> ::duckdb::Result<()> {
    let exists = has_schema(connection, schema)?;
    found.schema(schema, exists);
    let mut makes = Vec::new();
    if !exists {
        makes.push(format!("schema {schema}"));
    }
    for table in NEEDED_TABLES {
        if !has_table(connection, schema, table)? {
            makes.push(table.to_owned());
        }
    }
    let mut there = Vec::new();
    for other in others {
        let exists = has_schema(connection, other)?;
        there.push((other.as_str(), exists));
        if !exists {
            makes.push(format!("schema {other}"));
        }
        if !has_table(connection, other, TABLES)? {
            makes.push(format!("{other}.{TABLES}"));
        }
    }
    found.other_schemas(&there);
    found.would_make(makes);
    Ok(())
}

fn has_schema(connection: Option<&Connection>, schema: &str) -> ::duckdb::Result<bool> {
    match connection {
        Some(connection) => connection.query_row(sql::HAS_SCHEMA, [schema], |row| row.get(0)),
        None => Ok(schema == super::DEFAULT_SCHEMA),
    }
}

fn has_table(connection: Option<&Connection>, schema: &str, table: &str) -> ::duckdb::Result<bool> {
    let Some(connection) = connection else { return Ok(false) };
    let table = TableName { schema: schema.to_owned(), name: table.to_owned() };
    Ok(ledger::columns(connection, &table)?.is_some())
}
