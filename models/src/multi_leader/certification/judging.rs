//! What properties and witnesses ask of replicas.

use super::state::{Answered, Durable, Entry};
use super::{Certification, Replica};
use crate::cluster::View;
use crate::multi_leader::judging::{self, pairs};
use crate::vocabulary::{Author, Key, LogPosition, Outcome, Refusal, ReplicaId, Value};

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

/// Whether `durable` has that transaction in the order, and it takes effect. Of what is forgotten it still knows
/// what came of the last of each client.
pub(super) fn has_committed(durable: &Durable, author: Author) -> bool {
    let is_kept = |entry: &Entry| entry.commits && entry.transaction.author == author;
    let answered = durable.answered.get(&author.client);
    let is_last = |last: &&Answered| {
        last.request == author.request && last.outcome != Outcome::Refused(Refusal::Conflict)
    };
    durable.log.iter().any(|(_, entry)| is_kept(entry))
        || answered.filter(is_last).is_some_and(|last| last.position <= durable.forgotten)
}

/// Whether two replicas have come equally far in the order, though they may have gone there differently.
pub(super) fn have_come_equally_far(left: &Durable, right: &Durable) -> bool {
    let from = left.forgotten.max(right.forgotten);
    let places =
        |durable: &Durable| durable.log.after(Some(&from)).map(|(at, _)| *at).collect::<Vec<_>>();
    left.applied == right.applied && places(left) == places(right)
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

/// Whether a transaction that takes effect found something written where it forbids that.
pub(super) fn finds_changed(durable: &Durable, position: LogPosition, entry: &Entry) -> bool {
    let changed = |key: &Key, since: LogPosition| {
        let mut earlier = durable.log.after(Some(&since)).take_while(|(at, _)| **at < position);
        earlier.any(|(_, earlier)| earlier.commits && earlier.transaction.writes.contains_key(key))
    };
    entry.commits && entry.transaction.unchanged.iter().any(|(key, since)| changed(key, *since))
}

/// Whether all running replicas have the same order and hold the same.
pub(super) fn has_converged(view: &Moment<'_>) -> bool {
    pairs(view).all(|(left, right)| {
        let (left, right) = (&left.durable, &right.durable);
        let from = left.forgotten.max(right.forgotten);
        left.applied == right.applied
            && left.log.after(Some(&from)).eq(right.log.after(Some(&from)))
            && left.cells == right.cells
    })
}

/// The number at `key`.
pub(super) fn number(durable: &Durable, key: &Key) -> i128 {
    durable.cell(key).value.as_ref().and_then(Value::as_number).map_or(0, i128::from)
}
