//! Asking: all homes, until enough of them have answered.

use std::collections::BTreeMap;

use super::transition::Turn;
use super::{Fallback, Message, Pending, Register, Safeguard, Stage, Tag, Wanted};
use crate::vocabulary::{Author, Key, Operation, Outcome, Refusal, ReplicaId, ReplicaSet, Value};

/// What an operation makes of what it finds.
pub(super) enum Change {
    /// It puts this there, and the client is told that.
    Put(Option<Value>, Outcome),
    /// It leaves it as it is, and the client is told that.
    Keep(Outcome),
}

impl Turn<'_> {
    /// Asks all homes what they hold.
    pub(super) fn ask(&mut self, author: Author, operation: Operation, key: &Key) {
        let mut answers = BTreeMap::new();
        if self.is_home(key) {
            answers.insert(self.me, self.held(key));
        }
        let tag = self.tag(author);
        for home in self.other_homes(key).iter() {
            self.send(home, Message::Ask { tag, key: key.clone() });
        }
        self.wait(author, operation, Stage::Asking { answers });
        self.consider(author);
    }

    /// A coordinator asks.
    pub(super) fn on_ask(&mut self, from: ReplicaId, tag: Tag, key: &Key) {
        if !self.is_current(from, tag) {
            return;
        }
        let register = self.held(key);
        self.send(from, Message::Answer { tag, register });
    }

    /// Somebody has answered.
    pub(super) fn on_answer(&mut self, from: ReplicaId, tag: Tag, register: Register) {
        let Some(Pending { stage: Stage::Asking { answers }, .. }) = self.pending_for(tag) else {
            // ignored: enough others were faster.
            return;
        };
        answers.entry(from).or_insert(register);
        self.consider(tag.author);
    }

    /// Goes on if enough have answered.
    fn consider(&mut self, author: Author) {
        let Some(Pending { operation, stage: Stage::Asking { answers }, .. }) =
            self.replica.pending.get(&author)
        else {
            return;
        };
        let Some(key) = operation.key() else { return };
        let homes = self.homes(key);
        let counts = |id: &&ReplicaId| match self.policy.fallback {
            Fallback::CountsForReads => true,
            Fallback::Nobody | Fallback::KeepsHints | Fallback::CountsForWrites => {
                homes.contains(**id)
            }
        };
        // What a client says of its reads does not choose the version of its updates.
        let quorum = if operation.is_update() {
            self.read_quorum(author).max(self.enough(self.policy.read_quorum))
        } else {
            self.read_quorum(author)
        };
        if answers.keys().filter(counts).count() < usize::from(quorum) {
            return;
        }
        let found = self.merged(answers);
        let behind: ReplicaSet = answers
            .iter()
            .filter(|(id, register)| homes.contains(**id) && **register != found)
            .map(|(id, _)| *id)
            .collect();
        let (operation, key) = (operation.clone(), key.clone());
        if operation.is_update() {
            self.update(author, operation, &key, &found);
        } else {
            self.answer(author, operation, &key, found, behind);
        }
    }

    /// What several replicas hold together.
    pub(super) fn merged(&self, registers: &BTreeMap<ReplicaId, Register>) -> Register {
        let nothing = Register::default();
        registers.values().fold(nothing, |all, register| self.policy.merge(&all, register))
    }

    /// An update goes on, knowing what is there.
    fn update(&mut self, author: Author, operation: Operation, key: &Key, found: &Register) {
        let wanted = Wanted::Homes(self.write_quorum(author));
        if let Some(outcome) = self.done_before(author, &operation, found) {
            self.store(author, operation, found.clone(), wanted, outcome);
            return;
        }
        match self.change(&operation, found) {
            Change::Keep(outcome) => self.finish(author, outcome),
            Change::Put(value, outcome) => {
                let register = self.written(author, key, value, found);
                self.store(author, operation, register, wanted, outcome);
            }
        }
    }

    /// What came of the update if it is found to have been made before. Once something else has
    /// replaced it, nobody can tell.
    pub(super) fn done_before(
        &self,
        author: Author,
        operation: &Operation,
        found: &Register,
    ) -> Option<Outcome> {
        let is_own = |cell: &&super::Cell| cell.version.author == author;
        let cell = found.cells.iter().find(is_own)?;
        if !self.policy.has(Safeguard::DuplicatesRecognised) {
            return None;
        }
        match operation {
            Operation::Write { .. } | Operation::Delete { .. } => Some(Outcome::Done),
            Operation::Add { .. } => {
                cell.value.as_ref().and_then(Value::as_number).map(Outcome::Counted)
            }
            Operation::CompareAndSet { .. } => Some(Outcome::Swapped(true)),
            // It left nothing, not even what it took.
            Operation::Take { .. } => Some(Outcome::Indeterminate),
            Operation::Read { .. }
            | Operation::AddReplica(_)
            | Operation::RemoveReplica(_)
            | Operation::Clear
            | Operation::Edit { .. }
            | Operation::Transact { .. } => None,
        }
    }

    /// What `operation` makes of `found`.
    pub(super) fn change(&self, operation: &Operation, found: &Register) -> Change {
        let values = found.values();
        match operation {
            Operation::Write { value, .. } => Change::Put(Some(value.clone()), Outcome::Done),
            Operation::Delete { .. } => Change::Put(None, Outcome::Done),
            Operation::Add { amount, .. } => {
                let number = match &values[..] {
                    [] => Some(0),
                    [value] => value.as_number(),
                    _ => None,
                };
                match number.map(|number| number.checked_add(*amount)) {
                    Some(Some(sum)) => Change::Put(Some(Value::from(sum)), Outcome::Counted(sum)),
                    Some(None) => Change::Keep(Outcome::Refused(Refusal::OutOfRange)),
                    None => Change::Keep(Outcome::Refused(Refusal::NotANumber)),
                }
            }
            Operation::CompareAndSet { expected, value, .. } => {
                let is_there = match (expected, &values[..]) {
                    (None, []) => true,
                    (Some(expected), [value]) => expected == value,
                    (None | Some(_), _) => false,
                };
                if is_there {
                    Change::Put(Some(value.clone()), Outcome::Swapped(true))
                } else {
                    Change::Keep(Outcome::Swapped(false))
                }
            }
            Operation::Take { .. } if values.is_empty() => Change::Keep(shown(found)),
            Operation::Take { .. } => Change::Put(None, shown(found)),
            Operation::Read { .. }
            | Operation::AddReplica(_)
            | Operation::RemoveReplica(_)
            | Operation::Clear => Change::Keep(shown(found)),
            Operation::Edit { .. } | Operation::Transact { .. } => {
                Change::Keep(Outcome::Refused(Refusal::Unsupported))
            }
        }
    }
}

/// What a reader is told of `register`.
pub(super) fn shown(register: &Register) -> Outcome {
    let mut values = register.values();
    if values.len() > 1 { Outcome::Siblings(values) } else { Outcome::Found(values.pop()) }
}
