//! Taking updates at home.

use super::bench::{Bench, add, outcome, passed_on};
use crate::multi_leader::home_region::{HomeRegion, Message};
use crate::vocabulary::{Edit, Epoch, Key, Operation, Outcome, Refusal, ReplicaId, Value};

fn swap(expected: Option<&str>, value: &str) -> Operation {
    let expected = expected.map(Value::from);
    Operation::CompareAndSet { key: Key::from("y"), expected, value: Value::from(value) }
}

#[test]
fn the_home_decides_keeps_tells_and_answers() {
    let mut home = Bench::start(HomeRegion::fixed(3), 1);
    let effects = home.ask(1, 1, add("y", 2));
    assert_eq!(outcome(&effects), Outcome::Counted(2));
    let told: Vec<_> = effects.send.iter().map(|(to, _)| to.0).collect();
    assert_eq!(told, [0, 2]);
    assert_eq!(effects.reply[0].1.token.0.0, 1, "the session has seen it");
    assert_eq!(home.restart().number("y"), Some(2));
}

#[test]
fn elsewhere_an_update_is_passed_on_and_changes_nothing() {
    let mut away = Bench::start(HomeRegion::fixed(2), 1);
    let effects = away.ask(1, 1, add("y", 2));
    let [(to, Message::Forward { by, epoch, .. })] = &effects.send[..] else {
        panic!("it is forwarded: {effects:?}")
    };
    assert_eq!((*to, *by, *epoch), (ReplicaId(0), ReplicaId(1), Epoch(1)));
    assert!(effects.persist.is_none() && effects.reply.is_empty());
}

#[test]
fn what_was_passed_on_is_answered_through_the_region_that_was_asked() {
    let mut home = Bench::start(HomeRegion::fixed(2), 0);
    let effects = home.forward(1, 1, add("y", 2));
    assert_eq!(passed_on(&effects), Outcome::Counted(2));
    assert!(effects.reply.is_empty());
    let answer = effects.send.last().expect("it answers").1.clone();
    let mut away = Bench::start(HomeRegion::fixed(2), 1);
    assert_eq!(outcome(&away.receive(0, answer)), Outcome::Counted(2));
}

#[test]
fn a_request_is_answered_again_and_not_repeated() {
    let mut home = Bench::start(HomeRegion::fixed(2), 0);
    home.ask(7, 1, add("y", 2));
    assert_eq!(outcome(&home.ask(7, 1, add("y", 2))), Outcome::Counted(2));
    assert_eq!(passed_on(&home.forward(1, 1, add("y", 2))), Outcome::Counted(2), "from anywhere");
    assert_eq!(home.number("y"), Some(2));
    home.ask(7, 2, add("y", 2));
    assert!(home.ask(7, 1, add("y", 2)).is_empty(), "its client has gone on");
}

#[test]
fn a_copy_answers_again_what_its_home_has_answered() {
    let mut home = Bench::start(HomeRegion::fixed(2), 0);
    home.ask(1, 1, add("y", 2));
    let mut away = Bench::start(HomeRegion::fixed(2), 1);
    away.hear(0, &home.made());
    assert_eq!(outcome(&away.ask(1, 1, add("y", 2))), Outcome::Counted(2));
}

#[test]
fn a_comparison_that_failed_stays_failed() {
    let mut home = Bench::start(HomeRegion::fixed(2), 0);
    assert_eq!(outcome(&home.ask(1, 1, swap(Some("1"), "2"))), Outcome::Swapped(false));
    assert_eq!(outcome(&home.ask(2, 1, swap(None, "1"))), Outcome::Swapped(true));
    let mut home = home.restart();
    assert_eq!(outcome(&home.ask(1, 1, swap(Some("1"), "2"))), Outcome::Swapped(false));
    assert_eq!(home.number("y"), Some(1));
}

#[test]
fn an_update_is_later_than_what_its_client_has_seen() {
    let mut home = Bench::start(HomeRegion::fixed(2), 0);
    let effects = home.ask_having_seen(7, add("y", 1));
    assert_eq!(effects.reply[0].1.token.0.0, 8);
    assert_eq!(home.made()[0].time, 8);
}

#[test]
fn what_is_no_number_is_not_added_to() {
    let mut home = Bench::start(HomeRegion::fixed(2), 0);
    home.ask(1, 1, swap(None, "many"));
    let refused = Outcome::Refused(Refusal::NotANumber);
    assert_eq!(outcome(&home.ask(1, 2, add("y", 1))), refused);
    home.ask(1, 3, Operation::Delete { key: Key::from("y") });
    assert_eq!(outcome(&home.ask(1, 4, add("y", i64::MAX))), Outcome::Counted(i64::MAX));
    let refused = Outcome::Refused(Refusal::OutOfRange);
    assert_eq!(outcome(&home.ask(1, 5, add("y", 1))), refused);
}

#[test]
fn nobody_knows_all_keys_to_clear_nor_keeps_sets_and_texts() {
    let mut away = Bench::start(HomeRegion::fixed(2), 1);
    let refused = Outcome::Refused(Refusal::Unsupported);
    let include = Operation::Edit { key: Key::from("y"), edit: Edit::Include(Value::from("1")) };
    for operation in [Operation::Clear, include] {
        let effects = away.ask(1, 1, operation);
        assert_eq!(outcome(&effects), refused);
        assert!(effects.send.is_empty(), "its home has not to decide");
    }
}

#[test]
fn who_takes_part_is_not_up_to_clients() {
    let mut home = Bench::start(HomeRegion::fixed(2), 0);
    let refused = Outcome::Refused(Refusal::ChangeImpossible);
    assert_eq!(outcome(&home.ask(1, 1, Operation::AddReplica(ReplicaId(2)))), refused);
    assert!(home.made().is_empty());
}
