//! What the server says, by another session, of the one that says nothing.

use std::sync::Arc;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use ::postgres::Client;

use super::super::link::{At, Sight};
use super::session::{keepalives, number};
use crate::conninfo::Conninfo;
use crate::destination::silence::{NO_ANSWER, Patience, Questions, Verdict};
use crate::destination::watched::Watch;
use crate::error::Result;
use crate::sql::postgres as sql;

/// How long the other session waits for its answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// How a session to `text` is watched, whose statements the server stops after so long, if that is not zero. The server is asked of it
/// when the system asks whether a silent connection is alive; never, where that is switched off.
///
/// # Errors
/// Where the parameters are no numbers.
pub(in super::super) fn watch(text: &str, statement: Duration, sight: &Arc<Sight>) -> Result<Watch> {
    let info = Conninfo::parse(text)?;
    let (idle, interval, count) = keepalives(&info)?;
    let is_on = number(&info, "keepalives")? != Some(0);
    let patience = Patience {
        // It may be late with that.
        most: (!statement.is_zero()).then_some(statement.saturating_add(interval)),
        questions: is_on.then_some(Questions { idle, interval, count }),
    };
    let (text, pulse, sight) = (text.to_owned(), Arc::clone(&sight.pulse), Arc::clone(sight));
    Ok(Watch { pulse, patience, ask: Arc::new(move || ask(&text, sight.at())) })
}

/// Asks of a transaction, if one is under way.
fn ask(text: &str, at: Option<At>) -> Verdict {
    let mut client = match super::connect(text) {
        Ok(client) => client,
        // It is there, and lets nobody in: too many are, or the password is another by now. That says nothing of the session.
        Err(error) if !error.is_passing() || error.to_string().contains(TOO_MANY) => return Verdict::AtWork,
        Err(_) => return Verdict::Lost(NO_ANSWER),
    };
    let Some(at) = at else { return Verdict::Lost("the server answers others") };
    let (send, verdict) = mpsc::channel();
    thread::spawn(move || send.send(judge(&mut client, &at)));
    // Who lets in and then says nothing is a pooler that has no session left: it may be this very transaction that has the last.
    verdict.recv_timeout(PATIENCE).unwrap_or(Verdict::AtWork)
}

fn judge(client: &mut Client, at: &At) -> Verdict {
    match client.query_typed_opt(sql::IS_AT_WORK, &at.values()) {
        Err(_) => Verdict::Lost(NO_ANSWER),
        Ok(None) => Verdict::Lost("the server does not know the transaction any more"),
        Ok(Some(row)) if row.get(0) => Verdict::AtWork,
        Ok(Some(_)) => {
            Verdict::Lost("the server waits for the loader in its turn: what they say to each other is lost")
        }
    }
}

/// The code of a server that has as many sessions as it takes.
const TOO_MANY: &str = "SQLSTATE 53300";
