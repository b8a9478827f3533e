//! What a stream asks of its table, drawn at random, and what that comes to: the law in a few lines.
//!
//! A record is its key and its sequence. All else that it holds follows from these two, so that equal records are equal.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::support::dice::Dice;
use crate::support::messages::{BOOLEAN, INTEGER, record_with, schema};
use crate::support::place::Place;
use crate::support::table::Dump;

/// A record: its key, and its sequence.
pub(super) type Sent = (u64, i64);

/// How rows join the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Merge,
    Append,
    Overwrite,
}

/// What becomes of deletes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deletes {
    /// There are none.
    No,
    /// The row stays, and is marked.
    Soft,
    /// The row goes, and a tombstone stays.
    Hard,
}

/// What a stream asks of its table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    pub(super) method: Method,
    pub(super) deletes: Deletes,
    /// Whether records have an array, with a table of its own.
    pub(super) arrays: bool,
    /// The greatest sequence, where the records are of three versions, of which the last is activated at the end.
    versions: Option<i64>,
}

/// Keys of the stream.
const KEYS: u64 = 12;

/// Records that come late and twice.
pub(super) fn records(dice: &mut Dice) -> Vec<Sent> {
    let mut sent: Vec<Sent> =
        (1..=dice.from(5, 60) as i64).map(|sequence| (dice.below(KEYS), sequence)).collect();
    for _ in 0..dice.below(20) {
        sent.push(sent[dice.index(sent.len())]);
    }
    dice.shuffle(&mut sent);
    sent
}

/// A row: its key, its sequence, and whether it is marked as deleted.
type Row = (u64, i64, bool);

/// An element of an array: key and sequence of its record, its place, and itself.
type Element = (u64, i64, i64, i64);

/// What the tables hold, in order.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Content {
    rows: Vec<Row>,
    elements: Vec<Element>,
    tombstones: Vec<Sent>,
}

impl Shape {
    /// One for these records. Seeds that follow each other have all methods.
    pub(super) fn draw(dice: &mut Dice, seed: u64, sent: &[Sent]) -> Self {
        let method = [Method::Merge, Method::Append, Method::Merge, Method::Overwrite][seed as usize % 4];
        let deletes = [Deletes::No, Deletes::Soft, Deletes::Hard, Deletes::Hard][dice.index(4)];
        let last = sent.iter().map(|(_, sequence)| *sequence).max();
        // An overwrite is a version by itself.
        let versions = last.filter(|_| dice.once_in(3) && method != Method::Overwrite);
        Self { method, deletes, arrays: dice.once_in(2), versions }
    }

    /// The same records, merged.
    pub(super) fn merged(self) -> Self {
        Self { method: Method::Merge, ..self }
    }

    /// Settings of a load of this shape, with commits of so many rows.
    pub(super) fn settings(&self, rows: u64) -> String {
        let method = match self.method {
            Method::Merge => "upsert",
            Method::Append => "append-only",
            Method::Overwrite => "overwrite",
        };
        let mut settings = format!(r#""batch_size_rows":{rows},"load_method":"{method}""#);
        if self.arrays {
            settings += r#","nested":"subtables""#;
        }
        if self.deletes != Deletes::No {
            settings += r#","deleted_property":"gone""#;
        }
        if self.deletes == Deletes::Hard {
            // Longer than any test, so that nothing is pruned, and the pruning runs all the same.
            settings += r#","hard_delete":true,"tombstone_retention":"1 day""#;
        }
        format!("{{{settings}}}")
    }

    /// The SCHEMA of the stream.
    pub(super) fn schema(&self) -> String {
        let mut properties = vec![("id", INTEGER)];
        if self.arrays {
            properties.push(("tags", r#"{"type":["null","array"],"items":{"type":"integer"}}"#));
        }
        if self.deletes != Deletes::No {
            properties.push(("gone", BOOLEAN));
        }
        schema("s", &["id"], &properties)
    }

    /// The RECORD.
    pub(super) fn record(&self, sent: Sent) -> String {
        let mut record = format!(r#"{{"id":{}"#, sent.0);
        let tags = self.tags(sent);
        if !tags.is_empty() {
            write!(record, r#","tags":{tags:?}"#).expect("a text takes it");
        }
        if self.is_delete(sent) {
            record += r#","gone":true"#;
        }
        let version = self.version(sent).map(|version| format!(r#","version":{version}"#));
        record_with(
            "s",
            &(record + "}"),
            &format!(r#","sequence":{}{}"#, sent.1, version.unwrap_or_default()),
        )
    }

    /// What comes after the last record.
    pub(super) fn end(&self) -> String {
        match self.versions {
            Some(_) => "{\"type\":\"ACTIVATE_VERSION\",\"stream\":\"s\",\"version\":3}\n".to_owned(),
            None => String::new(),
        }
    }

    /// Some number that only the record knows.
    fn number(&self, (id, sequence): Sent) -> u64 {
        Dice::new(id << 32 ^ sequence as u64).below(1 << 20)
    }

    fn is_delete(&self, sent: Sent) -> bool {
        self.deletes != Deletes::No && self.number(sent).is_multiple_of(4)
    }

    fn tags(&self, sent: Sent) -> Vec<i64> {
        if !self.arrays || self.is_delete(sent) {
            return Vec::new();
        }
        let number = self.number(sent) as i64;
        (0..number / 4 % 4).map(|level| (number + level) % 100).collect()
    }

    fn version(&self, (_, sequence): Sent) -> Option<i64> {
        self.versions.map(|last| 1 + sequence * 3 / (last + 1))
    }

    /// Whether its version is over once the last one is activated.
    fn is_over(&self, sent: Sent) -> bool {
        self.version(sent).is_some_and(|version| version < 3)
    }

    fn elements(&self, rows: &[Row]) -> Vec<Element> {
        let of = |&(id, sequence, _): &Row| {
            let tags = self.tags((id, sequence)).into_iter();
            (0..).zip(tags).map(move |(level, tag)| (id, sequence, level, tag))
        };
        let mut elements: Vec<Element> = rows.iter().flat_map(of).collect();
        elements.sort_unstable();
        elements
    }

    /// What the records come to.
    pub(super) fn law(&self, sent: &[Sent]) -> Content {
        let mut newest = sent.to_vec();
        newest.sort_unstable();
        newest.dedup();
        if self.method != Method::Append {
            newest = newest.into_iter().collect::<BTreeMap<_, _>>().into_iter().collect();
        }
        // Which rows of versions that are over can be seen depends on when they came.
        newest.retain(|sent| !self.is_over(*sent));
        let buries = self.deletes == Deletes::Hard && self.method == Method::Merge;
        let (gone, live): (Vec<Sent>, Vec<Sent>) =
            newest.into_iter().partition(|sent| buries && self.is_delete(*sent));
        let rows: Vec<Row> = live.into_iter().map(|sent| (sent.0, sent.1, self.is_delete(sent))).collect();
        Content { elements: self.elements(&rows), rows, tombstones: gone }
    }

    /// What the tables hold. A commit of a process that was killed may still be on its way: it is read until nothing changes.
    fn read(place: &Place) -> Content {
        let mut content = Self::read_once(place);
        loop {
            let again = Self::read_once(place);
            if again == content {
                return content;
            }
            content = again;
        }
    }

    fn read_once(place: &Place) -> Content {
        let [rows, elements, tombstones] = ["s", "s__tags", "s__tombstones"].map(|name| place.find(name));
        let columns = ["_sdc_source_key_id", "_sdc_sequence", "_sdc_level_0_id", "value"];
        Content {
            rows: read(rows, &["id", "_sdc_sequence", "_sdc_deleted_at"], |[id, sequence, deleted]| {
                (number(id), number(sequence), deleted != "NULL")
            }),
            elements: read(elements, &columns, |[id, sequence, level, tag]| {
                (number(id), number(sequence), number(level), number(tag))
            }),
            tombstones: read(tombstones, &["id", "_sdc_sequence"], |[id, sequence]| {
                (number(id), number(sequence))
            }),
        }
    }

    /// What the tables hold of versions that are not over, where each row has the elements that are its own, and no others are there.
    #[track_caller]
    fn stored(&self, place: &Place, said: &str) -> Content {
        let mut content = Self::read(place);
        content.rows.retain(|row| !self.is_over((row.0, row.1)));
        content.elements.retain(|element| !self.is_over((element.0, element.1)));
        content.tombstones.retain(|sent| !self.is_over(*sent));
        assert_eq!(content.elements, self.elements(&content.rows), "{said}: each row has its own array");
        content
    }

    /// Whether the tables are what the records come to.
    #[track_caller]
    pub(super) fn is_whole(&self, place: &Place, sent: &[Sent], said: &str) -> bool {
        self.stored(place, said) == self.law(sent)
    }

    /// Demands that the tables are what the records come to, and that of the versions that are over nothing lives.
    #[track_caller]
    pub(super) fn check(&self, place: &Place, sent: &[Sent], said: &str) {
        assert_eq!(self.stored(place, said), self.law(sent), "{said}");
        let mut ended = Self::read(place);
        ended.rows.retain(|row| self.is_over((row.0, row.1)));
        if self.deletes == Deletes::Hard {
            ended.elements.retain(|element| self.is_over((element.0, element.1)));
            ended.tombstones.retain(|sent| self.is_over(*sent));
            assert_eq!(ended, Content::default(), "{said}: a version is over");
        }
        assert!(ended.rows.iter().all(|row| row.2), "{said}: a version is over: {:?}", ended.rows);
    }

    /// Demands that the tables have at least these records, as far as they are not over: in a merge each or a newer one, in an append
    /// each once. `before` is what they held before an overwrite, which is all there or all gone.
    #[track_caller]
    pub(super) fn hold_against(
        &self,
        place: &Place,
        covered: &[Sent],
        all: &[Sent],
        before: &[Sent],
        said: &str,
    ) {
        let stored = self.stored(place, said);
        if self.method == Method::Overwrite {
            let is_before = covered.is_empty() && stored == self.merged().law(before);
            assert!(is_before || stored == self.law(all), "{said}: neither the old nor the new: {stored:?}");
            return;
        }
        let expected = self.law(covered);
        for (id, sequence, _) in expected.rows {
            let found = |found: Sent| match self.method {
                Method::Append => found == (id, sequence),
                _ => found.0 == id && found.1 >= sequence,
            };
            let rows = stored.rows.iter().filter(|row| found((row.0, row.1))).count();
            let tombstones = stored.tombstones.iter().filter(|sent| found(**sent)).count();
            assert_eq!(rows + tombstones, 1, "{said}: {id} of {sequence} is covered by a bookmark");
        }
        for (id, sequence) in expected.tombstones {
            let newer = |found: Sent| found.0 == id && found.1 >= sequence;
            let rows = stored.rows.iter().filter(|row| newer((row.0, row.1))).count();
            let tombstones = stored.tombstones.iter().filter(|sent| newer(**sent)).count();
            assert_eq!(
                rows + tombstones,
                1,
                "{said}: the delete of {id} at {sequence} is covered by a bookmark"
            );
        }
    }
}

/// The rows of a table, if it is there.
fn read<const N: usize, T: Ord>(
    table: Option<Dump>,
    columns: &[&str; N],
    row: impl Fn([&str; N]) -> T,
) -> Vec<T> {
    let rows = table.map(|table| table.only(columns)).unwrap_or_default();
    let cells = |text: &String| {
        let cells: Vec<&str> = text.split(" | ").collect();
        row(cells.try_into().expect("so many columns"))
    };
    let mut rows: Vec<T> = rows.iter().map(cells).collect();
    rows.sort_unstable();
    rows
}

fn number<T: std::str::FromStr>(text: &str) -> T {
    text.parse().unwrap_or_else(|_| panic!("a number: {text}"))
}
