//! The settings of a way over a bastion.

use serde::Deserialize;

use super::{Config, Target};
use crate::conninfo::Conninfo;
use crate::error::{Error, Result};

/// A way over a bastion, as it was given. It holds a key, so it is not shown.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct SshTunnel {
    pub enable: Option<bool>,
    pub host: Option<String>,
    pub port: Option<u16>,
    pub username: Option<String>,
    pub private_key: Option<String>,
    pub private_key_password: Option<String>,
    pub host_key: Option<String>,
}

impl Config {
    /// The destination with this way in its connection string, where it is switched on.
    pub(super) fn over_ssh(&self, target: Target) -> Result<Target> {
        let Some(tunnel) = self.ssh_tunnel.as_ref().filter(|tunnel| tunnel.enable == Some(true)) else {
            return Ok(target);
        };
        let Target::Postgres(text) = target else {
            return Err(Error::usage("setting ssh_tunnel: a DuckDB file is not reached over a bastion")
                .hint("set ssh_tunnel.enable to false"));
        };
        if tunnel.host.is_none() {
            return Err(Error::usage("setting ssh_tunnel.host is not set")
                .hint("set it to the bastion's name, or ssh_tunnel.enable to false"));
        }
        let mut info = Conninfo::parse(&text)?;
        let port = tunnel.port.map(|port| port.to_string());
        for (keyword, value) in [
            ("sshhost", &tunnel.host),
            ("sshport", &port),
            ("sshuser", &tunnel.username),
            ("sshkey", &tunnel.private_key),
            ("sshpassword", &tunnel.private_key_password),
            ("sshhostkey", &tunnel.host_key),
        ] {
            if let Some(value) = value {
                info.set(keyword, value);
            }
        }
        Ok(Target::Postgres(info.text()))
    }
}
