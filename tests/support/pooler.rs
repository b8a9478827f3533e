//! A PgBouncer before a database, on a socket in a folder of its own.

use std::env;
use std::fs;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use ::postgres::config::Host;
use ::postgres::{Client, Config, NoTls};

use super::postgres::unprivileged;

/// A pooler, which ends with the test.
pub(crate) struct Pooler {
    process: Child,
    folder: PathBuf,
    url: String,
}

impl Pooler {
    /// Stands before the database of this URL, in a mode of PgBouncer's, with at most so many sessions for all its clients.
    pub(crate) fn before(url: &str, mode: &str, sessions: usize) -> Self {
        let program = program().expect("the tests need PgBouncer: install it (apt-get install pgbouncer)");
        let config: Config = url.parse().expect("the test server's URL is one");
        let host = match &config.get_hosts()[0] {
            Host::Unix(folder) => folder.display().to_string(),
            Host::Tcp(host) => host.clone(),
        };
        let port = config.get_ports().first().copied().unwrap_or(5432);
        let (user, database) =
            (config.get_user().unwrap_or("postgres"), config.get_dbname().expect("a database"));
        // The path of a socket has at most 107 bytes.
        let folder = tempfile::Builder::new().prefix("lastword-pool-").tempdir_in("/tmp");
        let folder = folder.expect("/tmp can be written").keep();
        let at = folder.display();
        let settings = format!(
            "[databases]\n{database} = host={host} port={port} dbname={database} user={user}\n\
             [pgbouncer]\nlisten_addr =\nlisten_port = 6432\nunix_socket_dir = {at}\nauth_type = any\nlogfile = {at}/log\n\
             pool_mode = {mode}\ndefault_pool_size = {sessions}\n"
        );
        fs::write(folder.join("settings.ini"), settings).expect("the folder can be written");
        let mut command = Command::new(program);
        command.arg("-q").arg(folder.join("settings.ini")).current_dir(&folder);
        // It refuses to run as root.
        if let Some((user, group)) = unprivileged(&folder) {
            for path in [folder.clone(), folder.join("settings.ini")] {
                chown(path, Some(user), Some(group)).expect("root may");
            }
            command.uid(user).gid(group);
        }
        let process = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let socket = at.to_string().replace('/', "%2F");
        let mut pooler = Self {
            process: process.expect("it starts"),
            url: format!("postgres://{user}@{socket}:6432/{database}"),
            folder,
        };
        pooler.await_socket();
        pooler
    }

    fn await_socket(&mut self) {
        for _ in 0..500 {
            if self.folder.join(".s.PGSQL.6432").exists() {
                return;
            }
            assert!(self.process.try_wait().expect("it can be asked").is_none(), "{}", self.log());
            thread::sleep(Duration::from_millis(20));
        }
        panic!("PgBouncer does not listen: {}", self.log());
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    /// The URL of the database behind it.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// A connection to the database behind it.
    pub(crate) fn connect(&self) -> Client {
        Client::connect(&self.url, NoTls).unwrap_or_else(|error| panic!("{error}: {}", self.log()))
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn program() -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&path).chain(["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from));
    folders.map(|folder| folder.join("pgbouncer")).find(|program| program.exists())
}
