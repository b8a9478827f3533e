//! Where loaders share the input: records that are others' are passed by.

use super::Intake;
use crate::stream::Stream;

impl Intake {
    /// Whether the next record of the stream of this name is another loader's, as `leaves` says of it. One on its way through maps is
    /// looked at behind them.
    #[inline]
    pub(super) fn passes_by(&mut self, name: &str, leaves: impl FnOnce(&mut Stream) -> bool) -> bool {
        let shared = self.settings.shard.is_some();
        shared
            && self.streams.get_mut(name).is_some_and(|stream| !stream.goes_through_maps() && leaves(stream))
    }

    /// How many records were other loaders', by stream, where any were. They are not among those that were received.
    pub fn elsewhere(&self) -> impl Iterator<Item = (&str, u64)> {
        let counts = self.streams.iter().map(|(name, stream)| (name.as_str(), stream.elsewhere()));
        counts.filter(|(_, count)| *count > 0)
    }
}
