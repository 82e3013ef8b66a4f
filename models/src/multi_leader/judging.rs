//! What properties and witnesses of all these protocols ask of replicas and of histories.

use std::collections::BTreeSet;

use crate::cluster::View;
use crate::protocol::Protocol;
use crate::vocabulary::{Key, Operation, ReplicaId};

/// Every two replicas that run, once.
pub(super) fn pairs<'a, P: Protocol>(
    view: &'a View<'_, P>,
) -> impl Iterator<Item = (&'a P::Replica, &'a P::Replica)> {
    view.running().flat_map(move |(id, left)| {
        view.running().filter(move |(other, _)| *other > id).map(move |(_, right)| (left, right))
    })
}

/// What a replica remembers, or will when it is back; `durable` is that part of it.
pub(super) fn remembered<'a, P: Protocol>(
    view: &View<'a, P>,
    id: ReplicaId,
    durable: impl Fn(&'a P::Replica) -> &'a P::Durable,
) -> Option<&'a P::Durable> {
    match view.replica(id) {
        Some(replica) => Some(durable(replica)),
        None => view.disk(id).written.as_deref(),
    }
}

/// The keys that clients have asked about.
pub(super) fn keys<'a, P: Protocol>(
    view: &View<'a, P>,
) -> impl Iterator<Item = &'a Key> + use<'a, P> {
    let operations = view.history().operations();
    operations.flat_map(|(_, record)| record.operation.keys()).collect::<BTreeSet<_>>().into_iter()
}

/// The sum of all additions at `key` that were acknowledged.
pub(super) fn acknowledged_total<P: Protocol>(view: &View<'_, P>, key: &Key) -> i128 {
    let acknowledged = view.history().acknowledged_updates();
    acknowledged.map(|(_, record)| addition(&record.operation, key)).sum()
}

/// The most that the additions at `key` that were asked for can come to.
pub(super) fn asked_at_most<P: Protocol>(view: &View<'_, P>, key: &Key) -> i128 {
    let asked = view.history().operations();
    asked.map(|(_, record)| addition(&record.operation, key).max(0)).sum()
}

/// Whether clients do nothing to `key` but count up.
pub(super) fn only_counts<P: Protocol>(view: &View<'_, P>, key: &Key) -> bool {
    let mut operations = view.history().operations().map(|(_, record)| &record.operation);
    operations.all(|operation| match operation {
        Operation::Add { amount, .. } => *amount >= 0,
        Operation::Read { .. } | Operation::AddReplica(_) | Operation::RemoveReplica(_) => true,
        Operation::Clear => false,
        Operation::Transact { writes, .. } => writes.iter().all(|(other, _)| other != key),
        Operation::Write { key: other, .. }
        | Operation::Delete { key: other }
        | Operation::Take { key: other }
        | Operation::CompareAndSet { key: other, .. }
        | Operation::Edit { key: other, .. } => other != key,
    })
}

fn addition(operation: &Operation, key: &Key) -> i128 {
    match operation {
        Operation::Add { key: other, amount } if other == key => i128::from(*amount),
        Operation::Add { .. }
        | Operation::Read { .. }
        | Operation::Write { .. }
        | Operation::Delete { .. }
        | Operation::CompareAndSet { .. }
        | Operation::AddReplica(_)
        | Operation::RemoveReplica(_)
        | Operation::Take { .. }
        | Operation::Clear
        | Operation::Edit { .. }
        | Operation::Transact { .. } => 0,
    }
}
