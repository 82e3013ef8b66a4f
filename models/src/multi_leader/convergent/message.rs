//! What replicas say to each other.
//!
//! ```text
//! events   any --Events--> neighbour   after an update, and whatever the neighbour lacks
//!          any --Have-->   neighbour   on a timer: I have these, tell me the others
//! states   any --State-->  neighbour   after an update, and on a timer
//! ```

use serde::{Deserialize, Serialize};

use super::state::Answered;
use super::{Cell, Event};
use crate::vocabulary::{ClientId, Context, Dot, Key, Map};

/// A message between replicas.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Message {
    /// These updates were made.
    Events(Vec<Event>),
    /// I have applied these updates.
    Have(Context),
    /// All that I have.
    State(Told),
}

/// All that a replica has, as it tells others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Told {
    /// The updates that it comes from.
    pub delivered: Context,
    /// The latest time on them.
    pub time: u64,
    /// What is at each key.
    pub cells: Map<Key, Cell>,
    /// Additions to sets that were removed, each with a removal.
    pub removed: Map<Dot, Dot>,
    /// The last update of each client.
    pub answered: Map<ClientId, Answered>,
}
