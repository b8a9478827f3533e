//! A network path to a Postgres that is cut after so many bytes, or lets nothing through from there on.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use ::postgres::Config;
use ::postgres::config::Host;

/// A port of 127.0.0.1 behind which the server is, as long as the budget lasts.
pub(super) struct Proxy {
    port: u16,
    database: String,
    user: String,
    path: Arc<Path>,
}

/// What all connections have in common.
struct Path {
    /// The bytes that still pass.
    budget: AtomicI64,
    /// Whether the connection stays open then, and swallows everything.
    swallows: AtomicBool,
    /// How often one was cut, or fell silent.
    cuts: AtomicUsize,
}

/// A connection's other end.
enum End {
    Socket(UnixStream),
    Port(TcpStream),
}

impl End {
    fn to(config: &Config) -> Self {
        let port = config.get_ports().first().copied().unwrap_or(5432);
        match config.get_hosts().first() {
            Some(Host::Unix(folder)) => {
                let socket: &std::path::Path = folder;
                Self::Socket(
                    UnixStream::connect(socket.join(format!(".s.PGSQL.{port}")))
                        .expect("the server is there"),
                )
            }
            Some(Host::Tcp(name)) => {
                Self::Port(TcpStream::connect((name.as_str(), port)).expect("the server is there"))
            }
            None => panic!("the test server's URL has a host"),
        }
    }

    fn twin(&self) -> Self {
        match self {
            Self::Socket(stream) => Self::Socket(stream.try_clone().expect("it can be shared")),
            Self::Port(stream) => Self::Port(stream.try_clone().expect("it can be shared")),
        }
    }

    fn read(&mut self, bytes: &mut [u8]) -> usize {
        match self {
            Self::Socket(stream) => stream.read(bytes),
            Self::Port(stream) => stream.read(bytes),
        }
        .unwrap_or_default()
    }

    fn write(&mut self, bytes: &[u8]) -> bool {
        match self {
            Self::Socket(stream) => stream.write_all(bytes),
            Self::Port(stream) => stream.write_all(bytes),
        }
        .is_ok()
    }

    fn close(&self) {
        let _ = match self {
            Self::Socket(stream) => stream.shutdown(Shutdown::Both),
            Self::Port(stream) => stream.shutdown(Shutdown::Both),
        };
    }
}

impl Proxy {
    /// Stands before the server of this URL. Nothing is cut until it is told when.
    pub(super) fn before(url: &str) -> Self {
        let config: Config = url.parse().expect("the test server's URL is one");
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        let proxy = Self {
            port: listener.local_addr().expect("it has one").port(),
            database: config.get_dbname().expect("a database").to_owned(),
            user: config.get_user().unwrap_or("postgres").to_owned(),
            path: Arc::new(Path {
                budget: AtomicI64::new(i64::MAX),
                swallows: AtomicBool::new(false),
                cuts: AtomicUsize::new(0),
            }),
        };
        let path = Arc::clone(&proxy.path);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let (client, server) = (End::Port(client), End::to(&config));
                let silent = Arc::new(AtomicBool::new(false));
                for (from, to, answers) in [(client.twin(), server.twin(), false), (server, client, true)] {
                    let (path, silent) = (Arc::clone(&path), Arc::clone(&silent));
                    thread::spawn(move || path.pass(from, to, answers, &silent));
                }
            }
        });
        proxy
    }

    /// The URL of the database behind it.
    pub(super) fn url(&self) -> String {
        format!("postgres://{}@127.0.0.1:{}/{}", self.user, self.port, self.database)
    }

    /// Lets so many bytes pass, then cuts the connection of the next one, once.
    pub(super) fn cut_after(&self, bytes: i64) {
        self.path.budget.store(bytes, Ordering::SeqCst);
    }

    /// Lets so many bytes pass. Of the connection of the next one nothing passes any more, and it stays open; others are as they were.
    pub(super) fn swallow_after(&self, bytes: i64) {
        self.path.swallows.store(true, Ordering::SeqCst);
        self.cut_after(bytes);
    }

    /// How often a connection was cut or fell silent.
    pub(super) fn cuts(&self) -> usize {
        self.path.cuts.load(Ordering::SeqCst)
    }
}

impl Path {
    /// Passes bytes on. An answer is lost after the server has given it; of a question the server gets a part.
    fn pass(&self, mut from: End, mut to: End, answers: bool, silent: &AtomicBool) {
        let mut bytes = [0; 4096];
        loop {
            let read = from.read(&mut bytes);
            if silent.load(Ordering::SeqCst) {
                if read == 0 {
                    // Not even the end gets through. The sockets are open for as long as the tests run.
                    loop {
                        thread::park();
                    }
                }
                continue;
            }
            let left = self.budget.fetch_sub(read as i64, Ordering::SeqCst);
            if read > 0 && left < read as i64 {
                // Those that come next are let through.
                self.budget.store(i64::MAX, Ordering::SeqCst);
                if !answers {
                    to.write(&bytes[..left.max(0) as usize]);
                }
                if self.swallows.load(Ordering::SeqCst) {
                    silent.store(true, Ordering::SeqCst);
                    self.cuts.fetch_add(1, Ordering::SeqCst);
                    continue;
                }
                self.cuts.fetch_add(1, Ordering::SeqCst);
                // The client sees it at once, the server a little later.
                if answers {
                    to.close()
                } else {
                    from.close()
                }
                thread::sleep(Duration::from_millis(20));
                if answers {
                    from.close()
                } else {
                    to.close()
                }
                return;
            }
            if read == 0 || !to.write(&bytes[..read]) {
                from.close();
                to.close();
                return;
            }
        }
    }
}
