//! Copying the log, as the leader does it: what is sent, repeated, and sent from further back.

use super::bench::{Bench, Effects};
use super::messages::{append, appended, at, mark, not_appended, opened, to, written};
use crate::single_leader::{Message, Role, SingleLeader, Timer};
use crate::vocabulary::ReplicaId;

const MAJORITY: SingleLeader = SingleLeader::majority(3);
const ONE_AT_A_TIME: SingleLeader = SingleLeader { batch: 1, ..MAJORITY };

/// Raft, §5.3: the leader repeats until all followers hold all entries.
#[test]
fn a_heartbeat_repeats_what_each_follower_has_not_acknowledged() {
    let mut bench = Bench::leader(MAJORITY, 2);
    bench.hear(1, appended(1, 1));
    let effects = bench.fire(Timer::Heartbeat);
    let expected = Effects {
        send: vec![
            to(1, append(1, mark(1, 1), &[written(1, 2)], 1)),
            to(2, append(1, mark(0, 0), &[written(1, 1), written(1, 2)], 1)),
        ],
        arm: vec![Timer::Heartbeat],
        ..Effects::none()
    };
    assert_eq!(effects, expected);
}

#[test]
fn a_heartbeat_without_entries_says_how_much_is_acknowledged() {
    let mut bench = Bench::leader(MAJORITY, 1);
    bench.hear(1, appended(1, 1));
    bench.hear(2, appended(1, 1));
    let heartbeat = append(1, mark(1, 1), &[], 1);
    assert_eq!(bench.fire(Timer::Heartbeat).send, [to(1, heartbeat.clone()), to(2, heartbeat)]);
}

#[test]
fn a_heartbeat_of_a_leader_that_was_deposed_is_ignored() {
    let mut bench = Bench::leader(MAJORITY, 1);
    bench.hear(1, append(2, mark(0, 0), &[opened(2)], 0));
    assert_eq!(bench.fire(Timer::Heartbeat), Effects::none());
}

#[test]
fn a_message_carries_as_many_entries_as_the_batch() {
    let mut bench = Bench::leader(SingleLeader { batch: 2, ..MAJORITY }, 3);
    let first = append(1, mark(0, 0), &[written(1, 1), written(1, 2)], 0);
    assert_eq!(bench.fire(Timer::Heartbeat).send, [to(1, first.clone()), to(2, first)]);
}

#[test]
fn the_next_batch_goes_out_when_the_last_is_acknowledged() {
    let mut bench = Bench::leader(ONE_AT_A_TIME, 2);
    bench.fire(Timer::Heartbeat);
    let effects = bench.hear(1, appended(1, 1));
    let next = append(1, mark(1, 1), &[written(1, 2)], 0);
    // The client has gone on to its second update, so nobody waits for the first.
    assert_eq!(effects, Effects { send: vec![to(1, next)], ..Effects::none() });
    assert_eq!(bench.positions(), (1, 1));
}

#[test]
fn nothing_more_goes_out_when_everything_has_been_sent() {
    let mut bench = Bench::leader(ONE_AT_A_TIME, 2);
    assert_eq!(bench.hear(1, appended(1, 1)).send, []);
}

#[test]
fn a_new_leader_continues_where_its_own_log_ends() {
    let bench = Bench::elected(MAJORITY, &[1, 1]);
    for follower in [0, 2] {
        let progress = bench.leading().followers[&ReplicaId(follower)];
        assert_eq!((progress.matched, progress.next), (at(0), at(4)));
    }
}

/// Raft, §5.3: after a rejection the leader goes back and tries again.
#[test]
fn a_leader_continues_where_the_follower_says_it_can() {
    let mut bench = Bench::elected(MAJORITY, &[1, 1]);
    let effects = bench.hear(2, not_appended(2, Some(1)));
    let copy = append(2, mark(1, 1), &[written(1, 2), opened(2)], 0);
    assert_eq!(effects, Effects { send: vec![to(2, copy)], ..Effects::none() });
}

#[test]
fn a_leader_goes_back_no_further_than_what_the_follower_acknowledged() {
    let mut bench = Bench::leader(MAJORITY, 2);
    bench.hear(1, appended(1, 1));
    assert_eq!(bench.hear(1, not_appended(1, Some(0))), Effects::none());
    let again = append(1, mark(1, 1), &[written(1, 2)], 1);
    assert_eq!(bench.hear(1, not_appended(1, Some(1))).send, [to(1, again)]);
}

/// A follower that has compacted more than its leader holds sees the difference there.
#[test]
fn a_leader_continues_at_its_own_end_at_most() {
    let mut bench = Bench::leader(MAJORITY, 1);
    let heartbeat = append(1, mark(1, 1), &[], 0);
    assert_eq!(bench.hear(1, not_appended(1, Some(9))).send, [to(1, heartbeat)]);
}

#[test]
fn a_follower_that_asks_for_everything_gets_a_snapshot() {
    let mut bench = Bench::leader(MAJORITY, 1);
    let effects = bench.hear(1, not_appended(1, None));
    let durable = &bench.replica().durable;
    let snapshot = Message::Snapshot {
        epoch: durable.epoch,
        snapshot: durable.snapshot.clone(),
        entries: durable.log.entries().clone(),
        commit: at(0),
    };
    assert_eq!(effects, Effects { send: vec![to(1, snapshot)], ..Effects::none() });
}

#[test]
fn a_rejection_from_an_older_epoch_is_ignored() {
    let mut bench = Bench::elected(MAJORITY, &[1]);
    assert_eq!(bench.hear(2, not_appended(1, Some(0))), Effects::none());
    assert_eq!(bench.hear(2, not_appended(1, None)), Effects::none());
}

#[test]
fn a_rejection_from_a_newer_epoch_deposes_the_leader() {
    let mut bench = Bench::leader(MAJORITY, 1);
    let effects = bench.hear(1, not_appended(2, None));
    let expected =
        Effects { persist: bench.synced(), arm: vec![Timer::Suspect], ..Effects::none() };
    assert_eq!(effects, expected);
    assert_eq!(bench.replica().role, Role::Follower);
}

#[test]
fn answers_to_a_leader_that_follows_by_now_are_ignored() {
    let mut bench = Bench::leader(MAJORITY, 1);
    bench.hear(1, append(2, mark(0, 0), &[opened(2)], 0));
    assert_eq!(bench.hear(2, appended(2, 1)), Effects::none());
    assert_eq!(bench.hear(2, not_appended(2, Some(0))), Effects::none());
}

#[test]
fn a_rejection_by_an_outsider_is_ignored() {
    let mut bench = Bench::leader(MAJORITY, 1);
    assert_eq!(bench.hear(7, not_appended(1, Some(0))), Effects::none());
    assert_eq!(bench.hear(7, not_appended(1, None)), Effects::none());
}
