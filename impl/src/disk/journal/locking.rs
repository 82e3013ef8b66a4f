//! What changes in what a replica remembers that locks.

use holdfast_models::multi_leader::locking::{Answered, Cell, Durable, Prepared, Transaction};
use holdfast_models::vocabulary::{ClientId, Key};
use serde::{Deserialize, Serialize};

use super::Journal;
use super::entries::{Entries, entries, with};

/// What has changed in what a replica remembers that locks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockChange {
    time: u64,
    cells: Entries<Key, Cell>,
    prepared: Entries<Key, Prepared>,
    answered: Entries<ClientId, Answered>,
    decided: Entries<Transaction, Key>,
}

impl Journal for Durable {
    type Change = LockChange;

    fn change(&self, later: &Self) -> LockChange {
        LockChange {
            time: later.time,
            cells: entries(&self.cells, &later.cells),
            prepared: entries(&self.prepared, &later.prepared),
            answered: entries(&self.answered, &later.answered),
            decided: entries(&self.decided, &later.decided),
        }
    }

    fn changed(self, change: LockChange) -> Result<Self, String> {
        let LockChange { time, cells, prepared, answered, decided } = change;
        Ok(Self {
            time,
            cells: with(self.cells, cells),
            prepared: with(self.prepared, prepared),
            answered: with(self.answered, answered),
            decided: with(self.decided, decided),
        })
    }
}
