//! The order, and who has how much of it.

use super::bench::{Bench, add, ordered, sent, transaction};
use crate::multi_leader::certification::{
    Acknowledgement, Certification, Message, Retention, Safeguard,
};
use crate::vocabulary::{Epoch, LogPosition};

const FIRST: Epoch = Epoch(0);

#[test]
fn the_sequencer_numbers_what_it_is_handed_once() {
    let mut zero = Bench::start(Certification::write_sets(3), 0);
    let (first, second) = (transaction(1, 0, &[], &["x"]), transaction(2, 0, &[], &["y"]));
    let told = zero.receive(1, Message::Submit(first.clone()));
    assert_eq!(sent(&told), [1, 2].map(|to| (to, ordered(1, first.clone()))));
    assert!(sent(&zero.receive(2, Message::Submit(first))).is_empty(), "it is in the order");
    let told = zero.receive(2, Message::Submit(second.clone()));
    assert_eq!(sent(&told)[0], (1, ordered(2, second)));
}

#[test]
fn what_arrives_too_early_waits() {
    let mut one = Bench::start(Certification::write_sets(2), 1);
    one.receive(0, ordered(2, transaction(2, 0, &[], &["y"])));
    assert_eq!((one.commits(2), one.value("y")), (None, None));
    one.receive(0, ordered(1, transaction(1, 0, &[], &["x"])));
    assert_eq!([one.commits(1), one.commits(2)], [Some(true), Some(true)]);
    assert_eq!(one.replica.durable.applied, LogPosition(2));
}

#[test]
fn without_the_order_it_does_not() {
    let all = Certification::write_sets(2);
    let safeguards = all.safeguards.without(Safeguard::OrderKept);
    let mut one = Bench::start(Certification { safeguards, ..all }, 1);
    one.receive(0, ordered(2, transaction(2, 0, &[], &["x"])));
    one.receive(0, ordered(1, transaction(1, 0, &[], &["x"])));
    assert_eq!([one.commits(1), one.commits(2)], [Some(false), Some(true)]);
    assert_eq!(one.replica.durable.applied, LogPosition(2));
}

#[test]
fn nobody_but_the_sequencer_makes_the_order() {
    let mut one = Bench::start(Certification::write_sets(3), 1);
    one.receive(2, ordered(1, transaction(1, 0, &[], &["x"])));
    assert_eq!(one.commits(1), None);
    one.receive(2, Message::Submit(transaction(1, 0, &[], &["x"])));
    assert_eq!(one.commits(1), None);
}

#[test]
fn whoever_asks_what_is_missing_is_told() {
    let mut zero = Bench::start(Certification::write_sets(2), 0);
    let (first, second) = (transaction(1, 0, &[], &["x"]), transaction(2, 0, &[], &["y"]));
    zero.receive(1, Message::Submit(first));
    zero.receive(1, Message::Submit(second.clone()));
    let told = zero.receive(1, Message::Missing(FIRST, LogPosition(1)));
    assert_eq!(sent(&told), [(1, ordered(2, second))]);
}

#[test]
fn everybody_has_what_each_has() {
    let acknowledgement = Acknowledgement::Everywhere;
    let policy = Certification { acknowledgement, ..Certification::write_sets(3) };
    let mut zero = Bench::start(policy, 0);
    zero.receive(1, Message::Submit(transaction(1, 0, &[], &["x"])));
    assert!(sent(&zero.receive(1, Message::Held(FIRST, LogPosition(1)))).is_empty());
    let stable = Message::Stable(FIRST, LogPosition(1));
    let told = zero.receive(2, Message::Held(FIRST, LogPosition(1)));
    assert_eq!(sent(&told), [(1, stable.clone()), (2, stable.clone())]);
    let again = zero.receive(2, Message::Held(FIRST, LogPosition(1)));
    assert!(sent(&again).is_empty(), "they know");
    let asked = zero.receive(2, Message::Missing(FIRST, LogPosition(1)));
    assert_eq!(sent(&asked), [(2, stable)], "unless they ask");
}

#[test]
fn the_order_is_forgotten_up_to_where_everybody_has_it() {
    let retention = Retention::UntilEverywhere;
    let policy = Certification { retention, ..Certification::write_sets(3) };
    let (mut zero, mut one) = (Bench::start(policy, 0), Bench::start(policy, 1));
    let (first, second) = (transaction(1, 0, &[], &["x"]), transaction(2, 0, &[], &["y"]));
    for (position, transaction) in (1..).zip([first, second]) {
        zero.receive(1, Message::Submit(transaction.clone()));
        one.receive(0, ordered(position, transaction));
    }
    zero.receive(1, Message::Missing(FIRST, LogPosition(2)));
    assert_eq!(zero.commits(1), Some(true), "replica 2 may ask for it");
    let told = zero.receive(2, Message::Missing(FIRST, LogPosition(1)));
    let stable = Message::Stable(FIRST, LogPosition(1));
    assert!(sent(&told).contains(&(1, stable.clone())), "the others hear of it");
    assert_eq!((zero.commits(1), zero.commits(2)), (None, Some(true)));
    one.receive(0, stable);
    assert_eq!((one.commits(1), one.commits(2)), (None, Some(true)));
    let again = zero.receive(1, Message::Submit(transaction(1, 0, &[], &["x"])));
    assert!(sent(&again).is_empty(), "what is forgotten is recognised all the same");
    assert_eq!(one.restart().replica.durable.forgotten, LogPosition(1));
}

#[test]
fn so_much_is_told_at_once_and_what_is_too_far_off_is_not_kept() {
    let policy = Certification { batch: 1, ..Certification::write_sets(2) };
    let mut zero = Bench::start(policy, 0);
    for client in 1..4 {
        zero.receive(1, Message::Submit(transaction(client, 0, &[], &[])));
    }
    let told = zero.receive(1, Message::Missing(FIRST, LogPosition(1)));
    assert_eq!(sent(&told), [(1, ordered(2, transaction(2, 0, &[], &[])))]);
    let mut one = Bench::start(policy, 1);
    one.receive(0, ordered(1 << 17, transaction(1, 0, &[], &[])));
    assert!(one.replica.early.is_empty());
}

#[test]
fn whoever_asks_for_something_else_waits_for_nothing_from_before() {
    let mut one = Bench::start(Certification::write_sets(2), 1);
    one.ask(5, 1, add(1));
    one.ask(6, 1, add(1));
    one.ask_after(9, 5, 2, add(2));
    assert!(one.ask(5, 1, add(1)).send.is_empty(), "its client has gone on");
    let handed_in: Vec<_> = one.replica.pending.keys().map(|author| author.client.0).collect();
    assert_eq!((handed_in, one.replica.waiting.len()), (vec![6], 1));
    assert_eq!(one.replica.asked.len(), 1, "it has not seen what its session has");
}

#[test]
fn what_may_have_been_lost_is_handed_in_again() {
    let mut one = Bench::start(Certification::write_sets(2), 1);
    let submitted = sent(&one.ask(5, 1, add(1)));
    let missing = (0, Message::Missing(FIRST, LogPosition(0)));
    assert_eq!(sent(&one.repeat()), [submitted, vec![missing]].concat());
}
