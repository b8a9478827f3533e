//! One stream over many loaders, each a process of its own with a share of the keys.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::thread;

use serde_json::Value;

use super::{USERS, lines, state, user};
use crate::support::dice::Dice;
use crate::support::messages::{INTEGER, TEXT, TIMESTAMP, record_with, schema};
use crate::support::place::{Place, in_databases};
use crate::support::table::CLOCKS;
use crate::support::{folder, postgres, programs};

in_databases! {
    eight_loaders_with_a_share_each_give_the_tables_that_one_gives,
}

/// How many share the stream.
const SHARDS: usize = 8;

const RECORDS: i64 = 1_500;

const SETTINGS: &str = r#"{
  "batch_size_rows": 40, "nested": "subtables", "on_invalid_record": "reject", "state_id": "shop", "sequence": "message",
  "streams": {"whole": {"hard_delete": true}, "log": {"load_method": "append-only"}}
}"#;

/// Four streams, mixed: `things` with arrays, late, doubled and deleted records and some without a key; `parts` with a key of two
/// properties in several spellings; `whole`, which is sent whole in each version; and `log` without a key.
fn stream(version: i64) -> String {
    let mut dice = Dice::new(version as u64);
    let mut below = |most: u64| dice.below(most) as i64;
    let deleted = ("_sdc_deleted_at", TIMESTAMP);
    let tags = r#"{"type":["null","array"],"items":{"type":"string"}}"#;
    let mut input = schema("things", &["id"], &[("id", INTEGER), ("x", INTEGER), ("tags", tags), deleted]);
    input += &schema("parts", &["a", "b"], &[("b", TEXT), ("x", INTEGER), ("a", r#"{"type":"number"}"#)]);
    input += &schema("whole", &["id"], &[("id", TEXT), ("x", INTEGER)]);
    input += &schema("log", &[], &[("x", INTEGER), ("y", TEXT)]);
    for number in 0..RECORDS {
        let (x, id) = (below(1_000), below(200));
        // Late by up to 300, and one in ten has the sequence of another.
        let sequence = version * 100_000 + number - below(300) + below(2);
        let sequenced = |more: &str| format!(r#","sequence":{sequence}{more}"#);
        input += &match below(10) {
            0..4 => {
                let tags: Vec<String> = (0..below(4)).map(|tag| format!("\"t{tag} of {x}\"")).collect();
                let gone = if below(6) == 0 { r#","_sdc_deleted_at":"2024-05-06T07:08:09Z""# } else { "" };
                let id = if below(40) == 0 { "null".to_owned() } else { id.to_string() };
                let thing = format!(r#"{{"id":{id},"x":{x},"tags":[{}]{gone}}}"#, tags.join(","));
                record_with("things", &thing, &sequenced(""))
            }
            4..6 => {
                let a = [format!("{id}"), format!("{id}.0"), format!("{id}e0")][below(3) as usize].clone();
                record_with("parts", &format!(r#"{{"x":{x},"b":"é{}","a":{a}}}"#, x % 3), &sequenced(""))
            }
            6..9 => {
                let id = id + 50 * version;
                record_with(
                    "whole",
                    &format!(r#"{{"id":"w{id}","x":{x}}}"#),
                    &sequenced(&format!(r#","version":{version}"#)),
                )
            }
            _ => record_with("log", &format!(r#"{{"x":{},"y":"of {version}"}}"#, x % 50), &sequenced("")),
        };
        if number % 100 == 99 {
            input += &state(version * 100 + number / 100);
            input.push('\n');
        }
    }
    writeln!(input, r#"{{"type":"ACTIVATE_VERSION","stream":"whole","version":{version}}}"#).expect("a text");
    input += &state(version * 100 + 99);
    input + "\n"
}

/// Runs all loaders at the same time, each with the whole input.
fn load_shared(folder: &Path, url: &str, input: &str) -> Vec<programs::Ran> {
    thread::scope(|scope| {
        let loader = |number: usize| {
            let (shard, report) = (format!("{number}/{SHARDS}"), format!("report.{number}.json"));
            let arguments = ["-c", "settings.json", "--shard", &shard, "--report", &report, url];
            programs::target(folder, &arguments, input.as_bytes())
        };
        let running: Vec<_> = (1..=SHARDS).map(|number| scope.spawn(move || loader(number))).collect();
        running.into_iter().map(|loader| loader.join().expect("it ends")).collect()
    })
}

fn reports(folder: &Path) -> Vec<Value> {
    let read = |number: usize| {
        let text =
            fs::read_to_string(folder.join(format!("report.{number}.json"))).expect("there is a report");
        serde_json::from_str(&text).expect("it is JSON")
    };
    (1..=SHARDS).map(read).collect()
}

/// The rows of a table, without the times of loading.
fn rows(place: &Place, table: &str) -> Vec<BTreeMap<String, String>> {
    let dump = place.dump(table);
    let records = dump.records(CLOCKS).into_iter();
    records
        .map(|row| row.into_iter().map(|(name, cell)| (name.to_owned(), cell.to_owned())).collect())
        .collect()
}

#[test]
fn eight_loaders_of_one_lake_with_a_share_each_give_the_tables_that_one_gives() {
    eight_loaders_with_a_share_each_give_the_tables_that_one_gives(&Place::ducklake_in_postgres());
}

fn eight_loaders_with_a_share_each_give_the_tables_that_one_gives(place: &Place) {
    let folder = folder::fresh();
    let mut settings = place.with_settings(&serde_json::from_str(SETTINGS).expect("it is JSON"));
    // Of a file one has its turn after the other.
    settings["lock_timeout"] = 600.into();
    // Commits into a lake go one after the other.
    if let Place::DuckLake(..) = place {
        settings["batch_size_rows"] = 400.into();
    }
    fs::write(folder.path().join("settings.json"), settings.to_string()).expect("it can be written");
    let reference = Place::memory();
    let url = place.url();
    // The second time over the rows of the first, and once more the same.
    for version in [1, 2, 2] {
        let input = stream(version);
        reference.load(SETTINGS, &input).ok();
        let sent = input.lines().filter(|line| line.contains(r#""RECORD""#)).count() as u64;
        for ran in load_shared(folder.path(), &url, &input) {
            let ran = ran.ok();
            // Each comes to the last bookmark, and to no other that was not sent.
            assert_eq!(
                ran.stdout.lines().last(),
                Some(&*format!(r#"{{"position":{}}}"#, version * 100 + 99))
            );
        }
        let reports = reports(folder.path());
        let received = |report: &Value| report["total"]["received"].as_u64().expect("a number");
        for report in &reports {
            let elsewhere = report["elsewhere"].as_object().expect("an object").values();
            let elsewhere: u64 = elsewhere.map(|count| count.as_u64().expect("a number")).sum();
            assert_eq!(received(report) + elsewhere, sent, "{report}");
            assert!(received(report) > sent / 20, "{report}");
        }
        assert_eq!(reports.iter().map(received).sum::<u64>(), sent);
        for table in ["things", "things__tags", "parts", "whole"] {
            assert!(rows(&reference, table).len() > 80, "{table} has too few rows to mean anything");
            assert!(rows(place, table) == rows(&reference, table), "{table} differs after {version}");
        }
    }
    assert_eq!(rows(place, "log"), rows(&reference, "log"));
    let rejected = |place: &Place| {
        let mut rejected: Vec<_> =
            place.rejects().into_iter().map(|reject| (reject.line, reject.table, reject.record)).collect();
        rejected.sort();
        rejected
    };
    assert!(rejected(&reference).len() > 20);
    assert_eq!(rejected(place), rejected(&reference));
}

#[test]
fn each_shard_is_asked_for_its_own_bookmark() {
    let (folder, database) = (folder::fresh(), postgres::fresh_database());
    let load = |shard: &str, position: i64| {
        let input = lines(&[USERS.to_owned(), user(position, "x", position), state(position)]);
        programs::target(folder.path(), &["--shard", shard, &database], input.as_bytes()).ok();
    };
    let bookmark = |arguments: &[&str]| {
        programs::target(folder.path(), &[&["state", &*database], arguments].concat(), b"")
    };
    load("2/2", 7);
    load("1/2", 9);
    assert_eq!(bookmark(&["--shard", "2/2"]).ok().stdout, "{\"position\":7}\n");
    assert_eq!(bookmark(&["--shard", "1/2"]).ok().stdout, "{\"position\":9}\n");
    // A share's bookmark says nothing of the others', and so none is one of everything.
    for arguments in [&[][..], &["--shard", "1/3"]] {
        let none = bookmark(arguments);
        assert_eq!((none.code, none.stdout.as_str()), (3, ""), "{}", none.stderr);
    }
}

#[test]
fn loaders_of_one_pipeline_lock_out_those_of_their_own_shard_only() {
    let (folder, database) = (folder::fresh(), postgres::fresh_database());
    fs::write(folder.path().join("settings.json"), r#"{"state_id":"users"}"#).expect("it can be written");
    let mut held = super::held_open(folder.path(), &["-c", "settings.json", "--shard", "1/2", &database]);
    let mut stderr = held.stderr.take().expect("a pipe");
    let mut stdin = held.stdin.take().expect("a pipe");
    std::io::Write::write_all(&mut stdin, lines(&[USERS]).as_bytes()).expect("it reads");
    super::announced(&mut stderr);
    let users: Vec<String> = (1..20).map(|id| user(id, "x", id)).collect();
    let input = lines(&[USERS.to_owned()]) + &lines(&users);
    let arguments = |shard| ["-c", "settings.json", "--shard", shard, &*database];
    programs::target(folder.path(), &arguments("2/2"), input.as_bytes()).ok();
    std::io::Write::write_all(&mut stdin, lines(&users).as_bytes()).expect("it reads");
    drop(stdin);
    assert!(held.wait().expect("it ends").success());
    let found = Place::Postgres(database).rows("users", &["id"]);
    assert_eq!(found.len(), 19);
}

#[test]
fn a_share_of_an_overwrite_is_refused_and_a_shard_that_is_none_too() {
    let folder = folder::fresh();
    for (arguments, said) in [
        (&["--shard", "2/8", "--load-method", "overwrite"][..], "do not go together"),
        (&["--shard", "9/8"], "such as 3/8"),
        (&["--shard", "0/8"], "such as 3/8"),
    ] {
        let ran = programs::target(folder.path(), arguments, b"");
        assert_eq!(ran.code, 2, "{}", ran.stderr);
        assert!(ran.stderr.contains(said), "{}", ran.stderr);
    }
    assert!(!folder.path().join("warehouse.duckdb").exists());
}

#[test]
fn without_shards_nothing_is_said_of_them() {
    let (folder, database) = (folder::fresh(), postgres::fresh_database());
    let input = lines(&[USERS.to_owned(), user(1, "Ada", 1)]);
    let arguments = ["--report", "report.json", "--shard", "1/1", &database];
    let ran = programs::target(folder.path(), &arguments, input.as_bytes()).ok();
    assert!(!ran.stderr.contains("shard"), "{}", ran.stderr);
    let report: Value =
        serde_json::from_str(&fs::read_to_string(folder.path().join("report.json")).expect("it is there"))
            .expect("it is JSON");
    assert_eq!(report["elsewhere"], serde_json::json!({}));
    let planned =
        programs::target(folder.path(), &["plan", "--shard", "1/2", &database], input.as_bytes()).ok();
    let other =
        programs::target(folder.path(), &["plan", "--shard", "2/2", &database], input.as_bytes()).ok();
    let passed = "users: other shards have 1 record";
    assert_eq!([planned, other].iter().filter(|plan| plan.stderr.contains(passed)).count(), 1);
}

/// The script of the documents, where a loader fails too: the bookmark stays then, and the next run brings what is missing.
#[test]
fn one_tap_feeds_many_loaders_and_goes_on_from_what_all_of_them_have() {
    let (folder, place, alone) = (folder::fresh(), Place::postgres(), Place::postgres());
    let url = place.url();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/shards.sh");
    let binaries = Path::new(env!("CARGO_BIN_EXE_target")).parent().expect("a folder").to_owned();
    let broken = folder.path().join("broken");
    fs::create_dir(&broken).expect("it can be made");
    let wrapper = format!("#!/bin/sh\n[ $2 = 2/3 ] && exit 3\nexec {}/target \"$@\"\n", binaries.display());
    fs::write(broken.join("target"), wrapper).expect("it can be written");
    fs::set_permissions(broken.join("target"), fs::Permissions::from_mode(0o755)).expect("it can be run");
    let run = |rows: &str, first: &[&Path]| {
        let own = std::env::var_os("PATH").expect("there is one");
        let folders = first.iter().map(|folder| folder.to_path_buf()).chain([binaries.clone()]);
        let path = std::env::join_paths(folders.chain(std::env::split_paths(&own))).expect("plain names");
        let mut command = Command::new("bash");
        command.arg(&script).args(["3", &url, "tap", "--streams", "orders", "--rows", rows]);
        command.current_dir(folder.path()).env("PATH", path).output().expect("there is a bash")
    };
    let bookmark = || fs::read_to_string(folder.path().join("state.json")).ok();
    let said = run("600", &[]);
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    let first = bookmark().expect("there is one");
    assert_eq!(first.lines().count(), 1, "{first}");
    assert_eq!(run("900", &[&broken]).status.code(), Some(1));
    assert_eq!(bookmark().as_ref(), Some(&first), "one of them has not come so far");
    let said = run("900", &[]);
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    assert_ne!(bookmark(), Some(first));
    let everything = programs::tap(folder.path(), &["--streams", "orders", "--rows", "900"]).ok().stdout;
    programs::target(folder.path(), &[&alone.url()], everything.as_bytes()).ok();
    let orders = |place: &Place| {
        let dump = place.dump("orders");
        let when = |name: &&str| CLOCKS.contains(name) || *name == "_sdc_extracted_at";
        dump.only(&dump.names().into_iter().filter(|name| !when(name)).collect::<Vec<_>>())
    };
    assert!(orders(&alone).len() > 100);
    assert!(orders(&place) == orders(&alone), "the tables differ");
}

#[test]
fn the_page_on_operations_shows_the_script_that_is_run_here() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let read = |path: &str| fs::read_to_string(root.join(path)).expect("it is there");
    assert!(read("docs/operations.md").contains(&format!("```bash\n{}```\n", read("examples/shards.sh"))));
}
