//! Mechanisms that models can switch off, to see what each is for.

/// A mechanism that a scenario can switch off and a node cannot. Each has a scenario that fails
/// without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Safeguard {
    /// A home that gives up a key takes no more updates of it.
    OldHomeFenced,
    /// A region that a key moves to takes its updates only once it has all that the old home had
    /// decided.
    NewHomeDrained,
    /// A region counts another as heard up to some moment only once it has everything that the other
    /// had made by then.
    GapsNoticed,
    /// A request that is asked again is answered and not repeated.
    RequestsRecognised,
}

impl Safeguard {
    /// Every safeguard.
    pub const ALL: &[Self] =
        &[Self::OldHomeFenced, Self::NewHomeDrained, Self::GapsNoticed, Self::RequestsRecognised];
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
