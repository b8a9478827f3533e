//! A DuckLake by the real binary: what it says, and many loaders at once.

use std::fs;
use std::thread;

use serde_json::{Value, json};
use target::lake::Lake;

use crate::support::messages::{INTEGER, TEXT, schema, sequenced, state};
use crate::support::place::Place;
use crate::support::store::ObjectStore;
use crate::support::table::{self, CLOCKS};
use crate::support::{folder, lake, programs, setup};

/// The settings of a place, with others, as the text of a file.
fn settings(place: &Place, others: &Value) -> String {
    let mut settings = place.with_settings(others);
    settings["destination"] = place.url().into();
    settings.to_string()
}

fn people(rows: &[(i64, i64, &str)]) -> String {
    let head = schema("people", &["id"], &[("id", INTEGER), ("name", TEXT)]);
    let row = |(id, at, name): &(i64, i64, &str)| {
        sequenced("people", *at, &json!({"id": id, "name": name}).to_string())
    };
    head + &rows.iter().map(row).collect::<String>() + &state("1")
}

#[test]
fn a_lake_is_made_loaded_looked_at_and_tidied_up() {
    for place in [Place::ducklake_in_file(), Place::ducklake_in_postgres()] {
        let folder = folder::fresh();
        fs::write(folder.path().join("lake.json"), settings(&place, &json!({"schema": "raw"}))).unwrap();
        let run = |arguments: &[&str], input: &str| {
            programs::target(
                folder.path(),
                &[arguments, &["--config", "lake.json"]].concat(),
                input.as_bytes(),
            )
        };
        let planned = run(&["plan"], &people(&[(1, 1, "Ada")])).ok();
        assert!(planned.stdout.contains("_sdc_turn"), "{}", planned.stdout);
        run(&["check"], "").ok();
        assert!(run(&["state"], "").stdout.is_empty());
        let many: Vec<(i64, i64, &str)> = (0..3000).map(|id| (id, 1, "Ada")).collect();
        assert_eq!(run(&[], &people(&many)).ok().stdout, "1\n");
        run(&[], &people(&[(1, 2, "Bea"), (2, 0, "late"), (4000, 1, "Cy")])).ok();
        let checked = run(&["check"], "").ok().stdout;
        assert!(checked.contains("DuckLake") && checked.contains("raw: it is there"), "{checked}");
        assert!(run(&["status"], "").ok().stdout.contains("people"), "it lists the table");
        assert_eq!(run(&["state"], "").ok().stdout, "1\n");
        let rows = || {
            let name = target::table::TableName { schema: "raw".into(), name: "people".into() };
            place.find_in(&name).expect("it is there").only(&["id", "name"])
        };
        let before = rows();
        assert_eq!((before.len(), before.contains(&"1 | \"Bea\"".to_owned())), (3001, true));
        assert!(before.contains(&"2 | \"Ada\"".to_owned()));
        let tidied = run(&["maintain"], "").ok().stdout;
        assert!(tidied.contains("rows of the catalog") && !tidied.contains("snapshots"), "{tidied}");
        let tidied = run(&["maintain", "--expire", "0s"], "").ok().stdout;
        assert!(tidied.contains("snapshots taken away"), "{tidied}");
        assert_eq!(rows(), before);
        run(&[], &people(&[(1, 3, "Dee")])).ok();
        assert!(rows().contains(&"1 | \"Dee\"".to_owned()));
    }
}

#[test]
fn what_is_wrong_with_a_lake_is_said_without_its_password() {
    let folder = folder::fresh();
    let place = Place::ducklake_in_file();
    let run = |destination: &str, more: Value| {
        let mut given = place.with_settings(&more);
        given["destination"] = destination.into();
        fs::write(folder.path().join("lake.json"), given.to_string()).unwrap();
        programs::target(folder.path(), &["--config", "lake.json"], people(&[(1, 1, "Ada")]).as_bytes())
    };
    let nobody = "ducklake:postgres:host=/nowhere dbname=lake user=me password='s3 cret'";
    let said = run(nobody, json!({"data_path": "x", "max_retries": 0}));
    assert_eq!(said.code, 3, "{}", said.stderr);
    assert!(
        said.stderr.contains("cannot open the lake") && !said.stderr.contains("s3 cret"),
        "{}",
        said.stderr
    );
    let nothing = folder.path().join("nothing").display().to_string();
    let said = run(
        "ducklake:l.ducklake",
        json!({"extension_directory": nothing, "settings": {"custom_extension_repository": "/nowhere"}}),
    );
    assert_eq!(said.code, 3, "{}", said.stderr);
    assert!(said.stderr.contains("set extension_directory"), "{}", said.stderr);
    let said = programs::target(folder.path(), &["maintain", "ducklake:none.ducklake"], b"");
    assert!(said.code == 3 && said.stderr.contains("there is no lake"), "{}", said.stderr);
    assert!(!folder.path().join("none.ducklake").exists(), "and none is made");
    let said = programs::target(folder.path(), &["maintain", "duckdb:x.duckdb"], b"");
    assert_eq!(said.code, 2, "{}", said.stderr);
}

#[test]
fn a_lake_with_its_files_in_an_object_store_is_as_any_other() {
    let (folder, store) = (folder::fresh(), ObjectStore::start());
    let extensions = setup::extensions().display().to_string();
    let given = |data_path: &str| {
        let given = json!({
            "destination": "ducklake:lake.ducklake", "data_path": data_path, "s3": store.setting(),
            "extension_directory": extensions, "max_retries": 0,
        });
        fs::write(folder.path().join("lake.json"), given.to_string()).unwrap();
    };
    given("s3://lake/files/");
    let run = |arguments: &[&str], input: &str| {
        let arguments = [arguments, &["--config", "lake.json"]].concat();
        programs::target(folder.path(), &arguments, input.as_bytes())
    };
    let many: Vec<(i64, i64, &str)> = (0..3000).map(|id| (id, 1, "Ada")).collect();
    let (first, second) = (people(&many), people(&[(1, 2, "Bea"), (2, 0, "late"), (4000, 1, "Cy")]));
    run(&[], &first).ok();
    run(&[], &second).ok();
    let checked = run(&["check"], "").ok().stdout;
    assert!(checked.contains("s3://lake/files/"), "{checked}");
    run(&["maintain"], "").ok();
    let reference = Place::memory();
    reference.load("{}", &(first + &second)).ok();
    let store = store.setting();
    let store = store.as_object().expect("an object").iter();
    let text = |value: &Value| value.as_str().map_or(value.to_string(), str::to_owned);
    let lake = Lake {
        data_path: Some("s3://lake/files/".to_owned()),
        extension_directory: Some(extensions.clone()),
        store: Some(store.map(|(name, value)| (name.clone(), text(value))).collect()),
        ..Lake::of(&folder.path().join("lake.ducklake").display().to_string())
    };
    let stored = table::duckdb(&lake::connect(&lake), &reference.table("people")).expect("it is there");
    assert_eq!(stored.only(&["id", "name"]), reference.rows("people", &["id", "name"]));
    assert!(!folder.path().join("lake.ducklake.files").exists(), "no file of it is here");
    fs::remove_file(folder.path().join("lake.ducklake")).unwrap();
    given("s3://nowhere/files/");
    let said = run(&[], &people(&many));
    assert!(said.code == 3 && said.stderr.contains("nowhere"), "{}", said.stderr);
    assert!(!said.stderr.contains("s3cret"), "{}", said.stderr);
}

#[test]
fn eight_loaders_of_one_lake_give_the_table_that_one_gives() {
    let place = Place::ducklake_in_postgres();
    let folder = folder::fresh();
    let tap = |seed: &str| {
        let fixed = "--streams orders --rows 800 --updates 0.7 --deletes 0.1 --schema-change-at 400 --seed 7 --shuffle --duplicates 0.2 \
                     --late 0.3 --late-windows 3 --window";
        let arguments: Vec<&str> = fixed.split_whitespace().chain([seed]).collect();
        programs::tap(folder.path(), &arguments).ok().stdout
    };
    // Each has all of the stream, in another order.
    let streams: Vec<String> = (0..8).map(|loader| tap(&(20 + 45 * loader).to_string())).collect();
    fs::write(folder.path().join("lake.json"), settings(&place, &json!({"batch_size_rows": 300}))).unwrap();
    let ran: Vec<programs::Ran> = thread::scope(|scope| {
        let load =
            |stream: &str| programs::target(folder.path(), &["--config", "lake.json"], stream.as_bytes());
        let running: Vec<_> = streams.iter().map(|stream| scope.spawn(move || load(stream))).collect();
        running.into_iter().map(|loader| loader.join().expect("it ends")).collect()
    });
    ran.into_iter().for_each(|ran| drop(ran.ok()));
    let reference = Place::memory();
    reference.load("{}", &streams[0]).ok();
    let without = [CLOCKS, &["_sdc_extracted_at"]].concat();
    let (table, expected) = (place.dump("orders"), reference.dump("orders"));
    let (stored, expected) = (table.records(&without), expected.records(&without));
    for (stored, expected) in stored.iter().zip(&expected) {
        assert_eq!(stored, expected);
    }
    assert_eq!(stored.len(), expected.len());
}
