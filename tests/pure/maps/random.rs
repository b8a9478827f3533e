//! Random maps of random records do what a small model over parsed JSON does, and what they make is loaded as if it had been sent so.

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use target::destination::memory::Memory;

use super::super::stage::{self, Loader};
use crate::support::dice::cases;

const NAMES: [&str; 5] = ["a", "b", "c d", "é", "e"];

/// An expression, with its text made from it.
#[derive(Clone, Debug)]
enum Tree {
    Property(&'static str),
    Constant(Value),
    Hash(Box<Tree>),
    Text(Box<Tree>),
    Truth(Box<Tree>),
    Equal(Box<Tree>, Box<Tree>, bool),
    IsNone(Box<Tree>, bool),
    Not(Box<Tree>),
}

impl Tree {
    fn text(&self) -> String {
        match self {
            Tree::Property(name) if name.contains(' ') => format!("record[{name:?}]"),
            Tree::Property(name) => (*name).to_owned(),
            Tree::Constant(Value::Null) => "None".to_owned(),
            Tree::Constant(Value::Bool(true)) => "True".to_owned(),
            Tree::Constant(Value::Bool(false)) => "False".to_owned(),
            Tree::Constant(value) => value.to_string(),
            Tree::Hash(of) => format!("sha256({})", of.text()),
            Tree::Text(of) => format!("str({})", of.text()),
            Tree::Truth(of) => format!("bool({})", of.text()),
            Tree::Equal(a, b, equal) => {
                format!("(({}) {} ({}))", a.text(), if *equal { "==" } else { "!=" }, b.text())
            }
            Tree::IsNone(of, is) => format!("(({}) is {})", of.text(), if *is { "None" } else { "not None" }),
            Tree::Not(of) => format!("(not {})", of.text()),
        }
    }

    fn value(&self, record: &Map<String, Value>) -> Option<Value> {
        let of = |tree: &Tree| tree.value(record).unwrap_or(Value::Null);
        Some(match self {
            Tree::Property(name) => return record.get(*name).cloned(),
            Tree::Constant(value) => value.clone(),
            Tree::Hash(tree) => match shown(&of(tree)) {
                Some(text) => {
                    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect::<String>().into()
                }
                None => Value::Null,
            },
            Tree::Text(tree) => match of(tree) {
                // It stays as it is.
                Value::Array(list) => list.into(),
                value => shown(&value).map_or(Value::Null, Value::from),
            },
            Tree::Truth(tree) => truth(&of(tree)).into(),
            Tree::Equal(a, b, equal) => (same(&of(a), &of(b)) == *equal).into(),
            Tree::IsNone(tree, is) => (of(tree).is_null() == *is).into(),
            Tree::Not(tree) => (!truth(&of(tree))).into(),
        })
    }
}

fn shown(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Bool(true) => Some("True".into()),
        Value::Bool(false) => Some("False".into()),
        other => Some(other.to_string()),
    }
}

fn truth(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        Value::Object(members) => !members.is_empty(),
    }
}

fn same(a: &Value, b: &Value) -> bool {
    let number = |value: &Value| match value {
        Value::Bool(value) => Some(f64::from(u8::from(*value))),
        value => value.as_f64(),
    };
    match (number(a), number(b)) {
        (Some(a), Some(b)) => a == b,
        _ => a == b,
    }
}

fn values() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3i64..4).prop_map(Value::from),
        prop::sample::select(vec![json!(0.0), json!(1.0), json!(-2.5), json!(0.125)]),
        prop::sample::select(vec!["", "a", "1", "é\"\\\n'", "\u{0}x", "😀"]).prop_map(Value::from),
        prop::collection::vec(0..3, 0..3).prop_map(Value::from),
    ]
}

fn trees() -> impl Strategy<Value = Tree> {
    let constants = values().prop_filter("a list is no constant", |value| !value.is_array());
    // Escapes of JSON that Python writes in another way are left to the table.
    let constants = constants.prop_map(|value| match value.as_str() {
        Some(text) if text.contains('\0') => json!("plain"),
        _ => value,
    });
    let leaf = prop_oneof![
        3 => prop::sample::select(NAMES.to_vec()).prop_map(Tree::Property),
        1 => constants.prop_map(Tree::Constant),
    ];
    leaf.prop_recursive(3, 8, 2, |inner| {
        let boxed = inner.prop_map(Box::new);
        prop_oneof![
            boxed.clone().prop_map(Tree::Hash),
            boxed.clone().prop_map(Tree::Text),
            boxed.clone().prop_map(Tree::Truth),
            boxed.clone().prop_map(Tree::Not),
            (boxed.clone(), any::<bool>()).prop_map(|(of, is)| Tree::IsNone(of, is)),
            (boxed.clone(), boxed, any::<bool>()).prop_map(|(a, b, equal)| Tree::Equal(a, b, equal)),
        ]
    })
}

/// A map: what becomes of properties, of records, and of what is not named.
#[derive(Clone, Debug)]
struct Given {
    rules: Vec<(&'static str, Option<Tree>)>,
    filter: Option<Tree>,
    others: bool,
}

impl Given {
    fn settings(&self) -> Value {
        let mut map = json!({"__key_properties__": null});
        for (name, rule) in &self.rules {
            map[name] = rule.as_ref().map_or(Value::Null, |rule| rule.text().into());
        }
        if let Some(filter) = &self.filter {
            map["__filter__"] = filter.text().into();
        }
        if !self.others {
            map["__else__"] = Value::Null;
        }
        map
    }

    fn of(&self, record: &Map<String, Value>) -> Option<Map<String, Value>> {
        if self.filter.as_ref().is_some_and(|filter| !truth(&filter.value(record).unwrap_or(Value::Null))) {
            return None;
        }
        let mut made = if self.others { record.clone() } else { Map::new() };
        for (name, rule) in &self.rules {
            made.shift_remove(*name);
            if let Some(value) = rule.as_ref().and_then(|rule| rule.value(record)) {
                made.insert((*name).to_owned(), value);
            }
        }
        Some(made)
    }
}

fn maps() -> impl Strategy<Value = Given> {
    let names = [&NAMES[..], &["x", "y"]].concat();
    let rules =
        prop::collection::btree_map(prop::sample::select(names), prop::option::weighted(0.8, trees()), 0..4);
    (rules, prop::option::of(trees()), any::<bool>()).prop_map(|(rules, filter, others)| Given {
        // A table has a column.
        rules: rules.into_iter().chain([("z", Some(Tree::Constant(json!(1))))]).collect(),
        filter,
        others,
    })
}

fn records() -> impl Strategy<Value = Map<String, Value>> {
    let names = [&NAMES[..], &["other"]].concat();
    let members = prop::collection::vec((prop::sample::select(names), values()), 0..6);
    members.prop_map(|members| members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// Any value may stand in any property.
fn schema() -> Value {
    let properties: Map<String, Value> = NAMES.iter().map(|name| ((*name).to_owned(), json!({}))).collect();
    json!({"type": "object", "properties": properties})
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn a_mapped_record_is_what_the_model_says_and_is_loaded_as_if_it_had_been_sent_so(
        given in maps(),
        records in prop::collection::vec(records(), 1..4),
    ) {
        let mut mapper = super::mapper_of(&given.settings(), &schema()).unwrap();
        let made = mapper.schema("people").schema.to_owned();
        let line = |schema: &Value| json!({"type": "SCHEMA", "stream": "people", "schema": schema}).to_string();
        let settings = json!({"on_invalid_record": "reject", "add_record_metadata": false});
        let mut mapping = settings.clone();
        mapping["stream_maps"] = json!({"people": given.settings()});
        let (mut by_maps, mut as_sent) =
            (Loader::new(&Memory::new(), &mapping), Loader::new(&Memory::new(), &settings));
        by_maps.line(&line(&schema())).unwrap();
        as_sent.line(&line(&serde_json::from_str(&made).unwrap())).unwrap();
        let mut filtered = 0;
        for record in &records {
            let expected = given.of(record);
            let text = match mapper.record(&Value::from(record.clone()).to_string()).unwrap() {
                target::maps::Mapped::Filtered => None,
                target::maps::Mapped::Record(text) => Some(text.to_owned()),
            };
            let found = text.map(|text| serde_json::from_str::<Map<String, Value>>(&text).unwrap());
            prop_assert_eq!(&found, &expected, "{} of {:?}", given.settings(), record);
            by_maps.line(&stage::record("people", &record.clone().into(), &json!({}))).unwrap();
            match expected {
                Some(made) => as_sent.line(&stage::record("people", &made.into(), &json!({}))).unwrap(),
                None => filtered += 1,
            }
        }
        let left_out: u64 = by_maps.intake.filtered().map(|(_, count)| count).sum();
        prop_assert_eq!(left_out, filtered);
        by_maps.flush().unwrap();
        as_sent.flush().unwrap();
        let [a, b] = [&by_maps, &as_sent].map(|loader| loader.counts);
        prop_assert_eq!((a.received, a.inserted, a.rejected), (b.received, b.inserted, b.rejected));
        let [a, b] = [&by_maps, &as_sent].map(|loader| {
            let rows = stage::rows(&loader.memory, "people");
            let columns = stage::table(&loader.memory, "people").columns;
            let own: Vec<usize> = (0..columns.len()).filter(|&at| !columns[at].name.starts_with("_sdc_")).collect();
            rows.into_iter().map(|row| own.iter().map(|&at| format!("{:?}", row[at])).collect()).collect()
        });
        let sorted = |mut rows: Vec<Vec<String>>| { rows.sort(); rows };
        prop_assert_eq!(sorted(a), sorted(b));
    }
}
