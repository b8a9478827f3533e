//! A record batch as a table function: `lastword_batch(n)` is the batch that was lent under number `n`.
//!
//! The crate's own `arrow` function keeps every batch it is given until the process ends; this one gives them back.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use ::duckdb::Connection;
use ::duckdb::core::{DataChunkHandle, LogicalTypeHandle, LogicalTypeId};
use ::duckdb::vtab::{BindInfo, InitInfo, TableFunctionInfo, VTab};
use ::duckdb::vtab::{record_batch_to_duckdb_data_chunk, to_duckdb_logical_type_for_field};
use arrow::array::RecordBatch;

use crate::column::JSON_EXTENSION;
use crate::sql::duckdb::BATCH_FUNCTION;

/// Rows that go into one of DuckDB's chunks.
const CHUNK: usize = 2048;

static NUMBERS: AtomicU64 = AtomicU64::new(1);
static LENT: Mutex<BTreeMap<u64, RecordBatch>> = Mutex::new(BTreeMap::new());

fn lent() -> MutexGuard<'static, BTreeMap<u64, RecordBatch>> {
    LENT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A batch that statements can read, until it is dropped.
pub(super) struct Lent {
    number: u64,
}

impl Lent {
    /// Lends `batch`.
    pub(super) fn new(batch: RecordBatch) -> Self {
        let number = NUMBERS.fetch_add(1, Ordering::Relaxed);
        lent().insert(number, batch);
        Self { number }
    }

    /// The number to read it by.
    pub(super) fn number(&self) -> u64 {
        self.number
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        lent().remove(&self.number);
    }
}

/// Makes the function known to a connection.
pub(super) fn register(connection: &Connection) -> ::duckdb::Result<()> {
    connection.register_table_function::<BatchFunction>(BATCH_FUNCTION)
}

struct BatchFunction;

/// How far a scan is. Threads take chunks from it.
struct Scan {
    next: AtomicUsize,
    /// The columns that the statement reads, in the order of the output.
    columns: Vec<usize>,
}

impl VTab for BatchFunction {
    type InitData = Scan;
    type BindData = RecordBatch;

    fn bind(bind: &BindInfo) -> Result<RecordBatch, Box<dyn Error>> {
        let number = bind.get_parameter(0).to_uint64();
        let batch = lent().get(&number).cloned().ok_or("no batch is lent under this number")?;
        for field in batch.schema().fields() {
            let mut ty = to_duckdb_logical_type_for_field(field)?;
            if field.extension_type_name() == Some(JSON_EXTENSION) {
                // The decoder has checked it: DuckDB need not parse it again to cast it.
                ty.set_alias("JSON");
            }
            bind.add_result_column(field.name(), ty);
        }
        bind.set_cardinality(batch.num_rows() as u64, true);
        Ok(batch)
    }

    fn init(init: &InitInfo) -> Result<Scan, Box<dyn Error>> {
        // DuckDB uses as many of these as it has threads.
        init.set_max_threads(64);
        let columns = init.get_column_indices().into_iter().map(|column| column as usize).collect();
        Ok(Scan { next: AtomicUsize::new(0), columns })
    }

    fn func(call: &TableFunctionInfo<Self>, output: &mut DataChunkHandle) -> Result<(), Box<dyn Error>> {
        let (batch, scan) = (call.get_bind_data(), call.get_init_data());
        let start = scan.next.fetch_add(CHUNK, Ordering::Relaxed);
        if start >= batch.num_rows() {
            output.set_len(0);
            return Ok(());
        }
        let rows = batch.slice(start, CHUNK.min(batch.num_rows() - start));
        record_batch_to_duckdb_data_chunk(&rows.project(&scan.columns)?, output)
    }

    fn parameters() -> Option<Vec<LogicalTypeHandle>> {
        Some(vec![LogicalTypeHandle::from(LogicalTypeId::UBigint)])
    }

    fn supports_pushdown() -> bool {
        true
    }
}
