//! Repeating what may have been lost, and a sequencer that was down.

use super::state::{Replica, Transaction};
use super::transition::Turn;
use super::{Certification, Flush, Message, SnapshotRule, Timer};
use crate::protocol::SyncPolicy;
use crate::vocabulary::{Author, Epoch, LogPosition, ReplicaId, ReplicaSet};

impl Turn<'_> {
    pub(super) fn on_repeat(&mut self) {
        let at_once = usize::from(self.policy.batch);
        let pending: Vec<_> = self.replica.pending.values().take(at_once).cloned().collect();
        for transaction in pending {
            self.send(Certification::SEQUENCER, Message::Submit(transaction));
        }
        if self.policy.snapshot == SnapshotRule::Barrier {
            let open = self.replica.asked.iter().filter(|(_, asked)| asked.end.is_none());
            let open: Vec<Author> = open.map(|(author, _)| *author).take(at_once).collect();
            for author in open {
                self.send(Certification::SEQUENCER, Message::End(author));
            }
        }
        if self.me != Certification::SEQUENCER {
            let durable = &self.replica.durable;
            let missing = Message::Missing(durable.epoch, durable.applied);
            self.send(Certification::SEQUENCER, missing);
        }
        self.ask_what_was_lost();
        self.effects.arm.push(Timer::Repeat);
    }

    /// The sequencer was down, and what it had numbered may be lost. This is another life: what it said before is
    /// heeded no longer, once everybody has told what they have of it.
    pub(super) fn begin_recovery(&mut self) {
        self.replica.durable.epoch = self.replica.durable.epoch.next();
        self.persist(SyncPolicy::BeforeRelease);
        self.replica.recovering = Some(ReplicaSet::EMPTY);
        self.end_recovery();
        self.ask_what_was_lost();
    }

    fn ask_what_was_lost(&mut self) {
        let Some(heard) = self.replica.recovering else { return };
        let durable = &self.replica.durable;
        let message = Message::Recover(durable.epoch, durable.applied);
        for replica in self.policy.others(self.me).filter(|id| !heard.contains(*id)) {
            self.send(replica, message.clone());
        }
    }

    fn end_recovery(&mut self) {
        let others: ReplicaSet = self.policy.others(self.me).collect();
        if self.replica.recovering.is_some_and(|heard| others.is_subset(heard)) {
            self.replica.recovering = None;
        }
    }

    /// The sequencer was down: tell it what is here, and heed nothing any more that it said before.
    pub(super) fn on_recover(&mut self, epoch: Epoch, after: LogPosition) {
        if epoch < self.replica.durable.epoch {
            // ignored: the sequencer was down once more since.
            return;
        }
        if epoch > self.replica.durable.epoch {
            self.replica.durable.epoch = epoch;
            self.replica.early.clear();
            self.persist(SyncPolicy::BeforeRelease);
        }
        let log = self.replica.durable.log.after(Some(&after));
        let transactions = log.map(|(_, entry)| entry.transaction.clone()).collect();
        let recovered = Message::Recovered { epoch, after, transactions };
        self.send(Certification::SEQUENCER, recovered);
    }

    /// A replica tells what it has of the order.
    pub(super) fn on_recovered(
        &mut self,
        from: ReplicaId,
        epoch: Epoch,
        after: LogPosition,
        transactions: Vec<Transaction>,
    ) {
        let (Some(heard), applied) = (self.replica.recovering, self.replica.durable.applied) else {
            // ignored: it knows.
            return;
        };
        if epoch != self.replica.durable.epoch || after > applied {
            // ignored: it was told to an earlier life.
            return;
        }
        let known = usize::try_from(applied.0 - after.0).unwrap_or(usize::MAX);
        for transaction in transactions.into_iter().skip(known) {
            self.deliver(self.replica.durable.applied.next(), transaction);
        }
        if self.replica.durable.applied != applied {
            self.persist(self.policy.flush.policy());
        }
        self.replica.recovering = Some(heard.with(from));
        self.end_recovery();
    }
}

/// See [`crate::protocol::Protocol::is_obsolete`]. What is on disk at once is known for good.
pub(super) fn is_obsolete(
    policy: &Certification,
    message: &Message,
    from: ReplicaId,
    receiver: &Replica,
) -> bool {
    match message {
        Message::Ordered { epoch, position, .. } => {
            let is_known = receiver.durable.has(*position);
            from != Certification::SEQUENCER
                || policy.flush == Flush::Before && is_known
                || *epoch < receiver.durable.epoch
        }
        // They may be asked for once more, or are answered each time.
        Message::Submit(_)
        | Message::Held(..)
        | Message::Stable(..)
        | Message::Missing(..)
        | Message::End(_)
        | Message::EndsAt(..)
        | Message::Recover(..)
        | Message::Recovered { .. } => false,
    }
}
