//! Beginning a transaction, and executing it on what is here.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use super::state::{Asked, Replica, Transaction};
use super::transition::Turn;
use super::{Certification, Message, Safeguard, SnapshotRule};
use crate::vocabulary::{
    Author, ClientId, Key, LogPosition, Operation, Outcome, Refusal, ReplicaId, Request, RequestId,
    Value, added,
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
        if self.latest(client) >= Some(request.id) {
            // ignored: it is on its way, or its client has gone on since.
            return;
        }
        self.give_up_before(author);
        let asked = Asked { operation: request.operation, seen: request.token.0, end: None };
        self.replica.asked.insert(author, asked);
        match self.policy.snapshot {
            SnapshotRule::Local => self.begin(),
            SnapshotRule::Barrier => self.send(Certification::SEQUENCER, Message::End(author)),
        }
    }

    /// The latest request of a client that is on its way here.
    fn latest(&self, client: ClientId) -> Option<RequestId> {
        let of_client = of(client, RequestId(u64::MAX));
        let pending = self.replica.pending.range(of_client.clone()).next_back();
        let asked = self.replica.asked.range(of_client).next_back();
        let pending = pending.map(|(author, _)| author.request);
        pending.max(asked.map(|(author, _)| author.request))
    }

    /// A client that asks for something waits for nothing that it asked for before: that need not be handed in any
    /// more, and it is all the same whether it still comes into the order.
    fn give_up_before(&mut self, author: Author) {
        let Some(last) = author.request.0.checked_sub(1) else { return };
        let earlier = || of(author.client, RequestId(last));
        let Replica { asked, pending, waiting, .. } = &mut *self.replica;
        let begun = pending.range(earlier()).map(|(author, _)| *author);
        let given_up: Vec<Author> =
            begun.chain(asked.range(earlier()).map(|(author, _)| *author)).collect();
        let waits: Vec<Author> = waiting.range(earlier()).copied().collect();
        for author in given_up.iter().chain(&waits) {
            asked.remove(author);
            pending.remove(author);
            waiting.remove(author);
        }
    }

    /// A request is in the order, however it came there: it is not executed or handed in any more, nor are those
    /// that its client asked before. Whoever asked for it here waits for what comes of it.
    pub(super) fn forget_requests(&mut self, author: Author) {
        self.replica.pending.remove(&author);
        if self.policy.has(Safeguard::RequestsRecognised) {
            if self.replica.asked.remove(&author).is_some() {
                self.replica.waiting.insert(author);
            }
            self.give_up_before(author);
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
        let unchanged = unchanged(operation);
        if !operation.is_update() {
            let is_unchanged = self.replica.durable.are_unchanged(&unchanged);
            let refused = Outcome::Refused(Refusal::Conflict);
            return self.reply(client, request, if is_unchanged { outcome } else { refused });
        }
        let snapshot = self.replica.durable.applied;
        let transaction =
            Transaction { author, snapshot, reads: reads(operation), writes, unchanged, outcome };
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
            Operation::Take { key } => {
                let taken = found(key);
                let writes = if taken.is_some() { only(key, None) } else { BTreeMap::new() };
                (writes, Outcome::Found(taken))
            }
            Operation::Transact { reads, writes, .. } => {
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

/// The requests of `client` up to `last`.
fn of(client: ClientId, last: RequestId) -> RangeInclusive<Author> {
    Author { client, request: RequestId(0) }..=Author { client, request: last }
}

/// Where nobody may have written later than that. Of a key that is named twice, the earlier counts.
fn unchanged(operation: &Operation) -> BTreeMap<Key, LogPosition> {
    let mut unchanged = BTreeMap::new();
    if let Operation::Transact { unchanged: named, .. } = operation {
        for (key, at) in named {
            let earliest = unchanged.entry(key.clone()).or_insert(*at);
            *earliest = (*earliest).min(*at);
        }
    }
    unchanged
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
