//! Which replicas are homes of a key.

use std::collections::BTreeSet;

use crate::leaderless::Leaderless;
use crate::vocabulary::{Key, ReplicaId};

const KEYS: usize = 3_000;

fn keys() -> impl Iterator<Item = Key> {
    (0..KEYS).map(|number| Key::from(number.to_string().as_str()))
}

const fn ring(replicas: u8, copies: u8) -> Leaderless {
    Leaderless { replicas, ..Leaderless::majority(copies) }
}

#[test]
fn every_key_has_n_homes_and_everybody_else_stands_in() {
    for key in keys().take(100) {
        let order = ring(7, 3).preference(&key);
        assert_eq!(order.iter().collect::<BTreeSet<_>>().len(), 7, "nobody is left out");
        let homes = ring(7, 3).homes(&key);
        assert_eq!(homes.len(), 3);
        assert!(order[..3].iter().all(|id| homes.contains(*id)));
    }
}

#[test]
fn keys_spread_over_all_replicas() {
    let policy = ring(6, 3);
    for id in (0..6).map(ReplicaId) {
        let share = keys().filter(|key| policy.homes(key).contains(id)).count();
        // A half, if all were equal.
        assert!((KEYS / 4..3 * KEYS / 4).contains(&share), "{id} is a home of {share} keys");
    }
}

#[test]
fn another_replica_takes_its_share_and_moves_nothing_else() {
    for key in keys() {
        let (before, after) = (ring(6, 3).homes(&key), ring(7, 3).homes(&key));
        let came = after.difference(before);
        assert!(came.is_empty() || came.iter().eq([ReplicaId(6)]), "only the new one comes");
        assert_eq!(before.difference(after).len(), came.len());
    }
}

/// The scenarios rely on where these keys are.
#[test]
fn the_ring_is_the_same_in_every_version() {
    let order = |replicas, key| {
        let order = ring(replicas, 1).preference(&Key::from(key));
        order.iter().map(|id| id.0).collect::<Vec<_>>()
    };
    assert_eq!(order(4, "z"), [2, 1, 0, 3]);
    assert_eq!(order(2, "x"), [1, 0]);
    assert_eq!(order(2, "n"), [1, 0]);
}
