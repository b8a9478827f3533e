//! A way to a server over a bastion: `ssh -W`, whose standard input and output are the connection.
//!
//! The driver connects to a port here, and the connection itself is handed to a process of OpenSSH's `ssh`. So nothing is copied here, and
//! the process ends when the connection does, however the loader ends. `ssh` has the user's agent, configuration and known hosts.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::fs::OpenOptionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::absolute;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

use super::place::{Host, Place};
use crate::conninfo::Conninfo;
use crate::error::{Error, Result};

/// How long `ssh` may take to say why it has ended.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// What the bastion is called in the file of its one key.
const BASTION: &str = "bastion";
/// The variable that the password of a key is handed on in: to that process alone, and not in its arguments.
const PASSWORD: &str = "LASTWORD_SSH_PASSWORD";
/// Its files: the key, the bastion's, and the script that it runs to be told the password of the key.
const KEY: &str = "key";
const KNOWN_HOSTS: &str = "known_hosts";
const ASKED: &str = "asked";
const ANSWER: &str = "#!/bin/sh\nexec printenv LASTWORD_SSH_PASSWORD\n";

/// A way over a bastion.
pub(super) struct Tunnel<'a> {
    host: &'a str,
    info: &'a Conninfo,
    timeout: Option<Duration>,
}

/// A port here that leads to a server. It is open for as long as this lives; a connection that came of it lives on.
pub(super) struct Passage {
    port: u16,
    said: Receiver<String>,
    is_over: Arc<AtomicBool>,
    /// The files that `ssh` reads when it logs in.
    _files: Option<TempDir>,
}

impl<'a> Tunnel<'a> {
    /// The way that a connection's parameters name, if they name one.
    pub(super) fn of(info: &'a Conninfo, timeout: Option<Duration>) -> Option<Self> {
        info.get("sshhost").map(|host| Self { host, info, timeout })
    }

    /// Opens a way to a server.
    ///
    /// # Errors
    /// Of class usage where it is none that a bastion can reach; of class destination where no files can be made.
    pub(super) fn open(&self, server: &Host) -> Result<Passage> {
        let failed = |error: io::Error| Error::destination("cannot make ready for ssh").caused_by(error);
        let files = self.files().map_err(failed)?;
        let arguments = self.arguments(&server.at_the_bastion()?);
        let folder = files.as_ref().map(|files| files.path().to_owned());
        let password = self.info.get("sshpassword").map(str::to_owned);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(failed)?;
        let port = listener.local_addr().map_err(failed)?.port();
        let (send, said) = mpsc::channel();
        let is_over = Arc::new(AtomicBool::new(false));
        let passage = Passage { port, said, is_over: Arc::clone(&is_over), _files: files };
        thread::spawn(move || {
            for stream in listener.incoming().map_while(std::result::Result::ok) {
                if is_over.load(Ordering::Acquire) {
                    return;
                }
                let mut ssh = Command::new("ssh");
                ssh.args(&arguments);
                if let Some(folder) = &folder {
                    ssh.current_dir(folder)
                        .env("SSH_ASKPASS", folder.join(ASKED))
                        .env("SSH_ASKPASS_REQUIRE", "force");
                }
                if let Some(password) = &password {
                    ssh.env(PASSWORD, password);
                }
                let send = send.clone();
                thread::spawn(move || hand_over(ssh, stream, &send));
            }
        });
        Ok(passage)
    }

    /// The files that `ssh` takes from nowhere else: in a folder that nobody else can read, and that is gone with the value.
    fn files(&self) -> io::Result<Option<TempDir>> {
        let key = self.info.get("sshkey").filter(|key| is_text(key));
        let host_key = self.info.get("sshhostkey");
        let password = self.info.get("sshpassword");
        if key.is_none() && host_key.is_none() && password.is_none() {
            return Ok(None);
        }
        let folder = tempfile::Builder::new().prefix("lastword").tempdir()?;
        let write = |name: &str, mode: u32, text: &str| {
            let mut file = fs::OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(mode)
                .open(folder.path().join(name))?;
            file.write_all(text.as_bytes())
        };
        if let Some(key) = key {
            // `ssh` wants an end to the last line.
            write(KEY, 0o600, &format!("{}\n", key.trim_end()))?;
        }
        if let Some(host_key) = host_key {
            write(KNOWN_HOSTS, 0o600, &format!("{BASTION} {}\n", host_key.trim()))?;
        }
        if password.is_some() {
            write(ASKED, 0o700, ANSWER)?;
        }
        Ok(Some(folder))
    }

    /// The arguments of `ssh`, which is run in the folder of its files.
    fn arguments(&self, server: &str) -> Vec<String> {
        let mut arguments = vec!["-W".to_owned(), server.to_owned()];
        let mut option = |text: String| arguments.extend(["-o".to_owned(), text]);
        // Nobody is there to be asked, but for the password of the key.
        match self.info.get("sshpassword") {
            None => option("BatchMode=yes".to_owned()),
            Some(_) => {
                option("PreferredAuthentications=publickey".to_owned());
                option("NumberOfPasswordPrompts=1".to_owned());
            }
        }
        option("LogLevel=ERROR".to_owned());
        // A path that is cut is noticed as one to a server is: after two minutes.
        option("ServerAliveInterval=20".to_owned());
        option("ServerAliveCountMax=6".to_owned());
        if let Some(timeout) = self.timeout {
            option(format!("ConnectTimeout={}", timeout.as_secs().max(1)));
        }
        if let Some(key) = self.info.get("sshkey") {
            option("IdentitiesOnly=yes".to_owned());
            let path = if is_text(key) { KEY.into() } else { absolute(key).unwrap_or_else(|_| key.into()) };
            arguments.extend(["-i".to_owned(), path.display().to_string()]);
        }
        let mut option = |text: String| arguments.extend(["-o".to_owned(), text]);
        match self.info.get("sshhostkey") {
            Some(_) => {
                option(format!("UserKnownHostsFile={KNOWN_HOSTS}"));
                option("GlobalKnownHostsFile=none".to_owned());
                option(format!("HostKeyAlias={BASTION}"));
                option("StrictHostKeyChecking=yes".to_owned());
            }
            None => option("StrictHostKeyChecking=accept-new".to_owned()),
        }
        if let Some(port) = self.info.get("sshport") {
            option(format!("Port={port}"));
        }
        if let Some(user) = self.info.get("sshuser") {
            arguments.extend(["-l".to_owned(), user.to_owned()]);
        }
        // What begins with a hyphen is the name of a host all the same.
        arguments.extend(["--".to_owned(), self.host.to_owned()]);
        arguments
    }
}

impl Passage {
    /// The place here that leads to a host.
    pub(super) fn place(&self, host: &Host) -> Place {
        host.behind(self.port)
    }

    /// What `ssh` said, if it has ended.
    pub(super) fn said(&self) -> Option<String> {
        self.said.recv_timeout(LAST_WORDS).ok().filter(|words| !words.is_empty())
    }
}

impl Drop for Passage {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Release);
        // The thread that listens wakes up, and sees it.
        let _ = TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, self.port)));
    }
}

/// Gives a connection to `ssh`, and waits for its end.
fn hand_over(mut ssh: Command, stream: TcpStream, said: &Sender<String>) {
    let run = |mut ssh: Command| {
        let input = stream.try_clone()?;
        ssh.stdin(Stdio::from(OwnedFd::from(input))).stdout(Stdio::from(OwnedFd::from(stream)));
        let mut process = ssh.stderr(Stdio::piped()).spawn()?;
        // Else the connection would stay open here when the process has ended.
        drop(ssh);
        let mut words = String::new();
        if let Some(mut stderr) = process.stderr.take() {
            // What is not a text is nothing to show.
            let _ = stderr.read_to_string(&mut words);
        }
        process.wait()?;
        Ok(words)
    };
    // Not with the loader's signals: a last commit still needs the connection.
    ssh.process_group(0);
    let words = match run(ssh) {
        Ok(words) => {
            words.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ")
        }
        Err(error) if is_missing(&error) => "there is no program ssh: install OpenSSH's client".to_owned(),
        Err(error) => format!("ssh cannot be run: {error}"),
    };
    // Nobody listens where the session was opened.
    let _ = said.send(words);
}

fn is_missing(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::NotFound
}

/// Whether a key is given as such, and not the path of its file.
fn is_text(key: &str) -> bool {
    key.contains("-----BEGIN")
}
