//! Tables whose rows lie in pieces: in the partitions that a user has made, and over the nodes of a cluster. What they hold must be what a
//! plain table would.

/// Tables that Citus distributes, by a stand-in for it.
mod distributed;
/// Partitioned tables.
mod partitioned;

use std::fs;

use ::postgres::SimpleQueryMessage;
use tempfile::TempDir;

use crate::support::messages::*;
use crate::support::postgres::{Database, connect, fresh_database};
use crate::support::{folder, programs};

/// A database of its own, and a folder for settings.
struct Shop {
    database: Database,
    folder: TempDir,
}

impl Shop {
    fn new() -> Self {
        Self { database: fresh_database(), folder: folder::fresh() }
    }

    fn run(&self, sql: &str) {
        connect(&self.database).batch_execute(sql).expect("the SQL runs");
    }

    /// The rows of a query: the cells of each between bars.
    fn rows(&self, query: &str) -> Vec<String> {
        let messages = connect(&self.database).simple_query(query).expect("the query runs");
        let row = |message: &SimpleQueryMessage| match message {
            SimpleQueryMessage::Row(row) => {
                let cells: Vec<&str> = (0..row.len()).map(|at| row.get(at).unwrap_or("-")).collect();
                Some(cells.join(" | "))
            }
            _ => None,
        };
        messages.iter().filter_map(row).collect()
    }

    fn load(&self, settings: &str, input: &str) -> programs::Ran {
        fs::write(self.folder.path().join("settings.json"), settings).expect("it is written");
        self.target(&["--config", "settings.json", &self.database], input)
    }

    fn target(&self, arguments: &[&str], input: &str) -> programs::Ran {
        programs::target(self.folder.path(), arguments, input.as_bytes())
    }
}

/// What became of the records, by the summary.
fn summary(ran: &programs::Ran) -> Vec<String> {
    let lines = ran.stderr.lines().filter(|line| line.starts_with("things "));
    let lines: Vec<String> =
        lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    assert!(!lines.is_empty(), "no summary in\n{}", ran.stderr);
    lines
}

/// Things by `id` and `day`.
fn things(more: &[(&str, &str)]) -> String {
    let properties = [&[("id", INTEGER), ("day", DATE), ("x", TEXT), ("deleted", BOOLEAN)], more].concat();
    schema("things", &["id", "day"], &properties)
}

/// A thing of the month that its id says: of 2020 those below 12, then of the years after.
fn thing(sequence: i64, id: i64, more: &str) -> String {
    sequenced("things", sequence, &format!(r#"{{"id":{id},"day":"{}"{more}}}"#, day(id)))
}

fn day(id: i64) -> String {
    format!("{}-{:02}-15", 2020 + id / 12, id % 12 + 1)
}

/// Loads of one table, one after the other: settings and input.
type Loads = Vec<(&'static str, String)>;

/// Every sort of load, by what it shows.
fn scenarios() -> Vec<(&'static str, Loads)> {
    let x = |value: &str| format!(r#","x":"{value}""#);
    let all = |sequence: i64, ids: std::ops::Range<i64>, value: &str| -> String {
        ids.map(|id| thing(sequence, id, &x(&format!("{value}{id}")))).collect()
    };
    let gone = r#","deleted":true"#;
    let soft = r#"{"deleted_property":"deleted"}"#;
    let hard = r#"{"deleted_property":"deleted","hard_delete":true}"#;
    let tied = r#"{"sequence":"property:id"}"#;
    let versioned = |version: i64, ids: std::ops::Range<i64>| -> String {
        ids.map(|id| {
            let record = format!(r#"{{"id":{id},"day":"{}","x":"v{version}"}}"#, day(id));
            record_with("things", &record, &format!(r#","sequence":1,"version":{version}"#))
        })
        .collect()
    };
    let activate = |version: i64| {
        format!("{{\"type\":\"ACTIVATE_VERSION\",\"stream\":\"things\",\"version\":{version}}}\n")
    };
    let first = things(&[]) + &all(5, 0..30, "a") + &state("1");
    vec![
        (
            "merged",
            vec![
                ("{}", first.clone()),
                ("{}", first.clone()),
                ("{}", things(&[]) + &all(6, 10..40, "b") + &all(4, 0..20, "late") + &all(5, 25..30, "tie")),
                ("{}", things(&[("y", INTEGER)]) + &thing(7, 3, r#","y":3"#) + &thing(1, 50, r#","y":50"#)),
                ("{}", things(&[("y", INTEGER)]) + &thing(8, 3, r#","y":12345678901234567890"#)),
            ],
        ),
        (
            "tied",
            vec![
                (tied, things(&[]) + &all(0, 0..30, "a")),
                (tied, things(&[]) + &all(0, 0..20, "a") + &all(0, 20..40, "b")),
            ],
        ),
        (
            "deleted",
            vec![
                (soft, first.clone()),
                (soft, things(&[]) + &thing(6, 3, gone) + &thing(6, 4, gone) + &thing(4, 5, gone)),
                (soft, things(&[]) + &all(7, 3..4, "back") + &all(5, 4..5, "late")),
            ],
        ),
        (
            "deleted hard",
            vec![
                (hard, first.clone()),
                (hard, things(&[]) + &thing(6, 3, gone) + &thing(6, 4, gone) + &thing(4, 5, gone)),
                (hard, things(&[]) + &all(7, 3..4, "back") + &all(5, 4..5, "late") + &all(6, 5..8, "b")),
            ],
        ),
        (
            "kept",
            vec![
                (r#"{"missing_properties":"keep"}"#, first.clone()),
                (
                    r#"{"missing_properties":"keep"}"#,
                    things(&[("y", INTEGER)]) + &thing(6, 3, r#","y":1"#) + &thing(6, 60, r#","y":2"#),
                ),
            ],
        ),
        (
            "versions",
            vec![
                ("{}", things(&[]) + &versioned(1, 0..30) + &activate(1)),
                ("{}", things(&[]) + &versioned(2, 10..20) + &activate(2)),
                (r#"{"hard_delete":true}"#, things(&[]) + &versioned(3, 15..35) + &activate(3)),
            ],
        ),
        (
            "overwritten",
            vec![
                (r#"{"load_method":"overwrite"}"#, first.clone()),
                (r#"{"load_method":"overwrite"}"#, things(&[]) + &all(1, 20..50, "b")),
                ("{}", things(&[]) + &all(2, 40..60, "c")),
            ],
        ),
    ]
}

/// What there is of the things, without the times of loading.
const CONTENT: &str = "select * from (select jsonb_object_agg(key, value) filter (where key not in \
     ('_sdc_extracted_at', '_sdc_received_at', '_sdc_batched_at', '_sdc_deleted_at'))::text || \
     coalesce((to_jsonb(t) -> '_sdc_deleted_at' <> 'null')::text, '') as row \
     from things as t, jsonb_each(to_jsonb(t)) group by t.*) as all_of_them order by 1";

/// Compares what a plain table comes to with what one in pieces does, after each load of each scenario. `make` gives such a one.
fn compare(settings: impl Fn(&str) -> String, make: impl Fn() -> Shop, plain: impl Fn(&Shop)) {
    for (name, loads) in scenarios() {
        let (pieces, whole) = (make(), Shop::new());
        plain(&whole);
        for (number, (given, input)) in (1..).zip(&loads) {
            let (in_pieces, in_one) = (pieces.load(&settings(given), input), whole.load(given, input));
            assert_eq!(in_one.code, 0, "{name}, load {number}: {}", in_one.stderr);
            assert_eq!(in_pieces.code, 0, "{name}, load {number}: {}", in_pieces.stderr);
            assert_eq!(pieces.rows(CONTENT), whole.rows(CONTENT), "{name}, load {number}");
            assert_eq!(summary(&in_pieces), summary(&in_one), "{name}, load {number}");
            assert_eq!(in_pieces.stdout, in_one.stdout, "{name}, load {number}");
        }
        let graves = "select id, day, _sdc_sequence from things__tombstones order by 1";
        if name == "deleted hard" {
            assert_eq!(pieces.rows(graves), whole.rows(graves), "{name}");
            assert!(!whole.rows(graves).is_empty(), "{name}");
        }
        assert!(whole.rows(CONTENT).len() > 9, "{name}: there is something to compare");
    }
}
