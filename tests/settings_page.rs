//! docs/configuration.md, the page of settings, is made from schemas/config.schema.json.
//!
//! `make golden` writes it anew; the review is reading the diff.

use std::env;
use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::readme::{ROOT, properties, read, schema};
#[test]
fn the_page_of_settings_is_what_the_schema_says() {
    let schema = schema();
    let mut page = String::from(
        "# Configuration\n\n<!-- Made from schemas/config.schema.json by `make golden`. Do not edit it here. -->\n\n",
    );
    page += &format!("{}\n\n{HOW}", text(&schema, "description"));
    let (others, own): (Vec<_>, Vec<_>) =
        properties(&schema["properties"]).partition(|(_, setting)| setting.get("of").is_some());
    page += &settings(&Value::Object(own.into_iter().collect()), "## ");
    page += "\n## Settings that only a stream has\n\nIn `streams`, besides ";
    let of_stream = &schema["definitions"]["stream"]["properties"];
    let (common, own): (Vec<_>, Vec<_>) =
        properties(of_stream).partition(|(_, setting)| setting.get("$ref").is_some());
    let common: Vec<String> = common.iter().map(|(name, _)| format!("`{name}`")).collect();
    page += &format!("{}:\n", common.join(", "));
    page += &settings(&Value::Object(own.into_iter().collect()), "### ");
    page += OTHERS;
    for (name, setting) in others {
        let example = json!({&name: setting["examples"][0]});
        let (of, what) = (text(&setting, "of"), text(&setting, "description"));
        page += &format!("| `{name}` | {of} | {what} | `{example}` |\n");
        let members = setting.get("properties").map(properties);
        for (member, setting) in members.into_iter().flatten() {
            let example = json!({&name: {&member: setting["examples"][0]}});
            let what = text(&setting, "description");
            page += &format!("| `{name}.{member}` | | {what} | `{example}` |\n");
        }
    }
    let path = PathBuf::from(ROOT).join("docs/configuration.md");
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, &page).expect("it can be written");
    }
    assert!(
        read("docs/configuration.md") == page,
        "docs/configuration.md is not what the schema says: make golden"
    );
}

/// How settings are given.
const HOW: &str = "\
Settings are read from the file of `target --config FILE`. `--config` may be said more than once: a later file wins, and objects are
put together. `--config ENV` stands for the environment: `TARGET_LASTWORD_` and the setting's name in upper case (and, for pipelines
that ran with those, `TARGET_POSTGRES_` and `TARGET_DUCKDB_`), with what an `.env` file in the working folder says besides. The
destination, the schema, `--load-method`, `--sequence` and `--shard` can be typed as well; what is typed wins.

In a file, `${NAME}` in a text is the variable of that name, and `$${` is `${`. Numbers, `true` and `false`, lists and objects may be
given as texts. The members of an object may be given by names with dots: `streams.orders.load_method`. `null` is as good as nothing.
`target --about --format=json` prints all of this for programs.
";

/// What comes before the settings of other loaders.
const OTHERS: &str = "
## Settings of other loaders

A pipeline that ran with another loader keeps its settings. Many of them are other names of those above; these have a meaning of their
own, or none.

| setting | of | what it does here | for example |
|---|---|---|---|
";

fn text<'a>(of: &'a Value, member: &str) -> &'a str {
    of[member].as_str().unwrap_or_else(|| panic!("no {member} in {of}"))
}

fn settings(of: &Value, heading: &str) -> String {
    let mut page = String::new();
    for (name, setting) in properties(of) {
        page += &format!(
            "\n{heading}`{name}`\n\n**{}.** {}\n\n",
            text(&setting, "title"),
            text(&setting, "description")
        );
        let aliases = setting["aliases"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|alias| format!("`{}`", alias.as_str().expect("a name")));
        let aliases: Vec<String> = aliases.collect();
        if !aliases.is_empty() {
            page += &format!("Also called {}. ", aliases.join(", "));
        }
        let default = setting.get("default").map_or("none".to_owned(), |default| format!("`{default}`"));
        page += &format!("Default: {default}. ");
        let examples = setting["examples"].as_array().expect("there are examples");
        let examples: Vec<String> =
            examples.iter().map(|example| format!("`{}`", json!({&name: example}))).collect();
        page += &format!("For example: {}.\n", examples.join(", "));
    }
    page
}
