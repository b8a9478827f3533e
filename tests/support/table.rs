//! Any destination's table as plain text, in one form for all: what is stored, not how.
//!
//! Nothing here uses the loader's encoders: the databases write their values as text themselves.

use std::collections::BTreeMap;

use ::duckdb::Connection;
use ::postgres::Client;
use jiff::SignedDuration;
use jiff::civil::{self, DateTime};
use serde_json::value::RawValue;
use target::destination::memory::{Cell, Content};
use target::number;
use target::sql::{Dialect, duckdb, postgres, quote};
use target::table::TableName;
use target::types::Type;

/// A table's columns and rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Dump {
    /// The columns' names, with the types that the loader takes them for.
    pub(crate) columns: Vec<(String, String)>,
    /// The rows, in the order of their texts. NULL is `NULL`, texts are quoted, everything else is bare.
    pub(crate) rows: Vec<Vec<String>>,
}

/// The columns that are another time each time.
pub(crate) const CLOCKS: &[&str] = &["_sdc_received_at", "_sdc_batched_at"];

impl Dump {
    fn new(columns: Vec<(String, String)>, mut rows: Vec<Vec<String>>) -> Self {
        rows.sort();
        Self { columns, rows }
    }

    /// The columns' names.
    pub(crate) fn names(&self) -> Vec<&str> {
        self.columns.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// The type of a column.
    #[track_caller]
    pub(crate) fn type_of(&self, column: &str) -> &str {
        &self.columns[self.place(column)].1
    }

    #[track_caller]
    fn place(&self, column: &str) -> usize {
        let place = self.columns.iter().position(|(name, _)| name == column);
        place.unwrap_or_else(|| panic!("no column {column:?} in {:?}", self.names()))
    }

    /// The rows with these columns only: one text for each, the cells between bars.
    #[track_caller]
    pub(crate) fn only(&self, columns: &[&str]) -> Vec<String> {
        let places: Vec<usize> = columns.iter().map(|column| self.place(column)).collect();
        let row =
            |row: &Vec<String>| places.iter().map(|&at| row[at].as_str()).collect::<Vec<_>>().join(" | ");
        let mut rows: Vec<String> = self.rows.iter().map(row).collect();
        rows.sort();
        rows
    }

    /// The rows by column name, without some columns: for tables of different destinations, or whose columns came in another order.
    pub(crate) fn records(&self, without: &[&str]) -> Vec<BTreeMap<&str, &str>> {
        let mut records: Vec<BTreeMap<&str, &str>> = self
            .rows
            .iter()
            .map(|row| {
                let cells =
                    self.columns.iter().zip(row).map(|((name, _), cell)| (name.as_str(), cell.as_str()));
                cells.filter(|(name, _)| !without.contains(name)).collect()
            })
            .collect();
        records.sort();
        records
    }
}

/// A table in memory.
pub(crate) fn memory(content: &Content, table: &TableName) -> Option<Dump> {
    let (stored, rows) = content.table(table)?;
    let columns = stored.table.columns.iter().map(|column| (column.name.clone(), column.ty.to_string()));
    Some(Dump::new(columns.collect(), rows.iter().map(|row| row.iter().map(cell).collect()).collect()))
}

fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Null => "NULL".to_owned(),
        Cell::Boolean(value) => value.to_string(),
        Cell::Number(digits) => digits.clone(),
        Cell::Date(days) => (epoch() + SignedDuration::from_hours(i64::from(*days) * 24)).date().to_string(),
        Cell::Time(micros) => (epoch() + SignedDuration::from_micros(*micros)).time().to_string(),
        Cell::Timestamp(micros) => instant(*micros),
        Cell::Text(text) => quoted(text),
        Cell::Uuid(bits) => uuid::Uuid::from_u128(*bits).to_string(),
        Cell::Bytes(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        Cell::Json(text) => canonical(text),
    }
}

/// A table of a DuckDB database.
pub(crate) fn duckdb(connection: &Connection, table: &TableName) -> Option<Dump> {
    let types = "select column_name, data_type from duckdb_columns() \
                 where database_name = current_database() and schema_name = ? and table_name = ? order by column_index";
    let mut statement = connection.prepare(types).expect("the catalog can be asked");
    let named = statement
        .query_map([&table.schema, &table.name], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
        })
        .expect("the catalog answers");
    let named: Vec<_> = named.map(|row| row.expect("the catalog answers")).collect();
    let columns: Vec<(String, Type)> =
        named.into_iter().map(|(name, ty)| (name, duckdb::DuckDb.type_named(&ty))).collect();
    if columns.is_empty() {
        return None;
    }
    let query = select(table, &columns, |column, ty| match ty {
        Type::Timestamp | Type::LocalTimestamp => format!("epoch_us({column})::varchar"),
        Type::Bytes => format!("lower(hex({column}))"),
        _ => format!("{column}::varchar"),
    });
    let mut statement = connection.prepare(&query).expect("the table can be read");
    let rows = statement
        .query_map([], |row| {
            let text =
                |(at, (_, ty)): (usize, &(String, Type))| Ok(shown(*ty, row.get::<_, Option<String>>(at)?));
            columns.iter().enumerate().map(text).collect()
        })
        .expect("the table can be read");
    Some(Dump::new(typed(&columns), rows.map(|row| row.expect("the row can be read")).collect()))
}

/// A table of a Postgres database.
pub(crate) fn postgres(client: &mut Client, table: &TableName) -> Option<Dump> {
    let types = "select a.attname, format_type(a.atttypid, a.atttypmod) from pg_attribute a join pg_class c on c.oid = a.attrelid \
                 join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and c.relname = $2 and a.attnum > 0 \
                 and not a.attisdropped order by a.attnum";
    let named = client.query(types, &[&table.schema, &table.name]).expect("the catalog can be asked");
    let columns: Vec<(String, Type)> =
        named.iter().map(|row| (row.get(0), postgres::Postgres.type_named(row.get(1)))).collect();
    if columns.is_empty() {
        return None;
    }
    let query = select(table, &columns, |column, ty| match ty {
        Type::Timestamp | Type::LocalTimestamp => {
            format!("(extract(epoch from {column}) * 1000000)::bigint::text")
        }
        Type::Bytes => format!("encode({column}, 'hex')"),
        _ => format!("{column}::text"),
    });
    let rows = client.query(&query, &[]).expect("the table can be read");
    let rows = rows.iter().map(|row| {
        let text = |(at, (_, ty)): (usize, &(String, Type))| shown(*ty, row.get::<_, Option<String>>(at));
        columns.iter().enumerate().map(text).collect()
    });
    Some(Dump::new(typed(&columns), rows.collect()))
}

fn select(table: &TableName, columns: &[(String, Type)], text: impl Fn(&str, Type) -> String) -> String {
    let columns: Vec<String> = columns.iter().map(|(name, ty)| text(&quote(name), *ty)).collect();
    format!("select {} from {}", columns.join(", "), target::sql::qualified(table))
}

fn typed(columns: &[(String, Type)]) -> Vec<(String, String)> {
    columns.iter().map(|(name, ty)| (name.clone(), ty.to_string())).collect()
}

/// A database's own text of a value, in the one form.
fn shown(ty: Type, text: Option<String>) -> String {
    let Some(text) = text else { return "NULL".to_owned() };
    match ty {
        ty if ty.is_numeric() => plain(&text),
        Type::Timestamp | Type::LocalTimestamp => instant(text.parse().expect("microseconds are a number")),
        Type::Time => text.parse::<civil::Time>().expect("a time of day").to_string(),
        Type::Json => canonical(&text),
        Type::Text | Type::Varchar { .. } | Type::Foreign => quoted(&text),
        _ => text,
    }
}

fn epoch() -> DateTime {
    civil::date(1970, 1, 1).at(0, 0, 0, 0)
}

/// RFC 3339 in UTC, with microseconds.
fn instant(micros: i64) -> String {
    format!("{:.6}Z", epoch() + SignedDuration::from_micros(micros))
}

/// A number as plain digits; what is none by the word that Python has for it.
fn plain(digits: &str) -> String {
    match digits {
        "NaN" | "nan" => "NaN".to_owned(),
        "Infinity" | "inf" => "Infinity".to_owned(),
        "-Infinity" | "-inf" => "-Infinity".to_owned(),
        digits => number::plain(digits, 100_000).expect("a number"),
    }
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("a text is JSON")
}

/// JSON with its members in order and its numbers in one form: a database may keep neither as they were sent.
pub(crate) fn canonical(json: &str) -> String {
    let json = json.trim();
    match json.as_bytes().first() {
        Some(b'{') => {
            let members: BTreeMap<String, &RawValue> = serde_json::from_str(json).expect("an object");
            let member =
                |(name, value): (String, &RawValue)| format!("{}:{}", quoted(&name), canonical(value.get()));
            format!("{{{}}}", members.into_iter().map(member).collect::<Vec<_>>().join(","))
        }
        Some(b'[') => {
            let elements: Vec<&RawValue> = serde_json::from_str(json).expect("an array");
            let elements: Vec<String> = elements.iter().map(|element| canonical(element.get())).collect();
            format!("[{}]", elements.join(","))
        }
        Some(b'"') => {
            serde_json::from_str::<String>(json).map_or_else(|_| json.to_owned(), |text| quoted(&text))
        }
        Some(b'-' | b'0'..=b'9') => plain(json),
        _ => json.to_owned(),
    }
}
