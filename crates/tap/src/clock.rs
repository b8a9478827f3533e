//! Times as milliseconds since 1970-01-01T00:00:00Z, read and written as RFC 3339 in UTC.
//!
//! The calendar arithmetic is Howard Hinnant's ("chrono-compatible low-level date algorithms"), which is exact for the
//! proleptic Gregorian calendar that RFC 3339 uses.

/// The milliseconds of a day.
pub const DAY: i64 = 86_400_000;

/// Days since 1970-01-01 of a date of the proleptic Gregorian calendar.
#[must_use]
pub const fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Year, month and day of so many days since 1970-01-01.
#[must_use]
pub const fn date_of(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

/// Reads `2024-01-01`, `2024-01-01T10:20:30Z` or `2024-01-01T10:20:30.123Z`; [`None`] for anything else.
#[must_use]
pub fn parse(text: &str) -> Option<i64> {
    let (date, time) = text.split_once('T').unwrap_or((text, "00:00:00Z"));
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let days = days_of(year, month, day);
    if date_of(days) != (year, month, day) {
        return None;
    }
    let time = time.strip_suffix('Z')?;
    let (time, millis) = time.split_once('.').unwrap_or((time, "000"));
    let [hour, minute, second] = numbers(time, ':', [2, 2, 2])?;
    let [millis] = numbers(millis, '.', [3])?;
    let valid = hour < 24 && minute < 60 && second < 60;
    valid.then_some(days * DAY + ((hour * 60 + minute) * 60 + second) * 1000 + millis)
}

/// Exactly `N` numbers of these widths in decimal digits.
fn numbers<const N: usize>(text: &str, separator: char, widths: [usize; N]) -> Option<[i64; N]> {
    let mut parts = text.split(separator);
    let mut numbers = [0; N];
    for (number, width) in numbers.iter_mut().zip(widths) {
        let part = parts.next()?;
        if part.len() != width || !part.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        *number = part.parse().ok()?;
    }
    parts.next().is_none().then_some(numbers)
}

/// Writes times in years 0 to 9999. It remembers the last day, as neighbours in a log mostly share it.
#[derive(Clone, Debug)]
pub struct Clock {
    day: i64,
    text: [u8; 26],
}

impl Default for Clock {
    fn default() -> Self {
        Self { day: 0, text: *b"\"1970-01-01T00:00:00.000Z\"" }
    }
}

impl Clock {
    /// Appends a date-time with its quotes: `"2024-01-01T10:20:30.123Z"`.
    #[inline]
    pub fn put_time(&mut self, millis: i64, out: &mut Vec<u8>) {
        let day = millis.div_euclid(DAY);
        if day != self.day {
            self.day = day;
            self.text[1..11].copy_from_slice(&date(day));
        }
        let of_day = millis.rem_euclid(DAY) as u32;
        let (seconds, millis) = (of_day / 1000, of_day % 1000);
        self.text[12..14].copy_from_slice(&two(seconds / 3600));
        self.text[15..17].copy_from_slice(&two(seconds / 60 % 60));
        self.text[18..20].copy_from_slice(&two(seconds % 60));
        self.text[21] = b'0' + (millis / 100) as u8;
        self.text[22..24].copy_from_slice(&two(millis % 100));
        out.extend_from_slice(&self.text);
    }
}

/// `2024-01-01`, without quotes, for so many days since 1970-01-01.
#[must_use]
pub fn date(days: i64) -> [u8; 10] {
    let (year, month, day) = date_of(days);
    let mut text = *b"0000-00-00";
    text[0..2].copy_from_slice(&two(year as u32 / 100));
    text[2..4].copy_from_slice(&two(year as u32 % 100));
    text[5..7].copy_from_slice(&two(month as u32));
    text[8..10].copy_from_slice(&two(day as u32));
    text
}

/// Two decimal digits of a number below 100.
#[inline]
#[must_use]
pub const fn two(n: u32) -> [u8; 2] {
    [b'0' + (n / 10) as u8, b'0' + (n % 10) as u8]
}
