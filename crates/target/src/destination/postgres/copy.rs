//! A batch → the bytes of Postgres' binary COPY.
//!
//! Rows are written into one reused buffer, cell by cell, without an allocation; the buffer goes to the server whenever it is full.

mod numeric;

use std::io::{self, Write};

use arrow::array::{
    Array, ArrayRef, AsArray, BinaryArray, BooleanArray, Date32Array, Decimal128Array, FixedSizeBinaryArray,
    Float64Array, Int64Array, StringArray, Time64MicrosecondArray, TimestampMicrosecondArray,
};
use arrow::buffer::NullBuffer;

use crate::batch::Sealed;
use crate::table::Table;
use crate::types::Type;

/// How much is sent at a time, in bytes.
const CHUNK: usize = 64 << 10;

/// Days, and microseconds, from 1970 to 2000, where Postgres' time begins.
const EPOCH_DAYS: i32 = 10_957;
const EPOCH_MICROS: i64 = EPOCH_DAYS as i64 * crate::time::DAY;

/// A column's cells.
enum Cells<'a> {
    Boolean(&'a BooleanArray),
    SmallInteger(&'a Int64Array),
    ShortInteger(&'a Int64Array),
    Integer(&'a Int64Array),
    Double(&'a Float64Array),
    Decimal(&'a Decimal128Array, u8),
    Number(&'a StringArray),
    Date(&'a Date32Array),
    Time(&'a Time64MicrosecondArray),
    Timestamp(&'a TimestampMicrosecondArray),
    Text(&'a StringArray),
    Json(&'a StringArray),
    Uuid(&'a FixedSizeBinaryArray),
    Bytes(&'a BinaryArray),
}

impl<'a> Cells<'a> {
    fn of(ty: Type, array: &'a dyn Array) -> Self {
        match ty {
            Type::Boolean => Cells::Boolean(array.as_boolean()),
            Type::SmallInteger => Cells::SmallInteger(array.as_primitive()),
            Type::ShortInteger => Cells::ShortInteger(array.as_primitive()),
            Type::Integer => Cells::Integer(array.as_primitive()),
            Type::Double => Cells::Double(array.as_primitive()),
            Type::Decimal { scale, .. } => Cells::Decimal(array.as_primitive(), scale),
            Type::Number | Type::BigInteger => Cells::Number(array.as_string()),
            Type::Date => Cells::Date(array.as_primitive()),
            Type::Time => Cells::Time(array.as_primitive()),
            // One form for both: microseconds.
            Type::Timestamp | Type::LocalTimestamp => Cells::Timestamp(array.as_primitive()),
            Type::Text | Type::Varchar { .. } | Type::Foreign => Cells::Text(array.as_string()),
            Type::Json => Cells::Json(array.as_string()),
            Type::Uuid => Cells::Uuid(array.as_fixed_size_binary()),
            Type::Bytes => Cells::Bytes(array.as_binary()),
        }
    }

    #[inline]
    fn put(&self, row: usize, out: &mut Vec<u8>) -> io::Result<()> {
        match self {
            Cells::Boolean(cells) => fixed(out, [u8::from(cells.value(row))]),
            Cells::SmallInteger(cells) => {
                fixed(out, i16::try_from(cells.value(row)).map_err(io::Error::other)?.to_be_bytes());
            }
            Cells::ShortInteger(cells) => {
                fixed(out, i32::try_from(cells.value(row)).map_err(io::Error::other)?.to_be_bytes());
            }
            Cells::Integer(cells) => fixed(out, cells.value(row).to_be_bytes()),
            Cells::Double(cells) => fixed(out, cells.value(row).to_be_bytes()),
            Cells::Date(cells) => fixed(out, (cells.value(row) - EPOCH_DAYS).to_be_bytes()),
            Cells::Time(cells) => fixed(out, cells.value(row).to_be_bytes()),
            Cells::Timestamp(cells) => fixed(out, (cells.value(row) - EPOCH_MICROS).to_be_bytes()),
            Cells::Text(cells) => variable(out, &[], cells.value(row).as_bytes())?,
            // jsonb's binary form: its version, then the text.
            Cells::Json(cells) => variable(out, &[1], cells.value(row).as_bytes())?,
            Cells::Uuid(cells) => variable(out, &[], cells.value(row))?,
            Cells::Bytes(cells) => variable(out, &[], cells.value(row))?,
            Cells::Number(cells) => numeric::number(out, cells.value(row))?,
            Cells::Decimal(cells, scale) => numeric::decimal(out, cells.value(row), *scale)?,
        }
        Ok(())
    }
}

/// A column: its cells, and which of them are NULL.
struct Column<'a> {
    cells: Cells<'a>,
    nulls: Option<&'a NullBuffer>,
}

impl Column<'_> {
    #[inline]
    fn is_null(&self, row: usize) -> bool {
        self.nulls.is_some_and(|nulls| nulls.is_null(row))
    }
}

/// Rows that can be encoded.
pub(super) struct Rows<'a>(Vec<Column<'a>>);

impl<'a> Rows<'a> {
    /// The rows of these columns.
    pub(super) fn of(columns: impl IntoIterator<Item = (Type, &'a ArrayRef)>) -> Self {
        let column =
            |(ty, array): (Type, &'a ArrayRef)| Column { cells: Cells::of(ty, array), nulls: array.nulls() };
        Self(columns.into_iter().map(column).collect())
    }

    /// The rows of a batch for `table`, those that lost too.
    pub(super) fn all(table: &Table, batch: &'a Sealed) -> Self {
        let types = table.columns.iter().map(|column| column.ty);
        Self::of(types.zip(batch.all().columns()))
    }

    /// Writes the rows at these places to `server`.
    pub(super) fn write(
        &self,
        server: &mut impl Write,
        places: impl IntoIterator<Item = usize>,
    ) -> io::Result<()> {
        let width =
            i16::try_from(self.0.len()).map_err(|_| io::Error::other("more columns than Postgres has"))?;
        let mut out = Vec::with_capacity(CHUNK * 2);
        out.extend_from_slice(b"PGCOPY\n\xff\r\n\0");
        // No flags, no extension.
        out.extend_from_slice(&[0; 8]);
        for row in places {
            out.extend_from_slice(&width.to_be_bytes());
            // A NULL is a length of -1, and many of them are as many bytes of ones: wide rows are mostly NULL, so they go together.
            let mut nulls = 0;
            for column in &self.0 {
                if column.is_null(row) {
                    nulls += 4;
                    continue;
                }
                put_nulls(&mut out, &mut nulls);
                column.cells.put(row, &mut out)?;
            }
            put_nulls(&mut out, &mut nulls);
            if out.len() >= CHUNK {
                // What the server's own buffer takes at a time is bounded, too.
                out.chunks(CHUNK).try_for_each(|part| server.write_all(part))?;
                out.clear();
                out.shrink_to(CHUNK * 2);
            }
        }
        out.extend_from_slice(&(-1_i16).to_be_bytes());
        server.write_all(&out)
    }

    /// The cells of the row at `place`, each for itself: for the parameters of a statement.
    pub(super) fn values(&self, place: usize) -> io::Result<Vec<Vec<u8>>> {
        let value = |column: &Column<'_>| {
            let mut out = Vec::new();
            column.cells.put(place, &mut out)?;
            // Without its length.
            Ok(out.split_off(4))
        };
        self.0.iter().map(value).collect()
    }
}

/// Writes `bytes` of NULLs.
#[inline]
fn put_nulls(out: &mut Vec<u8>, bytes: &mut usize) {
    if *bytes > 0 {
        out.resize(out.len() + std::mem::take(bytes), u8::MAX);
    }
}

#[inline]
fn fixed<const N: usize>(out: &mut Vec<u8>, bytes: [u8; N]) {
    out.extend_from_slice(&(N as i32).to_be_bytes());
    out.extend_from_slice(&bytes);
}

#[inline]
fn variable(out: &mut Vec<u8>, head: &[u8], bytes: &[u8]) -> io::Result<()> {
    let length =
        i32::try_from(head.len() + bytes.len()).map_err(|_| io::Error::other("a value of over 2 GiB"))?;
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(head);
    out.extend_from_slice(bytes);
    Ok(())
}
