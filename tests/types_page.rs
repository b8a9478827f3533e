//! docs/types.md is made from the code: each schema in it is read, each type is named by the dialects, each value is decoded.
//!
//! `make golden` writes the page anew; the review is reading the diff.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use jiff::SignedDuration;
use jiff::civil;
use serde_json::{Value, json};
use target::column::Column;
use target::decode::{Decoder, Limits};
use target::schema::{self, Shape};
use target::sql::{Dialect, duckdb, postgres};
use target::time;
use target::types::{self, Type};

use crate::support::place::Place;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/types.md");

/// The schemas of the first table.
const SCHEMAS: &[&str] = &[
    r#"{"type": "boolean"}"#,
    r#"{"type": "integer"}"#,
    r#"{"type": "number"}"#,
    r#"{"type": "number", "multipleOf": 0.01}"#,
    r#"{"type": "number", "multipleOf": 1e-20}"#,
    r#"{"type": "string", "format": "singer.decimal", "additionalProperties": {"scale_precision": "(38,20)"}}"#,
    r#"{"type": "string", "format": "x-singer.decimal", "precision": 12, "scale": 3}"#,
    r#"{"type": "string", "format": "x-singer.decimal"}"#,
    r#"{"type": "string"}"#,
    r#"{"type": "string", "format": "email"}"#,
    r#"{"type": "string", "format": "date-time"}"#,
    r#"{"type": "string", "format": "date"}"#,
    r#"{"type": "string", "format": "time"}"#,
    r#"{"type": "string", "format": "uuid"}"#,
    r#"{"type": "string", "contentEncoding": "base64"}"#,
    r#"{"type": "string", "contentEncoding": "base16"}"#,
    r#"{"type": "object"}"#,
    r#"{"type": "array"}"#,
    "{}",
    "true",
    r#"{"type": ["integer", "string"]}"#,
    r#"{"type": ["integer", "object"]}"#,
    r#"{"enum": [1, 2]}"#,
    r#"{"const": "a"}"#,
    r#"{"anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}]}"#,
    r##"{"$ref": "#"}"##,
];

/// What a column of a type stores, and what it refuses.
fn words(ty: Type) -> (&'static str, &'static str) {
    match ty {
        Type::Boolean => ("`true`, `false`", "everything else"),
        Type::SmallInteger | Type::ShortInteger | Type::Integer => (
            "whole numbers, `1.0` and `1e3` too",
            "fractions; numbers beyond its bits (see [widening](#widening)); NaN, infinity",
        ),
        Type::BigInteger => ("whole numbers of any length", "fractions; NaN, infinity"),
        Type::Decimal { .. } => (
            "numbers with so many digits, every one of them",
            "more digits (see [widening](#widening)); NaN, infinity",
        ),
        Type::Number => (
            "numbers with every digit (Postgres: up to 16,000 on either side of the point; DuckDB: those that a double gives back), NaN, infinity",
            "more digits (see [widening](#widening))",
        ),
        Type::Double => (
            "numbers that a double gives back digit for digit, NaN, infinity",
            "more digits (see [widening](#widening))",
        ),
        Type::Date => (
            "days of the years 1 to 9999; a date-time that is midnight in UTC",
            "other text; another time of day (see [widening](#widening))",
        ),
        Type::Time => {
            ("times of day to the microsecond", "other text, `24:00:00`, a zone other than UTC, more digits")
        }
        Type::Timestamp | Type::LocalTimestamp => (
            "instants to the microsecond, in UTC",
            "other text, leap seconds, `24:00:00`, year 0, years of five digits, more digits",
        ),
        Type::Text | Type::Varchar { .. } => (
            "text as it was sent; numbers as their text",
            "half a surrogate pair; in Postgres U+0000 (setting `nul_bytes`)",
        ),
        Type::Uuid => ("UUIDs, in either case", "other text"),
        Type::Bytes => ("the bytes that the text stands for", "text in another encoding"),
        Type::Json => (
            "any JSON as it was sent (Postgres: `jsonb`, so without the order of members and the spelling of numbers)",
            "NaN, infinity; half a surrogate pair; in Postgres U+0000 (setting `nul_bytes`), and more than 6,000 levels",
        ),
        Type::Foreign => ("nothing", "everything"),
    }
}

fn storage() -> fn(Type) -> Type {
    Place::duckdb().open().abilities().storage
}

fn in_postgres(ty: Type) -> String {
    format!("`{}`", postgres::Postgres.type_name(ty))
}

fn in_duckdb(ty: Type, storage: fn(Type) -> Type) -> String {
    format!("`{}`", duckdb::DuckDb.type_name(storage(ty)))
}

fn read(property: &str) -> Shape {
    let property: Value = serde_json::from_str(property).expect("a schema is JSON");
    schema::read(&json!({"properties": {"a": property}})).expect("a schema")
}

fn table(out: &mut String, heads: &[&str], rows: impl IntoIterator<Item = Vec<String>>) {
    let _ = writeln!(out, "| {} |\n|{}", heads.join(" | "), "---|".repeat(heads.len()));
    for row in rows {
        let _ = writeln!(
            out,
            "| {} |",
            row.iter().map(|cell| cell.replace('|', "\\|")).collect::<Vec<_>>().join(" | ")
        );
    }
    out.push('\n');
}

fn schemas(out: &mut String) {
    let storage = storage();
    let rows = SCHEMAS.iter().map(|property| {
        let ty = read(property).properties[0].ty;
        let (stored, refused) = words(ty);
        vec![
            format!("`{property}`"),
            ty.to_string(),
            in_postgres(ty),
            in_duckdb(ty, storage),
            stored.to_owned(),
            refused.to_owned(),
        ]
    });
    table(out, &["JSON Schema", "Type", "Postgres", "DuckDB", "What is stored", "What is refused"], rows);
}

/// The types of columns that are never made, by the names that the databases have for them.
fn others(out: &mut String) {
    let postgres = [
        "smallint",
        "integer",
        "numeric(12,3)",
        "double precision",
        "timestamp without time zone",
        "character varying(255)",
    ];
    let duckdb = ["SMALLINT", "INTEGER", "HUGEINT", "DECIMAL(12,3)", "TIMESTAMP"];
    let rows = postgres
        .iter()
        .map(|name| ("Postgres", *name, postgres::Postgres.type_named(name)))
        .chain(duckdb.iter().map(|name| ("DuckDB", *name, duckdb::DuckDb.type_named(name))));
    let rows = rows.map(|(database, name, ty)| {
        vec![database.to_owned(), format!("`{}`", name.to_lowercase()), ty.to_string()]
    });
    table(out, &["Database", "Column", "Taken for"], rows);
}

/// Decodes `sent` as the property of a schema, in a column of type `ty`; the error's words where it is refused.
fn decoded(shape: &Shape, ty: Type, sent: &str, limits: Limits) -> Result<Column, String> {
    let property = shape.properties[0].clone();
    let mut decoder = Decoder::new(vec![(property, 0)], &[], None, true, limits);
    let mut columns = [Column::new(ty)];
    decoder.decode(&format!("{{\"a\":{sent}}}"), 0, &mut columns).map_err(|invalid| {
        let said = invalid.to_string();
        said.split_once(": ").map_or(said.clone(), |(_, why)| why.to_owned())
    })?;
    let [column] = columns;
    Ok(column)
}

/// Columns and values that they do not hold.
fn widening(out: &mut String) {
    let decimal = |precision, scale| Type::Decimal { precision, scale };
    let varchar = Type::Varchar { length: 5 };
    let values = [
        (Type::SmallInteger, "32768"),
        (Type::ShortInteger, "2147483648"),
        (Type::Integer, "9223372036854775808"),
        (Type::Integer, "1e38"),
        (Type::Integer, "1.5"),
        (decimal(5, 2), "1000"),
        (decimal(5, 2), "0.001"),
        (decimal(38, 20), "1e18"),
        (Type::Double, "9007199254740993"),
        (Type::Double, "0.1234567890123456789012345"),
        (Type::Double, "1e400"),
        (varchar, "\"longer\""),
        (Type::Date, "\"2024-01-01T12:00:00Z\""),
    ];
    let rows = values.map(|(column, sent)| {
        let becomes = |decimals| {
            let needed = types::needed(column, sent.trim_matches('"'), decimals).expect("there is one");
            assert!(types::widens_by_value(column, needed), "{column} to {needed}");
            needed
        };
        let (exact, limited) = (becomes(true), becomes(false));
        vec![
            column.to_string(),
            format!("`{sent}`"),
            format!("{exact}: {}", in_postgres(exact)),
            format!("{limited}: {}", in_duckdb(limited, |ty| ty)),
        ]
    });
    table(out, &["Column", "Value", "In Postgres it becomes", "In DuckDB it becomes"], rows);
}

fn epoch() -> civil::DateTime {
    civil::date(1970, 1, 1).at(0, 0, 0, 0)
}

const INSTANTS: &[&str] = &[
    "2024-02-29T12:00:00Z",
    "2024-02-29t12:00:00z",
    "2024-02-29 12:00:00",
    "2024-02-29T12:00",
    "2024-02-29",
    "2024-02-29T12:00:00+02:00",
    "2024-02-29T12:00:00+0200",
    "2024-02-29T12:00:00+02",
    "2024-02-29T12:00:00-14:00",
    "2024-02-29 12:00:00 UTC",
    "2024-02-29T12:00:00.123456",
    "2024-02-29T12:00:00,5Z",
    "2024-02-29T12:00:00.123456000Z",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999Z",
    "2024-02-29T12:00:00.1234567Z",
    "2023-02-29T12:00:00Z",
    "2016-12-31T23:59:60Z",
    "2024-02-29T24:00:00Z",
    "0000-00-00 00:00:00",
    "0000-01-01T00:00:00Z",
    "12026-01-01T00:00:00Z",
    "2024-02-29T12:00:00 Europe/Berlin",
    "20240229T120000Z",
    "1709208000",
];

fn times(out: &mut String) {
    let why = |error| match error {
        time::TimeError::Malformed => "refused".to_owned(),
        time::TimeError::TooPrecise => "refused: more precise than a microsecond".to_owned(),
    };
    let rows = INSTANTS.iter().map(|text| {
        let instant = time::timestamp(text);
        let instant = instant
            .map_or_else(why, |micros| format!("{:.6}Z", epoch() + SignedDuration::from_micros(micros)));
        vec![format!("`{text}`"), instant]
    });
    table(out, &["`date-time`", "Stored"], rows);
}

/// Values of a schema, with what comes of them in Postgres.
const VALUES: &[(&str, &[&str])] = &[
    (r#"{"type": "integer"}"#, &["1.0", "1e3", "-0", "1.5", "NaN", "\"1\""]),
    (r#"{"type": "number"}"#, &["1.50", "-0.0", "1e-7", "NaN", "-Infinity", "1e16001"]),
    (r#"{"type": "number", "multipleOf": 0.01}"#, &["19.99", "0.001", "Infinity"]),
    (
        r#"{"type": "string", "format": "singer.decimal"}"#,
        &["\"1.50\"", "\"1E+2\"", "\"+1\"", "\".5\"", "\" 1\"", "\"\"", "1.5"],
    ),
    (
        r#"{"type": "string", "contentEncoding": "base64"}"#,
        &["\"AAE=\"", "\"AAE\"", "\"-_8=\"", "\"AAF=\"", "\"A\"", "\"AA E\""],
    ),
    (r#"{"type": "string", "contentEncoding": "base16"}"#, &["\"00fF\"", "\"0\"", "\"0x00\""]),
    ("{}", &["[1, \"a\"]", "[NaN]", "\"\\ud800\"", "\"\\u0000\""]),
    (r#"{"type": "string"}"#, &["\"\"", "\"\\u0000\"", "\"\\\\u0000\"", "\"\\ud800\"", "1"]),
];

fn values(out: &mut String) {
    let limits = Limits { nul: target::decode::Nul::Reject, decimals: true, levels: usize::MAX };
    let rows = VALUES.iter().flat_map(|(property, values)| {
        let shape = read(property);
        values.iter().map(move |sent| {
            let outcome = decoded(&shape, shape.properties[0].ty, sent, limits);
            vec![
                format!("`{property}`"),
                format!("`{sent}`"),
                outcome.map_or_else(|why| format!("refused: {why}"), |_| "stored".to_owned()),
            ]
        })
    });
    table(out, &["JSON Schema", "Value", "In Postgres"], rows);
}

const HEAD: &str = "# Types

<!-- Made from the code by `make golden`. Do not edit it here. -->

A value is stored exactly as it was sent, or in a type wide enough, or its record is refused with a reason. Nothing is cut, rounded
or replaced.

## What a schema becomes

`null` is stored where the schema allows it beside the type. Every column but a key's may be NULL.

";

const COMBINED: &str = "Several types at once become the narrowest one that holds them all, as do the options of `anyOf` and `oneOf`. A property that only
some options of the stream itself declare has their type, and records of the others have null there or what fits. The parts of `allOf`
and what `$ref` points to are laid over the schema, where what stands nearer wins. A reference to itself is followed a few levels
deep; records are held against all of it. Schemas of the drafts 3, 4, 6, 7, 2019-09 and 2020-12 are taken, and of none; words that JSON
Schema does not know are passed over. `multipleOf` and the bounds of numbers hold for every digit.

";

const OTHERS: &str = "## Tables that somebody else made

These types are never made, but a column that has one keeps it for as long as its values fit. Times without a zone are UTC's.

";

const WIDENING: &str = "## Widening

A value that is fine by the schema but does not fit its column makes the column wider: what is stored is converted without a loss, and
the record is taken. A key column never changes its type: there the record is refused. NaN and infinity widen nothing.

";

const TIMES: &str = "In DuckDB a double that is to become a decimal must be one with every digit: where a stored one has more, the change fails and says so,
and nothing is rounded.

## Dates and times

No offset means UTC. Digits beyond the microsecond must be zeros.

";

const VALUES_HEAD: &str = "A date is `YYYY-MM-DD`, or such a text that is midnight in UTC. A time of day is the part behind the `T`, and its offset is UTC's.

## Values at the edges

`NaN`, `Infinity` and `-Infinity` are taken as bare words in records, as Python writes them; infinity needs Postgres 14.

";

const TAIL: &str = "U+0000 is refused where the database has none (Postgres, in text and in JSON at any depth), left out, or replaced by U+FFFD, as the
setting `nul_bytes` says. base64 is taken in both alphabets of RFC 4648, with padding or without, and with line ends; bits left over
must be zero. base16 is taken in either case. Text that stands for a number is written as JSON writes numbers, without spaces. A
text column that is there already keeps all of these as they were sent. Of a property that stands twice in a record the last one counts.
";

#[test]
fn the_page_of_types_is_what_the_code_does() {
    let mut page = HEAD.to_owned();
    schemas(&mut page);
    page += COMBINED;
    page += OTHERS;
    others(&mut page);
    page += WIDENING;
    widening(&mut page);
    page += TIMES;
    times(&mut page);
    page += VALUES_HEAD;
    values(&mut page);
    page += TAIL;
    let path = PathBuf::from(PAGE);
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, &page).expect("it can be written");
    }
    assert!(
        fs::read_to_string(&path).unwrap_or_default() == page,
        "docs/types.md is not what the code does: make golden"
    );
}
