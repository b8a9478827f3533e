//! Which share of the records is loaded, where loaders share the input.

use super::{Config, LoadMethod};
use crate::error::{Error, Result};
use crate::shard::Shard;

/// What is said of the share.
pub(super) struct Sharing {
    /// The share; none where everything is loaded.
    pub(super) shard: Option<Shard>,
    /// The name of the pipeline: each share is one of its own, so that its loaders do not lock each other out.
    pub(super) state_id: Option<String>,
}

impl Config {
    /// What the settings say of the share.
    pub(super) fn sharing(&self) -> Result<Sharing> {
        // One of one is everything.
        let shard = self.shard.filter(|shard| shard.shares());
        let methods = self.streams.values().map(|stream| stream.load_method).chain([self.load_method]);
        let overwrites = methods.flatten().any(|method| method == LoadMethod::Overwrite);
        if let (Some(shard), true) = (shard, overwrites) {
            return Err(Error::usage(format!(
                "shard {shard} and load_method \"overwrite\" do not go together: each loader would replace the table by its share"
            ))
            .hint("let one loader overwrite the table; or load with \"upsert\", and let the tap end old rows by ACTIVATE_VERSION"));
        }
        let state_id = match (&self.state_id, shard) {
            (Some(state_id), Some(shard)) => Some(shard.run(state_id)),
            (state_id, _) => state_id.clone(),
        };
        Ok(Sharing { shard, state_id })
    }
}
