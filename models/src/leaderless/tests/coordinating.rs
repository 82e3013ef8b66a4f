//! Requests that arrive twice, restarts in between, updates that have to read first.

use super::bench::{Bench, author, quorums, read, register, replies, tag, version, write, x};
use crate::leaderless::{Leaderless, Message, Register, Timer};
use crate::vocabulary::{Edit, Operation, Outcome, Refusal, ReplicaId, RequestId, Value};

const ALONE: Leaderless = Leaderless::majority(1);

fn add(amount: i64) -> Operation {
    Operation::Add { key: x(), amount }
}

#[test]
fn a_request_that_is_under_way_is_not_taken_on_twice() {
    let mut bench = Bench::start(quorums(2, 2, 3), 0);
    bench.ask(1, 1, write("1"));
    assert!(bench.ask(1, 1, write("1")).is_empty());
}

#[test]
fn a_request_that_is_answered_is_answered_again() {
    let mut bench = Bench::start(ALONE, 0);
    assert_eq!(replies(&bench.ask(1, 1, add(2))), [(1, Outcome::Counted(2))]);
    let again = bench.ask(1, 1, add(2));
    assert_eq!(replies(&again), [(1, Outcome::Counted(2))]);
    assert!(again.persist.is_none());
}

#[test]
fn a_request_before_the_last_is_ignored() {
    let mut bench = Bench::start(ALONE, 0);
    bench.ask(1, 2, add(2));
    assert!(bench.ask(1, 1, add(2)).is_empty());
}

#[test]
fn what_was_asked_last_is_answered_again_though_something_earlier_was_answered_since() {
    let mut bench = Bench::start(quorums(1, 2, 2), 0);
    bench.ask(1, 1, read());
    let done = [(1, Outcome::Done)];
    assert_eq!(replies(&bench.ask(1, 2, write("2"))), done);
    let register = Register::default();
    let late = bench.hear(1, Message::Answer { tag: tag(1, 1), register });
    assert_eq!(late.reply[0].1.request, RequestId(1));
    let again = bench.ask(1, 2, write("2"));
    assert_eq!(replies(&again), done);
    assert!(again.send.is_empty(), "it is not done again");
}

#[test]
fn after_a_restart_what_is_still_held_is_recognised() {
    let mut bench = Bench::start(ALONE, 0);
    bench.ask(1, 1, add(2));
    let mut bench = bench.restart();
    assert_eq!(replies(&bench.ask(1, 1, add(2))), [(1, Outcome::Counted(2))]);
    assert_eq!(replies(&bench.ask(1, 2, add(1))), [(1, Outcome::Counted(3))]);
}

#[test]
fn an_answer_from_before_a_restart_counts_for_nothing() {
    let mut bench = Bench::start(quorums(2, 2, 3), 0);
    bench.ask(1, 1, read());
    let mut bench = bench.restart();
    bench.ask(1, 1, read());
    let register = Register::default();
    assert!(bench.hear(1, Message::Answer { tag: tag(1, 1), register }).is_empty());
    assert!(bench.replica.pending.contains_key(&author(1, 1)));
}

#[test]
fn an_update_that_reads_first_goes_above_what_it_finds() {
    let mut bench = Bench::start(Leaderless::majority(3), 0);
    bench.ask(1, 1, write("2"));
    let found = register(version(7, 2, 1), "1");
    let effects = bench.hear(1, Message::Answer { tag: tag(1, 1), register: found });
    let stored = register(version(8, 1, 0), "2");
    let store = Message::Store { tag: tag(1, 1), key: x(), register: stored };
    assert_eq!(effects.send, [(ReplicaId(1), store.clone()), (ReplicaId(2), store)]);
}

#[test]
fn a_compare_and_set_that_finds_something_else_changes_nothing() {
    let mut bench = Bench::start(ALONE, 0);
    bench.ask(1, 1, write("1"));
    let (expected, value) = (Some(Value::from("0")), Value::from("2"));
    let change = Operation::CompareAndSet { key: x(), expected, value };
    assert_eq!(replies(&bench.ask(1, 2, change)), [(1, Outcome::Swapped(false))]);
    assert_eq!(bench.held().map(Register::values), Some(vec![Value::from("1")]));
}

#[test]
fn a_sum_that_is_no_number_is_refused() {
    let mut bench = Bench::start(ALONE, 0);
    bench.ask(1, 1, write("many"));
    let refused = Outcome::Refused(Refusal::NotANumber);
    assert_eq!(replies(&bench.ask(1, 2, add(1))), [(1, refused)]);
}

#[test]
fn a_sum_that_is_out_of_range_is_refused() {
    let mut bench = Bench::start(ALONE, 0);
    bench.ask(1, 1, write(&i64::MAX.to_string()));
    let refused = Outcome::Refused(Refusal::OutOfRange);
    assert_eq!(replies(&bench.ask(1, 2, add(1))), [(1, refused)]);
}

#[test]
fn what_is_taken_is_told_and_gone() {
    let mut bench = Bench::start(ALONE, 0);
    let take = || Operation::Take { key: x() };
    bench.ask(1, 1, write("1"));
    let taken = Outcome::Found(Some(Value::from("1")));
    assert_eq!(replies(&bench.ask(1, 2, take())), [(1, taken)]);
    assert_eq!(replies(&bench.ask(2, 1, take())), [(2, Outcome::Found(None))]);
}

#[test]
fn what_an_earlier_incarnation_took_nobody_can_tell() {
    let mut bench = Bench::start(ALONE, 0);
    let take = || Operation::Take { key: x() };
    bench.ask(1, 1, write("1"));
    bench.ask(1, 2, take());
    let mut bench = bench.restart();
    assert_eq!(replies(&bench.ask(1, 2, take())), [(1, Outcome::Indeterminate)]);
}

#[test]
fn nobody_knows_all_keys_to_clear_nor_keeps_sets_and_texts() {
    let mut bench = Bench::start(ALONE, 0);
    let refused = || Outcome::Refused(Refusal::Unsupported);
    assert_eq!(replies(&bench.ask(1, 1, Operation::Clear)), [(1, refused())]);
    let include = Operation::Edit { key: x(), edit: Edit::Include(Value::from("1")) };
    assert_eq!(replies(&bench.ask(1, 2, include)), [(1, refused())]);
}

#[test]
fn who_holds_what_does_not_change() {
    let mut bench = Bench::start(ALONE, 0);
    let change = Operation::AddReplica(ReplicaId(1));
    let refused = Outcome::Refused(Refusal::ChangeImpossible);
    assert_eq!(replies(&bench.ask(1, 1, change)), [(1, refused)]);
}

#[test]
fn whoever_waits_for_nobody_stops_repeating() {
    let mut bench = Bench::start(quorums(1, 1, 2), 0);
    bench.ask(1, 1, write("1"));
    assert!(bench.fire(Timer::Resend).is_empty());
    assert!(bench.fire(Timer::Deadline).is_empty());
}
