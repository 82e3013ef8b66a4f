//! Storing: who is written to, who is waited for, what is kept.

use super::bench::{Bench, quorums, receivers, register, replies, tag, version, write, x};
use crate::leaderless::{Leaderless, Message, PartialWrite, Timer, Versions};
use crate::vocabulary::{Outcome, Refusal, ReplicaId};

#[test]
fn a_home_stores_before_it_says_so() {
    let mut bench = Bench::start(quorums(2, 2, 3), 1);
    let written = register(version(1, 1, 0), "1");
    let store = Message::Store { tag: tag(1, 1), key: x(), register: written.clone() };
    let effects = bench.hear(0, store);
    assert!(effects.persist.is_some());
    let versions = vec![version(1, 1, 0)];
    assert_eq!(effects.send, [(ReplicaId(0), Message::Stored { tag: tag(1, 1), versions })]);
    assert_eq!(bench.held(), Some(&written));
}

#[test]
fn what_is_older_is_acknowledged_and_not_stored() {
    let mut bench = Bench::start(quorums(2, 2, 3), 1);
    let newer = register(version(2, 1, 0), "2");
    bench.hear(0, Message::Store { tag: tag(1, 2), key: x(), register: newer.clone() });
    let older = register(version(1, 1, 0), "1");
    let effects = bench.hear(0, Message::Store { tag: tag(1, 1), key: x(), register: older });
    assert_eq!(receivers(&effects), [0]);
    assert!(effects.persist.is_none());
    assert_eq!(bench.held(), Some(&newer));
}

#[test]
fn whoever_is_no_home_stores_nothing() {
    let policy = Leaderless { replicas: 4, ..quorums(2, 2, 3) };
    let key = crate::vocabulary::Key::from("z");
    let mut bench = Bench::start(policy, 3);
    let register = register(version(1, 1, 0), "1");
    assert!(bench.hear(0, Message::Store { tag: tag(1, 1), key, register }).is_empty());
}

#[test]
fn whoever_is_no_home_may_coordinate() {
    let policy = Leaderless { replicas: 4, ..quorums(1, 1, 3) };
    let mut bench = Bench::start(policy, 3);
    let key = crate::vocabulary::Key::from("z");
    let value = "1".into();
    let effects = bench.ask(1, 1, crate::vocabulary::Operation::Write { key, value });
    assert_eq!(receivers(&effects), [0, 1, 2]);
    assert!(effects.reply.is_empty());
    let versions = vec![version(1, 1, 3)];
    let effects = bench.hear(2, Message::Stored { tag: tag(1, 1), versions });
    assert_eq!(replies(&effects), [(1, Outcome::Done)]);
}

#[test]
fn an_acknowledgement_of_another_version_counts_for_nothing() {
    let mut bench = Bench::start(quorums(2, 2, 3), 0);
    bench.ask(1, 1, write("1"));
    let versions = vec![version(7, 1, 0)];
    assert!(bench.hear(1, Message::Stored { tag: tag(1, 1), versions }).is_empty());
}

#[test]
fn what_too_few_have_stored_in_time_is_called_what_the_policy_says() {
    for (partial, outcome) in [
        (PartialWrite::Indeterminate, Outcome::Indeterminate),
        (PartialWrite::Failed, Outcome::Refused(Refusal::Unavailable)),
    ] {
        let mut bench = Bench::start(Leaderless { partial, ..quorums(2, 2, 3) }, 0);
        bench.ask(1, 1, write("1"));
        assert_eq!(replies(&bench.fire(Timer::Deadline)), [(1, outcome)]);
        assert!(bench.held().is_some(), "nothing is taken back");
    }
}

#[test]
fn a_commit_waits_for_the_clock() {
    let versions = Versions::CommitWait { uncertainty: 1 };
    let mut bench = Bench::start(Leaderless { versions, ..quorums(1, 1, 1) }, 0);
    bench.now.0 = 5;
    assert_eq!(bench.ask(1, 1, write("1")).arm.last(), Some(&Timer::CommitWait));
    bench.now.0 = 6;
    assert!(bench.fire(Timer::CommitWait).reply.is_empty(), "another clock may read 5");
    bench.now.0 = 7;
    assert_eq!(replies(&bench.fire(Timer::CommitWait)), [(1, Outcome::Done)]);
}
