//! Which Postgres: what was given, and where libpq would look for what was not.
//!
//! What was given comes first, then the service's file, then the environment, then the files in the user's home.

use std::fs;
use std::path::{Path, PathBuf};

use super::environment::Environment;
use crate::conninfo::{Conninfo, service};
use crate::error::{Error, Result};

/// Where the services of all users stand, as Debian's libpq has it.
const SYSTEM_SERVICES: &str = "/etc/postgresql-common";

/// The parameters that name files.
const FILES: &[&str] = &["passfile", "sslrootcert", "sslcert", "sslkey", "sshkey"];

/// A connection string with all that its parameters are: nothing else has to be looked up but the files that it names.
///
/// # Errors
/// Where it is none, or its service cannot be found.
pub(super) fn complete(text: &str, environment: &Environment) -> Result<String> {
    let mut info = Conninfo::parse(text)?;
    let ambient = Conninfo::of_environment(|name| environment.get(name));
    let named = info.get("service").or(ambient.get("service")).map(str::to_owned);
    if let Some(name) = named {
        let file = info.get("servicefile").or(ambient.get("servicefile")).map(PathBuf::from);
        info = info.or(read_service(&name, file, environment)?);
    }
    info = info.or(ambient);
    info.unset("service");
    info.unset("servicefile");
    let file_at_home = |name: &str| environment.home(name).filter(|path| path.exists());
    let mut by_default = |keyword: &str, name: &str| {
        if let (None, Some(path)) = (info.get(keyword), file_at_home(name)) {
            info.set(keyword, path.to_string_lossy());
        }
    };
    by_default("passfile", ".pgpass");
    by_default("sslrootcert", ".postgresql/root.crt");
    by_default("sslcert", ".postgresql/postgresql.crt");
    // A key without its certificate is nothing.
    if info.get("sslcert").is_some() && info.get("sslkey").is_none() {
        let key = file_at_home(".postgresql/postgresql.key");
        key.map(|path| info.set("sslkey", path.to_string_lossy()));
    }
    for keyword in FILES {
        let at_home = info
            .get(keyword)
            .and_then(|value| value.strip_prefix("~/"))
            .and_then(|name| environment.home(name));
        at_home.map(|path| info.set(keyword, path.to_string_lossy()));
    }
    Ok(info.text())
}

/// A service as the files have it: the one that is named, or the user's; then the system's.
fn read_service(name: &str, file: Option<PathBuf>, environment: &Environment) -> Result<Conninfo> {
    let read = |path: &Path| {
        fs::read_to_string(path).map_err(|error| {
            Error::usage(format!("cannot read the service file {}", path.display())).caused_by(error)
        })
    };
    let is_named = file.is_some();
    let system = environment.get("PGSYSCONFDIR").unwrap_or(SYSTEM_SERVICES);
    let files = [
        file.or_else(|| environment.home(".pg_service.conf")),
        Some(Path::new(system).join("pg_service.conf")),
    ];
    for (at, path) in files.iter().enumerate().filter_map(|(at, path)| Some((at, path.as_ref()?))) {
        // One that is named must be there.
        let must_be = is_named && at == 0;
        if (must_be || path.exists())
            && let Some(found) = service::find(&read(path)?, name)?
        {
            return Ok(found);
        }
    }
    let looked: Vec<String> = files.iter().flatten().map(|path| path.display().to_string()).collect();
    Err(Error::usage(format!("there is no service {name:?}"))
        .hint(format!("it is looked for in {}; PGSERVICEFILE names another file", looked.join(" and "))))
}
