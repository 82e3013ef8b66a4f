//! Who exists and what they remember.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::vocabulary::{
    Author, ClientId, Context, Key, Map, Operation, Outcome, ReplicaId, ReplicaSet, Reply, Terms,
    Timestamp, Value, Version,
};

/// One content of a register.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Cell {
    /// Its version.
    pub version: Version,
    /// The value; `None` is a tombstone.
    pub value: Option<Value>,
}

/// What is held at one key.
///
/// At most one cell, unless siblings are kept. Every cell's dot is in `seen`; it looks as if every
/// dot in `seen` had a cell, but most have been replaced.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Register {
    /// Contents that do not know of each other, by version.
    pub cells: Vec<Cell>,
    /// Which updates led here, cells included. Empty unless siblings are kept.
    pub seen: Context,
}

/// For whom something is kept.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Hint {
    /// The home that it is meant for.
    pub owner: ReplicaId,
    /// Where it belongs.
    pub key: Key,
}

/// Who the homes are, where that may change.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Homes {
    /// How many changes led to them.
    pub changes: u64,
    /// The replicas. Nobody where homes are configured.
    pub members: ReplicaSet,
}

/// What a replica holds in a range of keys.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Piece {
    /// Registers, by key.
    pub registers: Vec<(Key, Register)>,
    /// The last key of the range; `None` is to the end.
    pub last: Option<Key>,
}

/// What a replica remembers through a crash.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Durable {
    /// The registers that it is a home of.
    pub registers: Map<Key, Register>,
    /// What it keeps for homes that did not answer.
    pub hints: Map<Hint, Register>,
    /// How many updates of each register it has issued a dot for.
    pub issued: Map<Key, u64>,
    /// The highest ballot that it has promised for each register.
    pub promised: Map<Key, Version>,
    /// The highest time of a hybrid clock that it has issued or seen, and its counter.
    pub clock: (u64, u64),
    /// How often it has restarted.
    pub incarnation: u64,
    /// The latest homes that it knows of.
    pub homes: Homes,
    /// The homes before a change that is not settled yet. Only whoever keeps the list remembers them.
    pub unsettled: Option<ReplicaSet>,
}

/// What a replica knows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Replica {
    /// What it remembers.
    pub durable: Durable,
    /// The requests that it coordinates.
    pub pending: BTreeMap<Author, Pending>,
    /// The last answer that it gave to each client: one that lost it may ask once more.
    pub answered: BTreeMap<ClientId, Reply>,
    /// What each client has been shown of each register, where siblings are kept.
    pub shown: BTreeMap<(ClientId, Key), Context>,
    /// Deletions that it coordinated, and who has stored them, until all homes have.
    pub reaping: BTreeMap<Key, Reaping>,
    /// The key after which it compares next; from the first on if there is none.
    pub compared: Option<Key>,
}

/// A request under way.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pending {
    /// What was asked.
    pub operation: Operation,
    /// On which terms; a context grows by what the client is about to learn.
    pub terms: Terms,
    /// When, if requests are given time one by one.
    pub since: Option<Timestamp>,
    /// What is waited for.
    pub stage: Stage,
}

/// What a coordinator waits for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Answers to a question: what do you hold?
    Asking {
        /// Who has answered what.
        answers: BTreeMap<ReplicaId, Register>,
    },
    /// Word that something is stored.
    Storing {
        /// What is stored.
        register: Register,
        /// Homes that have stored it.
        holders: ReplicaSet,
        /// Homes that somebody keeps it for.
        hinted: ReplicaSet,
        /// Who has to store it.
        wanted: Wanted,
        /// What the client is told then.
        outcome: Outcome,
    },
    /// Promises to ignore lower ballots.
    Preparing {
        /// The ballot.
        ballot: Version,
        /// Who has promised, and what they had accepted.
        promises: BTreeMap<ReplicaId, Register>,
    },
    /// Word that a proposal is accepted.
    Accepting {
        /// What is proposed: one cell, whose version is the ballot.
        register: Register,
        /// Who has accepted.
        accepted: ReplicaSet,
        /// What the client is told then.
        outcome: Outcome,
    },
    /// What homes before a change hold in a range of keys.
    Gathering {
        /// After this key; `None` is from the first on.
        after: Option<Key>,
        /// Who holds what.
        pieces: BTreeMap<ReplicaId, Piece>,
    },
    /// Word that homes after a change hold that, too.
    Settling {
        /// What those before it held together.
        piece: Piece,
        /// Who holds it.
        holders: ReplicaSet,
    },
}

/// Who has to store something before the client is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wanted {
    /// This many homes.
    Homes(u8),
    /// These.
    All(ReplicaSet),
}

/// A deletion, until all homes have stored it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Reaping {
    /// The tombstone's version.
    pub version: Version,
    /// Who has stored it.
    pub holders: ReplicaSet,
}

/// Which question an answer belongs to. What answers a coordinator from before its restart belongs to
/// none that it asks now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Tag {
    /// The request.
    pub author: Author,
    /// How often the coordinator had restarted.
    pub incarnation: u64,
    /// Among which homes, where they may change.
    pub homes: Homes,
}

/// Names of timers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Timer {
    /// A coordinator asks again whoever has not answered.
    Resend,
    /// A coordinator has waited long enough for homes, and turns to those that stand in for them.
    Fallback,
    /// A coordinator has waited long enough.
    Deadline,
    /// A coordinator looks whether its clock has passed what it waits for.
    CommitWait,
    /// Whoever stands in for a home offers it what is kept for it.
    Handoff,
    /// Hints have been kept long enough.
    ExpireHints,
    /// A replica compares the next range of keys.
    Compare,
    /// Tombstones have been kept long enough.
    Reap,
}
