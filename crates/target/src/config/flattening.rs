//! How objects become columns: the loader's own settings, and those that Meltano's SDK and the targets of pipelinewise have for the same.

use super::{Config, Nested};

/// What is said of all streams.
pub(super) struct Flattening {
    pub(super) nested: Option<Nested>,
    pub(super) depth: Option<usize>,
    pub(super) separator: Option<String>,
    pub(super) max_name: Option<usize>,
}

impl Config {
    /// What the loader's own settings say, where they say nothing what the SDK's do, and then what pipelinewise's does.
    pub(super) fn flattening(&self) -> Flattening {
        // In the SDK no levels are as good as not enabled.
        let flattens = self.flattening_enabled.map(|enabled| enabled && self.flattening_max_depth != Some(0));
        let levels = self.data_flattening_max_level;
        let flattens = flattens.or(levels.map(|levels| levels > 0));
        let nested = flattens.map(|flattens| if flattens { Nested::Flatten } else { Nested::Json });
        Flattening {
            nested: self.nested.or(nested),
            depth: self.flatten_depth.or(self.flattening_max_depth).or(levels.filter(|levels| *levels > 0)),
            separator: self.flatten_separator.clone().or_else(|| self.flattening_separator.clone()),
            max_name: self.flatten_max_name.or(self.flattening_max_key_length),
        }
    }
}
