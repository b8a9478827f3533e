//! Plans: before and after, and that planning again after a plan was carried out finds nothing to do.

use proptest::prelude::*;
use target::plan::{Change, Incompatible, after, plan, widen};
use target::table::{Column, Role, System, Table, TableName};
use target::types::Type;

use crate::support::dice::cases;

fn column(name: &str, ty: Type) -> Column {
    Column { name: name.into(), ty, nullable: true, role: Role::Value }
}

fn key(name: &str, ty: Type) -> Column {
    Column { name: name.into(), ty, nullable: false, role: Role::Key }
}

fn required(name: &str, ty: Type) -> Column {
    Column { nullable: false, ..column(name, ty) }
}

fn table(columns: impl IntoIterator<Item = Column>) -> Table {
    Table { name: TableName { schema: "s".into(), name: "t".into() }, columns: columns.into_iter().collect() }
}

fn same(ty: Type) -> Type {
    ty
}

/// A database without decimals of any length.
fn doubles(ty: Type) -> Type {
    match ty {
        Type::Number => Type::Double,
        Type::BigInteger => Type::Decimal { precision: 38, scale: 0 },
        ty => ty,
    }
}

fn decimal(precision: u8, scale: u8) -> Type {
    Type::Decimal { precision, scale }
}

fn types() -> impl Strategy<Value = Type> {
    prop::sample::select(vec![
        Type::Boolean,
        Type::Integer,
        Type::Integer,
        Type::BigInteger,
        Type::Number,
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
        decimal(5, 2),
        decimal(21, 2),
        decimal(38, 0),
        decimal(38, 38),
        Type::SmallInteger,
        Type::ShortInteger,
        Type::LocalTimestamp,
        Type::Varchar { length: 12 },
    ])
}

/// Tables of some columns out of a few names, the first of which are sometimes a key.
fn tables() -> impl Strategy<Value = Table> {
    let names = prop::sample::subsequence(vec!["a", "b", "c", "d", "e", "f"], 0..=6).prop_shuffle();
    (names, prop::collection::vec((types(), any::<bool>()), 6), 0..2_usize).prop_map(
        |(names, types, keys)| {
            table(names.iter().zip(types).enumerate().map(|(place, (name, (ty, nullable)))| {
                if place < keys { key(name, ty) } else { Column { nullable, ..column(name, ty) } }
            }))
        },
    )
}

fn stored_as(wanted: Table, storage: fn(Type) -> Type) -> Table {
    let columns =
        wanted.columns.into_iter().map(|column| Column { ty: storage(column.ty), ..column }).collect();
    Table { columns, ..wanted }
}

fn storages() -> impl Strategy<Value = fn(Type) -> Type> {
    prop::sample::select(vec![same as fn(Type) -> Type, doubles])
}

/// Whether a column of type `column` takes the values of type `values`, exactly or not at all: then the value that it does not hold
/// says what it must become.
fn takes(column: Type, values: Type, storage: fn(Type) -> Type) -> bool {
    let small = |ty| matches!(ty, Type::SmallInteger | Type::ShortInteger);
    column.holds(values)
        || (column == Type::Double && values.is_numeric())
        || (small(column) && matches!(values, Type::Integer | Type::BigInteger | Type::ShortInteger))
        || (column == Type::LocalTimestamp && values == Type::Timestamp)
        || (matches!(column, Type::Varchar { .. }) && values == Type::Text)
        || (matches!(column, Type::Decimal { .. }) && storage(column.join(values)) == Type::Double)
}

proptest! {
    #![proptest_config(cases(1500))]

    #[test]
    fn planning_again_after_a_plan_finds_nothing_to_do(existing in tables(), wanted in tables(), storage in storages()) {
        let (existing, wanted) = (stored_as(existing, storage), stored_as(wanted, storage));
        if let Ok(changes) = plan(Some(&existing), &wanted, storage) {
            let after = after(Some(&existing), &wanted, &changes);
            prop_assert_eq!(plan(Some(&after), &wanted, storage), Ok(vec![]), "after {:?}", changes);
        }
    }

    #[test]
    fn a_table_that_is_as_wanted_needs_nothing(wanted in tables(), storage in storages()) {
        let wanted = stored_as(wanted, storage);
        prop_assert_eq!(plan(Some(&wanted), &wanted, storage), Ok(vec![]));
        prop_assert_eq!(plan(None, &wanted, storage), Ok(vec![Change::CreateTable]));
        prop_assert_eq!(&after(None, &wanted, &[Change::CreateTable]), &wanted);
    }

    #[test]
    fn nothing_is_lost_and_everything_wanted_is_there(existing in tables(), wanted in tables(), storage in storages()) {
        let (existing, wanted) = (stored_as(existing, storage), stored_as(wanted, storage));
        let Ok(changes) = plan(Some(&existing), &wanted, storage) else { return Ok(()) };
        let after = after(Some(&existing), &wanted, &changes);
        prop_assert_eq!(&after.name, &existing.name);
        for (before, column) in existing.columns.iter().zip(&after.columns) {
            prop_assert_eq!(&before.name, &column.name);
            prop_assert_eq!(before.role, column.role);
            prop_assert!(takes(column.ty, before.ty, storage), "{} became {}", before.ty, column.ty);
            prop_assert!(column.nullable || !before.nullable, "{} must not be NULL any more", column.name);
            if wanted.column(&column.name).is_none() {
                prop_assert_eq!(before, column);
            }
            if wanted.column(&column.name).is_some_and(|wanted| wanted.role == Role::Key) {
                prop_assert_eq!(before.ty, column.ty);
            }
        }
        for column in &wanted.columns {
            let there = after.column(&column.name);
            prop_assert!(there.is_some_and(|there| takes(there.ty, column.ty, storage)), "{} {}: {:?}", column.name, column.ty, there);
            prop_assert!(there.is_some_and(|there| there.nullable || !column.nullable), "{}", column.name);
        }
        let new = &after.columns[existing.columns.len()..];
        prop_assert!(new.iter().all(|column| column.nullable && existing.column(&column.name).is_none()));
    }

    #[test]
    fn what_is_called_incompatible_is(existing in tables(), wanted in tables(), storage in storages()) {
        let (existing, wanted) = (stored_as(existing, storage), stored_as(wanted, storage));
        let Err(Incompatible { column, key, stored, wanted: ty }) = plan(Some(&existing), &wanted, storage) else { return Ok(()) };
        let meant = wanted.column(&column).unwrap();
        prop_assert_eq!((key, ty), (meant.role == Role::Key, meant.ty));
        match existing.column(&column) {
            Some(there) => {
                prop_assert_eq!(stored, there.ty);
                prop_assert!(!takes(stored, ty, storage), "{} takes {}", stored, ty);
            }
            None => prop_assert!(key && stored == Type::Foreign),
        }
    }
}

#[track_caller]
fn check(stored: Type, wanted: Type, storage: fn(Type) -> Type, expected: Result<Option<Type>, ()>) {
    let existing = table([key("id", Type::Integer), column("a", stored)]);
    let meant = table([key("id", Type::Integer), column("a", wanted)]);
    let changes = plan(Some(&existing), &meant, storage);
    let expected = match expected {
        Ok(None) => Ok(vec![]),
        Ok(Some(to)) => Ok(vec![Change::Widen { column: "a".into(), from: stored, to }]),
        Err(()) => Err(Incompatible { column: "a".into(), key: false, stored, wanted }),
    };
    assert_eq!(changes, expected, "{stored} for {wanted}");
}

#[test]
fn types_are_widened_like_this() {
    use Type::{Boolean, Date, Double, Foreign, Integer, Json, Number, Text, Time, Timestamp, Uuid};
    for (stored, wanted, expected) in [
        (Integer, Number, Ok(Some(Number))),
        (Integer, Type::BigInteger, Ok(Some(Type::BigInteger))),
        (Integer, decimal(5, 2), Ok(Some(decimal(21, 2)))),
        (decimal(5, 2), decimal(7, 1), Ok(Some(decimal(8, 2)))),
        (decimal(38, 0), decimal(38, 38), Ok(Some(Number))),
        (Number, Integer, Ok(None)),
        (Number, decimal(38, 38), Ok(None)),
        (Double, Integer, Ok(None)),
        (Double, Number, Ok(None)),
        (Integer, Double, Ok(Some(Number))),
        (Date, Timestamp, Ok(Some(Timestamp))),
        (Timestamp, Date, Ok(None)),
        (Text, Integer, Ok(None)),
        (Text, Timestamp, Ok(None)),
        (Json, Text, Ok(None)),
        (Json, Boolean, Ok(None)),
        (Integer, Text, Err(())),
        (Timestamp, Text, Err(())),
        (Text, Json, Err(())),
        (Boolean, Integer, Err(())),
        (Date, Time, Err(())),
        (Uuid, Text, Err(())),
        (Foreign, Integer, Err(())),
    ] {
        check(stored, wanted, same, expected);
    }
    // A column that somebody else made is left as it is while its values fit.
    let (small, short) = (Type::SmallInteger, Type::ShortInteger);
    for (stored, wanted, expected) in [
        (small, Integer, Ok(None)),
        (short, Integer, Ok(None)),
        (short, Type::BigInteger, Ok(None)),
        (short, Number, Ok(Some(Number))),
        (small, decimal(5, 2), Ok(Some(decimal(7, 2)))),
        (Type::LocalTimestamp, Timestamp, Ok(None)),
        (Type::LocalTimestamp, Date, Ok(None)),
        (Type::LocalTimestamp, Text, Err(())),
        (Type::Varchar { length: 5 }, Text, Ok(None)),
        (Type::Varchar { length: 5 }, Integer, Ok(Some(Text))),
        (Text, Type::Varchar { length: 5 }, Ok(None)),
        (short, Text, Err(())),
    ] {
        check(stored, wanted, same, expected);
    }
    // A decimal that a value asked for does not become a double again.
    check(decimal(38, 20), Double, doubles, Ok(None));
    check(decimal(38, 20), Integer, doubles, Ok(None));
    check(Integer, Double, doubles, Ok(Some(Double)));
    check(decimal(38, 0), Integer, doubles, Ok(None));
    check(Double, decimal(38, 0), doubles, Ok(None));
}

#[test]
fn new_columns_come_at_the_end_in_the_order_of_the_schema_and_may_be_null() {
    let existing = table([key("id", Type::Integer), column("old", Type::Text)]);
    let wanted = table([required("b", Type::Date), key("id", Type::Integer), column("a", Type::Json)]);
    let changes = plan(Some(&existing), &wanted, same).unwrap();
    let added = vec![Change::AddColumn(column("b", Type::Date)), Change::AddColumn(column("a", Type::Json))];
    assert_eq!(changes, added);
    let after = after(Some(&existing), &wanted, &changes);
    let names: Vec<&str> = after.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["id", "old", "b", "a"]);
}

#[test]
fn a_column_that_may_be_null_now_stops_having_to_be_there() {
    let existing = table([key("id", Type::Integer), required("a", Type::Integer)]);
    let wanted = table([key("id", Type::Integer), column("a", Type::Number)]);
    let widen = Change::Widen { column: "a".into(), from: Type::Integer, to: Type::Number };
    assert_eq!(
        plan(Some(&existing), &wanted, same),
        Ok(vec![widen, Change::DropNotNull { column: "a".into() }])
    );
    let stricter = table([key("id", Type::Integer), required("a", Type::Integer)]);
    let loose = table([key("id", Type::Integer), column("a", Type::Integer)]);
    assert_eq!(plan(Some(&loose), &stricter, same), Ok(vec![]));
}

#[test]
fn a_key_is_never_changed_and_never_added() {
    let existing = table([key("id", Type::Integer), column("a", Type::Text)]);
    let refused = |wanted: Table| plan(Some(&existing), &wanted, same).unwrap_err();
    let wider = refused(table([key("id", Type::Number)]));
    assert_eq!(
        wider,
        Incompatible { column: "id".into(), key: true, stored: Type::Integer, wanted: Type::Number }
    );
    let new = refused(table([key("id", Type::Integer), key("other", Type::Integer)]));
    assert_eq!(
        new,
        Incompatible { column: "other".into(), key: true, stored: Type::Foreign, wanted: Type::Integer }
    );
}

#[test]
fn a_value_widens_a_column_that_is_there_and_no_key() {
    let existing = table([key("id", Type::ShortInteger), column("a", Type::Double), column("t", Type::Text)]);
    let to = decimal(38, 20);
    let widened = Change::Widen { column: "a".into(), from: Type::Double, to };
    assert_eq!(widen(&existing, "a", to), Ok(widened.clone()));
    let after = after(Some(&existing), &existing, &[widened]);
    assert_eq!(plan(Some(&after), &existing, doubles), Ok(vec![]), "the schema does not undo it");
    let refused = |name: &str, to| widen(&existing, name, to).unwrap_err();
    assert!(refused("id", Type::Integer).key);
    assert_eq!(refused("gone", Type::Integer).stored, Type::Foreign);
    assert_eq!((refused("t", Type::Json).stored, refused("a", Type::Date).wanted), (Type::Text, Type::Date));
}

/// The loader writes them in one form.
#[test]
fn a_system_column_gets_its_own_type_or_the_table_is_refused() {
    let sequence = |ty| table([Column { ty, ..System::Sequence.column() }]);
    let widened = plan(Some(&sequence(Type::ShortInteger)), &sequence(Type::Integer), same);
    let name = System::Sequence.name().to_owned();
    let expected = Change::Widen { column: name, from: Type::ShortInteger, to: Type::Integer };
    assert_eq!(widened, Ok(vec![expected]));
    for ty in [Type::Number, Type::Double, Type::Text] {
        assert!(plan(Some(&sequence(ty)), &sequence(Type::Integer), same).is_err(), "{ty}");
    }
}

#[test]
fn system_columns_are_added_like_any_other() {
    let existing = table([column("a", Type::Integer)]);
    let wanted = table([column("a", Type::Integer), System::Sequence.column()]);
    assert_eq!(plan(Some(&existing), &wanted, same), Ok(vec![Change::AddColumn(System::Sequence.column())]));
}
