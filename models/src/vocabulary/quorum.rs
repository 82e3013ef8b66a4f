//! How many replicas are enough.

use super::ReplicaSet;

/// The smallest number of replicas out of `members` that any other such number must meet.
#[must_use]
pub const fn majority(members: usize) -> usize {
    members / 2 + 1
}

/// Whether `some` holds a majority of `members`. Replicas outside `members` do not count.
#[must_use]
pub const fn is_majority(some: ReplicaSet, members: ReplicaSet) -> bool {
    some.intersection(members).len() >= majority(members.len())
}

/// Whether every group of `first` replicas shares a member with every group of `second` replicas,
/// out of `members`. The whole of quorum arithmetic.
#[must_use]
pub const fn quorums_meet(first: usize, second: usize, members: usize) -> bool {
    first + second > members
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups_of(size: usize, members: u8) -> impl Iterator<Item = ReplicaSet> {
        (0..1_u16 << members)
            .map(move |bits| {
                (0..members)
                    .filter(|id| bits & (1 << id) != 0)
                    .map(crate::vocabulary::ReplicaId)
                    .collect::<ReplicaSet>()
            })
            .filter(move |group| group.len() == size)
    }

    #[test]
    fn quorums_meet_exactly_when_every_two_groups_share_a_member() {
        for members in 1..=6_u8 {
            for first in 0..=usize::from(members) {
                for second in 0..=usize::from(members) {
                    let always_share = groups_of(first, members)
                        .all(|a| groups_of(second, members).all(|b| !a.intersection(b).is_empty()));
                    assert_eq!(quorums_meet(first, second, usize::from(members)), always_share);
                }
            }
        }
    }

    #[test]
    fn a_majority_is_the_smallest_group_that_meets_itself() {
        for members in 1..=9 {
            let enough = majority(members);
            assert!(quorums_meet(enough, enough, members));
            assert!(!quorums_meet(enough - 1, enough - 1, members));
        }
    }

    #[test]
    fn outsiders_do_not_make_a_majority() {
        let members = ReplicaSet::first(3);
        assert!(is_majority(ReplicaSet::of(&[0, 2]), members));
        assert!(!is_majority(ReplicaSet::of(&[0, 4, 5]), members));
    }
}
