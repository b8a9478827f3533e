//! Tables and how they change.

use target::error::Class;
use target::table::{Column, Memory, Role, System, Table};
use target::types::Type;

use crate::support::messages::*;
use crate::support::place::{Place, everywhere, in_databases};

everywhere! {
    a_new_stream_makes_its_table,
    a_schema_alone_makes_the_table,
    what_is_described_is_what_was_made,
    a_new_property_adds_a_column_and_old_rows_have_null,
    a_property_that_is_gone_keeps_its_column_and_new_rows_have_null,
    an_integer_that_becomes_a_number_keeps_its_rows,
    an_integer_too_long_for_a_double_is_never_rounded,
    a_date_that_becomes_a_date_time_is_midnight_in_utc,
    a_number_that_becomes_an_integer_keeps_its_column,
    a_key_that_changes_its_type_is_an_error_with_both_types,
    properties_outside_the_schema_go_nowhere,
    without_metadata_a_merged_table_has_only_what_guards_it,
    without_metadata_an_appended_table_has_only_its_properties,
}

in_databases! {
    a_required_column_becomes_nullable,
    a_table_is_called_by_the_end_of_the_streams_name_and_no_two_streams_share_it,
    a_table_that_somebody_made_is_not_merged_into,
    a_column_that_the_user_added_is_left_alone,
}

const SYSTEM: [&str; 6] = [
    "_sdc_extracted_at",
    "_sdc_received_at",
    "_sdc_batched_at",
    "_sdc_deleted_at",
    "_sdc_sequence",
    "_sdc_table_version",
];

fn people() -> String {
    schema("people", &["id"], &[("id", INTEGER), ("name", TEXT)])
}

fn a_new_stream_makes_its_table(place: &Place) {
    let record = record_with(
        "people",
        r#"{"id":1,"name":"Ann"}"#,
        r#","sequence":5,"version":3,"time_extracted":"2024-05-06T07:08:09+02:00""#,
    );
    place.load("{}", &(people() + &record)).ok();
    let table = place.dump("people");
    assert_eq!(table.names(), [&["id", "name"], &SYSTEM[..]].concat());
    let stored =
        ["id", "name", "_sdc_sequence", "_sdc_table_version", "_sdc_extracted_at", "_sdc_deleted_at"];
    assert_eq!(table.only(&stored), [r#"1 | "Ann" | 5 | 3 | 2024-05-06T05:08:09.000000Z | NULL"#]);
    let clocks = table.only(&["_sdc_received_at", "_sdc_batched_at"]);
    assert!(!clocks[0].contains("NULL"), "{clocks:?}");
}

fn a_schema_alone_makes_the_table(place: &Place) {
    place.load("{}", &people()).ok();
    let table = place.dump("people");
    assert_eq!(table.names()[..2], ["id", "name"]);
    assert!(table.rows.is_empty());
}

fn what_is_described_is_what_was_made(place: &Place) {
    let properties = [
        ("key", TEXT, Type::Text),
        ("integer", INTEGER, Type::Integer),
        ("number", NUMBER, Type::Number),
        ("boolean", BOOLEAN, Type::Boolean),
        ("text", TEXT, Type::Text),
        ("date", DATE, Type::Date),
        ("time", TIME, Type::Time),
        ("timestamp", TIMESTAMP, Type::Timestamp),
        ("uuid", UUID, Type::Uuid),
        ("json", ANYTHING, Type::Json),
        ("id", INTEGER, Type::Integer),
    ];
    let told: Vec<(&str, &str)> = properties.iter().map(|(name, schema, _)| (*name, *schema)).collect();
    let input = schema("things", &["id", "key"], &told) + &sequenced("things", 1, r#"{"id":1,"key":"a"}"#);
    place.load("{}", &input).ok();
    let mut destination = place.open();
    let storage = destination.abilities().storage;
    let described = destination.describe(&place.table("things")).unwrap().expect("the table is there");
    let column = |(name, _, ty): &(&str, &str, Type)| {
        let key = ["id", "key"].contains(name);
        let role = if key { Role::Key } else { Role::Value };
        Column { name: (*name).to_owned(), ty: storage(*ty), nullable: !key, role }
    };
    let columns = properties.iter().map(column).chain(System::ALL.map(System::column)).collect();
    assert_eq!(described.table, Table { name: place.table("things"), columns });
    let memory = Memory {
        stream: "things".to_owned(),
        mode: "merge".to_owned(),
        keys: vec!["key".to_owned(), "id".to_owned()],
        sequence_source: Some("message".to_owned()),
        ..Memory::default()
    };
    let found = described.memory.expect("it is remembered");
    assert_eq!(Memory { columns: Vec::new(), schema: None, ..found }, memory);
    assert_eq!(destination.describe(&place.table("nothing")).unwrap(), None);
}

fn a_new_property_adds_a_column_and_old_rows_have_null(place: &Place) {
    place.load("{}", &(people() + &sequenced("people", 1, r#"{"id":1,"name":"Ann"}"#))).ok();
    let wider = schema("people", &["id"], &[("id", INTEGER), ("age", INTEGER), ("name", TEXT)]);
    let record = sequenced("people", 2, r#"{"id":2,"name":"Ben","age":7}"#);
    place.load("{}", &(wider + &record)).ok();
    assert_eq!(place.rows("people", &["id", "name", "age"]), [r#"1 | "Ann" | NULL"#, r#"2 | "Ben" | 7"#]);
    assert_eq!(place.dump("people").names(), [&["id", "name"], &SYSTEM[..], &["age"]].concat());
}

fn a_property_that_is_gone_keeps_its_column_and_new_rows_have_null(place: &Place) {
    let both = sequenced("people", 1, r#"{"id":1,"name":"Ann"}"#)
        + &sequenced("people", 1, r#"{"id":2,"name":"Ben"}"#);
    place.load("{}", &(people() + &both)).ok();
    let narrow = schema("people", &["id"], &[("id", INTEGER)]);
    let records = sequenced("people", 2, r#"{"id":2}"#) + &sequenced("people", 2, r#"{"id":3}"#);
    place.load("{}", &(narrow + &records)).ok();
    // The newer row of 2 takes the place of the whole older one: else the order of arrival would show.
    assert_eq!(place.rows("people", &["id", "name"]), [r#"1 | "Ann""#, "2 | NULL", "3 | NULL"]);
}

fn an_integer_that_becomes_a_number_keeps_its_rows(place: &Place) {
    let amount = |ty| schema("amounts", &["id"], &[("id", INTEGER), ("amount", ty)]);
    let whole = sequenced("amounts", 1, r#"{"id":1,"amount":-9007199254740992}"#)
        + &sequenced("amounts", 1, r#"{"id":2,"amount":null}"#);
    place.load("{}", &(amount(INTEGER) + &whole)).ok();
    assert_eq!(place.dump("amounts").type_of("amount"), "integer");
    let fraction = sequenced("amounts", 1, r#"{"id":3,"amount":0.5}"#);
    place.load("{}", &(amount(NUMBER) + &fraction)).ok();
    assert_eq!(place.rows("amounts", &["id", "amount"]), ["1 | -9007199254740992", "2 | NULL", "3 | 0.5"]);
    assert_ne!(place.dump("amounts").type_of("amount"), "integer");
}

fn an_integer_too_long_for_a_double_is_never_rounded(place: &Place) {
    let amount = |ty| schema("amounts", &["id"], &[("id", INTEGER), ("amount", ty)]);
    let whole = sequenced("amounts", 1, r#"{"id":1,"amount":9007199254740993}"#);
    place.load("{}", &(amount(INTEGER) + &whole)).ok();
    let loaded = place.load("{}", &(amount(NUMBER) + &sequenced("amounts", 1, r#"{"id":2,"amount":0.5}"#)));
    let rows = place.rows("amounts", &["id", "amount"]);
    // A database without decimals of any length refuses the change.
    match place {
        place if place.has_duckdb() => {
            loaded.fails(Class::Destination);
            assert_eq!(rows, ["1 | 9007199254740993"]);
        }
        _ => assert_eq!(rows, ["1 | 9007199254740993", "2 | 0.5"]),
    }
}

fn a_date_that_becomes_a_date_time_is_midnight_in_utc(place: &Place) {
    let day = |ty| schema("days", &["id"], &[("id", INTEGER), ("day", ty)]);
    place.load("{}", &(day(DATE) + &sequenced("days", 1, r#"{"id":1,"day":"2024-03-31"}"#))).ok();
    let later = sequenced("days", 1, r#"{"id":2,"day":"2024-03-31T12:00:00+02:00"}"#);
    place.load("{}", &(day(TIMESTAMP) + &later)).ok();
    let expected = ["1 | 2024-03-31T00:00:00.000000Z", "2 | 2024-03-31T10:00:00.000000Z"];
    assert_eq!(place.rows("days", &["id", "day"]), expected);
}

fn a_number_that_becomes_an_integer_keeps_its_column(place: &Place) {
    let amount = |ty| schema("amounts", &["id"], &[("id", INTEGER), ("amount", ty)]);
    place.load("{}", &(amount(NUMBER) + &sequenced("amounts", 1, r#"{"id":1,"amount":0.25}"#))).ok();
    let before = place.dump("amounts").columns;
    place.load("{}", &(amount(INTEGER) + &sequenced("amounts", 1, r#"{"id":2,"amount":3}"#))).ok();
    assert_eq!(place.rows("amounts", &["id", "amount"]), ["1 | 0.25", "2 | 3"]);
    assert_eq!(place.dump("amounts").columns, before);
}

fn a_key_that_changes_its_type_is_an_error_with_both_types(place: &Place) {
    let things = |ty| schema("things", &["id"], &[("id", ty)]);
    place.load("{}", &(things(INTEGER) + &sequenced("things", 1, r#"{"id":1}"#))).ok();
    let before = place.dump("things");
    let words = place
        .load("{}", &(things(TEXT) + &sequenced("things", 2, r#"{"id":"1"}"#) + &state(r#"{"n":1}"#)))
        .fails(Class::Usage);
    assert!(["\"id\"", "integer", "text"].iter().all(|word| words.contains(word)), "{words}");
    assert_eq!(place.dump("things"), before);
}

fn properties_outside_the_schema_go_nowhere(place: &Place) {
    let record = sequenced("people", 1, r#"{"id":1,"other":{"deep":[1]},"name":"Ann"}"#);
    place.load("{}", &(people() + &record)).ok();
    assert_eq!(place.rows("people", &["id", "name"]), [r#"1 | "Ann""#]);
    assert!(!place.dump("people").names().contains(&"other"));
}

fn without_metadata_a_merged_table_has_only_what_guards_it(place: &Place) {
    let settings = r#"{"add_record_metadata":false}"#;
    let records = sequenced("people", 2, r#"{"id":1,"name":"new"}"#)
        + &sequenced("people", 1, r#"{"id":1,"name":"old"}"#);
    place.load(settings, &(people() + &records)).ok();
    let guards = ["_sdc_deleted_at", "_sdc_sequence", "_sdc_table_version"];
    assert_eq!(place.dump("people").names(), [&["id", "name"], &guards[..]].concat());
    place.load(settings, &(people() + &sequenced("people", 1, r#"{"id":1,"name":"late"}"#))).ok();
    assert_eq!(place.rows("people", &["id", "name"]), [r#"1 | "new""#]);
}

fn without_metadata_an_appended_table_has_only_its_properties(place: &Place) {
    let input = schema("logs", &[], &[("line", TEXT)]) + &record("logs", r#"{"line":"x"}"#);
    place.load(r#"{"add_record_metadata":false}"#, &input).ok();
    assert_eq!(place.dump("logs").names(), ["line"]);
    assert_eq!(place.rows("logs", &["line"]), [r#""x""#]);
}

fn a_table_is_called_by_the_end_of_the_streams_name_and_no_two_streams_share_it(place: &Place) {
    let of = |stream: &str, name: &str| {
        schema(
            stream,
            &["id"],
            &[("id", INTEGER), ("name", TEXT), ("tags", r#"{"type":"array","items":{"type":"string"}}"#)],
        ) + &sequenced(stream, 1, &format!(r#"{{"id":1,"name":"{name}","tags":["x"]}}"#))
    };
    let input = of("shop-public-people", "Ann") + &of("crm-public-people", "Ben");
    place.load(r#"{"stream_name_separator":"-","nested":"subtables"}"#, &input).ok();
    assert_eq!(place.rows("people", &["id", "name"]), [r#"1 | "Ann""#]);
    assert_eq!(place.rows("people__tags", &["value"]), [r#""x""#]);
    let streams: Vec<String> = place.tables().into_keys().collect();
    assert_eq!(streams, ["crm-public-people", "shop-public-people"]);
}

fn a_required_column_becomes_nullable(place: &Place) {
    place.execute("create table people (id bigint not null, name varchar not null)");
    place.execute("insert into people values (1, 'Ann')");
    let records = record("people", r#"{"id":2}"#) + &record("people", r#"{"id":3,"name":null}"#);
    place.load(r#"{"load_method":"append-only"}"#, &(people() + &records)).ok();
    assert_eq!(place.rows("people", &["id", "name"]), [r#"1 | "Ann""#, "2 | NULL", "3 | NULL"]);
}

fn a_table_that_somebody_made_is_not_merged_into(place: &Place) {
    place.execute("create table people (id bigint, name varchar)");
    place.execute("insert into people values (1, 'Ann')");
    let input = people() + &sequenced("people", 1, r#"{"id":1,"name":"Ben"}"#);
    let words = place.load("{}", &input).fails(Class::Usage);
    assert!(words.contains("not made by this loader"), "{words}");
    assert_eq!(place.rows("people", &["id", "name"]), [r#"1 | "Ann""#]);
    assert_eq!(place.dump("people").names(), ["id", "name"]);
}

fn a_column_that_the_user_added_is_left_alone(place: &Place) {
    place.load("{}", &(people() + &sequenced("people", 1, r#"{"id":1,"name":"Ann"}"#))).ok();
    place.execute("alter table people add column mine varchar");
    place.execute("update people set mine = 'x'");
    place.load("{}", &(people() + &sequenced("people", 1, r#"{"id":2,"name":"Ben"}"#))).ok();
    assert_eq!(place.rows("people", &["id", "mine"]), [r#"1 | "x""#, "2 | NULL"]);
}
