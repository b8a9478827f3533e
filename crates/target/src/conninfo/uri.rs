//! A URL → parameters: `postgres://user:password@host:port,host:port/database?parameter=value&…`.

use super::{Conninfo, malformed};
use crate::error::Result;

/// Reads what follows the scheme.
pub(super) fn parse(text: &str) -> Result<Conninfo> {
    let mut info = Conninfo::default();
    // A user ends at the first @, if no / comes before it. A ? may be part of a password.
    let rest = match text.find(['@', '/']) {
        Some(at) if text[at..].starts_with('@') => {
            let (user, password) = match text[..at].split_once(':') {
                Some((user, password)) => (user, Some(password)),
                None => (&text[..at], None),
            };
            put(&mut info, "user", &decoded(user)?);
            put(&mut info, "password", &decoded(password.unwrap_or_default())?);
            &text[at + 1..]
        }
        _ => text,
    };
    let (place, query) = match rest.split_once('?') {
        Some((place, query)) => (place, Some(query)),
        None => (rest, None),
    };
    if place.contains('@') {
        return Err(malformed("there is an @ behind its first @ or /"));
    }
    let (hosts, database) = match place.split_once('/') {
        Some((hosts, database)) => (hosts, database),
        None => (place, ""),
    };
    let (hosts, ports) = split_hosts(hosts)?;
    put(&mut info, "host", &hosts);
    put(&mut info, "port", &ports);
    put(&mut info, "dbname", &decoded(database)?);
    for (number, parameter) in (1..).zip(query.into_iter().flat_map(|query| query.split('&'))) {
        if !parameter.is_empty() {
            read_parameter(&mut info, parameter, number)?;
        }
    }
    Ok(info)
}

/// A part that is not there is not set: it may be set elsewhere.
fn put(info: &mut Conninfo, keyword: &str, value: &str) {
    if !value.is_empty() {
        info.set(keyword, value);
    }
}

/// The hosts and their ports, each as the list that libpq has.
fn split_hosts(text: &str) -> Result<(String, String)> {
    let (mut hosts, mut ports) = (Vec::new(), Vec::new());
    for entry in text.split(',') {
        let (host, port) = match entry.strip_prefix('[') {
            Some(entry) => {
                let (address, rest) =
                    entry.split_once(']').ok_or_else(|| malformed("an address has a [ and no ]"))?;
                (address, rest.strip_prefix(':').or_else(|| rest.is_empty().then_some("")))
            }
            None => match entry.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (entry, Some("")),
            },
        };
        let port = port
            .filter(|port| port.is_empty() || port.parse::<u16>().is_ok())
            .ok_or_else(|| malformed("a port is not a number up to 65535"))?;
        hosts.push(decoded(host)?);
        ports.push(port.to_owned());
    }
    let listed = |parts: Vec<String>| match parts.iter().all(String::is_empty) {
        true => String::new(),
        false => parts.join(","),
    };
    Ok((listed(hosts), listed(ports)))
}

fn read_parameter(info: &mut Conninfo, parameter: &str, number: usize) -> Result<()> {
    let (keyword, value) = parameter
        .split_once('=')
        .filter(|(_, value)| !value.contains('='))
        .ok_or_else(|| malformed(&format!("parameter {number} is not of the form name=value")))?;
    let (keyword, value) = (decoded(keyword)?, decoded(value)?);
    // As drivers in Java write it.
    let known = if keyword == "ssl" && value == "true" {
        info.set("sslmode", "require")
    } else {
        info.set(&keyword, value)
    };
    if known {
        return Ok(());
    }
    Err(malformed(&format!("parameter {number} is none that libpq has")))
}

/// A part without its percent signs.
fn decoded(text: &str) -> Result<String> {
    let wrong = || malformed("a % is not followed by two hexadecimal digits of a character");
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let byte = match byte {
            b'%' => {
                let mut digit = || rest.next().and_then(|digit| char::from(digit).to_digit(16));
                let (high, low) = (digit().ok_or_else(wrong)?, digit().ok_or_else(wrong)?);
                u8::try_from(high * 16 + low).ok().filter(|byte| *byte != 0).ok_or_else(wrong)?
            }
            byte => byte,
        };
        bytes.push(byte);
    }
    String::from_utf8(bytes).map_err(|_| wrong())
}
