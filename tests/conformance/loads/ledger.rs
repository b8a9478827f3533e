//! What is written down of tables and of refused records, and what the destination is asked.

use target::error::Class;
use target::flush::{Reject, Replayed};
use target::plan::Change;
use target::table::Memory;
use target::types::Type;

use super::{Place, commit, loader, merge, row, stored, things};
use crate::support::messages::*;
use crate::support::place::{everywhere, in_databases};

everywhere! {
    all_that_is_remembered_of_a_table_is_there_again,
    what_is_remembered_never_becomes_less,
    two_loads_of_different_sources_do_not_mix,
    refused_records_are_there_to_be_sent_through_again,
    a_value_that_has_no_equal_in_another_type_does_not_fit,
    every_day_has_its_instant,
}

in_databases! {
    the_ledger_of_the_version_before_is_brought_up,
    a_table_that_was_dropped_is_not_taken_for_what_it_was,
    statements_of_a_person_are_run_and_remembered_together,
    a_view_that_stands_in_the_way_goes_though_the_setting_is_off,
}

fn memory(place: &Place) -> Memory {
    place
        .open()
        .describe(&things(place))
        .unwrap()
        .expect("the table is there")
        .memory
        .expect("it is remembered")
}

fn all_that_is_remembered_of_a_table_is_there_again(place: &Place) {
    let mut loader = loader(place);
    let mut load = merge(things(place), vec![row(1, 1, "a")]).hard(true).load(&mut *loader.destination);
    load.memory.schema = Some(r#"{"type":"object"}"#.to_owned());
    load.memory.load_id = Some(loader.run.clone());
    load.memory.active_version = Some(3);
    load.memory.arrival_sequence = Some(9);
    load.batch = None;
    load.counts.received = 0;
    let columns = load.table.columns.iter().map(|column| column.name.clone()).collect();
    let expected =
        Memory { tombstones: Some("things__tombstones".to_owned()), columns, ..load.memory.clone() };
    loader.send(load).unwrap();
    drop(loader);
    assert_eq!(memory(place), expected);
}

fn what_is_remembered_never_becomes_less(place: &Place) {
    let mut loader = loader(place);
    let wide = merge(things(place), vec![]).with("more", Type::Integer);
    let narrow = merge(things(place), vec![row(1, 1, "a").version(5)]).load(&mut *loader.destination);
    loader.commit(&wide.clone().activate(5, true));
    // Prepared before the other was there.
    let mut late = narrow;
    late.changes = vec![];
    late.memory.arrival_sequence = Some(4);
    late.memory.schema = None;
    loader.send(late).unwrap();
    drop(loader);
    let memory = memory(place);
    assert_eq!((memory.active_version, memory.arrival_sequence), (Some(5), Some(4)));
    assert!(memory.columns.contains(&"more".to_owned()), "{:?}", memory.columns);
}

fn two_loads_of_different_sources_do_not_mix(place: &Place) {
    let mut loader = loader(place);
    let other = merge(things(place), vec![row(1, 1, "b")]).source("arrival (nanoseconds)");
    let mut other = other.load(&mut *loader.destination);
    loader.commit(&merge(things(place), vec![row(1, 1, "a")]));
    other.changes.retain(|change| *change != Change::CreateTable);
    let error = loader.send(other).unwrap_err();
    drop(loader);
    assert_eq!(error.class(), Class::Destination);
    let words = error.to_string();
    assert!(words.contains("message") && words.contains("arrival (nanoseconds)"), "{words}");
    assert!(error.hint_text().is_some_and(|hint| hint.contains("run again")));
    assert_eq!(stored(place), [r#"1 | "a" | 1"#]);
}

fn refused_records_are_there_to_be_sent_through_again(place: &Place) {
    let reject = |line: u64, record: &str| Reject {
        at: 1_700_000_000_000_000 + line as i64,
        schema: (line == 3).then(|| "elsewhere".to_owned()),
        table: "things".to_owned(),
        reason: "because".to_owned(),
        record: record.to_owned(),
        line,
        place: None,
        sequence: (line == 1).then_some(-5),
        table_version: (line == 2).then_some(7),
        time_extracted: (line == 2).then(|| "2024-01-01T00:00:00Z".to_owned()),
    };
    let mut loader = loader(place);
    assert!(loader.destination.rejected().unwrap().is_empty());
    loader.refuse(vec![reject(2, "{}"), reject(1, r#"{"é":"'"}"#), reject(3, "{}")], vec![]);
    let all = loader.destination.rejected().unwrap();
    let rejects: Vec<&Reject> = all.iter().map(|(_, reject)| reject).collect();
    assert_eq!(rejects, [&reject(1, r#"{"é":"'"}"#), &reject(2, "{}"), &reject(3, "{}")], "the oldest first");
    let name = |at: usize| all[at].0.clone();
    let elsewhere = Replayed { load_id: "another run".to_owned(), ..name(1) };
    let of_another = Replayed { table: "other things".to_owned(), ..name(1) };
    let in_another = Replayed { schema: Some("elsewhere".to_owned()), ..name(1) };
    // One of them is refused again: it has one row afterwards, not two.
    loader.refuse(vec![reject(9, "{}")], vec![name(0), name(2), elsewhere, of_another, in_another]);
    let left: Vec<u64> = loader.destination.rejected().unwrap().iter().map(|(name, _)| name.line).collect();
    assert_eq!(left, [2, 9]);
    // Of a line that names a file each record is one of its own.
    let within = |place: &str| Reject { place: Some(place.to_owned()), ..reject(20, "{}") };
    let places = ["\"a b\", line 1", "\"é'\", line 1", "\"é'\", line 2"];
    loader.refuse(places.map(within).to_vec(), vec![name(1)]);
    let mut all = loader.destination.rejected().unwrap();
    all.retain(|(name, _)| name.line == 20);
    assert_eq!(all.iter().map(|(_, reject)| reject.clone()).collect::<Vec<_>>(), places.map(within));
    loader.refuse(vec![], vec![all[1].0.clone(), Replayed { place: None, ..all[0].0.clone() }]);
    let left: Vec<Option<String>> =
        loader.destination.rejected().unwrap().into_iter().map(|(name, _)| name.place).collect();
    assert_eq!(left, [None, Some(places[0].to_owned()), Some(places[2].to_owned())]);
}

fn a_value_that_has_no_equal_in_another_type_does_not_fit(place: &Place) {
    let number = |ty| schema("numbers", &["id"], &[("id", INTEGER), ("n", ty)]);
    let records = |values: &[&str]| -> String {
        let record = |(id, n): (usize, &&str)| sequenced("numbers", 1, &format!(r#"{{"id":{id},"n":{n}}}"#));
        values.iter().enumerate().map(record).collect()
    };
    place.load("{}", &(number(NUMBER) + &records(&["0.5", "-12.25", "null"]))).ok();
    let from = place.open().describe(&place.table("numbers")).unwrap().unwrap().table.columns[1].ty;
    let fits = |to| place.open().fits(&place.table("numbers"), "n", from, to).unwrap();
    assert!(fits(Type::Decimal { precision: 10, scale: 2 }));
    assert!(!fits(Type::Decimal { precision: 10, scale: 1 }), "a digit would be lost");
    assert!(!fits(Type::Decimal { precision: 3, scale: 2 }), "it is too long");
    assert!(!fits(Type::Integer));
}

fn every_day_has_its_instant(place: &Place) {
    let days = schema("days", &["id"], &[("id", INTEGER), ("day", DATE)]);
    let records =
        sequenced("days", 1, r#"{"id":1,"day":"2024-03-31"}"#) + &sequenced("days", 1, r#"{"id":2}"#);
    place.load("{}", &(days + &records)).ok();
    assert!(place.open().fits(&place.table("days"), "day", Type::Date, Type::Timestamp).unwrap());
}

fn the_ledger_of_the_version_before_is_brought_up(place: &Place) {
    commit(place, [merge(things(place), vec![row(1, 1, "a")]).with("more", Type::Integer)]);
    for column in ["columns", "tombstones", "latest_view", "load_id", "schema", "activated"] {
        place.execute(&format!("alter table _sdc_tables drop column {column}"));
    }
    for column in ["table_version", "time_extracted", "place", "table_schema"] {
        place.execute(&format!("alter table _sdc_rejected drop column {column}"));
    }
    assert_eq!(memory(place).columns, Vec::<String>::new());
    place.execute("update things set more = 7");
    // All columns that are there were the loader's.
    commit(place, [merge(things(place), vec![row(1, 2, "b")])]);
    assert_eq!(place.rows("things", &["id", "more"]), ["1 | NULL"]);
    assert!(memory(place).columns.contains(&"more".to_owned()));
    // And where only the last one is missing.
    let (table, newest) = target::sql::ledger::NEWEST_COLUMN;
    place.execute(&format!("alter table {table} drop column {newest}"));
    commit(place, [merge(things(place), vec![row(1, 3, "c")])]);
    assert!(place.dump(table).names().contains(&newest));
}

fn a_table_that_was_dropped_is_not_taken_for_what_it_was(place: &Place) {
    let mut first = loader(place);
    first.commit(&merge(things(place), vec![row(1, 1, "a")]).with("more", Type::Integer).activate(9, true));
    drop(first);
    place.execute("drop table things");
    assert_eq!(place.open().describe(&things(place)).unwrap(), None);
    commit(place, [merge(things(place), vec![row(1, 1, "new")]).source("property at")]);
    assert_eq!(stored(place), [r#"1 | "new" | 1"#]);
    let memory = memory(place);
    assert_eq!((memory.active_version, memory.sequence_source.as_deref()), (None, Some("property at")));
    assert!(!memory.columns.contains(&"more".to_owned()));
}

fn statements_of_a_person_are_run_and_remembered_together(place: &Place) {
    place.execute("create table things (id bigint, x varchar)");
    let remembered = Memory {
        stream: "things".to_owned(),
        mode: "merge".to_owned(),
        keys: vec!["id".to_owned()],
        columns: vec!["id".to_owned(), "x".to_owned()],
        ..Memory::default()
    };
    let add = "alter table things add column _sdc_sequence bigint".to_owned();
    let wrong = "alter table nothing add column x bigint".to_owned();
    let mut destination = place.open();
    let failed = destination.administer(&[add.clone(), wrong], &remembered, &things(place));
    assert_eq!(failed.unwrap_err().class(), Class::Destination);
    let described = destination.describe(&things(place)).unwrap().unwrap();
    assert_eq!((described.memory, described.table.columns.len()), (None, 2), "all of it or nothing");
    let row = "insert into things (id, _sdc_sequence) values (1, 7)".to_owned();
    destination.administer(&[add, row], &remembered, &things(place)).unwrap();
    // A loader that comes to it later, with a plan of before, changes nothing.
    let forget = "update things set _sdc_sequence = null".to_owned();
    let other = Memory { arrival_sequence: Some(1), ..remembered.clone() };
    destination.administer(&[forget], &other, &things(place)).unwrap();
    drop(destination);
    assert_eq!(place.rows("things", &["id", "_sdc_sequence"]), ["1 | 7"]);
    assert_eq!(memory(place), remembered);
    assert_eq!(place.dump("things").names(), ["id", "x", "_sdc_sequence"]);
}

fn a_view_that_stands_in_the_way_goes_though_the_setting_is_off(place: &Place) {
    let (on, off) =
        (r#"{"load_method":"append-only","latest_view":true}"#, r#"{"load_method":"append-only"}"#);
    let input = |ty, n: &str| {
        schema("things", &["id"], &[("id", INTEGER), ("n", ty)])
            + &sequenced("things", 1, &format!(r#"{{"id":{n},"n":1}}"#))
    };
    place.load(on, &input(INTEGER, "1")).ok();
    assert_eq!(memory(place).latest_view.as_deref(), Some("things_latest"));
    place.load(off, &input(INTEGER, "2")).ok();
    assert_eq!(place.rows("things_latest", &["id"]), ["1", "2"], "nothing stands in the way");
    place.load(off, &input(NUMBER, "3")).ok();
    assert!(place.find("things_latest").is_none());
    assert_eq!(memory(place).latest_view, None);
    place.load(on, &input(NUMBER, "4")).ok();
    assert_eq!(place.rows("things_latest", &["id"]).len(), 4);
    assert_eq!(memory(place).latest_view.as_deref(), Some("things_latest"));
}
