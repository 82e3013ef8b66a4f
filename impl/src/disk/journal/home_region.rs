//! What changes in what a region remembers.

use std::collections::BTreeMap;

use holdfast_models::multi_leader::home_region::{Answered, Durable, Entry, Record};
use holdfast_models::vocabulary::{ClientId, Key, ReplicaId};
use serde::{Deserialize, Serialize};

use super::Journal;
use super::entries::{Entries, entries, with};

/// What has changed in what a region remembers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegionChange {
    time: u64,
    applied: BTreeMap<ReplicaId, u64>,
    closed: BTreeMap<ReplicaId, u64>,
    records: Entries<Key, Record>,
    answered: Entries<ClientId, Answered>,
    entries: Entries<u64, Entry>,
}

impl Journal for Durable {
    type Change = RegionChange;

    fn change(&self, later: &Self) -> RegionChange {
        RegionChange {
            time: later.time,
            applied: later.applied.clone(),
            closed: later.closed.clone(),
            records: entries(&self.records, &later.records),
            answered: entries(&self.answered, &later.answered),
            entries: entries(&self.entries, &later.entries),
        }
    }

    fn changed(self, change: RegionChange) -> Result<Self, String> {
        let RegionChange { time, applied, closed, records, answered, entries } = change;
        Ok(Self {
            time,
            applied,
            closed,
            records: with(self.records, records),
            answered: with(self.answered, answered),
            entries: with(self.entries, entries),
        })
    }
}
