//! Text that stands for bytes. What is decoded gives the text back, up to its case, padding and line ends.

/// Appends the bytes of base64 to `out`; false, with a part of them, where the text is none.
///
/// Both alphabets of RFC 4648 are taken, with padding or without; line ends are passed over, as MIME has them. Bits left over must be
/// zero: else two texts would be the same bytes.
pub(super) fn base64(text: &str, out: &mut Vec<u8>) -> bool {
    let mut bits: u32 = 0;
    let mut count = 0;
    let mut padding = 0;
    for byte in text.bytes().filter(|byte| !matches!(byte, b'\r' | b'\n')) {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => {
                padding += 1;
                continue;
            }
            _ => return false,
        };
        if padding > 0 {
            return false;
        }
        bits = bits << 6 | u32::from(value);
        count += 1;
        if count % 4 == 0 {
            out.extend_from_slice(&bits.to_be_bytes()[1..]);
            bits = 0;
        }
    }
    match count % 4 {
        0 => padding == 0,
        2 => {
            out.push((bits >> 4) as u8);
            matches!(padding, 0 | 2) && bits & 0xF == 0
        }
        3 => {
            out.extend_from_slice(&((bits >> 2) as u16).to_be_bytes());
            padding <= 1 && bits & 3 == 0
        }
        _ => false,
    }
}

/// Appends the bytes of hexadecimal digits of either case to `out`; false, with a part of them, where the text is something else.
pub(super) fn base16(text: &str, out: &mut Vec<u8>) -> bool {
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    for [high, low] in pairs {
        let (Some(high), Some(low)) = (digit(*high), digit(*low)) else { return false };
        out.push(high << 4 | low);
    }
    rest.is_empty()
}
