//! What a node has to know of a protocol that the machine itself need not.

mod cells;
mod convergent;
mod certification;
mod facts;
mod home_region;
mod leaderless;
mod locking;
mod observer;
mod plausible;
mod single_leader;

use holdfast_models::protocol::Protocol;
use holdfast_models::vocabulary::{Refusal, Request};
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use cells::CellObserver;
pub use facts::{
    CellFacts, Contents, Facts, LockFacts, LogFacts, Observation, OrderFacts, RegionFacts,
    RegisterFacts,
};

pub use observer::Observer;

use crate::config::{Patience, Timers};
use crate::disk::Journal;

/// A protocol that a node can run.
pub trait Hosted:
    Protocol<
        Durable: Journal,
        Message: Serialize + DeserializeOwned,
        Timer: Serialize + DeserializeOwned,
    >
{
    /// What an observer remembers from one look to the next.
    type Observer: Default + Send;

    /// What each kind of message is called, in the order of [`Self::kind`].
    const KINDS: &'static [&'static str];

    /// Whether it takes transactions of several keys.
    const TRANSACTS: bool = false;

    /// Of which kind a message is.
    fn kind(message: &Self::Message) -> usize;

    /// The machine as it runs with these timers.
    #[must_use]
    fn paced(self, _timers: &Timers) -> Self {
        self
    }

    /// How long `timer` runs.
    fn patience(&self, timer: Self::Timer, timers: &Timers) -> Patience;

    /// Whether arming `timer` once more puts it off. Otherwise it fires when it was to fire first.
    fn is_put_off(&self, timer: Self::Timer) -> bool;

    /// Whether a message carries so much that one at a time is enough, and the next can be spared.
    fn is_bulky(message: &Self::Message) -> bool;

    /// Whether nobody waits for a message: it may linger until there are more to send with it.
    fn may_linger(&self, _message: &Self::Message) -> bool {
        false
    }

    /// Lets `earlier` say what `later` says too, which is to be sent to the same replica right after
    /// it, if the protocol knows how and the two take no more than `room` bytes. Gives back what has
    /// to be sent by itself.
    fn coalesce(
        &self,
        _earlier: &mut Self::Message,
        later: Self::Message,
        _room: usize,
    ) -> Option<Self::Message> {
        Some(later)
    }

    /// Whether a replica of this cluster could have said that. What a machine would take for its own
    /// contradiction must not come from outside.
    fn is_plausible(&self, message: &Self::Message) -> bool;

    /// Who answers clients, and what is known of whatever they were answered.
    fn service(&self) -> Service;

    /// Whether a client may ask that. What is refused here is refused on every replica, at every
    /// arrival.
    ///
    /// # Errors
    /// With what the client is told.
    fn admits(&self, request: &Request) -> Result<(), Refusal>;

    /// What a replica says of itself.
    fn observe(&self, replica: &Self::Replica, observer: &mut Self::Observer) -> Observation;

    /// What a replica holds, as its readers see it.
    fn contents(replica: &Self::Replica) -> Contents;
}

/// What clients can count on, whichever of a cluster's nodes they reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Service {
    /// Who answers them.
    pub coordination: Coordination,
    /// How many followers hold an update once it is acknowledged, whatever happens.
    pub guaranteed_followers: usize,
}

/// Who answers the requests of clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
pub enum Coordination {
    /// One replica, or each, and all remember what clients were answered: a request may be asked of any
    /// of them, as often as it takes.
    Leader,
    /// Each, and it alone remembers what it has answered, until it is started again: an update is
    /// asked of one that has numbered it since then, and of nobody else.
    Anyone,
    /// Each, and it remembers what it has answered when it is started again: an update is asked of the
    /// one that has numbered it, as often as it takes, and of nobody else.
    Keeper,
}
