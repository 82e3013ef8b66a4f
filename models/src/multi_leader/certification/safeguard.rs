//! Mechanisms that models can switch off, to see what each is for.

crate::safeguards::safeguards! {
    /// A transaction is aborted if another one of which it did not know was earlier in the order, and they meet.
    FirstCommitterWins,
    /// What arrives before what it follows in the order waits for that.
    OrderKept,
    /// A request that is asked again is answered and not repeated.
    RequestsRecognised,
    /// A sequencer that was down, and may have lost what it numbered, asks everybody what they have before it goes on.
    SequencerAsks,
    /// What somebody may still ask for is not forgotten.
    OthersAwaited,
}
