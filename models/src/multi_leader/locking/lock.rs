//! Who holds a key here, and who waits for it.

use super::state::{Lock, Transaction};
use super::transition::Turn;
use super::{Conflict, LockLife, Message};
use crate::vocabulary::Key;

impl Turn<'_> {
    /// A coordinator wants a key.
    pub(super) fn on_lock(&mut self, transaction: Transaction, key: Key) {
        let durable = &mut self.replica.durable;
        durable.time = durable.time.max(transaction.time);
        let is_over = self.was_granted(transaction, &key);
        match self.holder(&key) {
            Some(holder) if holder == transaction => {
                // The grant may have been lost; of one that is prepared it is known.
                if let Some(lock) = self.replica.locks.get(&key) {
                    let grant = lock.grant;
                    self.send(transaction.coordinator, Message::Granted { transaction, grant });
                }
            }
            None | Some(_) if is_over => {
                self.send(transaction.coordinator, Message::Refused(transaction));
            }
            None => self.grant(transaction, &key),
            Some(holder) if self.may_wait(transaction, holder) => {
                self.replica.waiting.entry(key).or_default().insert(transaction);
            }
            Some(_) => self.send(transaction.coordinator, Message::Refused(transaction)),
        }
    }

    /// Who has a key here that nobody else may have now.
    fn holder(&self, key: &Key) -> Option<Transaction> {
        if let Some(prepared) = self.replica.durable.prepared.get(key) {
            return Some(prepared.transaction);
        }
        let lock = self.replica.locks.get(key)?;
        let is_over = lock.until.is_some_and(|until| until <= self.now);
        (!is_over).then_some(lock.holder)
    }

    /// Whether `key` was granted to `transaction` or to a younger one of its coordinator: it is not again.
    fn was_granted(&self, transaction: Transaction, key: &Key) -> bool {
        let cell = self.replica.durable.cell(key);
        let youngest = cell.granted.get(&transaction.coordinator);
        youngest.is_some_and(|youngest| *youngest >= transaction.time)
    }

    fn may_wait(&self, transaction: Transaction, holder: Transaction) -> bool {
        match self.policy.conflict {
            Conflict::Wait => true,
            Conflict::WaitDie => transaction < holder,
            Conflict::Die => false,
        }
    }

    fn grant(&mut self, transaction: Transaction, key: &Key) {
        // It may have waited, and have found the lock of another one over when it asked again.
        self.stop_waiting(transaction, key);
        let mut cell = self.replica.durable.cell(key);
        cell.grants = cell.grants.saturating_add(1);
        let grant = cell.grants;
        cell.granted.insert(transaction.coordinator, transaction.time);
        self.replica.durable.cells.insert(key.clone(), cell);
        self.persist();
        let until = match self.policy.life {
            LockLife::UntilReleased => None,
            LockLife::Ticks(ticks) => Some(self.now.plus(ticks)),
        };
        self.replica.locks.insert(key.clone(), Lock { holder: transaction, grant, until });
        self.send(transaction.coordinator, Message::Granted { transaction, grant });
    }

    /// Nobody holds `key` any more: the oldest that waits for it gets it, and the others wait for that
    /// one, if they may.
    pub(super) fn pass_on(&mut self, key: &Key) {
        let Some(mut waiting) = self.replica.waiting.remove(key) else { return };
        let next = loop {
            let Some(next) = waiting.pop_first() else { return };
            if !self.was_granted(next, key) {
                break next;
            }
            self.send(next.coordinator, Message::Refused(next));
        };
        self.grant(next, key);
        for other in std::mem::take(&mut waiting) {
            if self.may_wait(other, next) {
                waiting.insert(other);
            } else {
                self.send(other.coordinator, Message::Refused(other));
            }
        }
        if !waiting.is_empty() {
            self.replica.waiting.insert(key.clone(), waiting);
        }
    }

    /// `transaction` does not want `key` any more, whether it holds it unprepared or waits for it.
    pub(super) fn let_go(&mut self, transaction: Transaction, key: &Key) {
        self.stop_waiting(transaction, key);
        if self.replica.locks.get(key).is_some_and(|lock| lock.holder == transaction) {
            self.replica.locks.remove(key);
            self.pass_on(key);
        }
    }

    fn stop_waiting(&mut self, transaction: Transaction, key: &Key) {
        if let Some(waiting) = self.replica.waiting.get_mut(key) {
            waiting.remove(&transaction);
            if waiting.is_empty() {
                self.replica.waiting.remove(key);
            }
        }
    }
}
