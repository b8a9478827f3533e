//! An SSH server between the loader and a database.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

use super::{folder, setup};

/// A bastion, which ends with the value. Its user is `loader`.
pub(crate) struct Bastion {
    process: Child,
    folder: TempDir,
    pub(crate) port: u16,
}

impl Bastion {
    /// Starts one that knows one key.
    pub(crate) fn start() -> Self {
        let folder = folder::fresh();
        let at = folder.path();
        make_key(&at.join("host_key"), "");
        make_key(&at.join("key"), "");
        fs::copy(at.join("key.pub"), at.join("authorized_keys")).expect("the folder can be written");
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/support/bastion.py");
        let mut process = Command::new(setup::python("bastion"))
            .arg(script)
            .arg(at)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Python starts");
        let mut port = String::new();
        let stdout = process.stdout.take().expect("it is piped");
        BufReader::new(stdout).read_line(&mut port).expect("it says where it listens");
        let port = port.trim().parse().expect("a port, or see its stderr");
        Self { process, folder, port }
    }

    /// The path of the key that it knows.
    pub(crate) fn key(&self) -> PathBuf {
        self.folder.path().join("key")
    }

    /// The same key, encrypted.
    pub(crate) fn encrypted_key(&self, password: &str) -> String {
        let path = self.folder.path().join("encrypted_key");
        fs::copy(self.key(), &path).expect("the folder can be written");
        ssh_keygen(&["-p", "-P", "", "-N", password, "-f"], &path);
        fs::read_to_string(path).expect("it is there")
    }

    /// A key that it does not know.
    pub(crate) fn other_key(&self) -> String {
        let path = self.folder.path().join("other_key");
        make_key(&path, "");
        fs::read_to_string(path).expect("it is there")
    }

    /// Its own public key, without a comment.
    pub(crate) fn host_key(&self) -> String {
        let line = fs::read_to_string(self.folder.path().join("host_key.pub")).expect("it is there");
        line.split(' ').take(2).collect::<Vec<_>>().join(" ")
    }

    /// What it was asked for, and when a connection was over.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// Waits until so many connections are over.
    pub(crate) fn await_lost(&self, count: usize) {
        let lost = || self.log().lines().filter(|line| *line == "lost").count();
        (0..200).take_while(|_| lost() < count).for_each(|_| thread::sleep(Duration::from_millis(50)));
        assert_eq!(lost(), count, "{}", self.log());
    }
}

impl Drop for Bastion {
    fn drop(&mut self) {
        // By its id; it may be over already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn make_key(path: &Path, password: &str) {
    ssh_keygen(&["-t", "ed25519", "-N", password, "-C", "", "-f"], path);
}

fn ssh_keygen(arguments: &[&str], path: &Path) {
    let ran = Command::new("ssh-keygen").arg("-q").args(arguments).arg(path).stdin(Stdio::null()).status();
    assert!(ran.expect("OpenSSH's client is there").success(), "ssh-keygen {arguments:?}");
}
