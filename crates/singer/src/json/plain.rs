//! How far a string's bytes stand for themselves.

use wide::u8x16;

/// Bytes that are looked at together.
const WIDTH: usize = 16;

/// The number of bytes at the start of `bytes` that a string may hold as they are: up to a quote, a backslash or a control
/// character. Strings are most of what a record is, so they are looked at sixteen bytes at a time.
#[inline]
pub(super) fn plain_length(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(chunk) = bytes.get(at..).and_then(<[u8]>::first_chunk::<WIDTH>) {
        if let Some(end) = first_end(*chunk) {
            return at + end;
        }
        at += WIDTH;
    }
    at + bytes[at..].iter().position(|&byte| ends_plain(byte)).unwrap_or(bytes.len() - at)
}

/// Whether a string cannot hold the byte as it is.
#[inline]
pub(super) fn ends_plain(byte: u8) -> bool {
    byte == b'"' || byte == b'\\' || byte < b' '
}

/// The place of the first byte that a string cannot hold as it is.
#[inline]
fn first_end(chunk: [u8; WIDTH]) -> Option<usize> {
    /// The last control character.
    const CONTROL: u8x16 = u8x16::new([0x1F; WIDTH]);
    const QUOTE: u8x16 = u8x16::new([b'"'; WIDTH]);
    const BACKSLASH: u8x16 = u8x16::new([b'\\'; WIDTH]);
    let bytes = u8x16::new(chunk);
    let ends = bytes.cmp_eq(QUOTE) | bytes.cmp_eq(BACKSLASH) | bytes.max(CONTROL).cmp_eq(CONTROL);
    let ends = ends.move_mask();
    (ends != 0).then(|| ends.trailing_zeros() as usize)
}
