//! The kept inputs of the fuzz targets, and changes of them, through the same checks: a short run of the fuzzing on every machine.
//!
//! `TEST_SEED=… SOAK=… cargo test fuzzed` replays what a failure printed, and tries more.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use super::checks::CHECKS;
use crate::support::dice::{Dice, seed, times};

/// How many changed inputs each check gets, without `SOAK`.
const CHANGED: u64 = 1_500;

/// The most kept inputs of a check, and the most bytes of one: they are run with every change of the code.
const KEPT: usize = 400;
const BYTES: usize = 4_096;

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz")
}

/// The kept inputs of a fuzz target, in the order of their names.
fn kept(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = fuzz().join("corpus").join(target);
    let mut paths: Vec<PathBuf> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

/// The words that inputs are made of: those that libFuzzer is given.
fn words() -> Vec<Vec<u8>> {
    let dictionary = fs::read_to_string(fuzz().join("json.dict")).unwrap();
    let lines = dictionary.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| word(line.strip_prefix('"').unwrap().strip_suffix('"').unwrap())).collect()
}

/// A word as libFuzzer writes it: `\"`, `\\`, `\xNN`.
fn word(written: &str) -> Vec<u8> {
    let (mut word, mut rest) = (Vec::new(), written);
    while let Some(first) = rest.chars().next() {
        if let Some(hex) = rest.strip_prefix("\\x") {
            word.push(u8::from_str_radix(&hex[..2], 16).unwrap());
            rest = &hex[2..];
        } else {
            rest = rest.strip_prefix('\\').unwrap_or(rest);
            word.push(rest.as_bytes()[0]);
            rest = &rest[1..];
        }
        assert!(first.is_ascii(), "{written}");
    }
    word
}

/// Changes a few bytes: dropped, doubled, replaced by others, by a word, or by a piece of another input.
fn change(input: &mut Vec<u8>, others: &[(PathBuf, Vec<u8>)], words: &[Vec<u8>], dice: &mut Dice) {
    for _ in 0..dice.from(1, 4) {
        let start = dice.index(input.len() + 1);
        let end = start + dice.index((input.len() - start).min(24) + 1);
        let new = match dice.below(6) {
            0 => Vec::new(),
            1 => input[start..end].repeat(2),
            2 => vec![dice.below(256) as u8],
            3 | 4 => words[dice.index(words.len())].clone(),
            _ => {
                let other = &others[dice.index(others.len())].1;
                let from = dice.index(other.len() + 1);
                other[from..from + dice.index((other.len() - from).min(200) + 1)].to_vec()
            }
        };
        let end = if dice.once_in(2) { start } else { end };
        input.splice(start..end, new);
    }
}

/// Runs a check, and says with which input it failed.
#[track_caller]
fn held(check: fn(&[u8]), input: &[u8], said: impl Fn() -> String) {
    if catch_unwind(AssertUnwindSafe(|| check(input))).is_err() {
        panic!("{}: {}", said(), input.escape_ascii());
    }
}

#[test]
fn every_kept_input_passes_its_check() {
    for (target, check) in CHECKS {
        let kept = kept(target);
        assert!((1..=KEPT).contains(&kept.len()), "{target} has {} kept inputs", kept.len());
        for (path, input) in kept {
            assert!(input.len() <= BYTES, "{} is too long to be kept", path.display());
            held(check, &input, || path.display().to_string());
        }
    }
}

fn changes_pass(name: &str) {
    let check = CHECKS.iter().find(|(target, _)| *target == name).unwrap().1;
    let (kept, words) = (kept(name), words());
    let seed = seed();
    for case in 0..times(CHANGED) {
        let seed = seed.wrapping_add(case);
        let mut dice = Dice::new(seed);
        let mut input = kept[dice.index(kept.len())].1.clone();
        change(&mut input, &kept, &words, &mut dice);
        held(check, &input, || format!("TEST_SEED={seed}: {name}"));
    }
}

#[test]
fn changes_of_kept_bytes_are_read_as_lines() {
    changes_pass("lines");
}

#[test]
fn changes_of_kept_lines_say_what_serde_json_reads() {
    changes_pass("messages");
}

#[test]
fn changes_of_kept_schemas_are_read_or_refused_in_words() {
    changes_pass("schemas");
}

#[test]
fn changes_of_kept_records_are_taken_where_the_library_takes_them() {
    changes_pass("records");
}

/// A check that nothing can fail would say nothing.
#[test]
fn a_failure_says_the_seed_and_the_input() {
    let said = catch_unwind(|| held(|_| panic!("no"), b"a\n\xff", || "TEST_SEED=7".to_owned())).unwrap_err();
    assert_eq!(said.downcast_ref::<String>().unwrap(), "TEST_SEED=7: a\\n\\xff");
}
