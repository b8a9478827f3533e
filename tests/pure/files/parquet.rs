//! Each type of parquet, as the JSON that a tap would write.

use std::sync::Arc;

use ::parquet::arrow::ArrowWriter;
use ::parquet::basic::Compression;
use ::parquet::data_type::{
    ByteArray, ByteArrayType, FixedLenByteArray, FixedLenByteArrayType, Int96, Int96Type,
};
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::writer::SerializedFileWriter;
use ::parquet::schema::parser::parse_message_type;
use arrow::array::{
    ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, Decimal256Array, DictionaryArray,
    FixedSizeBinaryArray, Float16Array, Float32Array, Float64Array, Int8Array, Int32Array, Int64Array,
    IntervalDayTimeArray, LargeStringArray, ListArray, MapBuilder, NullArray, RecordBatch, StringArray,
    StringBuilder, StructArray, Time32MillisecondArray, Time64MicrosecondArray, Time64NanosecondArray,
    TimestampMicrosecondArray, TimestampMillisecondArray, TimestampNanosecondArray, UInt8Array, UInt64Array,
};
use arrow::array::{Int32Builder, types::IntervalDayTime};
use arrow::datatypes::{ArrowPrimitiveType, Float16Type, Int32Type, i256};
use singer::Message;
use target::files::{self, Files};

use super::*;

/// A number of sixteen bits.
type F16 = <Float16Type as ArrowPrimitiveType>::Native;

/// A parquet file with these columns.
fn written(columns: &[(&str, ArrayRef)], properties: WriterProperties) -> Vec<u8> {
    let rows = RecordBatch::try_from_iter_with_nullable(
        columns.iter().map(|(name, array)| (*name, array.clone(), true)),
    );
    let rows = rows.unwrap();
    let mut writer = ArrowWriter::try_new(Vec::new(), rows.schema(), Some(properties)).unwrap();
    writer.write(&rows).unwrap();
    writer.into_inner().unwrap()
}

/// The lines of a parquet file, for a stream with these properties.
fn read(bytes: &[u8], properties: &str) -> Result<Vec<String>, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = put(&folder, "file", bytes);
    let line = batch("s", &[path.to_str().unwrap()], r#"{"format":"parquet"}"#, "");
    let Ok(Message::Batch(batch)) = singer::message::parse(&line) else { panic!("{line}") };
    let files = Files::read(&batch, 1, &format!(r#"{{"properties":{properties}}}"#)).unwrap();
    let mut lines = files::open(&files, 0).map_err(|error| error.to_string())?;
    let mut text = String::new();
    lines.read_to_string(&mut text).map_err(|error| error.to_string())?;
    Ok(text.lines().map(str::to_owned).collect())
}

/// Demands that the values of a column are written so.
#[track_caller]
fn check(array: ArrayRef, expected: &[&str]) {
    check_as(array, "{}", expected);
}

/// The same for a property of this schema.
#[track_caller]
fn check_as(array: ArrayRef, schema: &str, expected: &[&str]) {
    let bytes = written(&[("a", array)], WriterProperties::default());
    let expected: Vec<String> = expected.iter().map(|value| format!("{{\"a\":{value}}}")).collect();
    assert_eq!(read(&bytes, &format!(r#"{{"a":{schema}}}"#)), Ok(expected));
}

#[test]
fn numbers_are_written_with_every_digit() {
    check(Arc::new(BooleanArray::from(vec![Some(true), None, Some(false)])), &["true", "null", "false"]);
    check(Arc::new(Int8Array::from(vec![i8::MIN, 0])), &["-128", "0"]);
    check(Arc::new(UInt8Array::from(vec![255])), &["255"]);
    check(
        Arc::new(Int64Array::from(vec![i64::MIN, i64::MAX])),
        &["-9223372036854775808", "9223372036854775807"],
    );
    check(Arc::new(UInt64Array::from(vec![u64::MAX])), &["18446744073709551615"]);
    let doubles = vec![0.1, 1.0, -0.0, 1e300, 5e-324, f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
    let expected = ["0.1", "1.0", "-0.0", "1e300", "5e-324", "NaN", "Infinity", "-Infinity"];
    check(Arc::new(Float64Array::from(doubles)), &expected);
    // The double that it is, as Python reads it; and no other.
    check(Arc::new(Float32Array::from(vec![0.1, 0.5])), &["0.10000000149011612", "0.5"]);
    check(Arc::new(Float16Array::from(vec![F16::from_f32(0.1)])), &["0.0999755859375"]);
    let decimals = Decimal128Array::from(vec![Some(123), None, Some(-5), Some(0), Some(10_i128.pow(37))]);
    let decimals = decimals.with_precision_and_scale(38, 2).unwrap();
    let expected = ["1.23", "null", "-0.05", "0.00", "100000000000000000000000000000000000.00"];
    check(Arc::new(decimals), &expected);
    let small = Decimal128Array::from(vec![7]).with_precision_and_scale(2, 2).unwrap();
    check(Arc::new(small), &["0.07"]);
    let whole = Decimal128Array::from(vec![-70]).with_precision_and_scale(9, 0).unwrap();
    check(Arc::new(whole.clone()), &["-70"]);
    let text = r#"{"type":["null","string"],"format":"singer.decimal"}"#;
    check_as(Arc::new(whole), text, &["\"-70\""]);
    let large = Decimal256Array::from(vec![i256::from_string(&"9".repeat(76)).unwrap()]);
    let large = large.with_precision_and_scale(76, 70).unwrap();
    check(Arc::new(large), &[&format!("999999.{}", "9".repeat(70))]);
}

#[test]
fn times_are_written_as_rfc_3339_has_them() {
    check(
        Arc::new(Date32Array::from(vec![0, -1, 19_723, -719_162, 2_932_896])),
        &["\"1970-01-01\"", "\"1969-12-31\"", "\"2024-01-01\"", "\"0001-01-01\"", "\"9999-12-31\""],
    );
    // Without a zone.
    check(
        Arc::new(TimestampMicrosecondArray::from(vec![0, -1, 1_704_067_200_000_010])),
        &["\"1970-01-01T00:00:00\"", "\"1969-12-31T23:59:59.999999\"", "\"2024-01-01T00:00:00.000010\""],
    );
    let instants = TimestampMicrosecondArray::from(vec![253_402_300_799_999_999, -62_135_596_800_000_000]);
    let expected = ["\"9999-12-31T23:59:59.999999Z\"", "\"0001-01-01T00:00:00Z\""];
    check(Arc::new(instants.with_timezone("+02:00")), &expected);
    let millis = TimestampMillisecondArray::from(vec![1_704_067_200_120]).with_timezone("UTC");
    check(Arc::new(millis), &["\"2024-01-01T00:00:00.120Z\""]);
    // Too precise, and beyond the years that there are: that is said of them when they are loaded.
    check(Arc::new(TimestampNanosecondArray::from(vec![1])), &["\"1970-01-01T00:00:00.000000001\""]);
    check(Arc::new(TimestampMillisecondArray::from(vec![i64::MAX])), &["\"292278994-08-17T07:12:55.807\""]);
    check(Arc::new(Time32MillisecondArray::from(vec![86_399_999])), &["\"23:59:59.999\""]);
    check(Arc::new(Time64MicrosecondArray::from(vec![0, 1])), &["\"00:00:00\"", "\"00:00:00.000001\""]);
    check(Arc::new(Time64NanosecondArray::from(vec![60_000_000_000])), &["\"00:01:00\""]);
}

#[test]
fn texts_and_bytes_are_written_as_the_schema_wants_them() {
    let texts = vec![Some("é\"\\\n\u{1}"), None, Some("")];
    let expected = [r#""é\"\\\n\u0001""#, "null", "\"\""];
    check(Arc::new(StringArray::from(texts.clone())), &expected);
    check(Arc::new(LargeStringArray::from(texts)), &expected);
    let dictionary: DictionaryArray<Int32Type> = ["x", "y", "x"].into_iter().collect();
    check(Arc::new(dictionary), &["\"x\"", "\"y\"", "\"x\""]);
    let bytes = || Arc::new(BinaryArray::from(vec![&b"\xFF\x00a"[..], b""])) as ArrayRef;
    let encoded = |name| format!(r#"{{"type":"string","contentEncoding":"{name}"}}"#);
    check_as(bytes(), &encoded("base64"), &["\"/wBh\"", "\"\""]);
    check_as(bytes(), &encoded("base16"), &["\"ff0061\"", "\"\""]);
    let fixed = FixedSizeBinaryArray::try_from_iter([[1_u8, 2], [254, 255]].into_iter()).unwrap();
    check_as(Arc::new(fixed), &encoded("base64"), &["\"AQI=\"", "\"/v8=\""]);
    // Without an encoding bytes are text, or nothing that JSON has.
    check(Arc::new(BinaryArray::from(vec!["é".as_bytes()])), &["\"é\""]);
    let error = read(&written(&[("a", bytes())], WriterProperties::default()), "{}").unwrap_err();
    assert_eq!(error, "row 1: property \"a\": bytes that are no text, and the schema has no contentEncoding");
}

#[test]
fn nested_values_are_objects_and_arrays() {
    let lists =
        ListArray::from_iter_primitive::<Int32Type, _, _>([Some(vec![Some(1), None]), None, Some(vec![])]);
    check(Arc::new(lists), &["[1,null]", "null", "[]"]);
    let inner: ArrayRef = Arc::new(BinaryArray::from(vec![&b"\x01"[..]]));
    let list: ArrayRef = Arc::new(ListArray::from_iter_primitive::<Int32Type, _, _>([Some(vec![Some(1)])]));
    let inner = StructArray::try_from(vec![("b\"", inner), ("l", list)]).unwrap();
    let object = StructArray::try_from(vec![("o", Arc::new(inner) as ArrayRef)]).unwrap();
    let schema = r#"{"type":"object","properties":{"o":{"type":"object","properties":{"b\"":{"type":"string","contentEncoding":"base16"}}}}}"#;
    check_as(Arc::new(object), schema, &[r#"{"o":{"b\"":"01","l":[1]}}"#]);
    let mut map = MapBuilder::new(None, StringBuilder::new(), Int32Builder::new());
    map.keys().append_value("k\"");
    map.values().append_value(1);
    map.keys().append_value("m");
    map.values().append_null();
    map.append(true).unwrap();
    map.append(true).unwrap();
    map.append(false).unwrap();
    check(Arc::new(map.finish()), &[r#"{"k\"":1,"m":null}"#, "{}", "null"]);
    check(Arc::new(NullArray::new(2)), &["null", "null"]);
}

#[test]
fn every_row_of_every_row_group_is_a_line_whatever_the_compression() {
    let ids = || Arc::new(Int32Array::from_iter_values(0..5000)) as ArrayRef;
    let texts = || {
        Arc::new(StringArray::from_iter_values((0..5000).map(|id| format!("text {}", id % 7)))) as ArrayRef
    };
    let expected: Vec<String> =
        (0..5000).map(|id| format!(r#"{{"id":{id},"text":"text {}"}}"#, id % 7)).collect();
    let compressions = [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(Default::default()),
        Compression::ZSTD(Default::default()),
        Compression::LZ4,
        Compression::LZ4_RAW,
    ];
    for compression in compressions {
        let properties = WriterProperties::builder().set_compression(compression);
        let properties = properties.set_max_row_group_row_count(Some(777)).build();
        let bytes = written(&[("id", ids()), ("text", texts())], properties);
        assert_eq!(read(&bytes, "{}").as_ref(), Ok(&expected), "{compression}");
    }
    let empty = Arc::new(Int32Array::from_iter_values([])) as ArrayRef;
    assert_eq!(read(&written(&[("id", empty)], WriterProperties::default()), "{}"), Ok(vec![]));
    let bytes = written(&[("id", ids()), ("text", texts())], WriterProperties::default());
    assert!(read(&bytes[..bytes.len() - 9], "{}").is_err());
    let damaged = [&bytes[..100], &[0xAA; 50], &bytes[150..]].concat();
    assert_ne!(read(&damaged, "{}").as_ref(), Ok(&expected));
}

/// A file of one column, of a type that no array has.
fn by_hand(column: &str, write: impl FnOnce(&mut SerializedFileWriter<&mut Vec<u8>>)) -> Vec<u8> {
    let schema = Arc::new(parse_message_type(&format!("message m {{ required {column}; }}")).unwrap());
    let mut bytes = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut bytes, schema, Default::default()).unwrap();
    write(&mut writer);
    writer.close().unwrap();
    bytes
}

#[test]
fn a_type_is_what_the_file_calls_it() {
    let json = |texts: &[&str]| {
        let values: Vec<ByteArray> = texts.iter().map(|text| ByteArray::from(*text)).collect();
        by_hand("binary a (JSON)", |writer| {
            let mut group = writer.next_row_group().unwrap();
            let mut column = group.next_column().unwrap().unwrap();
            column.typed::<ByteArrayType>().write_batch(&values, None, None).unwrap();
            column.close().unwrap();
            group.close().unwrap();
        })
    };
    assert_eq!(read(&json(&["{\"x\":\n[1]}", "7"]), "{}").unwrap(), ["{\"a\":{\"x\": [1]}}", "{\"a\":7}"]);
    let error = read(&json(&["{}", "{x}"]), "{}").unwrap_err();
    assert_eq!(error, "row 2: property \"a\": a text that is marked as JSON and is none");
    let uuid = by_hand("fixed_len_byte_array(16) a (UUID)", |writer| {
        let mut group = writer.next_row_group().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        let value = FixedLenByteArray::from((0..16).collect::<Vec<u8>>());
        column.typed::<FixedLenByteArrayType>().write_batch(&[value], None, None).unwrap();
        column.close().unwrap();
        group.close().unwrap();
    });
    assert_eq!(read(&uuid, "{}").unwrap(), [r#"{"a":"00010203-0405-0607-0809-0a0b0c0d0e0f"}"#]);
}

#[test]
fn what_has_no_form_in_json_is_refused_with_its_column() {
    let old = by_hand("int96 a", |writer| {
        let mut group = writer.next_row_group().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<Int96Type>().write_batch(&[Int96::new()], None, None).unwrap();
        column.close().unwrap();
        group.close().unwrap();
    });
    assert!(read(&old, "{}").unwrap_err().starts_with("column \"a\": timestamps of the type INT96"));
    let interval = IntervalDayTimeArray::from(vec![IntervalDayTime::new(1, 2)]);
    let error = read(&written(&[("a", Arc::new(interval))], WriterProperties::default()), "{}").unwrap_err();
    assert!(error.starts_with("column \"a\": values of the type Interval"), "{error}");
    let mut map = MapBuilder::new(None, Int32Builder::new(), Int32Builder::new());
    map.append(true).unwrap();
    let map = Arc::new(map.finish()) as ArrayRef;
    let object = StructArray::try_from(vec![("m", map)]).unwrap();
    let error = read(&written(&[("a", Arc::new(object))], WriterProperties::default()), "{}").unwrap_err();
    assert!(error.starts_with("column \"a\": member \"m\": a map whose keys are no texts"), "{error}");
    let one = || Arc::new(Int32Array::from(vec![1])) as ArrayRef;
    let error = read(&written(&[("a", one()), ("a", one())], WriterProperties::default()), "{}").unwrap_err();
    assert_eq!(error, "two columns are called \"a\"");
}
