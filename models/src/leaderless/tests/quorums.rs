//! Quorum intersection: as arithmetic for every small n, and as what coordinators do.

use super::bench::{
    Bench, author, quorums, read, receivers, register, replies, tag, version, write,
};
use crate::leaderless::staleness::{missed_by_quorums_at_random, missed_where_all_are_asked};
use crate::leaderless::{Message, Register};
use crate::vocabulary::{Outcome, ReplicaId, ReplicaSet, Value, quorums_meet};

fn groups_of(size: u8, members: u8) -> impl Iterator<Item = ReplicaSet> {
    (0..1_u16 << members)
        .map(move |bits| {
            (0..members).filter(|id| bits & (1 << id) != 0).map(ReplicaId).collect::<ReplicaSet>()
        })
        .filter(move |group| group.len() == usize::from(size))
}

#[test]
fn every_read_quorum_meets_every_write_quorum_exactly_if_they_are_more_than_n_together() {
    for n in 1..=9 {
        for w in 1..=n {
            for r in 1..=n {
                let writers: Vec<_> = groups_of(w, n).collect();
                let always_meet =
                    groups_of(r, n).all(|r| writers.iter().all(|w| !w.intersection(r).is_empty()));
                let meet = quorums_meet(usize::from(w), usize::from(r), usize::from(n));
                assert_eq!(always_meet, meet, "n = {n}, w = {w}, r = {r}");
            }
        }
    }
}

/// Whoever coordinates a write is answered by exactly the homes of one group, a read by those of
/// another: every pair of groups is tried.
#[test]
fn a_coordinator_finds_what_was_acknowledged_exactly_if_quorums_meet() {
    for n in 1..=5 {
        for w in 1..=n {
            for r in 1..=n {
                let always_found = (0..n).all(|writer| {
                    (0..n).all(|reader| {
                        holders(n, w, r, writer)
                            .all(|holders| finds_it(n, w, r, reader, writer, holders))
                    })
                });
                let meet = quorums_meet(usize::from(w), usize::from(r), usize::from(n));
                assert_eq!(always_found, meet, "n = {n}, w = {w}, r = {r}");
            }
        }
    }
}

/// The groups of homes that may hold what `writer` has acknowledged, with as few as may be.
fn holders(n: u8, w: u8, r: u8, writer: u8) -> impl Iterator<Item = ReplicaSet> {
    groups_of(w, n).filter(move |group| group.contains(ReplicaId(writer))).inspect(move |group| {
        let mut bench = Bench::start(quorums(w, r, n), writer);
        let mut effects = bench.ask(1, 1, write("1"));
        for home in group.without(ReplicaId(writer)).iter() {
            assert!(effects.reply.is_empty(), "w homes are waited for");
            let versions = vec![version(1, 1, writer)];
            effects = bench.hear(home.0, Message::Stored { tag: tag(1, 1), versions });
        }
        assert_eq!(replies(&effects), [(1, Outcome::Done)], "w homes are enough");
    })
}

/// Whether `reader` finds the write whoever else answers it.
fn finds_it(n: u8, w: u8, r: u8, reader: u8, writer: u8, holders: ReplicaSet) -> bool {
    let written = register(version(1, 1, writer), "1");
    let asked = groups_of(r, n).filter(|group| group.contains(ReplicaId(reader)));
    asked.into_iter().all(|group| {
        let mut bench = Bench::start(quorums(w, r, n), reader);
        if holders.contains(bench.me) {
            let (tag, key) = (tag(9, 9), super::bench::x());
            let from = (reader + 1) % n.max(2);
            if from < n {
                bench.hear(from, Message::Store { tag, key, register: written.clone() });
            } else {
                bench.ask(1, 1, write("1"));
            }
        }
        let mut effects = bench.ask(2, 1, read());
        for home in group.without(bench.me).iter() {
            let holds = holders.contains(home);
            let register = if holds { written.clone() } else { Register::default() };
            effects = bench.hear(home.0, Message::Answer { tag: tag(2, 1), register });
        }
        replies(&effects) == [(2, Outcome::Found(Some(Value::from("1"))))]
    })
}

#[test]
fn a_home_that_answers_twice_counts_once() {
    let mut bench = Bench::start(quorums(3, 3, 3), 0);
    bench.ask(1, 1, write("1"));
    let stored = || Message::Stored { tag: tag(1, 1), versions: vec![version(1, 1, 0)] };
    assert!(bench.hear(1, stored()).reply.is_empty());
    assert!(bench.hear(1, stored()).reply.is_empty());
    assert_eq!(replies(&bench.hear(2, stored())), [(1, Outcome::Done)]);
    bench.ask(2, 1, read());
    let answer = || Message::Answer { tag: tag(2, 1), register: Register::default() };
    assert!(bench.hear(1, answer()).reply.is_empty());
    assert!(bench.hear(1, answer()).reply.is_empty());
    assert_eq!(bench.hear(2, answer()).reply.len(), 1);
}

#[test]
fn all_other_homes_are_asked() {
    let mut bench = Bench::start(quorums(2, 2, 5), 3);
    assert_eq!(receivers(&bench.ask(1, 1, write("1"))), [0, 1, 2, 4]);
    assert_eq!(receivers(&bench.ask(2, 1, read())), [0, 1, 2, 4]);
    assert!(bench.replica.pending.contains_key(&author(2, 1)));
}

/// Of all pairs of groups, how many miss each other.
#[test]
fn stale_reads_are_as_frequent_as_the_formula_says() {
    for n in 1..=7 {
        for w in 1..=n {
            for r in 1..=n {
                let reads: Vec<_> = groups_of(r, n).collect();
                let pairs = groups_of(w, n).flat_map(|w| reads.iter().map(move |r| (w, *r)));
                let (mut all, mut missing) = (0, 0);
                for (w, r) in pairs {
                    all += 1;
                    missing += i32::from(w.intersection(r).is_empty());
                }
                let share = f64::from(missing) / f64::from(all);
                for updates in 1..=3 {
                    let missed = missed_by_quorums_at_random(n, w, r, updates);
                    let expected = share.powi(updates.into());
                    assert!((missed - expected).abs() < 1e-9, "{n} {w} {r} {updates}: {missed}");
                }
            }
        }
    }
}

/// Where one home is enough, its own answer is: the update has to have reached it.
#[test]
fn what_goes_on_arriving_is_missed_less_and_less_and_by_quorums_that_meet_never() {
    for n in 1..=5 {
        for since in [0.0, 0.5, 3.0] {
            let missed = missed_where_all_are_asked(n, 1, 1, since);
            let expected = f64::from(n - 1) / f64::from(n) * (-since).exp();
            assert!((missed - expected).abs() < 1e-9, "{n} {since}: {missed}");
        }
        for w in 1..=n {
            for r in 1..=n {
                let missed = |since| missed_where_all_are_asked(n, w, r, since);
                let meet = quorums_meet(usize::from(w), usize::from(r), usize::from(n));
                assert_eq!(missed(0.0) == 0.0, meet, "n = {n}, w = {w}, r = {r}");
                assert!(meet || missed(1.0) < missed(0.0), "n = {n}, w = {w}, r = {r}");
                let by_formula = missed_by_quorums_at_random(n, w, r, 1);
                assert!(missed(0.0) <= by_formula + 1e-9, "n = {n}, w = {w}, r = {r}");
            }
        }
    }
}
