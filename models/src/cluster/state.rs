//! One moment of a cluster.

use std::sync::Arc;

use super::{ClientState, FaultBudget, Network, Shared};
use crate::consistency::History;
use crate::protocol::Protocol;
use crate::vocabulary::{ReplicaId, Timestamp};

/// Everything that may differ between two moments of one cluster.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State<P: Protocol> {
    /// One for each replica.
    pub places: Vec<Place<P>>,
    /// What is in flight.
    pub network: Network<P::Message>,
    /// Where each client stands.
    pub clients: Vec<ClientState>,
    /// What clients asked and heard.
    pub history: Shared<History>,
    /// Faults that may still happen.
    pub budget: FaultBudget,
    /// Whether the partition is up.
    pub partitioned: bool,
    /// Transition invariants that the last step broke: bit `i` for the scenario's property `i`.
    pub broken: u32,
    /// The message of a handler that panicked. Nothing happens after that.
    pub panicked: Option<Arc<str>>,
}

/// A machine: a disk, a clock, and a process while it runs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place<P: Protocol> {
    /// What survives the process.
    pub disk: Disk<P::Durable>,
    /// What its clock reads.
    pub clock: Timestamp,
    /// The replica, unless it is down.
    pub process: Option<Process<P>>,
}

/// A running replica.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Process<P: Protocol> {
    /// What it knows.
    pub replica: Shared<P::Replica>,
    /// Its armed timers, in order.
    pub timers: Vec<P::Timer>,
}

/// What a replica has persisted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Disk<D> {
    /// What survives a crash of the process.
    pub written: Option<Shared<D>>,
    /// What survives a crash of the machine.
    pub synced: Option<Shared<D>>,
}

impl<P: Protocol> State<P> {
    /// The machine of `replica`.
    #[must_use]
    pub fn place(&self, replica: ReplicaId) -> &Place<P> {
        &self.places[usize::from(replica.0)]
    }

    pub(super) fn place_mut(&mut self, replica: ReplicaId) -> &mut Place<P> {
        &mut self.places[usize::from(replica.0)]
    }
}
