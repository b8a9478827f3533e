//! When a destination that says nothing is waited for no longer.
//!
//! A dead path is noticed by the system, if TCP goes unanswered. Where something answers TCP and nothing comes through (a proxy, a
//! frozen server), only the database itself can tell; so it is asked, by another session, whether it works on what the loader waits
//! for.

use std::time::Duration;

/// How long the other session may take to answer: to connect, and to be heard.
const QUESTION: Duration = Duration::from_secs(25);

/// What a database says, to somebody else, of the one that says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is at work.
    AtWork,
    /// It is not, for this reason.
    Lost(&'static str),
}

/// How long an answer is waited for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Patience {
    /// The longest silence, whatever the database is at.
    pub most: Option<Duration>,
    /// When it is asked. Never, where there is nobody to ask.
    pub questions: Option<Questions>,
}

/// When somebody else is asked.
#[derive(Clone, Copy, Debug)]
pub struct Questions {
    /// The silence after which it is asked for the first time, and again after a good answer.
    pub idle: Duration,
    /// The time to the next question after a bad answer.
    pub interval: Duration,
    /// So many bad answers one after the other are enough.
    pub count: u32,
}

/// What to do now.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// Nothing.
    Wait,
    /// Ask.
    Ask,
    /// Wait no longer, for this reason.
    GiveUp(String),
}

/// One silence, from the last sign of life on.
#[derive(Debug)]
pub struct Silence {
    patience: Patience,
    long: Duration,
    /// Bad answers one after the other.
    lost: u32,
    /// How long it is to be when the next question is due.
    next: Duration,
    /// How long it was when the question was asked that is not answered yet.
    asked: Option<Duration>,
}

impl Silence {
    /// Begins now.
    #[must_use]
    pub fn new(patience: Patience) -> Self {
        let next = patience.questions.map(|questions| questions.idle).unwrap_or_default();
        Self { patience, long: Duration::ZERO, lost: 0, next, asked: None }
    }

    /// So much time has passed, in silence.
    pub fn pass(&mut self, time: Duration) -> Next {
        self.long += time;
        if self.patience.most.is_some_and(|most| self.long > most) {
            let seconds = self.long.as_secs();
            return Next::GiveUp(format!(
                "no answer for {seconds} s, which is longer than statement_timeout"
            ));
        }
        if self.patience.questions.is_none() {
            return Next::Wait;
        }
        match self.asked {
            Some(at) if self.long - at >= QUESTION => self.hear(Verdict::Lost(NO_ANSWER)),
            None if self.long >= self.next => {
                self.asked = Some(self.long);
                Next::Ask
            }
            Some(_) | None => Next::Wait,
        }
    }

    /// This is the answer to the question.
    pub fn hear(&mut self, verdict: Verdict) -> Next {
        let Some(questions) = self.patience.questions else { return Next::Wait };
        self.asked = None;
        match verdict {
            Verdict::AtWork => {
                self.lost = 0;
                self.next = self.long + questions.idle;
                Next::Wait
            }
            Verdict::Lost(why) => {
                self.lost += 1;
                self.next = self.long + questions.interval;
                match self.lost >= questions.count {
                    true => Next::GiveUp(format!("no answer for {} s, and {why}", self.long.as_secs())),
                    false => Next::Wait,
                }
            }
        }
    }
}

/// What is said where another session gets no answer either.
pub const NO_ANSWER: &str = "the server does not answer others either";
