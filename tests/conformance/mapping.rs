//! Maps of streams.

use crate::support::messages::*;
use crate::support::place::{Place, everywhere};

everywhere! {
    a_stream_is_loaded_as_its_map_says,
}

fn users() -> String {
    schema("users", &["id"], &[("id", INTEGER), ("email", TEXT), ("paid", NUMBER)])
        + &sequenced("users", 1, r#"{"id":1,"email":"a","paid":1.50}"#)
        + &sequenced("users", 1, r#"{"id":2,"email":null,"paid":2}"#)
        + &sequenced("users", 2, r#"{"id":3,"email":"c","paid":null}"#)
}

fn a_stream_is_loaded_as_its_map_says(place: &Place) {
    let settings = r#"{"stream_maps":{"users":{
        "__alias__":"people","email":"md5(email)","__filter__":"paid is not None","whole":"int(paid)","paid":null
    }}}"#;
    let counts = place.load(settings, &users()).ok().counts("people");
    let expected = [r#"1 | "0cc175b9c0f1b6a831c399e269772661" | 1"#, "2 | NULL | 2"];
    assert_eq!(place.rows("people", &["id", "email", "whole"]), expected);
    assert_eq!((counts.received, counts.inserted, counts.remainder()), (2, 2, 0));
    let counts = place.load(settings, &users()).ok().counts("people");
    assert_eq!((counts.received, counts.duplicate, counts.remainder()), (2, 2, 0));
}
