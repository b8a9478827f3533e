//! Tables that somebody else made, with types that the loader never makes: their columns stay as they are.

use crate::support::messages::*;
use crate::support::place::{Place, in_databases};

in_databases! {
    the_columns_of_a_table_that_somebody_else_made_keep_their_types,
    instants_in_a_column_without_a_zone_are_utc_whatever_the_session_says,
    every_step_of_widening_keeps_what_is_stored,
}

fn types(place: &Place, table: &str) -> Vec<String> {
    place.dump(table).columns.into_iter().map(|(_, ty)| ty).collect()
}

fn the_columns_of_a_table_that_somebody_else_made_keep_their_types(place: &Place) {
    place.execute("create table theirs (small smallint, short integer, long bigint, moment timestamp, word varchar(5), day date)");
    let before = types(place, "theirs");
    let properties = [
        ("small", INTEGER),
        ("short", INTEGER),
        ("long", INTEGER),
        ("moment", TIMESTAMP),
        ("word", TEXT),
        ("day", DATE),
    ];
    let input = schema("theirs", &[], &properties)
        + &record(
            "theirs",
            r#"{"small":-32768,"short":2147483647,"long":9223372036854775807,"moment":"2024-01-01T00:00:00+02:00","word":"éééé😀","day":"2024-01-01"}"#,
        )
        + &record("theirs", "{}");
    place.load(r#"{"load_method":"append-only","add_record_metadata":false}"#, &input).ok();
    assert_eq!(types(place, "theirs"), before);
    let text = match place {
        Place::Postgres(_) => "text(5)",
        _ => "text",
    };
    assert_eq!(
        before,
        ["16-bit integer", "32-bit integer", "integer", "timestamp without zone", text, "date"]
    );
    let rows = place.rows("theirs", &["small", "short", "long", "moment", "word", "day"]);
    assert_eq!(
        rows,
        [
            "-32768 | 2147483647 | 9223372036854775807 | 2023-12-31T22:00:00.000000Z | \"éééé😀\" | 2024-01-01",
            "NULL | NULL | NULL | NULL | NULL | NULL",
        ]
    );
}

fn instants_in_a_column_without_a_zone_are_utc_whatever_the_session_says(place: &Place) {
    place.execute("create table theirs (moment timestamp)");
    if let Place::Postgres(_) = place {
        place.execute("do $$ begin execute format('alter database %I set timezone = ''Asia/Tokyo''', current_database()); end $$");
    }
    let input = schema("theirs", &[], &[("moment", TIMESTAMP)])
        + &record("theirs", r#"{"moment":"2024-06-01T12:00:00-05:00"}"#);
    place.load(r#"{"load_method":"append-only","add_record_metadata":false}"#, &input).ok();
    assert_eq!(place.rows("theirs", &["moment"]), ["2024-06-01T17:00:00.000000Z"]);
}

/// The SQL of each step, on values at the edges.
fn every_step_of_widening_keeps_what_is_stored(place: &Place) {
    use target::plan::Change;
    use target::sql::shared::Shared;
    use target::sql::{self, Dialect, duckdb, postgres};
    use target::types::Type;
    let decimal = |precision, scale| Type::Decimal { precision, scale };
    let dialect: &dyn Dialect = match place {
        Place::Postgres(_) => &postgres::Postgres,
        Place::DuckLake(..) => &Shared::DuckLake,
        Place::MotherDuck(_) => &Shared::MotherDuck,
        _ => &duckdb::DuckDb,
    };
    let in_duckdb = place.has_duckdb();
    for (from, to, values, expected) in [
        (Type::SmallInteger, Type::Integer, "-32768", "-32768"),
        (Type::ShortInteger, decimal(38, 20), "2147483647", "2147483647"),
        (Type::Integer, decimal(38, 0), "-9223372036854775808", "-9223372036854775808"),
        (Type::Integer, Type::Text, "9223372036854775807", "\"9223372036854775807\""),
        (decimal(5, 2), decimal(9, 4), "-999.99", "-999.99"),
        (decimal(5, 2), Type::Text, "120.50", if in_duckdb { "\"120.5\"" } else { "\"120.50\"" }),
        (decimal(5, 0), Type::Text, "100", "\"100\""),
        (Type::Double, decimal(38, 20), "0.1", "0.1"),
        (Type::Double, decimal(38, 20), "123456789.12345679", "123456789.12345679"),
        (Type::Double, decimal(38, 14), "1e22", "10000000000000000000000"),
        (Type::Double, decimal(38, 20), "-0.0000001", "-0.0000001"),
        (Type::Double, Type::Text, "0.30000000000000004", "\"0.30000000000000004\""),
        (Type::Double, Type::Text, "100", "\"100\""),
        (Type::Double, Type::Text, "'NaN'", "\"NaN\""),
        (Type::Double, Type::Text, "'-Infinity'", "\"-Infinity\""),
        (Type::Varchar { length: 5 }, Type::Text, "'a é'", "\"a é\""),
        (Type::Date, Type::Timestamp, "'0001-01-01'", "0001-01-01T00:00:00.000000Z"),
        (
            Type::LocalTimestamp,
            Type::Timestamp,
            "'2024-01-01 12:00:00.123456'",
            "2024-01-01T12:00:00.123456Z",
        ),
    ] {
        place.execute(&format!(
            "drop table if exists steps; create table steps (n {}); insert into steps values ({values}), (null)",
            dialect.type_name(from)
        ));
        let table = target::table::Table { name: place.table("steps"), columns: Vec::new() };
        place.execute(&sql::change(dialect, &table, &Change::Widen { column: "n".into(), from, to }));
        let mut expected = vec![expected.to_owned(), "NULL".to_owned()];
        expected.sort();
        assert_eq!(place.rows("steps", &["n"]), expected, "{from} to {to}");
    }
}

/// As numbers are written that come when the column is text already.
#[test]
fn duckdb_writes_a_double_in_plain_digits() {
    use target::sql::{Dialect, duckdb};
    use target::types::Type;
    let connection = ::duckdb::Connection::open_in_memory().unwrap();
    for number in
        ["0.0", "-0.0", "100", "-1.5e22", "1.2345678901234568e16", "-1.25e-7", "1e300", "5e-324", "0.0001"]
    {
        let converted = duckdb::DuckDb.converted("n", Type::Double, Type::Text);
        let query = format!("select {converted} from (select '{number}'::double as n)");
        let found: String = connection.query_row(&query, [], |row| row.get(0)).unwrap();
        assert_eq!(found, target::number::one_way(number));
    }
}

/// A double that no such decimal is fails the change; nothing is rounded.
#[test]
fn duckdb_does_not_round_a_double_into_a_decimal() {
    use target::sql::{Dialect, duckdb};
    use target::types::Type;
    let connection = ::duckdb::Connection::open_in_memory().unwrap();
    let to = Type::Decimal { precision: 38, scale: 20 };
    for (value, fits) in [
        ("1e-20", true),
        ("1.5e-20", false),
        ("1e-21", false),
        ("1e18", false),
        ("1e17", true),
        ("'NaN'", false),
        ("'inf'", false),
    ] {
        let converted = duckdb::DuckDb.converted("n", Type::Double, to);
        let query = format!("select ({converted})::varchar from (select {value}::double as n)");
        let found: Result<Option<String>, _> = connection.query_row(&query, [], |row| row.get(0));
        assert_eq!(found.is_ok(), fits, "{value}: {found:?}");
    }
}
