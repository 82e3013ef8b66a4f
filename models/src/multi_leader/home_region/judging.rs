//! What properties and witnesses ask of regions.

use super::{Durable, HomeRegion, Record, Replica};
use crate::cluster::View;
use crate::multi_leader::judging::{self, pairs};
use crate::vocabulary::{Key, ReplicaId};

pub(super) type Moment<'a> = View<'a, HomeRegion>;

pub(super) fn regions<'a>(view: &'a Moment<'_>) -> impl Iterator<Item = (ReplicaId, &'a Replica)> {
    view.running()
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
pub(super) fn remembered<'a>(view: &Moment<'a>, id: ReplicaId) -> Option<&'a Durable> {
    judging::remembered(view, id, |replica| &replica.durable)
}

/// The number that a region holds.
pub(super) fn number(record: &Record) -> i128 {
    record.value().and_then(crate::vocabulary::Value::as_number).map_or(0, i128::from)
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
