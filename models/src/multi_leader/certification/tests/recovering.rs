//! A sequencer that was down.

use super::bench::{Bench, ordered, outcomes, sent, transact, transaction};
use crate::multi_leader::certification::{
    Acknowledgement, Certification, Flush, Message, Safeguard,
};
use crate::protocol::SyncPolicy;
use crate::vocabulary::{Epoch, LogPosition, Outcome};

fn unflushed() -> Certification {
    Certification {
        acknowledgement: Acknowledgement::Everywhere,
        flush: Flush::Later,
        ..Certification::write_sets(2)
    }
}

/// A sequencer that has put one transaction into the order, and is back.
fn back(policy: Certification) -> Bench {
    let mut zero = Bench::start(policy, 0);
    zero.receive(1, Message::Submit(transaction(1, 0, &[], &["x"])));
    zero.restart()
}

#[test]
fn one_that_flushes_first_goes_on_at_once() {
    let mut zero = back(Certification::write_sets(2));
    assert!(sent(&zero.started).is_empty());
    zero.receive(1, Message::Submit(transaction(2, 0, &[], &["y"])));
    assert_eq!(zero.commits(2), Some(true));
}

#[test]
fn one_that_does_not_asks_first() {
    let mut zero = back(unflushed());
    let ask = (1, Message::Recover(Epoch(1), LogPosition(1)));
    assert_eq!(sent(&zero.started), std::slice::from_ref(&ask));
    let persisted = zero.started.persist.clone().expect("its life has a number");
    assert_eq!(persisted.sync, SyncPolicy::BeforeRelease);
    zero.receive(1, Message::Submit(transaction(3, 0, &[], &["z"])));
    assert_eq!(zero.commits(2), None, "what is next is not known");
    assert_eq!(sent(&zero.repeat()), [ask], "it may have been lost");
    let tail = vec![transaction(2, 0, &[], &["y"])];
    let answer = |epoch| Message::Recovered {
        epoch: Epoch(epoch),
        after: LogPosition(1),
        transactions: tail.clone(),
    };
    zero.receive(1, answer(0));
    assert_eq!(zero.commits(2), None, "that was told to another life");
    zero.receive(1, answer(1));
    assert_eq!(zero.commits(2), Some(true));
    zero.receive(1, Message::Submit(transaction(3, 0, &[], &["z"])));
    assert_eq!(zero.commits(3), Some(true));
}

#[test]
fn alone_it_asks_nobody() {
    let mut zero = Bench::start(Certification { replicas: 1, ..unflushed() }, 0);
    let done = [Outcome::Transacted(Vec::new())];
    assert_eq!(outcomes(&zero.ask(5, 1, transact(&[], &[("x", "1")]))), done);
    let mut zero = zero.restart();
    assert_eq!(outcomes(&zero.ask(5, 2, transact(&[], &[("x", "2")]))), done);
}

#[test]
fn unless_nobody_tells_it_to() {
    let policy = unflushed();
    let safeguards = policy.safeguards.without(Safeguard::SequencerAsks);
    let mut zero = back(Certification { safeguards, ..policy });
    assert!(sent(&zero.started).is_empty());
    zero.receive(1, Message::Submit(transaction(2, 0, &[], &["y"])));
    assert_eq!(zero.commits(2), Some(true));
}

#[test]
fn whoever_was_asked_heeds_no_earlier_life() {
    let mut one = Bench::start(unflushed(), 1);
    one.receive(0, ordered(1, transaction(1, 0, &[], &["x"])));
    let told = one.receive(0, Message::Recover(Epoch(1), LogPosition(0)));
    let transactions = vec![transaction(1, 0, &[], &["x"])];
    let recovered = Message::Recovered { epoch: Epoch(1), after: LogPosition(0), transactions };
    assert_eq!(sent(&told), [(0, recovered)]);
    let persisted = told.persist.expect("it must not forget that");
    assert_eq!(persisted.sync, SyncPolicy::BeforeRelease);
    one.receive(0, ordered(2, transaction(2, 0, &[], &["y"])));
    assert_eq!(one.commits(2), None);
    one.receive(0, Message::Stable(Epoch(0), LogPosition(1)));
    assert_eq!(one.replica.everywhere, LogPosition::ZERO);
    assert!(sent(&one.receive(0, Message::Recover(Epoch(0), LogPosition(0)))).is_empty());
}
