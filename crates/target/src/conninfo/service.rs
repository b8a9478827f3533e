//! Files of services: `pg_service.conf`, a section for each service and a parameter on each line.

use super::Conninfo;
use crate::error::{Error, Result};

/// What a file says of a service, if it has it.
///
/// # Errors
/// Where the service's section cannot be read. What stands in a line is not shown, for it may be a password.
pub fn find(file: &str, service: &str) -> Result<Option<Conninfo>> {
    let mut found: Option<Conninfo> = None;
    for (number, line) in (1..).zip(file.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(section) = line.strip_prefix('[') {
            if found.is_some() {
                break;
            }
            let name = section.split_once(']').map(|(name, _)| name);
            found = (name == Some(service)).then(Conninfo::default);
            continue;
        }
        let Some(info) = &mut found else { continue };
        let (keyword, value) = line
            .split_once('=')
            .ok_or_else(|| Error::usage(format!("line {number} of the service file is not name=value")))?;
        if matches!(keyword, "service" | "servicefile") {
            return Err(Error::usage(format!("line {number} of the service file names another service")));
        }
        // The first of two lines of one parameter counts.
        let mut one = Conninfo::default();
        if !one.set(keyword, value) {
            return Err(Error::usage(format!(
                "line {number} of the service file sets no parameter that libpq has"
            )));
        }
        *info = std::mem::take(info).or(one);
    }
    Ok(found)
}
