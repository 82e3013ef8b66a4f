//! Numbers that are the same for the same seed: for durations, never for secrets.

use std::time::Duration;

use crate::config::Patience;

/// A sequence of numbers (SplitMix64, Steele et al. 2014).
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The sequence of `seed`.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`, which is not 0. The bias is that of a 64-bit remainder.
    pub const fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// True in `share` of a thousand cases.
    pub const fn per_mille(&mut self, share: u64) -> bool {
        self.below(1_000) < share
    }

    /// A duration within `patience`.
    pub fn within(&mut self, patience: Patience) -> Duration {
        let Patience { at_least, at_most } = patience;
        let spread = at_most.saturating_sub(at_least).as_nanos() as u64;
        at_least + Duration::from_nanos(self.below(spread.saturating_add(1).max(1)))
    }
}
