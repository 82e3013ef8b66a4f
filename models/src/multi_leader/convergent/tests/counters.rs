//! Counting, and what is given out.

use super::bench::{Bench, add, key, made};
use crate::multi_leader::convergent::{Convergent, CounterRule, Limit, Sum};
use crate::vocabulary::{Operation, Outcome, Refusal, ReplicaId, Value};

fn limited(limit: Limit) -> Convergent {
    Convergent { limit, ..Convergent::keeping_all(2) }
}

#[test]
fn each_replica_tells_its_own_sum() {
    let mut zero = Bench::start(Convergent::keeping_all(2), 0);
    let mut one = Bench::start(Convergent::keeping_all(2), 1);
    let first = made(&zero.ask(1, 1, add(5)));
    let second = made(&zero.ask(1, 2, add(-2)));
    assert_eq!(one.outcome(2, 1, add(10)), Outcome::Counted(10));
    one.hear(0, &[&first, &second]);
    assert_eq!(one.value(), Some(13));
    assert_eq!(one.cell().counter.of(ReplicaId(0)), Sum { plus: 5, minus: 2 });
}

#[test]
fn without_a_limit_a_counter_may_fall_below_zero() {
    let mut zero = Bench::start(limited(Limit::None), 0);
    assert_eq!(zero.outcome(1, 1, add(-3)), Outcome::Counted(-3));
}

#[test]
fn nobody_takes_what_is_not_there_as_far_as_they_know() {
    let mut zero = Bench::start(limited(Limit::Checked), 0);
    let refused = Outcome::Refused(Refusal::Unavailable);
    assert_eq!(zero.outcome(1, 1, add(-1)), refused);
    assert_eq!(zero.outcome(1, 1, add(2)), Outcome::Counted(2));
    assert_eq!(zero.outcome(1, 2, add(-2)), Outcome::Counted(0));
    assert_eq!(zero.outcome(1, 3, add(-1)), refused);
}

#[test]
fn in_escrow_a_replica_takes_only_what_it_has_put_there() {
    let mut zero = Bench::start(limited(Limit::Escrow), 0);
    let mut one = Bench::start(limited(Limit::Escrow), 1);
    let stock = made(&zero.ask(1, 1, add(2)));
    one.hear(0, &[&stock]);
    assert_eq!(one.value(), Some(2));
    assert_eq!(one.outcome(2, 1, add(-1)), Outcome::Refused(Refusal::Unavailable));
    assert_eq!(zero.outcome(1, 2, add(-2)), Outcome::Counted(0));
}

#[test]
fn a_sum_that_is_out_of_range_is_refused_and_changes_nothing() {
    for rule in [CounterRule::PerReplica, CounterRule::Additions] {
        let mut zero = Bench::start(Convergent { counter: rule, ..limited(Limit::None) }, 0);
        assert_eq!(zero.outcome(1, 1, add(i64::MAX)), Outcome::Counted(i64::MAX));
        let before = zero.replica.clone();
        assert_eq!(zero.outcome(1, 2, add(1)), Outcome::Refused(Refusal::OutOfRange));
        assert_eq!(zero.replica, before);
    }
}

#[test]
fn what_two_replicas_bring_out_of_range_stays_in_range_for_readers() {
    let mut zero = Bench::start(Convergent::keeping_all(2), 0);
    let mut one = Bench::start(Convergent::keeping_all(2), 1);
    let large = made(&zero.ask(1, 1, add(i64::MAX)));
    one.ask(2, 1, add(i64::MAX));
    one.hear(0, &[&large]);
    assert_eq!(one.value(), Some(i64::MAX));
    assert_eq!(one.cell().counter.total(), 2 * i128::from(i64::MAX));
}

#[test]
fn a_register_is_no_counter_and_a_counter_no_register() {
    let mut zero = Bench::start(Convergent::keeping_all(2), 0);
    let refused = Outcome::Refused(Refusal::AnotherKind);
    let write = || Operation::Write { key: key(), value: Value::from("a") };
    assert_eq!(zero.outcome(1, 1, write()), Outcome::Done);
    assert_eq!(zero.outcome(1, 2, add(1)), refused);
    let mut one = Bench::start(Convergent::keeping_all(2), 1);
    assert_eq!(one.outcome(1, 1, add(1)), Outcome::Counted(1));
    assert_eq!(one.outcome(1, 2, write()), refused);
    assert_eq!(one.outcome(1, 3, Operation::Delete { key: key() }), refused);
}
