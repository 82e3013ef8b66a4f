//! What is at a key.

use serde::{Deserialize, Serialize};

use super::state::{Change, Event};
use super::{Convergent, Counter, Register, Version};
use crate::vocabulary::Value;

/// What is at a key: a register, a counter, or both where two replicas disagreed at first. Then readers
/// see the counter.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Cell {
    /// What was written.
    pub register: Register,
    /// What was added.
    pub counter: Counter,
}

impl Cell {
    /// What readers see.
    #[must_use]
    pub fn value(&self) -> Option<Value> {
        if self.counter.is_used() {
            Some(Value::from(self.counter.value()))
        } else {
            self.register.value().cloned()
        }
    }

    /// Applies an update of this key.
    pub(super) fn apply(&mut self, policy: &Convergent, event: &Event) {
        match &event.change {
            Change::Write(value) => {
                let Event { dot, past, stamp, author, .. } = event.clone();
                let version = Version { dot, past, stamp, author, value: value.clone() };
                self.register.apply(policy.register, version);
            }
            Change::Add(amount) => self.counter.add(event.dot.replica, *amount),
            Change::Bring(sum) => self.counter.bring(event.dot.replica, *sum),
        }
    }

    /// Puts in what another replica has at this key.
    pub(super) fn merge(&mut self, policy: &Convergent, other: &Self) {
        for version in other.register.versions() {
            self.register.apply(policy.register, version.clone());
        }
        self.counter.merge(policy.counter, &other.counter);
    }
}
