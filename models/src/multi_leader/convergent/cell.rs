//! What is at a key.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::set::Memory;
use super::state::{Change, Event};
use super::{Convergent, Counter, Element, Register, RegisterRule, Set, Text, Version};
use crate::vocabulary::{Context, Dot, Outcome, Value};

/// What is at a key: a register, a counter, a set or a text, or several where replicas disagreed at
/// first. Then readers see the last of them in the order of [`Kind`].
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Cell {
    /// What was written.
    pub register: Register,
    /// What was added.
    pub counter: Counter,
    /// What was included and not excluded.
    pub set: Set,
    /// What was inserted.
    pub text: Text,
}

/// What kind of data is at a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// One value.
    Register,
    /// A set.
    Set,
    /// A text.
    Text,
    /// A number.
    Counter,
}

impl Cell {
    /// What kind of data readers see, if anything is here.
    #[must_use]
    pub fn kind(&self) -> Option<Kind> {
        let used = [
            (self.counter.is_used(), Kind::Counter),
            (self.text.is_used(), Kind::Text),
            (self.set.is_used(), Kind::Set),
            (self.register.is_used(), Kind::Register),
        ];
        used.into_iter().find(|(is_used, _)| *is_used).map(|(_, kind)| kind)
    }

    /// The one value that readers see, where it is one.
    #[must_use]
    pub fn value(&self) -> Option<Value> {
        match self.kind() {
            Some(Kind::Counter) => Some(Value::from(self.counter.value())),
            Some(Kind::Register) => self.register.value().cloned(),
            Some(Kind::Set | Kind::Text) | None => None,
        }
    }

    /// What readers hear.
    #[must_use]
    pub fn shown(&self) -> Outcome {
        match self.kind() {
            Some(Kind::Set) => Outcome::Elements(self.set.elements().cloned().collect()),
            Some(Kind::Text) => Outcome::Elements(self.text.values().cloned().collect()),
            Some(Kind::Counter | Kind::Register) | None => Outcome::Found(self.value()),
        }
    }

    /// What readers hear who keep account of what they know, of a store that has applied `delivered`: all
    /// values of a register that no other knew of, and which updates whoever hears it knows of. Where
    /// nothing is to be known, none.
    #[must_use]
    pub fn shown_whole(&self, policy: &Convergent, delivered: &Context) -> (Outcome, Context) {
        match self.kind() {
            Some(Kind::Register) | None if policy.register == RegisterRule::KeepAll => {
                (self.register.shown(), delivered.clone())
            }
            Some(Kind::Text) => (self.shown(), delivered.clone()),
            Some(Kind::Register | Kind::Set | Kind::Counter) | None => {
                (self.shown(), Context::default())
            }
        }
    }

    /// Applies an update of this key.
    pub(super) fn apply(&mut self, policy: &Convergent, event: &Event, memory: Memory<'_>) {
        match &event.change {
            Change::Write(value) => {
                self.write(policy, event, value, &BTreeSet::new());
            }
            Change::Replace { value, beside } => self.write(policy, event, value, beside),
            Change::Add(amount) => self.counter.add(event.dot.replica, *amount),
            Change::Bring(sum) => self.counter.bring(event.dot.replica, *sum),
            Change::Include(element) => self.set.include(element, event.dot, memory),
            Change::Exclude { element, additions } => {
                self.set.exclude(policy.set, element, additions);
            }
            Change::Insert { between, element } => {
                let value = Some(element.clone());
                let Event { dot, stamp: name, .. } = *event;
                let erased_by = BTreeSet::new();
                let element = Element { name, dot, between: *between, value, erased_by };
                self.text.insert(policy, element);
            }
            Change::Erase(name) => self.text.erase(policy, *name, event.dot),
        }
    }

    fn write(
        &mut self,
        policy: &Convergent,
        by: &Event,
        value: &Option<Value>,
        beside: &BTreeSet<Dot>,
    ) {
        let Event { dot, past, stamp, author, .. } = by.clone();
        let (beside, value) = (beside.clone(), value.clone());
        self.register.apply(policy.register, Version { dot, past, beside, stamp, author, value });
    }

    /// Puts in what another replica has at this key.
    pub(super) fn merge(
        &mut self,
        policy: &Convergent,
        mine: Memory<'_>,
        other: &Self,
        theirs: Memory<'_>,
    ) {
        for version in other.register.versions() {
            self.register.apply(policy.register, version.clone());
        }
        self.counter.merge(policy.counter, &other.counter);
        self.set.merge(policy.set, mine, &other.set, theirs);
        self.text.merge(policy, &other.text);
    }
}
