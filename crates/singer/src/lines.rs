//! Bytes in, blocks of whole lines out.
//!
//! A block is the unit that moves between threads: big enough that a channel costs nothing, small enough that a silent tap's
//! last lines do not wait (a block ends where the reader had no more to give). This module owns the reading, the growth of the
//! buffers and the limit of a line; what a line means is left to [`crate::message`].

use std::io::{self, Read};

use crate::error::{Error, Kind};

/// How much is asked of the reader at a time, in bytes. A pipe gives at most 64 KiB at once; a file gives all of it.
pub const BLOCK_BYTES: usize = 1 << 20;

/// The default limit of one line, in bytes.
pub const MAX_LINE_BYTES: usize = 256 << 20;

/// Some whole lines of the input.
#[derive(Debug, Default)]
pub struct Block {
    /// Only the first `filled` bytes count: what lies behind is kept so that no memory is cleared for each read.
    bytes: Vec<u8>,
    filled: usize,
    first_line: u64,
}

/// Why no block could be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The reader failed.
    #[error("cannot read the input: {0}")]
    Io(#[from] io::Error),
    /// A line is longer than the limit.
    #[error(transparent)]
    Line(#[from] Error),
}

/// Reads blocks of whole lines.
#[derive(Debug)]
pub struct Blocks<R> {
    reader: R,
    /// The start of a line whose end has not been read yet.
    rest: Vec<u8>,
    next_line: u64,
    max_line_bytes: usize,
    ended: bool,
    /// Whether the line that comes next is longer than the limit.
    too_long: bool,
}

impl<R: Read> Blocks<R> {
    /// Blocks of what `reader` gives; a line of more than `max_line_bytes` is an error.
    pub fn new(reader: R, max_line_bytes: usize) -> Self {
        Self { reader, rest: Vec::new(), next_line: 1, max_line_bytes, ended: false, too_long: false }
    }

    /// Reads the next block, reusing the memory of `block`; `None` at the end of the input. The last line needs no newline.
    ///
    /// # Errors
    /// Where the reader fails, or a line is too long. Lines before that one have been returned.
    pub fn read(&mut self, mut block: Block) -> Result<Option<Block>, ReadError> {
        if self.too_long {
            return Err(self.too_long_here());
        }
        block.filled = 0;
        block.put(&self.rest);
        self.rest.clear();
        while !self.ended {
            let searched = block.filled;
            if block.fill(&mut self.reader)? == 0 {
                self.ended = true;
                break;
            }
            if let Some(end) = memchr::memrchr(b'\n', &block.content()[searched..]) {
                let end = searched + end + 1;
                self.rest.extend_from_slice(&block.content()[end..]);
                block.filled = end;
                break;
            }
            // A carriage return may still turn out to belong to the line's end.
            if block.filled > self.max_line_bytes + 1 {
                break;
            }
        }
        self.cut_too_long(&mut block);
        if block.filled == 0 {
            return if self.too_long { Err(self.too_long_here()) } else { Ok(None) };
        }
        block.first_line = self.next_line;
        self.next_line += memchr::memchr_iter(b'\n', block.content()).count() as u64;
        Ok(Some(block))
    }

    /// Ends the block before its first line that is too long.
    fn cut_too_long(&mut self, block: &mut Block) {
        if block.filled <= self.max_line_bytes {
            return;
        }
        let content = block.content();
        let mut start = 0;
        while start < content.len() {
            let end = memchr::memchr(b'\n', &content[start..]).map_or(content.len(), |end| start + end);
            let line = &content[start..end];
            if line.strip_suffix(b"\r").unwrap_or(line).len() > self.max_line_bytes {
                self.too_long = true;
                block.filled = start;
                return;
            }
            start = end + 1;
        }
    }

    fn too_long_here(&self) -> ReadError {
        Error { line: self.next_line, kind: Kind::TooLong(self.max_line_bytes) }.into()
    }
}

impl Block {
    fn content(&self) -> &[u8] {
        &self.bytes[..self.filled]
    }

    fn put(&mut self, start: &[u8]) {
        self.room_for(start.len());
        self.bytes[..start.len()].copy_from_slice(start);
        self.filled = start.len();
    }

    fn room_for(&mut self, more: usize) {
        if self.bytes.len() < self.filled + more {
            self.bytes.resize(self.filled + more, 0);
        }
    }

    fn fill(&mut self, reader: &mut impl Read) -> io::Result<usize> {
        self.room_for(BLOCK_BYTES);
        loop {
            match reader.read(&mut self.bytes[self.filled..]) {
                Ok(read) => {
                    self.filled += read;
                    return Ok(read);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Whether it has grown for a long line, so that it takes much more memory than most.
    #[must_use]
    pub fn is_long(&self) -> bool {
        self.bytes.len() > 4 * BLOCK_BYTES
    }

    /// The block's size in bytes.
    #[must_use]
    pub fn size(&self) -> usize {
        self.filled
    }

    /// The lines that are not blank, without their ends (`\n` or `\r\n`), each with its number in the input, from 1.
    ///
    /// A line that is not UTF-8 comes as an error in its place.
    pub fn lines(&self) -> impl Iterator<Item = (u64, Result<&str, Error>)> {
        let mut bytes = self.content();
        if self.first_line == 1 {
            bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        }
        // One check for the whole block; a line is checked by itself only where that fails.
        let text = simdutf8::basic::from_utf8(bytes).ok();
        let mut start = 0;
        let mut number = self.first_line;
        std::iter::from_fn(move || {
            while start < bytes.len() {
                let end = memchr::memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |end| start + end);
                let line = match text {
                    Some(text) => Ok(&text[start..end]),
                    None => std::str::from_utf8(&bytes[start..end])
                        .map_err(|_| Error { line: number, kind: Kind::NotUtf8 }),
                };
                let here = number;
                start = end + 1;
                number += 1;
                match line {
                    Ok(line) if line.bytes().all(|byte| byte.is_ascii_whitespace()) => {}
                    Ok(line) => return Some((here, Ok(line.strip_suffix('\r').unwrap_or(line)))),
                    Err(error) => return Some((here, Err(error))),
                }
            }
            None
        })
    }
}
