//! Names of types, conversions, quotes and comments.

use target::sql::{self, Dialect, duckdb, postgres};
use target::types::Type;

use super::TYPES;
/// What a database says a column is must be read as the type that the loader made it with, or as the one that it is stored as.
#[test]
fn the_name_that_a_type_is_made_with_stands_for_it_again() {
    for ty in TYPES.into_iter().filter(|ty| *ty != Type::Foreign) {
        let stored = match ty {
            Type::BigInteger => Type::Number,
            ty => ty,
        };
        assert_eq!(postgres::Postgres.type_named(&postgres::Postgres.type_name(ty)), stored, "{ty}");
        let stored = match ty {
            Type::BigInteger => Type::Decimal { precision: 38, scale: 0 },
            Type::Number => Type::Double,
            Type::Varchar { .. } => Type::Text,
            ty => ty,
        };
        let name = duckdb::DuckDb.type_name(ty).to_uppercase();
        // DuckDB's own word for each, which its catalog has.
        assert_eq!(duckdb::DuckDb.type_named(&name), stored, "{ty}");
    }
    for unknown in [
        "",
        "UINTEGER",
        "REAL",
        "TIMESTAMP_NS",
        "timestamp(3) without time zone",
        "character(5)",
        "hstore",
        "numeric(1000,2)",
        "numeric(3,-2)",
        "DECIMAL(x)",
        "STRUCT(a INTEGER)",
        "ENUM('a')",
    ] {
        assert_eq!(postgres::Postgres.type_named(unknown), Type::Foreign, "{unknown}");
        assert_eq!(duckdb::DuckDb.type_named(unknown), Type::Foreign, "{unknown}");
    }
}

/// A decimal has up to 38 digits, a double 15 for sure: the database must look before it converts.
#[test]
fn a_column_that_becomes_double_does_so_without_a_loss_or_fails() {
    for from in [Type::Integer, Type::BigInteger, Type::Decimal { precision: 38, scale: 10 }] {
        let converted = duckdb::DuckDb.converted("\"n\"", from, Type::Double);
        assert!(converted.contains("error("), "{from} becomes {converted}");
    }
}

#[test]
fn a_name_stays_inside_its_quotes() {
    for name in ["a", "a\"b", "\"", "\"\"", "a\"; drop table x; --", "é😀", "a\\"] {
        let quoted = sql::quote(name);
        let inside = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap();
        assert!(!inside.replace("\"\"", "").contains('"'), "{quoted}");
        assert_eq!(inside.replace("\"\"", "\""), name);
    }
}

#[test]
fn the_words_of_a_script_stay_in_their_comments() {
    let statements = ["select 1".to_owned(), "select 2".to_owned()];
    let script = sql::script([
        ("a\n; drop table x;\r\u{85}\u{2028}\u{1b}b", &statements[..]),
        ("c", &statements[..1]),
    ]);
    let lines: Vec<&str> = script.lines().collect();
    let comment = r"-- a\n; drop table x;\r\u{85}\u{2028}\u{1b}b";
    assert_eq!(lines, [comment, "select 1;", "select 2;", "", "-- c", "select 1;"]);
    assert_eq!(sql::script([]), "");
}
