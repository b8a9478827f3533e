//! plugins/loaders/target-lastword.yml, the definition of the loader for Meltano, is made from schemas/config.schema.json.
//!
//! `make golden` writes it anew; the review is reading the diff.

use std::collections::BTreeSet;
use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use serde_json::{Map, Value};
use target::config::CAPABILITIES;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
const DEFINITION: &str = "plugins/loaders/target-lastword.yml";

const HEAD: &str = "\
# Made from schemas/config.schema.json by `make golden`. Do not edit it here.
#
# The loader for Meltano, in the format of Meltano Hub. In a project of yours:
#
#   meltano add --plugin-type loader target-lastword --from-ref plugins/loaders/target-lastword.yml
#
# There is no `pip_url`: Meltano installs nothing and runs the `target` that is on PATH. With a `pip_url` (a wheel of
# `make wheel`, by path or URL) it installs that into an environment of the plugin's and runs the `target` in there.
name: target-lastword
namespace: target_lastword
variant: lastword
label: Lastword
description: Postgres and DuckDB; the newest version of a record has the last word
executable: target
capabilities:
";

/// What Meltano passes where nobody has chosen. Of all else it passes nothing, so that the loader's own defaults hold: above
/// all for `load_method`, which the definitions of other loaders set to `append-only`.
const VALUES: &[(&str, &str)] = &[("default_target_schema", "$MELTANO_EXTRACT__LOAD_SCHEMA")];

fn settings() -> Map<String, Value> {
    let text = fs::read_to_string(PathBuf::from(ROOT).join("schemas/config.schema.json")).unwrap();
    let schema: Value = serde_json::from_str(&text).unwrap();
    let mut settings = schema["properties"].as_object().unwrap().clone();
    // What has no effect is nothing to be set.
    settings.retain(|_, setting| setting.get("ignored").is_none());
    // The members of an object have names with dots, and Meltano asks for each.
    let single = |(name, setting): (String, Value)| match setting["properties"].as_object() {
        Some(members) => {
            members.iter().map(|(member, of)| (format!("{name}.{member}"), of.clone())).collect()
        }
        None => vec![(name, setting)],
    };
    settings.into_iter().flat_map(single).collect()
}

/// The other names of a setting.
fn aliases(setting: &Value) -> Vec<&str> {
    setting["aliases"].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// Meltano's kind of a setting, by which it casts what it gets from the environment.
fn kind(name: &str, setting: &Value) -> &'static str {
    let types: Vec<&str> = match &setting["type"] {
        Value::String(one) => vec![one],
        Value::Array(several) => {
            several.iter().filter_map(Value::as_str).filter(|ty| *ty != "null").collect()
        }
        _ => Vec::new(),
    };
    match types.as_slice() {
        _ if setting.get("enum").is_some() => "options",
        // What may be more than a text can be said by a text too.
        _ if types.contains(&"string") || setting.get("oneOf").is_some() => "string",
        ["integer"] => "integer",
        ["number"] => "decimal",
        ["boolean"] => "boolean",
        ["object"] => "object",
        ["array"] => "array",
        _ => panic!("{name}: Meltano has no kind for {setting}"),
    }
}

fn definition() -> String {
    let settings = settings();
    let mut out = String::from(HEAD);
    for capability in CAPABILITIES {
        let _ = writeln!(out, "- {capability}");
    }
    // For transformations, which are told where the tables are.
    out += "target_schema: $TARGET_LASTWORD_DEFAULT_TARGET_SCHEMA\nsettings:\n";
    for (name, setting) in &settings {
        put(&mut out, name, setting);
    }
    out
}

/// Writes a setting. Texts are written as JSON, which is YAML.
fn put(out: &mut String, name: &str, setting: &Value) {
    let kind = kind(name, setting);
    let _ = writeln!(out, "- name: {name}\n  kind: {kind}\n  label: {}", setting["title"]);
    let _ = writeln!(out, "  description: {}", setting["description"]);
    let aliases = aliases(setting);
    if !aliases.is_empty() {
        let _ = writeln!(out, "  aliases: [{}]", aliases.join(", "));
    }
    if let Some((_, value)) = VALUES.iter().find(|(of, _)| *of == name) {
        let _ = writeln!(out, "  value: {value}");
    }
    // Shown to people where the setting is not set; not passed.
    let placeholder = match &setting["default"] {
        Value::Null | Value::Object(_) | Value::Array(_) => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    };
    if let Some(text) = placeholder {
        let _ = writeln!(out, "  placeholder: {}", Value::from(text));
    }
    if setting["writeOnly"] == true {
        *out += "  sensitive: true\n";
    }
    if kind == "options" {
        *out += "  options:\n";
        for value in setting["enum"].as_array().unwrap() {
            let _ = writeln!(out, "  - {{label: {value}, value: {value}}}");
        }
    }
}

#[test]
fn the_definition_for_meltano_is_what_the_schema_says() {
    let path = PathBuf::from(ROOT).join(DEFINITION);
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, definition()).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(found == definition(), "{DEFINITION} is not what the schema says: make golden");
}

/// The values of the lines that begin with `key`.
fn lines<'a>(definition: &'a str, key: &str) -> Vec<&'a str> {
    definition.lines().filter_map(|line| line.strip_prefix(key)).collect()
}

#[test]
fn the_definition_for_meltano_names_every_setting_once() {
    let definition = definition();
    let aliases = lines(&definition, "  aliases: ");
    let aliases = aliases.iter().flat_map(|list| list.trim_matches(['[', ']']).split(", "));
    let mut named: Vec<&str> = lines(&definition, "- name: ").into_iter().chain(aliases).collect();
    named.sort_unstable();
    let known = settings();
    let mut settings: Vec<&str> = known
        .iter()
        .flat_map(|(name, setting)| [name.as_str()].into_iter().chain(self::aliases(setting)))
        .collect();
    settings.sort_unstable();
    assert_eq!(named, settings);
}

#[test]
fn meltano_is_told_which_settings_are_secrets_and_passes_none_that_nobody_chose() {
    let definition = definition();
    let settings: Vec<&str> = definition.split("\n- name: ").skip(1).collect();
    let with = |what: &str| -> BTreeSet<&str> {
        let having = settings.iter().filter(|setting| setting.lines().any(|line| line.starts_with(what)));
        having.filter_map(|setting| setting.lines().next()).collect()
    };
    assert_eq!(
        with("  sensitive: true"),
        BTreeSet::from([
            "destination",
            "motherduck_token",
            "password",
            "s3.secret",
            "s3.session_token",
            "sqlalchemy_url",
            "ssh_tunnel.private_key",
            "ssh_tunnel.private_key_password",
            "ssl_client_private_key"
        ])
    );
    assert_eq!(with("  value:"), BTreeSet::from(["default_target_schema"]));
}
