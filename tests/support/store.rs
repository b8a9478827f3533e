//! An object store.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use super::setup;

/// An object store with a bucket `lake`, which ends with the value.
pub(crate) struct ObjectStore {
    process: Child,
    port: u16,
}

impl ObjectStore {
    pub(crate) fn start() -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/support/store.py");
        let mut process = Command::new(setup::python("store"))
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Python starts");
        let mut port = String::new();
        let stdout = process.stdout.take().expect("it is piped");
        BufReader::new(stdout).read_line(&mut port).expect("it says where it listens");
        Self { process, port: port.trim().parse().expect("a port") }
    }

    /// How it is reached, as the setting `s3` says it.
    pub(crate) fn setting(&self) -> Value {
        json!({
            "endpoint": format!("127.0.0.1:{}", self.port), "use_ssl": false, "url_style": "path",
            "region": "us-east-1", "key_id": "me", "secret": "s3cret",
        })
    }
}

impl Drop for ObjectStore {
    fn drop(&mut self) {
        // By its id; it may be over already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
