//! A record becomes a row of the open batch, or does not.

use sha2::{Digest, Sha256};
use singer::message;

use super::Stream;
use crate::batch::Envelope;
use crate::clock::Now;
use crate::decode::{Invalid, Reason};
use crate::error::Error;
use crate::flush::Reject;
use crate::names;
use crate::number;
use crate::sequence::Source;
use crate::time;
use crate::types::Type;

/// Why a record was not taken.
#[derive(Debug)]
pub enum Refusal {
    /// It cannot be loaded; others can.
    Invalid(Invalid),
    /// A property's column is to become of this type first.
    Wider(String, Type),
    /// The load cannot go on.
    Error(Error),
}

impl From<Invalid> for Refusal {
    fn from(invalid: Invalid) -> Self {
        match invalid {
            Invalid { property: Some(property), reason: Reason::Wider { needed, .. } } => {
                Refusal::Wider(property, needed)
            }
            invalid => Refusal::Invalid(invalid),
        }
    }
}

impl Stream {
    /// Takes a record of `bytes` bytes of input.
    ///
    /// # Errors
    /// See [`Refusal`]; the stream is then as it was.
    pub fn take(&mut self, record: &message::Record<'_>, bytes: usize, now: Now) -> Result<(), Refusal> {
        let row = self.open.rows();
        self.decoder.decode_nested(record.record, row, self.open.columns(), &mut self.sheets)?;
        self.admit(record, bytes, now)
    }

    /// Takes a record of `bytes` bytes of input that has not been read yet, all in one walk over the line. False where that does not go
    /// well, for whatever reason; the stream is then as it was, and [`Stream::take`] says why.
    pub fn take_opened(&mut self, mut opened: message::Opened<'_>, bytes: usize, now: Now) -> bool {
        let row = self.open.rows();
        let columns = self.open.columns();
        let Ok(text) = self.decoder.decode_at(&mut opened.cursor, row, columns, &mut self.sheets) else {
            return false;
        };
        match opened.close(text) {
            Some(record) => self.admit(&record, bytes, now).is_ok(),
            None => {
                self.discard();
                false
            }
        }
    }

    /// Takes the row that was written for a record; gives it up on an error.
    fn admit(&mut self, record: &message::Record<'_>, bytes: usize, now: Now) -> Result<(), Refusal> {
        if self.order.source.is_none() {
            let source = self.order.first(record, self.memory.sequence_source.as_deref());
            if let Err(error) = self.settle_source(source) {
                self.discard();
                return Err(Refusal::Error(error));
            }
        }
        match self.envelope(record, now) {
            Ok(envelope) => {
                if let Some(place) = self.hash_column {
                    self.open.columns()[place].push_text(&record_hash(record.record));
                }
                self.open.push(envelope);
                self.lines += bytes;
                self.counts.received += 1;
                self.counts.bytes += bytes as u64;
                Ok(())
            }
            Err(reason) => {
                self.discard();
                Err(Refusal::Invalid(Invalid { property: None, reason }))
            }
        }
    }

    /// Gives up the row that was written.
    fn discard(&mut self) {
        self.open.discard();
        let row = self.open.rows();
        self.sheets.iter_mut().for_each(|sheet| sheet.truncate_parents(row));
    }

    /// Counts a record that was refused, and makes its reject.
    pub fn reject(
        &mut self,
        record: &message::Record<'_>,
        bytes: usize,
        line: u64,
        why: &Invalid,
        now: Now,
    ) -> Reject {
        self.counts.received += 1;
        self.counts.rejected += 1;
        self.counts.bytes += bytes as u64;
        let stored = self.memory.sequence_source.as_deref();
        let arrived = match &self.order.source {
            Some(source) => *source == Source::Arrival,
            None => self.order.first(record, stored) == Source::Arrival,
        };
        Reject {
            at: now.micros(),
            schema: Some(self.shown().schema.clone()),
            table: self.shown().name.clone(),
            reason: why.to_string(),
            record: record.record.to_owned(),
            line,
            place: None,
            sequence: match record.sequence.and_then(number::integer) {
                None if arrived => Some(self.order.arrivals.next(now.nanos())),
                sent => sent,
            },
            table_version: self.versions.of(record.version),
            time_extracted: record.time_extracted.as_deref().map(str::to_owned),
        }
    }

    fn envelope(&mut self, record: &message::Record<'_>, now: Now) -> Result<Envelope, Reason> {
        let extracted_at = match record.time_extracted.as_deref() {
            Some(text) => Some(time::timestamp(text).map_err(|_| Reason::TimeExtracted)?),
            None => None,
        };
        let row = self.open.rows();
        let columns = self.open.columns();
        let sequence = self.order.sequence(record, extracted_at, now, columns, row)?;
        if let Some(mark) = self.mark {
            mark.set(columns, row, extracted_at.unwrap_or_else(|| now.micros()))?;
        }
        let table_version = self.versions.of(record.version);
        Ok(Envelope { sequence, table_version, extracted_at, received_at: now.micros() })
    }
}

/// The hash of a whole record: the same for records that differ only in spaces and in the order of members.
fn record_hash(record: &str) -> String {
    let mut canonical = String::with_capacity(record.len());
    // The record has been decoded, so it is JSON.
    let _ = crate::canonical::write(record, &mut canonical);
    names::hex(&Sha256::digest(canonical.as_bytes()))
}
