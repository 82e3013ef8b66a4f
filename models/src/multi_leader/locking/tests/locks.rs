//! Who gets a key, and who waits.

use super::bench::{Bench, decided, granted, lock, prepare, sent, transaction};
use crate::multi_leader::locking::{Conflict, LockLife, Locking, Message};
use crate::vocabulary::Timestamp;

fn start(conflict: Conflict) -> Bench {
    Bench::start(Locking { conflict, ..Locking::wait_die(3) }, 0)
}

#[test]
fn a_free_key_is_granted_each_time_by_a_higher_number() {
    let mut zero = start(Conflict::Die);
    let (first, second) = (transaction(1, 1), transaction(2, 1));
    assert_eq!(sent(&zero.receive(1, lock(first))), [(1, granted(first, 1))]);
    assert_eq!(sent(&zero.receive(1, lock(first))), [(1, granted(first, 1))], "the same again");
    zero.receive(1, decided(first, false));
    assert_eq!(sent(&zero.receive(1, lock(second))), [(1, granted(second, 2))]);
    let mut zero = zero.restart();
    let third = transaction(3, 1);
    assert_eq!(sent(&zero.receive(1, lock(third))), [(1, granted(third, 3))], "also then");
}

#[test]
fn whoever_finds_a_key_locked_waits_or_dies() {
    let (older, holder, younger) = (transaction(1, 2), transaction(2, 1), transaction(3, 2));
    for (conflict, older_dies, younger_dies) in [
        (Conflict::Wait, false, false),
        (Conflict::WaitDie, false, true),
        (Conflict::Die, true, true),
    ] {
        let mut zero = start(conflict);
        zero.receive(1, lock(holder));
        for (other, dies) in [(older, older_dies), (younger, younger_dies)] {
            let refused = sent(&zero.receive(2, lock(other))) == [(2, Message::Refused(other))];
            assert_eq!(refused, dies, "{conflict:?} {other}");
        }
    }
}

#[test]
fn the_oldest_that_waits_is_next_and_the_others_wait_for_it() {
    let [first, second, holder] = [(1, 2), (2, 2), (3, 1)].map(|(time, of)| transaction(time, of));
    let mut zero = start(Conflict::Wait);
    for of in [holder, second, first] {
        zero.receive(of.coordinator.0, lock(of));
    }
    assert_eq!(sent(&zero.receive(1, decided(holder, false))), [(2, granted(first, 2))]);
    assert_eq!(sent(&zero.receive(2, decided(first, false))), [(2, granted(second, 3))]);
}

#[test]
fn the_younger_of_two_that_wait_dies_when_the_older_gets_the_key() {
    let [first, second, holder] = [(1, 2), (2, 2), (3, 1)].map(|(time, of)| transaction(time, of));
    let mut zero = start(Conflict::WaitDie);
    for of in [holder, second, first] {
        zero.receive(of.coordinator.0, lock(of));
    }
    let passed_on = sent(&zero.receive(1, decided(holder, false)));
    assert_eq!(passed_on, [(2, granted(first, 2)), (2, Message::Refused(second))]);
}

#[test]
fn a_lock_that_is_over_goes_to_whoever_wants_it() {
    let policy =
        Locking { life: LockLife::Ticks(2), conflict: Conflict::Die, ..Locking::wait_die(3) };
    let mut zero = Bench::start(policy, 0);
    let (first, second) = (transaction(1, 1), transaction(1, 2));
    zero.receive(1, lock(first));
    zero.now = Timestamp(1);
    assert_eq!(sent(&zero.receive(2, lock(second))), [(2, Message::Refused(second))]);
    zero.now = Timestamp(2);
    assert_eq!(sent(&zero.receive(2, lock(second))), [(2, granted(second, 2))]);
    let refused = sent(&zero.receive(1, prepare(first, 1, 5)));
    assert_eq!(refused, [(1, Message::Refused(first))], "its token is an old one");
}

#[test]
fn a_promise_is_never_over() {
    let policy =
        Locking { life: LockLife::Ticks(2), conflict: Conflict::Die, ..Locking::wait_die(3) };
    let mut zero = Bench::start(policy, 0);
    let (first, second) = (transaction(1, 1), transaction(1, 2));
    zero.receive(1, lock(first));
    zero.receive(1, prepare(first, 1, 5));
    zero.now = Timestamp(9);
    assert_eq!(sent(&zero.receive(2, lock(second))), [(2, Message::Refused(second))]);
}

#[test]
fn whoever_waited_and_was_granted_the_key_when_it_asked_again_waits_no_more() {
    let policy =
        Locking { life: LockLife::Ticks(2), conflict: Conflict::Wait, ..Locking::wait_die(3) };
    let mut zero = Bench::start(policy, 0);
    let (first, second) = (transaction(1, 1), transaction(1, 2));
    zero.receive(1, lock(first));
    assert!(sent(&zero.receive(2, lock(second))).is_empty(), "it waits");
    zero.now = Timestamp(2);
    assert_eq!(sent(&zero.receive(2, lock(second))), [(2, granted(second, 2))]);
    assert!(zero.replica.waiting.is_empty());
    assert!(sent(&zero.receive(2, decided(second, false))).is_empty(), "it is over");
    assert!(zero.replica.locks.is_empty());
}

#[test]
fn whoever_waits_is_refused_once_its_coordinator_was_granted_the_key_for_a_younger_one() {
    let policy =
        Locking { life: LockLife::Ticks(2), conflict: Conflict::Wait, ..Locking::wait_die(3) };
    let mut zero = Bench::start(policy, 0);
    let (holder, older, younger) = (transaction(1, 1), transaction(1, 2), transaction(2, 2));
    zero.receive(1, lock(holder));
    zero.receive(2, lock(older));
    zero.now = Timestamp(2);
    assert_eq!(sent(&zero.receive(2, lock(younger))), [(2, granted(younger, 2))]);
    let passed_on = sent(&zero.receive(2, decided(younger, false)));
    assert_eq!(passed_on, [(2, Message::Refused(older))]);
}
