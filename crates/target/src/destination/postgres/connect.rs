//! From a connection string to a session, in the order and with the second tries of libpq.

mod ask;
mod explain;
mod old_certificates;
mod place;
mod session;
mod tls;
mod tunnel;
mod verify;

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use ::postgres::config::SslMode as Encryption;
use ::postgres::{Client, Config, NoTls};
use postgres_rustls::MakeRustlsConnect;

use crate::conninfo::{Conninfo, SslMode};
use crate::error::{Error, Result};

pub(super) use ask::watch;
use explain::{Failure, explain};
use tunnel::Tunnel;

/// How long one address may take to answer and to let the user in. A name may have several.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The host where none is named, and all are reached over a bastion.
const AT_THE_BASTION: &str = "localhost";

/// Opens a session.
///
/// # Errors
/// Of class usage where the string cannot be meant so, else of class destination.
pub(super) fn connect(text: &str) -> Result<Client> {
    let info = Conninfo::parse(text)?;
    session::refuse_what_is_not_followed(&info)?;
    let mode = SslMode::of(&info)?;
    let timeout = timeout(&info)?;
    let tunnel = Tunnel::of(&info, timeout);
    let hosts = place::hosts(&info, if tunnel.is_some() { AT_THE_BASTION } else { place::local() })?;
    let tls = match mode {
        SslMode::Disable => None,
        _ if hosts.iter().all(place::Host::is_socket) => None,
        mode => Some(MakeRustlsConnect::new(tls::config(&info, mode)?)),
    };
    let mut last = None;
    for host in &hosts {
        let passage = tunnel.as_ref().map(|tunnel| tunnel.open(host)).transpose()?;
        let places =
            match passage.as_ref().map_or_else(|| host.places(), |passage| Ok(vec![passage.place(host)])) {
                Ok(places) => places,
                Err(failure) => {
                    last = Some((failure, host.to_string()));
                    continue;
                }
            };
        for place in places {
            let config = session::config(&info, &place)?;
            let tls = tls.as_ref().filter(|_| !place.is_socket());
            match open(&config, ways(mode, tls), timeout) {
                Ok(client) => return Ok(client),
                Err(failure) if failure.is_answer() => {
                    return Err(explain(&failure, &host.to_string(), &info));
                }
                Err(failure) => {
                    let said = passage.as_ref().and_then(tunnel::Passage::said);
                    last = Some((said.map_or(failure, Failure::Tunnel), host.to_string()));
                }
            }
        }
    }
    Err(last.map_or_else(
        || Error::usage("the destination names no host"),
        |(failure, host)| explain(&failure, &host, &info),
    ))
}

/// One way to open a session: with TLS, where the server must or may have it, or without.
type Way<'a> = (Encryption, Option<&'a MakeRustlsConnect>);

/// The ways of a mode: the first, and the one that is tried where the server refuses the first.
fn ways(mode: SslMode, tls: Option<&MakeRustlsConnect>) -> (Way<'_>, Option<Way<'_>>) {
    let plain = (Encryption::Disable, None);
    let Some(tls) = tls else { return (plain, None) };
    let tls = Some(tls);
    match mode {
        SslMode::Disable => (plain, None),
        SslMode::Allow => (plain, Some((Encryption::Require, tls))),
        SslMode::Prefer => ((Encryption::Prefer, tls), Some(plain)),
        SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull => ((Encryption::Require, tls), None),
    }
}

fn open(
    config: &Config,
    (first, second): (Way<'_>, Option<Way<'_>>),
    timeout: Option<Duration>,
) -> Result<Client, Failure> {
    let failure = match attempt(config, first, timeout) {
        Ok(client) => return Ok(client),
        Err(failure) => failure,
    };
    match second {
        Some(second) if failure.may_depend_on_tls() => {
            attempt(config, second, timeout).map_err(|again| failure.and_then(again))
        }
        _ => Err(failure),
    }
}

/// One try, on a thread of its own: a server that takes the connection and then says nothing must not hold the loader for ever.
fn attempt(
    config: &Config,
    (encryption, tls): Way<'_>,
    timeout: Option<Duration>,
) -> Result<Client, Failure> {
    let mut config = config.clone();
    config.ssl_mode(encryption);
    let tls = tls.cloned();
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let client = match tls {
            Some(tls) => config.connect(tls),
            None => config.connect(NoTls),
        };
        // Where nobody waits any more the session is closed.
        let _ = sender.send(client);
    });
    let client = match timeout {
        Some(timeout) => receiver.recv_timeout(timeout).map_err(|_| Failure::Timeout(timeout))?,
        None => receiver.recv().map_err(|_| Failure::Timeout(Duration::ZERO))?,
    };
    client.map_err(Failure::Refused)
}

/// The setting or the parameter; none means for ever, as in libpq.
fn timeout(info: &Conninfo) -> Result<Option<Duration>> {
    let seconds = session::number(info, "connect_timeout")?;
    Ok(match seconds {
        None => Some(CONNECT_TIMEOUT),
        Some(seconds) => u64::try_from(seconds).ok().filter(|seconds| *seconds > 0).map(Duration::from_secs),
    })
}
