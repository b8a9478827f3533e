//! Names and values that are made to break SQL, at random: all of them are data. Each value is read back from the column that its
//! property has, and nothing else has happened in the database.

use std::collections::{BTreeMap, BTreeSet};

use target::names;
use target::table::System;

use crate::support::dice::{Dice, seed, times};
use crate::support::messages::*;
use crate::support::place::{Place, everywhere};
use crate::support::table::canonical;

everywhere! {
    hostile_names_and_values_are_data,
}

/// What names and values are put together of.
const PIECES: [&str; 46] = [
    "\"",
    "\"\"",
    "'",
    "''",
    "`",
    ";",
    "--",
    "/*",
    "*/",
    "\\",
    "\\'",
    "\\\"",
    "\\x00",
    "$$",
    "$1",
    "$tag$",
    "%s",
    "%",
    "?",
    ":name",
    "{}",
    "\0",
    "\n",
    "\r\n",
    "\t",
    " ",
    "",
    ".",
    ",",
    "(",
    ")",
    "drop table canary",
    "'; drop table canary; --",
    "\"; drop table canary; --",
    "') on conflict do nothing; --",
    "select",
    "null",
    "NULL",
    "\u{202e}abc",
    "e\u{301}",
    "ß",
    "İ",
    "🦀",
    "_sdc_",
    "Name",
    "\u{feff}",
];

/// A hostile text; now and then a very long one.
fn text_of(dice: &mut Dice) -> String {
    let mut text = String::new();
    for _ in 0..dice.from(1, 4) {
        text += PIECES[dice.index(PIECES.len())];
    }
    if dice.once_in(12) { text.repeat(80) } else { text }
}

/// So many hostile names that are not those in `taken`, some of which differ from another one by case only, or in their last byte.
fn names_of(dice: &mut Dice, count: u64, taken: &mut BTreeSet<String>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    while (found.len() as u64) < count {
        let mut name = text_of(dice);
        if let Some(other) = found.last().filter(|_| dice.once_in(3)) {
            name = match dice.below(3) {
                0 => other.to_uppercase(),
                1 => other.to_lowercase(),
                _ => format!("{other}{}", dice.below(3)),
            };
        }
        if dice.once_in(9) {
            name = System::ALL[dice.index(System::ALL.len())].name().to_uppercase();
        }
        // That one says that a record is a delete.
        if name == System::DeletedAt.name() {
            continue;
        }
        // Two names may be one where U+0000 cannot be held: the streams of one run are told apart without it.
        if taken.insert(name.replace('\0', "\u{fffd}")) {
            found.push(name);
        }
    }
    found
}

/// A stream with hostile names: its properties are texts, the first of them the key, and behind them one that may be anything.
struct Hostile {
    stream: String,
    properties: Vec<String>,
    /// The members of an object, and its name.
    object: Option<(String, Vec<String>)>,
    anything: String,
    /// For each row the text of each property, and of each member; they begin with their place.
    rows: Vec<Vec<String>>,
    /// For each row what may be anything, as JSON.
    json: Vec<String>,
}

impl Hostile {
    fn new(dice: &mut Dice, stream: String) -> Self {
        let mut taken = BTreeSet::new();
        let count = dice.from(1, 9);
        let properties = names_of(dice, count, &mut taken);
        let object = (dice.once_in(2)).then(|| {
            let name = names_of(dice, 1, &mut taken).remove(0);
            (name, names_of(dice, 3, &mut BTreeSet::new()))
        });
        let anything = names_of(dice, 1, &mut taken).remove(0);
        let width = properties.len() + object.as_ref().map_or(0, |(_, members)| members.len());
        let mut rows = Vec::new();
        let mut json = Vec::new();
        for row in 0..dice.from(1, 4) {
            rows.push((0..width).map(|at| format!("{row} {at} {}", text_of(dice))).collect());
            json.push(format!(r#"{{{}:[{}]}}"#, text(&text_of(dice)), text(&text_of(dice))));
        }
        Self { stream, properties, object, anything, rows, json }
    }

    fn schema(&self) -> String {
        let mut properties: Vec<(&str, &str)> =
            self.properties.iter().map(|name| (name.as_str(), TEXT)).collect();
        let inside;
        if let Some((name, members)) = &self.object {
            let members: Vec<String> = members.iter().map(|name| format!("{}:{TEXT}", text(name))).collect();
            inside = format!(r#"{{"type":"object","properties":{{{}}}}}"#, members.join(","));
            properties.push((name, &inside));
        }
        properties.push((&self.anything, ANYTHING));
        schema(&self.stream, &[&self.properties[0]], &properties)
    }

    fn record(&self, row: usize) -> String {
        let texts = &self.rows[row];
        let pair = |(name, value): (&String, &String)| format!("{}:{}", text(name), text(value));
        let mut members: Vec<String> = self.properties.iter().zip(texts).map(pair).collect();
        if let Some((name, inner)) = &self.object {
            let inner: Vec<String> = inner.iter().zip(&texts[self.properties.len()..]).map(pair).collect();
            members.push(format!("{}:{{{}}}", text(name), inner.join(",")));
        }
        members.push(format!("{}:{}", text(&self.anything), self.json[row]));
        sequenced(&self.stream, 1, &format!("{{{}}}", members.join(",")))
    }

    /// A record whose key is no text.
    fn bad(&self) -> String {
        format!("{{{}:7,{}:{}}}", text(&self.properties[0]), text(&self.anything), self.json[0])
    }

    fn input(&self) -> String {
        let rows: String = (0..self.rows.len()).map(|row| self.record(row)).collect();
        self.schema() + &rows + &sequenced(&self.stream, 1, &self.bad())
    }
}

fn hostile_names_and_values_are_data(place: &Place) {
    let cases = if matches!(place, Place::Memory(_)) { 60 } else { 5 };
    place.execute("create table canary as select 42 as answer");
    let seed = seed();
    for case in 0..times(cases) {
        let seed = seed.wrapping_add(case);
        let mut dice = Dice::new(seed);
        let said = format!("TEST_SEED={seed}");
        let flatten = dice.once_in(2);
        let settings = format!(
            r#"{{"nested":"{}","load_method":"{}","latest_view":true,"nul_bytes":"replace","on_invalid_record":"reject"}}"#,
            if flatten { "flatten" } else { "json" },
            if dice.once_in(2) { "upsert" } else { "append-only" },
        );
        let count = dice.from(1, 4);
        // What an earlier case has left has other names.
        let streams = names_of(&mut dice, count, &mut BTreeSet::new()).into_iter();
        let streams: Vec<Hostile> =
            streams.map(|name| Hostile::new(&mut dice, format!("{name}{case}"))).collect();
        let bookmark = format!("{{{}:{}}}", text(&text_of(&mut dice)), text(&text_of(&mut dice)));
        let input = streams.iter().map(Hostile::input).collect::<String>() + &state(&bookmark);
        // Once more: what is there is found again.
        for _ in 0..2 {
            let loaded = place.load(&settings, &input);
            assert!(loaded.outcome.is_ok(), "{said}: {:?}\n{settings}\n{input}", loaded.outcome);
            assert_eq!(loaded.bookmarks, [bookmark.as_str()], "{said}");
        }
        assert_eq!(place.bookmark().as_ref(), Some(&bookmark), "{said}");
        let tables = place.tables();
        let rejects = place.rejects();
        for hostile in &streams {
            let name = &tables[&hostile.stream.replace('\0', "\u{fffd}")];
            assert!(
                rejects.iter().any(|reject| reject.table == *name && reject.record == hostile.bad()),
                "{said}"
            );
            read_back(place, hostile, name, flatten, &said);
        }
        if !matches!(place, Place::Memory(_)) {
            assert_eq!(place.rows("canary", &["answer"]), ["42"], "{said}");
        }
    }
}

/// Every text is in the column of its property, and in no other.
fn read_back(place: &Place, hostile: &Hostile, table: &str, flatten: bool, said: &str) {
    let held = |text: &str| match place {
        Place::Postgres(_) | Place::DuckLake(..) => text.replace('\0', "\u{fffd}"),
        _ => text.to_owned(),
    };
    let dump = place.dump(table);
    assert_eq!(dump.rows.len(), hostile.rows.len(), "{said}: {:?}", hostile.stream);
    // A place is said by the second word of a text.
    let mut columns: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
    for row in &dump.rows {
        let texts: Vec<(usize, String)> = row
            .iter()
            .enumerate()
            .filter(|(_, cell)| cell.starts_with('"'))
            .map(|(at, cell)| (at, serde_json::from_str(cell).expect("a dump quotes texts")))
            .collect();
        let number = |text: &str, word: usize| -> usize {
            text.split(' ')
                .nth(word)
                .and_then(|word| word.parse().ok())
                .unwrap_or_else(|| panic!("{said}: {text:?}"))
        };
        let id = number(&texts[0].1, 0);
        let shown = if flatten { hostile.rows[id].len() } else { hostile.properties.len() };
        let expected: BTreeSet<String> = hostile.rows[id][..shown].iter().map(|text| held(text)).collect();
        let found: BTreeSet<String> = texts.iter().map(|(_, text)| text.clone()).collect();
        assert_eq!((&found, texts.len()), (&expected, expected.len()), "{said}: {:?}", hostile.stream);
        for (at, text) in &texts {
            columns.entry(number(text, 1)).or_default().insert(dump.names()[*at]);
        }
        let json = canonical(&held_json(place, &hostile.json[id]));
        assert!(row.contains(&json), "{said}: {json} is not in {row:?}");
    }
    assert!(columns.values().all(|names| names.len() == 1), "{said}: {columns:?}");
    // And those are the columns that the rules for names give, where nothing else is there to be named.
    if !flatten {
        let properties: Vec<&str> = hostile.properties.iter().map(String::as_str).collect();
        let others = hostile.object.iter().map(|(name, _)| name.as_str()).chain([hostile.anything.as_str()]);
        let asked: Vec<&str> = properties.iter().copied().chain(others).collect();
        let system: Vec<&str> =
            System::ALL.iter().chain([&System::RecordHash]).map(|system| system.name()).collect();
        let given = names::columns(&asked, &[], &system, &place.open().abilities().names);
        for (at, name) in given.iter().take(properties.len()).enumerate() {
            assert!(columns[&at].contains(name.as_str()), "{said}: {name:?}: {columns:?}");
        }
    }
}

/// JSON as the place holds it: Postgres has no U+0000 there either.
fn held_json(place: &Place, json: &str) -> String {
    match place {
        Place::Postgres(_) | Place::DuckLake(..) => json.replace("\\u0000", "\u{fffd}"),
        _ => json.to_owned(),
    }
}
