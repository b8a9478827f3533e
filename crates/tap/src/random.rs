//! Randomness without a generator that has to be run from its beginning: splitmix64 as a hash of a counter.
//!
//! The rule for mixing is the one of Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014).

/// The odd fraction of 2⁶⁴ nearest the golden ratio, by which splitmix64 steps.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// splitmix64's finaliser: a bijection of 64 bits in which each input bit moves about half of the output bits.
#[inline]
#[must_use]
pub const fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// The seed of one stream, so that two streams (and two copies of a stream) differ.
#[must_use]
pub fn stream_seed(seed: u64, stream: &str) -> u64 {
    // FNV-1a: any hash of the name that never changes between versions of the compiler will do.
    let name =
        stream.bytes().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
    mix(mix(seed) ^ name)
}

/// What a number is drawn for, so that one decision at a position doesn't depend on another.
#[derive(Clone, Copy, Debug)]
pub enum Purpose {
    /// Which positions of a block are updates.
    Block = 1,
    /// Which key a change is for.
    Change,
    /// When and how often a change is emitted.
    Emission,
    /// What the key's own fields are, by key.
    Key,
    /// What a change's fields are, by position.
    Row,
    /// The milliseconds of a position's time.
    Moment,
}

/// A short row of numbers for one purpose at one index.
#[derive(Clone, Debug)]
pub struct Draws(u64);

impl Draws {
    /// The draws of `purpose` at `index` (a position, a key or a block) in the stream of this seed.
    #[inline]
    #[must_use]
    pub const fn new(stream_seed: u64, purpose: Purpose, index: u64) -> Self {
        let of_purpose = mix(stream_seed ^ (purpose as u64).wrapping_mul(GOLDEN));
        Self(mix(of_purpose.wrapping_add(index.wrapping_mul(GOLDEN))))
    }

    /// 64 random bits.
    #[inline]
    pub const fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        mix(self.0)
    }

    /// A number in `0..n`; 0 if `n` is 0.
    #[inline]
    pub const fn below(&mut self, n: u64) -> u64 {
        // The high half of a product instead of a remainder: no division, and the bias is below n / 2⁶⁴.
        ((self.bits() as u128 * n as u128) >> 64) as u64
    }

    /// One of `pool`.
    ///
    /// # Panics
    /// If `pool` is empty.
    #[inline]
    pub fn one_of<'a, T: ?Sized>(&mut self, pool: &[&'a T]) -> &'a T {
        pool[self.below(pool.len() as u64) as usize]
    }

    /// Whether something of this chance happens.
    #[inline]
    pub const fn hits(&mut self, chance: Chance) -> bool {
        (self.bits() >> 32) < chance.0
    }
}

/// A probability, in steps of 2⁻³².
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Chance(u64);

impl Chance {
    /// From a probability in 0..=1.
    #[must_use]
    pub fn new(probability: f64) -> Self {
        Self((probability.clamp(0.0, 1.0) * (1_u64 << 32) as f64) as u64)
    }

    /// Whether it never happens.
    #[inline]
    #[must_use]
    pub const fn is_never(self) -> bool {
        self.0 == 0
    }

    /// In steps of 2⁻³²: what stands for it in a fingerprint.
    #[must_use]
    pub const fn steps(self) -> u64 {
        self.0
    }
}
