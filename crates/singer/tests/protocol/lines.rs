//! However the input is cut into reads, its lines are the same.

use std::io::{self, Read};

use proptest::prelude::*;
use singer::lines::{Block, Blocks, ReadError};
use singer::{Error, Kind};

use crate::cases;

/// A reader that gives its bytes in pieces of the given sizes, over and over, and now and then is interrupted.
struct Pieces<'a> {
    bytes: &'a [u8],
    sizes: std::iter::Cycle<std::slice::Iter<'a, usize>>,
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = self.sizes.next().copied().unwrap_or(1);
        if size == 0 {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let size = size.min(self.bytes.len()).min(buffer.len());
        let (now, later) = self.bytes.split_at(size);
        buffer[..size].copy_from_slice(now);
        self.bytes = later;
        Ok(size)
    }
}

type Lines = Vec<(u64, Result<String, Kind>)>;

/// The lines of `input`, read in pieces of these sizes, until the end or the first error of the reader.
fn lines(input: &[u8], sizes: &[usize], limit: usize) -> Lines {
    let mut blocks = Blocks::new(Pieces { bytes: input, sizes: sizes.iter().cycle() }, limit);
    let mut lines = Lines::new();
    let mut block = Block::default();
    loop {
        match blocks.read(block) {
            Ok(Some(read)) => {
                for (number, line) in read.lines() {
                    lines.push((number, line.map(str::to_owned).map_err(|error| error.kind)));
                }
                block = read;
            }
            Ok(None) => return lines,
            Err(ReadError::Line(error)) => {
                lines.push((error.line, Err(error.kind)));
                return lines;
            }
            Err(ReadError::Io(error)) => panic!("{error}"),
        }
    }
}

/// What the lines must be, worked out the slow way.
fn expected(input: &[u8]) -> Lines {
    let input = input.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(input);
    let blank = |line: &[u8]| line.iter().all(u8::is_ascii_whitespace);
    let text = |line: &[u8]| match std::str::from_utf8(line.strip_suffix(b"\r").unwrap_or(line)) {
        Ok(line) => Ok(line.to_owned()),
        Err(_) => Err(Kind::NotUtf8),
    };
    let lines = (1..).zip(input.split(|&byte| byte == b'\n'));
    lines.filter(|(_, line)| !blank(line)).map(|(number, line)| (number, text(line))).collect()
}

fn input() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => "[a-z{}\": ]{0,12}".prop_map(String::into_bytes),
        2 => Just(b"\n".to_vec()),
        2 => Just(b"\r\n".to_vec()),
        1 => Just("é€😀".as_bytes().to_vec()),
        1 => Just(b"\xEF\xBB\xBF".to_vec()),
        1 => Just(vec![0xff]),
        1 => Just(vec![0xe2, 0x82]),
        1 => Just(b" \t\r\n\n".to_vec()),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

fn sizes() -> impl Strategy<Value = Vec<usize>> {
    // A reader that is only ever interrupted never ends.
    prop::collection::vec(0..9_usize, 0..6).prop_map(|mut sizes| {
        sizes.push(1);
        sizes
    })
}

proptest! {
    // The memory of each new block is cleared, which takes long without optimization.
    #![proptest_config(cases(80))]

    #[test]
    fn any_cutting_gives_the_same_lines_with_the_same_numbers(input in input(), sizes in sizes()) {
        let expected = expected(&input);
        prop_assert_eq!(&lines(&input, &sizes, 1 << 20), &expected);
        prop_assert_eq!(&lines(&input, &[usize::MAX], 1 << 20), &expected);
    }

    #[test]
    fn no_cutting_of_the_input_hides_a_line_that_is_too_long(
        lengths in prop::collection::vec(0..30_usize, 1..6), sizes in sizes(), ended in any::<bool>(),
    ) {
        const LIMIT: usize = 20;
        let mut input = lengths.iter().map(|&length| "x".repeat(length)).collect::<Vec<_>>().join("\n");
        if ended {
            input.push('\n');
        }
        let mut expected = Lines::new();
        for (number, &length) in (1..).zip(&lengths) {
            match length {
                0 => {}
                1..=LIMIT => expected.push((number, Ok("x".repeat(length)))),
                _ => {
                    expected.push((number, Err(Kind::TooLong(LIMIT))));
                    break;
                }
            }
        }
        for sizes in [sizes.as_slice(), &[usize::MAX]] {
            let mut found = lines(input.as_bytes(), sizes, LIMIT);
            // Whether the input is read on after the line is left open.
            if let Some(end) = found.iter().position(|(_, line)| line.is_err()) {
                found.truncate(end + 1);
            }
            prop_assert_eq!(&found, &expected, "in pieces of {:?}", sizes);
        }
    }
}

fn check(input: &[u8], expected: &[(u64, &str)]) {
    for sizes in [&[usize::MAX][..], &[1], &[3, 1]] {
        let found = lines(input, sizes, 1 << 22);
        let expected: Lines =
            expected.iter().map(|(number, line)| (*number, Ok((*line).to_owned()))).collect();
        assert_eq!(found, expected, "in pieces of {sizes:?}");
    }
}

#[test]
fn blank_lines_count_but_do_not_come() {
    check(b"", &[]);
    check(b"\n\n", &[]);
    check(b"\n \t\r\na\n\nb", &[(3, "a"), (5, "b")]);
}

#[test]
fn the_last_line_needs_no_newline() {
    check(b"a\nb", &[(1, "a"), (2, "b")]);
    check(b"a\nb\n", &[(1, "a"), (2, "b")]);
    check(b"a", &[(1, "a")]);
}

#[test]
fn one_carriage_return_before_a_newline_goes() {
    check(b"a\r\nb\r\r\nc\r", &[(1, "a"), (2, "b\r"), (3, "c")]);
}

#[test]
fn a_byte_order_mark_goes_at_the_very_start_only() {
    check(b"\xEF\xBB\xBFa\n\xEF\xBB\xBFb", &[(1, "a"), (2, "\u{feff}b")]);
    check(b"\xEF\xBB\xBF", &[]);
}

#[test]
fn bytes_that_are_no_text_spoil_their_own_line_only() {
    for sizes in [&[usize::MAX][..], &[1], &[2, 5]] {
        let found = lines(b"a\nb\xff\nc\n", sizes, 1 << 20);
        assert_eq!(found, [(1, Ok("a".into())), (2, Err(Kind::NotUtf8)), (3, Ok("c".into()))]);
    }
}

#[test]
fn lines_before_one_that_is_too_long_have_been_returned() {
    let mut input = b"first\nsecond\n".to_vec();
    input.extend(vec![b'x'; 3 << 20]);
    let found = lines(&input, &[usize::MAX], 1 << 20);
    assert_eq!(found, [(1, Ok("first".into())), (2, Ok("second".into())), (3, Err(Kind::TooLong(1 << 20)))]);
}

#[test]
fn a_line_longer_than_a_block_comes_whole() {
    let long = "x".repeat((2 << 20) + 17);
    let input = format!("a\n{long}\nb\n");
    check(input.as_bytes(), &[(1, "a"), (2, &long), (3, "b")]);
}

#[test]
fn a_block_says_its_size_and_keeps_no_line_of_the_last_one() {
    let mut blocks = Blocks::new(&b"a long first line\nb\n"[..], 100);
    let block = blocks.read(Block::default()).unwrap().unwrap();
    assert_eq!(block.size(), 20);
    assert!(blocks.read(block).unwrap().is_none());
}

#[test]
fn an_error_names_its_line_and_no_content() {
    let error = Error { line: 3, kind: Kind::TooLong(10) };
    assert_eq!((error.line, error.to_string().as_str()), (3, "longer than 10 bytes"));
}
