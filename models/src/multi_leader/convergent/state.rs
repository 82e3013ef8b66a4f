//! Who exists and what they remember.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Between, Cell, Sum};
use crate::vocabulary::{
    Author, ClientId, Context, Dot, Key, Map, Outcome, ReplicaId, RequestId, Value,
};

/// What a replica knows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Replica {
    /// What it remembers.
    pub durable: Durable,
    /// Updates that have arrived too early.
    pub waiting: BTreeMap<Dot, Event>,
    /// What others said that they have.
    pub known: BTreeMap<ReplicaId, Context>,
}

/// What a replica remembers through a crash.
///
/// `delivered` holds the dot of every update that `cells` show, and `seen` all of those.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Durable {
    /// How many updates it has taken. Its next dot comes after that.
    pub taken: u64,
    /// The latest time it has given to an update or seen on one.
    pub time: u64,
    /// The updates it has applied.
    pub delivered: Context,
    /// The updates it has applied, and all that those had seen. More than it has applied, where
    /// updates are applied as they arrive.
    pub seen: Context,
    /// What is at each key.
    pub cells: Map<Key, Cell>,
    /// Additions to sets that were removed, as far as the rule remembers them, each with the first of
    /// its removals in the order of names.
    pub removed: Map<Dot, Dot>,
    /// The last update of each client that it has applied, and what came of it.
    pub answered: Map<ClientId, Answered>,
    /// Updates it has applied that somebody it talks to may still lack.
    pub events: Map<Dot, Event>,
}

/// The last update of one client, and what came of it where it was made.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Answered {
    /// Which.
    pub request: RequestId,
    /// What came of it.
    pub outcome: Outcome,
    /// The name of the update; none if it changed nothing.
    pub dot: Option<Dot>,
}

/// One update, as replicas tell each other.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Event {
    /// Its name.
    pub dot: Dot,
    /// All that the replica that took it had seen.
    pub past: Context,
    /// When it was made.
    pub stamp: Stamp,
    /// Whose request it was.
    pub author: Author,
    /// What its client heard.
    pub outcome: Outcome,
    /// Where.
    pub key: Key,
    /// What it does there.
    pub change: Change,
}

/// What an update does at its key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Change {
    /// It puts a value there, or takes away what is there.
    Write(Option<Value>),
    /// It adds this to the number there.
    Add(i64),
    /// It brings the sum of the replica that made it to this.
    Bring(Sum),
    /// It adds this element to the set there.
    Include(Value),
    /// It takes an element out of the set there.
    Exclude {
        /// Which.
        element: Value,
        /// The additions of it that its maker showed.
        additions: Vec<Dot>,
    },
    /// It adds an element to the text there, whose name is its stamp.
    Insert {
        /// Next to which.
        between: Between,
        /// What.
        element: Value,
    },
    /// It erases the element of this name from the text there.
    Erase(Stamp),
    /// It puts a value there, or nothing, but not in the place of what its client did not know of.
    Replace {
        /// What.
        value: Option<Value>,
        /// The versions that were there and that its client did not know of.
        beside: BTreeSet<Dot>,
    },
}

impl Change {
    /// Whether it gives a name to an element of a text.
    #[must_use]
    pub const fn is_insertion(&self) -> bool {
        match self {
            Self::Insert { .. } => true,
            Self::Write(_)
            | Self::Add(_)
            | Self::Bring(_)
            | Self::Include(_)
            | Self::Exclude { .. }
            | Self::Erase(_)
            | Self::Replace { .. } => false,
        }
    }
}

/// When an update was made: by the clock that the rule names, or ahead of everything seen where it
/// names an element of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Stamp {
    /// The time.
    pub time: u64,
    /// Where.
    pub replica: ReplicaId,
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.time, self.replica)
    }
}

/// Names of timers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Timer {
    /// Time to tell again what may have been lost.
    Gossip,
}
