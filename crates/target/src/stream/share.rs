//! Where loaders share a stream: which of its records are loaded here.

use singer::message;

use super::Stream;

impl Stream {
    /// Whether a record is another loader's, which is counted then.
    #[inline]
    pub fn leaves(&mut self, record: &message::Record<'_>) -> bool {
        let Some(sharing) = &mut self.sharing else { return false };
        let hash = sharing.hash(record.record);
        let leaves = !sharing.holds(hash);
        if leaves {
            self.pass(record);
        }
        leaves
    }

    /// As [`Stream::leaves`] of a record that has not been read yet. False too where that does not go well, for whatever reason: what
    /// is wrong with the line is for the long way to say, and whose it is then.
    pub fn leaves_opened(&mut self, opened: &message::Opened<'_>) -> bool {
        let Some(sharing) = &mut self.sharing else { return false };
        let mut opened = opened.clone();
        let start = opened.cursor.position();
        let Ok(hash) = sharing.hash_at(&mut opened.cursor) else { return false };
        if sharing.holds(hash) {
            return false;
        }
        let record = opened.cursor.text_from(start);
        let Some(record) = opened.close(record) else { return false };
        self.pass(&record);
        true
    }

    /// Counts a record of another loader. What it says of the stream's versions holds here too.
    fn pass(&mut self, record: &message::Record<'_>) {
        self.versions.of(record.version);
        if let Some(sharing) = &mut self.sharing {
            sharing.count(1);
        }
    }

    /// How many records were another loader's.
    #[must_use]
    pub fn elsewhere(&self) -> u64 {
        self.sharing.as_ref().map_or(0, |sharing| sharing.elsewhere())
    }

    /// Goes on counting what an earlier SCHEMA of this run has begun to.
    pub(super) fn follow_share(&mut self, earlier: &Stream) {
        if let Some(sharing) = &mut self.sharing {
            sharing.count(earlier.elsewhere());
        }
    }
}
