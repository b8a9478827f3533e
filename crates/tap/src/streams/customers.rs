//! Customers: names of many scripts, a uuid, a nullable date.

use crate::changes::Change;
use crate::clock;
use crate::streams::pen::Pen;
use crate::streams::words::{COUNTRIES, DOMAINS, FAMILY_NAMES, GIVEN_NAMES, MAILBOXES, TIERS};
use crate::text::Put;

pub(super) fn key(pen: &Pen, change: &Change, out: &mut Vec<u8>) {
    out.put(br#""id":"#);
    out.put_int(pen.id(change));
}

pub(super) fn fields(pen: &mut Pen, change: &Change, out: &mut Vec<u8>) {
    let id = pen.id(change);
    let mut of_key = pen.of_key(id);
    let mut of_change = pen.of_change(change);
    out.put(br#","name":""#);
    out.put(of_key.one_of(GIVEN_NAMES).as_bytes());
    out.push(b' ');
    out.put(of_key.one_of(FAMILY_NAMES).as_bytes());
    out.put(br#"","email":""#);
    out.put(of_key.one_of(MAILBOXES));
    out.push(b'.');
    out.put_int(id);
    out.put(of_key.one_of(DOMAINS));
    out.put(br#"","country":""#);
    out.put(of_key.one_of(COUNTRIES));
    out.put(br#"","vip":"#);
    out.put_bool(of_change.below(20) == 0);
    out.put(br#","balance":"#);
    out.put_hundredths(of_change.below(2_000_000) as i64 - 500_000);
    let birthday = of_key.below(24_000) as i64;
    if of_key.below(8) == 0 {
        out.put(br#","birthday":null"#);
    } else {
        out.put(br#","birthday":""#);
        out.put(&clock::date(clock::days_of(1940, 1, 1) + birthday));
        out.push(b'"');
    }
    put_uuid(of_key.bits(), of_key.bits(), out);
    pen.put_created_and_updated(change, out);
    if pen.is_changed(change) {
        out.put(br#","loyalty_tier":"#);
        out.put(of_change.one_of(TIERS));
    }
}

/// A random UUID: version 4 of the variant 10 of RFC 9562.
fn put_uuid(high: u64, low: u64, out: &mut Vec<u8>) {
    out.put(br#","external_id":""#);
    out.put_hex(high >> 32, 8);
    out.push(b'-');
    out.put_hex(high >> 16, 4);
    out.put(b"-4");
    out.put_hex(high, 3);
    out.push(b'-');
    out.put_hex(0x8000 | (low >> 50), 4);
    out.push(b'-');
    out.put_hex(low, 12);
    out.push(b'"');
}
