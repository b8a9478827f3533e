//! Random numbers from a seed, and how many cases are made up of them.

use proptest::test_runner::Config;

/// The seed of this run: `TEST_SEED`, or a new one.
pub(crate) fn seed() -> u64 {
    match std::env::var("TEST_SEED") {
        Ok(seed) => seed.parse().expect("TEST_SEED is a number"),
        Err(_) => uuid::Uuid::new_v4().as_u64_pair().0 >> 16,
    }
}

/// So many, or `SOAK` times as many: `make soak` asks for more than there is time for in every run of the tests.
pub(crate) fn times(usual: u64) -> u64 {
    usual * std::env::var("SOAK").map_or(1, |factor| factor.parse().expect("SOAK is a number"))
}

/// So many cases of a property, or `SOAK` times as many, and no file of past failures: a failure belongs into a test of its own.
pub(crate) fn cases(usual: u64) -> Config {
    Config { cases: times(usual) as u32, failure_persistence: None, ..Config::default() }
}

/// SplitMix64.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// A place in a list of so many.
    pub(crate) fn index(&mut self, length: usize) -> usize {
        (self.next() % length as u64) as usize
    }

    /// A number from `start` to `last`.
    pub(crate) fn from(&mut self, start: u64, last: u64) -> u64 {
        start + self.below(last - start + 1)
    }

    /// True once in so many times.
    pub(crate) fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    /// Nothing once in three times, else a share of at most `most`.
    pub(crate) fn share(&mut self, most: f64) -> f64 {
        if self.once_in(3) {
            0.0
        } else {
            (self.below(1000) as f64 / 1000.0 * most * 1000.0).round() / 1000.0
        }
    }

    /// Puts a list into a random order.
    pub(crate) fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            list.swap(last, self.index(last + 1));
        }
    }
}
