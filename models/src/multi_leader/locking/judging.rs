//! What properties and witnesses ask of replicas.

use super::state::{Durable, Prepared, Transaction};
use super::{Locking, Replica};
use crate::cluster::View;
use crate::multi_leader::judging::{self, pairs};
use crate::vocabulary::{Key, ReplicaId, Value};

pub(super) type Moment<'a> = View<'a, Locking>;

pub(super) fn replicas<'a>(view: &'a Moment<'_>) -> impl Iterator<Item = (ReplicaId, &'a Replica)> {
    view.running()
}

/// What every replica remembers, or will when it is back.
pub(super) fn remembered<'a>(
    view: &'a Moment<'_>,
) -> impl Iterator<Item = (ReplicaId, &'a Durable)> {
    let of = |id| judging::remembered(view, id, |replica: &Replica| &replica.durable);
    view.ids().filter_map(move |id| Some((id, of(id)?)))
}

/// The promises that `durable` holds.
pub(super) fn promises(durable: &Durable) -> impl Iterator<Item = (&Key, &Prepared)> {
    durable.prepared.iter()
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
    let prepared = durable.prepared.get(key)?;
    Some(counted(prepared.change.value.as_ref()))
}

fn counted(value: Option<&Value>) -> i128 {
    value.and_then(Value::as_number).map_or(0, i128::from)
}
