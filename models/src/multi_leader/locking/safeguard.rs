//! Mechanisms that models can switch off, to see what each is for.

crate::safeguards::safeguards! {
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
