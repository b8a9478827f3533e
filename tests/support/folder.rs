//! A fresh folder for each test, which goes with it.

use tempfile::TempDir;

/// An empty folder.
pub(crate) fn fresh() -> TempDir {
    tempfile::Builder::new().prefix("lastword-").tempdir().expect("the temporary folder can be written")
}
