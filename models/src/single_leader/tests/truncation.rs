//! What a follower does with entries that the leader does not have.

use super::bench::{Bench, Effects, compacted, remembered};
use super::messages::{
    append, appended, asked, found, mark, not_appended, opened, read, to, written,
};
use crate::protocol::SyncPolicy;
use crate::single_leader::{
    AckMeans, Durable, Message, ReadRule, Remembered, SingleLeader, Timer, Truncation, Visibility,
};
use crate::vocabulary::{Epoch, LogPosition, Operation, ReplicaId, ReplicaSet};

const ALL: [Truncation; 4] = [
    Truncation::Never,
    Truncation::HighWatermark,
    Truncation::EpochAndPosition,
    Truncation::Snapshot,
];

const fn truncating(truncation: Truncation) -> SingleLeader {
    SingleLeader { truncation, ..SingleLeader::majority(3) }
}

/// What a follower does that says this to the leader and changes nothing.
fn says(message: Message) -> Effects {
    Effects { send: vec![to(0, message)], arm: vec![Timer::Suspect], ..Effects::none() }
}

/// A follower that is in epoch 3 and whose log holds one entry of each of `epochs`.
fn follower(truncation: Truncation, epochs: &[u64]) -> Bench {
    let policy = truncating(truncation);
    let durable = Durable { epoch: Epoch(3), ..remembered(&policy, epochs) };
    Bench::boot(policy, 1, Some(Remembered::Replica(durable)), 0).0
}

/// Raft, §5.3: the follower drops what conflicts with the leader's entries, and all that follows.
#[test]
fn what_conflicts_is_dropped_with_all_that_follows() {
    for truncation in [Truncation::EpochAndPosition, Truncation::HighWatermark] {
        let policy = truncating(truncation);
        let mut bench = Bench::start(policy, 1);
        let tail = [written(1, 1), written(1, 2), written(1, 3)];
        bench.hear(0, append(1, mark(0, 0), &tail, 0));
        let effects = bench.hear(0, append(3, mark(1, 1), &[opened(3)], 0));
        assert_eq!(effects, Effects { persist: bench.synced(), ..says(appended(3, 2)) });
        assert_eq!(bench.epochs(), [1, 3], "{truncation:?}");
    }
}

#[test]
fn entries_before_a_conflict_stay() {
    let mut bench = follower(Truncation::EpochAndPosition, &[1, 1, 2]);
    let entries = [written(1, 1), written(1, 2), opened(3)];
    bench.hear(0, append(3, mark(0, 0), &entries, 0));
    assert_eq!(bench.epochs(), [1, 1, 3]);
}

#[test]
fn what_readers_saw_of_dropped_entries_is_taken_back() {
    let policy = SingleLeader {
        visibility: Visibility::Appended,
        read: ReadRule::FollowerLocal,
        ..truncating(Truncation::EpochAndPosition)
    };
    let mut bench = Bench::start(policy, 1);
    bench.hear(0, append(1, mark(0, 0), &[written(1, 1), written(1, 2)], 0));
    bench.hear(0, append(2, mark(1, 1), &[opened(2)], 0));
    assert_eq!(bench.positions(), (0, 2));
    assert_eq!(bench.ask(2, 1, read()).reply, [found(2, 1, Some(1), 2)]);
}

#[test]
fn members_are_those_of_the_log_that_is_left() {
    let policy = SingleLeader { replicas: 4, ..truncating(Truncation::EpochAndPosition) };
    let mut bench = Bench::start(policy, 1);
    let grows = asked(1, 1, 1, Operation::AddReplica(ReplicaId(3)));
    bench.hear(0, append(1, mark(0, 0), &[grows], 0));
    assert_eq!(bench.replica().members, ReplicaSet::first(4));
    bench.hear(0, append(2, mark(0, 0), &[opened(2)], 0));
    assert_eq!(bench.replica().members, ReplicaSet::first(3));
}

/// Kafka, KIP-279: an epoch that the leader's log cannot hold there is skipped as a whole.
#[test]
fn a_whole_newer_epoch_is_skipped_at_once() {
    let resume = |epochs: &[u64], previous| {
        let mut bench = follower(Truncation::EpochAndPosition, epochs);
        let effects = bench.hear(0, append(3, previous, &[], 0));
        assert_eq!(bench.epochs(), epochs, "a heartbeat truncates nothing");
        effects
    };
    assert_eq!(resume(&[1, 2, 2, 2], mark(1, 4)), says(not_appended(3, Some(1))));
    assert_eq!(resume(&[2, 2, 2], mark(1, 3)), says(not_appended(3, Some(0))));
    // Those of an epoch no newer may be the leader's: only the one that differs is passed over.
    assert_eq!(resume(&[1, 1, 2], mark(3, 3)), says(not_appended(3, Some(2))));
    assert_eq!(resume(&[1, 1, 1], mark(2, 2)), says(not_appended(3, Some(1))));
    // After a gap, the end of this log is the last that can agree.
    assert_eq!(resume(&[1, 1], mark(3, 5)), says(not_appended(3, Some(2))));
    assert_eq!(resume(&[1, 2, 2], mark(1, 5)), says(not_appended(3, Some(1))));
}

#[test]
fn nothing_before_the_base_is_in_doubt() {
    let policy = truncating(Truncation::EpochAndPosition);
    let (snapshot, log) = compacted(&policy, &[1, 2, 2, 2], 2);
    let durable = Durable { snapshot, log, ..remembered(&policy, &[3]) };
    let mut bench = Bench::boot(policy, 1, Some(Remembered::Replica(durable)), 0).0;
    let effects = bench.hear(0, append(3, mark(1, 4), &[], 0));
    assert_eq!(effects, says(not_appended(3, Some(2))));
}

#[test]
fn where_nothing_is_dropped_what_conflicts_stays_in_place_of_what_came() {
    let mut bench = follower(Truncation::Never, &[1, 1]);
    let entries = [opened(3), written(3, 3)];
    let effects = bench.hear(0, append(3, mark(1, 1), &entries, 0));
    assert_eq!(effects, Effects { persist: bench.synced(), ..says(appended(3, 3)) });
    assert_eq!(bench.epochs(), [1, 1, 3]);
}

#[test]
fn where_nothing_is_dropped_nothing_is_compared() {
    let mut bench = follower(Truncation::Never, &[1, 1]);
    let effects = bench.hear(0, append(3, mark(2, 2), &[opened(3)], 0));
    assert_eq!(effects.send, [to(0, appended(3, 3))]);
    assert_eq!(bench.epochs(), [1, 1, 3]);
}

#[test]
fn where_nothing_is_dropped_a_gap_is_refused_all_the_same() {
    for truncation in ALL {
        let mut bench = follower(truncation, &[]);
        let effects = bench.hear(0, append(3, mark(1, 1), &[opened(3)], 0));
        let Durable { incarnation, .. } = bench.replica().durable;
        let resume = Some(LogPosition::ZERO);
        let refusal = Message::NotAppended { epoch: Epoch(3), resume, incarnation };
        assert_eq!(effects, says(refusal), "{truncation:?}");
    }
}

/// Kafka before KIP-101.
#[test]
fn before_epochs_a_follower_truncates_to_what_it_knows_to_be_acknowledged() {
    let mut bench = Bench::start(truncating(Truncation::HighWatermark), 1);
    let tail = [written(1, 1), written(1, 2), written(1, 3)];
    bench.hear(0, append(1, mark(0, 0), &tail, 1));
    let effects = bench.hear(0, append(3, mark(2, 3), &[opened(3)], 1));
    assert_eq!(effects, Effects { persist: bench.synced(), ..says(not_appended(3, Some(1))) });
    assert_eq!(bench.epochs(), [1]);
}

#[test]
fn where_logs_are_copied_whole_a_conflict_asks_for_the_copy() {
    let mut bench = follower(Truncation::Snapshot, &[1, 1]);
    let in_the_entries = append(3, mark(1, 1), &[opened(3)], 0);
    assert_eq!(bench.hear(0, in_the_entries), says(not_appended(3, None)));
    let before_the_entries = append(3, mark(2, 2), &[opened(3)], 0);
    assert_eq!(bench.hear(0, before_the_entries), says(not_appended(3, None)));
    assert_eq!(bench.epochs(), [1, 1]);
}

#[test]
fn what_is_truncated_is_safely_gone_by_what_an_acknowledgement_means() {
    let sync = |ack_means| {
        let policy = SingleLeader { ack_means, ..truncating(Truncation::EpochAndPosition) };
        let mut bench = Bench::start(policy, 1);
        bench.hear(0, append(3, mark(0, 0), &[written(1, 1)], 0));
        bench.hear(0, append(3, mark(0, 0), &[opened(3)], 0)).persist.map(|kept| kept.sync)
    };
    assert_eq!(sync(AckMeans::Received), Some(SyncPolicy::Lazy));
    assert_eq!(sync(AckMeans::Flushed), Some(SyncPolicy::BeforeRelease));
}
