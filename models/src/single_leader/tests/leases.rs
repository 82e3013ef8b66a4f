//! Leases: what the leader relies on, and what the others promise.

use super::bench::{Bench, Effects};
use super::messages::{
    append, appended, confirm, confirmed, found, mark, read, request_vote, to, vote,
};
use crate::single_leader::{ReadRule, Role, SingleLeader, Timer};
use crate::vocabulary::{Epoch, Timestamp};

const DURATION: u64 = 2;
const PROMISE: u64 = 3;

const fn lease(replicas: u8) -> SingleLeader {
    let read = ReadRule::Lease { duration: DURATION, promise: PROMISE };
    SingleLeader { read, ..SingleLeader::majority(replicas) }
}

/// The first leader of so many replicas at clock reading 10, with one update that is acknowledged.
fn leader(replicas: u8) -> Bench {
    let mut bench = Bench::start(lease(replicas), 0);
    bench.now = Timestamp(10);
    bench.write(1);
    (1..replicas).for_each(|follower| {
        bench.hear(follower, appended(1, 1));
    });
    bench
}

/// Replica 1, which promised replica 0 at clock reading 10.
fn promised() -> Bench {
    let mut bench = Bench::start(lease(3), 1);
    bench.now = Timestamp(10);
    bench.hear(0, confirm(1, 1, 5));
    bench
}

#[test]
fn a_read_without_a_lease_asks_for_one() {
    let mut bench = leader(3);
    let question = confirm(1, 1, 10);
    let send = vec![to(1, question.clone()), to(2, question)];
    assert_eq!(bench.ask(2, 1, read()), Effects { send, ..Effects::none() });
    assert_eq!(bench.hear(1, confirmed(1, 1, 10)).reply, [found(2, 1, Some(1), 1)]);
}

#[test]
fn a_read_under_a_lease_is_answered_at_once() {
    let mut bench = leader(3);
    bench.hear(1, confirmed(1, 1, 10));
    let reply = vec![found(2, 1, Some(1), 1)];
    assert_eq!(bench.ask(2, 1, read()), Effects { reply, ..Effects::none() });
}

/// Ongaro, *Consensus*, 2014, §6.4.1: the lease starts when the heartbeat was sent.
#[test]
fn a_lease_runs_from_when_it_was_asked_for() {
    let mut bench = leader(3);
    bench.now = Timestamp(11);
    bench.hear(1, confirmed(1, 1, 10));
    bench.now = Timestamp(10 + DURATION - 1);
    assert_eq!(bench.ask(2, 1, read()).reply.len(), 1);
    bench.now = Timestamp(10 + DURATION);
    assert_eq!(bench.ask(2, 2, read()).reply.len(), 0);
}

#[test]
fn a_lease_that_has_run_out_is_asked_for_anew() {
    let mut bench = leader(3);
    bench.fire(Timer::Heartbeat);
    bench.hear(1, confirmed(1, 1, 10));
    bench.now = Timestamp(20);
    let question = confirm(1, 2, 20);
    assert_eq!(bench.ask(2, 1, read()).send, [to(1, question.clone()), to(2, question)]);
    assert_eq!(bench.hear(1, confirmed(1, 1, 10)), Effects::none());
    assert_eq!(bench.hear(1, confirmed(1, 2, 20)).reply, [found(2, 1, Some(1), 1)]);
}

#[test]
fn a_confirmation_that_comes_too_late_is_no_lease() {
    let mut bench = leader(3);
    bench.ask(2, 1, read());
    bench.now = Timestamp(10 + DURATION);
    assert_eq!(bench.hear(1, confirmed(1, 1, 10)), Effects::none());
}

#[test]
fn a_heartbeat_renews_the_lease_before_anybody_waits_for_it() {
    let mut bench = leader(3);
    let question = confirm(1, 1, 10);
    let effects = bench.fire(Timer::Heartbeat);
    assert_eq!(effects.send[2..], [to(1, question.clone()), to(2, question)]);
}

#[test]
fn a_lease_needs_a_majority() {
    let mut bench = leader(5);
    bench.hear(1, confirmed(1, 1, 10));
    assert_eq!(bench.ask(2, 1, read()).reply.len(), 0);
    assert_eq!(bench.hear(2, confirmed(1, 1, 10)).reply.len(), 1);
}

#[test]
fn a_lease_runs_as_long_as_the_majority_that_asked_last() {
    let mut bench = leader(5);
    bench.hear(1, confirmed(1, 1, 12));
    bench.hear(2, confirmed(1, 1, 11));
    bench.hear(3, confirmed(1, 1, 10));
    bench.now = Timestamp(11 + DURATION - 1);
    assert_eq!(bench.ask(2, 1, read()).reply.len(), 1);
    bench.now = Timestamp(11 + DURATION);
    assert_eq!(bench.ask(2, 2, read()).reply.len(), 0);
}

/// Clock reading 0 is a reading like any other.
#[test]
fn whoever_has_not_confirmed_has_promised_nothing() {
    let mut bench = Bench::leader(lease(3), 1);
    bench.hear(1, appended(1, 1));
    assert_eq!(bench.ask(2, 1, read()).reply.len(), 0);
    assert_eq!(bench.hear(1, confirmed(1, 1, 0)).reply.len(), 1);
}

#[test]
fn a_single_member_needs_no_lease() {
    let mut bench = leader(1);
    assert_eq!(bench.ask(2, 1, read()).reply.len(), 1);
}

#[test]
fn a_late_confirmation_shortens_no_lease() {
    let mut bench = leader(3);
    bench.hear(1, confirmed(1, 1, 10));
    bench.hear(1, confirmed(1, 1, 7));
    assert_eq!(bench.ask(2, 1, read()).reply.len(), 1);
}

#[test]
fn a_new_leader_under_a_lease_still_waits_for_an_entry_of_its_own() {
    let mut bench = Bench::start(lease(3), 1);
    bench.now = Timestamp(20);
    bench.fire(Timer::Suspect);
    bench.hear(2, vote(2, true));
    bench.hear(2, confirmed(2, 1, 20));
    assert_eq!(bench.ask(2, 1, read()).reply.len(), 0);
    assert_eq!(bench.hear(2, appended(2, 1)).reply, [found(2, 1, None, 1)]);
}

/// Ongaro, *Consensus*, 2014, §6.4.1: whoever heard from the leader lately votes for nobody.
#[test]
fn whoever_has_promised_ignores_candidates_until_the_promise_runs_out() {
    let mut bench = promised();
    bench.now = Timestamp(10 + PROMISE - 1);
    assert_eq!(bench.hear(2, request_vote(2, mark(0, 0))), Effects::none());
    assert_eq!(bench.replica().durable.epoch, Epoch(1));
    bench.now = Timestamp(10 + PROMISE);
    assert_eq!(bench.hear(2, request_vote(2, mark(0, 0))).send, [to(2, vote(2, true))]);
}

#[test]
fn whoever_has_promised_does_not_stand_until_the_promise_runs_out() {
    let mut bench = promised();
    bench.now = Timestamp(10 + PROMISE - 1);
    bench.fire(Timer::Suspect);
    assert_eq!(bench.replica().role, Role::Follower);
    bench.now = Timestamp(10 + PROMISE);
    bench.fire(Timer::Suspect);
    assert!(matches!(bench.replica().role, Role::Candidate(_)));
}

#[test]
fn whoever_may_not_suspect_yet_suspects_later() {
    let mut bench = promised();
    assert_eq!(bench.fire(Timer::Suspect).arm, [Timer::Suspect]);
}

#[test]
fn a_promise_is_counted_from_when_it_is_given() {
    assert_eq!(promised().replica().promised_at, Timestamp(10));
}

#[test]
fn only_a_confirmation_promises() {
    let mut bench = promised();
    bench.now = Timestamp(12);
    bench.hear(0, append(1, mark(0, 0), &[], 0));
    assert_eq!(bench.replica().promised_at, Timestamp(10));
}

#[test]
fn a_clock_that_goes_back_shortens_no_promise() {
    let mut bench = promised();
    bench.now = Timestamp(8);
    bench.hear(0, confirm(1, 1, 5));
    assert_eq!(bench.replica().promised_at, Timestamp(10));
}

/// What it promised just before the crash, it does not remember.
#[test]
fn whoever_restarts_has_promised() {
    let bench = promised();
    let (mut bench, _) = Bench::boot(bench.policy, 1, bench.written, 20);
    bench.now = Timestamp(20 + PROMISE - 1);
    assert_eq!(bench.hear(2, request_vote(2, mark(0, 0))), Effects::none());
    bench.now = Timestamp(20 + PROMISE);
    assert_eq!(bench.hear(2, request_vote(2, mark(0, 0))).send, [to(2, vote(2, true))]);
}

#[test]
fn a_promise_binds_only_where_leases_depend_on_it() {
    let mut bench = Bench::start(SingleLeader::majority(3), 1);
    bench.hear(0, confirm(1, 1, 0));
    assert_eq!(bench.hear(2, request_vote(2, mark(0, 0))).send, [to(2, vote(2, true))]);
}

/// A promise is to elect nobody. Whoever was elected all the same is followed.
#[test]
fn whoever_has_promised_follows_a_newer_leader() {
    let mut bench = promised();
    assert_eq!(bench.hear(2, append(2, mark(0, 0), &[], 0)).send, [to(2, appended(2, 0))]);
}
