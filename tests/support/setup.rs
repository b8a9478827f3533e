//! What the set-up of the tests has put beside the builds (`scripts/setup.sh postgres`).

use std::path::{Path, PathBuf};

/// DuckDB's extensions.
pub(crate) fn extensions() -> PathBuf {
    beside_the_builds("extensions")
}

/// The Python of an environment.
pub(crate) fn python(environment: &str) -> PathBuf {
    beside_the_builds(&format!("{environment}/venv/bin/python"))
}

fn beside_the_builds(what: &str) -> PathBuf {
    let builds =
        Path::new(env!("CARGO_BIN_EXE_target")).ancestors().nth(2).expect("it is in a folder of builds");
    let path = builds.join(what);
    assert!(path.exists(), "{} is missing: scripts/setup.sh postgres", path.display());
    path
}
