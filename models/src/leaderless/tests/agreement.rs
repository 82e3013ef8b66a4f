//! Agreeing: promises, proposals, and what is found of earlier ones.

use super::bench::{Bench, receivers, register, replies, tag, version, write, x};
use crate::leaderless::{Agreement, Leaderless, Message, Register};
use crate::vocabulary::{Operation, Outcome, Refusal, ReplicaId, Value, Version};

const AGREEING: Leaderless =
    Leaderless { agreement: Agreement::Everything, ..Leaderless::majority(3) };

fn prepare(ballot: Version) -> Message {
    Message::Prepare { tag: tag(9, 1), key: x(), ballot }
}

fn propose(ballot: Version, value: &str) -> Message {
    Message::Propose { tag: tag(9, 1), key: x(), register: register(ballot, value) }
}

fn is_preempted(effects: &super::bench::Effects) -> bool {
    matches!(effects.send[..], [(_, Message::Preempted { .. })])
}

#[test]
fn whoever_has_promised_ignores_lower_ballots() {
    let mut bench = Bench::start(AGREEING, 1);
    bench.hear(2, prepare(version(5, 9, 2)));
    assert!(is_preempted(&bench.hear(0, prepare(version(4, 9, 0)))));
    assert!(is_preempted(&bench.hear(0, propose(version(4, 9, 0), "1"))));
    assert!(is_preempted(&bench.hear(0, propose(version(5, 9, 0), "1"))), "origins break ties");
    assert_eq!(bench.held(), None);
    assert!(!is_preempted(&bench.hear(2, propose(version(5, 9, 2), "2"))));
    assert!(bench.held().is_some());
}

#[test]
fn a_promise_survives_a_restart() {
    let mut bench = Bench::start(AGREEING, 1);
    bench.hear(2, prepare(version(5, 9, 2)));
    let mut bench = bench.restart();
    assert!(is_preempted(&bench.hear(0, prepare(version(4, 9, 0)))));
}

#[test]
fn a_change_is_made_of_the_latest_that_somebody_has_accepted() {
    let mut bench = Bench::start(AGREEING, 0);
    let effects = bench.ask(1, 1, Operation::Add { key: x(), amount: 1 });
    let ballot = version(1, 1, 0);
    assert_eq!(receivers(&effects), [1, 2]);
    let accepted = register(version(0, 7, 2), "41");
    let promise = Message::Promise { tag: tag(1, 1), ballot, register: accepted };
    let effects = bench.hear(2, promise);
    let proposal = Message::Propose { tag: tag(1, 1), key: x(), register: register(ballot, "42") };
    assert_eq!(effects.send, [(ReplicaId(1), proposal.clone()), (ReplicaId(2), proposal)]);
    let effects = bench.hear(1, Message::Accepted { tag: tag(1, 1), ballot });
    assert_eq!(replies(&effects), [(1, Outcome::Counted(42))]);
}

#[test]
fn a_read_proposes_what_it_finds() {
    let mut bench = Bench::start(AGREEING, 0);
    bench.ask(1, 1, super::bench::read());
    let found = register(version(0, 7, 2), "41");
    let ballot = version(1, 1, 0);
    let effects = bench.hear(2, Message::Promise { tag: tag(1, 1), ballot, register: found });
    let Some((_, Message::Propose { register, .. })) = effects.send.first() else {
        panic!("nothing is proposed");
    };
    assert_eq!(register.values(), [Value::from("41")]);
    let author = register.latest().map(|cell| cell.version.author.client.0);
    assert_eq!(author, Some(7), "whose update it is stays known");
}

#[test]
fn whoever_is_preempted_before_it_proposes_has_changed_nothing() {
    let mut bench = Bench::start(AGREEING, 0);
    bench.ask(1, 1, write("1"));
    let ballot = version(1, 1, 0);
    let effects = bench.hear(1, Message::Preempted { tag: tag(1, 1), ballot });
    assert_eq!(replies(&effects), [(1, Outcome::Refused(Refusal::Unavailable))]);
}

#[test]
fn whoever_is_preempted_after_it_proposed_does_not_know() {
    let mut bench = Bench::start(AGREEING, 0);
    bench.ask(1, 1, write("1"));
    let ballot = version(1, 1, 0);
    let nothing = Register::default();
    bench.hear(1, Message::Promise { tag: tag(1, 1), ballot, register: nothing });
    let effects = bench.hear(2, Message::Preempted { tag: tag(1, 1), ballot });
    assert_eq!(replies(&effects), [(1, Outcome::Indeterminate)]);
}

#[test]
fn a_ballot_is_not_used_twice() {
    let mut bench = Bench::start(Leaderless { replicas: 4, ..AGREEING }, 2);
    let ballots = |effects: &super::bench::Effects| match &effects.send[..] {
        [(_, Message::Prepare { ballot, .. }), ..] => ballot.time,
        other => panic!("{other:?}"),
    };
    let first = ballots(&bench.ask(1, 1, write("1")));
    let mut bench = bench.restart();
    assert!(ballots(&bench.ask(1, 1, write("1"))) > first);
}
