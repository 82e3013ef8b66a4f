//! Which version an update gets.

use super::bench::{Bench, author, quorums, read, register, replies, version, write, x};
use crate::leaderless::{Leaderless, Message, Register, Versions};
use crate::vocabulary::{Context, Dot, Outcome, ReplicaId, Terms, Timestamp, Value, Version};

fn alone(versions: Versions) -> Bench {
    Bench::start(Leaderless { versions, ..quorums(1, 1, 1) }, 0)
}

fn last(bench: &Bench) -> Option<Version> {
    bench.held().and_then(Register::latest).map(|cell| cell.version)
}

fn issued(time: u64, tick: u64, request: u64) -> Option<Version> {
    Some(Version { time, tick, author: author(1, request), origin: ReplicaId(0) })
}

#[test]
fn a_single_writer_numbers_its_own_updates() {
    let mut bench = alone(Versions::SingleWriter);
    bench.ask(1, 4, write("1"));
    assert_eq!(last(&bench), issued(4, 0, 4));
}

#[test]
fn a_query_is_told_apart_from_the_same_after_a_restart() {
    let mut bench = alone(Versions::Query);
    bench.ask(1, 1, write("1"));
    assert_eq!(last(&bench), issued(1, 0, 1));
    let mut bench = bench.restart();
    bench.ask(1, 2, write("2"));
    assert_eq!(last(&bench), issued(2, 1, 2));
}

#[test]
fn a_wall_clock_is_believed() {
    let mut bench = alone(Versions::WallClock);
    bench.now = Timestamp(5);
    bench.ask(1, 1, write("1"));
    bench.now = Timestamp(3);
    bench.ask(1, 2, write("2"));
    assert_eq!(last(&bench), issued(5, 0, 1), "the later write is lost");
}

#[test]
fn a_hybrid_clock_never_goes_back() {
    let mut bench = alone(Versions::HybridClock);
    bench.now = Timestamp(5);
    bench.ask(1, 1, write("1"));
    bench.now = Timestamp(3);
    bench.ask(1, 2, write("2"));
    assert_eq!(last(&bench), issued(5, 1, 2));
    bench.now = Timestamp(9);
    bench.ask(1, 3, write("3"));
    assert_eq!(last(&bench), issued(9, 0, 3));
}

#[test]
fn a_hybrid_clock_does_not_fall_behind_what_it_has_seen() {
    let versions = Versions::HybridClock;
    let mut bench = Bench::start(Leaderless { versions, ..quorums(1, 1, 2) }, 0);
    let seen = register(version(7, 2, 1), "7");
    bench.hear(1, Message::Repair { key: x(), register: seen });
    bench.ask(1, 1, write("1"));
    assert_eq!(last(&bench), issued(7, 1, 1));
}

#[test]
fn siblings_stay_beside_each_other_until_somebody_has_seen_both() {
    let mut bench = alone(Versions::Siblings);
    bench.ask(1, 1, write("1"));
    bench.ask(2, 1, write("2"));
    let both = vec![Value::from("1"), Value::from("2")];
    assert_eq!(replies(&bench.ask(1, 2, read())), [(1, Outcome::Siblings(both))]);
    bench.ask(1, 3, write("3"));
    let one = Outcome::Found(Some(Value::from("3")));
    assert_eq!(replies(&bench.ask(2, 2, read())), [(2, one)]);
}

#[test]
fn a_dot_is_not_issued_twice() {
    let mut bench = alone(Versions::Siblings);
    bench.ask(1, 1, write("1"));
    let mut bench = bench.restart();
    bench.ask(2, 1, write("2"));
    assert_eq!(bench.held().map(|register| register.cells.len()), Some(2));
}

#[test]
fn an_update_is_beyond_whatever_its_client_claims_to_have_seen() {
    let mut bench = alone(Versions::Siblings);
    let mut context = Context::default();
    (1..=57).for_each(|counter| context.insert(Dot { replica: ReplicaId(0), counter }));
    context.insert(Dot { replica: ReplicaId(0), counter: 90 });
    bench.ask_on(Terms { context: Some(context), ..Terms::default() }, 1, 1, write("1"));
    assert_eq!(replies(&bench.ask(1, 2, read())), [(1, Outcome::Found(Some(Value::from("1"))))]);
    bench.ask(2, 1, write("2"));
    let found = Outcome::Siblings(vec![Value::from("1"), Value::from("2")]);
    assert_eq!(replies(&bench.ask(1, 3, read())), [(1, found)]);
}

#[test]
fn how_many_a_client_reads_from_does_not_choose_the_version_of_its_updates() {
    let policy = Leaderless { versions: Versions::Query, ..quorums(2, 2, 3) };
    let mut bench = Bench::start(policy, 0);
    let terms = Terms { read_quorum: Some(1), ..Terms::default() };
    bench.ask_on(terms.clone(), 1, 1, read());
    assert!(!bench.replica.pending.contains_key(&author(1, 1)), "it needs nobody else");
    bench.ask_on(terms, 1, 2, write("1"));
    assert_eq!(last(&bench), None, "another home may hold something later");
}
