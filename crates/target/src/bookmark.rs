//! The way out for bookmarks: stdout, and only against a receipt.

use std::collections::VecDeque;
use std::io::Write;

use crate::destination::Receipt;
use crate::error::{Error, Result};
use crate::flush::{Flush, FlushId};

/// Bookmarks whose rows are not yet durable.
#[derive(Debug)]
pub struct Bookmarks<W> {
    out: W,
    held: VecDeque<(FlushId, String)>,
}

impl<W: Write> Bookmarks<W> {
    /// Bookmarks that leave by `out`, the one writer of stdout.
    pub fn new(out: W) -> Self {
        Self { out, held: VecDeque::new() }
    }

    /// Takes the bookmark of a flush that is about to be committed.
    pub fn hold(&mut self, flush: &Flush) {
        if let Some(bookmark) = &flush.bookmark {
            self.held.push_back((flush.id.clone(), bookmark.clone()));
        }
    }

    /// Lets the bookmarks out that the receipt covers: one line each.
    ///
    /// # Errors
    /// Where nobody reads them any more. The rows are in by then, but the bookmark was not delivered.
    pub fn release(&mut self, receipt: &Receipt) -> Result<()> {
        while let Some((flush, _)) = self.held.front()
            && flush.number <= receipt.flush().number
        {
            let Some((_, bookmark)) = self.held.pop_front() else { break };
            writeln!(self.out, "{bookmark}").and_then(|()| self.out.flush()).map_err(|error| {
                Error::destination("the rows are loaded, but the bookmark could not be written to stdout")
                    .caused_by(error)
                    .hint("run again from the last bookmark; `target state` prints the one that is committed")
            })?;
        }
        Ok(())
    }
}
