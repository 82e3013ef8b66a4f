//! Repeating, asking, giving up.

use super::bench::{Bench, add, decided, granted, key, lock, prepare, sent, transaction};
use crate::multi_leader::locking::{Locking, Message, Timer, Transaction};
use crate::protocol::Protocol;
use crate::vocabulary::ReplicaId;

const OURS: Transaction = transaction(1, 0);
const THEIRS: Transaction = transaction(1, 1);

fn zero() -> Bench {
    Bench::start(Locking::wait_die(2), 0)
}

#[test]
fn a_coordinator_repeats_what_it_has_no_answer_to() {
    let mut zero = zero();
    zero.ask(1, 1, add(2));
    assert_eq!(sent(&zero.time_out(Timer::Repeat)), [(1, lock(OURS))]);
    zero.receive(1, granted(OURS, 1));
    let repeated = sent(&zero.time_out(Timer::Repeat));
    assert!(matches!(repeated[..], [(1, Message::Prepare { grant: 1, .. })]), "{repeated:?}");
    zero.receive(1, Message::Prepared(OURS));
    assert_eq!(sent(&zero.time_out(Timer::Repeat)), [(1, decided(OURS, true))]);
    zero.receive(1, Message::Applied(OURS));
    assert!(sent(&zero.time_out(Timer::Repeat)).is_empty());
}

#[test]
fn whoever_holds_a_key_for_another_asks_what_has_become_of_it() {
    let mut zero = zero();
    zero.receive(1, lock(THEIRS));
    let asked = [(1, Message::Inquire(THEIRS, key()))];
    assert_eq!(sent(&zero.time_out(Timer::Repeat)), asked);
    zero.receive(1, prepare(THEIRS, 1, 5));
    let mut zero = zero.restart();
    assert_eq!(sent(&zero.time_out(Timer::Repeat)), asked, "also after a crash");
}

#[test]
fn what_a_coordinator_does_not_remember_was_abandoned() {
    let inquiry = || Message::Inquire(OURS, key());
    let mut zero = zero();
    zero.ask(1, 1, add(2));
    assert!(sent(&zero.receive(1, inquiry())).is_empty(), "it is not decided");
    let mut zero = zero.restart();
    assert_eq!(sent(&zero.receive(1, inquiry())), [(1, decided(OURS, false))]);
}

#[test]
fn what_was_decided_is_said_again_after_a_crash() {
    let mut zero = zero();
    zero.ask(1, 1, add(2));
    zero.receive(1, granted(OURS, 1));
    zero.receive(1, Message::Prepared(OURS));
    let mut zero = zero.restart();
    let answer = sent(&zero.receive(1, Message::Inquire(OURS, key())));
    assert_eq!(answer, [(1, decided(OURS, true))]);
}

#[test]
fn no_transaction_has_the_name_of_one_before_a_crash() {
    let mut zero = zero();
    zero.ask(1, 1, add(2));
    let mut zero = zero.restart();
    assert_eq!(sent(&zero.ask(1, 2, add(2))), [(1, lock(transaction(2, 0)))]);
}

#[test]
fn an_own_lock_that_outlived_its_transaction_is_released() {
    let mut zero = zero();
    zero.ask(1, 1, add(2));
    zero.replica.pending.clear();
    zero.time_out(Timer::Repeat);
    assert!(zero.replica.locks.is_empty());
}

#[test]
fn silence_frees_locks_and_no_promises() {
    let mut zero = zero();
    zero.receive(1, lock(THEIRS));
    zero.time_out(Timer::Silence(ReplicaId(1)));
    assert!(zero.replica.locks.is_empty());
    let again = sent(&zero.receive(1, lock(THEIRS)));
    assert_eq!(again, [(1, Message::Refused(THEIRS))], "no transaction gets a key twice");
    let next = transaction(2, 1);
    zero.receive(1, lock(next));
    zero.receive(1, prepare(next, 2, 5));
    let effects = zero.time_out(Timer::Silence(ReplicaId(1)));
    assert!(zero.is_prepared());
    assert!(effects.arm.contains(&Timer::Silence(ReplicaId(1))));
}

#[test]
fn answers_about_what_is_over_are_obsolete() {
    let mut zero = zero();
    let is_obsolete = |zero: &Bench, message: Message| {
        zero.policy.is_obsolete(&message, ReplicaId(1), &zero.replica)
    };
    zero.ask(1, 1, add(2));
    assert!(!is_obsolete(&zero, granted(OURS, 1)));
    zero.receive(1, granted(OURS, 1));
    zero.receive(1, Message::Prepared(OURS));
    assert!(is_obsolete(&zero, granted(OURS, 1)));
    assert!(!is_obsolete(&zero, Message::Applied(OURS)));
    zero.receive(1, Message::Applied(OURS));
    assert!(is_obsolete(&zero, Message::Applied(OURS)));
    assert!(!is_obsolete(&zero, Message::Inquire(OURS, key())));
}
