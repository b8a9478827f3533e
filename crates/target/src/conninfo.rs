//! What a Postgres connection is made of, as libpq writes it: a string of parameters, environment variables, service files and
//! password files.
//!
//! This room only reads texts. Where they come from, and which wins, is decided in [`crate::config`].

/// Files of passwords.
pub mod passfile;
/// Files of services.
pub mod service;
mod uri;
mod words;

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::error::{Error, Result};

/// Every parameter that libpq has, with its environment variable. Those that are not followed are here too: whoever connects refuses
/// them by name. libpq has none that begin with `ssh`: those are the way over a bastion.
const KEYWORDS: &[(&str, &str)] = &[
    ("application_name", "PGAPPNAME"),
    ("channel_binding", "PGCHANNELBINDING"),
    ("client_encoding", "PGCLIENTENCODING"),
    ("connect_timeout", "PGCONNECT_TIMEOUT"),
    ("dbname", "PGDATABASE"),
    ("fallback_application_name", ""),
    ("gssdelegation", "PGGSSDELEGATION"),
    ("gssencmode", "PGGSSENCMODE"),
    ("gsslib", "PGGSSLIB"),
    ("host", "PGHOST"),
    ("hostaddr", "PGHOSTADDR"),
    ("keepalives", ""),
    ("keepalives_count", ""),
    ("keepalives_idle", ""),
    ("keepalives_interval", ""),
    ("krbsrvname", "PGKRBSRVNAME"),
    ("load_balance_hosts", "PGLOADBALANCEHOSTS"),
    ("options", "PGOPTIONS"),
    ("passfile", "PGPASSFILE"),
    ("password", "PGPASSWORD"),
    ("port", "PGPORT"),
    ("replication", ""),
    ("requireauth", "PGREQUIREAUTH"),
    ("requirepeer", "PGREQUIREPEER"),
    ("service", "PGSERVICE"),
    ("servicefile", "PGSERVICEFILE"),
    ("sshhost", ""),
    ("sshhostkey", ""),
    ("sshkey", ""),
    ("sshpassword", ""),
    ("sshport", ""),
    ("sshuser", ""),
    ("ssl_max_protocol_version", "PGSSLMAXPROTOCOLVERSION"),
    ("ssl_min_protocol_version", "PGSSLMINPROTOCOLVERSION"),
    ("sslcert", "PGSSLCERT"),
    ("sslcertmode", "PGSSLCERTMODE"),
    ("sslcompression", "PGSSLCOMPRESSION"),
    ("sslcrl", "PGSSLCRL"),
    ("sslcrldir", "PGSSLCRLDIR"),
    ("sslkey", "PGSSLKEY"),
    ("sslmode", "PGSSLMODE"),
    ("sslnegotiation", "PGSSLNEGOTIATION"),
    ("sslpassword", ""),
    ("sslrootcert", "PGSSLROOTCERT"),
    ("sslsni", "PGSSLSNI"),
    ("target_session_attrs", "PGTARGETSESSIONATTRS"),
    ("tcp_user_timeout", ""),
    ("user", "PGUSER"),
];

/// The parameters of a connection, by libpq's names. It holds passwords, so it is not shown.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Conninfo(BTreeMap<&'static str, String>);

/// The names alone.
impl std::fmt::Debug for Conninfo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Conninfo {
    /// Reads a connection string: a URL, or words such as `host=db.example.com user=loader`.
    ///
    /// # Errors
    /// Where it is neither. What it holds is not shown.
    pub fn parse(text: &str) -> Result<Self> {
        match ["postgres://", "postgresql://"].iter().find_map(|scheme| text.strip_prefix(scheme)) {
            Some(rest) => uri::parse(rest),
            None => words::parse(text),
        }
    }

    /// What the environment says, by its variables.
    #[must_use]
    pub fn of_environment<'a>(variable: impl Fn(&str) -> Option<&'a str>) -> Self {
        let set = KEYWORDS.iter().filter(|(_, name)| !name.is_empty()).filter_map(|(keyword, name)| {
            let value = variable(name).filter(|value| !value.is_empty())?;
            Some((*keyword, value.to_owned()))
        });
        Self(set.collect())
    }

    /// A parameter that is set, and not to nothing.
    #[must_use]
    pub fn get(&self, keyword: &str) -> Option<&str> {
        debug_assert!(known(keyword).is_some(), "{keyword} is no keyword");
        self.0.get(keyword).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Sets a parameter; `false` where there is none of that name.
    pub fn set(&mut self, keyword: &str, value: impl Into<String>) -> bool {
        let known = known(keyword);
        if let Some(keyword) = known {
            self.0.insert(keyword, value.into());
        }
        known.is_some()
    }

    /// Takes a parameter away.
    pub fn unset(&mut self, keyword: &str) {
        self.0.remove(keyword);
    }

    /// These, and of `other` what these do not have.
    #[must_use]
    pub fn or(mut self, other: Self) -> Self {
        for (keyword, value) in other.0 {
            self.0.entry(keyword).or_insert(value);
        }
        self
    }

    /// All of them as words: a connection string that says the same.
    #[must_use]
    pub fn text(&self) -> String {
        let quoted = |value: &str| value.replace('\\', "\\\\").replace('\'', "\\'");
        let words: Vec<String> =
            self.0.iter().map(|(keyword, value)| format!("{keyword}='{}'", quoted(value))).collect();
        words.join(" ")
    }

    /// Where it leads, for people: hosts, ports and database. A socket's folder is left out.
    #[must_use]
    pub fn place(&self) -> String {
        let hosts = self.get("host").or_else(|| self.get("hostaddr")).unwrap_or_default();
        let ports: Vec<&str> = self.get("port").map(|ports| ports.split(',').collect()).unwrap_or_default();
        let host = |(at, host): (usize, &str)| {
            let host = if host.starts_with('/') { "" } else { host };
            match ports.get(at).or(ports.first()).filter(|port| !port.is_empty()) {
                Some(port) => format!("{host}:{port}"),
                None => host.to_owned(),
            }
        };
        let hosts: Vec<String> = hosts.split(',').enumerate().map(host).collect();
        format!("postgres://{}/{}", hosts.join(","), self.get("dbname").unwrap_or_default())
    }
}

/// Whether a text begins as words of a connection string do.
#[must_use]
pub fn is_words(text: &str) -> bool {
    text.split_once('=').is_some_and(|(keyword, _)| known(keyword.trim()).is_some())
}

fn known(keyword: &str) -> Option<&'static str> {
    KEYWORDS.iter().map(|(known, _)| *known).find(|known| *known == keyword)
}

/// What is wrong with a connection string. Nothing of it is shown: any part of one that is written badly may be a password.
fn malformed(what: &str) -> Error {
    Error::usage(format!("the destination is not a Postgres URL: {what}")).hint(
        "it looks like postgres://user:password@host:5432/database; in a user, a password and a database's name write @ as %40, \
         / as %2F, : as %3A and % as %25",
    )
}

/// How a connection is encrypted, and what of the server is checked. In the order of what they protect from.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "kebab-case")]
pub enum SslMode {
    /// Never encrypted.
    Disable,
    /// Encrypted only if the server refuses otherwise.
    Allow,
    /// Encrypted if the server can.
    #[default]
    Prefer,
    /// Encrypted.
    Require,
    /// And the server's certificate is signed by a CA that is known.
    VerifyCa,
    /// And it is for the server's name.
    VerifyFull,
}

/// Whether the password's exchange is tied to the server's certificate.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Binding {
    /// Never.
    Disable,
    /// If the server can.
    #[default]
    Prefer,
    /// Always.
    Require,
}

/// The words of a choice, in libpq's spelling.
const MODES: &[(&str, SslMode)] = &[
    ("disable", SslMode::Disable),
    ("allow", SslMode::Allow),
    ("prefer", SslMode::Prefer),
    ("require", SslMode::Require),
    ("verify-ca", SslMode::VerifyCa),
    ("verify-full", SslMode::VerifyFull),
];

impl SslMode {
    /// As libpq spells it.
    #[must_use]
    pub fn word(self) -> &'static str {
        MODES.iter().find(|(_, mode)| *mode == self).map_or("", |(word, _)| word)
    }

    /// The mode that a connection's parameters ask for.
    ///
    /// # Errors
    /// Where `sslmode` is no mode, or too weak for the system's CAs: anybody can get a certificate from one of those.
    pub fn of(info: &Conninfo) -> Result<Self> {
        let system = info.get("sslrootcert") == Some("system");
        let Some(word) = info.get("sslmode") else {
            return Ok(if system { SslMode::VerifyFull } else { SslMode::default() });
        };
        let mode = MODES.iter().find(|(known, _)| *known == word).map(|(_, mode)| *mode);
        let mode = mode.ok_or_else(|| {
            Error::usage("sslmode is not one of disable, allow, prefer, require, verify-ca and verify-full")
        })?;
        if system && mode != SslMode::VerifyFull {
            return Err(Error::usage("the system's CAs (sslrootcert=system) need verify-full").hint(
                "set ssl_mode to verify-full: anybody can have a certificate of these CAs, for another name",
            ));
        }
        Ok(mode)
    }
}

impl Binding {
    /// As libpq spells it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Binding::Disable => "disable",
            Binding::Prefer => "prefer",
            Binding::Require => "require",
        }
    }
}
