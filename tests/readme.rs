//! The documents: their commands are run, their links lead somewhere, their settings are the loader's.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use serde_json::{Map, Value, json};
use target::config::Config;

use crate::support::{folder, setup};

pub(crate) const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

pub(crate) fn read(path: &str) -> String {
    fs::read_to_string(Path::new(ROOT).join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The documents that a reader meets.
fn documents() -> Vec<String> {
    let docs = fs::read_dir(Path::new(ROOT).join("docs")).expect("there are documents");
    let docs =
        docs.map(|entry| entry.expect("it can be read").file_name().into_string().expect("a plain name"));
    let mut named: Vec<String> =
        docs.filter(|name| name.ends_with(".md")).map(|name| format!("docs/{name}")).collect();
    named.extend(["README.md", "ARCHITECTURE.md", "CHANGELOG.md"].map(str::to_owned));
    named.sort();
    named
}

/// The fenced blocks of a document: language, line, text.
fn blocks(document: &str) -> Vec<(String, usize, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(String, usize, String)> = None;
    for (number, line) in (1..).zip(document.lines()) {
        match (line.strip_prefix("```"), open.take()) {
            (Some(language), None) => open = Some((language.to_owned(), number, String::new())),
            (Some(_), Some(block)) => blocks.push(block),
            (None, Some((language, start, text))) => open = Some((language, start, text + line + "\n")),
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block is not closed");
    blocks
}

/// Runs the `sh` blocks of a document one after the other in one folder. A `text` block that follows one holds lines that it
/// prints.
fn run(document: &str) -> usize {
    let folder = folder::fresh();
    let binaries = Path::new(env!("CARGO_BIN_EXE_target")).parent().expect("a folder");
    let path = env::join_paths(
        std::iter::once(binaries.to_owned())
            .chain(env::split_paths(&env::var_os("PATH").unwrap_or_default())),
    );
    let path = path.expect("the folders can stand in PATH");
    // A home in which DuckDB finds its extensions.
    fs::create_dir(folder.path().join(".duckdb")).expect("the folder can be written");
    symlink(setup::extensions(), folder.path().join(".duckdb/extensions")).expect("it can be written");
    let (mut ran, mut said) = (0, String::new());
    for (language, line, text) in blocks(&read(document)) {
        match language.as_str() {
            "sh" => {
                let output = Command::new("bash")
                    .args(["-euo", "pipefail", "-c", &text])
                    .current_dir(folder.path())
                    .env("PATH", &path)
                    .env("HOME", folder.path())
                    .output()
                    .expect("there is a bash");
                said = String::from_utf8_lossy(&output.stdout).into_owned();
                said += &String::from_utf8_lossy(&output.stderr);
                assert!(output.status.success(), "{document}:{line}: {}\n{text}\n{said}", output.status);
                ran += 1;
            }
            "text" if ran > 0 => {
                for wanted in text.lines().filter(|line| !line.is_empty()) {
                    let there = said.lines().any(|line| line.trim_end() == wanted.trim_end());
                    assert!(
                        there,
                        "{document}:{line}: {wanted:?} is not what the command before prints:\n{said}"
                    );
                }
            }
            _ => {}
        }
    }
    ran
}

#[test]
fn the_commands_of_the_readme_run_as_pasted() {
    assert!(run("README.md") >= 4, "the README's commands are not found any more");
}

#[test]
fn the_commands_of_the_guide_run_as_pasted() {
    assert!(run("docs/guide.md") >= 5, "the guide's commands are not found any more");
}

#[test]
fn the_commands_of_the_page_on_operations_run_as_pasted() {
    assert!(run("docs/operations.md") >= 5, "the page's commands are not found any more");
}

#[test]
fn the_commands_of_the_page_on_migration_run_as_pasted() {
    assert!(run("docs/migrate.md") >= 2, "the page's commands are not found any more");
}

#[test]
fn the_commands_of_the_page_on_lakes_run_as_pasted() {
    assert!(run("docs/ducklake.md") >= 2, "the page's commands are not found any more");
}

#[test]
fn every_link_between_documents_leads_to_a_file() {
    for document in documents() {
        let text = read(&document);
        let folder = Path::new(&document).parent().expect("a folder");
        for link in text.split("](").skip(1) {
            let link = link.split([')', '#']).next().unwrap_or_default();
            if link.is_empty() || link.contains("://") {
                continue;
            }
            let path = folder.join(link);
            let there = Path::new(ROOT).join(&path).exists();
            assert!(there, "{document} links to {link}, which does not exist");
        }
    }
}

#[test]
fn the_settings_table_of_the_readme_names_every_setting_and_no_other() {
    let readme = read("README.md");
    let section = readme.split("## Settings").nth(1).and_then(|rest| rest.split("\n## ").next());
    let rows =
        section.expect("there is a section of settings").lines().filter(|line| line.starts_with("| `"));
    let named: BTreeSet<String> = rows
        .filter_map(|row| row.split('|').nth(1))
        .flat_map(|cell| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>())
        .collect();
    // Those of other loaders stand in docs/configuration.md only.
    let schema = schema();
    let own = properties(&schema["properties"]).filter(|(_, setting)| setting.get("of").is_none());
    assert_eq!(named, own.map(|(name, _)| name).collect::<BTreeSet<_>>());
}

#[test]
fn the_example_configurations_satisfy_the_schema_and_are_accepted() {
    let validator = jsonschema::validator_for(&schema()).expect("it is a schema");
    let mut held = 0;
    for entry in fs::read_dir(Path::new(ROOT).join("examples")).expect("there are examples") {
        let path = entry.expect("it can be read").path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let text = fs::read_to_string(&path).expect("it can be read");
        let value: Value = serde_json::from_str(&text).expect("it is JSON");
        if let Err(error) = validator.validate(&value) {
            panic!("{}: {error}", path.display());
        }
        Config::read(&text)
            .and_then(Config::settle)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        held += 1;
    }
    assert!(held >= 3, "only {held} examples");
}

pub(crate) fn schema() -> Value {
    serde_json::from_str(&read("schemas/config.schema.json")).expect("it is JSON")
}

pub(crate) fn properties(of: &Value) -> impl Iterator<Item = (String, Value)> + '_ {
    of.as_object().expect("an object").iter().map(|(name, setting)| (name.clone(), setting.clone()))
}

/// A setting with what it refers to.
fn resolved(setting: &Value) -> Value {
    match setting.get("$ref").and_then(Value::as_str) {
        Some(target) => schema().pointer(target.trim_start_matches('#')).expect("it is there").clone(),
        None => setting.clone(),
    }
}

/// The names that `Config` says it would have taken, when it is given one that it does not have.
fn accepted(config: &str) -> BTreeSet<String> {
    let error = serde_json::from_str::<Config>(config).expect_err("there is no such setting").to_string();
    let listed = error.split("expected one of").nth(1).expect("the error lists the settings");
    listed.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn the_schema_has_exactly_the_settings_that_are_accepted() {
    let schema = schema();
    let described = |of: &str| -> BTreeSet<String> {
        let settings = properties(schema.pointer(of).expect("it is there"));
        settings.filter(|(_, setting)| setting.get("ignored").is_none()).map(|(name, _)| name).collect()
    };
    assert_eq!(described("/properties"), accepted(r#"{"no such setting": 1}"#));
    let of_stream = accepted(r#"{"streams": {"s": {"no such setting": 1}}}"#);
    assert_eq!(described("/definitions/stream/properties"), of_stream);
}

/// A file of settings in which one setting is given.
type Given = fn(&str, &Value) -> Value;

#[test]
fn every_example_in_the_schema_is_accepted_and_a_wrong_kind_is_refused_by_both() {
    let schema = schema();
    let validator = jsonschema::validator_for(&schema).expect("it is a schema");
    let places: [(&str, Given); 2] = [
        ("/properties", |name, value| match name {
            // Only a server is reached over a bastion.
            "ssh_tunnel" => json!({name: value, "host": "localhost"}),
            _ => json!({name: value}),
        }),
        ("/definitions/stream/properties", |name, value| json!({"streams": {"s": {name: value}}})),
    ];
    for (place, config) in places {
        for (name, setting) in properties(schema.pointer(place).expect("it is there")) {
            let examples = resolved(&setting)["examples"].as_array().cloned().unwrap_or_default();
            assert!(!examples.is_empty(), "{name} has no example");
            for example in &examples {
                let config = config(&name, example);
                assert!(validator.is_valid(&config), "the schema refuses {config}");
                let read = Config::read(&config.to_string()).and_then(Config::settle);
                assert!(read.is_ok(), "{config}: {}", read.expect_err("just seen"));
            }
            // No setting is an array of numbers.
            let wrong = config(&name, &json!([1, 2]));
            // What has no effect may be anything.
            if setting.get("ignored").is_some() {
                assert!(Config::read(&wrong.to_string()).is_ok(), "{wrong} is refused");
                continue;
            }
            assert!(!validator.is_valid(&wrong), "the schema takes {wrong}");
            assert!(Config::read(&wrong.to_string()).is_err(), "{wrong} is accepted");
        }
    }
}

#[test]
fn the_defaults_in_the_schema_are_the_loaders() {
    let schema = schema();
    let defaults: Map<String, Value> = properties(&schema["properties"])
        .filter_map(|(name, setting)| Some((name, setting.get("default")?.clone())))
        .filter(|(name, _)| !["host", "port"].contains(&name.as_str()))
        .collect();
    let of = |config: &Value| {
        let settings = Config::read(&config.to_string()).and_then(Config::settle).expect("it is accepted");
        (format!("{settings:?}"), settings.of("any"))
    };
    let given = of(&Value::Object(defaults.clone()));
    let unset = of(&json!({}));
    // Where a default is spelled out, the settings of all streams hold it; what it means is the same.
    assert_eq!(given.1, unset.1);
    let common = |text: &str| text.split("common:").next().unwrap_or_default().to_owned();
    assert_eq!(common(&given.0), common(&unset.0));
    assert!(defaults.len() >= 10, "only {} defaults", defaults.len());
}

#[test]
fn the_schema_of_messages_takes_what_the_parser_takes_and_refuses_what_it_refuses() {
    let schema: Value = serde_json::from_str(&read("schemas/message.schema.json")).expect("it is JSON");
    let validator = jsonschema::validator_for(&schema).expect("it is a schema");
    let lines = [
        r#"{"type":"SCHEMA","stream":"a","schema":{},"key_properties":["id"],"bookmark_properties":null}"#,
        r#"{"type":"Schema","stream":"a","schema":{}}"#,
        r#"{"type":"SCHEMA","stream":"a"}"#,
        r#"{"type":"SCHEMA","schema":{}}"#,
        r#"{"type":"SCHEMA","stream":"a","schema":[]}"#,
        r#"{"type":"SCHEMA","stream":"a","schema":{},"key_properties":"id"}"#,
        r#"{"type":"SCHEMA","stream":"a","schema":{},"key_properties":[1]}"#,
        r#"{"type":"RECORD","stream":"a","record":{}}"#,
        r#"{"type":"record","stream":"","record":{"x":1},"version":7,"time_extracted":null,"sequence":"odd","more":1}"#,
        r#"{"type":"RECORD","stream":"a","record":null}"#,
        r#"{"type":"RECORD","stream":1,"record":{}}"#,
        r#"{"type":"RECORD","stream":"a","record":{},"version":"7"}"#,
        r#"{"type":"RECORD","stream":"a","record":{},"version":1.5}"#,
        r#"{"type":"RECORD","stream":"a","record":{},"version":9223372036854775808}"#,
        r#"{"type":"RECORD","stream":"a","record":{},"time_extracted":1}"#,
        r#"{"type":"STATE","value":{}}"#,
        r#"{"type":"STATE","value":"text"}"#,
        r#"{"type":"STATE","value":null}"#,
        r#"{"type":"STATE"}"#,
        r#"{"type":"ACTIVATE_VERSION","stream":"a","version":1}"#,
        r#"{"type":"ACTIVATE_VERSION","stream":"a","version":null}"#,
        r#"{"type":"ACTIVATE_VERSION","stream":"a"}"#,
        r#"{"type":"BATCH","stream":"a","manifest":["file"],"encoding":{"format":"jsonl"}}"#,
        r#"{"type":"BATCH","stream":"a","manifest":["file"],"encoding":{"format":"odd","compression":null},"version":2,"time_extracted":"x","sequence":1}"#,
        r#"{"type":"BATCH","stream":"a","manifest":["file"],"encoding":{"format":1}}"#,
        r#"{"type":"BATCH","stream":"a","manifest":[1],"encoding":{}}"#,
        r#"{"type":"BATCH","stream":"a","manifest":["file"]}"#,
        r#"{"type":"BATCH","stream":"a","encoding":{}}"#,
        r#"{"type":"BATCH"}"#,
        r#"{"type":"TABLE","stream":"a"}"#,
        r#"{"type":1}"#,
        r"{}",
        r"[]",
    ];
    let taken = |line: &str| singer::message::parse(line).is_ok();
    for line in lines {
        let value: Value = serde_json::from_str(line).expect("it is JSON");
        assert_eq!(validator.is_valid(&value), taken(line), "{line}");
    }
    assert!(lines.iter().any(|line| taken(line)) && !lines.iter().all(|line| taken(line)));
}
