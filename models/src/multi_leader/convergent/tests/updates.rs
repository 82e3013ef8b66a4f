//! Taking updates.

use super::bench::{Bench, add, key, made, receivers};
use crate::multi_leader::convergent::Convergent;
use crate::vocabulary::{Operation, Outcome, Refusal, ReplicaId, Value};

fn compare_and_set(expected: Option<i64>, value: i64) -> Operation {
    let expected = expected.map(Value::from);
    Operation::CompareAndSet { key: key(), expected, value: Value::from(value) }
}

#[test]
fn an_update_is_kept_answered_and_told_to_everybody() {
    let mut one = Bench::start(Convergent::keeping_all(3), 1);
    let effects = one.ask(1, 1, add(2));
    assert!(effects.persist.is_some());
    assert_eq!(receivers(&effects), [0, 2]);
    assert_eq!(effects.reply[0].1.outcome, Outcome::Counted(2));
}

#[test]
fn a_request_is_answered_again_and_not_repeated() {
    let mut zero = Bench::start(Convergent::keeping_all(2), 0);
    assert_eq!(zero.outcome(1, 1, add(2)), Outcome::Counted(2));
    assert_eq!(zero.outcome(2, 1, add(2)), Outcome::Counted(4), "another client's");
    let effects = zero.ask(1, 1, add(2));
    assert_eq!(effects.reply[0].1.outcome, Outcome::Counted(2), "as it was answered before");
    assert!(effects.send.is_empty() && effects.persist.is_none());
    assert_eq!(zero.value(), Some(4));
}

#[test]
fn a_request_that_its_client_has_left_behind_is_not_answered() {
    let mut zero = Bench::start(Convergent::keeping_all(2), 0);
    zero.ask(1, 1, add(1));
    zero.ask(1, 2, add(1));
    assert!(zero.ask(1, 1, add(1)).is_empty());
}

#[test]
fn a_request_is_recognised_wherever_its_update_was_heard_of() {
    let mut zero = Bench::start(Convergent::keeping_all(2), 0);
    let mut one = Bench::start(Convergent::keeping_all(2), 1);
    let event = made(&zero.ask(1, 1, add(2)));
    one.hear(0, &[&event]);
    assert_eq!(one.outcome(1, 1, add(2)), Outcome::Counted(2));
    assert_eq!(one.value(), Some(2));
    let mut again = one.restart();
    assert_eq!(again.outcome(1, 1, add(2)), Outcome::Counted(2), "also after a restart");
}

#[test]
fn a_comparison_is_with_what_is_here() {
    let mut zero = Bench::start(Convergent::keeping_all(2), 0);
    assert_eq!(zero.outcome(1, 1, compare_and_set(Some(1), 2)), Outcome::Swapped(false));
    assert_eq!(zero.outcome(1, 2, compare_and_set(None, 2)), Outcome::Swapped(true));
    assert_eq!(zero.value(), Some(2));
    assert_eq!(zero.outcome(1, 3, Operation::Delete { key: key() }), Outcome::Done);
    assert_eq!(zero.value(), None);
    assert_eq!(zero.outcome(1, 4, compare_and_set(None, 3)), Outcome::Swapped(true));
}

#[test]
fn what_is_taken_is_told_and_gone_and_told_again_to_who_asks_again() {
    let mut zero = Bench::start(Convergent::keeping_all(2), 0);
    zero.write(1, 7);
    let take = || Operation::Take { key: key() };
    let taken = Outcome::Found(Some(Value::from(7)));
    assert_eq!(zero.outcome(2, 1, take()), taken);
    assert_eq!(zero.value(), None);
    assert_eq!(zero.outcome(2, 1, take()), taken);
    assert_eq!(zero.outcome(2, 2, take()), Outcome::Found(None));
}

#[test]
fn nobody_knows_all_keys_to_clear() {
    let mut zero = Bench::start(Convergent::keeping_all(2), 0);
    let before = zero.replica.clone();
    let refused = Outcome::Refused(Refusal::Unsupported);
    assert_eq!(zero.outcome(1, 1, Operation::Clear), refused);
    assert_eq!(zero.replica, before);
}

#[test]
fn reads_show_what_was_applied_and_change_nothing() {
    let mut zero = Bench::start(Convergent::keeping_all(2), 0);
    zero.write(1, 7);
    let before = zero.replica.clone();
    let found = zero.outcome(2, 1, Operation::Read { key: key() });
    assert_eq!(found, Outcome::Found(Some(Value::from(7))));
    assert_eq!(zero.replica, before);
}

#[test]
fn who_takes_part_is_not_up_to_clients() {
    let mut zero = Bench::start(Convergent::keeping_all(2), 0);
    let before = zero.replica.clone();
    for operation in [Operation::AddReplica(ReplicaId(2)), Operation::RemoveReplica(ReplicaId(1))] {
        let refused = Outcome::Refused(Refusal::ChangeImpossible);
        assert_eq!(zero.outcome(1, 1, operation), refused);
    }
    assert_eq!(zero.replica, before);
}
