//! Requests of leaderless registers that say how many homes they need and what their client knows, and
//! deletions: what is asked, and what is promised of it.
//!
//! Everything is judged as if each update and each read were one operation of its own, so that taking is
//! reading and deleting, at two moments. An update that so few homes have acknowledged that the next one
//! may not find it promises nothing of its register from then on: it is versioned as if it were not there.

use std::collections::{BTreeMap, BTreeSet};

use holdfast_models::consistency::{Guarantee, History, OperationId, Phase, Record};
use holdfast_models::leaderless::{Agreement, Leaderless, Replica};
use holdfast_models::vocabulary::{Key, Operation, Outcome, Value, quorums_meet};
use holdfast_node::random::Random;

use crate::plan::{Asked, Plan};
use crate::subject::Judged;

/// What a client asks instead of `operation`, or that on terms of its own.
pub(crate) fn asked(policy: &Leaderless, operation: Operation, random: &mut Random) -> Asked {
    let operation = match (operation.key().cloned(), random.below(24)) {
        (Some(key), 0..3) => Operation::Delete { key },
        (Some(key), 3..6) => Operation::Take { key },
        (Some(_) | None, 6) => Operation::Clear,
        (Some(_) | None, _) => operation,
    };
    let mut any = |least: u8| least + random.below(u64::from(policy.copies - least) + 1) as u8;
    let (safe, other) = (any(policy.write_quorum), any(1));
    let read_quorum = any(1);
    let chooses = policy.agreement == Agreement::Nothing;
    let write_quorum = match random.below(40) {
        0 if chooses => Some(other),
        1..10 if chooses => Some(safe),
        _ => None,
    };
    let read_quorum = (chooses && random.per_mille(250)).then_some(read_quorum);
    Asked { operation, write_quorum, read_quorum, is_knowing: random.per_mille(700) }
}

/// On which terms an operation was asked.
struct Terms<'a> {
    policy: &'a Leaderless,
    asked: &'a Asked,
}

impl<'a> Terms<'a> {
    fn of(plan: &'a Plan<Leaderless>, id: OperationId) -> Self {
        Self { policy: &plan.policy, asked: &plan.clients[id.session][id.index] }
    }

    fn write_quorum(&self) -> u8 {
        self.asked.write_quorum.unwrap_or(self.policy.write_quorum)
    }

    /// What a client says of its reads does not choose the version of its updates.
    fn read_quorum(&self) -> u8 {
        let said = self.asked.read_quorum.unwrap_or(self.policy.read_quorum);
        if self.asked.operation.is_update() { said.max(self.policy.read_quorum) } else { said }
    }

    /// Whether it asks for no less than the configuration does.
    fn are_usual(&self) -> bool {
        self.write_quorum() >= self.policy.write_quorum
            && self.read_quorum() >= self.policy.read_quorum
    }

    /// Whether every read from so many homes finds the update, once it is acknowledged.
    fn reach(&self, read_quorum: u8) -> bool {
        let [w, r, n] = [self.write_quorum(), read_quorum, self.policy.copies].map(usize::from);
        quorums_meet(w, r, n)
    }
}

/// What is to be judged: of all that asks for no less than the configuration, whatever that promises; of
/// reads from so many homes that they find all updates that those meet, and nothing older.
pub(crate) fn judged(
    plan: &Plan<Leaderless>,
    history: &History,
    promised: &[Guarantee],
) -> Vec<Judged> {
    if plan.policy.agreement != Agreement::Nothing || promised.is_empty() {
        return vec![(history.clone(), promised.to_vec())];
    }
    let is_lax = |(id, record): &(OperationId, &Record)| {
        let terms = Terms::of(plan, *id);
        let is_update = record.operation.is_update() && !record.is_refused();
        is_update
            && terms.write_quorum() < plan.policy.write_quorum
            && !terms.reach(plan.policy.read_quorum)
    };
    let lax = history.operations().filter(is_lax);
    let lax: BTreeSet<_> = lax.filter_map(|(_, record)| record.operation.key()).collect();
    let is_judged = |record: &Record| record.operation.key().is_some_and(|key| !lax.contains(key));
    let usual = parts(history, |id, record, part| {
        // Whoever finds nothing to take writes nothing back.
        let is_repaired = !record.changed_nothing() && Terms::of(plan, id).are_usual();
        is_judged(record) && (part.operation.is_update() || is_repaired)
    });
    let mut all = vec![(usual, promised.to_vec())];
    for quorum in 1..=plan.policy.copies {
        let found = parts(history, |id, record, part| {
            let terms = Terms::of(plan, id);
            let is_update = part.operation.is_update();
            if is_update && !record.is_refused() && !terms.reach(quorum) {
                // It may be found or not.
                part.outcome = None;
            }
            is_judged(record) && (is_update || terms.read_quorum() == quorum)
        });
        all.push((found, vec![Guarantee::Regular]));
    }
    all
}

/// One operation that is judged by itself.
struct Part {
    operation: Operation,
    outcome: Option<Outcome>,
}

/// What an operation is judged as.
fn parts_of(record: &Record) -> Vec<Part> {
    let outcome = record.outcome().cloned();
    match (&record.operation, outcome) {
        (Operation::Take { key }, None) => {
            vec![Part { operation: Operation::Delete { key: key.clone() }, outcome: None }]
        }
        (Operation::Take { key }, Some(Outcome::Found(value))) => {
            let deletes = value.is_some();
            let read = Operation::Read { key: key.clone() };
            let mut parts = vec![Part { operation: read, outcome: Some(Outcome::Found(value)) }];
            if deletes {
                let operation = Operation::Delete { key: key.clone() };
                parts.push(Part { operation, outcome: Some(Outcome::Done) });
            }
            parts
        }
        (operation, outcome) => vec![Part { operation: operation.clone(), outcome }],
    }
}

/// The parts of a history that are wanted, each in a session of its own, at the same times.
fn parts(
    history: &History,
    mut is_wanted: impl FnMut(OperationId, &Record, &mut Part) -> bool,
) -> History {
    let mut wanted = Vec::new();
    for (id, record) in history.operations() {
        for mut part in parts_of(record) {
            if is_wanted(id, record, &mut part) {
                wanted.push((record, part));
            }
        }
    }
    // Invocations come first in a phase.
    let mut events: Vec<(Phase, bool, usize)> = Vec::new();
    for (session, (record, part)) in wanted.iter().enumerate() {
        events.push((record.invoked, false, session));
        if let (Some(returned), Some(_)) = (&record.returned, &part.outcome) {
            events.push((returned.at, true, session));
        }
    }
    events.sort_unstable();
    let mut judged = History::new(wanted.len());
    for (_, has_returned, session) in events {
        let Part { operation, outcome } = &wanted[session].1;
        if !has_returned {
            judged.invoke(session, operation.clone());
        } else if let Some(outcome) = outcome {
            judged.complete(OperationId { session, index: 0 }, outcome.clone());
        }
    }
    judged
}

/// An update, and what of its register it may have replaced.
struct Update<'a> {
    id: OperationId,
    key: &'a Key,
    replaces: Replaced,
}

enum Replaced {
    /// What its client had been shown.
    Shown(BTreeSet<Value>),
    /// Nobody knows: it takes what it finds, and its client has not heard what that was.
    Anything,
}

/// Which acknowledged value is gone in the end though nobody has replaced it who knew of it.
pub(crate) fn forgotten(
    plan: &Plan<Leaderless>,
    history: &History,
    replicas: &[&Replica],
    refused: usize,
) -> Option<String> {
    let updates: Vec<_> =
        (0..history.sessions().len()).flat_map(|session| updates(plan, history, session)).collect();
    history.operations().find_map(|(id, record)| {
        let Operation::Write { key, value } = &record.operation else { return None };
        // Disks that failed have taken with them what nobody else has stored.
        let is_safe = usize::from(Terms::of(plan, id).write_quorum()) > refused;
        let is_held = replicas.iter().any(|replica| {
            let held = replica.durable.registers.get(key);
            held.is_some_and(|register| register.values().contains(value))
        });
        let is_replaced = updates.iter().any(|update| {
            let knew = match &update.replaces {
                Replaced::Shown(values) => values.contains(value),
                Replaced::Anything => true,
            };
            update.id != id && update.key == key && knew
        });
        let is_gone = record.is_acknowledged() && is_safe && !is_held && !is_replaced;
        is_gone.then(|| {
            format!("gone, and nobody who knew of it has replaced it: {}", record.operation)
        })
    })
}

/// The updates of a session, and what its client had been shown by then.
fn updates<'a>(plan: &Plan<Leaderless>, history: &'a History, session: usize) -> Vec<Update<'a>> {
    let mut shown: BTreeMap<&Key, BTreeSet<Value>> = BTreeMap::new();
    let mut updates = Vec::new();
    for (index, record) in history.sessions()[session].iter().enumerate() {
        let id = OperationId { session, index };
        let Some(key) = record.operation.key() else { continue };
        let is_knowing = plan.clients[session][index].is_knowing;
        let known = shown.get(key).filter(|_| is_knowing).cloned().unwrap_or_default();
        let values: BTreeSet<_> = match record.outcome() {
            Some(Outcome::Found(value)) => value.iter().cloned().collect(),
            Some(Outcome::Siblings(values)) => values.iter().cloned().collect(),
            _ => BTreeSet::new(),
        };
        let is_taking = matches!(record.operation, Operation::Take { .. });
        let together = || known.union(&values).cloned().collect::<BTreeSet<_>>();
        if record.operation.is_update() && !record.is_refused() && !record.changed_nothing() {
            let is_open = is_taking && record.outcome().is_none();
            let replaces = if is_open { Replaced::Anything } else { Replaced::Shown(together()) };
            updates.push(Update { id, key, replaces });
        }
        if record.is_acknowledged() {
            let now = match &record.operation {
                Operation::Read { .. } => values,
                Operation::Write { value, .. } => {
                    let mut known = known;
                    known.insert(value.clone());
                    known
                }
                _ => together(),
            };
            shown.insert(key, now);
        }
    }
    updates
}
