//! What MotherDuck is sent besides.
//!
//! The function that reads a batch is known here and not there. So each batch is put into a temporary table, which is here, then goes over once, into a
//! staging table in the database; what is done with it from there on is done there.

use super::{literal, quote};
use crate::sql::duckdb;

/// What DuckDB calls the database of temporary tables.
const HERE: &str = "temp";

/// Attaches a database, which is `md:` with its name, and uses it. No database there can be given another name.
#[must_use]
pub fn attach(place: &str, database: &str) -> String {
    format!("attach {};\nuse {}", literal(place), quote(database))
}

/// Says who loads. No error may show it.
#[must_use]
pub fn token(token: &str) -> String {
    duckdb::set("motherduck_token", token)
}

/// The statements that make a staging table of a batch: the first reads it.
#[must_use]
pub fn stage(staging: &str) -> [String; 3] {
    let here = format!("{HERE}.{}", quote(staging));
    [
        duckdb::stage(staging),
        format!("create table {} as select * from {here}", quote(staging)),
        format!("drop table {here}"),
    ]
}
