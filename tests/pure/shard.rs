//! One stream over many loaders: whose a record is, and that all of them together give the table that one gives.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::{Value, json};
use singer::json::Cursor;
use target::config::Config;
use target::shard::{Shard, Sharing};

use crate::support::dice::cases;

fn shard(text: &str) -> Shard {
    text.parse().unwrap()
}

/// The hash of a record by these key properties.
fn hash(keys: &[&str], record: &str) -> u64 {
    let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
    Sharing::new(shard("1/1"), &keys).hash(record)
}

#[test]
fn a_shard_is_one_of_as_many_as_there_are() {
    for (text, shares) in [("1/1", false), ("1/2", true), ("3/8", true), ("4294967295/4294967295", true)] {
        assert_eq!((shard(text).to_string().as_str(), shard(text).shares()), (text, shares));
    }
    for text in [
        "",
        "/",
        "3",
        "3/",
        "/8",
        "0/8",
        "9/8",
        "0/0",
        "1/0",
        "-1/8",
        "+1/8",
        "1/ 8",
        "1/2/3",
        "1/4294967296",
        "a/b",
    ] {
        let refused = text.parse::<Shard>().unwrap_err();
        assert!(refused.contains("3/8"), "{text:?}: {refused}");
    }
}

/// Loaders of different versions and on different machines share one stream: these never change.
#[test]
fn the_hashes_are_these_for_ever() {
    let known: [(&[&str], &str, u64); 9] = [
        (&["id"], r#"{"id":1}"#, 0x5ca1_f566_e2b0_af0a),
        (&["id"], r#"{"id":-9223372036854775808}"#, 0x14d0_3655_d637_9e55),
        (&["id"], r#"{"id":123456789012345678901234567890}"#, 0x92e1_883c_36d4_ae06),
        (&["id"], r#"{"id":0.5}"#, 0x3090_0d58_54f8_a511),
        (&["id"], r#"{"id":"Zoë"}"#, 0x39a2_4e98_03ac_6778),
        (&["id"], r#"{"id":"2024-05-06T07:08:09Z"}"#, 0x7f2d_521b_483f_5688),
        (&["a", "b"], r#"{"a":1,"b":"x"}"#, 0x3c12_54f6_55d7_c955),
        (&[], r#"{"a":1,"b":[true,null,{"c":"x"}]}"#, 0xaee1_3620_581e_90d5),
        (&["id"], r#"{"id":null,"a":1}"#, 0x51f8_c605_e514_1c05),
    ];
    for (keys, record, expected) in known {
        assert_eq!(hash(keys, record), expected, "{keys:?} of {record}");
    }
}

/// Spellings that some type of column takes for one key. The types are not known here, and tables may become wider.
#[test]
fn all_ways_to_write_a_key_fall_together() {
    let groups: [&[&str]; 12] = [
        &["1", "1.0", "1e0", "10e-1", "1.000", "\"1\"", "\"1.0\"", "\"\\u0031\"", " 1 "],
        &["0", "-0", "0.0", "-0.0e5", "\"0\""],
        &["1000", "1e3", "1E+3", "1000.0"],
        &["12.5", "12.50", "1.25e1", "\"12.50\""],
        &["9223372036854775808", "9223372036854775808.0", "9.223372036854775808e18"],
        &["true", "\"true\""],
        &[
            "\"2024-05-06T07:08:09Z\"",
            "\"2024-05-06 07:08:09\"",
            "\"2024-05-06T07:08:09.000000+00:00\"",
            "\"2024-05-06T09:08:09+0200\"",
        ],
        &["\"2024-05-06\"", "\"2024-05-06T00:00:00Z\""],
        &["\"12:34\"", "\"12:34:00\"", "\"12:34:00.000Z\""],
        &[
            "\"8f14e45f-ceea-467f-a9d5-0123456789ab\"",
            "\"8F14E45F-CEEA-467F-A9D5-0123456789AB\"",
            "\"8f14e45fceea467fa9d50123456789ab\"",
            "\"{8f14e45f-ceea-467f-a9d5-0123456789ab}\"",
        ],
        // Base64, in both alphabets.
        &["\"a+/8=\"", "\"a-_8=\"", "\"a-_8\""],
        // What becomes of U+0000.
        &["\"\\u00008\"", "\"\u{fffd}8\"", "8", "\"\\u00008.0\""],
    ];
    for group in groups {
        let hashes: BTreeSet<u64> =
            group.iter().map(|key| hash(&["id"], &format!("{{\"id\":{key}}}"))).collect();
        assert_eq!(hashes.len(), 1, "{group:?}");
    }
    // And these are others.
    let others = [
        "1",
        "2",
        "-1",
        "1.5",
        "\"a\"",
        "\"b\"",
        "\"ab\"",
        "\"2024-05-06\"",
        "\"12:34\"",
        "true",
        "false",
        "\"\"",
    ];
    let hashes: BTreeSet<u64> =
        others.iter().map(|key| hash(&["id"], &format!("{{\"id\":{key}}}"))).collect();
    assert_eq!(hashes.len(), others.len());
}

#[test]
fn only_the_key_decides_wherever_it_stands() {
    let one = hash(&["a", "b"], r#"{"a":1,"b":"x"}"#);
    for record in [
        r#"{"b":"x","a":1}"#,
        r#" { "z" : [ {"a":5} ] , "b" : "x", "a" : 1.0 , "y" : {"b":"y"} } "#,
        r#"{"a":7,"b":"x","a":1}"#,
        r#"{"\u0061":1,"b":"x"}"#,
    ] {
        assert_eq!(hash(&["a", "b"], record), one, "{record}");
        assert_eq!(hash(&["b", "a"], record), one, "{record}");
    }
    for record in [r#"{"a":"x","b":1}"#, r#"{"a":1,"b":"y"}"#, r#"{"a":1}"#, r#"{"a":1,"b":null}"#] {
        assert_ne!(hash(&["a", "b"], record), one, "{record}");
    }
}

#[test]
fn a_record_without_a_key_is_known_by_all_that_it_says() {
    let one = hash(&[], r#"{"a":1,"b":{"c":[1,2],"d":null}}"#);
    for same in
        [r#"{"b":{"d":null,"c":[1,2]},"a":1}"#, " { \"a\" : 1, \"b\" : {\"c\" : [ 1 , 2 ] , \"d\":null} }"]
    {
        assert_eq!(hash(&[], same), one, "{same}");
        // Where a part of the key is missing too.
        assert_eq!(hash(&["id"], same), one, "{same}");
    }
    for other in [
        r#"{"a":1,"b":{"c":[2,1],"d":null}}"#,
        r#"{"a":1,"b":{"c":[1,2]}}"#,
        r#"{"b":1,"a":{"c":[1,2],"d":null}}"#,
    ] {
        assert_ne!(hash(&[], other), one, "{other}");
    }
    // It is read where it stands, too.
    let line = r#"[{"a":1,"b":{"c":[1,2],"d":null}},5]"#;
    let mut cursor = Cursor::new(line);
    cursor.enter_array().unwrap();
    assert_eq!(Sharing::new(shard("1/1"), &[]).hash_at(&mut cursor).unwrap(), one);
    assert_eq!(&line[cursor.position()..], ",5]");
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn each_key_is_in_one_shard_of_any_number(record in any::<u64>(), of in 1..40_u32) {
        let holds = |number: u32| shard(&format!("{number}/{of}")).holds(record);
        prop_assert_eq!((1..=of).filter(|number| holds(*number)).count(), 1);
        prop_assert!(shard("1/1").holds(record));
    }

    #[test]
    fn any_text_has_a_hash_and_the_same_one_again(record in "\\PC{0,40}") {
        prop_assert_eq!(hash(&["id"], &record), hash(&["id"], &record));
    }
}

#[test]
fn the_shards_are_of_one_size() {
    let keys: [fn(u32) -> String; 5] = [
        |id| id.to_string(),
        |id| (i64::from(id) * 1024).to_string(),
        |id| format!("{id}.5"),
        |id| format!("\"customer {id}\""),
        |id| format!("\"2024-01-01T00:{:02}:{:02}Z\"", id / 60 % 60, id % 60),
    ];
    for (place, key) in keys.into_iter().enumerate() {
        for of in [2, 3, 8] {
            let mut counts = vec![0_u32; of];
            for id in 0..3_000 {
                counts[(hash(&["id"], &format!("{{\"id\":{}}}", key(id))) % of as u64) as usize] += 1;
            }
            let even = 3_000 / of as u32;
            assert!(counts.iter().all(|count| count.abs_diff(even) < even / 4), "{place}: {counts:?}");
        }
    }
}

#[test]
fn a_version_is_active_once_all_shards_have_come_to_it() {
    let mut activated = BTreeMap::new();
    let mut go = |text: &str, version| shard(text).activates(version, &mut activated);
    assert_eq!([go("1/3", 5), go("3/3", 7), go("3/3", 6)], [None; 3]);
    assert_eq!(go("2/3", 9), Some(5));
    assert_eq!(go("1/3", 9), Some(7));
    // Of another number of loaders each has to come again.
    assert_eq!([go("1/2", 9), go("1/2", 10)], [None; 2]);
    assert_eq!(go("2/2", 9), Some(9));
}

#[test]
fn a_share_is_a_pipeline_of_its_own_and_overwrites_nothing() {
    let settle = |given: Value| Config::read(&given.to_string()).and_then(Config::settle);
    let shared = settle(json!({"shard": "3/8", "state_id": "shop"})).unwrap();
    assert_eq!((shared.shard, shared.state_id.as_deref()), (Some(shard("3/8")), Some("shop 3/8")));
    let whole = settle(json!({"shard": "1/1", "state_id": "shop", "load_method": "overwrite"})).unwrap();
    assert_eq!((whole.shard, whole.state_id.as_deref()), (None, Some("shop")));
    for wrong in [
        json!({"shard": "2/8", "load_method": "overwrite"}),
        json!({"shard": "2/8", "streams": {"users": {"load_method": "overwrite"}}}),
    ] {
        let refused = settle(wrong.clone()).unwrap_err();
        assert!(refused.to_string().contains("shard 2/8 and load_method"), "{wrong}: {refused}");
    }
    assert!(settle(json!({"shard": "9/8"})).is_err());
}
