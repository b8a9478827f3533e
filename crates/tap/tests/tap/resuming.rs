//! Going on from a STATE.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tap::state::State;

use crate::{bytes, is_record, lines, mixtures, resumed, state_of};

#[test]
fn going_on_from_any_state_gives_the_same_tail() {
    for settings in mixtures() {
        let whole = bytes(&settings);
        let lines = lines(&whole);
        for (n, line) in lines.iter().enumerate() {
            let Some(state) = state_of(line) else { continue };
            // SCHEMAs come again at the beginning, and ACTIVATE_VERSION at the end of streams that were done.
            let kept = |line: &&[u8]| is_record(line) || state_of(line).is_some();
            let tail: Vec<_> = lines[n + 1..].iter().copied().filter(kept).collect();
            let again = resumed(&settings, state);
            let again: Vec<_> = crate::lines(&again).into_iter().filter(kept).map(<[u8]>::to_vec).collect();
            // The last STATE is always written, so that a run that has nothing to do says so.
            if n + 1 == lines.len() {
                assert_eq!(again, [line.to_vec()], "{settings}");
            } else {
                assert_eq!(again, tail, "after line {n} of {settings}");
            }
        }
    }
}

#[test]
fn an_overlap_sends_so_many_records_again() {
    for settings in mixtures() {
        let mut overlapping = settings.clone();
        overlapping["overlap"] = 45.into();
        overlapping["state_every"] = 0.into();
        overlapping["streams"] = "events".into();
        let mut settings = settings;
        settings["streams"] = "events".into();
        // Copies take turns, and each goes back by itself.
        settings["streams_copies"] = 1.into();
        overlapping["streams_copies"] = 1.into();
        let whole = bytes(&settings);
        let lines = lines(&whole);
        for (n, line) in lines.iter().enumerate() {
            let Some(state) = state_of(line) else { continue };
            let records = |lines: &[&[u8]]| {
                lines.iter().filter(|l| is_record(l)).map(|l| l.to_vec()).collect::<Vec<_>>()
            };
            let (before, after) = (records(&lines[..n]), records(&lines[n..]));
            let expected = [&before[before.len().saturating_sub(45)..], &after[..]].concat();
            assert_eq!(records(&crate::lines(&resumed(&overlapping, state))), expected, "{settings}");
        }
    }
}

#[test]
fn more_rows_after_the_end_lose_nothing() {
    for settings in mixtures() {
        let before = bytes(&settings);
        for line in lines(&before) {
            let Some(state) = state_of(line) else { continue };
            let mut more = settings.clone();
            more["rows"] = 333.into();
            let sent_before = before[..line.as_ptr() as usize - before.as_ptr() as usize].to_vec();
            let mut sent = records(&sent_before);
            sent.extend(records(&resumed(&more, state)));
            let streams = sent.iter().map(|(stream, _)| stream).collect::<BTreeSet<_>>().len();
            assert_eq!(sent.len(), streams * 333, "{settings}");
        }
    }
}

#[test]
fn more_rows_after_a_plain_end_send_only_the_new_ones() {
    let state = |rows: u32| lines(&bytes(&json!({"rows": rows}))).last().and_then(|line| state_of(line));
    let state = state(1500).expect("a STATE at the end");
    let all = resumed(&json!({"rows": 2200}), state);
    assert_eq!(lines(&all).into_iter().filter(|line| is_record(line)).count(), 3 * 700);
}

#[test]
fn another_order_of_emission_loses_nothing_either() {
    let first = json!({"streams": "orders", "rows": 500, "window": 64, "late": 0.3, "late_windows": 2, "state_every": 90});
    let second = json!({"streams": "orders", "rows": 500, "window": 100, "shuffle": true, "duplicates": 0.1});
    let before = bytes(&first);
    for (n, line) in lines(&before).into_iter().enumerate() {
        let Some(state) = state_of(line) else { continue };
        let mut sent = records(&lines(&before)[..n].concat());
        sent.extend(records(&resumed(&second, state)));
        assert_eq!(sent.len(), 500, "after line {n}");
    }
}

#[test]
fn bookmarks_of_other_streams_are_kept() {
    let other = json!({"bookmarks": {"elsewhere": {"since": 3}}, "more": 1});
    let state = State::new(other.clone()).expect("a state");
    let all = resumed(&json!({"streams": "orders", "rows": 2}), state);
    let last = lines(&all).last().and_then(|line| state_of(line)).expect("a STATE at the end");
    assert_eq!(last.value()["bookmarks"]["elsewhere"], other["bookmarks"]["elsewhere"]);
    assert_eq!(last.value()["more"], 1);
}

/// Streams and sequences of the records.
fn records(bytes: &[u8]) -> BTreeSet<(String, u64)> {
    let records = lines(bytes).into_iter().filter(|line| is_record(line));
    records
        .map(|line| {
            let message: Value = serde_json::from_slice(line).expect("JSON");
            (message["stream"].to_string(), message["sequence"].as_u64().expect("a sequence"))
        })
        .collect()
}
