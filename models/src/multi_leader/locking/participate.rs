//! Being prepared, and applying what was decided.

use super::state::{Cell, Change, Prepared, Transaction};
use super::transition::Turn;
use super::{Message, Safeguard};
use crate::vocabulary::Key;

impl Turn<'_> {
    /// A coordinator that has locked the key wants this replica to be prepared.
    pub(super) fn on_prepare(
        &mut self,
        transaction: Transaction,
        key: Key,
        grant: u64,
        change: Change,
    ) {
        if self.replica.durable.prepared.get(&key).is_some() {
            let answer = if self.replica.durable.is_prepared(transaction, &key) {
                Message::Prepared(transaction)
            } else {
                Message::Refused(transaction)
            };
            return self.send(transaction.coordinator, answer);
        }
        let lock = self.replica.locks.get(&key);
        let holds = lock.is_some_and(|lock| lock.holder == transaction && lock.grant == grant);
        if !holds && self.policy.has(Safeguard::TokensCompared) {
            return self.send(transaction.coordinator, Message::Refused(transaction));
        }
        // From now on the promise keeps others out.
        self.replica.locks.remove(&key);
        self.replica.durable.prepared.insert(key, Prepared { transaction, change });
        self.persist();
        self.send(transaction.coordinator, Message::Prepared(transaction));
    }

    /// The coordinator has decided.
    pub(super) fn on_decided(&mut self, transaction: Transaction, key: &Key, commit: bool) {
        let durable = &mut self.replica.durable;
        let is_prepared = durable.is_prepared(transaction, key);
        match is_prepared.then(|| durable.prepared.take(key)).flatten() {
            Some(Prepared { change, .. }) => {
                if commit {
                    let Change { value, author, outcome } = change;
                    let cell = Cell { value, ..durable.cell(key) };
                    durable.cells.insert(key.clone(), cell);
                    durable.note(author, outcome);
                }
                self.persist();
                self.pass_on(key);
            }
            None => self.let_go(transaction, key),
        }
        if commit {
            self.send(transaction.coordinator, Message::Applied(transaction));
        }
    }
}
