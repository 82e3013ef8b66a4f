//! What happens without each safeguard, so that a model that switches it off switches off the right
//! thing.

use super::bench::{Bench, Effects, log, remembered};
use super::messages::{
    answer, append, appended, appended_after, asked, at, confirm, confirmed, done, found, mark,
    propose, read, request_vote, to, vote, written,
};
use crate::single_leader::{
    AckRule, Durable, Election, Eviction, Message, ReadRule, Registry, Remembered, Role, Safeguard,
    Safeguards, SingleLeader, Timer,
};
use crate::vocabulary::{Epoch, Key, Operation, Outcome, ReplicaId, ReplicaSet, Timestamp};

const MAJORITY: SingleLeader = SingleLeader::majority(3);

const IN_SYNC: SingleLeader = SingleLeader {
    ack: AckRule::InSync { at_least: 2 },
    election: Election::Appointed { unclean: false },
    eviction: Eviction::Registered,
    ..MAJORITY
};

const fn without(safeguard: Safeguard, policy: SingleLeader) -> SingleLeader {
    SingleLeader { safeguards: policy.safeguards.without(safeguard), ..policy }
}

#[test]
fn a_safeguard_is_on_until_it_is_switched_off() {
    for safeguard in Safeguard::ALL {
        assert!(MAJORITY.has(*safeguard));
        for other in Safeguard::ALL {
            assert_eq!(Safeguards::ALL.without(*safeguard).contain(*other), safeguard != other);
        }
    }
}

#[test]
fn without_epochs_an_old_leader_is_obeyed() {
    let policy = without(Safeguard::StaleEpochsRejected, MAJORITY);
    let mut bench = Bench::follower(policy, &[1, 2]);
    let effects = bench.hear(0, append(1, mark(1, 1), &[written(1, 2)], 2));
    assert_eq!(effects.send, [to(0, appended(1, 2))]);
    assert_eq!(bench.epochs(), [1, 1]);
    assert_eq!(bench.replica().durable.epoch, Epoch(2));
}

#[test]
fn without_epochs_only_followers_obey() {
    let policy = without(Safeguard::StaleEpochsRejected, MAJORITY);
    let mut bench = Bench::elected(policy, &[1]);
    assert_eq!(bench.hear(0, append(1, mark(1, 1), &[written(1, 2)], 2)), Effects::none());
}

#[test]
fn without_one_vote_everybody_gets_one() {
    let mut bench = Bench::start(without(Safeguard::OneVoteAnEpoch, MAJORITY), 1);
    bench.hear(2, request_vote(2, mark(0, 0)));
    assert_eq!(bench.hear(0, request_vote(2, mark(0, 0))).send, [to(0, vote(2, true))]);
    assert_eq!(bench.replica().durable.vote, Some(ReplicaId(0)));
}

#[test]
fn without_comparing_logs_whoever_is_behind_gets_the_vote() {
    let mut bench = Bench::follower(without(Safeguard::BehindLogsRefused, MAJORITY), &[1, 1]);
    assert_eq!(bench.hear(2, request_vote(2, mark(0, 0))).send, [to(2, vote(2, true))]);
}

#[test]
fn without_comparing_epochs_the_longer_log_gets_the_vote() {
    let policy = without(Safeguard::EpochsComparedFirst, MAJORITY);
    let asked = |last| Bench::follower(policy, &[2]).hear(2, request_vote(3, last)).send;
    assert_eq!(asked(mark(1, 2)), [to(2, vote(3, true))]);
    assert_eq!(asked(mark(1, 1)), [to(2, vote(3, true))]);
    assert_eq!(asked(mark(9, 0)), []);
}

#[test]
fn without_own_entries_old_ones_are_acknowledged_by_counting() {
    let mut bench = Bench::elected(without(Safeguard::OwnEpochCommits, MAJORITY), &[1, 1]);
    bench.hear(0, appended(2, 2));
    assert_eq!(bench.positions(), (2, 2));
}

#[test]
fn without_prefixes_entries_go_where_the_log_ends() {
    let mut bench = Bench::start(without(Safeguard::PrefixChecked, MAJORITY), 1);
    let effects = bench.hear(0, append(1, mark(1, 4), &[written(1, 5)], 0));
    assert_eq!(effects.send, [to(0, appended(1, 1))]);
    assert_eq!(bench.epochs(), [1]);
}

#[test]
fn without_duplicates_an_update_takes_effect_twice() {
    let add = || Operation::Add { key: Key::from("n"), amount: 1 };
    let mut bench = Bench::start(without(Safeguard::DuplicatesRecognised, MAJORITY), 0);
    bench.ask(1, 1, add());
    bench.ask(1, 1, add());
    let effects = bench.hear(1, appended(1, 2));
    assert_eq!(effects.reply.last(), Some(&answer(1, 1, Outcome::Counted(2), 2)));
    assert_eq!(bench.epochs(), [1, 1]);
}

#[test]
fn without_the_client_table_a_new_leader_repeats_what_the_log_holds() {
    let mut bench = Bench::elected(without(Safeguard::ClientTableInherited, MAJORITY), &[1]);
    bench.write(1);
    assert_eq!(bench.epochs(), [1, 2, 2]);
    assert_eq!(bench.write(1), Effects::none());
}

#[test]
fn without_snapshots_a_follower_is_sent_what_is_left() {
    let policy = SingleLeader { compact_after: Some(2), ..MAJORITY };
    let mut bench = Bench::leader(without(Safeguard::SnapshotForPurged, policy), 3);
    bench.hear(1, appended(1, 2));
    let left = append(1, mark(1, 2), &[written(1, 3)], 2);
    assert_eq!(bench.fire(Timer::Heartbeat).send, [to(1, left.clone()), to(2, left)]);
}

#[test]
fn without_one_change_at_a_time_two_are_under_way() {
    let mut bench = Bench::start(without(Safeguard::OneChangeAtATime, MAJORITY), 0);
    bench.ask(1, 1, Operation::RemoveReplica(ReplicaId(1)));
    bench.ask(2, 1, Operation::RemoveReplica(ReplicaId(2)));
    assert_eq!(bench.replica().members, ReplicaSet::of(&[0]));
}

#[test]
fn without_own_commits_a_new_leader_changes_members_at_once() {
    let mut bench = Bench::elected(without(Safeguard::ChangesAfterOwnCommit, MAJORITY), &[1]);
    bench.ask(2, 1, Operation::RemoveReplica(ReplicaId(2)));
    assert_eq!(bench.replica().members, ReplicaSet::of(&[0, 1]));
}

#[test]
fn without_own_commits_there_is_still_one_change_at_a_time() {
    let policy = without(Safeguard::ChangesAfterOwnCommit, MAJORITY);
    let mut entries = log(&[1]);
    entries.append(asked(1, 3, 1, Operation::RemoveReplica(ReplicaId(2))));
    let durable = Durable { log: entries, ..remembered(&policy, &[1]) };
    let mut bench = Bench::boot(policy, 1, Some(Remembered::Replica(durable)), 0).0;
    bench.fire(Timer::Suspect);
    bench.hear(0, vote(2, true));
    bench.ask(2, 1, Operation::RemoveReplica(ReplicaId(0)));
    assert_eq!(bench.replica().members, ReplicaSet::of(&[0, 1]));
}

#[test]
fn without_own_commits_a_new_leader_reads_what_it_knows() {
    let policy = SingleLeader { read: ReadRule::LeaderLocal, ..MAJORITY };
    let mut bench = Bench::elected(without(Safeguard::ReadsAfterOwnCommit, policy), &[1]);
    assert_eq!(bench.ask(2, 1, read()).reply, [found(2, 1, None, 0)]);
}

#[test]
fn without_honour_a_promise_binds_nobody() {
    let read = ReadRule::Lease { duration: 3, promise: 3 };
    let policy = without(Safeguard::LeaseHonoured, SingleLeader { read, ..MAJORITY });
    let mut bench = Bench::start(policy, 1);
    bench.hear(0, confirm(1, 1, 0));
    assert_eq!(bench.hear(2, request_vote(2, mark(0, 0))).send, [to(2, vote(2, true))]);
    bench.fire(Timer::Suspect);
    assert!(matches!(bench.replica().role, Role::Candidate(_)));
}

#[test]
fn without_honour_a_lease_still_runs_out() {
    let read_rule = ReadRule::Lease { duration: 3, promise: 3 };
    let policy = SingleLeader { read: read_rule, ..MAJORITY };
    let mut bench = Bench::start(without(Safeguard::LeaseHonoured, policy), 0);
    bench.hear(1, confirmed(1, 1, 0));
    bench.now = Timestamp(2);
    assert_eq!(bench.ask(2, 1, read()).reply.len(), 1);
    bench.now = Timestamp(3);
    assert_eq!(bench.ask(2, 2, read()).reply.len(), 0);
}

#[test]
fn without_fences_the_registry_takes_any_proposal() {
    let mut bench = Bench::start(without(Safeguard::ProposalsFenced, IN_SYNC), 3);
    bench.hear(2, propose(7, &[2]));
    assert_eq!(bench.controller().registry.in_sync, ReplicaSet::of(&[2]));
}

#[test]
fn without_leaving_whoever_lost_something_is_still_in_sync() {
    let mut bench = Bench::start(without(Safeguard::UncleanLeavesInSync, IN_SYNC), 3);
    bench.hear(0, Message::Register { incarnation: 1, unclean: true });
    let Registry { epoch, leader, in_sync, .. } = bench.controller().registry;
    assert_eq!((epoch, leader), (Epoch(2), Some(ReplicaId(0))));
    assert_eq!(in_sync, ReplicaSet::first(3));
}

#[test]
fn without_restarts_an_acknowledgement_from_before_one_counts() {
    let policy = without(Safeguard::StaleAcksRejected, MAJORITY);
    let mut bench = Bench::leader(policy, 2);
    let ack = |position, incarnation| appended_after(1, position, incarnation);
    bench.hear(1, ack(1, 1));
    assert_eq!(bench.hear(1, ack(2, 0)).reply, [done(2, 2)]);
}

#[test]
fn without_clearing_a_replica_stays_eligible() {
    let mut bench = Bench::start(without(Safeguard::EligibleCleared, IN_SYNC), 3);
    for (version, in_sync) in [[0].as_slice(), &[0, 2]].into_iter().enumerate() {
        bench.hear(0, propose(version as u64, in_sync));
    }
    assert_eq!(bench.controller().registry.in_sync, ReplicaSet::of(&[0, 2]));
    assert_eq!(bench.controller().registry.eligible, ReplicaSet::of(&[1]));
}

#[test]
fn without_catching_up_a_follower_is_in_sync_once_it_holds_what_is_known() {
    let policy = SingleLeader { ack: AckRule::All, eviction: Eviction::Local, ..MAJORITY };
    let joins = |policy| {
        let mut bench = Bench::elected(policy, &[1, 1]);
        bench.fire(Timer::Evict(ReplicaId(0)));
        bench.hear(0, appended(2, 1));
        assert_eq!(bench.leading().epoch_start, at(3));
        bench.leading().in_sync.contains(ReplicaId(0))
    };
    assert!(joins(without(Safeguard::CaughtUpBeforeInSync, policy)));
    assert!(!joins(policy));
}
