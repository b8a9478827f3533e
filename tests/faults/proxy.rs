//! A network path to a Postgres that is cut after so many bytes.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use ::postgres::Config;
use ::postgres::config::Host;

/// A port of 127.0.0.1 behind which the server is, as long as the budget lasts.
pub(super) struct Proxy {
    port: u16,
    database: String,
    user: String,
    budget: Arc<AtomicI64>,
    cuts: Arc<AtomicUsize>,
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
                let socket: &Path = folder;
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
            budget: Arc::new(AtomicI64::new(i64::MAX)),
            cuts: Arc::default(),
        };
        let (budget, cuts) = (Arc::clone(&proxy.budget), Arc::clone(&proxy.cuts));
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let (client, server) = (End::Port(client), End::to(&config));
                for (from, to, answers) in [(client.twin(), server.twin(), false), (server, client, true)] {
                    let (budget, cuts) = (Arc::clone(&budget), Arc::clone(&cuts));
                    thread::spawn(move || pass(from, to, answers, &budget, &cuts));
                }
            }
        });
        proxy
    }

    /// The URL of the database behind it.
    pub(super) fn url(&self) -> String {
        format!("postgres://{}@127.0.0.1:{}/{}", self.user, self.port, self.database)
    }

    /// Lets so many bytes pass, then cuts every connection at its next one, once.
    pub(super) fn cut_after(&self, bytes: i64) {
        self.budget.store(bytes, Ordering::SeqCst);
    }

    /// How often connections were cut.
    pub(super) fn cuts(&self) -> usize {
        self.cuts.load(Ordering::SeqCst)
    }
}

/// Passes bytes on. An answer is lost after the server has given it; of a question the server gets a part.
fn pass(mut from: End, mut to: End, answers: bool, budget: &AtomicI64, cuts: &AtomicUsize) {
    let mut bytes = [0; 4096];
    loop {
        let read = from.read(&mut bytes);
        let left = budget.fetch_sub(read as i64, Ordering::SeqCst);
        if read > 0 && left < read as i64 {
            // Those that come next are let through.
            budget.store(i64::MAX, Ordering::SeqCst);
            cuts.fetch_add(1, Ordering::SeqCst);
            if !answers {
                to.write(&bytes[..left.max(0) as usize]);
            }
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
