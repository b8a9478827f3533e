//! Dates and times as taps write them, to the numbers that columns hold.
//!
//! Taken: RFC 3339, and what taps send besides: a space for the `T`, an offset without its colon (`+0000`) or of hours only
//! (`+02`), no offset at all (which means UTC). An instant is microseconds since 1970-01-01T00:00Z; what is more precise than that
//! is refused unless the digits beyond are zeros.
//!
//! Written by hand because this is the hot path: a date-time is a third of a typical record's columns. The tests hold it against
//! a date library.

/// Why a text is no date or time that can be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeError {
    /// It is not written as one.
    Malformed,
    /// It has digits beyond the microsecond.
    TooPrecise,
}

/// Microseconds in a second.
const SECOND: i64 = 1_000_000;
/// Microseconds in a day.
pub const DAY: i64 = 86_400 * SECOND;

type Parsed<T> = Result<T, TimeError>;

/// An instant, in microseconds since 1970-01-01T00:00Z.
///
/// # Errors
/// See [`TimeError`].
pub fn timestamp(text: &str) -> Parsed<i64> {
    let bytes = text.as_bytes();
    let (day, rest) = split_date(bytes)?;
    let Some((b'T' | b't' | b' ', rest)) = rest.split_first() else {
        // A date alone is its midnight.
        return if rest.is_empty() { Ok(day * DAY) } else { Err(TimeError::Malformed) };
    };
    let (time, rest) = split_time(rest)?;
    Ok(day * DAY + time - offset(rest)?)
}

/// A day, in days since 1970-01-01.
///
/// # Errors
/// See [`TimeError`].
pub fn date(text: &str) -> Parsed<i32> {
    let (day, rest) = split_date(text.as_bytes())?;
    if !rest.is_empty() {
        // Some taps send a date as its midnight.
        let Some((b'T' | b't' | b' ', rest)) = rest.split_first() else { return Err(TimeError::Malformed) };
        let (time, rest) = split_time(rest)?;
        if time != 0 || offset(rest)? != 0 {
            return Err(TimeError::TooPrecise);
        }
    }
    i32::try_from(day).map_err(|_| TimeError::Malformed)
}

/// A time of day, in microseconds since midnight. An offset other than UTC's is refused: without a day it means nothing.
///
/// # Errors
/// See [`TimeError`].
pub fn time(text: &str) -> Parsed<i64> {
    let (time, rest) = split_time(text.as_bytes())?;
    if offset(rest)? == 0 { Ok(time) } else { Err(TimeError::Malformed) }
}

/// Days since 1970-01-01 of `YYYY-MM-DD`, and what follows it.
#[inline]
fn split_date(bytes: &[u8]) -> Parsed<(i64, &[u8])> {
    let Some((&[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2], rest)) = bytes.split_first_chunk() else {
        return Err(TimeError::Malformed);
    };
    let (century, year) = (pair(y1, y2), pair(y3, y4));
    let (month, day) = (pair(m1, m2), pair(d1, d2));
    let year = century * 100 + year;
    // What is no digit makes a pair too great for any of them.
    if century > 99 || year > 9_999 || year == 0 || month.wrapping_sub(1) > 11 || day.wrapping_sub(1) > 30 {
        return Err(TimeError::Malformed);
    }
    if day > 28 && day > days_in(year, month) {
        return Err(TimeError::Malformed);
    }
    Ok((days_from_civil(year, month, day), rest))
}

/// Microseconds of `HH:MM[:SS[.fraction]]`, and what follows it.
#[inline]
fn split_time(bytes: &[u8]) -> Parsed<(i64, &[u8])> {
    let Some((&[h1, h2, b':', m1, m2], rest)) = bytes.split_first_chunk() else {
        return Err(TimeError::Malformed);
    };
    let (hour, minute) = (pair(h1, h2), pair(m1, m2));
    let (second, rest) = match rest {
        [b':', s1, s2, rest @ ..] => (pair(*s1, *s2), rest),
        [b'.' | b',', ..] => return Err(TimeError::Malformed),
        rest => (0, rest),
    };
    if hour > 23 || minute > 59 || second > 59 {
        return Err(TimeError::Malformed);
    }
    let (fraction, rest) = match rest {
        [b'.' | b',', rest @ ..] => split_fraction(rest)?,
        rest => (0, rest),
    };
    Ok((i64::from((hour * 60 + minute) * 60 + second) * SECOND + fraction, rest))
}

#[inline]
fn split_fraction(bytes: &[u8]) -> Parsed<(i64, &[u8])> {
    const UNITS: [i64; 7] = [SECOND, 100_000, 10_000, 1_000, 100, 10, 1];
    let mut length = 0;
    let mut fraction = 0;
    while let Some(digit @ b'0'..=b'9') = bytes.get(length) {
        match UNITS.get(length + 1) {
            Some(_) => fraction = fraction * 10 + i64::from(digit - b'0'),
            None if *digit == b'0' => {}
            None => return Err(TimeError::TooPrecise),
        }
        length += 1;
    }
    match length {
        0 => Err(TimeError::Malformed),
        _ => Ok((fraction * UNITS[length.min(6)], &bytes[length..])),
    }
}

/// Microseconds east of UTC of `Z`, `+HH:MM`, `+HHMM`, `+HH` or nothing.
fn offset(bytes: &[u8]) -> Parsed<i64> {
    if bytes.is_empty() {
        return Ok(0);
    }
    let (sign, hours, minutes) = match bytes.strip_prefix(b" ").unwrap_or(bytes) {
        [b'Z' | b'z'] | [b'U', b'T', b'C'] => return Ok(0),
        [sign, h1, h2] => (sign, [h1, h2], [&b'0', &b'0']),
        [sign, h1, h2, m1, m2] | [sign, h1, h2, b':', m1, m2] => (sign, [h1, h2], [m1, m2]),
        _ => return Err(TimeError::Malformed),
    };
    let (hours, minutes) = (pair(*hours[0], *hours[1]), pair(*minutes[0], *minutes[1]));
    let east = i64::from(hours.min(99) * 60 + minutes.min(99)) * 60 * SECOND;
    match sign {
        _ if hours > 23 || minutes > 59 => Err(TimeError::Malformed),
        b'+' => Ok(east),
        b'-' => Ok(-east),
        _ => Err(TimeError::Malformed),
    }
}

/// The number that two digits are; far more than 99 where one of them is none.
#[inline]
fn pair(tens: u8, ones: u8) -> u32 {
    const NONE: u32 = 1 << 20;
    let (tens, ones) = (u32::from(tens.wrapping_sub(b'0')), u32::from(ones.wrapping_sub(b'0')));
    tens * 10 + ones + NONE * u32::from((tens > 9) | (ones > 9))
}

fn is_leap(year: u32) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn days_in(year: u32, month: u32) -> u32 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 of a day of the proleptic Gregorian calendar (years from 1).
#[inline]
fn days_from_civil(year: u32, month: u32, day: u32) -> i64 {
    /// Days before each month in a year that is no leap year; January is 1.
    const BEFORE: [u32; 16] = [0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 0, 0, 0];
    /// Days from the first day of the year 1 to 1970-01-01.
    const EPOCH: i64 = 719_162;
    let past = year - 1;
    let years = past * 365 + past / 4 - past / 100 + past / 400;
    let leap = u32::from(month > 2 && is_leap(year));
    i64::from(years + BEFORE[(month & 15) as usize] + leap + day - 1) - EPOCH
}

/// An instant in RFC 3339, in UTC and with microseconds: `2024-05-06T07:08:09.000000Z`.
#[must_use]
pub fn rfc3339(micros: i64) -> String {
    let (days, rest) = (micros.div_euclid(DAY), micros.rem_euclid(DAY));
    let (seconds, fraction) = (rest / SECOND, rest % SECOND);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{}T{hour:02}:{minute:02}:{second:02}.{fraction:06}Z", day(days))
}

/// A day, so many days after 1970-01-01: `2024-05-06`.
#[must_use]
pub fn day(days: i64) -> String {
    // The inverse of `days_from_civil`.
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}
