//! The one order: numbering what is handed in, delivering it, and who has how much of it.

use super::state::Transaction;
use super::transition::Turn;
use super::{Acknowledgement, Certification, Message, Retention, Safeguard};
use crate::vocabulary::{Epoch, LogPosition, ReplicaId};

/// So far ahead of what it has applied a replica keeps what arrives early.
const FURTHEST: u64 = 1 << 16;

impl Turn<'_> {
    /// A transaction is handed in: it is the next one.
    pub(super) fn on_submit(&mut self, transaction: Transaction) {
        if self.replica.recovering.is_some() {
            // ignored: what is next is not known, and it is handed in again.
            return;
        }
        if self.is_recognised(transaction.author) {
            // ignored: it is in the order, and whoever lacks it asks what it is missing.
            return;
        }
        let position = self.replica.durable.applied.next();
        let epoch = self.replica.durable.epoch;
        self.send_to_others(&Message::Ordered {
            epoch,
            position,
            transaction: transaction.clone(),
        });
        self.deliver(position, transaction);
        self.persist(self.policy.flush.policy());
        self.note_everywhere();
    }

    /// The sequencer says what is at a place.
    pub(super) fn on_ordered(
        &mut self,
        epoch: Epoch,
        position: LogPosition,
        transaction: Transaction,
    ) {
        let durable = &self.replica.durable;
        let is_far_off = position.0.saturating_sub(durable.applied.0) > FURTHEST;
        if epoch != durable.epoch || durable.has(position) || is_far_off {
            // ignored: it is known, or from a life of the sequencer that it has not finished; or it is asked for when
            // it is its turn.
            return;
        }
        if self.policy.has(Safeguard::OrderKept) {
            self.replica.early.insert(position, transaction);
            self.deliver_what_is_next();
        } else {
            self.deliver(position, transaction);
            self.persist(self.policy.flush.policy());
        }
        if self.policy.acknowledgement == Acknowledgement::Everywhere {
            let Self { replica, .. } = &*self;
            let held = Message::Held(replica.durable.epoch, replica.durable.applied);
            self.send(Certification::SEQUENCER, held);
        }
    }

    fn deliver_what_is_next(&mut self) {
        let before = self.replica.durable.applied;
        while let Some(next) = self.replica.early.remove(&self.replica.durable.applied.next()) {
            self.deliver(self.replica.durable.applied.next(), next);
        }
        if self.replica.durable.applied != before {
            self.persist(self.policy.flush.policy());
        }
    }

    /// A replica has all up to there.
    pub(super) fn on_held(&mut self, from: ReplicaId, epoch: Epoch, position: LogPosition) {
        if epoch != self.replica.durable.epoch {
            // ignored: it is about an order that may have ended otherwise.
            return;
        }
        let held = self.replica.held.entry(from).or_default();
        *held = (*held).max(position);
        self.note_everywhere();
    }

    /// Notes up to where everybody has the order, and tells the others.
    fn note_everywhere(&mut self) {
        let held = |replica| self.replica.held.get(&replica).copied().unwrap_or_default();
        let least = self.policy.others(self.me).map(held).min();
        let own = self.replica.durable.applied;
        let everywhere = least.map_or(own, |least| least.min(own));
        if self.policy.collects() && everywhere > self.replica.everywhere {
            self.replica.everywhere = everywhere;
            self.send_to_others(&Message::Stable(self.replica.durable.epoch, everywhere));
        }
        self.forget();
    }

    /// Everybody has all up to there.
    pub(super) fn on_stable(&mut self, epoch: Epoch, position: LogPosition) {
        if epoch != self.replica.durable.epoch {
            // ignored: it is about an order that may have ended otherwise.
            return;
        }
        self.replica.everywhere = self.replica.everywhere.max(position);
        self.forget();
    }

    /// Forgets the order up to where nobody asks for it any more.
    fn forget(&mut self) {
        let durable = &mut self.replica.durable;
        let until = match self.policy.retention {
            Retention::ForGood => return,
            Retention::UntilEverywhere if self.policy.has(Safeguard::OthersAwaited) => {
                self.replica.everywhere.min(durable.applied)
            }
            Retention::UntilEverywhere => durable.applied,
        };
        if until <= durable.forgotten {
            return;
        }
        while durable.forgotten < until {
            durable.forgotten = durable.forgotten.next();
            durable.log.remove(&durable.forgotten);
        }
        self.persist(self.policy.flush.policy());
    }

    /// A replica asks for what follows what it has.
    pub(super) fn on_missing(&mut self, from: ReplicaId, epoch: Epoch, position: LogPosition) {
        if self.replica.recovering.is_some() || epoch != self.replica.durable.epoch {
            // ignored: what follows is not known, or it knows of another life of the sequencer.
            return;
        }
        self.on_held(from, epoch, position);
        let log = self.replica.durable.log.clone();
        for (position, entry) in log.after(Some(&position)).take(self.policy.batch.into()) {
            let (position, transaction) = (*position, entry.transaction.clone());
            self.send(from, Message::Ordered { epoch, position, transaction });
        }
        if self.replica.everywhere > LogPosition::ZERO {
            self.send(from, Message::Stable(epoch, self.replica.everywhere));
        }
    }
}
