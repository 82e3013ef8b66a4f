//! What properties and witnesses ask of regions.

use std::collections::BTreeSet;

use super::{Durable, HomeRegion, Record, Replica};
use crate::cluster::View;
use crate::vocabulary::{Key, Operation, ReplicaId};

pub(super) type Moment<'a> = View<'a, HomeRegion>;

pub(super) fn regions<'a>(view: &'a Moment<'_>) -> impl Iterator<Item = (ReplicaId, &'a Replica)> {
    view.running()
}

pub(super) fn pairs<'a>(view: &'a Moment<'_>) -> impl Iterator<Item = (&'a Replica, &'a Replica)> {
    regions(view).flat_map(move |(id, left)| {
        regions(view).filter(move |(other, _)| *other > id).map(move |(_, right)| (left, right))
    })
}

/// The keys that clients have asked about.
pub(super) fn keys<'a>(view: &'a Moment<'_>) -> impl Iterator<Item = &'a Key> {
    let operations = view.history().operations();
    operations.filter_map(|(_, record)| record.operation.key()).collect::<BTreeSet<_>>().into_iter()
}

pub(super) fn record(view: &Moment<'_>, replica: &Replica, key: &Key) -> Record {
    replica.durable.record(view.protocol(), key)
}

/// The running regions that take updates of `key`, and what they know of it.
pub(super) fn homes(view: &Moment<'_>, key: &Key) -> Vec<(ReplicaId, Record)> {
    let records = regions(view).map(|(id, replica)| (id, record(view, replica, key)));
    records.filter(|(id, record)| record.home == *id).collect()
}

/// What a region remembers, or will when it is back.
pub(super) fn remembered<'a>(view: &'a Moment<'_>, id: ReplicaId) -> Option<&'a Durable> {
    match view.replica(id) {
        Some(replica) => Some(&replica.durable),
        None => view.disk(id).written.as_deref(),
    }
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

/// The number that a region holds.
pub(super) fn number(record: &Record) -> i128 {
    record.value().and_then(crate::vocabulary::Value::as_number).map_or(0, i128::from)
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

/// Whether all running regions have applied the same, and hold the same.
pub(super) fn has_converged(view: &Moment<'_>) -> bool {
    pairs(view).all(|(left, right)| {
        left.durable.applied == right.durable.applied && hold_the_same(left, right)
    })
}

/// Whether two regions agree about the home and the latest version of every key.
pub(super) fn hold_the_same(left: &Replica, right: &Replica) -> bool {
    let shown = |replica: &Replica| {
        let records = replica.durable.records.iter();
        let latest = records.map(|(key, record)| {
            let version = record.latest().map(|(stamp, value)| (*stamp, value.clone()));
            (key.clone(), record.home, record.epoch, version)
        });
        latest.collect::<Vec<_>>()
    };
    shown(left) == shown(right)
}
