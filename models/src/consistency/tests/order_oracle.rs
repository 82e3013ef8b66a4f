//! The same guarantees once more, as naively as possible: every permutation, on a real store.
//! Nothing is clever here except that no situation is tried twice.

use std::collections::BTreeSet;

use crate::consistency::{History, OperationId, Record};
use crate::vocabulary::{
    ClientId, Command, Epoch, Key, LogEntry, Operation, Outcome, RequestId, StateMachine, Value,
};

/// Whether some permutation keeps real time and leads to every outcome.
pub(crate) fn linearizable(history: &History) -> bool {
    permutation_exists(history, &|first, second| precedes(history, first, second))
}

/// Whether some permutation keeps the order of each session and leads to every outcome.
pub(crate) fn sequential(history: &History) -> bool {
    permutation_exists(history, &|first, second| {
        first.session == second.session && precedes(history, first, second)
    })
}

/// Whether some permutation of the updates keeps session orders, leads to the outcomes of updates,
/// and has, for each read, a prefix that leads to what it found.
pub(crate) fn consistent_prefix(history: &History) -> bool {
    permutation_exists(history, &|first, second| {
        first.session == second.session
            && precedes(history, first, second)
            && [first, second].into_iter().all(|id| is_update(history, id))
    })
}

/// A compare-and-set that changed nothing is a read, and so is taking nothing.
fn is_update(history: &History, id: OperationId) -> bool {
    let outcome = history.get(id).and_then(|record| record.outcome());
    operation(history, id).is_update()
        && !matches!(outcome, Some(Outcome::Swapped(false) | Outcome::Found(None)))
}

fn operation(history: &History, id: OperationId) -> &Operation {
    &history.get(id).expect("the operation was invoked").operation
}

fn precedes(history: &History, first: OperationId, second: OperationId) -> bool {
    let record = |id| history.get(id).expect("the operation was invoked");
    record(first).precedes(record(second))
}

type Precedence<'p> = &'p dyn Fn(OperationId, OperationId) -> bool;

fn permutation_exists(history: &History, precedence: Precedence<'_>) -> bool {
    let operations: Vec<OperationId> = history
        .operations()
        .filter(|(_, record)| record.operation.key().is_some() && !record.is_refused())
        .map(|(id, _)| id)
        .collect();
    Search { history, precedence, failed: BTreeSet::new() }
        .extension_exists(&operations, &StateMachine::default())
}

/// What is left to place, and what the registers hold.
type Situation = (Vec<OperationId>, Vec<(Key, Value)>);

struct Search<'p> {
    history: &'p History,
    precedence: Precedence<'p>,
    failed: BTreeSet<Situation>,
}

impl Search<'_> {
    fn extension_exists(&mut self, left: &[OperationId], store: &StateMachine) -> bool {
        let outcome_of = |history: &History, id| history.get(id).and_then(Record::outcome).cloned();
        if left.iter().all(|id| outcome_of(self.history, *id).is_none()) {
            return true;
        }
        let registers = store.registers().map(|(key, value)| (key.clone(), value.clone()));
        let situation = (left.to_vec(), registers.collect());
        if self.failed.contains(&situation) {
            return false;
        }
        let exists = (0..left.len()).any(|index| {
            let next = left[index];
            if left.iter().any(|other| (self.precedence)(*other, next)) {
                return false;
            }
            let mut after = store.clone();
            let outcome = apply(&mut after, operation(self.history, next));
            let fits = outcome_of(self.history, next).is_none_or(|heard| heard == outcome);
            let rest = [&left[..index], &left[index + 1..]].concat();
            fits && self.extension_exists(&rest, &after)
        });
        if !exists {
            self.failed.insert(situation);
        }
        exists
    }
}

fn apply(store: &mut StateMachine, operation: &Operation) -> Outcome {
    let (client, request) = (ClientId(0), RequestId(1));
    let command = Command::Update { client, request, operation: operation.clone() };
    store.apply(&LogEntry { epoch: Epoch(1), command });
    store.answered(client).expect("the client was answered").outcome.clone()
}
