//! Columns that cannot take a property's type: which name the new one gets.

use proptest::prelude::*;
use target::names::Rules;
use target::plan::{plan, split, suffix};
use target::table::{Column, Role, System, Table, TableName};
use target::types::Type;

use crate::support::dice::cases;

const POSTGRES: Rules = Rules { max_bytes: 63, ignores_case: false, reserved: &[] };
const DUCKDB: Rules = Rules { max_bytes: usize::MAX, ignores_case: true, reserved: &[] };

fn column(name: &str, ty: Type) -> Column {
    Column { name: name.into(), ty, nullable: true, role: Role::Value }
}

fn table(columns: impl IntoIterator<Item = Column>) -> Table {
    Table { name: TableName { schema: "s".into(), name: "t".into() }, columns: columns.into_iter().collect() }
}

/// The names of `wanted` in a table that has `existing`.
fn names(existing: &[(&str, Type)], wanted: &[(&str, Type)], rules: &Rules) -> Vec<String> {
    let of = |columns: &[(&str, Type)]| table(columns.iter().map(|(name, ty)| column(name, *ty)));
    let mut wanted = of(wanted);
    split(&of(existing), &mut wanted, rules, |ty| ty);
    wanted.columns.into_iter().map(|column| column.name).collect()
}

#[test]
fn a_column_that_can_take_the_type_keeps_the_property() {
    for (stored, wanted) in [
        (Type::Integer, Type::Integer),
        (Type::Integer, Type::Number),
        (Type::Number, Type::Integer),
        (Type::Date, Type::Timestamp),
        (Type::Text, Type::Integer),
        (Type::Json, Type::Boolean),
    ] {
        assert_eq!(names(&[("v", stored)], &[("v", wanted)], &POSTGRES), ["v"], "{stored} {wanted}");
    }
}

#[test]
fn a_column_that_cannot_leaves_it_to_one_with_the_type_s_suffix() {
    for (stored, wanted, expected) in [
        (Type::Integer, Type::Text, "v__st"),
        (Type::Text, Type::Json, "v__js"),
        (Type::Boolean, Type::Integer, "v__bi"),
        (Type::Boolean, Type::Number, "v__de"),
        (Type::Boolean, Type::Double, "v__do"),
        (Type::Integer, Type::Boolean, "v__bo"),
        (Type::Integer, Type::Timestamp, "v__ti"),
        (Type::Integer, Type::Date, "v__ti"),
        (Type::Integer, Type::Time, "v__tm"),
        (Type::Integer, Type::Uuid, "v__uu"),
        (Type::Integer, Type::Bytes, "v__by"),
        (Type::Foreign, Type::Text, "v__st"),
    ] {
        assert_eq!(names(&[("v", stored)], &[("v", wanted)], &POSTGRES), [expected], "{stored} {wanted}");
        assert!(expected.ends_with(suffix(wanted)));
    }
}

#[test]
fn a_name_that_is_taken_or_too_long_gets_a_hash() {
    // By another property, and by a column that cannot take it either.
    let own = names(&[("v", Type::Boolean)], &[("v", Type::Text), ("v__st", Type::Integer)], &POSTGRES);
    assert!(own[0].starts_with("v__st_") && own[1] == "v__st", "{own:?}");
    let taken = names(&[("v", Type::Boolean), ("v__st", Type::Boolean)], &[("v", Type::Text)], &POSTGRES);
    assert!(taken[0].starts_with("v__st_"), "{taken:?}");
    let long = "v".repeat(63);
    let cut = names(&[(&long, Type::Boolean)], &[(&long, Type::Text)], &POSTGRES);
    assert!(cut[0].len() <= 63 && cut[0] != long, "{cut:?}");
    let case = names(&[("v", Type::Boolean)], &[("v", Type::Text), ("V__ST", Type::Integer)], &DUCKDB);
    assert!(case[0].starts_with("v__st_"), "{case:?}");
}

#[test]
fn keys_and_system_columns_are_left_alone() {
    let key = Column { role: Role::Key, nullable: false, ..column("id", Type::Integer) };
    let existing = table([key.clone(), System::Sequence.column()]);
    let mut wanted = table([Column { ty: Type::Text, ..key }, System::Sequence.column()]);
    let before = wanted.clone();
    split(&existing, &mut wanted, &POSTGRES, |ty| ty);
    assert_eq!(wanted, before);
}

fn types() -> impl Strategy<Value = Type> {
    prop::sample::select(vec![
        Type::Boolean,
        Type::Integer,
        Type::Number,
        Type::Double,
        Type::Date,
        Type::Timestamp,
        Type::Time,
        Type::Text,
        Type::Uuid,
        Type::Bytes,
        Type::Json,
        Type::Foreign,
        Type::Decimal { precision: 5, scale: 2 },
    ])
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn after_a_split_every_plan_can_be_carried_out_and_no_two_columns_share_a_name(
        existing in prop::collection::btree_map("[ab](__(st|bi|js))?", types(), 0..6),
        wanted in prop::collection::btree_map("[ab](__(st|bi|js))?", types().prop_filter("wanted", |ty| *ty != Type::Foreign), 1..5),
    ) {
        let existing = table(existing.iter().map(|(name, ty)| column(name, *ty)));
        let mut columns = table(wanted.iter().map(|(name, ty)| column(name, *ty)));
        split(&existing, &mut columns, &POSTGRES, |ty| ty);
        prop_assert!(plan(Some(&existing), &columns, |ty| ty).is_ok());
        let mut names: Vec<_> = columns.columns.iter().map(|column| column.name.clone()).collect();
        names.sort();
        names.dedup();
        prop_assert_eq!(names.len(), columns.columns.len());
        // Once more, it is the same.
        let mut again = table(wanted.iter().map(|(name, ty)| column(name, *ty)));
        split(&existing, &mut again, &POSTGRES, |ty| ty);
        prop_assert_eq!(again, columns);
    }
}
