//! Taking over, and elections in which no majority votes.

use super::bench::{Bench, Effects};
use super::messages::{append, appended, at, done, mark, opened, request_vote, to, vote, written};
use crate::single_leader::{AckRule, Candidate, Election, Eviction, Role, SingleLeader, Timer};
use crate::vocabulary::{Epoch, ReplicaId, ReplicaSet};

const MAJORITY: SingleLeader = SingleLeader::majority(3);
const ANYONE: SingleLeader = SingleLeader { election: Election::Anyone, ..MAJORITY };
const FENCED: SingleLeader = SingleLeader { election: Election::Fenced, ..MAJORITY };
const BEST: SingleLeader = SingleLeader { election: Election::BestReachable, ..MAJORITY };

/// Replica 1, which follows replica 0 and holds one entry of epoch 1.
fn follower(policy: SingleLeader) -> Bench {
    let mut bench = Bench::start(policy, 1);
    bench.hear(0, append(1, mark(0, 0), &[written(1, 1)], 0));
    bench
}

/// Raft, §8: a leader begins its term with an entry of its own.
#[test]
fn a_new_leader_appends_the_first_entry_of_its_epoch() {
    let mut bench = follower(MAJORITY);
    bench.fire(Timer::Suspect);
    let effects = bench.hear(2, vote(2, true));
    let first = append(2, mark(1, 1), &[opened(2)], 0);
    let expected = Effects {
        persist: bench.synced(),
        send: vec![to(0, first.clone()), to(2, first)],
        arm: vec![Timer::Heartbeat],
        ..Effects::none()
    };
    assert_eq!(effects, expected);
    assert_eq!(bench.leading().epoch_start, at(2));
    assert_eq!(bench.replica().leader, Some(ReplicaId(1)));
}

#[test]
fn a_new_leader_waits_for_every_member() {
    let bench = Bench::elected(MAJORITY, &[1]);
    assert_eq!(bench.leading().in_sync, ReplicaSet::first(3));
}

/// PostgreSQL: a promoted standby no longer counts its old primary among the synchronous ones.
#[test]
fn a_deposed_leader_is_not_waited_for_where_the_policy_says_so() {
    let in_sync = |eviction| {
        let policy = SingleLeader { ack: AckRule::All, eviction, ..ANYONE };
        let mut bench = follower(policy);
        bench.fire(Timer::Suspect);
        bench.leading().in_sync
    };
    assert_eq!(in_sync(Eviction::Deposed), ReplicaSet::of(&[1, 2]));
    assert_eq!(in_sync(Eviction::Never), ReplicaSet::first(3));
    assert_eq!(in_sync(Eviction::Local), ReplicaSet::first(3));
}

#[test]
fn a_deposed_leader_that_has_caught_up_is_waited_for_again() {
    let policy = SingleLeader { ack: AckRule::All, eviction: Eviction::Deposed, ..ANYONE };
    let mut bench = follower(policy);
    bench.fire(Timer::Suspect);
    bench.hear(0, appended(2, 1));
    assert_eq!(bench.leading().in_sync, ReplicaSet::of(&[1, 2]));
    bench.hear(0, appended(2, 2));
    assert_eq!(bench.leading().in_sync, ReplicaSet::first(3));
}

#[test]
fn a_new_leader_that_need_not_wait_says_at_once_what_is_acknowledged() {
    let policy = SingleLeader { ack: AckRule::Asynchronous, ..ANYONE };
    let effects = follower(policy).fire(Timer::Suspect);
    assert_eq!(effects.send[0], to(0, append(2, mark(1, 1), &[opened(2)], 2)));
}

#[test]
fn where_nobody_is_asked_whoever_suspects_leads() {
    let mut bench = follower(ANYONE);
    let effects = bench.fire(Timer::Suspect);
    let first = append(2, mark(1, 1), &[opened(2)], 0);
    let expected = Effects {
        persist: bench.synced(),
        send: vec![to(0, first.clone()), to(2, first)],
        arm: vec![Timer::Heartbeat],
        ..Effects::none()
    };
    assert_eq!(effects, expected);
    assert_eq!(bench.replica().durable.vote, Some(ReplicaId(1)));
}

#[test]
fn whoever_asks_all_but_the_suspected_leader_asks_nobody_else() {
    for (policy, arm) in
        [(FENCED, vec![Timer::Suspect]), (BEST, vec![Timer::Suspect, Timer::Decide])]
    {
        let mut bench = follower(policy);
        let effects = bench.fire(Timer::Suspect);
        let send = vec![to(2, request_vote(2, mark(1, 1)))];
        assert_eq!(effects, Effects { persist: bench.synced(), send, arm, ..Effects::none() });
        let candidate =
            Candidate { electorate: ReplicaSet::of(&[1, 2]), granted: ReplicaSet::of(&[1]) };
        assert_eq!(bench.replica().role, Role::Candidate(candidate));
    }
}

#[test]
fn whoever_suspects_nobody_in_particular_asks_everybody() {
    for policy in [FENCED, BEST] {
        let mut bench = Bench::follower(policy, &[1]);
        let question = request_vote(2, mark(1, 1));
        assert_eq!(bench.fire(Timer::Suspect).send, [to(0, question.clone()), to(2, question)]);
    }
}

#[test]
fn all_but_the_suspected_must_agree() {
    for election in [Election::Fenced, Election::BestReachable] {
        let mut bench = follower(SingleLeader { election, ..SingleLeader::majority(4) });
        bench.fire(Timer::Suspect);
        bench.hear(2, vote(2, true));
        assert!(matches!(bench.replica().role, Role::Candidate(_)), "{election:?}");
        bench.hear(0, vote(2, true));
        assert!(matches!(bench.replica().role, Role::Candidate(_)), "{election:?}");
        bench.hear(3, vote(2, true));
        assert!(matches!(bench.replica().role, Role::Leader(_)), "{election:?}");
    }
}

#[test]
fn one_refusal_ends_a_candidacy_that_needs_everybody() {
    for policy in [FENCED, BEST] {
        let mut bench = follower(policy);
        bench.fire(Timer::Suspect);
        let effects = bench.hear(2, vote(2, false));
        assert_eq!(effects, Effects { arm: vec![Timer::Suspect], ..Effects::none() });
        assert_eq!(bench.replica().role, Role::Follower);
    }
}

/// A promise is kept even if the candidate does not deserve to lead: the old leader is fenced off.
#[test]
fn whoever_is_fenced_follows_no_older_leader() {
    let mut bench = follower(FENCED);
    let effects = bench.hear(2, request_vote(2, mark(0, 0)));
    let expected = Effects {
        persist: bench.synced(),
        send: vec![to(2, vote(2, false))],
        arm: vec![Timer::Suspect],
        ..Effects::none()
    };
    assert_eq!(effects, expected);
    assert_eq!(bench.hear(0, append(1, mark(1, 1), &[written(1, 2)], 0)), Effects::none());
}

#[test]
fn a_fenced_replica_promises_once_in_an_epoch() {
    let mut bench = follower(FENCED);
    bench.hear(2, request_vote(2, mark(1, 1)));
    assert_eq!(bench.hear(0, request_vote(2, mark(1, 1))).send, [to(0, vote(2, false))]);
    assert_eq!(bench.replica().durable.vote, Some(ReplicaId(2)));
}

#[test]
fn asking_for_the_best_reachable_binds_nobody() {
    for (last, granted) in [(mark(1, 1), true), (mark(0, 0), false)] {
        let mut bench = follower(BEST);
        let effects = bench.hear(2, request_vote(2, last));
        let send = vec![to(2, vote(2, granted))];
        assert_eq!(effects, Effects { send, ..Effects::none() });
        assert_eq!(bench.replica().durable.epoch, Epoch(1));
        let more = append(1, mark(1, 1), &[written(1, 2)], 0);
        assert_eq!(bench.hear(0, more).send, [to(0, appended(1, 2))]);
    }
}

#[test]
fn whoever_has_waited_long_enough_takes_over_without_those_who_are_silent() {
    let mut bench = follower(BEST);
    bench.fire(Timer::Suspect);
    let effects = bench.fire(Timer::Decide);
    let first = append(2, mark(1, 1), &[opened(2)], 0);
    let expected = Effects {
        persist: bench.synced(),
        send: vec![to(0, first.clone()), to(2, first)],
        arm: vec![Timer::Heartbeat],
        ..Effects::none()
    };
    assert_eq!(effects, expected);
}

#[test]
fn whoever_was_refused_decides_nothing() {
    let mut bench = follower(BEST);
    bench.fire(Timer::Suspect);
    bench.hear(2, vote(2, false));
    assert_eq!(bench.fire(Timer::Decide), Effects::none());
}

#[test]
fn a_leader_decides_nothing() {
    let mut bench = follower(BEST);
    bench.fire(Timer::Suspect);
    bench.hear(2, vote(2, true));
    assert_eq!(bench.fire(Timer::Decide), Effects::none());
}

/// The table of clients is part of the log, so the next leader inherits it.
#[test]
fn a_new_leader_knows_the_requests_in_its_log() {
    let policy = SingleLeader { ack: AckRule::Asynchronous, ..ANYONE };
    let mut bench = follower(policy);
    bench.fire(Timer::Suspect);
    assert_eq!(bench.write(1), Effects { reply: vec![done(1, 1)], ..Effects::none() });
}

#[test]
fn a_candidate_that_was_refused_does_not_lead_after_a_restart() {
    let mut bench = follower(BEST);
    bench.fire(Timer::Suspect);
    bench.hear(2, vote(2, false));
    let (bench, _) = bench.restart();
    assert_eq!(bench.replica().role, Role::Follower);
}

#[test]
fn a_candidate_that_follows_by_now_does_not_lead_after_a_restart() {
    let mut bench = follower(BEST);
    bench.fire(Timer::Suspect);
    bench.hear(2, append(2, mark(1, 1), &[opened(2)], 0));
    let (bench, _) = bench.restart();
    assert_eq!(bench.replica().role, Role::Follower);
}
