//! What a transaction finds and changes, as it goes through its commands.

use std::collections::BTreeMap;

use holdfast_models::vocabulary::{Key, Operation, Outcome, Refusal, Value, added};

use super::task::Answered;
use crate::client::Failure;

/// What was found, and what was written over it.
#[derive(Debug, Default)]
pub(super) struct View {
    found: BTreeMap<Key, Option<Value>>,
    written: BTreeMap<Key, Option<Value>>,
}

impl View {
    /// Of what was found at keys. At all others nothing is.
    pub(super) fn of(found: impl Iterator<Item = (Key, Option<Value>)>) -> Self {
        Self { found: found.collect(), written: BTreeMap::new() }
    }

    /// What is at `key` now.
    pub(super) fn at(&self, key: &Key) -> Option<&Value> {
        self.written.get(key).or_else(|| self.found.get(key)).and_then(Option::as_ref)
    }

    /// Puts something there.
    pub(super) fn put(&mut self, key: &Key, value: Option<Value>) {
        self.written.insert(key.clone(), value);
    }

    /// All that was put somewhere, and where.
    pub(super) fn into_written(self) -> Vec<(Key, Option<Value>)> {
        self.written.into_iter().collect()
    }

    /// What an operation comes to.
    pub(super) fn apply(&mut self, operation: &Operation) -> Answered {
        Ok(match operation {
            Operation::Read { key } => Outcome::Found(self.at(key).cloned()),
            Operation::Write { key, value } => {
                self.put(key, Some(value.clone()));
                Outcome::Done
            }
            Operation::Delete { key } => {
                self.put(key, None);
                Outcome::Done
            }
            Operation::Add { key, amount } => {
                let sum = added(self.at(key), *amount).map_err(Failure::Refused)?;
                self.put(key, Some(Value::from(sum)));
                Outcome::Counted(sum)
            }
            Operation::CompareAndSet { key, expected, value } => {
                let swaps = self.at(key) == expected.as_ref();
                if swaps {
                    self.put(key, Some(value.clone()));
                }
                Outcome::Swapped(swaps)
            }
            Operation::Take { key } => {
                let taken = self.at(key).cloned();
                if taken.is_some() {
                    self.put(key, None);
                }
                Outcome::Found(taken)
            }
            // They are not kept for a transaction.
            Operation::AddReplica(_)
            | Operation::RemoveReplica(_)
            | Operation::Clear
            | Operation::Edit { .. }
            | Operation::Transact { .. } => return Err(Failure::Refused(Refusal::Unsupported)),
        })
    }
}
