//! Mechanisms that models can switch off, to see what each is for.

/// A mechanism that a scenario can switch off and a node cannot. Each has a scenario that fails
/// without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Safeguard {
    /// An update that arrives again changes nothing.
    EventsAppliedOnce,
    /// A request that is asked again is answered and not repeated.
    RequestsRecognised,
    /// The name of an element is ahead of all that its replica has seen.
    NamesAheadOfAllSeen,
    /// An insertion stands after later ones at the same place.
    LaterInsertionsSkipped,
    /// An erased element keeps its place in the text.
    ErasedElementsKept,
}

impl Safeguard {
    /// Every safeguard.
    pub const ALL: &[Self] = &[
        Self::EventsAppliedOnce,
        Self::RequestsRecognised,
        Self::NamesAheadOfAllSeen,
        Self::LaterInsertionsSkipped,
        Self::ErasedElementsKept,
    ];
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
