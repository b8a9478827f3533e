//! The files of a BATCH message, read by a thread of their own. What comes from stdin meanwhile waits.

use std::io::{ErrorKind, Write};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::thread;

use singer::lines::{Block, Blocks, ReadError};

use super::reader::Pool;
use super::{Event, Pump};
use crate::clock::Now;
use crate::error::{Error, Result};
use crate::files::{self, Files, Row};

/// What comes of files.
#[derive(Debug)]
pub(super) enum Piece {
    /// Lines of the file at this place.
    Lines(usize, Block),
    /// All have been read.
    End,
    /// One cannot be read.
    Unreadable(Error),
}

impl<W: Write> Pump<'_, W> {
    /// Takes the records in files.
    pub(super) fn files(&mut self, files: Files) -> Result<()> {
        let files = Arc::new(files);
        let (spare, pool) = Pool::new();
        let (named, to_loop, most) = (Arc::clone(&files), self.to_loop.clone(), self.max_record_bytes);
        thread::spawn(move || {
            // A file that is damaged may be more than the library that reads it can bear.
            let read = panic::catch_unwind(AssertUnwindSafe(|| read(&named, most, pool, &to_loop)));
            let last = match read {
                Ok(Ok(())) => Piece::End,
                Ok(Err(error)) => Piece::Unreadable(error),
                Err(_) => {
                    Piece::Unreadable(named.locate(usize::MAX, None, Error::input("a file cannot be read")))
                }
            };
            let _ = to_loop.send(Event::Piece(last));
        });
        loop {
            match self.next()? {
                None => self.flush()?,
                Some(Event::Piece(Piece::Lines(file, block))) => {
                    self.rows(&files, file, &block)?;
                    let _ = spare.send(block);
                }
                Some(Event::Piece(Piece::End)) => return Ok(()),
                Some(Event::Piece(Piece::Unreadable(error))) => return Err(error),
                Some(event @ (Event::Block(_) | Event::End | Event::Unreadable(_))) => {
                    self.later.push_back(event)
                }
                Some(event) => self.heard(event)?,
            }
        }
    }

    fn rows(&mut self, files: &Files, file: usize, block: &Block) -> Result<()> {
        let now = Now::read();
        for (number, line) in block.lines() {
            let text = line.map_err(|error| files.locate(file, Some(number), files::refused(&error)))?;
            let row = Row { files, file, number, text };
            self.take(|intake, catalog| intake.row(&row, now, catalog))?;
        }
        self.taken()
    }
}

/// The thread that reads: one file after the other, each from its first line on.
fn read(files: &Files, most: usize, mut pool: Pool, to_loop: &Sender<Event>) -> Result<()> {
    for place in 0..files.paths.len() {
        let lines = files::open(files, place).map_err(|error| files.locate(place, None, error))?;
        let mut done = Ok(true);
        pool.read(Blocks::new(lines, most), |read| {
            let (sent, ended) = match read {
                Ok(Some(block)) => (to_loop.send(Event::Piece(Piece::Lines(place, block))).is_ok(), Ok(true)),
                Ok(None) => (true, Ok(false)),
                Err(error) => (true, Err(unreadable(files, place, error))),
            };
            done = ended;
            sent
        });
        // Where it did not come to its end, nobody wants more.
        if done? {
            return Ok(());
        }
    }
    Ok(())
}

fn unreadable(files: &Files, place: usize, error: ReadError) -> Error {
    match error {
        ReadError::Line(error) => files.locate(place, Some(error.line), files::refused(&error)),
        ReadError::Io(error) => {
            let short = error.kind() == ErrorKind::UnexpectedEof;
            let said = Error::input("cannot be read").caused_by(error);
            files.locate(
                place,
                None,
                if short {
                    said.hint(
                        "it ends too early: the tap must have written all of it before it sends the message",
                    )
                } else {
                    said
                },
            )
        }
    }
}
