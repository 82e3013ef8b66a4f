//! The three networks.

use super::*;
use crate::vocabulary::ReplicaId;

fn message(to: u8, body: u8) -> Shared<Envelope<u8>> {
    let (from, to) = (Address::Replica(ReplicaId(0)), Address::Replica(ReplicaId(to)));
    Shared::new(Envelope { from, to, body: Body::Message(body) })
}

fn deliverable(network: &Network<u8>, kind: NetworkKind) -> Vec<Shared<Envelope<u8>>> {
    network.deliverable(kind).cloned().collect()
}

#[test]
fn a_datagram_may_arrive_any_number_of_times() {
    let kind = NetworkKind::Datagram;
    let mut network = Network::empty();
    network.send(kind, vec![message(1, 7), message(1, 7)]);
    for _ in 0..3 {
        assert_eq!(deliverable(&network, kind), vec![message(1, 7)]);
        network.deliver(kind, &message(1, 7));
    }
}

#[test]
fn a_message_sent_twice_at_most_once_arrives_twice() {
    let kind = NetworkKind::AtMostOnce;
    let mut network = Network::empty();
    network.send(kind, vec![message(1, 7), message(1, 7)]);
    assert_eq!(deliverable(&network, kind), vec![message(1, 7)]);
    network.deliver(kind, &message(1, 7));
    assert_eq!(deliverable(&network, kind), vec![message(1, 7)]);
    network.deliver(kind, &message(1, 7));
    assert!(deliverable(&network, kind).is_empty());
}

#[test]
fn a_fifo_link_delivers_in_the_order_of_sending_and_links_are_independent() {
    let kind = NetworkKind::Fifo;
    let mut network = Network::empty();
    network.send(kind, vec![message(2, 9), message(1, 8), message(1, 7)]);
    assert_eq!(deliverable(&network, kind), vec![message(1, 8), message(2, 9)]);
    network.deliver(kind, &message(1, 8));
    assert_eq!(deliverable(&network, kind), vec![message(1, 7), message(2, 9)]);
}

#[test]
fn what_is_in_flight_does_not_depend_on_the_order_of_sending_unless_links_do() {
    for kind in [NetworkKind::Datagram, NetworkKind::AtMostOnce] {
        let mut forward = Network::empty();
        let mut backward = Network::empty();
        forward.send(kind, vec![message(1, 7), message(1, 8), message(2, 9)]);
        backward.send(kind, vec![message(2, 9), message(1, 8), message(1, 7)]);
        assert_eq!(forward, backward);
    }
}

#[test]
fn replies_that_nobody_waits_for_are_forgotten_and_nothing_else() {
    let reply = |request| {
        let (from, to) = (Address::Replica(ReplicaId(0)), Address::Client(ClientId(1)));
        let (outcome, token) = (crate::vocabulary::Outcome::Done, Default::default());
        let reply = Reply { request: RequestId(request), outcome, token, context: None };
        Shared::new(Envelope { from, to, body: Body::Reply(reply) })
    };
    let kind = NetworkKind::Datagram;
    let mut network = Network::empty();
    network.send(kind, vec![reply(1), reply(2), message(1, 7)]);
    network.forget_replies(ClientId(1), RequestId(1));
    network.forget_replies(ClientId(2), RequestId(2));
    let left: Vec<_> = network.iter().cloned().collect();
    assert_eq!(left.len(), 2);
    assert!(left.contains(&reply(2)) && left.contains(&message(1, 7)));
}
