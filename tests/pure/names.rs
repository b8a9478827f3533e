//! Names: never two for one, never one that the database refuses, and the same ones again in every later run.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use target::names::{Rules, columns, table};

use crate::support::dice::cases;

const POSTGRES: Rules = Rules { max_bytes: 63, ignores_case: false, reserved: &["ctid", "xmin", "tableoid"] };
const DUCKDB: Rules = Rules { max_bytes: usize::MAX, ignores_case: true, reserved: &["rowid"] };
const SYSTEM: [&str; 3] = ["_sdc_sequence", "_sdc_batched_at", "_sdc_record_hash"];

fn tight(max_bytes: usize) -> Rules {
    Rules { max_bytes, ignores_case: max_bytes.is_multiple_of(2), reserved: &["rowid"] }
}

fn rules() -> impl Strategy<Value = Rules> {
    prop_oneof![Just(POSTGRES), Just(DUCKDB), (9..=20_usize).prop_map(tight)]
}

fn fold(rules: &Rules, name: &str) -> String {
    if rules.ignores_case { name.to_lowercase() } else { name.to_owned() }
}

fn fits(rules: &Rules, name: &str) -> bool {
    !name.is_empty()
        && name.len() <= rules.max_bytes
        && !name.contains('\0')
        && !rules.reserved.contains(&name.to_lowercase().as_str())
        && !SYSTEM.iter().any(|system| fold(rules, system) == fold(rules, name))
}

/// Names that are alike but for their case, too long, empty, reserved, of many bytes, and quite ordinary.
fn name() -> impl Strategy<Value = String> {
    let fixed = select(vec![
        "",
        "id",
        "Id",
        "ID",
        "iD",
        "name",
        "Name",
        "rowid",
        "ROWID",
        "ctid",
        "CTID",
        "Xmin",
        "_sdc_sequence",
        "_SDC_Sequence",
        "_sdc_record_hash",
        "a\0b",
        "a\u{fffd}b",
        "\0",
        "é",
        "É",
        "ß",
        "ẞ",
        "İ",
        "i̇",
        "a\"b",
        "a b",
        "select",
    ]);
    prop_oneof![
        3 => fixed.prop_map(str::to_owned),
        2 => "[aAbB]{1,3}",
        1 => "[aA]{7,24}",
        1 => "a{60,64}[aAbB]{0,2}",
        1 => "é{30,33}[a-b]?",
        1 => "(x)?(😀){2,18}",
        1 => any::<String>(),
    ]
}

fn names() -> impl Strategy<Value = Vec<String>> {
    prop::collection::btree_set(name(), 0..12)
        .prop_map(|names| names.into_iter().collect::<Vec<_>>())
        .prop_shuffle()
}

fn strs(names: &[String]) -> Vec<&str> {
    names.iter().map(String::as_str).collect()
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn distinct_properties_get_distinct_columns_that_the_rules_allow(
        properties in names(), existing in names(), rules in rules(),
    ) {
        // A table has no two columns that its database takes for one.
        let mut held = BTreeSet::new();
        let existing: Vec<&str> = existing.iter().map(String::as_str).filter(|name| held.insert(fold(&rules, name))).collect();
        let given = columns(&strs(&properties), &existing, &SYSTEM, &rules);
        prop_assert_eq!(given.len(), properties.len());
        let distinct: BTreeSet<String> = given.iter().map(|name| fold(&rules, name)).collect();
        prop_assert_eq!(distinct.len(), given.len(), "{:?} became {:?}", properties, given);
        for name in &given {
            prop_assert!(fits(&rules, name), "{name:?} of {} bytes", name.len());
        }
    }

    #[test]
    fn a_name_is_kept_wherever_the_database_can_hold_it(properties in names(), rules in rules()) {
        let given = columns(&strs(&properties), &[], &SYSTEM, &rules);
        let mut seen = BTreeSet::new();
        for (property, column) in properties.iter().zip(&given) {
            let free = fits(&rules, property) && seen.insert(fold(&rules, property));
            prop_assert_eq!(free, property == column, "{:?} became {:?}", property, column);
            if !property.is_empty() && !property.contains('\0') {
                let start = column.rsplit_once('_').filter(|_| !free).map_or(column.as_str(), |(start, _)| start);
                prop_assert!(property.starts_with(start), "{:?} became {:?}", property, column);
            }
        }
    }

    #[test]
    fn a_later_run_finds_the_same_columns_whatever_properties_come_in_whatever_order(
        properties in names(), rules in rules(), order in prop::collection::vec(any::<Index>(), 0..12),
    ) {
        let first = columns(&strs(&properties), &[], &SYSTEM, &rules);
        let owner = |property: &str| &first[properties.iter().position(|p| p == property).unwrap()];
        let existing = strs(&first);
        // Some of the properties, each once, in another order.
        let mut subset: Vec<&str> = Vec::new();
        for index in order.iter().filter(|_| !properties.is_empty()) {
            let property = properties[index.index(properties.len())].as_str();
            if !subset.contains(&property) {
                subset.push(property);
            }
        }
        for (property, column) in subset.iter().zip(columns(&subset, &existing, &SYSTEM, &rules)) {
            prop_assert_eq!(&column, owner(property), "{:?}", property);
        }
    }

    #[test]
    fn a_property_that_comes_later_takes_no_column_of_another_one(
        properties in names(), later in names(), rules in rules(),
    ) {
        let first = columns(&strs(&properties), &[], &SYSTEM, &rules);
        let later: Vec<&str> = later.iter().filter(|name| !properties.contains(name)).map(String::as_str).collect();
        let second = columns(&later, &strs(&first), &SYSTEM, &rules);
        for (property, column) in later.iter().zip(&second) {
            let taken = first.iter().find(|taken| fold(&rules, taken) == fold(&rules, column));
            prop_assert_eq!(taken, None, "{:?} became {:?}", property, column);
        }
    }

    #[test]
    fn distinct_streams_get_distinct_tables_that_the_rules_allow(streams in names(), rules in rules()) {
        const RESERVED: [&str; 2] = ["_sdc_tables", "_sdc_loads"];
        let mut tables: Vec<String> = Vec::new();
        for stream in streams.iter().map(String::as_str).chain(RESERVED) {
            let taken = |name: &str| tables.iter().any(|table| fold(&rules, table) == name);
            let name = table(stream, taken, &RESERVED, &rules);
            let taken = tables.iter().map(String::as_str).chain(RESERVED);
            for taken in taken {
                prop_assert_ne!(fold(&rules, taken), fold(&rules, &name), "{:?}", stream);
            }
            prop_assert!(!name.is_empty() && name.len() <= rules.max_bytes && !name.contains('\0'));
            prop_assert!(!rules.reserved.contains(&name.to_lowercase().as_str()));
            // It does not depend on the other tables unless one of them has it.
            let alone = table(stream, |_| false, &RESERVED, &rules);
            prop_assert!(name == alone || tables.iter().any(|taken| fold(&rules, taken) == fold(&rules, &alone)));
            tables.push(name);
        }
    }
}

#[track_caller]
fn check(rules: &Rules, properties: &[&str], existing: &[&str], expected: &[&str]) {
    assert_eq!(columns(properties, existing, &SYSTEM, rules), expected, "{properties:?} beside {existing:?}");
}

#[test]
fn columns_are_these() {
    check(&POSTGRES, &["id", "Id", "name"], &[], &["id", "Id", "name"]);
    check(&DUCKDB, &["id", "Id", "name"], &[], &["id", "Id_12156e92", "name"]);
    check(&DUCKDB, &["Id", "id"], &["id", "Id_12156e92"], &["Id_12156e92", "id"]);
    check(&DUCKDB, &["Id"], &["id"], &["Id_12156e92"]);
    check(
        &POSTGRES,
        &["_sdc_sequence", "ctid", ""],
        &[],
        &["_sdc_sequence_775971c1", "ctid_a6768917", "__e3b0c442"],
    );
    check(&DUCKDB, &["ROWID"], &[], &["ROWID_ef2a45f7"]);
}

#[test]
fn a_long_name_is_cut_between_characters() {
    let long = "é".repeat(40);
    let cut = columns(&[&long], &[], &[], &POSTGRES).remove(0);
    // 63 bytes less an underscore and eight digits leave room for 27 characters of two bytes.
    assert!(cut.starts_with(&("é".repeat(27) + "_")) && cut.len() == 63, "{cut}");
    let fits = "é".repeat(31) + "a";
    assert_eq!(columns(&[&fits], &[], &[], &POSTGRES), [fits]);
}

#[test]
fn a_property_that_looks_like_a_hashed_name_keeps_it_and_the_other_gives_way() {
    let hashed = columns(&["id", "ID"], &[], &[], &DUCKDB);
    let both = columns(&["id", "ID", &hashed[1]], &[], &[], &DUCKDB);
    assert_eq!((&both[0], &both[2]), (&hashed[0], &hashed[1]));
    assert!(both[1].starts_with(&hashed[1]) && both[1].len() == hashed[1].len() + 8, "{both:?}");
}
