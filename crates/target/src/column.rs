//! The values of one column while a batch is open: plain vectors that become Arrow arrays without a copy.

mod spare;

use std::sync::Arc;

use arrow::array::builder::NullBufferBuilder;
use arrow::array::{
    ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, FixedSizeBinaryArray, Float64Array,
    Int64Array, StringArray, Time64MicrosecondArray, TimestampMicrosecondArray,
};
use arrow::buffer::{Buffer, OffsetBuffer, ScalarBuffer};
use arrow::datatypes::{DataType, Field, TimeUnit};

use crate::sequence::Unit;
use crate::types::Type;

pub use spare::Spare;

/// The name of the time zone of every timestamp.
const UTC: &str = "UTC";

/// The values of a column, in the form that its type is decoded to.
#[derive(Debug)]
pub(crate) enum Values {
    Boolean(Vec<bool>),
    /// Integers of up to 64 bits; times and instants in microseconds.
    Long(Vec<i64>),
    Double(Vec<f64>),
    /// Decimal, and in destinations that store it so BigInteger: the value times ten to the scale.
    Decimal(Vec<i128>),
    /// Days since 1970.
    Date(Vec<i32>),
    /// Text and Json; Number (and BigInteger) as the digits that were sent.
    Text {
        text: String,
        /// Where each value ends, behind a zero.
        offsets: Vec<i32>,
    },
    Uuid(Vec<u128>),
    Bytes {
        bytes: Vec<u8>,
        /// As in a column of text.
        offsets: Vec<i32>,
    },
}

/// An open column.
#[derive(Debug)]
pub struct Column {
    ty: Type,
    pub(crate) values: Values,
    valid: NullBufferBuilder,
    /// The rows that stand in `values`.
    written: usize,
    /// The rows; those behind the written ones are NULL. Columns that are mostly NULL are filled in runs.
    rows: usize,
}

impl Column {
    /// An empty column.
    #[must_use]
    pub fn new(ty: Type) -> Self {
        Self::over(ty, &mut Spare::default())
    }

    /// An empty column that is filled into spare memory, as long as there is some.
    #[must_use]
    pub fn over(ty: Type, spare: &mut Spare) -> Self {
        let offsets = |spare: &mut Spare| {
            let mut offsets = spare.shorts();
            offsets.push(0);
            offsets
        };
        let values = match ty {
            Type::Boolean => Values::Boolean(Vec::new()),
            Type::SmallInteger
            | Type::ShortInteger
            | Type::Integer
            | Type::Time
            | Type::Timestamp
            | Type::LocalTimestamp => Values::Long(spare.longs()),
            Type::Double => Values::Double(spare.doubles()),
            Type::Decimal { .. } => Values::Decimal(spare.decimals()),
            Type::Date => Values::Date(spare.shorts()),
            Type::Uuid => Values::Uuid(Vec::new()),
            Type::Bytes => Values::Bytes { bytes: spare.bytes(), offsets: offsets(spare) },
            Type::Text
            | Type::Varchar { .. }
            | Type::Json
            | Type::Number
            | Type::BigInteger
            | Type::Foreign => Values::Text { text: spare.text(), offsets: offsets(spare) },
        };
        Self { ty, values, valid: NullBufferBuilder::new(0), written: 0, rows: 0 }
    }

    /// The column's type.
    #[must_use]
    pub fn ty(&self) -> Type {
        self.ty
    }

    /// How many rows have a value or a NULL.
    #[inline]
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Says that the value that was just pushed to `values` counts. It must have been padded up to it: see [`Column::pad`].
    #[inline]
    pub(crate) fn valid(&mut self) {
        self.valid.append_non_null();
        self.written += 1;
        self.rows = self.written;
    }

    /// Appends a NULL.
    #[inline]
    pub fn push_null(&mut self) {
        self.rows += 1;
    }

    /// Makes row `row` the last one, and NULL; rows before it that are missing too.
    #[inline]
    pub fn null_at(&mut self, row: usize) {
        if self.written > row {
            self.cut(row);
        }
        self.rows = row + 1;
    }

    /// Appends NULLs until there are `rows` rows.
    #[inline]
    pub fn extend(&mut self, rows: usize) {
        self.rows = rows.max(self.rows);
    }

    /// The same, and all of them are in `values`.
    #[inline]
    pub fn pad(&mut self, rows: usize) {
        if self.written < rows {
            self.fill(rows);
        }
    }

    fn fill(&mut self, rows: usize) {
        match &mut self.values {
            Values::Boolean(values) => values.resize(rows, false),
            Values::Long(values) => values.resize(rows, 0),
            Values::Double(values) => values.resize(rows, 0.0),
            Values::Decimal(values) => values.resize(rows, 0),
            Values::Date(values) => values.resize(rows, 0),
            Values::Uuid(values) => values.resize(rows, 0),
            Values::Text { text, offsets } => offsets.resize(rows + 1, end(text.len())),
            Values::Bytes { bytes, offsets } => offsets.resize(rows + 1, end(bytes.len())),
        }
        self.valid.append_n_nulls(rows - self.written);
        self.written = rows;
        self.extend(rows);
    }

    /// Whether a row is NULL.
    #[must_use]
    pub fn is_null(&self, row: usize) -> bool {
        row >= self.written || !self.valid.is_valid(row)
    }

    /// The bytes of its texts, besides what each row takes: see [`width`].
    #[must_use]
    pub fn text_bytes(&self) -> usize {
        match &self.values {
            Values::Text { text, .. } => text.len(),
            Values::Bytes { bytes, .. } => bytes.len(),
            _ => 0,
        }
    }

    /// The last row's text, in a column of text. The row is not NULL.
    #[must_use]
    pub fn last_text(&self) -> &str {
        match &self.values {
            Values::Text { text, offsets } => match offsets.as_slice() {
                [.., start, _] => &text[*start as usize..],
                _ => "",
            },
            _ => "",
        }
    }

    /// Appends a text to a column of text.
    #[inline]
    pub fn push_text(&mut self, value: &str) {
        self.pad(self.rows);
        if let Values::Text { text, offsets } = &mut self.values {
            text.push_str(value);
            offsets.push(end(text.len()));
            self.valid();
        }
    }

    /// Appends a whole number, a time or an instant to a column of those.
    pub fn push_long(&mut self, value: Option<i64>) {
        self.pad(self.rows);
        match (value, &mut self.values) {
            (Some(value), Values::Long(values)) => {
                values.push(value);
                self.valid();
            }
            _ => self.push_null(),
        }
    }

    /// Forgets the rows from `rows` on.
    #[inline]
    pub fn truncate(&mut self, rows: usize) {
        if rows < self.rows {
            self.rows = rows;
            if rows < self.written {
                self.cut(rows);
            }
        }
    }

    fn cut(&mut self, rows: usize) {
        self.valid.truncate(rows);
        self.written = rows;
        match &mut self.values {
            Values::Boolean(values) => values.truncate(rows),
            Values::Long(values) => values.truncate(rows),
            Values::Double(values) => values.truncate(rows),
            Values::Decimal(values) => values.truncate(rows),
            Values::Date(values) => values.truncate(rows),
            Values::Uuid(values) => values.truncate(rows),
            Values::Text { text, offsets } => {
                text.truncate(offsets[rows] as usize);
                offsets.truncate(rows + 1);
            }
            Values::Bytes { bytes, offsets } => {
                bytes.truncate(offsets[rows] as usize);
                offsets.truncate(rows + 1);
            }
        }
    }

    /// The last row's value as an order in `unit`: whole numbers as they are, instants and days in microseconds since 1970, whatever
    /// the column's type. `None` for NULL and for what is no order.
    #[must_use]
    pub fn last_order(&self, unit: Unit) -> Option<i64> {
        if self.rows().checked_sub(1).is_none_or(|last| self.is_null(last)) {
            return None;
        }
        match &self.values {
            Values::Long(values) => values.last().copied(),
            Values::Date(values) => values.last().map(|&days| i64::from(days) * crate::time::DAY),
            Values::Text { .. } => match unit {
                Unit::Opaque => crate::number::integer(self.last_text()),
                Unit::Microseconds => crate::time::timestamp(self.last_text().trim_matches('"')).ok(),
            },
            Values::Decimal(values) if matches!(self.ty, Type::Decimal { scale: 0, .. }) => {
                values.last().and_then(|&value| i64::try_from(value).ok())
            }
            Values::Double(values) => values
                .last()
                .map(|&value| value as i64)
                .filter(|&whole| Some(&(whole as f64)) == values.last() && whole.unsigned_abs() < 1 << 53),
            _ => None,
        }
    }

    /// The column as an Arrow array of `rows` rows.
    #[must_use]
    pub fn finish(mut self, rows: usize) -> ArrayRef {
        self.pad(rows);
        let nulls = self.valid.build();
        match self.values {
            Values::Boolean(values) => Arc::new(BooleanArray::new(values.into(), nulls)),
            Values::Double(values) => Arc::new(Float64Array::new(values.into(), nulls)),
            Values::Date(values) => Arc::new(Date32Array::new(values.into(), nulls)),
            Values::Long(values) => match self.ty {
                Type::Time => Arc::new(Time64MicrosecondArray::new(values.into(), nulls)),
                Type::Timestamp => {
                    Arc::new(TimestampMicrosecondArray::new(values.into(), nulls).with_timezone(UTC))
                }
                Type::LocalTimestamp => Arc::new(TimestampMicrosecondArray::new(values.into(), nulls)),
                _ => Arc::new(Int64Array::new(values.into(), nulls)),
            },
            Values::Decimal(values) => {
                let array = Decimal128Array::new(values.into(), nulls);
                match data_type(self.ty) {
                    DataType::Decimal128(precision, scale) => Arc::new(
                        array
                            .with_precision_and_scale(precision, scale)
                            .expect("a type's precision is at most 38"),
                    ),
                    _ => Arc::new(array),
                }
            }
            Values::Uuid(values) => {
                let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_be_bytes()).collect();
                Arc::new(FixedSizeBinaryArray::new(16, Buffer::from_vec(bytes), nulls))
            }
            Values::Text { text, offsets } => Arc::new(
                StringArray::try_new(whole(offsets), Buffer::from_vec(text.into_bytes()), nulls)
                    .expect("the text was pushed as whole strings"),
            ),
            Values::Bytes { bytes, offsets } => {
                Arc::new(BinaryArray::new(whole(offsets), Buffer::from_vec(bytes), nulls))
            }
        }
    }
}

/// The end of a value in a column's text. A batch is sealed long before 2 GiB.
pub(crate) fn end(length: usize) -> i32 {
    i32::try_from(length).expect("a column's text in one batch stays below 2 GiB")
}

fn whole(offsets: Vec<i32>) -> OffsetBuffer<i32> {
    OffsetBuffer::new(ScalarBuffer::from(offsets))
}

/// The bytes that a row takes in a column of type `ty`, NULL or not, besides its text.
#[must_use]
pub fn width(ty: Type) -> usize {
    let value = match ty {
        Type::Boolean => 1,
        Type::SmallInteger
        | Type::ShortInteger
        | Type::Integer
        | Type::Time
        | Type::Timestamp
        | Type::LocalTimestamp
        | Type::Double => 8,
        Type::Decimal { .. } | Type::Uuid => 16,
        // The days, or where the text ends.
        Type::Date
        | Type::Bytes
        | Type::Text
        | Type::Varchar { .. }
        | Type::Json
        | Type::Number
        | Type::BigInteger
        | Type::Foreign => 4,
    };
    // Whether it is NULL takes a bit.
    value + 1
}

/// The Arrow type that a column of type `ty` is decoded to.
#[must_use]
pub fn data_type(ty: Type) -> DataType {
    match ty {
        Type::Boolean => DataType::Boolean,
        // The decoder has seen to the bits of the smaller ones.
        Type::SmallInteger | Type::ShortInteger | Type::Integer => DataType::Int64,
        Type::Double => DataType::Float64,
        Type::Decimal { precision, scale } => {
            DataType::Decimal128(precision, i8::try_from(scale).unwrap_or(i8::MAX))
        }
        Type::Date => DataType::Date32,
        Type::Time => DataType::Time64(TimeUnit::Microsecond),
        Type::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, Some(UTC.into())),
        Type::LocalTimestamp => DataType::Timestamp(TimeUnit::Microsecond, None),
        Type::Uuid => DataType::FixedSizeBinary(16),
        Type::Bytes => DataType::Binary,
        Type::Text | Type::Varchar { .. } | Type::Json | Type::Number | Type::BigInteger | Type::Foreign => {
            DataType::Utf8
        }
    }
}

/// The Arrow field of a column. UUIDs and JSON are marked as what they are, with Arrow's own names for them.
#[must_use]
pub fn field(name: &str, ty: Type) -> Field {
    let field = Field::new(name, data_type(ty), true);
    let extension = match ty {
        Type::Uuid => "arrow.uuid",
        Type::Json => JSON_EXTENSION,
        _ => return field,
    };
    field.with_metadata([("ARROW:extension:name".to_owned(), extension.to_owned())].into())
}

/// Arrow's name for text that is JSON.
pub const JSON_EXTENSION: &str = "arrow.json";
