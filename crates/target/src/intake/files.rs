//! Records in files: what a BATCH message names, and the lines of those files.

use singer::Message;
use singer::message;

use super::{Intake, Origin, Step};
use crate::catalog::Catalog;
use crate::clock::Now;
use crate::error::{Error, Result};
use crate::files::{Files, Row, refused};
use crate::stream::Said;

impl Intake {
    /// The files that a message names on line `line`. `said` is what the stream's SCHEMA said.
    pub(super) fn named(batch: &message::Batch<'_>, line: u64, said: &Said) -> Result<Files> {
        Files::read(batch, line, said.schema()).map_err(|error: Error| error.in_stream(&batch.stream))
    }

    /// The files that the last message names, after [`Step::Files`]. Their records come before the next line of the input.
    pub fn files(&mut self) -> Option<Files> {
        self.files.take()
    }

    /// Takes a record in a file, as [`Intake::line`] takes a message.
    ///
    /// # Errors
    /// Where it cannot be taken; everything before it is still here, to be flushed.
    pub fn row(&mut self, row: &Row<'_>, now: Now, catalog: &mut dyn Catalog) -> Result<Step> {
        self.take_row(row, now, catalog).map_err(|error| row.locate(error))
    }

    fn take_row(&mut self, row: &Row<'_>, now: Now, catalog: &mut dyn Catalog) -> Result<Step> {
        let bytes = row.text.len();
        if self.waiting.has_no_room(bytes, &self.settings) {
            return Ok(Step::FlushFirst);
        }
        let record = row.record();
        if self.passes_by(&record.stream, |stream| stream.leaves(&record)) {
            return Ok(Step::Taken);
        }
        if self.at_once(&record.stream, now, |stream| stream.take(&record, bytes, now).is_ok()) {
            return Ok(self.step());
        }
        message::bare_record(row.text).map_err(|error| refused(&error))?;
        let origin = Origin { line: row.files.line, bytes, row: Some(row) };
        self.read(Message::Record(record), origin, now, catalog)
    }
}
