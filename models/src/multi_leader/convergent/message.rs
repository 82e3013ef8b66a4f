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
use crate::vocabulary::{ClientId, Context, Key, Map};

/// A message between replicas.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Message {
    /// These updates were made.
    Events(Vec<Event>),
    /// I have applied these updates.
    Have(Context),
    /// All that I have.
    State {
        /// The updates that it comes from.
        delivered: Context,
        /// The latest time on them.
        time: u64,
        /// What is at each key.
        cells: Map<Key, Cell>,
        /// The last update of each client.
        answered: Map<ClientId, Answered>,
    },
}
