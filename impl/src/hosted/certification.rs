//! Nodes that certify transactions in one order.

use holdfast_models::multi_leader::certification::{
    Acknowledgement, Certification, Message, Replica, Timer, Transaction,
};
use holdfast_models::vocabulary::{Epoch, LogPosition, Operation, Refusal, Request, Terms};

use super::{Contents, Coordination, Facts, Hosted, Observation, OrderFacts, Service};
use crate::config::{Patience, Timers};

/// No order becomes that long: at a billion transactions a second it would take thirty years.
const LONGEST_ORDER: LogPosition = LogPosition(1 << 60);

/// No transaction names so many keys: they would not fit into a request.
const MOST_KEYS: usize = 1 << 16;

/// The only life of the sequencer: what it has said is on its disk, so that none has to follow it.
const LIFE: Epoch = Epoch(0);

impl Hosted for Certification {
    type Observer = ();

    const KINDS: &'static [&'static str] = &[
        "submit",
        "ordered",
        "held",
        "stable",
        "missing",
        "end",
        "ends_at",
        "recover",
        "recovered",
    ];

    const TRANSACTS: bool = true;

    fn kind(message: &Message) -> usize {
        match message {
            Message::Submit(_) => 0,
            Message::Ordered { .. } => 1,
            Message::Held(..) => 2,
            Message::Stable(..) => 3,
            Message::Missing(..) => 4,
            Message::End(_) => 5,
            Message::EndsAt(..) => 6,
            Message::Recover(..) => 7,
            Message::Recovered { .. } => 8,
        }
    }

    fn patience(&self, timer: Timer, timers: &Timers) -> Patience {
        match timer {
            Timer::Repeat => Patience::exactly(timers.heartbeat),
        }
    }

    /// What is due is due, whatever else happens.
    fn is_put_off(&self, timer: Timer) -> bool {
        match timer {
            Timer::Repeat => false,
        }
    }

    fn is_bulky(_: &Message) -> bool {
        false
    }

    fn is_plausible(&self, message: &Message) -> bool {
        let could_be =
            |epoch: Epoch, position: LogPosition| epoch == LIFE && position < LONGEST_ORDER;
        match message {
            Message::Submit(transaction) => is_plausible_transaction(transaction),
            Message::Ordered { epoch, position, transaction } => {
                could_be(*epoch, *position) && is_plausible_transaction(transaction)
            }
            Message::Held(epoch, position)
            | Message::Stable(epoch, position)
            | Message::Missing(epoch, position) => could_be(*epoch, *position),
            Message::End(_) => true,
            Message::EndsAt(_, position) => *position < LONGEST_ORDER,
            // Nobody has lost what it has said, so that nobody asks for it.
            Message::Recover(..) | Message::Recovered { .. } => false,
        }
    }

    /// What came of a request is part of the order, so that it may be asked of any replica.
    fn service(&self) -> Service {
        let guaranteed_followers = match self.acknowledgement {
            Acknowledgement::Delivered => 0,
            Acknowledgement::Everywhere => usize::from(self.replicas).saturating_sub(1),
        };
        Service { coordination: Coordination::Leader, guaranteed_followers }
    }

    fn admits(&self, request: &Request) -> Result<(), Refusal> {
        let Request { operation, terms, token, .. } = request;
        let Terms { write_quorum, read_quorum, context } = terms;
        let is_usual = write_quorum.is_none()
            && read_quorum.is_none()
            && context.as_ref().is_none_or(|context| context.is_empty());
        if !is_usual || token.0 >= LONGEST_ORDER {
            return Err(Refusal::Unsupported);
        }
        match operation {
            Operation::Read { .. }
            | Operation::Write { .. }
            | Operation::Delete { .. }
            | Operation::Add { .. }
            | Operation::CompareAndSet { .. }
            | Operation::Take { .. }
            | Operation::Transact { .. } => Ok(()),
            // Nobody knows which keys others have written meanwhile; a register holds one value; and who takes part is
            // for the cluster file to say.
            Operation::Clear
            | Operation::Edit { .. }
            | Operation::AddReplica(_)
            | Operation::RemoveReplica(_) => Err(Refusal::Unsupported),
        }
    }

    fn observe(&self, replica: &Replica, (): &mut ()) -> Observation {
        let Replica { durable, asked, pending, early, everywhere, .. } = replica;
        let facts = OrderFacts {
            sequencer: Self::SEQUENCER,
            applied: durable.applied,
            everywhere: *everywhere,
            kept: durable.log.len(),
            early: early.len(),
            asked: asked.len(),
            handed_in: pending.len(),
            registers: durable.cells.len(),
        };
        Observation { role: "replica", facts: Facts::Order(facts) }
    }

    fn contents(replica: &Replica) -> Contents {
        Contents::Order(replica.durable.cells.clone())
    }
}

fn is_plausible_transaction(transaction: &Transaction) -> bool {
    let Transaction { snapshot, reads, writes, unchanged, author: _, outcome: _ } = transaction;
    *snapshot < LONGEST_ORDER && reads.len() + writes.len() + unchanged.len() <= MOST_KEYS
}
