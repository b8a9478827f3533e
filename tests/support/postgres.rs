//! A throwaway Postgres: the server that `TARGET_TEST_POSTGRES` names, or else a private cluster on a unix socket.
//!
//! The private cluster is started once, by a shell that waits for the end of its stdin. That is a pipe which this process holds, so
//! however the tests end, the shell sees it, stops the server and removes the folder.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::ops::Deref;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use ::postgres::{Client, NoTls};

/// The URL of a server where databases may be created.
const SERVER: &str = "TARGET_TEST_POSTGRES";

/// Durability costs time, and nothing here outlives the tests.
const SCRIPT: &str = r#"
set -e
trap '' INT HUP TERM
folder=$1 bin=$2 options=$3 blocks=$4
segments=
if [ -n "$blocks" ]; then segments=--wal-segsize=1; fi
"$bin/initdb" -D "$folder/data" -U postgres --auth=trust --encoding=UTF8 --locale=C --no-sync $segments
if [ -n "$blocks" ]; then ulimit -f "$blocks"; fi
if [ -e "$folder/pg_hba.conf" ]; then cp "$folder/pg_hba.conf" "$folder/data"; fi
"$bin/pg_ctl" -D "$folder/data" -w -t 60 -l "$folder/log" -o "-c listen_addresses= -c unix_socket_directories='$folder' $options \
  -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200" start
echo ready >&2
read -r _ || true
"$bin/pg_ctl" -D "$folder/data" -w -m immediate stop
rm -rf "$folder"
"#;

/// A server, and who keeps it.
struct Server {
    /// A URL without its database.
    base: String,
    /// What follows the database in a URL.
    rest: String,
    /// The shell that stops the private cluster when its stdin is closed.
    keeper: Option<Child>,
}

/// A new empty database, which goes with the test.
#[derive(Debug)]
pub(crate) struct Database {
    name: String,
    url: String,
}

/// The database's URL.
impl Deref for Database {
    type Target = str;

    fn deref(&self) -> &str {
        &self.url
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if self.name.is_empty() {
            return;
        }
        // A private cluster goes as a whole.
        let server = server();
        if server.keeper.is_none()
            && let Ok(mut client) = Client::connect(&server.url("postgres"), NoTls)
        {
            let _ = client.batch_execute(&format!("drop database if exists {} with (force)", self.name));
        }
    }
}

/// A new empty database.
pub(crate) fn fresh_database() -> Database {
    static NUMBER: AtomicUsize = AtomicUsize::new(1);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name = format!("lastword_{}_{number}", std::process::id());
    let server = server();
    let mut client = Client::connect(&server.url("postgres"), NoTls).expect("the test server answers");
    client.batch_execute(&format!("create database {name}")).expect("databases may be created");
    Database { url: server.url(&name), name }
}

/// The database of another server, which goes with that.
pub(crate) fn database_at(url: &str) -> Database {
    Database { name: String::new(), url: url.to_owned() }
}

/// A connection to a database.
pub(crate) fn connect(url: &str) -> Client {
    Client::connect(url, NoTls).expect("the test server answers")
}

impl Server {
    fn url(&self, database: &str) -> String {
        format!("{}/{database}{}", self.base, self.rest)
    }
}

fn server() -> &'static Server {
    static SERVERS: OnceLock<Server> = OnceLock::new();
    SERVERS.get_or_init(|| match env::var(SERVER) {
        Ok(url) => given(&url),
        Err(_) => private(),
    })
}

/// The server of a URL, whatever database that names.
fn given(url: &str) -> Server {
    let (url, rest) =
        url.split_once('?').map_or((url, String::new()), |(url, rest)| (url, format!("?{rest}")));
    let (scheme, place) = url.split_once("://").unwrap_or_else(|| panic!("{SERVER} is a URL: postgres://…"));
    let place = place.split('/').next().unwrap_or_default();
    Server { base: format!("{scheme}://{place}"), rest, keeper: None }
}

/// Starts a private cluster for the databases of tests.
fn private() -> Server {
    let (folder, keeper) = start("", |_, _| {});
    let host = folder.to_string_lossy().replace('/', "%2F");
    Server { base: format!("postgres://postgres@{host}"), rest: String::new(), keeper: Some(keeper) }
}

/// The URL of a private cluster's first database.
pub(crate) fn url_of(folder: &Path) -> String {
    format!("postgres://postgres@{}/postgres", folder.display().to_string().replace('/', "%2F"))
}

/// Starts a private cluster whose files may not grow past so many blocks of 512 bytes, until it is started again.
pub(crate) fn start_short_of_room(blocks: u64) -> (PathBuf, Child) {
    start_within(Some(blocks), "", |_, _| {})
}

/// Starts a private cluster with its socket in a folder. `prepare` may put files there before, for the user that it gets, if that is
/// another: among them a `pg_hba.conf`.
pub(crate) fn start(options: &str, prepare: impl FnOnce(&Path, Option<(u32, u32)>)) -> (PathBuf, Child) {
    start_within(None, options, prepare)
}

fn start_within(
    blocks: Option<u64>,
    options: &str,
    prepare: impl FnOnce(&Path, Option<(u32, u32)>),
) -> (PathBuf, Child) {
    let bin = programs().unwrap_or_else(|| {
        panic!(
            "the tests need Postgres: install it (apt-get install postgresql, brew install postgresql), or set {SERVER} to the \
             URL of a server where databases may be created"
        )
    });
    // The path of a socket has at most 107 bytes, so the folder is not where a long TMPDIR may point.
    let folder =
        tempfile::Builder::new().prefix("lastword-pg-").tempdir_in("/tmp").expect("/tmp can be written");
    let folder = folder.keep();
    // Postgres refuses to run as root.
    let user = unprivileged(&folder);
    prepare(&folder, user);
    let mut shell = Command::new("sh");
    shell
        .args(["-c", SCRIPT, "sh"])
        .args([folder.as_os_str(), bin.as_os_str(), options.as_ref()])
        .arg(blocks.map(|blocks| blocks.to_string()).unwrap_or_default())
        .current_dir(&folder)
        .process_group(0);
    if let Some((user, group)) = user {
        chown(&folder, Some(user), Some(group)).expect("root may");
        shell.uid(user).gid(group);
    }
    let shell = shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).env("LC_ALL", "C");
    let mut shell = shell.spawn().expect("there is a shell");
    let mut said = String::new();
    let words = BufReader::new(shell.stderr.take().expect("its stderr is a pipe"));
    let ready = words.lines().map_while(Result::ok).any(|line| {
        said += &line;
        said.push('\n');
        line == "ready"
    });
    if !ready {
        let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
        let _ = fs::remove_dir_all(&folder);
        panic!("the private Postgres of {} does not start:\n{said}{log}", bin.display());
    }
    (folder, shell)
}

/// Ends a private cluster at once, as if its machine had failed, and starts it again.
pub(crate) fn restart(folder: &Path) {
    let bin = programs().expect("it was started with them");
    let owner = fs::metadata(folder.join("data")).expect("its data is there");
    let mut control = Command::new(bin.join("pg_ctl"));
    control.arg("-D").arg(folder.join("data")).args(["-w", "-t", "60", "-m", "immediate", "-l"]);
    control.arg(folder.join("log")).arg("restart").current_dir(folder).env("LC_ALL", "C");
    if fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0) {
        control.uid(owner.uid()).gid(owner.gid());
    }
    let done = control.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    assert!(done.expect("it can be run").success(), "the server restarts");
}

/// The folder of Postgres' programs: of the PATH, or the newest of those that Debian and others keep apart.
fn programs() -> Option<PathBuf> {
    let complete =
        |folder: &Path| ["initdb", "pg_ctl", "postgres"].iter().all(|program| folder.join(program).exists());
    let path = env::var_os("PATH").unwrap_or_default();
    if let Some(folder) = env::split_paths(&path).find(|folder| complete(folder)) {
        // A link to initdb alone would not find the rest of its installation.
        return folder.join("initdb").canonicalize().ok()?.parent().map(Path::to_owned);
    }
    let mut versions: Vec<(f64, PathBuf)> = ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt"]
        .iter()
        .filter_map(|parent| fs::read_dir(parent).ok())
        .flatten()
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let version =
                entry.file_name().to_string_lossy().trim_start_matches("postgresql@").parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .filter(|(_, folder)| complete(folder))
        .collect();
    versions.sort_by(|a, b| a.0.total_cmp(&b.0));
    versions.pop().map(|(_, folder)| folder)
}

/// Who is to run a server in a folder that was just made, where that is root's.
pub(crate) fn unprivileged(folder: &Path) -> Option<(u32, u32)> {
    (fs::metadata(folder).expect("it was just made").uid() == 0).then(other_user)
}

/// A user who is not root: postgres, else nobody.
fn other_user() -> (u32, u32) {
    let users = fs::read_to_string("/etc/passwd").expect("there is a list of users");
    let find = |wanted: &str| {
        users.lines().find_map(|line| {
            let mut fields = line.split(':');
            let name = fields.next()?;
            let user = fields.nth(1)?.parse().ok()?;
            let group = fields.next()?.parse().ok()?;
            (name == wanted).then_some((user, group))
        })
    };
    find("postgres").or_else(|| find("nobody")).expect("there is a user besides root")
}
