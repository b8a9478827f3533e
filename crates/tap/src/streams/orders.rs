//! Orders: about 480 bytes a line, with a nested object, an array and a nullable text.

use crate::changes::Change;
use crate::random::Draws;
use crate::streams::pen::Pen;
use crate::streams::words::{
    COUPONS, DOMAINS, FIRST, LAST, MAILBOXES, MIDDLE, PLACES, STATUSES, STREETS, TAGS,
};
use crate::text::Put;

pub(super) fn key(pen: &Pen, change: &Change, out: &mut Vec<u8>) {
    out.put(br#""id":"#);
    out.put_int(pen.id(change));
}

pub(super) fn fields(pen: &mut Pen, change: &Change, out: &mut Vec<u8>) {
    let mut of_key = pen.of_key(pen.id(change));
    let mut of_change = pen.of_change(change);
    // A customer born long enough before the order: there is one, if there are as many customers as orders.
    let customer = pen.first_key + of_key.below(change.key / 4 + 1);
    out.put(br#","customer_id":"#);
    out.put_int(customer);
    out.put(br#","status":""#);
    out.put(of_change.one_of(STATUSES));
    out.put(br#"","amount":"#);
    out.put_hundredths(99 + of_change.below(250_000) as i64);
    put_quantity(pen, change, &mut of_change, out);
    pen.put_created_and_updated(change, out);
    out.put(br#","email":""#);
    out.put(of_key.one_of(MAILBOXES));
    out.push(b'.');
    out.put_int(customer);
    out.put(of_key.one_of(DOMAINS));
    out.put(br#"","is_gift":"#);
    out.put_bool(of_key.below(10) == 0);
    put_note(&mut of_change, out);
    put_address(&mut of_key, out);
    put_tags(&mut of_change, out);
    if pen.is_changed(change) {
        out.put(br#","coupon":"#);
        out.put(of_change.one_of(COUPONS));
    }
}

/// After the change of schema every fourth quantity has a half.
fn put_quantity(pen: &Pen, change: &Change, draws: &mut Draws, out: &mut Vec<u8>) {
    let bits = draws.bits();
    out.put(br#","quantity":"#);
    out.put_int(1 + bits % 12);
    if pen.is_changed(change) && bits >> 62 == 0 {
        out.put(b".5");
    }
}

/// Nothing once in four; else one to three phrases, of which there are enough to make thousands of notes.
fn put_note(draws: &mut Draws, out: &mut Vec<u8>) {
    let bits = draws.bits();
    if bits & 3 == 0 {
        out.put(br#","note":null"#);
        return;
    }
    out.put(br#","note":""#);
    out.put(FIRST[(bits >> 8) as usize % FIRST.len()]);
    if bits & 4 == 0 {
        out.push(b' ');
        out.put(MIDDLE[(bits >> 24) as usize % MIDDLE.len()]);
    }
    if bits & 8 == 0 {
        out.push(b' ');
        out.put(LAST[(bits >> 40) as usize % LAST.len()]);
    }
    out.push(b'"');
}

fn put_address(draws: &mut Draws, out: &mut Vec<u8>) {
    let place = &PLACES[draws.below(PLACES.len() as u64) as usize];
    out.put(br#","address":{"street":""#);
    out.put(draws.one_of(STREETS));
    out.push(b' ');
    out.put_int(1 + draws.below(200));
    out.put(br#"","city":""#);
    out.put(place.city);
    // Within a tenth of a degree of the place.
    out.put(br#"","geo":{"lat":"#);
    out.put_ten_thousandths(place.lat + draws.below(2000) as i64 - 1000);
    out.put(br#","lng":"#);
    out.put_ten_thousandths(place.lng + draws.below(2000) as i64 - 1000);
    out.put(b"}}");
}

/// None to three.
fn put_tags(draws: &mut Draws, out: &mut Vec<u8>) {
    let mut bits = draws.bits();
    out.put(br#","tags":["#);
    let count = bits & 3;
    for n in 0..count {
        bits >>= 8;
        out.put(if n == 0 { b"\"" } else { b",\"" });
        out.put(TAGS[bits as usize % TAGS.len()]);
        out.push(b'"');
    }
    out.push(b']');
}
