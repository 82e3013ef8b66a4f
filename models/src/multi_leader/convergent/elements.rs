//! What properties and witnesses ask of sets and texts.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::judging::{Moment, events, replicas};
use super::state::{Change, Stamp};
use super::{Cell, Element, Propagation, Replica, Text};
use crate::consistency::OperationId;
use crate::vocabulary::{Dot, Edit, Key, Operation, Place};

/// The updates whose values `replica` shows in registers and sets.
pub(super) fn shown(replica: &Replica) -> BTreeSet<Dot> {
    replica.durable.cells.iter().flat_map(|(_, cell)| shown_in(cell)).collect()
}

fn shown_in(cell: &Cell) -> impl Iterator<Item = Dot> {
    let versions = cell.register.versions().iter();
    let written = versions.filter(|version| version.value.is_some()).map(|version| version.dot);
    written.chain(cell.set.additions())
}

/// Whether every addition that `after` shows no more was taken away by a removal that had seen it.
pub(super) fn removes_knowingly(before: &Replica, after: &Replica) -> bool {
    let (was_shown, is_shown) = (additions(before), additions(after));
    was_shown.difference(&is_shown).all(|gone| {
        let mut applied =
            events(after).filter(|event| !before.durable.delivered.contains(event.dot));
        applied.any(|event| removed_by(&event.change).contains(gone))
    })
}

fn additions(replica: &Replica) -> BTreeSet<Dot> {
    replica.durable.cells.iter().flat_map(|(_, cell)| cell.set.additions()).collect()
}

fn removed_by(change: &Change) -> &[Dot] {
    match change {
        Change::Exclude { additions, .. } => additions,
        Change::Write(_)
        | Change::Replace { .. }
        | Change::Add(_)
        | Change::Bring(_)
        | Change::Include(_)
        | Change::Insert { .. }
        | Change::Erase(_) => &[],
    }
}

/// Whether replicas can tell which updates they have applied.
pub(super) fn tells_events(view: &Moment<'_>) -> bool {
    match view.protocol().propagation {
        Propagation::Events => true,
        Propagation::States => false,
    }
}

/// Whether a replica shows an element of which it has applied a removal.
pub(super) fn outlives_a_removal(replica: &Replica) -> bool {
    events(replica).any(|event| match &event.change {
        Change::Exclude { element, .. } => replica
            .durable
            .cells
            .get(&event.key)
            .is_some_and(|cell| !cell.set.additions_of(element).is_empty()),
        Change::Write(_)
        | Change::Replace { .. }
        | Change::Add(_)
        | Change::Bring(_)
        | Change::Include(_)
        | Change::Insert { .. }
        | Change::Erase(_) => false,
    })
}

/// The texts of all running replicas.
pub(super) fn texts<'a>(view: &'a Moment<'_>) -> impl Iterator<Item = &'a Text> {
    replicas(view)
        .flat_map(|(_, replica)| replica.durable.cells.iter())
        .map(|(_, cell)| &cell.text)
        .filter(|text| text.is_used())
}

/// Whether there is one order of all elements ever shown that every replica's text at `key` follows.
pub(super) fn follow_one_order(view: &Moment<'_>, key: &Key) -> bool {
    let cells = replicas(view).filter_map(|(_, replica)| replica.durable.cells.get(key));
    let names = |cell: &Cell| cell.text.elements().map(|element| element.name).collect();
    let mut orders: Vec<VecDeque<Stamp>> = cells.map(names).collect();
    // Whatever is first wherever it stands may be first of all.
    loop {
        orders.retain(|order| !order.is_empty());
        let heads = orders.iter().filter_map(|order| order.front().copied());
        let is_first = |name: &Stamp| {
            orders.iter().all(|order| order.front() == Some(name) || !order.contains(name))
        };
        let Some(first) = heads.into_iter().find(is_first) else { return orders.is_empty() };
        for order in &mut orders {
            if order.front() == Some(&first) {
                order.pop_front();
            }
        }
    }
}

/// Whether the insertion that `after` has just taken, if it has, stands where its client asked for.
pub(super) fn inserts_as_asked(view: &Moment<'_>, before: &Replica, after: &Replica) -> bool {
    if after.durable.taken == before.durable.taken {
        return true;
    }
    let answered = before.durable.answered.differences(&after.durable.answered);
    answered.filter_map(|(client, last)| Some((client, last?))).all(|(client, last)| {
        let asked = view.history().get(OperationId::of(*client, last.request));
        match asked.map(|record| &record.operation) {
            Some(Operation::Edit { key, edit: Edit::Insert { place, .. } }) => {
                stands_at(*place, &names(before, key), &names(after, key))
            }
            Some(_) | None => true,
        }
    })
}

/// Whether `after` is `before` with another element at `place`, or at its end.
fn stands_at(place: Place, before: &[Stamp], after: &[Stamp]) -> bool {
    let place = place.index().min(before.len());
    let mut rest = after.to_vec();
    place < rest.len() && {
        let new = rest.remove(place);
        rest == before && !before.contains(&new)
    }
}

/// The names of what `replica` shows of the text at `key`.
fn names(replica: &Replica, key: &Key) -> Vec<Stamp> {
    let cell = replica.durable.cells.get(key);
    let elements = cell.into_iter().flat_map(|cell| cell.text.elements());
    elements.filter(|element| element.value.is_some()).map(|element| element.name).collect()
}

/// Whether whatever has elements inserted after it has one of them right after it (Weidner &
/// Kleppmann 2023, forward non-interleaving).
pub(super) fn runs_forwards(text: &Text) -> bool {
    let elements: Vec<_> = text.elements().collect();
    elements.iter().enumerate().all(|(index, element)| {
        let after = |other: &&&Element| other.between.left == Some(element.name);
        elements.iter().find(after).is_none_or(|first| elements.get(index + 1) == Some(first))
    })
}

/// Whether whatever has elements inserted before it has one of them right before it, unless one of
/// the first kind has to stand there (Weidner & Kleppmann 2023, backward non-interleaving).
pub(super) fn runs_backwards(text: &Text) -> bool {
    let elements: Vec<_> = text.elements().collect();
    let places: BTreeMap<_, _> =
        elements.iter().enumerate().map(|(place, element)| (element.name, place)).collect();
    elements.iter().enumerate().all(|(index, element)| {
        let before = |other: &&&Element| other.between.right == Some(element.name);
        let Some(last) = elements.iter().rev().find(before) else { return true };
        let start = last.between.left.and_then(|left| places.get(&left)).map_or(0, |at| at + 1);
        let between = elements.get(start..index).unwrap_or_default();
        index > 0 && elements[index - 1] == *last
            || last.between.left != element.between.left
                && between
                    .iter()
                    .any(|other| !descends(&elements, &places, other, last.between.left))
    })
}

/// Whether `element` was inserted after `ancestor`, or after what was inserted after it, and so on.
fn descends(
    elements: &[&Element],
    places: &BTreeMap<Stamp, usize>,
    element: &Element,
    ancestor: Option<Stamp>,
) -> bool {
    let mut left = element.between.left;
    // Names are ahead of those of their left neighbours, so this ends.
    while left != ancestor {
        let Some(next) = left.and_then(|name| places.get(&name)) else { return false };
        left = elements[*next].between.left;
    }
    true
}
