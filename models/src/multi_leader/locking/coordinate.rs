//! Coordinating an update: lock the key everywhere, prepare everybody, decide, and tell.

use super::state::{Change, Pending, Transaction};
use super::transition::Turn;
use super::{Message, Safeguard};
use crate::vocabulary::{
    Author, ClientId, Key, Operation, Outcome, Refusal, ReplicaId, ReplicaSet, Request, RequestId,
    Value, added,
};

impl Turn<'_> {
    /// A client wants an update: this replica coordinates it.
    pub(super) fn on_update(&mut self, client: ClientId, request: Request) {
        if let Some(outcome) = self.known_outcome(client, request.id) {
            if let Some(outcome) = outcome {
                self.reply(client, request.id, outcome);
            }
            // ignored otherwise: the client has gone on since, so it has its answer.
            return;
        }
        let is_pending =
            |pending: &Pending| pending.client == client && pending.request.id >= request.id;
        if self.replica.pending.values().any(is_pending) {
            // ignored: it is on its way.
            return;
        }
        let Some(key) = request.operation.register().cloned() else {
            let (_, refused) = resulting(&request.operation, None);
            return self.reply(client, request.id, refused);
        };
        self.give_up(client);
        let durable = &mut self.replica.durable;
        durable.time = durable.time.saturating_add(1);
        let transaction = Transaction { time: durable.time, coordinator: self.me };
        // No transaction may ever have the name of another, also after a crash.
        self.persist();
        let pending = Pending {
            client,
            request,
            granted: Default::default(),
            change: None,
            prepared: ReplicaSet::EMPTY,
        };
        self.replica.pending.insert(transaction, pending);
        self.send_to_all(&Message::Lock(transaction, key));
    }

    /// A client that asks for something waits for nothing that it asked for before: that is abandoned where it is not
    /// decided.
    fn give_up(&mut self, client: ClientId) {
        let of_client = self.replica.pending.iter().filter(|(_, pending)| pending.client == client);
        let given_up: Vec<_> = of_client.map(|(transaction, _)| *transaction).collect();
        for transaction in given_up {
            self.abandon(transaction, None);
        }
    }

    /// What came of a request that was asked before: `None` if it was not; else what to answer, if anybody
    /// waits for it.
    fn known_outcome(&self, client: ClientId, request: RequestId) -> Option<Option<Outcome>> {
        let last = self.replica.durable.answered.get(&client)?;
        if last.request < request || !self.policy.has(Safeguard::RequestsRecognised) {
            return None;
        }
        Some((last.request == request).then(|| last.outcome.clone()))
    }

    /// A replica has locked the key.
    pub(super) fn on_granted(&mut self, from: ReplicaId, transaction: Transaction, grant: u64) {
        let Some(pending) = self.replica.pending.get_mut(&transaction) else { return };
        if pending.change.is_some() {
            // ignored: everybody has granted it, and this one again.
            return;
        }
        let known = pending.granted.entry(from).or_default();
        *known = (*known).max(grant);
        if pending.granted.len() == usize::from(self.policy.replicas) {
            self.prepare(transaction);
        }
    }

    /// The key is locked everywhere, so what is here is what is everywhere.
    fn prepare(&mut self, transaction: Transaction) {
        let Some(Pending { client, request, .. }) = self.replica.pending.get(&transaction).cloned()
        else {
            return;
        };
        if let Some(outcome) = self.known_outcome(client, request.id) {
            // Somebody else has coordinated it in the meantime.
            return self.abandon(transaction, outcome);
        }
        let Some(key) = request.operation.key() else { return };
        let cell = self.replica.durable.cell(key);
        let (value, outcome) = resulting(&request.operation, cell.value);
        let author = Author { client, request: request.id };
        let change = Change { value, author, outcome };
        if let Some(pending) = self.replica.pending.get_mut(&transaction) {
            pending.change = Some(change);
        }
        self.send_prepare(transaction);
    }

    /// Prepares whoever is not.
    pub(super) fn send_prepare(&mut self, transaction: Transaction) {
        let Some(pending) = self.replica.pending.get(&transaction).cloned() else { return };
        let (Some(change), Some(key)) = (pending.change, pending.request.operation.key()) else {
            return;
        };
        for (replica, grant) in pending.granted {
            if !pending.prepared.contains(replica) {
                let (key, change) = (key.clone(), change.clone());
                self.send(replica, Message::Prepare { transaction, key, grant, change });
            }
        }
    }

    /// A replica is prepared: once all are, it is decided.
    pub(super) fn on_prepared(&mut self, from: ReplicaId, transaction: Transaction) {
        let Some(pending) = self.replica.pending.get_mut(&transaction) else { return };
        pending.prepared = pending.prepared.with(from);
        if pending.prepared != ReplicaSet::first(self.policy.replicas) {
            return;
        }
        let Some(Pending { client, request, change, .. }) =
            self.replica.pending.remove(&transaction)
        else {
            return;
        };
        let (Some(key), Some(change)) = (request.operation.key(), change) else { return };
        self.replica.durable.decided.insert(transaction, key.clone());
        self.persist();
        self.reply(client, request.id, change.outcome);
        self.send_to_all(&Message::Decided { transaction, key: key.clone(), commit: true });
    }

    /// A replica does not lock the key, or is not prepared.
    pub(super) fn on_refused(&mut self, transaction: Transaction) {
        self.abandon(transaction, Some(Outcome::Refused(Refusal::Locked)));
    }

    /// Decides against a transaction. That needs no disk: what nobody remembers was not committed.
    fn abandon(&mut self, transaction: Transaction, outcome: Option<Outcome>) {
        let Some(pending) = self.replica.pending.remove(&transaction) else { return };
        if let Some(outcome) = outcome {
            self.reply(pending.client, pending.request.id, outcome);
        }
        if let Some(key) = pending.request.operation.key() {
            let key: Key = key.clone();
            self.send_to_all(&Message::Decided { transaction, key, commit: false });
        }
    }
}

/// What `operation` leaves where `value` was, and what its client hears.
fn resulting(operation: &Operation, value: Option<Value>) -> (Option<Value>, Outcome) {
    match operation {
        Operation::Write { value, .. } => (Some(value.clone()), Outcome::Done),
        Operation::Delete { .. } => (None, Outcome::Done),
        Operation::CompareAndSet { expected, value: new, .. } => {
            let swaps = value == *expected;
            (if swaps { Some(new.clone()) } else { value }, Outcome::Swapped(swaps))
        }
        Operation::Add { amount, .. } => match added(value.as_ref(), *amount) {
            Ok(sum) => (Some(Value::from(sum)), Outcome::Counted(sum)),
            Err(refusal) => (value, Outcome::Refused(refusal)),
        },
        Operation::Take { .. } => (None, Outcome::Found(value)),
        Operation::Read { .. } => (value.clone(), Outcome::Found(value)),
        // A transaction locks one key; and sets and texts are for replicas that converge.
        Operation::Clear | Operation::Edit { .. } | Operation::Transact { .. } => {
            (value, Outcome::Refused(Refusal::Unsupported))
        }
        Operation::AddReplica(_) | Operation::RemoveReplica(_) => {
            (value, Outcome::Refused(Refusal::ChangeImpossible))
        }
    }
}
