//! What properties and witnesses ask of replicas.

use std::collections::BTreeSet;

use super::state::{Durable, Prepared, Transaction};
use super::{Locking, Replica};
use crate::cluster::View;
use crate::vocabulary::{Key, Operation, ReplicaId, Value};

pub(super) type Moment<'a> = View<'a, Locking>;

pub(super) fn replicas<'a>(view: &'a Moment<'_>) -> impl Iterator<Item = (ReplicaId, &'a Replica)> {
    view.running()
}

pub(super) fn pairs<'a>(view: &'a Moment<'_>) -> impl Iterator<Item = (&'a Replica, &'a Replica)> {
    replicas(view).flat_map(move |(id, left)| {
        replicas(view).filter(move |(other, _)| *other > id).map(move |(_, right)| (left, right))
    })
}

/// What every replica remembers, or will when it is back.
pub(super) fn remembered<'a>(
    view: &'a Moment<'_>,
) -> impl Iterator<Item = (ReplicaId, &'a Durable)> {
    view.ids().filter_map(move |id| match view.replica(id) {
        Some(replica) => Some((id, &replica.durable)),
        None => Some((id, view.disk(id).written.as_deref()?)),
    })
}

/// The keys that clients have asked about.
pub(super) fn keys<'a>(view: &'a Moment<'_>) -> impl Iterator<Item = &'a Key> {
    let operations = view.history().operations();
    operations.filter_map(|(_, record)| record.operation.key()).collect::<BTreeSet<_>>().into_iter()
}

/// The promises that `durable` holds.
pub(super) fn promises(durable: &Durable) -> impl Iterator<Item = (&Key, &Prepared)> {
    durable.cells.iter().filter_map(|(key, cell)| Some((key, cell.prepared.as_ref()?)))
}

/// Whether a replica has promised `transaction` and its coordinator is down.
pub(super) fn is_blocked(view: &Moment<'_>, transaction: Transaction) -> bool {
    view.replica(transaction.coordinator).is_none()
}

/// Whether nobody holds a key anywhere, or waits for one.
pub(super) fn is_free(view: &Moment<'_>) -> bool {
    replicas(view).all(|(_, replica)| {
        replica.locks.is_empty()
            && replica.waiting.is_empty()
            && promises(&replica.durable).next().is_none()
    })
}

/// Whether all running replicas hold the same.
pub(super) fn has_converged(view: &Moment<'_>) -> bool {
    pairs(view).all(|(left, right)| hold_the_same(left, right))
}

fn hold_the_same(left: &Replica, right: &Replica) -> bool {
    let shown = |replica: &Replica| {
        let cells = replica.durable.cells.iter();
        let values = cells.filter_map(|(key, cell)| Some((key.clone(), cell.value.clone()?)));
        values.collect::<Vec<_>>()
    };
    shown(left) == shown(right)
}

/// The number at `key`.
pub(super) fn number(durable: &Durable, key: &Key) -> i128 {
    counted(durable.cell(key).value.as_ref())
}

/// The number that `key` will hold if what is promised there is decided.
pub(super) fn promised(durable: &Durable, key: &Key) -> Option<i128> {
    let prepared = durable.cell(key).prepared?;
    Some(counted(prepared.change.value.as_ref()))
}

fn counted(value: Option<&Value>) -> i128 {
    value.and_then(Value::as_number).map_or(0, i128::from)
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

/// Whether clients do nothing to `key` but count up.
pub(super) fn only_counts(view: &Moment<'_>, key: &Key) -> bool {
    let mut operations = view.history().operations().map(|(_, record)| &record.operation);
    operations.all(|operation| match operation {
        Operation::Add { amount, .. } => *amount >= 0,
        Operation::Read { .. } | Operation::AddReplica(_) | Operation::RemoveReplica(_) => true,
        Operation::Clear => false,
        Operation::Write { key: other, .. }
        | Operation::Delete { key: other }
        | Operation::Take { key: other }
        | Operation::CompareAndSet { key: other, .. } => other != key,
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
        | Operation::Clear => 0,
    }
}
