//! JSON's numbers as text: what they are, whether a type holds them exactly, and the one way to write each.

use std::cmp::Ordering;

/// A JSON number's text, taken apart: `digits × 10^exponent`, with no zero at either end of the digits. Borrows from the text.
#[derive(Clone, Copy, Debug)]
pub struct Parts<'a> {
    /// Whether it is below zero. Zero itself never is: `-0` is `0`.
    pub negative: bool,
    /// The digits that count; none for zero.
    pub digits: Digits<'a>,
    /// The power of ten of the last digit.
    pub exponent: i64,
}

/// Two numbers are equal where their parts are, however they were written.
impl PartialEq for Parts<'_> {
    fn eq(&self, other: &Self) -> bool {
        (self.negative, self.exponent, self.digits.len())
            == (other.negative, other.exponent, other.digits.len())
            && self.digits.iter().eq(other.digits.iter())
    }
}

/// Decimal digits as ASCII, in two pieces: those before the point and those behind it.
#[derive(Clone, Copy, Debug)]
pub struct Digits<'a> {
    whole: &'a [u8],
    fraction: &'a [u8],
}

impl<'a> Digits<'a> {
    /// How many there are.
    #[must_use]
    pub fn len(self) -> usize {
        self.whole.len() + self.fraction.len()
    }

    /// Whether there is none: the number is zero.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The digits, the greatest first.
    pub fn iter(self) -> impl Iterator<Item = u8> + 'a {
        self.whole.iter().chain(self.fraction).copied()
    }
}

/// The greatest exponent that is told from others.
const HUGE: i64 = i64::MAX / 4;

/// Takes a number apart. Linear in the length of its text, whatever its exponent.
#[must_use]
pub fn parts(text: &str) -> Parts<'_> {
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    // An exponent too long for 64 bits is of a number that nothing holds; the sign is all that matters then.
    let huge = if exponent.starts_with('-') { -HUGE } else { HUGE };
    let mut exponent = exponent.parse().unwrap_or(huge).clamp(-HUGE, HUGE);
    let mut digits = Digits { whole: trim_start(whole.as_bytes()), fraction: trim_end(fraction.as_bytes()) };
    exponent -= digits.fraction.len() as i64;
    if digits.whole.is_empty() {
        digits.fraction = trim_start(digits.fraction);
    }
    if digits.fraction.is_empty() {
        let trimmed = trim_end(digits.whole);
        exponent += (digits.whole.len() - trimmed.len()) as i64;
        digits.whole = trimmed;
    }
    if digits.is_empty() {
        return Parts { negative: false, digits, exponent: 0 };
    }
    Parts { negative, digits, exponent }
}

fn trim_start(digits: &[u8]) -> &[u8] {
    let zeros = digits.iter().take_while(|&&digit| digit == b'0').count();
    &digits[zeros..]
}

fn trim_end(digits: &[u8]) -> &[u8] {
    let zeros = digits.iter().rev().take_while(|&&digit| digit == b'0').count();
    &digits[..digits.len() - zeros]
}

/// The whole number that the text is, where it is one of 64 bits: `12`, `1.0` and `1e3` are.
#[must_use]
pub fn integer(text: &str) -> Option<i64> {
    if let Ok(value) = text.parse() {
        return Some(value);
    }
    if !text.contains(['.', 'e', 'E']) {
        return None;
    }
    scaled(text, 0).and_then(|value| i64::try_from(value).ok())
}

/// Whether the text is a whole number, of any length.
#[must_use]
pub fn is_integral(text: &str) -> bool {
    !text.contains(['.', 'e', 'E']) || parts(text).exponent >= 0
}

/// The number times `10^scale`, where that is a whole number of 128 bits.
#[must_use]
pub fn scaled(text: &str, scale: u8) -> Option<i128> {
    let parts = parts(text);
    let zeros = parts.exponent + i64::from(scale);
    if parts.digits.is_empty() {
        return Some(0);
    }
    if zeros < 0 || parts.digits.len() as i64 + zeros > 39 {
        return None;
    }
    let mut value: i128 = 0;
    for digit in parts.digits.iter().map(|digit| digit - b'0').chain(std::iter::repeat_n(0, zeros as usize)) {
        value = value.checked_mul(10)?.checked_add(i128::from(digit))?;
    }
    Some(if parts.negative { -value } else { value })
}

/// The double that the text is, where that double is written with the same digits again: then nothing of what was sent is lost.
#[must_use]
pub fn double(text: &str) -> Option<f64> {
    let value: f64 = text.parse().ok()?;
    if !value.is_finite() {
        return None;
    }
    // Fifteen digits always survive, unless the number is so small that doubles lose precision.
    let short = text.bytes().filter(u8::is_ascii_digit).count() <= 15;
    if short
        && (value.abs() >= f64::MIN_POSITIVE || value == 0.0)
        && !(value == 0.0 && text.contains(['e', 'E']))
    {
        return Some(value);
    }
    let sent = parts(text);
    let shortest = format!("{value:e}");
    let shortest = parts(&shortest);
    if sent == shortest {
        return Some(value);
    }
    // Now and then two decimals of the shortest length are equally close to the double; the other one stands for it as well.
    let length = sent.digits.len();
    if length > shortest.digits.len() {
        return None;
    }
    let rounded = format!("{value:.*e}", length.saturating_sub(1));
    (parts(&rounded) == sent).then_some(value)
}

/// The one way to write a number as plain digits, without exponent and without needless zeros; `None` for one that would take more
/// than `limit` characters.
#[must_use]
pub fn plain(text: &str, limit: usize) -> Option<String> {
    let Parts { negative, digits, exponent } = parts(text);
    if digits.is_empty() {
        return Some("0".to_owned());
    }
    let length = digits.len() as i64;
    let point = length + exponent;
    if point.unsigned_abs() > limit as u64 || length as usize > limit {
        return None;
    }
    let zeros = |count: i64| std::iter::repeat_n('0', count.max(0) as usize);
    let mut out = String::with_capacity(digits.len() + 4);
    if negative {
        out.push('-');
    }
    let digits = digits.iter().map(char::from);
    if point <= 0 {
        out.push_str("0.");
        out.extend(zeros(-point));
        out.extend(digits);
    } else if exponent >= 0 {
        out.extend(digits);
        out.extend(zeros(exponent));
    } else {
        let (point, mut digits) = (point as usize, digits);
        out.extend(digits.by_ref().take(point));
        out.push('.');
        out.extend(digits);
    }
    Some(out)
}

/// The number in one way, however it was written: with an exponent only where it has more than 400 digits without.
#[must_use]
pub fn one_way(text: &str) -> String {
    plain(text, 400).unwrap_or_else(|| {
        let Parts { negative, digits, exponent } = parts(text);
        if exponent.abs() >= HUGE / 2 {
            // It is not known, and such a number was hardly written twice.
            return text.to_owned();
        }
        let digits: String = digits.iter().map(char::from).collect();
        format!("{}{digits}e{exponent}", if negative { "-" } else { "" })
    })
}

/// Digits on either side of the point up to which every destination that has decimals of any length holds them.
const MOST_DIGITS: i64 = 16_000;

/// Whether a number has more digits than a database's decimals have.
#[must_use]
pub fn too_long(text: &str) -> bool {
    if !text.contains(['e', 'E']) {
        return text.len() as i64 > MOST_DIGITS;
    }
    let parts = parts(text);
    let length = parts.digits.len() as i64;
    length.max((length + parts.exponent).abs()).max(parts.exponent.abs()) > MOST_DIGITS
}

/// Whether the text is one of the words for what is no number of JSON: `NaN`, `Infinity`, `-Infinity`. A number ends in a digit.
#[must_use]
pub fn is_word(text: &str) -> bool {
    text.as_bytes().last().is_some_and(u8::is_ascii_alphabetic)
}

/// The double that such a word stands for.
#[must_use]
pub fn word(text: &str) -> f64 {
    match text.as_bytes().first() {
        Some(b'I') => f64::INFINITY,
        Some(b'-') => f64::NEG_INFINITY,
        _ => f64::NAN,
    }
}

/// How two numbers compare, to the last digit.
#[must_use]
pub fn compare(a: &str, b: &str) -> Ordering {
    let (a, b) = (parts(a), parts(b));
    let sign = |parts: &Parts<'_>| match (parts.digits.is_empty(), parts.negative) {
        (true, _) => 0,
        (_, negative) => {
            if negative {
                -1
            } else {
                1
            }
        }
    };
    let side = sign(&a);
    // The place of the first digit, then digit by digit; a zero at the end is none.
    let height = |parts: &Parts<'_>| parts.digits.len() as i64 + parts.exponent;
    let size = || height(&a).cmp(&height(&b)).then_with(|| a.digits.iter().cmp(b.digits.iter()));
    side.cmp(&sign(&b)).then_with(|| match side {
        0 => Ordering::Equal,
        1 => size(),
        _ => size().reverse(),
    })
}

/// What numbers must be a multiple of: `digits × 10^exponent`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Multiple {
    digits: u64,
    exponent: i64,
}

impl Multiple {
    /// The multiple that a positive number of up to 19 digits is; `None` for any other text.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let Parts { negative, digits, exponent } = parts(text);
        let digits = String::from_utf8(digits.iter().collect()).ok()?.parse().ok()?;
        (!negative).then_some(Self { digits, exponent })
    }

    /// How many digits after the point its multiples have, where it is a power of ten that says so.
    #[must_use]
    pub fn scale(self) -> Option<u8> {
        let scale = u8::try_from(-self.exponent).ok()?;
        (self.digits == 1 && scale <= crate::types::DECIMAL_DIGITS).then_some(scale)
    }

    /// Whether `text` is a multiple of it: exact, whatever the length of the text and its exponent.
    #[must_use]
    pub fn divides(self, text: &str) -> bool {
        let parts = parts(text);
        let zeros = parts.exponent - self.exponent;
        if zeros < 0 {
            // The last digit is none of a multiple's, and it is not zero.
            return parts.digits.is_empty();
        }
        let modulus = u128::from(self.digits);
        let digit = |rest: u128, digit: u8| (rest * 10 + u128::from(digit - b'0')) % modulus;
        let rest = parts.digits.iter().fold(0, digit);
        (rest * power_of_ten(zeros.unsigned_abs(), modulus)).is_multiple_of(modulus)
    }
}

/// `10^exponent`, modulo a number of 64 bits.
fn power_of_ten(mut exponent: u64, modulus: u128) -> u128 {
    let (mut power, mut square) = (1 % modulus, 10 % modulus);
    while exponent > 0 {
        if exponent % 2 == 1 {
            power = power * square % modulus;
        }
        square = square * square % modulus;
        exponent /= 2;
    }
    power
}
