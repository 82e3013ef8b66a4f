//! Who exists and what they remember.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::vocabulary::{
    Author, ClientId, Epoch, Key, LogPosition, Map, Operation, Outcome, ReplicaId, ReplicaSet,
    RequestId, Value,
};

/// What a replica knows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Replica {
    /// What it remembers.
    pub durable: Durable,
    /// Requests that have not begun, since the replica may lack what they have to see.
    pub asked: BTreeMap<Author, Asked>,
    /// Transactions that it has executed and handed in, and that it has not seen in the order.
    pub pending: BTreeMap<Author, Transaction>,
    /// The clients that wait to hear what came of a transaction.
    pub waiting: BTreeSet<Author>,
    /// What has arrived before what it follows in the order.
    pub early: BTreeMap<LogPosition, Transaction>,
    /// Up to where everybody has the order.
    pub everywhere: LogPosition,
    /// Only the sequencer's: up to where each of the others has the order.
    pub held: BTreeMap<ReplicaId, LogPosition>,
    /// Only the sequencer's, while it asks what it may have lost: who has told it.
    pub recovering: Option<ReplicaSet>,
}

/// What a replica remembers through a crash.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Durable {
    /// Which life of the sequencer makes the order, as far as this replica knows.
    pub epoch: Epoch,
    /// Up to where it has the order without a gap.
    pub applied: LogPosition,
    /// Up to where it has forgotten the order, since everybody has it.
    pub forgotten: LogPosition,
    /// The order after that, as far as it has it.
    pub log: Map<LogPosition, Entry>,
    /// What is at each key.
    pub cells: Map<Key, Cell>,
    /// The last update of each client in the order, and what came of it.
    pub answered: Map<ClientId, Answered>,
}

/// A transaction in the order, and what was decided about it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Entry {
    /// Which.
    pub transaction: Transaction,
    /// Whether it takes effect.
    pub commits: bool,
}

/// A transaction as it was executed: what there is to be decided about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Transaction {
    /// Whose request it is.
    pub author: Author,
    /// How much of the order it knew of.
    pub snapshot: LogPosition,
    /// What it has read.
    pub reads: BTreeSet<Key>,
    /// What it writes; `None` is nothing.
    pub writes: BTreeMap<Key, Option<Value>>,
    /// Where nobody may have written later than that, by whatever rule others are decided about.
    pub unchanged: BTreeMap<Key, LogPosition>,
    /// What its client hears if it commits.
    pub outcome: Outcome,
}

/// What is at a key.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Cell {
    /// What readers see.
    pub value: Option<Value>,
    /// Where in the order it was written last.
    pub written: LogPosition,
}

/// The last update of one client, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Answered {
    /// Which.
    pub request: RequestId,
    /// What came of it.
    pub outcome: Outcome,
    /// Where in the order it is.
    pub position: LogPosition,
}

/// A request that has not begun.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Asked {
    /// What is asked for.
    pub operation: Operation,
    /// What the session has seen.
    pub seen: LogPosition,
    /// Where the order ended when it was asked for; `None` if the sequencer has not said.
    pub end: Option<LogPosition>,
}

/// Names of timers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Timer {
    /// Time to repeat what may have been lost.
    Repeat,
}

impl Durable {
    /// Whether it has what is at `position`, or had it once.
    #[must_use]
    pub fn has(&self, position: LogPosition) -> bool {
        position <= self.applied || self.log.get(&position).is_some()
    }

    /// Whether nobody has written at any of these keys later than that.
    #[must_use]
    pub fn are_unchanged(&self, keys: &BTreeMap<Key, LogPosition>) -> bool {
        keys.iter().all(|(key, at)| self.cell(key).written <= *at)
    }

    /// What is at `key`.
    #[must_use]
    pub fn cell(&self, key: &Key) -> Cell {
        self.cells.get(key).cloned().unwrap_or_default()
    }
}
