//! Who wins for a key: the one rule that the fold in memory, the reference destination and the SQL all follow.

/// What orders the rows of one key: first the table's version, then the sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// Singer's table version; 0 where the record has none.
    pub table_version: i64,
    /// The sequence.
    pub sequence: i64,
}

/// Which of two rows with equal [`Version`] stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tie {
    /// The one that came first.
    Keep,
    /// The one that came later.
    Replace,
}

/// What becomes of an incoming row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Its key was not there.
    Insert,
    /// It takes the place of the row that was there.
    Replace,
    /// The row that was there is newer.
    Stale,
    /// The row that was there is of the same version, and stays.
    Duplicate,
}

/// Decides between the row that is there and the one that comes.
///
/// | stored | incoming, against stored | tie | outcome |
/// |---|---|---|---|
/// | none | | | insert |
/// | some | newer | | replace |
/// | some | older | | stale |
/// | some | equal | replace | replace |
/// | some | equal | keep | duplicate |
#[must_use]
pub fn decide(stored: Option<Version>, incoming: Version, tie: Tie) -> Outcome {
    use std::cmp::Ordering::{Equal, Greater, Less};
    match stored.map(|stored| incoming.cmp(&stored)) {
        None => Outcome::Insert,
        Some(Greater) => Outcome::Replace,
        Some(Less) => Outcome::Stale,
        Some(Equal) if tie == Tie::Replace => Outcome::Replace,
        Some(Equal) => Outcome::Duplicate,
    }
}

/// Decides where a key may have a tombstone in place of a row. It has at most one of them.
///
/// | row | tombstone | incoming, against it | outcome |
/// |---|---|---|---|
/// | none or some | none | | as [`decide`] |
/// | none | some | wins | insert: the tombstone goes, and no row is replaced |
/// | none | some | loses | stale or duplicate, as against a row |
#[must_use]
pub fn decide_beside(
    row: Option<Version>,
    tombstone: Option<Version>,
    incoming: Version,
    tie: Tie,
) -> Outcome {
    match (row, tombstone) {
        (None, Some(tombstone)) => match decide(Some(tombstone), incoming, tie) {
            Outcome::Replace => Outcome::Insert,
            lost => lost,
        },
        (row, _) => decide(row, incoming, tie),
    }
}
