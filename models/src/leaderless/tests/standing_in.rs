//! Standing in for homes: hints, whom they are for, when they go. Of four replicas, the first three
//! are homes of `z`.

use super::bench::{Bench, quorums, receivers, register, replies, tag, version};
use crate::leaderless::{Fallback, HintExpiry, Leaderless, Message, Register, Timer};
use crate::vocabulary::{Key, Operation, Outcome, ReplicaId, Value};

const fn policy(fallback: Fallback) -> Leaderless {
    Leaderless { replicas: 4, fallback, ..quorums(2, 2, 3) }
}

fn z() -> Key {
    Key::from("z")
}

fn write() -> Operation {
    Operation::Write { key: z(), value: Value::from("1") }
}

fn written() -> Register {
    register(version(1, 1, 0), "1")
}

/// Replica 3, which keeps the write for replica 1.
fn keeper(policy: Leaderless) -> Bench {
    let mut bench = Bench::start(policy, 3);
    let owner = ReplicaId(1);
    let keep = Message::Keep { tag: tag(1, 1), owner, key: z(), register: written() };
    assert_eq!(receivers(&bench.hear(0, keep)), [0]);
    assert_eq!(bench.replica.durable.hints.len(), 1);
    bench
}

fn handed_over(register: &Register) -> Message {
    Message::HandedOver { key: z(), versions: register.versions() }
}

#[test]
fn whoever_stands_in_is_told_for_whom() {
    let mut bench = Bench::start(policy(Fallback::KeepsHints), 0);
    bench.ask(1, 1, write());
    let effects = bench.fire(Timer::Fallback);
    let keep = Message::Keep { tag: tag(1, 1), owner: ReplicaId(1), key: z(), register: written() };
    assert_eq!(effects.send, [(ReplicaId(3), keep)]);
}

#[test]
fn what_is_kept_counts_where_the_policy_says_so() {
    for (fallback, done) in [(Fallback::KeepsHints, 0), (Fallback::CountsForWrites, 1)] {
        let mut bench = Bench::start(policy(fallback), 0);
        bench.ask(1, 1, write());
        let versions = written().versions();
        let kept = Message::Kept { tag: tag(1, 1), owner: ReplicaId(1), versions };
        assert_eq!(bench.hear(3, kept).reply.len(), done);
    }
}

#[test]
fn a_coordinator_that_is_no_home_stands_in_itself() {
    let mut bench = Bench::start(policy(Fallback::CountsForWrites), 3);
    bench.ask(1, 1, write());
    let versions = register(version(1, 1, 3), "1").versions();
    bench.hear(0, Message::Stored { tag: tag(1, 1), versions });
    let effects = bench.fire(Timer::Fallback);
    assert_eq!(replies(&effects), [(1, Outcome::Done)]);
    assert_eq!(bench.replica.durable.hints.len(), 1);
}

#[test]
fn a_hint_is_offered_to_its_owner_until_it_has_it() {
    let mut bench = keeper(policy(Fallback::KeepsHints));
    for _ in 0..2 {
        let effects = bench.fire(Timer::Handoff);
        let offer = Message::HandOver { key: z(), register: written() };
        assert_eq!(effects.send, [(ReplicaId(1), offer)]);
    }
    assert!(bench.hear(2, handed_over(&written())).is_empty(), "it is not for replica 2");
    bench.hear(1, handed_over(&written()));
    assert!(bench.replica.durable.hints.is_empty());
    assert!(bench.fire(Timer::Handoff).is_empty());
}

#[test]
fn what_was_kept_meanwhile_is_still_to_be_handed_over() {
    let mut bench = keeper(policy(Fallback::KeepsHints));
    let newer = register(version(2, 1, 0), "2");
    let keep =
        Message::Keep { tag: tag(1, 2), owner: ReplicaId(1), key: z(), register: newer.clone() };
    bench.hear(0, keep);
    bench.hear(1, handed_over(&written()));
    assert_eq!(bench.replica.durable.hints.len(), 1);
    bench.hear(1, handed_over(&newer));
    assert!(bench.replica.durable.hints.is_empty());
}

#[test]
fn hints_survive_a_restart() {
    let mut bench = keeper(policy(Fallback::KeepsHints)).restart();
    assert_eq!(receivers(&bench.fire(Timer::Handoff)), [1]);
}

#[test]
fn hints_expire_where_the_policy_says_so() {
    let expiring = Leaderless { hints: HintExpiry::AfterAWhile, ..policy(Fallback::KeepsHints) };
    let mut bench = keeper(expiring);
    bench.fire(Timer::ExpireHints);
    assert!(bench.replica.durable.hints.is_empty());
}

#[test]
fn homes_keep_no_hints_and_nobody_keeps_one_for_others() {
    let mut home = Bench::start(policy(Fallback::KeepsHints), 2);
    let keep = |owner| Message::Keep {
        tag: tag(1, 1),
        owner: ReplicaId(owner),
        key: z(),
        register: written(),
    };
    assert!(home.hear(0, keep(1)).is_empty());
    let mut stand_in = Bench::start(policy(Fallback::KeepsHints), 3);
    assert!(stand_in.hear(0, keep(3)).is_empty());
}
