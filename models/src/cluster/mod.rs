//! A cluster: replicas of any protocol, with everything that can happen around them.
//!
//! The one model that is explored. It knows networks, disks, clocks, crashes and clients, and no
//! protocol: a replica is a value that [`Protocol::step`] changes and whose effects happen here, in
//! their order. Faults are budgets inside the state, so a bound is part of what was explored and
//! never a silent cut.
//!
//! Read [`Environment`] for what can go wrong, [`Client`] for what is asked, [`Action`] for what can
//! happen next, [`Cluster::next_state`] for what it does, and [`Scenario`] for how all of it is put
//! to a question.

mod action;
mod client;
mod client_step;
mod common;
mod diagram;
mod enabled;
mod environment;
mod kind;
mod model;
mod network;
mod property;
mod renaming;
mod replica_step;
mod scenario;
pub(crate) mod script;
mod shared;
mod state;
mod symmetry;
mod trace;
mod transition;
mod view;

#[cfg(test)]
pub(crate) mod tests;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

pub use action::{Action, Crash, Stimulus};
pub use client::{Ask, At, Client, ClientState, Session, Step, Waiting};
pub(crate) use common::common_properties;
pub use environment::{CrashPoints, Environment, FaultBudget, Links, NetworkKind};
pub use kind::Kind;
pub use network::{Address, Body, Envelope, Network};
pub(crate) use property::properties;
pub use property::{Judge, Property};
pub use renaming::{renamed_envelope, renamed_place};
pub use scenario::{Scenario, Section, Tier, Verdict};
pub use shared::Shared;
pub use state::{Disk, Place, Process, State};
pub use symmetry::Symmetry;
pub use trace::{Arrow, Moment, Narrate, Story, narrate};
pub use view::{Seen, View, Watch};

use crate::protocol::Protocol;
use crate::vocabulary::ReplicaId;

/// Replicas, what surrounds them, what is asked of them, and what is to be judged.
#[derive(Clone, Debug)]
pub struct Cluster<P: Protocol> {
    /// The replicas' configuration.
    pub protocol: P,
    /// Network and faults.
    pub environment: Environment,
    /// Who asks for what.
    pub clients: &'static [Client],
    /// What is judged, at most 30 of them.
    pub properties: Vec<Property<P>>,
    /// Raised by whoever explores, to end a search early: see [`Property::STOPPED`].
    pub stop: Arc<AtomicBool>,
}

impl<P: Protocol> Cluster<P> {
    /// The cluster of a scenario.
    #[must_use]
    pub fn new(scenario: &Scenario<P>) -> Self {
        Self {
            protocol: scenario.protocol.clone(),
            environment: scenario.environment,
            clients: scenario.clients,
            properties: scenario.verdicts.iter().map(|(property, _)| *property).collect(),
            stop: Arc::default(),
        }
    }

    /// The ids of all replicas.
    pub fn replicas(&self) -> impl Iterator<Item = ReplicaId> + use<P> {
        (0..self.protocol.replicas()).map(ReplicaId)
    }
}
