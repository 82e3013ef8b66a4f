//! What properties ask of replicas and what they hold.

use super::{
    Cell, Deletion, Durable, Hint, Homes, KEEPER, Leaderless, Membership, Pending, Register,
    Replica, Stage, TieBreak,
};
use crate::cluster::View;
use crate::consistency::{OperationId, Record, writers_of};
use crate::vocabulary::{Author, Key, Operation, Outcome, ReplicaId, ReplicaSet, Value};

type Moment<'a> = View<'a, Leaderless>;

/// What a replica knows durably; for one that is down, what it will remember.
pub(super) fn durable_of<'a>(view: &Moment<'a>, id: ReplicaId) -> Option<&'a Durable> {
    match view.replica(id) {
        Some(replica) => Some(&replica.durable),
        None => view.disk(id).written.as_deref(),
    }
}

fn durables<'a>(view: &Moment<'a>) -> impl Iterator<Item = (ReplicaId, &'a Durable)> {
    view.ids().filter_map(|id| Some((id, durable_of(view, id)?)))
}

/// What each replica knows of the homes, where they may change.
pub(super) fn known_homes<'a>(view: &Moment<'a>) -> impl Iterator<Item = Homes> {
    durables(view).map(|(_, durable)| durable.homes)
}

/// If a change of homes is settled by a step: the homes before it, and those after it.
pub(super) fn settled(before: &Moment<'_>, after: &Moment<'_>) -> Option<(ReplicaSet, Homes)> {
    let (was, is) = (durable_of(before, KEEPER)?, durable_of(after, KEEPER)?);
    let settles = was.unsettled.is_some() || was.homes != is.homes;
    let old = was.unsettled.unwrap_or(was.homes.members);
    (settles && is.unsettled.is_none()).then_some((old, is.homes))
}

/// Who knows of that many changes of homes.
pub(super) fn those_who_know(view: &Moment<'_>, changes: u64) -> ReplicaSet {
    durables(view)
        .filter(|(_, durable)| durable.homes.changes >= changes)
        .map(|(id, _)| id)
        .collect()
}

/// The homes of `key`; after a change that anybody knows of, those after it.
pub(super) fn homes(view: &Moment<'_>, key: &Key) -> ReplicaSet {
    let policy = view.protocol();
    match policy.membership {
        Membership::Configured => policy.homes(key),
        Membership::OneByOne => {
            let latest = known_homes(view).max_by_key(|homes| homes.changes);
            latest.map_or_else(|| policy.first_homes(), |homes| homes.members)
        }
    }
}

/// Every register that somebody holds for itself, with its key.
pub(super) fn registers<'a>(
    view: &Moment<'a>,
) -> impl Iterator<Item = (ReplicaId, &'a Key, &'a Register)> {
    durables(view).flat_map(|(id, durable)| {
        durable.registers.iter().map(move |(key, register)| (id, key, register))
    })
}

/// Every hint, with who keeps it.
pub(super) fn hints<'a>(
    view: &Moment<'a>,
) -> impl Iterator<Item = (ReplicaId, &'a Hint, &'a Register)> {
    durables(view).flat_map(|(id, durable)| {
        durable.hints.iter().map(move |(hint, register)| (id, hint, register))
    })
}

/// Every cell that is stored or about to be, with its key.
pub(super) fn cells<'a>(view: &Moment<'a>) -> impl Iterator<Item = (&'a Key, &'a Cell)> {
    let stored = registers(view).map(|(_, key, register)| (key, register));
    let kept = hints(view).map(|(_, hint, register)| (&hint.key, register));
    let proposed = view.running().flat_map(|(_, replica)| {
        replica.pending.values().filter_map(|pending| match &pending.stage {
            Stage::Storing { register, .. } | Stage::Accepting { register, .. } => {
                Some((pending.operation.key()?, register))
            }
            Stage::Asking { .. }
            | Stage::Preparing { .. }
            | Stage::Gathering { .. }
            | Stage::Settling { .. } => None,
        })
    });
    let all: Vec<_> = stored.chain(kept).chain(proposed).collect();
    all.into_iter().flat_map(|(key, register)| register.cells.iter().map(move |cell| (key, cell)))
}

pub(super) const fn author_of(id: OperationId) -> Author {
    Author { client: id.client(), request: id.request() }
}

/// Updates of registers that were acknowledged and changed something.
pub(super) fn effective<'a>(
    view: &Moment<'a>,
) -> impl Iterator<Item = (OperationId, &'a Record, &'a Key)> {
    view.history().acknowledged_updates().filter_map(|(id, record)| {
        let changed = !record.changed_nothing();
        Some((id, record, record.operation.key().filter(|_| changed)?))
    })
}

/// The homes that hold an update, or something newer. Nothing if nobody holds it and another update
/// may have replaced it everywhere.
pub(super) fn holders(
    view: &Moment<'_>,
    id: OperationId,
    record: &Record,
    key: &Key,
) -> Option<ReplicaSet> {
    let policy = view.protocol();
    let mut copies = cells(view).filter(|(at, cell)| *at == key && is_by(cell, id));
    let Some((_, cell)) = copies.next() else {
        let may_be_replaced = view.history().operations().any(|(other, later)| {
            other != id
                && later.operation.is_update()
                && later.operation.key() == Some(key)
                && !later.precedes(record)
        });
        // A deletion that everybody knows of need not be kept.
        let is_reaped = is_deletion(&record.operation) && policy.deletion != Deletion::Tombstone;
        return (!may_be_replaced && !is_reaped).then_some(ReplicaSet::EMPTY);
    };
    let holds = |register: &Register| {
        if policy.keeps_siblings() {
            register.seen.contains(cell.version.dot())
        } else {
            policy.merge(register, &Register::of(cell.clone())) == *register
        }
    };
    let homes = homes(view, key);
    let holders = registers(view)
        .filter(|(home, at, register)| *at == key && homes.contains(*home) && holds(register));
    Some(holders.map(|(home, _, _)| home).collect())
}

pub(super) fn is_by(cell: &Cell, id: OperationId) -> bool {
    cell.version.author == author_of(id)
}

/// Whether somebody who had seen update `id` may have replaced it.
pub(super) fn is_replaced_knowingly(view: &Moment<'_>, id: OperationId, key: &Key) -> bool {
    let history = view.history();
    history.operations().any(|(later, record)| {
        later != id
            && record.operation.is_update()
            && record.operation.key() == Some(key)
            && (record.returned.is_none() || has_seen(view, later, id))
    })
}

/// Whether whoever asked for `later` had seen update `id` by then, or `later` itself found it.
pub(super) fn has_seen(view: &Moment<'_>, later: OperationId, id: OperationId) -> bool {
    let own = later.session == id.session && later.index > id.index;
    own || (0..=later.index).any(|index| {
        let found = OperationId { session: later.session, index };
        writers_of(view.history(), found).contains(&id) || shows_siblings_of(view, found, id)
    })
}

/// Whether read `found` showed siblings, and what update `id` wrote among them.
fn shows_siblings_of(view: &Moment<'_>, found: OperationId, id: OperationId) -> bool {
    let history = view.history();
    let (Some(read), Some(update)) = (history.get(found), history.get(id)) else { return false };
    match (read.outcome(), written(&update.operation)) {
        (Some(Outcome::Siblings(values)), Some(value)) => values.contains(value),
        (_, _) => false,
    }
}

const fn written(operation: &Operation) -> Option<&Value> {
    match operation {
        Operation::Write { value, .. } | Operation::CompareAndSet { value, .. } => Some(value),
        Operation::Read { .. }
        | Operation::Delete { .. }
        | Operation::Add { .. }
        | Operation::AddReplica(_)
        | Operation::RemoveReplica(_)
        | Operation::Take { .. }
        | Operation::Clear
        | Operation::Edit { .. }
        | Operation::Transact { .. } => None,
    }
}

pub(super) const fn is_deletion(operation: &Operation) -> bool {
    matches!(operation, Operation::Delete { .. } | Operation::Take { .. })
}

/// Whether two cells have the same place in the order of versions.
pub(super) fn are_equal_in_order(policy: &Leaderless, one: &Cell, other: &Cell) -> bool {
    let by_time = (one.version.time, one.version.tick) == (other.version.time, other.version.tick);
    let by_author =
        (one.version.author, one.version.origin) == (other.version.author, other.version.origin);
    match policy.ties {
        TieBreak::Author => by_time && by_author,
        TieBreak::Value | TieBreak::Arrival => by_time,
    }
}

/// Whether all running homes of every key hold the same.
pub(super) fn have_converged(view: &Moment<'_>) -> bool {
    registers(view).all(|(_, key, register)| {
        let homes = homes(view, key);
        view.running().filter(|(id, _)| homes.contains(*id)).all(|(_, replica)| {
            let own = replica.durable.registers.get(key);
            own.is_some_and(|own| own.cells == register.cells)
        })
    })
}

/// Whether a home holds what `register` says, or something newer.
pub(super) fn holds_all(
    policy: &Leaderless,
    durable: Option<&Durable>,
    key: &Key,
    register: &Register,
) -> bool {
    let held = durable.and_then(|durable| durable.registers.get(key));
    held.is_some_and(|held| policy.merge(held, register).cells == held.cells)
}

pub(super) fn is_well_formed(policy: &Leaderless, id: ReplicaId, replica: &Replica) -> bool {
    let is_register = |register: &Register| {
        let fits =
            policy.keeps_siblings() || (register.cells.len() <= 1 && register.seen.is_empty());
        let is_sorted = register.cells.is_sorted_by(|one, next| one.version < next.version);
        let knows = |cell: &Cell| register.seen.contains(cell.version.dot());
        fits && is_sorted && (!policy.keeps_siblings() || register.cells.iter().all(knows))
    };
    let homes = |key: &Key| match policy.membership {
        Membership::Configured => policy.homes(key),
        Membership::OneByOne => replica.durable.homes.members,
    };
    // Whoever is no home any more keeps what it held.
    let is_ours = |key: &Key| policy.membership == Membership::OneByOne || homes(key).contains(id);
    let Durable { registers, hints, .. } = &replica.durable;
    registers.iter().all(|(key, register)| {
        is_ours(key) && *register != Register::default() && is_register(register)
    }) && hints.iter().all(|(hint, register)| {
        let homes = homes(&hint.key);
        !homes.contains(id) && homes.contains(hint.owner) && is_register(register)
    }) && replica.pending.values().all(|pending| counts_homes(pending, homes))
}

/// Whether only homes of the key are counted.
fn counts_homes(pending: &Pending, homes: impl Fn(&Key) -> ReplicaSet) -> bool {
    let homes = pending.operation.key().map_or(ReplicaSet::EMPTY, homes);
    match &pending.stage {
        // Those that stand in for homes may be asked too.
        Stage::Asking { .. } => true,
        Stage::Storing { holders, hinted, .. } => {
            holders.is_subset(homes) && hinted.is_subset(homes)
        }
        Stage::Preparing { promises, .. } => promises.keys().all(|id| homes.contains(*id)),
        Stage::Accepting { accepted, .. } => accepted.is_subset(homes),
        // Those are about all keys.
        Stage::Gathering { .. } | Stage::Settling { .. } => true,
    }
}
