//! Counters: how additions that did not know of each other are put together.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::CounterRule;
use crate::vocabulary::ReplicaId;

/// What was added at a key, by the replica that took the addition.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Counter(BTreeMap<ReplicaId, Sum>);

/// What one replica has added and taken away, each of which only grows.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Sum {
    /// Added.
    pub plus: u64,
    /// Taken away.
    pub minus: u64,
}

impl Sum {
    /// The sum after another addition.
    #[must_use]
    pub const fn with(self, amount: i64) -> Self {
        let Self { plus, minus } = self;
        if amount >= 0 {
            Self { plus: plus.saturating_add(amount.unsigned_abs()), minus }
        } else {
            Self { plus, minus: minus.saturating_add(amount.unsigned_abs()) }
        }
    }

    /// What was added and not taken away.
    #[must_use]
    pub fn total(self) -> i128 {
        i128::from(self.plus) - i128::from(self.minus)
    }
}

impl Counter {
    /// Whether anybody has added anything.
    #[must_use]
    pub fn is_used(&self) -> bool {
        !self.0.is_empty()
    }

    /// The number that readers see, kept in range.
    #[must_use]
    pub fn value(&self) -> i64 {
        let total = self.total();
        let nearest = if total < 0 { i64::MIN } else { i64::MAX };
        i64::try_from(total).unwrap_or(nearest)
    }

    /// What all have added.
    #[must_use]
    pub fn total(&self) -> i128 {
        self.0.values().map(|sum| sum.total()).sum()
    }

    /// What `replica` has added and taken away.
    #[must_use]
    pub fn of(&self, replica: ReplicaId) -> Sum {
        self.0.get(&replica).copied().unwrap_or_default()
    }

    /// Who has added anything.
    pub fn replicas(&self) -> impl Iterator<Item = ReplicaId> {
        self.0.keys().copied()
    }

    /// `replica` has added `amount`.
    pub(super) fn add(&mut self, replica: ReplicaId, amount: i64) {
        self.0.insert(replica, self.of(replica).with(amount));
    }

    /// `replica` has come to `sum`, or beyond.
    pub(super) fn bring(&mut self, replica: ReplicaId, sum: Sum) {
        let own = self.of(replica);
        let sum = Sum { plus: own.plus.max(sum.plus), minus: own.minus.max(sum.minus) };
        self.0.insert(replica, sum);
    }

    /// Puts in what another replica knows of it.
    pub(super) fn merge(&mut self, rule: CounterRule, other: &Self) {
        match rule {
            CounterRule::PerReplica | CounterRule::Additions => {
                for (replica, sum) in &other.0 {
                    self.bring(*replica, *sum);
                }
            }
            CounterRule::LargerTotal => {
                if other.total() > self.total() {
                    *self = other.clone();
                }
            }
            CounterRule::SumOfTotals => {
                for (replica, sum) in &other.0 {
                    let own = self.of(*replica);
                    let plus = own.plus.saturating_add(sum.plus);
                    let minus = own.minus.saturating_add(sum.minus);
                    self.0.insert(*replica, Sum { plus, minus });
                }
            }
        }
    }
}
