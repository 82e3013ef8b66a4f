//! An operation that a connection wants, and what came of it.

use holdfast_models::vocabulary::{Context, Key, Operation, Outcome, Terms, Token};

use super::pipeline::Place;
use crate::commands::{Answered, Updated};

/// Which operation of which command of which connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Owner {
    pub(super) connection: u64,
    pub(super) place: Place,
    pub(super) index: usize,
}

/// An operation that is over.
pub(super) struct Finished {
    pub(super) owner: Owner,
    pub(super) answered: Answered,
    /// How much of the store is seen with it.
    pub(super) seen: Token,
    /// Which updates of which register are known with it, where siblings are kept.
    pub(super) shown: Option<(Key, Context)>,
    /// What a connection has updated with it.
    pub(super) updated: Option<Updated>,
}

/// An operation that somebody wants.
pub(super) struct Wanted {
    pub(super) owner: Owner,
    pub(super) operation: Operation,
    /// What the connection has seen.
    pub(super) seen: Token,
    /// How the connection wants it.
    pub(super) terms: Terms,
}

/// Whether an update that is answered so has changed something.
pub(super) const fn changes(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Done
        | Outcome::Found(Some(_))
        | Outcome::Siblings(_)
        | Outcome::Elements(_)
        | Outcome::Counted(_)
        | Outcome::Swapped(true)
        | Outcome::Transacted(_) => true,
        Outcome::Found(None)
        | Outcome::Swapped(false)
        | Outcome::Indeterminate
        | Outcome::Refused(_) => false,
    }
}
