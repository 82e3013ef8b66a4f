//! Mechanisms that models can switch off, to see what each is for.

crate::safeguards::safeguards! {
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
