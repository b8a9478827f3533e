//! The least and the greatest key of a batch. DuckDB knows both of each of its row groups, so a join that names them reads only
//! those groups that can hold a key of the batch; without them an anti-join reads the keys of the whole table.

use ::duckdb::types::Value;
use arrow::array::{Array, AsArray, RecordBatch};
use arrow::compute::{max, min};
use arrow::datatypes::{Date32Type, Decimal128Type, DecimalType, Int64Type, TimestampMicrosecondType};

use crate::table::{Column, Role, Table};
use crate::types::Type;

/// The bounds of the key columns that have any.
pub(super) struct Bounds<'a> {
    columns: Vec<&'a Column>,
    values: Vec<Value>,
}

impl<'a> Bounds<'a> {
    /// The bounds of the keys of `batch`, whose rows are for `table`.
    pub(super) fn of(table: &'a Table, batch: &RecordBatch) -> Self {
        let mut bounds = Self { columns: Vec::new(), values: Vec::new() };
        for column in table.columns.iter().filter(|column| column.role == Role::Key) {
            let ends = batch.column_by_name(&column.name).and_then(|array| ends(column.ty, array));
            if let Some(ends) = ends {
                bounds.columns.push(column);
                bounds.values.extend(ends);
            }
        }
        bounds
    }

    /// The columns that have bounds.
    pub(super) fn columns(&self) -> &[&'a Column] {
        &self.columns
    }

    /// The bounds as parameters: of each column the least value and the greatest.
    pub(super) fn values(&self) -> &[Value] {
        &self.values
    }
}

/// The least and the greatest value, where the database's order of the type is surely Arrow's. Text has none: a column that somebody
/// else made may have a collation. Doubles have none because of NaN.
fn ends(ty: Type, array: &dyn Array) -> Option<[Value; 2]> {
    match ty {
        Type::SmallInteger | Type::ShortInteger | Type::Integer => {
            let array = array.as_primitive_opt::<Int64Type>()?;
            Some([min(array)?, max(array)?].map(Value::BigInt))
        }
        Type::Timestamp | Type::LocalTimestamp => {
            let array = array.as_primitive_opt::<TimestampMicrosecondType>()?;
            Some([min(array)?, max(array)?].map(Value::BigInt))
        }
        Type::Date => {
            let array = array.as_primitive_opt::<Date32Type>()?;
            Some([min(array)?, max(array)?].map(Value::Date32))
        }
        Type::Decimal { .. } => {
            let array = array.as_primitive_opt::<Decimal128Type>()?;
            let scale = array.scale();
            let text =
                |value: i128| Value::Text(Decimal128Type::format_decimal(value, array.precision(), scale));
            Some([min(array)?, max(array)?].map(text))
        }
        Type::Uuid => {
            let array = array.as_fixed_size_binary_opt()?;
            let values = || array.iter().flatten();
            let text =
                |bytes: &[u8]| uuid::Uuid::from_slice(bytes).ok().map(|value| Value::Text(value.to_string()));
            Some([text(values().min()?)?, text(values().max()?)?])
        }
        _ => None,
    }
}
