//! Repeating what may have been lost, asking what has become of others, and giving up.

use super::state::{Replica, Transaction};
use super::transition::Turn;
use super::{Message, Safeguard, Timer};
use crate::vocabulary::{Key, ReplicaId, ReplicaSet};

impl Turn<'_> {
    pub(super) fn on_repeat(&mut self) {
        let pending: Vec<_> = self.replica.pending.clone().into_iter().collect();
        for (transaction, pending) in pending {
            if pending.change.is_some() {
                self.send_prepare(transaction);
                continue;
            }
            let Some(key) = pending.request.operation.key() else { continue };
            for replica in self.policy.ids().filter(|id| !pending.granted.contains_key(id)) {
                self.send(replica, Message::Lock(transaction, key.clone()));
            }
        }
        let decided: Vec<_> =
            self.replica.durable.decided.iter().map(|(of, key)| (*of, key.clone())).collect();
        for (transaction, key) in decided {
            let heard = self.heard(transaction);
            for replica in self.policy.ids().filter(|id| !heard.contains(*id)) {
                let key = key.clone();
                self.send(replica, Message::Decided { transaction, key, commit: true });
            }
        }
        for (transaction, key) in self.involved() {
            self.send(transaction.coordinator, Message::Inquire(transaction, key));
        }
        self.effects.arm.push(Timer::Repeat);
    }

    /// The transactions that hold a key here or wait for one.
    fn involved(&self) -> Vec<(Transaction, Key)> {
        let Replica { durable, locks, waiting, .. } = &*self.replica;
        let prepared = durable.prepared.iter();
        let prepared = prepared.map(|(key, prepared)| (prepared.transaction, key.clone()));
        let locked = locks.iter().map(|(key, lock)| (lock.holder, key.clone()));
        let waiting = waiting.iter().flat_map(|(key, transactions)| {
            transactions.iter().map(|transaction| (*transaction, key.clone()))
        });
        prepared.chain(locked).chain(waiting).collect()
    }

    /// A replica wants to know what has become of a transaction. Of one that was not decided and is not
    /// pending nothing is remembered: it was abandoned, or everybody has applied it.
    pub(super) fn on_inquire(&mut self, from: ReplicaId, transaction: Transaction, key: Key) {
        if self.replica.pending.contains_key(&transaction) {
            // ignored: it is not decided.
            return;
        }
        let commit = self.replica.durable.decided.get(&transaction).is_some();
        self.send(from, Message::Decided { transaction, key, commit });
    }

    /// A replica has applied what was decided: once all have, the decision is forgotten.
    pub(super) fn on_applied(&mut self, from: ReplicaId, transaction: Transaction) {
        if self.replica.durable.decided.get(&transaction).is_none() {
            // ignored: all have.
            return;
        }
        let heard = self.heard(transaction).with(from);
        if heard == ReplicaSet::first(self.policy.replicas) {
            self.replica.heard.remove(&transaction);
            self.replica.durable.decided.remove(&transaction);
            self.persist();
        } else {
            self.replica.heard.insert(transaction, heard);
        }
    }

    fn heard(&self, transaction: Transaction) -> ReplicaSet {
        self.replica.heard.get(&transaction).copied().unwrap_or_default()
    }

    /// Nothing was heard of a replica for too long: what it has locked and is not prepared is free. Whoever
    /// is prepared does not know whether the others have applied it.
    pub(super) fn on_silence(&mut self, silent: ReplicaId) {
        self.effects.arm.push(Timer::Silence(silent));
        for (transaction, key) in self.involved() {
            if transaction.coordinator != silent {
                continue;
            }
            if !self.replica.durable.is_prepared(transaction, &key) {
                self.let_go(transaction, &key);
            } else if !self.policy.has(Safeguard::PreparedWait) {
                self.replica.durable.prepared.remove(&key);
                self.persist();
                self.pass_on(&key);
            }
        }
    }
}

/// See [`crate::protocol::Protocol::is_obsolete`].
pub(super) fn is_obsolete(message: &Message, receiver: &Replica) -> bool {
    match message {
        // No transaction that is not pending will be again.
        Message::Granted { transaction, .. }
        | Message::Prepared(transaction)
        | Message::Refused(transaction) => !receiver.pending.contains_key(transaction),
        Message::Applied(transaction) => receiver.durable.decided.get(transaction).is_none(),
        // They are answered, or end what may begin once more.
        Message::Lock(..)
        | Message::Prepare { .. }
        | Message::Decided { .. }
        | Message::Inquire(..) => false,
    }
}
