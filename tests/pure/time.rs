//! Dates and times against jiff, in every spelling that is taken; everything else is refused, and nothing panics.

use std::time::Duration;

use jiff::civil;
use proptest::prelude::*;
use target::time::{TimeError, date, rfc3339, time, timestamp};

use super::in_a_process_of_its_own;
use crate::support::dice::cases;

const SECOND: i64 = 1_000_000;

/// Days since 1970-01-01, as jiff counts them.
fn jiff_days(date: civil::Date) -> i64 {
    let span = civil::date(1970, 1, 1).until(date).unwrap();
    i64::from(span.get_days())
}

/// A moment: a day, the time of day, microseconds, and minutes east of UTC.
#[derive(Clone, Copy, Debug)]
struct Moment {
    date: civil::Date,
    clock: (i64, i64, i64),
    micros: i64,
    east: i64,
}

impl Moment {
    fn time(self) -> i64 {
        let (hour, minute, second) = self.clock;
        ((hour * 60 + minute) * 60 + second) * SECOND + self.micros
    }

    fn instant(self) -> i64 {
        jiff_days(self.date) * 86_400 * SECOND + self.time() - self.east * 60 * SECOND
    }
}

fn days() -> impl Strategy<Value = civil::Date> {
    let edges = [
        (1, 1, 1),
        (9999, 12, 31),
        (1900, 2, 28),
        (1900, 3, 1),
        (2000, 2, 29),
        (2000, 3, 1),
        (2024, 2, 29),
        (2023, 2, 28),
        (1969, 12, 31),
        (1970, 1, 1),
        (4, 2, 29),
        (100, 2, 28),
        (400, 2, 29),
        (2038, 1, 19),
    ];
    prop_oneof![
        1 => prop::sample::select(edges.map(|(y, m, d)| civil::date(y, m, d)).to_vec()),
        4 => (1..=9999_i16, 1..=12_i8, 1..=31_i8).prop_map(|(year, month, day)| {
            let first = civil::date(year, month, 1);
            civil::date(year, month, day.min(first.days_in_month()))
        }),
    ]
}

fn moments() -> impl Strategy<Value = Moment> {
    let micros =
        prop_oneof![Just(0), Just(999_999), 0..1_000_000_i64, (0..1000_i64).prop_map(|millis| millis * 1000)];
    let east = prop_oneof![Just(0), -23 * 60 - 59..=23 * 60 + 59_i64];
    (days(), (0..24_i64, 0..60_i64, 0..60_i64), micros, east).prop_map(|(date, clock, micros, east)| Moment {
        date,
        clock,
        micros,
        east,
    })
}

/// Ways to write a moment.
#[derive(Clone, Copy, Debug)]
struct Spelling {
    between: char,
    /// Digits of the fraction beyond those that are needed.
    zeros: usize,
    comma: bool,
    offset: u8,
}

fn spellings() -> impl Strategy<Value = Spelling> {
    (prop::sample::select(vec!['T', 't', ' ']), 0..4_usize, any::<bool>(), any::<u8>())
        .prop_map(|(between, zeros, comma, offset)| Spelling { between, zeros, comma, offset })
}

fn clock(moment: Moment, spelling: Spelling) -> String {
    let (hour, minute, second) = moment.clock;
    let mut text = format!("{hour:02}:{minute:02}");
    if second == 0 && moment.micros == 0 && spelling.zeros == 3 {
        return text;
    }
    text += &format!(":{second:02}");
    let fraction = format!("{:06}", moment.micros);
    let fraction = fraction.trim_end_matches('0').to_owned() + &"0".repeat(spelling.zeros);
    if !fraction.is_empty() {
        text += if spelling.comma { "," } else { "." };
        text += &fraction;
    }
    text
}

fn offset(east: i64, spelling: Spelling) -> String {
    let (hours, minutes) = (east.abs() / 60, east.abs() % 60);
    let sign = if east < 0 { '-' } else { '+' };
    match (spelling.offset % 4, east, spelling.offset / 4 % 5) {
        (0, 0, 0) => String::new(),
        (0, 0, 1) => "Z".to_owned(),
        (0, 0, 2) => "z".to_owned(),
        (0, 0, 3) => " UTC".to_owned(),
        (0, 0, _) => "-00:00".to_owned(),
        (1, ..) if minutes == 0 => format!("{sign}{hours:02}"),
        (2, ..) => format!("{sign}{hours:02}{minutes:02}"),
        (3, ..) => format!(" {sign}{hours:02}:{minutes:02}"),
        _ => format!("{sign}{hours:02}:{minutes:02}"),
    }
}

proptest! {
    #![proptest_config(cases(2000))]

    #[test]
    fn an_instant_is_what_jiff_says_in_every_spelling(moment in moments(), spelling in spellings()) {
        let text = format!("{}{}{}{}", moment.date, spelling.between, clock(moment, spelling), offset(moment.east, spelling));
        prop_assert_eq!(timestamp(&text), Ok(moment.instant()), "{}", text);
    }

    #[test]
    fn an_instant_of_rfc_3339_is_what_jiff_reads(moment in moments()) {
        let spelling = Spelling { between: 'T', zeros: 0, comma: false, offset: 7 };
        let text = format!("{}T{}{}", moment.date, clock(moment, spelling), offset(moment.east, spelling));
        // jiff's instants end one day before the year 10000, and not all offsets are within its limits.
        if let Ok(read) = text.parse::<jiff::Timestamp>() {
            prop_assert_eq!(timestamp(&text), Ok(read.as_microsecond()), "{}", text);
        }
    }

    #[test]
    fn an_instant_is_written_as_it_is_read(micros in -62_135_596_800_000_000..253_402_300_800_000_000_i64) {
        let text = rfc3339(micros);
        prop_assert_eq!(timestamp(&text), Ok(micros), "{}", text);
        if let Ok(read) = text.parse::<jiff::Timestamp>() {
            prop_assert_eq!(format!("{read:.6}"), text);
        }
    }

    #[test]
    fn a_day_is_what_jiff_says(day in days(), spelling in spellings()) {
        prop_assert_eq!(date(&day.to_string()), Ok(i32::try_from(jiff_days(day)).unwrap()));
        prop_assert_eq!(timestamp(&day.to_string()), Ok(jiff_days(day) * 86_400 * SECOND));
        let midnight = Moment { date: day, clock: (0, 0, 0), micros: 0, east: 0 };
        let text = format!("{day}{}{}{}", spelling.between, clock(midnight, spelling), offset(0, spelling));
        prop_assert_eq!(date(&text), Ok(i32::try_from(jiff_days(day)).unwrap()), "{}", text);
    }

    #[test]
    fn a_day_with_a_time_is_no_day(moment in moments(), spelling in spellings()) {
        prop_assume!(moment.time() != 0 || moment.east != 0);
        let text = format!("{}T{}{}", moment.date, clock(moment, spelling), offset(moment.east, spelling));
        prop_assert_eq!(date(&text), Err(TimeError::TooPrecise), "{}", text);
    }

    #[test]
    fn a_time_of_day_is_its_microseconds(moment in moments(), spelling in spellings()) {
        let text = clock(moment, spelling) + &offset(0, spelling);
        prop_assert_eq!(time(&text), Ok(moment.time()), "{}", text);
        let elsewhere = clock(moment, spelling) + "+01:00";
        prop_assert_eq!(time(&elsewhere), Err(TimeError::Malformed));
    }

    #[test]
    fn digits_beyond_the_microsecond_are_refused_unless_they_are_zeros(moment in moments(), beyond in 1..1000_i64) {
        let (hour, minute, second) = moment.clock;
        let text = format!("{}T{hour:02}:{minute:02}:{second:02}.{:06}{beyond:03}Z", moment.date, moment.micros);
        prop_assert_eq!(timestamp(&text), Err(TimeError::TooPrecise));
        prop_assert_eq!(time(&text[11..]), Err(TimeError::TooPrecise));
    }

    #[test]
    fn a_month_has_as_many_days_as_jiff_gives_it(year in 1..=9999_i16, month in 1..=12_i8, day in 0..=99_i8) {
        let exists = civil::Date::new(year, month, day).is_ok();
        let text = format!("{year:04}-{month:02}-{day:02}");
        prop_assert_eq!(date(&text).is_ok(), exists, "{}", text);
        prop_assert_eq!(timestamp(&text).is_ok(), exists, "{}", text);
    }

    #[test]
    fn no_text_makes_them_panic(any_text in any::<String>(), near in "[0-9TtZz:.,+ -]{0,32}") {
        for text in [any_text, near] {
            let _ = (timestamp(&text), date(&text), time(&text));
        }
    }

    #[test]
    fn a_changed_byte_is_refused_or_means_what_it_says(moment in moments(), at in any::<prop::sample::Index>(), new in "[0-9TtZz:., +UTCé-]") {
        let spelling = Spelling { between: 'T', zeros: 0, comma: false, offset: 7 };
        let text = format!("{}T{}{}", moment.date, clock(moment, spelling), offset(moment.east, spelling));
        let at = at.index(text.len());
        let changed = format!("{}{new}{}", &text[..at], &text[at + 1..]);
        // Where both take it, both mean the same.
        if let (Ok(ours), Ok(read)) = (timestamp(&changed), changed.parse::<jiff::Timestamp>()) {
            prop_assert_eq!(ours, read.as_microsecond(), "{}", changed);
        }
    }
}

#[track_caller]
fn check(text: &str, expected: &str) {
    let expected: jiff::Timestamp = expected.parse().unwrap();
    assert_eq!(timestamp(text), Ok(expected.as_microsecond()), "{text}");
}

#[test]
fn what_taps_send_is_taken() {
    check("2024-02-29T23:59:59.999999Z", "2024-02-29T23:59:59.999999Z");
    check("2024-02-29T23:59:59.999999000Z", "2024-02-29T23:59:59.999999Z");
    check("2024-01-01 00:00:00", "2024-01-01T00:00:00Z");
    check("2024-01-01t00:00:00z", "2024-01-01T00:00:00Z");
    check("2024-01-01T00:00:00+02", "2023-12-31T22:00:00Z");
    check("2024-01-01T00:00:00+0530", "2023-12-31T18:30:00Z");
    check("2024-01-01T00:00:00-08:00", "2024-01-01T08:00:00Z");
    check("2024-01-01T00:00:00 +00:00", "2024-01-01T00:00:00Z");
    check("2024-01-01 00:00:00 UTC", "2024-01-01T00:00:00Z");
    check("2024-01-01T10:20", "2024-01-01T10:20:00Z");
    check("2024-01-01", "2024-01-01T00:00:00Z");
    check("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z");
    check("1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z");
}

#[test]
fn edges_beyond_what_a_year_of_four_digits_can_write_are_instants_too() {
    let end = jiff_days(civil::date(9999, 12, 31)) * 86_400 * SECOND;
    assert_eq!(timestamp("9999-12-31T23:59:59.999999Z"), Ok(end + 86_400 * SECOND - 1));
    assert_eq!(
        timestamp("9999-12-31T23:00:00-23:59"),
        Ok(end + 23 * 3600 * SECOND + (23 * 60 + 59) * 60 * SECOND)
    );
    let start = jiff_days(civil::date(1, 1, 1)) * 86_400 * SECOND;
    assert_eq!(timestamp("0001-01-01T00:00:00+01:00"), Ok(start - 3600 * SECOND));
}

#[test]
fn what_is_no_date_or_time_is_refused() {
    let instants = [
        "",
        "2024",
        "2024-01",
        "2024-13-01",
        "2024-00-01",
        "2024-04-31",
        "2024-01-00",
        "2024-01-32",
        "2023-02-29",
        "1900-02-29",
        "0000-01-01",
        "24-01-01",
        "2024-1-01",
        "2024/01/01",
        "20240101",
        "-2024-01-01",
        "+2024-01-01",
        "12024-01-01",
        "2024-01-01T",
        "2024-01-01T24:00:00Z",
        "2024-01-01T23:60:00Z",
        "2024-01-01T23:59:60Z",
        "2024-01-01T1:00:00Z",
        "2024-01-01T10",
        "2024-01-01T10:00:0",
        "2024-01-01T10:00:00.",
        "2024-01-01T10:00:00.Z",
        "2024-01-01T10:00:00Zx",
        "2024-01-01T10:00:00ZZ",
        "2024-01-01T10:00:00+",
        "2024-01-01T10:00:00+1",
        "2024-01-01T10:00:00+100",
        "2024-01-01T10:00:00+24:00",
        "2024-01-01T10:00:00+01:60",
        "2024-01-01T10:00:00+01:",
        "2024-01-01T10:00:00*01:00",
        "2024-01-01T10:00:00+01:00:00",
        "2024-01-01T10:00:00 ",
        " 2024-01-01T10:00:00",
        "2024-01-01_10:00:00",
        "2024-01-01T10:00:00 PST",
        "2024-01-01T10:00:00 UTCx",
        "２024-01-01",
        "2024-01-01T10:00:00é",
        "null",
        "1704067200",
    ];
    for text in instants {
        assert_eq!(timestamp(text), Err(TimeError::Malformed), "{text:?}");
    }
    for text in ["", "2024-02-30", "2024-01-01x", "2024-01-01T", "2024-01-01Z", "20240101"] {
        assert_eq!(date(text), Err(TimeError::Malformed), "{text:?}");
    }
    for text in
        ["", "24:00:00", "10:60", "10", "10:00:60", "1:00:00", "10:00:00x", "10:00:00-00:30", "2024-01-01"]
    {
        assert_eq!(time(text), Err(TimeError::Malformed), "{text:?}");
    }
}

/// `10:30.5` is half past ten and half a minute, by ISO 8601: to take it for half a second would change it.
#[test]
fn a_fraction_is_one_of_seconds_that_are_there() {
    for text in ["2024-01-01T10:30.5Z", "2024-01-01T10:30,25"] {
        assert_eq!(timestamp(text), Err(TimeError::Malformed), "{text:?}");
    }
    assert_eq!(time("10:30.5"), Err(TimeError::Malformed));
}

#[test]
fn any_number_of_spaces_before_the_offset_needs_no_stack() {
    const NAME: &str = "pure::time::any_number_of_spaces_before_the_offset_needs_no_stack";
    if in_a_process_of_its_own(NAME, Duration::from_secs(20)) {
        let text = format!("2024-01-01T00:00:00{}x", " ".repeat(4 << 20));
        assert_eq!(timestamp(&text), Err(TimeError::Malformed));
    }
}
