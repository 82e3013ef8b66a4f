//! What changes in what a replica remembers of an order of transactions.

use holdfast_models::multi_leader::certification::{Answered, Cell, Durable, Entry};
use holdfast_models::vocabulary::{ClientId, Epoch, Key, LogPosition};
use serde::{Deserialize, Serialize};

use super::Journal;
use super::entries::{Entries, entries, with};

/// What has changed in what a replica remembers of an order of transactions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderChange {
    epoch: Epoch,
    applied: LogPosition,
    forgotten: LogPosition,
    log: Entries<LogPosition, Entry>,
    cells: Entries<Key, Cell>,
    answered: Entries<ClientId, Answered>,
}

impl Journal for Durable {
    type Change = OrderChange;

    fn change(&self, later: &Self) -> OrderChange {
        OrderChange {
            epoch: later.epoch,
            applied: later.applied,
            forgotten: later.forgotten,
            log: entries(&self.log, &later.log),
            cells: entries(&self.cells, &later.cells),
            answered: entries(&self.answered, &later.answered),
        }
    }

    fn changed(self, change: OrderChange) -> Result<Self, String> {
        let OrderChange { epoch, applied, forgotten, log, cells, answered } = change;
        if applied < forgotten {
            return Err(format!("a change to {applied}, of which {forgotten} are forgotten"));
        }
        Ok(Self {
            epoch,
            applied,
            forgotten,
            log: with(self.log, log),
            cells: with(self.cells, cells),
            answered: with(self.answered, answered),
        })
    }
}
