//! Copying what other regions have decided.

use super::bench::{Bench, add};
use crate::multi_leader::home_region::{HomeRegion, Message, Timer};
use crate::protocol::Protocol;
use crate::vocabulary::ReplicaId;

const fn have(applied: u64, made: u64, time: u64) -> Message {
    Message::Have { applied, made, time }
}

/// Region 0 of two, with three decisions.
fn home() -> Bench {
    let mut home = Bench::start(HomeRegion::fixed(2), 0);
    for request in 1..=3 {
        home.ask(1, request, add("y", 1));
    }
    home
}

#[test]
fn entries_are_applied_in_their_order_and_once() {
    let entries = home().made();
    let mut copy = Bench::start(HomeRegion::fixed(2), 1);
    copy.hear(0, &entries[1..]);
    assert_eq!(copy.number("y"), None, "the first is missing");
    copy.hear(0, &entries[..2]);
    assert_eq!(copy.number("y"), Some(2));
    assert!(copy.hear(0, &entries[..1]).is_empty());
    copy.hear(0, &entries);
    assert_eq!((copy.number("y"), copy.replica.durable.applied(ReplicaId(0))), (Some(3), 3));
}

#[test]
fn a_region_that_says_how_far_it_is_gets_what_it_lacks() {
    let mut home = home();
    let effects = home.receive(1, have(1, 0, 0));
    let [(_, Message::Entries(entries))] = &effects.send[..] else { panic!("{effects:?}") };
    assert_eq!(entries.iter().map(|entry| entry.number).collect::<Vec<_>>(), [2, 3]);
    let mut few = Bench::start(HomeRegion { batch: 1, ..HomeRegion::fixed(2) }, 0);
    few.ask(1, 1, add("y", 1));
    few.ask(1, 2, add("y", 1));
    let effects = few.receive(1, have(0, 0, 0));
    let [(_, Message::Entries(entries))] = &effects.send[..] else { panic!("{effects:?}") };
    assert_eq!(entries.len(), 1, "no more than a message carries");
}

#[test]
fn a_region_that_was_away_goes_on_asking_while_there_is_more() {
    let policy = HomeRegion { batch: 2, ..HomeRegion::fixed(2) };
    let (mut home, mut copy) = (Bench::start(policy, 0), Bench::start(policy, 1));
    for request in 1..=5 {
        home.ask(1, request, add("y", 1));
    }
    let mut asks = copy.time_out(Timer::Gossip).send;
    let mut asked = 0;
    while let Some((_, have)) = asks.pop() {
        asked += 1;
        let tells = home.receive(1, have);
        let Some((_, told)) = tells.send.first() else { break };
        asks = copy.receive(0, told.clone()).send;
    }
    assert_eq!((asked, copy.number("y")), (3, Some(5)), "and the last message was not full");
    assert!(copy.hear(0, &home.made()).send.is_empty(), "it knows them");
}

#[test]
fn what_everybody_has_is_dropped() {
    let mut home = Bench::start(HomeRegion::fixed(3), 1);
    home.ask(1, 1, add("y", 1));
    home.ask(1, 2, add("y", 1));
    home.receive(0, have(2, 0, 0));
    assert_eq!(home.made().len(), 2, "one has not been heard");
    home.receive(2, have(1, 0, 0));
    assert_eq!(home.made().len(), 1);
}

#[test]
fn a_moment_is_closed_only_when_everything_before_it_is_here() {
    let entries = home().made();
    let mut copy = Bench::start(HomeRegion::fixed(2), 1);
    copy.ask(1, 9, add("x", 1));
    let stable = |copy: &Bench| copy.replica.durable.stable(&copy.policy, copy.me);
    copy.receive(0, have(0, 3, 3));
    assert_eq!(stable(&copy), 0, "it lacks three entries");
    copy.hear(0, &entries);
    assert_eq!(stable(&copy), 3);
    copy.ask(1, 10, add("x", 1));
    assert_eq!(stable(&copy), 3, "the other may still make something earlier");
    copy.receive(0, have(0, 3, 9));
    assert_eq!(stable(&copy), 4, "and this region may");
}

#[test]
fn a_region_says_to_each_how_far_it_is() {
    let mut copy = Bench::start(HomeRegion::fixed(2), 1);
    copy.hear(0, &home().made());
    let effects = copy.time_out(Timer::Gossip);
    assert_eq!(effects.send, [(ReplicaId(0), have(3, 0, 3))]);
    assert_eq!(effects.arm, [Timer::Gossip]);
}

#[test]
fn entries_that_are_known_are_obsolete_and_others_are_not() {
    let entries = home().made();
    let mut copy = Bench::start(HomeRegion::fixed(2), 1);
    copy.hear(0, &entries[..2]);
    let is_obsolete = |entries: &[_]| {
        let message = Message::Entries(entries.to_vec());
        copy.policy.is_obsolete(&message, ReplicaId(0), &copy.replica)
    };
    assert!(is_obsolete(&entries[..2]));
    assert!(!is_obsolete(&entries));
}
