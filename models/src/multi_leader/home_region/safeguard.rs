//! Mechanisms that models can switch off, to see what each is for.

crate::safeguards::safeguards! {
    /// A home that gives up a key takes no more updates of it.
    OldHomeFenced,
    /// A region that a key moves to takes its updates only once it has all that the old home had
    /// decided.
    NewHomeDrained,
    /// A move tells what is at the key.
    ValueMovesAlong,
    /// A region counts another as heard up to some moment only once it has everything that the other
    /// had made by then.
    GapsNoticed,
    /// A request that is asked again is answered and not repeated.
    RequestsRecognised,
}
