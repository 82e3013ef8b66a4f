//! What regions say to each other.
//!
//! ```text
//! region --Entries--> others   after a decision, and whatever another one lacks
//! region --Have-->    others   on a timer: so many of yours are here, and I have made so many
//! region --Forward--> home     a client has asked here for what only its home may do
//! home   --Answer-->  region   tell your client this
//! ```

use serde::{Deserialize, Serialize};

use super::Entry;
use crate::vocabulary::{ClientId, Epoch, ReplicaId, Reply, Request};

/// A message between regions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Message {
    /// These are my entries, one after the other.
    Entries(Vec<Entry>),
    /// How far I am.
    Have {
        /// How many of your entries I have applied.
        applied: u64,
        /// How many entries I have made.
        made: u64,
        /// Whatever I make next is later than this.
        time: u64,
    },
    /// Do this for a client, in my place.
    Forward {
        /// The client.
        client: ClientId,
        /// What it asks.
        request: Request,
        /// The region that it has asked.
        by: ReplicaId,
        /// The epoch in which, as far as the sender knows, you are the home.
        epoch: Epoch,
    },
    /// Tell your client this.
    Answer {
        /// The client.
        client: ClientId,
        /// What it is to hear.
        reply: Reply,
    },
}
