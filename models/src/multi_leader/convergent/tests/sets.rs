//! What is in a set.

use super::bench::{Bench, add, exclude, include, key, made, receivers};
use crate::multi_leader::convergent::{
    Collection, Convergent, Delivery, Event, Message, Propagation, SetRule,
};
use crate::vocabulary::{Operation, Outcome, Refusal, Value};

const ALL: [SetRule; 4] =
    [SetRule::Elements, SetRule::Additions, SetRule::Tombstones, SetRule::Context];

fn ruled(set: SetRule) -> Convergent {
    Convergent { set, delivery: Delivery::Any, ..Convergent::keeping_all(2) }
}

fn by_states(set: SetRule) -> Convergent {
    Convergent { propagation: Propagation::States, ..ruled(set) }
}

/// An element that replica 0 includes and excludes, and that replica 1 includes.
fn in_and_out_and_in(rule: SetRule) -> [Event; 3] {
    let (mut zero, mut one) = (Bench::start(ruled(rule), 0), Bench::start(ruled(rule), 1));
    [
        made(&zero.ask(1, 1, include("a"))),
        made(&zero.ask(1, 2, exclude("a"))),
        made(&one.ask(2, 1, include("a"))),
    ]
}

/// What a replica shows that hears of them in this order.
fn shown(rule: SetRule, events: [&Event; 3]) -> String {
    let policy = Convergent { replicas: 3, ..ruled(rule) };
    let mut two = Bench::start(policy, 2);
    for event in events {
        two.hear(event.dot.replica.0, &[event]);
    }
    two.text()
}

#[test]
fn whether_a_removal_takes_away_what_it_had_not_seen_is_up_to_the_rule() {
    for rule in ALL {
        let [first, removal, other] = in_and_out_and_in(rule);
        let keeps_other = if rule == SetRule::Elements { "" } else { "a" };
        assert_eq!(shown(rule, [&first, &other, &removal]), keeps_other, "{rule:?}");
        assert_eq!(shown(rule, [&first, &removal, &other]), "a", "{rule:?}");
    }
}

#[test]
fn a_removal_that_arrives_first_is_remembered_where_the_rule_says_so() {
    for (rule, expected) in ALL.into_iter().zip(["a", "a", "", ""]) {
        let [first, removal, _] = in_and_out_and_in(rule);
        let mut one = Bench::start(ruled(rule), 1);
        one.hear(0, &[&removal]);
        one.hear(0, &[&first]);
        assert_eq!(one.text(), expected, "{rule:?}");
        let kept = usize::from(rule == SetRule::Tombstones);
        assert_eq!(one.replica.durable.removed.len(), kept, "{rule:?}");
        assert_eq!(one.restart().text(), expected, "{rule:?}, after a restart");
    }
}

#[test]
fn a_state_from_before_a_removal_undoes_it_unless_the_rule_remembers() {
    for (rule, expected) in ALL.into_iter().zip(["a", "a", "", ""]) {
        let mut zero = Bench::start(by_states(rule), 0);
        let mut one = Bench::start(by_states(rule), 1);
        zero.ask(1, 1, include("a"));
        one.receive(0, zero.state());
        zero.ask(1, 2, exclude("a"));
        let before = one.state();
        zero.receive(1, before);
        assert_eq!(zero.text(), expected, "{rule:?}");
        // And once the removal has been heard of, it is removed there too.
        one.receive(0, zero.state());
        assert_eq!(one.text(), zero.text(), "{rule:?}");
    }
}

#[test]
fn elements_are_shown_once_and_in_order_however_often_they_were_included() {
    let mut zero = Bench::start(ruled(SetRule::Context), 0);
    assert_eq!(zero.outcome(1, 1, Operation::Read { key: key() }), Outcome::Found(None));
    for (request, element) in (2..).zip(["b", "a", "b"]) {
        assert_eq!(zero.outcome(1, request, include(element)), Outcome::Done);
    }
    let elements = ["a", "b"].map(Value::from).to_vec();
    assert_eq!(zero.outcome(1, 5, Operation::Read { key: key() }), Outcome::Elements(elements));
    let excluded = Outcome::Found(Some(Value::from("b")));
    assert_eq!(zero.outcome(1, 6, exclude("b")), excluded);
    assert_eq!(zero.text(), "a", "all additions that it had seen are gone");
}

#[test]
fn excluding_what_is_not_there_changes_nothing() {
    let mut zero = Bench::start(ruled(SetRule::Context), 0);
    zero.ask(1, 1, include("a"));
    let before = zero.replica.clone();
    assert_eq!(zero.outcome(1, 2, exclude("b")), Outcome::Found(None));
    assert_eq!(zero.replica, before);
}

#[test]
fn an_exclusion_that_is_asked_for_again_is_told_again() {
    let mut zero = Bench::start(ruled(SetRule::Context), 0);
    zero.ask(1, 1, include("a"));
    let excluded = Outcome::Found(Some(Value::from("a")));
    assert_eq!(zero.outcome(2, 1, exclude("a")), excluded);
    zero.ask(1, 2, include("a"));
    assert_eq!(zero.outcome(2, 1, exclude("a")), excluded);
    assert_eq!(zero.text(), "a");
}

#[test]
fn a_set_is_no_register_and_no_counter() {
    let mut zero = Bench::start(ruled(SetRule::Context), 0);
    zero.ask(1, 1, include("a"));
    let refused = Outcome::Refused(Refusal::AnotherKind);
    let value = || Value::from("1");
    let others = [
        add(1),
        Operation::Write { key: key(), value: value() },
        Operation::Delete { key: key() },
        Operation::Take { key: key() },
        Operation::CompareAndSet { key: key(), expected: None, value: value() },
    ];
    let before = zero.replica.clone();
    for (request, other) in (2..).zip(others) {
        assert_eq!(zero.outcome(1, request, other.clone()), refused, "{other}");
    }
    assert_eq!(zero.replica, before);
    let mut one = Bench::start(ruled(SetRule::Context), 1);
    one.write(1, 1);
    assert_eq!(one.outcome(1, 2, include("a")), refused);
}

fn collecting(collection: Collection) -> Convergent {
    Convergent { collection, ..by_states(SetRule::Tombstones) }
}

#[test]
fn tombstones_are_dropped_when_the_policy_lets_them_go() {
    let table = [
        (Collection::Never, [1, 1]),
        (Collection::WhenAllHaveThem, [1, 0]),
        (Collection::AfterAWhile, [0, 0]),
    ];
    for (collection, [before, after]) in table {
        let mut zero = Bench::start(collecting(collection), 0);
        let mut one = Bench::start(collecting(collection), 1);
        zero.ask(1, 1, include("a"));
        zero.ask(1, 2, exclude("a"));
        assert_eq!(zero.replica.durable.removed.len(), 1, "{collection:?}");
        let told = zero.state();
        assert_eq!(receivers(&zero.gossip()), [1]);
        assert_eq!(zero.replica.durable.removed.len(), before, "{collection:?}");
        one.receive(0, told);
        zero.receive(1, one.state());
        zero.gossip();
        let left = zero.replica.durable.removed.len();
        // What another still has comes back, and is dropped again.
        assert_eq!(left, after, "{collection:?}");
    }
}

#[test]
fn a_tombstone_waits_for_what_it_removes() {
    let collection = Collection::WhenAllHaveThem;
    let policy = Convergent { collection, ..ruled(SetRule::Tombstones) };
    let [first, removal, _] = in_and_out_and_in(SetRule::Tombstones);
    let mut one = Bench::start(policy, 1);
    one.hear(0, &[&removal]);
    one.receive(0, Message::Have([first.dot, removal.dot].into_iter().collect()));
    one.gossip();
    one.hear(0, &[&first]);
    assert_eq!(one.text(), "");
    one.gossip();
    assert!(one.replica.durable.removed.is_empty(), "now it may go");
    one.hear(0, &[&first]);
    assert_eq!(one.text(), "", "it was applied once");
}
