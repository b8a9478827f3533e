//! The change log of a stream: which key the change at a position is for.
//!
//! Positions are cut into blocks of 64. How many changes of a block are updates follows from the setting alone, as the
//! difference of two rounded-down products, so the keys born before any block can be counted without looking at one;
//! which positions of the block they are is drawn from the block's number. Both ways, from a position to the keys born
//! before it and from a key to the position of its birth, take constant time and no memory.

use crate::random::{Chance, Draws, Purpose};

/// Positions in a block: as many as the bits of a mask.
const BLOCK: u64 = 64;
/// Updates are counted in millionths of changes, so that the products are exact.
const MILLION: u64 = 1_000_000;
/// Half of the updates are for one of so many youngest keys: else two changes of one key would almost never come near
/// each other, and a late change would hardly ever meet a newer one.
const YOUNG: u64 = 256;

/// The largest share of updates. Every block has at least one new key up to 63/64.
pub const MOST_UPDATES: f64 = 0.98;

/// One change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its position in the log.
    pub position: u64,
    /// The key: the how-manieth that was born, from 0.
    pub key: u64,
    /// The position at which the key was born: this one, if the change isn't an update.
    pub birth: u64,
    /// Whether it's an update that deletes the key (a later update may bring it back).
    pub deleted: bool,
}

/// The log of one stream.
#[derive(Clone, Debug)]
pub struct ChangeLog {
    seed: u64,
    updates: u64,
    deletes: Chance,
}

impl ChangeLog {
    /// The log of the stream with this seed. `updates` is a share of all changes in 0..=[`MOST_UPDATES`], `deletes` the
    /// chance that an update is a delete.
    #[must_use]
    pub fn new(stream_seed: u64, updates: f64, deletes: Chance) -> Self {
        Self { seed: stream_seed, updates: (updates * MILLION as f64).round() as u64, deletes }
    }

    /// The change at `position`.
    #[inline]
    #[must_use]
    pub fn at(&self, position: u64) -> Change {
        if self.updates == 0 {
            return Change { position, key: position, birth: position, deleted: false };
        }
        let block = position / BLOCK;
        let mask = self.mask(block);
        let bit = 1_u64 << (position % BLOCK);
        let updates_before = u64::from((mask & (bit - 1)).count_ones());
        let born = self.born_before_block(block) + position % BLOCK - updates_before;
        if mask & bit == 0 {
            return Change { position, key: born, birth: position, deleted: false };
        }
        let mut draws = Draws::new(self.seed, Purpose::Change, position);
        let young = draws.bits() & 1 == 0;
        let key = born - 1 - draws.below(if young { born.min(YOUNG) } else { born });
        Change { position, key, birth: self.birth(key), deleted: draws.hits(self.deletes) }
    }

    /// The position at which a key was born.
    fn birth(&self, key: u64) -> u64 {
        // The share of births gives the block but for rounding, which is put right by steps.
        let mut block =
            (u128::from(key) * u128::from(MILLION) / u128::from((MILLION - self.updates) * BLOCK)) as u64;
        while self.born_before_block(block) > key {
            block -= 1;
        }
        while self.born_before_block(block + 1) <= key {
            block += 1;
        }
        let mut births = !self.mask(block);
        for _ in self.born_before_block(block)..key {
            births &= births - 1;
        }
        block * BLOCK + u64::from(births.trailing_zeros())
    }

    /// How many keys are born before a block.
    #[inline]
    const fn born_before_block(&self, block: u64) -> u64 {
        block * BLOCK - self.updates_before_block(block)
    }

    #[inline]
    const fn updates_before_block(&self, block: u64) -> u64 {
        // Below 2⁶⁴ up to 10¹³ positions, which the bound on `rows` keeps.
        block * BLOCK * self.updates / MILLION
    }

    /// Bit i says whether position i of the block is an update.
    fn mask(&self, block: u64) -> u64 {
        let updates = (self.updates_before_block(block + 1) - self.updates_before_block(block)) as u8;
        let bits = Draws::new(self.seed, Purpose::Block, block).bits();
        // A permutation of 0..64 (odd factors and a folded shift are invertible): the first `updates` of it are updates.
        let (factor, again, step) = (bits as u8 | 1, (bits >> 8) as u8 | 1, (bits >> 16) as u8);
        let mut mask = 0;
        for i in 0..BLOCK as u8 {
            let x = i.wrapping_mul(factor).wrapping_add(step) & 63;
            let x = (x ^ (x >> 3)).wrapping_mul(again) & 63;
            mask |= u64::from(x < updates) << i;
        }
        // The very first change has no earlier key to update.
        if block == 0 { mask.rotate_right(mask.trailing_ones()) } else { mask }
    }
}
