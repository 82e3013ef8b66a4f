//! Being prepared, and applying what was decided.

use super::state::{Change, Prepared, Transaction};
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
        let mut cell = self.replica.durable.cell(&key);
        if let Some(prepared) = &cell.prepared {
            let is_same = prepared.transaction == transaction;
            let answer = if is_same {
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
        cell.prepared = Some(Prepared { transaction, change });
        self.replica.durable.cells.insert(key, cell);
        self.persist();
        self.send(transaction.coordinator, Message::Prepared(transaction));
    }

    /// The coordinator has decided.
    pub(super) fn on_decided(&mut self, transaction: Transaction, key: &Key, commit: bool) {
        let mut cell = self.replica.durable.cell(key);
        match cell.prepared.take_if(|prepared| prepared.transaction == transaction) {
            Some(Prepared { change, .. }) => {
                if commit {
                    let Change { value, author, outcome } = change;
                    cell.value = value;
                    self.replica.durable.note(author, outcome);
                }
                self.replica.durable.cells.insert(key.clone(), cell);
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
