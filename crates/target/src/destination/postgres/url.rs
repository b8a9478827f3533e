//! The destination's URL → a connection's settings.

use std::path::Path;

use ::postgres::Config;

use crate::error::{Error, Result};

/// Where a local server has its socket, as Debian's libpq has it.
const SOCKETS: &str = "/var/run/postgresql";

/// Reads a URL as libpq writes them. What the URL leaves open is taken from where libpq would take it: a local server's socket, the
/// name of the user.
pub(super) fn parse(url: &str) -> Result<Config> {
    let mut config: Config = url.parse().map_err(|error: ::postgres::Error| {
        Error::usage("the destination is not a Postgres URL")
            .caused_by(error)
            .hint("it looks like postgres://user:password@host:5432/database")
    })?;
    if config.get_hosts().is_empty() {
        config.host(if Path::new(SOCKETS).is_dir() { SOCKETS } else { "localhost" });
    }
    Ok(config)
}
