//! A parquet file as lines: a record in JSON for each row.
//!
//! A few rows are in memory at a time, and of each column the page that they are in.

use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, Field, FieldRef, Fields, Schema, SchemaRef};
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use parquet::errors::ParquetError;
use parquet::file::metadata::ParquetMetaData;

use super::cells::{Form, member};
use crate::error::{Error, Result};
use crate::schema::Property;

/// The most rows that are in memory at a time.
const ROWS: usize = 1024;

/// How many bytes of rows are in memory at a time, if all rows are of one length.
const BYTES: u64 = 1 << 20;

/// The text that is made at a time, in bytes, but for the last row of it.
const TEXT: usize = 256 << 10;

/// The rows of a file, to be read as text.
pub(super) struct Rows {
    reader: ParquetRecordBatchReader,
    forms: Vec<Form>,
    /// The rows that are in memory, and how many of them have become text.
    batch: Option<(RecordBatch, usize)>,
    /// How many rows of the file have become text.
    written: u64,
    text: Vec<u8>,
    /// How much of the text has been read.
    read: usize,
}

impl Rows {
    /// Opens a file. `properties` is what the stream's schema says.
    pub(super) fn open(file: File, properties: &[Property]) -> Result<Rows> {
        let unreadable = |error: ParquetError| Error::input("cannot be read as parquet").caused_by(error);
        // The file's own types count, not those that the program had which wrote it.
        let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
        let metadata = ArrowReaderMetadata::load(&file, options).map_err(unreadable)?;
        let mut leaves = metadata.parquet_schema().columns().iter();
        let mut forms: Vec<Form> = Vec::new();
        for field in metadata.schema().fields() {
            let name = field.name();
            let property = properties.iter().find(|property| property.name == *name);
            let form = Form::member(field, &mut leaves, property.map(|property| &property.check))
                .map_err(|why| Error::input(format!("column {name:?}: {why}")))?;
            if forms.iter().any(|other| other.is_named(name)) {
                return Err(Error::input(format!("two columns are called {name:?}")));
            }
            forms.push(form);
        }
        let options = ArrowReaderOptions::new().with_schema(viewed(metadata.schema()));
        let rows = rows_at_a_time(metadata.metadata());
        let metadata =
            ArrowReaderMetadata::try_new(Arc::clone(metadata.metadata()), options).map_err(unreadable)?;
        let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata).with_batch_size(rows);
        let reader = reader.build().map_err(unreadable)?;
        Ok(Rows { reader, forms, batch: None, written: 0, text: Vec::new(), read: 0 })
    }

    /// Writes rows as text until there is enough of it, or no more of them.
    fn write(&mut self) -> io::Result<()> {
        self.text.clear();
        self.read = 0;
        while self.text.len() < TEXT {
            let (batch, row) = match &mut self.batch {
                Some((batch, row)) if *row < batch.num_rows() => (&*batch, row),
                _ => match self.reader.next() {
                    None => return Ok(()),
                    Some(batch) => {
                        self.batch = Some((batch.map_err(io::Error::other)?, 0));
                        continue;
                    }
                },
            };
            self.text.push(b'{');
            for (place, (form, column)) in self.forms.iter().zip(batch.columns()).enumerate() {
                member(place == 0, form, column, *row, &mut self.text).map_err(|why| {
                    io::Error::other(format!("row {}: property {:?}: {why}", self.written + 1, form.name()))
                })?;
            }
            self.text.extend_from_slice(b"}\n");
            *row += 1;
            self.written += 1;
        }
        Ok(())
    }
}

impl Read for Rows {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.read == self.text.len() {
            self.write()?;
        }
        let length = out.len().min(self.text.len() - self.read);
        out[..length].copy_from_slice(&self.text[self.read..self.read + length]);
        self.read += length;
        Ok(length)
    }
}

/// How many rows fit into the memory that they may take, by what those of the widest row group take in the file.
fn rows_at_a_time(metadata: &ParquetMetaData) -> usize {
    let groups = metadata.row_groups().iter().filter(|group| group.num_rows() > 0);
    let widest =
        groups.map(|group| group.total_byte_size().unsigned_abs() / group.num_rows().unsigned_abs()).max();
    usize::try_from(BYTES / widest.unwrap_or(1).max(1)).unwrap_or(ROWS).clamp(1, ROWS)
}

/// The schema with texts that are looked at where they lie: one that stands in the file's dictionary once is in memory once.
fn viewed(schema: &SchemaRef) -> SchemaRef {
    Arc::new(Schema::new(fields(schema.fields())).with_metadata(schema.metadata().clone()))
}

fn fields(fields: &Fields) -> Fields {
    fields.iter().map(field).collect()
}

fn field(field: &FieldRef) -> FieldRef {
    let ty = match field.data_type() {
        DataType::Utf8 => DataType::Utf8View,
        DataType::Binary => DataType::BinaryView,
        DataType::List(element) => DataType::List(self::field(element)),
        DataType::Struct(members) => DataType::Struct(fields(members)),
        DataType::Map(entries, sorted) => DataType::Map(self::field(entries), *sorted),
        other => other.clone(),
    };
    Arc::new(Field::clone(field).with_data_type(ty))
}
