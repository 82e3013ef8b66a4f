//! Coordinating an update.

use super::bench::{Bench, add, decided, granted, key, lock, outcomes, sent, transaction};
use crate::multi_leader::locking::{Locking, Message};
use crate::vocabulary::{Edit, Operation, Outcome, Refusal, ReplicaId, Value};

const FIRST: crate::multi_leader::locking::Transaction = transaction(1, 0);

/// Replica 0 of two, which coordinates an addition of 2 and has everybody prepared for it.
fn committed() -> (Bench, super::bench::Effects) {
    let mut zero = Bench::start(Locking::wait_die(2), 0);
    zero.ask(1, 1, add(2));
    zero.receive(1, granted(FIRST, 1));
    let effects = zero.receive(1, Message::Prepared(FIRST));
    (zero, effects)
}

#[test]
fn an_update_begins_by_locking_everybody() {
    let mut zero = Bench::start(Locking::wait_die(3), 0);
    let effects = zero.ask(1, 1, add(2));
    assert_eq!(sent(&effects), [(1, lock(FIRST)), (2, lock(FIRST))]);
    assert_eq!(zero.replica.locks[&key()].holder, FIRST, "itself at once");
    assert!(effects.reply.is_empty());
}

#[test]
fn it_is_prepared_once_everybody_has_locked_and_by_everybodys_own_grant() {
    let mut zero = Bench::start(Locking::wait_die(3), 0);
    zero.ask(1, 1, add(2));
    assert!(sent(&zero.receive(1, granted(FIRST, 7))).is_empty(), "one is missing");
    let effects = zero.receive(2, granted(FIRST, 3));
    let grants: Vec<_> = sent(&effects)
        .into_iter()
        .map(|(to, message)| match message {
            Message::Prepare { grant, .. } => (to, grant),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(grants, [(1, 7), (2, 3)]);
    assert!(zero.is_prepared(), "itself at once");
}

#[test]
fn once_all_are_prepared_it_is_decided_kept_answered_and_told() {
    let (zero, effects) = committed();
    assert_eq!(outcomes(&effects), [Outcome::Counted(2)]);
    assert_eq!(sent(&effects), [(1, decided(FIRST, true))]);
    assert_eq!(zero.number(), Some(2));
    let zero = zero.restart();
    assert_eq!(zero.number(), Some(2));
    assert!(zero.replica.durable.decided.get(&FIRST).is_some(), "not everybody has applied it");
}

#[test]
fn a_decision_is_forgotten_once_all_have_applied_it() {
    let (mut zero, _) = committed();
    zero.receive(1, Message::Applied(FIRST));
    assert!(zero.replica.durable.decided.is_empty());
}

#[test]
fn whoever_is_refused_gives_up_and_says_so() {
    let mut zero = Bench::start(Locking::wait_die(2), 0);
    zero.ask(1, 1, add(2));
    let effects = zero.receive(1, Message::Refused(FIRST));
    assert_eq!(outcomes(&effects), [Outcome::Refused(Refusal::Locked)]);
    assert_eq!(sent(&effects), [(1, decided(FIRST, false))]);
    assert!(zero.replica.locks.is_empty() && zero.replica.pending.is_empty());
    assert!(zero.receive(1, granted(FIRST, 1)).send.is_empty(), "it is over");
}

#[test]
fn a_request_is_answered_again_and_not_repeated() {
    let (zero, _) = committed();
    let mut zero = zero.restart();
    assert_eq!(outcomes(&zero.ask(1, 1, add(2))), [Outcome::Counted(2)]);
    zero.ask(1, 2, add(2));
    assert!(zero.ask(1, 2, add(2)).is_empty(), "it is on its way");
}

#[test]
fn a_request_that_another_replica_has_coordinated_is_answered_with_what_came_of_it() {
    let mut zero = Bench::start(Locking::wait_die(2), 0);
    let other = transaction(1, 1);
    zero.receive(1, lock(other));
    zero.receive(1, super::bench::prepare(other, 1, 5));
    // An older transaction waits.
    zero.replica.durable.time = 0;
    zero.ask(9, 1, add(5));
    zero.receive(1, decided(other, true));
    let effects = zero.receive(1, granted(FIRST, 2));
    assert_eq!(outcomes(&effects), [Outcome::Counted(5)]);
    assert_eq!(zero.number(), Some(5), "once");
}

#[test]
fn a_comparison_that_fails_changes_nothing_and_is_remembered() {
    let mut one = Bench::start(Locking::wait_die(1), 0);
    one.ask(1, 1, add(2));
    let swap = |expected| Operation::CompareAndSet {
        key: key(),
        expected: Some(Value::from(expected)),
        value: Value::from(9),
    };
    assert_eq!(outcomes(&one.ask(2, 1, swap(3))), [Outcome::Swapped(false)]);
    assert_eq!(one.number(), Some(2));
    assert_eq!(outcomes(&one.ask(3, 1, add(1))), [Outcome::Counted(3)]);
    assert_eq!(outcomes(&one.ask(2, 1, swap(3))), [Outcome::Swapped(false)], "as it was");
    assert_eq!(outcomes(&one.ask(2, 2, swap(3))), [Outcome::Swapped(true)]);
}

#[test]
fn nothing_is_locked_for_what_nobody_does() {
    let mut zero = Bench::start(Locking::wait_die(2), 0);
    let include = Operation::Edit { key: key(), edit: Edit::Include(Value::from(1)) };
    for operation in [Operation::Clear, include] {
        let effects = zero.ask(1, 1, operation);
        assert_eq!(outcomes(&effects), [Outcome::Refused(Refusal::Unsupported)]);
        assert!(effects.send.is_empty());
    }
}

#[test]
fn who_takes_part_is_not_up_to_clients() {
    let mut zero = Bench::start(Locking::wait_die(2), 0);
    let effects = zero.ask(1, 1, Operation::RemoveReplica(ReplicaId(1)));
    assert_eq!(outcomes(&effects), [Outcome::Refused(Refusal::ChangeImpossible)]);
    assert!(zero.replica.pending.is_empty());
}

#[test]
fn whoever_asks_for_something_else_waits_for_nothing_from_before() {
    let mut zero = Bench::start(Locking::wait_die(2), 0);
    zero.ask(1, 1, add(2));
    let told = sent(&zero.ask(1, 2, add(3)));
    assert!(told.contains(&(1, decided(FIRST, false))), "what it asked for before is abandoned");
    let pending: Vec<_> = zero.replica.pending.values().map(|of| of.request.id.0).collect();
    assert_eq!(pending, [2]);
}
