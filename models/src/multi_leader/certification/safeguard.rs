//! Mechanisms that models can switch off, to see what each is for.

/// A mechanism that a scenario can switch off and a node cannot. Each has a scenario that fails
/// without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Safeguard {
    /// A transaction is aborted if another one of which it did not know was earlier in the order, and they meet.
    FirstCommitterWins,
    /// What arrives before what it follows in the order waits for that.
    OrderKept,
    /// A request that is asked again is answered and not repeated.
    RequestsRecognised,
    /// A sequencer that was down, and may have lost what it numbered, asks everybody what they have before it goes on.
    SequencerAsks,
}

impl Safeguard {
    /// Every safeguard.
    pub const ALL: &[Self] =
        &[Self::FirstCommitterWins, Self::OrderKept, Self::RequestsRecognised, Self::SequencerAsks];
}

/// The safeguards that are on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Safeguards {
    off: u32,
}

impl Safeguards {
    /// All of them: what a node has.
    pub const ALL: Self = Self { off: 0 };

    /// Whether `safeguard` is on.
    #[must_use]
    pub const fn contain(self, safeguard: Safeguard) -> bool {
        self.off & (1 << safeguard as u32) == 0
    }

    /// These without `safeguard`: only for models, to see what it is for.
    #[cfg(any(test, feature = "model-checking"))]
    #[must_use]
    pub const fn without(self, safeguard: Safeguard) -> Self {
        Self { off: self.off | 1 << safeguard as u32 }
    }
}
