//! The house: which room may use which, read from the source. The rules are data: [`rules`].
//!
//! Comments do not count, nor do the exceptions, each of which has its reason.

use std::fs;
use std::path::{Path, PathBuf};

/// Which files must not have which texts.
mod rules;

use rules::{RULES, Rule};

/// SQL that stands in a literal outside of `sql/`, and why it may.
const SQL_TEXT: &[(&str, &str, &str)] = &[];

/// Files that may be longer than [`LONGEST`], up to so many lines, and why.
const LONGER: &[(&str, usize, &str)] = &[];

const LONGEST: usize = 400;

fn crates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The source files of all crates, each with its path from `crates/`.
fn sources() -> Vec<(String, String)> {
    fn visit(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                visit(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    for name in ["singer", "tap", "target"] {
        visit(&crates().join(name).join("src"), &mut found);
    }
    found.sort();
    let name = |path: &Path| path.strip_prefix(crates()).unwrap().to_str().unwrap().replace('\\', "/");
    found.iter().map(|path| (name(path), fs::read_to_string(path).unwrap())).collect()
}

/// A line without its comment. A `//` in a literal counts as one too: what stands behind it is not looked at.
fn code(line: &str) -> &str {
    line.split_once("//").map_or(line, |(code, _)| code)
}

/// Whether `word` stands in `line` and is not the end or the start of a longer name. One that begins with `::` is the path of a crate.
fn has(line: &str, word: &str) -> bool {
    let part = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    line.match_indices(word).any(|(at, _)| {
        let before = at.checked_sub(1).map(|before| line.as_bytes()[before]);
        let (first, last) = (word.as_bytes()[0], word.as_bytes()[word.len() - 1]);
        let after = line.as_bytes().get(at + word.len()).copied();
        !((first == b':' || part(Some(first))) && part(before)) && !(part(Some(last)) && part(after))
    })
}

fn begins(path: &str, with: &[&str]) -> bool {
    with.iter().any(|start| path.starts_with(start))
}

/// What breaks `rule` in a file.
fn broken(rule: &Rule, path: &str, text: &str) -> Vec<String> {
    if !begins(path, rule.within) || begins(path, rule.except) {
        return Vec::new();
    }
    let lines = (1..).zip(text.lines());
    let found = lines.flat_map(|(number, line)| {
        let words = rule.words.iter().filter(move |word| has(code(line), word));
        words.map(move |word| format!("crates/{path}:{number}: {word}: {}", rule.what))
    });
    found.collect()
}

#[test]
fn no_room_uses_what_it_must_not_know() {
    let sources = sources();
    let broken: Vec<String> = RULES
        .iter()
        .flat_map(|rule| sources.iter().flat_map(|(path, text)| broken(rule, path, text)))
        .collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// A rule that no file falls under would never fail.
#[test]
fn every_rule_and_every_exception_is_about_files_that_are_there() {
    let sources = sources();
    for rule in RULES {
        for start in rule.within.iter().chain(rule.except) {
            assert!(
                sources.iter().any(|(path, _)| path.starts_with(start)),
                "{}: {start} is not there",
                rule.what
            );
        }
    }
    for (start, text, _) in SQL_TEXT {
        let mut files = sources.iter().filter(|(path, _)| path.starts_with(start));
        assert!(files.any(|(_, source)| source.contains(text)), "{start} does not say {text:?} any more");
    }
    for (file, lines, _) in LONGER {
        let found = sources.iter().find(|(path, _)| path == file);
        assert!(
            found.is_some_and(|(_, text)| text.lines().count() > LONGEST),
            "{file} needs no {lines} lines any more"
        );
    }
}

#[test]
fn every_rule_can_be_broken() {
    for rule in RULES {
        let path = format!("{}x.rs", rule.within[0]);
        for word in rule.words {
            let text = format!("// {word} in a comment\nlet x = {word};\n");
            let found = broken(rule, &path, &text);
            assert_eq!(found.len(), 1, "{}: {word}", rule.what);
            assert!(found[0].contains(":2: "), "{}", found[0]);
        }
    }
    assert!(
        has("a = print!(1)", "print!") && !has("a = println!(1)", "print!") && !has("eprint!(1)", "print!")
    );
    assert!(has("use ::duckdb::X", "::duckdb::") && !has("destination::duckdb::X", "::duckdb::"));
    assert!(!has("use crate::envelope::X", "env::") && has("env::var", "env::"));
}

/// The literals of a source: between quotes, over lines too. Raw ones and those in comments count.
fn literals(text: &str) -> Vec<String> {
    let mut literals = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(['"', '\'']) {
        let quote = rest.as_bytes()[start];
        rest = &rest[start + 1..];
        if quote == b'\'' {
            // A character, such as '"', or a lifetime.
            if rest.starts_with("\"'") || rest.starts_with("\\\"'") {
                rest = &rest[rest.find("'").unwrap_or(0) + 1..];
            }
            continue;
        }
        let mut escaped = false;
        let end = rest.bytes().position(|byte| {
            let ends = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            ends
        });
        let Some(end) = end else { break };
        literals.push(rest[..end].to_owned());
        rest = &rest[end + 1..];
    }
    literals
}

/// Whether a text reads like a statement rather than like words for people.
fn reads_like_sql(text: &str) -> bool {
    let text = format!(
        " {} ",
        text.to_lowercase().replace(['\n', '\\'], " ").split_whitespace().collect::<Vec<_>>().join(" ")
    );
    let all = |words: &[&str]| words.iter().all(|word| text.contains(word));
    [
        &[" select ", " from "][..],
        &[" insert into "],
        &[" delete from "],
        &[" update ", " set "],
        &[" create table "],
        &[" create temp"],
        &[" create schema "],
        &[" create view "],
        &[" create index "],
        &[" alter table "],
        &[" drop table "],
        &[" drop schema "],
        &[" drop column "],
        &[" on conflict "],
        &[" copy ", " stdin"],
        &[" truncate "],
        &[" merge into "],
        &[" order by "],
        &[" pg_advisory"],
        &[" pragma "],
    ]
    .iter()
    .any(|words| all(words))
}

#[test]
fn sql_stands_in_the_room_for_sql_only() {
    let mut found = Vec::new();
    for (path, text) in sources() {
        if path.starts_with("target/src/sql/") {
            continue;
        }
        let allowed = |literal: &str| {
            SQL_TEXT.iter().any(|(start, part, _)| path.starts_with(start) && literal.contains(part))
        };
        let texts =
            literals(&text).into_iter().filter(|literal| reads_like_sql(literal) && !allowed(literal));
        found.extend(texts.map(|literal| format!("crates/{path}: {literal}")));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn sql_is_told_from_words_for_people() {
    for text in [
        "select count(*) from {}",
        "INSERT INTO t\\n values",
        "delete from {} as t",
        "update {} set a = 1",
        "create table if not exists {}",
        "alter table {name} add column",
        "select a\\n         from b",
        "copy {into} (a) from stdin (format binary)",
    ] {
        assert!(reads_like_sql(text), "{text}");
    }
    for text in [
        "delete the rows that lose",
        "insert the rows that win",
        "cannot copy",
        "the selection of a stream",
        "set sequence for this stream",
    ] {
        assert!(!reads_like_sql(text), "{text}");
    }
    let source = "let a = \"one\\\"two\"; let b = '\"'; let c: &'static str = \"three\\n   four\"; f('\\\"', \"five\")";
    assert_eq!(literals(source), ["one\\\"two", "three\\n   four", "five"]);
}

#[test]
fn no_file_is_too_long_to_have_one_idea() {
    let mut found = Vec::new();
    for (path, text) in sources() {
        let lines = text.lines().count();
        let most = LONGER.iter().find(|(file, ..)| *file == path).map_or(LONGEST, |(_, most, _)| *most);
        if lines > most {
            found.push(format!("crates/{path} has {lines} lines, and at most {most} are wanted: look for the second idea in it"));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// The dependencies that a manifest names, optional ones too.
fn dependencies(manifest: &str) -> Vec<String> {
    let table = manifest.split("[dependencies]").nth(1).unwrap().split("\n[").next().unwrap().to_owned();
    let names = table
        .lines()
        .filter_map(|line| line.split(['.', ' ', '=']).next())
        .filter(|name| !name.is_empty() && !name.starts_with('#'));
    names.map(str::to_owned).collect()
}

#[test]
fn the_crates_depend_on_each_other_in_one_direction() {
    let of = |name: &str| dependencies(&fs::read_to_string(crates().join(name).join("Cargo.toml")).unwrap());
    let (singer, tap, target) = (of("singer"), of("tap"), of("target"));
    let has = |names: &[String], name: &str| names.iter().any(|other| other == name);
    assert!(has(&tap, "singer") && has(&target, "singer"), "the test reads the manifests");
    for name in ["tap", "target", "arrow", "duckdb", "postgres", "jsonschema"] {
        assert!(!has(&singer, name), "singer → {name}");
    }
    for name in ["target", "arrow", "duckdb", "postgres"] {
        assert!(!has(&tap, name), "tap → {name}");
    }
    assert!(!has(&target, "tap"));
}
