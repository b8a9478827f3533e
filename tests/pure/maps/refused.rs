//! What is beyond the maps that are supported is refused when the settings are read, with its place.

use serde_json::{Value, json};
use target::config::Config;
use target::error::Class;

use super::{mapper, read};

#[test]
fn expressions_stop_here() {
    for (expression, column, reason) in [
        ("", 1, "unexpected end"),
        ("name +", 6, "+ is not supported here"),
        ("paid * 2", 6, "* is not supported here"),
        ("'é' + name", 5, "+ is not supported here"),
        ("name.lower()", 5, "what is inside of a value cannot be reached"),
        ("name[0]", 5, "what is inside of a value cannot be reached"),
        ("record['a']['b']", 12, "[ is not supported here"),
        ("record", 1, "record is supported as record[\"name\"] and record.get(\"name\") only"),
        ("record[name]", 8, "expected a name in quotes, found name"),
        ("record.pop('x')", 8, "expected get, found pop"),
        ("record.get('x', 1)", 15, "expected ), found ,"),
        ("config['no such']", 1, "stream_map_config has no \"no such\""),
        ("fake.name()", 5, "what is inside of a value cannot be reached"),
        ("fake", 1, "fake is not supported"),
        ("len(name)", 1, "the function len is not supported"),
        ("md5()", 5, ") is not supported here"),
        ("md5(name, 'x')", 9, "expected ), found ,"),
        ("md5(name", 9, "expected ), found the end"),
        ("name or 'x'", 6, "or is supported in __filter__ and inside of bool() only"),
        ("md5(name or 'x')", 10, "or is supported in __filter__ and inside of bool() only"),
        ("'a' if new else 'b'", 5, "if is not supported here"),
        ("[x for x in tags]", 1, "[ is not supported here"),
        ("{'a': 1}", 1, "{ is not supported here"),
        ("lambda: 1", 1, "lambda is not supported here"),
        ("1 < id < 5", 8, "one comparison at a time is supported: join them with and"),
        ("id == 1 == 1", 9, "one comparison at a time is supported: join them with and"),
        ("id is 5", 7, "expected None, found 5"),
        ("id in 'abc'", 7, "expected a list such as [1, 2], found a text"),
        ("id in [1 2]", 10, "expected ], found 2"),
        ("id not 5", 8, "expected in, found 5"),
        ("id = 5", 4, "= is not supported here"),
        ("name 'x'", 6, "a text is not expected here"),
        ("-name", 1, "- is supported before a number only"),
        ("1_000", 1, "1_000 is not a number as JSON writes it"),
        ("007", 1, "007 is not a number as JSON writes it"),
        ("0x10", 1, "0x10 is not a number as JSON writes it"),
        ("5.", 1, "5. is not a number as JSON writes it"),
        ("f'{name}'", 1, "a text that begins with f is not supported"),
        ("'''a'''", 1, "a text in three quotes is not supported"),
        ("'a", 1, "the text has no end"),
        ("'a\\q'", 3, "this escape is not supported"),
        ("'\\ud800'", 2, "this escape is not supported"),
        ("nobody", 1, "the stream's schema has no property \"nobody\""),
        ("md5(record['nobody'])", 5, "the stream's schema has no property \"nobody\""),
    ] {
        let error = mapper(&json!({"x": expression})).expect_err(expression);
        let place = format!("stream_maps: property \"x\": column {column} of {expression:?}: ");
        let said = error.to_string();
        assert!(said.ends_with(&format!("{place}{reason}")), "{said}\n{place}{reason}");
        assert_eq!(error.class(), Class::Usage, "{expression}");
        assert!(error.hint_text().is_some_and(|hint| hint.contains("supported are")), "{expression}");
    }
}

#[test]
fn filters_stop_here() {
    for (filter, said) in [
        ("id == 1 and", "column 12 of \"id == 1 and\": unexpected end"),
        (
            "(id or name) == 1",
            "column 14 of \"(id or name) == 1\": and, or cannot be compared: put bool() around them",
        ),
        (
            "int(id or 1)",
            "column 8 of \"int(id or 1)\": or is supported in __filter__ and inside of bool() only",
        ),
        ("self == 1", "column 1 of \"self == 1\": the stream's schema has no property \"__filter__\""),
    ] {
        let error = mapper(&json!({"__filter__": filter})).expect_err(filter).to_string();
        assert!(error.ends_with(&format!("stream_maps: __filter__: {said}")), "{error}");
    }
}

#[test]
fn an_expression_that_is_nested_too_deep_is_refused_and_no_overflow() {
    for expression in ["(".repeat(100_000), "not ".repeat(100_000), "md5(".repeat(100_000)] {
        let error = mapper(&json!({"x": expression})).unwrap_err().to_string();
        assert!(error.ends_with("nested too deep"), "{}", &error[error.len() - 100..]);
    }
}

#[test]
fn maps_that_are_none_are_refused() {
    for (maps, said) in [
        (json!({"a": 5}), "stream_maps: \"a\" must be an object, or null to drop the stream"),
        (json!({"a": "b"}), "stream_maps: \"a\" must be an object, or null to drop the stream"),
        (json!({"__else__": {}}), "stream_maps: __else__ may be null or \"__NULL__\" only"),
        (json!({"__odd__": {}}), "stream_maps: \"__odd__\" is not supported"),
        (json!({"[": {}}), "stream \"[\": stream_maps: \"[\": "),
        (
            json!({"a": {"x": 5}}),
            "stream \"a\": stream_maps: property \"x\" must be an expression in a text, or null",
        ),
        (json!({"a": {"x": {"y": "z"}}}), "stream \"a\": stream_maps: property \"x\" must be"),
        (json!({"a": {"__else__": "x"}}), "stream \"a\": stream_maps: __else__ must be null or \"__NULL__\""),
        (json!({"a": {"__filter__": 5}}), "stream \"a\": stream_maps: __filter__ must be an expression"),
        (json!({"a": {"__source__": 5}}), "stream \"a\": stream_maps: __source__ must be a stream's name"),
        (json!({"a": {"__alias__": 5}}), "stream \"a\": stream_maps: __alias__ must be a text"),
        (
            json!({"a": {"__alias__": "a b"}}),
            "stream \"a\": stream_maps: __alias__: column 1 of \"a b\": expected",
        ),
        (
            json!({"a": {"__alias__": "'a' +"}}),
            "stream \"a\": stream_maps: __alias__: column 6 of \"'a' +\": expected",
        ),
        (json!({"a": {"__alias__": "'a' - 'b'"}}), "stream \"a\": stream_maps: __alias__: column 5 of"),
        (
            json!({"a": {"__key_properties__": "id"}}),
            "stream \"a\": stream_maps: __key_properties__ must be a list",
        ),
        (
            json!({"a": {"__key_properties__": [1]}}),
            "stream \"a\": stream_maps: __key_properties__ must be a list",
        ),
        (json!({"a": {"__odd__": null}}), "stream \"a\": stream_maps: __odd__ is not supported"),
    ] {
        let error = read(&maps).expect_err(&maps.to_string());
        assert!(error.to_string().starts_with(said), "{error}");
        assert_eq!(error.class(), Class::Usage);
    }
}

#[test]
fn what_the_schema_cannot_give_is_refused_with_it() {
    let nothing = mapper(&json!({"__else__": null, "__key_properties__": null})).unwrap_err();
    assert_eq!(nothing.to_string(), "stream_maps: no property is left");
    for (map, said) in [
        (json!({"id": null}), "stream_maps: property \"id\" is of the key, and is dropped"),
        (
            json!({"__key_properties__": ["nobody"]}),
            "stream_maps: the key property \"nobody\" is not among the mapped properties",
        ),
        (
            json!({"__else__": null, "__key_properties__": ["x"], "x": null}),
            "stream_maps: property \"x\" is of the key, and is dropped",
        ),
    ] {
        let error = mapper(&map).expect_err(&map.to_string());
        assert_eq!(error.to_string(), said);
        assert!(error.hint_text().is_some_and(|hint| hint.contains("__key_properties__")));
    }
}

#[test]
fn settings_are_refused_at_start_and_show_nothing_of_the_config() {
    let given = |map: Value| {
        json!({"stream_maps": {"people": map}, "stream_map_config": {"seed": "s3cr3t"}}).to_string()
    };
    let error =
        Config::read(&given(json!({"x": "md5(config['seed'] + name)"}))).unwrap().settle().unwrap_err();
    assert_eq!(error.class(), Class::Usage);
    let said = "stream \"people\": stream_maps: property \"x\": column 20 of \"md5(config['seed'] + name)\": expected ), found +";
    assert_eq!(error.to_string(), said);
    let settings = Config::read(&given(json!({"x": "config['seed']"}))).unwrap().settle().unwrap();
    assert!(settings.maps.is_some() && !format!("{settings:?}").contains("s3cr3t"));
    let none =
        Config::read(r#"{"stream_maps": {}, "stream_map_config": {"a": 1}}"#).unwrap().settle().unwrap();
    assert!(none.maps.is_none());
}
