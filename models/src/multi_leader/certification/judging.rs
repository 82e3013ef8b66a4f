//! What properties and witnesses ask of replicas.

use super::state::{Durable, Entry};
use super::{Certification, Replica};
use crate::cluster::View;
use crate::multi_leader::judging::{self, pairs};
use crate::vocabulary::{Author, Key, LogPosition, ReplicaId, Value};

pub(super) type Moment<'a> = View<'a, Certification>;

pub(super) fn replicas<'a>(view: &'a Moment<'_>) -> impl Iterator<Item = (ReplicaId, &'a Replica)> {
    view.running()
}

/// What a replica remembers, or will when it is back.
pub(super) fn remembered<'a>(view: &Moment<'a>, id: ReplicaId) -> Option<&'a Durable> {
    judging::remembered(view, id, |replica| &replica.durable)
}

/// What every replica remembers, or will when it is back.
pub(super) fn memories<'a>(view: &'a Moment<'_>) -> impl Iterator<Item = &'a Durable> {
    view.ids().filter_map(|id| remembered(view, id))
}

/// Whether `durable` has that transaction in the order, and it takes effect.
pub(super) fn has_committed(durable: &Durable, author: Author) -> bool {
    durable.log.iter().any(|(_, entry)| entry.commits && entry.transaction.author == author)
}

/// Whether two replicas have come equally far in the order, though they may have gone there differently.
pub(super) fn have_come_equally_far(left: &Durable, right: &Durable) -> bool {
    let places = |durable: &Durable| durable.log.iter().map(|(at, _)| *at).collect::<Vec<_>>();
    places(left) == places(right)
}

/// Whether a transaction that takes effect writes where one before it does of which it did not know.
pub(super) fn comes_second(durable: &Durable, position: LogPosition, entry: &Entry) -> bool {
    let is_unknown = |at: LogPosition| entry.transaction.snapshot < at && at < position;
    entry.commits
        && durable.log.iter().any(|(at, earlier)| {
            let mut written = earlier.transaction.writes.keys();
            is_unknown(*at)
                && earlier.commits
                && written.any(|key| entry.transaction.writes.contains_key(key))
        })
}

/// Whether all running replicas have the same order and hold the same.
pub(super) fn has_converged(view: &Moment<'_>) -> bool {
    pairs(view).all(|(left, right)| {
        left.durable.log == right.durable.log && left.durable.cells == right.durable.cells
    })
}

/// The number at `key`.
pub(super) fn number(durable: &Durable, key: &Key) -> i128 {
    durable.cell(key).value.as_ref().and_then(Value::as_number).map_or(0, i128::from)
}
