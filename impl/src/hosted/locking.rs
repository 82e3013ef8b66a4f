//! Nodes that lock each other before they change anything.

use holdfast_models::multi_leader::locking::{Locking, Message, Replica, Timer, Transaction};
use holdfast_models::vocabulary::{Operation, Refusal, Request, Terms};

use super::{Contents, Coordination, Facts, Hosted, LockFacts, Observation, Service};
use crate::config::{Patience, Timers};

/// No clock that counts transactions shows that, and no key is locked so often: at a billion times a second it would
/// take thirty years.
const LATEST: u64 = 1 << 60;

impl Hosted for Locking {
    type Observer = ();

    const KINDS: &'static [&'static str] =
        &["lock", "granted", "prepare", "prepared", "refused", "decided", "applied", "inquire"];

    fn kind(message: &Message) -> usize {
        match message {
            Message::Lock(..) => 0,
            Message::Granted { .. } => 1,
            Message::Prepare { .. } => 2,
            Message::Prepared(_) => 3,
            Message::Refused(_) => 4,
            Message::Decided { .. } => 5,
            Message::Applied(_) => 6,
            Message::Inquire(..) => 7,
        }
    }

    fn patience(&self, timer: Timer, timers: &Timers) -> Patience {
        match timer {
            Timer::Repeat => Patience::exactly(timers.heartbeat),
            Timer::Silence(_) => {
                Patience { at_least: timers.suspect, at_most: timers.suspect_at_most }
            }
        }
    }

    /// A replica that was heard just now is not taken to be gone. Whatever else is due is due.
    fn is_put_off(&self, timer: Timer) -> bool {
        match timer {
            Timer::Repeat => false,
            Timer::Silence(_) => true,
        }
    }

    fn is_bulky(_: &Message) -> bool {
        false
    }

    fn is_plausible(&self, message: &Message) -> bool {
        let could_be = |transaction: &Transaction| {
            transaction.time < LATEST && transaction.coordinator.0 < self.replicas
        };
        match message {
            Message::Granted { transaction, grant }
            | Message::Prepare { transaction, grant, key: _, change: _ } => {
                could_be(transaction) && *grant < LATEST
            }
            Message::Lock(transaction, _)
            | Message::Prepared(transaction)
            | Message::Refused(transaction)
            | Message::Decided { transaction, .. }
            | Message::Applied(transaction)
            | Message::Inquire(transaction, _) => could_be(transaction),
        }
    }

    /// Whoever is asked coordinates, and all remember what was decided: all hold what is acknowledged, or are prepared
    /// to.
    fn service(&self) -> Service {
        let guaranteed_followers = usize::from(self.replicas).saturating_sub(1);
        Service { coordination: Coordination::Leader, guaranteed_followers }
    }

    fn admits(&self, request: &Request) -> Result<(), Refusal> {
        let Request { operation, terms, .. } = request;
        let Terms { write_quorum, read_quorum, context } = terms;
        let is_usual = write_quorum.is_none()
            && read_quorum.is_none()
            && context.as_ref().is_none_or(|context| context.is_empty());
        if !is_usual {
            return Err(Refusal::Unsupported);
        }
        match operation {
            Operation::Read { .. }
            | Operation::Write { .. }
            | Operation::Delete { .. }
            | Operation::Add { .. }
            | Operation::CompareAndSet { .. }
            | Operation::Take { .. } => Ok(()),
            // A transaction locks one key, a register holds one value, and who takes part is for the cluster file to say.
            Operation::Clear
            | Operation::Edit { .. }
            | Operation::Transact { .. }
            | Operation::AddReplica(_)
            | Operation::RemoveReplica(_) => Err(Refusal::Unsupported),
        }
    }

    fn observe(&self, replica: &Replica, (): &mut ()) -> Observation {
        let Replica { durable, pending, locks, waiting, .. } = replica;
        let facts = LockFacts {
            pending: pending.len(),
            locked: locks.len(),
            waiting: waiting.values().map(std::collections::BTreeSet::len).sum(),
            prepared: durable.prepared.len(),
            decided: durable.decided.len(),
            registers: durable.cells.len(),
        };
        Observation { role: "replica", facts: Facts::Locks(facts) }
    }

    fn contents(replica: &Replica) -> Contents {
        Contents::Locked(replica.durable.cells.clone())
    }
}
