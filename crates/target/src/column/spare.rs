//! Memory of columns that are committed, for those that come next: new memory costs the system its work page by page.

use std::collections::VecDeque;

use arrow::array::{Array, ArrayRef, RecordBatch};
use arrow::buffer::Buffer;
use arrow::datatypes::{ArrowNativeType, DataType};

/// Memory that columns can be filled into, in the order in which it comes from a table's columns.
#[derive(Debug, Default)]
pub struct Spare {
    longs: Pool<i64>,
    doubles: Pool<f64>,
    decimals: Pool<i128>,
    shorts: Pool<i32>,
    bytes: Pool<u8>,
}

type Pool<T> = VecDeque<Vec<T>>;

impl Spare {
    /// The memory of `batches`, as far as nobody else holds it.
    #[must_use]
    pub fn of(batches: impl IntoIterator<Item = RecordBatch>) -> Self {
        let mut spare = Self::default();
        for batch in batches {
            let (_, columns, _) = batch.into_parts();
            columns.into_iter().for_each(|column| spare.keep(column));
        }
        spare
    }

    fn keep(&mut self, array: ArrayRef) {
        let data = array.to_data();
        drop(array);
        let data_type = data.data_type().clone();
        let mut buffers = data.buffers().to_vec().into_iter();
        drop(data);
        let first = buffers.next();
        match data_type {
            DataType::Int64 | DataType::Timestamp(..) | DataType::Time64(_) => put(&mut self.longs, first),
            DataType::Float64 => put(&mut self.doubles, first),
            DataType::Decimal128(..) => put(&mut self.decimals, first),
            DataType::Date32 => put(&mut self.shorts, first),
            DataType::Utf8 | DataType::Binary => {
                put(&mut self.shorts, first);
                put(&mut self.bytes, buffers.next());
            }
            _ => {}
        }
    }

    pub(super) fn longs(&mut self) -> Vec<i64> {
        self.longs.pop_front().unwrap_or_default()
    }

    pub(super) fn doubles(&mut self) -> Vec<f64> {
        self.doubles.pop_front().unwrap_or_default()
    }

    pub(super) fn decimals(&mut self) -> Vec<i128> {
        self.decimals.pop_front().unwrap_or_default()
    }

    pub(super) fn shorts(&mut self) -> Vec<i32> {
        self.shorts.pop_front().unwrap_or_default()
    }

    pub(super) fn bytes(&mut self) -> Vec<u8> {
        self.bytes.pop_front().unwrap_or_default()
    }

    pub(super) fn text(&mut self) -> String {
        String::from_utf8(self.bytes()).unwrap_or_default()
    }
}

/// Keeps the memory of a buffer, empty, where it is nobody else's. What is mostly unused is given back: it may be the memory of what
/// another column had once.
fn put<T: ArrowNativeType>(pool: &mut Pool<T>, buffer: Option<Buffer>) {
    if let Some(Ok(mut values)) = buffer.map(Buffer::into_vec)
        && values.len() >= values.capacity() / 4
    {
        values.clear();
        pool.push_back(values);
    }
}
