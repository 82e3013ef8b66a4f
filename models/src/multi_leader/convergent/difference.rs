//! What has changed at a key: what a disk has to be told.
//!
//! A set or a text may be long, and an update changes one element of it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Cell, Counter, Element, Register, Set, Text};
use crate::vocabulary::{Dot, Value};

/// How one cell becomes another: each part, if it is another.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellDifference {
    /// What was written.
    register: Option<Register>,
    /// What was added.
    counter: Option<Counter>,
    /// The elements of the set whose additions differ, with what these are afterwards.
    set: Vec<(Value, Option<BTreeSet<Dot>>)>,
    /// How the text becomes another.
    text: Option<TextDifference>,
}

/// How one text becomes another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct TextDifference {
    /// Keep so many elements at the beginning.
    kept: usize,
    /// Take out so many after those.
    dropped: usize,
    /// Put these there.
    inserted: Vec<Element>,
}

impl Cell {
    /// How this becomes `later`.
    #[must_use]
    pub fn difference(&self, later: &Self) -> CellDifference {
        let additions = self.set.0.differences(&later.set.0);
        let additions = additions.map(|(element, dots)| (element.clone(), dots.cloned()));
        CellDifference {
            register: (self.register != later.register).then(|| later.register.clone()),
            counter: (self.counter != later.counter).then(|| later.counter.clone()),
            set: additions.collect(),
            text: self.text.difference(&later.text),
        }
    }

    /// What `difference` makes of this; nothing, if it is no difference of this.
    #[must_use]
    pub fn after_difference(self, difference: CellDifference) -> Option<Self> {
        let CellDifference { register, counter, set, text } = difference;
        let Set(mut elements) = self.set;
        set.into_iter().for_each(|(element, additions)| elements.set(element, additions));
        Some(Self {
            register: register.unwrap_or(self.register),
            counter: counter.unwrap_or(self.counter),
            set: Set(elements),
            text: match text {
                Some(difference) => self.text.after_difference(difference)?,
                None => self.text,
            },
        })
    }
}

impl Text {
    /// How this becomes `later`, if that is another: what is the same at both ends stays.
    fn difference(&self, later: &Self) -> Option<TextDifference> {
        let (before, after) = (&self.0, &later.0);
        let kept = before.common_prefix(0, after);
        let most = before.len().min(after.len()) - kept;
        let ends = before.iter().rev().zip(after.iter().rev()).take(most);
        let end = ends.take_while(|(one, other)| one == other).count();
        let (dropped, new) = (before.len() - kept - end, after.len() - kept - end);
        let inserted: Vec<_> = after.iter_from(kept).take(new).cloned().collect();
        (dropped + new > 0).then_some(TextDifference { kept, dropped, inserted })
    }

    fn after_difference(self, difference: TextDifference) -> Option<Self> {
        let TextDifference { kept, dropped, inserted } = difference;
        let Self(mut elements) = self;
        if kept.checked_add(dropped)? > elements.len() {
            return None;
        }
        (0..dropped).for_each(|_| elements.remove(kept));
        for (place, element) in (kept..).zip(inserted) {
            elements.insert(place, element);
        }
        Some(Self(elements))
    }
}
