//! Messages that nobody will act on, and those that look as if nobody would.

use super::bench::{Bench, quorums, read, register, tag, version, write, x};
use crate::leaderless::{Deletion, Leaderless, Message, Register};
use crate::protocol::Protocol;
use crate::vocabulary::ReplicaId;

fn is_obsolete(bench: &Bench, from: u8, message: &Message) -> bool {
    bench.policy.is_obsolete(message, ReplicaId(from), &bench.replica)
}

fn answer() -> Message {
    Message::Answer { tag: tag(1, 1), register: Register::default() }
}

fn stored() -> Message {
    Message::Stored { tag: tag(1, 1), versions: vec![version(1, 1, 0)] }
}

#[test]
fn an_answer_is_obsolete_once_it_is_counted_or_not_needed() {
    let mut bench = Bench::start(quorums(3, 3, 3), 0);
    assert!(!is_obsolete(&bench, 1, &answer()), "it may be asked for yet");
    bench.ask(1, 1, read());
    assert!(!is_obsolete(&bench, 1, &answer()));
    bench.hear(1, answer());
    assert!(is_obsolete(&bench, 1, &answer()));
    assert!(!is_obsolete(&bench, 2, &answer()));
    bench.hear(2, answer());
    assert!(is_obsolete(&bench, 2, &answer()));
}

#[test]
fn an_acknowledgement_is_obsolete_once_it_is_counted_or_not_needed() {
    let mut bench = Bench::start(quorums(3, 3, 3), 0);
    bench.ask(1, 1, write("1"));
    assert!(!is_obsolete(&bench, 1, &stored()));
    bench.hear(1, stored());
    assert!(is_obsolete(&bench, 1, &stored()));
    bench.hear(2, stored());
    assert!(is_obsolete(&bench, 2, &stored()));
}

#[test]
fn an_acknowledgement_that_may_reap_a_tombstone_is_not_obsolete() {
    let policy = Leaderless { deletion: Deletion::ReapedEverywhere, ..quorums(1, 1, 3) };
    let mut bench = Bench::start(policy, 0);
    bench.ask(1, 1, super::bench::delete());
    assert!(!is_obsolete(&bench, 1, &stored()));
}

#[test]
fn what_answers_a_question_from_before_a_restart_is_obsolete() {
    let mut bench = Bench::start(quorums(3, 3, 3), 0);
    bench.ask(1, 1, read());
    let bench = bench.restart();
    assert!(is_obsolete(&bench, 1, &answer()));
    assert!(is_obsolete(&bench, 1, &stored()));
}

#[test]
fn a_repair_is_obsolete_to_whoever_holds_as_much() {
    let mut bench = Bench::start(quorums(1, 1, 2), 0);
    let repair = |time| Message::Repair { key: x(), register: register(version(time, 1, 0), "1") };
    bench.hear(1, repair(2));
    assert!(is_obsolete(&bench, 1, &repair(1)));
    assert!(is_obsolete(&bench, 1, &repair(2)));
    assert!(!is_obsolete(&bench, 1, &repair(3)));
    let forgetful = Leaderless { deletion: Deletion::Erased, ..quorums(1, 1, 2) };
    let mut bench = Bench::start(forgetful, 0);
    bench.hear(1, repair(2));
    assert!(!is_obsolete(&bench, 1, &repair(1)), "it may be erased and come back");
}
