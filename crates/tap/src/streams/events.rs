//! Events: a composite key, an untyped payload, a time of day, numbers in all spellings that JSON has.

use crate::changes::Change;
use crate::clock::two;
use crate::random::Draws;
use crate::streams::pen::Pen;
use crate::streams::words::{KINDS, RATIOS, SOURCES, TEXTS};
use crate::text::Put;

/// Each source counts its own events, so that only both together are a key.
pub(super) fn key(pen: &Pen, change: &Change, out: &mut Vec<u8>) {
    let sources = SOURCES.len() as u64;
    out.put(br#""source":""#);
    out.put(SOURCES[(change.key % sources) as usize]);
    out.put(br#"","event_id":"#);
    out.put_int(pen.first_key + change.key / sources);
}

pub(super) fn fields(pen: &mut Pen, change: &Change, out: &mut Vec<u8>) {
    let mut draws = pen.of_change(change);
    out.put(br#","kind":""#);
    out.put(draws.one_of(KINDS));
    out.put(br#"","occurred_at":"#);
    pen.put_time_of(change.position, out);
    put_payload(&mut draws, out);
    put_duration(&mut draws, out);
    out.put(br#","ratio":"#);
    out.put(draws.one_of(RATIOS));
    if pen.is_changed(change) {
        out.put(br#","session":"#);
        if draws.below(4) == 0 {
            out.put(b"null");
        } else {
            out.push(b'"');
            out.put_hex(draws.bits(), 12);
            out.push(b'"');
        }
    }
}

/// One of each kind of JSON value.
fn put_payload(draws: &mut Draws, out: &mut Vec<u8>) {
    let n = draws.below(100_000);
    let text = draws.one_of(TEXTS);
    out.put(br#","payload":"#);
    match draws.below(8) {
        0 => out.put(b"null"),
        1 => out.put_bool(n.is_multiple_of(2)),
        2 => out.put_hundredths(n as i64 - 50_000),
        // Above 2⁵³, where a double no longer tells neighbours apart.
        3 => out.put_int(9_007_199_254_740_993 + n),
        4 => {
            out.push(b'"');
            out.put(text);
            out.push(b'"');
        }
        5 => {
            out.put(b"[1,null,\"");
            out.put(text);
            out.put(b"\",{\"n\":");
            out.put_int(n);
            out.put(b"},[]]");
        }
        _ => {
            out.put(br#"{"path":"/items/"#);
            out.put_int(n);
            out.put(br#"","text":""#);
            out.put(text);
            out.put(br#"","nested":{"ok":true,"none":null,"list":["#);
            out.put_int(n % 7);
            out.put(b",");
            out.put_hundredths(n as i64);
            out.put(b"]}}");
        }
    }
}

/// `"00:12:34.250"`, or nothing once in four.
fn put_duration(draws: &mut Draws, out: &mut Vec<u8>) {
    let millis = draws.below(3_600_000) as u32;
    if draws.below(4) == 0 {
        out.put(br#","duration":null"#);
        return;
    }
    out.put(br#","duration":"00:"#);
    out.put(&two(millis / 60_000));
    out.push(b':');
    out.put(&two(millis / 1000 % 60));
    out.push(b'.');
    out.put(&two(millis % 1000 / 10));
    out.put(b"0\"");
}
