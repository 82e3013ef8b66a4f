//! What changes in what a replica of leaderless replication remembers.

use holdfast_models::leaderless::{Durable, Hint, Homes, Register};
use holdfast_models::vocabulary::{Key, ReplicaSet, Version};
use serde::{Deserialize, Serialize};

use super::Journal;
use super::entries::{Entries, entries, with};

/// What has changed in what a replica of registers remembers: of each map, the keys at which
/// something else is now, or nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistersChange {
    registers: Entries<Key, Register>,
    hints: Entries<Hint, Register>,
    issued: Entries<Key, u64>,
    promised: Entries<Key, Version>,
    clock: (u64, u64),
    incarnation: u64,
    homes: Homes,
    unsettled: Option<ReplicaSet>,
}

impl Journal for Durable {
    type Change = RegistersChange;

    fn change(&self, later: &Self) -> RegistersChange {
        RegistersChange {
            registers: entries(&self.registers, &later.registers),
            hints: entries(&self.hints, &later.hints),
            issued: entries(&self.issued, &later.issued),
            promised: entries(&self.promised, &later.promised),
            clock: later.clock,
            incarnation: later.incarnation,
            homes: later.homes,
            unsettled: later.unsettled,
        }
    }

    fn changed(self, change: RegistersChange) -> Result<Self, String> {
        let RegistersChange {
            registers,
            hints,
            issued,
            promised,
            clock,
            incarnation,
            homes,
            unsettled,
        } = change;
        if incarnation < self.incarnation {
            let before = self.incarnation;
            return Err(format!("a change of incarnation {incarnation}, where {before} was"));
        }
        Ok(Self {
            registers: with(self.registers, registers),
            hints: with(self.hints, hints),
            issued: with(self.issued, issued),
            promised: with(self.promised, promised),
            clock,
            incarnation,
            homes,
            unsettled,
        })
    }
}
