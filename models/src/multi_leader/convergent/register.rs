//! Registers: which of several writes stays.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::state::Stamp;
use super::{RegisterRule, Ties};
use crate::vocabulary::{Author, Context, Dot, Outcome, Value};

/// What was written to a key and has not given way to another write. One version at most, unless the
/// rule is [`RegisterRule::KeepAll`]; in the order of their dots.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Register(Vec<Version>);

/// What one write leaves.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Version {
    /// The name of the write.
    pub dot: Dot,
    /// The updates that its replica knew of.
    pub past: Context,
    /// Of those, the versions that its client did not know of.
    pub beside: BTreeSet<Dot>,
    /// When it was made.
    pub stamp: Stamp,
    /// Whose request it was.
    pub author: Author,
    /// What was written; `None` by a deletion.
    pub value: Option<Value>,
}

impl Version {
    /// Whether it was written over what `dot` had left.
    #[must_use]
    pub fn knows(&self, dot: Dot) -> bool {
        self.past.contains(dot) && !self.beside.contains(&dot)
    }
}

impl Register {
    /// The versions that are kept.
    #[must_use]
    pub fn versions(&self) -> &[Version] {
        &self.0
    }

    /// Whether a value is here. What was deleted may become data of another kind.
    #[must_use]
    pub fn is_used(&self) -> bool {
        self.0.iter().any(|version| version.value.is_some())
    }

    /// All values that are kept, as readers hear them.
    #[must_use]
    pub fn shown(&self) -> Outcome {
        let mut values: Vec<_> =
            self.0.iter().filter_map(|version| version.value.clone()).collect();
        values.sort_unstable();
        values.dedup();
        if values.len() > 1 { Outcome::Siblings(values) } else { Outcome::Found(values.pop()) }
    }

    /// The versions that are kept and that whoever knows of `known` does not know of.
    #[must_use]
    pub fn unknown_to(&self, known: &Context) -> BTreeSet<Dot> {
        self.0.iter().map(|version| version.dot).filter(|dot| !known.contains(*dot)).collect()
    }

    /// What readers see. Of several versions that with the last dot, the same at every replica
    /// (CouchDB's deterministic winner).
    #[must_use]
    pub fn value(&self) -> Option<&Value> {
        self.0.last()?.value.as_ref()
    }

    /// A write arrives, perhaps again.
    pub(super) fn apply(&mut self, rule: RegisterRule, new: Version) {
        if rule == RegisterRule::KeepAll {
            return self.keep_all(new);
        }
        match self.0.first_mut() {
            None => self.0.push(new),
            Some(old) if wins(rule, &new, old) => *old = new,
            Some(_) => {}
        }
    }

    fn keep_all(&mut self, new: Version) {
        if self.0.iter().any(|old| old.dot == new.dot || old.knows(new.dot)) {
            return;
        }
        self.0.retain(|old| !new.knows(old.dot));
        let place = self.0.partition_point(|old| old.dot < new.dot);
        self.0.insert(place, new);
    }
}

/// Whether `new` takes the place of `old`.
fn wins(rule: RegisterRule, new: &Version, old: &Version) -> bool {
    match rule {
        RegisterRule::LastArrived => true,
        RegisterRule::LastWriter { ties: Ties::LaterArrival, .. } => {
            new.stamp.time >= old.stamp.time
        }
        RegisterRule::LastWriter { ties: Ties::HigherReplica, .. } => {
            (new.stamp, new.dot) > (old.stamp, old.dot)
        }
        RegisterRule::HighestReplica => new.dot > old.dot,
        RegisterRule::KeepWinner | RegisterRule::KeepAll => {
            new.past.contains(old.dot) || !old.past.contains(new.dot) && new.dot > old.dot
        }
    }
}
