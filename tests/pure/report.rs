//! What a person reads.

use target::error::Error;
use target::report::Report;

#[test]
fn a_name_that_would_command_the_terminal_is_shown_with_its_escapes() {
    let mut out = Vec::new();
    let mut report = Report::new(&mut out, false);
    report.note("orders\u{1b}[2J: loaded\r");
    report.error(&Error::input("no \u{7}").hint("see\n  line \u{9b}2J"));
    drop(report);
    let expected = "target: orders\\u{1b}[2J: loaded\\r\ntarget: no \\u{7}\n  hint: see\n  line \\u{9b}2J\n";
    assert_eq!(String::from_utf8(out).unwrap(), expected);
}

#[test]
fn the_summary_says_how_many_records_a_filter_left_out() {
    let mut out = Vec::new();
    let mut report = Report::new(&mut out, false);
    report.filtered("orders", 1_200);
    report.filtered("orders", 34);
    report.summary(std::time::Duration::from_secs(1));
    drop(report);
    let said = String::from_utf8(out).unwrap();
    assert!(said.contains("\norders: records that its filter left out: 1,234\n"), "{said}");
}
