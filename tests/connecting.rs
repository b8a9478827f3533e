//! How a Postgres is reached: against a real server, with real certificates.

/// Which modes of TLS connect, and which refuse.
mod modes;
/// Certificates as others make them.
mod old_certificates;
/// Where passwords come from, and where they never go.
mod passwords;
/// What is refused before a server is asked, and servers that do not answer.
mod settings;
/// Servers behind a bastion.
mod tunnel;

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use target::destination::Destination as _;
use target::destination::postgres::Postgres;
use target::error::{Class, Error};

use crate::support::secure::{Authority, Secure};

/// The password of all users: with all that has a meaning somewhere.
const PASSWORD: &str = r"s3cr:3t\p@ss w'rd";

/// Who may connect how. `loader` must use TLS, `plain` must not, `either` may, `client` needs a certificate.
const RULES: &str = "\
hostssl all loader all scram-sha-256
hostnossl all plain all scram-sha-256
host all either all scram-sha-256
hostssl all md5 all md5
hostssl all client all cert
local all either scram-sha-256
";

const SETUP: &str = r"
set password_encryption = 'scram-sha-256';
do $$ declare name text; begin
  foreach name in array array['loader', 'plain', 'either', 'client', 'md5'] loop
    perform set_config('password_encryption', case name when 'md5' then 'md5' else 'scram-sha-256' end, true);
    execute format('create role %I login password %L', name, 's3cr:3t\p@ss w''rd');
    execute format('grant all on schema public to %I', name);
  end loop;
  grant create on database postgres to either;
end $$";

/// The server of these tests, the CA of its certificate and that of its clients.
struct World {
    server: Secure,
    authority: Authority,
    clients: Authority,
    other: Authority,
}

fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let (authority, clients, other) =
            (Authority::new("the CA"), Authority::new("the clients' CA"), Authority::new("another CA"));
        let identity = authority.identity("unused", &["localhost", "127.0.0.1", "*.example.com"]);
        World { server: Secure::start(&identity, &clients, RULES, SETUP), authority, clients, other }
    })
}

/// Words of a connection to the server, with a name for its session.
fn words(user: &str, more: &str) -> (String, String) {
    static NUMBER: AtomicUsize = AtomicUsize::new(1);
    let name = format!("test{}", NUMBER.fetch_add(1, Ordering::Relaxed));
    let password = PASSWORD.replace('\\', "\\\\").replace('\'', "\\'");
    let port = world().server.port;
    let words = format!(
        "host=localhost hostaddr=127.0.0.1 port={port} user={user} dbname=postgres password='{password}' application_name={name} {more}"
    );
    (words, name)
}

/// A value of a connection string.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// Opens and uses a session.
fn connect(words: &str) -> Result<(), Error> {
    Postgres::attach(words, "public")?.bookmark().map(|_| ())
}

/// Connects, and demands that the session is encrypted, or that it is not.
#[track_caller]
fn connects(user: &str, more: &str, encrypted: bool) {
    let (words, name) = words(user, more);
    connect(&words).unwrap_or_else(|error| panic!("{user} {more}: {error}"));
    let session = world().server.session(&name).unwrap_or_else(|| panic!("{user} {more}: not in the log"));
    assert_eq!(session.contains("SSL enabled"), encrypted, "{user} {more}: {session}");
}

/// Demands that it cannot connect, and that the error and its hint say why, and not the password.
#[track_caller]
fn refused(user: &str, more: &str, class: Class, why: &str) -> String {
    let (words, _) = words(user, more);
    refused_words(&words, class, why)
}

#[track_caller]
fn refused_words(words: &str, class: Class, why: &str) -> String {
    let error = connect(words).expect_err(words);
    let said = format!("{error}; {}", error.hint_text().unwrap_or_default());
    assert_eq!(error.class(), class, "{said}");
    assert!(said.contains(why), "{words}: {said}");
    for part in ["s3cr", "3t", "w'rd", "PRIVATE"] {
        assert!(!format!("{said}{error:?}").contains(part), "{said}");
    }
    said
}
