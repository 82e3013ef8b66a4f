//! Texts: where insertions that did not know of each other stand.
//!
//! An element has a name, the stamp of its insertion, and stays where it is when it is erased: other
//! insertions may stand next to it. Names are ahead of all names that their makers had seen.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::state::Stamp;
use super::{Convergent, Safeguard, TextRule};
use crate::vocabulary::{Context, Dot, Sequence, Value};

/// The elements of a text, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Text(pub(super) Sequence<Element>);

/// One element, and between which it was inserted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Element {
    /// Its name.
    pub name: Stamp,
    /// The update that inserted it.
    pub dot: Dot,
    /// Next to which.
    pub between: Between,
    /// What it shows; `None` once it was erased.
    pub value: Option<Value>,
    /// The updates that erased it.
    pub erased_by: BTreeSet<Dot>,
}

impl Element {
    /// Whether it is shown to somebody who knows of the updates in `known`, or here.
    fn is_shown_to(&self, known: Option<&Context>) -> bool {
        match known {
            None => self.value.is_some(),
            Some(known) => {
                known.contains(self.dot) && !self.erased_by.iter().any(|dot| known.contains(*dot))
            }
        }
    }
}

/// The neighbours of an element where and when it was inserted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Between {
    /// The element that was shown before it; `None` at the beginning.
    pub left: Option<Stamp>,
    /// What came after that, shown or not; `None` at the end.
    pub right: Option<Stamp>,
}

impl Text {
    /// Whether anything was inserted.
    #[must_use]
    pub fn is_used(&self) -> bool {
        !self.0.is_empty()
    }

    /// All elements, the erased ones included.
    pub fn elements(&self) -> impl Iterator<Item = &Element> {
        self.0.iter()
    }

    /// What readers see.
    pub fn values(&self) -> impl Iterator<Item = &Value> {
        self.0.iter().filter_map(|element| element.value.as_ref())
    }

    /// Whether whoever knows of the updates in `known` knows all of it.
    #[must_use]
    pub fn is_known_to(&self, known: &Context) -> bool {
        let is_known = |dot: &Dot| known.contains(*dot);
        self.0
            .iter()
            .all(|element| is_known(&element.dot) && element.erased_by.iter().all(is_known))
    }

    /// The element that is shown at `place`, counted from 0, to whoever knows of the updates in `known`,
    /// or here.
    #[must_use]
    pub fn shown_at(&self, place: usize, known: Option<&Context>) -> Option<&Element> {
        self.0.iter().filter(|element| element.is_shown_to(known)).nth(place)
    }

    /// Between which an element is inserted that is to be shown at `place`, or at the end, to whoever
    /// knows of the updates in `known`, or here.
    #[must_use]
    pub fn between(&self, place: usize, known: Option<&Context>) -> Between {
        let shown = self.0.iter().filter(|element| element.is_shown_to(known));
        let left = shown.take(place).last().map(|element| element.name);
        let is_known = |element: &&Element| known.is_none_or(|known| known.contains(element.dot));
        let right = self.0.iter_from(self.after(left).unwrap_or_default()).find(is_known);
        Between { left, right: right.map(|element| element.name) }
    }

    /// An insertion arrives, perhaps again.
    pub(super) fn insert(&mut self, policy: &Convergent, new: Element) {
        let is_known = self.index(new.name).is_some();
        // dropped without its left neighbour: it is delivered after that where causes come first.
        let Some(start) = self.after(new.between.left).filter(|_| !is_known) else { return };
        let index = match policy.text {
            TextRule::LaterFirst => self.place_by_name(policy, start, &new),
            TextRule::RunsTogether => self.place_by_neighbours(start, &new),
        };
        self.0.insert(index, new);
    }

    /// An erasure arrives, perhaps again.
    pub(super) fn erase(&mut self, policy: &Convergent, name: Stamp, by: Dot) {
        let Some(index) = self.index(name) else { return };
        if !policy.has(Safeguard::ErasedElementsKept) {
            return self.0.remove(index);
        }
        if let Some(element) = self.0.get(index) {
            let mut element = Element { value: None, ..element.clone() };
            element.erased_by.insert(by);
            self.0.replace(index, element);
        }
    }

    /// Puts in what another replica has in the text.
    pub(super) fn merge(&mut self, policy: &Convergent, other: &Self) {
        // In the order of their names, neighbours come before those that were inserted next to them.
        let mut theirs: Vec<_> = other.0.iter().collect();
        theirs.sort_by_key(|element| element.name);
        for element in theirs {
            for by in &element.erased_by {
                self.erase(policy, element.name, *by);
            }
            self.insert(policy, element.clone());
        }
    }

    /// Where `new` stands after its left neighbour: of insertions next to the same, the later first
    /// (Roh et al. 2011, RGA). What was inserted next to a later one is later still.
    fn place_by_name(&self, policy: &Convergent, start: usize, new: &Element) -> usize {
        if !policy.has(Safeguard::LaterInsertionsSkipped) {
            return start;
        }
        let later = self.0.iter_from(start).take_while(|other| other.name > new.name);
        start + later.count()
    }

    /// Where `new` stands between its neighbours, among what others have inserted there (Weidner &
    /// Kleppmann 2023, FugueMax): what was inserted next to one of those stays next to it; of two
    /// with the same left neighbour, the one whose right neighbour is further on comes first.
    fn place_by_neighbours(&self, start: usize, new: &Element) -> usize {
        let right = self.before(new.between.right);
        let (mut index, mut is_undecided) = (start, false);
        for (at, other) in self.0.iter_from(start).enumerate().take(right.saturating_sub(start)) {
            let other_start = self.after(other.between.left).unwrap_or_default();
            let other_right = self.before(other.between.right);
            let is_twin = other_start == start && other_right == right;
            if other_start < start || is_twin && new.name < other.name {
                break;
            }
            if other_start == start {
                // Whether it is before this one depends on what is next to it.
                is_undecided = other_right < right;
            }
            if !is_undecided {
                index = start + at + 1;
            }
        }
        index
    }

    fn index(&self, name: Stamp) -> Option<usize> {
        self.0.iter().position(|element| element.name == name)
    }

    /// The index after `left`, if that is here. The beginning is.
    fn after(&self, left: Option<Stamp>) -> Option<usize> {
        left.map_or(Some(0), |name| self.index(name).map(|index| index + 1))
    }

    /// The index of `right`, or the end.
    fn before(&self, right: Option<Stamp>) -> usize {
        right.and_then(|name| self.index(name)).unwrap_or(self.0.len())
    }
}
