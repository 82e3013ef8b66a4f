//! Messages that nobody will act on, and those that look as if nobody would.

use super::bench::Bench;
use super::messages::{
    append, appended, appended_after, at, confirm, confirmed, mark, not_appended, opened, propose,
    request_vote, vote, written,
};
use crate::protocol::Protocol;
use crate::single_leader::{
    AckMeans, AckRule, AckTimeout, Election, Eviction, Message, Persistence, Registry,
    SingleLeader, Timer,
};
use crate::vocabulary::{Epoch, ReplicaId, Sequence, StateMachine};

const MAJORITY: SingleLeader = SingleLeader::majority(3);

fn is_obsolete(bench: &Bench, from: u8, message: &Message) -> bool {
    bench.policy.is_obsolete(message, ReplicaId(from), &bench.participant)
}

/// Whether the message is obsolete; if so, that it indeed does nothing.
fn ignores(bench: &mut Bench, from: u8, message: Message) -> bool {
    let obsolete = is_obsolete(bench, from, &message);
    if obsolete {
        let before = bench.participant.clone();
        assert!(bench.hear(from, message).is_empty(), "what is obsolete does nothing");
        assert_eq!(bench.participant, before, "what is obsolete changes nothing");
    }
    obsolete
}

fn snapshot(epoch: u64) -> Message {
    let snapshot = StateMachine::new(MAJORITY.members);
    Message::Snapshot { epoch: Epoch(epoch), snapshot, entries: Sequence::default(), commit: at(0) }
}

/// One message of every kind that belongs to an epoch.
fn messages(epoch: u64) -> [Message; 8] {
    [
        append(epoch, mark(0, 0), &[written(1, 1)], 0),
        appended(epoch, 1),
        not_appended(epoch, Some(0)),
        snapshot(epoch),
        request_vote(epoch, mark(9, 9)),
        vote(epoch, true),
        confirm(epoch, 1, 0),
        confirmed(epoch, 1, 0),
    ]
}

fn candidate() -> Bench {
    let mut bench = Bench::follower(MAJORITY, &[2]);
    bench.fire(Timer::Suspect);
    bench
}

#[test]
fn what_is_of_an_older_epoch_is_obsolete_to_everybody() {
    for message in messages(1) {
        assert!(ignores(&mut Bench::follower(MAJORITY, &[2]), 0, message.clone()));
        assert!(ignores(&mut candidate(), 0, message.clone()));
        assert!(ignores(&mut Bench::elected(MAJORITY, &[1]), 0, message.clone()));
    }
}

#[test]
fn what_is_of_a_newer_epoch_is_not_obsolete() {
    for message in messages(4) {
        assert!(!is_obsolete(&Bench::follower(MAJORITY, &[2]), 0, &message));
        assert!(!is_obsolete(&candidate(), 0, &message));
        assert!(!is_obsolete(&Bench::elected(MAJORITY, &[1]), 0, &message));
    }
}

#[test]
fn what_a_leader_of_this_epoch_says_is_not_obsolete() {
    let bench = Bench::follower(MAJORITY, &[2]);
    assert!(!is_obsolete(&bench, 0, &append(2, mark(0, 0), &[opened(2)], 0)));
    assert!(!is_obsolete(&bench, 0, &snapshot(2)));
    assert!(!is_obsolete(&bench, 0, &confirm(2, 1, 0)));
}

#[test]
fn what_followers_say_is_obsolete_to_whoever_leads_no_more() {
    let mut bench = Bench::leader(MAJORITY, 1);
    bench.hear(2, append(2, mark(0, 0), &[opened(2)], 0));
    assert!(ignores(&mut bench, 1, appended(2, 1)));
    assert!(ignores(&mut bench, 1, not_appended(2, None)));
    assert!(ignores(&mut bench, 1, confirmed(2, 1, 0)));
}

/// Where nobody is asked, a leader that restarts leads its epoch again, and hears its followers.
#[test]
fn but_not_where_a_leader_leads_its_epoch_again() {
    for election in [Election::Never, Election::Anyone, Election::BestReachable] {
        let policy = SingleLeader { election, ..MAJORITY };
        let bench = Bench::follower(policy, &[2]);
        assert!(!is_obsolete(&bench, 1, &appended(2, 1)));
        assert!(!is_obsolete(&bench, 1, &not_appended(2, None)));
        assert!(!is_obsolete(&bench, 1, &confirmed(2, 1, 0)));
    }
}

#[test]
fn an_acknowledgement_is_obsolete_once_the_leader_knows_as_much() {
    let mut bench = Bench::leader(MAJORITY, 2);
    bench.hear(1, appended(1, 1));
    assert!(ignores(&mut bench, 1, appended(1, 1)));
    assert!(!is_obsolete(&bench, 1, &appended(1, 2)));
    assert!(!is_obsolete(&bench, 2, &appended(1, 1)));
}

#[test]
fn an_acknowledgement_to_a_degraded_leader_is_not_obsolete() {
    let policy = SingleLeader { ack_timeout: AckTimeout::Degrade, ..MAJORITY };
    let mut bench = Bench::leader(policy, 1);
    bench.fire(Timer::AckTimeout);
    assert!(!is_obsolete(&bench, 1, &appended(1, 0)));
}

#[test]
fn a_rejection_is_not_obsolete_to_the_leader_of_its_epoch() {
    let mut bench = Bench::leader(MAJORITY, 2);
    bench.hear(1, appended(1, 2));
    assert!(!is_obsolete(&bench, 1, &not_appended(1, Some(0))));
}

#[test]
fn a_confirmation_is_obsolete_once_the_leader_has_a_later_one() {
    let mut bench = Bench::leader(MAJORITY, 0);
    bench.hear(1, confirmed(1, 2, 5));
    assert!(ignores(&mut bench, 1, confirmed(1, 2, 5)));
    assert!(ignores(&mut bench, 1, confirmed(1, 1, 4)));
    assert!(!is_obsolete(&bench, 1, &confirmed(1, 3, 5)));
    assert!(!is_obsolete(&bench, 1, &confirmed(1, 2, 6)));
    assert!(!is_obsolete(&bench, 2, &confirmed(1, 2, 5)));
}

#[test]
fn a_vote_is_obsolete_once_it_is_counted_or_the_election_is_over() {
    let mut bench = candidate();
    assert!(!is_obsolete(&bench, 0, &vote(3, true)));
    assert!(!is_obsolete(&bench, 0, &vote(3, false)));
    assert!(ignores(&mut bench, 1, vote(3, true)));
    bench.hear(0, vote(3, true));
    assert!(ignores(&mut bench, 2, vote(3, true)));
    assert!(ignores(&mut Bench::follower(MAJORITY, &[2]), 0, vote(2, true)));
}

#[test]
fn a_candidacy_is_obsolete_once_another_has_the_vote() {
    let mut bench = Bench::start(MAJORITY, 1);
    bench.hear(2, request_vote(2, mark(0, 0)));
    assert!(ignores(&mut bench, 0, request_vote(2, mark(0, 0))));
    assert!(!is_obsolete(&bench, 2, &request_vote(2, mark(0, 0))));
    assert!(ignores(&mut candidate(), 0, request_vote(3, mark(9, 9))));
}

#[test]
fn a_candidacy_that_must_be_answered_is_not_obsolete() {
    for election in [Election::Fenced, Election::BestReachable] {
        let policy = SingleLeader { election, ..MAJORITY };
        let mut bench = Bench::start(policy, 1);
        bench.hear(2, request_vote(2, mark(0, 0)));
        assert!(!is_obsolete(&bench, 0, &request_vote(2, mark(0, 0))));
    }
}

#[test]
fn an_epoch_that_a_crash_may_take_back_makes_nothing_obsolete() {
    let forgetful =
        [Persistence::Lazy, Persistence::EpochOnly, Persistence::LogOnly, Persistence::Nothing];
    for persistence in forgetful {
        let mut bench = Bench::start(SingleLeader { persistence, ..MAJORITY }, 1);
        bench.hear(2, append(2, mark(0, 0), &[opened(2)], 0));
        for message in messages(1) {
            assert!(!is_obsolete(&bench, 0, &message));
        }
    }
}

#[test]
fn what_the_registry_is_about_is_never_obsolete() {
    let policy = SingleLeader { election: Election::Appointed { unclean: false }, ..MAJORITY };
    let registry = Bench::start(policy, 3).controller().registry.clone();
    let messages = [
        Message::Announce(Registry { epoch: Epoch(0), ..registry }),
        Message::Register { incarnation: 0, unclean: true },
        propose(0, &[0]),
    ];
    for message in messages {
        for me in [1, 3] {
            assert!(!is_obsolete(&Bench::start(policy, me), 0, &message));
        }
    }
}

#[test]
fn an_acknowledgement_after_a_restart_is_not_obsolete() {
    let policy = SingleLeader { ack_means: AckMeans::Received, ..MAJORITY };
    let mut bench = Bench::leader(policy, 2);
    bench.hear(1, appended(1, 2));
    assert!(!is_obsolete(&bench, 1, &appended_after(1, 1, 1)));
}

#[test]
fn an_acknowledgement_of_whoever_was_dropped_is_not_obsolete() {
    let policy = SingleLeader { ack: AckRule::All, eviction: Eviction::Local, ..MAJORITY };
    let mut bench = Bench::leader(policy, 1);
    bench.hear(1, appended(1, 1));
    bench.fire(Timer::Evict(ReplicaId(1)));
    assert!(!is_obsolete(&bench, 1, &appended(1, 1)));
}
