//! One key, as one region knows it: where its home is, and what was there when.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::vocabulary::{Epoch, ReplicaId, Value};

/// What a region knows of one key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Record {
    /// Who takes its updates.
    pub home: ReplicaId,
    /// Since which move.
    pub epoch: Epoch,
    /// What was put there, `None` by a deletion, and when: the latest, and what snapshots still need.
    pub versions: BTreeMap<Stamp, Option<Value>>,
}

/// When a version was made. In this order a key's versions follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Stamp {
    /// In which epoch of the key.
    pub epoch: Epoch,
    /// At which logical time: later than all that its home had seen.
    pub time: u64,
    /// By which home.
    pub home: ReplicaId,
}

impl Record {
    /// A key that nobody has written and nobody has moved.
    #[must_use]
    pub const fn new(home: ReplicaId) -> Self {
        Self { home, epoch: Epoch(1), versions: BTreeMap::new() }
    }

    /// The latest version.
    #[must_use]
    pub fn latest(&self) -> Option<(&Stamp, &Option<Value>)> {
        self.versions.last_key_value()
    }

    /// The latest version that was made no later than `time`.
    #[must_use]
    pub fn at(&self, time: u64) -> Option<(&Stamp, &Option<Value>)> {
        self.versions.iter().rev().find(|(stamp, _)| stamp.time <= time)
    }

    /// What the latest version holds.
    #[must_use]
    pub fn value(&self) -> Option<&Value> {
        self.latest()?.1.as_ref()
    }

    /// `home` is where updates go from `epoch` on, unless that is known to be over. Of two that made
    /// themselves the home in one epoch, all agree on the higher.
    pub(super) fn move_to(&mut self, epoch: Epoch, home: ReplicaId) {
        if (epoch, home) > (self.epoch, self.home) {
            (self.epoch, self.home) = (epoch, home);
        }
    }

    /// Its home has put `value` there.
    pub(super) fn put(&mut self, stamp: Stamp, value: Option<Value>) {
        self.move_to(stamp.epoch, stamp.home);
        self.versions.insert(stamp, value);
    }

    /// Drops the versions that nobody will be shown who is shown what was there at `time` or later;
    /// without a time, all but the latest.
    pub(super) fn forget_before(&mut self, time: Option<u64>) {
        let first = match time {
            Some(time) => self.at(time),
            None => self.latest(),
        };
        if let Some(first) = first.map(|(stamp, _)| *stamp) {
            self.versions = self.versions.split_off(&first);
        }
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.time, self.home)
    }
}
