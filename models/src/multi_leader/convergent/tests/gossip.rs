//! Telling again what may have been lost.

use super::bench::{Bench, add, made, receivers};
use crate::multi_leader::convergent::{Convergent, Message, Propagation, Timer, Topology};

#[test]
fn whoever_lacks_something_is_told_what() {
    let mut zero = Bench::start(Convergent::keeping_all(2), 0);
    let mut one = Bench::start(Convergent::keeping_all(2), 1);
    let events = [1, 2, 3].map(|request| zero.write(1, request));
    one.hear(0, &[&events[0]]);
    let asks = one.gossip();
    assert_eq!(asks.arm, [Timer::Gossip]);
    let [(to, have)] = &asks.send[..] else { panic!("it says what it has: {asks:?}") };
    assert_eq!(to.0, 0);
    let tells = zero.receive(1, have.clone());
    let [(_, Message::Events(told))] = &tells.send[..] else { panic!("{tells:?}") };
    assert_eq!(*told, [events[1].clone(), events[2].clone()]);
    one.receive(0, Message::Events(told.clone()));
    assert_eq!(one.applied().len(), 3);
}

#[test]
fn no_message_tells_more_than_a_batch_and_each_that_is_full_is_followed_by_another() {
    let policy = Convergent { batch: 2, ..Convergent::keeping_all(2) };
    let (mut zero, mut one) = (Bench::start(policy, 0), Bench::start(policy, 1));
    let events = [1, 2, 3, 4, 5].map(|request| zero.write(1, request));
    let mut asks = one.gossip().send;
    let mut lengths = Vec::new();
    while let Some((_, have)) = asks.pop() {
        let tells = zero.receive(1, have);
        let Some((_, Message::Events(told))) = tells.send.first() else { break };
        lengths.push(told.len());
        asks = one.receive(0, Message::Events(told.clone())).send;
    }
    assert_eq!((lengths, one.applied().len()), (vec![2, 2, 1], 5));
    assert!(one.receive(0, Message::Events(events.to_vec())).send.is_empty(), "it knows them");
}

/// What depends on something that is lacking too would only wait for it, and take up its place for ever.
#[test]
fn of_more_than_a_batch_what_can_be_applied_comes_first() {
    let policy = Convergent { batch: 1, ..Convergent::keeping_all(3) };
    let (mut zero, mut one, mut two) =
        (Bench::start(policy, 0), Bench::start(policy, 1), Bench::start(policy, 2));
    let cause = two.write(1, 1);
    zero.hear(2, &[&cause]);
    for request in 2..=5 {
        zero.write(1, request);
    }
    for rounds in 0.. {
        assert!(rounds < 6, "replica 1 has only {:?}", one.applied());
        let Some((_, have)) = one.gossip().send.first().cloned() else { panic!("it asks") };
        let tells = zero.receive(1, have);
        let Some((_, told)) = tells.send.first() else { break };
        one.receive(0, told.clone());
    }
    assert_eq!(one.applied(), zero.applied());
}

#[test]
fn what_everybody_has_is_told_no_more() {
    let mut zero = Bench::start(Convergent::keeping_all(3), 0);
    let event = zero.write(1, 1);
    let have = || Message::Have([event.dot].into_iter().collect());
    assert!(zero.receive(1, have()).persist.is_none());
    assert_eq!(zero.applied().len(), 1, "replica 2 may lack it");
    assert!(zero.receive(2, have()).persist.is_some());
    assert_eq!(zero.applied().len(), 0);
    assert_eq!(zero.value(), Some(1), "only the telling ends");
}

#[test]
fn what_others_have_is_asked_again_after_a_restart() {
    let mut zero = Bench::start(Convergent::keeping_all(3), 0);
    let event = zero.write(1, 1);
    zero.receive(1, Message::Have([event.dot].into_iter().collect()));
    let again = zero.restart();
    assert!(again.replica.known.is_empty());
    assert_eq!(again.applied(), [event.dot]);
}

#[test]
fn in_a_ring_one_asks_the_replica_before() {
    let policy = Convergent { topology: Topology::Ring, ..Convergent::keeping_all(3) };
    let mut one = Bench::start(policy, 1);
    assert_eq!(receivers(&one.gossip()), [0]);
    let event = one.write(1, 1);
    let tells = one.receive(0, Message::Have(Default::default()));
    assert!(tells.is_empty(), "replica 0 hears from replica 2");
    assert_eq!(one.applied(), [event.dot]);
}

#[test]
fn states_are_told_whole() {
    let policy = Convergent { propagation: Propagation::States, ..Convergent::keeping_all(2) };
    let (mut zero, mut one) = (Bench::start(policy, 0), Bench::start(policy, 1));
    zero.ask(1, 1, add(3));
    let tells = zero.gossip();
    let [(_, state)] = &tells.send[..] else { panic!("{tells:?}") };
    one.ask(2, 1, add(4));
    one.receive(0, state.clone());
    assert_eq!(one.value(), Some(7));
    let before = one.replica.clone();
    assert!(one.receive(0, state.clone()).is_empty(), "it knows that");
    assert_eq!(one.replica, before);
    assert!(one.applied().is_empty(), "there is nothing to tell one by one");
}

#[test]
#[should_panic(expected = "no update was told")]
fn states_are_no_updates() {
    let policy = Convergent { propagation: Propagation::States, ..Convergent::keeping_all(2) };
    made(&Bench::start(policy, 0).ask(1, 1, add(3)));
}
