//! The loop: it moves values between the stages, and decides nothing.
//!
//! Three threads. The reader cuts stdin into blocks of lines. The committer owns the destination and stdout: it commits flushes in
//! order, and lets each bookmark out against its receipt. Between them, here, lines become batches while the committer is busy
//! with the last flush; there is never more than one flush on its way besides the one that is being filled. While the files of a
//! BATCH message are read there is a fourth.

mod files;
mod reader;

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, SyncSender};
use std::thread;
use std::time::{Duration, Instant};

use singer::lines::{Block, Blocks, ReadError};

use crate::bookmark::Bookmarks;
use crate::catalog::{Catalog, Question, Remote};
use crate::clock::Now;
use crate::config::Settings;
use crate::destination::{Destination, Receipt};
use crate::error::{Class, Error, Result};
use crate::files::Files;
use crate::flush::Flush;
use crate::intake::{Intake, Step};
use crate::note::Note;
use crate::report::Report;

use files::Piece;
use reader::Pool;

/// What the loop waits for.
#[derive(Debug)]
enum Event {
    Block(Block),
    End,
    Unreadable(ReadError),
    Piece(Piece),
    Committed(Committed),
    Failed(Arc<Flush>, Duration, Error),
    Stop(u8),
}

/// A flush that is durable.
#[derive(Debug)]
struct Committed {
    receipt: Receipt,
    flush: Arc<Flush>,
    took: Duration,
    /// Whether its bookmark is out.
    out: Result<()>,
}

/// What the committer is asked.
enum Request {
    Commit(Arc<Flush>),
    Answer(Question),
}

/// Loads everything that `input` holds into `destination`. Bookmarks go to `bookmarks`, words for people to `report`.
///
/// # Errors
/// What stopped the load. What came before the fault is committed if the destination can still do it.
pub fn run(
    input: impl Read + Send + 'static,
    destination: Box<dyn Destination>,
    bookmarks: impl Write + Send + 'static,
    settings: &Arc<Settings>,
    load_id: &str,
    report: &mut Report<impl Write>,
) -> Result<()> {
    run_until(|_| Duration::ZERO, input, destination, bookmarks, settings, load_id, report)
}

/// A way to end a load from outside.
#[derive(Clone, Debug)]
pub struct Stopper(Sender<Event>);

impl Stopper {
    /// Ends the load because of a signal: nothing more is read, and what was read is committed.
    pub fn stop(&self, signal: u8) {
        // A load that is over needs no end.
        let _ = self.0.send(Event::Stop(signal));
    }
}

/// [`run`], until `listen` uses the [`Stopper`] that it is given. It says how long that may take from its cause on: so long the end of
/// the input is in doubt.
///
/// # Errors
/// As [`run`]; of class stopped where the load was ended so.
pub fn run_until(
    listen: impl FnOnce(Stopper) -> Duration,
    input: impl Read + Send + 'static,
    mut destination: Box<dyn Destination>,
    bookmarks: impl Write + Send + 'static,
    settings: &Arc<Settings>,
    load_id: &str,
    report: &mut Report<impl Write>,
) -> Result<()> {
    if let Some(state_id) = &settings.state_id {
        destination.begin(state_id, load_id)?;
    }
    report.begin();
    let (events, inbox) = mpsc::channel();
    let intake = Intake::new(Arc::clone(settings), destination.abilities(), load_id.to_owned());
    let patience = listen(Stopper(events.clone()));
    let (spare, mut pool) = Pool::new();
    let max_record_bytes = settings.max_record_bytes;
    let to_loop = events.clone();
    // The reader may be left waiting for a silent tap; the process does not wait for it.
    thread::spawn(move || {
        pool.read(Blocks::new(input, max_record_bytes), |read| {
            let event = match read {
                Ok(Some(block)) => Event::Block(block),
                Ok(None) => Event::End,
                Err(error) => Event::Unreadable(error),
            };
            to_loop.send(event).is_ok()
        })
    });
    let to_loop = events.clone();
    let (requests, to_do) = mpsc::sync_channel(0);
    let committer = thread::spawn(move || commit(destination, Bookmarks::new(bookmarks), &to_do, &events));
    let mut pump = Pump {
        intake,
        inbox,
        later: VecDeque::new(),
        to_loop,
        spare,
        requests: Some(requests),
        report,
        patience,
        max_record_bytes,
    };
    let outcome = pump.run().map_err(|error| match error.class() {
        Class::Stopped(_) if pump.intake.overwrites() => {
            error.hint("the tables that are overwritten are as they were: run again")
        }
        _ => error,
    });
    // The committer ends when nobody can ask it any more, and what it said last is still in the inbox.
    pump.requests = None;
    let ended = committer.join().map_err(|_| Error::bug("the committer panicked"));
    let said = pump.drain();
    for (stream, count) in pump.intake.filtered() {
        pump.report.filtered(stream, count);
    }
    for (stream, count) in pump.intake.elsewhere() {
        pump.report.elsewhere(stream, count);
    }
    // The destination's fault comes first: it is why the loop ended, if it is there.
    let rejected = pump.intake.rejected();
    said.and(ended).and(outcome)?;
    match rejected {
        0 => Ok(()),
        _ if settings.fail_on_rejects => {
            Err(Error::partial(were_rejected(rejected)).hint("see `target rejects`, or _sdc_rejected"))
        }
        _ => {
            report.note(&Note::warning(format!("{}: see `target rejects`", were_rejected(rejected))));
            Ok(())
        }
    }
}

fn were_rejected(count: u64) -> String {
    match count {
        1 => "1 record was rejected".to_owned(),
        count => format!("{count} records were rejected"),
    }
}

/// The committer's thread.
fn commit<W: Write>(
    mut destination: Box<dyn Destination>,
    mut bookmarks: Bookmarks<W>,
    requests: &Receiver<Request>,
    events: &Sender<Event>,
) {
    while let Ok(request) = requests.recv() {
        let event = match request {
            Request::Answer(question) => {
                question(&mut *destination);
                continue;
            }
            Request::Commit(flush) => {
                bookmarks.hold(&flush);
                let began = Instant::now();
                let done = destination.commit(&flush);
                let took = began.elapsed();
                match done {
                    Ok(receipt) => {
                        let out = bookmarks.release(&receipt);
                        Event::Committed(Committed { receipt, flush, took, out })
                    }
                    Err(error) => Event::Failed(flush, took, error),
                }
            }
        };
        let failed = matches!(event, Event::Failed(..) | Event::Committed(Committed { out: Err(_), .. }));
        if events.send(event).is_err() || failed {
            return;
        }
    }
}

/// The loop's ends of the channels.
struct Pump<'a, W> {
    intake: Intake,
    inbox: Receiver<Event>,
    /// What came from stdin while files were read.
    later: VecDeque<Event>,
    /// For those who read files.
    to_loop: Sender<Event>,
    spare: Sender<Block>,
    requests: Option<SyncSender<Request>>,
    report: &'a mut Report<W>,
    /// How long the end of the input may be in doubt.
    patience: Duration,
    max_record_bytes: usize,
}

impl<W: Write> Pump<'_, W> {
    fn run(&mut self) -> Result<()> {
        let input = self.pump();
        self.notes();
        // Whatever ended the input, what came before is to be committed.
        let flush = match &input {
            Ok(()) => self.intake.finish(Now::read()),
            Err(_) => self.intake.flush(Now::read()),
        };
        let flushed = flush.and_then(|flush| self.send(flush));
        input.and(flushed)
    }

    fn pump(&mut self) -> Result<()> {
        loop {
            let event = match self.later.pop_front() {
                None => self.next()?,
                earlier => earlier,
            };
            match event {
                None => self.flush()?,
                Some(Event::Block(block)) => {
                    self.block(&block)?;
                    let _ = self.spare.send(block);
                }
                Some(Event::End) => return self.ended(),
                Some(Event::Unreadable(ReadError::Line(error))) => return Err(error.into()),
                Some(Event::Unreadable(ReadError::Io(error))) => {
                    return Err(Error::input("cannot read stdin").caused_by(error));
                }
                Some(event) => self.heard(event)?,
            }
        }
    }

    /// Takes what others than the readers say.
    fn heard(&mut self, event: Event) -> Result<()> {
        match event {
            Event::Committed(done) => self.committed(done),
            Event::Failed(flush, took, error) => Err(self.failed(&flush, took, error)),
            Event::Stop(signal) => Err(Error::stopped(signal)),
            _ => Ok(()),
        }
    }

    /// The input has ended. A signal to a whole pipeline ends the tap too, and its end may be seen first: then the input was not read to
    /// its end.
    fn ended(&mut self) -> Result<()> {
        let flush = self.intake.flush_at_end(Now::read())?;
        self.send(flush)?;
        let until = Instant::now() + self.patience;
        while let Ok(event) = self.inbox.recv_timeout(until.saturating_duration_since(Instant::now())) {
            self.heard(event)?;
        }
        Ok(())
    }

    fn committed(&mut self, done: Committed) -> Result<()> {
        self.report.committed(&done.receipt, Some(&done.flush), done.took);
        done.out?;
        self.report.let_out(&done.flush);
        // Where a destination was given up that has it still, its memory is too.
        if let Some(flush) = Arc::into_inner(done.flush) {
            self.intake.reuse(flush);
        }
        Ok(())
    }

    fn failed(&mut self, flush: &Flush, took: Duration, error: Error) -> Error {
        self.report.failed(flush, took);
        error
    }

    /// The next event, or `None` when it is time to flush.
    fn next(&self) -> Result<Option<Event>> {
        let gone = || Error::bug("the other threads are gone");
        match self.intake.due() {
            None => self.inbox.recv().map(Some).map_err(|_| gone()),
            Some(due) => match self.inbox.recv_timeout(Now::read().until(due)) {
                Ok(event) => Ok(Some(event)),
                Err(RecvTimeoutError::Timeout) => Ok(None),
                Err(RecvTimeoutError::Disconnected) => Err(gone()),
            },
        }
    }

    fn block(&mut self, block: &Block) -> Result<()> {
        let mut now = Now::read();
        for (number, line) in block.lines() {
            let line = line?;
            match self.take(|intake, catalog| intake.line(number, line, now, catalog))? {
                None => {}
                Some(files) => {
                    self.files(files)?;
                    now = Now::read();
                }
            }
        }
        self.taken()
    }

    /// Lets the intake take something, and flushes when it says so. Returns the files that come next, where it says that.
    fn take(
        &mut self,
        mut take: impl FnMut(&mut Intake, &mut dyn Catalog) -> Result<Step>,
    ) -> Result<Option<Files>> {
        loop {
            let requests = self.requests.as_ref();
            let mut catalog = Remote(|question| requests?.send(Request::Answer(question)).ok());
            match take(&mut self.intake, &mut catalog)? {
                Step::Taken => return Ok(None),
                Step::FlushFirst => self.flush()?,
                Step::Full => return self.flush().map(|()| None),
                Step::Files => return Ok(self.intake.files()),
            }
        }
    }

    /// A block has been taken.
    fn taken(&mut self) -> Result<()> {
        self.notes();
        // A tap that sends a little all the time must not put off what has waited long enough.
        if self.intake.due().is_some_and(|due| due <= Now::read()) { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<()> {
        let flush = self.intake.flush(Now::read())?;
        self.send(flush)
    }

    fn send(&mut self, flush: Option<Flush>) -> Result<()> {
        let Some(flush) = flush else { return Ok(()) };
        self.report.sends(&flush);
        let requests = self.requests.as_ref();
        match requests.is_some_and(|requests| requests.send(Request::Commit(Arc::new(flush))).is_ok()) {
            true => Ok(()),
            false => Err(Error::destination("the load has ended before this flush")),
        }
    }

    fn notes(&mut self) {
        for note in self.intake.notes() {
            self.report.note(&note);
        }
    }

    /// Takes what the committer has said since.
    fn drain(&mut self) -> Result<()> {
        while let Ok(event) = self.inbox.try_recv() {
            match event {
                Event::Committed(done) => self.committed(done)?,
                Event::Failed(flush, took, error) => return Err(self.failed(&flush, took, error)),
                _ => {}
            }
        }
        Ok(())
    }
}
