//! Beginning a transaction, and executing it on what is here.

use std::collections::{BTreeMap, BTreeSet};

use super::state::{Asked, Transaction};
use super::transition::Turn;
use super::{Certification, Message, Safeguard, SnapshotRule};
use crate::vocabulary::{
    Author, ClientId, Key, LogPosition, Operation, Outcome, Refusal, ReplicaId, Request, Value,
    added,
};

/// What a transaction would write and what its client would hear; or what to answer at once.
type Execution = Result<(BTreeMap<Key, Option<Value>>, Outcome), Refusal>;

impl Turn<'_> {
    /// A client asks.
    pub(super) fn on_request(&mut self, client: ClientId, request: Request) {
        let author = Author { client, request: request.id };
        if request.operation.is_update() && self.is_recognised(author) {
            // It is in the order: what came of it is told when that is due.
            self.replica.waiting.insert(author);
            return;
        }
        let is_known =
            self.replica.pending.contains_key(&author) || self.replica.asked.contains_key(&author);
        if is_known {
            // ignored: it is on its way.
            return;
        }
        let asked = Asked { operation: request.operation, seen: request.token.0, end: None };
        self.replica.asked.insert(author, asked);
        match self.policy.snapshot {
            SnapshotRule::Local => self.begin(),
            SnapshotRule::Barrier => self.send(Certification::SEQUENCER, Message::End(author)),
        }
    }

    /// Whether a request is in the order, or one after it.
    pub(super) fn is_recognised(&self, author: Author) -> bool {
        let last = self.replica.durable.answered.get(&author.client);
        self.policy.has(Safeguard::RequestsRecognised)
            && last.is_some_and(|last| last.request >= author.request)
    }

    /// A replica wants to know where the order ends.
    pub(super) fn on_end(&mut self, from: ReplicaId, author: Author) {
        if self.replica.recovering.is_some() {
            // ignored: that is not known, and it asks again.
            return;
        }
        self.send(from, Message::EndsAt(author, self.replica.durable.applied));
    }

    /// The order ended there after the request was asked for.
    pub(super) fn on_ends_at(&mut self, author: Author, position: LogPosition) {
        if let Some(asked) = self.replica.asked.get_mut(&author) {
            asked.end.get_or_insert(position);
            self.begin();
        }
        // ignored otherwise: it has begun.
    }

    /// Begins what has waited until this replica has what it has to see.
    pub(super) fn begin(&mut self) {
        let applied = self.replica.durable.applied;
        let has_all = |asked: &Asked| {
            let end = match self.policy.snapshot {
                SnapshotRule::Local => Some(LogPosition::ZERO),
                SnapshotRule::Barrier => asked.end,
            };
            asked.seen <= applied && end.is_some_and(|end| end <= applied)
        };
        let ready: Vec<Author> = self
            .replica
            .asked
            .iter()
            .filter(|(_, asked)| has_all(asked))
            .map(|(author, _)| *author)
            .collect();
        for author in ready {
            if let Some(asked) = self.replica.asked.remove(&author) {
                self.execute(author, &asked.operation);
            }
        }
    }

    /// Executes a transaction. One that may change something is handed in, whatever it comes to here: elsewhere it
    /// might come to something else.
    fn execute(&mut self, author: Author, operation: &Operation) {
        let Author { client, request } = author;
        let (writes, outcome) = match self.resulting(operation) {
            Ok(execution) => execution,
            Err(refusal) => return self.reply(client, request, Outcome::Refused(refusal)),
        };
        if !operation.is_update() {
            return self.reply(client, request, outcome);
        }
        let snapshot = self.replica.durable.applied;
        let transaction =
            Transaction { author, snapshot, reads: reads(operation), writes, outcome };
        self.replica.pending.insert(author, transaction.clone());
        self.replica.waiting.insert(author);
        self.send(Certification::SEQUENCER, Message::Submit(transaction));
    }

    /// What `operation` comes to, on what is here.
    fn resulting(&self, operation: &Operation) -> Execution {
        let found = |key: &Key| self.replica.durable.cell(key).value;
        let only = |key: &Key, value: Option<Value>| BTreeMap::from([(key.clone(), value)]);
        Ok(match operation {
            Operation::Read { key } => (BTreeMap::new(), Outcome::Found(found(key))),
            Operation::Write { key, value } => (only(key, Some(value.clone())), Outcome::Done),
            Operation::Delete { key } => (only(key, None), Outcome::Done),
            Operation::Add { key, amount } => match added(found(key).as_ref(), *amount) {
                Ok(sum) => (only(key, Some(Value::from(sum))), Outcome::Counted(sum)),
                Err(refusal) => (BTreeMap::new(), Outcome::Refused(refusal)),
            },
            Operation::CompareAndSet { key, expected, value } => {
                let swaps = found(key) == *expected;
                let writes = if swaps { only(key, Some(value.clone())) } else { BTreeMap::new() };
                (writes, Outcome::Swapped(swaps))
            }
            Operation::Take { key } => (only(key, None), Outcome::Found(found(key))),
            Operation::Transact { reads, writes } => {
                let found = reads.iter().map(found).collect();
                (writes.iter().cloned().collect(), Outcome::Transacted(found))
            }
            // Nobody knows which keys others have written meanwhile; and a register here holds one value.
            Operation::Clear | Operation::Edit { .. } => return Err(Refusal::Unsupported),
            Operation::AddReplica(_) | Operation::RemoveReplica(_) => {
                return Err(Refusal::ChangeImpossible);
            }
        })
    }
}

/// What `operation` has read.
fn reads(operation: &Operation) -> BTreeSet<Key> {
    match operation {
        Operation::Read { key }
        | Operation::Add { key, .. }
        | Operation::CompareAndSet { key, .. }
        | Operation::Take { key } => BTreeSet::from([key.clone()]),
        Operation::Transact { reads, .. } => reads.iter().cloned().collect(),
        Operation::Write { .. }
        | Operation::Delete { .. }
        | Operation::Edit { .. }
        | Operation::Clear
        | Operation::AddReplica(_)
        | Operation::RemoveReplica(_) => BTreeSet::new(),
    }
}
