//! Merging registers: laws, for every rule that claims them, over every small register.

use super::bench::{register, version};
use crate::leaderless::{Cell, Leaderless, Register, TieBreak, Versions};
use crate::vocabulary::{Value, Version};

const ORDERED: Leaderless = Leaderless::majority(3);
const SIBLINGS: Leaderless = Leaderless { versions: Versions::Siblings, ..ORDERED };

/// Registers with one content, as one version leads to one value.
fn ordered() -> Vec<Register> {
    let mut all = vec![Register::default()];
    for time in 1..3 {
        for client in 1..3 {
            all.push(register(version(time, client, 0), &format!("{time}{client}")));
        }
    }
    all
}

/// Every register that three updates may lead to, of which one knows another.
fn siblings() -> Vec<Register> {
    let update = |time, origin, seen: &[Version]| {
        let version = version(time, u64::from(origin) + 1, origin);
        let mut register = register(version, &format!("{time}{origin}"));
        register.seen.insert(version.dot());
        seen.iter().for_each(|seen| register.seen.insert(seen.dot()));
        register
    };
    let first = version(1, 1, 0);
    let updates = [update(1, 0, &[]), update(1, 1, &[]), update(2, 0, &[first])];
    let mut all = vec![Register::default()];
    for bits in 1..8_u8 {
        let chosen = updates.iter().enumerate().filter(|(bit, _)| bits & (1 << bit) != 0);
        all.push(chosen.fold(Register::default(), |sum, (_, one)| SIBLINGS.merge(&sum, one)));
    }
    all
}

fn assert_laws(policy: &Leaderless, registers: &[Register]) {
    for a in registers {
        assert_eq!(policy.merge(a, a), *a, "idempotent");
        for b in registers {
            let both = policy.merge(a, b);
            assert_eq!(both, policy.merge(b, a), "commutative");
            assert_eq!(policy.merge(&both, b), both, "inflationary");
            for c in registers {
                let right = policy.merge(a, &policy.merge(b, c));
                assert_eq!(policy.merge(&both, c), right, "associative");
            }
        }
    }
}

#[test]
fn merging_ordered_contents_is_a_join() {
    assert_laws(&ORDERED, &ordered());
    assert_laws(&Leaderless { ties: TieBreak::Value, ..ORDERED }, &ordered());
}

#[test]
fn merging_siblings_is_a_join() {
    assert_laws(&SIBLINGS, &siblings());
}

#[test]
fn merging_by_arrival_is_none() {
    let policy = Leaderless { ties: TieBreak::Arrival, ..ORDERED };
    let (a, b) = (register(version(1, 1, 0), "a"), register(version(1, 2, 0), "b"));
    assert_eq!(policy.merge(&a, &b), b);
    assert_eq!(policy.merge(&b, &a), a);
}

#[test]
fn a_later_time_wins_whoever_the_author_is() {
    let (old, new) = (register(version(1, 2, 0), "old"), register(version(2, 1, 0), "new"));
    assert_eq!(ORDERED.merge(&old, &new), new);
    assert_eq!(ORDERED.merge(&new, &old), new);
}

#[test]
fn a_tombstone_wins_like_any_content() {
    let deleted = Register::of(Cell { version: version(2, 1, 0), value: None });
    let merged = ORDERED.merge(&register(version(1, 1, 0), "old"), &deleted);
    assert_eq!(merged, deleted);
    assert_eq!(merged.values(), Vec::<Value>::new());
}
