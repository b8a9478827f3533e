//! Open batches: what is sealed, and what the fold says of the rows that lost.

use arrow::array::{Array, AsArray};
use arrow::datatypes::{Decimal128Type, Int64Type, TimestampMicrosecondType};
use proptest::prelude::*;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use target::batch::{Envelope, Lost, Mode, Open, Sealed};
use target::destination::memory::Memory;
use target::destination::{Abilities, Destination};
use target::merge::Tie;
use target::table::{Column, Role, System, Table, TableName};
use target::types::Type;

use super::stage::{self, Loader};
use crate::support::dice::cases;

/// A table of text or integer keys, with the system columns.
fn table(keys: &[Type]) -> Arc<Table> {
    let key = |(place, ty): (usize, &Type)| Column {
        name: format!("k{place}"),
        ty: *ty,
        nullable: false,
        role: Role::Key,
    };
    let mut columns: Vec<Column> = keys.iter().enumerate().map(key).collect();
    columns.extend(System::ALL.map(System::column));
    Arc::new(Table { name: TableName { schema: "s".into(), name: "t".into() }, columns })
}

fn envelope(table_version: i64, sequence: i64) -> Envelope {
    Envelope { sequence, table_version: Some(table_version), extracted_at: None, received_at: 5 }
}

/// A batch of rows: a key of text and number, a version, a sequence.
fn sealed(rows: &[(u8, i64, i64)], keys: &[Type], mode: Mode) -> Sealed {
    let mut open = Open::new(table(keys), false);
    for &(key, version, sequence) in rows {
        for (place, ty) in keys.iter().enumerate() {
            // Each part sees some of the key's bits only; together they see all.
            let part = key >> place & 3;
            match ty {
                Type::Integer => open.columns()[place].push_long(Some(i64::from(part) - 1)),
                _ => open.columns()[place].push_text(&"x".repeat(usize::from(part))),
            }
        }
        open.push(envelope(version, sequence));
    }
    open.seal(mode, 7).unwrap()
}

/// Which rows win, and what the others lost to: the slow way.
fn expected(rows: &[(u8, i64, i64)], parts: usize, tie: Tie) -> (Vec<usize>, Lost) {
    let mut winners: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
    let mut lost = Lost::default();
    for (place, &(key, version, sequence)) in rows.iter().enumerate() {
        let key = (0..parts).map(|part| key >> part & 3).collect();
        let Some(holder) = winners.get_mut(&key) else {
            winners.insert(key, place);
            continue;
        };
        let (_, held_version, held_sequence) = rows[*holder];
        match (version, sequence).cmp(&(held_version, held_sequence)) {
            std::cmp::Ordering::Equal => lost.duplicate += 1,
            _ => lost.stale += 1,
        }
        let wins = if tie == Tie::Replace {
            (version, sequence) >= (held_version, held_sequence)
        } else {
            (version, sequence) > (held_version, held_sequence)
        };
        if wins {
            *holder = place;
        }
    }
    let mut places: Vec<usize> = winners.into_values().collect();
    places.sort_unstable();
    (places, lost)
}

proptest! {
    #![proptest_config(cases(600))]

    #[test]
    fn one_row_of_each_key_wins_and_every_other_row_is_counted(
        rows in prop::collection::vec((0..16_u8, 0..2_i64, -2..4_i64), 0..40), form in 0..4_u8, keep in any::<bool>(),
    ) {
        let keys = match form {
            0 => &[Type::Integer][..],
            1 => &[Type::Text],
            2 => &[Type::Integer, Type::Text],
            _ => &[Type::Text, Type::Text, Type::Integer],
        };
        let tie = if keep { Tie::Keep } else { Tie::Replace };
        let batch = sealed(&rows, keys, Mode::Merge(tie));
        let mut places: Vec<usize> = batch.places().collect();
        places.sort_unstable();
        let (expected, lost) = expected(&rows, keys.len(), tie);
        prop_assert_eq!(&places, &expected);
        prop_assert_eq!(batch.lost(), lost);
        prop_assert_eq!(batch.count(), expected.len());
        prop_assert_eq!(batch.all().num_rows(), rows.len());
        prop_assert_eq!(batch.count() as u64 + lost.stale + lost.duplicate, rows.len() as u64);
        // The rows by themselves, in the same order as the places.
        let compact = batch.compact().unwrap();
        let sequences: Vec<i64> = compact.column(keys.len() + 4).as_primitive::<Int64Type>().values().to_vec();
        let meant: Vec<i64> = batch.places().map(|place| rows[place].2).collect();
        prop_assert_eq!(sequences, meant);
    }
}

#[test]
fn appending_without_recognition_takes_every_row_in_its_order() {
    let batch = sealed(&[(3, 0, 2), (1, 0, 1), (3, 0, 2)], &[Type::Integer], Mode::Append { unique: false });
    assert_eq!(batch.places().collect::<Vec<_>>(), [0, 1, 2]);
    assert_eq!((batch.count(), batch.lost()), (3, Lost::default()));
    let keyless = sealed(&[(3, 0, 2), (3, 0, 2)], &[], Mode::Append { unique: false });
    assert_eq!(keyless.count(), 2);
}

#[test]
fn appending_with_recognition_takes_the_first_of_each_key_and_sequence() {
    let rows = [(1, 0, 1), (1, 0, 2), (1, 0, 1), (2, 0, 1)];
    let batch = sealed(&rows, &[Type::Integer], Mode::Append { unique: true });
    let mut places: Vec<usize> = batch.places().collect();
    places.sort_unstable();
    assert_eq!((places, batch.lost()), (vec![0, 1, 3], Lost { stale: 0, duplicate: 1 }));
}

/// A new version of a table is its content once more.
#[test]
fn appending_with_recognition_takes_a_row_of_each_version() {
    let rows = [(1, 1, 5), (1, 2, 5), (1, 2, 5)];
    let batch = sealed(&rows, &[Type::Integer], Mode::Append { unique: true });
    assert_eq!(
        (batch.places().collect::<Vec<_>>(), batch.lost()),
        (vec![0, 1], Lost { stale: 0, duplicate: 1 })
    );
}

#[test]
fn the_system_columns_are_filled_from_the_envelopes() {
    let mut open = Open::new(table(&[Type::Integer]), false);
    open.columns()[0].push_long(Some(1));
    open.push(Envelope { sequence: 9, table_version: Some(4), extracted_at: Some(11), received_at: 12 });
    open.columns()[0].push_long(Some(2));
    open.push(Envelope { sequence: 10, table_version: None, extracted_at: None, received_at: 13 });
    let batch = open.seal(Mode::Merge(Tie::Keep), 14).unwrap();
    let rows = batch.all();
    let times = |name: &str| {
        rows.column_by_name(name)
            .unwrap()
            .as_primitive::<TimestampMicrosecondType>()
            .iter()
            .collect::<Vec<_>>()
    };
    let longs = |name: &str| {
        rows.column_by_name(name).unwrap().as_primitive::<Int64Type>().iter().collect::<Vec<_>>()
    };
    assert_eq!(times("_sdc_extracted_at"), [Some(11), None]);
    assert_eq!(times("_sdc_received_at"), [Some(12), Some(13)]);
    assert_eq!(times("_sdc_batched_at"), [Some(14), Some(14)]);
    assert_eq!(longs("_sdc_sequence"), [Some(9), Some(10)]);
    assert_eq!(longs("_sdc_table_version"), [Some(4), None]);
    assert_eq!(rows.column_by_name("_sdc_deleted_at").unwrap().null_count(), 2);
}

#[test]
fn a_row_that_is_discarded_leaves_nothing() {
    let mut open = Open::new(table(&[Type::Text]), false);
    open.columns()[0].push_text("kept");
    open.push(envelope(0, 1));
    open.columns()[0].push_text("given up");
    open.discard();
    open.columns()[0].push_text("kept too");
    open.push(envelope(0, 2));
    assert_eq!(open.rows(), 2);
    let batch = open.seal(Mode::Merge(Tie::Keep), 0).unwrap();
    let keys: Vec<_> = batch.all().column(0).as_string::<i32>().iter().flatten().collect();
    assert_eq!(keys, ["kept", "kept too"]);
}

#[test]
fn rows_of_versions_below_the_floor_are_stale_and_leave_their_places_to_the_others() {
    let rows = [(1, 1, 9), (1, 2, 1), (2, 1, 5), (2, 1, 6), (3, 3, 1)];
    let batch = sealed(&rows, &[Type::Integer], Mode::Merge(Tie::Keep));
    assert_eq!(batch.since(None, false).unwrap().lost(), batch.lost());
    let since = batch.since(Some(2), false).unwrap();
    assert_eq!(
        (since.places().collect::<Vec<_>>(), since.lost()),
        (vec![1, 4], Lost { stale: 3, duplicate: 0 })
    );
    assert_eq!(since.all().num_rows(), 5, "places are what they were");
    let none = batch.since(Some(9), false).unwrap();
    assert_eq!((none.count(), none.compact().unwrap().num_rows(), none.lost().stale), (0, 0, 5));
    // Of two rows with one key and sequence the first is over, and the second is not a duplicate of it.
    let appended = sealed(&[(1, 1, 5), (1, 2, 5)], &[Type::Integer], Mode::Append { unique: true });
    let since = appended.since(Some(2), false).unwrap();
    assert_eq!(
        (since.places().collect::<Vec<_>>(), since.lost()),
        (vec![1], Lost { stale: 1, duplicate: 0 })
    );
    let all = sealed(&[(1, 1, 5), (1, 2, 5)], &[], Mode::Append { unique: false });
    assert_eq!(all.since(Some(2), false).unwrap().places().collect::<Vec<_>>(), [1]);
}

/// A batch of a key, a text, and the system columns, where rows leave alone what they do not carry.
fn kept(rows: &[(i64, Option<&str>, i64, bool)]) -> Sealed {
    let mut wide = (*table(&[Type::Integer])).clone();
    let text = Column { name: "x".into(), ty: Type::Text, nullable: true, role: Role::Value };
    wide.columns.insert(1, text);
    let deleted_at = wide.system(System::DeletedAt).unwrap();
    let mut open = Open::new(Arc::new(wide), true);
    for &(key, x, sequence, deleted) in rows {
        let row = open.rows();
        open.columns()[0].push_long(Some(key));
        if let Some(x) = x {
            open.columns()[1].pad(row);
            open.columns()[1].push_text(x);
        }
        open.columns()[deleted_at].push_long(deleted.then_some(1));
        open.push(envelope(0, sequence));
    }
    open.seal(Mode::Merge(Tie::Keep), 7).unwrap()
}

fn texts(batch: &Sealed) -> Vec<Option<String>> {
    let rows = batch.compact().unwrap();
    rows.column(1).as_string::<i32>().iter().map(|text| text.map(str::to_owned)).collect()
}

#[test]
fn rows_of_a_key_are_laid_over_each_other_in_their_order() {
    let batch = kept(&[
        (2, Some("b"), 1, false),
        (1, Some("a"), 1, false),
        (1, None, 3, false),
        (1, Some("stale"), 2, false),
    ]);
    assert_eq!(texts(&batch), [Some("a".to_owned()), Some("b".to_owned())]);
    assert!(!batch.is_partial(), "all that counts is known");
    let open = kept(&[(1, None, 1, false), (2, None, 2, false), (2, Some("x"), 1, false)]);
    assert!(open.is_partial() && !open.carries(1, 1) && open.carries(1, 0));
    assert_eq!(texts(&open), [None, None], "what is stale adds nothing");
    let (marked, rows) = open.marked().unwrap();
    let marks = rows.compact().unwrap();
    let marks = marks.column(marked.columns.len() - 1).as_string::<i32>();
    assert_eq!(marks.value(0), "10111111");
}

#[test]
fn of_a_row_that_is_deleted_for_good_nothing_is_kept() {
    let batch = kept(&[(1, Some("a"), 1, false), (1, None, 2, true), (1, None, 3, false)]);
    assert_eq!(texts(&batch), [Some("a".to_owned())], "a mark leaves the row as it was");
    let ended = batch.since(None, true).unwrap();
    assert_eq!(texts(&ended), [None]);
    assert!(!ended.is_partial(), "and nothing of what is stored either");
}

#[test]
fn the_rows_of_an_array_belong_to_the_rows_that_count() {
    let batch = sealed(&[(1, 0, 2), (1, 0, 1), (0, 0, 1)], &[Type::Integer], Mode::Merge(Tie::Keep));
    let rows = batch.all().project(&[0]).unwrap();
    let children = batch.children(&rows, &[1, 0, 2]).unwrap();
    assert_eq!(children.column(0).as_primitive::<Int64Type>().values(), &[0, -1]);
}

/// Tables that other loaders made have such columns in other types.
#[test]
fn a_system_column_is_of_the_type_that_its_table_has() {
    let mut other = (*table(&[Type::Integer])).clone();
    for (name, ty) in [
        ("_sdc_batched_at", Type::Text),
        ("_sdc_sequence", Type::Decimal { precision: 38, scale: 2 }),
        ("_sdc_table_version", Type::Text),
    ] {
        other.columns.iter_mut().filter(|column| column.name == name).for_each(|column| column.ty = ty);
    }
    let mut open = Open::new(Arc::new(other), false);
    open.columns()[0].push_long(Some(1));
    open.push(envelope(4, 9));
    let rows = open.seal(Mode::Merge(Tie::Keep), -1).unwrap();
    let text = |name: &str| rows.all().column_by_name(name).unwrap().as_string::<i32>().value(0).to_owned();
    assert_eq!(text("_sdc_batched_at"), "1969-12-31T23:59:59.999999Z");
    assert_eq!(text("_sdc_table_version"), "4");
    let sequence = rows.all().column_by_name("_sdc_sequence").unwrap();
    assert_eq!(sequence.as_primitive::<Decimal128Type>().value(0), 900);
}

/// A destination that stores numbers as doubles must not be given two rows for one key, and for it `-0.0` and `0` are one.
#[test]
fn zero_is_one_key_whatever_its_sign() {
    fn doubles(ty: Type) -> Type {
        if ty == Type::Number { Type::Double } else { ty }
    }
    let abilities = Abilities { storage: doubles, ..Memory::new().abilities() };
    for abilities in [Memory::new().abilities(), abilities] {
        let mut loader = Loader::with(&Memory::new(), &json!({}), abilities);
        loader.line(&stage::schema("s", &json!({"id": {"type": "number"}}), &["id"])).unwrap();
        for (sequence, zero) in ["0", "-0.0", "0.00", "-0e5"].into_iter().enumerate() {
            let line =
                format!(r#"{{"type":"RECORD","stream":"s","record":{{"id":{zero}}},"sequence":{sequence}}}"#);
            loader.line(&line).unwrap();
        }
        let flush = loader.sealed().unwrap().unwrap();
        assert_eq!(
            flush.loads[0].batch.as_ref().map(Sealed::count),
            Some(1),
            "as {}",
            flush.loads[0].table.columns[0].ty
        );
    }
}
