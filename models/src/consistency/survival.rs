//! What only the store knows: whether an update is still in it.
//!
//! A client cannot see that its write was lost before it reads. These predicates take what the
//! store still has, such as the log of its latest leader, as a function of the operation.

use super::explanation::Explanations;
use super::facts::{Fact, facts_of};
use super::history::{History, OperationId, Record};
use super::register::Effect;

/// Whether every acknowledged update of registers survives.
///
/// An update that was refused, that nobody answered, or that changed nothing (a compare-and-set
/// that found another value, or nothing to take) need not survive.
#[must_use]
pub fn no_lost_acknowledged_write(
    history: &History,
    survives: impl Fn(OperationId) -> bool,
) -> bool {
    history.acknowledged_updates().all(|(id, record)| {
        let has_effect = record.operation.concerns_data() && !record.changed_nothing();
        !has_effect || survives(id)
    })
}

/// Whether everything that was found can be explained by updates that survive.
///
/// Finding nothing needs no explanation. What an addition counted on and what a compare-and-set
/// found is judged too, apart from their own effect. Where several updates could have written what
/// was found, one that survives is enough, and so is one choice of surviving additions that leads
/// to a sum: give every write its own value, and every addition its own power of two, where that
/// matters.
#[must_use]
pub fn no_dirty_read(history: &History, survives: impl Fn(OperationId) -> bool) -> bool {
    let Some(mut facts) = facts_of(history) else { return false };
    for fact in facts.iter_mut().filter(|fact| !survives(fact.id)) {
        fact.effect = Effect::None;
    }
    let mut observations = (0..facts.len()).filter(|index| facts[*index].is_observation());
    observations.all(|index| Explanations::of(&facts, index).next().is_some())
}

/// The updates any of which may have written what operation `id` found: at most one, where every
/// write of a key has its own value.
///
/// None if it found nothing that an update left, or tells nothing. An addition counts if it was
/// told the sum that was found; one that nobody answered does not, because its sum is unknown.
#[must_use]
pub fn writers_of(history: &History, id: OperationId) -> Vec<OperationId> {
    let facts = facts_of(history).unwrap_or_default();
    let Some(reader) = facts.iter().find(|fact| fact.id == id && fact.is_observation()) else {
        return Vec::new();
    };
    let may_have_written = |fact: &&Fact<'_>| {
        fact.register == reader.register
            && fact.id != id
            && fact.result().is_some_and(|content| reader.found.allows(content))
    };
    facts.iter().filter(may_have_written).map(|fact| fact.id).collect()
}

/// Whether some operation that `is_meant` was acknowledged: what availability asks.
#[must_use]
pub fn is_acknowledged(history: &History, is_meant: impl Fn(OperationId, &Record) -> bool) -> bool {
    history.operations().any(|(id, record)| record.is_acknowledged() && is_meant(id, record))
}
