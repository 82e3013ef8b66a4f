//! Who exists and what they remember.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{HomeRegion, Record, Stamp};
use crate::vocabulary::{
    Author, ClientId, Epoch, Key, Map, Outcome, ReplicaId, ReplicaSet, RequestId, Value,
};

/// What a region knows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Replica {
    /// What it remembers.
    pub durable: Durable,
    /// How many of its entries each other region has, as far as they said.
    pub known: BTreeMap<ReplicaId, u64>,
    /// Whom it takes to be gone.
    pub suspected: ReplicaSet,
}

/// What a region remembers through a crash.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Durable {
    /// The logical time: that of the latest entry that it has made or applied.
    pub time: u64,
    /// How many entries of each region it has applied, its own among them: always the first so many.
    pub applied: BTreeMap<ReplicaId, u64>,
    /// Up to which time it has applied everything that each other region has made or will make.
    pub closed: BTreeMap<ReplicaId, u64>,
    /// What it knows of each key that was written or moved.
    pub records: Map<Key, Record>,
    /// The last update of each client that it has applied, and what came of it.
    pub answered: Map<ClientId, Answered>,
    /// Its own entries that somebody may still lack, by their numbers.
    pub entries: Map<u64, Entry>,
}

/// The last update of one client, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Answered {
    /// Which.
    pub request: RequestId,
    /// What came of it.
    pub outcome: Outcome,
    /// At which logical time.
    pub time: u64,
}

/// What a region has decided about one key: an entry of its log.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Entry {
    /// Which of the region's entries it is, from 1.
    pub number: u64,
    /// When it was made.
    pub time: u64,
    /// About which key.
    pub key: Key,
    /// In which epoch of the key.
    pub epoch: Epoch,
    /// What was decided.
    pub change: Change,
}

/// What an entry says of its key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Change {
    /// The home has put this there.
    Put {
        /// The new content; `None` by a deletion.
        value: Option<Value>,
        /// For whom.
        settled: Settled,
    },
    /// The home has left what is there.
    Keep(Settled),
    /// The key's home is this region, from this entry's epoch on.
    Move {
        /// The new home.
        to: ReplicaId,
        /// What is there, if anything ever was: an earlier home may have put it there, whose entries
        /// may arrive at the new home later than this one.
        latest: Option<(Stamp, Option<Value>)>,
        /// What the region that made the entry has answered, and what it knows of earlier homes, likewise.
        answered: Map<ClientId, Answered>,
    },
}

/// A request that the home has decided about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Settled {
    /// Whose request it was.
    pub author: Author,
    /// What its client hears.
    pub outcome: Outcome,
}

/// Names of timers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Timer {
    /// Time to tell again what may have been lost.
    Gossip,
    /// Nothing was heard of this region for too long.
    Silence(ReplicaId),
}

impl Durable {
    /// How many entries of `region` have been applied here.
    #[must_use]
    pub fn applied(&self, region: ReplicaId) -> u64 {
        self.applied.get(&region).copied().unwrap_or_default()
    }

    /// What is known here of `key`.
    #[must_use]
    pub fn record(&self, policy: &HomeRegion, key: &Key) -> Record {
        let known = self.records.get(key).cloned();
        known.unwrap_or_else(|| Record::new(policy.first_home(key)))
    }

    /// Notes the last update of a client.
    pub(super) fn note(&mut self, settled: &Settled, time: u64) {
        let Settled { author, outcome } = settled;
        let answered = Answered { request: author.request, outcome: outcome.clone(), time };
        self.note_answered(author.client, answered);
    }

    /// Notes what another region has answered.
    pub(super) fn note_all(&mut self, answered: &Map<ClientId, Answered>) {
        for (client, answered) in answered.iter() {
            self.note_answered(*client, answered.clone());
        }
    }

    fn note_answered(&mut self, client: ClientId, answered: Answered) {
        if self.answered.get(&client).is_none_or(|last| last.request < answered.request) {
            self.answered.insert(client, answered);
        }
    }

    /// Up to which time region `me` has applied everything that anybody has made or will make.
    #[must_use]
    pub fn stable(&self, policy: &HomeRegion, me: ReplicaId) -> u64 {
        let closed = |region| self.closed.get(&region).copied().unwrap_or_default();
        policy.others(me).map(closed).fold(self.time, u64::min)
    }
}
