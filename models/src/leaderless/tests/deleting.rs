//! Deletions: tombstones, and when they go.

use super::bench::{Bench, delete, quorums, read, receivers, replies, tag, version, write};
use crate::leaderless::{Deletion, Leaderless, Message, Timer};
use crate::vocabulary::{Outcome, ReplicaId};

fn deleted(deletion: Deletion) -> (Bench, super::bench::Effects) {
    let mut bench = Bench::start(Leaderless { deletion, ..quorums(1, 1, 3) }, 0);
    bench.ask(1, 1, write("1"));
    let effects = bench.ask(1, 2, delete());
    assert_eq!(replies(&effects), [(1, Outcome::Done)]);
    assert_eq!(replies(&bench.ask(1, 3, read())), [(1, Outcome::Found(None))]);
    (bench, effects)
}

fn stored_tombstone() -> Message {
    let mut version = version(2, 1, 0);
    version.author.request.0 = 2;
    Message::Stored { tag: tag(1, 2), versions: vec![version] }
}

#[test]
fn a_tombstone_stays() {
    let (mut bench, _) = deleted(Deletion::Tombstone);
    bench.fire(Timer::Reap);
    bench.hear(1, stored_tombstone());
    bench.hear(2, stored_tombstone());
    assert!(bench.held().is_some());
}

#[test]
fn a_tombstone_goes_once_every_home_has_stored_it() {
    let (mut bench, _) = deleted(Deletion::ReapedEverywhere);
    assert!(bench.hear(1, stored_tombstone()).is_empty());
    assert!(bench.held().is_some());
    let effects = bench.hear(2, stored_tombstone());
    assert_eq!(receivers(&effects), [1, 2]);
    assert_eq!(bench.held(), None);
}

#[test]
fn a_tombstone_that_some_home_lacks_is_sent_again() {
    let (mut bench, _) = deleted(Deletion::ReapedEverywhere);
    bench.hear(1, stored_tombstone());
    assert_eq!(receivers(&bench.fire(Timer::Resend)), [2]);
}

#[test]
fn only_the_tombstone_that_is_meant_is_dropped() {
    let (mut bench, _) = deleted(Deletion::ReapedEverywhere);
    let key = super::bench::x();
    assert!(bench.hear(1, Message::Reap { key, version: version(1, 1, 0) }).is_empty());
    assert!(bench.held().is_some());
}

#[test]
fn a_tombstone_goes_after_a_while() {
    let (mut bench, effects) = deleted(Deletion::ReapedAfterAWhile);
    assert!(effects.arm.contains(&Timer::Reap));
    bench.fire(Timer::Reap);
    assert_eq!(bench.held(), None);
}

#[test]
fn an_erased_value_leaves_nothing() {
    let (bench, effects) = deleted(Deletion::Erased);
    assert_eq!(bench.held(), None);
    assert_eq!(effects.send.len(), 2);
    assert!(effects.send.iter().all(|(to, _)| *to != ReplicaId(0)));
}
