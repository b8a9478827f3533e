//! The values of a parquet file as JSON: each as a tap writes it that has the same value.

use std::io::Write;
use std::slice;

use arrow::array::{Array, AsArray, StructArray};
use arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Decimal256Type, Field, Float16Type, Float32Type, Float64Type,
    Int8Type, Int16Type, Int32Type, Int64Type, Time32MillisecondType, Time64MicrosecondType,
    Time64NanosecondType, TimeUnit, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use parquet::basic::{ConvertedType, LogicalType, Type as PhysicalType};
use parquet::schema::types::ColumnDescPtr;
use singer::json::Cursor;

use crate::names::hex;
use crate::schema::{Check, Encoding, Kinds};
use crate::time;

/// What a tap would write for the values of a column.
#[derive(Debug)]
pub(super) struct Form {
    name: String,
    /// The name as JSON, with its colon.
    label: Vec<u8>,
    way: Way,
}

#[derive(Debug)]
enum Way {
    /// What the type says.
    Plain,
    /// A decimal number in quotes: the schema wants a text that stands for one.
    Quoted,
    /// Bytes, as the text that stands for them; with none they must be text themselves.
    Bytes(Option<Encoding>),
    /// The sixteen bytes of a UUID.
    Uuid,
    /// A text that is JSON.
    Json,
    List(Box<Form>),
    Object(Vec<Form>),
    /// Keys, which are texts, with values.
    Map(Box<Form>),
}

impl Form {
    /// The form of a column, which takes its leaves from `leaves`. `check` is what the schema says of the property.
    pub(super) fn member(
        field: &Field,
        leaves: &mut slice::Iter<'_, ColumnDescPtr>,
        check: Option<&Check>,
    ) -> Result<Form, String> {
        let name = field.name().clone();
        let mut label = serde_json::Value::from(name.as_str()).to_string().into_bytes();
        label.push(b':');
        Ok(Form { name, label, way: Way::of(field.data_type(), leaves, check)? })
    }

    /// The column's name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn is_named(&self, name: &str) -> bool {
        self.name == name
    }
}

impl Way {
    fn of(
        ty: &DataType,
        leaves: &mut slice::Iter<'_, ColumnDescPtr>,
        check: Option<&Check>,
    ) -> Result<Way, String> {
        match ty {
            DataType::List(element) => {
                let items = check.and_then(|check| check.items.as_deref());
                Ok(Way::List(Box::new(Form::member(element, leaves, items)?)))
            }
            DataType::Struct(members) => {
                let inner =
                    |name: &str| check.and_then(|check| check.members.find(name)).map(|(_, check)| check);
                let forms = members.iter().map(|field| {
                    let form = Form::member(field, leaves, inner(field.name()));
                    form.map_err(|why| format!("member {:?}: {why}", field.name()))
                });
                forms.collect::<Result<_, _>>().map(Way::Object)
            }
            DataType::Map(entries, _) => match entries.data_type() {
                DataType::Struct(members) if members.len() == 2 => {
                    if *members[0].data_type() != DataType::Utf8 {
                        return Err(format!("a map whose keys are no texts ({})", members[0].data_type()));
                    }
                    leaves.next();
                    Ok(Way::Map(Box::new(Form::member(&members[1], leaves, None)?)))
                }
                other => Err(format!("a map of {other}")),
            },
            leaf => {
                let described = leaves.next().ok_or("it has no values")?;
                Way::of_leaf(leaf, described, check)
            }
        }
    }

    fn of_leaf(ty: &DataType, described: &ColumnDescPtr, check: Option<&Check>) -> Result<Way, String> {
        if described.physical_type() == PhysicalType::INT96 {
            return Err("timestamps of the type INT96, whose meaning differs between programs: write them as TIMESTAMP \
                        (Spark: spark.sql.parquet.outputTimestampType=TIMESTAMP_MICROS)"
                .into());
        }
        let (logical, converted) = (described.logical_type_ref(), described.converted_type());
        let encoding = check.and_then(|check| check.encoding);
        match ty {
            DataType::Utf8
                if matches!(logical, Some(LogicalType::Json)) || converted == ConvertedType::JSON =>
            {
                Ok(Way::Json)
            }
            DataType::FixedSizeBinary(16) if matches!(logical, Some(LogicalType::Uuid)) => Ok(Way::Uuid),
            DataType::Binary | DataType::FixedSizeBinary(_) => match logical {
                Some(LogicalType::Enum) => Ok(Way::Bytes(None)),
                _ => Ok(Way::Bytes(encoding.filter(|encoding| *encoding != Encoding::Decimal))),
            },
            DataType::Decimal128(..) | DataType::Decimal256(..) => match check {
                Some(check)
                    if encoding == Some(Encoding::Decimal) && !check.kinds.any_of(Kinds::FRACTION) =>
                {
                    Ok(Way::Quoted)
                }
                _ => Ok(Way::Plain),
            },
            DataType::Null
            | DataType::Boolean
            | DataType::Int8
            | DataType::Int16
            | DataType::Int32
            | DataType::Int64
            | DataType::UInt8
            | DataType::UInt16
            | DataType::UInt32
            | DataType::UInt64
            | DataType::Float16
            | DataType::Float32
            | DataType::Float64
            | DataType::Date32
            | DataType::Time32(TimeUnit::Millisecond)
            | DataType::Time64(_)
            | DataType::Timestamp(..)
            | DataType::Utf8 => Ok(Way::Plain),
            other => Err(format!("values of the type {other}, which have no form in JSON")),
        }
    }
}

/// Writes a member of an object: the value of `column` in the row `row`.
///
/// # Errors
/// Why it has no form in JSON, without the value.
pub(super) fn member(
    first: bool,
    form: &Form,
    column: &dyn Array,
    row: usize,
    out: &mut Vec<u8>,
) -> Result<(), &'static str> {
    if !first {
        out.push(b',');
    }
    out.extend_from_slice(&form.label);
    value(form, column, row, out)
}

fn value(form: &Form, column: &dyn Array, row: usize, out: &mut Vec<u8>) -> Result<(), &'static str> {
    // An array of nulls has no bits that say so.
    if column.is_null(row) || *column.data_type() == DataType::Null {
        out.extend_from_slice(b"null");
        return Ok(());
    }
    match &form.way {
        Way::Plain => plain(column, row, out),
        Way::Quoted => {
            out.push(b'"');
            plain(column, row, out)?;
            out.push(b'"');
            Ok(())
        }
        Way::Bytes(encoding) => {
            let bytes = match column.data_type() {
                DataType::FixedSizeBinary(_) => column.as_fixed_size_binary().value(row),
                _ => column.as_binary_view().value(row),
            };
            match encoding {
                Some(Encoding::Base64) => text(&BASE64_STANDARD.encode(bytes), out),
                Some(_) => text(&hex(bytes), out),
                None => {
                    let said = std::str::from_utf8(bytes);
                    text(
                        said.map_err(|_| "bytes that are no text, and the schema has no contentEncoding")?,
                        out,
                    )
                }
            }
        }
        Way::Uuid => {
            let bytes: [u8; 16] =
                column.as_fixed_size_binary().value(row).try_into().map_err(|_| "no UUID")?;
            text(&uuid::Uuid::from_bytes(bytes).to_string(), out)
        }
        Way::Json => {
            let json = column.as_string_view().value(row);
            let mut cursor = Cursor::new(json);
            let read = cursor.peek().and_then(|_| cursor.skip()).and_then(|_| cursor.end());
            read.map_err(|_| "a text that is marked as JSON and is none")?;
            // A line is one line.
            out.extend(json.bytes().map(|byte| if matches!(byte, b'\n' | b'\r') { b' ' } else { byte }));
            Ok(())
        }
        Way::List(element) => {
            let elements = column.as_list::<i32>().value(row);
            out.push(b'[');
            for place in 0..elements.len() {
                if place > 0 {
                    out.push(b',');
                }
                value(element, &elements, place, out)?;
            }
            out.push(b']');
            Ok(())
        }
        Way::Object(members) => object(members, column.as_struct(), row, out),
        Way::Map(values) => {
            let entries = column.as_map().value(row);
            let keys = entries.column(0).as_string_view();
            out.push(b'{');
            for place in 0..entries.len() {
                if place > 0 {
                    out.push(b',');
                }
                text(keys.value(place), out)?;
                out.push(b':');
                value(values, entries.column(1), place, out)?;
            }
            out.push(b'}');
            Ok(())
        }
    }
}

fn object(members: &[Form], column: &StructArray, row: usize, out: &mut Vec<u8>) -> Result<(), &'static str> {
    out.push(b'{');
    for (place, (form, inner)) in members.iter().zip(column.columns()).enumerate() {
        member(place == 0, form, inner, row, out)?;
    }
    out.push(b'}');
    Ok(())
}

fn text(text: &str, out: &mut Vec<u8>) -> Result<(), &'static str> {
    serde_json::to_writer(out, text).map_err(|_| "a text that cannot be written")
}

/// Writes a value as its type says.
fn plain(column: &dyn Array, row: usize, out: &mut Vec<u8>) -> Result<(), &'static str> {
    macro_rules! number {
        ($type:ty) => {
            write!(out, "{}", column.as_primitive::<$type>().value(row))
        };
    }
    macro_rules! ticks {
        ($type:ty) => {
            i64::from(column.as_primitive::<$type>().value(row))
        };
    }
    let written = match column.data_type() {
        DataType::Boolean => write!(out, "{}", column.as_boolean().value(row)),
        DataType::Int8 => number!(Int8Type),
        DataType::Int16 => number!(Int16Type),
        DataType::Int32 => number!(Int32Type),
        DataType::Int64 => number!(Int64Type),
        DataType::UInt8 => number!(UInt8Type),
        DataType::UInt16 => number!(UInt16Type),
        DataType::UInt32 => number!(UInt32Type),
        DataType::UInt64 => number!(UInt64Type),
        // A number of fewer bits is written with the digits of the double that it is.
        DataType::Float16 => double(column.as_primitive::<Float16Type>().value(row).into(), out),
        DataType::Float32 => double(column.as_primitive::<Float32Type>().value(row).into(), out),
        DataType::Float64 => double(column.as_primitive::<Float64Type>().value(row), out),
        DataType::Decimal128(..) => {
            write!(out, "{}", column.as_primitive::<Decimal128Type>().value_as_string(row))
        }
        DataType::Decimal256(..) => {
            write!(out, "{}", column.as_primitive::<Decimal256Type>().value_as_string(row))
        }
        DataType::Date32 => {
            write!(out, "\"{}\"", time::day(ticks!(Date32Type)))
        }
        DataType::Time32(_) => of_day(ticks!(Time32MillisecondType), 3, out),
        DataType::Time64(TimeUnit::Microsecond) => of_day(ticks!(Time64MicrosecondType), 6, out),
        DataType::Time64(_) => of_day(ticks!(Time64NanosecondType), 9, out),
        DataType::Timestamp(unit, zone) => {
            // Without a zone it is a time of some place that the file does not say.
            let zone = if zone.is_some() { "Z" } else { "" };
            match unit {
                TimeUnit::Millisecond => instant(ticks!(TimestampMillisecondType), 3, zone, out),
                TimeUnit::Microsecond => instant(ticks!(TimestampMicrosecondType), 6, zone, out),
                _ => instant(ticks!(TimestampNanosecondType), 9, zone, out),
            }
        }
        _ => return text(column.as_string_view().value(row), out),
    };
    written.map_err(|_| "a value that cannot be written")
}

fn double(number: f64, out: &mut Vec<u8>) -> std::io::Result<()> {
    match number {
        number if number.is_nan() => out.write_all(b"NaN"),
        f64::INFINITY => out.write_all(b"Infinity"),
        f64::NEG_INFINITY => out.write_all(b"-Infinity"),
        // With the fewest digits that give the same number, and an exponent where there would be many zeros.
        number => write!(out, "{number:?}"),
    }
}

/// Seconds and the digits behind their point, of a count of units of which a second has 10 to the power of `digits`.
fn split(count: i64, digits: u32) -> (i64, i64) {
    let second = 10_i64.pow(digits);
    (count.div_euclid(second), count.rem_euclid(second))
}

fn clock(seconds: i64, fraction: i64, digits: u32) -> String {
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let whole = format!("{hour:02}:{minute:02}:{second:02}");
    match fraction {
        0 => whole,
        fraction => format!("{whole}.{fraction:0digits$}", digits = digits as usize),
    }
}

fn of_day(count: i64, digits: u32, out: &mut Vec<u8>) -> std::io::Result<()> {
    let (seconds, fraction) = split(count, digits);
    write!(out, "\"{}\"", clock(seconds, fraction, digits))
}

fn instant(count: i64, digits: u32, zone: &str, out: &mut Vec<u8>) -> std::io::Result<()> {
    const DAY: i64 = 86_400;
    let (seconds, fraction) = split(count, digits);
    let day = time::day(seconds.div_euclid(DAY));
    write!(out, "\"{day}T{}{zone}\"", clock(seconds.rem_euclid(DAY), fraction, digits))
}
