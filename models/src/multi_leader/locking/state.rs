//! Who exists and what they remember.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::vocabulary::{
    Author, ClientId, Key, Map, Outcome, ReplicaId, ReplicaSet, Request, RequestId, Timestamp,
    Value,
};

/// What a replica knows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Replica {
    /// What it remembers.
    pub durable: Durable,
    /// The transactions that it coordinates and has not decided.
    pub pending: BTreeMap<Transaction, Pending>,
    /// Who has heard of what it has decided.
    pub heard: BTreeMap<Transaction, ReplicaSet>,
    /// The keys that are locked here for somebody who is not prepared.
    pub locks: BTreeMap<Key, Lock>,
    /// Who waits here for a key.
    pub waiting: BTreeMap<Key, BTreeSet<Transaction>>,
}

/// What a replica remembers through a crash.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Durable {
    /// The latest time that it has given to a transaction or seen on one.
    pub time: u64,
    /// What is at each key.
    pub cells: Map<Key, Cell>,
    /// What it has promised to apply at each key, if that is decided.
    pub prepared: Map<Key, Prepared>,
    /// The last update of each client that it has applied, and what came of it.
    pub answered: Map<ClientId, Answered>,
    /// The transactions that it has decided to commit and not everybody has applied, and their keys.
    pub decided: Map<Transaction, Key>,
}

/// What is at a key.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Cell {
    /// What readers see.
    pub value: Option<Value>,
    /// How often the key was locked here.
    pub grants: u64,
    /// The youngest transaction of each coordinator that it was locked for, by its time. None is granted
    /// a key twice, so that what arrives late, or again, starts nothing.
    pub granted: BTreeMap<ReplicaId, u64>,
}

/// A promise to apply a change if that is decided, and to let nobody else in before it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Prepared {
    /// To whom.
    pub transaction: Transaction,
    /// Which change.
    pub change: Change,
}

/// What an update comes to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Change {
    /// What will be there; `None` if nothing will.
    pub value: Option<Value>,
    /// Whose request it is.
    pub author: Author,
    /// What its client hears.
    pub outcome: Outcome,
}

/// The last update of one client, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Answered {
    /// Which.
    pub request: RequestId,
    /// What came of it.
    pub outcome: Outcome,
}

/// One update on its way. In this order transactions are older and younger; no two are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Transaction {
    /// When it began, by a logical clock.
    pub time: u64,
    /// Who coordinates it.
    pub coordinator: ReplicaId,
}

/// A transaction whose coordinator has not decided.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pending {
    /// Who has asked.
    pub client: ClientId,
    /// For what.
    pub request: Request,
    /// Who has locked the key for it, by which grant.
    pub granted: BTreeMap<ReplicaId, u64>,
    /// What it comes to: known once everybody has locked the key.
    pub change: Option<Change>,
    /// Who is prepared for that.
    pub prepared: ReplicaSet,
}

/// A key that nobody else gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Lock {
    /// For whom.
    pub holder: Transaction,
    /// Which grant of this key at this replica it is.
    pub grant: u64,
    /// From when on somebody else may have it.
    pub until: Option<Timestamp>,
}

/// Names of timers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Timer {
    /// Time to repeat what may have been lost.
    Repeat,
    /// Nothing was heard of this replica for too long.
    Silence(ReplicaId),
}

impl Durable {
    /// What is at `key`.
    #[must_use]
    pub fn cell(&self, key: &Key) -> Cell {
        self.cells.get(key).cloned().unwrap_or_default()
    }

    /// Whether it has promised something to `transaction` at `key`.
    #[must_use]
    pub fn is_prepared(&self, transaction: Transaction, key: &Key) -> bool {
        self.prepared.get(key).is_some_and(|prepared| prepared.transaction == transaction)
    }

    /// Notes the last update of a client. Decisions about two keys may arrive in any order.
    pub(super) fn note(&mut self, author: Author, outcome: Outcome) {
        let Author { client, request } = author;
        if self.answered.get(&client).is_none_or(|last| last.request < request) {
            self.answered.insert(client, Answered { request, outcome });
        }
    }
}

impl fmt::Display for Transaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "transaction {} of {}", self.time, self.coordinator)
    }
}
