//! How far a peer has come, and what all peers together have found.

use serde::{Deserialize, Serialize};

use crate::explore::Cause;

/// Where a state is: which of the states that follow is taken, step by step, on the least of the
/// shortest ways from the initial state.
pub(super) type Way = Vec<u16>;

/// What a peer tells all others when a level begins.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Tally {
    /// How many states of this level are its own.
    pub(super) new: u64,
    /// Why it does not go on, if it does not.
    pub(super) stopped: Option<Cause>,
    /// How many states it owns.
    pub(super) states: u64,
    /// How many steps lead from those that it expanded.
    pub(super) generated: u64,
    /// How many bytes its tables take.
    pub(super) bytes: u64,
    /// How many steps of each kind there were.
    pub(super) counts: Vec<u64>,
    /// For each property, the first state that decides it.
    pub(super) decided: Vec<Option<Decided>>,
    /// The first state in which something panicked.
    pub(super) panicked: Option<Way>,
}

/// A state that decides a property.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Decided {
    pub(super) at: Way,
    /// What the property said, if it panicked there.
    pub(super) misjudged: Option<String>,
}

impl Tally {
    /// What all peers together have found. Which peer owns what makes no difference to it.
    pub(super) fn of_all(tallies: &[Self]) -> Self {
        tallies.iter().fold(Self::default(), |mut all, one| {
            all.new += one.new;
            all.stopped = all.stopped.take().or_else(|| one.stopped.clone());
            all.states += one.states;
            all.generated += one.generated;
            all.bytes += one.bytes;
            all.counts.resize(one.counts.len().max(all.counts.len()), 0);
            all.counts.iter_mut().zip(&one.counts).for_each(|(all, one)| *all += one);
            all.decided.resize(one.decided.len().max(all.decided.len()), None);
            for (all, one) in all.decided.iter_mut().zip(&one.decided) {
                keep_first(all, one, |decided| &decided.at);
            }
            keep_first(&mut all.panicked, &one.panicked, |at| at);
            all
        })
    }

    /// The first property that panicked, with where and what it said.
    pub(super) fn misjudged(&self) -> Option<(&Way, &str)> {
        let misjudged = self
            .decided
            .iter()
            .flatten()
            .filter_map(|decided| Some((&decided.at, decided.misjudged.as_deref()?)));
        misjudged.min_by_key(|(at, _)| (at.len(), *at))
    }
}

/// Keeps the nearer of two, and of those that are as near the first in the order of the search.
fn keep_first<T: Clone>(kept: &mut Option<T>, other: &Option<T>, at: impl Fn(&T) -> &Way) {
    let order = |found: &T| (at(found).len(), at(found).clone());
    if let Some(other) = other
        && kept.as_ref().is_none_or(|kept| order(other) < order(kept))
    {
        *kept = Some(other.clone());
    }
}
