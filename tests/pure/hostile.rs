//! Inputs that are too deep, too long or too many: they are taken or refused in words, within a bound of time, memory and stack.

/// Values and schemas that are nested very deep.
mod depth;
/// Numbers of very many digits.
mod digits;
/// Very many properties, members, streams.
mod many;
/// Schemas that refer to themselves, and to others in turn.
mod references;

use std::time::Duration;

use serde_json::{Value, json};
use target::destination::memory::Memory;
use target::error::{Class, Error};

use super::in_little_memory;
use super::stage::{self, Loader};

/// What the tests here may take of time, many times what they need, and of memory.
const TIME: Duration = Duration::from_secs(600);
const MEGABYTES: u64 = 1_400;

/// A hundred thousand of whatever it is.
const MANY: usize = 100_000;

/// Runs the rest of the test `name` within these bounds; true where the work is to be done.
fn bounded(name: &str) -> bool {
    in_little_memory(&format!("pure::hostile::{name}"), TIME, Some(MEGABYTES))
}

/// A SCHEMA line with `schema` as it stands.
fn opened(schema: &str, keys: &[&str]) -> String {
    format!(r#"{{"type":"SCHEMA","stream":"s","schema":{schema},"key_properties":{}}}"#, json!(keys))
}

/// A RECORD line with `record` as it stands.
fn record(record: &str) -> String {
    format!(r#"{{"type":"RECORD","stream":"s","record":{record},"sequence":1}}"#)
}

/// A loader that puts what it cannot take into the table of rejects.
fn loader(nested: &str) -> Loader {
    Loader::new(&Memory::new(), &json!({"nested": nested, "on_invalid_record": "reject"}))
}

/// The input is at fault, and the error says so in a few words.
#[track_caller]
fn refused(result: Result<(), Error>, word: &str) {
    let error = result.expect_err(word);
    assert!(matches!(error.class(), Class::Input | Class::Usage), "{error}");
    let said = error.to_string();
    assert!(said.contains(word) && said.len() < 1_000, "{word}: {said}");
}

/// The reasons of the records that were refused.
fn reasons(loader: &Loader) -> Vec<String> {
    loader.memory.content().rejects().into_iter().map(|reject| reject.reason).collect()
}

fn rows(loader: &Loader) -> usize {
    stage::rows(&loader.memory, "s").len()
}

/// Bounds that nothing reaches would be none.
#[test]
#[should_panic(expected = "signal")]
fn the_bound_of_memory_can_be_reached() {
    if bounded("the_bound_of_memory_can_be_reached") {
        let pages: Vec<Vec<u8>> = (0..2 * MEGABYTES).map(|_| vec![1; 1 << 20]).collect();
        assert_eq!(pages.len() as u64, 2 * MEGABYTES);
    }
}

#[test]
#[should_panic(expected = "signal")]
fn the_bound_of_the_stack_can_be_reached() {
    fn dive(value: &Value, depth: usize) -> usize {
        let deeper = json!([value]);
        if depth == 0 { 1 } else { 1 + dive(&deeper[0], depth - 1) }
    }
    if bounded("the_bound_of_the_stack_can_be_reached") {
        assert_eq!(dive(&json!(1), MANY), MANY + 1);
    }
}
