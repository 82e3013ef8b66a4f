//! Mechanisms that models can switch off, to see what each is for.

crate::safeguards::safeguards! {
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
