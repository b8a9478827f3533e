//! A batch → the bytes of Postgres' binary COPY.
//!
//! Rows are written into one reused buffer, cell by cell, without an allocation; the buffer goes to the server whenever it is full.

use std::io::{self, Write};

use arrow::array::{
    Array, AsArray, BinaryArray, BooleanArray, Date32Array, Decimal128Array, FixedSizeBinaryArray,
    Float64Array, Int64Array, StringArray, Time64MicrosecondArray, TimestampMicrosecondArray,
};

use crate::batch::Sealed;
use crate::number;
use crate::table::Table;
use crate::types::Type;

/// How much is sent at a time, in bytes.
const CHUNK: usize = 64 << 10;

/// Days, and microseconds, from 1970 to 2000, where Postgres' time begins.
const EPOCH_DAYS: i32 = 10_957;
const EPOCH_MICROS: i64 = EPOCH_DAYS as i64 * crate::time::DAY;

/// The digits after the point that Postgres can show. What is beyond is zeros: the decoder takes no number that has more.
const MOST_SHOWN: i64 = 16_383;

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
            Cells::Number(cells) => numeric(out, cells.value(row), 0)?,
            Cells::Decimal(cells, scale) => {
                let mut digits = [0; 48];
                let mut rest = &mut digits[..];
                write!(rest, "{}", cells.value(row))?;
                let length = 48 - rest.len();
                let text = std::str::from_utf8(&digits[..length]).map_err(io::Error::other)?;
                numeric(out, text, i64::from(*scale))?;
            }
        }
        Ok(())
    }

    fn is_null(&self, row: usize) -> bool {
        let array: &dyn Array = match self {
            Cells::Boolean(cells) => cells,
            Cells::SmallInteger(cells) | Cells::ShortInteger(cells) | Cells::Integer(cells) => cells,
            Cells::Double(cells) => cells,
            Cells::Decimal(cells, _) => cells,
            Cells::Date(cells) => cells,
            Cells::Time(cells) => cells,
            Cells::Timestamp(cells) => cells,
            Cells::Number(cells) | Cells::Text(cells) | Cells::Json(cells) => cells,
            Cells::Uuid(cells) => cells,
            Cells::Bytes(cells) => cells,
        };
        array.is_null(row)
    }
}

/// Writes the batch's rows to `server`.
pub(super) fn write(server: &mut impl Write, table: &Table, batch: &Sealed) -> io::Result<()> {
    let columns: Vec<Cells<'_>> = table
        .columns
        .iter()
        .zip(batch.all().columns())
        .map(|(column, array)| Cells::of(column.ty, array))
        .collect();
    let width =
        i16::try_from(columns.len()).map_err(|_| io::Error::other("more columns than Postgres has"))?;
    let mut out = Vec::with_capacity(CHUNK * 2);
    out.extend_from_slice(b"PGCOPY\n\xff\r\n\0");
    // No flags, no extension.
    out.extend_from_slice(&[0; 8]);
    for row in batch.places() {
        out.extend_from_slice(&width.to_be_bytes());
        for column in &columns {
            if column.is_null(row) {
                out.extend_from_slice(&(-1_i32).to_be_bytes());
            } else {
                column.put(row, &mut out)?;
            }
        }
        if out.len() >= CHUNK {
            server.write_all(&out)?;
            out.clear();
        }
    }
    out.extend_from_slice(&(-1_i16).to_be_bytes());
    server.write_all(&out)
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

/// A number in Postgres' form: digits of base 10,000 around the point. `text` is a JSON number, to be divided by `10^scale`.
///
/// The scale that is shown is the one that was sent, as far as Postgres can show it: `1.50` stays `1.50`. `NaN` and the infinities have
/// signs of their own (infinity from Postgres 14 on).
fn numeric(out: &mut Vec<u8>, text: &str, scale: i64) -> io::Result<()> {
    if number::is_word(text) {
        let sign: u16 = match text.as_bytes().first() {
            Some(b'I') => 0xD000,
            Some(b'-') => 0xF000,
            _ => 0xC000,
        };
        let mut form = [0; 8];
        form[4..6].copy_from_slice(&sign.to_be_bytes());
        fixed(out, form);
        return Ok(());
    }
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    // An exponent beyond 64 bits is zero's: the decoder takes no other number that long.
    let exponent: i64 = exponent.parse().unwrap_or(0);
    let fraction = mantissa.split_once('.').map_or(0, |(_, fraction)| fraction.len() as i64);
    let shown = (fraction + scale).saturating_sub(exponent).clamp(0, MOST_SHOWN);
    let number::Parts { negative, digits, exponent } = number::parts(text);
    let exponent = exponent - scale;
    // The groups of four decimal digits begin at the point, so the digits are aligned to it from both sides.
    let start = out.len();
    out.extend_from_slice(&[0; 12]);
    let top = digits.len() as i64 + exponent;
    let weight = (top - 1).div_euclid(4);
    let mut groups: i64 = 0;
    let mut group: i16 = 0;
    let mut place = (weight + 1) * 4;
    let lead = place - top;
    let zeros = std::iter::repeat_n(b'0', usize::try_from(lead).unwrap_or_default());
    for digit in zeros.chain(digits.iter()) {
        group = group * 10 + i16::from(digit - b'0');
        place -= 1;
        if place.rem_euclid(4) == 0 {
            out.extend_from_slice(&group.to_be_bytes());
            groups += 1;
            group = 0;
        }
    }
    if place.rem_euclid(4) != 0 {
        let missing = u32::try_from(place.rem_euclid(4)).unwrap_or_default();
        out.extend_from_slice(&(group * 10_i16.pow(missing)).to_be_bytes());
        groups += 1;
    }
    if digits.is_empty() {
        out.truncate(start + 12);
        groups = 0;
    }
    let small =
        |value: i64| i16::try_from(value).map_err(|_| io::Error::other("a number with too many digits"));
    let length = 8 + groups * 2;
    let weight = if digits.is_empty() { 0 } else { weight };
    let sign: i16 = if negative { 0x4000 } else { 0 };
    out[start..start + 4].copy_from_slice(&i32::try_from(length).map_err(io::Error::other)?.to_be_bytes());
    for (place, value) in [small(groups)?, small(weight)?, sign, small(shown)?].into_iter().enumerate() {
        let at = start + 4 + place * 2;
        out[at..at + 2].copy_from_slice(&value.to_be_bytes());
    }
    Ok(())
}
