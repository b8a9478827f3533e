//! The command line as others see it. `ps` shows it to everybody on the machine, so a password that was typed does not stay in it: the
//! process begins again, in its own place, with the destination in its environment, which nobody else can read.

use std::ffi::OsString;

use super::Flags;
use crate::config::{self, Environment, Target};
use crate::conninfo::Conninfo;

/// The variable that holds a destination which the command line shows without its password.
const DESTINATION: &str = "LASTWORD_DESTINATION";

/// How to begin again.
#[derive(Debug)]
pub struct Hidden {
    /// The arguments behind the program's name.
    pub arguments: Vec<OsString>,
    /// A variable and its value.
    pub variable: (&'static str, String),
}

impl Flags {
    /// How to begin again so that no password is seen; `None` where none was typed. `arguments` are those behind the program's name.
    #[must_use]
    pub fn hidden(&self, arguments: impl Iterator<Item = OsString>) -> Option<Hidden> {
        let typed = self.destination.as_ref()?;
        if !tells(&config::target(typed).ok()?, typed) {
            return None;
        }
        let shown = shown(typed)?;
        let hide =
            |argument: OsString| if argument == typed.as_str() { shown.clone().into() } else { argument };
        Some(Hidden { arguments: arguments.map(hide).collect(), variable: (DESTINATION, typed.clone()) })
    }

    /// The destination that was typed, also where the command line does not show all of it any more.
    pub(super) fn destination(&self, environment: &Environment) -> Option<String> {
        let typed = self.destination.as_deref()?;
        let whole = environment.get(DESTINATION).filter(|whole| shown(whole).as_deref() == Some(typed));
        Some(whole.unwrap_or(typed).to_owned())
    }
}

/// Whether what was typed has something in it that is nobody's business.
fn tells(target: &Target, typed: &str) -> bool {
    let info = match target {
        Target::DuckLake(lake) => lake.connection(),
        Target::MotherDuck(database) => return database.token.is_some(),
        Target::Postgres(_) | Target::DuckDb(_) => Conninfo::parse(typed).ok(),
    };
    // A key may be given as text, too.
    let secrets = ["password", "sslkey", "sshkey", "sshpassword"];
    info.is_some_and(|info| secrets.iter().any(|keyword| info.get(keyword).is_some()))
}

/// A destination without what is nobody's business.
fn shown(destination: &str) -> Option<String> {
    config::target(destination).ok().map(|target| target.to_string())
}
