//! Starting for the first time, and after a crash.

use super::bench::{Bench, Effects, compacted, log, remembered};
use super::messages::{append, at, mark, opened, request_vote, to, written};
use crate::protocol::{Persist, Protocol, Purpose, SyncPolicy};
use crate::single_leader::{
    AckMeans, Durable, Election, Eviction, FIRST_EPOCH, FIRST_LEADER, Message, Persistence,
    Registry, Remembered, Role, SingleLeader, Timer, Truncation,
};
use crate::vocabulary::{Epoch, ReplicaId, Timestamp};

const MAJORITY: SingleLeader = SingleLeader::majority(3);
const APPOINTED: SingleLeader =
    SingleLeader { election: Election::Appointed { unclean: false }, ..MAJORITY };

const fn electing(election: Election) -> SingleLeader {
    SingleLeader { election, ..MAJORITY }
}

const fn persisting(persistence: Persistence) -> SingleLeader {
    SingleLeader { persistence, ..MAJORITY }
}

#[test]
fn the_first_leader_leads_the_first_epoch_at_once() {
    let (bench, effects) = Bench::boot(MAJORITY, FIRST_LEADER.0, None, 0);
    let expected =
        Effects { persist: bench.synced(), arm: vec![Timer::Heartbeat], ..Effects::none() };
    assert_eq!(effects, expected);
    assert_eq!(bench.replica().durable.epoch, FIRST_EPOCH);
    assert_eq!(bench.replica().durable.vote, Some(FIRST_LEADER));
    assert_eq!(bench.leading().epoch_start, at(0));
    assert_eq!(bench.leading().in_sync, MAJORITY.members);
}

#[test]
fn everybody_else_follows_the_first_leader() {
    let (bench, effects) = Bench::boot(MAJORITY, 1, None, 0);
    let expected =
        Effects { persist: bench.synced(), arm: vec![Timer::Suspect], ..Effects::none() };
    assert_eq!(effects, expected);
    assert_eq!(bench.replica().role, Role::Follower);
    assert_eq!(bench.replica().leader, Some(FIRST_LEADER));
}

#[test]
fn only_those_who_may_take_over_count_the_leaders_silence() {
    let suspects = |election| {
        let (_, effects) = Bench::boot(electing(election), 1, None, 0);
        effects.arm == [Timer::Suspect]
    };
    assert!(suspects(Election::Anyone));
    assert!(suspects(Election::BestReachable));
    assert!(suspects(Election::Fenced));
    assert!(suspects(Election::Majority));
    assert!(!suspects(Election::Never));
    assert!(!suspects(Election::Appointed { unclean: false }));
}

#[test]
fn a_leader_that_evicts_counts_the_silence_of_its_followers() {
    let armed = |eviction| {
        let policy = SingleLeader { eviction, ..MAJORITY };
        Bench::boot(policy, 0, None, 0).1.arm
    };
    let evicting =
        [Timer::Heartbeat, Timer::Evict(ReplicaId(1)), Timer::Evict(ReplicaId(2))].as_slice();
    assert_eq!(armed(Eviction::Local), evicting);
    assert_eq!(armed(Eviction::Registered), evicting);
    assert_eq!(armed(Eviction::Never), [Timer::Heartbeat]);
    assert_eq!(armed(Eviction::Deposed), [Timer::Heartbeat]);
}

#[test]
fn the_controller_comes_on_top_of_the_replicas() {
    assert_eq!(MAJORITY.replicas(), 3);
    assert_eq!(APPOINTED.replicas(), 4);
}

#[test]
fn every_timer_but_the_heartbeat_concludes_that_somebody_is_gone() {
    let replica = ReplicaId(1);
    let suspicions = [Timer::Suspect, Timer::Decide, Timer::AckTimeout];
    let about_one = [Timer::Evict(replica), Timer::Appoint(replica)];
    assert_eq!(MAJORITY.purpose(Timer::Heartbeat), Purpose::Progress);
    for timer in suspicions.into_iter().chain(about_one) {
        assert_eq!(MAJORITY.purpose(timer), Purpose::Suspicion);
    }
}

#[test]
fn a_new_disk_is_synced_even_where_disks_are_synced_later() {
    let (bench, effects) = Bench::boot(persisting(Persistence::Lazy), 1, None, 0);
    assert_eq!(effects.persist, bench.synced());
}

#[test]
fn the_controller_starts_with_everybody_in_sync_and_counts_silence_for_everybody() {
    let (bench, effects) = Bench::boot(APPOINTED, 3, None, 0);
    let expected = Effects {
        persist: bench.synced(),
        arm: [Timer::Heartbeat]
            .into_iter()
            .chain((0..3).map(|id| Timer::Appoint(ReplicaId(id))))
            .collect(),
        ..Effects::none()
    };
    assert_eq!(effects, expected);
    let Registry { epoch, version, leader, in_sync, .. } = bench.controller().registry;
    assert_eq!((epoch, version, leader), (FIRST_EPOCH, 0, Some(FIRST_LEADER)));
    assert_eq!(in_sync, APPOINTED.members);
}

#[test]
fn the_controller_remembers_the_registry() {
    let mut bench = Bench::start(APPOINTED, 3);
    bench.hear(1, Message::Register { incarnation: 1, unclean: true });
    let registry = bench.controller().registry.clone();
    let (bench, _) = bench.restart();
    assert_eq!(bench.controller().registry, registry);
}

/// Raft, §5.2: servers start as followers.
#[test]
fn where_votes_elect_a_restarted_leader_follows() {
    for election in [Election::Majority, Election::Fenced] {
        let (bench, effects) = Bench::leader(electing(election), 1).restart();
        assert_eq!(effects, Effects { arm: vec![Timer::Suspect], ..Effects::none() });
        assert_eq!(bench.replica().role, Role::Follower);
        assert_eq!(bench.replica().leader, None);
        assert_eq!(bench.epochs(), [1]);
    }
}

#[test]
fn where_nobody_is_asked_a_restarted_leader_leads_its_epoch_again() {
    for election in [Election::Never, Election::Anyone, Election::BestReachable] {
        let (bench, effects) = Bench::leader(electing(election), 1).restart();
        assert_eq!(effects, Effects { arm: vec![Timer::Heartbeat], ..Effects::none() });
        assert_eq!(bench.leading().epoch_start, at(1));
        assert_eq!(bench.replica().leader, Some(ReplicaId(0)));
    }
}

#[test]
fn a_restarted_leader_finds_the_first_entry_of_its_epoch() {
    let policy = electing(Election::Anyone);
    let vote = Some(ReplicaId(1));
    let durable = Durable { vote, ..remembered(&policy, &[1, 1, 2, 2]) };
    let (bench, _) = Bench::boot(policy, 1, Some(Remembered::Replica(durable)), 0);
    assert_eq!(bench.leading().epoch_start, at(3));
}

#[test]
fn where_nobody_is_asked_a_restarted_follower_follows() {
    let mut bench = Bench::start(electing(Election::Anyone), 1);
    bench.hear(2, append(2, mark(0, 0), &[opened(2)], 0));
    let (bench, effects) = bench.restart();
    assert_eq!(effects, Effects { arm: vec![Timer::Suspect], ..Effects::none() });
    assert_eq!(bench.replica().role, Role::Follower);
}

#[test]
fn where_leaders_are_appointed_a_restarted_replica_registers_with_the_controller() {
    let (bench, effects) = Bench::leader(APPOINTED, 1).restart();
    let registration = Message::Register { incarnation: 1, unclean: false };
    let expected =
        Effects { persist: bench.synced(), send: vec![to(3, registration)], ..Effects::none() };
    assert_eq!(effects, expected);
    assert_eq!(bench.replica().role, Role::Follower);
}

/// Kafka, KIP-966: a broker that was not shut down cleanly says so when it registers.
#[test]
fn whoever_may_have_lost_what_it_acknowledged_says_so() {
    let lazy = SingleLeader { persistence: Persistence::Lazy, ..APPOINTED };
    let from_memory = SingleLeader { ack_means: AckMeans::Received, ..APPOINTED };
    for policy in [lazy, from_memory] {
        let (_, effects) = Bench::start(policy, 1).restart();
        let registration = Message::Register { incarnation: 1, unclean: true };
        assert_eq!(effects.send, [to(3, registration)]);
    }
}

#[test]
fn so_does_whoever_forgets_its_log() {
    let epoch_only = SingleLeader { persistence: Persistence::EpochOnly, ..APPOINTED };
    let truncating = SingleLeader { truncation: Truncation::HighWatermark, ..APPOINTED };
    for policy in [epoch_only, truncating] {
        let (_, effects) = Bench::start(policy, 1).restart();
        let registration = Message::Register { incarnation: 1, unclean: true };
        assert_eq!(effects.send, [to(3, registration)]);
    }
}

#[test]
fn restarts_are_counted_on_stable_storage_where_they_may_lose_what_was_acknowledged() {
    for incarnation in 1..3 {
        let disk = Durable {
            incarnation: incarnation - 1,
            ..remembered(&persisting(Persistence::Lazy), &[1])
        };
        let disk = Some(Remembered::Replica(disk));
        let (bench, effects) = Bench::boot(persisting(Persistence::Lazy), 1, disk, 0);
        assert_eq!(bench.replica().durable.incarnation, incarnation);
        assert_eq!(effects.persist, bench.synced());
    }
}

#[test]
fn restarts_that_lose_nothing_are_not_counted() {
    let (bench, effects) = Bench::start(MAJORITY, 1).restart();
    assert_eq!(bench.replica().durable.incarnation, 0);
    assert_eq!(effects.persist, None);
}

/// What of epoch, vote and log is kept, and how safely, by a follower in a later epoch.
#[test]
fn the_policy_decides_what_is_kept_for_a_restart() {
    let all = remembered(&MAJORITY, &[1, 2]);
    let all = Durable { vote: Some(ReplicaId(2)), ..all };
    let none =
        Durable { epoch: FIRST_EPOCH, vote: Some(FIRST_LEADER), ..remembered(&MAJORITY, &[]) };
    let epoch_only = Durable { epoch: Epoch(2), vote: Some(ReplicaId(2)), ..none.clone() };
    let log_only = Durable { log: log(&[1, 2]), ..none };
    let synced = |durable| {
        Some(Persist { durable: Remembered::Replica(durable), sync: SyncPolicy::BeforeRelease })
    };
    let lazily =
        |durable| Some(Persist { durable: Remembered::Replica(durable), sync: SyncPolicy::Lazy });
    let kept = |persistence| {
        let mut bench = Bench::start(persisting(persistence), 1);
        bench.hear(0, append(1, mark(0, 0), &[written(1, 1)], 0));
        bench.hear(2, request_vote(2, mark(1, 1)));
        bench.hear(2, append(2, mark(1, 1), &[opened(2)], 0)).persist
    };
    assert_eq!(kept(Persistence::BeforeAck), synced(all.clone()));
    assert_eq!(kept(Persistence::Lazy), lazily(all));
    assert_eq!(kept(Persistence::EpochOnly), synced(epoch_only));
    assert_eq!(kept(Persistence::LogOnly), synced(log_only));
    assert_eq!(kept(Persistence::Nothing), None);
}

#[test]
fn a_restarted_replica_shows_its_snapshot_and_nothing_after_it() {
    let (snapshot, log) = compacted(&MAJORITY, &[1, 1, 1], 2);
    let durable = Durable { snapshot, log, ..remembered(&MAJORITY, &[1]) };
    let (bench, _) = Bench::boot(MAJORITY, 1, Some(Remembered::Replica(durable)), 0);
    assert_eq!(bench.positions(), (2, 2));
}

/// A promise may have been given just before the crash.
#[test]
fn a_restarted_replica_counts_its_promise_from_now() {
    let disk = Some(Remembered::Replica(remembered(&MAJORITY, &[1])));
    let (bench, _) = Bench::boot(MAJORITY, 1, disk, 7);
    assert_eq!(bench.replica().promised_at, Timestamp(7));
}

/// Kafka before KIP-101: a restarted follower truncates to its high watermark.
#[test]
fn before_epochs_a_restarted_replica_drops_what_it_does_not_know_to_be_acknowledged() {
    let policy = SingleLeader { truncation: Truncation::HighWatermark, ..MAJORITY };
    let (bench, effects) = Bench::follower(policy, &[1, 1]).restart();
    assert_eq!(bench.epochs(), [] as [u64; 0]);
    assert_eq!(effects.persist, bench.synced());
}

#[test]
fn before_epochs_a_restarted_replica_keeps_what_it_knew_to_be_acknowledged() {
    assert_eq!(restarted_to_checkpoint(Persistence::BeforeAck), [1]);
}

#[test]
fn so_does_one_that_counts_its_restarts() {
    assert_eq!(restarted_to_checkpoint(Persistence::Lazy), [1]);
}

/// What is left after a restart of two entries, of which the first was known to be acknowledged.
fn restarted_to_checkpoint(persistence: Persistence) -> Vec<u64> {
    let truncation = Truncation::HighWatermark;
    let mut bench = Bench::start(SingleLeader { truncation, ..persisting(persistence) }, 1);
    bench.hear(0, append(1, mark(0, 0), &[written(1, 1)], 1));
    bench.hear(0, append(1, mark(1, 1), &[written(1, 2)], 1));
    bench.restart().0.epochs()
}
