//! Copying the log, as a follower does it: continuing its log, and whose entries it takes.

use super::bench::{Bench, Effects, compacted, remembered};
use super::messages::{append, appended, mark, not_appended, opened, to, written};
use crate::protocol::SyncPolicy;
use crate::single_leader::{
    AckMeans, Durable, Election, Message, Remembered, Role, SingleLeader, Timer,
};
use crate::vocabulary::{Epoch, ReplicaId};

const MAJORITY: SingleLeader = SingleLeader::majority(3);

/// What a follower does that says this to the leader and changes nothing.
fn says(message: Message) -> Effects {
    Effects { send: vec![to(0, message)], arm: vec![Timer::Suspect], ..Effects::none() }
}

/// Raft, Figure 2, AppendEntries: entries that are not in the log are appended.
#[test]
fn entries_that_continue_the_log_are_kept_before_they_are_confirmed() {
    let mut bench = Bench::start(MAJORITY, 1);
    let effects = bench.hear(0, append(1, mark(0, 0), &[written(1, 1), written(1, 2)], 0));
    assert_eq!(effects, Effects { persist: bench.synced(), ..says(appended(1, 2)) });
    assert_eq!(bench.epochs(), [1, 1]);
}

/// PostgreSQL, `synchronous_commit`: `remote_write` against `on`.
#[test]
fn what_an_acknowledgement_means_decides_how_safely_entries_are_kept() {
    let sync = |ack_means| {
        let mut bench = Bench::start(SingleLeader { ack_means, ..MAJORITY }, 1);
        let effects = bench.hear(0, append(1, mark(0, 0), &[written(1, 1)], 0));
        effects.persist.map(|persist| persist.sync)
    };
    assert_eq!(sync(AckMeans::Received), Some(SyncPolicy::Lazy));
    assert_eq!(sync(AckMeans::Flushed), Some(SyncPolicy::BeforeRelease));
    assert_eq!(sync(AckMeans::Applied), Some(SyncPolicy::BeforeRelease));
}

#[test]
fn a_newer_epoch_is_synced_even_with_entries_that_need_not_be() {
    let policy = SingleLeader { ack_means: AckMeans::Received, ..MAJORITY };
    let mut bench = Bench::start(policy, 1);
    let effects = bench.hear(2, append(2, mark(0, 0), &[opened(2)], 0));
    assert_eq!(effects.persist, bench.synced());
}

#[test]
fn a_heartbeat_is_confirmed_and_changes_nothing() {
    let mut bench = Bench::follower(MAJORITY, &[1]);
    bench.hear(0, append(1, mark(1, 1), &[], 0));
    let before = bench.participant.clone();
    assert_eq!(bench.hear(0, append(1, mark(1, 1), &[], 0)), says(appended(1, 1)));
    assert_eq!(bench.participant, before);
}

/// Raft, Figure 2, AppendEntries 2: reply false if the log holds no entry there.
#[test]
fn entries_after_a_gap_are_refused() {
    let mut bench = Bench::follower(MAJORITY, &[1]);
    let effects = bench.hear(0, append(1, mark(1, 2), &[written(1, 3)], 0));
    assert_eq!(effects, says(not_appended(1, Some(1))));
    assert_eq!(bench.epochs(), [1]);
}

#[test]
fn entries_that_are_there_are_not_kept_again() {
    let mut bench = Bench::start(MAJORITY, 1);
    let message = append(1, mark(0, 0), &[written(1, 1), written(1, 2)], 0);
    bench.hear(0, message.clone());
    assert_eq!(bench.hear(0, message), says(appended(1, 2)));
    assert_eq!(bench.epochs(), [1, 1]);
}

#[test]
fn only_what_is_new_of_a_message_is_taken() {
    let mut bench = Bench::follower(MAJORITY, &[1]);
    let effects = bench.hear(0, append(1, mark(0, 0), &[written(1, 1), written(1, 2)], 0));
    assert_eq!(effects, Effects { persist: bench.synced(), ..says(appended(1, 2)) });
    assert_eq!(bench.epochs(), [1, 1]);
}

/// Raft, §5.3: what follows the entries of a message stays unless one of them conflicts.
#[test]
fn a_late_shorter_message_undoes_nothing() {
    let mut bench = Bench::follower(MAJORITY, &[1, 1, 1]);
    let effects = bench.hear(0, append(1, mark(0, 0), &[written(1, 1)], 0));
    assert_eq!(effects, says(appended(1, 1)));
    assert_eq!(bench.epochs(), [1, 1, 1]);
}

#[test]
fn entries_before_the_base_are_known_to_agree() {
    let (snapshot, log) = compacted(&MAJORITY, &[1, 1], 2);
    let durable = Durable { snapshot, log, ..remembered(&MAJORITY, &[1]) };
    let mut bench = Bench::boot(MAJORITY, 1, Some(Remembered::Replica(durable)), 0).0;
    let late = append(1, mark(0, 0), &[written(1, 1)], 0);
    assert_eq!(bench.hear(0, late), says(appended(1, 1)));
    let entries = [written(1, 1), written(1, 2), written(1, 3)];
    let effects = bench.hear(0, append(1, mark(0, 0), &entries, 0));
    assert_eq!(effects, Effects { persist: bench.synced(), ..says(appended(1, 3)) });
    assert_eq!(bench.epochs(), [1]);
}

/// Raft, Figure 2, AppendEntries 5: the minimum of leaderCommit and the last new entry.
#[test]
fn what_is_acknowledged_is_bounded_by_what_the_message_proves() {
    let mut bench = Bench::follower(MAJORITY, &[1, 1, 1]);
    bench.hear(0, append(2, mark(1, 1), &[], 3));
    assert_eq!(bench.positions(), (1, 1));
    bench.hear(0, append(2, mark(1, 1), &[written(1, 2)], 3));
    assert_eq!(bench.positions(), (2, 2));
}

#[test]
fn what_is_acknowledged_stays_so() {
    let mut bench = Bench::follower(MAJORITY, &[1, 1]);
    bench.hear(0, append(1, mark(1, 2), &[], 2));
    bench.hear(0, append(1, mark(1, 2), &[], 1));
    assert_eq!(bench.positions(), (2, 2));
}

/// Raft, Figure 2, AppendEntries 1. *Deviation:* silently; see `message`.
#[test]
fn entries_from_an_older_epoch_are_ignored() {
    let stale = append(1, mark(1, 1), &[written(1, 2)], 2);
    let mut follower = Bench::follower(MAJORITY, &[1, 2]);
    assert_eq!(follower.hear(0, stale.clone()), Effects::none());
    let mut candidate = Bench::follower(MAJORITY, &[1]);
    candidate.fire(Timer::Suspect);
    assert_eq!(candidate.hear(0, stale.clone()), Effects::none());
    assert!(matches!(candidate.replica().role, Role::Candidate(_)));
    let mut leader = Bench::elected(MAJORITY, &[1]);
    assert_eq!(leader.hear(0, stale), Effects::none());
}

/// Raft, Figure 2, rules for servers: a newer term is adopted, and persisted before an answer.
#[test]
fn a_newer_epoch_is_adopted_without_a_vote() {
    let mut bench = Bench::start(MAJORITY, 1);
    let effects = bench.hear(2, append(3, mark(0, 0), &[], 0));
    let expected = Effects {
        persist: bench.synced(),
        send: vec![to(2, appended(3, 0))],
        arm: vec![Timer::Suspect],
        ..Effects::none()
    };
    assert_eq!(effects, expected);
    let durable = &bench.replica().durable;
    assert_eq!((durable.epoch, durable.vote), (Epoch(3), None));
    assert_eq!(bench.replica().leader, Some(ReplicaId(2)));
}

#[test]
fn a_refusal_of_a_newer_leader_adopts_its_epoch_too() {
    let mut bench = Bench::start(MAJORITY, 1);
    let effects = bench.hear(2, append(3, mark(2, 4), &[], 0));
    assert_eq!(effects.persist, bench.synced());
    assert_eq!(effects.send, [to(2, not_appended(3, Some(0)))]);
}

/// Raft, §5.1: a leader that hears of a newer term becomes a follower.
#[test]
fn entries_from_a_newer_epoch_depose_a_leader() {
    let mut bench = Bench::leader(MAJORITY, 1);
    bench.hear(2, append(2, mark(1, 1), &[opened(2)], 0));
    assert_eq!(bench.replica().role, Role::Follower);
    assert_eq!(bench.replica().leader, Some(ReplicaId(2)));
    assert_eq!(bench.epochs(), [1, 2]);
}

/// Raft, §5.2: a candidate that hears from the leader of its term follows it.
#[test]
fn a_candidate_follows_the_leader_of_its_epoch() {
    let mut bench = Bench::follower(MAJORITY, &[1]);
    bench.fire(Timer::Suspect);
    let effects = bench.hear(2, append(2, mark(1, 1), &[opened(2)], 0));
    assert_eq!(effects.send, [to(2, appended(2, 2))]);
    assert_eq!(effects.arm, [Timer::Suspect]);
    assert_eq!(bench.replica().role, Role::Follower);
    assert_eq!(bench.replica().durable.vote, Some(ReplicaId(2)));
}

/// Where nobody is asked for a promise, two replicas may lead one epoch.
#[test]
fn of_two_leaders_of_an_epoch_neither_follows_the_other() {
    let policy = SingleLeader { election: Election::Anyone, ..MAJORITY };
    let mut bench = Bench::follower(policy, &[1]);
    bench.fire(Timer::Suspect);
    assert_eq!(bench.hear(2, append(2, mark(1, 1), &[opened(2)], 0)), Effects::none());
    assert!(matches!(bench.replica().role, Role::Leader(_)));
}

#[test]
fn a_follower_that_suspects_nobody_counts_no_silence() {
    let policy = SingleLeader { election: Election::Never, ..MAJORITY };
    let mut bench = Bench::start(policy, 1);
    assert_eq!(bench.hear(0, append(1, mark(0, 0), &[], 0)).arm, []);
}
