//! What orders a stream's records, and which of them delete their key.

use singer::message;

use crate::clock::Now;
use crate::column::{Column, Values};
use crate::decode::Reason;
use crate::merge::Tie;
use crate::number;
use crate::sequence::{Arrivals, Choice, Source};
use crate::time;
use crate::types::Type;

/// Where a stream's sequences come from.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) choice: Choice,
    pub(super) on_tie: Tie,
    /// Whether a tie that would change no value leaves the stored row alone.
    pub(super) skip_unchanged: bool,
    /// Settled by the first record that can be loaded, if not before.
    pub(super) source: Option<Source>,
    /// The place of the property that is the sequence, where one is.
    pub(super) column: Option<usize>,
    pub(super) arrivals: Arrivals,
    /// Whether the records came before: then one that was ordered by its arrival brings its place with it.
    pub(super) replay: bool,
}

impl Order {
    /// The source that the first record decides for.
    pub(super) fn first(&self, record: &message::Record<'_>, stored: Option<&str>) -> Source {
        let arrived = self.replay && stored == Some(Source::Arrival.to_string().as_str());
        if record.sequence.is_some() && !arrived { Source::Message } else { Source::Arrival }
    }

    /// The sequence of the record that was just decoded as row `row` of `columns`.
    pub(super) fn sequence(
        &mut self,
        record: &message::Record<'_>,
        extracted_at: Option<i64>,
        now: Now,
        columns: &[Column],
        row: usize,
    ) -> Result<i64, Reason> {
        let source = self.source.as_ref().ok_or(Reason::Sequence("nothing says where it comes from"))?;
        match source {
            Source::Message => match record.sequence {
                Some(text) => number::integer(text).ok_or(Reason::Sequence("not an integer of 64 bits")),
                None => Err(Reason::Sequence("missing from the message")),
            },
            Source::Property { unit, .. } => self
                .column
                .and_then(|place| columns.get(place))
                .filter(|column| column.rows() > row)
                .and_then(|column| column.last_order(*unit))
                .ok_or(Reason::Sequence("the property that it comes from is missing or null")),
            Source::TimeExtracted => extracted_at.ok_or(Reason::Sequence("time_extracted is missing")),
            Source::Arrival => match record.sequence.and_then(number::integer) {
                Some(arrived) if self.replay => Ok(arrived),
                _ if self.choice == Choice::Auto && record.sequence.is_some() => {
                    Err(Reason::Sequence("the message has one, and the stream's first records had none"))
                }
                _ => Ok(self.arrivals.next(now.nanos())),
            },
        }
    }
}

/// How a record says that it deletes its key.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    /// The place of the property that is true, or a time.
    pub(super) property: usize,
    /// The place of `_sdc_deleted_at`.
    pub(super) deleted_at: usize,
}

impl Mark {
    /// Sets `_sdc_deleted_at` of the row `row` of `columns`, if the record is a delete. `at` is for one that does not say when.
    pub(super) fn set(self, columns: &mut [Column], row: usize, at: i64) -> Result<(), Reason> {
        let column = &columns[self.property];
        if column.rows() <= row {
            return Ok(());
        }
        let Some(time) = deleted(column, at)? else { return Ok(()) };
        let deleted_at = &mut columns[self.deleted_at];
        if deleted_at.rows() > row && !deleted_at.is_null(row) {
            return Ok(());
        }
        deleted_at.truncate(row);
        deleted_at.pad(row);
        match deleted_at.values {
            Values::Text { .. } => deleted_at.push_text(&time::rfc3339(time)),
            _ => deleted_at.push_long(Some(time)),
        }
        Ok(())
    }
}

/// When the record was deleted, if its mark says that it was: true, a time, or a number that is not zero.
fn deleted(column: &Column, at: i64) -> Result<Option<i64>, Reason> {
    let row = column.rows() - 1;
    if column.is_null(row) {
        return Ok(None);
    }
    let yes = |yes: bool| Ok(yes.then_some(at));
    match &column.values {
        Values::Boolean(values) => yes(values[row]),
        Values::Date(values) => Ok(Some(i64::from(values[row]) * time::DAY)),
        Values::Long(values) if matches!(column.ty(), Type::Timestamp) => Ok(Some(values[row])),
        Values::Long(values) => yes(values[row] != 0),
        Values::Double(values) => yes(values[row] != 0.0),
        Values::Decimal(values) => yes(values[row] != 0),
        Values::Text { .. } => match column.last_text().trim_matches('"') {
            "true" => yes(true),
            "false" | "" => yes(false),
            text => match time::timestamp(text) {
                Ok(time) => Ok(Some(time)),
                Err(_) => number::scaled(text, 0).map(|value| (value != 0).then_some(at)).ok_or(Reason::Mark),
            },
        },
        _ => Err(Reason::Mark),
    }
}
