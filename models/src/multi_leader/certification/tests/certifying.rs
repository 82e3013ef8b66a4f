//! Who counts of those that did not know of each other.

use std::collections::BTreeMap;

use super::bench::{Bench, ordered, outcomes, sent, transact, transaction};
use crate::multi_leader::certification::{
    Acknowledgement, Certificate, Certification, Message, Safeguard, Transaction,
};
use crate::vocabulary::{Epoch, Key, LogPosition, Operation, Outcome, Refusal, Value};

fn start(certificate: Certificate) -> Bench {
    Bench::start(Certification { certificate, ..Certification::write_sets(2) }, 1)
}

#[test]
fn of_two_that_write_the_same_the_first_in_the_order_counts() {
    let mut one = start(Certificate::Writes);
    one.receive(0, ordered(1, transaction(1, 0, &[], &["x"])));
    one.receive(0, ordered(2, transaction(2, 0, &[], &["x", "y"])));
    assert_eq!([one.commits(1), one.commits(2)], [Some(true), Some(false)]);
    assert_eq!(one.value("y"), None, "it counts as a whole or not at all");
}

#[test]
fn whoever_knew_of_the_first_counts_too() {
    let mut one = start(Certificate::ReadsAndWrites);
    one.receive(0, ordered(1, transaction(1, 0, &[], &["x"])));
    one.receive(0, ordered(2, transaction(2, 1, &["x"], &["x"])));
    assert_eq!(one.commits(2), Some(true));
}

#[test]
fn one_that_was_aborted_is_in_nobodys_way() {
    let mut one = start(Certificate::Writes);
    one.receive(0, ordered(1, transaction(1, 0, &[], &["x"])));
    one.receive(0, ordered(2, transaction(2, 0, &[], &["x", "y"])));
    one.receive(0, ordered(3, transaction(3, 0, &[], &["y"])));
    assert_eq!([one.commits(2), one.commits(3)], [Some(false), Some(true)]);
}

#[test]
fn what_was_read_counts_only_if_it_is_compared() {
    for (certificate, commits) in
        [(Certificate::Writes, true), (Certificate::ReadsAndWrites, false)]
    {
        let mut one = start(certificate);
        one.receive(0, ordered(1, transaction(1, 0, &[], &["x"])));
        one.receive(0, ordered(2, transaction(2, 0, &["x"], &["y"])));
        assert_eq!(one.commits(2), Some(commits), "{certificate:?}");
    }
}

#[test]
fn what_was_to_stay_unchanged_counts_whatever_is_compared() {
    for (since, commits) in [(0, false), (1, true)] {
        let mut one = start(Certificate::Writes);
        one.receive(0, ordered(1, transaction(1, 0, &[], &["x"])));
        let unchanged = BTreeMap::from([(Key::from("x"), LogPosition(since))]);
        one.receive(0, ordered(2, Transaction { unchanged, ..transaction(2, 1, &[], &["y"]) }));
        assert_eq!(one.commits(2), Some(commits), "since {since}");
    }
}

#[test]
fn whoever_only_looks_is_told_at_once_that_something_has_changed() {
    let mut one = start(Certificate::Writes);
    one.receive(0, ordered(1, transaction(1, 0, &[], &["x"])));
    let mut look = |since| {
        let unchanged =
            vec![(Key::from("x"), LogPosition(1)), (Key::from("x"), LogPosition(since))];
        let reads = vec![Key::from("x")];
        outcomes(&one.ask(5, 1, Operation::Transact { reads, writes: Vec::new(), unchanged }))
    };
    assert_eq!(look(1), [Outcome::Transacted(vec![Some(Value::from("1"))])]);
    assert_eq!(look(0), [Outcome::Refused(Refusal::Conflict)], "the earlier place counts");
}

#[test]
fn without_first_committer_wins_everybody_counts() {
    let all = Certification::write_sets(2);
    let safeguards = all.safeguards.without(Safeguard::FirstCommitterWins);
    let mut one = Bench::start(Certification { safeguards, ..all }, 1);
    one.receive(0, ordered(1, transaction(1, 0, &[], &["x"])));
    one.receive(0, ordered(2, transaction(2, 0, &[], &["x"])));
    assert_eq!(one.commits(2), Some(true));
}

#[test]
fn a_client_hears_at_its_place_in_the_order_whether_it_counts() {
    let mut one = start(Certificate::Writes);
    let asked = one.ask(5, 1, transact(&["x"], &[("x", "2")]));
    let [(0, Message::Submit(own))] = &sent(&asked)[..] else { panic!("it is handed in") };
    assert!(asked.reply.is_empty(), "nobody knows whether it counts");
    one.receive(0, ordered(1, transaction(1, 0, &[], &["x"])));
    let heard = one.receive(0, ordered(2, own.clone()));
    assert_eq!(outcomes(&heard), [Outcome::Refused(Refusal::Conflict)]);
    assert_eq!(one.value("x"), Some(Value::from("1")));
    let again = one.ask(5, 1, transact(&["x"], &[("x", "2")]));
    assert_eq!(outcomes(&again), [Outcome::Refused(Refusal::Conflict)], "for good");
}

#[test]
fn where_all_have_to_have_it_a_client_hears_when_all_have() {
    let acknowledgement = Acknowledgement::Everywhere;
    let mut one =
        Bench::start(Certification { acknowledgement, ..Certification::write_sets(2) }, 1);
    let asked = one.ask(5, 1, transact(&[], &[("x", "2")]));
    let [(0, Message::Submit(own))] = &sent(&asked)[..] else { panic!("it is handed in") };
    let delivered = one.receive(0, ordered(1, own.clone()));
    assert!(delivered.reply.is_empty(), "the others may not have it");
    assert_eq!(sent(&delivered), [(0, Message::Held(Epoch(0), LogPosition(1)))]);
    assert!(one.ask(5, 1, transact(&[], &[("x", "2")])).reply.is_empty(), "it is asked again");
    let stable = one.receive(0, Message::Stable(Epoch(0), LogPosition(1)));
    assert_eq!(outcomes(&stable), [Outcome::Transacted(Vec::new())]);
}
