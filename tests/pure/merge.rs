//! Who wins: the truth table, and what follows from it.

use proptest::prelude::*;
use target::merge::{Outcome, Tie, Version, decide, decide_beside};

use crate::support::dice::cases;

fn version(table_version: i64, sequence: i64) -> Version {
    Version { table_version, sequence }
}

#[track_caller]
fn check(stored: Option<Version>, incoming: Version, keep: Outcome, replace: Outcome) {
    assert_eq!(decide(stored, incoming, Tie::Keep), keep, "{stored:?}, {incoming:?}");
    assert_eq!(decide(stored, incoming, Tie::Replace), replace, "{stored:?}, {incoming:?}");
}

#[test]
fn the_truth_table_is_this() {
    use Outcome::{Duplicate, Insert, Replace, Stale};
    for (stored, incoming, keep, replace) in [
        (None, version(0, 0), Insert, Insert),
        (None, version(i64::MIN, i64::MIN), Insert, Insert),
        (Some(version(0, 1)), version(0, 2), Replace, Replace),
        (Some(version(0, 2)), version(0, 1), Stale, Stale),
        (Some(version(0, 1)), version(0, 1), Duplicate, Replace),
        // The table's version comes first.
        (Some(version(1, 9)), version(2, 1), Replace, Replace),
        (Some(version(2, 1)), version(1, 9), Stale, Stale),
        (Some(version(2, 1)), version(2, 1), Duplicate, Replace),
        (Some(version(0, i64::MAX)), version(0, i64::MIN), Stale, Stale),
        (Some(version(0, -1)), version(0, 0), Replace, Replace),
    ] {
        check(stored, incoming, keep, replace);
    }
}

/// A key has a row or a tombstone, and both keep what is older out.
#[test]
fn the_truth_table_with_tombstones_is_this() {
    use Outcome::{Duplicate, Insert, Replace, Stale};
    let (older, same, newer) = (version(1, 1), version(1, 2), version(1, 3));
    for (row, tombstone, incoming, keep, replace) in [
        (None, None, same, Insert, Insert),
        (Some(same), None, older, Stale, Stale),
        (Some(same), None, same, Duplicate, Replace),
        (Some(same), None, newer, Replace, Replace),
        (None, Some(same), older, Stale, Stale),
        (None, Some(same), same, Duplicate, Insert),
        (None, Some(same), newer, Insert, Insert),
        (None, Some(same), version(2, 0), Insert, Insert),
        (None, Some(same), version(0, 9), Stale, Stale),
    ] {
        assert_eq!(
            decide_beside(row, tombstone, incoming, Tie::Keep),
            keep,
            "{row:?} {tombstone:?} {incoming:?}"
        );
        assert_eq!(
            decide_beside(row, tombstone, incoming, Tie::Replace),
            replace,
            "{row:?} {tombstone:?} {incoming:?}"
        );
    }
}

fn versions() -> impl Strategy<Value = Version> {
    (-1..2_i64, -2..3_i64).prop_map(|(table_version, sequence)| version(table_version, sequence))
}

proptest! {
    #![proptest_config(cases(1000))]

    #[test]
    fn of_two_different_versions_the_same_one_stays_in_either_order(a in versions(), b in versions(), keep in any::<bool>()) {
        prop_assume!(a != b);
        let tie = if keep { Tie::Keep } else { Tie::Replace };
        let stays = |stored: Version, incoming: Version| match decide(Some(stored), incoming, tie) {
            Outcome::Replace => incoming,
            _ => stored,
        };
        prop_assert_eq!(stays(a, b), stays(b, a));
        prop_assert_eq!(stays(a, b), a.max(b));
    }

    #[test]
    fn the_winner_of_many_is_the_greatest_in_any_order(versions in prop::collection::vec(versions(), 1..9)) {
        let mut stored = None;
        for &incoming in &versions {
            if matches!(decide(stored, incoming, Tie::Keep), Outcome::Insert | Outcome::Replace) {
                stored = Some(incoming);
            }
        }
        prop_assert_eq!(stored, versions.into_iter().max());
    }
}
