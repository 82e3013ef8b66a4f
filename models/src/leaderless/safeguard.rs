//! Mechanisms that models can switch off, to see what each is for.

/// A mechanism that a scenario can switch off and a node cannot. Each has a scenario that fails
/// without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Safeguard {
    /// A replica keeps what it holds if what it hears is older.
    OlderContentsIgnored,
    /// A repeated request is answered and not repeated, as far as its coordinator remembers it or
    /// replicas still hold what it wrote.
    DuplicatesRecognised,
    /// A hint goes to the home that it names.
    HintsGoToTheirOwner,
    /// A hint is kept until its owner has stored it.
    HintsKeptUntilStored,
    /// An update replaces only what its client has been shown, whatever else its coordinator holds.
    DotsTellUpdatesApart,
    /// A read proposes what it found before it answers, where replicas agree on reads.
    SerialReadsPropose,
    /// Whoever has promised a ballot ignores lower ones.
    PromisesKept,
    /// Homes change again only once the last change is settled.
    OneChangeAtATime,
    /// A change is settled only once a majority of the homes after it holds what those before it held.
    ChangesHandOver,
    /// Whoever asks homes from before a change is told of the change, and nothing else.
    OutdatedHomesRefused,
}

impl Safeguard {
    /// Every safeguard.
    pub const ALL: &[Self] = &[
        Self::OlderContentsIgnored,
        Self::DuplicatesRecognised,
        Self::HintsGoToTheirOwner,
        Self::HintsKeptUntilStored,
        Self::DotsTellUpdatesApart,
        Self::SerialReadsPropose,
        Self::PromisesKept,
        Self::OneChangeAtATime,
        Self::ChangesHandOver,
        Self::OutdatedHomesRefused,
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
