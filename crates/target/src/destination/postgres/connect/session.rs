//! A connection's parameters → the driver's settings of a session at one place.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::Duration;

use ::postgres::Config;
use ::postgres::config::{ChannelBinding, SslNegotiation, TargetSessionAttrs};

use super::place::Place;
use crate::conninfo::{Conninfo, passfile};
use crate::error::{Error, Result};

/// How long a connection may be silent until it is asked whether it still lives, how often, and how many answers may be missing: a
/// server that is gone is noticed after two minutes. The system itself would take hours.
const KEEPALIVES: (Duration, Duration, u32) = (Duration::from_secs(60), Duration::from_secs(10), 6);

/// What a session is called in `pg_stat_activity`.
const APPLICATION: &str = "lastword";

/// Parameters that promise what is not done here. To overlook one would be to connect less safely than was asked for.
const NOT_FOLLOWED: &[&str] = &[
    "replication",
    "requireauth",
    "requirepeer",
    "service",
    "servicefile",
    "sslcrl",
    "sslcrldir",
    "sslpassword",
];

/// Refuses parameters, or values of them, that are not followed.
pub(super) fn refuse_what_is_not_followed(info: &Conninfo) -> Result<()> {
    let gss = info.get("gssencmode") == Some("require");
    match NOT_FOLLOWED.iter().find(|keyword| info.get(keyword).is_some()).or(gss.then_some(&"gssencmode")) {
        None => Ok(()),
        Some(&"sslpassword") => Err(Error::usage("sslpassword is set, but encrypted keys are not supported")
            .hint("decrypt the key: openssl pkey -in encrypted.key -out client.key")),
        Some(keyword) => Err(Error::usage(format!("the Postgres parameter {keyword} is not supported"))),
    }
}

/// The session's settings, but for TLS.
pub(super) fn config(info: &Conninfo, place: &Place) -> Result<Config> {
    let mut config = Config::new();
    let user = match info.get("user") {
        Some(user) => user.to_owned(),
        None => whoami::username().map_err(|error| {
            Error::usage("nobody is named who connects").caused_by(error).hint("set the user")
        })?,
    };
    let database = info.get("dbname").unwrap_or(&user);
    config.user(&user).dbname(database).port(place.passage.unwrap_or(place.port));
    match place.address {
        None => config.host(&place.name),
        Some(address) => config.host(&place.name).hostaddr(address),
    };
    match info.get("password") {
        Some(password) => config.password(password),
        None => match password_of_file(info, place, database, &user) {
            Some(password) => config.password(password),
            None => &mut config,
        },
    };
    let application = info.get("application_name").or(info.get("fallback_application_name"));
    config.application_name(application.unwrap_or(APPLICATION));
    // The loader's own are set by each transaction: a pooler takes none here.
    if let Some(options) = info.get("options") {
        config.options(options);
    }
    config.channel_binding(match info.get("channel_binding") {
        None | Some("prefer") => ChannelBinding::Prefer,
        Some("disable") => ChannelBinding::Disable,
        Some("require") => ChannelBinding::Require,
        Some(_) => return Err(Error::usage("channel_binding is not one of disable, prefer and require")),
    });
    config.target_session_attrs(match info.get("target_session_attrs") {
        None | Some("any") => TargetSessionAttrs::Any,
        Some("read-write" | "primary") => TargetSessionAttrs::ReadWrite,
        Some("read-only" | "standby") => TargetSessionAttrs::ReadOnly,
        Some(_) => {
            return Err(Error::usage(
                "target_session_attrs is not one of any, read-write, read-only, primary and standby",
            ));
        }
    });
    config.ssl_negotiation(if super::tls::is_direct(info)? {
        SslNegotiation::Direct
    } else {
        SslNegotiation::Postgres
    });
    keep_alive(info, &mut config)?;
    Ok(config)
}

/// How long a connection may be silent until it is asked whether it lives, how long an answer may take, and how many may be missing.
pub(super) fn keepalives(info: &Conninfo) -> Result<(Duration, Duration, u32)> {
    let seconds = |keyword: &str, default: Duration| -> Result<Duration> {
        let given = number(info, keyword)?.and_then(|seconds| u64::try_from(seconds).ok());
        Ok(given.filter(|seconds| *seconds > 0).map_or(default, Duration::from_secs))
    };
    let count = number(info, "keepalives_count")?.and_then(|count| u32::try_from(count).ok());
    Ok((
        seconds("keepalives_idle", KEEPALIVES.0)?,
        seconds("keepalives_interval", KEEPALIVES.1)?,
        count.filter(|count| *count > 0).unwrap_or(KEEPALIVES.2),
    ))
}

fn keep_alive(info: &Conninfo, config: &mut Config) -> Result<()> {
    let (idle, interval, count) = keepalives(info)?;
    config.keepalives(number(info, "keepalives")? != Some(0));
    config.keepalives_idle(idle).keepalives_interval(interval).keepalives_retries(count);
    // In milliseconds. By default none: the system would also count the time that a server waits for a lock and reads nothing.
    let user_timeout = number(info, "tcp_user_timeout")?.and_then(|time| u64::try_from(time).ok());
    if let Some(time) = user_timeout.filter(|time| *time > 0) {
        config.tcp_user_timeout(Duration::from_millis(time));
    }
    Ok(())
}

/// A parameter that is a number.
pub(super) fn number(info: &Conninfo, keyword: &str) -> Result<Option<i64>> {
    let number = info.get(keyword).map(|text| text.trim().parse()).transpose();
    number.map_err(|_| Error::usage(format!("{keyword} is not a whole number")))
}

/// What the password file has for a place. A file that is not there has nothing, and so has one that others can read.
fn password_of_file(info: &Conninfo, place: &Place, database: &str, user: &str) -> Option<Vec<u8>> {
    let path = info.get("passfile")?;
    if is_exposed(Path::new(path)) {
        return None;
    }
    let file = fs::read_to_string(path).ok()?;
    let found = passfile::find(&file, place.in_passfile(), place.port, database, user);
    found.filter(|password| !password.is_empty()).map(String::into_bytes)
}

/// Whether others than its owner have access to a file of passwords. libpq overlooks such a file.
pub(super) fn is_exposed(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|file| file.mode() & 0o077 != 0)
}
