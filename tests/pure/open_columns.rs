//! Open columns: whatever is written, left out and cut back, in whatever runs.

use arrow::array::{Array, AsArray};
use arrow::datatypes::Int64Type;
use proptest::prelude::*;
use target::column::Column;
use target::types::Type;

use crate::support::dice::cases;

/// What is done to a column.
#[derive(Clone, Copy, Debug)]
enum Step {
    Value(u8),
    Null,
    /// NULLs that are not written yet.
    Extend(usize),
    /// NULLs that are.
    Pad(usize),
    Truncate(usize),
    /// A NULL at this row, behind which there is nothing.
    NullAt(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        any::<u8>().prop_map(Step::Value),
        Just(Step::Null),
        (0..6_usize).prop_map(Step::Extend),
        (0..6_usize).prop_map(Step::Pad),
        (0..6_usize).prop_map(Step::Truncate),
        (0..9_usize).prop_map(Step::NullAt),
    ];
    proptest::collection::vec(step, 0..40)
}

proptest! {
    #![proptest_config(cases(512))]

    #[test]
    fn a_column_holds_what_was_pushed_and_not_cut_back(steps in steps(), end in 0..4_usize) {
        let mut model: Vec<Option<u8>> = Vec::new();
        let (mut texts, mut longs) = (Column::new(Type::Text), Column::new(Type::Integer));
        for step in steps {
            match step {
                Step::Value(value) => {
                    texts.push_text(&value.to_string());
                    longs.push_long(Some(value.into()));
                    model.push(Some(value));
                }
                Step::Null => {
                    texts.push_null();
                    longs.push_long(None);
                    model.push(None);
                }
                Step::Extend(more) => {
                    let rows = model.len() + more;
                    texts.extend(rows);
                    longs.extend(rows);
                    model.resize(rows, None);
                }
                Step::Pad(more) => {
                    let rows = model.len() + more;
                    texts.pad(rows);
                    longs.pad(rows);
                    model.resize(rows, None);
                }
                Step::NullAt(row) => {
                    texts.null_at(row);
                    longs.null_at(row);
                    model.resize(row, None);
                    model.push(None);
                }
                Step::Truncate(fewer) => {
                    let rows = model.len().saturating_sub(fewer);
                    texts.truncate(rows);
                    longs.truncate(rows);
                    model.truncate(rows);
                }
            }
            prop_assert_eq!((texts.rows(), longs.rows()), (model.len(), model.len()));
            for (row, value) in model.iter().enumerate() {
                prop_assert_eq!((texts.is_null(row), longs.is_null(row)), (value.is_none(), value.is_none()));
            }
        }
        model.resize(model.len() + end, None);
        let (texts, longs) = (texts.finish(model.len()), longs.finish(model.len()));
        prop_assert_eq!((texts.len(), longs.len()), (model.len(), model.len()));
        let texts: Vec<_> = texts.as_string::<i32>().iter().map(|text| text.map(str::to_owned)).collect();
        let longs: Vec<_> = longs.as_primitive::<Int64Type>().iter().collect();
        prop_assert_eq!(texts, model.iter().map(|value| value.map(|value| value.to_string())).collect::<Vec<_>>());
        prop_assert_eq!(longs, model.iter().map(|value| value.map(i64::from)).collect::<Vec<_>>());
    }
}
