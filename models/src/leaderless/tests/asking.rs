//! Asking: who answers, what is made of it, what is repaired first.

use super::bench::{Bench, quorums, read, receivers, register, replies, tag, version, x};
use crate::leaderless::{Leaderless, Message, Register, Timer, WriteBack};
use crate::vocabulary::{Outcome, Refusal, Value};

fn found(value: &str) -> Outcome {
    Outcome::Found(Some(Value::from(value)))
}

/// A coordinator that holds nothing, and has been answered by one that does.
fn answered(write_back: WriteBack) -> (Bench, super::bench::Effects) {
    let mut bench = Bench::start(Leaderless { write_back, ..quorums(2, 2, 3) }, 0);
    assert_eq!(receivers(&bench.ask(1, 1, read())), [1, 2]);
    let register = register(version(1, 2, 1), "1");
    let effects = bench.hear(1, Message::Answer { tag: tag(1, 1), register });
    (bench, effects)
}

#[test]
fn the_highest_version_is_shown() {
    let (bench, effects) = answered(WriteBack::Nobody);
    assert_eq!(replies(&effects), [(1, found("1"))]);
    assert_eq!(bench.held(), None);
    assert!(effects.send.is_empty());
}

#[test]
fn a_repair_without_waiting_answers_at_once() {
    let (bench, effects) = answered(WriteBack::Asynchronous);
    assert_eq!(replies(&effects), [(1, found("1"))]);
    assert!(bench.held().is_some(), "the coordinator was behind");
}

#[test]
fn whoever_was_contacted_and_is_behind_is_repaired_first() {
    let (bench, effects) = answered(WriteBack::Contacted);
    assert!(bench.held().is_some());
    assert_eq!(replies(&effects), [(1, found("1"))], "only the coordinator was behind");
    assert!(effects.send.is_empty());
}

#[test]
fn a_write_quorum_holds_it_before_it_is_shown() {
    for write_back in [WriteBack::WriteQuorum, WriteBack::UnlessUnanimous] {
        let (mut bench, effects) = answered(write_back);
        assert!(effects.reply.is_empty());
        assert_eq!(receivers(&effects), [1, 2]);
        let versions = vec![version(1, 2, 1)];
        let effects = bench.hear(2, Message::Stored { tag: tag(1, 1), versions });
        assert_eq!(replies(&effects), [(1, found("1"))]);
    }
}

#[test]
fn unanimous_answers_need_no_write_back() {
    let policy = Leaderless { write_back: WriteBack::UnlessUnanimous, ..quorums(2, 2, 3) };
    let mut bench = Bench::start(policy, 0);
    let held = register(version(1, 2, 1), "1");
    bench.hear(1, Message::Repair { key: x(), register: held.clone() });
    bench.ask(1, 1, read());
    let effects = bench.hear(1, Message::Answer { tag: tag(1, 1), register: held });
    assert_eq!(replies(&effects), [(1, found("1"))]);
}

#[test]
fn nothing_is_not_written_back() {
    let mut bench =
        Bench::start(Leaderless { write_back: WriteBack::WriteQuorum, ..quorums(2, 2, 3) }, 0);
    bench.ask(1, 1, read());
    let nothing = Register::default();
    let effects = bench.hear(1, Message::Answer { tag: tag(1, 1), register: nothing });
    assert_eq!(replies(&effects), [(1, Outcome::Found(None))]);
}

#[test]
fn a_read_that_too_few_answer_is_refused() {
    let mut bench = Bench::start(quorums(2, 2, 3), 0);
    bench.ask(1, 1, read());
    let effects = bench.fire(Timer::Deadline);
    assert_eq!(replies(&effects), [(1, Outcome::Refused(Refusal::Unavailable))]);
}

#[test]
fn whoever_is_silent_is_asked_again() {
    let mut bench = Bench::start(quorums(3, 3, 3), 0);
    bench.ask(1, 1, read());
    bench.hear(1, Message::Answer { tag: tag(1, 1), register: Register::default() });
    let effects = bench.fire(Timer::Resend);
    assert_eq!(receivers(&effects), [2]);
    assert_eq!(effects.arm, [Timer::Resend]);
}
