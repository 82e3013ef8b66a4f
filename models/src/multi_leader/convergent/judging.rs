//! What properties and witnesses ask of replicas.

use std::collections::BTreeSet;

use super::state::{Change, Event};
use super::{Convergent, Replica};
use crate::cluster::View;
use crate::vocabulary::{Context, Key, Operation, ReplicaId};

pub(super) type Moment<'a> = View<'a, Convergent>;

pub(super) fn replicas<'a>(view: &'a Moment<'_>) -> impl Iterator<Item = (ReplicaId, &'a Replica)> {
    view.running()
}

pub(super) fn pairs<'a>(view: &'a Moment<'_>) -> impl Iterator<Item = (&'a Replica, &'a Replica)> {
    replicas(view).flat_map(move |(id, left)| {
        replicas(view).filter(move |(other, _)| *other > id).map(move |(_, right)| (left, right))
    })
}

/// The updates that a replica has applied and can still tell.
pub(super) fn events(replica: &Replica) -> impl Iterator<Item = &Event> {
    replica.durable.events.iter().map(|(_, event)| event)
}

/// Whether a write that was applied is still there, or gave way to one that knew of it.
pub(super) fn gives_way_knowingly(replica: &Replica, event: &Event) -> bool {
    match event.change {
        Change::Write(_) => replica.durable.cells.get(&event.key).is_some_and(|cell| {
            let mut versions = cell.register.versions().iter();
            versions.any(|kept| kept.dot == event.dot || kept.past.contains(event.dot))
        }),
        Change::Add(_) | Change::Bring(_) => true,
    }
}

/// What `id` has applied, or will know when it is back.
pub(super) fn delivered(view: &Moment<'_>, id: ReplicaId) -> Context {
    match (view.replica(id), view.disk(id).written.as_deref()) {
        (Some(replica), _) => replica.durable.delivered.clone(),
        (None, Some(durable)) => durable.delivered.clone(),
        (None, None) => Context::default(),
    }
}

/// The keys that clients have asked about.
pub(super) fn keys<'a>(view: &'a Moment<'_>) -> impl Iterator<Item = &'a Key> {
    let operations = view.history().operations();
    operations.filter_map(|(_, record)| record.operation.key()).collect::<BTreeSet<_>>().into_iter()
}

/// What `replica` shows to be the number at `key`.
pub(super) fn total_of(replica: &Replica, key: &Key) -> i128 {
    replica.durable.cells.get(key).map_or(0, |cell| cell.counter.total())
}

/// The sum of all additions at `key` that were acknowledged.
pub(super) fn acknowledged_total(view: &Moment<'_>, key: &Key) -> i128 {
    let acknowledged = view.history().acknowledged_updates();
    acknowledged.map(|(_, record)| addition(&record.operation, key)).sum()
}

/// The most that the additions at `key` that were asked for can come to.
pub(super) fn asked_at_most(view: &Moment<'_>, key: &Key) -> i128 {
    let asked = view.history().operations();
    asked.map(|(_, record)| addition(&record.operation, key).max(0)).sum()
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
        | Operation::Clear => 0,
    }
}

/// Whether all running replicas hold the same and have applied the same updates.
pub(super) fn has_converged(view: &Moment<'_>) -> bool {
    pairs(view).all(|(left, right)| {
        left.durable.delivered == right.durable.delivered
            && left.durable.cells == right.durable.cells
    })
}
