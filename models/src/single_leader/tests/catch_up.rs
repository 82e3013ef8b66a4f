//! Snapshots and compaction.

use super::bench::{Bench, Effects, compacted, remembered};
use super::messages::{
    append, appended, at, done, found, mark, not_appended, opened, read, to, vote, written,
};
use crate::single_leader::{
    AckRule, Durable, Message, ReadRule, Remembered, Role, SingleLeader, Timer, Visibility,
};
use crate::vocabulary::{Epoch, ReplicaId};

const MAJORITY: SingleLeader =
    SingleLeader { read: ReadRule::FollowerLocal, ..SingleLeader::majority(3) };

const fn compacting(compact_after: u64) -> SingleLeader {
    SingleLeader { compact_after: Some(compact_after), ..MAJORITY }
}

/// The log of a leader with one entry of each of `epochs`, compacted up to `base`.
fn snapshot(epoch: u64, epochs: &[u64], base: u64, commit: u64) -> Message {
    let (snapshot, log) = compacted(&MAJORITY, epochs, base);
    let entries = log.entries().clone();
    Message::Snapshot { epoch: Epoch(epoch), snapshot, entries, commit: at(commit) }
}

/// What a follower does that confirms so much and changes nothing.
fn confirms(epoch: u64, position: u64) -> Effects {
    let send = vec![to(0, appended(epoch, position))];
    Effects { send, arm: vec![Timer::Suspect], ..Effects::none() }
}

/// Raft, §7: a snapshot replaces the log up to what was applied.
#[test]
fn a_log_is_compacted_once_so_many_entries_are_applied() {
    let mut bench = Bench::leader(compacting(2), 3);
    let effects = bench.hear(1, appended(1, 1));
    assert_eq!(effects.persist, None);
    assert_eq!(bench.replica().durable.log.base(), mark(0, 0));
    let effects = bench.hear(1, appended(1, 2));
    assert_eq!(effects.persist, bench.synced());
    assert_eq!(bench.replica().durable.log.base(), mark(1, 2));
    assert_eq!(bench.replica().durable.snapshot, bench.replica().exposed);
    assert_eq!(bench.epochs(), [1]);
}

#[test]
fn a_follower_compacts_as_a_leader_does() {
    let mut bench = Bench::start(compacting(2), 1);
    let entries = [written(1, 1), written(1, 2), written(1, 3)];
    let effects = bench.hear(0, append(1, mark(0, 0), &entries, 2));
    assert_eq!(effects, Effects { persist: bench.synced(), ..confirms(1, 3) });
    assert_eq!(bench.replica().durable.log.base(), mark(1, 2));
}

/// Followers that are a little behind need no snapshot then.
#[test]
fn a_log_keeps_so_many_applied_entries() {
    let policy = SingleLeader { compact_keeping: 2, ..compacting(2) };
    let mut bench = Bench::leader(policy, 5);
    bench.hear(1, appended(1, 3));
    assert_eq!(bench.replica().durable.log.base(), mark(0, 0));
    bench.hear(1, appended(1, 5));
    assert_eq!(bench.replica().durable.log.base(), mark(1, 3));
    assert_eq!(bench.replica().durable.snapshot.applied, mark(1, 3));
    let effects = bench.hear(2, appended(1, 3));
    let heard = bench.fire(Timer::Heartbeat).send;
    let rest = append(1, mark(1, 3), &[written(1, 4), written(1, 5)], 5);
    assert_eq!(heard, [to(1, append(1, mark(1, 5), &[], 5)), to(2, rest)], "{effects:?}");
}

/// What is truncated is compacted no more.
#[test]
fn a_log_is_not_compacted_to_what_was_truncated() {
    let policy = SingleLeader { compact_keeping: 2, ack: AckRule::Asynchronous, ..compacting(2) };
    let mut bench = Bench::start(policy, 1);
    bench.hear(0, append(1, mark(0, 0), &[written(1, 1), written(1, 2)], 2));
    assert!(bench.replica().compacts_to.is_some());
    bench.hear(2, append(2, mark(1, 1), &[opened(2)], 1));
    assert_eq!(bench.replica().compacts_to, None);
}

/// What is shown and not acknowledged may have to be truncated.
#[test]
fn only_what_is_acknowledged_is_compacted() {
    let mut bench =
        Bench::leader(SingleLeader { visibility: Visibility::Appended, ..compacting(1) }, 1);
    assert_eq!(bench.positions(), (0, 1));
    assert_eq!(bench.replica().durable.log.base(), mark(0, 0));
    bench.hear(1, appended(1, 1));
    assert_eq!(bench.replica().durable.log.base(), mark(1, 1));
}

#[test]
fn without_a_limit_nothing_is_compacted() {
    let mut bench = Bench::leader(MAJORITY, 3);
    bench.hear(1, appended(1, 3));
    assert_eq!(bench.replica().durable.log.base(), mark(0, 0));
}

/// Raft, §7: a follower that needs what was discarded gets the snapshot.
#[test]
fn a_follower_that_needs_compacted_entries_gets_a_snapshot() {
    let mut bench = Bench::leader(compacting(2), 3);
    bench.hear(1, appended(1, 2));
    let effects = bench.fire(Timer::Heartbeat);
    let next = append(1, mark(1, 2), &[written(1, 3)], 2);
    assert_eq!(effects.send, [to(1, next), to(2, snapshot(1, &[1, 1, 1], 2, 2))]);
    assert_eq!(bench.leading().followers[&ReplicaId(2)].next, at(4));
}

#[test]
fn what_follows_a_snapshot_is_copied_as_always() {
    let mut bench = Bench::leader(compacting(2), 2);
    bench.hear(1, appended(1, 2));
    bench.fire(Timer::Heartbeat);
    assert_eq!(bench.write(3).send[1], to(2, append(1, mark(1, 2), &[written(1, 3)], 2)));
}

#[test]
fn a_follower_at_the_base_needs_no_snapshot() {
    let mut bench = Bench::leader(compacting(2), 3);
    bench.hear(1, appended(1, 2));
    bench.hear(2, appended(1, 2));
    let next = to(2, append(1, mark(1, 2), &[written(1, 3)], 2));
    assert_eq!(bench.fire(Timer::Heartbeat).send[1], next);
}

/// Raft, Figure 13: the follower resets its state to the snapshot's.
#[test]
fn a_snapshot_takes_the_place_of_the_log() {
    let mut bench = Bench::start(MAJORITY, 1);
    let effects = bench.hear(0, snapshot(1, &[1, 1, 1], 2, 3));
    assert_eq!(effects, Effects { persist: bench.synced(), ..confirms(1, 3) });
    assert_eq!(bench.replica().durable.log.base(), mark(1, 2));
    assert_eq!(bench.positions(), (3, 3));
    assert_eq!(bench.ask(2, 1, read()).reply, [found(2, 1, Some(3), 3)]);
}

#[test]
fn a_snapshot_is_acknowledged_at_least_up_to_its_base() {
    let mut bench = Bench::start(MAJORITY, 1);
    bench.hear(0, snapshot(1, &[1, 1, 1], 2, 0));
    assert_eq!(bench.positions(), (2, 2));
}

#[test]
fn a_snapshot_proves_nothing_beyond_its_own_log() {
    let mut bench = Bench::start(MAJORITY, 1);
    bench.hear(0, append(1, mark(0, 0), &[written(1, 1), written(1, 2), written(1, 3)], 0));
    bench.hear(0, snapshot(1, &[1, 1], 1, 3));
    assert_eq!(bench.positions(), (2, 2));
}

/// Raft, Figure 13: what follows the snapshot in the log is kept.
#[test]
fn a_late_snapshot_undoes_nothing() {
    let mut bench = Bench::follower(MAJORITY, &[1, 1, 1]);
    bench.hear(0, append(1, mark(1, 3), &[], 3));
    let effects = bench.hear(0, snapshot(1, &[1, 1], 1, 1));
    assert_eq!(effects, confirms(1, 2));
    assert_eq!(bench.epochs(), [1, 1, 1]);
    assert_eq!(bench.positions(), (3, 3));
}

#[test]
fn a_snapshot_before_the_base_undoes_nothing() {
    let (store, log) = compacted(&MAJORITY, &[1, 1, 1], 3);
    let durable = Durable { snapshot: store, log, ..remembered(&MAJORITY, &[1]) };
    let mut bench = Bench::boot(MAJORITY, 1, Some(Remembered::Replica(durable)), 0).0;
    assert_eq!(bench.hear(0, snapshot(1, &[1, 1], 1, 2)), confirms(1, 2));
    assert_eq!(bench.positions(), (3, 3));
}

/// A follower in epoch `epoch`, whose log of one entry of each of `epochs` is compacted up to `base`.
fn compacted_follower(epoch: u64, epochs: &[u64], base: u64) -> Bench {
    let (snapshot, log) = compacted(&MAJORITY, epochs, base);
    let durable = Durable { snapshot, log, ..remembered(&MAJORITY, &[epoch]) };
    Bench::boot(MAJORITY, 1, Some(Remembered::Replica(durable)), 0).0
}

/// Where one replica acknowledges alone, what it has compacted may be what the next leader lacks.
#[test]
fn entries_that_end_before_the_base_are_not_taken_for_what_was_compacted() {
    let everything = [to(0, not_appended(3, None))];
    let from_base = [to(0, not_appended(3, Some(3)))];
    let mut bench = compacted_follower(3, &[1, 1, 1], 3);
    assert_eq!(bench.hear(0, append(3, mark(1, 1), &[opened(3)], 0)).send, everything);
    assert_eq!(bench.hear(0, append(3, mark(3, 2), &[], 0)).send, everything);
    let mut bench = compacted_follower(3, &[1, 1, 2], 3);
    assert_eq!(bench.hear(0, append(3, mark(1, 1), &[], 0)).send, from_base);
    assert_eq!(bench.hear(0, append(3, mark(2, 1), &[], 0)).send, [to(0, appended(3, 1))]);
    let mut bench = compacted_follower(3, &[1, 1, 3], 3);
    assert_eq!(bench.hear(0, append(3, mark(1, 1), &[], 0)).send, [to(0, appended(3, 1))]);
}

#[test]
fn entries_that_reach_the_base_are_compared_there() {
    let everything = [to(0, not_appended(3, None))];
    let mut bench = compacted_follower(3, &[1, 1], 2);
    let same = [written(1, 1), written(1, 2), opened(3)];
    assert_eq!(bench.hear(0, append(3, mark(0, 0), &same, 0)).send, [to(0, appended(3, 3))]);
    let mut bench = compacted_follower(3, &[1, 1], 2);
    let other = [written(1, 1), opened(2), opened(3)];
    assert_eq!(bench.hear(0, append(3, mark(0, 0), &other, 0)).send, everything);
    assert_eq!(bench.hear(0, append(3, mark(2, 2), &[opened(3)], 0)).send, everything);
    assert!(bench.epochs().is_empty());
}

#[test]
fn a_snapshot_replaces_a_longer_compacted_log_that_went_astray() {
    let mut bench = compacted_follower(3, &[1, 1, 1], 3);
    bench.hear(0, snapshot(3, &[1, 3], 0, 0));
    assert_eq!(bench.epochs(), [1, 3]);
}

#[test]
fn a_snapshot_replaces_a_longer_log_that_went_astray() {
    let mut bench = Bench::follower(MAJORITY, &[1, 1, 1]);
    let effects = bench.hear(0, snapshot(2, &[1, 2], 0, 0));
    assert_eq!(effects, Effects { persist: bench.synced(), ..confirms(2, 2) });
    assert_eq!(bench.epochs(), [1, 2]);
}

#[test]
fn a_snapshot_from_an_older_epoch_is_ignored() {
    let mut bench = Bench::follower(MAJORITY, &[2]);
    assert_eq!(bench.hear(0, snapshot(1, &[1, 1], 0, 0)), Effects::none());
}

#[test]
fn a_snapshot_from_a_newer_epoch_deposes_a_leader() {
    let mut bench = Bench::leader(MAJORITY, 1);
    let effects = bench.hear(2, snapshot(2, &[1, 2], 0, 2));
    let expected = Effects {
        persist: bench.synced(),
        send: vec![to(2, appended(2, 2))],
        arm: vec![Timer::Suspect],
        ..Effects::none()
    };
    assert_eq!(effects, expected);
    assert_eq!(bench.replica().role, Role::Follower);
    assert_eq!(bench.replica().leader, Some(ReplicaId(2)));
}

#[test]
fn a_leader_takes_no_snapshot_of_its_own_epoch() {
    let mut bench = Bench::leader(MAJORITY, 1);
    assert_eq!(bench.hear(2, snapshot(1, &[1, 1], 0, 0)), Effects::none());
}

/// The client table is part of the store, so it travels with it.
#[test]
fn whoever_leads_after_a_snapshot_recognises_the_duplicates_in_it() {
    let policy = SingleLeader { ack: AckRule::Asynchronous, ..MAJORITY };
    let mut bench = Bench::start(policy, 1);
    bench.hear(0, snapshot(1, &[1, 1], 2, 2));
    bench.fire(Timer::Suspect);
    bench.hear(2, vote(2, true));
    assert_eq!(bench.epochs(), [2]);
    assert_eq!(bench.write(2).reply, [done(2, 2)]);
    assert_eq!(bench.epochs(), [2]);
}

#[test]
fn entries_continue_a_snapshot() {
    let mut bench = Bench::start(MAJORITY, 1);
    bench.hear(0, snapshot(1, &[1, 1], 2, 2));
    let effects = bench.hear(0, append(1, mark(1, 2), &[opened(1)], 3));
    assert_eq!(effects.send, [to(0, appended(1, 3))]);
    assert_eq!(bench.positions(), (3, 3));
}
