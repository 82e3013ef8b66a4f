//! What is remembered of removals from sets, and until when.

use super::state::Change;
use super::transition::Turn;
use super::{Collection, Convergent, Event, SetRule};
use crate::vocabulary::{Dot, Map, ReplicaId};

impl Convergent {
    /// Whether it matters who has applied which removals.
    pub(super) fn collects_knowingly(&self) -> bool {
        self.set == SetRule::Tombstones && self.collection == Collection::WhenAllHaveThem
    }

    /// Whether tombstones may be dropped.
    pub(super) const fn keeps_tombstones(&self) -> bool {
        match self.collection {
            Collection::Never => true,
            Collection::AfterAWhile | Collection::WhenAllHaveThem => false,
        }
    }
}

impl Turn<'_> {
    /// Remembers of an update that was applied what later ones need.
    pub(super) fn remember_removals(&mut self, event: &Event) {
        let durable = &mut self.replica.durable;
        match (&event.change, self.policy.set) {
            (Change::Exclude { additions, .. }, SetRule::Tombstones) => {
                for addition in additions {
                    note_removal(&mut durable.removed, *addition, event.dot);
                }
            }
            (Change::Exclude { additions, .. }, SetRule::Context) => {
                for addition in additions {
                    if !durable.delivered.contains(*addition) {
                        note_removal(&mut durable.removed, *addition, event.dot);
                    }
                }
            }
            // It has arrived.
            (Change::Include(_), SetRule::Context) => durable.removed.remove(&event.dot),
            (Change::Exclude { .. }, SetRule::Elements | SetRule::Additions)
            | (Change::Include(_), SetRule::Elements | SetRule::Additions | SetRule::Tombstones)
            | (
                Change::Write(_)
                | Change::Add(_)
                | Change::Bring(_)
                | Change::Insert { .. }
                | Change::Erase(_)
                | Change::Replace { .. },
                _,
            ) => {}
        }
    }

    /// Drops the tombstones that the policy lets go, and tells whether there were any.
    pub(super) fn drop_tombstones(&mut self) -> bool {
        if self.policy.set != SetRule::Tombstones {
            return false;
        }
        let known = &self.replica.known;
        let has = |id: ReplicaId, dot| known.get(&id).is_some_and(|dots| dots.contains(dot));
        let all_have = |dot| self.policy.ids().all(|id| id == self.me || has(id, dot));
        let durable = &self.replica.durable;
        let is_done = |addition: Dot, removal: Dot| match self.policy.collection {
            Collection::Never => false,
            Collection::AfterAWhile => true,
            // What has not arrived has to meet its tombstone.
            Collection::WhenAllHaveThem => {
                all_have(removal) && durable.delivered.contains(addition)
            }
        };
        let removed = durable.removed.iter();
        let done: Vec<_> =
            removed.filter(|(dot, by)| is_done(**dot, **by)).map(|(dot, _)| *dot).collect();
        for addition in &done {
            self.replica.durable.removed.remove(addition);
        }
        !done.is_empty()
    }
}

/// Notes that `removal` has removed `addition`. Of several removals the first in the order of names
/// is kept, so that the order in which they arrive leaves no trace.
pub(super) fn note_removal(removed: &mut Map<Dot, Dot>, addition: Dot, removal: Dot) {
    if removed.get(&addition).is_none_or(|known| removal < *known) {
        removed.insert(addition, removal);
    }
}
