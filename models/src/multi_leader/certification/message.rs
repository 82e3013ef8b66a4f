//! What replicas say to each other, and a replica to itself.
//!
//! ```text
//! replica   --Submit-->    sequencer   put this into the order
//! sequencer --Ordered-->   all         this is next
//! replica   --Held-->      sequencer   I have all up to here
//! sequencer --Stable-->    all         everybody has all up to here
//! replica   --Missing-->   sequencer   on a timer: I have all up to here, what follows?
//! replica   --End-->       sequencer   a transaction begins: where does the order end?
//! sequencer --EndsAt-->    replica     here
//! sequencer --Recover-->   all         I was down: what do you have after this?
//! replica   --Recovered--> sequencer   this, and I no longer heed what you said before
//! ```

use serde::{Deserialize, Serialize};

use super::Transaction;
use crate::vocabulary::{Author, Epoch, LogPosition};

/// A message between replicas. What is said of places in the order is meant for one life of the sequencer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Message {
    /// Put this into the order.
    Submit(Transaction),
    /// This is at that place.
    Ordered {
        /// In which life of the sequencer.
        epoch: Epoch,
        /// Where.
        position: LogPosition,
        /// What.
        transaction: Transaction,
    },
    /// I have all up to here.
    Held(Epoch, LogPosition),
    /// Everybody has all up to here.
    Stable(Epoch, LogPosition),
    /// I have all up to here: what follows?
    Missing(Epoch, LogPosition),
    /// Where does the order end? It is for this request.
    End(Author),
    /// The order ends here.
    EndsAt(Author, LogPosition),
    /// I was down, and this is another life. What do you have after this place?
    Recover(Epoch, LogPosition),
    /// This is what I have.
    Recovered {
        /// For which life of the sequencer.
        epoch: Epoch,
        /// After which place.
        after: LogPosition,
        /// In order.
        transactions: Vec<Transaction>,
    },
}
