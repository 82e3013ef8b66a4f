//! Which of two contents of one register is newer, and whether either knows of the other.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{ClientId, ReplicaId, RequestId};
#[cfg(feature = "model-checking")]
use crate::renaming::{Rename, Renaming};

/// Whose update it is. No two updates have the same author.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Author {
    /// Who asked for it.
    pub client: ClientId,
    /// Which of the client's requests it is.
    pub request: RequestId,
}

/// The version of one content of a register. Compared field by field it is a total order; how much
/// of that order counts is a question of policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Version {
    /// A counter, or a clock reading.
    pub time: u64,
    /// Tells apart what one replica issued at the same time: a hybrid logical clock's counter
    /// (Kulkarni et al. 2014), or how often that replica has restarted.
    pub tick: u64,
    /// Whose update it is (Lynch & Shvartsman 1997: the writer's id breaks ties).
    pub author: Author,
    /// The replica that issued the version.
    pub origin: ReplicaId,
}

impl Version {
    /// The event in which the content was written, where `time` counts the origin's updates of the
    /// register.
    #[must_use]
    pub const fn dot(&self) -> Dot {
        Dot { replica: self.origin, counter: self.time }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "version {}", self.time)?;
        if self.tick > 0 {
            write!(f, ".{}", self.tick)?;
        }
        write!(f, " of {}", self.author.client)
    }
}

/// One update of a register: the `counter`-th that `replica` issued, from 1 (Preguiça et al. 2010).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Dot {
    /// Who issued it.
    pub replica: ReplicaId,
    /// Which of its updates of the register.
    pub counter: u64,
}

/// The updates of a register that somebody has seen: a version vector, and dots beyond it (dotted
/// version vectors, Preguiça et al. 2010).
///
/// No dot is within the vector, nor the next after it: equal sets of updates are equal values.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Context {
    vector: BTreeMap<ReplicaId, u64>,
    beyond: BTreeSet<Dot>,
}

impl Context {
    /// Whether `dot` has been seen.
    #[must_use]
    pub fn contains(&self, dot: Dot) -> bool {
        dot.counter <= self.counter(dot.replica) || self.beyond.contains(&dot)
    }

    /// Adds `dot`.
    pub fn insert(&mut self, dot: Dot) {
        if self.contains(dot) {
            return;
        }
        if self.next(dot.replica) == dot {
            self.vector.insert(dot.replica, dot.counter);
            self.compact();
        } else {
            self.beyond.insert(dot);
        }
    }

    /// Adds everything that `other` has seen.
    pub fn merge(&mut self, other: &Self) {
        for (replica, counter) in &other.vector {
            let own = self.vector.entry(*replica).or_default();
            *own = (*own).max(*counter);
        }
        self.beyond.extend(&other.beyond);
        self.compact();
    }

    /// Whose updates it tells of.
    pub fn replicas(&self) -> impl Iterator<Item = ReplicaId> {
        self.vector.keys().copied().chain(self.beyond.iter().map(|dot| dot.replica))
    }

    /// Whether nothing has been seen.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.vector.is_empty() && self.beyond.is_empty()
    }

    /// Whether everything that this has seen, `other` has.
    #[must_use]
    pub fn is_subset(&self, other: &Self) -> bool {
        self.vector.iter().all(|(replica, counter)| *counter <= other.counter(*replica))
            && self.beyond.iter().all(|dot| other.contains(*dot))
    }

    /// The first update of `replica` that has not been seen.
    #[must_use]
    pub fn next(&self, replica: ReplicaId) -> Dot {
        Dot { replica, counter: self.counter(replica).saturating_add(1) }
    }

    /// Up to which counter all updates of `replica` have been seen.
    #[must_use]
    pub fn counter(&self, replica: ReplicaId) -> u64 {
        self.vector.get(&replica).copied().unwrap_or_default()
    }

    /// The counter of the latest update of `replica` that has been seen, or 0.
    #[must_use]
    pub fn latest(&self, replica: ReplicaId) -> u64 {
        let beyond = self.beyond.iter().filter(|dot| dot.replica == replica);
        beyond.map(|dot| dot.counter).fold(self.counter(replica), u64::max)
    }

    /// Whether no counter is above `counter`, and no more than `gaps` dots are beyond the vector: what
    /// comes from outside may claim to have seen anything.
    #[must_use]
    pub fn is_within(&self, counter: u64, gaps: usize) -> bool {
        let beyond = self.beyond.iter().map(|dot| dot.counter);
        let mut counters = self.vector.values().copied().chain(beyond);
        self.beyond.len() <= gaps && counters.all(|reached| reached <= counter)
    }

    /// Whether something has been seen before all that is earlier.
    #[must_use]
    pub fn has_gaps(&self) -> bool {
        !self.beyond.is_empty()
    }

    /// Dots are in ascending order, so that one pass takes in all that the vector can.
    fn compact(&mut self) {
        for dot in std::mem::take(&mut self.beyond) {
            let reached = self.counter(dot.replica);
            if reached.checked_add(1) == Some(dot.counter) {
                self.vector.insert(dot.replica, dot.counter);
            } else if dot.counter > reached {
                self.beyond.insert(dot);
            }
        }
    }
}

#[cfg(feature = "model-checking")]
impl Rename for Context {
    fn renamed(&self, by: &Renaming) -> Self {
        let Self { vector, beyond } = self;
        let vector = vector.iter().map(|(replica, upto)| (replica.renamed(by), *upto)).collect();
        let renamed = |dot: &Dot| Dot { replica: dot.replica.renamed(by), counter: dot.counter };
        Self { vector, beyond: beyond.iter().map(renamed).collect() }
    }
}

impl FromIterator<Dot> for Context {
    fn from_iter<I: IntoIterator<Item = Dot>>(dots: I) -> Self {
        let mut context = Self::default();
        dots.into_iter().for_each(|dot| context.insert(dot));
        context
    }
}

impl fmt::Display for Dot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.replica.0, self.counter)
    }
}

impl fmt::Display for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let vector = self.vector.iter().map(|(replica, upto)| format!("{}.1-{upto}", replica.0));
        let beyond = self.beyond.iter().map(Dot::to_string);
        write!(f, "{{{}}}", vector.chain(beyond).collect::<Vec<_>>().join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn dot(replica: u8, counter: u64) -> Dot {
        Dot { replica: ReplicaId(replica), counter }
    }

    /// Every set of four dots of two replicas, and the context that has seen it.
    fn contexts() -> impl Iterator<Item = (u8, Context)> {
        (0..16_u8).map(|set| {
            let mut context = Context::default();
            dots(set).for_each(|dot| context.insert(dot));
            (set, context)
        })
    }

    fn dots(set: u8) -> impl DoubleEndedIterator<Item = Dot> {
        let all = [dot(0, 1), dot(0, 2), dot(0, 3), dot(1, 1)];
        all.into_iter()
            .enumerate()
            .filter(move |(bit, _)| set & (1 << bit) != 0)
            .map(|(_, dot)| dot)
    }

    #[test]
    fn a_context_has_seen_what_was_inserted_and_nothing_else() {
        for (set, context) in contexts() {
            for (bit, dot) in dots(15).enumerate() {
                assert_eq!(context.contains(dot), set & (1 << bit) != 0, "{set} {dot:?}");
            }
            assert_eq!(context.is_empty(), set == 0);
        }
    }

    #[test]
    fn the_order_of_insertion_leaves_no_trace() {
        for (set, context) in contexts() {
            let mut backwards = Context::default();
            dots(set).rev().for_each(|dot| backwards.insert(dot));
            assert_eq!(backwards, context, "{set}");
        }
    }

    #[test]
    fn merging_is_the_union() {
        for (one, left) in contexts() {
            for (other, right) in contexts() {
                let mut merged = left.clone();
                merged.merge(&right);
                let union = contexts().find(|(set, _)| *set == one | other);
                assert_eq!(Some(merged), union.map(|(_, context)| context), "{one} {other}");
            }
        }
    }

    #[test]
    fn counters_at_their_end_do_not_overflow() {
        let mut context = Context::default();
        context.insert(dot(0, u64::MAX));
        assert!(context.contains(dot(0, u64::MAX)));
        assert!(!context.contains(dot(0, 1)));
    }

    #[test]
    fn versions_compare_by_time_then_tick_then_author() {
        let version = |time, tick, client| Version {
            time,
            tick,
            author: Author { client: ClientId(client), request: RequestId(1) },
            origin: ReplicaId(0),
        };
        let ascending = [version(1, 0, 2), version(1, 1, 1), version(1, 1, 2), version(2, 0, 0)];
        assert!(ascending.is_sorted_by(|one, next| one < next));
    }
}
