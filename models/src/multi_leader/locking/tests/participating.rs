//! Being prepared, applying what was decided, and reading meanwhile.

use super::bench::{Bench, decided, key, lock, outcomes, prepare, sent, transaction};
use crate::multi_leader::locking::{Durable, Locking, Message, ReadRule, Transaction};
use crate::vocabulary::{Author, ClientId, Operation, Outcome, Refusal, RequestId, Value};

const THEIRS: Transaction = transaction(1, 1);

fn prepared(policy: Locking) -> Bench {
    let mut zero = Bench::start(policy, 0);
    zero.receive(1, lock(THEIRS));
    let effects = zero.receive(1, prepare(THEIRS, 1, 5));
    assert_eq!(sent(&effects), [(1, Message::Prepared(THEIRS))]);
    zero
}

fn read(replica: &mut Bench) -> Outcome {
    let [outcome] = &outcomes(&replica.ask(5, 1, Operation::Read { key: key() }))[..] else {
        panic!("one answer")
    };
    outcome.clone()
}

#[test]
fn a_promise_survives_a_crash_and_is_kept() {
    let mut zero = prepared(Locking::wait_die(2)).restart();
    assert!(zero.is_prepared());
    let effects = zero.receive(1, decided(THEIRS, true));
    assert_eq!(sent(&effects), [(1, Message::Applied(THEIRS))]);
    assert_eq!((zero.number(), zero.is_prepared()), (Some(5), false));
    let again = zero.receive(1, decided(THEIRS, true));
    assert_eq!(sent(&again), [(1, Message::Applied(THEIRS))], "it may not have been heard");
    assert!(again.persist.is_none());
}

#[test]
fn what_is_abandoned_is_forgotten() {
    let mut zero = prepared(Locking::wait_die(2));
    assert!(sent(&zero.receive(1, decided(THEIRS, false))).is_empty());
    assert_eq!((zero.number(), zero.is_prepared()), (None, false));
}

#[test]
fn whoever_holds_nothing_is_not_prepared() {
    let mut zero = Bench::start(Locking::wait_die(2), 0);
    let refused = [(1, Message::Refused(THEIRS))];
    assert_eq!(sent(&zero.receive(1, prepare(THEIRS, 1, 5))), refused, "never locked");
    zero.receive(1, lock(THEIRS));
    assert_eq!(sent(&zero.receive(1, prepare(THEIRS, 2, 5))), refused, "another grant");
    let mut zero = zero.restart();
    assert_eq!(sent(&zero.receive(1, prepare(THEIRS, 1, 5))), refused, "lost in a crash");
    let mut zero = prepared(Locking::wait_die(3));
    let other = transaction(1, 2);
    assert_eq!(sent(&zero.receive(2, prepare(other, 1, 5))), [(2, Message::Refused(other))]);
}

#[test]
fn a_request_is_known_wherever_it_was_applied() {
    let mut zero = prepared(Locking::wait_die(2));
    zero.receive(1, decided(THEIRS, true));
    let effects = zero.ask(9, 1, super::bench::add(5));
    assert_eq!(outcomes(&effects), [Outcome::Counted(5)]);
}

#[test]
fn nothing_is_read_of_a_key_that_is_prepared_to_change() {
    let mut zero = prepared(Locking::wait_die(2));
    assert_eq!(read(&mut zero), Outcome::Refused(Refusal::Locked));
    zero.receive(1, decided(THEIRS, true));
    assert_eq!(read(&mut zero), Outcome::Found(Some(Value::from(5))));
    let mut heedless = prepared(Locking { read: ReadRule::Heedless, ..Locking::wait_die(2) });
    assert_eq!(read(&mut heedless), Outcome::Found(None));
}

#[test]
fn only_its_coordinator_speaks_for_a_transaction() {
    let mut zero = prepared(Locking::wait_die(3));
    assert!(sent(&zero.receive(2, decided(THEIRS, true))).is_empty());
    assert!(zero.is_prepared());
    assert!(sent(&zero.receive(1, Message::Applied(THEIRS))).is_empty(), "it is not their own");
}

#[test]
fn an_older_request_that_is_decided_later_does_not_hide_a_younger_one() {
    let mut durable = Durable::default();
    let author = |request| Author { client: ClientId(9), request: RequestId(request) };
    durable.note(author(2), Outcome::Counted(2));
    durable.note(author(1), Outcome::Counted(1));
    let known = durable.answered.get(&ClientId(9)).map(|answered| answered.request);
    assert_eq!(known, Some(RequestId(2)));
}
