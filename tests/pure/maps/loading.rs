//! Lines in, rows out, by way of maps, over the reference destination.

use serde_json::{Value, json};
use target::destination::memory::{Cell, Memory};
use target::error::Class;
use target::intake::Step;

use super::super::stage::{self, Loader};

fn loader(maps: &Value) -> Loader {
    loader_with(maps, &json!({}))
}

fn loader_with(maps: &Value, more: &Value) -> Loader {
    let mut settings = json!({"stream_maps": maps, "add_record_metadata": false});
    for (name, value) in more.as_object().unwrap() {
        settings[name] = value.clone();
    }
    Loader::new(&Memory::new(), &settings)
}

fn people() -> String {
    let properties = json!({"id": {"type": "integer"}, "name": {"type": ["string", "null"]}});
    stage::schema("people", &properties, &["id"])
}

fn person(id: i64, name: &str) -> String {
    stage::record("people", &json!({"id": id, "name": name}), &json!({"sequence": id}))
}

/// The values of one column, in the order of the rows.
fn column(loader: &Loader, table: &str, column: &str) -> Vec<String> {
    let place = stage::table(&loader.memory, table).columns.iter().position(|found| found.name == column);
    let place = place.unwrap_or_else(|| panic!("{table} has no {column}"));
    stage::rows(&loader.memory, table).iter().map(|row| shown(&row[place])).collect()
}

fn shown(cell: &Cell) -> String {
    format!("{cell:?}")
}

fn columns(loader: &Loader, table: &str) -> Vec<String> {
    let columns = stage::table(&loader.memory, table).columns;
    columns.into_iter().map(|column| column.name).filter(|name| !name.starts_with("_sdc_")).collect()
}

#[test]
fn a_stream_is_loaded_as_its_map_says() {
    let map =
        json!({"people": {"__alias__": "persons", "called": "name", "name": null, "__filter__": "id != 2"}});
    let mut loader = loader(&map);
    let lines = [people(), person(1, "Ada"), person(2, "Bob"), person(3, "Cid"), person(1, "Ada")];
    loader.load(lines.iter().map(String::as_str)).unwrap();
    assert_eq!(columns(&loader, "persons"), ["id", "called"]);
    assert_eq!(column(&loader, "persons", "called").len(), 2);
    assert!(stage::rows(&loader.memory, "people").is_empty());
    // What was left out is not among what was received.
    let counts = loader.counts;
    assert_eq!((counts.received, counts.inserted, counts.duplicate, counts.remainder()), (3, 2, 1, 0));
    assert_eq!(loader.intake.filtered().collect::<Vec<_>>(), [("persons", 1)]);
}

#[test]
fn one_stream_feeds_several() {
    let maps = json!({
        "names": {"__source__": "people", "__else__": null, "name": "name"},
        "some": {"__source__": "people", "__filter__": "id > 1"},
    });
    let mut loader = loader(&maps);
    let lines = [people(), person(1, "Ada"), person(2, "Bob")];
    loader.load(lines.iter().map(String::as_str)).unwrap();
    let rows = |table: &str| stage::rows(&loader.memory, table).len();
    assert_eq!((rows("people"), rows("names"), rows("some")), (2, 2, 1));
    assert_eq!((loader.counts.received, loader.counts.remainder()), (5, 0));
}

/// A value that asks for a wider column makes its stream ask for a flush; the streams before it have the record then.
#[test]
fn a_record_that_is_given_back_half_way_is_taken_once_by_each_stream() {
    let maps = json!({
        "copy": {"__source__": "log", "n": "str(n)"},
        "again": {"__source__": "log"},
    });
    let mut loader = loader_with(&maps, &json!({"validate_records": false}));
    let log = stage::schema("log", &json!({"n": {"type": "integer"}}), &[]);
    let entry = |n: &str| format!(r#"{{"type":"RECORD","stream":"log","record":{{"n":{n}}}}}"#);
    loader.line(&log).unwrap();
    let steps: Vec<Step> =
        ["1", "12345678901234567890"].iter().map(|n| loader.step(&entry(n)).unwrap()).collect();
    assert_eq!(steps, [Step::Taken, Step::FlushFirst]);
    loader.line(&entry("12345678901234567890")).unwrap();
    loader.flush().unwrap();
    for table in ["log", "copy", "again"] {
        assert_eq!(stage::rows(&loader.memory, table).len(), 2, "{table}");
    }
}

#[test]
fn a_dropped_stream_is_skipped_and_its_state_goes_through() {
    for maps in [json!({"people": null}), json!({"p*": "__NULL__"}), json!({"__else__": null, "x": {}})] {
        let mut loader = loader(&maps);
        let version = r#"{"type":"ACTIVATE_VERSION","stream":"people","version":1}"#;
        let batch = r#"{"type":"BATCH","stream":"people","manifest":[],"encoding":{}}"#;
        let state = r#"{"type":"STATE","value":{"people": 2}}"#;
        // A dropped stream may even come without a SCHEMA.
        for line in [&person(1, "Ada"), &people(), &person(2, "Bob"), version, batch, state] {
            assert_eq!(loader.step(line).unwrap(), Step::Taken, "{line}");
        }
        let flush = loader.sealed().unwrap().unwrap();
        assert_eq!((flush.loads.len(), flush.bookmark.as_deref()), (0, Some(r#"{"people": 2}"#)));
        let notes = loader.intake.notes();
        let words: Vec<&str> = notes.iter().map(|note| note.words.as_str()).collect();
        assert_eq!(words, ["people is dropped, as stream_maps says"]);
    }
}

#[test]
fn streams_without_a_map_are_as_they_were() {
    let mut loader = loader(&json!({"others": {"__filter__": "False"}}));
    let lines = [people(), person(1, "Ada"), person(2, "Bob")];
    loader.load(lines.iter().map(String::as_str)).unwrap();
    assert_eq!(column(&loader, "people", "id").len(), 2);
    // The name of another stream's table is no stream that was sent.
    let mut aliased = self::loader(&json!({"people": {"__alias__": "persons"}}));
    aliased.line(&people()).unwrap();
    let error = aliased.line(&person(1, "Ada").replace("people", "persons")).unwrap_err();
    assert!(error.to_string().contains("before its SCHEMA"), "{error}");
    let error = aliased.line(&people().replace("people", "persons")).unwrap_err();
    assert_eq!(error.class(), Class::Usage);
    assert!(error.to_string().contains("would be made of \"people\" and of \"persons\""), "{error}");
}

#[test]
fn versions_and_deletes_work_by_way_of_maps() {
    let settings = json!({"hard_delete": true, "deleted_property": "gone", "add_record_metadata": true});
    let map = json!({"people": {"__alias__": "persons", "__else__": null, "gone": "name == 'x'"}});
    let mut loader = loader_with(&map, &settings);
    let person = |id: i64, name: &str, version: i64, sequence: i64| {
        let around = json!({"version": version, "sequence": sequence});
        stage::record("people", &json!({"id": id, "name": name}), &around)
    };
    let lines = [people(), person(1, "a", 1, 1), person(2, "b", 1, 1), person(1, "x", 1, 2)];
    loader.load(lines.iter().map(String::as_str)).unwrap();
    assert_eq!(stage::rows(&loader.memory, "persons").len(), 1);
    let next =
        [person(3, "c", 2, 3), r#"{"type":"ACTIVATE_VERSION","stream":"people","version":2}"#.to_owned()];
    loader.load(next.iter().map(String::as_str)).unwrap();
    assert_eq!(column(&loader, "persons", "id"), [shown(&stage::rows(&loader.memory, "persons")[0][0])]);
    assert_eq!(stage::rows(&loader.memory, "persons").len(), 1);
}

#[test]
fn a_reject_holds_the_mapped_record() {
    let map = json!({"people": {"name": "md5(name)", "n": "int(name)"}});
    let mut loader = loader_with(&map, &json!({"on_invalid_record": "reject"}));
    loader.line(&people()).unwrap();
    loader.line(&person(1, "7")).unwrap();
    loader.line(&person(2, "x")).unwrap();
    let flush = loader.sealed().unwrap().unwrap();
    let counts = flush.loads[0].counts;
    assert_eq!((counts.received, counts.rejected), (2, 1));
    let record = r#"{"id":2,"name":"9dd4e461268c8034f5c8564e155c67a6","n":"x"}"#;
    assert_eq!(flush.rejects[0].record, record);
    assert!(flush.rejects[0].reason.starts_with("property \"n\""), "{}", flush.rejects[0].reason);
}

#[test]
fn a_schema_that_changes_is_mapped_anew() {
    let mut loader = loader(&json!({"people": {"called": "name", "name": null}}));
    loader.load([people().as_str(), &person(1, "Ada")]).unwrap();
    let wider = people().replace(r#""name""#, r#""age":{"type":"integer"},"name""#);
    let older = stage::record("people", &json!({"id": 2, "name": "Bob", "age": 5}), &json!({"sequence": 2}));
    loader.load([people().as_str(), &wider, &wider, &older]).unwrap();
    assert_eq!(columns(&loader, "people"), ["id", "called", "age"]);
    assert_eq!(stage::rows(&loader.memory, "people").len(), 2);
    let error = loader.line(&people().replace("name", "nickname")).unwrap_err();
    assert!(error.to_string().contains("has no property \"name\""), "{error}");
}
