//! Nodes of replication that converges.

use holdfast_models::multi_leader::convergent::{
    Convergent, Delivery, Message, Propagation, RegisterRule, Replica, Timer, bytes_of,
};
use holdfast_models::vocabulary::{Context, Edit, Operation, Refusal, ReplicaId, Request, Terms};

use super::cells::CellObserver;
use super::plausible::Plausible;
use super::{CellFacts, Contents, Coordination, Facts, Hosted, Observation, Service};
use crate::config::{Patience, Timers};

/// Updates that take more than that are told one message at a time: whoever misses others asks for
/// them.
const BULK: usize = 8 << 10;

/// So many updates beyond those that it has all seen may be in what a client says it knows.
const MOST_GAPS: usize = 4_096;

impl Hosted for Convergent {
    type Observer = CellObserver;

    const KINDS: &'static [&'static str] = &["events", "have", "state"];

    fn kind(message: &Message) -> usize {
        match message {
            Message::Events(_) => 0,
            Message::Have(_) => 1,
            Message::State(_) => 2,
        }
    }

    fn patience(&self, timer: Timer, timers: &Timers) -> Patience {
        match (timer, self.propagation) {
            (Timer::Gossip, Propagation::Events) => Patience::exactly(timers.heartbeat),
            // Drawn, so that replicas do not all tell all they have at the same moment.
            (Timer::Gossip, Propagation::States) => {
                Patience { at_least: timers.compare / 2, at_most: timers.compare }
            }
        }
    }

    fn is_put_off(&self, timer: Timer) -> bool {
        match timer {
            Timer::Gossip => false,
        }
    }

    fn is_bulky(message: &Message) -> bool {
        match message {
            Message::Events(events) => bytes_of(events) > BULK,
            Message::Have(_) => false,
            Message::State(_) => true,
        }
    }

    fn coalesce(&self, earlier: &mut Message, later: Message, room: usize) -> Option<Message> {
        Self::coalesce(self, earlier, later, room)
    }

    fn is_plausible(&self, message: &Message) -> bool {
        let plausible = Plausible { policy: self };
        match message {
            Message::Events(events) => {
                events.len() <= usize::from(self.batch)
                    && events.iter().all(|event| plausible.event(event))
            }
            Message::Have(context) => plausible.context(context),
            Message::State(told) => plausible.told(told),
        }
    }

    /// Whoever else holds an update follows nobody.
    fn service(&self) -> Service {
        Service { coordination: Coordination::Keeper, guaranteed_followers: 0 }
    }

    fn admits(&self, request: &Request) -> Result<(), Refusal> {
        let Request { operation, terms, .. } = request;
        let Terms { write_quorum, read_quorum, context } = terms;
        let is_usual = write_quorum.is_none() && read_quorum.is_none();
        let nothing = Context::default();
        let known = context.as_ref().unwrap_or(&nothing);
        let could_be =
            Plausible { policy: self }.context(known) && known.is_within(u64::MAX, MOST_GAPS);
        let is_possible = match operation {
            // Only versions that are kept beside each other are written over one by one.
            Operation::Write { .. } | Operation::Delete { .. } | Operation::Take { .. } => {
                known.is_empty() || self.register == RegisterRule::KeepAll
            }
            // What was typed next to what has not arrived would be dropped.
            Operation::Edit { edit: Edit::Insert { .. } | Edit::Erase { .. }, .. } => {
                self.propagation == Propagation::States || self.delivery == Delivery::Causal
            }
            // Another replica may let another one pass at the same time.
            Operation::CompareAndSet { .. }
            // Nobody knows all keys, and each is told by itself.
            | Operation::Clear
            | Operation::Transact { .. } => false,
            Operation::Read { .. }
            | Operation::Add { .. }
            | Operation::Edit { edit: Edit::Include(_) | Edit::Exclude(_), .. }
            | Operation::AddReplica(_)
            | Operation::RemoveReplica(_) => true,
        };
        if is_usual && could_be && is_possible { Ok(()) } else { Err(Refusal::Unsupported) }
    }

    fn observe(&self, replica: &Replica, observer: &mut CellObserver) -> Observation {
        let durable = &replica.durable;
        observer.look_at(&durable.cells);
        let reached = |context: &Context| -> Vec<(ReplicaId, u64)> {
            self.ids().map(|id| (id, context.latest(id))).collect()
        };
        let facts = CellFacts {
            keys: observer.shown,
            cells: durable.cells.len(),
            erased: observer.erased,
            tombstones: durable.removed.len(),
            delivered: reached(&durable.delivered),
            seen: reached(&durable.seen),
            early: replica.waiting.len(),
            untold: durable.events.len(),
            digest: format!("{:016x}", observer.digest),
        };
        Observation { role: "leader", facts: Facts::Cells(facts) }
    }

    fn contents(replica: &Replica) -> Contents {
        Contents::Cells(replica.durable.cells.clone())
    }
}

#[cfg(test)]
mod tests;
