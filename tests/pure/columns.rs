//! A decoder with its columns, and cells as text, for the modules here to decode with.

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{
    Date32Type, Decimal128Type, Float64Type, Int64Type, Time64MicrosecondType, TimestampMicrosecondType,
};
use serde_json::{Value, json};
use target::column::Column;
use target::decode::{Decoder, Invalid, Limits, Nul};
use target::schema::{self, Property, Shape};
use target::types::Type;

/// A decoder with its columns.
pub(super) struct Stage {
    pub(super) decoder: Decoder,
    pub(super) columns: Vec<Column>,
    pub(super) rows: usize,
}

impl Stage {
    pub(super) fn new(schema: &Value, keys: &[usize], validate: bool, nul: bool) -> Self {
        Self::stored(schema, keys, validate, nul, |ty| ty)
    }

    /// With columns of other types than the schema's: those that a table has already, or that its database has instead.
    pub(super) fn stored(
        schema: &Value,
        keys: &[usize],
        validate: bool,
        nul: bool,
        storage: impl Fn(Type) -> Type,
    ) -> Self {
        let nul = if nul { Nul::Held } else { Nul::Reject };
        Self::limited(schema, keys, validate, Limits { nul, decimals: true, levels: usize::MAX }, storage)
    }

    /// For a destination with these limits.
    pub(super) fn limited(
        schema: &Value,
        keys: &[usize],
        validate: bool,
        limits: Limits,
        storage: impl Fn(Type) -> Type,
    ) -> Self {
        Self::of(schema::read(schema).unwrap(), keys, validate, limits, storage).unwrap()
    }

    /// For a schema that was read; an error where the validator does not take it.
    pub(super) fn of(
        shape: Shape,
        keys: &[usize],
        validate: bool,
        limits: Limits,
        storage: impl Fn(Type) -> Type,
    ) -> Result<Self, String> {
        let columns = shape.properties.iter().map(|property| Column::new(storage(property.ty))).collect();
        let validator = (validate && shape.asserts_more).then(|| jsonschema::validator_for(&shape.rest));
        let validator = validator.transpose().map_err(|error| error.to_string())?;
        let properties: Vec<(Property, usize)> = shape.properties.into_iter().zip(0..).collect();
        let decoder = Decoder::new(properties, keys, validator, validate, limits);
        Ok(Self { decoder, columns, rows: 0 })
    }

    pub(super) fn take(&mut self, record: &str) -> Result<(), Invalid> {
        self.decoder.decode(record, self.rows, &mut self.columns)?;
        self.rows += 1;
        Ok(())
    }

    pub(super) fn finish(self) -> Vec<ArrayRef> {
        let rows = self.rows;
        self.columns.into_iter().map(|column| column.finish(rows)).collect()
    }
}

/// The cell as text, read from the array with none of the decoder's code.
pub(super) fn shown(ty: Type, array: &ArrayRef, row: usize) -> String {
    if array.is_null(row) {
        return "NULL".to_owned();
    }
    match ty {
        Type::Boolean => array.as_boolean().value(row).to_string(),
        Type::SmallInteger | Type::ShortInteger | Type::Integer => {
            array.as_primitive::<Int64Type>().value(row).to_string()
        }
        Type::Double => format!("{:?}", array.as_primitive::<Float64Type>().value(row)),
        Type::Decimal { .. } => array.as_primitive::<Decimal128Type>().value_as_string(row),
        Type::Date => array.as_primitive::<Date32Type>().value_as_date(row).unwrap().to_string(),
        Type::Time => array.as_primitive::<Time64MicrosecondType>().value(row).to_string(),
        Type::Timestamp | Type::LocalTimestamp => {
            array.as_primitive::<TimestampMicrosecondType>().value(row).to_string()
        }
        Type::Bytes => target::names::hex(array.as_binary::<i32>().value(row)),
        Type::Uuid => target::names::hex(array.as_fixed_size_binary().value(row)),
        _ => array.as_string::<i32>().value(row).to_owned(),
    }
}

pub(super) fn one(property: &Value) -> Value {
    json!({"type": "object", "properties": {"a": property}})
}
