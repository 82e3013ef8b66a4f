//! Mechanisms that models can switch off, to see what each is for.

/// A mechanism that a scenario can switch off and a node cannot. Each has a scenario that fails
/// without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Safeguard {
    /// Who is to be prepared must still hold the lock that was granted to it: the number of the grant is
    /// its fencing token.
    TokensCompared,
    /// A decision is on disk before anybody is told.
    DecisionsKept,
    /// Who is prepared waits for the decision, however long it takes.
    PreparedWait,
    /// A request that is asked again is answered and not repeated.
    RequestsRecognised,
}

impl Safeguard {
    /// Every safeguard.
    pub const ALL: &[Self] =
        &[Self::TokensCompared, Self::DecisionsKept, Self::PreparedWait, Self::RequestsRecognised];
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
    #[cfg(feature = "model-checking")]
    #[must_use]
    pub const fn without(self, safeguard: Safeguard) -> Self {
        Self { off: self.off | 1 << safeguard as u32 }
    }
}
