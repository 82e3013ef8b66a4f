//! The kinds of parts that the engine makes of the cluster's.

use std::hash::{Hash, Hasher};
use std::sync::{Arc, OnceLock};

use holdfast_models::cluster::{FaultBudget, State};
use holdfast_models::protocol::Protocol;

use super::action::Conditions;
use super::parts::Parcel;
use super::step::FrontStep;

/// A machine, and what is on its way to it.
pub(super) struct Node {
    pub(super) place: u32,
    pub(super) inbox: u32,
    /// Whether no machine can crash any more, so that disks need not tell written from synced.
    pub(super) out_of_danger: bool,
    /// What it can do, by the number of the list.
    pub(super) steps: OnceLock<u32>,
}

/// All that belongs to no replica.
pub(super) struct Front<P: Protocol> {
    /// A state without replicas and without messages to them.
    pub(super) state: State<P>,
    pub(super) history: u32,
    /// What steps at replicas may rest on.
    pub(super) conditions: Conditions,
    pub(super) steps: OnceLock<Box<[FrontStep]>>,
}

/// What a step at a replica comes to at the front.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Charge<P: Protocol> {
    /// The faults that it takes.
    pub(super) price: FaultBudget,
    /// Replies, whether or not somebody waits for them.
    pub(super) replies: Parcel<P>,
    /// What panicked.
    pub(super) panicked: Option<Arc<str>>,
}

/// What an action comes to where one message, or none, is on its way to the replica.
pub(super) struct Reaction {
    pub(super) place: u32,
    /// Parcels for other replicas.
    pub(super) mail: Box<[(u8, u32)]>,
    /// What it comes to at the front.
    pub(super) charge: u32,
    /// The action, by its number.
    pub(super) action: u32,
}

impl<P: Protocol> Charge<P> {
    pub(super) const fn price(price: FaultBudget) -> Self {
        Self { price, replies: Vec::new(), panicked: None }
    }

    /// The charge of a step that changes nothing but that something has panicked.
    pub(super) const fn panic(message: Arc<str>) -> Self {
        Self { price: FaultBudget::NONE, replies: Vec::new(), panicked: Some(message) }
    }
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        (self.place, self.inbox, self.out_of_danger)
            == (other.place, other.inbox, other.out_of_danger)
    }
}

impl Eq for Node {}

impl Hash for Node {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.place, self.inbox, self.out_of_danger).hash(state);
    }
}

impl<P: Protocol> PartialEq for Front<P> {
    fn eq(&self, other: &Self) -> bool {
        self.state == other.state
    }
}

impl<P: Protocol> Eq for Front<P> {}

impl<P: Protocol> Hash for Front<P> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.state.hash(state);
    }
}
