//! Numbers against arithmetic on digit strings.

use proptest::prelude::*;
use std::cmp::Ordering;

use target::number::{Multiple, Parts, compare, double, integer, is_integral, parts, plain, scaled};

use crate::support::dice::cases;

/// A number with its point written out: no zero at the start of the whole part, none at the end of the fraction, no sign on zero.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Exact {
    negative: bool,
    whole: String,
    fraction: String,
}

/// Moves the point digit by digit, as one would by hand.
fn exact(text: &str) -> Exact {
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let (mut whole, mut fraction) = (whole.to_owned(), fraction.to_owned());
    let exponent: i32 = exponent.parse().unwrap();
    for _ in 0..exponent {
        whole.push(if fraction.is_empty() { '0' } else { fraction.remove(0) });
    }
    for _ in exponent..0 {
        fraction.insert(0, whole.pop().unwrap_or('0'));
    }
    let whole = whole.trim_start_matches('0').to_owned();
    let fraction = fraction.trim_end_matches('0').to_owned();
    Exact { negative: negative && !(whole.is_empty() && fraction.is_empty()), whole, fraction }
}

impl Exact {
    /// The number times `10^scale`, where no digit of the fraction is left.
    fn scaled(&self, scale: usize) -> Option<i128> {
        let padding = scale.checked_sub(self.fraction.len())?;
        let digits = format!("0{}{}{}", self.whole, self.fraction, "0".repeat(padding));
        let value: i128 = digits.parse().ok()?;
        Some(if self.negative { -value } else { value })
    }

    fn text(&self) -> String {
        let sign = if self.negative { "-" } else { "" };
        let whole = if self.whole.is_empty() { "0" } else { &self.whole };
        let point = if self.fraction.is_empty() { "" } else { "." };
        format!("{sign}{whole}{point}{}", self.fraction)
    }
}

fn numbers() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => "-?(0|[1-9][0-9]{0,22})(\\.[0-9]{1,22})?([eE][+-]?[0-9]{1,2})?",
        1 => "-?(0|[1-9]0{0,20})(\\.0{0,20}[0-9])?([eE][+-]?[0-4]?[0-9])?",
        1 => "-?(0|[1-9][0-9]{0,18})",
        1 => any::<i64>().prop_map(|value| value.to_string()),
        1 => any::<f64>().prop_filter("a JSON number", |value| value.is_finite()).prop_map(|value| format!("{value:e}")),
        1 => (any::<f64>(), 0..30_usize).prop_filter("a JSON number", |(value, _)| value.abs() < 1e20)
            .prop_map(|(value, digits)| format!("{value:.digits$}")),
    ]
}

/// Whether `text` is how a double is written: with the fewest digits that give it back, and of those the closest. Where two are
/// equally close, writers differ in which one they take: Rust one, serde_json, Python and JavaScript the even one.
fn faithful(value: f64, text: &str) -> bool {
    let written = [value.to_string(), serde_json::to_string(&value).unwrap()];
    value.is_finite() && written.iter().any(|written| exact(written) == exact(text))
}

/// The same number in another spelling.
fn respelled() -> impl Strategy<Value = (String, String)> {
    (numbers(), 0..6_usize, -40..40_i32, any::<bool>()).prop_map(|(text, zeros, shift, upper)| {
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((&text, "0"));
        let exponent: i32 = exponent.parse().unwrap();
        let point = if mantissa.contains('.') { "" } else { ".0" };
        let moved = exact(&format!("{mantissa}e{shift}")).text();
        let moved = if moved.contains('.') { moved + &"0".repeat(zeros) } else { moved };
        let other = match zeros {
            0 => format!("{mantissa}{point}e{exponent:+}"),
            _ => format!("{moved}{}{}", if upper { 'E' } else { 'e' }, exponent - shift),
        };
        (text, other)
    })
}

proptest! {
    #![proptest_config(cases(1500))]

    #[test]
    fn a_number_is_taken_apart_into_what_it_is(text in numbers()) {
        let Parts { negative, digits, exponent } = parts(&text);
        let digits = String::from_utf8(digits.iter().collect()).unwrap();
        prop_assert!(!digits.starts_with('0') && !digits.ends_with('0'));
        let again = format!("{}{}e{exponent}", if negative { "-" } else { "" }, if digits.is_empty() { "0" } else { &digits });
        prop_assert_eq!(exact(&again), exact(&text));
        prop_assert_eq!(negative, exact(&text).negative);
    }

    #[test]
    fn whole_numbers_are_told_by_their_digits(text in numbers()) {
        let exact = exact(&text);
        prop_assert_eq!(is_integral(&text), exact.fraction.is_empty());
        prop_assert_eq!(integer(&text), exact.scaled(0).and_then(|value| i64::try_from(value).ok()));
    }

    #[test]
    fn a_number_is_scaled_exactly_or_not_at_all(text in numbers(), scale in 0..39_u8) {
        prop_assert_eq!(scaled(&text, scale), exact(&text).scaled(usize::from(scale)));
    }

    #[test]
    fn a_double_is_taken_exactly_where_its_shortest_digits_are_those_that_were_sent(text in numbers()) {
        let value: f64 = text.parse().unwrap();
        prop_assert_eq!(double(&text), faithful(value, &text).then_some(value));
    }

    #[test]
    fn every_double_is_taken_as_it_is_written(value in any::<f64>()) {
        prop_assume!(value.is_finite());
        for text in [format!("{value}"), format!("{value:e}"), serde_json::to_string(&value).unwrap()] {
            prop_assert_eq!(double(&text), Some(value), "{}", text);
        }
    }

    #[test]
    fn plain_digits_are_those_of_the_number(text in numbers()) {
        prop_assert_eq!(plain(&text, 1000), Some(exact(&text).text()));
    }

    #[test]
    fn equal_numbers_have_equal_plain_digits((one, other) in respelled()) {
        prop_assert_eq!(exact(&one), exact(&other), "the test is wrong");
        prop_assert_eq!(plain(&one, 1000), plain(&other, 1000));
        prop_assert_eq!(parts(&one), parts(&other));
    }

    #[test]
    fn different_numbers_have_different_plain_digits(one in numbers(), other in numbers()) {
        prop_assert_eq!(plain(&one, 1000) == plain(&other, 1000), exact(&one) == exact(&other));
    }

    #[test]
    fn numbers_compare_as_their_digits_with_the_points_in_line(one in numbers(), other in numbers(), same in any::<bool>()) {
        let other = if same { format!("{}0000000000000000000001", exact(&one).text() + if exact(&one).fraction.is_empty() { "." } else { "" }) } else { other };
        let (a, b) = (exact(&one), exact(&other));
        let whole = a.whole.len().max(b.whole.len());
        let fraction = a.fraction.len().max(b.fraction.len());
        let line = |number: &Exact| format!("{:0>whole$}{:0<fraction$}", number.whole, number.fraction);
        let expected = match (a.negative, b.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => line(&a).cmp(&line(&b)),
            (true, true) => line(&b).cmp(&line(&a)),
        };
        prop_assert_eq!(compare(&one, &other), expected, "{} and {}", one, other);
        prop_assert_eq!(compare(&other, &one), expected.reverse());
        prop_assert_eq!(compare(&one, &exact(&one).text()), Ordering::Equal);
    }

    #[test]
    fn a_multiple_of_a_number_is_one_and_its_neighbour_is_none(digits in 2..1_000_000_u64, scale in 0..30_i32, times in any::<i64>(), off in 1..1_000_000_u64) {
        let multiple = Multiple::read(&format!("{digits}e-{scale}")).unwrap();
        let product = i128::from(digits) * i128::from(times);
        let off = i128::from(off % digits);
        let shifted = |value: i128| format!("{value}e-{scale}");
        prop_assert!(multiple.divides(&shifted(product)));
        prop_assert!(multiple.divides(&exact(&shifted(product)).text()));
        prop_assert_eq!(multiple.divides(&shifted(product + off)), off == 0);
    }

    #[test]
    fn plain_digits_keep_to_their_limit_on_either_side_of_the_point(text in numbers(), limit in 1..60_usize) {
        let length = exact(&text).text().len();
        let plain = plain(&text, limit);
        prop_assert!(plain.is_some() || length > limit, "{} characters of {}", length, text);
        // The limit is one of digits on either side of the point.
        prop_assert!(plain.is_none_or(|plain| plain.len() <= 2 * limit + 3), "{}", text);
    }
}

#[track_caller]
fn check(text: &str, expected: Option<i64>) {
    assert_eq!(integer(text), expected, "{text}");
}

#[test]
fn integers_are_these() {
    check("0", Some(0));
    check("-0", Some(0));
    check("-0.0e7", Some(0));
    check("1.0", Some(1));
    check("1e3", Some(1000));
    check("10.00E-1", Some(1));
    check("9223372036854775807", Some(i64::MAX));
    check("-9223372036854775808", Some(i64::MIN));
    check("-9.223372036854775808e18", Some(i64::MIN));
    check("9223372036854775808", None);
    check("-9223372036854775809", None);
    check("1.5", None);
    check("1e19", None);
    check("1e-1", None);
}

#[test]
fn an_exponent_of_any_length_costs_nothing() {
    let nines = "9".repeat(100_000);
    for huge in ["999999999", "99999999999999999999999", nines.as_str()] {
        let (large, small) = (format!("-1.5e{huge}"), format!("15E-{huge}"));
        assert!(is_integral(&large) && !is_integral(&small));
        for text in [&large, &small] {
            assert_eq!(
                (integer(text), scaled(text, 38), double(text), plain(text, 16_000)),
                (None, None, None, None)
            );
        }
        let zero = format!("0.000e{huge}");
        assert_eq!((integer(&zero), scaled(&zero, 2), double(&zero)), (Some(0), Some(0), Some(0.0)));
        assert_eq!(plain(&zero, 1).as_deref(), Some("0"));
    }
}

#[test]
fn digits_beyond_a_double_are_refused_and_digits_within_are_not() {
    for text in
        ["0.1", "0.10", "1e308", "5e-324", "123456789012345", "9007199254740993e0", "1.7976931348623157e308"]
    {
        let expected = (text != "9007199254740993e0").then(|| text.parse().unwrap());
        assert_eq!(double(text), expected, "{text}");
    }
    for text in
        ["9007199254740993", "0.1234567890123456789", "1e309", "1e-325", "4e-324", "1.00000000000000001"]
    {
        assert_eq!(double(text), None, "{text}");
    }
}

/// Exactly 1005559505496150.25: both of these give the double back, and neither is closer.
#[test]
fn of_two_shortest_ways_to_write_a_double_either_is_taken() {
    for text in ["1005559505496150.2", "1005559505496150.3"] {
        assert_eq!(double(text), Some(4_022_238_021_984_601_f64 / 4.0), "{text}");
    }
    assert_eq!(double("1005559505496150.25"), None, "more digits than the shortest");
}

#[test]
fn zero_has_no_sign_in_plain_digits() {
    for text in ["0", "-0", "0.0", "-0e9", "-0.000E-5"] {
        assert_eq!(plain(text, 10).as_deref(), Some("0"), "{text}");
    }
}
