//! Votes: who asks whom, who may lead, and what is kept before it is said.

use super::bench::{Bench, Effects, compacted, log, remembered};
use super::messages::{mark, request_vote, to, vote};
use crate::single_leader::{
    Candidate, Durable, Election, Message, Remembered, Role, SingleLeader, Timer,
};
use crate::vocabulary::{Epoch, ReplicaId, ReplicaSet};

const MAJORITY: SingleLeader = SingleLeader::majority(3);

const fn electing(election: Election) -> SingleLeader {
    SingleLeader { election, ..MAJORITY }
}

/// What a voter does that answers this and changes nothing.
fn answers(candidate: u8, epoch: u64, granted: bool) -> Effects {
    Effects { send: vec![to(candidate, vote(epoch, granted))], ..Effects::none() }
}

/// Raft, §5.2: it increments its term, votes for itself, and asks all others.
#[test]
fn whoever_suspects_the_leader_asks_every_other_member() {
    let mut bench = Bench::follower(MAJORITY, &[1, 1]);
    let effects = bench.fire(Timer::Suspect);
    let question = request_vote(2, mark(1, 2));
    let expected = Effects {
        persist: bench.synced(),
        send: vec![to(0, question.clone()), to(2, question)],
        arm: vec![Timer::Suspect],
        ..Effects::none()
    };
    assert_eq!(effects, expected);
    let durable = &bench.replica().durable;
    assert_eq!((durable.epoch, durable.vote), (Epoch(2), Some(ReplicaId(1))));
}

#[test]
fn a_candidate_that_hears_nothing_asks_again_in_a_newer_epoch() {
    let mut bench = Bench::follower(MAJORITY, &[1]);
    bench.fire(Timer::Suspect);
    bench.hear(0, vote(2, false));
    let effects = bench.fire(Timer::Suspect);
    assert_eq!(effects.persist, bench.synced());
    assert_eq!(effects.send[0], to(0, request_vote(3, mark(1, 1))));
}

#[test]
fn a_leader_suspects_nobody() {
    assert_eq!(Bench::leader(MAJORITY, 0).fire(Timer::Suspect), Effects::none());
}

#[test]
fn an_outsider_stands_for_nothing() {
    let policy = SingleLeader { members: ReplicaSet::of(&[0, 2]), ..MAJORITY };
    assert_eq!(Bench::start(policy, 1).fire(Timer::Suspect), Effects::none());
}

#[test]
fn where_nobody_takes_over_suspicion_comes_to_nothing() {
    for election in [Election::Never, Election::Appointed { unclean: true }] {
        let mut bench = Bench::start(electing(election), 1);
        assert_eq!(bench.fire(Timer::Suspect), Effects::none());
    }
}

/// Raft, §5.2, and Figure 2: the vote is on stable storage before it is given.
#[test]
fn a_vote_is_kept_before_it_is_given() {
    let mut bench = Bench::start(MAJORITY, 1);
    let effects = bench.hear(2, request_vote(2, mark(0, 0)));
    let expected =
        Effects { persist: bench.synced(), arm: vec![Timer::Suspect], ..answers(2, 2, true) };
    assert_eq!(effects, expected);
    let durable = &bench.replica().durable;
    assert_eq!((durable.epoch, durable.vote), (Epoch(2), Some(ReplicaId(2))));
}

/// Raft, §5.2: at most one candidate in a term, first come, first served.
#[test]
fn one_candidate_gets_the_vote_of_an_epoch() {
    let mut bench = Bench::start(MAJORITY, 1);
    bench.hear(2, request_vote(2, mark(0, 0)));
    assert_eq!(bench.hear(0, request_vote(2, mark(0, 0))), Effects::none());
    assert_eq!(bench.replica().durable.vote, Some(ReplicaId(2)));
}

#[test]
fn the_same_candidate_is_answered_again() {
    let mut bench = Bench::start(MAJORITY, 1);
    bench.hear(2, request_vote(2, mark(0, 0)));
    assert_eq!(bench.hear(2, request_vote(2, mark(0, 0))), answers(2, 2, true));
}

#[test]
fn a_vote_survives_a_crash() {
    let mut bench = Bench::start(MAJORITY, 1);
    bench.hear(2, request_vote(2, mark(0, 0)));
    let (mut bench, _) = bench.restart();
    assert_eq!(bench.hear(0, request_vote(2, mark(0, 0))), Effects::none());
    assert_eq!(bench.hear(2, request_vote(2, mark(0, 0))), answers(2, 2, true));
}

#[test]
fn a_newer_epoch_frees_the_vote() {
    let mut bench = Bench::start(MAJORITY, 1);
    bench.hear(2, request_vote(2, mark(0, 0)));
    assert_eq!(bench.hear(0, request_vote(3, mark(0, 0))).send, [to(0, vote(3, true))]);
}

#[test]
fn nobody_gets_the_vote_of_the_first_epoch() {
    let mut bench = Bench::start(MAJORITY, 1);
    assert_eq!(bench.hear(2, request_vote(1, mark(0, 0))), Effects::none());
}

/// Raft, Figure 2, RequestVote 1. *Deviation:* silently; see `message`.
#[test]
fn a_candidate_of_an_older_epoch_is_ignored() {
    for election in [Election::Majority, Election::Fenced, Election::BestReachable] {
        let mut bench = Bench::follower(electing(election), &[2]);
        assert_eq!(bench.hear(2, request_vote(1, mark(9, 9))), Effects::none());
    }
}

/// Raft, §5.1: the newer term counts even if its candidate does not deserve to lead.
#[test]
fn an_epoch_is_adopted_and_its_candidate_refused() {
    let mut bench = Bench::follower(MAJORITY, &[1]);
    let effects = bench.hear(2, request_vote(2, mark(0, 0)));
    let expected =
        Effects { persist: bench.synced(), arm: vec![Timer::Suspect], ..Effects::none() };
    assert_eq!(effects, expected);
    let durable = &bench.replica().durable;
    assert_eq!((durable.epoch, durable.vote), (Epoch(2), None));
}

#[test]
fn a_leader_votes_for_a_newer_candidate_and_follows() {
    let mut bench = Bench::leader(MAJORITY, 0);
    let effects = bench.hear(1, request_vote(2, mark(0, 0)));
    assert_eq!(effects.send, [to(1, vote(2, true))]);
    assert_eq!(bench.replica().role, Role::Follower);
}

#[test]
fn a_candidate_votes_for_no_rival_in_its_epoch() {
    let mut bench = Bench::follower(MAJORITY, &[1]);
    bench.fire(Timer::Suspect);
    assert_eq!(bench.hear(2, request_vote(2, mark(9, 9))), Effects::none());
}

/// Raft, §5.4.1: the later last term wins; of equal ones, the longer log.
#[test]
fn a_vote_is_refused_to_whoever_is_behind() {
    let marks = || (0..=3_u64).flat_map(|epoch| (0..=3_u64).map(move |position| (epoch, position)));
    for (own_epoch, own_position) in marks().filter(|(epoch, _)| *epoch > 0) {
        let own = vec![own_epoch; own_position as usize];
        let ours = log(&own).last_mark();
        for (epoch, position) in marks() {
            let mut bench = Bench::follower(MAJORITY, &own);
            let effects = bench.hear(2, request_vote(4, mark(epoch, position)));
            let is_behind =
                epoch < ours.epoch.0 || epoch == ours.epoch.0 && position < ours.position.0;
            let expected = if is_behind { vec![] } else { vec![to(2, vote(4, true))] };
            assert_eq!(effects.send, expected, "{ours:?} asked by {:?}", mark(epoch, position));
        }
    }
}

/// How many members beside the candidate must agree; nothing if all of them are not enough.
fn votes_needed(policy: SingleLeader) -> Option<u8> {
    let mut bench = Bench::follower(policy, &[]);
    bench.fire(Timer::Suspect);
    let others = (0..policy.replicas).filter(|id| *id != 1);
    let leads = |bench: &Bench| matches!(bench.replica().role, Role::Leader(_));
    if leads(&bench) {
        return Some(0);
    }
    others.zip(1..).find_map(|(voter, votes)| {
        bench.hear(voter, vote(2, true));
        leads(&bench).then_some(votes)
    })
}

/// Raft, §5.2: a majority of the full cluster, for the same term.
#[test]
fn a_majority_elects_the_candidate_included() {
    let needed = [2, 3, 4, 5].map(|of| votes_needed(SingleLeader::majority(of)));
    assert_eq!(needed, [Some(1), Some(1), Some(2), Some(2)]);
    let alone = SingleLeader { members: ReplicaSet::of(&[1]), ..MAJORITY };
    assert_eq!(votes_needed(alone), Some(0));
}

#[test]
fn a_vote_counts_once() {
    let mut bench = Bench::follower(SingleLeader::majority(5), &[]);
    bench.fire(Timer::Suspect);
    assert_eq!(bench.hear(0, vote(2, true)), Effects::none());
    assert_eq!(bench.hear(0, vote(2, true)), Effects::none());
    let granted = ReplicaSet::of(&[0, 1]);
    let candidate = Candidate { electorate: ReplicaSet::first(5), granted };
    assert_eq!(bench.replica().role, Role::Candidate(candidate));
}

#[test]
fn the_vote_of_an_outsider_does_not_count() {
    let policy = SingleLeader { replicas: 5, ..MAJORITY };
    let mut bench = Bench::follower(policy, &[]);
    bench.fire(Timer::Suspect);
    assert_eq!(bench.hear(3, vote(2, true)), Effects::none());
    assert!(matches!(bench.replica().role, Role::Candidate(_)));
}

#[test]
fn a_vote_for_an_older_candidacy_does_not_count() {
    let mut bench = Bench::follower(MAJORITY, &[]);
    bench.fire(Timer::Suspect);
    bench.fire(Timer::Suspect);
    assert_eq!(bench.hear(0, vote(2, true)), Effects::none());
    assert!(matches!(bench.replica().role, Role::Candidate(_)));
}

#[test]
fn a_vote_after_the_election_changes_nothing() {
    let mut leader = Bench::elected(MAJORITY, &[]);
    assert_eq!(leader.hear(0, vote(2, true)), Effects::none());
    let mut follower = Bench::follower(MAJORITY, &[2]);
    assert_eq!(follower.hear(0, vote(2, true)), Effects::none());
    assert_eq!(follower.replica().role, Role::Follower);
}

#[test]
fn where_a_majority_elects_a_refusal_is_neither_sent_nor_the_end() {
    let mut bench = Bench::follower(MAJORITY, &[]);
    bench.fire(Timer::Suspect);
    assert_eq!(bench.hear(0, vote(2, false)), Effects::none());
    bench.hear(2, vote(2, true));
    assert!(matches!(bench.replica().role, Role::Leader(_)));
}

#[test]
fn a_vote_of_a_newer_epoch_ends_the_candidacy() {
    let mut bench = Bench::follower(MAJORITY, &[]);
    bench.fire(Timer::Suspect);
    let effects = bench.hear(0, Message::Vote { epoch: Epoch(7), granted: true });
    assert_eq!(effects.persist, bench.synced());
    assert_eq!(bench.replica().role, Role::Follower);
    assert_eq!(bench.replica().durable.epoch, Epoch(7));
}

/// The candidate's log is compared where the log ends, not where it was compacted.
#[test]
fn a_candidate_with_a_compacted_log_says_where_it_ends() {
    let (snapshot, log) = compacted(&MAJORITY, &[1, 2], 2);
    let durable = Durable { snapshot, log, ..remembered(&MAJORITY, &[2]) };
    let mut bench = Bench::boot(MAJORITY, 1, Some(Remembered::Replica(durable)), 0).0;
    assert_eq!(bench.fire(Timer::Suspect).send[0], to(0, request_vote(3, mark(2, 2))));
}
