//! Reading.

use super::bench::{Bench, add, outcome, passed_on};
use crate::multi_leader::home_region::{HomeRegion, Message, ReadRule};
use crate::vocabulary::{Key, Operation, Outcome, Refusal, Value};

const BEHIND: Outcome = Outcome::Refused(Refusal::Behind);

fn reading(read: ReadRule) -> HomeRegion {
    HomeRegion { read, ..HomeRegion::fixed(2) }
}

fn found(number: i64) -> Outcome {
    Outcome::Found(Some(Value::from(number)))
}

#[test]
fn a_copy_shows_what_it_has_unless_the_session_has_seen_more() {
    let mut home = Bench::start(reading(ReadRule::Copy), 0);
    home.ask(1, 1, add("y", 2));
    let mut copy = Bench::start(reading(ReadRule::Copy), 1);
    assert_eq!(copy.read("y", 0), Outcome::Found(None));
    assert_eq!(copy.read("y", 1), BEHIND);
    copy.hear(0, &home.made());
    assert_eq!(copy.read("y", 1), found(2));
    assert_eq!(copy.read("x", 5), Outcome::Found(None), "it is the home of x");
}

#[test]
fn a_snapshot_shows_every_key_as_it_was_at_one_moment() {
    let mut home = Bench::start(reading(ReadRule::Snapshot), 0);
    home.ask(1, 1, add("y", 2));
    let mut copy = Bench::start(reading(ReadRule::Snapshot), 1);
    copy.hear(0, &home.made());
    copy.ask(1, 2, add("x", 4));
    assert_eq!(copy.read("y", 0), found(2));
    assert_eq!(copy.read("x", 0), Outcome::Found(None), "the other region may still write earlier");
    assert_eq!(copy.read("x", 2), BEHIND);
    copy.receive(0, Message::Have { applied: 1, made: 1, time: 2 });
    assert_eq!(copy.read("x", 2), found(4));
}

#[test]
fn a_read_at_home_is_passed_on_and_answered_there() {
    let read = Operation::Read { key: Key::from("y") };
    let mut copy = Bench::start(reading(ReadRule::Home), 1);
    let effects = copy.ask(1, 1, read.clone());
    assert!(matches!(effects.send[..], [(_, Message::Forward { .. })]), "{effects:?}");
    let mut home = Bench::start(reading(ReadRule::Home), 0);
    assert_eq!(outcome(&home.ask(1, 1, add("y", 2))), Outcome::Counted(2));
    assert_eq!(passed_on(&home.forward(1, 1, read.clone())), found(2));
    let refused = passed_on(&copy.forward(0, 2, read));
    assert_eq!(refused, Outcome::Refused(Refusal::Unavailable), "it is not the home yet");
}
