//! The store a log leads to: registers, the client table, the members.

use serde::{Deserialize, Serialize};

use super::{
    ClientId, Command, Key, LogEntry, LogMark, Map, Operation, Outcome, Refusal, ReplicaSet,
    RequestId, StoreDifference, Token, Value, added,
};
#[cfg(feature = "model-checking")]
use crate::renaming::{Rename, Renaming, renamed_map};

/// The last update of one client and what came of it, so that a duplicate is answered and not
/// repeated. Replicated with the store (Viewstamped Replication Revisited, §4.1, client table).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Answered {
    /// The client's latest update.
    pub request: RequestId,
    /// What came of it.
    pub outcome: Outcome,
    /// Where in the log it is.
    pub token: Token,
}

/// What a prefix of the log amounts to. A function of that prefix and of nothing else.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct StateMachine {
    /// The last entry applied.
    pub applied: LogMark,
    /// Who decides, as of that entry.
    pub members: ReplicaSet,
    registers: Map<Key, Value>,
    clients: Map<ClientId, Answered>,
}

impl StateMachine {
    /// An empty store, before the first entry, decided by `members`.
    #[must_use]
    pub fn new(members: ReplicaSet) -> Self {
        Self { members, ..Self::default() }
    }

    /// What is at `key`.
    #[must_use]
    pub fn read(&self, key: &Key) -> Option<&Value> {
        self.registers.get(key)
    }

    /// The last update of `client`, if it made one.
    #[must_use]
    pub fn answered(&self, client: ClientId) -> Option<&Answered> {
        self.clients.get(&client)
    }

    /// Registers in the order of their keys.
    pub fn registers(&self) -> impl Iterator<Item = (&Key, &Value)> {
        self.registers.iter()
    }

    /// The same store without the client table: duplicates are no longer recognised.
    #[must_use]
    pub fn without_clients(self) -> Self {
        Self { clients: Map::default(), ..self }
    }

    /// How this store becomes `later`.
    #[must_use]
    pub fn difference(&self, later: &Self) -> StoreDifference {
        let registers = self.registers.differences(&later.registers);
        let clients = self.clients.differences(&later.clients);
        StoreDifference {
            applied: later.applied,
            members: later.members,
            registers: registers.map(|(key, value)| (key.clone(), value.cloned())).collect(),
            clients: clients.map(|(client, last)| (*client, last.cloned())).collect(),
        }
    }

    /// The store that `difference` leads to.
    #[must_use]
    pub fn after_difference(mut self, difference: StoreDifference) -> Self {
        let StoreDifference { applied, members, registers, clients } = difference;
        registers.into_iter().for_each(|(key, value)| self.registers.set(key, value));
        clients.into_iter().for_each(|(client, last)| self.clients.set(client, last));
        Self { applied, members, ..self }
    }

    /// Applies the next entry of the log.
    pub fn apply(&mut self, entry: &LogEntry) {
        self.applied = LogMark { epoch: entry.epoch, position: self.applied.position.next() };
        self.members = entry.command.members_after(self.members);
        match &entry.command {
            Command::NewEpoch => {}
            Command::Update { client, request, operation } => {
                let outcome = self.update(operation);
                let token = Token(self.applied.position);
                self.clients.insert(*client, Answered { request: *request, outcome, token });
            }
        }
    }

    fn update(&mut self, operation: &Operation) -> Outcome {
        match operation {
            Operation::Read { key } => Outcome::Found(self.read(key).cloned()),
            Operation::Write { key, value } => {
                self.registers.insert(key.clone(), value.clone());
                Outcome::Done
            }
            Operation::Delete { key } => {
                self.registers.remove(key);
                Outcome::Done
            }
            Operation::Add { key, amount } => self.add(key, *amount),
            Operation::CompareAndSet { key, expected, value } => {
                let swapped = self.read(key) == expected.as_ref();
                if swapped {
                    self.registers.insert(key.clone(), value.clone());
                }
                Outcome::Swapped(swapped)
            }
            Operation::Take { key } => Outcome::Found(self.registers.take(key)),
            Operation::Clear => {
                self.registers = Map::default();
                Outcome::Done
            }
            Operation::AddReplica(_) | Operation::RemoveReplica(_) => Outcome::Done,
            // Sets, texts and transactions are for others.
            Operation::Edit { .. } | Operation::Transact { .. } => {
                Outcome::Refused(Refusal::Unsupported)
            }
        }
    }

    fn add(&mut self, key: &Key, amount: i64) -> Outcome {
        match added(self.read(key), amount) {
            Ok(sum) => {
                self.registers.insert(key.clone(), Value::from(sum));
                Outcome::Counted(sum)
            }
            Err(refusal) => Outcome::Refused(refusal),
        }
    }
}

#[cfg(feature = "model-checking")]
impl Rename for StateMachine {
    fn renamed(&self, by: &Renaming) -> Self {
        let Self { applied, members, registers, clients } = self;
        Self {
            applied: *applied,
            members: members.renamed(by),
            registers: renamed_map(registers, |key, value| (key.clone(), value.renamed(by))),
            clients: renamed_map(clients, |id, last| (id.renamed(by), last.renamed(by))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::{Epoch, LogPosition, Refusal};

    fn apply(machine: &mut StateMachine, request: u64, operation: Operation) -> Outcome {
        let command =
            Command::Update { client: ClientId(1), request: RequestId(request), operation };
        machine.apply(&LogEntry { epoch: Epoch(1), command });
        machine.answered(ClientId(1)).expect("the client was answered").outcome.clone()
    }

    #[test]
    fn a_write_is_read_back_until_it_is_deleted() {
        let mut machine = StateMachine::default();
        let (key, value) = (Key::from("x"), Value::from("1"));
        let write = Operation::Write { key: key.clone(), value: value.clone() };
        assert_eq!(apply(&mut machine, 1, write), Outcome::Done);
        assert_eq!(machine.read(&key), Some(&value));
        assert_eq!(apply(&mut machine, 2, Operation::Delete { key: key.clone() }), Outcome::Done);
        assert_eq!(machine.read(&key), None);
        assert_eq!(machine.applied.position, LogPosition(2));
    }

    #[test]
    fn adding_counts_from_nothing_and_refuses_what_is_no_number() {
        let mut machine = StateMachine::default();
        let add = |amount| Operation::Add { key: Key::from("n"), amount };
        assert_eq!(apply(&mut machine, 1, add(2)), Outcome::Counted(2));
        assert_eq!(apply(&mut machine, 2, add(-3)), Outcome::Counted(-1));
        let text = Operation::Write { key: Key::from("n"), value: Value::from("many") };
        apply(&mut machine, 3, text);
        assert_eq!(apply(&mut machine, 4, add(1)), Outcome::Refused(Refusal::NotANumber));
        assert_eq!(machine.read(&Key::from("n")), Some(&Value::from("many")));
    }

    #[test]
    fn a_sum_out_of_range_is_refused_and_changes_nothing() {
        let mut machine = StateMachine::default();
        let add = |amount| Operation::Add { key: Key::from("n"), amount };
        assert_eq!(apply(&mut machine, 1, add(i64::MAX)), Outcome::Counted(i64::MAX));
        assert_eq!(apply(&mut machine, 2, add(1)), Outcome::Refused(Refusal::OutOfRange));
        assert_eq!(machine.read(&Key::from("n")), Some(&Value::from(i64::MAX)));
    }

    #[test]
    fn what_is_taken_is_told_once() {
        let mut machine = StateMachine::default();
        let (key, value) = (Key::from("x"), Value::from("1"));
        apply(&mut machine, 1, Operation::Write { key: key.clone(), value: value.clone() });
        let take = || Operation::Take { key: key.clone() };
        assert_eq!(apply(&mut machine, 2, take()), Outcome::Found(Some(value)));
        assert_eq!(machine.read(&key), None);
        assert_eq!(apply(&mut machine, 3, take()), Outcome::Found(None));
    }

    #[test]
    fn a_store_that_is_cleared_still_recognises_its_clients() {
        let mut machine = StateMachine::default();
        for (request, key) in [(1, "x"), (2, "y")] {
            let write = Operation::Write { key: Key::from(key), value: Value::from("1") };
            apply(&mut machine, request, write);
        }
        let before = machine.clone();
        assert_eq!(apply(&mut machine, 3, Operation::Clear), Outcome::Done);
        assert_eq!(machine.registers().count(), 0);
        let answered = machine.answered(ClientId(1)).expect("the client was answered");
        assert_eq!(answered.request, RequestId(3));
        assert_eq!(before.clone().after_difference(before.difference(&machine)), machine);
    }

    #[test]
    fn compare_and_set_changes_only_what_was_expected() {
        let mut machine = StateMachine::default();
        let change = |expected: Option<&str>, value: &str| Operation::CompareAndSet {
            key: Key::from("x"),
            expected: expected.map(Value::from),
            value: Value::from(value),
        };
        assert_eq!(apply(&mut machine, 1, change(Some("1"), "2")), Outcome::Swapped(false));
        assert_eq!(apply(&mut machine, 2, change(None, "1")), Outcome::Swapped(true));
        assert_eq!(apply(&mut machine, 3, change(Some("1"), "2")), Outcome::Swapped(true));
        assert_eq!(machine.read(&Key::from("x")), Some(&Value::from("2")));
    }

    #[test]
    fn the_client_table_remembers_the_latest_update_of_each_client() {
        let mut machine = StateMachine::default();
        apply(&mut machine, 7, Operation::Add { key: Key::from("n"), amount: 1 });
        let answered = machine.answered(ClientId(1)).expect("the client was answered");
        assert_eq!(answered.request, RequestId(7));
        assert_eq!(answered.token, Token(LogPosition(1)));
        assert_eq!(machine.answered(ClientId(2)), None);
    }
}
