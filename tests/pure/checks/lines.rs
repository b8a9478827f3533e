//! However the bytes come in, the lines are those that one sees who has all of them at once.

use std::io::{self, Read};

use singer::lines::{Block, Blocks, MAX_LINE_BYTES, ReadError};
use singer::{Error, Kind};

/// The first byte is the limit of a line, the second says in which pieces the rest comes.
pub(crate) fn check(bytes: &[u8]) {
    let [limit, pieces, input @ ..] = bytes else { return };
    let limit = if *limit == u8::MAX { MAX_LINE_BYTES } else { usize::from(*limit) };
    let (mut lines, mut too_long) = (Vec::new(), None);
    let mut blocks = Blocks::new(Pieces { input, pieces: *pieces, calls: 0 }, limit);
    let mut block = Block::default();
    loop {
        match blocks.read(block) {
            Ok(Some(read)) => {
                assert!(read.size() > 0, "a block without a line");
                lines.extend(read.lines().map(|(number, line)| (number, line.ok().map(str::to_owned))));
                block = read;
            }
            Ok(None) => break,
            Err(ReadError::Line(Error { line, kind: Kind::TooLong(said) })) => {
                assert_eq!(said, limit);
                too_long = Some(line);
                break;
            }
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!((lines, too_long), expected(input, limit));
}

/// The lines that are not blank, each with its number, and the number of the one that is too long. `None` for one that is no text.
fn expected(input: &[u8], limit: usize) -> (Vec<(u64, Option<String>)>, Option<u64>) {
    let mut lines = Vec::new();
    for (number, line) in (1..).zip(input.split(|byte| *byte == b'\n')) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.len() > limit {
            return (lines, Some(number));
        }
        let line = line.strip_prefix(b"\xEF\xBB\xBF").filter(|_| number == 1).unwrap_or(line);
        if !line.iter().all(|byte| b" \t\r\x0c".contains(byte)) {
            lines.push((number, String::from_utf8(line.to_vec()).ok()));
        }
    }
    (lines, None)
}

/// A reader that gives a few bytes at a time, and now and then nothing because of a signal.
struct Pieces<'a> {
    input: &'a [u8],
    pieces: u8,
    calls: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.calls += 1;
        if !self.pieces.is_multiple_of(2) && self.calls.is_multiple_of(3) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let piece = match usize::from(self.pieces / 2) {
            0 => usize::MAX,
            step => 1 + self.calls * step % 23,
        };
        let length = piece.min(self.input.len()).min(into.len());
        into[..length].copy_from_slice(&self.input[..length]);
        self.input = &self.input[length..];
        Ok(length)
    }
}
