//! Sets: how additions and removals that did not know of each other are put together.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::SetRule;
use crate::vocabulary::{Context, Dot, Map, Value};

/// The elements of a set, each with the additions that put it there and that no removal has taken
/// away.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Set(pub(super) Map<Value, BTreeSet<Dot>>);

/// What a replica remembers of additions, beside those that its sets show.
#[derive(Clone, Copy, Debug)]
pub(super) struct Memory<'a> {
    /// The updates that it has applied.
    pub(super) delivered: &'a Context,
    /// Additions that were removed, each with the first removal in the order of names.
    pub(super) removed: &'a Map<Dot, Dot>,
}

impl Set {
    /// Whether it has an element.
    #[must_use]
    pub fn is_used(&self) -> bool {
        !self.0.is_empty()
    }

    /// The elements, in ascending order.
    pub fn elements(&self) -> impl Iterator<Item = &Value> {
        self.0.iter().map(|(element, _)| element)
    }

    /// The additions that it shows.
    pub fn additions(&self) -> impl Iterator<Item = Dot> {
        self.0.iter().flat_map(|(_, additions)| additions.iter().copied())
    }

    /// The additions of `element` that it shows.
    #[must_use]
    pub fn additions_of(&self, element: &Value) -> Vec<Dot> {
        self.0.get(element).into_iter().flatten().copied().collect()
    }

    /// An addition arrives, perhaps after its removal.
    pub(super) fn include(&mut self, element: &Value, addition: Dot, memory: Memory<'_>) {
        if memory.removed.get(&addition).is_none() {
            self.put(element, [addition]);
        }
    }

    /// A removal arrives that had seen `additions`.
    pub(super) fn exclude(&mut self, rule: SetRule, element: &Value, additions: &[Dot]) {
        let left: BTreeSet<_> = match rule {
            SetRule::Elements => BTreeSet::new(),
            SetRule::Additions | SetRule::Tombstones | SetRule::Context => {
                let shown = self.0.get(element).into_iter().flatten();
                shown.filter(|addition| !additions.contains(addition)).copied().collect()
            }
        };
        self.0.set(element.clone(), (!left.is_empty()).then_some(left));
    }

    /// Puts in what another replica has in the set, as far as `mine` and `theirs` do not tell that it
    /// was removed.
    pub(super) fn merge(
        &mut self,
        rule: SetRule,
        mine: Memory<'_>,
        other: &Self,
        theirs: Memory<'_>,
    ) {
        let own = std::mem::take(self);
        let is_gone = |set: &Self, memory: Memory<'_>, element, addition| match rule {
            // Nobody remembers what was removed.
            SetRule::Elements | SetRule::Additions => false,
            SetRule::Tombstones => memory.removed.get(&addition).is_some(),
            // Whoever has seen it and does not have it has seen its removal.
            SetRule::Context => memory.delivered.contains(addition) && !set.has(element, addition),
        };
        for (element, additions) in own.0.iter() {
            let stay = additions.iter().copied();
            self.put(element, stay.filter(|dot| !is_gone(other, theirs, element, *dot)));
        }
        for (element, additions) in other.0.iter() {
            let come = additions.iter().copied();
            self.put(element, come.filter(|dot| !is_gone(&own, mine, element, *dot)));
        }
    }

    fn has(&self, element: &Value, addition: Dot) -> bool {
        self.0.get(element).is_some_and(|additions| additions.contains(&addition))
    }

    fn put(&mut self, element: &Value, additions: impl IntoIterator<Item = Dot>) {
        let mut all = self.0.get(element).cloned().unwrap_or_default();
        all.extend(additions);
        self.0.set(element.clone(), (!all.is_empty()).then_some(all));
    }
}
