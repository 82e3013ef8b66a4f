//! Applying the updates of others.

use super::bench::{Bench, add, made, receivers};
use crate::multi_leader::convergent::{
    Convergent, CounterRule, Delivery, Event, Message, Topology,
};
use crate::vocabulary::Dot;

fn delivering(delivery: Delivery) -> Convergent {
    Convergent { delivery, ..Convergent::keeping_all(3) }
}

/// A first and a second update of replica 0, and one of replica 1 that has seen the first.
fn updates(delivery: Delivery) -> [Event; 3] {
    let mut zero = Bench::start(delivering(delivery), 0);
    let mut one = Bench::start(delivering(delivery), 1);
    let first = zero.write(1, 1);
    let second = zero.write(1, 2);
    one.hear(0, &[&first]);
    let answer = one.write(2, 1);
    [first, second, answer]
}

#[test]
fn causes_are_waited_for() {
    let [first, second, answer] = updates(Delivery::Causal);
    let mut two = Bench::start(delivering(Delivery::Causal), 2);
    two.hear(1, &[&answer]);
    two.hear(0, &[&second]);
    assert_eq!((two.applied().len(), two.replica.waiting.len()), (0, 2));
    let effects = two.hear(0, &[&first]);
    assert_eq!((two.applied().len(), two.replica.waiting.len()), (3, 0));
    assert!(effects.persist.is_some());
}

#[test]
fn the_updates_of_one_replica_are_waited_for() {
    let [first, second, answer] = updates(Delivery::Fifo);
    let mut two = Bench::start(delivering(Delivery::Fifo), 2);
    two.hear(1, &[&answer]);
    assert_eq!(two.applied(), [answer.dot], "nothing else of replica 1 comes before it");
    two.hear(0, &[&second]);
    assert_eq!(two.applied(), [answer.dot]);
    two.hear(0, &[&first]);
    assert_eq!(two.applied().len(), 3);
}

#[test]
fn nothing_is_waited_for() {
    let [_, second, _] = updates(Delivery::Any);
    let mut two = Bench::start(delivering(Delivery::Any), 2);
    two.hear(0, &[&second]);
    assert_eq!(two.applied(), [second.dot]);
    assert_eq!(
        two.replica.durable.delivered.next(second.dot.replica),
        Dot { counter: 1, ..second.dot }
    );
}

#[test]
fn what_arrives_again_changes_nothing() {
    let policy = Convergent { counter: CounterRule::Additions, ..delivering(Delivery::Any) };
    let (mut zero, mut one) = (Bench::start(policy, 0), Bench::start(policy, 1));
    let event = made(&zero.ask(1, 1, add(4)));
    one.hear(0, &[&event]);
    let before = one.replica.clone();
    let effects = one.hear(0, &[&event, &event]);
    assert!(effects.is_empty());
    assert_eq!(one.replica, before);
}

#[test]
fn in_a_ring_everybody_passes_on_to_the_next_but_not_to_the_maker() {
    let policy = Convergent { topology: Topology::Ring, ..Convergent::keeping_all(3) };
    let mut ring = [0, 1, 2].map(|me| Bench::start(policy, me));
    let effects = ring[0].ask(1, 1, add(1));
    assert_eq!(receivers(&effects), [1]);
    let event = made(&effects);
    assert_eq!(receivers(&ring[1].hear(0, &[&event])), [2]);
    assert!(receivers(&ring[2].hear(1, &[&event])).is_empty(), "replica 0 made it");
}

#[test]
fn in_a_star_the_hub_passes_on_to_everybody_else() {
    let policy = Convergent { topology: Topology::Star, ..Convergent::keeping_all(4) };
    let mut star = [0, 1, 2, 3].map(|me| Bench::start(policy, me));
    let effects = star[2].ask(1, 1, add(1));
    assert_eq!(receivers(&effects), [0]);
    let event = made(&effects);
    assert_eq!(receivers(&star[0].hear(2, &[&event])), [1, 3]);
    assert!(receivers(&star[1].hear(0, &[&event])).is_empty());
}

#[test]
fn a_stranger_is_not_heard() {
    let mut zero = Bench::start(Convergent::keeping_all(2), 0);
    let before = zero.replica.clone();
    let effects = zero.receive(7, Message::Have(zero.replica.durable.delivered.clone()));
    assert!(effects.is_empty());
    assert_eq!(zero.replica, before);
}
