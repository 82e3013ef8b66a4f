//! Every small history over an alphabet of operations and what may be heard of them.

use crate::consistency::{History, OperationId};
use crate::vocabulary::{Key, Operation, Outcome, Value};

/// An operation and every outcome a store, right or wrong, may give it.
pub(crate) type Letter = (Operation, Vec<Outcome>);

/// Reads and writes of one key.
pub(crate) fn register() -> Vec<Letter> {
    vec![read("x", &["", "1", "2"]), write("x", "1"), write("x", "2")]
}

/// Reads and writes of two keys.
pub(crate) fn two_registers() -> Vec<Letter> {
    vec![read("x", &["", "1"]), read("y", &["", "1"]), write("x", "1"), write("y", "1")]
}

/// A number that is added to, and read.
pub(crate) fn counter() -> Vec<Letter> {
    vec![read("n", &["1", "2", "3"]), add("n", 1, &[1, 3]), add("n", 2, &[2, 3])]
}

/// Every kind of operation, on one key.
pub(crate) fn mixed() -> Vec<Letter> {
    vec![
        read("x", &["", "1", "2"]),
        write("x", "1"),
        (Operation::Delete { key: Key::from("x") }, vec![Outcome::Done]),
        take("x", &["", "1"]),
        add("x", 1, &[1, 2]),
        change("x", None, "1"),
        change("x", Some("1"), "2"),
    ]
}

/// Compare-and-sets of two keys.
pub(crate) fn two_locks() -> Vec<Letter> {
    vec![
        read("x", &["", "1", "2"]),
        change("x", None, "1"),
        change("x", Some("1"), "2"),
        change("y", None, "1"),
        change("y", Some("1"), "2"),
    ]
}

fn read(key: &str, values: &[&str]) -> Letter {
    (Operation::Read { key: Key::from(key) }, found(values))
}

fn take(key: &str, values: &[&str]) -> Letter {
    (Operation::Take { key: Key::from(key) }, found(values))
}

fn found(values: &[&str]) -> Vec<Outcome> {
    let found = |value: &&str| (!value.is_empty()).then(|| Value::from(*value));
    values.iter().map(|value| Outcome::Found(found(value))).collect()
}

fn write(key: &str, value: &str) -> Letter {
    (Operation::Write { key: Key::from(key), value: Value::from(value) }, vec![Outcome::Done])
}

fn add(key: &str, amount: i64, sums: &[i64]) -> Letter {
    let counted = sums.iter().map(|sum| Outcome::Counted(*sum));
    (Operation::Add { key: Key::from(key), amount }, counted.collect())
}

fn change(key: &str, expected: Option<&str>, value: &str) -> Letter {
    let operation = Operation::CompareAndSet {
        key: Key::from(key),
        expected: expected.map(Value::from),
        value: Value::from(value),
    };
    (operation, vec![Outcome::Swapped(true), Outcome::Swapped(false)])
}

/// How many operations, and whether one session may tell the other once.
#[derive(Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) operations: usize,
    pub(crate) notification: bool,
}

/// Visits every history of two sessions within `bounds`, including those that end with operations
/// open.
///
/// Left out is what cannot make a difference: the first operation is one of the first session,
/// reads are answered, and neighbouring invocations come in the order of their sessions, as do
/// neighbouring returns.
pub(crate) fn each_history(letters: &[Letter], bounds: Bounds, visit: &mut dyn FnMut(&History)) {
    let events = Events { letters, open: [None; 2], last: Last::Nothing, bounds };
    events.extend(&History::new(2), visit);
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    Nothing,
    Invocation(usize),
    Return(usize),
}

#[derive(Clone, Copy)]
struct Events<'l> {
    letters: &'l [Letter],
    open: [Option<(OperationId, usize)>; 2],
    last: Last,
    bounds: Bounds,
}

impl Events<'_> {
    fn extend(self, history: &History, visit: &mut dyn FnMut(&History)) {
        if !(0..2).any(|session| self.waits_for_a_read(session)) {
            visit(history);
        }
        let is_empty = history.operations().next().is_none();
        for session in 0..if is_empty { 1 } else { 2 } {
            let comes_in_order = !matches!(self.last, Last::Invocation(1) if session == 0);
            if self.bounds.operations > 0 && comes_in_order && !self.waits_for_a_read(session) {
                for (letter, (operation, _)) in self.letters.iter().enumerate() {
                    let mut next = (self, history.clone());
                    let id = next.1.invoke(session, operation.clone());
                    next.0.open[session] = Some((id, letter));
                    next.0.bounds.operations -= 1;
                    next.0.last = Last::Invocation(session);
                    next.0.extend(&next.1, visit);
                }
            }
            let comes_in_order = !matches!(self.last, Last::Return(1) if session == 0);
            if let Some((id, letter)) = self.open[session]
                && comes_in_order
            {
                for outcome in &self.letters[letter].1 {
                    let mut next = (self, history.clone());
                    next.1.complete(id, outcome.clone());
                    next.0.open[session] = None;
                    next.0.last = Last::Return(session);
                    next.0.extend(&next.1, visit);
                }
            }
            if self.bounds.notification && !is_empty {
                let mut next = (self, history.clone());
                next.1.notify(session, 1 - session);
                next.0.bounds.notification = false;
                next.0.last = Last::Nothing;
                next.0.extend(&next.1, visit);
            }
        }
    }

    fn waits_for_a_read(&self, session: usize) -> bool {
        self.open[session].is_some_and(|(_, letter)| !self.letters[letter].0.is_update())
    }
}
