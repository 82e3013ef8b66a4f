//! Long histories: of a linearizable store with unanswered operations and perhaps one stale read,
//! and of a store with followers that are behind.

use std::collections::BTreeMap;

use crate::consistency::{History, OperationId};
use crate::vocabulary::{Key, Operation, Outcome, Value};

/// How long, by how many, over what.
#[derive(Clone, Copy)]
pub(crate) struct Recording {
    pub(crate) operations: u64,
    pub(crate) sessions: u64,
    pub(crate) keys: u64,
    /// How many different values are written before they repeat.
    pub(crate) values: u64,
    /// After how many operations one read finds the value before the one that is there.
    pub(crate) wrong: Option<u64>,
    pub(crate) seed: u64,
}

struct Open {
    id: OperationId,
    operation: Operation,
    outcome: Option<Outcome>,
}

/// What the clients saw of such a run.
pub(crate) fn recording(run: Recording) -> History {
    let mut random = Random(run.seed * 2 + 1);
    let mut history = History::new(run.sessions as usize);
    let mut registers: BTreeMap<Key, Vec<Value>> = BTreeMap::new();
    let mut sessions: Vec<Option<Open>> = (0..run.sessions).map(|_| None).collect();
    let mut wrong = run.wrong;
    let mut finished = 0;
    for event in 0.. {
        if finished >= run.operations {
            break;
        }
        let session = random.below(run.sessions) as usize;
        match sessions[session].take() {
            None => {
                let key = Key::from(format!("{}", random.below(run.keys)).as_str());
                let value = Value::from(format!("v{}", event % run.values).as_str());
                let operation = match random.below(2) {
                    0 => Operation::Read { key },
                    _ => Operation::Write { key, value },
                };
                let id = history.invoke(session, operation.clone());
                sessions[session] = Some(Open { id, operation, outcome: None });
            }
            // One in fifty is never answered; half of these took effect.
            Some(_) if random.below(100) == 0 => finished += 1,
            Some(Open { id, operation, outcome: None }) => {
                let is_wrong = wrong.is_some_and(|wrong| finished >= wrong);
                let (outcome, is_stale) = effect(&mut registers, &operation, is_wrong);
                if is_stale {
                    wrong = None;
                }
                if random.below(100) == 0 {
                    finished += 1;
                } else {
                    sessions[session] = Some(Open { id, operation, outcome: Some(outcome) });
                }
            }
            Some(Open { id, outcome: Some(outcome), .. }) => {
                history.complete(id, outcome);
                finished += 1;
            }
        }
    }
    history
}

fn effect(
    registers: &mut BTreeMap<Key, Vec<Value>>,
    operation: &Operation,
    is_wrong: bool,
) -> (Outcome, bool) {
    let key = operation.key().expect("reads and writes concern a register");
    let versions = registers.entry(key.clone()).or_default();
    if let Operation::Write { value, .. } = operation {
        versions.push(value.clone());
        return (Outcome::Done, false);
    }
    // In a long run far enough behind that no overlapping write excuses it.
    let behind = if is_wrong { versions.len().clamp(1, 50) } else { 1 };
    let found = versions.len().checked_sub(behind).map(|index| versions[index].clone());
    (Outcome::Found(found), behind > 1)
}

/// What the clients saw of a store with one log, to which all write, while each session reads from
/// a follower of its own that is behind.
pub(crate) fn follower_reads(run: Recording) -> History {
    let mut random = Random(run.seed * 2 + 1);
    let mut history = History::new(run.sessions as usize);
    let mut log: Vec<(Key, Value)> = Vec::new();
    let mut applied = vec![0; run.sessions as usize];
    for number in 0..run.operations {
        let session = random.below(run.sessions) as usize;
        let key = Key::from(format!("{}", random.below(run.keys)).as_str());
        if random.below(2) == 0 {
            let value = Value::from(format!("v{number}").as_str());
            log.push((key.clone(), value.clone()));
            let id = history.invoke(session, Operation::Write { key, value });
            history.complete(id, Outcome::Done);
        } else {
            let behind = (log.len() - applied[session]) as u64;
            applied[session] += random.below(behind / 2 + 1) as usize;
            let known = &log[..applied[session]];
            let latest = known.iter().rev().find(|(other, _)| *other == key);
            let found = latest.map(|(_, value)| value.clone());
            let id = history.invoke(session, Operation::Read { key });
            history.complete(id, Outcome::Found(found));
        }
    }
    history
}

/// A small generator (xorshift), so that a seed names a history.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}
