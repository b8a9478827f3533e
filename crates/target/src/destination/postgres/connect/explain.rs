//! Why no session was opened, in words that say what to do.

use std::error::Error as _;
use std::io;
use std::path::Path;
use std::time::Duration;

use ::postgres::error::SqlState;
use rustls::{AlertDescription, CertificateError};

use super::super::fault::is_passing;
use super::session;
use crate::conninfo::{Conninfo, SslMode};
use crate::error::Error;

/// What `ssh` says where it will say the same the next time, and what to do.
const REFUSED: &[(&str, &str)] = &[
    ("Permission denied", "check ssh_tunnel.username, private_key and private_key_password"),
    ("Load key", "ssh_tunnel.private_key is no key that ssh can read, or private_key_password is another's"),
    ("Too many authentication failures", "set ssh_tunnel.private_key: ssh offered other keys first"),
    (
        "Host key verification failed",
        "the bastion has another key than ssh_tunnel.host_key or known_hosts says: make sure that it is the right bastion",
    ),
    (
        "administratively prohibited",
        "the bastion lets nobody through (AllowTcpForwarding in its sshd_config)",
    ),
    ("no program ssh", "on Debian or Ubuntu: apt-get install openssh-client"),
];

/// Why a try failed.
#[derive(Debug)]
pub(super) enum Failure {
    /// The host's name has no address.
    Unknown(io::Error),
    /// Nothing came in time.
    Timeout(Duration),
    /// The driver or the server says why.
    Refused(::postgres::Error),
    /// The way over the bastion is none, for what `ssh` says.
    Tunnel(String),
    /// Two ways failed, for these two reasons.
    Both(Box<Failure>, Box<Failure>),
}

impl Failure {
    /// Whether it may go well with TLS where it went without, or the other way round.
    pub(super) fn may_depend_on_tls(&self) -> bool {
        // The server's class of refused users: its rules for who may connect speak of TLS.
        let is_rule =
            |error: &::postgres::Error| error.code().is_some_and(|code| code.code().starts_with("28"));
        matches!(self, Failure::Refused(error) if is_rule(error) || is_tls(error))
    }

    /// Whether it is a server's answer, so that no other host is asked: one that is starting or stopping gives none.
    pub(super) fn is_answer(&self) -> bool {
        match self {
            Failure::Unknown(_) | Failure::Timeout(_) | Failure::Tunnel(_) => false,
            Failure::Refused(error) => {
                is_tls(error) || error.code().is_some_and(|code| *code != SqlState::CANNOT_CONNECT_NOW)
            }
            Failure::Both(first, second) => first.is_answer() || second.is_answer(),
        }
    }

    /// Whether the server may let the loader in a little later.
    fn is_passing(&self) -> bool {
        match self {
            Failure::Unknown(_) | Failure::Timeout(_) => true,
            Failure::Tunnel(said) => !REFUSED.iter().any(|(word, _)| said.contains(word)),
            Failure::Refused(error) => !is_tls(error) && is_passing(error),
            Failure::Both(first, second) => first.is_passing() || second.is_passing(),
        }
    }

    /// This, and what came of the second try.
    pub(super) fn and_then(self, again: Failure) -> Failure {
        match words(&self) == words(&again) || words(&again).contains("server does not support TLS") {
            true => self,
            false => Failure::Both(Box::new(self), Box::new(again)),
        }
    }
}

/// Whether it is of TLS: that it cannot be, or what it found.
fn is_tls(error: &::postgres::Error) -> bool {
    of_tls(error).is_some() || error.to_string().starts_with("error performing TLS handshake")
}

/// The error of TLS in the chain of causes.
fn of_tls(error: &::postgres::Error) -> Option<&rustls::Error> {
    let mut cause = error.source();
    while let Some(error) = cause {
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        let inner = inner.and_then(|inner| inner.downcast_ref::<rustls::Error>());
        if let Some(found) = inner.or_else(|| error.downcast_ref()) {
            return Some(found);
        }
        cause = error.source();
    }
    None
}

/// The error that a person sees.
pub(super) fn explain(failure: &Failure, host: &str, info: &Conninfo) -> Error {
    let error = Error::destination(format!("cannot connect to Postgres at {host}: {}", words(failure)));
    let error = if failure.is_passing() { error.passing() } else { error };
    match hint(failure, info) {
        Some(hint) => error.hint(hint),
        None => error.hint("check the host, the port, the user and the password of the destination"),
    }
}

fn words(failure: &Failure) -> String {
    match failure {
        Failure::Unknown(error) => format!("its name cannot be resolved: {error}"),
        Failure::Timeout(time) => format!("no answer within {} s (connect_timeout)", time.as_secs()),
        Failure::Tunnel(said) => format!("the SSH tunnel failed: {said}"),
        Failure::Both(first, second) => format!("{}; and the other way: {}", words(first), words(second)),
        Failure::Refused(error) => match (error.as_db_error(), of_tls(error)) {
            (Some(server), _) => format!("{} (SQLSTATE {})", server.message(), server.code().code()),
            (None, Some(tls)) => words_of_tls(tls),
            (None, None) => error.to_string() + &causes(error),
        },
    }
}

/// What caused an error, where it does not say so itself.
fn causes(error: &::postgres::Error) -> String {
    let cause = error.source().map(ToString::to_string).unwrap_or_default();
    if cause.is_empty() || error.to_string().contains(&cause) { String::new() } else { format!(": {cause}") }
}

fn words_of_tls(error: &rustls::Error) -> String {
    use rustls::Error as Tls;
    match error {
        Tls::InvalidCertificate(why) => match why {
            CertificateError::UnknownIssuer | CertificateError::BadSignature => {
                "the server's certificate is not signed by a CA in sslrootcert".to_owned()
            }
            CertificateError::NotValidForName => "the server's certificate is for another name".to_owned(),
            CertificateError::NotValidForNameContext { presented, .. } if presented.is_empty() => {
                "the server's certificate is for another name".to_owned()
            }
            CertificateError::NotValidForNameContext { presented, .. } => {
                format!("the server's certificate is for another name: {}", presented.join(", "))
            }
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                "the server's certificate has expired".to_owned()
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                "the server's certificate is not valid yet".to_owned()
            }
            why => format!("the server's certificate is refused: {why}"),
        },
        Tls::AlertReceived(AlertDescription::CertificateRequired) => {
            "the server asks for a client certificate".to_owned()
        }
        Tls::AlertReceived(
            AlertDescription::UnknownCA
            | AlertDescription::BadCertificate
            | AlertDescription::CertificateUnknown,
        ) => "the server does not accept the client certificate".to_owned(),
        other => format!("TLS failed: {other}"),
    }
}

/// What to do, where it is known.
fn hint(failure: &Failure, info: &Conninfo) -> Option<String> {
    let error = match failure {
        Failure::Refused(error) => error,
        Failure::Both(first, second) => return hint(first, info).or_else(|| hint(second, info)),
        Failure::Tunnel(said) => return Some(hint_of_ssh(said).to_owned()),
        Failure::Unknown(_) | Failure::Timeout(_) => return None,
    };
    if let Some(tls) = of_tls(error) {
        return hint_of_tls(tls).map(str::to_owned);
    }
    let text = error.to_string() + &causes(error);
    if text.contains("server does not support TLS") {
        return Some("switch TLS on in the server (ssl = on), or set ssl_mode to prefer".to_owned());
    }
    if text.contains("channel binding") {
        return Some(
            "it needs TLS and a password of the kind scram-sha-256; or set channel_binding to prefer"
                .to_owned(),
        );
    }
    if text.contains("unsupported startup parameter") {
        return Some(
            "a pooler takes no options: leave them out, or set ignore_startup_parameters = options in its settings"
                .to_owned(),
        );
    }
    if text.contains("password missing") {
        return Some(no_password(info));
    }
    match error.code() {
        Some(&SqlState::INVALID_PASSWORD) => Some(
            "check the user and the password: of the settings, the URL, PGPASSWORD or the password file"
                .to_owned(),
        ),
        Some(&SqlState::INVALID_AUTHORIZATION_SPECIFICATION) => Some(match SslMode::of(info) {
            Ok(SslMode::Disable) => {
                "the server's rules (pg_hba.conf) may ask for TLS: set ssl_mode to require".to_owned()
            }
            _ => "the server's rules (pg_hba.conf) say who may connect from where, with which certificate"
                .to_owned(),
        }),
        _ => None,
    }
}

fn hint_of_ssh(said: &str) -> &'static str {
    let known = REFUSED.iter().find(|(word, _)| said.contains(word)).map(|(_, hint)| *hint);
    known.unwrap_or(
        "check ssh_tunnel.host and port, and that the bastion reaches the database's host and port",
    )
}

fn hint_of_tls(error: &rustls::Error) -> Option<&'static str> {
    use rustls::Error as Tls;
    match error {
        Tls::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        ) => Some("connect by the name that the certificate is for, or set ssl_mode to verify-ca"),
        Tls::InvalidCertificate(CertificateError::UnknownIssuer | CertificateError::BadSignature) => Some(
            "set ssl_certificate_authority (sslrootcert) to the certificate of the CA that signed the server's",
        ),
        Tls::InvalidCertificate(_) => Some("the server needs a new certificate"),
        Tls::AlertReceived(_) => Some(
            "set ssl_client_certificate and ssl_client_private_key (sslcert, sslkey) to a certificate of a CA that the server knows",
        ),
        _ => None,
    }
}

/// The server wants a password and there is none.
fn no_password(info: &Conninfo) -> String {
    match info.get("passfile") {
        Some(path) if session::is_exposed(Path::new(path)) => {
            format!("{path} is not used, for others can read it: chmod 600")
        }
        Some(path) if !Path::new(path).exists() => format!("there is no password file {path}"),
        Some(path) => format!("{path} has no line for this host, port, database and user"),
        None => "set the password, in the settings, in PGPASSWORD or in ~/.pgpass".to_owned(),
    }
}
