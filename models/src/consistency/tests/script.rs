//! Histories as text, one event a line.
//!
//! ```text
//! A: x = 1 -> done        asks and hears at once
//! B: x?                   asks, and hears nothing for now
//! A tells B               outside the store
//! B: -> nothing           hears
//! ```
//!
//! Also: `delete x`, `take x -> 1`, `clear`, `x + 1 -> 3` (told the sum), `x nothing => 1 -> changed`, `-> unchanged`,
//! `-> refused`; and `[x, y, z = 1] -> nothing, 2`, a transaction that reads and writes.

use crate::consistency::{History, OperationId};
use crate::vocabulary::{Key, Operation, Outcome, Refusal, Value};

/// The history that `script` tells.
pub(crate) fn history(script: &str) -> History {
    let lines = || script.lines().map(str::trim).filter(|line| !line.is_empty());
    let sessions = lines().flat_map(str::chars).filter(char::is_ascii_uppercase).map(session).max();
    let sessions = sessions.map_or(0, |last| last + 1);
    let mut history = History::new(sessions);
    let mut open: Vec<Option<(OperationId, Operation)>> = vec![None; sessions];
    for line in lines() {
        if let Some((from, to)) = line.split_once(" tells ") {
            history.notify(named(from), named(to));
            continue;
        }
        let (who, event) = line.split_once(':').expect("a line names its session");
        let who = named(who);
        let (asked, heard) = match event.split_once("->") {
            Some((asked, heard)) => (asked.trim(), Some(heard.trim())),
            None => (event.trim(), None),
        };
        if !asked.is_empty() {
            let operation = operation(asked);
            open[who] = Some((history.invoke(who, operation.clone()), operation));
        }
        if let Some(heard) = heard {
            let (id, operation) = open[who].take().expect("who hears has asked");
            history.complete(id, outcome(&operation, heard));
        }
    }
    history
}

fn session(name: char) -> usize {
    usize::from(name as u8 - b'A')
}

fn named(name: &str) -> usize {
    session(name.trim().chars().next().expect("a session has a name"))
}

fn operation(text: &str) -> Operation {
    if let Some(parts) = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
        return transaction(parts);
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    match words[..] {
        ["delete", key] => Operation::Delete { key: Key::from(key) },
        ["take", key] => Operation::Take { key: Key::from(key) },
        ["clear"] => Operation::Clear,
        [key, "=", value] => Operation::Write { key: Key::from(key), value: Value::from(value) },
        [key, "+", amount] => Operation::Add {
            key: Key::from(key),
            amount: amount.parse().expect("an amount is a number"),
        },
        [key, expected, "=>", value] => Operation::CompareAndSet {
            key: Key::from(key),
            expected: found(expected),
            value: Value::from(value),
        },
        [question] => {
            let key = question.strip_suffix('?').expect("a read is a key and a question mark");
            Operation::Read { key: Key::from(key) }
        }
        [..] => panic!("not an operation: {text}"),
    }
}

fn transaction(parts: &str) -> Operation {
    let (mut reads, mut writes) = (Vec::new(), Vec::new());
    for part in parts.split(',').map(str::trim) {
        match part.split_once(" = ") {
            Some((key, value)) => writes.push((Key::from(key), found(value))),
            None => reads.push(Key::from(part)),
        }
    }
    Operation::Transact { reads, writes, unchanged: Vec::new() }
}

fn outcome(operation: &Operation, text: &str) -> Outcome {
    match text {
        "refused" => Outcome::Refused(Refusal::Unavailable),
        "done" if matches!(operation, Operation::Transact { .. }) => {
            Outcome::Transacted(Vec::new())
        }
        values if matches!(operation, Operation::Transact { .. }) => {
            Outcome::Transacted(values.split(',').map(|value| found(value.trim())).collect())
        }
        "done" => Outcome::Done,
        "changed" => Outcome::Swapped(true),
        "unchanged" => Outcome::Swapped(false),
        sum if matches!(operation, Operation::Add { .. }) => {
            Outcome::Counted(sum.parse().expect("a sum is a number"))
        }
        value => Outcome::Found(found(value)),
    }
}

fn found(text: &str) -> Option<Value> {
    (text != "nothing").then(|| Value::from(text))
}
