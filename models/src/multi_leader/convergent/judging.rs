//! What properties and witnesses ask of replicas.

use super::state::{Change, Event};
use super::{Convergent, Replica};
use crate::cluster::View;
use crate::multi_leader::judging::{pairs, remembered};
use crate::vocabulary::{Context, Key, ReplicaId};

pub(super) type Moment<'a> = View<'a, Convergent>;

pub(super) fn replicas<'a>(view: &'a Moment<'_>) -> impl Iterator<Item = (ReplicaId, &'a Replica)> {
    view.running()
}

/// The updates that a replica has applied and can still tell.
pub(super) fn events(replica: &Replica) -> impl Iterator<Item = &Event> {
    replica.durable.events.iter().map(|(_, event)| event)
}

/// Whether a write that was applied is still there, or gave way to one that knew of it.
pub(super) fn gives_way_knowingly(replica: &Replica, event: &Event) -> bool {
    match event.change {
        Change::Write(_) | Change::Replace { .. } => {
            replica.durable.cells.get(&event.key).is_some_and(|cell| {
                let mut versions = cell.register.versions().iter();
                versions.any(|kept| kept.dot == event.dot || kept.knows(event.dot))
            })
        }
        Change::Add(_)
        | Change::Bring(_)
        | Change::Include(_)
        | Change::Exclude { .. }
        | Change::Insert { .. }
        | Change::Erase(_) => true,
    }
}

/// What `id` has applied, or will know when it is back.
pub(super) fn delivered(view: &Moment<'_>, id: ReplicaId) -> Context {
    let durable = remembered(view, id, |replica| &replica.durable);
    durable.map(|durable| durable.delivered.clone()).unwrap_or_default()
}

/// What `replica` shows to be the number at `key`.
pub(super) fn total_of(replica: &Replica, key: &Key) -> i128 {
    replica.durable.cells.get(key).map_or(0, |cell| cell.counter.total())
}

/// Whether all running replicas hold the same and have applied the same updates.
pub(super) fn has_converged(view: &Moment<'_>) -> bool {
    pairs(view).all(|(left, right)| {
        left.durable.delivered == right.durable.delivered
            && left.durable.cells == right.durable.cells
    })
}
