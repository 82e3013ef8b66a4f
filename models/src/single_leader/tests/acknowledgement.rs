//! When an update counts as acknowledged: each rule's exact threshold.

use super::bench::{Bench, Effects};
use super::messages::{appended, at, done, refused};
use crate::single_leader::{AckRule, Eviction, Role, SingleLeader, Timer};
use crate::vocabulary::{Refusal, ReplicaId};

const fn rule(replicas: u8, ack: AckRule) -> SingleLeader {
    SingleLeader { ack, ..SingleLeader::majority(replicas) }
}

const fn evicting(replicas: u8, ack: AckRule) -> SingleLeader {
    SingleLeader { eviction: Eviction::Local, ..rule(replicas, ack) }
}

/// How many followers have to acknowledge an update before its client is answered; nothing if all
/// of them are not enough.
fn followers_needed(policy: SingleLeader) -> Option<u8> {
    let mut bench = Bench::start(policy, 0);
    if !bench.write(1).reply.is_empty() {
        return Some(0);
    }
    (1..policy.replicas)
        .find(|follower| bench.hear(*follower, appended(1, 1)).reply == [done(1, 1)])
}

/// Raft, §5.3: an entry is committed once a majority holds it, the leader included.
#[test]
fn a_majority_counts_the_leader() {
    let needed = [1, 2, 3, 4, 5].map(|of| followers_needed(rule(of, AckRule::Majority)));
    assert_eq!(needed, [Some(0), Some(1), Some(1), Some(2), Some(2)]);
}

#[test]
fn nobody_has_to_acknowledge_an_asynchronous_update() {
    let needed = [1, 2, 3, 4, 5].map(|of| followers_needed(rule(of, AckRule::Asynchronous)));
    assert_eq!(needed, [Some(0); 5]);
}

/// MySQL, `rpl_semi_sync_source_wait_for_replica_count`; PostgreSQL, `ANY k (...)`.
#[test]
fn so_many_followers_are_so_many_beside_the_leader() {
    for replicas in 1..=5 {
        for count in 0..replicas {
            let policy = rule(replicas, AckRule::Followers(count));
            assert_eq!(followers_needed(policy), Some(count), "{count} of {replicas}");
        }
        let too_many = rule(replicas, AckRule::Followers(replicas));
        assert_eq!(followers_needed(too_many), None, "{replicas} of {replicas}");
    }
}

#[test]
fn all_are_all_members() {
    let needed = [1, 2, 3, 4, 5].map(|of| followers_needed(rule(of, AckRule::All)));
    assert_eq!(needed, [Some(0), Some(1), Some(2), Some(3), Some(4)]);
}

/// Kafka, `acks=all`: all replicas in sync, however few are required.
#[test]
fn all_in_sync_are_waited_for_however_few_are_required() {
    for at_least in 1..=3 {
        assert_eq!(followers_needed(rule(3, AckRule::InSync { at_least })), Some(2));
    }
}

#[test]
fn one_follower_counts_once() {
    let mut bench = Bench::leader(rule(5, AckRule::Majority), 1);
    bench.hear(1, appended(1, 1));
    assert_eq!(bench.hear(1, appended(1, 1)), Effects::none());
    assert_eq!(bench.positions(), (0, 0));
}

#[test]
fn an_outsider_counts_for_nothing() {
    let mut bench = Bench::leader(rule(3, AckRule::Majority), 1);
    assert_eq!(bench.hear(7, appended(1, 1)), Effects::none());
    assert_eq!(bench.positions(), (0, 0));
}

#[test]
fn what_is_acknowledged_is_what_enough_followers_hold() {
    let mut bench = Bench::leader(rule(5, AckRule::Majority), 3);
    bench.hear(1, appended(1, 3));
    bench.hear(2, appended(1, 1));
    assert_eq!(bench.positions(), (1, 1));
    bench.hear(3, appended(1, 2));
    assert_eq!(bench.positions(), (2, 2));
    bench.hear(4, appended(1, 3));
    assert_eq!(bench.positions(), (3, 3));
}

#[test]
fn an_acknowledgement_beyond_the_log_counts_up_to_its_end() {
    let mut bench = Bench::leader(rule(3, AckRule::Majority), 1);
    assert_eq!(bench.hear(1, appended(1, 9)).reply, [done(1, 1)]);
    assert_eq!(bench.leading().matched(ReplicaId(1)), at(1));
}

#[test]
fn a_late_acknowledgement_takes_nothing_back() {
    let mut bench = Bench::leader(rule(3, AckRule::Majority), 2);
    bench.hear(1, appended(1, 2));
    bench.hear(1, appended(1, 1));
    assert_eq!(bench.leading().matched(ReplicaId(1)), at(2));
    assert_eq!(bench.positions(), (2, 2));
}

#[test]
fn an_acknowledgement_from_an_older_epoch_is_ignored() {
    let mut bench = Bench::elected(rule(3, AckRule::Majority), &[1]);
    assert_eq!(bench.hear(2, appended(1, 1)), Effects::none());
    assert_eq!(bench.leading().matched(ReplicaId(2)), at(0));
}

/// Raft, §5.1: whoever hears of a newer epoch steps down.
#[test]
fn an_acknowledgement_from_a_newer_epoch_deposes_the_leader() {
    let mut bench = Bench::leader(rule(3, AckRule::Majority), 1);
    let effects = bench.hear(1, appended(2, 1));
    let expected =
        Effects { persist: bench.synced(), arm: vec![Timer::Suspect], ..Effects::none() };
    assert_eq!(effects, expected);
    assert_eq!(bench.replica().role, Role::Follower);
    assert_eq!(bench.replica().durable.epoch.0, 2);
}

/// Raft, §5.4.2: only entries of the leader's own epoch are committed by counting.
#[test]
fn an_entry_of_an_older_epoch_is_acknowledged_with_one_of_the_leaders_own() {
    let mut bench = Bench::elected(rule(3, AckRule::Majority), &[1, 1]);
    bench.hear(0, appended(2, 2));
    assert_eq!(bench.positions(), (0, 0));
    bench.hear(0, appended(2, 3));
    assert_eq!(bench.positions(), (3, 3));
}

#[test]
fn the_rule_for_older_epochs_is_not_about_majorities() {
    for ack in [AckRule::Followers(1), AckRule::All, AckRule::InSync { at_least: 1 }] {
        let mut bench = Bench::elected(rule(3, ack), &[1, 1]);
        bench.hear(0, appended(2, 2));
        bench.hear(2, appended(2, 2));
        assert_eq!(bench.positions(), (0, 0), "{ack:?}");
        bench.hear(0, appended(2, 3));
        bench.hear(2, appended(2, 3));
        assert_eq!(bench.positions(), (3, 3), "{ack:?}");
    }
}

#[test]
fn who_is_evicted_is_not_waited_for() {
    let mut bench = Bench::leader(evicting(3, AckRule::All), 1);
    bench.hear(1, appended(1, 1));
    assert_eq!(bench.positions(), (0, 0));
    let effects = bench.fire(Timer::Evict(ReplicaId(2)));
    let expected = Effects {
        reply: vec![done(1, 1)],
        arm: vec![Timer::Evict(ReplicaId(2))],
        ..Effects::none()
    };
    assert_eq!(effects, expected);
}

#[test]
fn who_has_caught_up_is_waited_for_again() {
    let mut bench = Bench::leader(evicting(2, AckRule::All), 1);
    bench.fire(Timer::Evict(ReplicaId(1)));
    assert_eq!(bench.write(2).reply, [done(2, 2)]);
    bench.hear(1, appended(1, 1));
    assert_eq!(bench.write(3).reply, [done(3, 3)]);
    bench.hear(1, appended(1, 3));
    assert!(bench.write(4).reply.is_empty());
}

/// Kafka, KIP-966: the high watermark does not move while fewer than required are in sync.
#[test]
fn nothing_is_acknowledged_while_fewer_than_required_are_in_sync() {
    let answers = |at_least| {
        let mut bench = Bench::leader(evicting(2, AckRule::InSync { at_least }), 1);
        bench.fire(Timer::Evict(ReplicaId(1))).reply
    };
    assert_eq!(answers(1), [done(1, 1)]);
    assert!(answers(2).is_empty());
}

#[test]
fn what_waited_is_acknowledged_once_enough_are_in_sync_again() {
    let mut bench = Bench::leader(evicting(2, AckRule::InSync { at_least: 2 }), 1);
    bench.fire(Timer::Evict(ReplicaId(1)));
    assert_eq!(bench.write(2).reply, [refused(2, Refusal::Unavailable)]);
    assert_eq!(bench.hear(1, appended(1, 1)).reply, [done(1, 1)]);
}
