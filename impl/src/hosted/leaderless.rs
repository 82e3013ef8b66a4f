//! Nodes of leaderless replication.

use holdfast_models::leaderless::{
    Agreement, Cell, Leaderless, Message, Patience as Given, Register, Replica, Timer,
};
use holdfast_models::vocabulary::{Operation, Refusal, ReplicaId, Request, Terms, Version};

use super::observer::Observer;
use super::{Contents, Coordination, Facts, Hosted, Observation, RegisterFacts, Service};
use crate::config::{Patience, Timers};

/// No register is updated so often: at a million times a second it would take nine years.
const LATEST_UPDATE: u64 = 1 << 48;

/// So many updates beyond those that it has all seen may be in what a client says it knows.
const MOST_GAPS: usize = 64;

impl Hosted for Leaderless {
    type Observer = Observer;

    const KINDS: &'static [&'static str] = &[
        "ask",
        "answer",
        "store",
        "stored",
        "repair",
        "keep",
        "kept",
        "hand_over",
        "handed_over",
        "reap",
        "compare",
        "summary",
        "fetch",
        "prepare",
        "promise",
        "propose",
        "accepted",
        "preempted",
        "gather",
        "gathered",
        "settle",
        "settled",
        "outdated",
    ];

    fn kind(message: &Message) -> usize {
        match message {
            Message::Ask { .. } => 0,
            Message::Answer { .. } => 1,
            Message::Store { .. } => 2,
            Message::Stored { .. } => 3,
            Message::Repair { .. } => 4,
            Message::Keep { .. } => 5,
            Message::Kept { .. } => 6,
            Message::HandOver { .. } => 7,
            Message::HandedOver { .. } => 8,
            Message::Reap { .. } => 9,
            Message::Compare { .. } => 10,
            Message::Summary { .. } => 11,
            Message::Fetch { .. } => 12,
            Message::Prepare { .. } => 13,
            Message::Promise { .. } => 14,
            Message::Propose { .. } => 15,
            Message::Accepted { .. } => 16,
            Message::Preempted { .. } => 17,
            Message::Gather { .. } => 18,
            Message::Gathered { .. } => 19,
            Message::Settle { .. } => 20,
            Message::Settled { .. } => 21,
            Message::Outdated { .. } => 22,
        }
    }

    /// A node has one alarm of each name, for all that it coordinates: it looks in time, and the
    /// machine gives each request its own.
    fn paced(self, timers: &Timers) -> Self {
        let (fallback, deadline) =
            (timers.in_ticks(timers.fallback), timers.in_ticks(timers.deadline));
        Self { patience: Some(Given { fallback, deadline }), ..self }
    }

    fn patience(&self, timer: Timer, timers: &Timers) -> Patience {
        match timer {
            Timer::Resend => Patience::exactly(timers.heartbeat),
            Timer::Fallback => Patience::exactly(timers.fallback / LOOKS),
            Timer::Deadline => Patience::exactly(timers.deadline / LOOKS),
            Timer::CommitWait => Patience::exactly(timers.tick),
            Timer::Handoff => Patience::exactly(timers.handoff),
            Timer::ExpireHints => Patience::exactly(timers.expire_hints),
            // Drawn, so that replicas do not all compare at the same moment.
            Timer::Compare => Patience { at_least: timers.compare / 2, at_most: timers.compare },
            Timer::Reap => Patience::exactly(timers.reap),
        }
    }

    /// What is forgotten after a while was not touched for that long. Whatever else is due is due,
    /// however many requests come.
    fn is_put_off(&self, timer: Timer) -> bool {
        match timer {
            Timer::ExpireHints | Timer::Reap => true,
            Timer::Resend
            | Timer::Fallback
            | Timer::Deadline
            | Timer::CommitWait
            | Timer::Handoff
            | Timer::Compare => false,
        }
    }

    fn is_bulky(_: &Message) -> bool {
        false
    }

    fn is_plausible(&self, message: &Message) -> bool {
        let exists = |replica: ReplicaId| replica.0 < self.replicas;
        let could_be = |version: &Version| exists(version.origin);
        let could_hold = |register: &Register| {
            let could_be = |cell: &Cell| could_be(&cell.version);
            register.cells.iter().all(could_be)
                && (self.keeps_siblings() || register.cells.len() <= 1)
                && register.seen.replicas().all(exists)
        };
        match message {
            Message::Answer { register, .. }
            | Message::Store { register, .. }
            | Message::Repair { register, .. }
            | Message::HandOver { register, .. }
            | Message::Propose { register, .. } => could_hold(register),
            Message::Promise { ballot, register, .. } => could_be(ballot) && could_hold(register),
            Message::Keep { owner, register, .. } => exists(*owner) && could_hold(register),
            Message::Kept { owner, versions, .. } => {
                exists(*owner) && versions.iter().all(could_be)
            }
            Message::Stored { versions, .. } | Message::HandedOver { versions, .. } => {
                versions.iter().all(could_be)
            }
            Message::Summary { versions, .. } => {
                versions.iter().all(|(_, versions)| versions.iter().all(could_be))
            }
            Message::Reap { version, .. } => could_be(version),
            Message::Prepare { ballot, .. }
            | Message::Accepted { ballot, .. }
            | Message::Preempted { ballot, .. } => could_be(ballot),
            Message::Gathered { piece, .. } | Message::Settle { piece, .. } => {
                piece.registers.iter().all(|(_, register)| could_hold(register))
            }
            Message::Ask { .. }
            | Message::Compare { .. }
            | Message::Fetch { .. }
            | Message::Gather { .. }
            | Message::Settled { .. }
            | Message::Outdated { .. } => true,
        }
    }

    /// A coordinator may be a home or not, and whoever else holds an update follows nobody.
    fn service(&self) -> Service {
        Service { coordination: Coordination::Anyone, guaranteed_followers: 0 }
    }

    fn admits(&self, request: &Request) -> Result<(), Refusal> {
        let Request { operation, terms, .. } = request;
        let Terms { write_quorum, read_quorum, context } = terms;
        let is_possible = |quorum: &Option<u8>| {
            quorum.is_none_or(|quorum| {
                (1..=self.copies).contains(&quorum) && self.agreement == Agreement::Nothing
            })
        };
        let is_known = context.as_ref().is_none_or(|context| {
            let nothing = context.is_empty();
            nothing
                || self.keeps_siblings()
                    && context.replicas().all(|id| id.0 < self.replicas)
                    && context.is_within(LATEST_UPDATE, MOST_GAPS)
        });
        if !is_possible(write_quorum) || !is_possible(read_quorum) || !is_known {
            return Err(Refusal::Unsupported);
        }
        match (operation, self.agreement) {
            // Two that read the same would each write, and one of them would be lost.
            (Operation::Add { .. } | Operation::CompareAndSet { .. }, Agreement::Nothing) => {
                Err(Refusal::Unsupported)
            }
            // Every key has homes of its own.
            (Operation::Transact { .. }, _) => Err(Refusal::Unsupported),
            (
                Operation::Add { .. } | Operation::CompareAndSet { .. },
                Agreement::Conditional | Agreement::Everything,
            )
            | (
                Operation::Read { .. }
                | Operation::Write { .. }
                | Operation::Delete { .. }
                | Operation::Take { .. }
                | Operation::Clear
                | Operation::Edit { .. }
                | Operation::AddReplica(_)
                | Operation::RemoveReplica(_),
                _,
            ) => Ok(()),
        }
    }

    fn observe(&self, replica: &Replica, observer: &mut Observer) -> Observation {
        let durable = &replica.durable;
        observer.look_at(&durable.registers);
        let compared = replica.compared.as_ref().map(ToString::to_string);
        let facts = RegisterFacts {
            registers: durable.registers.len(),
            tombstones: observer.tombstones,
            digest: format!("{:016x}", observer.digest),
            hints: durable.hints.len(),
            coordinated: replica.pending.len(),
            compared_at_once: self.compared_at_once(),
            compared,
            incarnation: durable.incarnation,
        };
        Observation { role: "home", facts: Facts::Registers(facts) }
    }

    fn contents(replica: &Replica) -> Contents {
        Contents::Registers(replica.durable.registers.clone())
    }
}

/// How often it is looked whether a request has had its time, within that time.
const LOOKS: u32 = 4;

#[cfg(test)]
mod tests {
    use holdfast_models::vocabulary::{Key, RequestId};

    use super::*;

    #[test]
    fn what_a_configuration_cannot_do_is_refused_before_it_is_tried() {
        let policy = Leaderless::majority(3);
        let asked = |operation, terms| Request {
            id: RequestId(1),
            token: Default::default(),
            operation,
            terms,
        };
        let read = || Operation::Read { key: Key::from("x") };
        let add = || Operation::Add { key: Key::from("x"), amount: 1 };
        let quorum = |of| Terms { read_quorum: Some(of), ..Terms::default() };
        let refused = Err(Refusal::Unsupported);
        assert_eq!(policy.admits(&asked(read(), quorum(3))), Ok(()));
        for quorum in [quorum(0), quorum(4)] {
            assert_eq!(policy.admits(&asked(read(), quorum)), refused);
        }
        assert_eq!(policy.admits(&asked(add(), Terms::default())), refused);
        let agreed = Leaderless { agreement: Agreement::Conditional, ..policy };
        assert_eq!(agreed.admits(&asked(add(), Terms::default())), Ok(()));
        assert_eq!(agreed.admits(&asked(read(), quorum(1))), refused);
    }

    #[test]
    fn every_kind_of_message_has_its_name() {
        let names: std::collections::BTreeSet<_> = Leaderless::KINDS.iter().collect();
        assert_eq!(names.len(), Leaderless::KINDS.len());
        let message = Message::Repair { key: Key::from("x"), register: Register::default() };
        assert_eq!(Leaderless::KINDS[Leaderless::kind(&message)], "repair");
    }
}
