//! Numbers in Postgres' form: digits of base 10,000 around the point.

use std::io::{self, Write};

use super::fixed;
use crate::number;

/// The digits after the point that Postgres can show. What is beyond is zeros: the decoder takes no number that has more.
const MOST_SHOWN: i64 = 16_383;

/// The most digits of a number that is worked out in one machine word: aligned to the point there may be three more.
const MOST_SHORT: usize = 15;

/// A JSON number.
#[inline]
pub(super) fn number(out: &mut Vec<u8>, text: &str) -> io::Result<()> {
    match short(text) {
        Some((negative, digits, fraction)) => {
            put(out, negative, digits, fraction);
            Ok(())
        }
        None => long(out, text, 0),
    }
}

/// A whole number, to be divided by `10^scale`.
#[inline]
pub(super) fn decimal(out: &mut Vec<u8>, value: i128, scale: u8) -> io::Result<()> {
    match u64::try_from(value.unsigned_abs()) {
        Ok(digits) if digits < 10_u64.pow(MOST_SHORT as u32) && usize::from(scale) <= MOST_SHORT => {
            put(out, value < 0, digits, u32::from(scale));
            Ok(())
        }
        _ => {
            let mut digits = [0; 48];
            let mut rest = &mut digits[..];
            write!(rest, "{value}")?;
            let length = 48 - rest.len();
            let text = std::str::from_utf8(&digits[..length]).map_err(io::Error::other)?;
            long(out, text, i64::from(scale))
        }
    }
}

/// The sign, the digits and how many of them stand behind the point, of a number with few digits and without an exponent.
#[inline]
fn short(text: &str) -> Option<(bool, u64, u32)> {
    let bytes = text.as_bytes();
    let (negative, bytes) = match bytes.split_first() {
        Some((b'-', rest)) => (true, rest),
        _ => (false, bytes),
    };
    // One more for the point.
    if bytes.is_empty() || bytes.len() > MOST_SHORT + 1 {
        return None;
    }
    let (mut digits, mut count, mut point) = (0_u64, 0, None);
    for &byte in bytes {
        match byte {
            b'0'..=b'9' => {
                digits = digits * 10 + u64::from(byte - b'0');
                count += 1;
            }
            b'.' if point.is_none() => point = Some(count),
            _ => return None,
        }
    }
    (count <= MOST_SHORT as u32).then(|| (negative, digits, point.map_or(0, |point| count - point)))
}

/// Writes `digits`, of which `fraction` stand behind the point.
#[inline]
fn put(out: &mut Vec<u8>, negative: bool, digits: u64, fraction: u32) {
    // The groups of four decimal digits begin at the point.
    let behind = fraction.div_ceil(4);
    let mut rest = digits * 10_u64.pow(behind * 4 - fraction);
    let mut form = [[0; 2]; 9];
    let mut first = form.len();
    let (mut count, mut zeros) = (0_i16, 0);
    while rest > 0 {
        let group = (rest % 10_000) as u16;
        rest /= 10_000;
        count += 1;
        // Zeros at the end are not written.
        if group == 0 && first == form.len() {
            zeros += 1;
            continue;
        }
        first -= 1;
        form[first] = group.to_be_bytes();
    }
    let weight = if count == 0 { 0 } else { count - 1 - behind as i16 };
    let sign: u16 = if negative { 0x4000 } else { 0 };
    let head = [count - zeros, weight, sign as i16, fraction as i16];
    first -= head.len();
    for (place, value) in head.into_iter().enumerate() {
        form[first + place] = value.to_be_bytes();
    }
    let bytes = form[first..].as_flattened();
    out.extend_from_slice(&(bytes.len() as i32).to_be_bytes());
    out.extend_from_slice(bytes);
}

/// Any number: `text` is a JSON number, to be divided by `10^scale`.
///
/// The scale that is shown is the one that was sent, as far as Postgres can show it: `1.50` stays `1.50`. `NaN` and the infinities have
/// signs of their own (infinity from Postgres 14 on).
fn long(out: &mut Vec<u8>, text: &str, scale: i64) -> io::Result<()> {
    if number::is_word(text) {
        let sign: u16 = match text.as_bytes().first() {
            Some(b'I') => 0xD000,
            Some(b'-') => 0xF000,
            _ => 0xC000,
        };
        let mut form = [0; 8];
        form[4..6].copy_from_slice(&sign.to_be_bytes());
        fixed(out, form);
        return Ok(());
    }
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    // An exponent beyond 64 bits is zero's: the decoder takes no other number that long.
    let exponent: i64 = exponent.parse().unwrap_or(0);
    let fraction = mantissa.split_once('.').map_or(0, |(_, fraction)| fraction.len() as i64);
    let shown = (fraction + scale).saturating_sub(exponent).clamp(0, MOST_SHOWN);
    let number::Parts { negative, digits, exponent } = number::parts(text);
    let exponent = exponent - scale;
    // The groups of four decimal digits begin at the point, so the digits are aligned to it from both sides.
    let start = out.len();
    out.extend_from_slice(&[0; 12]);
    let top = digits.len() as i64 + exponent;
    let weight = (top - 1).div_euclid(4);
    let mut groups: i64 = 0;
    let mut group: i16 = 0;
    let mut place = (weight + 1) * 4;
    let lead = place - top;
    let zeros = std::iter::repeat_n(b'0', usize::try_from(lead).unwrap_or_default());
    for digit in zeros.chain(digits.iter()) {
        group = group * 10 + i16::from(digit - b'0');
        place -= 1;
        if place.rem_euclid(4) == 0 {
            out.extend_from_slice(&group.to_be_bytes());
            groups += 1;
            group = 0;
        }
    }
    if place.rem_euclid(4) != 0 {
        let missing = u32::try_from(place.rem_euclid(4)).unwrap_or_default();
        out.extend_from_slice(&(group * 10_i16.pow(missing)).to_be_bytes());
        groups += 1;
    }
    if digits.is_empty() {
        out.truncate(start + 12);
        groups = 0;
    }
    let small =
        |value: i64| i16::try_from(value).map_err(|_| io::Error::other("a number with too many digits"));
    let length = 8 + groups * 2;
    let weight = if digits.is_empty() { 0 } else { weight };
    let sign: i16 = if negative { 0x4000 } else { 0 };
    out[start..start + 4].copy_from_slice(&i32::try_from(length).map_err(io::Error::other)?.to_be_bytes());
    for (place, value) in [small(groups)?, small(weight)?, sign, small(shown)?].into_iter().enumerate() {
        let at = start + 4 + place * 2;
        out[at..at + 2].copy_from_slice(&value.to_be_bytes());
    }
    Ok(())
}
