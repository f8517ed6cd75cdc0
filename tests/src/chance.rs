//! Chance of a storm, from its seed alone: the same seed, the same storm.

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

#[derive(Debug, Clone)]
pub(crate) struct Chance(ChaCha8Rng);

impl Chance {
    pub(crate) fn of(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// Evenly from 0 to `count - 1`; 0 when there is nothing to choose.
    pub(crate) fn below(&mut self, count: u64) -> u64 {
        self.0.next_u64() % count.max(1)
    }

    /// The place of one of `count` things.
    pub(crate) fn pick(&mut self, count: usize) -> usize {
        usize::try_from(self.below(count as u64)).unwrap_or(0)
    }
}
