//! Who and when: replicas, clients, requests, epochs, clock readings.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A participant that stores data. Fixed for its lifetime, and never an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ReplicaId(pub u8);

impl fmt::Display for ReplicaId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "replica {}", self.0)
    }
}

/// One who asks. A client has at most one request outstanding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ClientId(pub u64);

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "client {}", self.0)
    }
}

/// Numbers the requests of one client, from 1, so that a duplicate is recognised.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct RequestId(pub u64);

impl RequestId {
    /// The number after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// A generation of leadership. Raft's term, Viewstamped Replication's view, a fencing token.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Epoch(pub u64);

impl Epoch {
    /// The epoch after this one. The last epoch is followed by itself: nobody lives that long, and
    /// a message that claims it must not bring a replica down.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "epoch {}", self.0)
    }
}

/// A reading of one replica's clock, in ticks. Comparable, and trusted by no protocol.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Timestamp(pub u64);

impl Timestamp {
    /// The reading `ticks` later.
    #[must_use]
    pub const fn plus(self, ticks: u64) -> Self {
        Self(self.0.saturating_add(ticks))
    }
}

/// A set of replicas. A replica is in it once, however often it is added: counting members can
/// never count one acknowledgement twice.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ReplicaSet(u16);

impl ReplicaSet {
    /// No replicas.
    pub const EMPTY: Self = Self(0);

    /// The largest cluster that a set can hold.
    pub const CAPACITY: u8 = 16;

    /// Replicas 0 to `count - 1`.
    ///
    /// # Panics
    /// If `count` exceeds [`Self::CAPACITY`].
    #[must_use]
    pub const fn first(count: u8) -> Self {
        assert!(count <= Self::CAPACITY, "a replica set holds at most 16 replicas");
        Self(((1_u32 << count) - 1) as u16)
    }

    /// The set of the given ids.
    #[must_use]
    pub const fn of(ids: &[u8]) -> Self {
        let mut bits = 0;
        let mut next = 0;
        while next < ids.len() {
            assert!(ids[next] < Self::CAPACITY, "replica ids are below 16");
            bits |= 1 << ids[next];
            next += 1;
        }
        Self(bits)
    }

    /// Whether `replica` is a member.
    #[must_use]
    pub const fn contains(self, replica: ReplicaId) -> bool {
        replica.0 < Self::CAPACITY && self.0 & (1 << replica.0) != 0
    }

    /// This set and `replica`.
    #[must_use]
    pub const fn with(self, replica: ReplicaId) -> Self {
        assert!(replica.0 < Self::CAPACITY, "replica ids are below 16");
        Self(self.0 | 1 << replica.0)
    }

    /// This set without `replica`.
    #[must_use]
    pub const fn without(self, replica: ReplicaId) -> Self {
        if self.contains(replica) { Self(self.0 & !(1 << replica.0)) } else { self }
    }

    /// Members of either set.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Members of both sets.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Members of this set that are not in `other`.
    #[must_use]
    pub const fn difference(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether every member is in `other`.
    #[must_use]
    pub const fn is_subset(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// Number of members.
    #[must_use]
    pub const fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Whether the set has no member.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Members in ascending order.
    pub fn iter(self) -> impl Iterator<Item = ReplicaId> {
        (0..Self::CAPACITY).map(ReplicaId).filter(move |id| self.contains(*id))
    }
}

impl FromIterator<ReplicaId> for ReplicaSet {
    fn from_iter<I: IntoIterator<Item = ReplicaId>>(ids: I) -> Self {
        ids.into_iter().fold(Self::EMPTY, Self::with)
    }
}

impl fmt::Debug for ReplicaSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(|id| id.0)).finish()
    }
}

impl fmt::Display for ReplicaSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replica_added_twice_counts_once() {
        let set = ReplicaSet::EMPTY.with(ReplicaId(2)).with(ReplicaId(2));
        assert_eq!(set.len(), 1);
        assert_eq!(set, ReplicaSet::of(&[2, 2]));
    }

    #[test]
    fn set_algebra_agrees_with_membership_on_every_pair_of_small_sets() {
        for left in 0..16_u16 {
            for right in 0..16_u16 {
                let (a, b) = (ReplicaSet(left), ReplicaSet(right));
                for id in (0..5).map(ReplicaId) {
                    let (in_a, in_b) = (a.contains(id), b.contains(id));
                    assert_eq!(a.union(b).contains(id), in_a || in_b);
                    assert_eq!(a.intersection(b).contains(id), in_a && in_b);
                    assert_eq!(a.difference(b).contains(id), in_a && !in_b);
                    assert!(a.with(id).contains(id));
                    assert!(!a.without(id).contains(id));
                }
                assert_eq!(a.is_subset(b), a.iter().all(|id| b.contains(id)));
                assert_eq!(a.len(), a.iter().count());
                assert_eq!(a.iter().collect::<ReplicaSet>(), a);
            }
        }
    }

    #[test]
    fn the_first_replicas_are_those_below_the_count() {
        assert_eq!(ReplicaSet::first(0), ReplicaSet::EMPTY);
        assert_eq!(ReplicaSet::first(3), ReplicaSet::of(&[0, 1, 2]));
        assert_eq!(ReplicaSet::first(16).len(), 16);
    }
}
