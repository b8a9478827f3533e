//! What is shown while a load goes on.

use std::collections::BTreeMap;

use serde_json::json;
use target::clock::Now;
use target::destination::memory::Memory;
use target::flush::{Counts, StreamCounts};
use target::report::progress::{Progress, newest};

use super::stage::{self, Loader};
use crate::support::messages::*;

fn after(seconds: i64) -> Now {
    Now::from_nanos(stage::START + seconds * 1_000_000_000)
}

fn counts(streams: &[(&str, u64, u64)]) -> StreamCounts {
    let counts = streams.iter().map(|&(stream, received, bytes)| {
        (stream.to_owned(), Counts { received, bytes, ..Counts::default() })
    });
    counts.collect()
}

#[test]
fn a_stream_has_its_rows_its_pace_and_how_far_it_is_behind_the_tap() {
    let mut progress = Progress::new(after(0));
    assert_eq!((progress.streams().len(), progress.whole().as_str()), (0, "nothing is committed yet"));
    let read = BTreeMap::from([("a".to_owned(), after(7).micros())]);
    progress.commit(&counts(&[("a", 20_000, 40_000_000)]), &read, after(10));
    assert_eq!(progress.streams(), ["a  20,000 rows  2,000 rows/s  4.0 MB/s  3.0 s behind"]);
    // A stream that comes later has not been slow before.
    progress.commit(&counts(&[("long name", 1, 5_000_000)]), &BTreeMap::new(), after(20));
    assert_eq!(
        progress.streams(),
        [
            "a          20,000 rows  2,000 rows/s  4.0 MB/s  3.0 s behind",
            "long name        1 row      0 rows/s  0.5 MB/s",
        ]
    );
    assert_eq!(progress.whole(), "20,001 rows, 1,000 rows/s, 2.2 MB/s, 2 commits");
}

#[test]
fn of_many_streams_those_are_shown_that_moved_last() {
    let mut progress = Progress::new(after(0));
    for number in 0..20 {
        let stream = format!("s{number:02}");
        progress.commit(&counts(&[(stream.as_str(), 1, 1)]), &BTreeMap::new(), after(number));
    }
    let shown = progress.streams();
    assert_eq!(shown.len(), 8);
    assert!(shown[0].starts_with("s12 ") && shown[7].starts_with("s19 "), "{shown:?}");
    assert!(progress.whole().ends_with("20 commits, 12 streams more"), "{}", progress.whole());
}

#[test]
fn how_old_a_flush_is_says_the_tap_or_else_its_arrival() {
    let mut loader = Loader::new(&Memory::new(), &json!({"add_record_metadata": true}));
    for stream in ["told", "untold"] {
        loader.line(&schema(stream, &["id"], &[("id", INTEGER)])).unwrap();
    }
    for second in ["05", "03"] {
        let told = format!(r#","time_extracted":"2023-11-14T22:13:{second}Z""#);
        loader.line(&record_with("told", r#"{"id":1}"#, &told)).unwrap();
    }
    loader.line(&record("untold", r#"{"id":1}"#)).unwrap();
    let came = loader.now / 1000;
    let newest = newest(&loader.sealed().unwrap().unwrap());
    // The start is at 22:13:20.
    let told = after(-15).micros();
    assert_eq!(newest, BTreeMap::from([("told".to_owned(), told), ("untold".to_owned(), came)]));
}
