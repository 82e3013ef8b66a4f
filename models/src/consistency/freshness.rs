//! How old a read may be: regular and safe registers, bounded staleness, and effects seen twice.
//!
//! Each observation is judged alone. What it may have found are the results of updates: what a
//! write or a compare-and-set put, nothing for a deletion, the sum an addition was told. An
//! addition that nobody answered adds to any of these, or not.

use std::collections::BTreeSet;

use super::explanation::Explanations;
use super::facts::{Fact, registers};
use super::register::{Content, Effect};
use super::sessions::observations;

/// Whether each observation found the result of a concurrent update, or of an update that was not
/// followed by more than `versions` acknowledged ones before the observation began; or nothing, if
/// at most that many were acknowledged before it began.
///
/// One update follows another if it was invoked after the other returned. With `versions` 0 this is
/// a regular register for several writers (MWR-weak, Shao et al. 2011; Lamport 1986 for one), else
/// (k+1)-regularity (Aiyer et al. 2005).
pub(super) fn misses_at_most(facts: &[Fact<'_>], versions: u8) -> bool {
    registers(facts).all(|register| {
        let mut observations =
            (0..register.len()).filter(|index| register[*index].is_observation());
        observations.all(|index| is_fresh(register, index, versions))
    })
}

/// Whether each observation with no concurrent update found what a regular register would show
/// (Lamport 1986).
///
/// An update that nobody answered is concurrent with all that comes after it.
pub(super) fn is_safe(facts: &[Fact<'_>]) -> bool {
    registers(facts).all(|register| {
        let mut observations =
            (0..register.len()).filter(|index| register[*index].is_observation());
        observations.all(|index| {
            let observation = &register[index];
            let is_disturbed = register.iter().enumerate().any(|(other, fact)| {
                other != index
                    && fact.is_update()
                    && !fact.precedes(observation)
                    && !observation.precedes(fact)
            });
            is_disturbed || is_fresh(register, index, 0)
        })
    })
}

/// Whether each observation found what some of the updates lead to, each taking effect at most
/// once, in any order.
///
/// A repeated write cannot be told from the first, so this is about additions.
pub(super) fn shows_no_effect_twice(facts: &[Fact<'_>]) -> bool {
    observations(facts).all(|index| Explanations::of(facts, index).next().is_some())
}

fn is_fresh(register: &[Fact<'_>], index: usize, versions: u8) -> bool {
    let observation = &register[index];
    let others = || register.iter().enumerate().filter(move |(other, _)| *other != index);
    let updates = || others().map(|(_, fact)| fact).filter(|fact| fact.is_update());
    let mut known: Vec<_> =
        updates().filter(|fact| fact.precedes(observation)).map(|fact| fact.invoked).collect();
    known.sort_unstable_by(|one, other| other.cmp(one));
    // More than `versions` acknowledged updates began at this moment or later.
    let superseded = known.get(usize::from(versions)).copied();
    let mut candidates = updates().filter(|update| {
        let is_superseded = superseded
            .is_some_and(|superseded| update.returned.is_some_and(|end| end < superseded));
        !observation.precedes(update) && !is_superseded
    });
    let sums = unanswered_sums(updates().filter(|update| !observation.precedes(update)));
    let may_have_left = |content: Content<'_>| {
        observation.found.allows(content)
            || sums.iter().any(|sum| {
                content.plus(*sum).is_some_and(|content| observation.found.allows(content))
            })
    };
    (superseded.is_none() && may_have_left(Content::Nothing))
        || candidates.any(|update| update.result().is_some_and(may_have_left))
}

/// What any choice of the unanswered additions adds up to.
fn unanswered_sums<'f, 'h: 'f>(updates: impl Iterator<Item = &'f Fact<'h>>) -> BTreeSet<i128> {
    let mut sums = BTreeSet::new();
    for update in updates {
        match update.effect {
            Effect::Add(amount) if !update.is_settled() => {
                let amount = i128::from(amount);
                let more: Vec<i128> = sums.iter().map(|sum| sum + amount).collect();
                sums.extend(more);
                sums.insert(amount);
            }
            Effect::None | Effect::Put(_) | Effect::Add(_) => {}
        }
    }
    sums
}
