//! A history reduced to what the guarantees judge: facts about registers.
//!
//! Left out, because no guarantee depends on them: operations that concern no register, refused
//! operations (they have no effect, and a refusal says nothing about a register), and reads that
//! were not answered. Clearing the store is judged as deleting each register, and a transaction as one
//! operation on each of its registers: that it is all of that at one moment only `transaction` judges.

use std::collections::{BTreeMap, BTreeSet};

use crate::vocabulary::{Key, Operation, Outcome, Value};

use super::history::{History, OperationId, Phase, Record};
use super::register::{Content, Effect, Found};

/// One operation on a register, as its client saw it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fact<'h> {
    /// Which operation.
    pub(super) id: OperationId,
    /// Its key.
    pub(super) key: &'h Key,
    /// Its register, numbered from 0 in the order of keys.
    pub(super) register: usize,
    /// What it found. If it was not answered: what it must have found to have its effect.
    pub(super) found: Found<'h>,
    /// What it did. If it was not answered: what it may have done, may yet do, or never will.
    pub(super) effect: Effect<'h>,
    /// When it was invoked.
    pub(super) invoked: Phase,
    /// When it returned; `None` if it was not answered.
    pub(super) returned: Option<Phase>,
    /// Whether its session went on without an answer. Session order does not put it before what
    /// the session did next: it may take effect later.
    pub(super) abandoned: bool,
}

impl<'h> Fact<'h> {
    /// Whether it changes its register.
    pub(super) const fn is_update(&self) -> bool {
        match self.effect {
            Effect::None => false,
            Effect::Put(_) | Effect::Add(_) => true,
        }
    }

    /// Whether its client was told that it took effect.
    pub(super) const fn is_settled(&self) -> bool {
        self.returned.is_some()
    }

    /// Whether its client learned something of what it found.
    pub(super) const fn is_observation(&self) -> bool {
        match self.found {
            Found::Untold => false,
            Found::Exactly(_) | Found::Other(_) | Found::Counted(_) => self.is_settled(),
        }
    }

    /// Whether it returned before `other` was invoked.
    pub(super) fn precedes(&self, other: &Self) -> bool {
        self.returned.is_some_and(|returned| returned < other.invoked)
    }

    /// What `content` becomes; `None` if the operation cannot have met it.
    pub(super) fn on(&self, content: Content<'h>) -> Option<Content<'h>> {
        if self.found.allows(content) { self.effect.on(content) } else { None }
    }

    /// What the register holds after it, as far as this operation alone tells.
    pub(super) fn result(&self) -> Option<Content<'h>> {
        match (self.effect, self.found) {
            (Effect::Put(content), _) => Some(content),
            (Effect::Add(amount), Found::Counted(number)) => {
                number.checked_add(amount).map(Content::Number)
            }
            (
                Effect::None | Effect::Add(_),
                Found::Untold | Found::Exactly(_) | Found::Other(_) | Found::Counted(_),
            ) => None,
        }
    }
}

/// The facts of a history, by register, then by session, in session order.
///
/// `None` if an outcome does not answer its operation, as `Done` does not answer a read: a history
/// that says so is no history of a store, and satisfies nothing.
pub(super) fn facts_of(history: &History) -> Option<Vec<Fact<'_>>> {
    let operations = history.sessions().iter().map(Vec::len).sum();
    let mut facts = Vec::with_capacity(operations);
    for (session, records) in history.sessions().iter().enumerate() {
        for (index, record) in records.iter().enumerate() {
            if record.is_refused() || !record.operation.concerns_data() {
                continue;
            }
            let told = told(history, record)?;
            let returned = record.returned.as_ref().map(|returned| returned.at);
            let went_on = records.get(index + 1).map(|next| next.invoked);
            let answered_in_time =
                returned.is_some_and(|returned| went_on.is_none_or(|went_on| returned < went_on));
            let is_fact = |(_, _, effect): &Told<'_>| returned.is_some() || *effect != Effect::None;
            facts.extend(told.into_iter().filter(is_fact).map(|(key, found, effect)| Fact {
                id: OperationId { session, index },
                key,
                register: 0,
                found,
                effect,
                invoked: record.invoked,
                returned,
                abandoned: !answered_in_time,
            }));
        }
    }
    facts.sort_by(|one, other| one.key.cmp(other.key));
    for next in 1..facts.len() {
        let previous = facts[next - 1];
        facts[next].register = previous.register + usize::from(facts[next].key != previous.key);
    }
    Some(facts)
}

/// What an operation found at a register, and did to it.
type Told<'h> = (&'h Key, Found<'h>, Effect<'h>);

/// What an operation tells of each register that it concerns. Of one that concerns all, these are those that the
/// history names.
fn told<'h>(history: &'h History, record: &'h Record) -> Option<Vec<Told<'h>>> {
    if let Operation::Transact { reads, writes, .. } = &record.operation {
        return transacted(reads, writes, record.outcome());
    }
    let (found, effect) = match record.outcome() {
        None => unanswered(&record.operation),
        Some(outcome) => answered(&record.operation, outcome)?,
    };
    let keys = match record.operation.key() {
        Some(key) => vec![key],
        None => {
            let named = history.operations().flat_map(|(_, record)| record.operation.keys());
            named.collect::<BTreeSet<_>>().into_iter().collect()
        }
    };
    Some(keys.into_iter().map(|key| (key, found, effect)).collect())
}

/// A transaction tells of each register once: it finds one content there, and leaves what it writes last.
fn transacted<'h>(
    reads: &'h [Key],
    writes: &'h [(Key, Option<Value>)],
    outcome: Option<&'h Outcome>,
) -> Option<Vec<Told<'h>>> {
    let mut told: BTreeMap<&Key, (Found<'_>, Effect<'_>)> = BTreeMap::new();
    match outcome {
        None => {}
        Some(Outcome::Transacted(found)) if found.len() == reads.len() => {
            for (key, value) in reads.iter().zip(found) {
                let found = Found::Exactly(Content::of_option(value.as_ref()));
                let (first, _) = *told.entry(key).or_insert((found, Effect::None));
                if first != found {
                    return None;
                }
            }
        }
        Some(
            Outcome::Transacted(_)
            | Outcome::Done
            | Outcome::Found(_)
            | Outcome::Siblings(_)
            | Outcome::Elements(_)
            | Outcome::Counted(_)
            | Outcome::Swapped(_)
            | Outcome::Indeterminate
            | Outcome::Refused(_),
        ) => return None,
    }
    for (key, value) in writes {
        let (_, effect) = told.entry(key).or_insert((Found::Untold, Effect::None));
        *effect = Effect::Put(Content::of_option(value.as_ref()));
    }
    Some(told.into_iter().map(|(key, (found, effect))| (key, found, effect)).collect())
}

/// The facts of one register after the other.
pub(super) fn registers<'f, 'h>(facts: &'f [Fact<'h>]) -> impl Iterator<Item = &'f [Fact<'h>]> {
    facts.chunk_by(|one, next| one.register == next.register)
}

/// A compare-and-set that nobody answered can only have had its effect where it found what it
/// expected.
fn unanswered(operation: &Operation) -> (Found<'_>, Effect<'_>) {
    match operation {
        Operation::Write { value, .. } => (Found::Untold, Effect::Put(Content::of(value))),
        Operation::Delete { .. } | Operation::Take { .. } | Operation::Clear => {
            (Found::Untold, Effect::Put(Content::Nothing))
        }
        Operation::Add { amount, .. } => (Found::Untold, Effect::Add(*amount)),
        Operation::CompareAndSet { expected, value, .. } => {
            let expected = Content::of_option(expected.as_ref());
            (Found::Exactly(expected), Effect::Put(Content::of(value)))
        }
        Operation::Read { .. }
        | Operation::AddReplica(_)
        | Operation::RemoveReplica(_)
        | Operation::Edit { .. }
        | Operation::Transact { .. } => (Found::Untold, Effect::None),
    }
}

fn answered<'h>(operation: &'h Operation, outcome: &'h Outcome) -> Option<(Found<'h>, Effect<'h>)> {
    match operation {
        Operation::Read { .. } => match outcome {
            Outcome::Found(value) => {
                Some((Found::Exactly(Content::of_option(value.as_ref())), Effect::None))
            }
            // A register has one content: of siblings, and of what sets and texts hold, no guarantee
            // about registers says anything.
            Outcome::Siblings(_) | Outcome::Elements(_) => Some((Found::Untold, Effect::None)),
            Outcome::Done
            | Outcome::Counted(_)
            | Outcome::Swapped(_)
            | Outcome::Indeterminate
            | Outcome::Refused(_)
            | Outcome::Transacted(_) => None,
        },
        Operation::Take { .. } => match outcome {
            Outcome::Found(Some(value)) => {
                Some((Found::Exactly(Content::of(value)), Effect::Put(Content::Nothing)))
            }
            Outcome::Found(None) => Some((Found::Exactly(Content::Nothing), Effect::None)),
            Outcome::Siblings(_) => Some(unanswered(operation)),
            Outcome::Done
            | Outcome::Counted(_)
            | Outcome::Swapped(_)
            | Outcome::Indeterminate
            | Outcome::Refused(_)
            | Outcome::Elements(_)
            | Outcome::Transacted(_) => None,
        },
        Operation::Add { amount, .. } => {
            let Outcome::Counted(sum) = outcome else { return None };
            Some((Found::Counted(sum.checked_sub(*amount)?), Effect::Add(*amount)))
        }
        Operation::CompareAndSet { expected, .. } => {
            let Outcome::Swapped(swapped) = outcome else { return None };
            let expected = Content::of_option(expected.as_ref());
            Some(if *swapped {
                unanswered(operation)
            } else {
                (Found::Other(expected), Effect::None)
            })
        }
        Operation::Write { .. }
        | Operation::Delete { .. }
        | Operation::Clear
        | Operation::AddReplica(_)
        | Operation::RemoveReplica(_) => (*outcome == Outcome::Done).then(|| unanswered(operation)),
        Operation::Edit { .. } => Some(unanswered(operation)),
        // It tells of several registers.
        Operation::Transact { .. } => None,
    }
}
