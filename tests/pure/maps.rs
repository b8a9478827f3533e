//! Maps of streams: what is given, what becomes of schemas and records, what is refused and where.

/// Lines in, rows out, by way of maps.
mod loading;
/// Random maps and records, against a small model.
mod random;
/// Maps that are refused.
mod refused;

use serde_json::{Map, Value, json};
use singer::message;
use target::error::Result;
use target::maps::{Mapped, Mapper, Maps};

/// The config of every map here.
fn config() -> Map<String, Value> {
    let config = json!({"word": "w\"ord", "number": 12.50, "list": [1, "a"], "none": null});
    config.as_object().unwrap().clone()
}

fn read(maps: &Value) -> Result<Maps> {
    Maps::read(maps.as_object().unwrap(), &config())
}

/// The schema of every stream here.
fn people() -> Value {
    json!({
        "type": "object",
        "properties": {
            "id": {"type": "integer"},
            "name": {"type": ["string", "null"], "maxLength": 50},
            "age": {"type": ["integer", "null"]},
            "paid": {"type": ["number", "null"]},
            "new": {"type": ["boolean", "null"]},
            "tags": {"type": ["array", "null"]},
            "a b": {"type": ["string", "null"]},
        },
        "required": ["id", "name"],
    })
}

/// The mapper of the stream `people` with the key `id`.
fn mapper(map: &Value) -> Result<Mapper> {
    mapper_of(map, &people())
}

fn mapper_of(map: &Value, schema: &Value) -> Result<Mapper> {
    let maps = read(&json!({"people": map}))?;
    let outputs = maps.of("people");
    let schema = schema.to_string();
    let message = message::Schema {
        stream: "people".into(),
        schema: &schema,
        key_properties: vec!["id".into()],
        bookmark_properties: vec!["age".into(), "paid".into()],
    };
    Mapper::new(outputs[0].map.as_ref().unwrap(), &message)
}

/// What becomes of a record.
#[track_caller]
fn mapped(map: &Value, record: &str) -> String {
    match mapper(map).unwrap_or_else(|error| panic!("{map}: {error}")).record(record).unwrap() {
        Mapped::Record(text) => text.to_owned(),
        Mapped::Filtered => "filtered".to_owned(),
    }
}

/// The schema of the mapped records.
#[track_caller]
fn schema(map: &Value) -> Value {
    serde_json::from_str(mapper(map).unwrap().schema("x").schema).unwrap()
}

#[test]
fn records_become_this() {
    const RECORD: &str = r#"{"id": 7,"name": "Ada", "paid":1.50}"#;
    for (map, expected) in [
        (json!({}), r#"{"id":7,"name":"Ada","paid":1.50}"#),
        (json!({"name": null}), r#"{"id":7,"paid":1.50}"#),
        (json!({"name": "__NULL__"}), r#"{"id":7,"paid":1.50}"#),
        (json!({"age": null}), r#"{"id":7,"name":"Ada","paid":1.50}"#),
        (json!({"called": "name"}), r#"{"id":7,"name":"Ada","paid":1.50,"called":"Ada"}"#),
        (json!({"called": "name", "name": null}), r#"{"id":7,"paid":1.50,"called":"Ada"}"#),
        (json!({"name": "self"}), r#"{"id":7,"paid":1.50,"name":"Ada"}"#),
        (json!({"called": "record['name']"}), r#"{"id":7,"name":"Ada","paid":1.50,"called":"Ada"}"#),
        (json!({"called": "_[\"name\"]"}), r#"{"id":7,"name":"Ada","paid":1.50,"called":"Ada"}"#),
        (json!({"called": "record.get('nobody')"}), r#"{"id":7,"name":"Ada","paid":1.50}"#),
        // What takes the place of a value that is missing is missing.
        (json!({"name": "age"}), r#"{"id":7,"paid":1.50}"#),
        (json!({"name": "paid", "paid": "name"}), r#"{"id":7,"name":1.50,"paid":"Ada"}"#),
        (json!({"__else__": null, "name": "name"}), r#"{"id":7,"name":"Ada"}"#),
        (json!({"__else__": "__NULL__", "x": "paid"}), r#"{"id":7,"x":1.50}"#),
        (json!({"__else__": null, "__key_properties__": null, "x": "id"}), r#"{"x":7}"#),
        (json!({"__filter__": "id == 7", "__else__": null}), r#"{"id":7}"#),
        (json!({"__filter__": "id == 8"}), "filtered"),
        (json!({"__filter__": null, "__else__": null}), r#"{"id":7}"#),
        (json!({"__else__": null, "from": "__stream_name__"}), r#"{"id":7,"from":"people"}"#),
    ] {
        assert_eq!(mapped(&map, RECORD), expected, "{map}");
    }
}

#[test]
fn expressions_give_this() {
    const RECORD: &str = r#"{"id":12,"name":"a","age":-3,"paid":12345678901234567890.50,"new":true,"tags":[1, 2],"a b":" 042 "}"#;
    for (expression, expected) in [
        ("'it\\'s \\u00e9\\n'", r#""it's é\n""#),
        ("\"x\"", r#""x""#),
        ("12345678901234567890.0", "12345678901234567890.0"),
        ("-5", "-5"),
        ("True", "true"),
        ("False", "false"),
        ("None", "null"),
        ("config['word']", r#""w\"ord""#),
        ("config.get(\"number\")", "12.5"),
        ("config.get('nothing')", "null"),
        ("config['list']", r#"[1,"a"]"#),
        ("paid", "12345678901234567890.50"),
        ("( paid )", "12345678901234567890.50"),
        ("record['a b']", r#"" 042 ""#),
        ("md5(name)", r#""0cc175b9c0f1b6a831c399e269772661""#),
        ("sha256(name)", r#""ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb""#),
        ("md5(id)", r#""c20ad4d76fe97759aa27a0c99bff6710""#),
        ("md5('1.50')", r#""a6acbd7fe3dcc4f4328712278f6da218""#),
        ("md5(new)", r#""f827cf462f62848df37c5e1e94a4da74""#),
        ("md5(tags)", r#""04cd0e0151f352e7fd414d694a604136""#),
        ("md5(None)", "null"),
        ("md5(record.get('nobody'))", "null"),
        ("sha256(md5(name)) == sha256('0cc175b9c0f1b6a831c399e269772661')", "true"),
        ("int(paid)", "12345678901234567890"),
        ("int('-00120')", "-120"),
        ("int(record['a b'])", "42"),
        ("int('+0')", "0"),
        ("int(-0.9)", "0"),
        ("int(-1.9)", "-1"),
        ("int(12e-1)", "1"),
        ("int(new)", "1"),
        // What cannot become of the type stays, and is refused as any value of a wrong type.
        ("int(name)", r#""a""#),
        ("int('1.5')", r#""1.5""#),
        ("int('')", r#""""#),
        ("int(tags)", "[1, 2]"),
        ("float(id)", "12"),
        ("float(' 1.50e3')", "1.50e3"),
        ("float('-007.')", "-7"),
        ("float('.5')", "0.5"),
        ("float('+nan')", "NaN"),
        ("float('-inf')", "-Infinity"),
        ("float('1e')", r#""1e""#),
        ("float('.')", r#"".""#),
        ("float('1_000')", r#""1_000""#),
        ("float(new)", "1.0"),
        ("str(paid)", r#""12345678901234567890.50""#),
        ("str(new)", r#""True""#),
        ("str(-0)", r#""0""#),
        ("str(config['word'])", r#""w\"ord""#),
        ("str(None)", "null"),
        ("bool(name)", "true"),
        ("bool('')", "false"),
        ("bool(0.0)", "false"),
        ("bool(None)", "false"),
        ("bool(tags)", "true"),
        ("bool(name == 'b' or id == 12 and not age)", "false"),
        ("bool((name == 'b' or id == 12) and age)", "true"),
        ("id == 12.0", "true"),
        ("id == '12'", "false"),
        ("id != '12'", "true"),
        ("new == 1", "true"),
        ("age < 0", "true"),
        ("paid > 12345678901234567890", "true"),
        ("paid >= 12345678901234567890.51", "false"),
        ("name <= 'a'", "true"),
        ("'B' < name", "true"),
        ("None < 1", "false"),
        ("1 > None", "false"),
        ("name is None", "false"),
        ("name is not None", "true"),
        ("record.get('nobody') is None", "true"),
        ("id in [1, '12', 12.0]", "true"),
        ("id in (1, 2,)", "false"),
        ("id not in []", "true"),
        ("not id", "false"),
        ("tags == [1]", ""),
        ("tags == config['list']", "false"),
    ] {
        let map = json!({"__else__": null, "__key_properties__": null, "x": expression});
        if expected.is_empty() {
            assert!(mapper(&map).is_err(), "{expression}");
            continue;
        }
        assert_eq!(mapped(&map, RECORD), format!("{{\"x\":{expected}}}"), "{expression}");
    }
}

#[test]
fn the_schema_of_what_is_made_is_this() {
    let of = |expression: &str| schema(&json!({"x": expression}))["properties"]["x"].clone();
    let nullable = |kind: &str| json!({"type": [kind, "null"]});
    for (expression, expected) in [
        ("name", people()["properties"]["name"].clone()),
        ("record.get('id')", json!({"type": "integer"})),
        ("record.get('nobody')", nullable("string")),
        ("'text'", nullable("string")),
        ("12", nullable("integer")),
        ("1.0", nullable("number")),
        ("True", nullable("boolean")),
        ("None", nullable("string")),
        ("config['list']", nullable("array")),
        ("md5(id)", nullable("string")),
        ("sha256(tags)", nullable("string")),
        ("int(name)", nullable("integer")),
        ("float(name)", nullable("number")),
        ("str(id)", nullable("string")),
        ("bool(id)", nullable("boolean")),
        ("id == 1", nullable("boolean")),
        ("not id", nullable("boolean")),
        ("id is None", nullable("boolean")),
        ("__stream_name__", nullable("string")),
    ] {
        assert_eq!(of(expression), expected, "{expression}");
    }
    // What takes the place of a property has its own schema.
    assert_eq!(schema(&json!({"name": "md5(name)"}))["properties"]["name"], nullable("string"));
    let emptied = schema(&json!({"name": "None"}))["properties"]["name"].clone();
    assert_eq!(emptied, json!({"anyOf": [people()["properties"]["name"], {"type": "null"}]}));
}

#[test]
fn required_properties_stay_so_under_their_new_names_only() {
    for (map, required) in [
        (json!({}), json!(["id", "name"])),
        (json!({"name": null}), json!(["id"])),
        (json!({"called": "name"}), json!(["id", "name", "called"])),
        (json!({"name": "md5(name)"}), json!(["id"])),
        (json!({"name": "age"}), json!(["id"])),
        (json!({"__else__": null, "__key_properties__": ["a"], "a": "id"}), json!(["a"])),
    ] {
        assert_eq!(schema(&map)["required"], required, "{map}");
    }
}

#[test]
fn keys_and_what_the_tap_resumes_by_follow_their_properties() {
    for (map, keys, bookmarks) in [
        (json!({}), vec!["id"], vec!["age", "paid"]),
        (json!({"__key_properties__": ["name", "id"]}), vec!["name", "id"], vec!["age", "paid"]),
        (json!({"__key_properties__": null}), vec![], vec!["age", "paid"]),
        (json!({"age": null}), vec!["id"], vec!["paid"]),
        (json!({"years": "age", "age": null, "paid": "int(paid)"}), vec!["id"], vec!["years", "paid"]),
        (json!({"key": "md5(id)", "__else__": null, "__key_properties__": ["key"]}), vec!["key"], vec![]),
    ] {
        let mapper = mapper(&map).unwrap();
        let schema = mapper.schema("x");
        assert_eq!(
            (schema.key_properties, schema.bookmark_properties),
            (
                keys.iter().map(ToString::to_string).collect(),
                bookmarks.iter().map(ToString::to_string).collect(),
            ),
            "{map}"
        );
    }
}

#[test]
fn properties_are_found_where_references_and_options_bring_them() {
    let given = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "allOf": [{"$ref": "#/definitions/base"}],
        "anyOf": [
            {"properties": {"kind": {"type": "string"}, "a": {"type": "string"}}, "required": ["a"]},
            {"properties": {"kind": {"type": "integer"}}},
        ],
        "additionalProperties": false,
        "definitions": {"base": {"properties": {"id": {"$ref": "#/definitions/id"}}}, "id": {"type": "integer"}},
    });
    let mapper =
        mapper_of(&json!({"a": null, "what": "kind", "__key_properties__": ["id"]}), &given).unwrap();
    let made: Value = serde_json::from_str(mapper.schema("x").schema).unwrap();
    let kind = json!({"anyOf": [{"type": "string"}, {"type": "integer"}]});
    let expected = json!({
        "$schema": given["$schema"],
        "definitions": given["definitions"],
        "type": "object",
        "properties": {"id": {"$ref": "#/definitions/id"}, "kind": kind, "what": kind},
    });
    assert_eq!(made, expected);
}

#[test]
fn members_out_of_the_common_are_mapped() {
    let map = json!({"name": "md5(name)", "age": null, "a b": "record['a b']"});
    for (record, expected) in [
        // A name with escapes, a member that stands twice, members that are not in the schema, words for what is no number.
        (r#"{"n\u0061me":null,"a b":1,"a b":2}"#, r#"{"name":null,"a b":2}"#),
        (r#"{"odd":{"age": 1},"paid":NaN,"age":3}"#, r#"{"odd":{"age": 1},"paid":NaN,"name":null}"#),
        (r#"{"\ud800":1,"name":"a"}"#, r#"{"\ud800":1,"name":"0cc175b9c0f1b6a831c399e269772661"}"#),
        ("{ }", r#"{"name":null}"#),
    ] {
        assert_eq!(mapped(&map, record), expected);
    }
    // What a tap says of deletes is no property that anybody would list.
    let marked = r#"{"id":1,"x":2,"_sdc_deleted_at":"2024-05-06T07:08:09Z"}"#;
    let kept = r#"{"id":1,"_sdc_deleted_at":"2024-05-06T07:08:09Z"}"#;
    assert_eq!(mapped(&json!({"__else__": null}), marked), kept);
    assert_eq!(mapped(&json!({"__else__": null, "_sdc_deleted_at": null}), marked), r#"{"id":1}"#);
    // Half a surrogate pair is in no text, and its hash gives nothing away.
    let hashed = mapped(&json!({"__else__": null, "name": "md5(name)"}), r#"{"id":1,"name":"s3cr3t\ud800"}"#);
    assert!(!hashed.contains("s3cr3t"), "{hashed}");
}

#[test]
fn values_that_have_no_order_stop_the_load_without_being_shown() {
    for (map, said) in [
        (
            json!({"__filter__": "name > 5"}),
            r#"stream_maps: __filter__: "name > 5" compares string with number"#,
        ),
        (json!({"x": "5 <= name"}), r#"stream_maps: x: "5 <= name" compares number with string"#),
    ] {
        let error = mapper(&map).unwrap().record(r#"{"id":1,"name":"s3cr3t"}"#).unwrap_err();
        assert_eq!(error.to_string(), said);
        assert!(error.hint_text().is_some() && !format!("{error:?}").contains("s3cr3t"));
    }
}

#[test]
fn streams_become_these() {
    let maps = read(&json!({
        "orders": {"__alias__": "sales"},
        "log_*": null,
        "log_in": {},
        "copy of people": {"__source__": "people", "name": null},
        "p*": {"__alias__": "'raw_' + __stream_name__"},
        "others of people": {"__source__": "p?ople"},
    }))
    .unwrap();
    let of = |stream: &str| -> Vec<String> {
        let shown = |output: target::maps::Output| match output.map {
            Some(_) => format!("{} by a map", output.stream),
            None => output.stream,
        };
        maps.of(stream).into_iter().map(shown).collect()
    };
    assert_eq!(of("orders"), ["sales by a map"]);
    assert_eq!(of("sales"), ["sales"]);
    assert_eq!(of("log_out"), [""; 0]);
    assert_eq!(of("log_in"), ["log_in by a map"]);
    assert_eq!(of("people"), ["raw_people by a map", "copy of people by a map", "others of people by a map"]);
    assert_eq!(of("pets"), ["raw_pets by a map"]);
    let only = read(&json!({"orders": {}, "__else__": "__NULL__"})).unwrap();
    assert_eq!((only.of("orders").len(), only.of("people").len()), (1, 0));
}
