//! The examples of the documents that the law comes from, with the outcomes that they state, on every destination.
//!
//! Stitch: "Sequencing data for the Import API". Sequin: "Writing data". Clockspring: "Handling duplicates and overlaps".

use crate::support::place::{Place, everywhere};

everywhere! {
    of_finn_jake_and_an_older_jake_two_rows_are_loaded,
    the_order_of_the_data_points_does_not_matter,
    of_two_data_points_of_one_record_the_greater_sequence_is_loaded,
    a_sequence_must_be_greater_not_equal,
    append_only_loading_keeps_the_versions_of_a_record,
    a_slow_worker_does_not_overwrite_what_a_faster_one_wrote,
    a_record_that_is_deleted_in_the_api_is_marked,
    overlapping_windows_miss_no_record_and_double_none,
    windows_that_come_in_any_order_give_the_same_table,
    duplicates_are_never_errors,
}

const REQUEST: &str = include_str!("seeds/stitch_request.singer");
const ONE_RECORD: &str = include_str!("seeds/stitch_one_record.singer");
const MILLISECONDS: &str = include_str!("seeds/stitch_milliseconds.singer");
const FIRST_WORKER: &str = include_str!("seeds/sequin_first_worker.singer");
const SECOND_WORKER: &str = include_str!("seeds/sequin_second_worker.singer");
const DELETES: &str = include_str!("seeds/sequin_deletes.singer");
/// A run every 30 minutes, each of which asks for the last 60.
const WINDOWS: [&str; 3] = [
    include_str!("seeds/clockspring_1000.singer"),
    include_str!("seeds/clockspring_1030.singer"),
    include_str!("seeds/clockspring_1100.singer"),
];

const CUSTOMERS: [&str; 3] = ["id", "name", "has_magic"];

fn of_finn_jake_and_an_older_jake_two_rows_are_loaded(place: &Place) {
    let loaded = place.load("{}", REQUEST).ok();
    assert_eq!(place.rows("customers", &CUSTOMERS), [r#"1 | "Finn" | false"#, r#"2 | "Jake" | false"#]);
    assert_eq!(place.rows("customers", &["_sdc_sequence"]), ["1574807356000", "1574807445000"]);
    let counts = loaded.counts("customers");
    assert_eq!((counts.received, counts.inserted, counts.stale), (3, 2, 1));
    assert_eq!(loaded.bookmarks, [r#"{"request":1}"#]);
}

fn the_order_of_the_data_points_does_not_matter(place: &Place) {
    let lines: Vec<&str> = REQUEST.lines().collect();
    let orders = [[1, 2, 3], [1, 3, 2], [2, 1, 3], [2, 3, 1], [3, 1, 2], [3, 2, 1]];
    for (number, order) in orders.into_iter().enumerate() {
        let stream = format!("customers_{number}");
        let input = [lines[0], lines[order[0]], lines[order[1]], lines[order[2]]].join("\n");
        let input = input.replace(r#""stream":"customers""#, &format!(r#""stream":"{stream}""#));
        // In one request, or in one for each data point.
        let settings = if number % 2 == 0 { "{}" } else { r#"{"batch_size_rows":1}"# };
        place.load(settings, &input).ok();
        let expected = [r#"1 | "Finn" | false"#, r#"2 | "Jake" | false"#];
        assert_eq!(place.rows(&stream, &CUSTOMERS), expected, "{order:?}");
    }
}

fn of_two_data_points_of_one_record_the_greater_sequence_is_loaded(place: &Place) {
    place.load("{}", ONE_RECORD).ok();
    assert_eq!(place.rows("customers", &CUSTOMERS), [r#"2 | "Jake" | false"#]);
}

fn a_sequence_must_be_greater_not_equal(place: &Place) {
    place.load("{}", MILLISECONDS).ok();
    let columns = ["id", "name", "age", "has_magic", "_sdc_sequence"];
    let expected = [r#"1 | "Finn" | 15 | false | 1574800199000"#];
    assert_eq!(place.rows("customers", &columns), expected);
    place.load(r#"{"batch_size_rows":1}"#, MILLISECONDS).ok();
    assert_eq!(place.rows("customers", &columns), expected);
}

fn append_only_loading_keeps_the_versions_of_a_record(place: &Place) {
    place.load(r#"{"load_method":"append-only"}"#, REQUEST).ok();
    let expected = [
        r#"1 | 1574807356000 | "Finn" | false"#,
        r#"2 | 1574807395000 | "Jake" | true"#,
        r#"2 | 1574807445000 | "Jake" | false"#,
    ];
    assert_eq!(place.rows("customers", &["id", "_sdc_sequence", "name", "has_magic"]), expected);
}

/// `updated_idx` is the version of the record.
const BY_VERSION: &str = r#"{"sequence":{"property":"updated_idx"}}"#;
const CHARGES: [&str; 4] = ["id", "updated_idx", "amount", "deleted"];

fn a_slow_worker_does_not_overwrite_what_a_faster_one_wrote(place: &Place) {
    // Worker 1 has A, and takes longer than 60 s; worker 2 gets A', and writes it; then worker 1 writes A.
    place.load(BY_VERSION, SECOND_WORKER).ok();
    let loaded = place.load(BY_VERSION, FIRST_WORKER).ok();
    assert_eq!(place.rows("charges", &CHARGES), [r#""A" | 8 | 250 | false"#, r#""B" | 3 | 10 | false"#]);
    assert_eq!(loaded.counts("charges").stale, 1, "it is counted, and no error");
    assert_eq!(loaded.bookmarks, [r#"{"acked":1}"#], "the message is acknowledged all the same");
    // Delivered once more, both of them.
    place.load(BY_VERSION, FIRST_WORKER).ok();
    place.load(BY_VERSION, SECOND_WORKER).ok();
    assert_eq!(place.rows("charges", &CHARGES), [r#""A" | 8 | 250 | false"#, r#""B" | 3 | 10 | false"#]);
    assert_eq!(place.rows("charges", &["id", "sync"])[0], r#""A" | {"id":"s1","metadata":{"user":7}}"#);
}

fn a_record_that_is_deleted_in_the_api_is_marked(place: &Place) {
    place.load(BY_VERSION, DELETES).ok();
    place.load(BY_VERSION, SECOND_WORKER).ok();
    // A was deleted after its last change; B came back after its deletion.
    let expected = [r#""A" | 9 | 250 | true"#, r#""B" | 3 | 10 | false"#];
    assert_eq!(place.rows("charges", &CHARGES), expected);
    for worker in [FIRST_WORKER, DELETES, SECOND_WORKER] {
        place.load(BY_VERSION, worker).ok();
        assert_eq!(place.rows("charges", &CHARGES), expected);
    }
}

const BY_TIME: &str = r#"{"sequence":"replication_key"}"#;
const TICKETS: [&str; 3] = ["external_id", "updated_at", "status"];
const EXPECTED: [&str; 8] = [
    r#""backfilled" | 2024-05-06T10:20:00.000000Z | "arrived after the second run""#,
    r#""late" | 2024-05-06T09:50:00.000000Z | "arrived after the first run""#,
    r#""t1" | 2024-05-06T09:05:00.000000Z | "new""#,
    r#""t2" | 2024-05-06T10:50:00.000000Z | "closed""#,
    r#""t3" | 2024-05-06T10:00:00.000000Z | "boundary""#,
    r#""t4" | 2024-05-06T10:45:00.000000Z | "open""#,
    r#""t5" | 2024-05-06T10:30:00.000000Z | "boundary""#,
    r#""t6" | 2024-05-06T11:00:00.000000Z | "new""#,
];

fn overlapping_windows_miss_no_record_and_double_none(place: &Place) {
    for (window, run) in WINDOWS.into_iter().zip(["10:00", "10:30", "11:00"]) {
        let loaded = place.load(BY_TIME, window).ok();
        assert_eq!(loaded.bookmarks, [format!(r#"{{"run":"{run}"}}"#)]);
    }
    assert_eq!(place.rows("tickets", &TICKETS), EXPECTED);
}

fn windows_that_come_in_any_order_give_the_same_table(place: &Place) {
    for window in [2, 0, 1, 1, 2, 0] {
        place.load(BY_TIME, WINDOWS[window]).ok();
    }
    assert_eq!(place.rows("tickets", &TICKETS), EXPECTED);
}

fn duplicates_are_never_errors(place: &Place) {
    place.load(BY_TIME, &WINDOWS.concat()).ok();
    let again = place.load(r#"{"sequence":"replication_key","on_tie":"keep"}"#, &WINDOWS.concat()).ok();
    let counts = again.counts("tickets");
    assert_eq!((counts.inserted, counts.replaced, counts.rejected), (0, 0, 0));
    assert_eq!(counts.received, counts.stale + counts.duplicate);
    assert_eq!(place.rows("tickets", &TICKETS), EXPECTED);
}
