//! Deciding about what is next in the order, applying it, and answering.

use super::state::{Answered, Cell, Entry, Transaction};
use super::transition::Turn;
use super::{Acknowledgement, Certificate, Safeguard};
use crate::vocabulary::{Author, LogPosition, Outcome, Refusal};

impl Turn<'_> {
    /// Goes one step on in the order. Whoever goes the same steps decides the same.
    pub(super) fn deliver(&mut self, position: LogPosition, transaction: Transaction) {
        let commits = self.is_certified(&transaction);
        let Author { client, request } = transaction.author;
        let durable = &mut self.replica.durable;
        let mut outcome = Outcome::Refused(Refusal::Conflict);
        if commits {
            for (key, value) in &transaction.writes {
                let cell = Cell { value: value.clone(), written: position };
                durable.cells.insert(key.clone(), cell);
            }
            outcome = transaction.outcome.clone();
        }
        durable.answered.insert(client, Answered { request, outcome, position });
        durable.log.insert(position, Entry { transaction, commits });
        while durable.log.get(&durable.applied.next()).is_some() {
            durable.applied = durable.applied.next();
        }
        self.forget_requests(Author { client, request });
        self.begin();
    }

    /// Whether nobody has written since its snapshot where `transaction` writes, or also where it reads; and nowhere
    /// where it forbids that.
    fn is_certified(&self, transaction: &Transaction) -> bool {
        let is_unchanged = |key| self.replica.durable.cell(key).written <= transaction.snapshot;
        let reads_count = match self.policy.certificate {
            Certificate::Writes => false,
            Certificate::ReadsAndWrites => true,
        };
        !self.policy.has(Safeguard::FirstCommitterWins)
            || transaction.writes.keys().all(is_unchanged)
                && (!reads_count || transaction.reads.iter().all(is_unchanged))
                && self.replica.durable.are_unchanged(&transaction.unchanged)
    }

    /// Answers whoever waits for what is decided, once that is due.
    pub(super) fn answer(&mut self) {
        let waiting: Vec<Author> = self.replica.waiting.iter().copied().collect();
        for author in waiting {
            let Some(last) = self.replica.durable.answered.get(&author.client).cloned() else {
                continue;
            };
            let is_due = match self.policy.acknowledgement {
                Acknowledgement::Delivered => true,
                Acknowledgement::Everywhere => last.position <= self.replica.everywhere,
            };
            if last.request > author.request {
                // The client has gone on since, so it has its answer.
                self.replica.waiting.remove(&author);
            } else if last.request == author.request && is_due {
                self.replica.waiting.remove(&author);
                self.reply(author.client, author.request, last.outcome);
            }
        }
    }
}
