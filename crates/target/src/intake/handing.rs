//! What was taken, handed over as flushes, and their memory taken back.

use std::collections::BTreeSet;

use super::Intake;
use crate::batch::Sealed;
use crate::clock::Now;
use crate::column::Spare;
use crate::error::Result;
use crate::flush::{Flush, FlushId};

impl Intake {
    /// Hands over everything that waits; `None` where nothing does.
    ///
    /// # Errors
    /// Only where the loader itself is at fault.
    pub fn flush(&mut self, now: Now) -> Result<Option<Flush>> {
        self.hand_over(now, false)
    }

    /// As [`Intake::flush`], when the input seems to have ended: nothing yet where that makes a difference.
    ///
    /// # Errors
    /// Only where the loader itself is at fault.
    pub fn flush_at_end(&mut self, now: Now) -> Result<Option<Flush>> {
        if self.overwrites() { Ok(None) } else { self.flush(now) }
    }

    /// As [`Intake::flush`], when the whole input has been taken: what was collected to take the place of a table's content now does.
    ///
    /// # Errors
    /// Only where the loader itself is at fault.
    pub fn finish(&mut self, now: Now) -> Result<Option<Flush>> {
        self.hand_over(now, true)
    }

    fn hand_over(&mut self, now: Now, last: bool) -> Result<Option<Flush>> {
        let overwrites = self.overwrites();
        let mut loads = Vec::new();
        let waiting = std::mem::take(&mut self.waiting);
        let ending = self.overwritten.iter().copied().filter(|_| last);
        let places: BTreeSet<usize> = waiting.streams().chain(ending).collect();
        for place in places {
            let Some((_, stream)) = self.streams.get_index_mut(place) else { continue };
            if stream.is_pending() || (last && stream.overwrites()) {
                loads.push(stream.load(now, last)?);
            }
            if stream.is_pending() {
                self.waiting.in_stream(place);
            }
        }
        // Until the end a run that overwrites has brought nothing that lasts, so its bookmarks wait.
        let bookmark = self.bookmark.take_if(|_| last || !overwrites);
        if loads.is_empty() && bookmark.is_none() && self.rejects.is_empty() && self.replayed.is_empty() {
            return Ok(None);
        }
        loads.sort_by(|a, b| a.table.name.cmp(&b.table.name));
        self.flushes += 1;
        Ok(Some(Flush {
            // What is sent through again comes from no pipeline.
            state_id: self.settings.state_id.clone().filter(|_| !self.replay),
            id: FlushId { load: self.load_id.clone(), number: self.flushes },
            sealed_at: now.micros(),
            loads,
            rejects: std::mem::take(&mut self.rejects),
            replayed: std::mem::take(&mut self.replayed),
            bookmark,
        }))
    }

    /// Takes back a flush that is committed, for its memory.
    pub fn reuse(&mut self, flush: Flush) {
        let batches = flush.loads.into_iter().filter_map(|load| load.batch);
        self.spare = Spare::of(batches.filter_map(Sealed::into_rows));
    }
}
