//! Where servers may answer: the hosts that are named, and the addresses of each.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, ToSocketAddrs};
use std::path::Path;

use super::explain::Failure;
use crate::conninfo::Conninfo;
use crate::error::{Error, Result};

/// Where a local server has its socket, as Debian's libpq has it.
const SOCKETS: &str = "/var/run/postgresql";
/// The port where none is named.
const PORT: u16 = 5432;

/// A host as it was named.
pub(super) struct Host {
    /// Its name, an address, or the folder of a socket.
    name: String,
    /// Its address, where that was given besides.
    address: Option<IpAddr>,
    port: u16,
}

/// One address of a host.
pub(super) struct Place {
    /// The name as it was given: what its certificate must be for, and what its password stands under.
    pub(super) name: String,
    /// `None` for a socket.
    pub(super) address: Option<IpAddr>,
    pub(super) port: u16,
    /// The port here that leads there, where it is reached over a bastion.
    pub(super) passage: Option<u16>,
}

/// The hosts of a connection, in the order in which they are tried. `local` is the one where none is named.
pub(super) fn hosts(info: &Conninfo, local: &str) -> Result<Vec<Host>> {
    let listed = |keyword: &str| -> Vec<&str> {
        info.get(keyword).map(|list| list.split(',').map(str::trim).collect()).unwrap_or_default()
    };
    let (names, addresses, ports) = (listed("host"), listed("hostaddr"), listed("port"));
    let count = names.len().max(addresses.len()).max(1);
    let fits = |list: &[&str]| list.is_empty() || list.len() == count;
    if !fits(&names) || !fits(&addresses) || !(fits(&ports) || ports.len() == 1) {
        return Err(Error::usage("host, hostaddr and port do not name equally many hosts"));
    }
    let at = |list: &[&'_ str], at: usize| {
        list.get(at).map(|text| (*text).to_owned()).filter(|text| !text.is_empty())
    };
    let host = |number: usize| {
        let address = at(&addresses, number).map(|address| address.parse::<IpAddr>()).transpose();
        let address = address.map_err(|_| Error::usage("hostaddr is not an IP address"))?;
        let port =
            at(&ports, if ports.len() == 1 { 0 } else { number }).map(|port| port.parse::<u16>()).transpose();
        let port = port.ok().filter(|port| *port != Some(0));
        let name = at(&names, number).or(address.map(|address| address.to_string()));
        Ok(Host {
            name: name.unwrap_or_else(|| local.to_owned()),
            address,
            port: port
                .ok_or_else(|| Error::usage("the port is not a number from 1 to 65535"))?
                .unwrap_or(PORT),
        })
    };
    let mut hosts = (0..count).map(host).collect::<Result<Vec<_>>>()?;
    if info.get("load_balance_hosts") == Some("random") {
        hosts.sort_by_cached_key(|_| uuid::Uuid::new_v4());
    }
    Ok(hosts)
}

/// The host where none is named, and none is as far away as a bastion.
pub(super) fn local() -> &'static str {
    if Path::new(SOCKETS).is_dir() { SOCKETS } else { "localhost" }
}

impl Host {
    /// Whether it is a socket in a folder: that is never encrypted.
    pub(super) fn is_socket(&self) -> bool {
        self.address.is_none() && self.name.starts_with('/')
    }

    /// The place here that leads there.
    pub(super) fn behind(&self, passage: u16) -> Place {
        let here = IpAddr::V4(Ipv4Addr::LOCALHOST);
        Place { name: self.name.clone(), address: Some(here), port: self.port, passage: Some(passage) }
    }

    /// What a bastion is asked for: it looks names up.
    ///
    /// # Errors
    /// Where it is a socket.
    pub(super) fn at_the_bastion(&self) -> Result<String> {
        match self.address {
            Some(address) => Ok(SocketAddr::new(address, self.port).to_string()),
            None if self.is_socket() => {
                Err(Error::usage("over a bastion no socket in a folder is reached")
                    .hint("set host to a name"))
            }
            None => Ok(self.to_string()),
        }
    }

    /// Its addresses.
    pub(super) fn places(&self) -> Result<Vec<Place>, Failure> {
        let place = |address| Place { name: self.name.clone(), address, port: self.port, passage: None };
        if self.is_socket() {
            return Ok(vec![place(None)]);
        }
        if let Some(address) = self.address {
            return Ok(vec![place(Some(address))]);
        }
        let found = (self.name.as_str(), self.port).to_socket_addrs().map_err(Failure::Unknown)?;
        Ok(found.map(|found| place(Some(found.ip()))).collect())
    }
}

/// For people.
impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name.contains(':') {
            true => write!(f, "[{}]:{}", self.name, self.port),
            false => write!(f, "{}:{}", self.name, self.port),
        }
    }
}

impl Place {
    /// Whether it is a socket in a folder.
    pub(super) fn is_socket(&self) -> bool {
        self.address.is_none()
    }

    /// What a password file calls it.
    pub(super) fn in_passfile(&self) -> &str {
        if self.is_socket() && self.name == SOCKETS { "localhost" } else { &self.name }
    }
}
