//! Names that a database would rather not have: every one loads, keeps its column, and shares it with no other.

use std::collections::BTreeSet;

use target::table::TableName;

use crate::support::messages::*;
use crate::support::place::{Place, everywhere, in_databases};
use crate::support::{folder, programs};

everywhere! {
    every_property_has_a_column_of_its_own_over_runs,
    every_stream_has_a_table_of_its_own_over_runs,
    a_key_may_have_any_name,
    a_name_that_comes_later_takes_nobody_s_column,
    a_table_with_quotes_in_its_name_changes_as_any_other,
    names_that_the_database_can_hold_stay_as_they_are,
}

in_databases! {
    a_schema_may_have_any_name,
}

/// Hostile names; the long ones share more bytes than Postgres keeps.
fn hostile() -> Vec<String> {
    let mut names: Vec<String> = [
        "quote\"s",
        "it's",
        "a.b",
        "a b",
        "a;drop table x;--",
        "a/b",
        "a\\b",
        "%s",
        "$1",
        "?",
        "{}",
        "tab\there",
        "line\nfeed",
        "select",
        "user",
        "table",
        "order",
        "null",
        "ctid",
        "rowid",
        "oid",
        "xmin",
        "Name",
        "name",
        "NAME",
        "nAme",
        "ç",
        "Ç",
        "ß",
        "ẞ",
        "İ",
        "i",
        "ı",
        "日本語",
        "🦀",
        "e\u{301}",
        "\u{e9}",
        " ",
        "  ",
        "1",
        "0x",
        "-",
        "_",
        "",
        "_sdc_sequence",
        "_SDC_Sequence",
        "_sdc_received_at",
        "_sdc_record_hash",
        "_sdc_table_version",
        "lastword_batch",
        "excluded",
        "t",
        "s",
    ]
    .map(str::to_owned)
    .to_vec();
    for end in ["a", "b", "A", ""] {
        names.push("long_".repeat(40) + end);
        names.push("ü".repeat(100) + end);
    }
    names
}

fn every_property_has_a_column_of_its_own_over_runs(place: &Place) {
    let mut names = hostile();
    names.push("nul\0in it".to_owned());
    let properties: Vec<(&str, &str)> =
        [("id", INTEGER)].into_iter().chain(names.iter().map(|name| (name.as_str(), INTEGER))).collect();
    let input = |id: usize, properties: &[(&str, &str)]| {
        let members: Vec<String> = properties
            .iter()
            .map(|(name, _)| format!("{}:{}", text(name), number(id, name, &names)))
            .collect();
        schema("things", &["id"], properties) + &sequenced("things", 1, &format!("{{{}}}", members.join(",")))
    };
    place.load("{}", &input(1, &properties)).ok();
    let columns = place.dump("things").columns;
    // In another order, and one after the other.
    let turned: Vec<(&str, &str)> = properties.iter().rev().copied().collect();
    place.load("{}", &input(2, &turned)).ok();
    let things = place.dump("things");
    assert_eq!(things.columns, columns, "no column is added");
    let folded: BTreeSet<String> = things.names().iter().map(|name| name.to_lowercase()).collect();
    if place.has_duckdb() {
        assert_eq!(folded.len(), columns.len(), "DuckDB takes names for one that differ in case only");
    }
    // Each column has one property's values: those of the two rows belong together, and none is twice.
    let mut seen = BTreeSet::new();
    let places = things.names().len();
    let guards = [
        "_sdc_extracted_at",
        "_sdc_received_at",
        "_sdc_batched_at",
        "_sdc_deleted_at",
        "_sdc_sequence",
        "_sdc_table_version",
    ];
    for at in (0..places).filter(|&at| !guards.contains(&things.names()[at]) && things.names()[at] != "id") {
        let values: Vec<usize> = things.rows.iter().map(|row| row[at].parse().unwrap()).collect();
        assert_eq!(values[0] + 1000, values[1], "column {:?}", things.names()[at]);
        assert!(seen.insert(values[0]), "column {:?} is another's too", things.names()[at]);
    }
    assert_eq!(seen.len(), names.len());
}

/// What the row `id` has for a property: its own number, and the row's thousands.
fn number(id: usize, name: &str, names: &[String]) -> usize {
    names.iter().position(|other| other == name).map_or(id, |at| id * 1000 + at)
}

fn every_stream_has_a_table_of_its_own_over_runs(place: &Place) {
    let mut names = hostile();
    names.extend(["_sdc_loads", "_sdc_rejected", "_sdc_tables", "_SDC_Loads", "pg_class"].map(str::to_owned));
    let input = |id: usize, names: &[String]| -> String {
        let stream = |name: &String| {
            let record = format!(r#"{{"id":{id},"of":{}}}"#, text(name));
            schema(name, &["id"], &[("id", INTEGER), ("of", TEXT)]) + &sequenced(name, 1, &record)
        };
        names.iter().map(stream).collect()
    };
    place.load("{}", &input(1, &names)).ok();
    let tables = place.tables();
    assert_eq!(tables.len(), names.len());
    let turned: Vec<String> = names.iter().rev().cloned().collect();
    place.load("{}", &input(2, &turned)).ok();
    assert_eq!(place.tables(), tables, "no table is added");
    let dumps = place.find_all(names.iter().map(|name| place.table(&tables[name])));
    for (name, dump) in names.iter().zip(dumps) {
        let rows = dump.expect("the table is there").only(&["id", "of"]);
        assert_eq!(rows, [format!("1 | {}", text(name)), format!("2 | {}", text(name))], "{name:?}");
    }
    // The loader's own tables are still its own.
    assert_eq!(place.bookmark(), None);
}

fn a_key_may_have_any_name(place: &Place) {
    let keys = hostile();
    let stream = |number: usize| format!("stream_{number}");
    let input = |sequences: [i64; 2]| -> String {
        let streams = keys.iter().enumerate().map(|(number, key)| {
            let at = |sequence: i64| {
                let record = format!(r#"{{{}:"k","value of it":{sequence}}}"#, text(key));
                sequenced(&stream(number), sequence, &record)
            };
            schema(&stream(number), &[key], &[(key, TEXT), ("value of it", INTEGER)])
                + &sequences.map(at).concat()
        });
        streams.collect()
    };
    place.load("{}", &input([2, 1])).ok();
    place.load("{}", &input([3, 2])).ok();
    let dumps = place.find_all((0..keys.len()).map(|number| place.table(&stream(number))));
    for (key, dump) in keys.iter().zip(dumps) {
        assert_eq!(dump.expect("the table is there").only(&["value of it"]), ["3"], "{key:?}");
    }
}

fn a_name_that_comes_later_takes_nobody_s_column(place: &Place) {
    let load = |properties: &[&str], sequence: i64| {
        let typed: Vec<(&str, &str)> =
            [("id", INTEGER)].into_iter().chain(properties.iter().map(|&name| (name, TEXT))).collect();
        let members: String =
            properties.iter().map(|name| format!(",{}:{}", text(name), text(name))).collect();
        let record = sequenced("things", sequence, &format!("{{\"id\":{sequence}{members}}}"));
        place.load("{}", &(schema("things", &["id"], &typed) + &record)).ok();
    };
    load(&["name"], 1);
    load(&["NAME"], 2);
    load(&["Name", "NAME", "name"], 3);
    load(&["name", "Name"], 4);
    let things = place.dump("things");
    // Each column of text holds one name only.
    for at in 0..things.names().len() {
        let values: BTreeSet<&str> =
            things.rows.iter().map(|row| row[at].as_str()).filter(|cell| cell.starts_with('"')).collect();
        assert!(values.len() <= 1, "column {:?} holds {values:?}", things.names()[at]);
    }
    let rows: Vec<usize> =
        things.rows.iter().map(|row| row.iter().filter(|cell| cell.starts_with('"')).count()).collect();
    assert_eq!(rows, [1, 1, 3, 2], "and no value is lost");
}

fn names_that_the_database_can_hold_stay_as_they_are(place: &Place) {
    let names = ["quote\"s", "a.b", "select", "Name", "日本語", "🦀", "a b"];
    let typed: Vec<(&str, &str)> = names.iter().map(|&name| (name, TEXT)).collect();
    place.load("{}", &schema("My \"Stream\"", &["Name"], &typed)).ok();
    assert_eq!(place.dump("My \"Stream\"").names()[..names.len()], names);
}

fn a_schema_may_have_any_name(place: &Place) {
    let folder = folder::fresh();
    for name in ["my \"schema\".x", "select"] {
        let input = |sequence: i64| {
            schema("things", &["id"], &[("id", INTEGER), ("n", INTEGER)])
                + &sequenced("things", sequence, &format!(r#"{{"id":1,"n":{sequence}}}"#))
                + &state(&sequence.to_string())
        };
        for sequence in [2, 1, 3] {
            let arguments = [&place.url(), "--schema", name];
            programs::target(folder.path(), &arguments, input(sequence).as_bytes()).ok();
        }
        let table = |table: &str| TableName { schema: name.to_owned(), name: table.to_owned() };
        let things = place.find_in(&table("things")).expect("the table is in the schema");
        assert_eq!(things.only(&["id", "n"]), ["1 | 3"]);
        let loads = place.find_in(&table("_sdc_loads")).expect("each schema has its own ledger");
        assert_eq!(loads.only(&["bookmark"]), [r#""1""#, r#""2""#, r#""3""#]);
    }
    assert!(place.find("things").is_none());
}

/// It is the same table in the next run, with what is remembered of it.
fn a_table_with_quotes_in_its_name_changes_as_any_other(place: &Place) {
    let name = r#"say "hi""#;
    let first =
        schema(name, &["id"], &[("id", INTEGER), ("n", INTEGER)]) + &sequenced(name, 2, r#"{"id":1,"n":1}"#);
    let second = schema(name, &["id"], &[("id", INTEGER), ("n", INTEGER), ("more", TEXT)])
        + &sequenced(name, 1, r#"{"id":1,"n":7,"more":"late"}"#)
        + &sequenced(name, 3, r#"{"id":2,"n":5,"more":"new"}"#);
    place.load("{}", &first).ok();
    place.load("{}", &second).ok();
    let twice = place.load("{}", &second).ok();
    assert_eq!(place.rows(r#"say "hi""#, &["id", "n", "more"]), ["1 | 1 | NULL", r#"2 | 5 | "new""#]);
    assert_eq!(twice.counts(r#"say "hi""#).duplicate, 1);
}
