//! Who wins: the truth table, and what follows from it.

use proptest::prelude::*;
use target::merge::{Outcome, Tie, Version, decide};

use super::cases;

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
