//! What Meltano says of the plugin that it runs.

use super::{Config, Environment, LoadMethod};
use crate::note::Note;

/// The variable with the variant of the plugin that was chosen.
const VARIANT: &str = "MELTANO_LOADER_VARIANT";

impl Config {
    /// Leaves out what a user of Meltano has never chosen. Its Hub gives `load_method: append-only` to everyone who uses MeltanoLabs' variant
    /// of a loader, which takes no notice of it and merges; a project that runs this loader in its place must go on as it was.
    pub fn within_meltano(&mut self, environment: &Environment) -> Option<Note> {
        let is_default = self.load_method == Some(LoadMethod::Append);
        if !is_default || environment.get(VARIANT) != Some("meltanolabs") {
            return None;
        }
        self.load_method = None;
        Some(Note::warning(
            "load_method append-only has no effect in a plugin of variant meltanolabs, as in that loader: streams with keys are merged; \
             to append, set load_method in streams, or take the plugin's own definition",
        ))
    }
}
